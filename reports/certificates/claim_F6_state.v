(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (p_r : R) (rho : R) (theta : R) (p_w : R) (lam : R) :
  (0 < p_r)%R ->
  (p_r < 1)%R ->
  (0 < rho)%R ->
  (rho < 1)%R ->
  (- 6 < theta)%R ->
  (theta < 6)%R ->
  (0 < p_w)%R ->
  (p_w < 1)%R ->
  lam = (1 / (1 + exp (- theta)))%R ->
  is_positive (fun n => p_w * kronecker n + p_r * rho ^ n) /\
  (1 + exp (- theta) <> 0)%R /\
  1 + lam <> 0 /\
  1 - lam * rho <> 0 /\
  second_moment (fun n => p_w * kronecker n + p_r * rho ^ n) (unit (1 - lam) lam) ((1 - lam) / (1 + lam) * (p_w + p_r * (1 + lam * rho) / (1 - lam * rho))).
Proof.
  intros.
  kept lam.
  prepared.
  compared.
  field; sides.
Qed.

Print Assumptions claim.
