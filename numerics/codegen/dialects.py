"""What the printed modules are written in: NumPy, Torch, JAX, Numba, mpmath, JavaScript."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sympy.printing.codeprinter import CodePrinter

from numerics.codegen.paired import paired
from numerics.codegen.printers import ArrayPrinter, BigPrinter, JavaScriptPrinter
from numerics.codegen.runtime import Runtime


def python_function(
    name: str, arguments: Sequence[str], description: str, body: Sequence[str]
) -> str:
    """The source of a Python function; the body is assignments and a return."""
    docstring = f'"""{description}"""'.splitlines()
    if len(docstring) > 1:
        docstring[-1:] = [docstring[-1].removesuffix('"""'), '"""']
    source = [f"    {line}" if line else "" for line in (*docstring, *body)]
    return "\n".join([f"def {name}({', '.join(arguments)}):", *source])


_RESERVED = frozenset({
    "Math", "arguments", "await", "break", "case", "catch", "class", "const", "continue",
    "debugger", "default", "delete", "do", "else", "enum", "eval", "export", "extends", "false",
    "finally", "for", "function", "if", "implements", "import", "in", "instanceof", "interface",
    "let", "new", "null", "package", "private", "protected", "public", "return", "static",
    "super", "switch", "this", "throw", "true", "try", "typeof", "var", "void", "while", "with",
    "yield",
})  # fmt: skip


def _javascript_function(
    name: str, arguments: Sequence[str], description: str, body: Sequence[str]
) -> str:
    if taken := _RESERVED.intersection(arguments):
        raise ValueError(
            f"JavaScript has another meaning for {', '.join(sorted(taken))}: rename it"
        )
    comment = [f" * {line}".rstrip() for line in description.splitlines()]
    *assignments, result = body
    source = [*(f"  const {line};" for line in assignments), f"  {result};"]
    head = f"export function {name}({', '.join(arguments)}) {{"
    return "\n".join(["/**", *comment, " */", head, *source, "}"])


def _as_they_are(arguments: Sequence[str], lines: Sequence[str]) -> Sequence[str]:
    return lines


# of a function by its name, arguments, body and number of roundings: a bound in u that is less than
# these, and a sentence on where it holds
Bounding = Callable[[str, Sequence[str], Sequence[str], int], tuple[float, str] | None]


@dataclass(frozen=True)
class Dialect:
    """How one library writes what a module computes.

    Attributes:
        runtime: the module's imports, and what these lines call.
        printer: the printer of expressions.
        real: the real part of {}.
        parts: a line that makes re_{v} and im_{v} of the argument {v}.
        accuracy: what is said of a function whose value {n} roundings reach, each at most u.
        decorator: that of such a function; {bits} more bits than asked for make up for roundings.
        argument: a line that converts the real argument {v}.
        largest_exponent: beyond it an exponential is no normal number.
        merges_exponentials: whether its compiler makes e^x e^y one e^(x + y).
        has_adaptive: whether its arrays are those that `runtime.adaptive` evaluates.
        has_complex: whether it has complex numbers; otherwise they come as two real ones.
        title: the comment that opens a module.
        lines: what a function's lines become, given its arguments and them.
        function: the source of a function with a name, arguments, description and body.
        bound: finds a bound that holds instead of the number of roundings, if there is one.

    """

    runtime: Runtime
    printer: CodePrinter
    real: str
    parts: str
    accuracy: str
    decorator: str
    argument: str = ""
    largest_exponent: float = 710
    merges_exponentials: bool = False
    has_adaptive: bool = False
    has_complex: bool = True
    title: str = '"""{}"""'
    lines: Callable[[Sequence[str], Sequence[str]], Sequence[str]] = _as_they_are
    function: Callable[[str, Sequence[str], str, Sequence[str]], str] = python_function
    bound: Bounding = lambda name, arguments, body, roundings: None

    @property
    def accuracy_of_moduli(self) -> str:
        """What is said of a function whose terms have both signs; empty if it computes in no u."""
        return self.accuracy.replace(_LAST, OF_MODULI) if _LAST in self.accuracy else ""


_NUMPY_NAMES = {
    **{"Abs": "abs", "asinh": "arcsinh", "atanh": "arctanh", "conjugate": "conj"},
    **{"re": "real", "im": "imag"},
}
_TORCH_NAMES = {"Abs": "abs", "conjugate": "conj", "re": "real", "im": "imag"}

_LAST = (
    "Nothing cancels: the relative error, without under- and overflow, is at most {n:g}u and the\n"
    "last rounding, u being "
)

OF_MODULI = (
    "Its terms have both signs: the error, without under- and overflow, is at most {n:g}u of the\n"
    "sum of their moduli, and the last rounding, u being "
)

NUMPY = Dialect(
    runtime=Runtime.of("numpy.py"),
    printer=ArrayPrinter("np.", _NUMPY_NAMES, in_pairs=True),
    real="np.real({})",
    parts="re_{v}, im_{v} = np.real({v}), np.imag({v})",
    accuracy=_LAST + "2**-80, or 2**-53 where all arguments are of single precision.",
    decorator="@_in_pairs",
    has_adaptive=True,
)
TORCH = Dialect(
    runtime=Runtime.of("torch.py"),
    printer=ArrayPrinter("torch.", _TORCH_NAMES),
    real="torch.real({})",
    parts="re_{v}, im_{v} = {v}.real, {v}.imag if {v}.is_complex() else torch.zeros_like({v})",
    accuracy=_LAST + "half an ulp of double.",
    decorator="@_in_double",
)
JAX = Dialect(
    runtime=Runtime.of("jax.py"),
    printer=ArrayPrinter("jnp.", _NUMPY_NAMES),
    real="jnp.real({})",
    parts="re_{v}, im_{v} = jnp.real({v}), jnp.imag({v})",
    accuracy=_LAST + "half an ulp of double, or of single where JAX's x64 mode is off.",
    decorator="@_in_double",
    merges_exponentials=True,
)
NUMBA = Dialect(
    runtime=Runtime.of("numba.py"),
    printer=ArrayPrinter("np.", _NUMPY_NAMES, in_pairs=True),
    real="np.real({})",
    parts="re_{v}, im_{v} = np.real({v}), np.imag({v})",
    accuracy=_LAST + "2**-80.",
    decorator="@_in_pairs",
    lines=paired,
)
MPMATH = Dialect(
    runtime=Runtime.of("mpmath.py"),
    printer=BigPrinter(),
    real="mpmath.re({})",
    parts="re_{v}, im_{v} = mpmath.re({v}), mpmath.im({v})",
    accuracy="Nothing cancels: guard bits keep the error below 0.63 ulp.",
    decorator="@mpmath.extraprec({bits}, normalize_output=True)",
    argument="{v} = mpmath.mpmathify({v})",
    largest_exponent=math.inf,
)
JAVASCRIPT = Dialect(
    runtime=Runtime.of("javascript.js"),
    printer=JavaScriptPrinter(),
    real="{}",
    parts="",
    accuracy=_LAST + "half an ulp of double, where no function of Math errs by more than 2 ulp.",
    decorator="",
    has_complex=False,
    title="/** {} */",
    function=_javascript_function,
)
_AS_GIVEN = _LAST + "half an ulp of the arguments' precision."
# where speed counts for more than the last digits: no precision but the arguments'
FAST = {
    "numpy": replace(
        NUMPY,
        printer=ArrayPrinter("np.", _NUMPY_NAMES),
        accuracy=_AS_GIVEN,
        decorator="@_in_blocks",
        has_adaptive=False,
    ),
    "torch": replace(TORCH, accuracy=_AS_GIVEN, decorator="@_of_tensors"),
    "jax": replace(JAX, accuracy=_AS_GIVEN, decorator=""),
    "numba": replace(
        NUMBA,
        printer=ArrayPrinter("np.", _NUMPY_NAMES),
        accuracy=_AS_GIVEN,
        decorator="@_fused",
        lines=_as_they_are,
    ),
}
DIALECTS = {
    "numpy": NUMPY,
    "torch": TORCH,
    "jax": JAX,
    "numba": NUMBA,
    "mpmath": MPMATH,
    "javascript": JAVASCRIPT,
}
