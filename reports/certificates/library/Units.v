(* Units whose parameters move: their slopes are combinations of weights, whose moments have limits. *)
From Coq Require Import Reals Lra Lia Psatz List.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Kernel.
Import ListNotations.
Open Scope C_scope.

(* combinations *)

Record term := Term { factor : C; order : nat; pole : C }.

Fixpoint comb (terms : list term) (i : nat) : C :=
  match terms with
  | [] => 0
  | Term c m a :: rest => c * w m a i + comb rest i
  end.

Definition conj_term (t : term) : term :=
  match t with Term c m a => Term (Cconj c) m (Cconj a) end.

Lemma comb_conj l i : Cconj (comb l i) = comb (map conj_term l) i.
Proof.
  induction l as [|[c m a] l IH]; simpl; [apply conj_real|].
  now rewrite conj_plus, conj_mult, w_conj, IH.
Qed.

Section Limits.
Variable r : nat -> C.
Variable row : C -> nat -> C.

Definition within (t : term) : Prop :=
  (Cmod (pole t) < 1)%R /\ rows r (Cconj (pole t)) (row (Cconj (pole t))).

Definition K_of (a b : C) := K' r a (Cconj b) (row (Cconj a)) (row (Cconj b)).

Fixpoint against (c : C) (m : nat) (a : C) (l : list term) : C :=
  match l with
  | [] => 0
  | Term d n b :: rest => c * Cconj d * K_of a b m n + against c m a rest
  end.
Fixpoint value (l l' : list term) : C :=
  match l with
  | [] => 0
  | Term c m a :: rest => against c m a l' + value rest l'
  end.

Lemma moment_pair u v T : moment r u v T = pair r u (fun j => Cconj (v j)) T.
Proof.
  apply sum_ext; intro i. rewrite <- sum_scal. apply sum_ext; intro j. ring.
Qed.

Lemma against_limit c m a l : within (Term c m a) -> List.Forall within l ->
  tends (fun T => c * pair r (w m a) (fun j => Cconj (comb l j)) T) (against c m a l).
Proof.
  intros [Ha Hr] Hl. induction Hl as [|[d n b] l [Hb Hs] Hl IH]; simpl in *.
  - eapply tends_ext; [|reflexivity|apply (tends_const 0)]. intro T. symmetry.
    rewrite (pair_ext r _ (w m a) _ (fun _ => 0)); [|reflexivity|intro; apply conj_real].
    rewrite pair_zero_right. ring.
  - assert (H : (Cmod (a * Cconj b) < 1)%R).
    { rewrite Cmod_mult, Cmod_conj. pose proof (Cmod_ge_0 a). pose proof (Cmod_ge_0 b). nra. }
    pose proof (kernel_limit r a (Cconj b) H _ _ Hr Hs m n) as L. rewrite <- K_K' in L by exact H.
    eapply tends_ext; [|reflexivity|apply tends_plus;
      [apply (tends_scal _ (c * Cconj d) _ L) | apply IH]].
    intro T. simpl. symmetry.
    rewrite (pair_ext r (w m a) (w m a) (fun j => Cconj (d * w n b j + comb l j))
      (fun j => Cconj d * w n (Cconj b) j + Cconj (comb l j))); [|reflexivity|].
    + rewrite pair_right. unfold M. ring.
    + intro j. now rewrite conj_plus, conj_mult, w_conj.
Qed.

Theorem comb_limit l l' : List.Forall within l -> List.Forall within l' ->
  tends (moment r (comb l) (comb l')) (value l l').
Proof.
  intros H H'. induction H as [|[c m a] l Hc Hl IH]; simpl.
  - eapply tends_ext; [|reflexivity|apply (tends_const 0)]. intro T. symmetry.
    rewrite moment_pair. apply pair_zero_left.
  - eapply tends_ext; [|reflexivity|apply tends_plus; [apply (against_limit _ _ _ _ Hc H')|exact IH]].
    intro T. simpl. symmetry. rewrite !moment_pair.
    rewrite (pair_left r c (w m a)). reflexivity.
Qed.
End Limits.

Lemma moment_ext r u u' v v' T :
  (forall i, u i = u' i) -> (forall i, v i = v' i) -> moment r u v T = moment r u' v' T.
Proof.
  intros Hu Hv. apply sum_ext; intro i. apply sum_ext; intro j. now rewrite Hu, Hv.
Qed.

(* slopes *)

Lemma slope_const (c : C) p : slope (fun _ => c) p 0.
Proof. split; simpl; exact (is_derive_const _ _). Qed.

Lemma slope_real (f : R -> R) p d : is_derive f p d -> slope (fun t => RtoC (f t)) p (RtoC d).
Proof. intro H. split; simpl; [exact H | exact (is_derive_const _ _)]. Qed.

Lemma slope_ext f g p d e : (forall t, f t = g t) -> d = e -> slope f p d -> slope g p e.
Proof.
  intros H <- [H1 H2]. split;
  [eapply is_derive_ext; [|exact H1] | eapply is_derive_ext; [|exact H2]];
  intro t; simpl; now rewrite H.
Qed.

Lemma slope_plus f g p d e : slope f p d -> slope g p e -> slope (fun t => f t + g t) p (d + e).
Proof.
  intros [F1 F2] [G1 G2].
  split; [exact (is_derive_plus _ _ _ _ _ F1 G1) | exact (is_derive_plus _ _ _ _ _ F2 G2)].
Qed.

Lemma slope_opp f p d : slope f p d -> slope (fun t => - f t) p (- d).
Proof.
  intros [F1 F2]. split; [exact (is_derive_opp _ _ _ F1) | exact (is_derive_opp _ _ _ F2)].
Qed.

Lemma slope_minus f g p d e : slope f p d -> slope g p e -> slope (fun t => f t - g t) p (d - e).
Proof. intros F G. exact (slope_plus _ _ _ _ _ F (slope_opp _ _ _ G)). Qed.

Lemma real_mult f g p d e : is_derive f p d -> is_derive g p e ->
  is_derive (fun t => f t * g t)%R p (d * g p + f p * e)%R.
Proof. intros F G. exact (is_derive_mult f g p d e F G Rmult_comm). Qed.

Lemma slope_mult f g p d e :
  slope f p d -> slope g p e -> slope (fun t => f t * g t) p (d * g p + f p * e).
Proof.
  intros [F1 F2] [G1 G2]. split; simpl.
  - replace (fst d * fst (g p) - snd d * snd (g p) + (fst (f p) * fst e - snd (f p) * snd e))%R
      with (Re d * Re (g p) + Re (f p) * Re e - (Im d * Im (g p) + Im (f p) * Im e))%R
      by (unfold Re, Im; ring).
    exact (is_derive_minus _ _ _ _ _ (real_mult _ _ _ _ _ F1 G1) (real_mult _ _ _ _ _ F2 G2)).
  - replace (fst d * snd (g p) + snd d * fst (g p) + (fst (f p) * snd e + snd (f p) * fst e))%R
      with (Re d * Im (g p) + Re (f p) * Im e + (Im d * Re (g p) + Im (f p) * Re e))%R
      by (unfold Re, Im; ring).
    exact (is_derive_plus _ _ _ _ _ (real_mult _ _ _ _ _ F1 G2) (real_mult _ _ _ _ _ F2 G1)).
Qed.

Lemma slope_conj f p d : slope f p d -> slope (fun t => Cconj (f t)) p (Cconj d).
Proof. intros [F1 F2]. split; [exact F1 | exact (is_derive_opp _ _ _ F2)]. Qed.

Lemma norm_positive (z : C) : z <> 0 -> (0 < Re z * Re z + Im z * Im z)%R.
Proof.
  intro H. destruct z as [x y]. simpl.
  destruct (Req_dec x 0) as [->|Hx]; [destruct (Req_dec y 0) as [->|Hy]|]; [now elim H | nra..].
Qed.

Lemma slope_inv f p d : slope f p d -> f p <> 0 -> slope (fun t => / f t) p (- d / (f p * f p)).
Proof.
  intros [F1 F2] H. pose proof (norm_positive _ H) as Hn.
  set (norm t := (Re (f t) * Re (f t) + Im (f t) * Im (f t))%R).
  assert (N : is_derive norm p (2 * (Re (f p) * Re d + Im (f p) * Im d))%R).
  { replace (2 * (Re (f p) * Re d + Im (f p) * Im d))%R
      with (Re d * Re (f p) + Re (f p) * Re d + (Im d * Im (f p) + Im (f p) * Im d))%R by ring.
    exact (is_derive_plus _ _ _ _ _ (real_mult _ _ _ _ _ F1 F1) (real_mult _ _ _ _ _ F2 F2)). }
  assert (Hp : norm p <> 0%R) by (unfold norm; lra).
  split.
  - apply (is_derive_ext (fun t => Re (f t) / norm t)%R).
    { intro t. unfold norm, Re, Im. simpl. f_equal. ring. }
    replace (Re (- d / (f p * f p)))
      with ((Re d * norm p - Re (f p) * (2 * (Re (f p) * Re d + Im (f p) * Im d))) / norm p ^ 2)%R.
    { exact (is_derive_div _ _ _ _ _ F1 N Hp). }
    unfold norm in *. destruct d as [d1 d2], (f p) as [x y]. unfold Re, Im in *; simpl in *.
    field. split; [|lra]. intro Z. apply Hp. nra.
  - apply (is_derive_ext (fun t => - Im (f t) / norm t)%R).
    { intro t. unfold norm, Re, Im. simpl. f_equal. ring. }
    replace (Im (- d / (f p * f p)))
      with ((- Im d * norm p - - Im (f p) * (2 * (Re (f p) * Re d + Im (f p) * Im d))) / norm p ^ 2)%R.
    { exact (is_derive_div _ _ _ _ _ (is_derive_opp _ _ _ F2) N Hp). }
    unfold norm in *. destruct d as [d1 d2], (f p) as [x y]. unfold Re, Im in *; simpl in *.
    field. split; [|lra]. intro Z. apply Hp. nra.
Qed.

Lemma slope_div f g p d e : slope f p d -> slope g p e -> g p <> 0 ->
  slope (fun t => f t / g t) p (d / g p + f p * (- e / (g p * g p))).
Proof. intros F G H. exact (slope_mult _ _ _ _ _ F (slope_inv _ _ _ G H)). Qed.

Lemma slope_Cexp f p d : slope f p d -> slope (fun t => Cexp (f t)) p (d * Cexp (f p)).
Proof.
  intros [F1 F2].
  assert (E : is_derive (fun t => exp (Re (f t))) p (Re d * exp (Re (f p)))%R)
    by exact (is_derive_comp exp _ _ _ _ (is_derive_exp _) F1).
  assert (S1 : is_derive (fun t => cos (Im (f t))) p (Im d * - sin (Im (f p)))%R)
    by exact (is_derive_comp cos _ _ _ _ (is_derive_cos _) F2).
  assert (S2 : is_derive (fun t => sin (Im (f t))) p (Im d * cos (Im (f p)))%R)
    by exact (is_derive_comp sin _ _ _ _ (is_derive_sin _) F2).
  split; unfold Cexp; simpl.
  - eapply is_derive_ext; [reflexivity|]. 
    replace (fst d * (exp (Re (f p)) * cos (Im (f p))) - snd d * (exp (Re (f p)) * sin (Im (f p))))%R
      with (Re d * exp (Re (f p)) * cos (Im (f p)) + exp (Re (f p)) * (Im d * - sin (Im (f p))))%R
      by (unfold Re, Im; ring).
    exact (real_mult _ _ _ _ _ E S1).
  - replace (fst d * (exp (Re (f p)) * sin (Im (f p))) + snd d * (exp (Re (f p)) * cos (Im (f p))))%R
      with (Re d * exp (Re (f p)) * sin (Im (f p)) + exp (Re (f p)) * (Im d * cos (Im (f p))))%R
      by (unfold Re, Im; ring).
    exact (real_mult _ _ _ _ _ E S2).
Qed.

Lemma slope_w m l p d i : slope l p d ->
  slope (fun t => w m (l t) i) p (d * (RtoC (INR (S m)) * w (S m) (l p) i)).
Proof.
  intro L. revert m; induction i as [|i IH]; intro m.
  - simpl w. replace (d * (RtoC (INR (S m)) * 0)) with (RtoC 0) by ring. apply slope_const.
  - change (fun t => w m (l t) (S i)) with
      (fun t => l t * w m (l t) i + match m with O => 0 | S m' => w m' (l t) i end).
    apply (slope_ext (fun t => l t * w m (l t) i + match m with O => 0 | S m' => w m' (l t) i end) _ _
      (d * w m (l p) i + l p * (d * (RtoC (INR (S m)) * w (S m) (l p) i))
      + match m with O => 0 | S m' => d * (RtoC (INR (S m')) * w (S m') (l p) i) end));
      [reflexivity| |].
    + change (w (S m) (l p) (S i)) with (l p * w (S m) (l p) i + w m (l p) i).
      destruct m as [|m]; [simpl; ring|].
      rewrite (S_INR (S m)), RtoC_plus. ring.
    + apply slope_plus; [apply slope_mult; [exact L | apply IH]|].
      destruct m; [apply slope_const | apply IH].
Qed.

Lemma slope_power n l p d : slope l p d ->
  slope (fun t => power (l t) n) p (d * w 1 (l p) n).
Proof.
  intro L. apply (slope_ext (fun t => w 0 (l t) n) _ _ (d * (RtoC (INR 1) * w 1 (l p) n))).
  - intro t. apply w0_power.
  - simpl. ring.
  - apply slope_w, L.
Qed.

(* A unit, and the slopes of one. *)
Lemma unit_comb g l i : unit g l i = comb [Term g 0 l] i.
Proof. unfold unit. simpl. rewrite w0_power. ring. Qed.

Definition slope_terms (g dg l dl : C) : list term := [Term dg 0 l; Term (g * dl) 1 l].

Lemma unit_slopes g l p dg dl : slope g p dg -> slope l p dl ->
  slopes (fun t => unit (g t) (l t)) p (comb (slope_terms (g p) dg (l p) dl)).
Proof.
  intros Hg Hl i. unfold unit.
  apply (slope_ext (fun t => g t * w 0 (l t) i) _ p
    (dg * w 0 (l p) i + g p * (dl * (RtoC (INR 1) * w 1 (l p) i)))).
  - intro t. now rewrite w0_power.
  - simpl. ring.
  - apply slope_mult; [exact Hg | apply slope_w, Hl].
Qed.
