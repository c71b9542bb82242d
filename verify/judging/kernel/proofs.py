"""Proof scripts for translated claims; nothing in them has to be believed, as Coq checks them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

import sympy as sp

from verify.claims.claim import Claim, Limit
from verify.claims.expressions import rational_of
from verify.judging.kernel.derived import Atom, Derived, Range, Underived, not_negative
from verify.judging.kernel.translation import Statement

_HEAD = """\
(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons Horizons.
Open Scope C_scope.
"""


def certificate(claim: Claim, made: Statement) -> str:
    """A file for Coq: the theorem, its proof, and the axioms that it rests on.

    Raises:
        Underived: where there is no proof to be tried.

    """
    kinds = {"==": _Equality, "~": _Limit}
    steps = kinds.get(claim.relation, _Bound)(claim, made).steps()
    script = "".join(f"  {step}{'' if step.endswith('}') else '.'}\n" for step in steps)
    return f"{_HEAD}\n{made.text()}\nProof.\n{script}Qed.\n\nPrint Assumptions claim.\n"


def _block(steps: Iterable[str]) -> str:
    """The proof of a goal that is not the last one."""
    return f"{{ {'. '.join(steps)}. }}"


class _Equality:
    """The proof that a quantity has a value: an equation between complex numbers."""

    def __init__(self, claim: Claim, made: Statement) -> None:
        self.claim, self.made = claim, made
        written = made.written
        self.known = [f"turn ({turn}) C{i}" for i, turn in enumerate(written.turns)]
        self.known += [
            f"pose proof (root_squared ({of})%R) as Q{i}" for i, of in enumerate(written.roots)
        ]
        self.facts = [f"C{i}" for i in range(len(written.turns))]
        self.facts += [f"Q{i}" for i in range(len(written.roots))]

    def steps(self) -> Iterator[str]:
        """The whole proof."""
        kept = [f"kept {name}" for name in self.abstract()]
        yield from ("intros", *self.known, *kept, "prepared")
        if self.claim.horizon is None:
            yield from self.equation([])
        else:
            yield f"by_steps {self.first(self.claim.horizon)}%nat"
            for _ in range(2):
                yield _block(["stepped", *self.solved()])

    def first(self, horizon: str) -> int:
        """The least horizon in the domain."""
        lower = self.claim.interval(horizon).lower
        least = rational_of(lower.node) if lower else None
        return max(0, ceil(least)) if least else 0

    def abstract(self) -> Iterator[str]:
        """The eigenvalues of which a proof needs to know no more than that they are inside."""
        claim = self.claim
        if claim.wrt or claim.horizon or self.known:
            return
        others = {*claim.formula.names, *claim.autocorrelation.names}
        others |= {name for gamma in claim.gamma.values() for name in gamma.names}
        for pole, expression in claim.eigenvalue.items():
            if expression.names and not expression.names & others:
                yield str(self.made.full.terms[pole])

    def equation(self, powers: list[str]) -> Iterator[str]:
        """The steps from the quantity on."""
        yield from ("compared", *powers, *self.solved())

    def solved(self) -> Iterator[str]:
        """The steps from an equation between fractions on."""
        yield from (f"root {fact}" for fact in self.facts if fact.startswith("Q"))
        facts = self.facts + ["i_squared"] * ("Ci" in self.made.text())
        yield f"field [{' '.join(facts)}]; sides" if facts else "field; sides"


class _Derived(_Equality):
    """A proof that takes a value from the derivation."""

    def __init__(self, claim: Claim, made: Statement) -> None:
        super().__init__(claim, made)
        self.derived = Derived(claim, made)
        self.atoms = {atom.symbol: atom for atom in self.derived.atoms}

    def powers(self, but: str = "") -> list[str]:
        """Exponentials of multiples are powers of others, but that of one."""
        found = []
        for whole, part, n in (one for one in self.derived.multiples if one[0] != but):
            power = f"exp {part} ^ {abs(n)}"
            found.append(f"exponential {whole}%R ({power if n > 0 else f'/ {power}'})%R")
        return found


class _Bound(_Derived):
    """The proof of a bound: a value, and a difference that is not negative."""

    def steps(self) -> Iterator[str]:
        """The whole proof."""
        value = self.derived.text(self.derived.value)
        yield from ("intros", *self.known, "prepared", f"exists {value}%R", "split")
        yield _block(self.equation(self.powers()))
        yield from self.powers()
        yield from self.inequality()

    def inequality(self) -> Iterator[str]:
        """The difference, where exponentials are variables."""
        value, bound = self.derived.value, self.derived.formula
        used = [a for s, a in self.atoms.items() if s in (value - bound).free_symbols]
        pair = self.decaying(used)
        if pair is not None:
            yield f"pose proof (below_sinh (exp {pair[0].argument}) ltac:(left; apply exp_pos))"
        for atom in reversed(used):  # the outer ones first
            fades = self.range(atom.symbol)[1] is not None
            yield f"{'as_fading' if fades else 'as_variable'} {atom.argument}%R {atom.symbol}"
        if pair is not None:
            slow, fast = (atom.symbol for atom in pair)
            most, rest = (1 - fast**2) / (2 * fast), sp.factor(value / slow**2)
            if self.claim.relation != "<=" or slow in rest.free_symbols:
                raise Underived("a bound of another kind")
            value = sp.factor(rest * most**2)
            yield f"slower {self.text(rest)}%R {slow} ((1 - {fast} ^ 2) / (2 * {fast}))%R"
            yield _block(self.positive(rest))
        yield "difference"
        yield from self.positive(bound - value if self.claim.relation == "<=" else value - bound)

    def positive(self, function: sp.Expr) -> Iterator[str]:
        """A rational function is not negative: its numerator is a sum of positive products."""
        above, below = sp.fraction(sp.factor(function))
        ranges = {s: self.range(s) for s in function.free_symbols}
        inside = {s: a + 1 if b is None else (a + b) / 2 for s, (a, b) in ranges.items()}
        factors = [(f if f.subs(inside) > 0 else -f, n) for f, n in sp.factor_list(below)[1]]
        above = sp.expand(sp.cancel(above * sp.prod(f**n for f, n in factors) / below))
        products = not_negative(above, ranges) if above != 0 else []
        terms = (
            " * ".join([self.text(c), *(f"{self.text(f)} ^ {n}" for f, n in parts if n)])
            for c, parts in products
        )
        positive = " * ".join(f"{self.text(f)} ^ {n}" for f, n in factors) or "1"
        yield f"a_fraction ({self.text(above)} / ({positive}))%R"
        yield f"a_sum ({' + '.join(terms) or '0'})%R"

    def text(self, expr: sp.Expr) -> str:
        """A rational function where exponentials are variables."""
        return self.derived.text(expr, {symbol: str(symbol) for symbol in self.atoms})

    def range(self, symbol: sp.Symbol) -> Range:
        """The range of a variable."""
        if symbol in self.atoms:
            fades = self.derived.model.sign(self.atoms[symbol].exponent) < 0
            return sp.S.Zero, sp.S.One if fades else None
        [name] = [n for n, s in self.derived.model.symbols.items() if s == symbol]
        interval = self.claim.interval(name)
        low, high = (None if e is None else rational_of(e.node) for e, _ in interval.ends)
        if interval.modulus or low is None:
            raise Underived(f"{name} has no least value")
        return sp.Rational(str(low)), None if high is None else sp.Rational(str(high))

    def decaying(self, used: list[Atom]) -> tuple[Atom, Atom] | None:
        """Exponentials e and exp(−e), where both are there."""
        pairs = ((a, b) for a in used for b in used if b.exponent == -sp.exp(a.exponent))
        return next(pairs, None)


_E = sp.Symbol("e")


@dataclass(frozen=True)
class _Moving:
    """What a ratio is a continuous function of, on the way to a limit.

    Attributes:
        text: as Coq has it.
        tends: the lemma that says where it tends to.
        value: what it is.
        replaced: what is a function of it, which is called e.
        steps: call it e.
        whole: an exponent whose exponential is no power of others there.

    """

    text: str
    tends: str
    value: sp.Expr
    replaced: Mapping[sp.Symbol, sp.Expr]
    steps: Sequence[str]
    whole: str = ""


class _Limit(_Derived):
    """The proof of a limit: values on the way, and a ratio that is continuous where it ends."""

    def __init__(self, claim: Claim, made: Statement) -> None:
        super().__init__(claim, made)
        if claim.limit is None:
            raise Underived("no limit")
        self.limit: Limit = claim.limit
        self.x = self.derived.model.symbols[self.limit.name]
        self.target = made.written.real(self.limit.target.node, made.plain).text

    def steps(self) -> Iterator[str]:
        """The whole proof."""
        yield "intros"
        yield f"exists (fun {self.made.moving} : R => {self.derived.text(self.derived.value)}%R)"
        yield "split; [|split]"
        powers = self.powers()
        yield _block(["intros", *self.known, "prepared", *powers, *self.equation(powers)])
        yield _block([self.near(), "repeat split; lra"])
        yield from self.ratio()

    def near(self) -> str:
        """The step to a value x near the limit."""
        lower, upper = (
            None if e is None else self.made.written.real(e.node, self.made.plain).text
            for e, _ in self.claim.interval(self.limit.name).ends
        )
        match self.limit.direction:
            case "-":
                side = f"on_the_left {self.target} ({lower or f'{self.target} - 1'})%R"
            case "+":
                side = f"on_the_right {self.target} ({upper or f'{self.target} + 1'})%R"
            case _:
                end = upper if self.target.startswith("-") else lower
                is_beyond = end is not None and (self.target.startswith("-") == end.startswith("-"))
                return f"exists ({end if is_beyond else 0})%R; intros x X"
        return f"apply ({side}); [lra | intros x X Y]"

    def ratio(self) -> Iterator[str]:
        """The ratio is a continuous function of something that tends to a number."""
        ratio = sp.factor(self.derived.value / self.derived.formula)
        in_ratio = [a for s, a in self.atoms.items() if s in ratio.free_symbols]
        moving = [a for a in in_ratio if self.x in a.exponent.free_symbols]
        near = {"-": "left_is_near", "+": "right_is_near"}.get(self.limit.direction)
        if near and not moving:
            at_end = _Moving("x", near, self.x, {}, [])
            function = self.derived.text(ratio, {self.x: "x"})
            yield from self.continuous(at_end, f"fun x => {function}", self.target, ["same_ratio"])
            return
        slow = next((a for a in moving if a.exponent in (self.x, -self.x)), None)
        fast = next((a for a in moving if a is not slow), None)
        small = self.small(near, slow)
        ratio = sp.factor(ratio.subs(small.replaced))
        if fast:
            yield from self.expanded(ratio, small, fast)
        else:
            function = self.derived.text(ratio, {_E: "e"})
            steps = [f"ratio_as {function}%R"]
            yield from self.continuous(small, f"fun e => {function}", "0", steps)

    def small(self, near: str | None, slow: Atom | None) -> _Moving:
        """What tends to 0 on the way to a limit, and is called e."""
        x, negative = self.x, self.target.startswith("-")
        falls, rises = "as_variable (- x)%R e", "as_variable x e"
        match near, slow, negative:
            case str(), None, _:
                return _Moving("x", near, x, {x: _E}, ["rename x into e"])
            case None, Atom(exponent=sp.Symbol()), True:
                return _Moving("exp x", "exp_decays", sp.exp(x), {slow.symbol: _E}, [rises])
            case None, Atom(exponent=sp.Mul()), False:
                return _Moving("exp (- x)", "decays", sp.exp(-x), {slow.symbol: _E}, [falls])
            case None, Atom(exponent=sp.Symbol()), False:
                steps = ["exponential x (/ exp (- x) ^ 1)%R", falls]
                replaced, whole = {slow.symbol: 1 / _E}, f"(- {slow.argument})"
                return _Moving("exp (- x)", "decays", sp.exp(-x), replaced, steps, whole)
            case None, None, False:
                steps = ["inverted x e"]
                return _Moving("(/ x)%R", "inverse_decays", 1 / x, {x: 1 / _E}, steps)
        raise Underived("a limit of another kind")

    def expanded(self, ratio: sp.Expr, small: _Moving, fast: Atom) -> Iterator[str]:
        """... of e and of exp(c e) = 1 + c e φ(c e)."""
        c, p = sp.cancel(fast.exponent / small.value), sp.Symbol("p")
        if self.x in c.free_symbols:
            raise Underived("a limit of another kind")
        function = sp.factor(ratio.subs(_E, (fast.symbol - 1) / (c * p)))
        coefficient = self.derived.text(c)
        phi = f"(phi ({coefficient} * e))"
        body = self.derived.text(
            function, {p: phi, fast.symbol: f"(1 + {coefficient} * e * {phi})"}
        )
        steps = [
            f"expanded {coefficient}%R e p l",
            f"ratio_as {self.derived.text(function, {p: 'p', fast.symbol: 'l'})}%R",
        ]
        yield from self.continuous(small, f"fun e => {body}", "0", steps)

    def continuous(
        self, moving: _Moving, function: str, end: str, steps: list[str]
    ) -> Iterator[str]:
        """What is left: something tends to its end, and the ratio, 1 there, is continuous in it."""
        yield f"apply (ratio_tends _ _ _ (fun x => {moving.text}) ({function}%R) ({end})%R)"
        yield _block([f"apply {moving.tends}"])
        powers = self.powers(moving.whole)
        here = [re.sub(rf"\b{self.made.moving}\b", "x", step) for step in powers]
        yield _block([self.near(), "cbv beta", *here, *moving.steps, *steps])
        yield _block(["continuous_there"])
        yield "value_there"
