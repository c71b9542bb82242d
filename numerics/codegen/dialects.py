"""What the printed modules are written in: NumPy, Torch, JAX, Numba, mpmath, JavaScript.

The helpers are source, printed into the modules that call them.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sympy.printing.codeprinter import CodePrinter

from numerics.codegen import adaptive
from numerics.codegen.printers import ArrayPrinter, BigPrinter, JavaScriptPrinter


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


@dataclass(frozen=True)
class Dialect:
    """How one library says it.

    Attributes:
        head: the module's imports, if any.
        printer: of expressions.
        real: the real part of {}.
        parts: a line that makes re_{v} and im_{v} of the argument {v}.
        accuracy: of a function whose value {n} roundings reach; u is half an ulp.
        decorator: of such a function; {bits} more bits than asked for make up for the roundings.
        argument: a line that converts the real argument {v}.
        largest_exponent: beyond it an exponential is no normal number.
        merges_exponentials: whether its compiler makes e^x e^y one e^(x + y).
        helpers: what these lines call.
        adaptive_head: of modules with functions that `adaptive` evaluates, if any can be.
        has_complex: whether it has complex numbers; otherwise they come as two real ones.
        title: the comment that opens a module.
        function: the source of a function with a name, arguments, description and body.

    """

    head: str
    printer: CodePrinter
    real: str
    parts: str
    accuracy: str
    decorator: str
    argument: str = ""
    largest_exponent: float = 710
    merges_exponentials: bool = False
    helpers: tuple[str, ...] = ()
    adaptive_head: str = ""
    has_complex: bool = True
    title: str = '"""{}"""'
    function: Callable[[str, Sequence[str], str, Sequence[str]], str] = python_function


_NUMPY_NAMES = {
    **{"Abs": "abs", "asinh": "arcsinh", "atanh": "arctanh", "conjugate": "conj"},
    **{"re": "real", "im": "imag"},
}
_TORCH_NAMES = {"Abs": "abs", "conjugate": "conj", "re": "real", "im": "imag"}

_LAST = (
    "Nothing cancels: the relative error is at most {n}u and the last rounding, u being\n"
    "half an ulp of "
)

# rest − q is exact where it cancels, and what the three roundings lost is added; to first order
# that is constant, hence no part of the derivative
_ONE_MINUS_SQUARES = '''def _one_minus_squares(x, y):
    """1 - x**2 - y**2, with what each operation rounds away."""
    p, q = x * x, y * y
    rest = 1 - p
    lost = ((1 - rest) - p) - _lost_in_square(x, p) - _lost_in_square(y, q)
    return (rest - q) + {constant}'''
_LOST_IN_SQUARE = '''def _lost_in_square(x, square):
    """x**2 - square, exactly (Veltkamp's splitting, Dekker's product)."""
    scaled = x * ({splitter})
    high = scaled - (scaled - x)
    low = x - high
    return ((high * high - square) + 2 * high * low) + low * low'''


def _one_minus_squares(constant: str, splitter: str, decorator: str = "") -> tuple[str, str]:
    return (
        decorator + _LOST_IN_SQUARE.format(splitter=splitter),
        decorator + _ONE_MINUS_SQUARES.format(constant=constant),
    )


NUMPY = Dialect(
    head="import functools\n\nimport numpy as np",
    printer=ArrayPrinter("np.", _NUMPY_NAMES),
    real="np.real({})",
    parts="re_{v}, im_{v} = np.real({v}), np.imag({v})",
    accuracy=_LAST + "long double, or of double where all arguments are of single precision.",
    decorator="@_in_blocks",
    helpers=(
        '''def _in_blocks(function):
    """Computed in long double (double for single precision), by blocks that fit in the cache."""

    @functools.wraps(function)
    def rounded(*arguments):
        single = np.result_type(*arguments) in (np.float32, np.complex64)
        work, result = (np.float64, np.float32) if single else (np.longdouble, np.float64)
        with np.nditer(
            [*arguments, None],
            ["external_loop", "buffered", "zerosize_ok"],
            [["readonly"]] * len(arguments) + [["writeonly", "allocate"]],
            [*(np.result_type(a, work) for a in arguments), result],
            casting="same_kind",
        ) as blocks:
            for *given, values in blocks:
                values[...] = function(*given)
            return blocks.operands[-1][()]

    return rounded''',
        *_one_minus_squares("lost", "2.0 ** ((np.finfo(x.dtype).nmant + 2) // 2) + 1"),
    ),
    adaptive_head=inspect.getsource(adaptive).partition('"""\n\n')[2].rstrip(),
)
TORCH = Dialect(
    head="import functools\n\nimport torch",
    printer=ArrayPrinter("torch.", _TORCH_NAMES),
    real="torch.real({})",
    parts="re_{v}, im_{v} = {v}.real, {v}.imag if {v}.is_complex() else torch.zeros_like({v})",
    accuracy=_LAST + "double.",
    decorator="@_in_double",
    helpers=(
        '''def _in_double(function):
    """Computed in double precision; of single precision if all tensors are, or of less."""
    low = {torch.float16, torch.bfloat16, torch.float32, torch.complex32, torch.complex64}

    @functools.wraps(function)
    def rounded(*arguments):
        dtypes = {a.dtype for a in arguments if isinstance(a, torch.Tensor)}
        value = function(*map(_double, arguments))
        return value.to(torch.float32 if dtypes and dtypes <= low else torch.float64)

    return rounded''',
        '''def _double(a):
    """As a tensor of double precision."""
    is_complex = a.is_complex() if isinstance(a, torch.Tensor) else isinstance(a, complex)
    return torch.as_tensor(a, dtype=torch.complex128 if is_complex else torch.float64)''',
        *_one_minus_squares("lost.detach()", "2.0**27 + 1"),
    ),
)
JAX = Dialect(
    head="import functools\n\nimport jax\nimport jax.numpy as jnp",
    printer=ArrayPrinter("jnp.", _NUMPY_NAMES),
    real="jnp.real({})",
    parts="re_{v}, im_{v} = jnp.real({v}), jnp.imag({v})",
    accuracy=_LAST + "double, or of single where JAX's x64 mode is off.",
    decorator="@_in_double",
    merges_exponentials=True,
    helpers=(
        '''def _in_double(function):
    """Computed in double precision where that is enabled; of the arguments' precision."""

    @functools.wraps(function)
    def rounded(*arguments):
        work = jax.dtypes.canonicalize_dtype(jnp.float64)
        single = jnp.result_type(*arguments) in (jnp.float32, jnp.complex64)
        given = (jnp.asarray(a, jnp.result_type(a, work)) for a in arguments)
        return function(*given).astype(jnp.float32 if single else work)

    return rounded''',
        *_one_minus_squares(
            "jax.lax.stop_gradient(lost)", "2.0 ** ((jnp.finfo(x.dtype).nmant + 2) // 2) + 1"
        ),
    ),
)
NUMBA = Dialect(
    head="import functools\n\nimport numba\nimport numpy as np",
    printer=ArrayPrinter("np.", _NUMPY_NAMES),
    real="np.real({})",
    parts="re_{v}, im_{v} = np.real({v}), np.imag({v})",
    accuracy=_LAST + "double.",
    decorator="@_fused",
    helpers=(
        '''def _fused(function):
    """One loop on all cores, in double precision; of single precision if all arguments are."""
    # the arithmetic as it is written: no contraction
    loop = numba.njit(parallel=True, error_model="numpy")(function)

    @functools.wraps(function)
    def rounded(*arguments):
        single = np.result_type(*arguments) in (np.float32, np.complex64)
        given = [np.asarray(a, np.result_type(a, np.float64)) for a in arguments]
        shape = np.broadcast_shapes(*(a.shape for a in given))
        value = loop(*(np.ascontiguousarray(np.broadcast_to(a, shape)).reshape(-1) for a in given))
        return value.astype(np.float32 if single else np.float64, copy=False).reshape(shape)[()]

    return rounded''',
        *_one_minus_squares("lost", "2.0**27 + 1", '@numba.njit(inline="always")\n'),
    ),
)
MPMATH = Dialect(
    head="import mpmath",
    printer=BigPrinter(),
    real="mpmath.re({})",
    parts="re_{v}, im_{v} = mpmath.re({v}), mpmath.im({v})",
    accuracy="Nothing cancels: guard bits keep the error below 0.63 ulp.",
    decorator="@mpmath.extraprec({bits}, normalize_output=True)",
    argument="{v} = mpmath.mpmathify({v})",
    largest_exponent=math.inf,
    helpers=(
        '''def _one_minus_squares(x, y):
    """1 - x**2 - y**2, rounded once."""
    return mpmath.fsum([1, mpmath.fmul(-x, x, exact=True), mpmath.fmul(-y, y, exact=True)])''',
    ),
)
JAVASCRIPT = Dialect(
    head="",
    printer=JavaScriptPrinter(),
    real="{}",
    parts="",
    accuracy=_LAST + "double, where no function of Math errs by more than 2 ulp.",
    decorator="",
    has_complex=False,
    title="/** {} */",
    function=_javascript_function,
    helpers=(
        """/** x to the power n > 0, which rounds n - 1 times. */
function _power(x, n) {
  let power = x;
  for (let i = 1; i < n; i++) power *= x;
  return power;
}""",
        """/** x**2 - square, exactly (Veltkamp's splitting, Dekker's product). */
function _lost_in_square(x, square) {
  const scaled = x * (2 ** 27 + 1);
  const high = scaled - (scaled - x);
  const low = x - high;
  return ((high * high - square) + 2 * high * low) + low * low;
}""",
        """/** 1 - x**2 - y**2, with what each operation rounds away. */
function _one_minus_squares(x, y) {
  const p = x * x, q = y * y;
  const rest = 1 - p;
  const lost = ((1 - rest) - p) - _lost_in_square(x, p) - _lost_in_square(y, q);
  return (rest - q) + lost;
}""",
    ),
)
DIALECTS = {
    "numpy": NUMPY,
    "torch": TORCH,
    "jax": JAX,
    "numba": NUMBA,
    "mpmath": MPMATH,
    "javascript": JAVASCRIPT,
}
