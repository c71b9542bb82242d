(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (nu : R) (theta : R) (r : nat -> R) (lam : C) :
  (0 < nu)%R ->
  (nu < 1)%R ->
  (- PI < theta)%R ->
  (theta < PI)%R ->
  is_autocorrelation (real r) ->
  lam = (nu * Cexp (Ci * theta)) ->
  (1 - nu ^ 2) ^ 3 <> 0 /\
  (1 - nu ^ 2) ^ 2 <> 0 /\
  exists sum1, adds_up (fun n => Cconj lam ^ (S n) * real r (S n)) sum1 /\
  exists sum2, adds_up (fun n => RtoC (INR (S n)) * Cconj lam ^ (S n) * real r (S n)) sum2 /\
  sensitivity (real r) (fun t => unit 1 (t * Cexp (Ci * theta))) nu ((1 + nu ^ 2) / (1 - nu ^ 2) ^ 3 * (real r 0%nat + 2 * Re sum1) + 2 / (1 - nu ^ 2) ^ 2 * Re sum2).
Proof.
  intros.
  turn (Ci * theta) C0.
  prepared.
  compared.
  field [C0 i_squared]; sides.
Qed.

Print Assumptions claim.
