"""What rounding does to an exported function, proved by Gappa and checked by Coq.

The function is read from its printed source, operation by operation: each is rounded once, beside
the same operations on real numbers. The proof is for arguments 1 − λ and 1 − ρ in a range that it
states, with gradual underflow, and says that nothing overflows.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from pathlib import Path

from verify.judging.kernel.coq import AXIOMS, check, version


@dataclass(frozen=True)
class Format:
    """Numbers that a language computes with.

    Attributes:
        name: Gappa's.
        digits: how many binary digits they have.
        largest: the largest exponent of 2 among them.

    """

    name: str
    digits: int
    largest: int


DOUBLE = Format("ieee_64", 53, 1023)
# of languages that round each operation once: others fuse some
FORMATS: Mapping[str, Sequence[Format]] = {
    "numpy": (Format("x86_80", 64, 16383), DOUBLE),  # long double, or double for single arguments
    "torch": (DOUBLE,),
    "javascript": (DOUBLE,),
}
LEAST = (-149, -100, -60, -30)  # exponents of the least argument, one after the other
SECONDS = 60
COQ_SECONDS = 600
PRECISION = 160  # digits of the bounds within a proof
PARTS = 10  # binary digits of a bound, in half an ulp, after the point
_REMEDY = "install Gappa and its library for Coq, as by: apt-get install gappa libcoq-gappa"
CLASSIC = {"Classical_Prop.classic"}  # of Flocq's rounding
_OPERATIONS: Mapping[type[ast.operator], str] = {
    **{ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"},
}


class NoGappa(Exception):
    """Gappa is not there; the message says how to come by it."""


class Unproved(Exception):
    """A function without such a proof; the message says why."""


@dataclass(frozen=True)
class Bound:
    """A bound on a function's relative error that Coq has checked.

    Attributes:
        parts: so many parts of half an ulp, of which it has 2^PARTS.
        least: the least argument's exponent of 2; the greatest argument is the last below 2.
        script: what Gappa was asked.
        proof: what Coq checked.

    """

    parts: int
    least: int
    script: str
    proof: str

    @property
    def units(self) -> Fraction:
        """The bound in half an ulp."""
        return Fraction(self.parts, 2**PARTS)

    @property
    def rounded(self) -> float:
        """The bound in half an ulp, rounded up to be said."""
        return ceil(100 * self.units) / 100


class Bounds:
    """Bounds for the docstrings of a module in one language.

    Attributes:
        proved: those found, by function and format.
        counted: of these functions, the numbers of roundings.
        programs: these functions, operation by operation.
        reasons: why others have none, by function.

    """

    def __init__(self, target: str) -> None:
        """Raise NoGappa or NoCoq if one is not there."""
        version()
        if shutil.which("gappa") is None:
            raise NoGappa(_REMEDY)
        self.target = target
        self.proved: dict[tuple[str, str], Bound] = {}
        self.counted: dict[str, int] = {}
        self.programs: dict[str, Program] = {}
        self.reasons: dict[str, str] = {}

    def __call__(
        self, name: str, arguments: Sequence[str], body: Sequence[str], roundings: int
    ) -> tuple[float, str] | None:
        """A bound in half an ulp, and where it holds; None where none is below `roundings`."""
        try:
            if self.target not in FORMATS:
                raise Unproved(f"{self.target} may fuse operations, or round otherwise")
            program = Program(arguments, body)
            found = {f: program.bound(f) for f in FORMATS[self.target]}
        except Unproved as reason:
            self.reasons[name] = str(reason)
            return None
        units = max(bound.rounded for bound in found.values())
        if units > roundings:
            self.reasons[name] = f"Gappa finds {units:g}u, more than is counted"
            return None
        self.counted[name], self.programs[name] = roundings, program
        self.proved |= {(name, f.name): bound for f, bound in found.items()}
        least = max(bound.least for bound in found.values())
        provided = ["powers are within an ulp"] if program.powers else []
        provided += ["no compiler fuses operations"] if self.target == "torch" else []
        condition = f", if {' and '.join(provided)}" if provided else ""
        return units, (
            f"Gappa has proved it, and Coq checked the proof, for arguments from 2**{least} to 2,\n"
            f"where nothing overflows before the last rounding{condition}."
        )

    def write(self, folder: Path) -> Iterator[str]:
        """Write each script and proof into a folder; lines that say what became of each function.

        Raises:
            OSError: if a file cannot be written.

        """
        folder.mkdir(parents=True, exist_ok=True)
        for (name, numbers), bound in self.proved.items():
            for suffix, text in (("g", bound.script), ("v", bound.proof)):
                (folder / f"{name}_{numbers}.{suffix}").write_text(text, encoding="utf-8")
            yield f"{name}, {numbers}: {bound.rounded:g}u from 2**{bound.least}, proved"
        for name, reason in self.reasons.items():
            yield f"{name}: counted, not proved: {reason}"


class Program:
    """A function as operations, a line of Gappa's each.

    Attributes:
        given: the arguments, by their names.
        arguments: as Gappa calls them.
        operations: what is computed, and how, in order.
        powers: which of these are a library's, which errs by an ulp.
        result: the last.

    """

    def __init__(self, arguments: Sequence[str], body: Sequence[str]) -> None:
        """Read a function's lines.

        Raises:
            Unproved: if an operation is not known, or an argument is no distance from 1.

        """
        if stray := [name for name in arguments if not re.fullmatch(r"one_minus_[a-z\d_]+", name)]:
            raise Unproved(f"the range of {stray[0]} is not known")
        self.given = list(arguments)
        self.arguments = [f"x{i}" for i in range(len(arguments))]
        self.operations: dict[str, str] = {}
        self.powers: list[str] = []
        self._named = dict(zip(arguments, self.arguments, strict=True))
        for line in body:
            name, _, text = line.replace("return ", "result = ", 1).partition(" = ")
            self._named[name] = self._value(ast.parse(text, mode="eval").body)
        self.result = self._named["result"]
        if self.result not in self.operations:
            raise Unproved("nothing is rounded")

    def _value(self, node: ast.expr) -> str:
        """The name, or the number, of an expression's value."""
        match node:
            case ast.Constant(value=int(number)) if number <= 2**53:
                return str(number)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(number))):
                return f"(-{self._value(ast.Constant(number))})"
            case ast.Name(id=name) if name in self._named:
                return self._named[name]
            case ast.BinOp(left=base, op=ast.Pow(), right=ast.Constant(value=int(number))):
                factor = self._value(base)
                made = self._made(" * ".join([factor] * number))
                self.powers += [made] * (number > 2)
                return made
            case ast.Call(func=ast.Name(id="_power"), args=[base, ast.Constant(value=int(number))]):
                factor = power = self._value(base)
                for _ in range(number - 1):
                    power = self._made(f"{power} * {factor}")
                return power
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATIONS:
                first, second = self._value(left), self._value(right)
                return self._made(f"{first} {_OPERATIONS[type(op)]} {second}")
            case ast.Call(func=ast.Attribute(attr="sqrt"), args=[of]):
                return self._made(f"sqrt({self._value(of)})")
        raise Unproved(f"{ast.unparse(node)} is no operation that is rounded once")

    def _made(self, operation: str) -> str:
        """The name of an operation's result, the same for the same operation."""
        names = {known: name for name, known in self.operations.items()}
        name = names.get(operation, f"t{len(names)}")
        self.operations[name] = operation
        return name

    def exact(self, name: str) -> str:
        """The formula of the arguments that a result is rounded from, step by step."""
        operation = self.operations.get(name)
        if operation is None:
            return name
        return f"({re.sub('[xt][0-9]+', lambda found: self.exact(found[0]), operation)})"

    def under_the_root(self) -> list[str]:
        """Numerator and denominator of what the last operation takes a root of, if it does."""
        root = re.fullmatch(r"sqrt\((\w+)\)", self.operations[self.result])
        if root is None:
            return []
        parts = self.operations.get(root[1], "").split(" / ")
        return [self.exact(part) for part in (parts if len(parts) == 2 else [root[1]])]

    def bound(self, numbers: Format) -> Bound:
        """A bound on the result's relative error, for the widest range of arguments that has one.

        Raises:
            Unproved: if none is found, or Coq does not accept its proof.

        """
        error = f"{self.result} -/ M{self.result}"
        for least in LEAST:
            said = _gappa(self.script(numbers, least, f"{error} in ?"))
            found = re.search(r" in \[(-?\d+)(?:b(-?\d+))?, (-?\d+)(?:b(-?\d+))?\]", said)
            if not found:
                continue
            low, high = (
                int(n) * Fraction(2) ** int(e or 0)
                for n, e in (found.group(1, 2), found.group(3, 4))
            )
            parts = ceil(max(-low, high) * 2 ** (numbers.digits + PARTS))
            goal = [f"|{error}| <= {parts}b{-numbers.digits - PARTS}"]
            goal += [f"|{name}| <= 1b{numbers.largest}" for name in self.operations]
            script = self.script(numbers, least, " /\\ ".join(goal))
            proof = _gappa(script, "-Bcoq")
            lemmas = re.findall(r"^Lemma (\w+)", proof, flags=re.MULTILINE)
            if not lemmas:
                continue
            proof += f"\nPrint Assumptions {lemmas[-1]}.\n"
            complaint = check(proof, None, COQ_SECONDS, AXIOMS | CLASSIC)
            if complaint:
                raise Unproved(complaint)
            return Bound(parts, least, script, proof)
        raise Unproved("Gappa finds no bound")

    def script(self, numbers: Format, least: int, goal: str) -> str:
        """A goal about all of it, for Gappa."""
        digits = numbers.digits
        lines = [f"@rnd = float<{numbers.name}, ne>;"]
        lines += [f"{x} = rnd(real_{x});" for x in (*self.arguments, *self.powers)]
        lines += [f"{t} rnd= {o};" for t, o in self.operations.items() if t not in self.powers]
        exact = {t: re.sub(r"\bt(?=\d)", "Mt", o) for t, o in self.operations.items()}
        lines += [f"M{t} = {o};" for t, o in exact.items()]
        last = 2 ** (digits + 1) - 2  # before 2, over 2^digits
        given = [f"{x} in [1b{least}, {last}b{-digits}]" for x in self.arguments]
        within = f"[-1b{1 - digits}, 1b{1 - digits}]"
        given += [f"{t} -/ ({self.operations[t]}) in {within}" for t in self.powers]
        domain = " /\\ ".join(given)
        return "\n".join([*lines, f"{{ {domain} -> {goal} }}", ""])


def _gappa(script: str, *options: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603
            ["gappa", f"-Eprecision={PRECISION}", *options],  # noqa: S607
            input=script,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return ""
    # what it finds is told as an error message; approximations in braces are for people
    return done.stdout if options else re.sub(r" \{.*?\}", "", done.stdout + done.stderr)
