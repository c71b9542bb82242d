(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (lam : R) (rho : R) :
  (- 1 < lam)%R ->
  (lam < 1)%R ->
  (- 1 < rho)%R ->
  (rho <= 1)%R ->
  is_positive (fun n => rho ^ n) /\
  (1 - lam ^ 2) ^ 3 * (1 - lam * rho) ^ 2 <> 0 /\
  sensitivity (fun n => rho ^ n) (fun t => unit 1 t) lam (((1 + lam ^ 2) * (1 - lam ^ 2 * rho ^ 2) + 2 * (1 - lam ^ 2) * lam * rho) / ((1 - lam ^ 2) ^ 3 * (1 - lam * rho) ^ 2)).
Proof.
  intros.
  prepared.
  compared.
  field; sides.
Qed.

Print Assumptions claim.
