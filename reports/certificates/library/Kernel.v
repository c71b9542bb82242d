(* The limit of moments: from the double sum to the fixed point of a recurrence, for any stationary
   input, derivatives of any order, and complex poles.

   Weights are w m a i = binomial(i, m) a^(i - m), the m-th derivative of a^i over m!. The moment of
   two of them after T + 1 steps is a b times that after T steps and what converges by itself. *)
From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions.
Open Scope C_scope.

(* limits *)

Lemma contract (x d : nat -> R) (k : R) :
  (0 <= k < 1)%R -> (forall n, 0 <= x n)%R -> (forall n, x (S n) <= k * x n + d n)%R ->
  is_lim_seq d 0%R -> is_lim_seq x 0%R.
Proof.
  intros Hk Hx Hrec Hd.
  apply is_lim_seq_spec. intros eps. simpl.
  pose proof (cond_pos eps) as He.
  apply is_lim_seq_spec in Hd.
  assert (He1 : (0 < eps / 2 * (1 - k))%R) by nra.
  destruct (Hd (mkposreal _ He1)) as [N HN]; simpl in HN.
  assert (Hb : forall m, (x (N + m)%nat <= k ^ m * x N + eps / 2)%R).
  { induction m as [|m IH].
    - rewrite Nat.add_0_r. simpl. lra.
    - replace (N + S m)%nat with (S (N + m)) by lia.
      specialize (Hrec (N + m)%nat). specialize (HN (N + m)%nat ltac:(lia)).
      rewrite Rminus_0_r in HN. apply Rabs_def2 in HN.
      simpl. nra. }
  assert (Hg : is_lim_seq (fun m => k ^ m * x N)%R 0%R).
  { replace (Finite 0) with (Rbar_mult 0 (x N)) by (simpl; f_equal; ring).
    apply is_lim_seq_mult'; [|apply is_lim_seq_const].
    apply is_lim_seq_geom. rewrite Rabs_pos_eq; lra. }
  apply is_lim_seq_spec in Hg.
  assert (He2 : (0 < eps / 2)%R) by lra.
  destruct (Hg (mkposreal _ He2)) as [M HM]; simpl in HM.
  exists (N + M)%nat. intros n Hn.
  specialize (HM (n - N)%nat ltac:(lia)). rewrite Rminus_0_r in HM. apply Rabs_def2 in HM.
  specialize (Hb (n - N)%nat). replace (N + (n - N))%nat with n in Hb by lia.
  rewrite Rminus_0_r, Rabs_pos_eq by apply Hx. lra.
Qed.

Lemma away (q : C) : (Cmod q < 1)%R -> 1 - q <> 0.
Proof.
  intros H E. assert (E1 : q = 1) by (rewrite <- (Cplus_0_r q), <- E; ring).
  rewrite E1, Cmod_1 in H. lra.
Qed.

Lemma fixed_point (s f : nat -> C) (q F : C) :
  (Cmod q < 1)%R -> (forall n, s (S n) = q * s n + f n) -> tends f F -> tends s (F / (1 - q)).
Proof.
  intros Hq Hs Hf. unfold tends.
  apply (contract _ (fun n => Cmod (f n - F)) (Cmod q)).
  - split; [apply Cmod_ge_0 | exact Hq].
  - intro; apply Cmod_ge_0.
  - intro n. rewrite Hs.
    replace (q * s n + f n - F / (1 - q)) with (q * (s n - F / (1 - q)) + (f n - F))
      by (field; exact (away q Hq)).
    eapply Rle_trans; [apply Cmod_triangle|]. rewrite Cmod_mult. lra.
  - exact Hf.
Qed.

Lemma tends_const (c : C) : tends (fun _ => c) c.
Proof.
  unfold tends. apply is_lim_seq_ext with (fun _ => 0%R).
  - intro. replace (c - c) with (RtoC 0) by ring. now rewrite Cmod_0.
  - apply is_lim_seq_const.
Qed.

Lemma tends_plus (s t : nat -> C) (a b : C) :
  tends s a -> tends t b -> tends (fun n => s n + t n) (a + b).
Proof.
  intros Hs Ht. unfold tends in *.
  apply is_lim_seq_le_le with (fun _ => 0%R) (fun n => (Cmod (s n - a) + Cmod (t n - b))%R).
  - intro n. split; [apply Cmod_ge_0|].
    replace (s n + t n - (a + b)) with ((s n - a) + (t n - b)) by ring. apply Cmod_triangle.
  - apply is_lim_seq_const.
  - replace 0%R with (0 + 0)%R by ring. apply is_lim_seq_plus'; assumption.
Qed.

Lemma tends_scal (s : nat -> C) (c a : C) : tends s a -> tends (fun n => c * s n) (c * a).
Proof.
  intros Hs. unfold tends in *.
  apply is_lim_seq_ext with (fun n => (Cmod c * Cmod (s n - a))%R).
  - intro n. rewrite <- Cmod_mult. f_equal. ring.
  - replace 0%R with (Cmod c * 0)%R by ring.
    apply is_lim_seq_mult'; [apply is_lim_seq_const | exact Hs].
Qed.

Lemma tends_ext (s t : nat -> C) (a b : C) :
  (forall n, s n = t n) -> a = b -> tends s a -> tends t b.
Proof.
  intros H E Hs. subst. unfold tends in *. eapply is_lim_seq_ext; [|exact Hs].
  intro; simpl; now rewrite H.
Qed.

Lemma Cmod_conj (z : C) : Cmod (Cconj z) = Cmod z.
Proof. destruct z. unfold Cmod, Cconj; simpl. f_equal. ring. Qed.
Lemma conj_conj (z : C) : Cconj (Cconj z) = z.
Proof. destruct z. unfold Cconj; simpl. f_equal; ring. Qed.
Lemma conj_plus (x y : C) : Cconj (x + y) = Cconj x + Cconj y.
Proof. destruct x, y. unfold Cconj, Cplus; simpl. f_equal; ring. Qed.
Lemma conj_opp (x : C) : Cconj (- x) = - Cconj x.
Proof. reflexivity. Qed.
Lemma conj_minus (x y : C) : Cconj (x - y) = Cconj x - Cconj y.
Proof. unfold Cminus. now rewrite conj_plus, conj_opp. Qed.
Lemma conj_mult (x y : C) : Cconj (x * y) = Cconj x * Cconj y.
Proof. destruct x, y. unfold Cconj, Cmult; simpl. f_equal; ring. Qed.
Lemma conj_real (x : R) : Cconj (RtoC x) = RtoC x.
Proof. unfold Cconj, RtoC; simpl. f_equal. ring. Qed.
Lemma conj_inv (x : C) : Cconj (/ x) = / Cconj x.
Proof.
  destruct x as [x y]. unfold Cconj, Cinv; simpl.
  replace (- y * (- y * 1))%R with (y * (y * 1))%R by ring. f_equal. unfold Rdiv. ring.
Qed.
Lemma conj_div (x y : C) : Cconj (x / y) = Cconj x / Cconj y.
Proof. unfold Cdiv. now rewrite conj_mult, conj_inv. Qed.

Lemma tends_conj (s : nat -> C) (a : C) : tends s a -> tends (fun n => Cconj (s n)) (Cconj a).
Proof.
  unfold tends. apply is_lim_seq_ext. intro n. now rewrite <- conj_minus, Cmod_conj.
Qed.

(* sums *)

Lemma sum_ext f g n : (forall i, f i = g i) -> sum f n = sum g n.
Proof.
  revert f g; induction n as [|n IH]; intros f g H; simpl; [reflexivity|].
  rewrite H. f_equal. apply IH. intro; apply H.
Qed.
Lemma sum_plus f g n : sum (fun i => f i + g i) n = sum f n + sum g n.
Proof.
  revert f g; induction n as [|n IH]; intros f g; simpl; [ring|].
  rewrite (IH (fun i => f (S i)) (fun i => g (S i))). ring.
Qed.
Lemma sum_scal c f n : sum (fun i => c * f i) n = c * sum f n.
Proof.
  revert f; induction n as [|n IH]; intros f; simpl; [ring|].
  rewrite (IH (fun i => f (S i))). ring.
Qed.
Lemma sum_zero n : sum (fun _ => 0) n = 0.
Proof. induction n as [|n IH]; simpl; [reflexivity|]. rewrite IH. ring. Qed.
Lemma sum_conj f n : sum (fun i => Cconj (f i)) n = Cconj (sum f n).
Proof.
  revert f; induction n as [|n IH]; intros f; simpl.
  - now rewrite conj_real.
  - now rewrite (IH (fun i => f (S i))), conj_plus.
Qed.
Lemma sum_last f n : sum f (S n) = sum f n + f n.
Proof.
  revert f; induction n as [|n IH]; intros f; [simpl; ring|].
  change (f O + sum (fun i => f (S i)) (S n) = sum f (S n) + f (S n)).
  rewrite IH. simpl. ring.
Qed.

(* weights *)

Fixpoint w (m : nat) (a : C) (i : nat) : C :=
  match i with
  | O => match m with O => 1 | _ => 0 end
  | S i => a * w m a i + match m with O => 0 | S m' => w m' a i end
  end.

Lemma w0_power a i : w 0 a i = power a i.
Proof. induction i as [|i IH]; simpl; [reflexivity|]. rewrite IH. ring. Qed.

Lemma w1_power a i : w 1 a (S i) = RtoC (INR (S i)) * power a i.
Proof.
  induction i as [|i IH].
  - simpl. ring.
  - change (w 1 a (S (S i))) with (a * w 1 a (S i) + w 0 a (S i)).
    rewrite IH, w0_power, (S_INR (S i)), RtoC_plus. simpl power. ring.
Qed.

Lemma w_conj m a i : w m (Cconj a) i = Cconj (w m a i).
Proof.
  revert m; induction i as [|i IH]; intro m; simpl.
  - destruct m; now rewrite conj_real.
  - rewrite conj_plus, conj_mult, <- IH. f_equal. destruct m; [now rewrite conj_real | apply IH].
Qed.

Definition delta0 (m : nat) : C := match m with O => 1 | _ => 0 end.

(* what the input gives: the sums over lags from 1 on *)

Definition rows (r : nat -> C) (b : C) (row : nat -> C) : Prop :=
  forall k, tends (sum (fun j => w k b (S j) * r (S j))) (row k).

Lemma rows_kronecker b : rows kronecker b (fun _ => 0).
Proof.
  intro k. eapply tends_ext; [|reflexivity|apply (tends_const 0)]. intro T. symmetry.
  transitivity (sum (fun _ => 0) T); [apply sum_ext; intro; simpl; ring | apply sum_zero].
Qed.

Lemma rows_plus r s b x y :
  rows r b x -> rows s b y -> rows (fun n => r n + s n) b (fun k => x k + y k).
Proof.
  intros Hr Hs k. eapply tends_ext; [|reflexivity|apply tends_plus; [apply Hr | apply Hs]].
  intro T. simpl. rewrite <- sum_plus. apply sum_ext; intro; ring.
Qed.

Lemma rows_scal c r b x : rows r b x -> rows (fun n => c * r n) b (fun k => c * x k).
Proof.
  intros H k. eapply tends_ext; [|reflexivity|apply tends_scal, H].
  intro T. simpl. rewrite <- sum_scal. apply sum_ext; intro; ring.
Qed.

Lemma rows_scal_right c r b x : rows r b x -> rows (fun n => r n * c) b (fun k => c * x k).
Proof.
  intros H k. eapply tends_ext; [|reflexivity|apply tends_scal, H].
  intro T. simpl. rewrite <- sum_scal. apply sum_ext; intro; ring.
Qed.

Lemma rows_ext r s b x y :
  (forall n, r (S n) = s (S n)) -> (forall k, x k = y k) -> rows r b x -> rows s b y.
Proof.
  intros Hr Hx H k. eapply tends_ext; [|apply Hx|apply H].
  intro T. apply sum_ext; intro j. now rewrite Hr.
Qed.

(* the sum of w n b j z^j *)
Fixpoint G (z b : C) (n : nat) : C :=
  (z * match n with O => 0 | S n' => G z b n' end + delta0 n) / (1 - z * b).

Lemma geometric_limit z b n : (Cmod (z * b) < 1)%R ->
  tends (sum (fun j => w n b j * power z j)) (G z b n).
Proof.
  intros H. induction n as [|n IH].
  - eapply tends_ext; [reflexivity| |eapply (fixed_point _ (fun _ => z * 0 + delta0 0) (z * b))];
      [reflexivity | exact H | | apply tends_const].
    intro T. simpl. rewrite <- sum_scal.
    rewrite (sum_ext (fun i => (b * w 0 b i + 0) * (z * power z i))
      (fun j => z * b * (w 0 b j * power z j))) by (intro; ring). ring.
  - eapply tends_ext; [reflexivity| |eapply (fixed_point _
      (fun T => z * sum (fun j => w n b j * power z j) T + 0) (z * b))];
      [reflexivity | exact H | | apply tends_plus; [apply tends_scal, IH | apply tends_const]].
    intro T. simpl. rewrite <- !sum_scal.
    rewrite (sum_ext (fun i => (b * w (S n) b i + w n b i) * (z * power z i))
      (fun j => z * b * (w (S n) b j * power z j) + z * (w n b j * power z j))) by (intro; ring).
    rewrite sum_plus. ring.
Qed.

(* ... from lag 1 on, less nested for small orders *)
Definition G' (z b : C) (n : nat) : C :=
  match n with
  | 0 => z * b / (1 - z * b)
  | 1 => z / ((1 - z * b) * (1 - z * b))
  | _ => G z b n
  end.

Lemma rows_power z b : (Cmod (z * b) < 1)%R -> rows (power z) b (G' z b).
Proof.
  intros H n.
  eapply tends_ext with (s := fun T => b * z * sum (fun j => w n b j * power z j) T
     + z * match n with O => 0 | S m => sum (fun j => w m b j * power z j) T end)
    (a := b * z * G z b n + z * match n with O => 0 | S m => G z b m end).
  - intro T. simpl.
    rewrite (sum_ext
      (fun j => (b * w n b j + match n with O => 0 | S m => w m b j end) * (z * power z j))
      (fun j => b * z * (w n b j * power z j)
        + z * (match n with O => 0 | S m => w m b j end * power z j))) by (intro; ring).
    rewrite sum_plus, !sum_scal. do 2 f_equal. destruct n; simpl; [|reflexivity].
    symmetry. transitivity (sum (fun _ => 0) T); [apply sum_ext; intro; ring | apply sum_zero].
  - pose proof (away _ H) as D. destruct n as [|[|n]]; unfold G'; cbn [G delta0]; field; exact D.
  - apply tends_plus.
    + apply tends_scal, geometric_limit, H.
    + apply tends_scal. destruct n; simpl; [apply tends_const | apply geometric_limit, H].
Qed.

(* the kernel *)

Section Stationary.
Variable r : nat -> C.
Local Notation cov := (covariance r).

Lemma stationary i j : cov (S i) (S j) = cov i j.
Proof. reflexivity. Qed.

Definition pair (u v : nat -> C) (T : nat) : C :=
  sum (fun i => u i * sum (fun j => v j * cov i j) T) T.
Definition row (v : nat -> C) (T : nat) : C := sum (fun j => v (S j) * cov O (S j)) T.
Definition column (u : nat -> C) (T : nat) : C := sum (fun i => u (S i) * cov (S i) O) T.

Lemma pair_step u v T :
  pair u v (S T) = u O * v O * cov O O + u O * row v T + v O * column u T
    + pair (fun i => u (S i)) (fun j => v (S j)) T.
Proof.
  unfold pair, row, column. simpl.
  rewrite (sum_ext
    (fun i => u (S i) * (v O * cov (S i) O + sum (fun j => v (S j) * cov (S i) (S j)) T))
    (fun i => v O * (u (S i) * cov (S i) O) + u (S i) * sum (fun j => v (S j) * cov i j) T)).
  - rewrite sum_plus, sum_scal. ring.
  - intro i.
    rewrite (sum_ext (fun j => v (S j) * cov (S i) (S j)) (fun j => v (S j) * cov i j))
      by (intro; now rewrite stationary). ring.
Qed.

Lemma pair_ext u u' v v' T :
  (forall i, u i = u' i) -> (forall i, v i = v' i) -> pair u v T = pair u' v' T.
Proof.
  intros Hu Hv. apply sum_ext; intro i. rewrite Hu. f_equal. apply sum_ext; intro j. now rewrite Hv.
Qed.
Lemma pair_left c u u' v T : pair (fun i => c * u i + u' i) v T = c * pair u v T + pair u' v T.
Proof. unfold pair. rewrite <- sum_scal, <- sum_plus. apply sum_ext; intro; ring. Qed.
Lemma pair_right c u v v' T : pair u (fun j => c * v j + v' j) T = c * pair u v T + pair u v' T.
Proof.
  unfold pair. rewrite <- sum_scal, <- sum_plus. apply sum_ext; intro i.
  replace (c * (u i * sum (fun j => v j * cov i j) T) + u i * sum (fun j => v' j * cov i j) T)
    with (u i * (c * sum (fun j => v j * cov i j) T + sum (fun j => v' j * cov i j) T)) by ring.
  f_equal. rewrite <- sum_scal, <- sum_plus. apply sum_ext; intro; ring.
Qed.
Lemma pair_zero_left v T : pair (fun _ => 0) v T = 0.
Proof.
  transitivity (sum (fun _ => 0) T); [apply sum_ext; intro; ring | apply sum_zero].
Qed.
Lemma pair_zero_right u T : pair u (fun _ => 0) T = 0.
Proof.
  transitivity (sum (fun _ => 0) T); [|apply sum_zero]. apply sum_ext; intro i.
  replace (sum (fun j => 0 * cov i j) T) with (RtoC 0); [ring|].
  symmetry; transitivity (sum (fun _ => 0) T); [apply sum_ext; intro; ring | apply sum_zero].
Qed.

Variables a b : C.
Hypothesis inside : (Cmod (a * b) < 1)%R.

Definition down (X : nat -> C) (m : nat) : C := match m with O => 0 | S m' => X m' end.
Definition M m n T := pair (w m a) (w n b) T.

Lemma M_step m n T :
  M m n (S T) = a * b * M m n T
    + (a * down (fun n' => M m n' T) n + b * down (fun m' => M m' n T) m
       + down (fun m' => down (fun n' => M m' n' T) n) m
       + delta0 m * delta0 n * cov O O + delta0 m * row (w n b) T + delta0 n * column (w m a) T).
Proof.
  unfold M. rewrite pair_step. simpl (w _ _ (S _)).
  rewrite (pair_left a (w m a)), !(pair_right b _ (w n b)).
  destruct m as [|m], n as [|n]; simpl; rewrite ?pair_zero_left, ?pair_zero_right;
  try change (fun j : nat => w n b j) with (w n b);
  try change (fun i : nat => w m a i) with (w m a); ring.
Qed.

Variables Ca Cb : nat -> C.
Hypothesis of_a : rows r (Cconj a) Ca.
Hypothesis of_b : rows r b Cb.

Lemma row_limit n : tends (row (w n b)) (Cb n).
Proof. eapply tends_ext; [|reflexivity|apply of_b]. intro T. reflexivity. Qed.

Lemma column_limit m : tends (column (w m a)) (Cconj (Ca m)).
Proof.
  eapply tends_ext; [|reflexivity|apply tends_conj, of_a]. intro T. cbv beta.
  rewrite <- sum_conj. apply sum_ext. intro i. now rewrite conj_mult, w_conj, conj_conj.
Qed.

Fixpoint K (m : nat) : nat -> C :=
  fix Km (n : nat) : C :=
    (a * match n with O => 0 | S n' => Km n' end
     + b * match m with O => 0 | S m' => K m' n end
     + match m with O => 0 | S m' => match n with O => 0 | S n' => K m' n' end end
     + delta0 m * delta0 n * r O + delta0 m * Cb n + delta0 n * Cconj (Ca m)) / (1 - a * b).

Lemma K_eq m n : K m n =
  (a * down (K m) n + b * down (fun m' => K m' n) m + down (fun m' => down (K m') n) m
     + delta0 m * delta0 n * cov O O + delta0 m * Cb n + delta0 n * Cconj (Ca m)) / (1 - a * b).
Proof. destruct m, n; reflexivity. Qed.

Lemma kernel_step m n :
  tends (fun T => down (fun n' => M m n' T) n) (down (K m) n) ->
  tends (fun T => down (fun m' => M m' n T) m) (down (fun m' => K m' n) m) ->
  tends (fun T => down (fun m' => down (fun n' => M m' n' T) n) m)
    (down (fun m' => down (K m') n) m) ->
  tends (M m n) (K m n).
Proof.
  intros H1 H2 H3. rewrite K_eq.
  refine (fixed_point _ _ (a * b) _ inside (M_step m n) _).
  refine (tends_plus _ _ _ _ (tends_plus _ _ _ _ (tends_plus _ _ _ _ (tends_plus _ _ _ _
    (tends_plus _ _ _ _ (tends_scal _ a _ H1) (tends_scal _ b _ H2)) H3) (tends_const _))
    (tends_scal _ _ _ (row_limit n))) (tends_scal _ _ _ (column_limit m))).
Qed.

(* The same, less nested where both orders are at most 1. *)
Definition rows0 : C := r O + Cb O + Cconj (Ca O).
Definition K' (m n : nat) : C :=
  match m, n with
  | 0, 0 => rows0 / (1 - a * b)
  | 0, 1 => (a * rows0 + (1 - a * b) * Cb 1%nat) / ((1 - a * b) * (1 - a * b))
  | 1, 0 => (b * rows0 + (1 - a * b) * Cconj (Ca 1%nat)) / ((1 - a * b) * (1 - a * b))
  | 1, 1 => ((1 + a * b) * rows0 + (1 - a * b) * (a * Cconj (Ca 1%nat) + b * Cb 1%nat))
      / ((1 - a * b) * (1 - a * b) * (1 - a * b))
  | _, _ => K m n
  end.
Lemma K_K' m n : K' m n = K m n.
Proof.
  pose proof (away _ inside) as D.
  destruct m as [|[|m]], n as [|[|n]]; try reflexivity; unfold K', rows0;
    cbn [K delta0]; field; exact D.
Qed.

Theorem kernel_limit m n : tends (M m n) (K m n).
Proof.
  revert n; induction m as [|m IHm]; induction n as [|n IHn]; apply kernel_step;
    first [exact (tends_const 0) | exact IHn | exact (IHm n) | exact (IHm (S n)) | exact (IHm O)].
Qed.
End Stationary.
