(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (theta : R) :
  (- PI < theta)%R ->
  (theta < PI)%R ->
  exists value : R -> R,
  (forall omega : R,
    (omega < 2)%R ->
    forall lam : C,
    lam = (Cexp (- exp omega + Ci * theta)) ->
    is_positive (fun n => kronecker n) /\
    (0 <= 1 - exp ((- 2) * exp omega))%R /\
    sensitivity (fun n => kronecker n) (fun t => unit (sqrt (1 - exp ((- 2) * exp omega))) (Cexp (- exp omega + Ci * t))) theta (value omega)) /\
  (Rbar_locally m_infty) (fun omega => (omega < 2)%R) /\
  filterlim (fun omega => Cmod (value omega / (exp ((- 2) * omega) / 2) - 1)) (Rbar_locally m_infty) (locally 0%R).
Proof.
  intros.
  exists (fun omega : R => (((exp ((- 2) * exp omega)) * ((1) + (exp ((- 2) * exp omega)))) / (((-1) + (exp ((- 2) * exp omega))) ^ 2))%R).
  split; [|split].
  { intros. turn (- exp omega + Ci * theta) C0. pose proof (root_squared (1 - exp ((- 2) * exp omega))%R) as Q0. prepared. exponential ((- 2) * omega)%R (/ exp omega ^ 2)%R. compared. exponential ((- 2) * omega)%R (/ exp omega ^ 2)%R. root Q0. field [C0 Q0 i_squared]; sides. }
  { exists (0)%R; intros x X. repeat split; lra. }
  apply (ratio_tends _ _ _ (fun x => exp x) (fun e => (((1 + (-2) * e * (phi ((-2) * e))) * ((1) + (1 + (-2) * e * (phi ((-2) * e))))) / ((2) * ((phi ((-2) * e)) ^ 2)))%R) (0)%R).
  { apply exp_decays. }
  { exists (0)%R; intros x X. cbv beta. exponential ((- 2) * x)%R (/ exp x ^ 2)%R. as_variable x e. expanded (-2)%R e p l. ratio_as ((l * ((1) + l)) / ((2) * (p ^ 2)))%R. }
  { continuous_there. }
  value_there.
Qed.

Print Assumptions claim.
