(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (p_a : R) :
  (- 2 < p_a)%R ->
  (p_a < 0)%R ->
  exists value : R -> R,
  (forall p_step : R,
    (0 < p_step)%R ->
    (p_step < 2)%R ->
    forall lam : R,
    lam = (exp (p_step * p_a))%R ->
    is_positive (fun n => kronecker n) /\
    2 * p_a <> 0 /\
    second_moment (fun n => kronecker n) (unit p_step lam) (value p_step)) /\
  (at_right 0%R) (fun p_step => (0 < p_step)%R /\ (p_step < 2)%R) /\
  filterlim (fun p_step => Cmod (value p_step / ((- p_step) / (2 * p_a)) - 1)) (at_right 0%R) (locally 0%R).
Proof.
  intros.
  exists (fun p_step : R => (((-1) * (p_step ^ 2)) / (((1) + (exp (p_step * p_a))) * ((-1) + (exp (p_step * p_a)))))%R).
  split; [|split].
  { intros. prepared. compared. field; sides. }
  { apply (on_the_right 0 (2)%R); [lra | intros x X Y]. repeat split; lra. }
  apply (ratio_tends _ _ _ (fun x => x) (fun e => ((2) / ((phi (p_a * e)) * ((1) + (1 + p_a * e * (phi (p_a * e))))))%R) (0)%R).
  { apply right_is_near. }
  { apply (on_the_right 0 (2)%R); [lra | intros x X Y]. cbv beta. rename x into e. expanded p_a%R e p l. ratio_as ((2) / (p * ((1) + l)))%R. }
  { continuous_there. }
  value_there.
Qed.

Print Assumptions claim.
