"""A claim's own text as elements of a field."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from fractions import Fraction

import flint

from verify.claims.claim import Claim, Interval
from verify.claims.expressions import Expression, integer_of, name_of, rational_of, shown
from verify.judging.exact import sequence
from verify.judging.exact.field import POSITIVE, Element, Field, Generator, Range, Unsupported
from verify.judging.exact.sequence import Sequence, in_falling_factorials
from verify.judging.text import outside


class Reader:
    """A translator of one claim's expressions; it knows the parameters and the autocorrelation.

    Attributes:
        names: what each name stands for, λ included.
        parameters: each real parameter's generator; a complex one's modulus is `|name|`.
        turns: each complex parameter's direction, a generator on the unit circle.
        correlation: R(Δ); None for any stationary input.
        lags: of any input, R(n): its generator → n.
        jets: of any input, the derivatives of C: their generator → order, whether of conj R, where.

    """

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.field = Field()
        self.names: dict[str, Element] = {}
        self.parameters: dict[str, int] = {}
        self.turns: dict[str, int] = {}
        self._exponentials: list[tuple[Element, int]] = []
        self.lags: dict[int, int] = {}
        self.jets: dict[int, tuple[int, bool, Element]] = {}
        self.i = self._imaginary_unit()
        self.pi = self._real("pi", (Fraction(3), Fraction(4)))
        for name in claim.parameters:
            interval = claim.interval(name)
            if interval.value and name not in {derivative.name for derivative in claim.wrt}:
                self.names[name] = self.expression(interval.value)
            else:
                self.names[name] = self._parameter(interval)
        for pole in claim.poles:  # λ comes before λ*, which may be said to equal it
            if pole in claim.eigenvalue:
                self.names[pole] = self.expression(claim.eigenvalue[pole])
        self.correlation: Sequence | None = None
        if not claim.arbitrary:
            self.correlation = self._sequence(claim.autocorrelation.node)

    # parameters

    def _imaginary_unit(self) -> Element:
        number = self.field.new(Generator("I", square=self.field.constant(-1).num))
        i = self.field.generator(number)
        self.field.generators[number].conjugate = lambda: -i
        return i

    def _real(self, name: str, bounds: Range) -> Element:
        self.parameters[name] = self.field.new(Generator(name, bounds))
        return self.field.generator(self.parameters[name])

    def _turn(self, name: str) -> Element:
        number = self.field.new(Generator(f"arg {name}"))
        u = self.field.generator(number)
        self.field.generators[number].conjugate = lambda: self.field.constant(1) / u
        self.turns[name] = number
        return u

    def _parameter(self, interval: Interval) -> Element:
        # an irrational bound is enclosed: what holds on the larger domain holds here
        lower, upper = outside(interval.lower, -1), outside(interval.upper, 1)
        if not interval.modulus:
            return self._real(interval.name, (lower, upper))
        modulus = self._real(f"|{interval.name}|", (lower or Fraction(0), upper))
        return modulus * self._turn(interval.name)

    def gamma(self, pole: str) -> Element:
        """The normaliser of one pole, in whose formula the pole is λ."""
        if pole not in self.claim.gamma:
            return self.field.constant(1)
        outside = self.names
        self.names = outside | {"lambda": outside[pole]}
        try:
            return self.expression(self.claim.gamma[pole])
        finally:
            self.names = outside

    def held(self, z: Element) -> Element:
        """An element where parameters that are differentiated by have their only values."""
        values: dict[int, Fraction] = {}
        for derivative in self.claim.wrt:
            only = self.claim.interval(derivative.name).value
            if only is not None and derivative.name in self.parameters:
                values[self.parameters[derivative.name]] = _exactly(only)
        return self.at(z, values) if values else z

    def at(self, z: Element, values: Mapping[int, Fraction]) -> Element:
        """An element where some parameters' generators have these values."""

        def image(g: int) -> Element:
            generator = self.field.generators[g]
            if g in values:
                return self.field.constant(values[g])
            if g in self.jets:
                order, barred, w = self.jets[g]
                return self._jet(order, self.at(w, values), barred)
            if generator.exponent is not None:
                return self.exp(self.at(generator.exponent, values).scaled(Fraction(1, 2)))
            if generator.square is not None and generator.name != "I":
                return self.sqrt(self.at(Element(self.field, generator.square), values))
            return self.field.generator(g)

        return z.map(image)

    # expressions

    def expression(self, expression: Expression) -> Element:
        """A checked expression as an element.

        Raises:
            Unsupported: for what the field cannot express.

        """
        return self._element(expression.node)

    def _element(self, node: ast.expr) -> Element:
        match node:
            case ast.Constant():
                return self.field.constant(Fraction(node.value))  # type: ignore[arg-type]
            case ast.Name():
                return self._name(name_of(node))
            case ast.UnaryOp():
                inner = self._element(node.operand)
                return -inner if isinstance(node.op, ast.USub) else inner
            case ast.BinOp(
                left=ast.Call(func=ast.Name(id="abs"), args=[inside]), op=ast.Pow(), right=exponent
            ) if (integer_of(exponent) or 1) % 2 == 0:
                # |z|² needs no root
                z = self._element(inside)
                return (z * z.conjugate()) ** ((integer_of(exponent) or 0) // 2)
            case ast.BinOp(op=ast.Pow()):
                return self._power(self._element(node.left), node.right)
            case ast.BinOp():
                left, right = self._element(node.left), self._element(node.right)
                match node.op:
                    case ast.Add():
                        return left + right
                    case ast.Sub():
                        return left - right
                    case ast.Mult():
                        return left * right
                    case _:
                        return left / right
            case ast.Call(
                func=ast.Name(id="exp"), args=[ast.Call(func=ast.Name(id="log"), args=[inside])]
            ):
                return self._element(inside)
            case ast.Call(func=ast.Name(id="sum")):
                return self._series(node.args[0])
            case ast.Call(func=ast.Name(id="R")):
                return self.at_lag(integer_of(node.args[0]))
            case ast.Call(func=ast.Name(id=function)) if function in _FUNCTIONS:
                return _FUNCTIONS[function](self, self._element(node.args[0]))
        raise Unsupported(shown(node))

    def _name(self, name: str) -> Element:
        match name:
            case "I":
                return self.i
            case "pi":
                return self.pi
            case "E":
                return self.exp(self.field.constant(1))
        if name not in self.names:
            raise Unsupported(f"the name {name}")
        return self.names[name]

    def _power(self, base: Element, exponent: ast.expr) -> Element:
        n = rational_of(exponent)
        if n is None or n.denominator > 2:
            raise Unsupported("an exponent that is no half-integer")
        return base**n.numerator if n.denominator == 1 else self.sqrt(base) ** n.numerator

    def sqrt(self, z: Element) -> Element:
        """The root, of a function that has one sign on the domain: i√(−z) where z is negative."""
        if z.is_real and not z.is_zero and self.field.is_nonnegative(-z):
            return self.i * self.field.sqrt(-z)
        return self.field.sqrt(z)

    def exp(self, z: Element) -> Element:
        """The exponential: a generator for each monomial in the exponent, to some power."""
        result = self.field.constant(1)
        for exponents, coefficient in z.num.to_dict().items():
            monic = z.num.context().from_dict({exponents: flint.fmpq(1)})
            result *= self._exponential(self.field.element(monic * coefficient, z.den))
        return result

    def _exponential(self, m: Element) -> Element:
        """The exponential of m: a power of a known exp(k/2), or a new generator's square."""
        for known, number in self._exponentials:
            halves = m.scaled(2) / known
            if halves.is_integer:
                return self.field.generator(number) ** halves.as_integer()
        conjugate = m.conjugate()
        if conjugate not in (m, -m):
            raise Unsupported("exp of a complex variable")
        generator = Generator(f"exp({m}/2)", exponent=m)
        number = self.field.new(generator)
        self._exponentials.append((m, number))
        own = self.field.generator(number)
        generator.derivative = lambda by: own * m.derivative(by).scaled(Fraction(1, 2))
        if conjugate == m:
            generator.range = self._exponential_range(m)
        else:
            generator.conjugate = lambda: self.field.constant(1) / own
        return own * own

    def _exponential_range(self, m: Element) -> Range:
        if self.field.is_nonnegative(m):
            return (Fraction(1), None)
        return (Fraction(0), Fraction(1)) if self.field.is_nonnegative(-m) else POSITIVE

    def modulus(self, z: Element) -> Element:
        """The modulus |z|."""
        if not z.is_real:
            return self.field.sqrt(z * z.conjugate())
        if z.is_zero or self.field.is_nonnegative(z):
            return z
        return -z if self.field.is_nonnegative(-z) else self.field.sqrt(z * z)

    # functions of the lag

    def _sequence(self, node: ast.expr) -> Sequence:
        match node:
            case (
                ast.Name(id="Delta")
                | ast.Call(func=ast.Name(id="abs"), args=[ast.Name(id="Delta")])
            ):
                return sequence.lag(self.field)
            case ast.UnaryOp():
                inner = self._sequence(node.operand)
                return -inner if isinstance(node.op, ast.USub) else inner
            case ast.BinOp(op=ast.Pow()):
                return self._sequence_power(node)
            case ast.BinOp():
                left, right = self._sequence(node.left), self._sequence(node.right)
                match node.op:
                    case ast.Add():
                        return left + right
                    case ast.Sub():
                        return left + -right
                    case ast.Mult():
                        return left * right
                    case _:
                        return left * right.reciprocal()
            case ast.Call(func=ast.Name(id="KroneckerDelta")):
                lags = [integer_of(arg) for arg in node.args]
                return sequence.delta(self.field, next(n for n in lags if n is not None))
            case ast.Call(func=ast.Name(id="exp" | "cos" | "sin" | "cosh" | "sinh" as function)):
                return self._sequence_function(function, node.args[0])
        return sequence.constant(self._element(node))

    def _sequence_power(self, node: ast.BinOp) -> Sequence:
        base, n = self._sequence(node.left), integer_of(node.right)
        if n is not None and n >= 0:
            result = sequence.constant(self.field.constant(1))
            for _ in range(n):
                result *= base
            return result
        if rational_of(node.right) is not None:
            return sequence.constant(self._power(base.as_constant(), node.right))
        slope, offset = self._sequence(node.right).as_affine()
        z = base.as_constant()
        return sequence.constant(z ** offset.as_integer()) * sequence.power(z ** slope.as_integer())

    def _sequence_function(self, function: str, argument: ast.expr) -> Sequence:
        slope, offset = self._sequence(argument).as_affine()
        if function in ("cos", "sin"):
            slope, offset = self.i * slope, self.i * offset
        rising = sequence.constant(self.exp(offset)) * sequence.power(self.exp(slope))
        if function == "exp":
            return rising
        falling = sequence.constant(self.exp(-offset)) * sequence.power(self.exp(-slope))
        half = self.field.constant(Fraction(1, 2))
        if function in ("sin", "sinh"):
            falling = -falling
        return sequence.constant(half / self.i if function == "sin" else half) * (rising + falling)

    # the autocorrelation and its sums

    def at_lag(self, lag: int | None) -> Element:
        """R(lag)."""
        if lag is None or lag < 0:
            raise Unsupported("R of something else than a lag")
        if self.correlation is not None:
            return self.correlation.at(lag)
        if self.claim.complex_input and lag > 0:
            raise Unsupported("a single lag of an arbitrary complex input")
        known = next((g for g, n in self.lags.items() if n == lag), None)
        if known is None:
            range_ = POSITIVE if lag == 0 else (None, None)
            known = self.field.new(Generator(f"R({lag})", range_))
            self.lags[known] = lag
        return self.field.generator(known)

    def generating_function(self, order: int, w: Element, barred: bool = False) -> Element:
        """d^order C/dw^order at w, with conj R for R where `barred`."""
        if self.correlation is None:
            return self._jet(order, w, barred and self.claim.complex_input)
        correlation = self.correlation.conjugate() if barred else self.correlation
        return correlation.series(order, w)

    def _jet(self, order: int, w: Element, barred: bool) -> Element:
        """A derivative of C at w for any input: a generator, for jets are free of each other."""
        if w.is_zero and not order:  # Σ_{Δ≥1} R(Δ) w^Δ
            return w
        for number, (*known, at) in self.jets.items():
            if known == [order, barred] and at == w:
                return self.field.generator(number)
        conjugate = w.conjugate()
        real = conjugate == w and not self.claim.complex_input
        generator = Generator(f"C{'_bar' * barred}({order}, {w})", (None, None) if real else None)
        number = self.field.new(generator)
        jet = self.field.generator(number)
        self.jets[number] = order, barred, w
        generator.derivative = lambda by: self._jet(order + 1, w, barred) * w.derivative(by)
        if not real:
            partner = self._jet(order, conjugate, barred != self.claim.complex_input)
            generator.conjugate = lambda: partner
        return jet

    def _series(self, node: ast.expr) -> Element:
        """sum(…): Σ_{Δ≥1} of a term linear in R(Δ), or free of it."""
        one = self.field.constant(1)
        weight, rest = self._split(node)
        if self.correlation is not None:
            return (weight * self.correlation + rest).series(0, one)
        total = rest.series(0, one)
        for t in weight.terms:
            for j, coefficient in in_falling_factorials(t.n).items():
                part = t.c * t.z**j * self.generating_function(j, t.z)
                total += part.scaled(coefficient)
        for lag, value in weight.lags.items():
            if lag > 0:
                total += value * self.at_lag(lag)
        return total

    def _split(self, node: ast.expr) -> tuple[Sequence, Sequence]:
        """(weight, rest) of weight·R(Δ) + rest."""
        nothing = Sequence(self.field, (), {})
        if not any(isinstance(n, ast.Name) and n.id == "R" for n in ast.walk(node)):
            return nothing, self._sequence(node)
        match node:
            case ast.Call(func=ast.Name(id="R"), args=[ast.Name(id="Delta")]):
                return sequence.constant(self.field.constant(1)), nothing
            case ast.BinOp(op=ast.Add()):
                (w1, r1), (w2, r2) = self._split(node.left), self._split(node.right)
                return w1 + w2, r1 + r2
            case ast.BinOp(op=ast.Mult()):
                (w1, r1), (w2, r2) = self._split(node.left), self._split(node.right)
                if not (w1.terms or w1.lags) or not (w2.terms or w2.lags):
                    return w1 * r2 + r1 * w2, r1 * r2
        raise Unsupported("sum() of something else than weight*R(Delta)")


def _exactly(value: Expression) -> Fraction:
    number = rational_of(value.node)
    if number is None:
        raise Unsupported(f"the irrational value {value}")
    return number


_FUNCTIONS: Mapping[str, Callable[[Reader, Element], Element]] = {
    "sqrt": lambda r, z: r.sqrt(z),
    "exp": lambda r, z: r.exp(z),
    "cos": lambda r, z: (r.exp(r.i * z) + r.exp(-(r.i * z))).scaled(Fraction(1, 2)),
    "sin": lambda r, z: (r.exp(r.i * z) - r.exp(-(r.i * z))) / r.i.scaled(2),
    "tan": lambda r, z: _FUNCTIONS["sin"](r, z) / _FUNCTIONS["cos"](r, z),
    "cosh": lambda r, z: (r.exp(z) + r.exp(-z)).scaled(Fraction(1, 2)),
    "sinh": lambda r, z: (r.exp(z) - r.exp(-z)).scaled(Fraction(1, 2)),
    "tanh": lambda r, z: _FUNCTIONS["sinh"](r, z) / _FUNCTIONS["cosh"](r, z),
    "abs": lambda r, z: r.modulus(z),
    "re": lambda r, z: (z + z.conjugate()).scaled(Fraction(1, 2)),
    "im": lambda r, z: (z - z.conjugate()) / r.i.scaled(2),
    "conjugate": lambda r, z: z.conjugate(),
}
