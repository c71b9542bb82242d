"""The normaliser for an input as one file of PyTorch code: this project's own, without the rest."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

from numerics.normalizers import InputNormalizer
from theory.inputs import StationaryInput

MODULES = (
    *("double_precision", "eigenvalues", "ar1_moments", "written", "input_normalizer"),
    "natural_gradient",
)
_FOLDER = Path(__file__).parents[1] / "normalizers"
_STOREYS = ("theory", "numerics")


def bundled(x: StationaryInput) -> str:
    """A module with γ for an input, maps to eigenvalues, and natural gradients.

    It needs PyTorch alone; its `normalizer()` is `InputNormalizer(x)`.

    Args:
        x: the input, as `InputNormalizer` takes it.

    Raises:
        ValueError: where `InputNormalizer` raises it.

    Examples:
        >>> from numerics.codegen.bundle import bundled
        >>> from theory import exponential
        >>> bundled(exponential(0.9)).splitlines()[0]
        '\"\"\"γ(λ) as a PyTorch module, maps to eigenvalues, and natural gradients.'

    """
    made = InputNormalizer(x)
    white, terms = (value.tolist() for value in made.state_dict().values())
    sources = [(_FOLDER / f"{name}.py").read_text(encoding="utf-8") for name in MODULES]
    return "\n\n\n".join(
        [
            _HEAD.format(R=made.extra_repr(), version=version("curseproof")),
            _imports(sources),
            *(_without_imports(source) for source in sources),
            _MAKER.format(
                white=white,
                terms="".join(f"\n        {row}," for row in terms),
            ),
        ]
    )


def _imports(sources: Sequence[str]) -> str:
    """What the modules import from outside, once."""
    plain, named = set(), dict[str, set[str]]()
    for source in sources:
        for node in ast.parse(source).body:
            if isinstance(node, ast.Import):
                plain |= {f"import {alias.name}" for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not _is_ours(node) and node.module:
                names = {alias.name for alias in node.names} - {"TYPE_CHECKING"}
                named[node.module] = named.get(node.module, set()) | names
    groups: list[list[str]] = [[], [], []]
    lines = [f"from {home} import {', '.join(sorted(named[home]))}" for home in sorted(named)]
    for line in (*sorted(plain), *lines):
        groups[0 if "__future__" in line else 2 if " torch" in line else 1].append(line)
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


_HEAD = '''"""γ(λ) as a PyTorch module, maps to eigenvalues, and natural gradients.

`normalizer()` is the module that a layer takes γ from, for
{R}.

This is code of curseproof {version} (Apache-2.0). It imports nothing of it, except where an
`InputNormalizer` is given another input.
"""'''

_MAKER = '''def normalizer() -> InputNormalizer:
    """The module for this file's input."""
    terms = [{terms}
    ]
    numbers = {{
        "white_v1": torch.tensor({white}, dtype=torch.float64),
        "terms_v1": torch.tensor(terms, dtype=torch.float64).reshape(-1, 4),
    }}
    module = InputNormalizer()
    module.load_state_dict(numbers)
    return module
'''
