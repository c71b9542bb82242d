"""A claim in SymPy: its symbols, input, unit and both of its sides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import sympy as sp

from theory.algebra.conjugation import polarised
from theory.algebra.presentation import present, readable
from theory.catalogue import Unit, quantity
from theory.inputs import ArbitraryInput, Input, StationaryInput, from_expression
from verify.claims.claim import Claim, Derivative
from verify.claims.expressions import parse
from verify.claims.trial import Trial
from verify.judging.domain import Domain, Range
from verify.judging.evidence import Evidence
from verify.judging.translation import MeaningError, to_sympy

# what "any stationary input" is tried on by the numerical routes
_INSTANCES = ("KroneckerDelta(Delta, 0) - 2/5*KroneckerDelta(Delta, 1)", "(9/10)**Delta*cos(Delta)")
_COMPLEX_INSTANCES = ("(3/5)**Delta*exp(I*Delta)", "(9/10)**Delta*exp(-2*I*Delta)/2")


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
    def symbols(self) -> dict[str, sp.Symbol]:
        """Parameter name → symbol; complex ones without assumptions, all others real."""
        return {name: _symbol(one) for name, one in self.domain.ranges.items()}

    @cached_property
    def names(self) -> dict[str, sp.Expr]:
        """What each name in the claim's expressions stands for, λ included."""
        names: dict[str, sp.Expr] = dict(self.symbols)
        for pole in self.claim.poles:  # λ comes before λ*, which may be said to equal it
            if pole in self.claim.eigenvalue:
                eigenvalue = to_sympy(self.claim.eigenvalue[pole], names)
                names[pole] = sp.bottom_up(eigenvalue, _by_euler)
        return names

    @cached_property
    def input(self) -> Input:
        """The stationary input."""
        if self.claim.arbitrary:
            return ArbitraryInput(is_real=not self.claim.complex_input)
        try:
            return from_expression(to_sympy(self.claim.autocorrelation, self.symbols))
        except ValueError as error:
            raise MeaningError(
                f"autocorrelation {self.claim.autocorrelation.source!r}: {error}"
            ) from None

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
            horizon=self.symbols[claim.horizon] if claim.horizon else None,
        )

    def _gamma(self, pole: str) -> sp.Expr:
        """The normaliser γ of one pole, in whose formula the pole is λ."""
        if pole not in self.claim.gamma:
            return sp.S.One
        names = self.names | {"lambda": self.names[pole]}
        return to_sympy(self.claim.gamma[pole], names, self.input)

    def _by(self, derivative: Derivative) -> sp.Expr:
        symbol = self.symbols[derivative.name]
        return {"": symbol, "re": sp.re(symbol), "im": sp.im(symbol)}[derivative.part]

    @cached_property
    def value(self) -> sp.Expr:
        """The quantity, derived from the kernel; polarised."""
        try:
            return quantity(self.claim.quantity, self.input, self.unit)
        except ValueError as error:
            raise MeaningError(str(error)) from None

    @cached_property
    def formula(self) -> sp.Expr:
        """The claimed formula, as written."""
        return to_sympy(self.claim.formula, self.names, self.input)

    @cached_property
    def difference(self) -> sp.Expr:
        """Formula minus quantity, polarised."""
        return polarised(self.formula) - self.value

    @property
    def correction(self) -> str:
        """The quantity in closed form, as text."""
        return str(readable(present(self.value)))

    def instances(self) -> list[Model]:
        """The claim for concrete inputs: itself, or samples of "any stationary input"."""
        return self._instances

    @cached_property
    def _instances(self) -> list[Model]:
        if not self.claim.arbitrary:
            return [self]
        texts = _COMPLEX_INSTANCES if self.claim.complex_input else _INSTANCES
        return [Model(replace(self.claim, autocorrelation=parse(text))) for text in texts]


def _symbol(one: Range) -> sp.Symbol:
    if one.is_whole:
        return sp.Symbol(one.name, integer=True, positive=True)
    if one.is_modulus:
        return sp.Symbol(one.name)
    return sp.Symbol(one.name, positive=True) if one.is_positive else sp.Symbol(one.name, real=True)


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
