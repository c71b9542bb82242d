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
  ((1 + lam ^ 2) * (1 - lam ^ 2 * rho ^ 2) + 2 * (1 - lam ^ 2) * lam * rho <> 0)%R /\
  (0 <= (1 - lam ^ 2) ^ 3 * (1 - lam * rho) ^ 2 / ((1 + lam ^ 2) * (1 - lam ^ 2 * rho ^ 2) + 2 * (1 - lam ^ 2) * lam * rho))%R /\
  sensitivity (fun n => rho ^ n) (fun t => unit (sqrt ((1 - lam ^ 2) ^ 3 * (1 - lam * rho) ^ 2 / ((1 + lam ^ 2) * (1 - lam ^ 2 * rho ^ 2) + 2 * (1 - lam ^ 2) * lam * rho))) t) lam 1.
Proof.
  intros.
  pose proof (root_squared ((1 - lam ^ 2) ^ 3 * (1 - lam * rho) ^ 2)%R) as Q0.
  pose proof (root_squared ((1 + lam ^ 2) * (1 - lam ^ 2 * rho ^ 2) + 2 * (1 - lam ^ 2) * lam * rho)%R) as Q1.
  prepared.
  compared.
  root Q0.
  root Q1.
  field [Q0 Q1]; sides.
Qed.

Print Assumptions claim.
