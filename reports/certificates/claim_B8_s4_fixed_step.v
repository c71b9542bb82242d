(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (p_step : R) :
  (0 < p_step)%R ->
  (p_step < 1)%R ->
  exists value : R -> R,
  (forall p_omega_a : R,
    (p_omega_a < 1)%R ->
    forall lam : R,
    lam = (exp ((- p_step) * exp p_omega_a))%R ->
    is_positive (fun n => kronecker n) /\
    sensitivity (fun n => kronecker n) (fun t => unit ((1 - lam) * exp (- p_omega_a)) (exp ((- p_step) * exp t))) p_omega_a (value p_omega_a)) /\
  (Rbar_locally m_infty) (fun p_omega_a => (p_omega_a < 1)%R) /\
  filterlim (fun p_omega_a => Cmod (value p_omega_a / (p_step * exp (- p_omega_a) / 4) - 1)) (Rbar_locally m_infty) (locally 0%R).
Proof.
  intros.
  exists (fun p_omega_a : R => (((-1) * ((exp ((- p_step) * exp p_omega_a)) ^ 2) * (p_step ^ 2) * ((1) + ((exp ((- p_step) * exp p_omega_a)) ^ 2))) / ((((1) + (exp ((- p_step) * exp p_omega_a))) ^ 3) * ((-1) + (exp ((- p_step) * exp p_omega_a)))))%R).
  split; [|split].
  { intros. prepared. exponential (- p_omega_a)%R (/ exp p_omega_a ^ 1)%R. compared. exponential (- p_omega_a)%R (/ exp p_omega_a ^ 1)%R. field; sides. }
  { exists (0)%R; intros x X. repeat split; lra. }
  apply (ratio_tends _ _ _ (fun x => exp x) (fun e => (((4) * ((1 + ((-1) * p_step) * e * (phi (((-1) * p_step) * e))) ^ 2) * ((1) + ((1 + ((-1) * p_step) * e * (phi (((-1) * p_step) * e))) ^ 2))) / ((phi (((-1) * p_step) * e)) * (((1) + (1 + ((-1) * p_step) * e * (phi (((-1) * p_step) * e)))) ^ 3)))%R) (0)%R).
  { apply exp_decays. }
  { exists (0)%R; intros x X. cbv beta. exponential (- x)%R (/ exp x ^ 1)%R. as_variable x e. expanded ((-1) * p_step)%R e p l. ratio_as (((4) * (l ^ 2) * ((1) + (l ^ 2))) / (p * (((1) + l) ^ 3)))%R. }
  { continuous_there. }
  value_there.
Qed.

Print Assumptions claim.
