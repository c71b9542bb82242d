"""Formulas in LaTeX that needs amsmath and nothing else."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import unicodedata
from pathlib import Path
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE
from sympy.printing.printer import Printer

from theory.inputs import C, C_bar
from theory.linebreaks import display
from theory.presentation import readable

ORDER = "rev-lex"  # 1 − λ², not −λ² + 1

_DOCUMENT = r"""\documentclass[a4paper]{article}
\usepackage{amsmath}
\allowdisplaybreaks
\setlength{\oddsidemargin}{-0.4mm}\setlength{\textwidth}{160mm}
\setlength{\topmargin}{-10mm}\setlength{\textheight}{235mm}
\setlength{\parindent}{0pt}\renewcommand{\labelitemi}{$\bullet$}
\begin{document}
%s
\end{document}
"""
_MATHEMATICS = {
    "Σ": r"\textstyle\sum", "∂": r"\partial ", "ḡ": r"\bar g", "≥": r"\ge ", "≤": r"\le ",
    "←": r"\leftarrow ", "→": r"\to ", "∞": r"\infty ", "½": r"\tfrac12", "⊙": r"\odot ",
    "∘": r"\circ ",
    "·": r"\cdot ", "×": r"\times ", "≠": r"\ne ", "√": r"\surd ", "′": "'", "″": "''",
    "≈": r"\approx ", "…": r"\dots ",
    "⁻": "^-", "¹": "^1", "²": "^2", "³": "^3", "*": "^*",
    "−": "-", "<": "<", ">": ">", "=": "=", "|": "|", "^": "^", "_": "_",
}  # fmt: skip
_VARIABLE = re.compile(r"(?:[B-HJ-Zb-hj-z]|[A-Za-z]\([a-z0-9]\))[,.;:]?")  # not "a", "A" or "I"
_GREEK = re.compile("GREEK (SMALL|CAPITAL) LETTER ([A-Z]+)$")


class Ordered(Printer):  # type: ignore[misc]  # SymPy is untyped
    """A sum begins with R(0), or else with something positive; C comes before C′."""

    def _as_ordered_terms(self, expr: sp.Add, order: str | None = None) -> list[sp.Expr]:
        terms = list(super()._as_ordered_terms(expr, order=order))
        if expr.has(C):
            return sorted(terms, key=_by_derivative)
        positive = (n for n, term in enumerate(terms) if not term.could_extract_minus_sign())
        first = next(positive, 0)
        return [terms[first], *terms[:first], *terms[first + 1 :]]


def _by_derivative(term: sp.Expr) -> tuple[int, Any]:
    orders = [int(c.args[0]) for c in term.atoms(C)]
    known = any(s.name == "R_0" for s in term.free_symbols)
    return -1 if known else max(orders, default=-2), sp.default_sort_key(term)


class _Printer(Ordered, LatexPrinter):  # type: ignore[misc]
    """SymPy's printer with the field's habits: λ̄, λ*, E[…], C′(z), Re, ½ in front."""

    def _print_Symbol(self, expr: sp.Symbol, style: str = "plain") -> str:
        name = "R(0)" if expr.name == "R_0" else expr.name
        stem, bar, _ = name.partition("_bar")
        stem, star, _ = stem.partition("_star")
        tex = str(super()._print_Symbol(sp.Symbol(stem), style))
        tex = re.sub(r"^([A-Za-z]{2,})", r"\\mathrm{\1}", tex)
        return (rf"\bar{{{tex}}}" if bar else tex) + ("^{*}" if star else "")

    def _print_conjugate(self, expr: sp.Expr, exp: str | None = None) -> str:
        if expr.args[0].is_Symbol:
            tex = self._print_Symbol(sp.Symbol(expr.args[0].name + "_bar"))
            return self._powered(f"({tex})" if exp and "^" in tex else tex, exp)
        return self._powered(rf"\overline{{{self._print(expr.args[0])}}}", exp)

    def _print_re(self, expr: sp.Expr, exp: str | None = None) -> str:
        return self._applied(self._powered(r"\operatorname{Re}", exp), expr.args[0])

    def _print_im(self, expr: sp.Expr, exp: str | None = None) -> str:
        return self._applied(self._powered(r"\operatorname{Im}", exp), expr.args[0])

    def _print_Function(self, expr: sp.Expr, exp: str | None = None) -> str:
        if not isinstance(expr, AppliedUndef):
            return str(super()._print_Function(expr, exp))
        arguments = ", ".join(map(self._print, expr.args))
        if expr.func.__name__ == "E":
            return self._powered(rf"\operatorname{{E}}\left[{arguments}\right]", exp)
        name = self._print_Symbol(sp.Symbol(expr.func.__name__))
        return self._powered(name, exp) + rf"\left({arguments}\right)"

    def _print_C(self, expr: sp.Expr, exp: str | None = None) -> str:
        n, z = expr.args
        name = (r"\bar{C}" if isinstance(expr, C_bar) else "C") + "'" * int(n)
        return self._powered(self._applied(name, z), exp)

    _print_C_plus = _print_C_bar = _print_C  # SymPy does not look for the base class's

    def _print_Indexed(self, expr: sp.Indexed) -> str:
        indices = ", ".join(map(sp.latex, expr.indices))  # t + 1, not 1 + t
        base, index, number = self._print(expr.base).partition("_{")
        return (
            f"{base}_{{{number.removesuffix('}')}, {indices}}}"
            if index
            else f"{base}_{{{indices}}}"
        )

    def _print_Mul(self, expr: sp.Expr) -> str:
        number, rest = expr.as_coeff_Mul()
        fraction = number.is_Rational and not number.is_Integer and sp.denom(rest) == 1
        if not fraction or not expr.is_Mul or len(expr.args) < 2:
            return str(super()._print_Mul(expr))
        sign = "- " if number < 0 else ""
        product = self.parenthesize(rest, PRECEDENCE["Mul"], strict=True)
        return rf"{sign}\tfrac{{{abs(number.p)}}}{{{number.q}}} {product}"

    def _applied(self, name: str, argument: sp.Expr) -> str:
        return rf"{name}\left({self._print(argument)}\right)"

    def _powered(self, tex: str, exp: str | None) -> str:
        return tex if exp is None else f"{{{tex}}}^{{{exp}}}"


_SETTINGS = {"order": ORDER, "fold_func_brackets": True}
_INNERMOST = re.compile(
    r"\\left(\(|\[|\|)((?:(?!\\left|\\right|\\frac|\\sum|\\begin|\\sqrt).)*?) ?\\right(\)|\]|\|)"
)


def _tightened(tex: str) -> str:
    """Brackets around what is one line high in their normal size, as in a paper."""

    def normal(found: re.Match[str]) -> str:
        bar = found[1] == "|"
        inside = re.sub(r"^\{(.*)\}$", r"\1", found[2]) if bar else found[2]
        return rf"\lvert {inside}\rvert" if bar else f"{found[1]}{inside}{found[3]}"

    while (tighter := _INNERMOST.sub(normal, tex)) != tex:
        tex = tighter
    return tex


def to_latex(expr: sp.Basic) -> str:
    r"""A polarised expression or equation in LaTeX: |λ|², λ̄, Re and conjugates restored.

    Examples:
        >>> from theory import second_moment, to_latex, white
        >>> print(to_latex(second_moment(white())))
        \frac{1}{1 - \lvert \lambda\rvert^{2}}

    """
    return _tightened(str(_Printer(_SETTINGS).doprint(readable(expr))))


def displayed(expr: sp.Basic) -> str:
    """The same as a displayed equation, on several lines where it is long."""
    return "\n".join(display(to_latex(expr)))


def compared(quantity: str, relation: str, expr: sp.Basic) -> str:
    """A quantity by its name, how a claim relates it (==, <=, >=, ~), and an expression."""
    name = sp.Symbol(rf"\text{{{quantity.replace('_', ' ')}}}")
    equation = displayed(sp.Eq(name, expr, evaluate=False))
    return equation.replace("=", _RELATIONS[relation], 1)


_RELATIONS = {"==": "=", "<=": r"\le ", ">=": r"\ge ", "~": r"\sim "}


def prose(text: str) -> str:
    """Text with bits of mathematics in it, each word that holds some set as mathematics."""
    return " ".join(map(_word, text.split()))


def _word(word: str) -> str:
    signs = [_sign(c) for c in word]
    if _VARIABLE.fullmatch(word):
        return f"${word.rstrip(',.;:')}${word[len(word.rstrip(',.;:')) :]}"
    if _IDENTIFIER.search(word):
        return word.replace("_", r"\_")
    if not any(signs) and "\u0304" not in word:
        return word.replace("%", r"\%").replace("&", r"\&").replace("#", r"\#")
    tex = re.sub("(.)\u0304", r"\\bar{\1}", word)
    tex = "".join(_sign(c) or c for c in tex)
    tex = re.sub(r"(?:\^[-*\d]){2,}", lambda m: f"^{{{m[0].replace('^', '')}}}", tex)
    tex = re.sub(r"\^(-?\d+)", r"^{\1}", tex)
    tex = re.sub(r"_([A-Za-z]{2,})", r"_{\\mathrm{\1}}", tex)
    tex = _SQUARE_ROOT.sub(r"\\sqrt{\1}", tex)
    tex = _OPERATOR.sub(r"\\operatorname{\1}", tex)
    return f"${tex}$"


_IDENTIFIER = re.compile(r"^\W*[a-z]{2,}_[a-z]{2,}\W*$")
_SQUARE_ROOT = re.compile(r"sqrt\(((?:[^()]|\([^()]*\))*)\)")  # brackets one deep
_OPERATOR = re.compile(
    r"(?<![A-Za-z_\\])(E(?=[\[|])|Re|Im|sqrt|exp|log|sinh|cosh|tanh|sech|atanh|asinh|arsinh|artanh)"
    r"(?![A-Za-z])"
)


def _sign(character: str) -> str | None:
    """A mathematical character in LaTeX; None for a letter, a digit or punctuation."""
    greek = _GREEK.match(unicodedata.name(character, ""))
    if greek is None:
        return _MATHEMATICS.get(character)
    name = greek[2].replace("LAMDA", "LAMBDA")
    return rf"\{name.lower() if greek[1] == 'SMALL' else name.capitalize()} "


def document(body: str) -> str:
    r"""A complete LaTeX document; `body` is LaTeX, for instance from `displayed`.

    Examples:
        >>> from theory import document
        >>> print(document("Hello.").splitlines()[0])
        \documentclass[a4paper]{article}

    """
    return _DOCUMENT % body


def compiled(source: str) -> bytes:
    """The PDF that pdflatex makes of a document.

    Raises:
        RuntimeError: there is no pdflatex, or it fails.

    """
    pdflatex = shutil.which("pdflatex")
    if pdflatex is None:
        raise RuntimeError("pdflatex is not installed: install TeX Live, or use --to latex or html")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "formula.tex").write_text(source, encoding="utf-8")
        command = [pdflatex, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape"]
        for _ in range(3 if r"\tableofcontents" in source else 1):  # contents, then pages
            run = subprocess.run(  # noqa: S603 (a fixed command, no shell)
                [*command, "formula.tex"], cwd=folder, capture_output=True, check=False
            )
            if run.returncode != 0:
                lines = run.stdout.decode(errors="replace").splitlines()
                reason = next((line for line in lines if line.startswith("!")), "no reason given")
                raise RuntimeError(f"pdflatex failed: {reason}")
        return Path(folder, "formula.pdf").read_bytes()
