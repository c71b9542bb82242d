(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (lam : C) (r : nat -> C) :
  (Cmod lam < 1)%R ->
  is_autocorrelation r ->
  1 - Cmod lam ^ 2 <> 0 /\
  exists sum1, adds_up (fun n => Cconj lam ^ (S n) * r (S n)) sum1 /\
  second_moment r (unit 1 lam) (1 / (1 - Cmod lam ^ 2) * (r 0%nat + 2 * Re sum1)).
Proof.
  intros.
  prepared.
  compared.
  field; sides.
Qed.

Print Assumptions claim.
