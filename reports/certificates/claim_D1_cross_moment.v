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
  (1 - lam1 * lam2) * (1 - rho * lam1) * (1 - rho * lam2) <> 0 /\
  cross_moment (fun n => rho ^ n) (unit 1 lam1) (unit 1 lam2) ((1 - rho ^ 2 * lam1 * lam2) / ((1 - lam1 * lam2) * (1 - rho * lam1) * (1 - rho * lam2))).
Proof.
  intros.
  prepared.
  compared.
  field; sides.
Qed.

Print Assumptions claim.
