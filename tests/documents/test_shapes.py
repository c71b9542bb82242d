"""Docstrings say the shape of every array that is given or returned, by names of axes in brackets.

Annotations say `Tensor` alone. An override is described by the method that it overrides.
"""

import inspect
import re
from importlib import import_module
from pkgutil import iter_modules

import pytest
from torch import Tensor

PACKAGES = [f"numerics.{name}" for name in ("layers", "normalizers", "recurrences", "training")]
ARRAY = re.compile(r"\b(Tensor|Eigenvalue|Parameters|State|Array|ArrayLike)\b")
AXIS = r"(…|\d|batch|time|steps|lags|d|d_in|d_hidden|d_out|states|blocks|heads|size|P)"
AXES = rf"{AXIS}( ?· ?{AXIS}| {AXIS})*"
SHAPE = re.compile(
    rf"\({AXES}(, {AXES})*,?\)|\b(any|same) shapes?\b|\bshapes? (of|to)\b|\bscalar\b"
)


def described(thing, arguments=True):
    """Entries of a docstring's Args or Attributes, or what it returns: by its summary if alone."""
    doc = inspect.cleandoc(thing.__doc__ or "")
    titles = "Args|Attributes" if arguments else "Returns"
    sections = re.findall(rf"^(?:{titles}):\n((?:    .*\n?|\n)+)", doc, re.MULTILINE)
    if not arguments:
        return sections[0] if sections else doc.partition("\n\n")[0]
    entries = re.findall(r"^    (\w+): (.*(?:\n     .*)*)", "\n".join(sections), re.MULTILINE)
    return {name: " ".join(text.split()) for name, text in entries}


def shapeless(thing):
    """Arrays among arguments and results whose shape the docstring does not say."""
    signature, said = inspect.signature(thing), described(thing)
    for name, parameter in signature.parameters.items():
        if is_array(parameter.annotation) and not SHAPE.search(said.get(name, "")):
            yield name
    if is_array(signature.return_annotation) and not SHAPE.search(described(thing, False)):
        yield "Returns"


def is_array(annotation):
    text = str(annotation)
    return not text.startswith("Callable") and bool(ARRAY.search(text))


def public():
    """Functions, classes, and methods that override nothing of ours."""
    for package in map(import_module, PACKAGES):
        for info in iter_modules(package.__path__, f"{package.__name__}."):
            for name, thing in vars(import_module(info.name)).items():
                if name.startswith("_") or getattr(thing, "__module__", "") != info.name:
                    continue
                if inspect.isfunction(thing) or inspect.isclass(thing):
                    yield thing
                if inspect.isclass(thing):
                    yield from methods(thing)


def methods(cls):
    bases = [base for base in cls.__mro__[1:] if base.__module__.startswith("numerics.")]
    for name, method in vars(cls).items():
        method = getattr(method, "__func__", method)
        own = not any(name in vars(base) for base in bases)
        if inspect.isfunction(method) and not name.startswith("_") and own:
            yield method


THINGS = {f"{thing.__module__}.{thing.__qualname__}": thing for thing in public()}


@pytest.mark.parametrize("name", THINGS)
def test_docstrings_say_shapes(name):
    assert [*shapeless(THINGS[name])] == []


def test_a_missing_shape_is_noticed():
    def doubled(x: Tensor, y: Tensor, z: Tensor | None = None) -> Tensor:
        """Twice x.

        Args:
            x: the numbers (h, c) before (see the class).
            y: others, (batch, time).

        Returns:
            Numbers.

        """
        return 2 * x

    assert [*shapeless(doubled)] == ["x", "z", "Returns"]
