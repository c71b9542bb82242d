(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (omega : R) (lam : R) (lam_star : R) :
  (omega < 2)%R ->
  lam = (exp (- exp omega))%R ->
  lam_star = lam%R ->
  is_positive (fun n => kronecker n) /\
  (0 <= 1 - Rabs lam ^ 2)%R /\
  (0 <= 1 - Rabs lam_star ^ 2)%R /\
  exists value, teacher_student_hessian (fun n => kronecker n) (fun t => unit (sqrt (1 - Rabs (exp (- exp t)) ^ 2)) (exp (- exp t))) omega (RtoC value) /\ (value <= 1 / 4)%R.
Proof.
  intros.
  pose proof (root_squared (1 - Rabs lam ^ 2)%R) as Q0.
  pose proof (root_squared (1 - Rabs lam_star ^ 2)%R) as Q1.
  prepared.
  exists ((((exp omega) ^ 2) * ((exp (- exp omega)) ^ 2)) / ((((1) + (exp (- exp omega))) ^ 2) * (((-1) + (exp (- exp omega))) ^ 2)))%R.
  split.
  { compared. root Q0. root Q1. field [Q0 Q1]; sides. }
  pose proof (below_sinh (exp omega) ltac:(left; apply exp_pos)).
  as_fading (- exp omega)%R a1.
  as_variable omega%R a0.
  slower ((a1 ^ 2) / ((((1) + a1) ^ 2) * (((-1) + a1) ^ 2)))%R a0 ((1 - a1 ^ 2) / (2 * a1))%R.
  { a_fraction ((a1 ^ 2) / (((1) + ((-1) * a1)) ^ 2 * ((1) + a1) ^ 2))%R. a_sum ((1) * a1 ^ 2)%R. }
  difference.
  a_fraction ((0) / (1))%R.
  a_sum (0)%R.
Qed.

Print Assumptions claim.
