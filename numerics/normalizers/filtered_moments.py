"""E|h|² and E|∂h/∂λ|² for ρ^Δ through a moving average B, as sums of squares.

The input is noise through C(ζ) = gB(ζ)/(1 − zζ), g² = 1 − |z|², and the state that noise through
C(ζ)/(1 − λζ). In the orthonormal functions with their first pole at 1/λ, and α = λ̄,

    E|h|²     = |C(α)|²/(1 − |λ|²) + ‖C₁‖²
    E|∂h/∂λ|² = |C(α)|²/(1 − |λ|²)³ + |C₁(α) + λC(α)/(1 − |λ|²)|²/(1 − |λ|²) + ‖C₂‖²

where Cₖ₊₁(ζ) = (Cₖ(ζ) − Cₖ(α))/(ζ − α): nothing cancels where B vanishes at λ. Each Cₖ is again a
polynomial over 1 − zζ, whose norm has the same form with its pole at 1/z. Arrays may be NumPy's,
Torch's or JAX's.
"""

from __future__ import annotations

from typing import Any

Values = Any  # arrays of complex numbers, or real ones where they are named so


def filtered_second_moment(
    b: list[Values], at_lam: Values, z: Values, alpha: Values, away: Values,
    one_minus_abs2_z: Values, one_minus_abs2_lam: Values,
) -> Values:  # fmt: skip
    """E|h|² without a normaliser.

    Args:
        b: the weights of B, any shape that broadcasts.
        at_lam: B(λ̄), any shape.
        z: the ratio of the term z^Δ, any shape.
        alpha: λ̄, any shape.
        away: 1 − zλ̄, any shape.
        one_minus_abs2_z: 1 − |z|², real, any shape.
        one_minus_abs2_lam: 1 − |λ|², real, any shape.

    Returns:
        E|h|², of the shape to which they broadcast.

    """
    rest = _squared_norm(_divided(b, z, alpha, away), z, one_minus_abs2_z)
    return (one_minus_abs2_z * _abs2(at_lam) / one_minus_abs2_lam + rest) / _abs2(away)


def filtered_sensitivity(
    b: list[Values], at_lam: Values, z: Values, alpha: Values, away: Values,
    one_minus_abs2_z: Values, one_minus_abs2_lam: Values,
) -> Values:  # fmt: skip
    """E|∂h/∂λ|² without a normaliser.

    Args:
        b: the weights of B, any shape that broadcasts.
        at_lam: B(λ̄), any shape.
        z: the ratio of the term z^Δ, any shape.
        alpha: λ̄, any shape.
        away: 1 − zλ̄, any shape.
        one_minus_abs2_z: 1 − |z|², real, any shape.
        one_minus_abs2_lam: 1 − |λ|², real, any shape.

    Returns:
        E|∂h/∂λ|², of the shape to which they broadcast.

    """
    first = _divided(b, z, alpha, away)
    second = _divided(first, z, alpha, away)
    rest = _squared_norm(second, z, one_minus_abs2_z)
    value = at_lam * away / one_minus_abs2_lam
    slope = _from_the_end(first, alpha)[0] + alpha.conj() * value
    of_pole = (_abs2(value) + _abs2(slope)) * one_minus_abs2_z / one_minus_abs2_lam
    return (of_pole + rest) / _abs2(away) ** 2


def _divided(p: list[Values], z: Values, alpha: Values, away: Values) -> list[Values]:
    """The weights of [p(ζ)(1 − zα) − p(α)(1 − zζ)]/(ζ − α), whose degree is 1 less, if not 0."""
    quotient = _from_the_end(p, alpha)[1:]
    if not quotient:
        return [z * p[0]]
    return [quotient[0] + z * p[0], *(away * q for q in quotient[1:])]


def _squared_norm(p: list[Values], z: Values, one_minus_abs2_z: Values) -> Values:
    """‖gp(ζ)/(1 − zζ)‖², the sum of the squared coefficients of its series."""
    first, *others = map(_abs2, _from_the_end(p, z.conj()))
    return first + one_minus_abs2_z * sum(others)


def _from_the_end(p: list[Values], at: Values) -> list[Values]:
    """Horner's sums p_k + p_{k+1}·at + …: the value of p, and the weights of its quotient."""
    sums = [p[-1]]
    for weight in reversed(p[:-1]):
        sums.append(weight + at * sums[-1])
    return sums[::-1]


def _abs2(values: Values) -> Values:
    return (values * values.conj()).real
