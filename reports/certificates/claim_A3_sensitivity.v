(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (lam : R) (r : nat -> R) :
  (- 1 < lam)%R ->
  (lam < 1)%R ->
  is_autocorrelation (real r) ->
  (1 - lam ^ 2) ^ 3 <> 0 /\
  (1 - lam ^ 2) ^ 2 <> 0 /\
  exists sum1, adds_up (fun n => lam ^ (S n) * real r (S n)) sum1 /\
  exists sum2, adds_up (fun n => RtoC (INR (S n)) * lam ^ (S n) * real r (S n)) sum2 /\
  sensitivity (real r) (fun t => unit 1 t) lam ((1 + lam ^ 2) / (1 - lam ^ 2) ^ 3 * (real r 0%nat + 2 * sum1) + 2 / (1 - lam ^ 2) ^ 2 * sum2).
Proof.
  intros.
  prepared.
  compared.
  field; sides.
Qed.

Print Assumptions claim.
