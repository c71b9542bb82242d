"""What people see: presented forms, LaTeX, and derivations in every format."""

import html
import shutil
from dataclasses import replace
from html.parser import HTMLParser

import pytest
import sympy as sp

from theory import (
    DERIVATIONS,
    RENDERERS,
    ArbitraryInput,
    BrokenStep,
    cross_moment,
    damped_cosine,
    document,
    exponential,
    from_expression,
    moving_average,
    optimal_gamma,
    optimality_condition,
    polarised,
    present,
    readable,
    second_moment,
    sensitivity,
    teacher_student_loss,
    to_latex,
    white,
)
from theory.algebra.vanishing import vanishes
from theory.printing.derivations import pdf
from theory.printing.latex import displayed
from theory.printing.pdf import compiled
from theory.printing.prose import prose
from theory.symbols import Delta, lam, lam1, lam2, phi, real_lam, rho

needs_pdflatex = pytest.mark.skipif(
    shutil.which("pdflatex") is None, reason="pdflatex (texlive-latex-base) is not installed"
)
INPUTS = {
    "white": white(),
    "exponential": exponential(),
    "damped cosine": damped_cosine(),
    "moving average": moving_average([1, sp.Symbol("b", real=True)]),
    "power": from_expression((1 + Delta) * rho**Delta),
    "complex": from_expression(rho**Delta * sp.exp(sp.I * phi * Delta)),
    "any": ArbitraryInput(),
}


@pytest.mark.every(2)
@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize("moment", [second_moment, sensitivity])
def test_present_and_readable_keep_the_value(name, moment):
    expr = moment(INPUTS[name])
    assert vanishes(present(expr) - expr)
    if name != "any":
        assert vanishes(polarised(readable(present(expr))) - expr)


def test_presented_forms():
    ar, x = exponential(), real_lam
    assert str(present(second_moment(ar, x))) == str((1 + rho * x) / ((1 - rho * x) * (1 - x**2)))
    assert present(sensitivity(white(), x, x)) == (1 + x**2) / (1 - x**2) ** 3
    assert present(cross_moment(ar)) == (1 - rho**2 * lam1 * lam2) / (
        (1 - lam1 * lam2) * (1 - rho * lam1) * (1 - rho * lam2)
    )
    cosine = present(second_moment(damped_cosine(), x))
    assert cosine.has(sp.cos(phi))
    assert not cosine.has(sp.I)


@pytest.mark.parametrize(
    ("expr", "tex"),
    [
        (second_moment(white()), r"\frac{1}{1 - \lvert \lambda\rvert^{2}}"),
        (sp.Symbol("lambda_bar"), r"\bar{\lambda}"),
        (sp.Symbol("lambda_star") ** 2, r"(\lambda^{*})^{2}"),
        (sp.Symbol("rho") * sp.Symbol("lambda_bar"), r"\rho \bar{\lambda}"),
        (lam + sp.Symbol("lambda_bar"), r"2 \operatorname{Re}(\lambda)"),
        (ArbitraryInput().generating_function(lam), r"C(\lambda)"),
        (sp.diff(ArbitraryInput().generating_function(lam), lam), r"C'(\lambda)"),
    ],
)
def test_latex_of_small_things(expr, tex):
    assert to_latex(expr) == tex


def test_what_is_no_rational_function_is_shown_as_it_is():
    s, T = sp.symbols("s T")
    assert present((s + 1) ** 2 - s**2 - 2 * s - 1) == 0
    power = s**2 * (1 - ((1 - s) ** 2 / (1 + s) ** 2) ** T)
    assert sp.simplify(present(power) - power) == 0


@pytest.mark.parametrize(
    ("words", "tex"),
    [
        ("a state h ← α h + x and its sum", r"a state $h \leftarrow \alpha h + x$ and its sum"),
        ("at t and at t + 1: call it K.", "at $t$ and at $t + 1$: call it $K$."),
        ("E[h ḡ] is finite", r"$\operatorname{E}[h \bar g]$ is finite"),
        ("so 1 − α β̄ is not 0.", r"so $1 - \alpha \bar{\beta }$ is not 0."),
        ("E[x_{t+1} x̄_t] = R(i+1), or 0", r"$\operatorname{E}[x_{t+1} \bar{x}_t] = R(i+1)$, or 0"),
        ("in section 2 λ is real", r"in section 2 $\lambda $ is real"),
        ("(complex too) of h, (App. D)", "(complex too) of $h$, (App. D)"),
        ("the sum (of two things) λ", r"the sum (of two things) $\lambda $"),
        ("a teacher_student, 100%", r"a teacher\_student, 100\%"),
    ],
)
def test_a_formula_in_prose_is_one(words, tex):
    assert prose(words).replace("  ", " ") == tex


def test_prose_sets_words_with_mathematics():
    assert prose("R(Δ) is 100% real") == r"$R(\Delta )$ is 100\% real"
    assert prose("x̄_t") == r"$\bar{x}_t$"
    assert prose("sqrt(1−(ρλ)²)") == r"$\sqrt{1-(\rho \lambda )^{2}}$"
    assert prose("E[exp(λ)]⁻¹²") == r"$\operatorname{E}[\operatorname{exp}(\lambda )]^{-12}$"


@needs_pdflatex
def test_formulas_compile_with_amsmath_alone():
    source = document(
        "\n".join(
            displayed(formula)
            for x in INPUTS.values()
            for formula in (
                present(second_moment(x)),
                present(sensitivity(x)),
                optimal_gamma(x),
                optimality_condition(x),
                teacher_student_loss(x),
            )
        )
    )
    assert source.count("usepackage") == 1
    assert r"\usepackage{amsmath}" in source
    assert compiled(source).startswith(b"%PDF")


@pytest.mark.every(5)
@needs_pdflatex
@pytest.mark.parametrize("name", DERIVATIONS)
def test_derivations_compile(name):
    assert pdf(DERIVATIONS[name](exponential())).startswith(b"%PDF")


@needs_pdflatex
def test_broken_latex_is_an_error_that_says_why():
    with pytest.raises(RuntimeError, match="Undefined control sequence"):
        compiled(document(r"\nonsense"))


def test_without_pdflatex_the_error_says_what_to_do(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(RuntimeError, match="install TeX Live, or use --to"):
        compiled(document(""))


class Balance(HTMLParser):
    """Checks that tags nest."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.every(3)
@pytest.mark.parametrize("name", ["sensitivity", "parametrization", "teacher_student_loss"])
@pytest.mark.parametrize("to", RENDERERS)
def test_renderers_show_every_step(to, name):
    derivation = DERIVATIONS[name](white())
    shown = "".join(RENDERERS[to](derivation))
    written = prose if to == "latex" else html.escape if to == "html" else str
    assert written(derivation.title) in shown
    assert all(written(step.rule) in shown for step in derivation.steps)
    for machinery in ("_bar", "C_plus", "R_0bar", "Dummy"):
        assert machinery not in shown


def test_html_is_self_contained_and_nests():
    shown = "".join(RENDERERS["html"](DERIVATIONS["sensitivity"](exponential())))
    parser = Balance()
    parser.feed(shown)
    assert not parser.open
    assert shown.count("<math") == len(DERIVATIONS["sensitivity"](exponential()).steps)
    assert "http" not in shown
    assert "menclose" not in shown  # browsers do not draw it


@pytest.mark.parametrize("to", RENDERERS)
def test_a_broken_step_stops_the_rendering(to):
    derivation = DERIVATIONS["second_moment"](white())
    last = derivation.steps[-1]
    wrong = replace(last, statement=sp.Eq(last.statement.lhs, 1 / (1 + real_lam), evaluate=False))
    chunks = RENDERERS[to](replace(derivation, steps=(*derivation.steps[:-1], wrong)))
    with pytest.raises(BrokenStep, match="Result"):
        list(chunks)
