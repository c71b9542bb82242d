(* Moments after T steps, by induction on T. *)
From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Kernel Units Inputs Quantities Tactics.
Open Scope C_scope.

(* the sum over lags up to T *)
Definition heard (r : nat -> C) (l : C) (T : nat) : C :=
  sum (fun j => power (Cconj l) (S j) * r (S j)) T.

Lemma conj_power z n : Cconj (power z n) = power (Cconj z) n.
Proof. now rewrite <- !w0_power, w_conj. Qed.

Lemma unit_moment_step r g l T :
  moment r (unit g l) (unit g l) (S T) = l * Cconj l * moment r (unit g l) (unit g l) T
    + g * Cconj g * (r O + (heard r l T + Cconj (heard r l T))).
Proof.
  rewrite moment_step.
  assert (E : sum (fun j => unit g l (S j) * Cconj (r (S j))) T = g * Cconj (heard r l T)).
  { unfold heard. rewrite <- sum_conj, <- sum_scal. apply sum_ext. intro j. unfold unit.
    rewrite conj_mult, conj_power, conj_conj. ring. }
  assert (M : moment r (fun i => unit g l (S i)) (fun i => unit g l (S i)) T
    = l * Cconj l * moment r (unit g l) (unit g l) T).
  { unfold moment. rewrite <- sum_scal. apply sum_ext. intro i. rewrite <- sum_scal. apply sum_ext.
    intro j. unfold unit. simpl power. rewrite !conj_mult. ring. }
  rewrite E, M. unfold unit. simpl power. rewrite !conj_mult, conj_conj, conj_real. ring.
Qed.

Theorem second_moment_after_is r g l (A F : nat -> C) b :
  (forall T, (b <= T)%nat -> heard r l T = A T) ->
  moment r (unit g l) (unit g l) b = F b ->
  (forall T, (b <= T)%nat ->
    F (S T) = l * Cconj l * F T + g * Cconj g * (r O + (A T + Cconj (A T)))) ->
  forall T, (b <= T)%nat -> second_moment_after r (unit g l) T (F T).
Proof.
  intros HA HF HS T HT. unfold second_moment_after. induction HT as [|T HT IH]; [exact HF|].
  now rewrite unit_moment_step, IH, HA, HS.
Qed.

(* what is heard of each input *)
Lemma heard_kronecker l T : heard kronecker l T = 0.
Proof.
  transitivity (sum (fun _ => 0) T); [apply sum_ext; intro; simpl; ring | apply sum_zero].
Qed.
Lemma heard_impulse k l T : (S k <= T)%nat -> heard (impulse (S k)) l T = power (Cconj l) (S k).
Proof.
  intro H. unfold heard.
  rewrite (sum_ext _ (fun j => power (Cconj l) (S j) * impulse k j)) by (intro; now rewrite impulse_step).
  rewrite (sum_impulse (fun j => power (Cconj l) (S j))). destruct (Nat.ltb_spec k T); [reflexivity|lia].
Qed.
Lemma power_mult x y n : power (x * y) n = power x n * power y n.
Proof. induction n as [|n IH]; simpl; [ring|]. rewrite IH. ring. Qed.
Lemma heard_power z l T : 1 - Cconj l * z <> 0 ->
  heard (power z) l T = Cconj l * z * (1 - power (Cconj l * z) T) / (1 - Cconj l * z).
Proof.
  intro H. unfold heard.
  rewrite (sum_ext _ (fun j => power (Cconj l * z) (S j))) by (intro; now rewrite power_mult).
  set (x := Cconj l * z) in *. induction T as [|T IH]; [simpl; field; exact H|].
  rewrite sum_last, IH. simpl power. field. exact H.
Qed.
Lemma heard_power_1 z l T : Cconj l * z = 1 -> heard (power z) l T = RtoC (INR T).
Proof.
  intro H. unfold heard.
  rewrite (sum_ext _ (fun j => 1)) by (intro; now rewrite <- power_mult, H, power_1).
  induction T as [|T IH]; [reflexivity|]. rewrite sum_last, IH, S_INR, RtoC_plus. reflexivity.
Qed.
Lemma heard_ext r s l T : (forall n, r (S n) = s (S n)) -> heard r l T = heard s l T.
Proof. intro H. apply sum_ext. intro. now rewrite H. Qed.
Lemma heard_plus r s l T : heard (fun n => r n + s n) l T = heard r l T + heard s l T.
Proof. unfold heard. rewrite <- sum_plus. apply sum_ext. intro. ring. Qed.
Lemma heard_minus r s l T : heard (fun n => r n - s n) l T = heard r l T - heard s l T.
Proof.
  unfold heard. transitivity (sum (fun j => power (Cconj l) (S j) * r (S j)) T
    + - (1) * sum (fun j => power (Cconj l) (S j) * s (S j)) T); [|ring].
  rewrite <- sum_scal, <- sum_plus. apply sum_ext. intro. ring.
Qed.
Lemma heard_scal c r l T : heard (fun n => c * r n) l T = c * heard r l T.
Proof. unfold heard. rewrite <- sum_scal. apply sum_ext. intro. ring. Qed.
Lemma heard_const c l T : heard (fun _ => c) l T = c * heard (power 1) l T.
Proof. rewrite <- heard_scal. apply heard_ext. intro. rewrite power_1. ring. Qed.

Lemma power_plus z m n : power z (m + n) = power z m * power z n.
Proof. induction m as [|m IH]; simpl; [ring|]. rewrite IH. ring. Qed.
Lemma power_times z k n : power z (k * n) = power (power z n) k.
Proof. induction k as [|k IH]; [reflexivity|]. simpl. now rewrite power_plus, IH. Qed.

Ltac hear r l k := lazymatch r with
  | fun n => kronecker n => k constr:(fun _ : nat => RtoC 0)
  | fun n => impulse ?j n => k constr:(fun _ : nat => power (Cconj l) j)
  | power ?z =>
      first
        [ assert (1 - Cconj l * z <> 0) by apart;
          k constr:(fun T => Cconj l * z * (1 - power (Cconj l * z) T) / (1 - Cconj l * z))
        | assert (Cconj l * z = 1) by (conjugates; ring); k constr:(fun T => RtoC (INR T)) ]
  | fun n => power ?z n => hear (power z) l k
  | fun _ => ?c => hear (power 1) l ltac:(fun A => k constr:(fun T : nat => c * A T))
  | fun n => @?s n * @?t n =>
      lazymatch s with
      | fun _ => ?c => hear t l ltac:(fun A => k constr:(fun T : nat => c * A T))
      end
  | fun n => @?s n + @?t n =>
      hear s l ltac:(fun A => hear t l ltac:(fun B => k constr:(fun T : nat => A T + B T)))
  | fun n => @?s n - @?t n =>
      hear s l ltac:(fun A => hear t l ltac:(fun B => k constr:(fun T : nat => A T - B T)))
  end
with apart := conjugates; first
  [ apply away; in_disc | as_real; apply real_not_0; nonzero_real
  | rewrite ?num_neg; as_real; apply real_not_0; nonzero_real ].
Ltac is_heard := lazymatch goal with
  | |- heard (fun n => kronecker n) _ _ = _ => apply heard_kronecker
  | |- heard (fun n => impulse ?j n) _ _ = _ => apply (heard_impulse (Nat.pred j)); simpl; lia
  | |- heard (power ?z) ?l _ = RtoC (INR _) => apply heard_power_1; assumption
  | |- heard (power ?z) ?l _ = _ => apply heard_power; assumption
  | |- heard (fun n => power ?z n) ?l ?T = ?x => change (heard (power z) l T = x); is_heard
  | |- heard (fun _ => ?c) _ _ = _ => rewrite heard_const; apply f_equal; is_heard
  | |- heard (fun n => @?s n * @?t n) ?l ?T = _ =>
      lazymatch s with fun _ => ?c => rewrite (heard_scal c t l T); apply f_equal; is_heard end
  | |- heard (fun n => @?s n + @?t n) ?l ?T = _ =>
      rewrite (heard_plus s t l T); apply f_equal2; is_heard
  | |- heard (fun n => @?s n - @?t n) ?l ?T = _ =>
      rewrite (heard_minus s t l T); apply f_equal2; is_heard
  end.

(* the value at the first horizon b, and from one horizon to the next *)
Ltac by_steps b := lazymatch goal with
  | |- second_moment_after ?r (unit ?g ?l) ?T ?x =>
      let HT := fresh "HT" in
      assert (HT : (b <= T)%nat) by (apply INR_le; simpl INR; lra);
      hear r l ltac:(fun A =>
        let F := eval pattern T in x in
        lazymatch F with ?f _ =>
          apply (second_moment_after_is r g l A f b); [| | | exact HT];
          clear dependent T;
          [ intros; is_heard
          | cbv beta delta [moment] iota; cbn [sum covariance Nat.leb Nat.sub]; unfold unit;
            cbv beta iota delta [impulse kronecker Nat.eqb]; simpl INR; rewrite ?Nat.mul_1_r
          | intros T HT; let HN := fresh in pose proof (le_INR b T HT) as HN; simpl INR in HN;
            cbv beta iota delta [impulse kronecker Nat.eqb];
            rewrite ?S_INR, ?power_times, ?power_plus, ?power_mult, ?power_1 ] end)
  end.
Ltac stepped := spread; cbn [power]; conjugates; rewrite ?conj_power; conjugates; rewrite ?power_1; numerals.
