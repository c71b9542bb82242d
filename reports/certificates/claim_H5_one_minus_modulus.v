(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (nu : R) (theta : R) (lam : C) :
  (0 <= nu)%R ->
  (nu < 1)%R ->
  (- PI < theta)%R ->
  (theta < PI)%R ->
  lam = (nu * Cexp (Ci * theta)) ->
  is_positive (fun n => kronecker n) /\
  exists value, second_moment (fun n => kronecker n) (unit (1 - nu) lam) (RtoC value) /\ (value <= 1)%R.
Proof.
  intros.
  turn (Ci * theta) C0.
  prepared.
  exists (((1) + ((-1) * nu)) / ((1) + nu))%R.
  split.
  { compared. field [C0 i_squared]; sides. }
  difference.
  a_fraction (((2) * nu) / (((1) + nu) ^ 1))%R.
  a_sum ((2) * nu ^ 1)%R.
Qed.

Print Assumptions claim.
