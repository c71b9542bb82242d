(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (omega : R) (lam : R) :
  (- 4 < omega)%R ->
  (omega < 4)%R ->
  lam = (tanh omega)%R ->
  is_positive (fun n => kronecker n) /\
  (0 <= 1 - lam ^ 2)%R /\
  sensitivity (fun n => kronecker n) (fun t => unit (sqrt (1 - lam ^ 2)) (tanh t)) omega (1 + lam ^ 2).
Proof.
  intros.
  pose proof (root_squared (1 - lam ^ 2)%R) as Q0.
  prepared.
  compared.
  root Q0.
  field [Q0]; sides.
Qed.

Print Assumptions claim.
