"""What is optimal: γ that fixes the state's size, λ(ω) that then fixes the sensitivity's (§3)."""

from __future__ import annotations

import sympy as sp

from theory.algebra.conjugation import conjugated, polarised
from theory.algebra.presentation import present
from theory.inputs import Input
from theory.moments import second_moment, sensitivity
from theory.symbols import omega, real_lam


def optimal_gamma(x: Input, eigenvalue: sp.Expr = real_lam) -> sp.Expr:
    """γ = 1/sqrt(E|h|²), so that E|γh|² = 1 for every λ (paper §3; claim B5).

    Examples:
        >>> from theory import optimal_gamma, white
        >>> from theory.symbols import real_lam
        >>> optimal_gamma(white(), real_lam)
        sqrt(1 - lambda**2)

    """
    return _root(1 / present(second_moment(x, eigenvalue)))


def optimality_condition(
    x: Input, eigenvalue: sp.Symbol = real_lam, gamma: sp.Expr | None = None
) -> sp.Equality:
    """λ'(ω) = 1/sqrt(|γ|² E|∂h/∂λ|²): then E|∂(γh)/∂ω|² = 1, γ held fixed (paper §3).

    Args:
        x: the input.
        eigenvalue: the symbol for λ, real, or complex where its modulus alone is trained.
        gamma: the normaliser in use; by default the optimal one.

    Returns:
        A differential equation for λ(ω), its right side a function of λ.

    Examples:
        >>> from theory import optimality_condition, white
        >>> from theory.symbols import real_lam
        >>> optimality_condition(white(), real_lam).rhs
        (1 - lambda**2)/sqrt(lambda**2 + 1)

    """
    s = sensitivity(x, eigenvalue, eigenvalue)
    if gamma is None:
        squared = second_moment(x, eigenvalue) / s
    else:
        g = polarised(gamma)
        squared = 1 / (g * conjugated(g) * s)
    slope = sp.Derivative(sp.Function(eigenvalue.name)(omega), omega)
    return sp.Eq(slope, _root(present(squared)), evaluate=False)


def optimal_parameter_white(eigenvalue: sp.Symbol = real_lam) -> sp.Expr:
    """ω(λ) = √2 artanh(√2 λ/√(1+λ²)) − arsinh λ: solves the condition for white input, |λ| < 1.

    Examples:
        >>> from theory import optimal_parameter_white
        >>> from theory.symbols import real_lam
        >>> optimal_parameter_white(real_lam)
        -asinh(lambda) + sqrt(2)*atanh(sqrt(2)*lambda/sqrt(lambda**2 + 1))

    """
    root = sp.sqrt(1 + eigenvalue**2)
    return sp.sqrt(2) * sp.atanh(sp.sqrt(2) * eigenvalue / root) - sp.asinh(eigenvalue)


def _root(moment: sp.Expr) -> sp.Expr:
    """The root of a quotient of second moments, even powers taken out.

    A second moment is positive and finite on the whole domain, so that none of its factors
    changes sign there: one that is positive at λ = 0 is positive.
    """
    outside, inside = [], []
    for f, n in moment.as_powers_dict().items():
        at_zero = f.subs(dict.fromkeys(f.free_symbols, 0))
        if n.is_Integer and n % 2 == 0 and at_zero.is_positive:
            outside.append(f ** (n / 2))
        else:
            inside.append(f**n)
    return sp.Mul(*outside) * sp.sqrt(sp.Mul(*inside))
