(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (lam : R) (rho : R) :
  (- 1 < lam)%R ->
  (lam < 1)%R ->
  (- 1 < rho)%R ->
  (rho < 1)%R ->
  is_positive (fun n => rho ^ n) /\
  (0 <= 1 - lam ^ 2)%R /\
  1 - rho * lam <> 0 /\
  second_moment (fun n => rho ^ n) (unit (sqrt (1 - lam ^ 2)) lam) ((1 + rho * lam) / (1 - rho * lam)).
Proof.
  intros.
  pose proof (root_squared (1 - lam ^ 2)%R) as Q0.
  prepared.
  compared.
  root Q0.
  field [Q0]; sides.
Qed.

Print Assumptions claim.
