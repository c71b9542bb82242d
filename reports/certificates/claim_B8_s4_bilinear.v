(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (sigma : R) (p_step : R) (lam : R) :
  (0 < sigma)%R ->
  (sigma < 2)%R ->
  (0 < p_step)%R ->
  (p_step < 2)%R ->
  lam = ((1 - p_step * sigma / 2) / (1 + p_step * sigma / 2))%R ->
  is_positive (fun n => kronecker n) /\
  (1 + p_step * sigma / 2 <> 0)%R /\
  1 + p_step * sigma / 2 <> 0 /\
  2 * sigma <> 0 /\
  second_moment (fun n => kronecker n) (unit (p_step / (1 + p_step * sigma / 2)) lam) (p_step / (2 * sigma)).
Proof.
  intros.
  prepared.
  compared.
  field; sides.
Qed.

Print Assumptions claim.
