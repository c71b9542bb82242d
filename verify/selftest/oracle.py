"""What is true of a claim, straight from its definition: what verdicts are held against.

Nothing here is shared with the methods that judge: expressions are evaluated on their syntax tree
in mpmath; moments are sums over lags, of which a geometric tail is summed in closed form; and
derivatives are differences of them, at a precision that hides no more than 10^−50.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from itertools import pairwise, product
from random import Random
from typing import Any

import numpy as np
from mpmath import mp

from verify.claim import Claim, Derivative, Interval
from verify.expressions import Expression, name_of, parse

DIGITS = 300
STEP = 60  # finite differences of 10^−STEP
AGREE = 25  # digits that equal numbers share
POINTS = 24
POINTS_OF_BOUND = 400
# no two of its lags are related: what holds for it by chance holds for any input
MOVING_AVERAGE = ("1", "-3/7", "2/9", "5/11")
TURNING = ("1", "2/5 - I/3", "-1/7 + I/5", "3/11")
DISTANCES = (8, 16, 24)
FAR = (20, 40, 60)

Point = Mapping[str, Any]
Lags = Callable[[int], Any]
Known = dict[object, Any]


class Truth(StrEnum):
    """What a claim is."""

    TRUE = "true"
    FALSE = "false"
    MEANINGLESS = "meaningless"


class NoTruth(ValueError):
    """A claim beyond these definitions; the message says why."""


class _Meaningless(ValueError):
    pass


def truth(claim: Claim, known: Known | None = None) -> Truth:
    """Whether a claim about a quantity is true.

    Args:
        claim: the claim.
        known: values of quantities, shared by claims that differ in their formula alone.

    Of an inequality, and of a limit, TRUE says that no counterexample was found among some
    hundred points, half of them near the edges of the domain, and on the way to the limit.

    Raises:
        NoTruth: for an experiment, or an input without a geometric tail.

    """
    if claim.experiment:
        raise NoTruth("what an experiment measures has no definition here")
    known = {} if known is None else known
    with mp.workdps(DIGITS):
        try:
            # all points are looked at: what means nothing at one of them is not false
            is_true = _tends(claim, known) if claim.limit else all([*_holds(claim, known)])
            return Truth.TRUE if is_true else Truth.FALSE
        except _Meaningless:
            return Truth.MEANINGLESS


def equal(claim: Claim, one: Expression, other: Expression) -> bool:
    """Whether two expressions in a claim's parameters, poles and R have the same value."""
    with mp.workdps(DIGITS):
        for point in points(claim, POINTS):
            values, lags = _with_poles(claim, point), _lags(claim, point)
            try:
                a, b = (_value(e.node, values, lags) for e in (one, other))
            except ZeroDivisionError:
                continue
            if not _agree(a, b):
                return False
    return True


def _holds(claim: Claim, known: Known) -> Iterator[bool]:
    count = POINTS if claim.relation == "==" else POINTS_OF_BOUND
    for point in points(claim, count if claim.quantity != "curvature" else POINTS):
        actual = _quantity(claim, point, known)
        try:
            claimed = _value(claim.formula.node, _with_poles(claim, point), _lags(claim, point))
        except ZeroDivisionError:  # infinite, or not defined there
            continue
        except _Meaningless:  # the root of a negative number is no moment
            yield False
            continue
        if not mp.isfinite(claimed):
            continue
        if _agree(actual, claimed):
            yield True
        elif claim.relation == "==" or mp.im(actual) != 0 or not _agree(mp.re(claimed), claimed):
            yield False
        else:
            yield (actual < mp.re(claimed)) == (claim.relation == "<=")


def _tends(claim: Claim, known: Known) -> bool:
    for point in points(claim, POINTS if claim.quantity != "curvature" else 1):
        _quantity(claim, point, known)  # has a meaning on the whole domain
    for point in points(claim, 6, edges=False):  # the limit need not be uniform
        ratio = mp.inf
        for near in _approach(claim, point):
            actual = _quantity(claim, near, known)
            try:
                claimed = _value(claim.formula.node, _with_poles(claim, near), _lags(claim, near))
                ratio = claimed / actual
            except ZeroDivisionError:
                ratio = mp.inf
        if not abs(ratio - 1) < mp.mpf(10) ** -12:
            return False
    return True


def _approach(claim: Claim, point: Point) -> Iterator[Point]:
    limit = claim.limit
    if limit is None:
        return
    target = mp.re(_value(limit.target.node, {}, None))
    for distance, far in zip(DISTANCES, FAR, strict=True):
        if limit.name == claim.horizon:
            yield {**point, limit.name: mp.mpf(10) ** distance}
        elif limit.direction == "oo":
            yield {**point, limit.name: target * far}
        else:
            sign = -1 if limit.direction == "-" else 1
            yield {**point, limit.name: target + sign * mp.mpf(10) ** -distance}


def _agree(a: Any, b: Any) -> bool:
    return bool(abs(a - b) <= mp.mpf(10) ** -AGREE * (abs(a) + abs(b) if b else 1))


# points of the domain


def points(claim: Claim, count: int, edges: bool = True) -> Iterator[Point]:
    """`count` points at random, many of them 1/10 to 10^−15 from corners and edges."""
    random = Random(count)  # noqa: S311 (reproducible, not secret)
    intervals = [claim.interval(name) for name in claim.parameters]
    corners = list(product((None, 0, 1), repeat=len(intervals)))
    for index in range(count):
        in_corner = edges and index < min(len(corners), count // 2)
        ends = corners[index] if in_corner else [None] * len(intervals)
        yield {
            i.name: _coordinate(claim, i, end, edges and index % 2 == 1, random)
            for i, end in zip(intervals, ends, strict=True)
        }


def _coordinate(
    claim: Claim, interval: Interval, end: int | None, near: bool, random: Random
) -> Any:
    if interval.name == claim.horizon:
        return mp.mpf(random.randrange(1, 30))
    lower, upper = (_end(b) for b in (interval.lower, interval.upper))
    if interval.modulus:
        lower = lower if lower is not None and lower > 0 else mp.mpf(0)
    if end is None and near and random.random() < 0.5:
        end = random.randrange(2)
    if end is None:
        share = mp.mpf(random.choice((500, random.randrange(1, 1000)))) / 1000
    else:
        strict = interval.upper_strict if end else interval.lower_strict
        is_open = strict or (upper if end else lower) is None
        inset = mp.mpf(10) ** -random.randrange(1, 16) if is_open or random.random() < 0.5 else 0
        share = 1 - inset if end else inset
    value = _at(lower, upper, share)
    return (
        value * mp.expjpi(random.randrange(-100, 101) / mp.mpf(100)) if interval.modulus else value
    )


def _at(lower: Any, upper: Any, share: Any) -> Any:
    """A share of the way; an unbounded side goes on for 40."""
    lower = lower if lower is not None else (upper if upper is not None else 20) - 40
    upper = upper if upper is not None else lower + 40
    return lower + share * (upper - lower)


def _end(bound: Expression | None) -> Any:
    return None if bound is None else mp.re(_value(bound.node, {}, None))


# expressions


def _value(node: ast.expr, values: Mapping[str, Any], lags: Lags | None) -> Any:
    """The value of a checked tree."""
    match node:
        case ast.Constant():
            return mp.mpf(node.value.numerator) / node.value.denominator  # type: ignore[union-attr]
        case ast.Name():
            constants = {"pi": mp.pi, "I": mp.j, "E": mp.e}
            name = name_of(node)
            return values[name] if name in values else +constants[name]
        case ast.UnaryOp():
            inner = _value(node.operand, values, lags)
            return -inner if isinstance(node.op, ast.USub) else inner
        case ast.BinOp():
            a, b = (_value(side, values, lags) for side in (node.left, node.right))
            return _ARITHMETIC[type(node.op)](a, b)
        case ast.Call(func=ast.Name(id="R")):
            lag = _value(node.args[0], values, lags)
            return lags(int(lag)) if lags else _beyond("R")
        case ast.Call(func=ast.Name(id="sum")):
            # R(Δ) vanishes from there on
            after = range(1, len(MOVING_AVERAGE) + 1)
            return sum(_value(node.args[0], {**values, "Delta": mp.mpf(d)}, lags) for d in after)
        case ast.Call(func=ast.Name(id="KroneckerDelta")):
            a, b = (_value(arg, values, lags) for arg in node.args)
            return mp.mpf(a == b)
        case ast.Call(func=ast.Name(id=name)):
            return _FUNCTIONS[name](_value(node.args[0], values, lags))
    raise AssertionError(f"unchecked syntax {ast.dump(node)}")


def _beyond(what: str) -> Any:
    raise NoTruth(f"{what} has no value here")


def _on_branch(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Roots and logarithms of negative numbers lie on the branch cut, where no side is meant."""

    def evaluated(z: Any) -> Any:
        z = mp.chop(z, mp.mpf(10) ** (STEP - DIGITS))
        if mp.im(z) == 0 and mp.re(z) < 0:
            raise _Meaningless
        if z == 0 and function is mp.log:
            raise ZeroDivisionError
        return function(z)

    return evaluated


_ARITHMETIC: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}


def _exp(z: Any) -> Any:
    """e^z; 0 and ∞ where mpmath would carry an exponent of a million digits."""
    if abs(mp.re(z)) > 10**6:
        return mp.mpf(0) if mp.re(z) < 0 else mp.inf
    return mp.exp(z)


_FUNCTIONS: Mapping[str, Callable[[Any], Any]] = {
    "exp": _exp,
    **{n: getattr(mp, n) for n in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    **{n: getattr(mp, n) for n in ("asinh", "atanh", "re", "im")},
    "sqrt": _on_branch(mp.sqrt),
    "log": _on_branch(mp.log),
    "abs": abs,
    "conjugate": mp.conj,
}


# the input


def _lags(claim: Claim, point: Point) -> Lags:
    """R(Δ) for Δ ≥ 0."""
    if claim.arbitrary:
        texts = TURNING if claim.complex_input else MOVING_AVERAGE
        weights = [_value(parse(text).node, {}, None) for text in texts]
        return lambda lag: sum(
            weights[k + lag] * mp.conj(weights[k]) for k in range(len(weights) - lag)
        )
    node = claim.autocorrelation.node
    return lambda lag: _value(node, {**point, "Delta": mp.mpf(lag)}, None)


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
        self.start = len(MOVING_AVERAGE) if claim.arbitrary else 1
        tail = [self.R(self.start + k) for k in range(4)]
        self.tail, self.ratio = tail[0], tail[1] / tail[0] if tail[0] else mp.mpf(0)
        if any(not _agree(b, a * self.ratio) for a, b in pairwise(tail)):
            raise NoTruth("the autocorrelation has no geometric tail")

    def generating(self, z: Any) -> Any:
        """Σ_{Δ≥1} z^Δ R(Δ)."""
        head = sum(z**lag * self.R(lag) for lag in range(1, self.start))
        return head + z**self.start * self.tail / (1 - self.ratio * z)

    def moment(self, a: Any, b: Any, steps: Any = None) -> Any:
        """Σ_ij a^i conj(b)^j R(j − i): E[h_a conj(h_b)], from h = 0 `steps` ago if given."""
        b = mp.conj(b)
        if steps is None:
            anticausal = mp.conj(self.generating(mp.conj(a)))
            return (self.R(0) + self.generating(b) + anticausal) / (1 - a * b)
        if self.tail == 0 and self.start == 1:
            return self.R(0) * ((1 - (a * b) ** steps) / (1 - a * b) if a * b != 1 else steps)
        pairs = product(range(int(steps)), repeat=2)
        return sum(
            a**i * b**j * (self.R(j - i) if j >= i else mp.conj(self.R(i - j))) for i, j in pairs
        )


# the quantities


def _quantity(claim: Claim, point: Point, known: Known) -> Any:
    """The quantity at a point, looked up where it is known."""
    key = (
        *(claim.quantity, claim.autocorrelation.source, str(claim.eigenvalue), str(claim.gamma)),
        *(claim.wrt, claim.differentiate_gamma, claim.horizon, claim.complex_input),
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
        if claim.horizon is None and any(abs(pole) >= 1 for pole in self.poles):
            if claim.limit and all(abs(pole) <= 1 for pole in self.poles):
                raise NoTruth("nearer to 1 than these digits tell")
            raise _Meaningless
        self.input = _Input(claim, point)
        self.gammas = self._gammas(point)

    def quantity(self) -> Any:
        poles, wrt = self.poles, self.claim.wrt
        match self.claim.quantity:
            case "second_moment":
                return self.moment([self.unit(0)], [self.unit(0)])
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
            _value(self.claim.gamma[name].node, {**point, "lambda": pole}, None)
            if name in self.claim.gamma
            else mp.mpf(1)
            for name, pole in zip(self.claim.poles, self._poles(point), strict=True)
        ]

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
