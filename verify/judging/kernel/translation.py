"""A claim as a statement for Coq, from its own syntax trees alone.

Whoever believes a certificate believes this, `terms` and `library/Definitions.v`. It shares nothing
with what reads claims for the other judges, and computes nothing: the quantity stands as its
definition, each expression as it was written.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from verify.claims.claim import Claim, Derivative, Interval
from verify.claims.expressions import OUTPUT
from verify.judging.kernel.terms import APPLICATION, SUM, Reading, Term, Untranslated, Writer

# names that stay as they are; of others none can be one of Coq's
_GREEK = frozenset(
    {
        *("alpha", "beta", "delta", "epsilon", "eta", "kappa", "mu", "nu", "omega", "phi", "psi"),
        *("rho", "sigma", "tau", "theta", "xi"),
    }
)
_POLES = {"lambda": "lam", "lambda_star": "lam_star", "lambda1": "lam1", "lambda2": "lam2"}


@dataclass
class Statement:
    """A theorem about a claim.

    Attributes:
        binders: the variables, with their types.
        premises: the domain, and what eigenvalues and normalisers stand for.
        written: what its expressions need.
        plain: how parameters are read.
        full: how poles are read too.
        said: what is said of the quantity.
        approach: how a limit is approached, as a filter; then `said` is of each value on the way.
        moving: the parameter that moves there.
        ranges: the premises on that.
        named: the binders and premises of eigenvalues on the way.
        formula: what the quantity is to be like.

    """

    binders: list[str] = field(default_factory=list)
    premises: list[str] = field(default_factory=list)
    written: Writer = field(default_factory=Writer)
    plain: Reading = field(default_factory=lambda: Reading({}, frozenset()))
    full: Reading = field(default_factory=lambda: Reading({}, frozenset()))
    said: str = ""
    approach: str = ""
    moving: str = ""
    ranges: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    formula: str = ""

    def text(self) -> str:
        """The theorem, without its proof."""
        said = [f"{one} /\\" for one in self.written.meant]
        said += [
            f"exists {total}, adds_up (fun n => {term}) {total} /\\"
            for term, total in self.written.totals.items()
        ]
        said.append(self.said)
        if self.approach:
            each = [f"{one} ->" for one in self.ranges] + self.named + said
            within = " /\\ ".join(self.ranges) or "True"
            away = f"Cmod (value {self.moving} / {self.formula} - 1)"
            said = [
                "exists value : R -> R,",
                f"(forall {self.moving} : R,",
                *(f"  {one}" for one in each[:-1]),
                f"  {each[-1]}) /\\",
                f"{self.approach} (fun {self.moving} => {within}) /\\",
                f"filterlim (fun {self.moving} => {away}) {self.approach} (locally 0%R)",
            ]
        lines = [
            " ".join(["Theorem claim", *self.binders, ":"]),
            *(f"{p} ->" for p in self.premises),
        ]
        return "\n  ".join([*lines, *said]) + "."


def statement(claim: Claim) -> Statement:
    """The theorem that a claim states.

    Raises:
        Untranslated: for a kind of claim, or an expression, that has no translation.

    """
    return _Translation(claim).statement()


class _Translation:
    """A claim on its way to a statement."""

    def __init__(self, claim: Claim) -> None:
        if claim.relations:
            raise Untranslated("relations between parameters")
        if claim.horizon and (claim.quantity != "second_moment" or claim.relation != "=="):
            raise Untranslated("a horizon of other than a second moment's value")
        self.claim, self.made = claim, Statement()
        self.write = self.made.written
        self.plain = Reading({}, frozenset())
        for name in claim.parameters:
            is_real = not claim.is_complex(name)
            if name == claim.horizon:
                self.plain = replace(self.plain, steps={name: safe(name)})
                self.plain = self.plain.where(name, Term(f"INR {safe(name)}", APPLICATION), True)
                self.made.binders.append(f"({safe(name)} : nat)")
                continue
            self.plain = self.plain.where(name, Term(safe(name)), is_real)
            if claim.limit is None or name != claim.limit.name:
                self.made.binders.append(f"({safe(name)} : {'R' if is_real else 'C'})")
        for name in claim.parameters:
            is_moving = claim.limit is not None and name == claim.limit.name
            found = self.made.ranges if is_moving else self.made.premises
            found += self.range(claim.interval(name))
        self.made.plain = self.plain
        self.input = self.autocorrelation()
        self.full = self.plain
        for pole in claim.poles:
            if pole in claim.eigenvalue:
                self.named(pole, claim.eigenvalue[pole].node)
        self.made.full = self.full

    def range(self, one: Interval) -> Iterator[str]:
        """The premises on a parameter's range."""
        if one.is_whole:
            raise Untranslated("whole numbers")
        text = f"Cmod {safe(one.name)}" if one.modulus else self.plain.terms[one.name].text
        if one.lower:
            sign = "<" if one.lower_strict else "<="
            yield f"({self.write.real(one.lower.node, self.plain).text} {sign} {text})%R"
        if one.upper:
            sign = "<" if one.upper_strict else "<="
            yield f"({text} {sign} {self.write.real(one.upper.node, self.plain).text})%R"

    def autocorrelation(self) -> Term:
        """The input, of which little is known where it may be any."""
        claim, made = self.claim, self.made
        lagged = replace(self.plain, lag="n")
        pairs = ("cross_moment", "cross_sensitivity", "output_hessian")
        if claim.arbitrary:
            made.binders.append(f"(r : nat -> {'C' if claim.complex_input else 'R'})")
            term = Term("r") if claim.complex_input else Term("real r", APPLICATION)
            self.write.general = term
            made.premises.append(f"is_autocorrelation {term}")
            is_real = not claim.complex_input
        else:
            node = claim.autocorrelation.node
            if OUTPUT in claim.autocorrelation.functions:
                raise Untranslated("the output of another unit")
            term = Term(f"fun n => {self.write.value(node, lagged).text}", SUM)
            self.write.meant[f"is_positive {term}"] = None
            is_real = self.write.is_real(node, lagged)
        if claim.quantity in pairs and not is_real:
            raise Untranslated(f"{claim.quantity} with a complex input")
        return term

    def named(self, pole: str, node: ast.expr) -> None:
        """A variable for an eigenvalue, with what it stands for."""
        name, is_real = safe(pole), self.write.is_real(node, self.full)
        term = (self.write.real if is_real else self.write.value)(node, self.full)
        kind, same = "R" if is_real else "C", f"{name} = {term}{'%R' * is_real}"
        if self.claim.limit:
            self.made.named += [f"forall {name} : {kind},", f"{same} ->"]
        else:
            self.made.binders.append(f"({name} : {kind})")
            self.made.premises.append(same)
        self.full = self.full.where(pole, Term(name), is_real)

    def statement(self) -> Statement:
        """The whole of it."""
        claim = self.claim
        units = [self.unit(pole) for pole in claim.poles]
        name = claim.quantity
        if claim.horizon:
            name, units = f"{name}_after", [*units, safe(claim.horizon)]
        match claim.quantity:
            case "second_moment" | "backpropagated_error" | "cross_moment" | "teacher_student_loss":
                about = units
            case "sensitivity":
                about = [self.moving("lambda", claim.wrt[0], claim.differentiate_gamma)]
            case "cross_sensitivity":
                about = [self.moving(pole, Derivative(pole), False) for pole in claim.poles]
            case "output_hessian":
                by = (claim.wrt[0], claim.wrt[-1])
                if any(d.name != pole for pole, d in zip(claim.poles, by, strict=True)):
                    raise Untranslated("an output's Hessian by other than one pole each")
                about = [self.moving(d.name, d, False) for d in by]
            case "teacher_student_hessian":
                name, about = self.hessian()
            case _:
                raise Untranslated(claim.quantity)
        self.made.said = self.compared(f"{name} {self.input} {' '.join(about)}")
        return self.made

    def compared(self, quantity: str) -> str:
        """What is said of a quantity, as far as its value goes."""
        claim, made = self.claim, self.made
        if claim.is_strict:
            raise Untranslated("a strict bound")
        if claim.relation == "==":
            return f"{quantity} {self.write.value(claim.formula.node, self.full)}"
        if claim.relation == "~":
            limit = claim.limit
            if limit is None or claim.is_complex(limit.name):
                raise Untranslated("a limit of a complex parameter")
            made.moving = safe(limit.name)
            made.formula = str(self.write.value(claim.formula.node, self.spelt()))
            target = self.write.real(limit.target.node, self.plain)
            infinity = "m" if limit.target.source.startswith("-") else "p"
            made.approach = {
                "-": f"(at_left {target}%R)",
                "+": f"(at_right {target}%R)",
                "oo": f"(Rbar_locally {infinity}_infty)",
            }[limit.direction]
            return f"{quantity} (value {made.moving})"
        bound = self.write.real(claim.formula.node, self.full)
        return f"exists value, {quantity} (RtoC value) /\\ (value {claim.relation} {bound.text})%R"

    def spelt(self) -> Reading:
        """How names are read where poles are written out."""
        reading = self.plain
        for pole in self.claim.poles:
            if pole in self.claim.eigenvalue:
                node = self.claim.eigenvalue[pole].node
                is_real = self.write.is_real(node, reading)
                term = (self.write.real if is_real else self.write.value)(node, reading)
                reading = reading.where(pole, term, is_real)
        return reading

    def hessian(self) -> tuple[str, list[str]]:
        """The Hessian's name and student, where teacher and student are one."""
        claim = self.claim
        gammas = [claim.gamma[pole].source for pole in claim.poles if pole in claim.gamma]
        teacher = claim.eigenvalue.get("lambda_star")
        if teacher is None or teacher.source != "lambda" or len(set(gammas)) != len(gammas) // 2:
            raise Untranslated("a teacher that is not the student")
        by = list(dict.fromkeys(claim.wrt))
        if len(by) == 1:
            return claim.quantity, [self.moving("lambda", by[0], True)]
        parts = "".join(derivative.part for derivative in by)
        if gammas or parts not in ("reim", "imre") or by[0].name != by[1].name:
            raise Untranslated("a mixed derivative but by the parts of one pole")
        along = "s + Ci * t" if parts == "reim" else "Ci * s + t"
        unit = f"(fun s t => unit 1 ({self.plain.terms[by[0].name]} + ({along}))) 0 0"
        return f"mixed_{claim.quantity}", [unit]

    def unit(self, pole: str) -> str:
        """The unit of a pole."""
        return f"(unit {self.gamma(pole, self.full)} {self.full.terms[pole]})"

    def moving(self, pole: str, by: Derivative, gamma_moves: bool) -> str:
        """The unit of a pole that moves with a real variable t, and the value of that."""
        if by.name not in self.plain.terms:
            raise Untranslated(f"a derivative by {by.name}, which is an expression")
        name, own = by.name, self.plain.terms[by.name]
        if name in self.plain.reals:
            point, moved = own.text, self.plain.where(name, Term("t"), True)
        else:
            step = "Ci * t" if by.part == "im" else "t"
            point, moved = "0", self.plain.where(name, Term(f"{own} + {step}", SUM), False)
        is_real = pole in self.full.reals
        if pole in self.claim.eigenvalue:
            node = self.claim.eigenvalue[pole].node
            moved = moved.where(
                pole, (self.write.real if is_real else self.write.value)(node, moved), is_real
            )
        gamma = self.gamma(pole, moved if gamma_moves else self.full)
        return f"(fun t => unit {gamma} {moved.terms[pole]}) {point}"

    def gamma(self, pole: str, reading: Reading) -> Term:
        """The normaliser of a pole, in whose formula the pole is λ."""
        if pole not in self.claim.gamma:
            return Term("1")
        own = reading.where("lambda", reading.terms[pole], pole in reading.reals)
        return self.write.value(self.claim.gamma[pole].node, own)


def safe(name: str) -> str:
    """A parameter's name, as none of Coq's and none of ours."""
    return _POLES.get(name) or (name if name in _GREEK else f"p_{name}")
