"""What rounding does to an exported function, proved by Gappa and checked by Coq.

The function is read from its printed source, operation by operation: each is rounded once, beside
the same operations on real numbers; of 1 − x² − y² Coq has a proof (`library/Squares.v`). The bound
is for 1 − λ, 1 − ρ and λ in ranges that are stated, with gradual underflow, and nothing overflows.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import ceil
from pathlib import Path

from verify.judging.kernel.coq import AXIOMS, LIBRARY, check, version
from verify.judging.kernel.program import Program, Unread


@dataclass(frozen=True)
class Format:
    """Numbers that are computed with.

    Attributes:
        name: Gappa's.
        digits: how many binary digits they have.
        largest: the largest exponent of 2 among them.

    """

    name: str
    digits: int
    largest: int


DOUBLE = Format("ieee_64", 53, 1023)
# languages that round each operation once: others fuse some; NumPy does for single arguments
TARGETS = ("numpy", "torch", "javascript")
LEAST = (-149, -100, -60, -30)  # exponents of the least argument, one after the other
SECONDS = 60
COQ_SECONDS = 600
PRECISION = 160  # digits of the bounds within a proof
PARTS = 10  # binary digits of a bound, in half an ulp, after the point
_REMEDY = "install Gappa and its library for Coq, as by: apt-get install gappa libcoq-gappa"
CLASSIC = {"Classical_Prop.classic"}  # of Flocq's rounding
# what Coq has proved of 1 − x² − y² in double precision, as exported functions compute it
SQUARES = LIBRARY / "Squares.v"
_SQUARES_ERROR = "4097b-63"


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
        proved: those found, by function.
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
        self.proved: dict[str, Bound] = {}
        self.counted: dict[str, int] = {}
        self.programs: dict[str, Program] = {}
        self.reasons: dict[str, str] = {}

    def __call__(
        self, name: str, arguments: Sequence[str], body: Sequence[str], roundings: int
    ) -> tuple[float, str] | None:
        """A bound in half an ulp, and where it holds; None where none is below `roundings`."""
        try:
            if self.target not in TARGETS:
                raise Unproved(f"{self.target} may fuse operations, or round otherwise")
            program = Program(arguments, body)
            found = bound(program)
        except (Unread, Unproved) as reason:
            self.reasons[name] = str(reason)
            return None
        if found.rounded > roundings:
            self.reasons[name] = f"Gappa finds {found.rounded:g}u, more than is counted"
            return None
        self.counted[name], self.programs[name], self.proved[name] = roundings, program, found
        where = [f"for arguments from 2**{found.least} to 2"] if program.distances else []
        where += [
            f"for {v} of parts 0 or beyond 2**-485, with 1 - abs({v})**2 >= 2**{found.least}"
            for v in program.parts.values()
        ]
        provided = ["powers are within an ulp"] if program.powers else []
        provided += ["no compiler fuses operations"] if self.target == "torch" else []
        of = " of single arguments" if self.target == "numpy" else ""
        condition = f", if {' and '.join(provided)}" if provided else ""
        return found.rounded, (
            f"Gappa has proved it{of}, and Coq checked the proof, {', '.join(where)},\n"
            f"where nothing overflows before the last rounding{condition}."
        )

    def write(self, folder: Path) -> Iterator[str]:
        """Write each script and proof into a folder; lines that say what became of each function.

        Raises:
            OSError: if a file cannot be written.

        """
        folder.mkdir(parents=True, exist_ok=True)
        for name, bound in self.proved.items():
            for suffix, text in (("g", bound.script), ("v", bound.proof)):
                path = folder / f"{name}_{DOUBLE.name}.{suffix}"
                path.write_text(text, encoding="utf-8")
            yield f"{name}, {DOUBLE.name}: {bound.rounded:g}u from 2**{bound.least}, proved"
        if any(program.squares for program in self.programs.values()):
            shutil.copy(SQUARES, folder)
        for name, reason in self.reasons.items():
            yield f"{name}: counted, not proved: {reason}"


def bound(program: Program) -> Bound:
    """A bound on the result's relative error, for the widest range of arguments that has one.

    Raises:
        Unproved: if none is found, or Coq does not accept its proof.

    """
    if program.squares:
        _check_squares()
    error = f"{program.result} -/ M{program.result}"
    for least in LEAST:
        said = _gappa(_script(program, least, f"{error} in ?"))
        found = re.search(r" in \[(-?\d+)(?:b(-?\d+))?, (-?\d+)(?:b(-?\d+))?\]", said)
        if not found:
            continue
        low, high = (
            int(n) * Fraction(2) ** int(e or 0) for n, e in (found.group(1, 2), found.group(3, 4))
        )
        parts = ceil(max(-low, high) * 2 ** (DOUBLE.digits + PARTS))
        goal = [f"|{error}| <= {parts}b{-DOUBLE.digits - PARTS}"]
        goal += [f"|{name}| <= 1b{DOUBLE.largest}" for name in program.operations]
        script = _script(program, least, " /\\ ".join(goal))
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


@cache
def _check_squares() -> None:
    """Have Coq check what is proved of 1 − x² − y², which Gappa takes as given."""
    complaint = check(SQUARES.read_text(encoding="utf-8"), None, COQ_SECONDS, AXIOMS | CLASSIC)
    if complaint:
        raise Unproved(complaint)


def _script(program: Program, least: int, goal: str) -> str:
    """A goal about all of a function, for Gappa."""
    digits, operations = DOUBLE.digits, program.operations
    errors = dict.fromkeys(program.powers, f"1b{1 - digits}")
    errors |= dict.fromkeys(program.squares, _SQUARES_ERROR)
    lines = [f"@rnd = float<{DOUBLE.name}, ne>;"]
    lines += [f"{x} = rnd(real_{x});" for x in (*program.arguments, *errors)]
    lines += [f"{t} rnd= {o};" for t, o in operations.items() if t not in errors]
    exact = {t: re.sub(r"\bt(?=\d)", "Mt", o) for t, o in operations.items()}
    lines += [f"M{t} = {o};" for t, o in exact.items()]
    last = 2 ** (digits + 1) - 2  # before 2, over 2^digits
    given = [f"{x} in [1b{least}, {last}b{-digits}]" for x in program.distances]
    for x, y in program.parts:
        given += [f"{x} in [-1, 1]", f"{y} in [-1, 1]"]
        given += [f"1 - {x} * {x} - {y} * {y} in [1b{least}, 1]"]
    given += [f"{t} -/ ({operations[t]}) in [-{error}, {error}]" for t, error in errors.items()]
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
