(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim :
  exists value : R -> R,
  (forall lam : R,
    (0 < lam)%R ->
    (lam < 1)%R ->
    is_positive (fun n => kronecker n) /\
    4 * (1 - lam) ^ 3 <> 0 /\
    sensitivity (fun n => kronecker n) (fun t => unit 1 t) lam (value lam)) /\
  (at_left 1%R) (fun lam => (0 < lam)%R /\ (lam < 1)%R) /\
  filterlim (fun lam => Cmod (value lam / (1 / (4 * (1 - lam) ^ 3)) - 1)) (at_left 1%R) (locally 0%R).
Proof.
  intros.
  exists (fun lam : R => (((-1) + ((-1) * (lam ^ 2))) / ((((1) + lam) ^ 3) * (((-1) + lam) ^ 3)))%R).
  split; [|split].
  { intros. prepared. compared. field; sides. }
  { apply (on_the_left 1 (0)%R); [lra | intros x X Y]. repeat split; lra. }
  apply (ratio_tends _ _ _ (fun x => x) (fun x => (((4) + ((4) * (x ^ 2))) / (((1) + x) ^ 3))%R) (1)%R).
  { apply left_is_near. }
  { apply (on_the_left 1 (0)%R); [lra | intros x X Y]. cbv beta. same_ratio. }
  { continuous_there. }
  value_there.
Qed.

Print Assumptions claim.
