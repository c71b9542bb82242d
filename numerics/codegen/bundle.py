"""The normaliser for an input as one file of PyTorch or JAX code: our own, without the rest."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from itertools import starmap
from pathlib import Path

from torch import Tensor

from numerics.codegen.runtime import Runtime
from numerics.normalizers import InputNormalizer
from theory.inputs import StationaryInput

_FOLDER = Path(__file__).parents[1]
_OF_TORCH = (
    *("double_precision", "eigenvalues", "ar1_moments", "filtered_moments", "real_gamma"),
    *("written", "stored_inputs", "input_normalizer", "natural_gradient"),
)
MODULES: Mapping[str, Sequence[str]] = {
    "torch": [f"normalizers/{name}.py" for name in _OF_TORCH],
    "jax": [
        *("normalizers/ar1_moments.py", "normalizers/filtered_moments.py"),
        "codegen/in_jax.py",
    ],
}
_STOREYS = ("theory", "numerics")


def bundled(x: StationaryInput, target: str = "torch") -> str:
    """A module with γ for an input, maps to eigenvalues, and natural gradients.

    It needs PyTorch alone, where its `normalizer()` is `InputNormalizer(x)`, or JAX alone.

    Args:
        x: the input, as `InputNormalizer` takes it.
        target: torch or jax.

    Raises:
        ValueError: where `InputNormalizer` raises it.

    Examples:
        >>> from numerics.codegen.bundle import bundled
        >>> from theory import exponential
        >>> bundled(exponential(0.9)).splitlines()[0]
        '\"\"\"γ(λ) for PyTorch, maps to eigenvalues, and natural gradients.'

    """
    made = InputNormalizer(x)
    sources = [(_FOLDER / name).read_text(encoding="utf-8") for name in MODULES[target]]
    helpers = []
    if target == "jax":  # the moments are printed for Torch, in operations that arrays have, too
        sources = [source.replace("Tensor", "Array") for source in sources]
        helpers = Runtime.of("jax.py").called_in("\n".join(sources))
    framework, made_elsewhere, maker, line = _WORDS[target]
    return "\n\n\n".join(
        [
            _HEAD.format(
                framework=framework,
                R=made.extra_repr(),
                version=version("curseproof"),
                imports=made_elsewhere,
            ),
            _imports(sources),
            *helpers,
            *(_without_imports(source) for source in sources),
            maker.format(numbers="".join(starmap(line, made.state_dict().items()))),
        ]
    )


def _in_torch(name: str, value: Tensor) -> str:
    numbers = f"torch.tensor({_rows(value.tolist(), '[]')}, dtype=torch.float64)"
    return f'\n        "{name}": {numbers}.reshape({tuple(value.shape)}),'


def _in_jax(name: str, value: Tensor) -> str:
    rows = value.tolist()
    given = _rows(list(map(tuple, rows)) if value.dim() else rows, "()")
    return f"\n        {name.removesuffix('_v1')}={given},"


def _rows(values: object, brackets: str) -> str:
    """A number, or rows in brackets, one a line."""
    if not isinstance(values, list) or not values:
        return brackets if values == [] else str(values)
    return "".join([brackets[0], *(f"\n            {row}," for row in values)]) + (
        f"\n        {brackets[1]}"
    )


def _imports(sources: Sequence[str]) -> str:
    """What the modules import from outside, once."""
    plain, named = set(), dict[str, set[str]]()
    for source in sources:
        for node in ast.parse(source).body:
            if isinstance(node, ast.Import):
                plain.add(ast.unparse(node))
            elif isinstance(node, ast.ImportFrom) and not _is_ours(node) and node.module:
                names = {alias.name for alias in node.names} - {"TYPE_CHECKING"}
                named[node.module] = named.get(node.module, set()) | names
    groups: list[list[str]] = [[], [], []]
    lines = [f"from {home} import {', '.join(sorted(named[home]))}" for home in sorted(named)]
    for line in (*sorted(plain), *lines):
        framework = any(f" {name}" in line for name in MODULES)
        groups[0 if "__future__" in line else 2 if framework else 1].append(line)
    return "\n\n".join("\n".join(group) for group in groups)


def _without_imports(source: str) -> str:
    """A module's code without its docstring and what it imports."""
    left_out = {
        number
        for node in _left_out(ast.parse(source))
        for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    lines = enumerate(source.splitlines(), start=1)
    return "\n".join(line for number, line in lines if number not in left_out).strip()


def _left_out(tree: ast.Module) -> Iterator[ast.stmt]:
    for place, node in enumerate(tree.body):
        is_docstring = place == 0 and isinstance(node, ast.Expr)
        is_for_types = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        if is_docstring or is_for_types or isinstance(node, ast.Import | ast.ImportFrom):
            yield node


def _is_ours(node: ast.ImportFrom) -> bool:
    return (node.module or "").partition(".")[0] in _STOREYS


_HEAD = '''"""γ(λ) for {framework}, maps to eigenvalues, and natural gradients.

`normalizer()` is the module that a layer takes γ from, for
{R}.

This is code of curseproof {version} (Apache-2.0). It imports nothing of it{imports}.
"""'''

_IN_TORCH = '''def normalizer() -> InputNormalizer:
    """The module for this file's input."""
    numbers = {{{numbers}
    }}
    module = InputNormalizer()
    module.load_state_dict(numbers)
    return module
'''

_IN_JAX = '''def normalizer() -> Normalizer:
    """The normaliser for this file's input."""
    return Normalizer({numbers}
    )
'''

_WORDS = {
    "torch": (
        *("PyTorch", ", except where an\n`InputNormalizer` is given another input"),
        *(_IN_TORCH, _in_torch),
    ),
    "jax": ("JAX", "", _IN_JAX, _in_jax),
}
