(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (omega : R) (rho : R) (lam : R) :
  (omega < 2)%R ->
  (0 < rho)%R ->
  (rho < 1)%R ->
  lam = (exp (- exp omega))%R ->
  is_positive (fun n => rho ^ n) /\
  (0 <= 1 - lam ^ 2)%R /\
  (2 * (1 - rho) <> 0)%R /\
  exists value, sensitivity (fun n => rho ^ n) (fun t => unit (sqrt (1 - lam ^ 2)) (exp (- exp t))) omega (RtoC value) /\ (value <= (1 + rho) / (2 * (1 - rho)))%R.
Proof.
  intros.
  pose proof (root_squared (1 - lam ^ 2)%R) as Q0.
  prepared.
  exists (((-1) * ((exp omega) ^ 2) * ((exp (- exp omega)) ^ 2) * ((-1) + ((-1) * ((exp (- exp omega)) ^ 2)) + (((exp (- exp omega)) ^ 2) * (rho ^ 2)) + (((exp (- exp omega)) ^ 4) * (rho ^ 2)) + ((-2) * (exp (- exp omega)) * rho) + ((2) * rho * ((exp (- exp omega)) ^ 3)))) / ((((1) + (exp (- exp omega))) ^ 2) * (((-1) + (exp (- exp omega))) ^ 2) * (((-1) + ((exp (- exp omega)) * rho)) ^ 2)))%R.
  split.
  { compared. root Q0. field [Q0]; sides. }
  pose proof (below_sinh (exp omega) ltac:(left; apply exp_pos)).
  as_fading (- exp omega)%R a1.
  as_variable omega%R a0.
  slower (((-1) * (a1 ^ 2) * ((-1) + ((-1) * (a1 ^ 2)) + ((a1 ^ 2) * (rho ^ 2)) + ((a1 ^ 4) * (rho ^ 2)) + ((-2) * a1 * rho) + ((2) * rho * (a1 ^ 3)))) / ((((1) + a1) ^ 2) * (((-1) + a1) ^ 2) * (((-1) + (a1 * rho)) ^ 2)))%R a0 ((1 - a1 ^ 2) / (2 * a1))%R.
  { a_fraction (((a1 ^ 2) + (a1 ^ 4) + ((-1) * (a1 ^ 4) * (rho ^ 2)) + ((-1) * (a1 ^ 6) * (rho ^ 2)) + ((-2) * rho * (a1 ^ 5)) + ((2) * rho * (a1 ^ 3))) / (((1) + ((-1) * a1)) ^ 2 * ((1) + a1) ^ 2 * ((1) + ((-1) * a1 * rho)) ^ 2))%R. a_sum ((4) * a1 ^ 6 * rho ^ 1 * ((1) + ((-1) * rho)) ^ 1 + (2) * a1 ^ 6 * ((1) + ((-1) * rho)) ^ 2 + (8) * a1 ^ 5 * ((1) + ((-1) * a1)) ^ 1 * rho ^ 2 + (16) * a1 ^ 5 * ((1) + ((-1) * a1)) ^ 1 * rho ^ 1 * ((1) + ((-1) * rho)) ^ 1 + (6) * a1 ^ 5 * ((1) + ((-1) * a1)) ^ 1 * ((1) + ((-1) * rho)) ^ 2 + (12) * a1 ^ 4 * ((1) + ((-1) * a1)) ^ 2 * rho ^ 2 + (20) * a1 ^ 4 * ((1) + ((-1) * a1)) ^ 2 * rho ^ 1 * ((1) + ((-1) * rho)) ^ 1 + (7) * a1 ^ 4 * ((1) + ((-1) * a1)) ^ 2 * ((1) + ((-1) * rho)) ^ 2 + (6) * a1 ^ 3 * ((1) + ((-1) * a1)) ^ 3 * rho ^ 2 + (10) * a1 ^ 3 * ((1) + ((-1) * a1)) ^ 3 * rho ^ 1 * ((1) + ((-1) * rho)) ^ 1 + (4) * a1 ^ 3 * ((1) + ((-1) * a1)) ^ 3 * ((1) + ((-1) * rho)) ^ 2 + (1) * a1 ^ 2 * ((1) + ((-1) * a1)) ^ 4 * rho ^ 2 + (2) * a1 ^ 2 * ((1) + ((-1) * a1)) ^ 4 * rho ^ 1 * ((1) + ((-1) * rho)) ^ 1 + (1) * a1 ^ 2 * ((1) + ((-1) * a1)) ^ 4 * ((1) + ((-1) * rho)) ^ 2)%R. }
  difference.
  a_fraction (((1 / 4) + (((-1) * (a1 ^ 2)) / (4)) + (((3) * rho) / (4)) + ((rho * (a1 ^ 3)) / (2)) + (((-3) * a1 * rho) / (2)) + (((-1) * a1 * (rho ^ 2)) / (2)) + (((-1) * (a1 ^ 3) * (rho ^ 2)) / (2)) + (((-1) * (a1 ^ 4) * (rho ^ 3)) / (4)) + ((rho * (a1 ^ 2)) / (4)) + (((a1 ^ 2) * (rho ^ 3)) / (4)) + (((a1 ^ 4) * (rho ^ 2)) / (4)) + (((3) * (a1 ^ 2) * (rho ^ 2)) / (4))) / (((1) + ((-1) * rho)) ^ 1 * ((1) + ((-1) * a1 * rho)) ^ 2))%R.
  a_sum ((1) * a1 ^ 3 * ((1) + ((-1) * a1)) ^ 1 * rho ^ 1 * ((1) + ((-1) * rho)) ^ 2 + (1 / 2) * a1 ^ 3 * ((1) + ((-1) * a1)) ^ 1 * ((1) + ((-1) * rho)) ^ 3 + (1) * a1 ^ 2 * ((1) + ((-1) * a1)) ^ 2 * rho ^ 3 + (7 / 2) * a1 ^ 2 * ((1) + ((-1) * a1)) ^ 2 * rho ^ 2 * ((1) + ((-1) * rho)) ^ 1 + (4) * a1 ^ 2 * ((1) + ((-1) * a1)) ^ 2 * rho ^ 1 * ((1) + ((-1) * rho)) ^ 2 + (5 / 4) * a1 ^ 2 * ((1) + ((-1) * a1)) ^ 2 * ((1) + ((-1) * rho)) ^ 3 + (2) * a1 ^ 1 * ((1) + ((-1) * a1)) ^ 3 * rho ^ 3 + (11 / 2) * a1 ^ 1 * ((1) + ((-1) * a1)) ^ 3 * rho ^ 2 * ((1) + ((-1) * rho)) ^ 1 + (9 / 2) * a1 ^ 1 * ((1) + ((-1) * a1)) ^ 3 * rho ^ 1 * ((1) + ((-1) * rho)) ^ 2 + (1) * a1 ^ 1 * ((1) + ((-1) * a1)) ^ 3 * ((1) + ((-1) * rho)) ^ 3 + (1) * ((1) + ((-1) * a1)) ^ 4 * rho ^ 3 + (9 / 4) * ((1) + ((-1) * a1)) ^ 4 * rho ^ 2 * ((1) + ((-1) * rho)) ^ 1 + (3 / 2) * ((1) + ((-1) * a1)) ^ 4 * rho ^ 1 * ((1) + ((-1) * rho)) ^ 2 + (1 / 4) * ((1) + ((-1) * a1)) ^ 4 * ((1) + ((-1) * rho)) ^ 3)%R.
Qed.

Print Assumptions claim.
