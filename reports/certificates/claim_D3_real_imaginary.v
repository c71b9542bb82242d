(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (lam1 : C) (lam2 : C) (p_w1 : C) (p_w2 : C) (r : nat -> R) :
  (Cmod lam1 < 1)%R ->
  (Cmod lam2 < 1)%R ->
  (Cmod p_w1 < 2)%R ->
  (Cmod p_w2 < 2)%R ->
  is_autocorrelation (real r) ->
  (1 - lam1 * Cconj lam2) ^ 3 <> 0 /\
  (1 - lam1 * Cconj lam2) ^ 2 <> 0 /\
  (1 - lam1 * lam2) ^ 3 <> 0 /\
  (1 - lam1 * lam2) ^ 2 <> 0 /\
  exists sum1, adds_up (fun n => lam1 ^ (S n) * real r (S n)) sum1 /\
  exists sum2, adds_up (fun n => Cconj lam2 ^ (S n) * real r (S n)) sum2 /\
  exists sum3, adds_up (fun n => RtoC (INR (S n)) * lam1 ^ (S n) * real r (S n)) sum3 /\
  exists sum4, adds_up (fun n => RtoC (INR (S n)) * Cconj lam2 ^ (S n) * real r (S n)) sum4 /\
  exists sum5, adds_up (fun n => lam2 ^ (S n) * real r (S n)) sum5 /\
  exists sum6, adds_up (fun n => RtoC (INR (S n)) * lam2 ^ (S n) * real r (S n)) sum6 /\
  output_hessian (real r) (fun t => unit p_w1 (lam1 + t)) 0 (fun t => unit p_w2 (lam2 + Ci * t)) 0 (1 / 2 * Im (p_w1 * Cconj p_w2 * ((1 + lam1 * Cconj lam2) / (1 - lam1 * Cconj lam2) ^ 3 * (real r 0%nat + sum1 + sum2) + (sum3 + sum4) / (1 - lam1 * Cconj lam2) ^ 2) - p_w1 * p_w2 * ((1 + lam1 * lam2) / (1 - lam1 * lam2) ^ 3 * (real r 0%nat + sum1 + sum5) + (sum3 + sum6) / (1 - lam1 * lam2) ^ 2))%C).
Proof.
  intros.
  prepared.
  compared.
  field [i_squared]; sides.
Qed.

Print Assumptions claim.
