(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (omega : R) (rho : R) (lam : R) :
  (- 6 < omega)%R ->
  (omega < 6)%R ->
  (0 <= rho)%R ->
  (rho <= 1)%R ->
  lam = (1 / (1 + exp (- omega)))%R ->
  is_positive (fun n => rho ^ n) /\
  (1 + exp (- omega) <> 0)%R /\
  exists value, sensitivity (fun n => rho ^ n) (fun t => unit (1 - lam) (1 / (1 + exp (- t)))) omega (RtoC value) /\ (value <= 1)%R.
Proof.
  intros.
  prepared.
  exists (((exp (- omega)) * ((2) + ((exp (- omega)) ^ 4) + ((-2) * (rho ^ 2)) + ((4) * ((exp (- omega)) ^ 3)) + ((6) * (exp (- omega))) + ((7) * ((exp (- omega)) ^ 2)) + ((-1) * ((exp (- omega)) ^ 2) * (rho ^ 2)) + ((-2) * (exp (- omega)) * (rho ^ 2)) + ((2) * rho * ((exp (- omega)) ^ 3)) + ((4) * (exp (- omega)) * rho) + ((6) * rho * ((exp (- omega)) ^ 2)))) / ((((1) + (exp (- omega))) ^ 2) * (((2) + (exp (- omega))) ^ 3) * (((1) + (exp (- omega)) + ((-1) * rho)) ^ 2)))%R.
  split.
  { compared. field; sides. }
  as_variable (- omega)%R a0.
  difference.
  a_fraction (((8) + (a0 ^ 7) + ((-16) * rho) + ((8) * (rho ^ 2)) + ((10) * (a0 ^ 6)) + ((41) * (a0 ^ 5)) + ((42) * a0) + ((92) * (a0 ^ 4)) + ((96) * (a0 ^ 2)) + ((122) * (a0 ^ 3)) + ((a0 ^ 5) * (rho ^ 2)) + ((-136) * rho * (a0 ^ 2)) + ((-132) * rho * (a0 ^ 3)) + ((-72) * a0 * rho) + ((-68) * rho * (a0 ^ 4)) + ((-18) * rho * (a0 ^ 5)) + ((-2) * rho * (a0 ^ 6)) + ((8) * (a0 ^ 4) * (rho ^ 2)) + ((26) * (a0 ^ 3) * (rho ^ 2)) + ((30) * a0 * (rho ^ 2)) + ((40) * (a0 ^ 2) * (rho ^ 2))) / (((1) + a0) ^ 2 * ((2) + a0) ^ 3 * ((1) + a0 + ((-1) * rho)) ^ 2))%R.
  a_sum ((1) * a0 ^ 7 * rho ^ 2 + (2) * a0 ^ 7 * rho ^ 1 * ((1) + ((-1) * rho)) ^ 1 + (1) * a0 ^ 7 * ((1) + ((-1) * rho)) ^ 2 + (8) * a0 ^ 6 * rho ^ 2 + (18) * a0 ^ 6 * rho ^ 1 * ((1) + ((-1) * rho)) ^ 1 + (10) * a0 ^ 6 * ((1) + ((-1) * rho)) ^ 2 + (24) * a0 ^ 5 * rho ^ 2 + (64) * a0 ^ 5 * rho ^ 1 * ((1) + ((-1) * rho)) ^ 1 + (41) * a0 ^ 5 * ((1) + ((-1) * rho)) ^ 2 + (32) * a0 ^ 4 * rho ^ 2 + (116) * a0 ^ 4 * rho ^ 1 * ((1) + ((-1) * rho)) ^ 1 + (92) * a0 ^ 4 * ((1) + ((-1) * rho)) ^ 2 + (16) * a0 ^ 3 * rho ^ 2 + (112) * a0 ^ 3 * rho ^ 1 * ((1) + ((-1) * rho)) ^ 1 + (122) * a0 ^ 3 * ((1) + ((-1) * rho)) ^ 2 + (56) * a0 ^ 2 * rho ^ 1 * ((1) + ((-1) * rho)) ^ 1 + (96) * a0 ^ 2 * ((1) + ((-1) * rho)) ^ 2 + (12) * a0 ^ 1 * rho ^ 1 * ((1) + ((-1) * rho)) ^ 1 + (42) * a0 ^ 1 * ((1) + ((-1) * rho)) ^ 2 + (8) * ((1) + ((-1) * rho)) ^ 2)%R.
Qed.

Print Assumptions claim.
