"""Upper bounds for nonlinear recurrences h_t = λ φ(h_{t−1}) + x_t, which the paper leaves open.

Let φ(0) = 0, let φ be Lipschitz with constant 1, 0 ≤ λ < 1, and x stationary and real.

*Sensitivity.* |∂h_t| ≤ |φ(h_{t−1})| + λ |∂h_{t−1}|, so that ‖∂h‖ ≤ ‖φ(h)‖/(1 − λ), and |φ(h)| is at
most |h| and at most sup |φ|. Here ‖·‖² is E(·)².

*Second moment, any x.* |h_t| ≤ λ |h_{t−1}| + |x_t|, so that ‖h‖ ≤ ‖x‖/(1 − λ).

*Second moment, x a sum of independent AR(1) inputs xⁱ.* E[xⁱ_t | past] = ρ_i xⁱ_{t−1} with
0 ≤ ρ_i ≤ 1. Let S_i be the supremum of |E[ψ(h_t) xⁱ_t]| over ψ that have the Lipschitz constant 1
and depend on nothing else but the other inputs. With xⁱ_t left out of h_t = λ φ(h_{t−1}) + x_t
the expectation changes by R_i(0) at most; what is then left is a function of h_{t−1} with the
constant λ, whose expectation with xⁱ_t is ρ_i times that with xⁱ_{t−1}. Hence
S_i ≤ R_i(0) + λ ρ_i S_i, and E h² ≤ λ² E h² + 2 λ Σ ρ_i S_i + R(0), where all is solved by what
holds with equality for φ(h) = h: E h² is at most the linear one.

With the constant L, φ/L and λL are in the place of φ and λ.
"""

from __future__ import annotations

import sympy as sp

from theory.inputs import Input, StationaryInput
from theory.moments import second_moment
from theory.symbols import real_lam


def second_moment_bound(
    x: Input, eigenvalue: sp.Expr = real_lam, lipschitz: sp.Expr = sp.S.One
) -> sp.Expr:
    """An upper bound of E h² for h_t = λ φ(h_{t−1}) + x_t, whatever φ with φ(0) = 0.

    It is the linear recurrence's E h² where R is a mixture of ρ^Δ with numbers 0 ≤ ρ ≤ 1, and so
    attained; it is R(0)/(1 − λL)² for every other input.

    Args:
        x: the input, real-valued.
        eigenvalue: λ, with 0 ≤ λL < 1.
        lipschitz: φ's Lipschitz constant L.

    Examples:
        >>> from theory import present, second_moment_bound, white
        >>> present(second_moment_bound(white()))
        1/(1 - lambda**2)

    """
    effective = eigenvalue * lipschitz
    if _is_mixture_of_ar1(x):
        return second_moment(x, effective)
    return x.autocorrelation(0) / (1 - effective) ** 2


def sensitivity_bound(
    x: Input,
    eigenvalue: sp.Expr = real_lam,
    lipschitz: sp.Expr = sp.S.One,
    largest: sp.Expr = sp.oo,
) -> sp.Expr:
    """An upper bound of E(∂h/∂λ)² for h_t = λ φ(h_{t−1}) + x_t, whatever φ with φ(0) = 0.

    For L = 1 and mixtures of ρ^Δ it is one to two times the linear recurrence's sensitivity.

    Args:
        x: the input, real-valued.
        eigenvalue: λ, with 0 ≤ λL < 1.
        lipschitz: φ's Lipschitz constant L.
        largest: the supremum of |φ|.

    Examples:
        >>> from theory import present, sensitivity_bound, white
        >>> present(sensitivity_bound(white()))
        1/((1 - lambda)**2*(1 - lambda**2))

    """
    of_state = lipschitz**2 * second_moment_bound(x, eigenvalue, lipschitz)
    return sp.Min(largest**2, of_state) / (1 - eigenvalue * lipschitz) ** 2


def _is_mixture_of_ar1(x: Input) -> bool:
    return (
        isinstance(x, StationaryInput)
        and all(lag == 0 and weight.is_nonnegative for lag, weight in x.lags)
        and all(
            term.power == 0
            and term.coefficient.is_nonnegative
            and term.ratio.is_nonnegative
            and (1 - term.ratio).is_nonnegative
            for term in x.terms
        )
    )
