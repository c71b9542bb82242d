(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (p_omega_theta : R) :
  (- 6 < p_omega_theta)%R ->
  (p_omega_theta < 1)%R ->
  exists value : R -> R,
  (forall nu : R,
    (0 < nu)%R ->
    (nu < 1)%R ->
    forall lam : C,
    lam = (nu * Cexp (Ci * exp p_omega_theta)) ->
    is_positive (fun n => kronecker n) /\
    (0 <= 1 - nu ^ 2)%R /\
    2 * (1 - nu) ^ 2 <> 0 /\
    sensitivity (fun n => kronecker n) (fun t => unit (sqrt (1 - nu ^ 2)) (nu * Cexp (Ci * exp t))) p_omega_theta (value nu)) /\
  (at_left 1%R) (fun nu => (0 < nu)%R /\ (nu < 1)%R) /\
  filterlim (fun nu => Cmod (value nu / (exp (2 * p_omega_theta) / (2 * (1 - nu) ^ 2)) - 1)) (at_left 1%R) (locally 0%R).
Proof.
  intros.
  exists (fun nu : R => ((((exp p_omega_theta) ^ 2) * (nu ^ 2) * ((1) + (nu ^ 2))) / ((((1) + nu) ^ 2) * (((-1) + nu) ^ 2)))%R).
  split; [|split].
  { intros. turn (Ci * exp p_omega_theta) C0. pose proof (root_squared (1 - nu ^ 2)%R) as Q0. prepared. exponential (2 * p_omega_theta)%R (exp p_omega_theta ^ 2)%R. compared. exponential (2 * p_omega_theta)%R (exp p_omega_theta ^ 2)%R. root Q0. field [C0 Q0 i_squared]; sides. }
  { apply (on_the_left 1 (0)%R); [lra | intros x X Y]. repeat split; lra. }
  apply (ratio_tends _ _ _ (fun x => x) (fun x => (((2) * (x ^ 2) * ((1) + (x ^ 2))) / (((1) + x) ^ 2))%R) (1)%R).
  { apply left_is_near. }
  { apply (on_the_left 1 (0)%R); [lra | intros x X Y]. cbv beta. exponential (2 * p_omega_theta)%R (exp p_omega_theta ^ 2)%R. same_ratio. }
  { continuous_there. }
  value_there.
Qed.

Print Assumptions claim.
