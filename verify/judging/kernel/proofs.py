"""Proof scripts for translated claims; nothing in them has to be believed, as Coq checks them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import sympy as sp

from verify.claims.claim import Claim, Limit
from verify.claims.expressions import rational_of
from verify.judging.kernel.derived import Atom, Derived, Range, Underived, not_negative
from verify.judging.kernel.translation import Statement

_HEAD = """\
(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics Comparisons.
Open Scope C_scope.
"""


def certificate(claim: Claim, made: Statement) -> str:
    """A file for Coq: the theorem, its proof, and the axioms that it rests on.

    Raises:
        Underived: where no proof was found to be tried.

    """
    if claim.relation == "==":
        steps = _Script(made).equality()
    elif claim.relation == "~":
        steps = _Limit(claim, made).steps()
    else:
        steps = _Bound(claim, made).steps()
    script = "".join(f"  {step}.\n" for step in steps)
    return f"{_HEAD}\n{made.text()}\nProof.\n{script}Qed.\n\nPrint Assumptions claim.\n"


class _Script:
    """The steps from a quantity to its value."""

    def __init__(self, made: Statement) -> None:
        written = made.written
        self.known = [f"circle {angle} C{i}" for i, angle in enumerate(written.circles)]
        self.known += [
            f"pose proof (root_squared ({of})%R) as Q{i}" for i, of in enumerate(written.roots)
        ]
        roots = range(len(written.roots))
        facts = [f"C{i}" for i in range(len(written.circles))] + [f"Q{i}" for i in roots]
        if "Ci" in made.text():
            facts.append("i_squared")
        field = f"field [{' '.join(facts)}]" if facts else "field"
        self.equation = ["compared", *(f"root Q{i}" for i in roots), f"{field}; sides"]

    def equality(self) -> list[str]:
        """... where its value is the formula."""
        return ["intros", *self.known, "prepared", *self.equation]


def _simplified(text: str) -> str:
    """Another form of the left-hand side of 0 <= …, which is a rational function."""
    by = "(field; repeat split; nonzero_real)"
    return f"match goal with |- (0 <= ?e)%R => replace e with {text}%R by {by} end"


class _Bound(_Script):
    """The proof of a bound: a value, and a difference that is not negative."""

    def __init__(self, claim: Claim, made: Statement) -> None:
        super().__init__(made)
        self.claim, self.derived = claim, Derived(claim, made)
        self.atoms = {atom.symbol: atom for atom in self.derived.atoms}

    def steps(self) -> Iterator[str]:
        derived = self.derived
        yield from ("intros", *self.known, "prepared", f"exists {derived.text(derived.value)}%R")
        yield "split"
        yield f"{{ {'. '.join(self.equation)}. }}\n  {'. '.join(self.inequality())}"

    def inequality(self) -> Iterator[str]:
        """The difference, on its domain, where exponentials are variables."""
        derived = self.derived
        value, bound = derived.value, derived.formula
        used = [self.atoms[s] for s in self.atoms if s in (value - bound).free_symbols]
        decaying = self.decaying(used)
        if decaying is not None:
            yield f"pose proof (below_sinh {decaying[0].text} ltac:(left; apply exp_pos)) as S"
        for atom in reversed(used):
            yield from self.variable(atom)
        if decaying is not None:
            slow, fast = (atom.symbol for atom in decaying)
            most = (1 - fast**2) / (2 * fast)
            rest = sp.cancel(value / slow**2)
            if self.claim.relation != "<=" or slow in rest.free_symbols:
                raise Underived("a bound of another kind")
            value = sp.factor(rest * most**2)
            name = derived.text(rest, named=True)
            by = "(field; repeat split; nonzero_real)"
            yield f"apply Rle_trans with ({name} * ((1 - {fast} ^ 2) / (2 * {fast})) ^ 2)%R"
            yield (
                f"{{ match goal with |- (?v <= _)%R => replace v with ({name} * {slow} ^ 2)%R"
                f" by {by} end. apply Rmult_le_compat_l. "
                f"{{ {'. '.join(self.positive(rest))}. }} apply pow_incr; split; lra. }}\n  idtac"
            )
        yield "first [apply by_difference | apply by_difference_ge]"
        difference = bound - value if self.claim.relation == "<=" else value - bound
        yield from self.positive(sp.factor(difference))

    def positive(self, function: sp.Expr) -> Iterator[str]:
        """A rational function is not negative."""
        above, below = sp.fraction(sp.factor(function))
        ranges = {s: self.range(s) for s in function.free_symbols}
        middle = {s: low + 1 if high is None else (low + high) / 2 for s, (low, high) in ranges.items()}
        constant, factors = sp.factor_list(below)
        turned = [(f if f.subs(middle) > 0 else -f, n) for f, n in factors]
        above = sp.expand(sp.cancel(above * sp.prod(f**n for f, n in turned) / below))
        text = self.derived.text
        form = " + ".join(
            " * ".join([text(c), *(f"{text(base, True)} ^ {n}" for base, n in parts if n)])
            for c, parts in (not_negative(above, ranges) if above != 0 else [])
        )
        positive = " * ".join(f"{text(f, True)} ^ {n}" for f, n in turned) or "1"
        yield _simplified(f"({text(above, True)} / ({positive}))")
        yield "apply Rdiv_le_0_compat"
        yield (
            f"{{ match goal with |- (0 <= ?e)%R => replace e with ({form or '0'})%R by ring end. "
            "not_negative. }\n  positive"
        )

    def variable(self, atom: Atom) -> Iterator[str]:
        """An exponential becomes a variable of which a range is known."""
        name = str(atom.symbol)
        yield f"set ({name} := {atom.text}) in *"
        yield f"assert (0 < {name})%R by apply exp_pos"
        if self.range(atom.symbol)[1] is not None:
            yield f"assert ({name} < 1)%R by (apply exp_below_1; known; nra)"
        yield f"clearbody {name}"

    def range(self, symbol: sp.Symbol) -> Range:
        """The range of a variable."""
        if symbol in self.atoms:
            decays = self.derived.model.sign(self.atoms[symbol].exponent) < 0
            return sp.S.Zero, sp.S.One if decays else None
        [name] = [n for n, s in self.derived.model.symbols.items() if s == symbol]
        interval = self.claim.interval(name)
        ends = [None if e is None else rational_of(e.node) for e, _ in interval.ends]
        if interval.modulus or ends[0] is None:
            raise Underived(f"{name} has no least value")
        low, high = (None if e is None else sp.Rational(e.numerator, e.denominator) for e in ends)
        return low, high

    def decaying(self, used: list[Atom]) -> tuple[Atom, Atom] | None:
        """Exponentials e and exp(−e), where both are there."""
        for slow in used:
            for fast in used:
                if fast.exponent == -sp.exp(slow.exponent):
                    return slow, fast
        return None


class _Limit(_Script):
    """The proof of a limit: values on the way, and a ratio that is continuous where it ends."""

    def __init__(self, claim: Claim, made: Statement) -> None:
        super().__init__(made)
        if claim.limit is None:
            raise Underived("no limit")
        self.claim, self.made, self.derived = claim, made, Derived(claim, made)
        self.limit: Limit = claim.limit
        self.x = self.derived.model.symbols[self.limit.name]

    def steps(self) -> Iterator[str]:
        derived, name = self.derived, self.made.moving
        own = {name, *(line.split()[1] for line in self.made.named if line.startswith("forall"))}
        inner = [k for k in self.known if own & set(re.findall(r"\w+", k))]
        yield from ("intros", *(k for k in self.known if k not in inner))
        yield f"exists (fun {name} : R => {derived.text(derived.value)}%R)"
        each = ["intros", *inner, "prepared", *self.equation]
        yield f"split; [|split].\n  {{ {'. '.join(each)}. }}\n  {{ {self.within()} }}\n  idtac"
        yield from self.ratio()

    def ends(self) -> tuple[str | None, str | None]:
        """The ends of the range of what moves."""
        lower, upper = (
            None if e is None else self.made.written.real(e.node, self.made.plain).text
            for e, _ in self.claim.interval(self.limit.name).ends
        )
        return lower, upper

    def near(self) -> str:
        """The step to a value near the limit."""
        target = self.made.written.real(self.limit.target.node, self.made.plain)
        lower, upper = self.ends()
        match self.limit.direction:
            case "-":
                return f"apply (on_the_left {target} ({lower or f'{target} - 1'})%R); [lra | intros x X Y]"
            case "+":
                return f"apply (on_the_right {target} ({upper or f'{target} + 1'})%R); [lra | intros x X Y]"
        end = upper if self.limit.target.source.startswith("-") else lower
        return f"exists ({end or 0})%R; intros x X"

    def within(self) -> str:
        return f"{self.near()}. repeat split; lra."

    def ratio(self) -> Iterator[str]:
        """The ratio is a function of something that tends to a number, continuous there."""
        derived, x = self.derived, self.x
        ratio = sp.factor(derived.value / derived.formula)
        moving = [a for a in derived.atoms if x in a.exponent.free_symbols and a.symbol in ratio.free_symbols]
        target = sp.Rational(str(rational_of(self.limit.target.node)))
        near = {"-": "apply left_is_near", "+": "apply right_is_near"}.get(self.limit.direction, "")
        text = derived.text
        if not moving and near:
            own = {x: "x"}
            g = self.written(ratio, own)
            yield f"apply (ratio_tends _ _ _ (fun x => x) (fun x => {g}%R) {text(target)}%R)"
            equation = "cbn [power]; spread; cbn [power]; numerals; field; sides"
            yield from self.goals(near, equation)
            return
        if len(moving) == 1 and self.limit.direction == "oo" and not target < 0:
            [atom] = moving
            turned = sp.cancel(atom.exponent / x)
            if abs(turned) == 1:
                e = sp.Symbol("e")
                g = self.written(sp.factor(ratio.subs(atom.symbol, e**-turned)), {e: "e"})
                yield f"apply (ratio_tends _ _ _ (fun x => exp (- x)) (fun e => {g}%R) 0%R)"
                ours = self.written(ratio, {atom.symbol: "e"})
                inverse = "/ e" if turned > 0 else "e"
                equation = (
                    f"set (e := {'exp x' if turned > 0 else 'exp (- x)'}) in *. "
                    "assert (0 < e)%R by apply exp_pos. "
                    f"replace (exp (- x)) with ({inverse})%R by (unfold e; now rewrite ?exp_Ropp). "
                    f"clearbody e. match goal with |- _ = RtoC ?g => replace g with {ours}%R "
                    "by (field; repeat split; nonzero_real) end. "
                    "cbn [power]; spread; cbn [power]; numerals; field; sides"
                )
                yield from self.goals("exact decays", equation)
                return
        yield from self.small(ratio, moving, near)

    def small(self, ratio: sp.Expr, moving: list[Atom], near: str) -> Iterator[str]:
        """... of e -> 0 and of exp(c e), which is 1 + c e phi(c e)."""
        x, text = self.x, self.derived.text
        slow = next((a for a in moving if a.exponent == x), None)
        fast = next((a for a in moving if a is not slow), None)
        if fast is None or (slow is None) == (not near):
            raise Underived("a limit of another kind")
        small = sp.exp(x) if slow else x
        c = sp.cancel(fast.exponent / small)
        if x in c.free_symbols:
            raise Underived("a limit of another kind")
        p, e = sp.symbols("p e")
        at = slow.symbol if slow else x
        g = sp.factor(sp.cancel(ratio.subs(at, (fast.symbol - 1) / (c * p))))
        phi = f"(phi ({text(c)} * e))"
        body = self.written(g, {p: phi, fast.symbol: f"(1 + {text(c)} * e * {phi})"})
        h = "exp" if slow else "(fun x => x)"
        yield f"apply (ratio_tends _ _ _ {h} (fun e => {body}%R) 0%R)"
        argument = fast.argument
        for atom in self.derived.atoms:
            argument = argument.replace(atom.argument, "x") if atom is slow else argument
        steps = [
            f"set (e := {'exp x' if slow else 'x'}) in *",
            f"assert (He : (0 < e)%R) by {'apply exp_pos' if slow else 'assumption'}",
            f"pose proof (phi_exp ({text(c)} * e)) as E",
            f"match goal with |- context [exp ?y] => replace (exp y) with (exp ({text(c)} * e)) by (f_equal; unfold e; ring) end",
            f"assert (Hl : (exp ({text(c)} * e) < 1)%R) by (apply exp_below_1; nra)",
            f"pose proof (exp_pos ({text(c)} * e)) as Hl0",
            f"set (p := phi ({text(c)} * e)) in *; set (l := exp ({text(c)} * e)) in *",
            "assert (Hp : (0 < p)%R) by nra",
            f"assert (Ee : (e = (l - 1) / ({text(c)} * p))%R) by (rewrite E; field; repeat split; nonzero_real)",
            "clearbody p l e; clear E; subst e",
            f"match goal with |- _ = RtoC ?g => replace g with {self.written(g, {p: 'p', fast.symbol: 'l'})}%R by (field; repeat split; nonzero_real) end",
            "cbn [power]; spread; cbn [power]; numerals; field; sides",
        ]
        yield from self.goals(near or "exact exp_decays", "; ".join(steps[:2]) + ". " + ". ".join(steps[2:]))

    def goals(self, tends: str, equation: str) -> Iterator[str]:
        """What is left of a limit: it tends to its end, and is the ratio, continuous, and 1."""
        yield f"{{ {tends}. }}\n  {{ {self.near()}. cbv beta. {equation}. }}\n  {{ continuous_there. }}\n  cbv beta; at_0; field; repeat split; nonzero_real"

    def written(self, expr: sp.Expr, names: dict[sp.Symbol, str]) -> str:
        from verify.judging.kernel.derived import written

        atoms = {a.symbol: a.text for a in self.derived.atoms}
        return written(expr, {**self.derived.texts, **atoms, **names})
