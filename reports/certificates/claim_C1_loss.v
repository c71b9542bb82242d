(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (lam : C) (lam_star : C) (mu : R) (sigma : R) :
  (Cmod lam < 1)%R ->
  (Cmod lam_star < 1)%R ->
  (- 3 < mu)%R ->
  (mu < 3)%R ->
  (0 < sigma)%R ->
  (sigma < 3)%R ->
  is_positive (fun n => mu ^ 2 + sigma ^ 2 * kronecker n) /\
  1 - lam <> 0 /\
  1 - lam_star <> 0 /\
  1 - Cmod lam ^ 2 <> 0 /\
  1 - Cmod lam_star ^ 2 <> 0 /\
  1 - lam * Cconj lam_star <> 0 /\
  teacher_student_loss (fun n => mu ^ 2 + sigma ^ 2 * kronecker n) (unit 1 lam) (unit 1 lam_star) (1 / 2 * (mu ^ 2 * Cmod (1 / (1 - lam) - 1 / (1 - lam_star))%C ^ 2 + sigma ^ 2 * (1 / (1 - Cmod lam ^ 2) + 1 / (1 - Cmod lam_star ^ 2) - 2 * Re (1 / (1 - lam * Cconj lam_star))%C))).
Proof.
  intros.
  prepared.
  compared.
  field; sides.
Qed.

Print Assumptions claim.
