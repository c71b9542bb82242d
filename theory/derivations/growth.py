"""The growth of the moments as |λ| → 1, every step checked (paper §2; claim A7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import sympy as sp

from theory.algebra.generating_functions import C
from theory.algebra.leading import LeadingTerm
from theory.algebra.phases import rationalised
from theory.algebra.presentation import present
from theory.algebra.taylor import epsilon
from theory.algebra.vanishing import vanishes
from theory.derivations.checking.formal_series import E, Filter, FormalSeries, t
from theory.derivations.checking.step import Derivation, Step, equation
from theory.derivations.kernel import Check, geometric, kernel_steps
from theory.derivations.moments import derive_second_moment, derive_sensitivity
from theory.growth import growth, moment_near_circle, spectral_density
from theory.inputs import ArbitraryInput, Input, StationaryInput, exponential, moving_average
from theory.symbols import lam, nu

_h, _s = map(sp.IndexedBase, ("h", "s"))
_STATE, _SENSITIVITY = (E(sp.Abs(y[t]) ** 2) for y in (_h, _s))


def derive_growth(x: Input, angle: sp.Expr = sp.S.Zero) -> Derivation:
    """Orders and constants of E|h|² and E|∂h/∂λ|² at λ = (1 − ε) e^{iθ}, ε → 0.

    Args:
        x: the input; see `theory.growth.growth` for what is assumed of an arbitrary one.
        angle: θ, a real number or symbol.

    """
    terms = growth(x, angle)
    state, sensitivity = derive_second_moment(x, lam), derive_sensitivity(x, lam)
    ratio = LeadingTerm(
        present(terms.sensitivity.coefficient / terms.state.coefficient),
        terms.sensitivity.order - terms.state.order,
    )

    def outgrows(statement: sp.Basic) -> bool:
        def quotient(u: Input) -> sp.Expr:
            return moment_near_circle(u, 1, angle) / moment_near_circle(u, 0, angle)

        return _all_tend(x, quotient, ratio.order, statement.rhs)

    steps = (
        *state.steps,
        *_leading_steps(x, 0, angle, terms.state),
        *sensitivity.steps[len(kernel_steps(x)) :],
        *_leading_steps(x, 1, angle, terms.sensitivity),
        limit(
            _SENSITIVITY / _STATE,
            ratio,
            "The curse",
            "The sensitivity outgrows the state, though no gradient through time exceeds 1.",
            outgrows,
        ),
    )
    place = "λ = 1 − ε" if angle == 0 else f"λ = (1 − ε) exp(i {angle})"
    assumptions = [*sensitivity.assumptions, f"{place} with ε → 0"]
    if isinstance(x, ArbitraryInput):
        assumptions.append("the spectral density there is positive, and C is smooth")
    return Derivation("Growth towards the unit circle", tuple(assumptions), steps)


def limit(lhs: sp.Expr, term: LeadingTerm, rule: str, why: str, check: Check) -> Step:
    """The step lhs ~ c ε^n, written as the limit of ε^{−n} lhs."""
    scaled = sp.Mul(epsilon ** (-term.order), lhs, evaluate=False) if term.order else lhs
    return equation(sp.Limit(scaled, epsilon, 0), term.coefficient, rule, why, check)


def instances(x: Input) -> tuple[StationaryInput, ...]:
    """The input itself; for an arbitrary one, inputs that a statement is tried on."""
    if isinstance(x, StationaryInput):
        return (x,)
    turn = sp.S.One if x.is_real else sp.Rational(3, 5) + sp.I * sp.Rational(4, 5)
    return (exponential(turn / 3), moving_average([1, turn / 2, -turn / 5]))


def instantiated(expr: sp.Expr, x: Input, instance: StationaryInput) -> sp.Expr:
    """A statement about an arbitrary input, said of one of its instances."""
    if isinstance(x, StationaryInput):
        return expr
    conjugate = instance.conjugate()
    values = {x.autocorrelation(0): instance.autocorrelation(0)}
    for f in expr.atoms(C):
        n, z = f.args
        w = sp.Dummy("w")
        source = conjugate if f.func.__name__ == "C_bar" else instance
        values[f] = sp.diff(source.generating_function(w), w, n).subs(w, z)
    return expr.xreplace(values)


def _leading_steps(x: Input, n: int, angle: sp.Expr, term: LeadingTerm) -> Iterator[Step]:
    pole = nu * sp.exp(sp.I * angle)
    filters = {"h": geometric(pole), "s": Filter(lambda i: i * pole ** max(i - 1, 0))}
    series, lhs = FormalSeries(x, (nu,), filters), (_STATE, _SENSITIVITY)[n]

    def as_series(statement: sp.Basic) -> bool:
        return series.holds(statement.subs(epsilon, 1 - nu))

    def tends(statement: sp.Basic) -> bool:
        expected = _expected(x, n, angle)
        agrees = expected is None or vanishes(statement.rhs - expected)
        return agrees and _all_tend(
            x, lambda u: moment_near_circle(u, n, angle), term.order, statement.rhs
        )

    moment = present(moment_near_circle(x, n, angle))
    yield equation(lhs, moment, "Near the circle", "Put λ in.", as_series)
    why = "The lowest powers of ε above and below."
    yield limit(lhs, term, "Leading term", why, tends)


def _expected(x: Input, n: int, angle: sp.Expr) -> sp.Expr | None:
    """The leading term's constant by the spectral density, where that is finite and not zero."""
    try:
        density = spectral_density(x, angle)
    except ValueError:
        return None
    return density / (2, 4)[n] if density != 0 else None


def _all_tend(
    x: Input, moment: Callable[[Input], sp.Expr], order: sp.Expr, constant: sp.Expr
) -> bool:
    return all(_tends(moment(u), order, instantiated(constant, x, u)) for u in instances(x))


def _tends(f: sp.Expr, order: sp.Expr, constant: sp.Expr) -> bool:
    """Whether ε^{−order} f − constant → 0: exactly in ε, at rational values of all else."""
    rational, _ = rationalised(f * epsilon ** (-order) - constant)
    others = sorted(rational.free_symbols - {epsilon}, key=sp.default_sort_key)
    point = {s: sp.Rational(2 * k + 3, 5 * k + 17) for k, s in enumerate(others)}
    numerator, denominator = sp.fraction(sp.cancel(rational.xreplace(point)))
    return bool(numerator.subs(epsilon, 0) == 0 and denominator.subs(epsilon, 0) != 0)
