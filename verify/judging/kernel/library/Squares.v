(* 1 - x^2 - y^2 in double precision, as exported functions compute it: with what rounding lost in
   the squares and in the first difference given back. It is within 4 + 1/1024 half ulps (u) of the
   exact value, however near x + iy is to the unit circle. *)
From Coq Require Import Reals ZArith Lra Lia Psatz.
From Flocq Require Import Core Relative Plus_error Sterbenz Pff2Flocq.
Open Scope R_scope.

Definition double (x : R) : R := round radix2 (FLT_exp (-1074) 53) ZnearestE x.

(* x^2 - p, where p is x^2 rounded: Veltkamp's splitting, Dekker's product *)
Definition high (x : R) : R :=
  let scaled := double (x * 134217729) in double (scaled - double (scaled - x)).
Definition lost_in_square (x p : R) : R :=
  let h := high x in
  let l := double (x - h) in
  double (double (double (double (h * h) - p) + double (double (2 * h) * l)) + double (l * l)).

(* where |y| <= |x| *)
Definition one_minus_squares (x y : R) : R :=
  let p := double (x * x) in
  let q := double (y * y) in
  let rest := double (1 - p) in
  let lost := double (double (1 - rest) - p) in
  double (double (double (double (rest - q) + lost) - lost_in_square x p) - lost_in_square y q).

Notation bpow := (bpow radix2).
Notation format := (generic_format radix2 (FLT_exp (-1074) 53)).

#[local] Instance positive_digits : Prec_gt_0 53 := eq_refl.
#[local] Instance some_digits : Prec_gt_0 26 := eq_refl.

(* multiples of a power of 2 *)
Definition multiple (v : R) (k : Z) : Prop := exists m : Z, v = IZR m * bpow k.

Lemma multiple_le v j k : (j <= k)%Z -> multiple v k -> multiple v j.
Proof.
  intros H [m ->]. exists (m * 2 ^ (k - j))%Z.
  rewrite mult_IZR, Rmult_assoc. f_equal.
  change 2%Z with (radix_val radix2). rewrite IZR_Zpower by lia. rewrite <- bpow_plus. f_equal. lia.
Qed.
Lemma multiple_plus v w k : multiple v k -> multiple w k -> multiple (v + w) k.
Proof. intros [m ->] [n ->]. exists (m + n)%Z. rewrite plus_IZR. ring. Qed.
Lemma multiple_opp v k : multiple v k -> multiple (- v) k.
Proof. intros [m ->]. exists (- m)%Z. rewrite opp_IZR. ring. Qed.
Lemma multiple_minus v w k : multiple v k -> multiple w k -> multiple (v - w) k.
Proof. intros. apply multiple_plus; [|apply multiple_opp]; assumption. Qed.
Lemma multiple_mult v w j k : multiple v j -> multiple w k -> multiple (v * w) (j + k).
Proof. intros [m ->] [n ->]. exists (m * n)%Z. rewrite mult_IZR, bpow_plus. ring. Qed.
Lemma multiple_1 k : (k <= 0)%Z -> multiple 1 k.
Proof. intro. apply multiple_le with 0%Z; [assumption|]. exists 1%Z. simpl. ring. Qed.
Lemma multiple_0 k : multiple 0 k.
Proof. exists 0%Z. ring. Qed.

(* few multiples are numbers *)
Lemma format_multiple v k : (-1074 <= k)%Z -> multiple v k -> Rabs v <= bpow (k + 53) -> format v.
Proof.
  intros K [m ->] H.
  assert (M : (Z.abs m <= 2 ^ 53)%Z).
  { apply le_IZR. rewrite abs_IZR. change (2 ^ 53)%Z with (Zpower radix2 53).
    rewrite IZR_Zpower by lia. apply Rmult_le_reg_r with (bpow k); [apply bpow_gt_0|].
    rewrite <- (Rabs_pos_eq (bpow k)) at 1 by apply bpow_ge_0.
    rewrite <- Rabs_mult, <- bpow_plus. now rewrite Z.add_comm. }
  destruct (Z.eq_dec (Z.abs m) (2 ^ 53)) as [E|E].
  - assert (B : format (bpow (k + 53))) by (apply generic_format_FLT_bpow; [reflexivity | lia]).
    assert (S : IZR m * bpow k = bpow (k + 53) \/ IZR m * bpow k = - bpow (k + 53)).
    { rewrite Z.add_comm, bpow_plus. rewrite <- (IZR_Zpower radix2 53) by lia.
      change (Zpower radix2 53) with (2 ^ 53)%Z. rewrite <- E.
      destruct (Z.abs_spec m) as [[_ ->]|[_ ->]]; [now left|right; rewrite opp_IZR; ring]. }
    destruct S as [-> | ->]; [|apply generic_format_opp]; assumption.
  - apply generic_format_FLT. exists (Float radix2 m k); [reflexivity| |assumption].
    change (Z.abs m < 2 ^ 53)%Z. lia.
Qed.
Lemma exact v : format v -> double v = v.
Proof. apply round_generic. apply valid_rnd_N. Qed.
Lemma exact_multiple v k : (-1074 <= k)%Z -> multiple v k -> Rabs v <= bpow (k + 53) -> double v = v.
Proof. intros. eapply exact, format_multiple; eassumption. Qed.
Lemma format_double v : format (double v).
Proof. apply generic_format_round; [apply FLT_exp_valid; reflexivity | apply valid_rnd_N]. Qed.

(* and large numbers are multiples *)
Lemma format_large v e : format v -> bpow e <= Rabs v -> (-1022 <= e)%Z -> multiple v (e - 52).
Proof.
  intros Fv H E. rewrite Fv. unfold F2R. simpl Fnum. simpl Fexp.
  apply multiple_le with (cexp radix2 (FLT_exp (-1074) 53) v).
  - unfold cexp, FLT_exp. pose proof (mag_ge_bpow radix2 v (e + 1)) as M.
    replace (e + 1 - 1)%Z with e in M by ring. specialize (M H). lia.
  - now eexists.
Qed.
Lemma half_ulp v e : Rabs v < bpow (e + 1) -> (-1022 <= e)%Z -> Rabs (double v - v) <= bpow (e - 53).
Proof.
  intros H E. eapply Rle_trans; [apply error_le_half_ulp; apply FLT_exp_valid; reflexivity|].
  replace (bpow (e - 53)) with (/ 2 * bpow (e - 52)).
  2: { replace (e - 52)%Z with (1 + (e - 53))%Z by ring. rewrite bpow_plus. simpl. lra. }
  apply Rmult_le_compat_l; [lra|].
  destruct (Req_dec v 0) as [-> | N].
  - rewrite ulp_FLT_small; [apply bpow_le; lia | reflexivity | rewrite Rabs_R0; apply bpow_gt_0].
  - rewrite ulp_neq_0 by assumption. apply bpow_le. unfold cexp, FLT_exp.
    pose proof (mag_le_bpow radix2 v (e + 1) N H). lia.
Qed.
Lemma nearest v w : format w -> Rabs (double v - v) <= Rabs (w - v).
Proof.
  intro. destruct (round_N_pt radix2 (FLT_exp (-1074) 53) (fun z => negb (Z.even z)) v) as [_ N].
  now apply N.
Qed.

(* the tail of a square *)

(* |v| is at most so many times a power of 2 *)
Lemma power_twice e k : bpow (2 * e + k) = bpow e * bpow e * bpow k.
Proof. replace (2 * e + k)%Z with (e + e + k)%Z by ring. now rewrite !bpow_plus. Qed.

Lemma high_is_near x e : format x -> bpow e <= Rabs x < bpow (e + 1) -> (-485 <= e)%Z ->
  multiple (high x) (e - 25) /\ Rabs (x - high x) <= bpow (e - 26).
Proof.
  intros Fx [L U] E.
  destruct (Veltkamp radix2 (-1074) 53 (fun z => negb (Z.even z)) 27 ltac:(lia) ltac:(lia)
    ltac:(lia) ltac:(lia) x Fx) as [choice V].
  assert (S : high x = round radix2 (FLT_exp (-1074) 26) (Znearest choice) x).
  { change (53 - 27)%Z with 26%Z in V. rewrite <- V. unfold high.
    replace (bpow 27 + 1) with 134217729 by (simpl; lra).
    fold (double (x * 134217729)). set (s := double (x * 134217729)).
    change (double (s - double (s - x)) = double (double (x - s) + s)).
    f_equal. replace (x - s) with (- (s - x)) by ring.
    unfold double at 2. rewrite round_NE_opp. fold (double (s - x)). ring. }
  split.
  - assert (B : bpow e <= Rabs (high x)).
    { rewrite S. apply abs_round_ge_generic; [apply FLT_exp_valid; reflexivity | apply valid_rnd_N | |exact L].
      apply generic_format_FLT_bpow; [reflexivity | lia]. }
    assert (G : generic_format radix2 (FLT_exp (-1074) 26) (high x)).
    { rewrite S. apply generic_format_round; [apply FLT_exp_valid; reflexivity | apply valid_rnd_N]. }
    rewrite G. unfold F2R. simpl Fnum. simpl Fexp.
    apply multiple_le with (cexp radix2 (FLT_exp (-1074) 26) (high x)).
    + unfold cexp, FLT_exp. pose proof (mag_ge_bpow radix2 (high x) (e + 1)) as M.
      replace (e + 1 - 1)%Z with e in M by ring. specialize (M B). lia.
    + now eexists.
  - rewrite S, <- Rabs_Ropp. replace (- (x - _)) with (round radix2 (FLT_exp (-1074) 26) (Znearest choice) x - x) by ring.
    eapply Rle_trans; [apply error_le_half_ulp; apply FLT_exp_valid; reflexivity|].
    replace (bpow (e - 26)) with (/ 2 * bpow (e - 25)).
    2: { replace (e - 25)%Z with (1 + (e - 26))%Z by ring. rewrite bpow_plus. simpl. lra. }
    apply Rmult_le_compat_l; [lra|].
    assert (N : x <> 0) by (intros ->; rewrite Rabs_R0 in L; pose proof (bpow_gt_0 radix2 e); lra).
    rewrite ulp_neq_0 by assumption. apply bpow_le. unfold cexp, FLT_exp.
    pose proof (mag_le_bpow radix2 x (e + 1) N U). lia.
Qed.

Lemma lost_in_square_is_lost x : format x -> x = 0 \/ bpow (-485) <= Rabs x ->
  lost_in_square x (double (x * x)) = x * x - double (x * x).
Proof.
  intros Fx [-> | Large].
  { assert (Z : double 0 = 0) by apply round_0, valid_rnd_N.
    unfold lost_in_square, high.
    repeat (rewrite ?Rmult_0_l, ?Rmult_0_r, ?Z, ?Rminus_0_r, ?Rplus_0_r, ?Rminus_diag_eq by reflexivity).
    reflexivity. }
  set (e := (mag radix2 x - 1)%Z).
  assert (N : x <> 0) by (intros ->; rewrite Rabs_R0 in Large; pose proof (bpow_gt_0 radix2 (-485)); lra).
  assert (E : (-485 <= e)%Z).
  { pose proof (mag_ge_bpow radix2 x (-484) Large). unfold e. lia. }
  assert (I : bpow e <= Rabs x < bpow (e + 1)).
  { unfold e. replace (mag radix2 x - 1 + 1)%Z with (mag radix2 x : Z) by ring.
    split; [now apply bpow_mag_le | apply bpow_mag_gt]. }
  destruct (high_is_near x e Fx I E) as [H T]. clear Large.
  unfold lost_in_square. set (h := high x) in *. set (p := double (x * x)).
  set (B := bpow e) in *.
  assert (B0 : 0 < B) by apply bpow_gt_0.
  assert (X : Rabs x < 2 * B) by (destruct I as [_ I]; rewrite bpow_plus in I; simpl in I; fold B in I; lra).
  assert (T' : Rabs (x - h) <= B * / 67108864).
  { replace (e - 26)%Z with (e + -26)%Z in T by ring. rewrite bpow_plus in T. exact T. }
  assert (Mx : multiple x (e - 52)) by (apply format_large; [assumption | apply I | lia]).
  assert (Ml : multiple (x - h) (e - 52)).
  { apply multiple_minus; [assumption|]. eapply multiple_le; [|exact H]. lia. }
  assert (K : forall k, bpow (2 * e + k) = B * B * bpow k) by (intro; apply power_twice).
  assert (L : double (x - h) = x - h).
  { apply exact_multiple with (e - 52)%Z; [lia | assumption|].
    eapply Rle_trans; [exact T|]. apply bpow_le. lia. }
  rewrite L. set (l := x - h) in *.
  assert (Hh : Rabs h <= 5 / 2 * B).
  { replace h with (x - l) by (unfold l; ring). eapply Rle_trans; [apply Rabs_triang|].
    rewrite Rabs_Ropp. lra. }
  assert (P : Rabs (p - x * x) <= B * B * / 4503599627370496).
  { replace (B * B * / 4503599627370496) with (bpow (2 * e + 1 - 53)).
    2: { replace (2 * e + 1 - 53)%Z with (2 * e + -52)%Z by ring. now rewrite K. }
    apply half_ulp; [|lia]. replace (2 * e + 1 + 1)%Z with (2 * e + 2)%Z by ring. rewrite K.
    rewrite Rabs_mult. simpl. pose proof (Rabs_pos x). nra. }
  assert (Mh : multiple (h * h) (2 * e - 50)).
  { replace (2 * e - 50)%Z with ((e - 25) + (e - 25))%Z by ring. now apply multiple_mult. }
  assert (Mp : multiple p (2 * e - 52)).
  { apply format_large; [apply format_double | | lia].
    apply abs_round_ge_generic; [apply FLT_exp_valid; reflexivity | apply valid_rnd_N | |].
    - apply generic_format_FLT_bpow; [reflexivity | lia].
    - rewrite Rabs_mult. replace (2 * e)%Z with (e + e)%Z by ring. rewrite bpow_plus. fold B.
      apply Rmult_le_compat; lra. }
  assert (M2h : multiple (2 * h) (1 + (e - 25))).
  { apply multiple_mult; [|assumption]. exists 1%Z. change (bpow 1) with 2. ring. }
  assert (Mhl : multiple (2 * h * l) (2 * e - 76)).
  { replace (2 * e - 76)%Z with ((1 + (e - 25)) + (e - 52))%Z by lia. now apply multiple_mult. }
  assert (Mll : multiple (l * l) (2 * e - 104)).
  { replace (2 * e - 104)%Z with ((e - 52) + (e - 52))%Z by ring. now apply multiple_mult. }
  assert (Shl : Rabs (h * l) <= B * B * (5 / 134217728)).
  { rewrite Rabs_mult. pose proof (Rabs_pos h). pose proof (Rabs_pos l). nra. }
  assert (Sll : Rabs (l * l) <= B * B * / 4503599627370496).
  { rewrite Rabs_mult. pose proof (Rabs_pos l). nra. }
  assert (BB : 0 < B * B) by nra.
  assert (Ehh : double (h * h) = h * h).
  { apply exact_multiple with (2 * e - 50)%Z; [lia | assumption|].
    replace (2 * e - 50 + 53)%Z with (2 * e + 3)%Z by ring. rewrite K, Rabs_mult. simpl.
    pose proof (Rabs_pos h). nra. }
  assert (E1 : double (h * h - p) = h * h - p).
  { apply exact_multiple with (2 * e - 52)%Z; [lia | |].
    - apply multiple_minus; [eapply multiple_le; [|exact Mh]; lia | assumption].
    - replace (2 * e - 52 + 53)%Z with (2 * e + 1)%Z by ring. rewrite K. simpl.
      replace (h * h - p) with (- (2 * (h * l)) - l * l - (p - x * x)) by (unfold l; ring).
      revert Shl Sll P. unfold Rabs. repeat destruct Rcase_abs; intros; nra. }
  assert (E2 : double (2 * h) = 2 * h).
  { apply exact_multiple with (1 + (e - 25))%Z; [lia | assumption |].
    replace (1 + (e - 25) + 53)%Z with (e + 29)%Z by ring. rewrite bpow_plus. fold B. simpl.
      rewrite Rabs_mult, (Rabs_pos_eq 2) by lra. lra. }
  assert (E3 : double (2 * h * l) = 2 * h * l).
  { apply exact_multiple with (2 * e - 76)%Z; [lia | assumption|].
    replace (2 * e - 76 + 53)%Z with (2 * e + -23)%Z by ring. rewrite K. simpl.
    replace (2 * h * l) with (2 * (h * l)) by ring. rewrite Rabs_mult, (Rabs_pos_eq 2) by lra. nra. }
  assert (E4 : double (h * h - p + 2 * h * l) = h * h - p + 2 * h * l).
  { apply exact_multiple with (2 * e - 76)%Z; [lia | |].
    - apply multiple_plus; [|assumption]. eapply multiple_le; [|apply multiple_minus];
      [|eapply multiple_le; [|exact Mh]; shelve|exact Mp]; lia.
      Unshelve. lia.
    - replace (2 * e - 76 + 53)%Z with (2 * e + -23)%Z by ring. rewrite K. simpl.
      replace (h * h - p + 2 * h * l) with (- (l * l) - (p - x * x)) by (unfold l; ring).
      revert Sll P. unfold Rabs. repeat destruct Rcase_abs; intros; nra. }
  assert (E5 : double (l * l) = l * l).
  { apply exact_multiple with (2 * e - 104)%Z; [lia | assumption|].
    replace (2 * e - 104 + 53)%Z with (2 * e + -51)%Z by ring. rewrite K. simpl. nra. }
  rewrite Ehh, E1, E2, E3, E4, E5.
  replace (h * h - p + 2 * h * l + l * l) with (x * x - p) by (unfold l; ring).
  apply exact_multiple with (2 * e - 104)%Z; [lia | |].
  - apply multiple_minus; [|eapply multiple_le; [|exact Mp]; lia].
    replace (2 * e - 104)%Z with ((e - 52) + (e - 52))%Z by ring. now apply multiple_mult.
  - replace (2 * e - 104 + 53)%Z with (2 * e + -51)%Z by ring. rewrite K. simpl.
    rewrite <- Rabs_Ropp, Ropp_minus_distr. nra.
Qed.

(* the sum *)

Definition u : R := / 9007199254740992.

Lemma of_a_sum x y : format x -> format y ->
  exists t, Rabs t <= u * Rabs (x + y) /\ double (x + y) = x + y + t.
Proof.
  intros Fx Fy.
  destruct (FLT_plus_error_N_ex radix2 (-1074) 53 (fun z => negb (Z.even z)) x y Fx Fy)
    as [a [A E]].
  exists ((x + y) * a). split; [|unfold double; rewrite E; ring].
  rewrite Rabs_mult, Rmult_comm. apply Rmult_le_compat_r; [apply Rabs_pos|].
  eapply Rle_trans; [exact A|]. eapply Rle_trans; [apply u_rod1pu_ro_le_u_ro|].
  unfold u_ro, u. simpl. lra.
Qed.
Lemma of_a_difference x y : format x -> format y ->
  exists t, Rabs t <= u * Rabs (x - y) /\ double (x - y) = x - y + t.
Proof. intros. apply of_a_sum; [|apply generic_format_opp]; assumption. Qed.

Lemma format_1 : format 1.
Proof. change 1 with (bpow 0). apply generic_format_FLT_bpow; [reflexivity | lia]. Qed.
Lemma format_half : format (/ 2).
Proof. change (/ 2) with (bpow (-1)). apply generic_format_FLT_bpow; [reflexivity | lia]. Qed.
Lemma double_le v w : v <= w -> double v <= double w.
Proof. apply round_le; [apply FLT_exp_valid; reflexivity | apply valid_rnd_N]. Qed.
Lemma above v w : format v -> v <= w -> v <= double w.
Proof. intros F H. rewrite <- (exact v F). now apply double_le. Qed.
Lemma below v w : format w -> v <= w -> double v <= w.
Proof. intros F H. rewrite <- (exact w F). now apply double_le. Qed.
Lemma exact_difference v w : format v -> format w -> w / 2 <= v <= 2 * w -> double (v - w) = v - w.
Proof.
  intros. apply exact, sterbenz; try assumption;
  [apply FLT_exp_valid; reflexivity | apply FLT_exp_monotone].
Qed.

(* 1 - p is a sum of two numbers *)
Lemma rest_and_lost p : format p -> 0 <= p <= 1 ->
  let rest := double (1 - p) in
  double (double (1 - rest) - p) = 1 - rest - p /\ (/ 2 <= p -> rest = 1 - p).
Proof.
  intros F P rest.
  assert (G : format (1 - rest - p)).
  { replace (1 - rest - p) with (- (double (1 + - p) - (1 + - p))) by (unfold rest, Rminus; ring).
    apply generic_format_opp, plus_error; [apply FLT_exp_valid; reflexivity | apply FLT_exp_monotone
      | apply format_1 | now apply generic_format_opp]. }
  assert (C : / 2 <= p -> rest = 1 - p).
  { intro. apply exact_difference; [apply format_1 | assumption | lra]. }
  split; [|exact C].
  assert (D : double (1 - rest) = 1 - rest).
  { destruct (Rle_or_lt (/ 2) p) as [H|H].
    - rewrite C by assumption. replace (1 - (1 - p)) with p by ring. now apply exact.
    - apply exact_difference; [apply format_1 | apply format_double |].
      assert (/ 2 <= rest) by (apply above; [apply format_half | lra]).
      assert (rest <= 1) by (apply below; [apply format_1 | lra]). lra. }
  rewrite D. now apply exact.
Qed.

Ltac sizes := unfold Rabs in *; repeat (destruct Rcase_abs); lra.

(* a sum whose first term outweighs the others *)
Lemma chained s l a b t1 t2 t3 t4 : 0 < s ->
  Rabs l <= / 1048576 * s -> Rabs a <= / 1048576 * s -> Rabs b <= / 1048576 * s ->
  Rabs t1 <= u * Rabs s -> Rabs t2 <= u * Rabs (s + t1 + l) ->
  Rabs t3 <= u * Rabs (s + t1 + l + t2 - a) -> Rabs t4 <= u * Rabs (s + t1 + l + t2 - a + t3 - b) ->
  Rabs (s + t1 + l + t2 - a + t3 - b + t4 - (s + l - a - b)) <= (4 + / 1024) * u * (s + l - a - b).
Proof.
  unfold u. intros S L A B T1 T2 T3 T4.
  apply Rabs_le_inv in L, A, B. rewrite (Rabs_pos_eq s) in T1 by lra. apply Rabs_le_inv in T1.
  rewrite (Rabs_pos_eq (s + t1 + l)) in T2 by lra. apply Rabs_le_inv in T2.
  rewrite (Rabs_pos_eq (s + t1 + l + t2 - a)) in T3 by lra. apply Rabs_le_inv in T3.
  rewrite (Rabs_pos_eq (s + t1 + l + t2 - a + t3 - b)) in T4 by lra. apply Rabs_le_inv in T4.
  apply Rabs_le. lra.
Qed.

Lemma of_a_square x : format x -> x = 0 \/ bpow (-485) <= Rabs x ->
  Rabs (x * x - double (x * x)) <= u * (x * x) /\ format (x * x - double (x * x)).
Proof.
  intros F N. split.
  - rewrite <- Rabs_Ropp, Ropp_minus_distr. destruct N as [-> | N].
    { rewrite Rmult_0_r. unfold double. rewrite round_0 by apply valid_rnd_N. rewrite Rminus_0_r, Rabs_R0. lra. }
    pose proof (relative_error_N_FLT radix2 (-1074) 53 eq_refl (fun z => negb (Z.even z)) (x * x)) as E.
    rewrite (Rabs_pos_eq (x * x)) in E by nra. unfold u.
    replace (/ 9007199254740992) with (/ 2 * bpow (- (53) + 1)) by (simpl; lra). apply E.
    replace (x * x) with (Rabs x * Rabs x) by (unfold Rabs; destruct Rcase_abs; ring).
    apply Rle_trans with (bpow (-485) * bpow (-485)).
    + rewrite <- bpow_plus. apply bpow_le. lia.
    + apply Rmult_le_compat; try assumption; apply bpow_ge_0.
  - rewrite <- lost_in_square_is_lost by assumption. apply format_double.
Qed.

Theorem one_minus_squares_is_near x y : format x -> format y -> Rabs y <= Rabs x ->
  (x = 0 \/ bpow (-485) <= Rabs x) -> (y = 0 \/ bpow (-485) <= Rabs y) -> x * x + y * y < 1 ->
  Rabs (one_minus_squares x y - (1 - x * x - y * y))
    <= (4 + / 1024) * bpow (-53) * (1 - x * x - y * y).
Proof.
  intros Fx Fy Less Nx Ny In. change (bpow (-53)) with u.
  unfold one_minus_squares. rewrite !lost_in_square_is_lost by assumption.
  destruct (of_a_square x Fx Nx) as [Sa Fa]. destruct (of_a_square y Fy Ny) as [Sb Fb].
  assert (Hx : exists X, format X /\ 0 <= X /\ x * x = X * X).
  { exists (Rabs x). repeat split; [now apply generic_format_abs | apply Rabs_pos |].
    unfold Rabs. destruct Rcase_abs; ring. }
  assert (Hy : y * y <= x * x).
  { revert Less. unfold Rabs. repeat destruct Rcase_abs; intros; nra. }
  destruct Hx as [X [FX [X0 EX]]]. rewrite EX in *. clear x Fx Nx Less EX.
  set (yy := y * y) in *. assert (Y0 : 0 <= yy) by (unfold yy; nra).
  set (p := double (X * X)) in *. set (q := double yy) in *.
  set (a := X * X - p) in *. set (b := yy - q) in *.
  assert (Fp : format p) by apply format_double. assert (Fq : format q) by apply format_double.
  assert (Qp : q <= p) by now apply double_le.
  assert (Q0 : 0 <= q) by (apply above; [apply generic_format_0 | assumption]).
  assert (P1 : p <= 1) by (apply below; [apply format_1 | nra]).
  assert (Tb : Rabs b <= 2 * u * q).
  { assert (yy = q + b) by (unfold b; ring). revert Sb. unfold u, Rabs. destruct Rcase_abs; intros; nra. }
  clearbody q. clearbody yy. clear y Fy Ny.
  assert (X1 : X < 1) by nra.
  assert (Large : / 2 <= X -> multiple X (-53)).
  { intro. apply (format_large X (-1)); [assumption | | lia]. rewrite Rabs_pos_eq by assumption. simpl. lra. }
  assert (P' : p < 1).
  { destruct (Rle_or_lt (/ 2) X) as [H|H].
    - destruct (Large H) as [m M].
      assert (m <= 9007199254740991)%Z.
      { apply Z.lt_succ_r, lt_IZR. simpl. change (bpow (-53)) with (/ 9007199254740992) in M. lra. }
      assert (X <= 1 - / 9007199254740992).
      { apply IZR_le in H0. change (bpow (-53)) with (/ 9007199254740992) in M. lra. }
      apply Rle_lt_trans with (1 - / 9007199254740992); [|lra].
      apply below; [|nra]. apply format_multiple with (-53)%Z; [lia | |].
      + apply multiple_minus; [apply multiple_1; lia | exists 1%Z; change (bpow (-53)) with (/ 9007199254740992); ring].
      + simpl. rewrite Rabs_pos_eq; lra.
    - apply Rle_lt_trans with (/ 2); [|lra]. apply below; [apply format_half | nra]. }
  set (r := double (1 - p)) in *.
  destruct (rest_and_lost p Fp ltac:(lra)) as [L Half]. fold r in L, Half.
  assert (Fl : format (1 - r - p)) by (rewrite <- L; apply format_double).
  rewrite L. clear L.
  destruct (of_a_difference 1 p format_1 Fp) as [t [T R]]. fold r in R.
  assert (Rh : p <= / 2 -> / 2 <= r) by (intro; apply above; [apply format_half | lra]).
  assert (Fr : format r) by apply format_double. clearbody r.
  rewrite (Rabs_pos_eq (1 - p)) in T by lra.
  set (l := 1 - r - p) in *. assert (El : l = - t) by (unfold l; lra).
  assert (Rp : (1 - p) / 2 <= r) by (revert T; unfold u, Rabs; destruct Rcase_abs; intros; lra).
  assert (Tl : Rabs l <= 2 * u * r) by (rewrite El, Rabs_Ropp; unfold u in *; lra).
  assert (Ta : Rabs a <= / 8388608 * r).
  { destruct (Rle_or_lt (/ 2) X) as [H|H].
    - assert (G : Rabs a <= (1 - X) * (1 - X)).
      { assert (F2 : format (2 * X - 1)).
        { apply format_multiple with (-53)%Z; [lia | |].
          - apply multiple_minus; [|apply multiple_1; lia].
            replace (2 * X) with (X + X) by ring. apply multiple_plus; now apply Large.
          - simpl. apply Rabs_le. lra. }
        pose proof (nearest (X * X) (2 * X - 1) F2) as W. fold p in W.
        unfold a. rewrite <- Rabs_Ropp, Ropp_minus_distr.
        replace (2 * X - 1 - X * X) with (- ((1 - X) * (1 - X))) in W by ring.
        rewrite Rabs_Ropp, (Rabs_pos_eq ((1 - X) * (1 - X))) in W by nra. exact W. }
      assert (W : 1 - X <= 1 - p).
      { replace (1 - p) with (1 - X * X + a) by (unfold a; ring). apply Rabs_le_inv in G. nra. }
      destruct (Rle_or_lt (1 - X) (/ 16777216)) as [S|S]; [nra|].
      apply Rle_trans with (u * (X * X)); [assumption|]. unfold u. nra.
    - assert (p <= / 2) by (apply below; [apply format_half | nra]).
      apply Rle_trans with (u * (X * X)); [assumption|]. unfold u. nra. }
  replace (1 - X * X - yy) with (r - q + l - a - b) by (unfold l, a, b; ring).
  destruct (Rlt_or_le q (r / 2)) as [H|H].
  { (* the first difference outweighs what is lost *)
    destruct (of_a_difference r q Fr Fq) as [t1 [T1 E1]].
    assert (F1 : format (r - q + t1)) by (rewrite <- E1; apply format_double). rewrite E1.
    destruct (of_a_sum _ l F1 Fl) as [t2 [T2 E2]].
    assert (F2 : format (r - q + t1 + l + t2)) by (rewrite <- E2; apply format_double). rewrite E2.
    destruct (of_a_difference _ a F2 Fa) as [t3 [T3 E3]].
    assert (F3 : format (r - q + t1 + l + t2 - a + t3)) by (rewrite <- E3; apply format_double). rewrite E3.
    destruct (of_a_difference _ b F3 Fb) as [t4 [T4 E4]]. rewrite E4.
    apply chained; try assumption; unfold u in *; lra. }
  (* all is exact until what is lost is taken away *)
  assert (Pos : 0 < r - q + l - a - b) by (unfold l, a, b; lra).
  assert (A : double (r - q) = r - q).
  { apply exact_difference; [assumption | assumption | split; [|lra]].
    apply Rabs_le_inv in Tl, Ta, Tb. unfold u in *. lra. }
  assert (Lq : / 18014398509481984 <= q).
  { destruct (Rle_or_lt (/ 2) p) as [G|G].
    - assert (M : multiple p (-53)).
      { apply (format_large p (-1)); [assumption | | lia]. rewrite Rabs_pos_eq by lra. simpl. lra. }
      destruct M as [m M]. change (bpow (-53)) with (/ 9007199254740992) in M.
      assert (m <= 9007199254740991)%Z by (apply Z.lt_succ_r, lt_IZR; simpl; lra).
      apply IZR_le in H0. rewrite Half in H by assumption. lra.
    - specialize (Rh ltac:(lra)). lra. }
  assert (E : r - q + l = 1 - p - q) by (unfold l; ring).
  assert (B : double (r - q + l) = r - q + l).
  { destruct (Rle_or_lt (/ 2) p) as [G|G].
    - replace (r - q + l) with (r - q) by (unfold l; rewrite Half by assumption; ring). exact A.
    - specialize (Rh ltac:(lra)). rewrite E. apply exact_multiple with (-54)%Z; [lia | |].
      + apply multiple_minus; [apply multiple_minus; [apply multiple_1; lia|]|];
        apply (format_large _ (-2)); try assumption; try lia; rewrite Rabs_pos_eq by lra; simpl; lra.
      + simpl. apply Rabs_le. lra. }
  assert (Fz : format (r - q + l)) by (rewrite <- B; apply format_double).
  rewrite A, B. set (z := r - q + l) in *.
  destruct (Rle_or_lt (2 * Rabs b) (Rabs (z - a))) as [S|S].
  { destruct (of_a_difference z a Fz Fa) as [t3 [T3 E3]].
    assert (F3 : format (z - a + t3)) by (rewrite <- E3; apply format_double). rewrite E3.
    destruct (of_a_difference _ b F3 Fb) as [t4 [T4 E4]]. rewrite E4.
    clear - S T3 T4 Pos. unfold u in *. sizes. }
  assert (C : double (z - a) = z - a).
  { assert (X2 : / 2 <= X).
    { destruct (Rle_or_lt (/ 2) X) as [G|G]; [assumption|exfalso].
      assert (F4 : format (/ 4)).
      { change (/ 4) with (bpow (-2)). apply generic_format_FLT_bpow; [reflexivity | lia]. }
      assert (p <= / 4) by (apply below; [assumption | nra]).
      apply Rabs_le_inv in T. unfold u in *. lra. }
    assert (P4 : / 4 <= p).
    { apply above; [|nra]. change (/ 4) with (bpow (-2)). apply generic_format_FLT_bpow; [reflexivity | lia]. }
    assert (Mp : multiple p (-54)).
    { apply (format_large p (-2)); [assumption | | lia]. rewrite Rabs_pos_eq by lra. simpl. lra. }
    assert (Mq : multiple q (-106)).
    { apply (format_large q (-54)); [assumption | | lia]. rewrite Rabs_pos_eq by lra. simpl. lra. }
    assert (Mp' : multiple p (-106)) by (eapply multiple_le; [|exact Mp]; lia).
    apply exact_multiple with (-106)%Z; [lia | |].
    - rewrite E. apply multiple_minus.
      + apply multiple_minus; [apply multiple_minus; [apply multiple_1; lia|]|]; assumption.
      + apply multiple_minus; [|assumption].
        change (-106)%Z with (-53 + -53)%Z. apply multiple_mult; now apply Large.
    - apply Rlt_le, Rlt_le_trans with (1 := S). apply Rle_trans with (2 * (u * yy)); [lra|].
      unfold u. simpl. nra. }
  rewrite C.
  assert (F3 : format (z - a)) by (rewrite <- C; apply format_double).
  destruct (of_a_difference _ b F3 Fb) as [t4 [T4 E4]]. rewrite E4.
  clear - T4 Pos. unfold u in *. sizes.
Qed.

Print Assumptions one_minus_squares_is_near.
