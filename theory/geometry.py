"""The geometry of eigenvalue space, and what it forbids a parametrization (beyond §3; claim G1).

Moving λ moves the state: E|γ dh|² is a metric on the disc, γ held fixed. As h is holomorphic
in λ the metric is M |dλ|², M = γ² E|s|² with s = ∂h/∂λ, of Gaussian curvature
κ = −2 ∂∂̄ log M / M. A parametrization is a chart; its sensitivities are the metric's entries.

Theorem 1 (sign). x is stationary, not 0; z = e^{−iφ} runs through its spectrum; r = ∂s/∂λ.
    γ = 1:          κ = −½ (R_r(0)² − |R_r(1)|²) / R_s(0)³ ≤ 0.
    γ² = 1/E|h|²:   κ < 0 wherever |λ| ≤ 1/3; beyond it, κ > 0 at λ for some input.
    γ² = 1 − |λ|²:  κ(0) > 0 iff |R(1)| > R(0) √3/2.
The first two are strict but for one tone, R(Δ) = R(0) e^{iφΔ}, where κ = 0: there λ(w) with
w = 1/(1 − λe^{−iφ}) if γ = 1, and w = log(1 − λe^{−iφ}) if γ is optimal, makes the metric |dw|².
    Proof. ∂∂̄ log E|s|² = 4 Var_P y and ∂∂̄ log E|h|² = Var_Q y for y = z/(1 − λz), where
    Q and P have the densities |1 − λz|^−2 and |1 − λz|^−4 in the spectrum. A variance is 0
    iff z is constant. dP/dQ ≥ (1 − |λ|)²/(1 + |λ|)², so 4 Var_P ≥ Var_Q up to |λ| = 1/3;
    tones e^{iφ} = ±λ/|λ|, the latter weak, show 1/3 sharp. y runs through a circle of radius
    1/(1 − |λ|²), so for γ² = 1 − |λ|² compare 4 Var_P with its square.

Theorem 2 (what no chart does). Say κ < 0 on the disc, as for white input, where
κ = −2 (3|λ|⁴ + 2|λ|² + 3)/(1 + |λ|²)³ with γ² = 1 − |λ|².
    a. The matrix of sensitivities is constant on no open set: it would be flat (Gauss).
    b. Coordinates (p, q) with both sensitivities 1, whatever the cross term, exist around
       every point (Chebyshev nets). None is periodic in q, as modulus and angle are: on a
       box ∫∫ κ dA = 2π − Σ angles (Hazzidakis), which over one period is 0.
    c. By the same formula |∫∫ κ dA| < 2π on a box of such (p, q): for white input no box
       covers |λ| ≤ ν once ν² ≥ (√17 − 3)/4. (Nets that fill no box escape this bound.)
    d. White input: no chart of the disc has its sensitivities, as a matrix, between two
       positive constants. On |λ| ≤ ν their ratio is at least `distortion_bound`, which grows
       like 1/(1 − ν) up to logarithms: paths from 0 put the chart's image in a Euclidean disc.
    One coordinate's sensitivity can be 1: the arc length `optimal_parameter_white`.

With γ = 1/sqrt(E|h|²) differentiated the metric is the normalised loss's Hessian at its
optimum, ∂∂̄ log E|h|² |dλ|² + Im(∂ log E|h|² dλ)². For white input the first part is the
hyperbolic plane, the whole has κ = −(3|λ|⁴ + 6|λ|² + 7)/(1 + |λ|²)²: a. holds again.
"""

from __future__ import annotations

import sympy as sp

from theory.algebra.conjugation import bar, conjugated, partial, polarised
from theory.algebra.presentation import present
from theory.inputs import Input, exponential, white
from theory.moments import kernel_derivative, moving, second_moment, sensitivity
from theory.parametrizations import optimal_parameter_white
from theory.symbols import lam, nu, real_lam, rho

Coordinates = tuple[sp.Expr, sp.Expr]
PLANE: Coordinates = (sp.re(lam), sp.im(lam))


def sensitivity_metric(
    x: Input,
    eigenvalue: sp.Expr = lam,
    wrt: Coordinates = PLANE,
    gamma: sp.Expr = sp.S.One,
    differentiate_gamma: bool = False,
) -> sp.Matrix:
    """g_ij = Re E[∂_i(γh) · conj ∂_j(γh)]; its diagonal holds the sensitivities.

    With γ's own dependence it is the Hessian of ½E|γh − γ*h*|² at the optimum (claim C3).

    Args:
        x: the input.
        eigenvalue: λ, an expression of the coordinates.
        wrt: two real symbols, or re(λ) and im(λ).
        gamma: the input normaliser γ.
        differentiate_gamma: whether γ's own dependence counts; held fixed otherwise.

    Examples:
        >>> from theory import readable, sensitivity_metric, white
        >>> readable(sensitivity_metric(white())[0, 0])
        -(Abs(lambda)**2 + 1)/(Abs(lambda)**2 - 1)**3

    """
    a, g = polarised(eigenvalue), polarised(gamma)
    tangents = [
        (_log_derivative(g, p) if differentiate_gamma else sp.S.Zero, partial(a, p)) for p in wrt
    ]

    def entry(i: int, j: int) -> sp.Expr:
        moment = sp.Add(
            *(
                u * conjugated(v) * kernel_derivative(x, k, m, a, conjugated(a))
                for k, u in enumerate(tangents[i])
                for m, v in enumerate(tangents[j])
            )
        )
        return sp.factor(g * conjugated(g) * (moment + conjugated(moment)) / 2)

    return sp.Matrix(2, 2, entry)


def _log_derivative(gamma: sp.Expr, wrt: sp.Expr) -> sp.Expr:
    """∂ log γ, factor by factor: rational where γ² is."""
    return sp.Add(*(n * partial(f, wrt) / f for f, n in gamma.as_powers_dict().items()))


def conformal_factor(x: Input, gamma: sp.Expr | None = None) -> sp.Expr:
    """M of the metric M |dλ|², γ held fixed and by default the optimal one, 1/sqrt(E|h|²).

    Examples:
        >>> from theory import conformal_factor, readable, white
        >>> readable(conformal_factor(white()))
        (Abs(lambda)**2 + 1)/(1 - Abs(lambda)**2)**2

    """
    if gamma is None:
        return present(sensitivity(x) / second_moment(x))
    return present(sensitivity(x, gamma=gamma))


def laplacian_of_log(factor: sp.Expr) -> sp.Expr:
    """∂∂̄ log M, a quarter of the Laplacian; summed over M's factors: holomorphic ones drop out."""
    z, z_bar = lam, bar(lam)
    return sp.Add(
        *(
            n * (f * sp.diff(f, z, z_bar) - sp.diff(f, z) * sp.diff(f, z_bar)) / f**2
            for f, n in factor.as_powers_dict().items()
        )
    )


def conformal_curvature(factor: sp.Expr) -> sp.Expr:
    """The Gaussian curvature −2 ∂∂̄ log M / M of M |dλ|², M > 0 polarised.

    Examples:
        >>> from theory import conformal_curvature, readable
        >>> from theory.algebra.conjugation import bar
        >>> from theory.symbols import lam
        >>> conformal_curvature(4 / (1 - lam * bar(lam)) ** 2)
        -1

    """
    return -2 * laplacian_of_log(factor) / factor


def gaussian_curvature(metric: sp.Matrix, wrt: Coordinates = PLANE) -> sp.Expr:
    """Brioschi's formula: the curvature of E dp² + 2F dp dq + G dq², by nothing but E, F, G.

    Args:
        metric: [[E, F], [F, G]], polarised.
        wrt: (p, q), two real symbols, or re(λ) and im(λ).

    Examples:
        >>> import sympy as sp
        >>> from theory import gaussian_curvature
        >>> x, y = sp.symbols("x y", positive=True)
        >>> gaussian_curvature(sp.eye(2) / y**2, (x, y))
        -1

    """
    p, q = wrt
    E, F, G = metric[0, 0], metric[0, 1], metric[1, 1]
    E_p, F_p, G_p = (partial(entry, p) for entry in (E, F, G))
    E_q, F_q, G_q = (partial(entry, q) for entry in (E, F, G))
    corner = partial(F_p, q) - (partial(E_q, q) + partial(G_p, p)) / 2
    first = _determinant((corner, E_p / 2, F_p - E_q / 2), (F_q - G_p / 2, E, F), (G_q / 2, F, G))
    second = _determinant((sp.S.Zero, E_q / 2, G_p / 2), (E_q / 2, E, F), (G_p / 2, F, G))
    return (first - second) / (E * G - F**2) ** 2


def curvature(
    x: Input,
    eigenvalue: sp.Expr = lam,
    wrt: Coordinates = PLANE,
    gamma: sp.Expr = sp.S.One,
    differentiate_gamma: bool = False,
) -> sp.Expr:
    """The Gaussian curvature of `sensitivity_metric`, whose arguments these are (claim G1).

    The input is the same everywhere, even where R is an expression of the coordinates.
    """
    is_plain = (eigenvalue, wrt) == (lam, PLANE) and lam not in x.autocorrelation().free_symbols
    if is_plain and not differentiate_gamma:
        return conformal_curvature(conformal_factor(x, gamma))  # much shorter
    moves = moving(wrt)
    moved, by, factor = (sp.sympify(part).xreplace(moves) for part in (eigenvalue, wrt, gamma))
    metric = sensitivity_metric(x, moved, tuple(by), factor, differentiate_gamma)
    fixed = {s: own for own, s in moves.items()}
    fixed |= {bar(s): bar(own) for s, own in fixed.items()}
    return gaussian_curvature(metric, tuple(by)).xreplace(fixed)


Row = tuple[sp.Expr, sp.Expr, sp.Expr]


def _determinant(a: Row, b: Row, c: Row) -> sp.Expr:
    """The triple product, not multiplied out as SymPy's own would be."""
    minors = (b[1] * c[2] - b[2] * c[1], b[2] * c[0] - b[0] * c[2], b[0] * c[1] - b[1] * c[0])
    return sp.Add(*(entry * minor for entry, minor in zip(a, minors, strict=True)))


def total_curvature(factor: sp.Expr) -> sp.Expr:
    """∫∫ κ dA over the disc through λ around 0: −2π λ ∂_λ log M (Gauss–Bonnet).

    Raises:
        ValueError: M depends on more than |λ|.

    Examples:
        >>> from theory import readable, total_curvature
        >>> from theory.algebra.conjugation import bar
        >>> from theory.symbols import lam
        >>> readable(total_curvature(4 / (1 - lam * bar(lam)) ** 2))
        -4*pi*Abs(lambda)**2/(1 - Abs(lambda)**2)

    """
    _require_radial(factor)
    return present(-2 * sp.pi * lam * sp.diff(factor, lam) / factor)


def area(factor: sp.Expr, radius: sp.Expr = nu) -> sp.Expr:
    """∫∫ M over |λ| ≤ radius, for an M that is a rational function of |λ|².

    Raises:
        ValueError: M depends on more than |λ|.

    """
    _require_radial(factor)
    rest = sp.Symbol("v", positive=True)  # 1 − |λ|², so that the logarithms are real
    density = sp.apart(factor.subs({lam: 1 - rest, bar(lam): 1}, simultaneous=True), rest)
    primitive = sp.integrate(density, rest)
    return sp.pi * (primitive.subs(rest, 1) - primitive.subs(rest, 1 - radius**2))


def distortion_bound(modulus: sp.Expr = nu) -> sp.Expr:
    """A lower bound of max/min of the sensitivity matrix's eigenvalues over |λ| ≤ ν, in any chart.

    The input is white, γ² = 1 − |λ|². If c ≤ g ≤ C, the disc's chart lies within ω(ν)/sqrt(c) of
    the origin's, so that its area is at most C π ω(ν)²/c: C/c ≥ area/(π ω(ν)²).

    Examples:
        >>> from theory import distortion_bound
        >>> distortion_bound(0.99).evalf(4)
        8.402

    """
    factor = conformal_factor(white())
    return area(factor, modulus) / (sp.pi * optimal_parameter_white(modulus) ** 2)


def critical_correlation() -> tuple[sp.Expr, sp.Expr]:
    """The (ρ, λ) where κ first reaches 0 for R = ρ^Δ, γ² = 1 − |λ|²: beyond this ρ it is positive.

    On the real diameter, where κ first does, its sign is that of m² − ¾ for the mean
    m = (1 − λ²)(log E s²)'/4 − λ of (z − λ)/(1 − λz) under P; m' = 0 gives λ² as a rational
    function of p = ρλ, and m² = ¾ then an equation for p.

    Examples:
        >>> from theory import critical_correlation
        >>> [value.evalf(6) for value in critical_correlation()]
        [0.837509, 0.218354]

    """
    moment = sensitivity(exponential(), real_lam, real_lam)
    m = present((1 - real_lam**2) * sp.diff(moment, real_lam) / moment / 4 - real_lam)
    p, square = sp.symbols("p u", positive=True)

    def numerator(expr: sp.Expr) -> sp.Expr:
        there = expr.subs(rho, p / real_lam).subs(real_lam, sp.sqrt(square))
        return sp.numer(sp.together(there))

    _, slopes = sp.factor_list(numerator(sp.diff(m, real_lam)))
    turning = max((f for f, _ in slopes), key=lambda f: sp.degree(f, p))
    (solution,) = sp.solve(turning, square)
    level = sp.numer(
        sp.cancel(sp.together(numerator(m**2 - sp.Rational(3, 4)).subs(square, solution)))
    )
    _, factors = sp.factor_list(level)
    where = max((f for f, _ in factors), key=lambda f: sp.degree(f, p))
    root = min(sp.Poly(where, p).real_roots())
    at_root = solution.subs(p, root)
    return root / sp.sqrt(at_root), sp.sqrt(at_root)


def _require_radial(factor: sp.Expr) -> None:
    turned = lam * sp.diff(factor, lam) - bar(lam) * sp.diff(factor, bar(lam))
    if sp.expand(sp.numer(sp.together(turned))) != 0:
        raise ValueError(f"{factor} depends on more than |λ|")
