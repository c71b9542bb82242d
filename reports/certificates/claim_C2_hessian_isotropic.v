(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (lam : C) (r : nat -> R) (lam_star : C) :
  (Cmod lam < 1)%R ->
  is_autocorrelation (real r) ->
  lam_star = lam ->
  mixed_teacher_student_hessian (real r) (fun s t => unit 1 (lam + (s + Ci * t))) 0 0 0.
Proof.
  intros.
  prepared.
  compared.
  field [i_squared]; sides.
Qed.

Print Assumptions claim.
