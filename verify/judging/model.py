"""A claim in SymPy: its symbols, input, unit and both of its sides."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial

import flint
import sympy as sp

from numerics.arithmetic.balls import evaluate
from theory.algebra.conjugation import bar, polarised
from theory.algebra.presentation import present, readable
from theory.catalogue import Unit, quantity
from theory.inputs import ArbitraryInput, Input, StationaryInput, from_expression
from verify.claims.claim import Claim, Derivative
from verify.claims.expressions import OUTPUT, Expression, parse, shown
from verify.claims.trial import Trial
from verify.judging.domain import Domain, Range
from verify.judging.evidence import Evidence, MeaningError
from verify.judging.inputs import some_inputs
from verify.judging.obligations.obligation import Kind
from verify.judging.points import Point
from verify.judging.symbolic.signs import NoSign, ranges_of, sign
from verify.judging.text import Text, units_in_a_row
from verify.judging.translation import summand, to_sympy, written


@dataclass(frozen=True, eq=False)
class Model:
    """A claim's two sides and their ingredients, as SymPy expressions.

    Models are compared by identity, so that what follows from a model can be remembered. A claim
    about an experiment has what its trials measured, `trial_results`, instead of two sides.
    Raises MeaningError from its properties where the claim has no meaning.
    """

    claim: Claim
    trial_results: Mapping[Trial, Evidence] = field(default_factory=dict)

    @cached_property
    def domain(self) -> Domain:
        """The domain on which the claim is made."""
        return Domain(self.claim)

    @cached_property
    def constants(self) -> dict[str, sp.Expr]:
        """Parameter name → rational value, of those with but one and not differentiated by.

        Irrational ones stay symbols: SymPy takes atanh(1 − 1e-7) for 0.
        """
        moving = {derivative.name for derivative in self.claim.wrt}
        return {n: value for n, value in self._only_values.items() if n not in moving}

    @cached_property
    def _only_values(self) -> dict[str, sp.Rational]:
        """Parameter name → value, of those with but one, where it is rational."""
        values = {name: one.value for name, one in self.domain.ranges.items()}
        return {n: value for n, value in values.items() if value is not None and value.is_Rational}

    @cached_property
    def symbols(self) -> dict[str, sp.Symbol]:
        """Parameter name → symbol; complex ones without assumptions, all others real."""
        free = (one for name, one in self.domain.ranges.items() if name not in self.constants)
        return {one.name: _symbol(one) for one in free}

    @cached_property
    def names(self) -> dict[str, sp.Expr]:
        """What each name in the claim's expressions stands for, λ included."""
        names: dict[str, sp.Expr] = self.symbols | self.constants
        for pole in self.claim.poles:  # λ comes before λ*, which may be said to equal it
            if pole in self.claim.eigenvalue:
                eigenvalue = to_sympy(self.claim.eigenvalue[pole], names, None, self)
                names[pole] = sp.bottom_up(eigenvalue, _by_euler)
        return names

    @cached_property
    def input(self) -> Input:
        """The stationary input."""
        return self._input_of(self.claim.autocorrelation)

    @cached_property
    def driving_input(self) -> Input:
        """The input of the first unit, where the claim's own is the output of units in a row.

        If this one is stationary, so is what comes out of them.
        """
        node, poles = units_in_a_row(self.claim.autocorrelation.node)
        return self._input_of(parse(shown(node))) if poles else self.input

    def _input_of(self, autocorrelation: Expression) -> Input:
        if self.claim.arbitrary:
            return ArbitraryInput(is_real=not self.claim.complex_input)
        try:
            own = self.symbols | self.constants
            x = from_expression(to_sympy(autocorrelation, own, None, self))
            return _ComplexInput(x.terms, x.lags) if self.claim.complex_input else x
        except ValueError as error:
            raise MeaningError(
                f"autocorrelation {self.claim.autocorrelation.source!r}: {error}"
            ) from None

    @cached_property
    def spelt(self) -> Claim:
        """The claim, its autocorrelation as a sum of terms where it is that of an output.

        Raises:
            ExpressionError: that sum is too long to be read.

        """
        own = self.claim.autocorrelation
        if OUTPUT not in own.functions:
            return self.claim
        return replace(self.claim, autocorrelation=parse(written(self.input.autocorrelation())))

    @cached_property
    def unit(self) -> Unit:
        """The unit: poles, normalisers and parameters."""
        claim = self.claim
        if claim.differentiate_gamma and any(
            claim.is_complex(d.name) and not d.part for d in claim.wrt
        ):
            raise MeaningError(
                f"field 'differentiate_gamma': by the complex {claim.wrt[0]} it is ambiguous; give "
                "an eigenvalue of real parameters, or real bounds"
            )
        return Unit(
            poles=tuple(self.names[pole] for pole in claim.poles),
            gammas=tuple(self._gamma(pole) for pole in claim.poles),
            wrt=tuple(self._by(d) for d in claim.wrt),
            differentiate_gamma=claim.differentiate_gamma,
            horizon=self.names[claim.horizon] if claim.horizon else None,
            lag=claim.lag or 0,
        )

    def _gamma(self, pole: str) -> sp.Expr:
        """The normaliser γ of one pole, in whose formula the pole is λ."""
        if pole not in self.claim.gamma:
            return sp.S.One
        names = self.names | {"lambda": self.names[pole]}
        return to_sympy(self.claim.gamma[pole], names, self.input, self)

    def _by(self, derivative: Derivative) -> sp.Expr:
        symbol = self.symbols[derivative.name]
        return {"": symbol, "re": sp.re(symbol), "im": sp.im(symbol)}[derivative.part]

    @cached_property
    def value(self) -> sp.Expr:
        """The quantity, derived from the kernel; polarised."""
        try:
            derived = quantity(self.claim.quantity, self.input, self.unit)
        except ValueError as error:
            raise MeaningError(str(error)) from None

        return derived.subs(self._held)

    @cached_property
    def _held(self) -> dict[sp.Symbol, sp.Expr]:
        """The only value of each parameter that is differentiated by, and does not move else."""
        only = self._only_values
        return {s: only[name] for name, s in self.symbols.items() if name in only}

    @cached_property
    def formula(self) -> sp.Expr:
        """The claimed formula, as written."""
        return to_sympy(self.claim.formula, self.names, self.input, self).subs(self._held)

    @cached_property
    def difference(self) -> sp.Expr:
        """Formula minus quantity, polarised."""
        return polarised(self.formula) - self.value

    @property
    def correction(self) -> str:
        """The quantity in closed form, as a claim writes it."""
        return written(readable(present(self.value)))

    def sign(self, expr: sp.Expr) -> int:
        """The sign of an expression inside the domain; 0 where it is not known or not real."""
        if expr.is_zero:
            return 0
        if expr.is_extended_nonnegative:  # a complex parameter is finite, which SymPy is not told
            return 1
        if expr.is_extended_negative:
            return -1
        expr = polarised(expr)
        if not expr.free_symbols <= {s for z in self.symbols.values() for s in (z, bar(z))}:
            return 0
        return self._sign(expr)

    @cache  # noqa: B019 (a model lives as long as its claim is judged)
    def _sign(self, expr: sp.Expr) -> int:
        try:
            return sign(expr, *ranges_of(self.domain, self.symbols)).certain or 0
        except NoSign:
            return 0

    def emit(self, kind: Kind, function: sp.Expr, node: ast.expr, fault: str = "") -> None:
        """Nothing: `obligations.meaning` reads the claim again for what it has to take note of."""

    def text(self, point: Point) -> Text:
        """The claim's own text at a point, at the current precision."""
        series, lags = partial(self._series_at, point), partial(self._lag_at, point)
        return Text(self.claim, point.balls(), series, lags)

    def _lag_at(self, point: Point, lag: int) -> flint.acb:
        """R at a lag ≥ 0, as algebra has it."""
        R = concrete(self.input).autocorrelation(lag)
        return evaluate(polarised(R), point.values(self))

    def _series_at(self, point: Point, term: ast.expr) -> flint.acb:
        """Σ_{Δ≥1} of a term, where it converges.

        Raises:
            MeaningError: if it does not.

        """
        values = point.values(self)
        summand = self.summand(term)
        for part in summand.terms:
            modulus = abs(evaluate(part.ratio, values))
            if evaluate(part.coefficient, values) != 0 and not modulus < 1:
                raise MeaningError(
                    f"sum({shown(term)}) at {point}: it diverges, as its terms go as "
                    f"{modulus.mid().str(6, radius=False)}**Delta"
                )
        return evaluate(summand.generating_function(sp.S.One), values)

    @cache  # noqa: B019 (a model lives as long as its claim is judged)
    def summand(self, term: ast.expr) -> StationaryInput:
        """What sum(…) sums, as a function of the lag."""
        return summand(term, self.names, self.input)

    def instances(self) -> list[Model]:
        """The claim for concrete inputs: itself, or samples of "any stationary input"."""
        return self._instances

    @cached_property
    def _instances(self) -> list[Model]:
        if not self.claim.arbitrary:
            return [self]
        texts = some_inputs(self.claim.id, self.claim.complex_input)
        some = [Model(replace(self.claim, autocorrelation=parse(text))) for text in texts]
        return [model for model in some if model._is_read] or some

    @property
    def _is_read(self) -> bool:
        """Whether the formula can be read; where it cannot, `meaning` says so."""
        try:
            return self.formula is not None
        except MeaningError:
            return False


class _ComplexInput(StationaryInput):
    """A complex input, whose R may be real: moments without conjugate are not fixed by it."""

    is_real = False


def _symbol(one: Range) -> sp.Symbol:
    # names that algebra has a meaning for (of a conjugate, of R(0), of a small number) become some
    # that no parameter can have
    name = f"{one.name}'" if one.name.endswith("_bar") or one.name in _TAKEN else one.name
    if one.is_whole:
        return sp.Symbol(name, integer=True, positive=one.lower >= 1 or None)
    if one.is_modulus:
        return sp.Symbol(name)
    return sp.Symbol(name, positive=True) if one.is_positive else sp.Symbol(name, real=True)


_TAKEN = frozenset({"R_0", "epsilon"})


def _by_euler(expr: sp.Expr) -> sp.Expr:
    """A sum that Euler's formula shortens, shortened: cos θ + i sin θ is e^{iθ}."""
    if not (expr.is_Add and expr.has(sp.cos, sp.sin, sp.cosh, sp.sinh)):
        return expr
    shorter = sp.expand(expr.rewrite(sp.exp))
    return shorter if len(sp.Add.make_args(shorter)) < len(expr.args) else expr


def concrete(x: Input) -> StationaryInput:
    """The input, known to be of closed form."""
    if isinstance(x, ArbitraryInput):
        raise MeaningError("an arbitrary input has no numbers; take one of the instances")
    return x
