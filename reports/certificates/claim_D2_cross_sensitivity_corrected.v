(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (lam1 : C) (lam2 : C) (rho : R) :
  (Cmod lam1 < 1)%R ->
  (Cmod lam2 < 1)%R ->
  (0 <= rho)%R ->
  (rho <= 1)%R ->
  is_positive (fun n => rho ^ n) /\
  (1 - rho * lam1) ^ 2 * (1 - rho * lam2) ^ 2 * (1 - lam1 * lam2) ^ 3 <> 0 /\
  cross_sensitivity (fun n => rho ^ n) (fun t => unit 1 (lam1 + t)) 0 (fun t => unit 1 (lam2 + t)) 0 (((1 - rho ^ 2) * (1 + lam1 * lam2) + rho ^ 2 * (1 - lam1 * lam2) ^ 3 - rho * (1 - rho ^ 2) * lam1 * lam2 * (2 * lam1 + 2 * lam2 - rho * lam1 * lam2 * (1 + lam1 * lam2))) / ((1 - rho * lam1) ^ 2 * (1 - rho * lam2) ^ 2 * (1 - lam1 * lam2) ^ 3)).
Proof.
  intros.
  prepared.
  compared.
  field; sides.
Qed.

Print Assumptions claim.
