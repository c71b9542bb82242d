(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (p_a : R) (p_step : R) (lam : R) :
  (- 2 < p_a)%R ->
  (p_a < 0)%R ->
  (0 < p_step)%R ->
  (p_step < 2)%R ->
  lam = (exp (p_step * p_a))%R ->
  is_positive (fun n => kronecker n) /\
  p_a <> 0 /\
  (1 + lam) * p_a ^ 2 <> 0 /\
  second_moment (fun n => kronecker n) (unit ((exp (p_step * p_a) - 1) / p_a) lam) ((1 - lam) / ((1 + lam) * p_a ^ 2)).
Proof.
  intros.
  prepared.
  compared.
  field; sides.
Qed.

Print Assumptions claim.
