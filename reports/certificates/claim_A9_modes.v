(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (lam1 : C) (lam2 : C) (r : nat -> R) :
  (Cmod lam1 < 1)%R ->
  (Cmod lam2 < 1)%R ->
  is_autocorrelation (real r) ->
  1 - lam1 * lam2 <> 0 /\
  exists sum1, adds_up (fun n => lam1 ^ (S n) * real r (S n)) sum1 /\
  exists sum2, adds_up (fun n => lam2 ^ (S n) * real r (S n)) sum2 /\
  cross_moment (real r) (unit 1 lam1) (unit 1 lam2) ((real r 0%nat + sum1 + sum2) / (1 - lam1 * lam2)).
Proof.
  intros.
  prepared.
  compared.
  field; sides.
Qed.

Print Assumptions claim.
