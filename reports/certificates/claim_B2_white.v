(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (lam : R) :
  (- 1 < lam)%R ->
  (lam < 1)%R ->
  is_positive (fun n => kronecker n) /\
  (0 <= 1 - lam ^ 2)%R /\
  second_moment (fun n => kronecker n) (unit (sqrt (1 - lam ^ 2)) lam) 1.
Proof.
  intros.
  pose proof (root_squared (1 - lam ^ 2)%R) as Q0.
  prepared.
  compared.
  root Q0.
  field [Q0]; sides.
Qed.

Print Assumptions claim.
