(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (p_T : nat) (theta : R) (lam : C) :
  (1 <= INR p_T)%R ->
  (0 <= theta)%R ->
  (theta < 2 * PI)%R ->
  lam = (Cexp (Ci * theta)) ->
  is_positive (fun n => kronecker n) /\
  second_moment_after (fun n => kronecker n) (unit 1 lam) p_T (INR p_T).
Proof.
  intros.
  turn (Ci * theta) C0.
  prepared.
  by_steps 1%nat.
  { stepped. field [C0 i_squared]; sides. }
  { stepped. field [C0 i_squared]; sides. }
Qed.

Print Assumptions claim.
