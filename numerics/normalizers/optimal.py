"""The eigenvalue λ(ω) whose sensitivity is 1 everywhere, for any stationary input (claim B5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from numerics.normalizers.derived import from_the_circle
from numerics.normalizers.double_precision import DoublePrecision, wide
from numerics.normalizers.eigenvalues import Eigenvalue, EigenvalueMap, inside

if TYPE_CHECKING:
    import sympy as sp

    from theory.inputs import StationaryInput

Moments = list[Callable[[Tensor], Tensor]]
DIGITS = 20
ANGLE_DIGITS = 40  # squares of these decide how near the circle the moments are right

PANEL = 0.5  # of u = log((1 + λ)/(1 − λ))
LAST = 40.0  # 1 − λ = 2 e^{−40}, below which λ(ω) is a pure exponential to rounding
NODES = 16  # per panel


class Optimal(DoublePrecision, EigenvalueMap):
    """Real λ(ω), λ(0) = 0 and dλ/dω = 1/sqrt(γ² E|∂h/∂λ|²) with γ² = 1/E|h|².

    ω(λ) is integrated by Gauss and Legendre's rule in u = log((1 + λ)/(1 − λ)), in which the
    integrand is smooth and bounded, and inverted by Newton's method. Its last two steps are
    differentiated: that makes three derivatives exact. How far ω(λ) is off at most, says
    `numerics.normalizers.certified.omega_error`.

    Where the input has no power at an end of the spectrum, ω ends there, too: beyond, λ stays
    where it is, 1 or −1 but for rounding, with a derivative of 0.

    Args:
        x: the input, without free parameters (ValueError otherwise).

    Examples:
        >>> import torch
        >>> from numerics.normalizers import Optimal
        >>> from theory import white
        >>> lam = Optimal(white())
        >>> lam.right_inverse(torch.tensor([0.9, 0.99, 0.999]))
        tensor([1.7266, 3.3552, 4.9834])

    """

    _u: Tensor
    _omega: Tensor
    _nodes: Tensor
    _weights: Tensor

    def __init__(self, x: StationaryInput) -> None:
        from theory.moments import second_moment, sensitivity
        from theory.symbols import real_lam

        super().__init__()
        x = with_rational_angles(x)
        moments = second_moment(x, real_lam), sensitivity(x, real_lam, real_lam)
        self._ends: list[Moments] = [[_from_the_circle(m, end) for m in moments] for end in (1, -1)]
        nodes, weights = map(torch.from_numpy, np.polynomial.legendre.leggauss(NODES))
        self.register_buffer("_nodes", nodes, persistent=False)
        self.register_buffer("_weights", weights, persistent=False)
        u = torch.arange(-LAST, LAST + PANEL, PANEL, dtype=torch.float64)
        omega = torch.cat([u.new_zeros(1), self._integral(u[:-1], u[1:]).cumsum(0)])
        self.register_buffer("_u", u, persistent=False)
        self.register_buffer("_omega", omega - omega[u == 0], persistent=False)

    def eigenvalue(self, *parameters: Tensor) -> Eigenvalue:
        """λ(ω), for ω any real number, of any shape."""
        u = self._u_at(*wide(*parameters))
        return inside(2 * torch.sigmoid(-u), 2 * torch.sigmoid(u), parameters[0].dtype)

    def omega(self, lam: Eigenvalue) -> Tensor:
        """ω at a real λ.

        Args:
            lam: λ, any shape.

        Returns:
            ω, of the same shape, float64.

        """
        u = torch.log(lam.one_plus / lam.one_minus)
        start = self._panel(u, self._u)
        return _at(self._omega, start) + self._integral(_at(self._u, start), u)

    def right_inverse(self, lam: Tensor) -> Tensor:
        """ω in λ's precision."""
        return self.omega(Eigenvalue.of(lam)).to(lam.dtype)

    def _u_at(self, omega: Tensor) -> Tensor:
        panel = self._panel(omega, self._omega)
        low, known = _at(self._u, panel), _at(self._omega, panel)

        def newton(u: Tensor) -> Tensor:
            return u - (known + self._integral(low, u) - omega) / self._slope(u)

        with torch.no_grad():
            u = low + (omega - known) / self._slope(low)
            for _ in range(6):
                u = newton(u)
        return newton(newton(u))

    def _panel(self, values: Tensor, table: Tensor) -> Tensor:
        """The panel whose start is the last one below each value; the first one before them all."""
        return (torch.searchsorted(table, values.detach(), right=True) - 1).clamp(0)

    def _integral(self, start: Tensor, end: Tensor) -> Tensor:
        """∫ (dω/du) du from `start` to `end`."""
        half = ((end - start) / 2).unsqueeze(-1)
        slope = self._slope(start.unsqueeze(-1) + half * (1 + self._nodes))
        return (half * slope * self._weights).sum(-1)

    def _slope(self, u: Tensor) -> Tensor:
        """dω/du = sqrt(E|∂h/∂λ|²/E|h|²) dλ/du, from the nearer end of the diameter."""
        above, below = (
            self._ratio(2 * torch.sigmoid(-side.clamp(0, LAST)), end)
            for side, end in zip((u, -u), self._ends, strict=True)
        )
        return torch.where(u > 0, above, below)

    def _ratio(self, o: Tensor, moments: Moments) -> Tensor:
        """dω/du from o = 1 ∓ λ and the moments of state and sensitivity."""
        state, slope = (moment(o) for moment in moments)
        return o * (2 - o) / 2 * torch.sqrt((slope / state).real)


def with_rational_angles(x: StationaryInput) -> StationaryInput:
    """The input with each e^{iφ} a rational complex number to ANGLE_DIGITS.

    Exact algebra with e^{iφ}, which is no algebraic number, takes hours.
    """
    import sympy as sp

    def rational(ratio: sp.Expr) -> sp.Expr:
        if ratio.free_symbols or ratio.is_Rational:
            return ratio
        parts = ratio.evalf(ANGLE_DIGITS).as_real_imag()
        return sp.Rational(str(parts[0])) + sp.I * sp.Rational(str(parts[1]))

    return replace(x, terms=tuple(replace(t, ratio=rational(t.ratio)) for t in x.terms))


@lru_cache(maxsize=32)
def fraction_of(moment: sp.Expr) -> sp.polys.fields.FracElement:
    """A real rational function of λ over Q(i), without common factors; it may take seconds."""
    import sympy as sp

    from theory.symbols import real_lam

    return sp.QQ_I.frac_field(real_lam).from_sympy(moment)


def _in_lowest_terms(moment: sp.Expr) -> sp.Expr:
    """A real rational function of λ over Q(i), as powers without common factors."""
    import sympy as sp

    from theory.symbols import real_lam

    if moment.free_symbols != {real_lam}:  # constant, or an input with parameters
        return moment
    fraction = fraction_of(moment)
    leading = fraction.denom.LC

    def factors(polynomial: sp.polys.rings.PolyElement) -> sp.Expr:
        # real: complex terms come in conjugate pairs
        terms = {degree: (c / leading).x for degree, c in polynomial.terms()}
        return sp.sqf(sp.Poly(terms, real_lam, domain=sp.QQ))

    return factors(fraction.numer) / factors(fraction.denom)


def _from_the_circle(moment: sp.Expr, end: int) -> Callable[[Tensor], Tensor]:
    import sympy as sp

    # an input without power at an end of the spectrum has no pole there
    o, expression = from_the_circle(_in_lowest_terms(moment), end)
    function: Callable[[Tensor], Tensor] = sp.lambdify(o, expression.evalf(DIGITS), "math")
    return function


def _at(table: Tensor, index: Tensor) -> Tensor:
    return table.index_select(0, index.reshape(-1)).reshape(index.shape)
