"""How far `Optimal`'s ω(λ) is off, by ball arithmetic.

dω/du, u = log((1 + λ)/(1 − λ)), has the square (1 − λ²)²/4 · E|∂h/∂λ|²/E|h|², a rational function
of λ whose zeros and poles are enclosed. Where an ellipse around a panel of u has none of them,
dω/du is analytic there, and Gauss and Legendre's rule with n nodes is off by at most

    64/15 · M r^(2−2n)/(1 − r^−2)

times half the panel, M ≥ |dω/du| on the ellipse with the foci of the panel and the sum r of its
semiaxes in halves of the panel (Trefethen, Approximation Theory and Approximation Practice,
theorem 19.3). The same ellipse serves for a panel's parts from its start on.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import flint
from flint import acb, arb, fmpq, fmpq_poly

from numerics.normalizers.optimal import (
    LAST,
    NODES,
    PANEL,
    Optimal,
    fraction_of,
    with_rational_angles,
)

if TYPE_CHECKING:
    import sympy as sp

    from theory.inputs import StationaryInput

BITS = 256
ELLIPSES = (8.0, 5.0, 3.5, 2.5, 2.0)  # r, from the one that says most on
BOXES = 12  # to a side of an ellipse


@dataclass(frozen=True)
class OmegaError:
    """Bounds on what Gauss and Legendre's rule, and rounding, do to ω.

    Attributes:
        table: on |ω| at the panels' ends, as they are kept.
        rule: on the rule within a panel, which comes to that of its start.

    """

    table: float
    rule: float

    @property
    def total(self) -> float:
        """The bound on ω(λ), but for the last roundings within a panel."""
        return self.table + self.rule


def omega_error(x: StationaryInput) -> OmegaError:
    """Bounds on the error of ω(λ) by `Optimal(x)`, for |λ| up to 1 − 2e^−40.

    Args:
        x: the input, without free parameters; of an angle φ, e^{iφ} is taken to 40 digits.

    Raises:
        ValueError: if dω/du is not seen to be analytic around a panel.

    Examples:
        >>> from numerics.normalizers.certified import omega_error
        >>> from theory import white
        >>> omega_error(white()).total < 1e-12
        True

    """
    kept = Optimal(x)
    before, flint.ctx.prec = flint.ctx.prec, BITS
    try:
        slope = _Slope.of(x)
        half = arb(PANEL) / 2
        rule = [arb.legendre_p_root(NODES, k, weight=True) for k in range(NODES)]
        omega, table, worst = arb(0), 0.0, 0.0
        for away in (1, -1):
            omega = arb(0)
            for panel in range(round(LAST / PANEL)):
                centre = away * PANEL * (panel + arb(1) / 2)
                off = _bound(slope, centre, half)
                found = sum(
                    (w * slope.value(acb(centre + half * node)).real for node, w in rule), arb(0)
                )
                omega += away * half * found + arb(0, off)
                place = round(LAST / PANEL) + away * (panel + 1)
                error = abs(omega - arb(float(kept._omega[place])))
                table, worst = max(table, float(error.upper())), max(worst, off)
        return OmegaError(table, worst)
    finally:
        flint.ctx.prec = before


@dataclass(frozen=True)
class _Slope:
    """(dω/du)² = constant · (1 − λ)^end₁ (1 + λ)^end₂ Π (λ − z)^m."""

    constant: arb
    ends: tuple[int, int]
    places: Sequence[tuple[acb, int]]

    @classmethod
    def of(cls, x: StationaryInput) -> _Slope:
        """The slope for an input."""
        from theory.moments import second_moment, sensitivity
        from theory.symbols import real_lam

        x = with_rational_angles(x)
        state = fraction_of(second_moment(x, real_lam))
        ratio = fraction_of(sensitivity(x, real_lam, real_lam)) / state
        # of numerator and denominator the leading coefficients have one phase
        leading = ratio.numer.LC / ratio.denom.LC
        constant, ends, places = arb(fmpq(leading.x.numerator, leading.x.denominator)), [2, 2], []
        for polynomial, sign in ((ratio.numer, 1), (ratio.denom, -1)):
            left = _real(polynomial)
            for place, end in enumerate((fmpq_poly([1, -1]), fmpq_poly([1, 1]))):
                while left.degree() and divmod(left, end)[1] == fmpq_poly():
                    left //= end
                    ends[place] += sign
            if left.degree():
                roots: list[Any] = left.complex_roots()
                places += [(z, sign * m) for z, m in roots]
        found = cls(constant / 4, (ends[0], ends[1]), places)
        # 1 − λ has the leading coefficient −1; a square is positive
        return found if found._square(acb(0)).real > 0 else replace(found, constant=-constant / 4)

    def value(self, u: acb) -> acb:
        """dω/du, the root that is positive for real u."""
        return self._square(u).sqrt()

    def is_analytic(self, u: acb) -> bool:
        """Whether the square has no zero and no pole in a box, seen in balls."""
        near, far, factors = self._factors(u)
        return all(f.is_finite() and f.abs_lower() > 0 for f, _ in (near, far, *factors))

    def size(self, u: acb) -> float:
        """A bound on |dω/du| in a box."""
        return math.sqrt(float(self._square(u).abs_upper())) * (1 + 1e-12)

    def _square(self, u: acb) -> acb:
        near, far, factors = self._factors(u)
        total = self.constant * near[0] ** near[1] * far[0] ** far[1]
        for factor, power in factors:
            total *= factor**power
        return total

    def _factors(self, u: acb) -> tuple[tuple[acb, int], tuple[acb, int], list[tuple[acb, int]]]:
        """1 ∓ λ from the nearer end of the diameter, and λ − z for each other place."""
        sign = -1 if u.real.mid() > 0 else 1
        o = 2 / (1 + (-sign * u).exp())  # 1 + sign·λ
        near, far = (o, self.ends[sign > 0]), (2 - o, self.ends[sign < 0])
        return near, far, [(sign * (o - 1 - sign * z), m) for z, m in self.places]


def _real(polynomial: sp.polys.rings.PolyElement) -> fmpq_poly:
    """A polynomial over Q(i) with real coefficients but for one factor, without that."""
    leading = polynomial.LC
    monic = {degree: (c / leading) for (degree,), c in polynomial.terms()}
    coefficients = [monic.get(k) for k in range(max(monic) + 1)]
    return fmpq_poly(
        [fmpq(int(c.x.numerator), int(c.x.denominator)) if c else 0 for c in coefficients]
    )


def _bound(slope: _Slope, centre: arb, half: arb) -> float:
    """A bound on the rule's error in a panel."""
    for r in ELLIPSES:
        boxes = list(_boxes(centre, half, r))
        if all(map(slope.is_analytic, boxes)):
            largest = max(map(slope.size, boxes))
            decay = r ** (2 - 2 * NODES) / (1 - r**-2)
            return 64 / 15 * largest * decay * float(half.upper()) * (1 + 1e-12)
    raise ValueError(f"dω/du is not seen to be analytic around u = {float(centre.mid())}")


def _boxes(centre: arb, half: arb, r: float) -> Iterator[acb]:
    """Boxes that cover the ellipse around a panel, of which the upper half is enough."""
    width, height = (half * (r + s / r) / 2 for s in (1, -1))
    for i in range(BOXES):
        for k in range(BOXES // 2):
            x = centre + width * (2 * i + 1 - BOXES) / BOXES
            y = height * (2 * k + 1) / BOXES
            # a little larger than they have to be, as their places are rounded
            yield acb(
                *(arb(v.mid(), side * 1.001 / BOXES) for v, side in ((x, width), (y, height)))
            )
