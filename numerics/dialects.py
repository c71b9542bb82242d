"""What the printed modules are written in: NumPy, Torch, JAX, Numba, mpmath.

The helpers are source, printed into the modules that call them.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping
from dataclasses import dataclass

import sympy as sp
from sympy.printing.pycode import MpmathPrinter, PythonCodePrinter

from numerics import adaptive
from numerics.conditioning import code_name


class _ArrayPrinter(PythonCodePrinter):  # type: ignore[misc]  # SymPy is untyped
    """Python source with functions of one array library, constants folded to floats."""

    def __init__(self, prefix: str, names: Mapping[str, str]) -> None:
        super().__init__({"fully_qualified_modules": False})
        self._prefix, self._names = prefix, names

    def _print_Symbol(self, expr: sp.Symbol) -> str:
        return code_name(expr)

    def _print_Function(self, expr: sp.Function) -> str:
        name = expr.func.__name__
        arguments = ", ".join(self._print(a) for a in expr.args)
        return f"{self._prefix}{self._names.get(name, name)}({arguments})"

    _print_exp = _print_log = _print_conjugate = _print_Abs = _print_re = _print_im = (
        _print_Function
    )
    _print_sin = _print_cos = _print_tan = _print_sinh = _print_cosh = _print_tanh = _print_Function
    _print_expm1 = _print_log1p = _print_Function

    def _print_Pow(self, expr: sp.Pow, rational: bool = False) -> str:
        if abs(expr.exp) == sp.S.Half and not expr.base.is_number:
            root = f"{self._prefix}sqrt({self._print(expr.base)})"
            return root if expr.exp > 0 else f"(1/{root})"
        if expr.base.is_Symbol and expr.exp.is_Integer and 3 <= expr.exp <= 8:
            # long double's power is ten times slower
            return f"({'*'.join([self._print(expr.base)] * int(expr.exp))})"
        return str(super()._print_Pow(expr, rational=rational))

    def _print(self, expr: sp.Basic, **kwargs: object) -> str:
        if isinstance(expr, sp.Expr) and expr.is_number and expr.args and not expr.is_Rational:
            value = complex(expr.evalf(20))
            return repr(value if value.imag else value.real)
        return str(super()._print(expr, **kwargs))


class _BigPrinter(MpmathPrinter):  # type: ignore[misc]  # SymPy is untyped
    """Python source with mpmath's functions, constants at its working precision."""

    def __init__(self) -> None:
        names = {"conjugate": "mpmath.conj", "re": "mpmath.re", "im": "mpmath.im"}
        super().__init__({"user_functions": names})

    def _print_Symbol(self, expr: sp.Symbol) -> str:
        return code_name(expr)


class RationalPrinter(PythonCodePrinter):  # type: ignore[misc]  # SymPy is untyped
    """Python source of rational functions, for numbers of any kind."""

    def _print_Symbol(self, expr: sp.Symbol) -> str:
        return code_name(expr)

    def _print_Rational(self, expr: sp.Rational) -> str:
        return f"Fraction({expr.p}, {expr.q})"

    _print_Half = _print_Rational

    def _print_ImaginaryUnit(self, expr: sp.Expr) -> str:
        return "_Complex(0, 1)"

    def _print_conjugate(self, expr: sp.Expr) -> str:
        return f"{self._print(expr.args[0])}.conjugate()"


@dataclass(frozen=True)
class Dialect:
    """How one library says it.

    Attributes:
        head: the module's imports.
        printer: of expressions.
        real: the real part of {}.
        parts: a line that makes re_{v} and im_{v} of the argument {v}.
        accuracy: of a function whose value {n} roundings reach; u is half an ulp.
        decorator: of such a function; {bits} more bits than asked for make up for the roundings.
        argument: a line that converts the real argument {v}.
        largest_exponent: beyond it an exponential is no normal number.
        merges_exponentials: whether its compiler makes e^x e^y one e^(x + y).
        helpers: what these lines call.
        adaptive_head: of modules with functions that `numerics.adaptive` evaluates, if any can be.

    """

    head: str
    printer: PythonCodePrinter
    real: str
    parts: str
    accuracy: str
    decorator: str
    argument: str = ""
    largest_exponent: float = 710
    merges_exponentials: bool = False
    helpers: tuple[str, ...] = ()
    adaptive_head: str = ""


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
    printer=_ArrayPrinter("np.", _NUMPY_NAMES),
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
    printer=_ArrayPrinter("torch.", _TORCH_NAMES),
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
    printer=_ArrayPrinter("jnp.", _NUMPY_NAMES),
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
    printer=_ArrayPrinter("np.", _NUMPY_NAMES),
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
    printer=_BigPrinter(),
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
DIALECTS = {"numpy": NUMPY, "torch": TORCH, "jax": JAX, "numba": NUMBA, "mpmath": MPMATH}
