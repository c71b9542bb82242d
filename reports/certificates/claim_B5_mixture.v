(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (p_a : R) (p_b : R) (lam : R) (rho : R) :
  (0 < p_a)%R ->
  (0 < p_b)%R ->
  (0 <= lam)%R ->
  (lam < 1)%R ->
  (0 <= rho)%R ->
  (rho < 1)%R ->
  is_positive (fun n => p_a * kronecker n + p_b * rho ^ n) /\
  (p_a * (1 - rho * lam) + p_b * (1 + rho * lam) <> 0)%R /\
  (0 <= (1 - lam ^ 2) * (1 - rho * lam) / (p_a * (1 - rho * lam) + p_b * (1 + rho * lam)))%R /\
  second_moment (fun n => p_a * kronecker n + p_b * rho ^ n) (unit (sqrt ((1 - lam ^ 2) * (1 - rho * lam) / (p_a * (1 - rho * lam) + p_b * (1 + rho * lam)))) lam) 1.
Proof.
  intros.
  pose proof (root_squared ((1 - lam ^ 2) * (1 - rho * lam))%R) as Q0.
  pose proof (root_squared (p_a * (1 - rho * lam) + p_b * (1 + rho * lam))%R) as Q1.
  prepared.
  compared.
  root Q0.
  root Q1.
  field [Q0 Q1]; sides.
Qed.

Print Assumptions claim.
