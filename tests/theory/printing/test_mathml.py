"""MathML says what the expression says: read back and evaluated, it has the same value."""

import cmath
import random
import re
from xml.etree import ElementTree as ET

import pytest
import sympy as sp

from theory import DERIVATIONS, exponential, white
from theory.inputs import ArbitraryInput
from theory.printing.mathml import to_mathml
from theory.printing.mathml_elements import symbol
from verify import paper_claims
from verify.claims.expressions import parse
from verify.reporting.page import statement
from verify.reporting.page.mathml import formula, inline

FUNCTIONS = {
    "Re": lambda z: complex(z).real,
    "Im": lambda z: complex(z).imag,
    "log": cmath.log,
    "sin": cmath.sin,
    "cos": cmath.cos,
    "tan": cmath.tan,
    "sinh": cmath.sinh,
    "cosh": cmath.cosh,
    "tanh": cmath.tanh,
    "arsinh": cmath.asinh,
    "artanh": cmath.atanh,
}
SIGNS = {"−": "-", "\u2062": "*", "·": "*", "×": "*", "\u2061": ""}
CONSTANTS = {"π": "pi", "i": "1j", "e": "e"}


def read(element):
    """Python for what a MathML element shows."""
    parts = [read(child) for child in element]
    match element.tag, parts:
        case "mn", _:
            return element.text
        case "mi", _:
            return CONSTANTS.get(element.text, element.text)
        case "mo", _ if element.text == "|":
            return "abs(" if element.get("form") == "prefix" else ")"
        case "mo", _:
            return SIGNS.get(element.text, element.text)
        case "mfrac", [above, below]:
            return f"(({above})/({below}))"
        case "msqrt", _:
            return f"sqrt({''.join(parts)})"
        case "mover", [inside, _]:
            return f"conj({inside})"
        case "msub", [stem, below]:
            return marked(element[0].text or stem, below)
        case "msup", [base, "*"]:
            return marked(base, "star")
        case "msup", [base, exponent] if base in FUNCTIONS:
            return f"power({exponent}, {base})"
        case "msup", [base, exponent]:
            return f"({base})**({exponent})"
        case (("mrow" | "math"), _):
            return applied(parts)
    raise AssertionError(f"{element.tag} {parts}")


def marked(name, mark):
    """With what stands below or above a name, or a name with a bar."""
    return f"{name[:-1]}{mark})" if name.startswith("conj(") else f"{name}{mark}"


def applied(parts):
    """sin² x as a power; a function and its argument, which may lack brackets."""
    if len(parts) == 3 and parts[1] == "":
        head, _, argument = parts
        exponent = re.fullmatch(r"power\((.*), (\w+)\)", head)
        if exponent:
            return f"({exponent[2]}({argument}))**({exponent[1]})"
        return f"{head}({argument})"
    return "".join(parts)


def value(mathml, names):
    text = read(ET.fromstring(f"<math>{mathml}</math>"))
    known = {"pi": cmath.pi, "e": cmath.e, "sqrt": cmath.sqrt, "conj": lambda z: z.conjugate()}
    return complex(eval(text, {**FUNCTIONS, **known, **names}))  # noqa: S307 (our own text)


def points(names, count=3):
    """Values inside the unit disc, by the name as MathML shows it."""
    rng = random.Random(1)  # noqa: S311
    for _ in range(count):
        yield {n: complex(rng.uniform(0.1, 0.6), rng.uniform(0.1, 0.6)) for n in sorted(names)}


def shown(names):
    return {read(ET.fromstring(symbol(name))): number for name, number in names.items()}


def by_python(source, names):
    words = {"re": "Re", "im": "Im", "asinh": "arsinh", "atanh": "artanh"}
    known = {
        name: FUNCTIONS[words.get(name, name)] for name in (*words, "log", "sin", "cos", "tan")
    }
    known |= {name: FUNCTIONS[name] for name in ("sinh", "cosh", "tanh")}
    known |= {"sqrt": cmath.sqrt, "exp": cmath.exp, "conjugate": lambda z: z.conjugate()}
    known |= {"pi": cmath.pi, "I": 1j, "E": cmath.e}
    known |= {re.sub("^lambda$", "lam", name): number for name, number in names.items()}
    python = re.sub(r"\blambda\b", "lam", source)
    return complex(eval(python, known))  # noqa: S307 (our own claims)


TRICKY = [
    "a - (b - c)",
    "a - (b + c)*d",
    "a*(b + c)**2/d",
    "a/(b*c)",
    "a/b/c",
    "a/(b/c)",
    "-a**2",
    "(-a)**2",
    "a*(-b)",
    "a - -b",
    "-(a + b)",
    "2*3*a",
    "2*(1/3)**a",
    "a**(b + 1)",
    "a**(1/2)",
    "a**(-3/2)",
    "(a**b)**c",
    "a**b**c",
    "(a/b)**2",
    "exp(-exp(omega))**2",
    "exp(a)*b",
    "sin(a)**2*b",
    "sin(a + b)*cos(c)",
    "log(a)*b",
    "abs(a - b)**2",
    "abs(a)*abs(b)",
    "conjugate(a)**2*conjugate(a - b)",
    "conjugate(lambda1)*conjugate(lambda_star)**2 - lambda_star",
    "re(a*b) - im(a)*b",
    "sqrt(1 - a**2)*(1 - a)",
    "-1/2*im(a*b)",
    "1e-6 + 2.5e3*a",
    "lambda1*lambda_star - lambda",
]


@pytest.mark.parametrize("source", TRICKY)
def test_brackets_stand_where_they_must(source):
    expression = parse(source)
    for names in points(expression.names):
        expected = by_python(source, names)
        assert value(inline(expression), shown(names)) == pytest.approx(expected, rel=1e-12)


def evaluable(claim):
    return not claim.formula.functions & {"sum", "R", "KroneckerDelta"}


@pytest.mark.parametrize(
    "claim", [c for c in paper_claims() if evaluable(c)], ids=lambda claim: claim.id
)
def test_formulas_of_claims_are_what_they_say(claim):
    for names in points(claim.formula.names):
        expected = by_python(claim.formula.source, names)
        for mathml in (inline(claim.formula), "".join(formula(claim.formula))):
            assert value(mathml, shown(names)) == pytest.approx(expected, rel=1e-9)


def test_a_long_formula_may_be_broken_without_changing():
    factor = (
        "(1/(1 - c) + (a + b)**2/(1 + c)**2 - a*b*c + 7*conjugate(c) - (a - (b - c))*(1 - a*b))"
    )
    source = f"2*re((a - b)*{factor} - (a + b)*{factor})*(a - (b - c))*(-{factor})"
    expression = parse(source)
    pieces = list(formula(expression))
    assert len(pieces) > 3
    for piece in pieces:
        ET.fromstring(f"<math>{piece}</math>")  # each is whole
    for names in points(expression.names):
        assert value("".join(pieces), shown(names)) == pytest.approx(by_python(source, names))


def test_every_claim_of_the_paper_is_shown():
    for claim in paper_claims():
        shown = [str(statement.displayed(claim)), *map(str, statement.ranges(claim))]
        shown += [str(s) for s in statement.choices(claim)]
        shown.append(str(statement.autocorrelation(claim.autocorrelation, claim.complex_input)))
        for text in shown:
            assert "".join(ET.fromstring(f"<p>{text}</p>").itertext()).strip()


a, b, c = sp.symbols("a b c")
SYMPY = [
    a - (b - c) / 2,
    -a * (b + c) ** 2 / (3 * (1 - a) ** 3),
    sp.Rational(-2, 3) * a * b,
    sp.Mul(2, a + b, evaluate=False),
    a ** sp.Rational(-3, 2) + sp.sqrt(b) / a,
    (a / b) ** c,
    sp.exp(-sp.exp(a)) ** 2 * b,
    sp.Abs(a - b) ** 2 * sp.re(a * b) * sp.im(c),
    sp.conjugate(a) ** 2 * b,
    sp.cos(a) ** 2 * sp.sin(b) * c - sp.log(a),
    sp.I * a - sp.pi,
    -(a + b) * c - sp.Rational(1, 2),
]


@pytest.mark.parametrize("expression", SYMPY, ids=str)
def test_sympy_expressions_are_what_they_say(expression):
    for names in points({"a", "b", "c"}):
        values = {sp.Symbol(name): number for name, number in names.items()}
        expected = complex(expression.subs(values).evalf())
        assert value(to_mathml(expression), names) == pytest.approx(expected, rel=1e-9)


@pytest.mark.every(3)
@pytest.mark.parametrize(
    "x", [white(), exponential(), ArbitraryInput(False)], ids=["white", "ar1", "any"]
)
def test_every_step_has_mathml(x):
    for derive in DERIVATIONS.values():
        try:
            derivation = derive(x)
        except ValueError:  # this input has none
            continue
        for step in derivation.steps:
            root = ET.fromstring(f"<math>{to_mathml(step.statement)}</math>")
            assert "".join(root.itertext()).strip()


def test_names_are_those_of_the_field():
    assert symbol("lambda_star_bar").startswith('<msup><mover accent="true"><mi>λ</mi>')
    assert symbol("Delta") == '<mi mathvariant="normal">Δ</mi>'
    assert symbol("w") == "<mi>w</mi>"
    assert symbol("h_theta") == "<msub><mi>h</mi><mi>θ</mi></msub>"
