"""The table of methods: what a claim means, two judges, numerical routes and Coq, a line each.

A method is a module with `check(model, settings) -> Evidence`. The engine, the preloading of
workers, the store, the verdict and the report read this table; nothing else lists methods.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Flag, auto
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from verify.claims.claim import Claim
from verify.claims.trial import Trial

if TYPE_CHECKING:
    from types import ModuleType

    from verify.judging.evidence import Evidence
    from verify.judging.model import Model
    from verify.settings import Settings

TRIAL = "trial"  # what the evidence of a trial has for its method


class Kind(Flag):
    """What a claim compares its formula with."""

    VALUE = auto()  # a quantity, at every point of the domain
    LIMIT = auto()  # a quantity, on the way to a limit
    EXPERIMENT = auto()  # a number that only a run can tell


@dataclass(frozen=True)
class Method:
    """A way to judge claims.

    Attributes:
        name: as evidence calls it.
        home: its module.
        kinds: the claims that it looks at.
        is_judge: whether what it proves holds on the whole domain; the judges prove together.
        is_sampled: whether it draws at random, and so errs at a rate that its evidence states.
        is_premise: whether it looks at what a claim rests on, and says nothing of its truth.
        is_kernel: whether it is a proof assistant's kernel: what that accepts is certified, and
            proved without a second judge; it speaks only where certificates are asked for.
        library: a package that it takes for `quantities`, and that takes seconds to load.
        quantities: see `library`.

    """

    name: str
    home: str
    kinds: Kind = Kind.VALUE
    is_judge: bool = False
    is_sampled: bool = False
    is_premise: bool = False
    is_kernel: bool = False
    library: str = ""
    quantities: tuple[str, ...] = ()

    @property
    def module(self) -> ModuleType:
        """The module, imported when it is needed first."""
        return import_module(self.home)

    @property
    def check(self) -> Callable[[Model, Settings], Evidence]:
        """The function that looks at a claim and returns what it found."""
        check: Callable[[Model, Settings], Evidence] = self.module.check
        return check

    @property
    def description(self) -> str:
        """What the method does, as the first line of its module says."""
        if self.home in sys.modules:
            text = self.module.__doc__
        else:  # it may take a package that is not there
            spec = find_spec(self.home)
            source = Path(spec.origin or "").read_bytes() if spec else b""
            text = ast.get_docstring(ast.parse(source))
        return (text or "").partition("\n")[0]


DIFFERENTIATED = ("sensitivity",)  # the quantities that autograd takes

_FORMULAS = Kind.VALUE | Kind.LIMIT
_HERE = "verify.judging"
# in this order they look at a claim: the first to refute it ends the search
METHODS = (
    Method("meaning", f"{_HERE}.obligations.meaning", _FORMULAS, is_premise=True),
    Method("lyapunov", f"{_HERE}.routes.lyapunov"),
    Method("spectral", f"{_HERE}.routes.spectral"),
    Method("series", f"{_HERE}.routes.series"),
    Method("limit", f"{_HERE}.routes.limit", Kind.LIMIT),
    Method("polynomials", f"{_HERE}.exact.judge", _FORMULAS, is_judge=True),
    Method("sympy", f"{_HERE}.symbolic.judge", _FORMULAS, is_judge=True),
    Method("autograd", f"{_HERE}.routes.autograd", library="torch", quantities=DIFFERENTIATED),
    Method("simulation", f"{_HERE}.routes.simulation"),
    Method("coq", f"{_HERE}.kernel.judge", _FORMULAS, is_kernel=True),
    Method("experiment", f"{_HERE}.routes.experiment", Kind.EXPERIMENT, is_sampled=True),
)


def kind_of(claim: Claim) -> Kind:
    """What the claim is about."""
    if claim.experiment:
        return Kind.EXPERIMENT
    return Kind.LIMIT if claim.limit else Kind.VALUE


def methods(claim: Claim, certify: bool = False) -> Iterable[Method]:
    """The methods that look at a claim, in order; kernels if it is to be certified too."""
    mine = (method for method in METHODS if kind_of(claim) & method.kinds)
    return (method for method in mine if certify or not method.is_kernel)


def method_names(subject: Claim | Trial) -> tuple[str, ...]:
    """The methods that evidence on a claim, or on a trial, is from."""
    if isinstance(subject, Trial):
        return (TRIAL,)
    return tuple(method.name for method in methods(subject, certify=True))


def judges() -> frozenset[str]:
    """The methods that prove a claim where all of them do."""
    return frozenset(method.name for method in METHODS if method.is_judge)


def premises() -> frozenset[str]:
    """The methods that look at what a claim rests on."""
    return frozenset(method.name for method in METHODS if method.is_premise)


def kernels() -> frozenset[str]:
    """The methods that certify what they prove."""
    return frozenset(method.name for method in METHODS if method.is_kernel)


def sampled() -> frozenset[str]:
    """The methods whose evidence states error rates."""
    return frozenset(method.name for method in METHODS if method.is_sampled)
