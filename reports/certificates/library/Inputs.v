(* Inputs that exist, and any stationary one: the sums of its autocorrelation converge, as |R(n)| <= R(0). *)
From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Kernel Units.
Open Scope C_scope.

Fixpoint wr (m : nat) (x : R) (i : nat) : R :=
  match i with
  | O => match m with O => 1 | _ => 0 end
  | S i => x * wr m x i + match m with O => 0 | S m' => wr m' x i end
  end.

Lemma w_real m x i : w m (RtoC x) i = RtoC (wr m x i).
Proof.
  revert m; induction i as [|i IH]; intro m; simpl.
  - destruct m; reflexivity.
  - rewrite IH, RtoC_plus, RtoC_mult. f_equal. destruct m; [reflexivity | apply IH].
Qed.

Lemma w_below m b i : (Cmod (w m b i) <= wr m (Cmod b) i)%R.
Proof.
  revert m; induction i as [|i IH]; intro m; simpl.
  - destruct m; [rewrite Cmod_1 | rewrite Cmod_0]; lra.
  - eapply Rle_trans; [apply Cmod_triangle|]. rewrite Cmod_mult.
    pose proof (Cmod_ge_0 b). pose proof (IH m).
    apply Rplus_le_compat; [apply Rmult_le_compat_l; assumption|].
    destruct m as [|m]; [rewrite Cmod_0; lra | apply IH].
Qed.

Lemma tends_parts (s : nat -> C) (a : C) :
  is_lim_seq (fun n => Re (s n)) (Re a) -> is_lim_seq (fun n => Im (s n)) (Im a) -> tends s a.
Proof.
  intros H1 H2. unfold tends.
  apply is_lim_seq_le_le with (fun _ => 0%R)
    (fun n => (Rabs (Re (s n) - Re a) + Rabs (Im (s n) - Im a))%R).
  - intro n. split; [apply Cmod_ge_0|].
    replace (s n - a) with (RtoC (Re (s n) - Re a) + Ci * RtoC (Im (s n) - Im a)).
    + eapply Rle_trans; [apply Cmod_triangle|]. rewrite Cmod_mult, !Cmod_R.
      replace (Cmod Ci) with 1%R; [lra|].
      unfold Cmod, Ci; simpl. rewrite <- sqrt_1 at 1. f_equal. ring.
    + apply injective_projections; unfold Re, Im; simpl; ring.
  - apply is_lim_seq_const.
  - assert (Z : forall x : R, Rabs (x - x) = 0%R)
      by (intro x; replace (x - x)%R with 0%R by ring; apply Rabs_R0).
    replace 0%R with (Rabs (Re a - Re a) + Rabs (Im a - Im a))%R by (rewrite !Z; ring).
    apply is_lim_seq_plus'; apply (is_lim_seq_abs _ (Finite _));
      apply is_lim_seq_minus'; try assumption; apply is_lim_seq_const.
Qed.

Lemma parts_tend (s : nat -> C) (a : C) : tends s a ->
  is_lim_seq (fun n => Re (s n)) (Re a) /\ is_lim_seq (fun n => Im (s n)) (Im a).
Proof.
  intro H. split; apply is_lim_seq_spec; intro eps; apply is_lim_seq_spec in H;
  destruct (H eps) as [N HN]; exists N; intros n Hn; specialize (HN n Hn);
  rewrite Rminus_0_r, Rabs_pos_eq in HN by apply Cmod_ge_0;
  eapply Rle_lt_trans; [|exact HN| |exact HN];
  (eapply Rle_trans; [|apply Rmax_Cmod]); unfold Cminus; destruct (s n), a; simpl;
  [apply Rmax_l | apply Rmax_r].
Qed.

Lemma sum_parts f n : Re (sum f (S n)) = sum_n (fun i => Re (f i)) n
  /\ Im (sum f (S n)) = sum_n (fun i => Im (f i)) n.
Proof.
  induction n as [|n [IH1 IH2]].
  - rewrite !sum_O. unfold Re, Im. simpl. split; ring.
  - rewrite sum_last, !sum_Sn, <- IH1, <- IH2. split; reflexivity.
Qed.

Lemma tends_series f : ex_series (fun i => Re (f i)) -> ex_series (fun i => Im (f i)) ->
  tends (sum f) (Series (fun i => Re (f i)), Series (fun i => Im (f i))).
Proof.
  intros H1 H2. apply tends_parts; apply is_lim_seq_incr_1;
  (eapply is_lim_seq_ext; [intro n; symmetry; apply (sum_parts f n)|]); simpl;
  [exact (Series_correct _ H1) | exact (Series_correct _ H2)].
Qed.

(* The sum over n of w k b (n + 1) R(n + 1). *)
Definition row_of (r : nat -> C) (b : C) (k : nat) : C :=
  (Series (fun j => Re (w k b (S j) * r (S j))), Series (fun j => Im (w k b (S j) * r (S j)))).

Section Bounded.
Variable r : nat -> C.
Hypothesis bounded : is_autocorrelation r.
Variable b : C.
Hypothesis inside : (Cmod b < 1)%R.

Lemma weights_add_up k : ex_series (fun j => wr k (Cmod b) (S j)).
Proof.
  assert (H : (Cmod (1 * RtoC (Cmod b)) < 1)%R).
  { rewrite Cmult_1_l, Cmod_R, Rabs_pos_eq by apply Cmod_ge_0. exact inside. }
  pose proof (rows_power 1 (RtoC (Cmod b)) H k) as L.
  destruct (parts_tend _ _ L) as [L1 _]. apply is_lim_seq_incr_1 in L1.
  assert (P : forall i, power 1 i = 1) by (induction i as [|i IH]; simpl; [|rewrite IH]; ring).
  exists (Re (G' 1 (RtoC (Cmod b)) k)).
  change (is_lim_seq (sum_n (fun j => wr k (Cmod b) (S j))) (Re (G' 1 (RtoC (Cmod b)) k))).
  eapply is_lim_seq_ext; [|exact L1]. intro n. cbv beta. rewrite (proj1 (sum_parts _ n)).
  apply sum_n_ext. intro j. rewrite w_real, P. unfold Re. simpl. ring.
Qed.

Lemma parts_add_up k : ex_series (fun j => Re (w k b (S j) * r (S j)))
  /\ ex_series (fun j => Im (w k b (S j) * r (S j))).
Proof.
  assert (H : ex_series (fun j => (Re (r O) * wr k (Cmod b) (S j))%R))
    by exact (ex_series_scal_l _ _ (weights_add_up k)).
  assert (B : forall j, (Cmod (w k b (S j) * r (S j)) <= Re (r O) * wr k (Cmod b) (S j))%R).
  { intro j. rewrite Cmod_mult. pose proof (w_below k b (S j)).
    pose proof (proj2 bounded (S j)). pose proof (Cmod_ge_0 (w k b (S j))).
    pose proof (Cmod_ge_0 (r (S j))). nra. }
  split; apply (ex_series_le (V := R_CompleteNormedModule) _ _) with (2 := H); intro j;
    (eapply Rle_trans; [|apply (B j)]); (eapply Rle_trans; [|apply Rmax_Cmod]);
    [apply Rmax_l | apply Rmax_r].
Qed.

Lemma rows_any : rows r b (row_of r b).
Proof. intro k. apply tends_series; apply (parts_add_up k). Qed.

Lemma sum_any : adds_up (fun n => power b (S n) * r (S n)) (row_of r b 0%nat).
Proof.
  eapply tends_ext; [|reflexivity|apply (rows_any 0%nat)].
  intro n. apply sum_ext. intro j. now rewrite w0_power.
Qed.

Lemma sum_times_lag_any :
  adds_up (fun n => RtoC (INR (S n)) * power b (S n) * r (S n)) (b * row_of r b 1%nat).
Proof.
  eapply tends_ext; [|reflexivity|apply tends_scal, (rows_any 1%nat)].
  intro n. cbv beta. rewrite <- sum_scal. apply sum_ext. intro j. rewrite w1_power. simpl power. ring.
Qed.
End Bounded.

Lemma row_real (r : nat -> R) b k :
  row_of (real r) (Cconj b) k = Cconj (row_of (real r) b k).
Proof.
  unfold real. transitivity (Series (fun j => Re (w k b (S j) * RtoC (r (S j)))),
    Series (fun j => Ropp (Im (w k b (S j) * RtoC (r (S j)))))).
  - unfold row_of. f_equal; apply Series_ext; intro j; rewrite w_conj;
      generalize (w k b (S j)); intros [x y]; unfold Re, Im; simpl; ring.
  - unfold row_of, Cconj. cbn [fst snd]. now rewrite Series_opp.
Qed.

(* inputs that exist *)

Lemma moment_step r u T : moment r u u (S T) = u O * Cconj (u O) * r O
  + (u O * Cconj (sum (fun j => u (S j) * Cconj (r (S j))) T)
     + Cconj (u O) * sum (fun i => u (S i) * Cconj (r (S i))) T)
  + moment r (fun i => u (S i)) (fun i => u (S i)) T.
Proof.
  rewrite !moment_pair, pair_step. unfold row, column, covariance. cbn [Nat.leb Nat.sub].
  rewrite <- sum_conj.
  rewrite (sum_ext (fun j => Cconj (u (S j)) * r (S j))
    (fun j => Cconj (u (S j) * Cconj (r (S j))))) by (intro; now rewrite conj_mult, conj_conj).
  ring.
Qed.

Lemma positive_power z : (Cmod z <= 1)%R -> is_positive (power z).
Proof.
  intro Hz.
  (* more than that: |sum of conj(z)^j u_j|^2 is below *)
  assert (H : forall T (u : nat -> C),
    (Cmod (sum (fun j => u j * Cconj (power z j))%C T) ^ 2 <= Re (moment (power z) u u T))%R).
  { induction T as [|T IH]; intro u.
    - simpl. rewrite Cmod_0. unfold Re. simpl. lra.
    - rewrite moment_step. specialize (IH (fun i => u (S i))).
      set (X := sum (fun j => u (S j) * Cconj (power z j)) T) in *.
      assert (E : sum (fun j => u (S j) * Cconj (power z (S j))) T = Cconj z * X).
      { unfold X. rewrite <- sum_scal. apply sum_ext. intro j. simpl power. rewrite conj_mult. ring. }
      cbn [sum]. rewrite E. simpl (power z 0). rewrite conj_real.
      assert (N : (Cmod (Cconj z * X)%C <= Cmod X)%R).
      { rewrite Cmod_mult, Cmod_conj. pose proof (Cmod_ge_0 X). nra. }
      pose proof (Cmod_ge_0 (Cconj z * X)).
      assert (M : forall a : C, (Cmod a ^ 2 = Re a * Re a + Im a * Im a)%R).
      { intro a. unfold Cmod. rewrite pow2_sqrt by (simpl; nra). unfold Re, Im. simpl. ring. }
      assert (Q : (Cmod (Cconj z * X)%C ^ 2 <= Cmod X ^ 2)%R) by (simpl; nra).
      rewrite M in IH, Q |- *. rewrite M in Q.
      destruct (u O) as [a b], (Cconj z * X) as [c d], (moment _ _ _ T) as [e f].
      unfold Re, Im in *. simpl in *. lra. }
  intros u T. eapply Rle_trans; [|apply H]. apply pow2_ge_0.
Qed.

Lemma covariance_plus r s i j :
  covariance (fun n => r n + s n) i j = covariance r i j + covariance s i j.
Proof. unfold covariance. destruct (Nat.leb i j); [reflexivity | apply conj_plus]. Qed.
Lemma moment_plus r s u v T : moment (fun n => r n + s n) u v T = moment r u v T + moment s u v T.
Proof.
  unfold moment. rewrite <- sum_plus. apply sum_ext. intro i. rewrite <- sum_plus. apply sum_ext.
  intro j. rewrite covariance_plus. ring.
Qed.
Lemma positive_plus r s : is_positive r -> is_positive s -> is_positive (fun n => r n + s n).
Proof.
  intros Hr Hs u T. rewrite moment_plus. pose proof (Hr u T). pose proof (Hs u T).
  unfold Re in *. simpl. lra.
Qed.
Lemma moment_scal (c : R) r u v T : moment (fun n => c * r n) u v T = c * moment r u v T.
Proof.
  unfold moment. rewrite <- sum_scal. apply sum_ext. intro i. rewrite <- sum_scal. apply sum_ext.
  intro j. unfold covariance. destruct (Nat.leb i j); rewrite ?conj_mult, ?conj_real; ring.
Qed.
Lemma positive_scal (c : R) r : (0 <= c)%R -> is_positive r -> is_positive (fun n => c * r n).
Proof.
  intros Hc Hr u T. rewrite moment_scal. pose proof (Hr u T).
  destruct (moment r u u T). unfold Re in *. simpl in *. nra.
Qed.
Lemma moment_same r s u T : (forall n, r n = s n) -> moment r u u T = moment s u u T.
Proof.
  intro E. apply sum_ext; intro i. apply sum_ext; intro j. unfold covariance. now rewrite !E.
Qed.
Lemma positive_ext r s : (forall n, r n = s n) -> is_positive r -> is_positive s.
Proof. intros E H u T. rewrite <- (moment_same r s u T E). apply H. Qed.
Lemma power_1 n : power 1 n = 1.
Proof. induction n as [|n IH]; simpl; [|rewrite IH]; ring. Qed.
Lemma positive_const (c : R) : (0 <= c)%R -> is_positive (fun _ => RtoC c).
Proof.
  intro Hc. apply (positive_ext (fun n => c * power 1 n)).
  - intro n. rewrite power_1. ring.
  - apply positive_scal; [exact Hc|]. apply positive_power. rewrite Cmod_1. lra.
Qed.

(* impulses at a lag: a moment is at least -b times the sum of |u_i|^2 *)

Definition energy (u : nat -> C) (T : nat) : R := Re (sum (fun i => u i * Cconj (u i)) T).
Definition above (b : R) (r : nat -> C) : Prop :=
  forall u T, (- b * energy u T <= Re (moment r u u T))%R.

Lemma energy_step u T :
  energy u (S T) = (Re (u O) ^ 2 + Im (u O) ^ 2 + energy (fun i => u (S i)) T)%R.
Proof. unfold energy. simpl sum. unfold Re, Im. simpl. ring. Qed.
Lemma energy_last u T : energy u (S T) = (energy u T + Re (u T) ^ 2 + Im (u T) ^ 2)%R.
Proof. unfold energy. rewrite sum_last. unfold Re, Im. simpl. ring. Qed.
Lemma energy_positive u T : (0 <= energy u T)%R.
Proof.
  revert u. induction T as [|T IH]; intro u; [unfold energy, Re; simpl; lra|].
  rewrite energy_step. specialize (IH (fun i => u (S i))). nra.
Qed.

Lemma positive_above b r : above b r -> (b <= 0)%R -> is_positive r.
Proof. intros H Hb u T. pose proof (H u T). pose proof (energy_positive u T). nra. Qed.
Lemma above_ext r s b : (forall n, r n = s n) -> above b r -> above b s.
Proof. intros E H u T. rewrite <- (moment_same r s u T E). apply H. Qed.
Lemma above_plus b d r s : above b r -> above d s -> above (b + d) (fun n => r n + s n).
Proof.
  intros Hr Hs u T. rewrite moment_plus. pose proof (Hr u T). pose proof (Hs u T).
  unfold Re in *. simpl. lra.
Qed.
Lemma above_scal (c : R) b r : (0 <= c)%R -> above b r -> above (c * b) (fun n => c * r n).
Proof.
  intros Hc H u T. rewrite moment_scal. pose proof (H u T). destruct (moment r u u T).
  unfold Re in *. simpl in *. nra.
Qed.
Lemma above_kronecker : above (-1) kronecker.
Proof.
  intros u T. revert u. induction T as [|T IH]; intro u.
  - unfold energy, Re. simpl. lra.
  - rewrite moment_step, energy_step. specialize (IH (fun i => u (S i))).
    assert (Z : sum (fun i => u (S i) * Cconj (kronecker (S i))) T = 0).
    { transitivity (sum (fun _ => 0) T); [|apply sum_zero].
      apply sum_ext. intro. simpl. rewrite conj_real. ring. }
    rewrite Z. destruct (u O) as [a b], (moment _ _ _ T) as [e f]. unfold Re, Im in *. simpl in *. lra.
Qed.
Lemma positive_kronecker : is_positive kronecker.
Proof. apply (positive_above _ _ above_kronecker). lra. Qed.

Lemma sum_impulse (f : nat -> C) k T :
  sum (fun i => f i * impulse k i) T = if Nat.ltb k T then f k else 0.
Proof.
  induction T as [|T IH]; [reflexivity|]. rewrite sum_last, IH. unfold impulse.
  destruct (Nat.ltb_spec k T), (Nat.ltb_spec k (S T)), (Nat.eqb_spec T k); subst; try lia; ring.
Qed.
Lemma impulse_step k n : impulse (S k) (S n) = impulse k n.
Proof. reflexivity. Qed.

Lemma above_impulse (c : R) k : above (2 * Rabs c) (fun n => c * impulse (S k) n).
Proof.
  (* more than that: u_i for i <= k counts once *)
  assert (H : forall T u, (- 2 * Rabs c * energy u T + Rabs c * energy u (Nat.min (S k) T)
    <= Re (moment (fun n => c * impulse (S k) n)%C u u T))%R).
  { induction T as [|T IH]; intro u.
    - unfold energy, Re. simpl. lra.
    - rewrite moment_step, energy_step. change (Nat.min (S k) (S T)) with (S (Nat.min k T)).
      rewrite energy_step. specialize (IH (fun i => u (S i))).
      assert (E : sum (fun j => u (S j) * Cconj (c * impulse (S k) (S j))) T
        = c * (if Nat.ltb k T then u (S k) else 0)).
      { rewrite <- (sum_impulse (fun j => u (S j))), <- sum_scal. apply sum_ext. intro j.
        rewrite impulse_step. unfold impulse. destruct (Nat.eqb j k);
        rewrite conj_mult, !conj_real; ring. }
      rewrite E. change (impulse (S k) O) with (RtoC 0).
      assert (Hc : (- Rabs c <= c <= Rabs c)%R)
        by (split; unfold Rabs; destruct Rcase_abs; lra).
      destruct (Nat.ltb_spec k T) as [L|L].
      + rewrite Nat.min_l in * by lia.
        rewrite energy_last in IH. cbv beta in IH. set (v := fun i => u (S i)) in *.
        destruct (u O) as [x y], (u (S k)) as [z t], (moment _ v v T) as [e f].
        unfold Re, Im in *. simpl in *. set (m := Rabs c) in *. clearbody m.
        assert (P : (- (m * (x * x + y * y + z * z + t * t)) <= 2 * c * (x * z + y * t))%R).
        { assert (0 <= (m - c) * ((x - z) * (x - z) + (y - t) * (y - t)))%R
            by (apply Rmult_le_pos; [lra | apply Rplus_le_le_0_compat; apply Rle_0_sqr]).
          assert (0 <= (m + c) * ((x + z) * (x + z) + (y + t) * (y + t)))%R
            by (apply Rmult_le_pos; [lra | apply Rplus_le_le_0_compat; apply Rle_0_sqr]).
          lra. }
        nra.
      + rewrite Nat.min_r in IH by lia. rewrite Nat.min_r by lia. set (v := fun i => u (S i)) in *.
        destruct (u O) as [x y], (moment _ v v T) as [e f]. unfold Re, Im in *. simpl in *. nra. }
  intros u T. pose proof (H T u). pose proof (energy_positive u (Nat.min (S k) T)). pose proof (Rabs_pos c).
  nra.
Qed.

Lemma rows_impulse k b : rows (impulse (S k)) b (fun m => w m b (S k)).
Proof.
  intro m. unfold tends. apply is_lim_seq_ext_loc with (fun _ => 0%R); [|apply is_lim_seq_const].
  exists (S k). intros n Hn.
  rewrite (sum_ext _ (fun j => w m b (S j) * impulse k j)) by (intro; now rewrite impulse_step).
  rewrite (sum_impulse (fun j => w m b (S j))). destruct (Nat.ltb_spec k n) as [L|L]; [|lia].
  replace (w m b (S k) - w m b (S k)) with (RtoC 0) by ring. now rewrite Cmod_0.
Qed.
