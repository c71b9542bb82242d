(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (lam : R) (rho : R) :
  (0 < lam)%R ->
  (lam < 1)%R ->
  (0 < rho)%R ->
  (rho < 1)%R ->
  is_positive (fun n => rho ^ n) /\
  ((1 - lam * rho) * (1 - lam ^ 2) * (1 - lam) ^ 2 <> 0)%R /\
  exists value, sensitivity (fun n => rho ^ n) (fun t => unit 1 t) lam (RtoC value) /\ (value <= (1 + lam * rho) / ((1 - lam * rho) * (1 - lam ^ 2) * (1 - lam) ^ 2))%R.
Proof.
  intros.
  prepared.
  exists (((-1) + ((-1) * (lam ^ 2)) + ((lam ^ 2) * (rho ^ 2)) + ((lam ^ 4) * (rho ^ 2)) + ((-2) * lam * rho) + ((2) * rho * (lam ^ 3))) / ((((1) + lam) ^ 3) * (((-1) + lam) ^ 3) * (((-1) + (lam * rho)) ^ 2)))%R.
  split.
  { compared. field; sides. }
  difference.
  a_fraction ((((2) * lam) + ((-2) * lam * rho) + ((-2) * (lam ^ 3) * (rho ^ 2)) + ((2) * rho * (lam ^ 3))) / (((1) + ((-1) * lam)) ^ 3 * ((1) + lam) ^ 3 * ((1) + ((-1) * lam * rho)) ^ 2))%R.
  a_sum ((4) * lam ^ 3 * rho ^ 1 * ((1) + ((-1) * rho)) ^ 1 + (2) * lam ^ 3 * ((1) + ((-1) * rho)) ^ 2 + (4) * lam ^ 2 * ((1) + ((-1) * lam)) ^ 1 * rho ^ 1 * ((1) + ((-1) * rho)) ^ 1 + (4) * lam ^ 2 * ((1) + ((-1) * lam)) ^ 1 * ((1) + ((-1) * rho)) ^ 2 + (2) * lam ^ 1 * ((1) + ((-1) * lam)) ^ 2 * rho ^ 1 * ((1) + ((-1) * rho)) ^ 1 + (2) * lam ^ 1 * ((1) + ((-1) * lam)) ^ 2 * ((1) + ((-1) * rho)) ^ 2)%R.
Qed.

Print Assumptions claim.
