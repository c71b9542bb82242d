(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (rho : R) :
  (0 <= rho)%R ->
  (rho < 1)%R ->
  exists value : R -> R,
  (forall lam : R,
    (0 < lam)%R ->
    (lam < 1)%R ->
    is_positive (fun n => rho ^ n) /\
    (0 <= 1 - lam ^ 2)%R /\
    1 - rho <> 0 /\
    second_moment (fun n => rho ^ n) (unit (sqrt (1 - lam ^ 2)) lam) (value lam)) /\
  (at_left 1%R) (fun lam => (0 < lam)%R /\ (lam < 1)%R) /\
  filterlim (fun lam => Cmod (value lam / ((1 + rho) / (1 - rho)) - 1)) (at_left 1%R) (locally 0%R).
Proof.
  intros.
  exists (fun lam : R => (((-1) + ((-1) * rho * lam)) / ((-1) + (rho * lam)))%R).
  split; [|split].
  { intros. pose proof (root_squared (1 - lam ^ 2)%R) as Q0. prepared. compared. root Q0. field [Q0]; sides. }
  { apply (on_the_left 1 (0)%R); [lra | intros x X Y]. repeat split; lra. }
  apply (ratio_tends _ _ _ (fun x => x) (fun x => ((((1) + (rho * x)) * ((-1) + rho)) / (((1) + rho) * ((-1) + (rho * x))))%R) (1)%R).
  { apply left_is_near. }
  { apply (on_the_left 1 (0)%R); [lra | intros x X Y]. cbv beta. same_ratio. }
  { continuous_there. }
  value_there.
Qed.

Print Assumptions claim.
