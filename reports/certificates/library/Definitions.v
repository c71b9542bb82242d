(* What claims are about: moments of linear units, from the autocorrelation of their input.

   All that the statement of a certificate uses is defined here, or in Coq's and Coquelicot's
   libraries; who has read this file and the statement knows what is certified. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
Open Scope C_scope.
Arguments Cmod _%C.

(* The sum of f i over i < n. *)
Fixpoint sum (f : nat -> C) (n : nat) : C :=
  match n with
  | O => 0
  | S n => f O + sum (fun i => f (S i)) n
  end.

Definition tends (s : nat -> C) (limit : C) : Prop :=
  is_lim_seq (fun n => Cmod (s n - limit)) 0%R.

(* The sum of f i over all i >= 0 converges, to this value. *)
Definition adds_up (f : nat -> C) (value : C) : Prop := tends (sum f) value.

Fixpoint power (z : C) (n : nat) : C :=
  match n with
  | O => 1
  | S n => z * power z n
  end.

Notation "z ^ n" := (power z n) : C_scope.

Definition kronecker (n : nat) : C :=
  match n with
  | O => 1
  | S _ => 0
  end.

(* 1 at lag k, 0 at others *)
Definition impulse (k n : nat) : C := if Nat.eqb n k then 1 else 0.

Definition Cexp (z : C) : C := (exp (Re z) * cos (Im z), exp (Re z) * sin (Im z))%R.

(* An input is stationary: E[x_(t-i) conj(x_(t-j))] is r(j - i), or conj(r(i - j)) where i > j. *)
Definition covariance (r : nat -> C) (i j : nat) : C :=
  if Nat.leb i j then r (j - i)%nat else Cconj (r (i - j)%nat).

(* E[h conj(k)] after T steps, where h is the sum of u_i x_(T-i) over i < T, and k that of v_i. *)
Definition moment (r : nat -> C) (u v : nat -> C) (T : nat) : C :=
  sum (fun i => sum (fun j => u i * Cconj (v j) * covariance r i j) T) T.

(* h_t = lam h_(t-1) + gamma x_t has these weights on x_t, x_(t-1) and so on. *)
Definition unit (gamma lam : C) (i : nat) : C := gamma * lam ^ i.

Definition second_moment (r : nat -> C) (u : nat -> C) (value : C) : Prop :=
  tends (moment r u u) value.

(* ... after T steps from rest *)
Definition second_moment_after (r : nat -> C) (u : nat -> C) (T : nat) (value : C) : Prop :=
  moment r u u T = value.

(* An error that comes back through the unit has the weights on x_t, x_(t+1) and so on. *)
Definition backpropagated_error (r : nat -> C) (u : nat -> C) (value : C) : Prop :=
  tends (fun T => sum (fun i => sum (fun j => u i * Cconj (u j) * covariance r j i) T) T) value.

(* E[h k], without a conjugate, for a real input. *)
Definition cross_moment (r : nat -> C) (u v : nat -> C) (value : C) : Prop :=
  tends (moment r u (fun i => Cconj (v i))) value.

(* f is differentiable at p, with this derivative. *)
Definition slope (f : R -> C) (p : R) (derivative : C) : Prop :=
  is_derive (fun t => Re (f t)) p (Re derivative) /\ is_derive (fun t => Im (f t)) p (Im derivative).

Definition slopes (u : R -> nat -> C) (p : R) (derivatives : nat -> C) : Prop :=
  forall i, slope (fun t => u t i) p (derivatives i).

(* E|dh/dp|^2 *)
Definition sensitivity (r : nat -> C) (u : R -> nat -> C) (p : R) (value : C) : Prop :=
  exists du, slopes u p du /\ tends (moment r du du) value.

(* E[dh/dp dk/dq] *)
Definition cross_sensitivity
  (r : nat -> C) (u : R -> nat -> C) (p : R) (v : R -> nat -> C) (q : R) (value : C) : Prop :=
  exists du dv, slopes u p du /\ slopes v q dv /\ cross_moment r du dv value.

(* E[Re(dh/dp) Re(dk/dq)], for a real input: the Hessian of half the mean squared error of an output
   Re h + Re k at its optimum. *)
Definition output_hessian
  (r : nat -> C) (u : R -> nat -> C) (p : R) (v : R -> nat -> C) (q : R) (value : C) : Prop :=
  exists du dv, slopes u p du /\ slopes v q dv
    /\ tends (moment r (fun i => RtoC (Re (du i))) (fun i => RtoC (Re (dv i)))) value.

(* Half the mean of |h - k|^2 after T steps. *)
Definition loss (r : nat -> C) (u v : nat -> C) (T : nat) : C :=
  / 2 * moment r (fun i => u i - v i) (fun i => u i - v i) T.

Definition teacher_student_loss (r : nat -> C) (u v : nat -> C) (value : C) : Prop :=
  tends (loss r u v) value.

(* The second derivative of f(s, t) by s and t, at (p, q). *)
Definition mixed_slope (f : R -> R -> C) (p q : R) (derivative : C) : Prop :=
  exists df, locally p (fun s => slope (f s) q (df s)) /\ slope df p derivative.

(* ... of f(t), by t twice. *)
Definition second_slope (f : R -> C) (p : R) (derivative : C) : Prop :=
  exists df, locally p (fun t => slope f t (df t)) /\ slope df p derivative.

(* The Hessian of a student's loss where it is its teacher. *)
Definition teacher_student_hessian
  (r : nat -> C) (u : R -> nat -> C) (p : R) (value : C) : Prop :=
  exists H, (forall T, second_slope (fun t => loss r (u t) (u p) T) p (H T)) /\ tends H value.

Definition mixed_teacher_student_hessian
  (r : nat -> C) (u : R -> R -> nat -> C) (p q : R) (value : C) : Prop :=
  exists H, (forall T, mixed_slope (fun s t => loss r (u s t) (u p q) T) p q (H T))
    /\ tends H value.

Definition real (r : nat -> R) (n : nat) : C := RtoC (r n).

(* No moment is negative: without this there is no such input. *)
Definition is_positive (r : nat -> C) : Prop := forall u T, (0 <= Re (moment r u u T))%R.

(* What is known of an autocorrelation in general. *)
Definition is_autocorrelation (r : nat -> C) : Prop :=
  Im (r O) = 0%R /\ forall n, (Cmod (r n) <= Re (r O))%R.
