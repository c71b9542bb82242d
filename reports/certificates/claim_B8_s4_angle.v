(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (p_b : R) (sigma : R) (p_step : R) (lam : C) :
  (- 2 < p_b)%R ->
  (p_b < 2)%R ->
  (0 < sigma)%R ->
  (sigma < 2)%R ->
  (0 < p_step)%R ->
  (p_step < 1)%R ->
  lam = (Cexp (p_step * (- sigma + Ci * p_b))) ->
  is_positive (fun n => kronecker n) /\
  (1 - Cmod lam ^ 2) ^ 3 <> 0 /\
  sensitivity (fun n => kronecker n) (fun t => unit p_step (Cexp (p_step * (- sigma + Ci * t)))) p_b (p_step ^ 4 * Cmod lam ^ 2 * (1 + Cmod lam ^ 2) / (1 - Cmod lam ^ 2) ^ 3).
Proof.
  intros.
  turn (p_step * (- sigma + Ci * p_b)) C0.
  prepared.
  compared.
  field [C0 i_squared]; sides.
Qed.

Print Assumptions claim.
