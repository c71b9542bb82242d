(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (omega : R) (lam : R) :
  (- 6 < omega)%R ->
  (omega < 6)%R ->
  lam = (1 / (1 + exp (- omega)))%R ->
  is_positive (fun n => 1) /\
  (1 + exp (- omega) <> 0)%R /\
  sensitivity (fun n => 1) (fun t => unit (1 - lam) (1 / (1 + exp (- t)))) omega (lam ^ 2).
Proof.
  intros.
  prepared.
  compared.
  field; sides.
Qed.

Print Assumptions claim.
