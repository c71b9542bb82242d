(* Bounds, by polynomials whose coefficients are not negative; and limits, by continuity. *)
From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Kernel Units Inputs Quantities Tactics.
Open Scope R_scope.

Lemma by_difference (a b : R) : 0 <= b - a -> a <= b.
Proof. lra. Qed.
Lemma by_difference_ge (a b : R) : 0 <= a - b -> a >= b.
Proof. lra. Qed.

(* sums of products of what is not negative *)
Ltac not_negative := repeat first
  [ lra | apply pow_le | apply Rmult_le_pos | apply Rplus_le_le_0_compat | left; apply exp_pos ].

(* x <= sinh x, with exp(-x) for x *)
Lemma exp_above_2 x : 0 <= x -> 1 + x + x ^ 2 / 2 <= exp x.
Proof.
  intro Hx. pose proof (series_below_exp 2 x Hx) as S. simpl in S.
  eapply Rle_trans; [|exact S]. right. field.
Qed.
Lemma below_sinh x : 0 <= x -> x <= (1 - exp (- x) ^ 2) / (2 * exp (- x)).
Proof.
  intro Hx. pose proof (exp_above_2 x Hx) as A. pose proof (exp_pos x). pose proof (exp_pos (- x)).
  assert (E : exp (- x) * exp x = 1) by (rewrite <- exp_plus, Rplus_opp_l; apply exp_0).
  replace ((1 - exp (- x) ^ 2) / (2 * exp (- x))) with ((exp x - exp (- x)) / 2).
  - assert (B : exp (- x) * (1 + x + x ^ 2 / 2) <= 1) by nra.
    set (y := 1 + x + x ^ 2 / 2) in *. assert (Hy : 1 <= y) by (unfold y; nra).
    assert (C : 2 * x * y <= y ^ 2 - 1) by (unfold y; nra).
    assert (D : exp (- x) <= / y).
    { apply Rmult_le_reg_r with y; [lra|]. rewrite Rinv_l by lra. lra. }
    assert (F : 2 * x <= y - / y).
    { apply Rmult_le_reg_r with y; [lra|]. rewrite Rmult_minus_distr_r, Rinv_l by lra. nra. }
    lra.
  - replace (exp x) with (/ exp (- x)) by (rewrite <- exp_Ropp; f_equal; ring).
    field. lra.
Qed.

Lemma exp_times n y : exp (INR n * y) = exp y ^ n.
Proof.
  induction n as [|n IH]; [simpl; rewrite Rmult_0_l; apply exp_0|].
  rewrite S_INR, Rmult_plus_distr_r, exp_plus, IH, Rmult_1_l. simpl. ring.
Qed.
Lemma exp_minus_times n y : exp (- (INR n * y)) = / exp y ^ n.
Proof. now rewrite exp_Ropp, exp_times. Qed.

(* limits *)

Lemma ratio_tends (F : (R -> Prop) -> Prop) (FF : Filter F) (f : R -> C) (h g : R -> R) (a : R) :
  filterlim h F (locally a) -> F (fun x => f x = RtoC (g (h x))) -> continuous g a -> g a = 1 ->
  filterlim (fun x => Cmod (f x - 1)) F (locally 0).
Proof.
  intros Hh He Hg H1.
  apply filterlim_ext_loc with (fun x => Rabs (g (h x) - 1)).
  - revert He. apply filter_imp. intros x ->. now rewrite <- RtoC_minus, Cmod_R.
  - apply (filterlim_comp _ _ _ h (fun y => Rabs (g y - 1)) F (locally a) (locally 0) Hh).
    replace 0 with (Rabs (g a - 1)) by (rewrite H1, Rminus_eq_0; apply Rabs_R0).
    apply (continuous_comp (fun y => g y - 1) Rabs); [|apply continuous_Rabs].
    apply (continuous_minus g (fun _ => 1)); [exact Hg | apply continuous_const].
Qed.

Lemma left_is_near (a : R) : filterlim (fun x : R => x) (at_left a) (locally a).
Proof. intros P H. unfold filtermap. now apply filter_le_within. Qed.
Lemma right_is_near (a : R) : filterlim (fun x : R => x) (at_right a) (locally a).
Proof. intros P H. unfold filtermap. now apply filter_le_within. Qed.

Lemma on_the_left (a b : R) (P : R -> Prop) : b < a -> (forall x, b < x -> x < a -> P x) -> at_left a P.
Proof.
  intros Hb H. unfold at_left, within. apply (locally_interval _ a b (a + 1)); simpl; try lra.
  intros y Hy _ Hlt. now apply H.
Qed.
Lemma on_the_right (a b : R) (P : R -> Prop) : a < b -> (forall x, a < x -> x < b -> P x) -> at_right a P.
Proof.
  intros Hb H. unfold at_right, within. apply (locally_interval _ a (a - 1) b); simpl; try lra.
  intros y _ Hy Hlt. now apply H.
Qed.

Section Continuity.
Variables (f g : R -> R) (x : R).
Hypotheses (Hf : continuous f x) (Hg : continuous g x).
Lemma c_plus : continuous (fun t => f t + g t) x.
Proof. exact (continuous_plus f g x Hf Hg). Qed.
Lemma c_opp : continuous (fun t => - f t) x.
Proof. exact (continuous_opp f x Hf). Qed.
Lemma c_minus : continuous (fun t => f t - g t) x.
Proof. exact (continuous_minus f g x Hf Hg). Qed.
Lemma c_mult : continuous (fun t => f t * g t) x.
Proof. exact (continuous_mult f g x Hf Hg). Qed.
Lemma c_div : g x <> 0 -> continuous (fun t => f t / g t) x.
Proof.
  intros H. apply (continuous_mult f (fun t => / g t) x Hf).
  apply (continuous_comp g Rinv); [exact Hg|]. apply continuous_Rinv. exact H.
Qed.
Lemma c_pow n : continuous (fun t => f t ^ n) x.
Proof.
  induction n as [|n IH]; [apply continuous_const|]. simpl. exact (continuous_mult f _ x Hf IH).
Qed.
End Continuity.

(* (exp y - 1)/y, and 1 at 0 *)
Definition phi (y : R) : R := if Req_EM_T y 0 then 1 else (exp y - 1) / y.
Lemma phi_exp y : exp y = 1 + y * phi y.
Proof. unfold phi. destruct (Req_EM_T y 0) as [->|]; [rewrite exp_0; ring | field; assumption]. Qed.
Lemma phi_0 : phi 0 = 1.
Proof. unfold phi. destruct (Req_EM_T 0 0); [reflexivity|lra]. Qed.
Lemma phi_positive y : y < 0 -> 0 < phi y.
Proof.
  intro H. unfold phi. destruct (Req_EM_T y 0) as [|N]; [lra|]. pose proof (exp_below_1 y H).
  replace ((exp y - 1) / y) with ((1 - exp y) / - y) by (field; exact N). apply Rdiv_lt_0_compat; lra.
Qed.
Lemma phi_continuous : continuous phi 0.
Proof.
  unfold continuous. rewrite phi_0.
  pose proof is_lim_div_expm1_0 as H. apply is_lim_spec in H.
  intros P [eps HP]. destruct (H eps) as [d Hd]. exists d. intros y Hy. apply HP.
  unfold phi. destruct (Req_EM_T y 0) as [->|Hn]; [apply ball_center|].
  apply (Hd y Hy Hn).
Qed.

Ltac continuity_of := repeat first
  [ apply continuous_const | apply continuous_id | assumption
  | match goal with
    | |- continuous (fun t => @?f t + @?g t) _ => apply (c_plus f g)
    | |- continuous (fun t => @?f t - @?g t) _ => apply (c_minus f g)
    | |- continuous (fun t => @?f t * @?g t) _ => apply (c_mult f g)
    | |- continuous (fun t => @?f t / @?g t) _ => apply (c_div f g)
    | |- continuous (fun t => @?f t ^ ?n) _ => apply (c_pow f)
    | |- continuous (fun t => - @?f t) _ => apply (c_opp f)
    end ].
Ltac at_0 := repeat match goal with
  | |- context [phi ?y] =>
      replace (phi y) with 1 by (replace y with 0 by ring; symmetry; exact phi_0)
  end.
Ltac continuous_there := continuity_of; lazymatch goal with
  | |- continuous (fun t => phi (@?f t)) _ =>
      apply (continuous_comp f phi); [continuity_of | cbv beta];
      match goal with |- continuous phi ?y => replace y with 0 by ring end; exact phi_continuous
  | |- _ => cbv beta; at_0; nonzero_real
  end.
Lemma exp_decays : filterlim exp (Rbar_locally m_infty) (locally 0).
Proof.
  intros P [eps H]. exists (- / eps). intros x Hx. apply H.
  pose proof (cond_pos eps) as He. pose proof (exp_pos x). pose proof (Rinv_0_lt_compat _ He).
  assert (A : (1 - x <= exp (- x))%R).
  { pose proof (exp_above (- x) ltac:(lra)). lra. }
  assert (E : (exp x * exp (- x) = 1)%R) by (rewrite <- exp_plus, Rplus_opp_r; apply exp_0).
  assert (B : exp x < eps).
  { assert (C : / eps * eps = 1) by (apply Rinv_l; lra).
    assert (D : exp x * / eps < 1) by nra.
    apply Rmult_lt_reg_r with (/ eps); [assumption|]. rewrite (Rmult_comm eps). lra. }
  unfold ball; simpl; unfold AbsRing_ball, abs, minus, plus, opp; simpl.
  rewrite Ropp_0, Rplus_0_r, Rabs_pos_eq; lra.
Qed.
Lemma decays : filterlim (fun x => exp (- x)) (Rbar_locally p_infty) (locally 0).
Proof.
  apply (filterlim_comp _ _ _ Ropp exp _ (Rbar_locally m_infty)); [|exact exp_decays].
  intros P [M H]. exists (- M). intros x Hx. apply H. lra.
Qed.
Lemma inverse_decays : filterlim Rinv (Rbar_locally p_infty) (locally 0).
Proof. exact (filterlim_Rbar_inv p_infty ltac:(discriminate)). Qed.

(* what generated proofs of bounds say *)
Ltac a_fraction t := lazymatch goal with
  | |- 0 <= ?e => replace e with t by (field; repeat split; nonzero_real)
  end; apply Rdiv_le_0_compat; [|positive].
Ltac a_sum t := lazymatch goal with |- 0 <= ?e => replace e with t by field end; not_negative.
Ltac as_variable y a := set (a := exp y) in *; assert (0 < a) by apply exp_pos; clearbody a.
Ltac as_fading y a :=
  set (a := exp y) in *; assert (0 < a) by apply exp_pos;
  assert (a < 1) by (apply exp_below_1; known; nra); clearbody a.
(* v = c a^2 is at most c b^2, as a <= b *)
Ltac slower c a b := lazymatch goal with
  | |- ?v <= _ =>
      replace v with (c * a ^ 2) by (field; repeat split; nonzero_real);
      apply Rle_trans with (c * b ^ 2); [apply Rmult_le_compat_l; [|apply pow_incr; split; lra]|]
  end.
Ltac difference := first [apply by_difference | apply by_difference_ge].

(* ... of limits *)
Ltac exponential y t := try replace (exp y) with t
  by (first [rewrite <- exp_minus_times | rewrite <- exp_times]; f_equal; simpl INR; ring).
Ltac same_ratio :=
  cbn [power]; spread; cbn [power]; numerals; field; sides.
Ltac ratio_as t := lazymatch goal with
  | |- _ = RtoC ?g => replace g with t by (field; repeat split; nonzero_real); same_ratio
  end.
Ltac value_there := cbv beta; at_0; field; repeat split; nonzero_real.
(* x > 0 becomes /e *)
Ltac inverted x e :=
  let E := fresh in
  remember (/ x) as e eqn:E;
  assert (0 < e) by (rewrite E; apply Rinv_0_lt_compat; lra);
  replace x with (/ e) in * by (rewrite E; apply Rinv_inv);
  clear E; try clear x.
(* e > 0 and exp(c e) become functions of p = phi(c e) and l = exp(c e) *)
Ltac expanded c e p l :=
  assert (He : 0 < e) by assumption;
  pose proof (phi_exp (c * e)) as E;
  match goal with
  | |- context [exp ?y] => replace (exp y) with (exp (c * e)) 
      by (f_equal; first [ring | field; repeat split; nonzero_real])
  end;
  assert (Hl : exp (c * e) < 1) by (apply exp_below_1; nra);
  pose proof (exp_pos (c * e)) as Hl0;
  assert (Hp : 0 < phi (c * e)) by (apply phi_positive; nra);
  set (p := phi (c * e)) in *; set (l := exp (c * e)) in *;
  assert (Ee : e = (l - 1) / (c * p)) by (rewrite E; field; repeat split; nonzero_real);
  clearbody p l; clear E; subst e.
