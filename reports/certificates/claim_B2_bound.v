(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (lam : R) (rho : R) :
  (0 <= lam)%R ->
  (lam < 1)%R ->
  (0 <= rho)%R ->
  (rho < 1)%R ->
  is_positive (fun n => rho ^ n) /\
  (0 <= 1 - lam ^ 2)%R /\
  (1 - rho <> 0)%R /\
  exists value, second_moment (fun n => rho ^ n) (unit (sqrt (1 - lam ^ 2)) lam) (RtoC value) /\ (value <= (1 + rho) / (1 - rho))%R.
Proof.
  intros.
  pose proof (root_squared (1 - lam ^ 2)%R) as Q0.
  prepared.
  exists (((-1) + ((-1) * lam * rho)) / ((-1) + (lam * rho)))%R.
  split.
  { compared. root Q0. field [Q0]; sides. }
  difference.
  a_fraction ((((2) * rho) + ((-2) * lam * rho)) / (((1) + ((-1) * rho)) ^ 1 * ((1) + ((-1) * lam * rho)) ^ 1))%R.
  a_sum ((2) * ((1) + ((-1) * lam)) ^ 1 * rho ^ 1)%R.
Qed.

Print Assumptions claim.
