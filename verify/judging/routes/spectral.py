"""The spectral route: Σ_ij u_i v_j R(j−i) = (1/2π) ∫ U(e^{−iω}) V(e^{iω}) S(ω) dω (Parseval).

Where u is k steps later, the integrand has a factor e^{iωk}.

U(z) = Σ u_i z^i, V likewise, and S(ω) = Σ_Δ R(Δ) e^{−iωΔ}. With z = e^{iω} the integral is the sum
of the residues of U(1/z) V(z) S(z)/z inside the unit circle; it is also evaluated by quadrature.
A term of R on the unit circle is a spectral line: c z^Δ contributes c U(z̄) V(z).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import flint
import sympy as sp
from sympy.functions.combinatorial.numbers import stirling

from numerics.arithmetic import gaussian
from numerics.arithmetic.balls import Values, evaluate
from numerics.arithmetic.evaluation import NotEvaluated
from theory.algebra.conjugation import conjugated, polarised
from verify.judging.evidence import Evidence, MeaningError
from verify.judging.model import Model, concrete
from verify.judging.points import Point
from verify.judging.routes.impulse import BilinearForm, Response, assembled
from verify.judging.routes.pointwise import Route, compare_at_points, confirmed, precision
from verify.judging.routes.transforms import Part, Transform, monomial, power, series_length
from verify.settings import Settings

# residues at neighbouring poles nearly cancel: twice the bits keep the digits
RESIDUE_BITS = 2 * precision()
QUADRATURE_DIGITS = 18
# beyond those that are promised: bilinear forms may cancel
GUARD_DIGITS = 8
QUADRATURE_POINTS = 2


def check(model: Model, settings: Settings) -> Evidence:
    """Compare the formula with residues and quadrature at points of the domain (==, <=, >=)."""
    residues = Route("spectral", residue_value)
    quadrature = Route(
        "spectral", quadrature_value, QUADRATURE_DIGITS, most_points=QUADRATURE_POINTS
    )
    return confirmed(
        compare_at_points(model, settings, residues),
        compare_at_points(model, settings, quadrature),
        "quadrature",
    )


def residue_value(model: Model, point: Point) -> flint.acb:
    """A ball around the quantity, from residues.

    Raises:
        MeaningError: over a finite horizon; where it cannot be decided whether poles coincide,
            or whether a term of R is a spectral line.

    """
    with flint.ctx.workprec(RESIDUE_BITS):
        values = point.values(model)
        spectrum = Spectrum.of(model, point, values)
        return assembled(model, values, lambda form: spectrum.by_residues(form))


def quadrature_value(model: Model, point: Point) -> flint.acb:
    """A ball around the quantity, by adaptive Gauss–Legendre quadrature with rigorous bounds."""
    with flint.ctx.workprec(precision(QUADRATURE_DIGITS + GUARD_DIGITS)):
        values = point.values(model)
        spectrum = Spectrum.of(model, point, values)
        return assembled(model, values, lambda form: spectrum.by_quadrature(form))


class Locations:
    """Poles in the plane, told apart exactly: equal ones share a number, that of 0 being 0."""

    def __init__(self, point: gaussian.Values, values: Values) -> None:
        self._point, self._values = point, values
        self._known: list[tuple[sp.Expr, flint.fmpq_mat | None, flint.acb]] = []
        self.number(sp.S.Zero)

    def number(self, pole: sp.Expr) -> int:
        """The number of a pole's location.

        Raises:
            MeaningError: where balls overlap, and neither numbers nor text say equal or not.

        """
        rational, ball = _rational(pole, self._point), evaluate(pole, self._values)
        for number, (other, other_rational, other_ball) in enumerate(self._known):
            if rational is not None and other_rational is not None:
                if rational == other_rational:
                    return number
            elif pole == other or ball == other_ball:
                return number
            elif ball.overlaps(other_ball):
                raise MeaningError(f"whether {pole} = {other} cannot be decided")
        self._known.append((pole, rational, ball))
        return len(self._known) - 1

    def __len__(self) -> int:
        return len(self._known)

    def __getitem__(self, number: int) -> flint.acb:
        return self._known[number][2]


def _rational(expr: sp.Expr, point: gaussian.Values) -> flint.fmpq_mat | None:
    try:
        return gaussian.exact_value(expr, point)
    except NotEvaluated:
        return None


@dataclass(frozen=True)
class Spectrum:
    """The spectral measure of an input at a point: a density from `causal`, and lines.

    Attributes:
        causal: Σ_{Δ≥0} R(Δ) z^Δ, without the lines.
        lines: (c, z) for each term c z^Δ of R with |z| = 1.

    """

    causal: Transform
    lines: Sequence[tuple[flint.acb, flint.acb]]
    locations: Locations
    values: Values

    @classmethod
    def of(cls, model: Model, point: Point, values: Values) -> Spectrum:
        """The spectrum of a claim's input."""
        if model.unit.horizon is not None:
            raise MeaningError("there is no stationary spectrum at a finite horizon")
        x, exact = concrete(model.input), point.exact(model)
        locations = Locations(exact, values)
        parts, lines = [], []
        for term in x.terms:
            weight, ratio = (evaluate(e, values) for e in (term.coefficient, term.ratio))
            if not _on_circle(term.ratio, exact, ratio):
                # Δ^k = Σ_j S(k, j) Δ(Δ−1)…(Δ−j+1), S the Stirling numbers of the second kind
                weights = [
                    weight * int(stirling(term.power, j)) * power(ratio, j)
                    for j in range(term.power + 1)
                ]
                parts.append(Part(ratio, weights, locations.number(term.ratio)))
            elif term.power == 0 and weight.imag.contains(0):
                lines.append((weight, ratio))
            else:
                raise MeaningError(f"the term with ratio {term.ratio} is no spectral line")
        lags = [(lag, evaluate(value, values)) for lag, value in x.lags]
        return cls(Transform(parts, lags), lines, locations, values)

    def by_residues(self, form: BilinearForm) -> flint.acb:
        """The form, from the residues of its integrand inside the unit circle."""
        u, v = self._transform(form.u, locate=True), self._transform(form.v)
        total = self._on_lines(u, v, form.lag)
        for number in range(len(self.locations)):
            orders = u.order(number), self.causal.order(number)
            total += self._residue(u, v, form.lag, number, *orders)
        return total

    def _residue(
        self, u: Transform, v: Transform, lag: int, number: int, m: int, n: int
    ) -> flint.acb:
        """The residue of U(1/z) V(z) S(z) z^lag/z where U(1/z) has order m, and S order n."""
        order = m + n + (number == 0)
        if order == 0:
            return flint.acb(0)
        with series_length(order):
            z = flint.acb_series([self.locations[number], 1])
            regular = self.causal.conjugate()(z) - self.causal(flint.acb(0))
            density = self.causal.inverted(z, number, n) + monomial(n) * regular
            product = u.inverted(z, number, m) * v(z) * density * power(z, lag)
            residue: flint.acb = (product if number == 0 else product / z)[order - 1]
            return residue

    def by_quadrature(self, form: BilinearForm) -> flint.acb:
        """The form, integrated over the frequency."""
        u, v = self._transform(form.u), self._transform(form.v)
        anticausal, variance = self.causal.conjugate(), self.causal(flint.acb(0))

        def integrand(frequency: flint.acb, _: bool) -> flint.acb:
            turn = flint.acb(0, 1) * frequency
            z, inverse = turn.exp(), (-turn).exp()
            density = self.causal(inverse) + anticausal(z) - variance
            value: flint.acb = u(inverse) * v(z) * density * power(z, form.lag)
            return value

        turn = 2 * flint.arb.pi()
        tolerance = flint.arb(10) ** -(QUADRATURE_DIGITS + GUARD_DIGITS)
        integral = flint.acb.integral(integrand, 0, turn, rel_tol=tolerance, abs_tol=tolerance**2)
        return self._on_lines(u, v, form.lag) + integral / turn

    def _on_lines(self, u: Transform, v: Transform, lag: int) -> flint.acb:
        waves = (c * u(z.conjugate()) * v(z) * power(z, lag) for c, z in self.lines)
        return sum(waves, flint.acb(0))

    def _transform(self, response: Response, locate: bool = False) -> Transform:
        return Transform(
            [
                Part(
                    self._inside(pole),
                    [evaluate(w, self.values) for w in weights],
                    self.locations.number(pole) if locate else None,
                )
                for pole, weights in response.parts
            ]
        )

    def _inside(self, pole: sp.Expr) -> flint.acb:
        ball = evaluate(pole, self.values)
        if not abs(ball) < 1:
            raise MeaningError(f"|lambda| = {abs(ball).str(6, radius=False)} is not below 1")
        return ball


def _on_circle(ratio: sp.Expr, point: gaussian.Values, ball: flint.acb) -> bool:
    """Whether |ratio| = 1; it is at most 1.

    Raises:
        MeaningError: if it cannot be decided.

    """
    if (rational := _rational(ratio, point)) is not None:
        return bool(rational * rational.transpose() == gaussian.gaussian(1))
    if abs(ball) < 1:
        return False
    holomorphic = polarised(ratio)
    if sp.powsimp(holomorphic * conjugated(holomorphic)) == 1:
        return True
    raise MeaningError(f"whether |{ratio}| = 1 cannot be decided")
