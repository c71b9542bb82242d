(* How proofs of generated statements go: nothing here has to be believed. *)
From Coq Require Import Reals Lra Lia Psatz List.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Kernel Units Inputs Quantities.
Import ListNotations.
Open Scope C_scope.

(* real derivatives, built up *)

Lemma d_const (c p : R) : is_derive (fun _ : R => c) p 0%R.
Proof. exact (is_derive_const c p). Qed.
Lemma d_id (p : R) : is_derive (fun t : R => t) p 1%R.
Proof. exact (is_derive_id p). Qed.
Section Rules.
Variables (f g : R -> R) (p d e : R).
Hypotheses (F : is_derive f p d) (G' : is_derive g p e).
Lemma d_plus : is_derive (fun t => f t + g t)%R p (d + e)%R.
Proof. exact (is_derive_plus _ _ _ _ _ F G'). Qed.
Lemma d_minus : is_derive (fun t => f t - g t)%R p (d - e)%R.
Proof. exact (is_derive_minus _ _ _ _ _ F G'). Qed.
Lemma d_mult : is_derive (fun t => f t * g t)%R p (d * g p + f p * e)%R.
Proof. exact (is_derive_mult f g p d e F G' Rmult_comm). Qed.
Lemma d_div : g p <> 0%R -> is_derive (fun t => f t / g t)%R p ((d * g p - f p * e) / (g p * g p))%R.
Proof.
  intro H. replace (g p * g p)%R with (g p ^ 2)%R by ring. exact (is_derive_div _ _ _ _ _ F G' H).
Qed.
Lemma d_opp : is_derive (fun t => - f t)%R p (- d)%R.
Proof. exact (is_derive_opp _ _ _ F). Qed.
Lemma d_inv : f p <> 0%R -> is_derive (fun t => / f t)%R p (- d / (f p * f p))%R.
Proof. intro H. replace (f p * f p)%R with (f p ^ 2)%R by ring. exact (is_derive_inv _ _ _ F H). Qed.
Lemma d_pow n : is_derive (fun t => f t ^ n)%R p (INR n * f p ^ pred n * d)%R.
Proof. replace (INR n * f p ^ pred n * d)%R with (INR n * d * f p ^ pred n)%R by ring.
  exact (is_derive_pow _ n _ _ F). Qed.
Lemma d_exp : is_derive (fun t => exp (f t)) p (d * exp (f p))%R.
Proof. exact (is_derive_comp exp _ _ _ _ (is_derive_exp _) F). Qed.
Lemma d_cos : is_derive (fun t => cos (f t)) p (d * - sin (f p))%R.
Proof. exact (is_derive_comp cos _ _ _ _ (is_derive_cos _) F). Qed.
Lemma d_sin : is_derive (fun t => sin (f t)) p (d * cos (f p))%R.
Proof. exact (is_derive_comp sin _ _ _ _ (is_derive_sin _) F). Qed.
Lemma d_sqrt : (0 < f p)%R -> is_derive (fun t => sqrt (f t)) p (d / (2 * sqrt (f p)))%R.
Proof. intro H. exact (is_derive_sqrt _ _ _ F H). Qed.
Lemma d_ln : (0 < f p)%R -> is_derive (fun t => ln (f t)) p (d * / f p)%R.
Proof. intro H. exact (is_derive_comp ln _ _ _ _ (is_derive_ln _ H) F). Qed.
Lemma d_tanh : is_derive (fun t => tanh (f t)) p (d * (1 - tanh (f p) * tanh (f p)))%R.
Proof.
  assert (T : is_derive tanh (f p) (1 - tanh (f p) * tanh (f p))%R).
  { assert (0 < cosh (f p))%R by (unfold cosh; pose proof (exp_pos (f p)); pose proof (exp_pos (- f p)); lra).
    pose proof (is_derive_div sinh cosh (f p) _ _
      (proj2 (is_derive_Reals _ _ _) (derivable_pt_lim_sinh _))
      (proj2 (is_derive_Reals _ _ _) (derivable_pt_lim_cosh _)) ltac:(lra)) as D.
    replace (1 - tanh (f p) * tanh (f p))%R
      with ((cosh (f p) * cosh (f p) - sinh (f p) * sinh (f p)) / cosh (f p) ^ 2)%R; [exact D|].
    unfold tanh. field. lra. }
  exact (is_derive_comp tanh _ _ _ _ T F).
Qed.
End Rules.

Lemma d_re (f : R -> C) p d : slope f p d -> is_derive (fun t => Re (f t)) p (Re d).
Proof. exact (@proj1 _ _). Qed.
Lemma d_im (f : R -> C) p d : slope f p d -> is_derive (fun t => Im (f t)) p (Im d).
Proof. exact (@proj2 _ _). Qed.
Lemma d_abs2 (f : R -> R) p d : is_derive f p d ->
  is_derive (fun t => Rabs (f t) ^ 2)%R p (d * f p + f p * d)%R.
Proof.
  intro F. assert (E : forall x : R, (x * x = Rabs x ^ 2)%R) by (intro; rewrite pow2_abs; ring).
  apply (is_derive_ext (fun t => f t * f t)%R).
  - intro t. apply E.
  - exact (d_mult _ _ _ _ _ F F).
Qed.
Lemma d_mod2 (f : R -> C) p d : slope f p d ->
  is_derive (fun t => Cmod (f t) ^ 2)%R p (2 * Re (Cconj (f p) * d)%C)%R.
Proof.
  intros [F1 F2].
  apply (is_derive_ext (fun t => Re (f t) * Re (f t) + Im (f t) * Im (f t))%R).
  - intro t. unfold Cmod. rewrite pow2_sqrt by (simpl; nra). unfold Re, Im. simpl. ring.
  - replace (2 * Re (Cconj (f p) * d)%C)%R
      with (Re d * Re (f p) + Re (f p) * Re d + (Im d * Im (f p) + Im (f p) * Im d))%R
      by (unfold Re, Im; simpl; ring).
    exact (is_derive_plus _ _ _ _ _ (d_mult _ _ _ _ _ F1 F1) (d_mult _ _ _ _ _ F2 F2)).
Qed.

(* signs of reals, from the domain *)

(* by the series, as Coq's own proof takes an axiom more *)
Lemma series_below_exp n x :
  (0 <= x)%R -> (sum_f_R0 (fun i => / INR (fact i) * x ^ i) n <= exp x)%R.
Proof.
  intro Hx. unfold exp. destruct (exist_exp x) as [e He]. apply sum_incr; [exact He|].
  intro i. apply Rmult_le_pos; [left; apply Rinv_0_lt_compat, lt_0_INR, lt_O_fact|].
  now apply pow_le.
Qed.
Lemma exp_above x : (0 <= x)%R -> (1 + x <= exp x)%R.
Proof.
  intro Hx. pose proof (series_below_exp 1 x Hx) as S. simpl in S.
  eapply Rle_trans; [|exact S]. right. field.
Qed.
Lemma exp_below_1 x : (x < 0)%R -> (exp x < 1)%R.
Proof.
  intro H. pose proof (exp_above (- x) ltac:(lra)). pose proof (exp_pos x).
  assert (E : (exp x * exp (- x) = 1)%R) by (rewrite <- exp_plus, Rplus_opp_r; apply exp_0).
  nra.
Qed.

Lemma tanh_bounds x : (-1 < tanh x < 1)%R.
Proof.
  unfold tanh, sinh, cosh. pose proof (exp_pos x). pose proof (exp_pos (- x)).
  split; [apply Rlt_div_r | apply Rlt_div_l]; lra.
Qed.
Lemma Cmod_Cexp z : Cmod (Cexp z) = exp (Re z).
Proof.
  unfold Cexp, Cmod. cbn [fst snd].
  replace ((exp (Re z) * cos (Im z)) ^ 2 + (exp (Re z) * sin (Im z)) ^ 2)%R with (exp (Re z) ^ 2)%R.
  - apply sqrt_pow2. left. apply exp_pos.
  - pose proof (sin2_cos2 (Im z)) as E. unfold Rsqr in E. simpl. nra.
Qed.

Ltac new fact := let T := type of fact in
  lazymatch goal with H : T |- _ => fail | _ => pose proof fact end.
Ltac known := repeat match goal with
  | |- context [exp ?x] => new (exp_pos x)
  | H : context [exp ?x] |- _ => new (exp_pos x)
  | |- context [tanh ?x] => new (tanh_bounds x)
  | |- context [Cmod ?z] => new (Cmod_ge_0 z)
  | H : context [Cmod ?z] |- _ => new (Cmod_ge_0 z)
  end.
(* 1/x > 0, where x > 0 *)
Ltac inverse x := lazymatch goal with
  | H : (0 < / x)%R |- _ => fail
  | _ =>
      assert (0 < x)%R by nra; assert (0 < / x)%R by (apply Rinv_0_lt_compat; assumption);
      assert (x * / x = 1)%R by (apply Rinv_r, Rgt_not_eq; assumption)
  end.
Ltac inverses := unfold Rdiv in *; repeat match goal with
  | |- context [(/ ?x)%R] => inverse x
  | H : context [(/ ?x)%R] |- _ => inverse x
  end.
(* exponentials that are below 1, or 1 *)
Ltac small_exponentials := repeat match goal with
  | |- context [exp ?x] =>
      lazymatch goal with H : (exp x < 1)%R |- _ => fail | H : (exp x = 1)%R |- _ => fail | _ =>
        first [ let H := fresh in assert (H : (exp x < 1)%R) by (apply exp_below_1; first [nra | inverses; nra])
              | let H := fresh in assert (H : (exp x = 1)%R)
                  by (rewrite <- exp_0; apply f_equal; ring) ] end
  end.

(* products of what is between 0 and 1 *)
Lemma within_mult (x y : R) : (0 <= x < 1)%R -> (0 <= y <= 1)%R -> (0 <= x * y < 1)%R.
Proof. intros; nra. Qed.
Lemma within_mult' (x y : R) : (0 <= x <= 1)%R -> (0 <= y <= 1)%R -> (0 <= x * y <= 1)%R.
Proof. intros; nra. Qed.
Lemma within_square (x : R) : (-1 < x < 1)%R -> (0 <= x ^ 2 < 1)%R.
Proof. intros; simpl; nra. Qed.
Lemma within_square' (x : R) : (-1 <= x <= 1)%R -> (0 <= x ^ 2 <= 1)%R.
Proof. intros; simpl; nra. Qed.
Lemma within_div (a b : R) : (0 <= a)%R -> (a < b)%R -> (0 <= a / b < 1)%R.
Proof.
  intros. split; [apply Rdiv_le_0_compat; lra | apply Rlt_div_l; lra].
Qed.
Lemma within_div' (a b : R) : (0 <= a)%R -> (a < b)%R -> (0 <= a / b <= 1)%R.
Proof. intros H G'. pose proof (within_div a b H G'). lra. Qed.
Ltac bounded := first
  [ lra
  | apply within_div; nra | apply within_div'; nra
  | apply within_square; bounded | apply within_square'; bounded
  | apply within_mult; bounded | rewrite Rmult_comm; apply within_mult; bounded
  | apply within_mult'; bounded
  | split; nra ].
Lemma below_1 x : (0 <= x < 1)%R -> (0 < 1 - x)%R.
Proof. lra. Qed.
Lemma upto_1 x : (0 <= x <= 1)%R -> (0 <= 1 - x)%R.
Proof. lra. Qed.

Ltac sign := lazymatch goal with
  | |- (0 <= _ / _)%R => apply Rdiv_le_0_compat; sign
  | |- (0 < _ / _)%R => apply Rdiv_lt_0_compat; sign
  | |- (0 <= ?x ^ 2)%R => apply pow2_ge_0
  | |- (0 < _ ^ _)%R => first [apply pow_lt; sign | solve [nra]]
  | |- (0 <= _ ^ _)%R => first [apply pow_le; sign | solve [nra]]
  | |- (0 <= _ * _)%R => first [apply Rle_0_sqr | apply Rmult_le_pos; sign | solve [nra]]
  | |- (0 < _ * _)%R => first [apply Rmult_lt_0_compat; sign | solve [nra]]
  | |- (0 <= _ + _)%R => first [solve [nra] | apply Rplus_le_le_0_compat; sign]
  | |- (0 < _ + _)%R =>
      first [solve [nra] | apply Rplus_lt_le_0_compat; sign | apply Rplus_le_lt_0_compat; sign]
  | |- (0 < 1 - _)%R => first [solve [nra] | apply below_1; bounded]
  | |- (0 <= 1 - _)%R => first [solve [nra] | apply upto_1; bounded]
  | |- (_ / _ < _)%R => apply Rlt_div_l; sign
  | |- (_ < _ / _)%R => apply Rlt_div_r; sign
  | |- (0 < sqrt _)%R => apply sqrt_lt_R0; sign
  | |- (0 <= sqrt _)%R => apply sqrt_pos
  | |- (0 < exp _)%R => apply exp_pos
  | |- (0 <= exp _)%R => left; apply exp_pos
  | |- (0 <= Cmod _)%R => apply Cmod_ge_0
  | |- _ => solve [lra | nra]
  end.
Lemma parts (z : C) : RtoC (Re z) + Ci * RtoC (Im z) = z.
Proof. destruct z. apply injective_projections; simpl; ring. Qed.
Ltac moduli :=
  repeat first
    [ rewrite parts | rewrite Cmod_conj | rewrite Cmod_mult | rewrite Cmod_R | rewrite Cmod_Cexp ];
  cbn [Re Im fst snd RtoC Ci Cplus Cmult Cminus Copp Cconj].
Ltac absolutes :=
  repeat match goal with
  | |- context [Rabs ?x] =>
      let H := fresh in
      first [ assert (H : (Rabs x < 1)%R) by (apply Rabs_def1; first [lra | nra | sign])
            | assert (H : (Rabs x <= 1)%R) by (apply Rabs_le; split; nra) ];
      pose proof (Rabs_pos x); revert H; generalize dependent (Rabs x); intros
  end.
Ltac positive := moduli; known; small_exponentials; absolutes; sign.
Ltac nonzero_real := lazymatch goal with
  | |- (_ * _ <> 0)%R => apply Rmult_integral_contrapositive_currified; nonzero_real
  | |- (_ ^ _ <> 0)%R => apply pow_nonzero; nonzero_real
  | |- _ =>
      moduli; known; small_exponentials; absolutes;
      first
        [ apply Rgt_not_eq; unfold Rgt; sign | apply Rlt_not_eq; nra | lra | nra
        | inverses; first [apply Rgt_not_eq; nra | apply Rlt_not_eq; nra] ]
  end.

(* complex numbers *)

Lemma re_conj (z : C) : RtoC (Re z) = (z + Cconj z) / 2.
Proof. destruct z as [x y]. apply injective_projections; unfold Re; simpl; field. Qed.
Lemma im_conj (z : C) : RtoC (Im z) = (Cconj z - z) * Ci / 2.
Proof. destruct z as [x y]. apply injective_projections; unfold Im; simpl; field. Qed.
Lemma mod2_conj (z : C) : RtoC (Cmod z) * RtoC (Cmod z) = z * Cconj z.
Proof.
  rewrite <- RtoC_mult. replace (Cmod z * Cmod z)%R with (Cmod z ^ 2)%R by ring.
  destruct z as [x y]. unfold Cmod. simpl fst; simpl snd. rewrite pow2_sqrt by nra.
  apply injective_projections; simpl; ring.
Qed.
Lemma exp_squared (z : C) : Cexp z * Cconj (Cexp z) = RtoC (exp (2 * Re z)).
Proof.
  rewrite <- mod2_conj, Cmod_Cexp, <- RtoC_mult, <- exp_plus. do 2 f_equal. ring.
Qed.
Lemma mod_twice (z x : C) : RtoC (Cmod z) * (RtoC (Cmod z) * x) = z * Cconj z * x.
Proof. now rewrite Cmult_assoc, mod2_conj. Qed.
Lemma conj_i : Cconj Ci = - Ci.
Proof. apply injective_projections; simpl; ring. Qed.
Lemma i_squared : Ci * Ci = - (1).
Proof. apply injective_projections; simpl; ring. Qed.
Lemma root_squared (x : R) : (0 <= x)%R -> RtoC (sqrt x) * RtoC (sqrt x) = RtoC x.
Proof. intros. now rewrite <- RtoC_mult, sqrt_sqrt. Qed.

(* numerals, as sums of ones *)
Lemma num_double p : RtoC (IZR (Zpos (xO p))) = (1 + 1) * RtoC (IZR (Zpos p)).
Proof. rewrite <- RtoC_plus, <- RtoC_mult. f_equal. now rewrite Pos2Z.inj_xO, mult_IZR. Qed.
Lemma num_odd p : RtoC (IZR (Zpos (xI p))) = (1 + 1) * RtoC (IZR (Zpos p)) + 1.
Proof.
  rewrite <- RtoC_plus, <- RtoC_mult, <- RtoC_plus. f_equal.
  now rewrite Pos2Z.inj_xI, plus_IZR, mult_IZR.
Qed.
Lemma num_neg p : RtoC (IZR (Zneg p)) = - RtoC (IZR (Zpos p)).
Proof. now rewrite <- RtoC_opp. Qed.
Ltac numerals := repeat first [rewrite num_neg | rewrite num_double | rewrite num_odd].

Ltac conjugates :=
  repeat first [rewrite re_conj | rewrite im_conj];
  repeat first
    [ rewrite conj_plus | rewrite conj_minus | rewrite conj_opp | rewrite conj_mult
    | rewrite conj_div | rewrite conj_inv | rewrite conj_conj | rewrite conj_real | rewrite conj_i ].

Lemma RtoC_pow (x : R) n : RtoC (x ^ n) = power (RtoC x) n.
Proof. induction n as [|n IH]; simpl; [reflexivity|]. now rewrite RtoC_mult, IH. Qed.

(* reals within complex numbers, taken apart *)
Ltac spread :=
  repeat first
    [ rewrite RtoC_plus | rewrite RtoC_minus | rewrite RtoC_opp | rewrite RtoC_mult | rewrite RtoC_pow
    | rewrite RtoC_div by nonzero_real | rewrite RtoC_inv by nonzero_real ].


Ltac as_real :=
  repeat first
    [ rewrite <- RtoC_plus | rewrite <- RtoC_minus | rewrite <- RtoC_mult | rewrite <- RtoC_opp
    | rewrite <- RtoC_div by nonzero_real ].
(* a pole is inside the disc *)
Ltac in_disc :=
  as_real; moduli; known; small_exponentials;
  repeat match goal with
  | |- context [Rabs ?x] =>
      let H := fresh in
      first [ assert (H : (Rabs x < 1)%R) by (apply Rabs_def1; first [sign | inverses; nra])
            | assert (H : (Rabs x <= 1)%R) by (apply Rabs_le; split; nra) ];
      pose proof (Rabs_pos x); revert H; generalize dependent (Rabs x); intros
  end; first [lra | nra].

(* an eigenvalue of which it is enough to know that *)
Ltac kept l := lazymatch goal with
  | E : l = _ |- _ =>
      lazymatch type of l with
      | R => destruct (Rabs_def2 l 1 ltac:(rewrite <- Cmod_R, E; in_disc))
      | C => assert (Cmod l < 1)%R by (rewrite E; in_disc)
      end; clear E
  end.

Lemma i_times_0 : Ci * RtoC 0 = 0.
Proof. ring. Qed.

(* an input's rows *)
Lemma rows_const c b : (Cmod b < 1)%R -> rows (fun _ => c) b (fun k => c * G' 1 b k).
Proof.
  intro H. eapply rows_ext; [| |apply (rows_scal c (power 1)), rows_power].
  - intro n. cbv beta. rewrite power_1. ring.
  - reflexivity.
  - now rewrite Cmult_1_l.
Qed.
Lemma rows_minus r s b x y :
  rows r b x -> rows s b y -> rows (fun n => r n - s n) b (fun k => x k - y k).
Proof.
  intros Hr Hs. apply (rows_ext (fun n => r n + - (1) * s n) _ _ (fun k => x k + - (1) * y k));
    [intro; ring | intro; ring |].
  apply rows_plus; [exact Hr | apply rows_scal, Hs].
Qed.
Ltac input := lazymatch goal with
  | |- rows kronecker _ _ => apply rows_kronecker
  | |- rows (power ?z) _ _ => apply (rows_power z); in_disc
  | |- rows (fun n => kronecker n) _ _ => apply rows_kronecker
  | |- rows (fun n => impulse (S ?k) n) _ _ => apply (rows_impulse k)
  | |- rows (fun n => power ?z n) _ _ => apply (rows_power z); in_disc
  | |- rows (fun _ => ?c) _ _ => apply (rows_const c); in_disc
  | |- rows (fun n => @?s n * @?t n) _ _ =>
      lazymatch s with
      | fun _ => ?c => apply (rows_scal c t); input
      | _ => lazymatch t with fun _ => ?c => apply (rows_scal_right c s); input end
      end
  | |- rows (fun n => @?s n / @?t n) _ _ =>
      lazymatch t with fun _ => ?c => apply (rows_scal_right (/ c) s); input end
  | |- rows (fun n => @?s n + @?t n) _ _ => apply (rows_plus s t); input
  | |- rows (fun n => @?s n - @?t n) _ _ => apply (rows_minus s t); input
  | |- rows _ _ _ => apply rows_any; [assumption | in_disc]
  end.
Ltac terms_inside :=
  cbn [slope_terms real_terms List.map List.app conj_term times]; cbv beta; rewrite ?i_times_0, ?Cplus_0_r;
  repeat (apply List.Forall_cons; [split; cbn [pole]; [in_disc | input]|]); apply List.Forall_nil.

Lemma two_not_0 : 1 + 1 <> 0.
Proof. rewrite <- RtoC_plus. intro E. apply RtoC_inj in E. lra. Qed.
Lemma from_square (s e : C) : s * s = e -> e <> 0 -> s <> 0.
Proof. intros H He Z. apply He. rewrite <- H, Z. ring. Qed.
Lemma real_not_0 (x : R) : x <> 0%R -> RtoC x <> 0.
Proof. intros H Z. apply H. now apply RtoC_inj. Qed.

Ltac side := first
  [ assumption
  | apply real_not_0; nonzero_real
  | exact two_not_0
  | apply Cmult_neq_0; side
  | apply real_not_0, Rgt_not_eq, Cmod_gt_0; side
  | apply away; in_disc
  | apply away; rewrite Cmult_comm; in_disc
  | as_real; apply real_not_0; nonzero_real
  | eapply from_square; [eassumption|]; side ].
(* what `field` makes of numerals *)
Ltac literals := repeat match goal with
  | |- context [(?x, ?y)] => replace (x, y) with (RtoC x) by (apply injective_projections; simpl; ring)
  end.
Ltac sides := literals; repeat split; side.

Ltac nonzero := cbn [power]; literals; side.

(* slopes *)
Ltac derivative := lazymatch goal with
  | |- is_derive (fun _ => ?c) ?p _ => exact (d_const c p)
  | |- is_derive (fun t => t) ?p _ => exact (d_id p)
  | |- is_derive (fun t => @?f t + @?g t)%R _ _ => eapply (d_plus f g); derivative
  | |- is_derive (fun t => @?f t - @?g t)%R _ _ => eapply (d_minus f g); derivative
  | |- is_derive (fun t => @?f t * @?g t)%R _ _ => eapply (d_mult f g); derivative
  | |- is_derive (fun t => @?f t / @?g t)%R _ _ =>
      eapply (d_div f g); [derivative | derivative | cbv beta; nonzero_real]
  | |- is_derive (fun t => - @?f t)%R _ _ => eapply (d_opp f); derivative
  | |- is_derive (fun t => / @?f t)%R _ _ => eapply (d_inv f); [derivative | cbv beta; nonzero_real]
  | |- is_derive (fun t => Re (@?f t)) _ _ => eapply (d_re f); moving
  | |- is_derive (fun t => Im (@?f t)) _ _ => eapply (d_im f); moving
  | |- is_derive (fun t => Rabs (@?f t) ^ 2)%R _ _ => eapply (d_abs2 f); derivative
  | |- is_derive (fun t => Cmod (@?f t) ^ 2)%R _ _ => eapply (d_mod2 f); moving
  | |- is_derive (fun t => @?f t ^ ?n)%R _ _ => eapply (d_pow f); derivative
  | |- is_derive (fun t => exp (@?f t)) _ _ => eapply (d_exp f); derivative
  | |- is_derive (fun t => cos (@?f t)) _ _ => eapply (d_cos f); derivative
  | |- is_derive (fun t => sin (@?f t)) _ _ => eapply (d_sin f); derivative
  | |- is_derive (fun t => tanh (@?f t)) _ _ => eapply (d_tanh f); derivative
  | |- is_derive (fun t => sqrt (@?f t)) _ _ =>
      eapply (d_sqrt f); [derivative | cbv beta; positive]
  | |- is_derive (fun t => ln (@?f t)) _ _ => eapply (d_ln f); [derivative | cbv beta; positive]
  end
with moving := lazymatch goal with
  | |- slope (fun _ => ?c) ?p _ => exact (slope_const c p)
  | |- slope (fun t => RtoC (@?f t)) _ _ => eapply (slope_real f); derivative
  | |- slope (fun t => @?f t + @?g t) _ _ => eapply (slope_plus f g); moving
  | |- slope (fun t => @?f t - @?g t) _ _ => eapply (slope_minus f g); moving
  | |- slope (fun t => @?f t * @?g t) _ _ => eapply (slope_mult f g); moving
  | |- slope (fun t => @?f t / @?g t) _ _ =>
      eapply (slope_div f g); [moving | moving | cbv beta; nonzero]
  | |- slope (fun t => / @?f t) _ _ => eapply (slope_inv f); [moving | cbv beta; nonzero]
  | |- slope (fun t => power (@?f t) ?n) _ _ => eapply (slope_power n f); moving
  | |- slope (fun t => - @?f t) _ _ => eapply (slope_opp f); moving
  | |- slope (fun t => Cconj (@?f t)) _ _ => eapply (slope_conj f); moving
  | |- slope (fun t => Cexp (@?f t)) _ _ => eapply (slope_Cexp f); moving
  end.

(* the equation that is left *)
Lemma real_at r n : real r n = RtoC (r n).
Proof. reflexivity. Qed.
Ltac opened :=
  cbv beta iota zeta delta [value against slope_terms real_terms List.map List.app conj_term times K_of K' rows0 G' K G delta0 pole
       power kronecker impulse Nat.eqb w INR Nat.pred];
  rewrite ?i_times_0, ?Cplus_0_r, ?real_at, ?parts, ?mod_twice, ?mod2_conj.
Ltac conjugated :=
  conjugates; repeat (rewrite <- row_real; rewrite ?conj_conj, ?conj_real).

(* what is known of a root *)
Ltac root F :=
  specialize (F ltac:(positive));
  let rec open := first
    [ rewrite RtoC_plus in F | rewrite RtoC_minus in F | rewrite RtoC_opp in F | rewrite RtoC_mult in F
    | rewrite RtoC_pow in F | rewrite RtoC_div in F by nonzero_real
    | rewrite RtoC_inv in F by nonzero_real ] in
  repeat open; cbn [power] in F; rewrite ?mod_twice, ?mod2_conj in F;
  repeat first [rewrite conj_plus in F | rewrite conj_mult in F | rewrite conj_real in F | rewrite conj_i in F];
  repeat first [rewrite num_neg in F | rewrite num_double in F | rewrite num_odd in F].

(* what holds near a point *)
Lemma near_between (a b p : R) : (a < p)%R -> (p < b)%R -> locally p (fun t => a < t < b)%R.
Proof.
  intros H1 H2. apply (locally_interval _ p a b); [exact H1 | exact H2 |].
  intros y Ha Hb. simpl in *. split; assumption.
Qed.
Lemma near_below (b p : R) : (p < b)%R -> locally p (fun t => t < b)%R.
Proof.
  intro H. apply (locally_interval _ p (p - 1)%R b); [simpl; lra | exact H |].
  intros y Ha Hb. exact Hb.
Qed.
Ltac moving_near := lazymatch goal with
  | H1 : (?a < ?p)%R, H2 : (?p < ?b)%R |- locally ?p _ =>
      apply (filter_imp (fun t => a < t < b)%R); [|exact (near_between a b p H1 H2)];
      let t := fresh in intro t; intros []; moving
  | H2 : (?p < ?b)%R |- locally ?p _ =>
      apply (filter_imp (fun t => t < b)%R); [|exact (near_below b p H2)];
      let t := fresh in intro t; intro; moving
  | |- locally ?p _ => apply filter_forall; let t := fresh in intro t; moving
  end.

(* what an input gives *)
Ltac row_for r := lazymatch r with
  | kronecker => constr:(fun (_ : C) (_ : nat) => RtoC 0)
  | power ?z => constr:(fun (b : C) (k : nat) => G' z b k)
  | fun n => impulse (S ?l) n => constr:(fun (b : C) (k : nat) => w k b (S l))
  | fun n => kronecker n => constr:(fun (_ : C) (_ : nat) => RtoC 0)
  | fun n => power ?z n => constr:(fun (b : C) (k : nat) => G' z b k)
  | fun _ => ?c => constr:(fun (b : C) (k : nat) => c * G' 1 b k)
  | fun n => @?s n * @?t n =>
      lazymatch s with
      | fun _ => ?c => let x := row_for t in constr:(fun (b : C) (k : nat) => c * x b k)
      | _ => lazymatch t with
        fun _ => ?c => let x := row_for s in constr:(fun (b : C) (k : nat) => c * x b k) end
      end
  | fun n => @?s n / @?t n =>
      lazymatch t with
      fun _ => ?c => let x := row_for s in constr:(fun (b : C) (k : nat) => / c * x b k) end
  | fun n => @?s n + @?t n =>
      let x := row_for s in let y := row_for t in constr:(fun (b : C) (k : nat) => x b k + y b k)
  | fun n => @?s n - @?t n =>
      let x := row_for s in let y := row_for t in constr:(fun (b : C) (k : nat) => x b k - y b k)
  | _ => constr:(row_of r)
  end.

Ltac concludes := lazymatch goal with
  | |- second_moment ?r (unit ?g ?l) _ =>
      let row := row_for r in apply (second_moment_is r row); [terms_inside | opened; conjugated]
  | |- sensitivity ?r (fun t => unit (@?g t) (@?l t)) ?p _ =>
      let row := row_for r in
      lazymatch g with
      | fun _ => ?c =>
          eapply (steady_sensitivity_is r row c l); [moving | terms_inside | opened; conjugated]
      | _ =>
          eapply (sensitivity_is r row g l); [moving | moving | terms_inside | opened; conjugated]
      end
  | |- teacher_student_hessian ?r (fun t => unit (@?g t) (@?l t)) ?p _ =>
      let row := row_for r in
      eapply (teacher_student_hessian_is r row g l p);
      [moving_near | moving_near | cbv beta; moving | cbv beta; moving | terms_inside
      | opened; conjugated]
  | |- mixed_teacher_student_hessian ?r (fun s t => unit ?g (@?l s t)) ?p ?q _ =>
      let row := row_for r in
      eapply (mixed_teacher_student_hessian_is r row g l p q);
      [moving | moving_near | cbv beta; moving | terms_inside | terms_inside | opened; conjugated]
  | |- cross_moment ?r (unit ?g ?l) (unit ?h ?m) _ =>
      let row := row_for r in
      apply (cross_moment_is r row g l h m); [terms_inside | terms_inside | opened; conjugated]
  | |- cross_sensitivity ?r (fun t => unit (@?g t) (@?l t)) ?p (fun t => unit (@?h t) (@?m t)) ?q _ =>
      let row := row_for r in
      eapply (cross_sensitivity_is r row g l p _ _ h m);
      [moving | moving | moving | moving | terms_inside | terms_inside | opened; conjugated]
  | |- output_hessian ?r (fun t => unit (@?g t) (@?l t)) ?p (fun t => unit (@?h t) (@?m t)) ?q _ =>
      let row := row_for r in
      eapply (output_hessian_is r row g l p _ _ h m);
      [moving | moving | moving | moving | terms_inside | terms_inside | opened; conjugated]
  | |- teacher_student_loss ?r (unit ?g ?l) (unit ?h ?m) _ =>
      let row := row_for r in
      apply (teacher_student_loss_is r row g l h m); [terms_inside | opened; conjugated]
  | |- backpropagated_error ?r (unit ?g ?l) _ =>
      let row := row_for r in
      apply (backpropagated_error_is r row g l);
      [intro; unfold real; conjugates; reflexivity | terms_inside | opened; conjugated]
  end.
Ltac sums := repeat lazymatch goal with
  | |- exists s, adds_up (fun n => power ?b (S n) * ?r (S n)) s /\ _ =>
      exists (row_of r b 0%nat); split; [apply sum_any; [assumption | in_disc]|]
  | |- exists s, adds_up (fun n => RtoC (INR (S n)) * power ?b (S n) * ?r (S n)) s /\ _ =>
      exists (b * row_of r b 1%nat); split; [apply sum_times_lag_any; [assumption | in_disc]|]
  end.
(* an input exists *)
Ltac below_or_on_circle := moduli; known; small_exponentials; absolutes; first [lra | nra].
(* ... as the impulse at lag 0 outweighs the others *)
Ltac at_least := lazymatch goal with
  | |- above _ (fun n => kronecker n) => exact above_kronecker
  | |- above _ (fun n => @?s n + @?t n) => eapply (above_plus _ _ s t); at_least
  | |- above _ (fun n => @?s n * kronecker n) =>
      lazymatch s with fun _ => ?c =>
        eassert (E : c = RtoC _) by (cbn [power]; as_real; reflexivity); try rewrite E;
        eapply above_scal; [positive | exact above_kronecker] end
  | |- above _ (fun n => @?s n - impulse (S ?k) n) =>
      eapply (above_ext (fun n => s n + RtoC (-1) * impulse (S k) n)); [intro; numerals; ring | at_least]
  | |- above _ (fun n => @?s n - ?c * impulse (S ?k) n) =>
      eapply (above_ext (fun n => s n + - c * impulse (S k) n)); [intro; ring | at_least]
  | |- above _ (fun n => impulse (S ?k) n) =>
      eapply (above_ext (fun n => RtoC 1 * impulse (S k) n)); [intro; ring | at_least]
  | |- above _ (fun n => ?c * impulse (S ?k) n) =>
      eassert (E : c = RtoC _) by (cbn [power]; as_real; reflexivity); try rewrite E;
      apply (above_impulse _ k)
  end.
Ltac outweighed :=
  repeat match goal with
  | |- context [Rabs ?x] =>
      pose proof (Rle_0_sqr (x - 1)); pose proof (Rle_0_sqr (x + 1));
      unfold Rabs; destruct (Rcase_abs x)
  end; unfold Rsqr in *; first [lra | nra].
Ltac exists_input := lazymatch goal with
  | |- is_positive kronecker => exact positive_kronecker
  | |- is_positive (fun n => kronecker n) => exact positive_kronecker
  | |- is_positive (power ?z) => apply (positive_power z); as_real; below_or_on_circle
  | |- is_positive (fun n => power ?z n) =>
      apply (positive_power z); as_real; below_or_on_circle
  | |- is_positive (fun _ => ?c) =>
      eassert (E : c = RtoC _) by (cbn [power]; as_real; reflexivity);
      eapply positive_ext; [intro; symmetry; exact E | apply positive_const; positive]
  | |- is_positive (fun n => @?s n * @?t n) =>
      lazymatch s with
      | fun _ => ?c =>
          eassert (E : c = RtoC _) by (cbn [power]; as_real; reflexivity);
          eapply (positive_ext (fun n => RtoC _ * t n));
          [ intro; cbv beta; apply (f_equal2 Cmult); [symmetry; exact E | reflexivity]
          | apply positive_scal; [positive | exists_input] ]
      | _ => apply (positive_ext (fun n => t n * s n)); [intro; ring | exists_input]
      end
  | |- is_positive (fun n => @?s n + @?t n) =>
      first
        [ apply (positive_plus s t); exists_input
        | eapply positive_above; [at_least | outweighed] ]
  | |- is_positive (fun n => @?s n - @?t n) =>
      eapply positive_above; [at_least | outweighed]
  end.
Ltac meant := repeat lazymatch goal with
  | |- is_positive _ /\ _ => split; [exists_input|]
  | |- _ <> RtoC 0 /\ _ => split; [nonzero|]
  | |- _ <> 0%R /\ _ => split; [nonzero_real|]
  | |- (_ <= _)%R /\ _ => split; [positive|]
  | |- (_ < _)%R /\ _ => split; [positive|]
  end.
Ltac quotients :=
  repeat (rewrite exp_ln by positive);
  repeat (rewrite sqrt_div_alt by positive);
  repeat match goal with
  | |- context [RtoC (sqrt ?x / sqrt ?y)] => rewrite (RtoC_div (sqrt x) (sqrt y)) by nonzero_real
  end.
Ltac prepared := intros; subst; rewrite ?parts, ?pow2_abs in *; meant; sums.
Ltac compared := concludes; rewrite ?pow2_abs; quotients; spread; cbn [power]; conjugates; numerals.
Ltac turn z F :=
  pose proof (exp_squared z) as F;
  let by_parts := cbn [Re fst snd RtoC Ci Cmult Cplus Copp Cminus]; ring in
  first
    [ replace (exp (2 * Re z)) with 1%R in F by (rewrite <- exp_0; f_equal; by_parts)
    | match goal with
      | |- context [exp ?y] => replace (exp (2 * Re z)) with (exp y) in F by (f_equal; by_parts)
      end
    | idtac ].
