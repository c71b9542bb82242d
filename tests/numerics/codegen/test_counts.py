"""The roundings that a docstring states are those counted in the printed lines under it.

The first-order rules for errors are applied to the source as it is parsed, whatever form it was
printed from. The count is coarser than the lines in two ways, as the docstrings are: all factors
of a variable count as the dearest one, and each term of a sum takes part in all its additions.
"""

import ast
import math
import re
from dataclasses import dataclass, replace
from textwrap import dedent

import pytest

from numerics.codegen.export import NAMES, exported
from theory.inputs import exponential, white

LIBRARY = {"exp": 4, "sin": 4, "cos": 4, "expm1": 8, "log1p": 8, "tanh": 8}  # twice the ulps
LARGEST = 710  # beyond it an exponential leaves the format
# factor of a λ that is given by its parts, or by 1−|λ| and its angle
DEAREST = {"re_lam": 4, "arg_lam": 12}
SHARED = re.compile(
    r"square|part\d+|\w+_pow\d"
)  # parts of the value that stand on lines of their own
UNSTATED = {"teacher_student_hessian", "output_hessian", "plain", "polar", "s5"}
PYTHON = r'^def \w+\((?P<given>.*)\):\n    """(?P<said>[^"]*)"""\n(?P<body>(?:    .*\n)+)'
JAVASCRIPT = (
    r"^/\*\*\n(?P<said>(?: \*.*\n)+) \*/\n"
    r"export function \w+\((?P<given>.*)\) \{\n(?P<body>(?:  .*\n)+)\}"
)


@dataclass(frozen=True)
class Value:
    """Between two numbers, with a relative error of `count` u at most."""

    count: float
    low: float
    high: float

    @property
    def size(self):
        return max(abs(self.low), abs(self.high))

    @property
    def is_power_of_two(self):
        return self.count == 0 and self.low == self.high and math.frexp(self.size)[0] == 0.5

    def __neg__(self):
        return Value(self.count, -self.high, -self.low)

    def __mul__(self, other):
        ends = [a and b and a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        own = not (self.is_power_of_two or other.is_power_of_two)
        return Value(self.count + other.count + own, min(ends), max(ends))

    def __truediv__(self, other):
        assert other.low >= 0 or other.high <= 0
        sign = math.copysign(1, other.low + other.high)
        low, high = (1 / end if end else sign * math.inf for end in (other.high, other.low))
        own = not other.is_power_of_two
        quotient = self * Value(other.count, low, high)
        return replace(quotient, count=self.count + other.count + own)

    def __pow__(self, n):
        """By n − 1 multiplications; a library's power errs by an ulp, no more than two of them."""
        ends = [self.low**n, self.high**n]
        is_zero_inside = n % 2 == 0 and self.low < 0 < self.high
        return Value(n * self.count + n - 1, 0 if is_zero_inside else min(ends), max(ends))


def total(terms):
    """The sum of values of one sign, in any order, or of two exact ones."""
    is_rounded_once = len(terms) == 2 and not any(t.count for t in terms)
    assert is_rounded_once or all(t.low >= 0 for t in terms) or all(t.high <= 0 for t in terms)
    count = max(t.count for t in terms) + len(terms) - 1
    return Value(count, sum(t.low for t in terms), sum(t.high for t in terms))


def applied(name, x):
    """A function's value, whose error is the argument's times |x f′(x)/f(x)|, and its own."""
    if name == "sqrt":
        return Value(x.count / 2 + 1, math.sqrt(x.low), math.sqrt(x.high))
    if name in ("sin", "cos"):
        assert x.count == 0
        return Value(LIBRARY[name], -1, 1)
    assert name in ("exp", "tanh") or x.high <= 0 or (name == "log1p" and x.low >= 0)
    condition = min(x.size, LARGEST) if name == "exp" else 1
    ends = [bounded(name, end) for end in (x.low, x.high)]
    return Value((x.count and x.count * condition) + LIBRARY[name], *ends)


def bounded(name, x):
    try:
        return float(getattr(math, name)(x))
    except OverflowError:
        return math.inf


def read(node, values):
    """The value of an expression, given those of its names."""
    match node:
        case ast.Name():
            return values[node.id]
        case ast.Constant():
            return Value(0 if float(node.value).is_integer() else 1, node.value, node.value)
        case ast.UnaryOp(ast.USub(), operand):
            return -read(operand, values)
        case ast.BinOp(left, ast.Mult(), right):
            before, last = (left.left, left.right) if is_product(left) else (None, left)
            if ast.dump(last) != ast.dump(right):
                return read(left, values) * read(right, values)
            square = read(right, values) ** 2  # which has a sign
            return read(before, values) * square if before else square
        case ast.BinOp(left, ast.Div(), right):
            return read(left, values) / read(right, values)
        case ast.BinOp(base, ast.Pow(), ast.Constant(n)) | ast.Call(
            ast.Name("_power"), [base, ast.Constant(n)]
        ):
            return read(base, values) ** n
        case ast.Call(ast.Name("_one_minus_squares"), arguments):
            assert not any(read(a, values).count for a in arguments)
            return Value(4, 0, 1)
        case ast.Call(ast.Attribute(_, name), [argument]):
            return applied(name, read(argument, values))
        case _:
            return total(terms(node, values))


def is_product(node):
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult)


def terms(node, values):
    match node:
        case ast.BinOp(left, ast.Add(), right):
            return terms(left, values) + terms(right, values)
        case ast.BinOp(left, ast.Sub(), right):
            return terms(left, values) + [-t for t in terms(right, values)]
        case _:
            return [read(node, values)]


def argument(name, reach):
    """An exact number: a trained parameter within reach, or a part of λ or ρ or its distance."""
    if reach:
        return Value(0, -reach, reach)
    if name.startswith("one_minus"):
        return Value(0, 0, 1 if "abs" in name else 2)
    return Value(0, *((-math.pi, math.pi) if name.startswith("arg") else (-1, 1)))


CALLED = {"_plus": ast.Add, "_minus": ast.Sub, "_times": ast.Mult, "_over": ast.Div}


class Plain(ast.NodeTransformer):
    """Calls that work on pairs as the operations that they stand for."""

    def visit_Assign(self, node):
        match node.targets, node.value:
            case [ast.Name(name)], ast.Tuple([ast.Name(own), _]) if own == name:
                return None  # an argument
        return self.generic_visit(node)

    def visit_Tuple(self, node):
        constant = isinstance(node.ctx, ast.Load) and isinstance(node.elts[0], ast.Constant)
        return node.elts[0] if constant else node

    def visit_Call(self, node):
        call = self.generic_visit(node)
        match call:
            case ast.Call(ast.Name("_rounded"), [value]):
                return value
            case ast.Call(ast.Name("_minus"), [ast.Constant(0), value]):
                return ast.UnaryOp(ast.USub(), value)
            case ast.Call(ast.Name(name), [left, right]) if name in CALLED:
                return ast.BinOp(left, CALLED[name](), right)
            case ast.Call(ast.Name(name), [value]):
                return ast.Call(ast.Attribute(ast.Name("np"), name[1:]), [value], [])
            case ast.Call(ast.Name("_one_minus_squares_of_pairs"), values):
                return ast.Call(ast.Name("_one_minus_squares"), values, [])
        return call


def counted(given, body, reach):
    """The roundings that reach what these lines return."""
    of_lambda = next((n for part, n in DEAREST.items() if part in given or part in body), 1)

    def dearest(name):
        return 0 if reach else of_lambda if name.endswith("_lam") else 1

    values = {name: argument(name, reach) for name in given}
    factors = {name: replace(v, count=dearest(name)) for name, v in values.items()}
    *lines, result = Plain().visit(ast.parse(dedent(body))).body
    for line in lines:
        [target] = line.targets
        if isinstance(target, ast.Tuple):
            values |= {part.id: argument(part.id, reach) for part in target.elts}
        elif SHARED.fullmatch(target.id):
            factors[target.id] = read(line.value, factors)
        else:
            value = values[target.id] = read(line.value, values)
            factors[target.id] = replace(value, count=dearest(target.id))
            assert value.count <= dearest(target.id)
    return math.ceil(read(result.value, factors).count)


def functions(source, target):
    """What is said, given and done by each function that states its roundings."""
    for found in re.finditer(JAVASCRIPT if target == "javascript" else PYTHON, source, re.M):
        said, given, body = found["said"], found["given"].split(", "), found["body"]
        if "at most" in said:
            yield said, given, re.sub(r"^  const |^  (?=return)|;$", "", body, flags=re.M)


@pytest.mark.every(8)
@pytest.mark.parametrize("target", ["numpy", "torch", "jax", "numba", "javascript"])
@pytest.mark.parametrize("name", NAMES)
def test_as_many_roundings_are_stated_as_are_counted(name, target):
    for x in (white(), exponential()):
        source = exported(name, x, target)
        found = [*functions(source, target)]
        assert len(found) == source.count("at most")
        # of an AR(1) a covariance has the factor λ + ρ, which may cancel
        is_unstated = name in UNSTATED or (name == "covariance" and x == exponential())
        assert bool(found) == (not is_unstated)
        for said, given, body in found:
            reach = re.search(r"from -(\d+) to", said)
            stated = int(re.search(r"at most (\d+)u", said)[1])
            # a sum that several terms share is counted as part of each
            shared = len(re.findall(r"^ *part\d+ = .*( [+-] |_plus|_minus)", body, re.M))
            found_here = counted(given, body, int(reach[1]) if reach else 0)
            assert 0 <= stated - found_here <= shared, body
