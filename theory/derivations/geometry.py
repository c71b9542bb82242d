"""The curvature of eigenvalue space in checked steps (see `theory.geometry`; claim G1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import sympy as sp
from sympy.core.function import AppliedUndef

from theory.algebra.conjugation import bar, conjugated, polarised
from theory.algebra.presentation import present, present_terms
from theory.algebra.vanishing import vanishes
from theory.derivations.checking.formal_series import E, Filter, FormalSeries, t
from theory.derivations.checking.step import Derivation, Step, equation
from theory.derivations.kernel import differentiated, geometric
from theory.derivations.moments import derive_sensitivity
from theory.geometry import (
    conformal_curvature,
    conformal_factor,
    gaussian_curvature,
    laplacian_of_log,
    total_curvature,
)
from theory.inputs import Input, StationaryInput, exponential, white
from theory.moments import second_moment
from theory.symbols import lam, nu, rho

_ORDER = 4  # the curvature is a quotient of products of three moments
_h, _r, _s = map(sp.IndexedBase, ("h", "r", "s"))
_A = sp.Symbol("A")
_M = sp.Function("M")(lam, bar(lam))
_kappa, _kappa_1 = sp.symbols("kappa kappa_1", real=True)


def derive_curvature(x: Input) -> Derivation:
    """The Gaussian curvature of E|γ dh|², γ = 1 and γ = 1/sqrt(E|h|²) held fixed (claim G1).

    It has a closed form for white input, ρ^Δ and constant input.
    """
    sensitivity = derive_sensitivity(x, lam)
    steps = (*sensitivity.steps, *_conformal(x), *_any_input(x), *_this_input(x))
    assumptions = (
        *sensitivity.assumptions,
        "r = ∂s/∂λ",
        "γ is held fixed: 1 for the curvature with index 1, 1/sqrt(E|h|²) for that without",
    )
    return Derivation("The curvature of eigenvalue space", assumptions, steps)


def _conformal(x: Input) -> Iterator[Step]:
    slope, slope_bar = sp.Derivative(_M, lam), sp.Derivative(_M, bar(lam))
    yield equation(
        _size(_s),
        sp.Derivative(_size(_h), lam, bar(lam)),
        "Conformal metric",
        "h is holomorphic in λ: E|γ dh|² is M |dλ|² with M = γ² E|s|², and for γ = 1 this M.",
        _Moments(x).holds,
    )
    yield equation(
        _kappa,
        -2 * (_M * sp.Derivative(_M, lam, bar(lam)) - slope * slope_bar) / _M**3,
        "Curvature",
        "Gauss: of M |dλ|² it is −2 ∂∂̄ log M / M. Brioschi's formula says the same.",
        _agrees_with_brioschi,
    )


def _any_input(x: Input) -> Iterator[Step]:
    holds = _Moments(x).holds
    yield equation(
        _size(_h) * _size(_s) - _modulus(_s, _h),
        _size(_s) ** 2 - _neighbours(_s),
        "State",
        "Both are ½ the sum of |z − z'|² |s|² |s'|² over frequencies z, z': so is ∂∂̄ log E|h|².",
        holds,
    )
    yield equation(
        _size(_s) * _size(_r) - _modulus(_r, _s),
        (_size(_r) ** 2 - _neighbours(_r)) / 4,
        "Sensitivity",
        "Likewise one eighth of the sum of |z − z'|² |r|² |r'|², for ∂∂̄ log E|s|².",
        holds,
    )
    yield Step(
        sp.Le(_neighbours(_r), _size(_r) ** 2, evaluate=False),
        "Sign",
        "Cauchy and Schwarz; equal for one frequency alone. The next line is never positive.",
        _exceeds_by_frequencies_apart,
    )
    yield equation(
        _kappa_1,
        -(_size(_r) ** 2 - _neighbours(_r)) / (2 * _size(_s) ** 3),
        "Any input, γ = 1",
        "Put M = E|s|² in.",
        holds,
    )
    yield equation(
        _kappa,
        _size(_h) * _kappa_1 + 2 * (_size(_s) ** 2 - _neighbours(_s)) / (_size(_h) * _size(_s)),
        "Any input, optimal γ",
        "Put M = E|s|²/E|h|² in.",
        holds,
    )


def _this_input(x: Input) -> Iterator[Step]:
    if not (isinstance(x, StationaryInput) and _is_first_order(x)):
        return
    holds, state = _Moments(x).holds, present(second_moment(x))
    plain = present(conformal_curvature(conformal_factor(x, sp.S.One)))
    factor = conformal_factor(x)
    optimal = present_terms(state * plain + 2 * present(laplacian_of_log(state) / factor))
    yield equation(_size(_h), state, "State's size", "The kernel at equal poles.", holds)
    yield equation(_kappa_1, plain, "Closed form, γ = 1", "Put E|s|² in.", holds)
    if plain == 0:
        coordinate = sp.log(1 - x.terms[0].ratio * lam)
        yield equation(
            _size(_s) / _size(_h),
            sp.Abs(sp.Derivative(coordinate, lam)) ** 2,
            "Flat",
            "In that logarithm w as coordinate the metric is |dw|²: a perfect parametrization.",
            lambda said: holds(sp.Eq(said.lhs, polarised(said.rhs.doit()), evaluate=False)),
        )
    else:
        signs = {_kappa: optimal, _kappa_1: plain}
        for curvature in (_kappa_1, _kappa):
            yield Step(
                sp.Lt(curvature, 0),
                "Negative",
                "For |λ| < 1, and 0 < ρ < 1: no coordinates make the metric constant, hence flat.",
                lambda said: is_negative((said.lts - said.gts).xreplace(signs)),
            )
    if x == white():
        optimal = present(optimal)
        yield from _total(factor)
    yield equation(_kappa, optimal, "Closed form, optimal γ", "Put E|h|² and E|s|² in.", holds)


def _total(factor: sp.Expr) -> Iterator[Step]:
    """The total curvature of a disc, and how far a net of unit sensitivities can reach."""
    total = total_curvature(factor)
    square = sp.Symbol("u", positive=True)
    reached = sp.together(total.subs({lam: square, bar(lam): 1}, simultaneous=True) + 2 * sp.pi)
    (largest,) = sp.solve(sp.numer(reached), square)
    density = _Moments(white()).curvature * _size(_s) / _size(_h)

    def integrates(said: sp.Basic) -> bool:
        slope = sp.Derivative(said.rhs / sp.pi, lam)
        return _Moments(white()).holds(sp.Eq(slope, bar(lam) * density, evaluate=False))

    yield equation(
        sp.Integral(_kappa, _A),
        total,
        "Total curvature",
        "Over the disc through λ around 0, A being the metric's own area: Gauss and Bonnet.",
        integrates,
    )
    yield equation(
        lam * bar(lam),
        largest,
        "Largest net",
        "There it is a full turn: by Hazzidakis no box with both sensitivities 1 covers the disc.",
        lambda said: sp.expand(sp.numer(reached).subs(square, said.rhs)) == 0,
    )


def _size(y: sp.IndexedBase) -> sp.Expr:
    return E(sp.Abs(y[t]) ** 2)


def _modulus(y: sp.IndexedBase, z: sp.IndexedBase) -> sp.Expr:
    return sp.Abs(E(y[t] * sp.conjugate(z[t]))) ** 2


def _neighbours(y: sp.IndexedBase) -> sp.Expr:
    return sp.Abs(E(y[t + 1] * sp.conjugate(y[t]))) ** 2


class _Moments:
    """A check of statements about h, s and r, and about the curvatures by their definition."""

    def __init__(self, x: Input):
        filters = {"h": geometric(lam), "s": differentiated(lam, lam)}
        filters["r"] = Filter(lambda i: sp.diff(lam**i, lam, 2))
        self.series = FormalSeries(x, (lam, bar(lam)), filters, _ORDER)
        self.curvature = _curvature(_size(_s) / _size(_h))

    def holds(self, said: sp.Basic) -> bool:
        defined = {_kappa: self.curvature, _kappa_1: _curvature(_size(_s))}
        lhs, rhs = (_without_moduli(side).xreplace(defined) for side in (said.lhs, said.rhs))
        return self.series.holds(sp.Eq(lhs, rhs, evaluate=False))


def _curvature(factor: sp.Expr) -> sp.Expr:
    """−2 ∂∂̄ log M / M for a quotient of moments, its derivatives left to the formal series."""
    logs = (
        n
        * (
            sp.Derivative(f, lam, bar(lam)) / f
            - sp.Derivative(f, lam) * sp.Derivative(f, bar(lam)) / f**2
        )
        for f, n in factor.as_powers_dict().items()
    )
    return -2 * sp.Add(*logs) / factor


def _without_moduli(expr: sp.Expr) -> sp.Expr:
    """An expression with |E[y z̄]|² as the product of two expectations."""
    return expr.replace(
        lambda f: isinstance(f, sp.Abs) and isinstance(f.args[0], AppliedUndef),
        lambda f: sp.sqrt(f.args[0] * E(sp.conjugate(f.args[0].args[0]))),
    )


def _agrees_with_brioschi(said: sp.Basic) -> bool:
    """Whether the curvature is Brioschi's, for an M with any derivatives up to second.

    It is compared at λ = 0, which is any point moved there.
    """
    degrees = [(i, j) for i in range(3) for j in range(3 - i)]
    jet = sp.Add(*(sp.Symbol(f"m{i}{j}") * lam**i * bar(lam) ** j for i, j in degrees))
    brioschi = gaussian_curvature(sp.diag(jet, jet))
    formula = said.rhs.subs(_M, jet).doit()
    return vanishes((brioschi - formula).subs({lam: 0, bar(lam): 0}))


def _exceeds_by_frequencies_apart(said: sp.Basic) -> bool:
    """Whether the gap is m_1 m_2 |r_1 r_2|² |z_1 − z_2|² for masses m_k at frequencies z_k.

    It is a quadratic form in the spectrum, so that two points of it settle the matter.
    """
    m, r, z = sp.symbols("m_1:3", real=True), sp.symbols("r_1:3"), sp.symbols("z_1:3")

    def at(k: int, moment: sp.Expr) -> sp.Expr:
        processes = {y: z[k] ** (y.indices[0] - t) * r[k] for y in moment.atoms(sp.Indexed)}
        return m[k] * polarised(moment.subs(processes))

    gap = _without_moduli(said.gts - said.lts).replace(E, lambda y: at(0, y) + at(1, y))
    expected = sp.Mul(*m, *r, *map(conjugated, r), z[0] - z[1], 1 / z[0] - 1 / z[1])
    return vanishes((gap - expected).xreplace({bar(point): 1 / point for point in z}))


def _is_first_order(x: StationaryInput) -> bool:
    """Whether x is white, or ρ^Δ with ρ the symbol or a number."""
    if x == white():
        return True
    ratio = x.terms[0].ratio if x.terms else None
    return ratio is not None and (ratio == rho or ratio.is_Rational) and x == exponential(ratio)


def is_negative(expr: sp.Expr) -> bool:
    """Whether a real rational function of λ, λ̄ and ρ is shown to be < 0 for |λ|, ρ in (0, 1)."""
    sign = sp.S.One
    for part in sp.fraction(sp.together(expr)):
        content, factors = sp.factor_list(part)
        sign *= sp.sign(content)
        powers = dict(factors)
        for f, n in factors:
            mirror = sp.expand(conjugated(f))
            if mirror == f:
                sign *= _sign(_in_polar(f)) ** n
            elif powers.get(mirror) != n:
                return False
    return bool(sign == -1)


def _in_polar(f: sp.Expr) -> sp.Expr:
    """A real polynomial in λ = ν e^{iθ} and λ̄, as one in ν and c = cos θ."""
    c = sp.Symbol("c", real=True)
    terms = sp.Poly(f, lam, bar(lam)).terms()
    return sp.Add(*(a * nu ** (i + j) * sp.chebyshevt(abs(i - j), c) for (i, j), a in terms))


def _sign(polynomial: sp.Expr) -> sp.Integer:
    """The sign of a polynomial, 1 or −1, where it is shown on the whole domain, else 0."""
    box = {s: (-1, 1) if s.name == "c" else (0, 1) for s in polynomial.free_symbols}
    sign = sp.sign(polynomial.subs({p: sp.Rational(sum(ends), 2) for p, ends in box.items()}))
    return sign if is_positive(sign * polynomial, box) else sp.S.Zero


def is_positive(polynomial: sp.Expr, box: Mapping[sp.Symbol, tuple[int, int]]) -> bool:
    """Whether no coefficient is negative in v > 0, where each p = (low + high v)/(1 + v).

    Then the polynomial is positive inside the box (Bernstein); the converse may fail.
    """
    if not box:
        return bool(polynomial > 0)
    v = sp.Dummy("v")
    coefficients = sp.Poly(polynomial, *box).as_dict()
    for axis, (low, high) in enumerate(box.values()):
        degree = max(monomial[axis] for monomial in coefficients)
        images = [
            sp.Poly((low + high * v) ** n * (1 + v) ** (degree - n), v).as_dict()
            for n in range(degree + 1)
        ]
        moved: Counter[tuple[int, ...]] = Counter()
        for monomial, a in coefficients.items():
            for (n,), b in images[monomial[axis]].items():
                moved[*monomial[:axis], n, *monomial[axis + 1 :]] += a * b
        coefficients = {monomial: a for monomial, a in moved.items() if a != 0}
    return bool(coefficients) and all(a > 0 for a in coefficients.values())
