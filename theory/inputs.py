"""Wide-sense stationary inputs: the autocorrelation R(Δ) and its sum C(z) = Σ_{Δ≥1} z^Δ R(Δ).

R(Δ) = E[x_{t+Δ} x̄_t], given for Δ ≥ 0; R(−Δ) is its conjugate (conventions of the README;
Zucchet and Orvieto 2024, §2). Every input is a finite sum of terms c Δ^k z^Δ and of
single lags, so that C has a closed form; or it is arbitrary, and C stays a function.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import sympy as sp

from theory import symbols
from theory.algebra.conjugation import conjugated
from theory.algebra.generating_functions import C, C_bar, C_plus

Delta = symbols.Delta


@dataclass(frozen=True)
class Term:
    """A term c Δ^k z^Δ, with coefficient c, power k ≥ 0 and ratio z."""

    coefficient: sp.Expr
    power: int
    ratio: sp.Expr

    def at(self, lag: sp.Expr) -> sp.Expr:
        """The term at one lag; 0^0 = 1, as white noise is ρ^Δ at ρ = 0."""
        return self.coefficient * lag**self.power * self.ratio**lag


@dataclass(frozen=True)
class StationaryInput:
    """A WSS input whose R(Δ) is a sum of `terms` and of values at single `lags`.

    Build one with `white`, `exponential`, …, or `from_expression`; add them, and scale
    them by a positive number, for mixtures of independent inputs.
    """

    terms: tuple[Term, ...]
    lags: tuple[tuple[int, sp.Expr], ...] = ()

    def __add__(self, other: StationaryInput) -> StationaryInput:
        return StationaryInput(self.terms + other.terms, self.lags + other.lags)

    def __rmul__(self, weight: object) -> StationaryInput:
        w = _exact(weight)
        return StationaryInput(
            tuple(Term(w * t.coefficient, t.power, t.ratio) for t in self.terms),
            tuple((lag, w * value) for lag, value in self.lags),
        )

    def autocorrelation(self, lag: sp.Expr | int = Delta) -> sp.Expr:
        """R at a lag ≥ 0, a number or a symbol."""
        lag = sp.sympify(lag, strict=True)
        smooth = sp.Add(*(t.at(lag) for t in self.terms))
        return sp.Add(smooth, *(v * sp.KroneckerDelta(lag, k) for k, v in self.lags))

    def _repr_latex_(self) -> str:
        """R(Δ), as notebooks show it."""
        from theory.algebra.presentation import present_autocorrelation
        from theory.printing.latex import to_latex

        return rf"$R(\Delta) = {to_latex(present_autocorrelation(self.autocorrelation()))}$"

    def generating_function(self, z: sp.Expr) -> sp.Expr:
        """C(z) = Σ_{Δ≥1} z^Δ R(Δ), for |z · ratio| < 1."""
        smooth = (t.coefficient * _polylogarithm(t.power, z * t.ratio) for t in self.terms)
        return sp.Add(*smooth, *(value * z**lag for lag, value in self.lags if lag > 0))

    def weighted_sum(self, weight: sp.Expr) -> sp.Expr:
        """Σ_{Δ≥1} w(Δ) R(Δ) for a weight of the kind `from_expression` reads."""
        return from_expression(weight * self.autocorrelation()).generating_function(sp.S.One)

    def advanced(self, by: int) -> StationaryInput:
        """R(Δ + by) for Δ ≥ 0, by ≥ 0, as terms and lags; it need be no autocorrelation.

        Examples:
            >>> from theory import exponential, moving_average
            >>> exponential().advanced(2).autocorrelation()
            rho**2*rho**Delta
            >>> moving_average([1, 1]).advanced(1).autocorrelation()
            KroneckerDelta(0, Delta)

        """
        return StationaryInput(
            tuple(
                Term(
                    sp.binomial(t.power, k) * by ** (t.power - k) * t.coefficient * t.ratio**by,
                    k,
                    t.ratio,
                )
                for t in self.terms
                for k in range(t.power + 1)
            ),
            tuple((lag - by, value) for lag, value in self.lags if lag >= by),
        )

    def conjugate(self) -> StationaryInput:
        """The input with autocorrelation conj R: x̄, or x read backwards in time."""
        return StationaryInput(
            tuple(
                Term(conjugated(t.coefficient), t.power, conjugated(t.ratio)) for t in self.terms
            ),
            tuple((lag, conjugated(value)) for lag, value in self.lags),
        )

    @property
    def is_real(self) -> bool:
        """Whether R equals its conjugate, term by term."""
        return _collected(self) == _collected(self.conjugate())


@dataclass(frozen=True)
class ArbitraryInput:
    """Any WSS input: nothing is known of R but that it is an autocorrelation.

    What is proved with it holds for every stationary input (real-valued, or complex).

    Examples:
        >>> from theory import ArbitraryInput, readable, second_moment
        >>> readable(second_moment(ArbitraryInput()))
        (R_0 + 2*re(C(0, lambda)))/(1 - Abs(lambda)**2)

    """

    is_real: bool = True
    _conjugate: bool = False

    def autocorrelation(self, lag: sp.Expr | int = Delta) -> sp.Expr:
        """R at a lag, as an undefined function; R(0) is positive."""
        if lag == 0:
            return sp.Symbol("R_0", positive=True)
        name = "R_bar" if self._conjugate else "R"
        return sp.Function(name)(lag)

    def _repr_latex_(self) -> str:
        """R(Δ), as notebooks show it."""
        from theory.printing.latex import to_latex

        return f"${to_latex(self.autocorrelation())}$"

    def generating_function(self, z: sp.Expr) -> sp.Expr:
        """C(z), as an undefined function whose derivatives are known by their order."""
        if self.is_real:
            return C(0, z)
        return C_bar(0, z) if self._conjugate else C_plus(0, z)

    def weighted_sum(self, weight: sp.Expr) -> sp.Expr:
        """Σ_{Δ≥1} w(Δ) R(Δ), through (z d/dz)^k C(z) for w = Δ^k z^Δ."""
        weights = from_expression(weight)
        z = sp.Dummy("z")
        total = sp.Add(*(v * self.autocorrelation(k) for k, v in weights.lags if k > 0))
        for term in weights.terms:
            part = self.generating_function(z)
            for _ in range(term.power):
                part = z * sp.diff(part, z)
            total += term.coefficient * part.subs(z, term.ratio)
        return total

    def conjugate(self) -> ArbitraryInput:
        """The input with autocorrelation conj R, of which nothing else is known."""
        return self if self.is_real else ArbitraryInput(False, not self._conjugate)


Input = StationaryInput | ArbitraryInput


def white() -> StationaryInput:
    """R(Δ) = δ(Δ): i.i.d. input of unit variance.

    Examples:
        >>> from theory import white
        >>> white().autocorrelation()
        KroneckerDelta(0, Delta)

    """
    return StationaryInput((), ((0, sp.S.One),))


def exponential(rho: sp.Expr | float = symbols.rho) -> StationaryInput:
    """R(Δ) = ρ^|Δ|: AR(1) input of unit variance (the paper's S_ρ).

    Args:
        rho: an expression or a number, |ρ| ≤ 1 (ValueError otherwise); a float is the decimal
            number that it prints as.

    Examples:
        >>> from theory import exponential
        >>> exponential(0.9).autocorrelation()
        (9/10)**Delta

    """
    return StationaryInput((Term(sp.S.One, 0, _ratio(rho)),))


def constant() -> StationaryInput:
    """R(Δ) = 1: the same random number at every step.

    Examples:
        >>> from theory import constant, second_moment
        >>> second_moment(constant())
        (lambda/(1 - lambda) + lambda_bar/(1 - lambda_bar) + 1)/(-lambda*lambda_bar + 1)

    """
    return exponential(sp.S.One)


def damped_cosine(
    rho: sp.Expr | float = symbols.rho, phi: sp.Expr | float = symbols.phi
) -> StationaryInput:
    """R(Δ) = ρ^|Δ| cos φΔ, 0 ≤ ρ ≤ 1: a noisy oscillation; numbers as for `exponential`.

    Examples:
        >>> from theory import damped_cosine
        >>> damped_cosine(0.9, 0.5).autocorrelation(0)
        1

    """
    half, modulus = sp.Rational(1, 2), _ratio(rho)
    turn = sp.exp(sp.I * _exact(phi))
    return StationaryInput((Term(half, 0, modulus * turn), Term(half, 0, modulus / turn)))


def moving_average(weights: Sequence[sp.Expr | float]) -> StationaryInput:
    """x_t = Σ_k w_k ε_{t−k} with white ε: R(Δ) = Σ_k w_{k+Δ} w̄_k.

    Examples:
        >>> from theory import moving_average
        >>> moving_average([1, 1]).autocorrelation()
        2*KroneckerDelta(0, Delta) + KroneckerDelta(1, Delta)

    """
    w = [_exact(weight) for weight in weights]
    return StationaryInput(
        (),
        tuple(
            (lag, sp.Add(*(w[k + lag] * conjugated(w[k]) for k in range(len(w) - lag))))
            for lag in range(len(w))
        ),
    )


def from_expression(expr: sp.Expr, lag: sp.Symbol = Delta) -> StationaryInput:
    """Read R(Δ) off an expression in Δ.

    Raises ValueError where it is not a finite sum of c Δ^k z^Δ (z^Δ also as exp, cos, sin,
    cosh, sinh) and of terms with KroneckerDelta(Δ, k), k ≥ 0 a number.

    Examples:
        >>> import sympy as sp
        >>> from theory import from_expression
        >>> from theory.symbols import Delta
        >>> from_expression(sp.cos(Delta) / 2**Delta).autocorrelation(0)
        1

    """
    return _read(expr, lag)


@lru_cache(maxsize=1024)
def _read(expr: sp.Expr, lag: sp.Symbol) -> StationaryInput:
    terms: Counter[tuple[int, sp.Expr]] = Counter()
    lags: dict[int, list[sp.Expr]] = defaultdict(list)
    frozen: dict[sp.Symbol, sp.Expr] = {}
    flat = sp.expand(_frozen(expr.replace(sp.Abs(lag), lag), lag, frozen).rewrite(_WAVES, sp.exp))
    for summand in sp.Add.make_args(flat):
        deltas = [f for f in sp.Mul.make_args(summand) if isinstance(f, sp.KroneckerDelta)]
        if deltas:
            position = _single_lag(deltas[0], lag)
            lags[position].append((summand / deltas[0]).subs(lag, position))
            continue
        term = _term(summand, lag)
        terms[term.power, term.ratio] += term.coefficient
    return StationaryInput(
        tuple(
            Term(sp.sympify(c).xreplace(frozen), k, z.xreplace(frozen))
            for (k, z), c in terms.items()
            if c != 0
        ),
        tuple(
            (position, sp.Add(*values).xreplace(frozen))
            for position, values in sorted(lags.items())
        ),
    )


_WAVES = [sp.cos, sp.sin, sp.cosh, sp.sinh]


def _frozen(expr: sp.Expr, lag: sp.Symbol, names: dict[sp.Symbol, sp.Expr]) -> sp.Expr:
    """The expression with a name for each quotient and function in which Δ does not occur."""
    if expr.has(lag):
        return expr.func(*(_frozen(arg, lag, names) for arg in expr.args)) if expr.args else expr
    if expr.is_number or expr.is_Symbol:
        return expr
    if expr.is_Add or expr.is_Mul:
        return expr.func(*(_frozen(arg, lag, names) for arg in expr.args))
    if expr.is_Pow and expr.exp.is_Integer and expr.exp > 0:
        return expr
    known = next((name for name, value in names.items() if value == expr), None)
    if known is None:
        known = sp.Dummy(real=expr.is_real, positive=expr.is_positive)
        names[known] = expr
    return known


def _single_lag(delta: sp.KroneckerDelta, lag: sp.Symbol) -> int:
    others = [arg for arg in delta.args if arg != lag]
    if len(others) != 1 or not (others[0].is_Integer and others[0] >= 0):
        raise ValueError(f"{delta}: write KroneckerDelta(Delta, k) with a number k ≥ 0")
    return int(others[0])


def _term(summand: sp.Expr, lag: sp.Symbol) -> Term:
    coefficient, power, ratio = sp.S.One, 0, sp.S.One
    for factor in sp.Mul.make_args(sp.expand_power_exp(sp.expand_power_base(summand))):
        base, exponent = factor.as_base_exp()
        if not factor.has(lag):
            coefficient *= factor
        elif base == lag and exponent.is_Integer and exponent > 0:
            power += int(exponent)
        elif not base.has(lag) and exponent.is_polynomial(lag) and sp.degree(exponent, lag) == 1:
            slope = exponent.coeff(lag, 1)
            ratio *= base**slope
            coefficient *= base ** (exponent - slope * lag)
        else:
            raise ValueError(
                f"{factor}: an autocorrelation is a sum of c*Delta**k*z**Delta, cos(phi*Delta) "
                "and KroneckerDelta(Delta, k)"
            )
    return Term(coefficient, power, ratio)


def _collected(x: StationaryInput) -> Counter[tuple[object, sp.Expr]]:
    total: Counter[tuple[object, sp.Expr]] = Counter()
    for t in x.terms:
        total[t.power, sp.powsimp(t.ratio)] += t.coefficient
    for position, value in x.lags:
        total["lag", sp.Integer(position)] += sp.expand(value)
    return total


@cache
def _power_sum(k: int) -> tuple[sp.Dummy, sp.Expr]:
    w = sp.Dummy("w")
    total = w / (1 - w)
    for _ in range(k):
        total = sp.factor(w * sp.diff(total, w))
    return w, total


def _polylogarithm(k: int, w: sp.Expr) -> sp.Expr:
    """Σ_{Δ≥1} Δ^k w^Δ = (w d/dw)^k w/(1−w)."""
    dummy, total = _power_sum(k)
    return total.subs(dummy, w)


def mixture(weighted: Iterable[tuple[sp.Expr | float, StationaryInput]]) -> StationaryInput:
    """Σ_i r_i R_i: the sum of independent inputs with weights r_i > 0.

    Examples:
        >>> from theory import exponential, mixture, white
        >>> mixture([(0.7, white()), (0.3, exponential(0.99))]).autocorrelation()
        3*(99/100)**Delta/10 + 7*KroneckerDelta(0, Delta)/10

    """
    total = StationaryInput(())
    for weight, x in weighted:
        total = total + weight * x
    return total


def _exact(number: object) -> sp.Expr:
    if isinstance(number, float):
        if not math.isfinite(number):
            raise ValueError(f"{number}: a finite number is needed")
        return sp.Rational(str(number))
    return sp.sympify(number, strict=True)


def _ratio(rho: object) -> sp.Expr:
    ratio = _exact(rho)
    if ratio.is_number and not sp.Abs(ratio) <= 1:
        raise ValueError(f"rho = {rho}: |ρ| ≤ 1 is needed")
    return ratio
