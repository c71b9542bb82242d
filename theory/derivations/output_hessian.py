"""The Hessian of the output y = Re Σ b_i c_i h_i at zero residual (§4.2, App. C; claim D3).

The checks write λ_i = u_i + i v_i and differentiate y by u_i and v_i.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from theory import moments
from theory.algebra.conjugation import bar, polarised
from theory.algebra.vanishing import vanishes
from theory.derivations.checking.formal_series import E, Filter, FormalSeries, K, t
from theory.derivations.checking.step import Derivation, Step, equation
from theory.derivations.kernel import (
    INSIDE,
    MIXED_DERIVATIVE,
    STATIONARY,
    SUM,
    Check,
    differentiated,
    ending,
    geometric,
    kernel_steps,
    quotient_rule,
)  # fmt: skip
from theory.derivations.moments import REAL_INPUT
from theory.inputs import Input
from theory.symbols import alpha, beta_bar, lam1, lam2

ASSUMPTIONS = (
    "y is the sum of Re w_i h_i with w_i = b_i c_i; the loss is ½ E(y − y*)²",
    "the residual y − y* is 0, so that the Hessian's entries are E[y_p y_q]",
    "λ_i = u_i + i v_i; y_u1 = ∂y/∂u_1, and so on; s_i = ∂h_i/∂λ_i",
    STATIONARY,
    REAL_INPUT,
    INSIDE,
    SUM,
)

S = sp.Function("S")
_half = sp.Rational(1, 2)
_w1, _w2 = sp.symbols("w1 w2")
_cartesian = _u1, _v1, _u2, _v2 = sp.symbols("u1 v1 u2 v2", real=True)
_h1, _h2, _s1, _s2, _y_u1, _y_v1, _y_u2, _y_v2 = (
    sp.IndexedBase(name)[t] for name in ("h1", "h2", "s1", "s2", "y_u1", "y_v1", "y_u2", "y_v2")
)
_plain, _conjugated = _w1 * _w2 * S(lam1, lam2), _w1 * bar(_w2) * S(lam1, bar(lam2))


def derive_output_hessian(x: Input) -> Derivation:
    """The block of (λ_1, λ_2), those of the weights, and S for the input (claim D3).

    Raises:
        ValueError: the input is complex.

    """
    if not x.is_real:
        raise ValueError("the output's Hessian is derived for a real input")
    holds = _checked(x)
    steps = (
        *kernel_steps(x),
        *quotient_rule(x),
        equation(S(alpha, beta_bar), MIXED_DERIVATIVE, "Definition", "Call it S.", holds),
        *_moments(holds),
        *_block(_checked_cartesian(x)),
        *_weights(holds),
        *ending(x, S(lam1, lam2), moments.cross_sensitivity, holds),
    )
    return Derivation("The Hessian of the output", ASSUMPTIONS, steps)


def _moments(holds: Check) -> Iterator[Step]:
    why = "For real x, s_2 is the conjugate of the derivative with pole λ̄_2."
    yield equation(E(_s1 * _s2), S(lam1, lam2), "Moment of two derivatives", why, holds)
    why = "The kernel's own form."
    moment = E(_s1 * sp.conjugate(_s2))
    yield equation(moment, S(lam1, bar(lam2)), "With a conjugate", why, holds)


def _block(holds: Check) -> Iterator[Step]:
    """The block's entries, with rows u_1, v_1 and columns u_2, v_2."""
    why = "Re p Re q = ½ Re (pq + p q̄) for p = w_1 s_1 and q = w_2 s_2."
    total, difference = _plain + _conjugated, _conjugated - _plain
    real, imaginary = (
        (sp.re(e, evaluate=False), sp.im(e, evaluate=False)) for e in (total, difference)
    )
    entries = (
        (_y_u1 * _y_u2, real[0], "Real, real", why),
        (_y_u1 * _y_v2, imaginary[1], "Real, imaginary", "∂y/∂v_2 = −Im w_2 s_2."),
        (_y_v1 * _y_u2, -real[1], "Imaginary, real", "∂y/∂v_1 = −Im w_1 s_1."),
        (_y_v1 * _y_v2, imaginary[0], "Imaginary, imaginary", "Im p Im q = ½ Re (p q̄ − pq)."),
    )
    for product, value, rule, reason in entries:
        yield equation(E(product), _half * value, rule, reason, holds)


def _weights(holds: Check) -> Iterator[Step]:
    """What takes the place of w_1 w_2 S in a derivative by a weight."""
    derivative = sp.Derivative(K(lam1, beta_bar), beta_bar)
    slope = sp.Subs(derivative, (beta_bar,), (lam2,))
    why = "∂y/∂c_i is b_i h_i, of real part and imaginary part as before."
    yield equation(E(_h1 * _h2), K(lam1, lam2), "Two weights", why, holds)
    why = "In the block b_1 b_2 K or c_1 c_2 K, or b_1 w_2 times this, take the place of w_1 w_2 S."
    yield equation(E(_h1 * _s2), slope, "Weight and eigenvalue", why, holds)


def _checked(x: Input) -> Check:
    """A check of equations as power series in the poles."""
    poles = (lam1, lam2, bar(lam2), alpha, beta_bar)
    series = FormalSeries(x, poles, _filters(), 6)
    return lambda said: series.holds(_with_kernel(said))


def _checked_cartesian(x: Input) -> Check:
    """A check of equations as power series in the poles' real and imaginary parts."""
    series = FormalSeries(x, _cartesian, _filters(), 3)
    pole = {lam1: _u1 + sp.I * _v1, lam2: _u2 + sp.I * _v2}
    there = pole | {bar(z): sp.conjugate(value) for z, value in pole.items()}

    def holds(statement: sp.Basic) -> bool:
        said = _with_kernel(statement)
        difference = polarised(series.read(said.lhs)) - polarised(series.read(said.rhs))
        return vanishes(difference.subs(there, simultaneous=True), _cartesian, series.order)

    return holds


def _with_kernel(statement: sp.Basic) -> sp.Basic:
    """`statement` with S as the kernel's derivative."""
    return statement.replace(S, lambda u, v: sp.Subs(MIXED_DERIVATIVE, (alpha, beta_bar), (u, v)))


def _filters() -> dict[str, Filter]:
    """h_i and s_i, and the derivatives of y by u_i and v_i."""
    found: dict[str, Filter] = {}
    units = ((lam1, _w1, _u1, _v1), (lam2, _w2, _u2, _v2))
    for n, (pole, w, u, v) in enumerate(units, 1):
        found |= {f"h{n}": geometric(pole), f"s{n}": differentiated(pole, pole)}
        z = u + sp.I * v
        for by in (u, v):
            found[f"y_{by}"] = _real_part(w, z, by)
    return found


def _real_part(w: sp.Symbol, z: sp.Expr, by: sp.Symbol) -> Filter:
    def coefficient(i: int) -> sp.Expr:
        return sp.diff(w * z**i + bar(w) * sp.conjugate(z) ** i, by) / 2

    return Filter(coefficient)
