"""Proof scripts for translated claims; nothing in them has to be believed, as Coq checks them."""

from __future__ import annotations

from verify.judging.kernel.translation import Statement

_HEAD = """\
(* A claim as a theorem, with its proof. Definitions.v says what the words of the theorem mean. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Curseproof Require Import Definitions Tactics.
Open Scope C_scope.
"""


def certificate(made: Statement) -> str:
    """A file for Coq: the theorem, its proof, and the axioms that it rests on."""
    return f"{_HEAD}\n{made.text()}\nProof.\n{_script(made)}Qed.\n\nPrint Assumptions claim.\n"


def _script(made: Statement) -> str:
    """The proof: what is known of exponentials and roots, and an equation for `field`."""
    circles = [f"circle {angle} C{i}" for i, angle in enumerate(made.written.circles)]
    roots = [
        f"pose proof (root_squared ({of})%R) as Q{i}" for i, of in enumerate(made.written.roots)
    ]
    known = [f"root Q{i}" for i in range(len(roots))]
    facts = [f"C{i}" for i in range(len(circles))] + [f"Q{i}" for i in range(len(roots))]
    if "Ci" in made.text():
        facts.append("i_squared")
    field = f"field [{' '.join(facts)}]" if facts else "field"
    steps = ["intros", *circles, *roots, "reduced", *known, f"{field}; sides"]
    return "".join(f"  {step}.\n" for step in steps)
