"""What exported modules call, as it stands: exact where it says so, in the precision it says."""

import subprocess
import sys
from fractions import Fraction
from functools import cache
from importlib import import_module
from importlib.resources import files
from itertools import product
from pathlib import Path
from zipfile import ZipFile

import mpmath
import numpy as np
import pytest
import torch
from javascript import node

from numerics.codegen.conditioning import Disc
from numerics.codegen.paired import paired
from numerics.codegen.runtime import Runtime
from theory.symbols import lam

ROOT = Path(__file__).parents[3]
FILES = files("numerics.codegen.runtime")
JAVASCRIPT = (FILES / "javascript.js").read_text(encoding="utf-8")
SQUARES = [
    *(("numpy", type_) for type_ in (np.float32, np.float64, np.longdouble)),
    *(("jax", type_) for type_ in (np.float32, np.float64)),
    *((name, np.float64) for name in ("torch", "numba", "javascript")),
]


def runtime(name):
    pytest.importorskip(name)
    return import_module(f"numerics.codegen.runtime.{name}")


def in_node(name, *arguments):
    exports = f"export {{ {', '.join(Runtime.of('javascript.js').helpers)} }};"
    points = zip(*(a.tolist() for a in arguments), strict=True)
    with node() as run:
        return run(f"{JAVASCRIPT}\n{exports}", [[name, point] for point in points])


def values(library, name, *arguments):
    """Of a library's function, at arrays of arguments."""
    if library == "javascript":
        return np.array(in_node(name, *arguments))
    function = getattr(runtime(library), name)
    if library == "torch":
        return function(*map(torch.from_numpy, arguments)).numpy()
    if library == "jax":
        jax = import_module("jax")
        with jax.enable_x64(True):
            return np.asarray(function(*map(jax.numpy.asarray, arguments)))
    if library == "mpmath":
        return np.array(
            [float(function(*map(mpmath.mpf, p))) for p in zip(*arguments, strict=True)]
        )
    return function(*arguments)


def fraction(x):
    p, q = x.as_integer_ratio()
    return Fraction(int(p), int(q))


@pytest.mark.parametrize(("library", "type_"), SQUARES)
def test_what_a_square_loses_is_exact(library, type_):
    rng, eps = np.random.default_rng(0), np.finfo(type_).eps
    x = np.concatenate([rng.uniform(-1, 1, 200), 1 - rng.integers(1, 999, 100) * eps]).astype(type_)
    square = x * x
    lost = values(library, "_lost_in_square", x, square)
    assert lost.dtype == type_
    assert np.count_nonzero(lost) > 250
    for given, rounded, rest in zip(x, square, lost, strict=True):
        assert fraction(rest) == fraction(given) ** 2 - fraction(rounded)


@cache
def near_the_circle(type_):
    """Parts x and y of complex numbers, and 1 − x² − y², which is positive."""
    eps = np.finfo(type_).eps
    rng = np.random.default_rng(1)
    angles = [0, 1e-8, 0.5, np.pi / 2, 3, np.pi, *rng.uniform(-4, 4, 60)]
    distances = [0.9, 0.1, 1e-3, *(eps * 2**k for k in (1, 2, 5, 12))]
    points = [
        [type_((1 - distance) * f(theta)) for f in (np.cos, np.sin)]
        for theta, distance in product(np.array(angles, np.longdouble), distances)
    ]
    # as near as there are such numbers, 1 − x² − y² far below an ulp; of a small x too
    for x in np.concatenate([rng.uniform(0, 1, 2000), 10 ** -rng.uniform(0, 12, 2000)]):
        y = np.nextafter(np.sqrt((1 - type_(x)) * (1 + type_(x))), type_(0))
        points += [[type_(x), y], [y, type_(x)]]
    exact = [1 - sum(fraction(v) ** 2 for v in point) for point in points]
    inside = [i for i, rest in enumerate(exact) if rest > 0]
    assert len(inside) > 7000
    return np.array(points)[inside].T.copy(), [exact[i] for i in inside]


def worst_error(found, exact):
    """The largest relative error."""
    return max(abs(fraction(v) / e - 1) for v, e in zip(found, exact, strict=True))


@pytest.mark.parametrize(("library", "type_"), [*SQUARES, ("mpmath", np.float64)])
def test_one_minus_squares_cancels_nothing(library, type_):
    (x, y), exact = near_the_circle(type_)
    u = fraction(np.finfo(type_).eps) / 2
    roundings = 1 if library == "mpmath" else Disc(lam).factor_roundings
    found = values(library, "_one_minus_squares", x, y)
    assert found.dtype == type_
    assert worst_error(found, exact) <= roundings * u
    assert worst_error(1 - x * x - y * y, exact) > 1000 * u  # which the formula as it stands loses


@pytest.mark.parametrize("part", [0, 1])
def test_one_minus_squares_is_differentiated_in_torch(part):
    function = runtime("torch")._one_minus_squares
    (x, y), _ = near_the_circle(np.float64)
    points = torch.from_numpy(x), torch.from_numpy(y)
    expected = -2 * points[part]
    for derivative in (torch.func.grad, torch.func.jacfwd):
        assert torch.equal(torch.func.vmap(derivative(function, part))(*points), expected)
    curvature = torch.func.vmap(torch.func.hessian(function, part))(*points)
    assert torch.equal(curvature, torch.full_like(expected, -2))


@pytest.mark.every(3)
@pytest.mark.parametrize("part", [0, 1])
@pytest.mark.parametrize("type_", [np.float32, np.float64])
def test_one_minus_squares_is_differentiated_in_jax(part, type_):
    function, jax = runtime("jax")._one_minus_squares, import_module("jax")
    points, _ = near_the_circle(type_)
    with jax.enable_x64(True):
        for derivative in (jax.grad, jax.jacfwd):
            slope = jax.vmap(derivative(function, part))(*points)
            assert slope.dtype == type_
            assert np.array_equal(slope, -2 * points[part])
        curvature = jax.vmap(jax.hessian(function, part))(*points)
        assert np.array_equal(curvature, np.full_like(points[part], -2))


def test_blocks_are_of_pairs_and_fit_in_the_cache():
    seen = []

    @runtime("numpy")._in_pairs
    def product(x, y):
        """x y."""
        seen.append((type(x), x.real))
        return (x.real * y.real) / 3

    x, y = np.random.default_rng(2).uniform(-1, 1, (2, 50_000))
    exact = [float(fraction(a) * fraction(b) / 3) for a, b in zip(x, y, strict=True)]
    assert np.array_equal(product(x, y), exact)
    assert len(seen) > 1
    assert sum(real.value.size for _, real in seen) == x.size
    assert {kind for kind, _ in seen} == {runtime("numpy")._Pair}
    assert product.__doc__ == "x y."
    seen.clear()
    assert product(x[:3] + 1j, y[:3]).dtype == np.float64
    assert [kind for kind, _ in seen] == [runtime("numpy")._Parts]
    seen.clear()
    assert product(np.float32(0.5), np.complex64(2)).dtype == np.float32
    assert [(kind, real.dtype) for kind, real in seen] == [(np.ndarray, np.float64)]
    assert product(x[:2, None], y[:3]).shape == (2, 3)
    assert product(x[:0], 1.0).shape == (0,)
    assert product(3, 0.5) == 0.5


def test_blocks_are_of_the_arguments_precision():
    @runtime("numpy")._in_blocks
    def product(x, y):
        seen.append(x.dtype)
        return x * y

    for type_ in (np.float32, np.float64):
        seen = []
        assert product(np.ones(3, type_), type_(2)).dtype == type_
        assert seen == [type_]


OPERATIONS = ("a + b", "a - b/7", "2 - a", "-a*b", "a**3", "3/a", "(a/7)/(b/3)")
FUNCTIONS = ("sqrt", "exp", "expm1", "log1p", "tanh")


def function(names, lines, scope):
    exec("\n    ".join([f"def f({', '.join(names)}):", *lines]), scope)  # noqa: S102 (our own source)
    return scope["f"]


def pairs(library, expression, **arrays):
    """Values and rests of an expression in pairs of doubles, each given with its rest."""
    scope, lines = dict(vars(runtime(library))), [f"return {expression}"]
    if library == "numpy":
        found = function(arrays, lines, scope)(*(scope["_Pair"](*a) for a in arrays.values()))
        return found.value, found.rest
    scope["_rounded"] = lambda pair: pair
    f = function(arrays, paired((), lines), scope)
    points = zip(*(zip(*array, strict=True) for array in arrays.values()), strict=True)
    return np.transpose([f(*point) for point in points])


@pytest.mark.parametrize("library", ["numpy", "numba"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_pairs_have_twice_the_digits(operation, library):
    rng = np.random.default_rng(4)
    a, b = 10 ** rng.uniform(-20, 20, (2, 300))
    if "- b" in operation:
        b = a * 7  # a difference that is all rest
        a *= 1 + rng.integers(-9, 9, 300) * 2.0**-52
    none = np.zeros(300)
    found = pairs(library, operation, a=(a, none), b=(b, none))
    exactly = function(["a", "b"], [f"return {operation}"], {})
    for x, y, value, rest in zip(a, b, *found, strict=True):
        exact = exactly(fraction(x), fraction(y))
        size = fraction(x) + 2 if "- " in operation else abs(exact)
        # three operations at most, each within 16 u² (Joldes, Muller and Popescu 2017)
        assert abs(fraction(value) + fraction(rest) - exact) <= 48 * size / 2**106


@pytest.mark.parametrize("library", ["numpy", "numba"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_pairs_are_as_exact_as_it_says(name, library):
    """To 2^−80 of each of the roundings that are counted, which are 4 or 8 for a function."""
    f = getattr(mpmath, name)
    rng = np.random.default_rng(5)
    x = np.concatenate([10 ** rng.uniform(-20, 2.5, 400), -(10 ** rng.uniform(-20, 2.5, 400))])
    x = x[x > -1] if name == "log1p" else x[x > 0] if name == "sqrt" else x
    rest = x * rng.uniform(-1, 1, x.size) * 2.0**-54
    found = pairs(library, f"np.{name}(x)", x=(x, rest))
    with mpmath.workprec(300):
        for a, b, value, lost in zip(x, rest, *found, strict=True):
            exact = f(mpmath.mpf(a) + mpmath.mpf(b))
            assert abs((mpmath.mpf(value) + mpmath.mpf(lost)) / exact - 1) <= 4 * 2.0**-80, a


@pytest.mark.parametrize("library", ["numpy", "numba"])
def test_one_minus_squares_of_pairs_has_all_digits(library):
    (x, y), exact = near_the_circle(np.float64)
    none = np.zeros(x.size)
    found = pairs(library, "_one_minus_squares(x, y)", x=(x, none), y=(y, none))
    for value, rest, square in zip(*found, exact, strict=True):
        assert abs((fraction(value) + fraction(rest)) / square - 1) <= Fraction(2) ** -100


@pytest.mark.parametrize("expression", [f"np.{name}(x)" for name in FUNCTIONS] + ["1/x", "x*x"])
@pytest.mark.parametrize("library", ["numpy", "numba"])
def test_a_pair_is_as_its_first_number_where_that_is_no_number(expression, library):
    x = np.array([0.0, np.inf, -np.inf, np.nan, 1e300, -1.0])
    given, lines = dict(vars(runtime(library))), [f"return {expression}"]
    printed = paired(["x"], lines) if library == "numba" else lines
    with np.errstate(all="ignore"):
        found = given["_in_pairs"](function(["x"], printed, given))(x)
        wanted = function(["x"], lines, {"np": np})(x)
    assert np.array_equal(found, wanted, equal_nan=True)


@pytest.mark.parametrize(
    ("given", "work", "result"),
    [
        ([torch.float64], torch.float64, torch.float64),
        ([torch.float32], torch.float64, torch.float32),
        ([torch.float16], torch.float64, torch.float32),
        ([torch.bfloat16, torch.float32], torch.float64, torch.float32),
        ([torch.float32, torch.float64], torch.float64, torch.float64),
        ([torch.complex64], torch.complex128, torch.float32),
        ([torch.complex128], torch.complex128, torch.float64),
        ([], torch.float64, torch.float64),
    ],
)
def test_torch_computes_in_double(given, work, result):
    seen = []

    @runtime("torch")._in_double
    def total(*arguments):
        seen.extend(a.dtype for a in arguments)
        return sum(arguments).real

    value = total(*(torch.ones(3, dtype=dtype) for dtype in given), 0.1)
    assert value.dtype == result
    assert seen == [*[work] * len(given), torch.float64]
    exact = torch.tensor(len(given) + 0.1, dtype=torch.float64).to(result)
    assert torch.equal(value, exact.expand(3) if given else exact)


@pytest.mark.parametrize(
    ("target", "decorator"),
    [
        *[("numpy", "_in_blocks"), ("numpy", "_in_pairs"), ("torch", "_in_double")],
        *[("jax", "_in_double"), ("numba", "_in_pairs"), ("numba", "_fused")],
        *[("adaptive", "_adaptive"), ("torch", "_of_tensors")],
    ],
)
def test_arguments_have_names(target, decorator):
    @getattr(runtime(target), decorator)
    def difference(x, y):
        return (x - y).real

    wanted = difference(0.75, 0.25)
    assert wanted == 0.5
    assert difference(y=0.25, x=0.75) == difference(0.75, y=0.25) == wanted
    for arguments, named in [((0.75,), {"z": 1.0}), ((0.75, 0.25), {"x": 1.0}), ((), {"x": 1.0})]:
        with pytest.raises(TypeError):
            difference(*arguments, **named)


@pytest.mark.parametrize("x64", [False, True])
@pytest.mark.parametrize("type_", [np.float32, np.float64, np.complex64, np.complex128])
def test_jax_computes_in_the_widest_precision_there_is(x64, type_):
    seen = []

    def real(x):
        seen.append(x.dtype)
        return x.real

    function, jax = runtime("jax")._in_double(real), import_module("jax")
    single = type_ in (np.float32, np.complex64) or not x64
    with jax.enable_x64(x64):
        x = jax.numpy.ones(3, jax.dtypes.canonicalize_dtype(type_))
        assert function(x).dtype == (np.float32 if single else np.float64)
    kinds = (np.complex64, np.complex128) if np.iscomplexobj(type_()) else (np.float32, np.float64)
    assert seen == [kinds[x64]]


def test_numba_fuses_and_broadcasts():
    @runtime("numba")._fused
    def product(x, y):
        """x y + 1."""
        return x.real * y + 1

    # a contracted x y + 1 is 2^−60
    assert not product(np.full(99, 1 + 2.0**-30), 2.0**-30 - 1).any()
    assert product(np.float32(0.1), np.float32(0.5)).dtype == np.float32
    assert product(np.float32(0.1), np.float64(0.5)).dtype == np.float64
    assert product(np.full((2, 1), 3j), np.arange(3.0)).shape == (2, 3)
    assert product(np.ones((0, 2)), 1.0).shape == (0, 2)
    assert product.__doc__ == "x y + 1."


def test_javascript_powers():
    x = np.random.default_rng(3).uniform(-2, 2, 300)
    n = np.arange(300) % 9 + 1
    for base, exponent, power in zip(x, n, in_node("_power", x, n), strict=True):
        exact = fraction(base) ** int(exponent)
        # n − 1 roundings
        error = (1 + Fraction(1, 2**53)) ** (int(exponent) - 1) - 1
        assert abs(Fraction(power) / exact - 1) <= error


def test_a_module_takes_what_it_calls_and_what_that_calls():
    given = Runtime.of("torch.py")
    assert given.imports == "import functools\n\nimport torch"
    names = ["_in_double", "_double", "_of_tensors", "_lost_in_square", "_one_minus_squares"]
    assert [*given.helpers] == names
    assert given.called_in("@_in_double\n") == [given.helpers[n] for n in names[:2]]
    assert given.called_in("_one_minus_squares(x, y)") == [given.helpers[n] for n in names[3:]]
    assert given.called_in("cross_one_minus_squares(x, y)") == []


def test_every_file_is_taken_whole():
    for file in (f for f in FILES.iterdir() if f.suffix in (".py", ".js")):
        if file.name != "__init__.py":
            given = Runtime.of(file.name)
            text = file.read_text(encoding="utf-8").rstrip()
            assert text.endswith("\n\n\n".join(given.helpers.values()))
            assert given.called_in(" ".join(given.helpers)) == [*given.helpers.values()]


def test_libraries_are_not_imported_to_print_their_source():
    code = "import sys, numerics.codegen.export; print({'jax', 'numba', 'torch'} & {*sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "set()\n"


def test_the_wheel_holds_every_file(tmp_path):
    pytest.importorskip("hatchling")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    subprocess.run(
        [*command, "-d", tmp_path], cwd=ROOT, capture_output=True, timeout=60, check=True
    )
    [wheel] = tmp_path.glob("*.whl")
    shipped = {Path(name).name for name in ZipFile(wheel).namelist() if "codegen/runtime/" in name}
    assert {"javascript.js", "numpy.py"} <= shipped
    assert shipped == {f.name for f in FILES.iterdir() if f.is_file()}
