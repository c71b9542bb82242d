(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim :
  exists value : R -> R,
  (forall omega : R,
    (omega < 2)%R ->
    forall lam : R,
    lam = (exp (- exp omega))%R ->
    forall lam_star : R,
    lam_star = lam%R ->
    is_positive (fun n => kronecker n) /\
    (0 <= 1 - Rabs lam ^ 2)%R /\
    (0 <= 1 - Rabs lam_star ^ 2)%R /\
    teacher_student_hessian (fun n => kronecker n) (fun t => unit (sqrt (1 - Rabs (exp (- exp t)) ^ 2)) (exp (- exp t))) omega (value omega)) /\
  (Rbar_locally m_infty) (fun omega => (omega < 2)%R) /\
  filterlim (fun omega => Cmod (value omega / (1 / 4) - 1)) (Rbar_locally m_infty) (locally 0%R).
Proof.
  intros.
  exists (fun omega : R => ((((exp omega) ^ 2) * ((exp (- exp omega)) ^ 2)) / ((((1) + (exp (- exp omega))) ^ 2) * (((-1) + (exp (- exp omega))) ^ 2)))%R).
  split; [|split].
  { intros. pose proof (root_squared (1 - Rabs lam ^ 2)%R) as Q0. pose proof (root_squared (1 - Rabs lam_star ^ 2)%R) as Q1. prepared. compared. root Q0. root Q1. field [Q0 Q1]; sides. }
  { exists (0)%R; intros x X. repeat split; lra. }
  apply (ratio_tends _ _ _ (fun x => exp x) (fun e => (((4) * ((1 + (-1) * e * (phi ((-1) * e))) ^ 2)) / (((phi ((-1) * e)) ^ 2) * (((1) + (1 + (-1) * e * (phi ((-1) * e)))) ^ 2)))%R) (0)%R).
  { apply exp_decays. }
  { exists (0)%R; intros x X. cbv beta. as_variable x e. expanded (-1)%R e p l. ratio_as (((4) * (l ^ 2)) / ((p ^ 2) * (((1) + l) ^ 2)))%R. }
  { continuous_there. }
  value_there.
Qed.

Print Assumptions claim.
