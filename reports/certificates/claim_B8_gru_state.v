(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (omega : R) (rho : R) (lam : R) :
  (- 6 < omega)%R ->
  (omega < 6)%R ->
  (- 1 < rho)%R ->
  (rho <= 1)%R ->
  lam = (1 / (1 + exp (- omega)))%R ->
  is_positive (fun n => rho ^ n) /\
  (1 + exp (- omega) <> 0)%R /\
  exists value, second_moment (fun n => rho ^ n) (unit (1 - lam) lam) (RtoC value) /\ (value <= 1)%R.
Proof.
  intros.
  prepared.
  exists (((exp (- omega)) * ((1) + (exp (- omega)) + rho)) / (((2) + (exp (- omega))) * ((1) + (exp (- omega)) + ((-1) * rho))))%R.
  split.
  { compared. field; sides. }
  as_variable (- omega)%R a0.
  difference.
  a_fraction (((2) + ((-2) * rho) + ((2) * a0) + ((-2) * a0 * rho)) / (((2) + a0) ^ 1 * ((1) + a0 + ((-1) * rho)) ^ 1))%R.
  a_sum ((2) * a0 ^ 1 * ((1) + ((-1) * rho)) ^ 1 + (2) * ((1) + ((-1) * rho)) ^ 1)%R.
Qed.

Print Assumptions claim.
