(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (lam : C) (lam_star : C) :
  (Cmod lam < 1)%R ->
  (Cmod lam_star < 1)%R ->
  is_positive (fun n => kronecker n) /\
  (1 - Cmod lam ^ 2) * (1 - Cmod lam_star ^ 2) * Cmod (1 - lam * Cconj lam_star)%C ^ 2 <> 0 /\
  teacher_student_loss (fun n => kronecker n) (unit 1 lam) (unit 1 lam_star) (1 / 2 * Cmod (lam - lam_star)%C ^ 2 * (1 - Cmod (lam * lam_star)%C ^ 2) / ((1 - Cmod lam ^ 2) * (1 - Cmod lam_star ^ 2) * Cmod (1 - lam * Cconj lam_star)%C ^ 2)).
Proof.
  intros.
  prepared.
  compared.
  field; sides.
Qed.

Print Assumptions claim.
