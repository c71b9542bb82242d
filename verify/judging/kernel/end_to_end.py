"""One theorem on an exported function, from a moment's definition to the last rounding.

It joins two proofs: that the exact formula, as the function has it, is the moment of input and
unit, and Gappa's, that rounding takes the function no further from the formula than it says. The
theorem speaks of neither: in it stand the moment's definition, the function's operations, each
rounded once, and the distance of what they end with from that moment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from verify.claims.expressions import Refusal
from verify.claims.file import make_claim
from verify.judging.kernel.certificates import LIBRARY_OBJECTS, LIBRARY_RULES, copy_library
from verify.judging.kernel.coq import (
    AXIOMS,
    NAMESPACE,
    NoCoq,
    check,
    compiled_library,
)
from verify.judging.kernel.gappa import CLASSIC, COQ_SECONDS, DOUBLE, PARTS, Bound, Bounds
from verify.judging.kernel.program import Program
from verify.judging.kernel.terms import Untranslated
from verify.judging.kernel.translation import Statement, safe, statement

QUANTITIES = ("second_moment", "sensitivity", "gamma")
_VALUE = "exact"  # that the quantity has, of which the theorem says that it exists

_FILE = """\
(* The exported function {name}: from the definition of what it is to the last rounding.

   Definitions.v says what the words of the theorem mean, and Flocq what `round` does: to the
   nearest double, ties to even, with gradual underflow. Nothing overflows, as the theorem says. *)
From Coq Require Import Reals Lra.
From Coq Require Classical_Prop.
From Coquelicot Require Import Coquelicot.
From Flocq Require Import Core.
From Gappa Require Import Gappa_library.
From {namespace} Require Import Definitions Tactics Comparisons.
Require Import {rounding}.
Open Scope C_scope.

Definition double (x : R) : R := round radix2 (FLT_exp (-1074) 53) ZnearestE x.

Theorem end_to_end {statement}.
Proof.
{proof}Qed.

Print Assumptions end_to_end.
"""
_MAKEFILE = f"""\
# Checks the theorems here with Coq alone: `make`.
LIBRARY := {LIBRARY_OBJECTS}
THEOREMS := $(sort $(wildcard *_end_to_end.v))

check: $(THEOREMS:.v=.vo)

{LIBRARY_RULES}
$(THEOREMS:.v=.vo): %_end_to_end.vo: %_end_to_end.v %_{DOUBLE.name}.vo $(LIBRARY)
	coqc -w none -R library {NAMESPACE} $<

%_{DOUBLE.name}.vo: %_{DOUBLE.name}.v
	coqc -w none $<

.PHONY: check
.SECONDARY:
"""
# Gappa shows that not all of its goals fail in turn; so each of them holds
_APART = """repeat lazymatch type of G with
    | _ /\\ ?B -> False =>
        let H := fresh in
        assert (H : B -> False) by (intro; apply G; repeat (assumption || split));
        clear G; rename H into G
    | ?A \\/ ~ ?B -> False =>
        assert B by (apply Classical_Prop.NNPP; intro; apply G; right; assumption);
        let H := fresh in
        assert (H : A -> False) by (intro; apply G; left; assumption); clear G; rename H into G
    | ~ ?B -> False => assert B by (apply Classical_Prop.NNPP; assumption); clear G
    end"""


class Unjoined(Exception):
    """A function whose two proofs are not joined; the message says why."""


def theorems(quantity: str, autocorrelation: str, bounds: Bounds, folder: Path) -> Iterator[str]:
    """Write the theorem on a quantity's function of 1−λ, if Coq accepts it, and all it needs.

    Args:
        quantity: which one.
        autocorrelation: the input's, as in a claim.
        bounds: what Gappa has proved.
        folder: where its proofs are.

    Yields:
        A line that says what became of it.

    Raises:
        OSError: if a file cannot be written.

    """
    name = f"{quantity}_near_one"
    bound = bounds.proved.get(name)
    if quantity not in QUANTITIES or bound is None:
        return
    try:
        text = theorem(quantity, autocorrelation, bounds.programs[name], bound)
    except (Unjoined, NoCoq) as reason:
        yield f"{name}: not proved from its definition: {reason}"
        return
    copy_library(folder)
    (folder / f"{name}_end_to_end.v").write_text(text, encoding="utf-8")
    (folder / "Makefile").write_text(_MAKEFILE, encoding="utf-8")
    yield f"{name}: proved from its definition to the last rounding, in one theorem"


def theorem(quantity: str, autocorrelation: str, program: Program, bound: Bound) -> str:
    """The theorem on a function of 1−λ in double precision, with a proof that Coq accepts.

    Args:
        quantity: of QUANTITIES.
        autocorrelation: the input's, as in a claim.
        program: the function.
        bound: of its rounding.

    Raises:
        Unjoined: if there is no such theorem, or Coq does not accept its proof.
        NoCoq: if Coq is not there.

    """
    if program.powers:
        raise Unjoined("a library's power is no operation that is rounded once")
    domain = [f"-1 < {_parameter(name)} < 1" for name in program.distances.values()]
    entry = {"id": quantity, "relation": "==", "autocorrelation": autocorrelation}
    if quantity == "gamma":
        entry |= {"quantity": "second_moment", "gamma": _VALUE, "formula": "1"}
    else:
        entry |= {"quantity": quantity, "formula": _VALUE}
    try:
        said = statement(make_claim({**entry, "domain": [*domain, f"0 <= {_VALUE}"]}))
    except (Refusal, Untranslated) as reason:
        raise Unjoined(str(reason)) from None
    name = f"{quantity}_near_one"
    rounding = f"{name}_{DOUBLE.name}"
    made = _Theorem(said, program, bound)
    text = _FILE.format(
        name=name,
        namespace=NAMESPACE,
        rounding=rounding,
        statement="\n  ".join(made.statement()),
        proof="".join(f"  {step}{'' if step.endswith('}') else '.'}\n" for step in made.proof()),
    )
    complaint = check(
        text, compiled_library(), COQ_SECONDS, AXIOMS | CLASSIC, {rounding: bound.proof}
    )
    if complaint:
        raise Unjoined(complaint)
    return text


def _parameter(name: str) -> str:
    """A parameter as claims call it."""
    return "lambda" if name == "lam" else name


class _Theorem:
    """A theorem on a function, and its proof.

    Attributes:
        program: the function.
        bound: of its rounding.
        value: the quantity's, as Coq has it.
        said: what is said of it.
        binders: the parameters, with their types.
        domain: what they are between.
        distances: what the function's arguments are.

    """

    def __init__(self, made: Statement, program: Program, bound: Bound) -> None:
        self.program, self.bound, self.value = program, bound, safe(_VALUE)
        self.said = [*made.written.meant, made.said]
        self.binders = [one for one in made.binders if self.value not in one]
        self.domain = [one for one in made.premises if self.value not in one]
        self.distances = [
            f"{x} = (1 - {safe(_parameter(name))})%R" for x, name in program.distances.items()
        ]

    def statement(self) -> Iterator[str]:
        """The lines of the theorem, after its name."""
        program, digits = self.program, DOUBLE.digits
        least = f"1 * bpow radix2 ({self.bound.least})"
        most = f"{2**digits - 1} * bpow radix2 ({1 - digits})"  # the last before 2
        numbers = " ".join([*program.arguments, *program.operations])
        yield f"{' '.join(self.binders)} ({numbers} : R) :"
        yield from (f"{premise} ->" for premise in (*self.domain, *self.distances))
        for x in program.arguments:
            yield f"double {x} = {x} -> ({least} <= {x} <= {most})%R ->"
        yield from (f"{t} = double ({o})%R ->" for t, o in program.operations.items())
        for t in program.operations:
            yield f"(Rabs {t} <= bpow radix2 {DOUBLE.largest})%R /\\"
        size = f"{self.bound.parts} * bpow radix2 ({-digits - PARTS})"
        yield f"exists {self.value} : R, (0 <= {self.value})%R /\\"
        yield from (f"{one} /\\" for one in self.said)
        yield f"(Rabs ({program.result} - {self.value}) <= {size} * {self.value})%R"

    def proof(self) -> Iterator[str]:
        """The steps of its proof; nothing in them has to be believed, as Coq checks them."""
        program = self.program
        places, steps = range(len(program.arguments)), range(len(program.operations))
        known = [f"P{i}" for i in range(len(self.domain))] + [f"A{i}" for i in places]
        ranges = [f"{letter}{i}" for i in places for letter in "FD"]
        yield f"intros {' '.join([*known, *ranges, *(f'T{i}' for i in steps)])}"
        yield from self.rounded()
        yield f"rewrite {', '.join([f'F{i}' for i in places] + [f'<- T{i}' for i in steps])} in G"
        yield _APART
        yield "lazymatch goal with Q : exists x : R, _ |- _ => destruct Q as [x [X E]] end"
        yield "repeat match goal with |- (Rabs _ <= _)%R /\\ _ => split; [lra|] end"

        value = f"{program.exact(program.result)}%R"  # but for rounding
        parts = range(len(self.said))
        said = " /\\ ".join(self.said).replace(self.value, f"(RtoC {value})")
        yield f"clear - {' '.join(known)} X E"
        yield f"assert (N : (0 <= {value})%R) by (subst; first [apply sqrt_pos | positive])"
        yield f"assert (M : {said})"
        yield f"{{ clear - {' '.join(known)}. {'. '.join(self.exactly())}. }}"
        yield f"destruct M as ({' & '.join(f'M{i}' for i in parts)})"
        yield f"exists {value}"
        yield f"refine (conj N {''.join(f'(conj M{i} ' for i in parts)}_{')' * len(parts)})"
        yield f"rewrite E; replace ({value} * (1 + x) - {value})%R with (x * {value})%R by ring"
        yield f"rewrite Rabs_mult, (Rabs_pos_eq {value}) by exact N"
        yield "apply Rmult_le_compat_r; [exact N | apply Rabs_le; lra]"

    def rounded(self) -> Iterator[str]:
        """The steps to what Gappa has shown, in the words of the theorem."""
        proof = self.bound.proof
        arguments = " ".join(re.findall(r"^ *Variable _real_(\w+)", proof, flags=re.MULTILINE))
        own = " ".join(re.findall(r"^ *Definition (\w+)", proof, flags=re.MULTILINE))
        yield f"pose proof (l1 {arguments}) as G"
        yield f"cbv [{own} BND REL lower upper float2R F2R Fnum Fexp Defs.Fnum Defs.Fexp] in G"
        yield "change (round radix2 (FLT_exp (-1074) (Z.pos 53)) rndNE) with double in G"
        yield "change Float1 with IZR in G"

    def exactly(self) -> Iterator[str]:
        """The proof that the quantity is what the function computes but for rounding."""
        roots = self.program.under_the_root()
        facts = [f"Q{i}" for i in range(len(roots))]
        yield from (f"pose proof (root_squared {of}%R) as Q{i}" for i, of in enumerate(roots))
        yield from ("prepared", "compared", *(f"root {fact}" for fact in facts))
        yield f"field [{' '.join(facts)}]; sides" if facts else "field; sides"
