(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (p_a : R) :
  (- 2 < p_a)%R ->
  (p_a < 0)%R ->
  exists value : R -> R,
  (forall omega : R,
    (omega < 1)%R ->
    forall lam : R,
    lam = (exp (p_a * exp omega))%R ->
    is_positive (fun n => kronecker n) /\
    p_a <> 0 /\
    4 * p_a <> 0 /\
    sensitivity (fun n => kronecker n) (fun t => unit ((exp (p_a * exp omega) - 1) / p_a) (exp (p_a * exp t))) omega (value omega)) /\
  (Rbar_locally m_infty) (fun omega => (omega < 1)%R) /\
  filterlim (fun omega => Cmod (value omega / ((- exp omega) / (4 * p_a)) - 1)) (Rbar_locally m_infty) (locally 0%R).
Proof.
  intros.
  exists (fun omega : R => (((-1) * ((exp omega) ^ 2) * ((exp (p_a * exp omega)) ^ 2) * ((1) + ((exp (p_a * exp omega)) ^ 2))) / ((((1) + (exp (p_a * exp omega))) ^ 3) * ((-1) + (exp (p_a * exp omega)))))%R).
  split; [|split].
  { intros. prepared. compared. field; sides. }
  { exists (0)%R; intros x X. repeat split; lra. }
  apply (ratio_tends _ _ _ (fun x => exp x) (fun e => (((4) * ((1 + p_a * e * (phi (p_a * e))) ^ 2) * ((1) + ((1 + p_a * e * (phi (p_a * e))) ^ 2))) / ((phi (p_a * e)) * (((1) + (1 + p_a * e * (phi (p_a * e)))) ^ 3)))%R) (0)%R).
  { apply exp_decays. }
  { exists (0)%R; intros x X. cbv beta. as_variable x e. expanded p_a%R e p l. ratio_as (((4) * (l ^ 2) * ((1) + (l ^ 2))) / (p * (((1) + l) ^ 3)))%R. }
  { continuous_there. }
  value_there.
Qed.

Print Assumptions claim.
