(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (lam : C) (r : nat -> C) :
  (Cmod lam < 1)%R ->
  is_autocorrelation r ->
  (1 - Cmod lam ^ 2) ^ 3 <> 0 /\
  (1 - Cmod lam ^ 2) ^ 2 <> 0 /\
  exists sum1, adds_up (fun n => Cconj lam ^ (S n) * r (S n)) sum1 /\
  exists sum2, adds_up (fun n => RtoC (INR (S n)) * Cconj lam ^ (S n) * r (S n)) sum2 /\
  sensitivity r (fun t => unit 1 (lam + t)) 0 ((1 + Cmod lam ^ 2) / (1 - Cmod lam ^ 2) ^ 3 * (r 0%nat + 2 * Re sum1) + 2 / (1 - Cmod lam ^ 2) ^ 2 * Re sum2).
Proof.
  intros.
  prepared.
  compared.
  field; sides.
Qed.

Print Assumptions claim.
