"""The oracle's quantities, from the autocorrelation's lags by summation."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise, product
from typing import Any

import numpy as np
from mpmath import mp

from verify.claims.claim import Claim, Derivative
from verify.claims.expressions import integer_of, parse
from verify.selftest.oracle_values import (
    STEP,
    Known,
    Lags,
    NoTruth,
    Point,
    _agree,
    _leaves_the_reals,
    _Meaningless,
    _value,
)

MANY_STEPS = 100


def _moving_average(*weights: str) -> str:
    """R(Δ) of white noise through a moving average, as text."""
    lags = (zip(weights[k:], weights, strict=False) for k in range(len(weights)))
    sums = (" + ".join(f"({a})*conjugate({b})" for a, b in lag) for lag in lags)
    return " + ".join(f"({r})*KroneckerDelta(Delta, {k})" for k, r in enumerate(sums))


# no two of the first's lags are related: an equality that holds for it by chance holds for all
INPUTS = (
    _moving_average("1", "-3/7", "2/9", "5/11"),
    "3*(99/100)**Delta",
    "1/9*(-9/10)**Delta",
    "7*KroneckerDelta(Delta, 0)",
)
COMPLEX_INPUTS = (_moving_average("1", "2/5 - I/3", "-1/7 + I/5", "3/11"), *INPUTS[1:])


def with_inputs(claim: Claim) -> list[Claim]:
    """The claim, or if it is about any input the same of some: a bound holds for one by chance."""
    if not claim.arbitrary:
        return [claim]
    texts = COMPLEX_INPUTS if claim.complex_input else INPUTS
    count = 1 if claim.relation == "==" else len(texts)
    return [replace(claim, autocorrelation=parse(text)) for text in texts[:count]]


def _lags(claim: Claim, point: Point) -> Lags:
    """R(Δ) for Δ ≥ 0."""
    node = claim.autocorrelation.node
    return lambda lag: _value(node, {**point, "Delta": mp.mpf(lag)}, None)


def _longest_lag(claim: Claim) -> int:
    """The longest lag that R names; from there on it is geometric."""
    nodes = ast.walk(claim.autocorrelation.node)
    named = [
        integer_of(arg) or 0
        for node in nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "KroneckerDelta"
        for arg in node.args
    ]
    return max(named, default=0)


class _Input:
    """R at one point, checked to be an autocorrelation as far as a few lags show."""

    def __init__(self, claim: Claim, point: Point) -> None:
        self.R = _lags(claim, point)
        first = [self.R(lag) for lag in range(8)]
        if not (mp.im(first[0]) == 0 and mp.re(first[0]) >= 0):
            raise _Meaningless
        if first[0] == 0 and any(first):
            raise _Meaningless
        rows = [
            [first[j - i] if j >= i else mp.conj(first[i - j]) for j in range(8)] for i in range(8)
        ]
        scaled = np.array([[complex(r / (first[0] or 1)) for r in row] for row in rows])
        if np.linalg.eigvalsh(scaled)[0] < -1e-9:
            raise _Meaningless
        self.start = 1 + _longest_lag(claim)
        tail = [self.R(self.start + k) for k in range(4)]
        self.tail, self.ratio = tail[0], tail[1] / tail[0] if tail[0] else mp.mpf(0)
        if any(not _agree(b, a * self.ratio) for a, b in pairwise(tail)):
            raise NoTruth("the autocorrelation has no geometric tail")

    def generating(self, z: Any, after: int = 0) -> Any:
        """Σ_{Δ≥1} z^Δ R(Δ + after)."""
        start = max(self.start - after, 1)
        head = sum(z**lag * self.R(lag + after) for lag in range(1, start))
        return head + z**start * self.R(start + after) / (1 - self.ratio * z)

    def moment(self, a: Any, b: Any, steps: Any = None, lag: int = 0) -> Any:
        """Σ_ij a^i conj(b)^j R(j + lag − i): E[h_a conj(h_b)], h_a `lag` steps later.

        The steps are those since h = 0; without any, it is stationary.
        """
        b = mp.conj(b)
        if steps is None:
            anticausal = a**lag * mp.conj(self.generating(mp.conj(a)))
            between = sum(a**m * self.R(lag - m) for m in range(lag + 1))
            return (between + self.generating(b, lag) + anticausal) / (1 - a * b)
        if self.tail == 0 and self.start == 1:
            return self.R(0) * ((1 - (a * b) ** steps) / (1 - a * b) if a * b != 1 else steps)
        if steps > MANY_STEPS:
            raise NoTruth("a sum over so many steps")
        pairs = product(range(int(steps)), repeat=2)
        return sum(
            a**i * b**j * (self.R(j - i) if j >= i else mp.conj(self.R(i - j))) for i, j in pairs
        )


def _quantity(claim: Claim, point: Point, known: Known) -> Any:
    """The quantity at a point, looked up where it is known."""
    key = (
        *(claim.quantity, claim.autocorrelation.source, str(claim.eigenvalue), str(claim.gamma)),
        *(claim.wrt, claim.differentiate_gamma, claim.horizon, claim.lag, claim.complex_input),
        tuple(point.items()),
    )
    if key not in known:
        try:
            value = _Moments(claim, point).quantity()
        except ZeroDivisionError:
            raise _Meaningless from None
        known[key] = mp.re(value) if _agree(mp.re(value), value) else value
    return known[key]


def _with_poles(claim: Claim, point: Point) -> dict[str, Any]:
    """The parameters' values and the poles'."""
    values = dict(point)
    for pole in claim.poles:  # the teacher's may be an expression of the student's
        if pole in claim.eigenvalue:
            values[pole] = _value(claim.eigenvalue[pole].node, values, None)
    return values


State = list[tuple[Any, Any]]  # weight and pole of each unit


class _Moments:
    """E[u conj(v)] of units and of their derivatives, at one point."""

    def __init__(self, claim: Claim, point: Point) -> None:
        self.claim, self.point = claim, point
        self.poles = self._poles(point)
        rounding = 4 * mp.eps  # of exp(iθ)
        if claim.horizon is None and any(abs(pole) >= 1 - rounding for pole in self.poles):
            if claim.limit and all(abs(pole) <= 1 + rounding for pole in self.poles):
                raise NoTruth("nearer to 1 than these digits tell")
            raise _Meaningless
        self.input = _Input(claim, point)
        self.gammas = self._gammas(point)

    def quantity(self) -> Any:
        poles, wrt = self.poles, self.claim.wrt
        match self.claim.quantity:
            case "second_moment":
                return self.moment([self.unit(0)], [self.unit(0)])
            case "covariance":
                (weight, pole), lag = self.unit(0), self.claim.lag or 0
                return abs(weight) ** 2 * self.input.moment(pole, pole, lag=lag)
            case "backpropagated_error":
                return self.moment([(1, mp.conj(poles[0]))], [(1, mp.conj(poles[0]))])
            case "sensitivity":
                return self.metric(self.point, wrt[0], wrt[0])
            case "curvature":
                return self.curvature()
            case "cross_moment":
                return self.moment([(1, poles[0])], [(1, mp.conj(poles[1]))])
            case "cross_sensitivity":
                return self.cross_sensitivity()
            case "cross_sensitivity_power":
                return abs(self.cross_sensitivity()) ** 2
            case "teacher_student_loss":
                return self.loss(self.point)
            case "teacher_student_hessian":
                return _mixed(
                    lambda s, t: self.loss(_shifted(_shifted(self.point, wrt[0], s), wrt[-1], t))
                )
            case "output_hessian":
                return _mixed(
                    lambda s, t: self.product_of_outputs(
                        _shifted(self.point, wrt[0], s), _shifted(self.point, wrt[-1], t)
                    )
                )
        raise NoTruth(f"{self.claim.quantity} has no definition here")

    def _poles(self, point: Point) -> list[Any]:
        values = _with_poles(self.claim, point)
        return [values[pole] for pole in self.claim.poles]

    def _gammas(self, point: Point) -> list[Any]:
        return [
            self._gamma(self.claim.gamma[name].node, {**point, "lambda": pole})
            if name in self.claim.gamma
            else mp.mpf(1)
            for name, pole in zip(self.claim.poles, self._poles(point), strict=True)
        ]

    @staticmethod
    def _gamma(node: ast.expr, values: Point) -> Any:
        if _leaves_the_reals(node, values):
            raise _Meaningless
        return _value(node, values, None)

    def unit(self, index: int, point: Point | None = None, fixed: bool = False) -> tuple[Any, Any]:
        """γ and λ of one pole at this or another point, γ from this one if `fixed`."""
        point = self.point if point is None else point
        gammas = self.gammas if fixed else self._gammas(point)
        return gammas[index], self._poles(point)[index]

    def moment(self, u: State, v: State) -> Any:
        """E[u conj(v)] of two sums of units."""
        steps = self.point[self.claim.horizon] if self.claim.horizon else None
        return sum(
            c * mp.conj(d) * self.input.moment(a, b, steps) for (c, a), (d, b) in product(u, v)
        )

    def metric(self, point: Point, p: Derivative, q: Derivative) -> Any:
        """Re E[∂_p(γh) conj ∂_q(γh)]."""
        fixed = not self.claim.differentiate_gamma
        at = self if point is self.point else _Moments(self.claim, point)

        def product_of_states(s: Any, t: Any) -> Any:
            u = at.unit(0, _shifted(point, p, s), fixed)
            v = at.unit(0, _shifted(point, q, t), fixed)
            return at.moment([u], [v])

        return mp.re(_mixed(product_of_states))

    def curvature(self) -> Any:
        """R_1212 / det g from Christoffel symbols."""
        p, q = self.claim.wrt
        step = mp.mpf(10) ** -(STEP // 2)

        def metric(s: int, t: int) -> Any:
            point = _shifted(_shifted(self.point, p, s * step), q, t * step)
            entries = [self.metric(point, *pair) for pair in ((p, p), (p, q), (q, q))]
            return mp.matrix([[entries[0], entries[1]], [entries[1], entries[2]]])

        grid = {(s, t): metric(s, t) for s, t in product((-1, 0, 1), repeat=2)}
        g = grid[0, 0]
        slope = [(grid[1, 0] - grid[-1, 0]) / (2 * step), (grid[0, 1] - grid[0, -1]) / (2 * step)]
        e_qq = (grid[0, 1] - 2 * g + grid[0, -1])[0, 0] / step**2
        g_pp = (grid[1, 0] - 2 * g + grid[-1, 0])[1, 1] / step**2
        f_pq = (grid[1, 1] - grid[1, -1] - grid[-1, 1] + grid[-1, -1])[0, 1] / (4 * step**2)

        def lowered(i: int, j: int) -> Any:
            return mp.matrix([slope[i][k, j] + slope[j][k, i] - slope[k][i, j] for k in (0, 1)]) / 2

        inverse = g**-1
        bent = (lowered(0, 1).T * inverse * lowered(0, 1))[0]
        bent -= (lowered(0, 0).T * inverse * lowered(1, 1))[0]
        return (f_pq - (e_qq + g_pp) / 2 + bent) / mp.det(g)

    def cross_sensitivity(self) -> Any:
        a, b = self.poles
        return _mixed(lambda s, t: self.moment([(1, a + s)], [(1, mp.conj(b + t))]))

    def loss(self, point: Point) -> Any:
        """½ E|γh − γ*h*|² for the student at another point, the teacher at this one."""
        weight, pole = self.unit(1)
        error = [self.unit(0, point), (-weight, pole)]
        return self.moment(error, error) / 2

    def product_of_outputs(self, one: Point, other: Point) -> Any:
        """E[Re u Re v] of the outputs at two points, for real input."""
        u, v = ([self.unit(0, point), self.unit(1, point)] for point in (one, other))
        barred = [(mp.conj(c), mp.conj(a)) for c, a in v]
        return mp.re(self.moment(u, v) + self.moment(u, barred)) / 2


def _shifted(point: Point, by: Derivative, distance: Any) -> Point:
    return {**point, by.name: point[by.name] + (mp.j * distance if by.part == "im" else distance)}


def _mixed(f: Callable[[Any, Any], Any]) -> Any:
    """∂²f/∂s∂t at 0."""
    e = mp.mpf(10) ** -STEP
    return (f(e, e) - f(e, -e) - f(-e, e) + f(-e, -e)) / (4 * e * e)
