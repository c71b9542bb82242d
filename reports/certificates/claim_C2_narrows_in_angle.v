(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (theta : R) :
  (- PI < theta)%R ->
  (theta < PI)%R ->
  exists value : R -> R,
  (forall nu : R,
    (0 < nu)%R ->
    (nu < 1)%R ->
    forall lam : C,
    lam = (nu * Cexp (Ci * theta)) ->
    forall lam_star : C,
    lam_star = lam ->
    is_positive (fun n => kronecker n) /\
    4 * (1 - nu) ^ 3 <> 0 /\
    teacher_student_hessian (fun n => kronecker n) (fun t => unit 1 (nu * Cexp (Ci * t))) theta (value nu)) /\
  (at_left 1%R) (fun nu => (0 < nu)%R /\ (nu < 1)%R) /\
  filterlim (fun nu => Cmod (value nu / (1 / (4 * (1 - nu) ^ 3)) - 1)) (at_left 1%R) (locally 0%R).
Proof.
  intros.
  exists (fun nu : R => (((-1) * (nu ^ 2) * ((1) + (nu ^ 2))) / ((((1) + nu) ^ 3) * (((-1) + nu) ^ 3)))%R).
  split; [|split].
  { intros. turn (Ci * theta) C0. prepared. compared. field [C0 i_squared]; sides. }
  { apply (on_the_left 1 (0)%R); [lra | intros x X Y]. repeat split; lra. }
  apply (ratio_tends _ _ _ (fun x => x) (fun x => (((4) * (x ^ 2) * ((1) + (x ^ 2))) / (((1) + x) ^ 3))%R) (1)%R).
  { apply left_is_near. }
  { apply (on_the_left 1 (0)%R); [lra | intros x X Y]. cbv beta. same_ratio. }
  { continuous_there. }
  value_there.
Qed.

Print Assumptions claim.
