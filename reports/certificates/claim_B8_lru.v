(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (omega : R) (theta : R) (lam : C) :
  (omega < 2)%R ->
  (- PI < theta)%R ->
  (theta < PI)%R ->
  lam = (Cexp (- exp omega + Ci * theta)) ->
  is_positive (fun n => kronecker n) /\
  (0 <= 1 - Cmod lam ^ 2)%R /\
  second_moment (fun n => kronecker n) (unit (sqrt (1 - Cmod lam ^ 2)) lam) 1.
Proof.
  intros.
  turn (- exp omega + Ci * theta) C0.
  pose proof (root_squared (1 - Cmod lam ^ 2)%R) as Q0.
  prepared.
  compared.
  root Q0.
  field [C0 Q0 i_squared]; sides.
Qed.

Print Assumptions claim.
