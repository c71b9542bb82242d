(* What each quantity's statement comes to: an equation between complex numbers. *)
From Coq Require Import Reals Lra Lia Psatz List.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Kernel Units.
Import ListNotations.
Open Scope C_scope.

Lemma comb_app l l' i : comb (l ++ l') i = comb l i + comb l' i.
Proof. induction l as [|[c m a] l IH]; simpl; [ring|]. rewrite IH. ring. Qed.

Definition times (c : C) (t : term) : term := match t with Term d m a => Term (c * d) m a end.

Lemma comb_times c l i : comb (map (times c) l) i = c * comb l i.
Proof. induction l as [|[d m a] l IH]; simpl; [ring|]. rewrite IH. ring. Qed.

Section Quantities.
Variable r : nat -> C.
Variable row : C -> nat -> C.
Notation inside l := (List.Forall (within r row) l).

Lemma combs_limit u v l l' x : (forall i, u i = comb l i) -> (forall i, v i = comb l' i) ->
  inside l -> inside l' -> value r row l l' = x -> tends (moment r u v) x.
Proof.
  intros Hu Hv H H' E. eapply tends_ext; [|exact E|apply comb_limit; eassumption].
  intro T. now apply moment_ext.
Qed.

Theorem second_moment_is g l x :
  inside [Term g 0 l] -> value r row [Term g 0 l] [Term g 0 l] = x -> second_moment r (unit g l) x.
Proof. intros H E. exact (combs_limit _ _ _ _ _ (unit_comb g l) (unit_comb g l) H H E). Qed.

Theorem sensitivity_is g l p dg dl x : slope g p dg -> slope l p dl ->
  let terms := slope_terms (g p) dg (l p) dl in
  inside terms -> value r row terms terms = x -> sensitivity r (fun t => unit (g t) (l t)) p x.
Proof.
  intros Hg Hl terms H E. exists (comb terms). split; [exact (unit_slopes _ _ _ _ _ Hg Hl)|].
  now apply (combs_limit _ _ terms terms).
Qed.

(* ... where gamma stays *)
Theorem steady_sensitivity_is g l p dl x : slope l p dl ->
  let terms := [Term (g * dl) 1 (l p)] in
  inside terms -> value r row terms terms = x -> sensitivity r (fun t => unit g (l t)) p x.
Proof.
  intros Hl terms H E.
  pose proof (unit_slopes (fun _ => g) l p 0 dl (slope_const g p) Hl) as S.
  assert (Eq : forall i, comb (slope_terms g 0 (l p) dl) i = comb terms i) by (intro; simpl; ring).
  exists (comb terms). split; [intro i; rewrite <- Eq; exact (S i)|].
  now apply (combs_limit _ _ terms terms).
Qed.

Theorem cross_moment_is g l h m x :
  let left := [Term g 0 l] in let right := [Term (Cconj h) 0 (Cconj m)] in
  inside left -> inside right -> value r row left right = x -> cross_moment r (unit g l) (unit h m) x.
Proof.
  intros left right H H' E. apply (combs_limit _ _ left right); try assumption.
  - apply unit_comb.
  - intro i. rewrite unit_comb. exact (comb_conj [Term h 0 m] i).
Qed.

Theorem cross_sensitivity_is g l p dg dl h m q dh dm x :
  slope g p dg -> slope l p dl -> slope h q dh -> slope m q dm ->
  let left := slope_terms (g p) dg (l p) dl in
  let right := map conj_term (slope_terms (h q) dh (m q) dm) in
  inside left -> inside right -> value r row left right = x ->
  cross_sensitivity r (fun t => unit (g t) (l t)) p (fun t => unit (h t) (m t)) q x.
Proof.
  intros Hg Hl Hh Hm left right H H' E.
  exists (comb left), (comb (slope_terms (h q) dh (m q) dm)).
  split; [exact (unit_slopes _ _ _ _ _ Hg Hl)|]. split; [exact (unit_slopes _ _ _ _ _ Hh Hm)|].
  apply (combs_limit _ _ left right); try assumption; [reflexivity|]. intro i. apply comb_conj.
Qed.

Definition real_terms (l : list term) : list term := map (times (/ 2)) (l ++ map conj_term l).

Lemma real_comb l i : RtoC (Re (comb l i)) = comb (real_terms l) i.
Proof.
  unfold real_terms. rewrite comb_times, comb_app, <- comb_conj.
  destruct (comb l i) as [a b]. apply injective_projections; unfold Re; simpl; field.
Qed.

Theorem output_hessian_is g l p dg dl h m q dh dm x :
  slope g p dg -> slope l p dl -> slope h q dh -> slope m q dm ->
  let left := real_terms (slope_terms (g p) dg (l p) dl) in
  let right := real_terms (slope_terms (h q) dh (m q) dm) in
  inside left -> inside right -> value r row left right = x ->
  output_hessian r (fun t => unit (g t) (l t)) p (fun t => unit (h t) (m t)) q x.
Proof.
  intros Hg Hl Hh Hm left right H H' E.
  exists (comb (slope_terms (g p) dg (l p) dl)), (comb (slope_terms (h q) dh (m q) dm)).
  split; [exact (unit_slopes _ _ _ _ _ Hg Hl)|]. split; [exact (unit_slopes _ _ _ _ _ Hh Hm)|].
  apply (combs_limit _ _ left right); try assumption; intro i; apply real_comb.
Qed.

Theorem teacher_student_loss_is g l h m x :
  let terms := [Term g 0 l; Term (- h) 0 m] in
  inside terms -> / 2 * value r row terms terms = x ->
  teacher_student_loss r (unit g l) (unit h m) x.
Proof.
  intros terms H E. eapply tends_ext; [reflexivity|exact E|]. apply tends_scal.
  apply (combs_limit _ _ terms terms); try assumption; try reflexivity;
  intro i; rewrite !unit_comb; simpl; ring.
Qed.
End Quantities.

(* An error comes back as a state goes forth, where the autocorrelation is real. *)
Theorem backpropagated_error_is r row g l x :
  (forall n, Cconj (r n) = r n) -> List.Forall (within r row) [Term g 0 l] ->
  value r row [Term g 0 l] [Term g 0 l] = x -> backpropagated_error r (unit g l) x.
Proof.
  intros real H E. pose proof (second_moment_is _ _ _ _ _ H E) as S.
  eapply tends_ext; [|reflexivity|exact S]. intro T.
  apply sum_ext; intro i. apply sum_ext; intro j. f_equal. unfold covariance.
  destruct (Nat.leb i j) eqn:A, (Nat.leb j i) eqn:B; rewrite ?real; try reflexivity.
  - apply Nat.leb_le in A, B. f_equal. lia.
  - apply Nat.leb_gt in A, B. lia.
Qed.

(* The Hessian where student and teacher are one: of what is 0 there, half the second derivative of
   a product is the product of the derivatives. *)

Lemma vanishing_product (f g : R -> R) p e :
  continuous f p -> is_derive g p e -> g p = 0%R -> is_derive (fun t => f t * g t)%R p (f p * e)%R.
Proof.
  intros Hf Hg H0. apply is_derive_Reals. intros eps Heps.
  assert (L : is_lim (fun h => f (p + h) * ((g (p + h) - g p) / h))%R 0 (f p * e)%R).
  { apply (is_lim_mult _ _ _ (f p) e); [| |reflexivity].
    - apply is_lim_spec. intros d.
      pose proof (proj1 (filterlim_locally _ _) Hf d) as [c Hc]. exists c. intros y Hy _.
      apply (Hc (p + y)%R).
      unfold ball in *; simpl in *; unfold AbsRing_ball, abs, minus, plus, opp in *; simpl in *.
      replace (p + y + - p)%R with (y + - 0)%R by ring. exact Hy.
    - apply is_lim_spec. intros d. apply is_derive_Reals in Hg. destruct (Hg d (cond_pos d)) as [c Hc].
      exists c. intros y Hy Hn. apply Hc; [exact Hn|].
      unfold ball in Hy; simpl in Hy; unfold AbsRing_ball, abs, minus, plus, opp in Hy; simpl in Hy.
      rewrite Ropp_0, Rplus_0_r in Hy. exact Hy. }
  apply is_lim_spec in L. destruct (L (mkposreal _ Heps)) as [d Hd]. exists d. intros h Hh Hlt.
  rewrite H0 in *. specialize (Hd h). simpl in Hd.
  replace ((f (p + h) * g (p + h) - f p * 0) / h)%R with (f (p + h) * ((g (p + h) - 0) / h))%R
    by (field; exact Hh).
  apply Hd; [|exact Hh].
  unfold ball; simpl; unfold AbsRing_ball, abs, minus, plus, opp; simpl.
  now rewrite Ropp_0, Rplus_0_r.
Qed.

Definition Ccontinuous (f : R -> C) (p : R) : Prop :=
  continuous (fun t => Re (f t)) p /\ continuous (fun t => Im (f t)) p.

Lemma slope_continuous f p d : slope f p d -> Ccontinuous f p.
Proof.
  intros [H1 H2].
  split; [exact (ex_derive_continuous (fun t => Re (f t)) p (ex_intro _ _ H1))
    | exact (ex_derive_continuous (fun t => Im (f t)) p (ex_intro _ _ H2))].
Qed.

Lemma vanishing_Cproduct (f g : R -> C) p e : Ccontinuous f p -> slope g p e -> g p = 0 ->
  slope (fun t => f t * g t) p (f p * e).
Proof.
  intros [F1 F2] [G1 G2] H0.
  assert (R0 : Re (g p) = 0%R) by (rewrite H0; reflexivity).
  assert (I0 : Im (g p) = 0%R) by (rewrite H0; reflexivity).
  split.
  - exact (is_derive_minus _ _ _ _ _ (vanishing_product _ _ _ _ F1 G1 R0)
      (vanishing_product _ _ _ _ F2 G2 I0)).
  - exact (is_derive_plus _ _ _ _ _ (vanishing_product _ _ _ _ F1 G2 I0)
      (vanishing_product _ _ _ _ F2 G1 R0)).
Qed.

Lemma slope_sum (f : R -> nat -> C) (d : nat -> C) p n :
  (forall i, slope (fun t => f t i) p (d i)) -> slope (fun t => sum (f t) n) p (sum d n).
Proof.
  revert f d. induction n as [|n IH]; intros f d H; simpl; [apply slope_const|].
  apply (slope_plus (fun t => f t 0%nat) (fun t => sum (fun i => f t (S i)) n)); [apply H|].
  apply (IH (fun t i => f t (S i)) (fun i => d (S i))). intro i. apply H.
Qed.

(* d(t) vanishes at p, where its slopes are s; D(t) are its slopes by another variable, or the same. *)
Lemma product_slope r (d D : R -> nat -> C) (s : nat -> C) p T :
  (forall i, d p i = 0) -> slopes d p s -> (forall i, Ccontinuous (fun t => D t i) p) ->
  slope (fun t => / 2 * (moment r (D t) (d t) T + moment r (d t) (D t) T)) p
    (/ 2 * (moment r (D p) s T + moment r s (D p) T)).
Proof.
  intros H0 Hs HD.
  eapply slope_ext; [intro; reflexivity| |apply (slope_mult (fun _ => / 2));
    [apply slope_const | apply slope_plus; apply slope_sum; intro i; apply slope_sum; intro j]].
  - cbv beta. rewrite Cmult_0_l, Cplus_0_l. reflexivity.
  - apply (slope_ext (fun t => covariance r i j * D t i * Cconj (d t j)) _ p
      (covariance r i j * D p i * Cconj (s j))); [intro; ring | ring |].
    apply vanishing_Cproduct.
    + destruct (HD i) as [C1 C2]. destruct (covariance r i j) as [x y]. split; simpl.
      * apply (continuous_minus (fun t => x * Re (D t i))%R (fun t => y * Im (D t i))%R);
        apply (continuous_scal_r (K := R_AbsRing) (V := R_NormedModule)); assumption.
      * apply (continuous_plus (fun t => x * Im (D t i))%R (fun t => y * Re (D t i))%R);
        apply (continuous_scal_r (K := R_AbsRing) (V := R_NormedModule)); assumption.
    + apply slope_conj, Hs.
    + rewrite H0. apply conj_real.
  - apply (slope_ext (fun t => covariance r i j * Cconj (D t j) * d t i) _ p
      (covariance r i j * Cconj (D p j) * s i)); [intro; ring | ring |].
    apply vanishing_Cproduct.
    + destruct (HD j) as [C1 C2]. destruct (covariance r i j) as [x y]. split; simpl.
      * apply (continuous_minus (fun t => x * Re (D t j))%R (fun t => y * - Im (D t j))%R);
        [|apply (continuous_scal_r (K := R_AbsRing) (V := R_NormedModule)
            y (fun t => - Im (D t j))%R), (continuous_opp (fun t => Im (D t j)))];
        [apply (continuous_scal_r (K := R_AbsRing) (V := R_NormedModule))|]; assumption.
      * apply (continuous_plus (fun t => x * - Im (D t j))%R (fun t => y * Re (D t j))%R);
        [apply (continuous_scal_r (K := R_AbsRing) (V := R_NormedModule)
            x (fun t => - Im (D t j))%R), (continuous_opp (fun t => Im (D t j)))|];
        [|apply (continuous_scal_r (K := R_AbsRing) (V := R_NormedModule))]; assumption.
    + apply Hs.
    + apply H0.
Qed.

Lemma loss_slope r (d D : R -> nat -> C) t T : slopes d t (D t) ->
  slope (fun t => / 2 * moment r (d t) (d t) T) t
    (/ 2 * (moment r (D t) (d t) T + moment r (d t) (D t) T)).
Proof.
  intro H. eapply slope_ext; [intro; reflexivity| |apply (slope_mult (fun _ => / 2));
    [apply slope_const | apply slope_sum; intro i; apply slope_sum; intro j;
     apply (slope_mult (fun t => d t i * Cconj (d t j)) (fun _ => covariance r i j));
     [apply slope_mult; [apply H | apply slope_conj, H] | apply slope_const]]].
  cbv beta. rewrite Cmult_0_l, Cplus_0_l. f_equal. unfold moment.
  rewrite <- sum_plus. apply sum_ext; intro i. rewrite <- sum_plus. apply sum_ext; intro j. ring.
Qed.

Lemma half_twice (z : C) : / 2 * (z + z) = z.
Proof.
  replace (z + z) with (RtoC 2 * z) by (apply injective_projections; simpl; ring).
  rewrite Cmult_assoc, Cinv_l; [apply Cmult_1_l|]. intro Z. apply RtoC_inj in Z. lra.
Qed.

Section Hessians.
Variables (r : nat -> C) (row : C -> nat -> C).
Notation inside l := (List.Forall (within r row) l).

Theorem teacher_student_hessian_is g l p dg dl ddg ddl x :
  locally p (fun t => slope g t (dg t)) -> locally p (fun t => slope l t (dl t)) ->
  slope dg p ddg -> slope dl p ddl ->
  let terms := slope_terms (g p) (dg p) (l p) (dl p) in
  inside terms -> value r row terms terms = x ->
  teacher_student_hessian r (fun t => unit (g t) (l t)) p x.
Proof.
  intros Hg Hl Hdg Hdl terms H E.
  set (u t := unit (g t) (l t)).
  set (D t := comb (slope_terms (g t) (dg t) (l t) (dl t))).
  set (d t i := u t i - u p i).
  assert (S : forall t, slope g t (dg t) -> slope l t (dl t) -> slopes d t (D t)).
  { intros t St Sl i. unfold d.
    apply (slope_ext (fun t => u t i - u p i) _ _ (D t i - 0)); [reflexivity | ring |].
    apply slope_minus; [exact (unit_slopes g l t (dg t) (dl t) St Sl i) | apply slope_const]. }
  assert (H0 : forall i, d p i = 0) by (intro; unfold d; ring).
  exists (moment r (D p) (D p)). split.
  - intro T. exists (fun t => / 2 * (moment r (D t) (d t) T + moment r (d t) (D t) T)). split.
    + generalize (filter_and _ _ Hg Hl). apply filter_imp. intros t [St Sl].
      apply (loss_slope r d D t T), S; assumption.
    + eapply slope_ext; [intro; reflexivity| |apply (product_slope r d D (D p) p T)].
      * apply half_twice.
      * exact H0.
      * apply S; [exact (locally_singleton _ _ Hg) | exact (locally_singleton _ _ Hl)].
      * intro i. pose proof (locally_singleton _ _ Hg) as G0. pose proof (locally_singleton _ _ Hl) as L0.
        unfold D, slope_terms. cbn [comb]. eapply slope_continuous.
        apply slope_plus; [apply slope_mult; [exact Hdg | apply slope_w, L0]|].
        apply slope_plus; [|apply slope_const].
        apply slope_mult; [apply slope_mult; [exact G0 | exact Hdl] | apply slope_w, L0].
  - now apply (combs_limit r row _ _ terms terms).
Qed.

Theorem mixed_teacher_student_hessian_is g l p q dl1 dl2 ddl x :
  slope (fun s => l s q) p dl1 -> locally p (fun s => slope (l s) q (dl2 s)) ->
  slope dl2 p ddl ->
  let first := [Term (g * dl1) 1 (l p q)] in let second := [Term (g * dl2 p) 1 (l p q)] in
  inside first -> inside second ->
  / 2 * (value r row second first + value r row first second) = x ->
  mixed_teacher_student_hessian r (fun s t => unit g (l s t)) p q x.
Proof.
  intros H1 H2 Hd first second I1 I2 E.
  set (u s t := unit g (l s t)).
  set (D s := comb [Term (g * dl2 s) 1 (l s q)]).
  set (d s i := u s q i - u p q i).
  assert (S1 : slopes d p (comb first)).
  { intro i. apply (slope_ext (fun s => u s q i - u p q i) _ _
      (comb (slope_terms g 0 (l p q) dl1) i - 0)); [reflexivity | simpl; ring |].
    apply slope_minus; [|apply slope_const].
    exact (unit_slopes (fun _ => g) (fun s => l s q) p 0 dl1 (slope_const g p) H1 i). }
  exists (fun T => / 2 * (moment r (D p) (comb first) T + moment r (comb first) (D p) T)). split.
  - intro T. exists (fun s => / 2 * (moment r (D s) (d s) T + moment r (d s) (D s) T)). split.
    + revert H2. apply filter_imp. intros s Hs.
      apply (slope_ext (fun t => / 2 * moment r (fun i => u s t i - u p q i)
        (fun i => u s t i - u p q i) T) _ q
        (/ 2 * (moment r (D s) (fun i => u s q i - u p q i) T
          + moment r (fun i => u s q i - u p q i) (D s) T))); [reflexivity | reflexivity |].
      apply (loss_slope r (fun t i => u s t i - u p q i) (fun _ => D s) q T). intro i.
      apply (slope_ext (fun t => u s t i - u p q i) _ _
        (comb (slope_terms g 0 (l s q) (dl2 s)) i - 0)); [reflexivity | unfold D; simpl; ring |].
      apply slope_minus; [|apply slope_const].
      exact (unit_slopes (fun _ => g) (l s) q 0 (dl2 s) (slope_const g q) Hs i).
    + apply (product_slope r d D (comb first) p T).
      * intro i. unfold d. ring.
      * exact S1.
      * intro i. unfold D. cbn [comb]. eapply slope_continuous.
        apply slope_plus; [|apply slope_const].
        apply slope_mult; [apply slope_mult; [apply slope_const | exact Hd] | apply slope_w, H1].
  - eapply tends_ext; [reflexivity | exact E |]. apply tends_scal, tends_plus;
    now apply (comb_limit r row).
Qed.
End Hessians.
