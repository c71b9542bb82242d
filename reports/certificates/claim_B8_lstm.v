(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.

Theorem claim (p_i_gate : R) (rho : R) :
  (0 < p_i_gate)%R ->
  (p_i_gate < 1)%R ->
  (0 <= rho)%R ->
  (rho < 1)%R ->
  exists value : R -> R,
  (forall omega : R,
    (- 6 < omega)%R ->
    forall lam : R,
    lam = (exp omega / (1 + exp omega))%R ->
    is_positive (fun n => rho ^ n) /\
    (1 + exp omega <> 0)%R /\
    4 * (1 - rho) <> 0 /\
    sensitivity (fun n => rho ^ n) (fun t => unit p_i_gate (exp t / (1 + exp t))) omega (value omega)) /\
  (Rbar_locally p_infty) (fun omega => (- 6 < omega)%R) /\
  filterlim (fun omega => Cmod (value omega / (p_i_gate ^ 2 * (1 + rho) / (4 * (1 - rho)) * exp omega) - 1)) (Rbar_locally p_infty) (locally 0%R).
Proof.
  intros.
  exists (fun omega : R => (((-1) * ((exp omega) ^ 2) * (p_i_gate ^ 2) * ((-1) + ((-7) * ((exp omega) ^ 2)) + ((-6) * ((exp omega) ^ 3)) + ((-4) * (exp omega)) + ((-2) * ((exp omega) ^ 4)) + (((exp omega) ^ 2) * (rho ^ 2)) + ((-6) * rho * ((exp omega) ^ 2)) + ((-4) * rho * ((exp omega) ^ 3)) + ((-2) * (exp omega) * rho) + ((2) * ((exp omega) ^ 3) * (rho ^ 2)) + ((2) * ((exp omega) ^ 4) * (rho ^ 2)))) / ((((1) + ((2) * (exp omega))) ^ 3) * (((-1) + ((-1) * (exp omega)) + ((exp omega) * rho)) ^ 2)))%R).
  split; [|split].
  { intros. prepared. compared. field; sides. }
  { exists (0)%R; intros x X. repeat split; lra. }
  apply (ratio_tends _ _ _ (fun x => exp (- x)) (fun e => (((-4) * ((-1) + rho) * ((2) + (e ^ 4) + ((-2) * (rho ^ 2)) + ((4) * (e ^ 3)) + ((6) * e) + ((7) * (e ^ 2)) + ((-1) * (e ^ 2) * (rho ^ 2)) + ((-2) * e * (rho ^ 2)) + ((2) * rho * (e ^ 3)) + ((4) * e * rho) + ((6) * rho * (e ^ 2)))) / ((((2) + e) ^ 3) * (((1) + e + ((-1) * rho)) ^ 2) * ((1) + rho)))%R) (0)%R).
  { apply decays. }
  { exists (0)%R; intros x X. cbv beta. exponential x (/ exp (- x) ^ 1)%R. as_variable (- x)%R e. ratio_as (((-4) * ((-1) + rho) * ((2) + (e ^ 4) + ((-2) * (rho ^ 2)) + ((4) * (e ^ 3)) + ((6) * e) + ((7) * (e ^ 2)) + ((-1) * (e ^ 2) * (rho ^ 2)) + ((-2) * e * (rho ^ 2)) + ((2) * rho * (e ^ 3)) + ((4) * e * rho) + ((6) * rho * (e ^ 2)))) / ((((2) + e) ^ 3) * (((1) + e + ((-1) * rho)) ^ 2) * ((1) + rho)))%R. }
  { continuous_there. }
  value_there.
Qed.

Print Assumptions claim.
