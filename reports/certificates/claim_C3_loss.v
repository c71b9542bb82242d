(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (lam : C) (lam_star : C) :
  (Cmod lam < 1)%R ->
  (Cmod lam_star < 1)%R ->
  is_positive (fun n => kronecker n) /\
  (0 <= 1 - Cmod lam ^ 2)%R /\
  (0 <= 1 - Cmod lam_star ^ 2)%R /\
  1 - lam * Cconj lam_star <> 0 /\
  teacher_student_loss (fun n => kronecker n) (unit (sqrt (1 - Cmod lam ^ 2)) lam) (unit (sqrt (1 - Cmod lam_star ^ 2)) lam_star) (1 / 2 * (2 - 2 * Re (sqrt (1 - Cmod lam ^ 2) * sqrt (1 - Cmod lam_star ^ 2) / (1 - lam * Cconj lam_star))%C)).
Proof.
  intros.
  pose proof (root_squared (1 - Cmod lam ^ 2)%R) as Q0.
  pose proof (root_squared (1 - Cmod lam_star ^ 2)%R) as Q1.
  prepared.
  compared.
  root Q0.
  root Q1.
  field [Q0 Q1]; sides.
Qed.

Print Assumptions claim.
