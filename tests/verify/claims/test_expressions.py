"""The expression grammar: what it reads, what it refuses, and that nothing is ever executed."""

import ast
import contextlib
import time
from fractions import Fraction

import pytest
import sympy as sp
from hypothesis import given, strategies as st

from verify.claims.expressions import (
    ExpressionError,
    Refusal,
    integer_of,
    is_compared,
    parse,
    plain,
    printable,
    rational_of,
    replaced,
    shown,
)
from verify.judging.evidence import MeaningError
from verify.judging.translation import to_sympy

x = sp.Symbol("x", positive=True)


def test_lambda_is_a_name():
    lam = sp.Symbol("lambda", real=True)
    assert to_sympy("lambda**2/(1 - lambda)", {"lambda": lam}) == lam**2 / (1 - lam)
    assert to_sympy("lam + lambda", {"lambda": lam}) == 2 * lam


def test_decimals_are_exact():
    assert to_sympy("0.1 + 1e-9 + .5", {}) == sp.Rational(600000001, 10**9)


def test_parts_of_what_is_real_are_taken():
    """SymPy's algebra has no unevaluated parts of numbers."""
    a = sp.Symbol("a", positive=True)
    for text, value in (("re({})", 1), ("im({})", 0), ("conjugate({})", 1), ("abs(-{})", 1)):
        assert to_sympy(text.format("9/10"), {}) == value * sp.Rational(9, 10)
        assert to_sympy(text.format("a"), {"a": a}) == value * a


def test_powers_bind_as_in_python():
    assert to_sympy("-x**(1/2)*2**-1", {"x": x}) == -sp.sqrt(x) / 2


def test_what_an_expression_names():
    found = parse(" lambda*rho + pi*sqrt(lam)*sum(E**Delta*R(Delta))/I ")
    assert found.names == {"lambda", "rho"}  # in a sum, Delta is no parameter
    assert found.functions == {"sqrt", "sum", "R"}
    assert str(found) == "lambda*rho + pi*sqrt(lam)*sum(E**Delta*R(Delta))/I"


def test_expressions_are_compared_by_what_is_written():
    assert parse("1 + x") == parse(" 1 + x ")
    assert parse("1 + x") != parse("x + 1")


@pytest.mark.parametrize(
    "name", ["sqrt", "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "asinh", "atanh"]
)
def test_functions_are_those_of_their_names(name):
    assert to_sympy(f"{name}(x)", {"x": x}) == getattr(sp, name)(x)


def test_parts_of_complex_numbers():
    z = sp.Symbol("z")
    found = to_sympy("abs(z) + 2*re(z) + 3*im(z) + 4*conjugate(z)", {"z": z})
    assert found == sp.Abs(z) + 2 * sp.re(z) + 3 * sp.im(z) + 4 * sp.conjugate(z)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        *(("3", 3), ("-3", -3), ("--2", 2), ("0", 0), ("2.0", 2), ("x", None), ("-x", None)),
        *(("3.5", None), ("+3", None), ("1 + 2", None)),
    ],
)
def test_integer_of(source, expected):
    assert integer_of(parse(source).node) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("-(1/2 + 0.25)*4", Fraction(-3)),
        ("2 - 5/3", Fraction(1, 3)),
        ("2*0", Fraction(0)),
        ("0/3", Fraction(0)),
        ("1 + 0", Fraction(1)),
        ("1 - 0", Fraction(1)),
        *((source, None) for source in ("1/0", "x", "-x", "x + 1", "1 + x", "2**3", "+1", "R(0)")),
    ],
)
def test_rational_of(source, expected):
    assert rational_of(parse(source).node) == expected


def nested(depth):
    """x under so many signs, 39 of them in a row."""
    brackets, rest = divmod(depth, 39)
    return ("-" * 39 + "(") * brackets + "-" * rest + "x" + ")" * brackets


DIGITS = "1" * 32  # 128 bits
LIMITS = {
    "length": ("x" + " " * 1999, "x" + " " * 2000, "2001 characters: write at most 2000"),
    "brackets": ("(" * 40 + "1" + ")" * 40, "(" * 41 + "1" + ")" * 41, "nested 41 deep"),
    "square brackets": ("1", "[" * 41 + "1" + "]" * 41, "nested 41 deep"),
    "braces": ("1", "{" * 41 + "1" + "}" * 41, "nested 41 deep"),
    "no brackets": ("+".join("X" * 41), "X*" + "(" * 41 + "x" + ")" * 41, "nested 41 deep"),
    "closed brackets": ("+".join(["(x)"] * 41), "(" * 41 + "x" + ")" * 41, "nested 41 deep"),
    "signs": ("- + " * 19 + "-1", "- + " * 20 + "1", "40 signs in a row"),
    "left": ("x" + "+x" * 160, "x" + "+x" * 161, "nested more than 160 deep"),
    "right": (f"x*{nested(159)}", f"x*{nested(160)}", "nested more than 160 deep"),
    "base": (f"({nested(159)})**2", f"({nested(160)})**2", "nested more than 160 deep"),
    "in a power": (f"2**({nested(159)})", f"2**({nested(160)})", "nested more than 160 deep"),
    "argument": (f"exp({nested(159)})", f"exp({nested(160)})", "nested more than 160 deep"),
    "calls": ("sqrt(" * 40 + "x" + ")" * 40, "sqrt(" * 41 + "x" + ")" * 41, "41 deep"),
    "digits": ("9" * 60, "9" * 61, "at most 60 digits"),
    "tens": ("1e999", "1e1000", "write numbers as"),
    "name": ("x" * 31, "x" * 32, "a name is a letter"),
    "power": ("x**64", "x**65", "an exponent is p, p/q (below 64)"),
    "inverse": ("x**-64", "x**-65", "an exponent is p, p/q (below 64)"),
    "root": ("x**(1/64)", "x**(1/65)", "an exponent is p, p/q (below 64)"),
    "exponent": ("2**(12345*a*b*c*d)", "2**(12345*a*b*c*d*e)", "numbers are too large"),
    "lag": ("KroneckerDelta(Delta, 256)", "KroneckerDelta(Delta, 257)", "0 <= k <= 256"),
    "first lag": ("KroneckerDelta(Delta, 0)", "KroneckerDelta(Delta, -1)", "0 <= k <= 256"),
    # 50·50·8 = 20 000 terms
    "terms": (
        "(a + b)**49*(a - b)**49*(a + c)**7",
        "(a + b)**49*(a - b)**49*(a + c)**7 + a",
        "too large when expanded",
    ),
    "terms of a power": ("(a + b + c + d)**47", "(a + b + c + d)**48", "too large"),
    "terms of a root": ("(a + b + c + d)**(93/2)", "(a + b + c + d)**(95/2)", "too large"),
    "degree": ("(x**64)**8", "(x**64)**8*y", "too large when expanded"),
    "degree of a root": ("((x**64)**8)**(1/2)", "((x**64)**8)**(3/2)", "too large when expanded"),
    "degree of a quotient": ("x**64/(y**64)**7", "x/(y**64)**8", "too large when expanded"),
    "degree of a sum": ("(x**64)**8 + (y**64)**8", "(x**64)**8*y + 1", "too large when expanded"),
    "degree in an exponent": ("(x**64)**7*4**(x**20)*x**44", "(x**64)**8*4**x", "too large"),
    "bits": (f"{DIGITS}**64", f"{DIGITS}**64 + x", "too large when expanded"),
    "bits of a product": (f"{DIGITS}**63*{DIGITS}", f"{DIGITS}**63*{DIGITS}*x", "too large"),
    "bits of floats": ("1e9**6", "1e9**7", "too large when expanded"),
    "bits of a float": (f"1e9**6*{'1' * 31}**8", f"1e9**6*{'1' * 31}**8*x", "too large"),
    "bits of Floats": ("1E9**6", "1E9**7", "too large when expanded"),
    "bits of a power": (f"{DIGITS}**63*x**(1234*x)", f"{DIGITS}**64*x**x", "too large"),
    "bits in a call": (f"sqrt({DIGITS}**64)", f"1 + sqrt({DIGITS}**64)", "too large"),
    "terms in a call": (
        "exp((a + b)**49*(a - b)**49*(a + c)**7)",
        "exp((a + b)**49*(a - b)**49*(a + c)**7) + a",
        "too large when expanded",
    ),
    "degree in a call": ("exp((x**64)**8)", "exp((x**64)**8)*x", "too large when expanded"),
}


@pytest.mark.parametrize("limit", LIMITS)
def test_limits(limit):
    within, beyond, words = LIMITS[limit]
    assert parse(within).source == within.strip()
    with pytest.raises(ExpressionError) as caught:
        parse(beyond)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (3, "3 is not text: write the expression in quotes"),
        ("λ + é", "'lambda + é': 'é' is not known; write it in ASCII"),
        ("2*lambd_", "'2*lambd_': lambd_ is no name for a parameter"),
        ("1 + 2 # three", "'1 + 2 # three': leave out what follows #, and #"),
        ("1 $ 2", "syntax error at column 3: '1 $ 2'"),
        ("lambda + 'x'", "\"'x'\" at column 10: write numbers as 12, 0.5, 3/4 or 1e-9"),
        ("2 + 1j", "'1j' at column 5: write numbers as 12, 0.5, 3/4 or 1e-9"),
        ("1 + 1_0", "'1_0' at column 5: write numbers as 12, 0.5, 3/4 or 1e-9"),
        ("True", "'True' at column 1: write numbers as 12, 0.5, 3/4 or 1e-9"),
        ("2*sqrt", "'sqrt' at column 3: sqrt is a function: write sqrt(...)"),
        ("sum", "'sum' at column 1: sum is a function: write sum(...)"),
        ("KroneckerDelta", "'KroneckerDelta' at column 1: KroneckerDelta is a function: write"),
        ("2*_x", "'_x' at column 3: a name is a letter, then letters, digits and single"),
        ("a__b", "'a__b' at column 1: a name is a letter, then letters, digits and single"),
        ("not lambda", "'not lambda' at column 1: only numbers, names, + - * / ** and functions"),
        ("~x", "'~x' at column 1: only numbers, names, + - * / ** and functions"),
        ("x // 2", "'x // 2' at column 1: only numbers, names, + - * / ** and functions"),
        ("x**(1/0)", "'x**(1/0)' at column 1: an exponent is p, p/q (below 64) or has a parameter"),
        ("x**2**2", "'x**2**2' at column 1: an exponent is p, p/q (below 64) or has a parameter"),
        ("x**2.5 + y(1)", "'y(1)' at column 10: only these functions are known: KroneckerDelta, R"),
        ("f.g(1)", "'f.g(1)' at column 1: only these functions are known"),
        ("sqrt(x, 2)", "'sqrt(x, 2)' at column 1: sqrt takes 1 argument"),
        ("sqrt(x=1)", "'sqrt(x=1)' at column 1: sqrt takes 1 argument"),
        ("sqrt(1, x=1)", "'sqrt(1, x=1)' at column 1: sqrt takes 1 argument"),
        ("KroneckerDelta(1)", "'KroneckerDelta(1)' at column 1: KroneckerDelta takes 2 arguments"),
        ("KroneckerDelta(Delta, x)", "'KroneckerDelta(Delta, x)' at column 1: write Kronecker"),
        ("KroneckerDelta(x, 1)", "'KroneckerDelta(x, 1)' at column 1: write KroneckerDelta(Delta"),
        ("KroneckerDelta(0, 1)", "'KroneckerDelta(0, 1)' at column 1: write KroneckerDelta(Delta"),
        *(
            (f"1 + {text}", f"'{text}' at column 5: write R(Delta) inside sum(), or R(k) with k =")
            for text in ("R(rho)", "R(-1)", "R(1/2)", "R(R(0))", "R(Delta + 1)")
        ),
        ("sum(Delta*sum(R(Delta)))", "'sum(R(Delta))' at column 11: no sum() inside of another"),
        ("x" * 61, f"'{'x' * 57}...' at column 1: a name"),
        ("1 + " + "y" * 60, f"'{'y' * 60}' at column 5: a name"),
    ],
)
def test_a_refusal_says_where_and_why(source, message):
    with pytest.raises(ExpressionError) as caught:
        parse(source)
    assert str(caught.value).startswith(message)


def test_one_argument_and_two_arguments():
    with pytest.raises(ExpressionError, match=r"takes 1 argument$"):
        parse("sqrt(x, 2)")
    with pytest.raises(ExpressionError, match=r"takes 2 arguments$"):
        parse("KroneckerDelta(Delta)")


def test_a_lag_may_come_first_or_last():
    assert parse("KroneckerDelta(3, Delta)").names == {"Delta"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("λ → 1,\nρ² ☃ 漢", "λ → 1,\nρ² ☃ 漢"),
        ("a\x1b[31mb\x9b1m\x07c\r", "a[31mb1mc "),
        ("a\u202eb\u2066c\u200fd\ufeff\ud800e", "abcde"),
        ("a\u00a0b\u2009c\u2028d\te", "a b c d e"),
        ("ab\tc", "ab      c"),
    ],
)
def test_what_is_printable(text, shown):
    assert printable(text) == shown


def test_a_refusal_is_one_line_of_limited_length():
    assert str(Refusal("a\nb\x1b[0m\t  c")) == "a b [0m c"
    assert str(Refusal("x" * 500)) == "x" * 500
    assert str(Refusal("x" * 501)) == "x" * 497 + "..."


@pytest.mark.parametrize(
    "source",
    [
        "",
        "1 +",
        "(" * 500 + "1" + ")" * 500,
        "-" * 500 + "1",
        "9**9**9**9",
        "9**(9**9)",
        "2**1000",
        "x**1e300",
        "((x**64)**64)**64",
        "(a + b + c + d + e)**64",
        "factorial(10**9)",
        "__import__('os').system('true')",
        "().__class__",
        "x.real",
        "x[0]",
        "[x for x in y]",
        "lambda x: x",
        "x if x else x",
        "x < 1",
        "f'{x}'",
        "'x'",
        "1j",
        "1_000",
        "0x10",
        "x := 1",
        "sqrt",
        "sqrt(x, x)",
        "sqrt(x=1)",
        "sqrt(*x)",
        "KroneckerDelta(Delta, 10**9)",
        "KroneckerDelta(Delta, -1)",
        "KroneckerDelta(x, 1)",
        "x__y",
        "_x",
        "é",
        "x\0",
        "9" * 100,
        "+".join(["x"] * 900),
        "x" * 3000,
    ],
)
def test_refused(source):
    start = time.perf_counter()
    with pytest.raises(ExpressionError):
        parse(source)
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize("source", ["1/0", "0**(-1)", "log(0)", "atanh(1)"])
def test_infinite_constants_are_refused(source):
    with pytest.raises(MeaningError, match="divides by zero"):
        to_sympy(source, {})


def test_error_names_column_and_remedy():
    with pytest.raises(ExpressionError, match=r"'foo\(x\)' at column 5: only these functions"):
        parse("1 + foo(x)")


TOKENS = (
    *("x", "lambda", "Delta", "pi", "I", "0", "2", "0.5", "1e9", "99999", "(", ")", ",", " "),
    *("+", "-", "*", "/", "**", "//", "%", "sqrt", "exp", "sum", "R", "KroneckerDelta", ".", "["),
    *("]", "'", "__import__", "=", ":", "if", "else", "for", "in", "not", "~", "@", "\n", "#"),
)


@given(st.lists(st.sampled_from(TOKENS), max_size=40).map("".join))
def test_fuzz_tokens(source):
    assert_parses_or_refuses(source)


@given(st.text(max_size=80))
def test_fuzz_text(source):
    assert_parses_or_refuses(source)


def assert_parses_or_refuses(source):
    with contextlib.suppress(ExpressionError, MeaningError):
        expression = parse(source)
        names = {name: sp.Symbol(name) for name in expression.names}
        assert isinstance(to_sympy(expression, names), sp.Expr)


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("λ^2 − 1", "lambda**2 - 1"),
        ("ρ^Δ·λ×2", "rho**Delta*lambda*2"),
        ("\ufeff2·a – b", " 2*a - b"),
        ("Γ*Θ", "Gamma*Theta"),
        ("sigmoid(ω)", "1/(1 + exp(-omega))"),
        ("softplus(w)*2", "log(1 + exp(w))*2"),
        ("max(a, 1 - b)", "(a + (1 - b) + abs(a - (1 - b)))/2"),
        ("min(a, b/2)", "(a + b/2 - abs(a - b/2))/2"),
        ("sigmoid(max(x, y))", "1/(1 + exp(-((x + y + abs(x - y))/2)))"),
    ],
)
def test_what_is_short_for_something_else(written, same):
    long, short = parse(same), parse(written)
    assert ast.dump(short.node) == ast.dump(long.node)
    assert (short.names, short.functions) == (long.names, long.functions)


def test_signs_that_are_no_part_of_expressions_are_written_plainly():
    assert plain("0 ≤ x ≥ 1 ≠ 2 → ∞") == "0 <= x >= 1 != 2 -> oo"
    assert plain("ώ ϑ Ϗ ∂ א Ж") == "ώ ϑ Ϗ ∂ א Ж"  # no plain Greek letters


@pytest.mark.parametrize(
    ("source", "is_constant"),
    [("2*pi", True), ("2*a", False), ("R(0)", False), ("sum(2**(-Delta))", False)],
)
def test_what_stands_for_a_number(source, is_constant):
    assert parse(source).is_constant is is_constant


def test_a_lag_outside_of_a_sum_is_a_name():
    assert parse("sum(Delta)*Delta").names == {"Delta"}
    assert parse("sum(Delta*a)").names == {"a"}


def test_a_tree_as_text():
    for source in ("(1/2)*lambda", "2*a**3 - (1/3)", "exp(-lambda)", "abs(a + 2*b)"):
        again = parse(shown(parse(source).node))
        assert ast.dump(again.node) == ast.dump(parse(source).node)
    tree = parse("0.5*lambda + 2").node
    before = ast.dump(tree)
    assert shown(tree) == "(1/2) * lambda + 2"
    assert ast.dump(tree) == before


def test_what_stands_twice_is_two_nodes():
    tree = parse("max(1 + abs(a), b)").node
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and shown(n) == "abs(a)"]
    assert len({id(call) for call in calls}) == len(calls) == 2


def test_a_node_is_replaced_where_it_stands():
    tree = parse("-(a + 2)*exp(b) - abs(a)/3").node
    [site] = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and n.func.id == "abs"]
    new = parse("c").node
    assert shown(replaced(tree, site, new)) == "-(a + 2) * exp(b) - c / 3"
    inner = next(n for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id == "b")
    assert shown(replaced(tree, inner, new)) == "-(a + 2) * exp(c) - abs(a) / 3"
    [within, _] = [n for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id == "a"][::-1]
    assert shown(replaced(tree, within, new)) == "-(c + 2) * exp(b) - abs(a) / 3"
    assert shown(tree) == "-(a + 2) * exp(b) - abs(a) / 3"


@pytest.mark.parametrize("text", ["max(a, 2*b)", "1 + min(a, 2*b)"])
def test_what_is_compared_is_told(text):
    marked = [shown(node) for node in ast.walk(parse(text).node) if is_compared(node)]
    assert marked == ["a + 2 * b", "a - 2 * b"]
    assert not any(map(is_compared, ast.walk(parse("(a + b + abs(a - b))/2").node)))
