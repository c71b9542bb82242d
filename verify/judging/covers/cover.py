"""The sign of a real-analytic function on a whole box, by a cover of boxes in ball arithmetic.

A chart is the function on a unit cube whose faces x_i = 0 may be singular edges of the
domain: there the function N may vanish to an order k, exactly known. N = x^k g, and g is
what has a sign. By Hermite and Genocchi, g is a divided difference of N, so that over
[0, x] it lies in the k-th Taylor coefficient of N, and its slope in the coefficient k + 1.

Where several faces meet, g may vanish too (as x + y does at 0). Blowing the corner up,
x = s, y = s t and x = s t, y = s, turns it into faces of two new charts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from itertools import combinations, product, takewhile
from math import isfinite, prod
from operator import mul
from time import process_time
from typing import Protocol, TypeVar

import flint

from numerics.arithmetic.balls import midpoint
from numerics.arithmetic.jets import Jet, Space
from verify.judging.covers.boxes import Box, Place, between, shown
from verify.judging.evidence import Evidence, Finding

Number = TypeVar("Number", flint.arb, Jet)

BITS = 64
DEPTH = 20  # boxes narrower than 2^−DEPTH of the cube are not split any further
DEGREE = 4  # of the remainder in the Taylor expansion about the middle of a box
BLOWUPS = 6  # one after the other
MAX_BOXES = 4000
SECONDS = 15.0  # of processor time

# only so near a face is the function divided by it: farther off, the enclosure from the
# face on is the wider one
NEAR = flint.fmpq(1, 4)


class Chart(Protocol):
    """A function on [0, 1]^n."""

    @property
    def dimension(self) -> int:
        """The number of variables, one at least."""

    def __call__(self, x: Sequence[Jet]) -> Jet:
        """The jet of the function where the variables have these jets."""

    def order(self, weights: Sequence[int]) -> int:
        """A proven lower bound on the order in s at s = 0 of the function at x_i s^weights[i]."""

    def parameters(self, x: Sequence[flint.arb]) -> Mapping[str, flint.arb]:
        """The claim's own parameters at a point; each monotone in each x_i."""


Bounds = tuple[flint.arb | None, ...]


@dataclass(frozen=True)
class Cover:
    """What a cover shows.

    Attributes:
        sign: the function's sign inside all charts (on faces it may vanish), or None.
        boxes: how many boxes were looked at.
        obstacle: why there is no sign, naming a box; empty if there is one.
        places: points where the function has certainly different signs, if such were met.

    """

    sign: int | None
    boxes: int
    obstacle: str = ""
    places: tuple[Place, ...] = ()

    def is_counterexample(self, bounds: Mapping[str, Bounds]) -> bool:
        """Whether both signs were certainly met between the bounds (None: infinite)."""

        def inside(name: str, value: flint.arb) -> bool:
            lower, upper = bounds.get(name, (flint.arb.nan(), None))
            return (lower is None or value > lower) and (upper is None or value < upper)

        return bool(self.places) and all(
            inside(*item) for place in self.places for item in place.items()
        )


def judged(
    method: str,
    sign: int,
    covers: Sequence[Cover],
    bounds: Mapping[str, Bounds],
    is_negative: Callable[[Place], bool],
) -> Evidence:
    """What a judge says of a slack.

    Args:
        method: the judge.
        sign: the product of the signs of all factors, an unknown one taken as +1.
        covers: those of the factors that needed one.
        bounds: the range of each of the claim's parameters (None: infinite).
        is_negative: whether the slack is certainly negative at a point of the domain with these
            parameters. Signs are those on open sets, which whole numbers and single values are not.

    """
    unknown = [found for found in covers if found.sign is None]
    boxes = sum(found.boxes for found in covers)
    if not unknown:
        how = f"on a cover of {boxes} boxes" if boxes else "by the signs of its factors"
        if sign > 0:
            return Evidence(method, Finding.PROVES, f"the slack is positive {how}")
        if is_negative({}):
            return Evidence(method, Finding.CONTRADICTS, f"the slack is negative {how}")
        return Evidence(method, Finding.ABSTAINS, f"the slack is negative, or 0, {how}")
    # two factors may well change their signs together, so that the product does not
    is_inside = len(unknown) == 1 and unknown[0].is_counterexample(bounds)
    false = next((place for place in unknown[0].places if is_inside and is_negative(place)), None)
    return Evidence(
        method,
        Finding.ABSTAINS if false is None else Finding.CONTRADICTS,
        f"no sign of the slack on a cover of {boxes} boxes: {unknown[0].obstacle}",
        data={"place": {name: str(midpoint(value)) for name, value in false.items()}}
        if false
        else {},
    )


class _Resisted(Exception):
    def __init__(self, why: str, *places: Place) -> None:
        super().__init__(why)
        self.places = places


def cover(charts: Iterable[Chart], max_boxes: int = MAX_BOXES, seconds: float = SECONDS) -> Cover:
    """The sign of a function on the union of its charts."""
    search = _Search(max_boxes, seconds)
    with flint.ctx.workprec(BITS):
        views = (_plainly(chart) for chart in charts)
        try:
            for view in views:
                search.run(view, BLOWUPS)
        except _Resisted as reason:
            # the sign may be seen to change on another chart: at a zero where two of them meet
            found = Cover(None, search.boxes, str(reason), reason.places)
            return found if found.places else _changed(search, views) or found
    return Cover(search.sign or None, search.boxes)


def _plainly(chart: Chart) -> _View:
    """A chart as it is."""
    dimension = chart.dimension
    return _View(chart, [tuple(int(i == j) for i in range(dimension)) for j in range(dimension)])


def _changed(search: _Search, views: Iterable[_View]) -> Cover | None:
    """The change of sign that the middles of other charts show, if they do in that time again."""
    until = process_time() + search.seconds
    try:
        for view in takewhile(lambda _: process_time() <= until, views):
            zeros = [0] * view.chart.dimension
            search.centre(view, Box(tuple(zeros), tuple(zeros)), zeros)
    except _Resisted as reason:
        return Cover(None, search.boxes, str(reason), reason.places)
    return None


class _View:
    """A chart seen through x = y^M, one column of M for each y: what blow-ups make of it."""

    def __init__(self, chart: Chart, columns: Sequence[tuple[int, ...]]) -> None:
        self.chart = chart
        self.columns = columns
        self.orders = [chart.order(column) for column in columns]

    def image(self, y: Sequence[Jet]) -> Jet:
        return self.chart(self.monomials(y))

    def place(self, y: Sequence[flint.arb]) -> Place:
        return self.chart.parameters(self.monomials(y))

    def described(self, box: Box) -> str:
        """The box in words, from its lowest and highest corners."""
        sides = [box.side(i) for i in range(self.chart.dimension)]
        low, high = (
            self.place([flint.arb(end) for end in ends])
            for ends in ([s.lower() for s in sides], [s.upper() for s in sides])
        )
        return "the box " + ", ".join(f"{name} {between(low[name], high[name])}" for name in low)

    def monomials(self, y: Sequence[Number]) -> list[Number]:
        return [_monomial(y, row) for row in zip(*self.columns, strict=True)]

    def reduced_at(self, y: Sequence[flint.arb], orders: Sequence[int]) -> Jet:
        """The jet, at a point inside, of the function over ∏ y_i^orders[i]."""
        space = Space((DEGREE - 1,) * len(y))
        jets = [space.variable(i, value) for i, value in enumerate(y)]
        faces = prod(prod([v] * order) for v, order in zip(jets, orders, strict=True))
        return self.image(jets) / faces

    def reduced_over(
        self, sides: Sequence[flint.arb], orders: Sequence[int]
    ) -> Callable[[Sequence[int]], flint.arb]:
        """Enclosures over a box of the Taylor coefficients of the function over ∏ y_i^orders[i]."""
        # from the face on by which it is divided
        hull = [s.union(flint.arb(0)) if k else s for s, k in zip(sides, orders, strict=True)]
        space = Space(tuple(k + DEGREE for k in orders))
        jet = self.image([space.variable(i, side) for i, side in enumerate(hull)])
        return lambda beta: jet.coefficient([k + b for k, b in zip(orders, beta, strict=True)])

    def blown_up(self, faces: Sequence[int]) -> list[_View]:
        """The charts of the smallest corner of `faces` where more than the faces vanishes."""
        for size in range(2, len(faces) + 1):
            for corner in combinations(faces, size):
                total = tuple(map(sum, zip(*(self.columns[i] for i in corner), strict=True)))
                if self.chart.order(total) > sum(self.orders[i] for i in corner):
                    return [
                        _View(
                            self.chart,
                            [total if j == i else c for j, c in enumerate(self.columns)],
                        )
                        for i in corner
                    ]
        return []


class _Search:
    def __init__(self, max_boxes: int, seconds: float) -> None:
        self.max_boxes, self.seconds = max_boxes, seconds
        self.deadline = process_time() + seconds
        self.boxes = 0
        self.sign = 0
        self.example: Place = {}

    def run(self, view: _View, blowups: int) -> None:
        dimension = view.chart.dimension
        stack = [Box((0,) * dimension, (0,) * dimension)]
        while stack:
            box = stack.pop()
            direction = self.look(view, box)
            if direction is None:
                continue
            if box.levels[direction] < DEPTH:
                # towards the origin first, where the obstacles are
                stack.extend(reversed(box.halves(direction)))
                continue
            faces = [i for i, a in enumerate(box.corner) if a == 0]
            views = view.blown_up(faces) if blowups else []
            if not views:
                for other in stack:  # where the sign may be seen to change
                    self.centre(view, other, [0] * dimension)
                raise _Resisted(f"{view.described(box)} resists")
            # they cover all of the cube again
            for blown_up in views:
                self.run(blown_up, blowups - 1)
            return

    def look(self, view: _View, box: Box) -> int | None:
        """Where to cut a box; None if the reduced function has the sign on all of it."""
        self.boxes += 1
        if self.boxes > self.max_boxes:
            raise _Resisted(f"{view.described(box)} is left after {self.max_boxes} boxes")
        if process_time() > self.deadline:
            raise _Resisted(f"{view.described(box)} is left after {self.seconds:g} s")
        sides = [box.side(i) for i in range(view.chart.dimension)]
        steps = [side - flint.arb(side.mid()) for side in sides]
        orders = [
            order if box.corner[i] == 0 or sides[i].upper() <= NEAR else 0
            for i, order in enumerate(view.orders)
        ]
        centre = self.centre(view, box, orders)
        if not centre.value * self.sign > 0:
            return min(range(len(sides)), key=lambda i: box.levels[i])
        low, high = _multi_indices(len(sides))
        changes = {beta: centre.coefficient(beta) * _monomial(steps, beta) for beta in low}
        # the remainder is the costly part: not where it is too late already
        if (centre.value + sum(changes.values())) * self.sign > 0:
            jet = view.reduced_over(sides, orders)
            changes |= {beta: jet(beta) * _monomial(steps, beta) for beta in high}
            if (centre.value + sum(changes.values())) * self.sign > 0:
                return None
        return _steepest(changes, box)

    def centre(self, view: _View, box: Box, orders: Sequence[int]) -> Jet:
        """The reduced function's jet in the middle of a box.

        Its first certain sign is taken for the function's; a different one ends the search.
        """
        middle = [flint.arb(box.side(i).mid()) for i in range(len(orders))]
        # near the faces, that much of the value cancels
        lost = sum(order * level for order, level in zip(view.orders, box.levels, strict=True))
        with flint.ctx.workprec(BITS + lost):
            jet = view.reduced_at(middle, orders)
        sign = 1 if jet.value > 0 else -1 if jet.value < 0 else 0
        if sign and not self.sign:
            self.sign, self.example = sign, view.place(middle)
        elif sign and sign != self.sign:
            place = view.place(middle)
            raise _Resisted(f"it changes its sign at {shown(place)}", self.example, place)
        return jet


@cache
def _multi_indices(n: int) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    """The multi-indices of degree 1 to DEGREE − 1, and those of degree DEGREE."""
    betas = sorted(product(range(DEGREE + 1), repeat=n), key=sum)
    low = [beta for beta in betas if 0 < sum(beta) < DEGREE]
    return low, [beta for beta in betas if sum(beta) == DEGREE]


def _monomial(values: Sequence[Number], exponents: Sequence[int]) -> Number:
    """∏ v^e, by products: balls around 0 have no ** in python-flint."""
    return reduce(mul, (v for v, e in zip(values, exponents, strict=True) for _ in range(e)))


def _steepest(changes: Mapping[tuple[int, ...], flint.arb], box: Box) -> int:
    """The direction in which a cut gains most; the widest where that is infinite."""
    gains = [
        float(sum(change.abs_upper() for beta, change in changes.items() if beta[i]))
        for i in range(len(box.corner))
    ]
    if all(isfinite(gain) for gain in gains):
        return max(range(len(gains)), key=lambda i: gains[i])
    return min(range(len(gains)), key=lambda i: box.levels[i])
