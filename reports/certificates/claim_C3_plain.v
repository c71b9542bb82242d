(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (nu : R) (theta : R) (lam : C) (lam_star : C) :
  (0 < nu)%R ->
  (nu < 1)%R ->
  (- PI < theta)%R ->
  (theta < PI)%R ->
  lam = (nu * Cexp (Ci * theta)) ->
  lam_star = lam ->
  is_positive (fun n => kronecker n) /\
  (0 <= 1 - Cmod lam ^ 2)%R /\
  (0 <= 1 - Cmod lam_star ^ 2)%R /\
  (1 - nu ^ 2) ^ 2 <> 0 /\
  teacher_student_hessian (fun n => kronecker n) (fun t => unit (sqrt (1 - Cmod (t * Cexp (Ci * theta))%C ^ 2)) (t * Cexp (Ci * theta))) nu (1 / (1 - nu ^ 2) ^ 2).
Proof.
  intros.
  turn (Ci * theta) C0.
  pose proof (root_squared (1 - Cmod lam ^ 2)%R) as Q0.
  pose proof (root_squared (1 - Cmod lam_star ^ 2)%R) as Q1.
  prepared.
  compared.
  root Q0.
  root Q1.
  field [C0 Q0 Q1 i_squared]; sides.
Qed.

Print Assumptions claim.
