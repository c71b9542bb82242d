(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (lam : R) :
  (- 1 < lam)%R ->
  (lam < 1)%R ->
  is_positive (fun n => kronecker n) /\
  (0 <= 1 - lam ^ 2)%R /\
  (0 <= 1 + lam ^ 2)%R /\
  sqrt (1 + lam ^ 2) <> 0 /\
  sensitivity (fun n => kronecker n) (fun t => unit (sqrt (1 - lam ^ 2) * (1 - lam ^ 2) / sqrt (1 + lam ^ 2)) t) lam 1.
Proof.
  intros.
  pose proof (root_squared (1 - lam ^ 2)%R) as Q0.
  pose proof (root_squared (1 + lam ^ 2)%R) as Q1.
  prepared.
  compared.
  root Q0.
  root Q1.
  field [Q0 Q1]; sides.
Qed.

Print Assumptions claim.
