(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (rho : R) :
  (- 1 < rho)%R ->
  (rho < 1)%R ->
  exists value : R -> R,
  (forall lam : R,
    (0 < lam)%R ->
    (lam < 1)%R ->
    is_positive (fun n => rho ^ n) /\
    1 - rho <> 0 /\
    2 * (1 - lam) <> 0 /\
    second_moment (fun n => rho ^ n) (unit 1 lam) (value lam)) /\
  (at_left 1%R) (fun lam => (0 < lam)%R /\ (lam < 1)%R) /\
  filterlim (fun lam => Cmod (value lam / ((1 + rho) / (1 - rho) / (2 * (1 - lam))) - 1)) (at_left 1%R) (locally 0%R).
Proof.
  intros.
  exists (fun lam : R => (((1) + (rho * lam)) / (((1) + lam) * ((-1) + lam) * ((-1) + (rho * lam))))%R).
  split; [|split].
  { intros. prepared. compared. field; sides. }
  { apply (on_the_left 1 (0)%R); [lra | intros x X Y]. repeat split; lra. }
  apply (ratio_tends _ _ _ (fun x => x) (fun x => (((2) * ((1) + (rho * x)) * ((-1) + rho)) / (((1) + rho) * ((1) + x) * ((-1) + (rho * x))))%R) (1)%R).
  { apply left_is_near. }
  { apply (on_the_left 1 (0)%R); [lra | intros x X Y]. cbv beta. same_ratio. }
  { continuous_there. }
  value_there.
Qed.

Print Assumptions claim.
