"""The mathematics: stationary inputs, the kernel and everything derived from it (SymPy only).

Names are imported when they are first used: claims are read without SymPy, layers without SciPy.
"""

import ast
import sys
from functools import cached_property
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any


class Package(ModuleType):
    """A package whose public names, those of its stub, are imported when they are first used.

    A public name is never a module, though `kernel` and `growth` are names of modules too.
    """

    @cached_property
    def homes(self) -> dict[str, str]:
        """The module that has each public name, by that name."""
        stub = ast.parse(Path(str(self.__file__)).with_suffix(".pyi").read_text(encoding="utf-8"))
        return {
            alias.name: f"{self.__name__}.{node.module}"
            for node in stub.body
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }

    @property
    def __all__(self) -> list[str]:
        return sorted(self.homes)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.homes})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name not in self.homes:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return self.__dict__.setdefault(name, getattr(import_module(self.homes[name]), name))

    def __setattr__(self, name: str, value: object) -> None:
        if not (isinstance(value, ModuleType) and name in self.homes):
            super().__setattr__(name, value)


class FormerModule(ModuleType):
    """A module under the name that it had before it moved, for code that was written then."""

    def __init__(self, name: str, home: str) -> None:
        super().__init__(name)
        self.home = home
        sys.modules[name] = self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what looks through all modules should not load this one
            raise AttributeError(name)
        return getattr(import_module(self.home), name)


sys.modules[__name__].__class__ = Package
FormerModule("theory.conjugation", "theory.algebra.conjugation")
FormerModule("theory.bounds", "theory.architectures.nonlinear")
