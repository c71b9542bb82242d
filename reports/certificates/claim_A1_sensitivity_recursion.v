(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (lam : R) :
  (- 1 < lam)%R ->
  (lam < 1)%R ->
  is_positive (fun n => kronecker n) /\
  1 - lam ^ 2 <> 0 /\
  (1 - lam ^ 2) ^ 2 <> 0 /\
  sensitivity (fun n => kronecker n) (fun t => unit 1 t) lam ((1 / (1 - lam ^ 2) + 2 * lam * lam / (1 - lam ^ 2) ^ 2) / (1 - lam ^ 2)).
Proof.
  intros.
  prepared.
  compared.
  field; sides.
Qed.

Print Assumptions claim.
