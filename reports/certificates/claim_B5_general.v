(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (lam : R) (r : nat -> R) :
  (- 1 < lam)%R ->
  (lam < 1)%R ->
  is_autocorrelation (real r) ->
  (0 <= 1 - lam ^ 2)%R /\
  exists sum1, adds_up (fun n => lam ^ (S n) * real r (S n)) sum1 /\
  second_moment (real r) (unit (sqrt (1 - lam ^ 2)) lam) (real r 0%nat + 2 * sum1).
Proof.
  intros.
  pose proof (root_squared (1 - lam ^ 2)%R) as Q0.
  prepared.
  compared.
  root Q0.
  field [Q0]; sides.
Qed.

Print Assumptions claim.
