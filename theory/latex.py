"""Formulas in LaTeX that needs amsmath and nothing else."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import sympy as sp
from sympy.printing.latex import LatexPrinter

from theory.inputs import C_bar
from theory.linebreaks import display
from theory.presentation import readable

ORDER = "rev-lex"  # 1 − λ², not −λ² + 1

_DOCUMENT = r"""\documentclass[a4paper]{article}
\usepackage{amsmath}
\allowdisplaybreaks
\setlength{\oddsidemargin}{-0.4mm}\setlength{\textwidth}{160mm}
\setlength{\topmargin}{-10mm}\setlength{\textheight}{235mm}
\setlength{\parindent}{0pt}
\begin{document}
%s
\end{document}
"""
_MATHEMATICS = {
    "α": r"\alpha ", "β": r"\beta ", "γ": r"\gamma ", "δ": r"\delta ", "θ": r"\theta ",
    "λ": r"\lambda ", "ν": r"\nu ", "ρ": r"\rho ", "φ": r"\phi ", "ω": r"\omega ",
    "Δ": r"\Delta ", "Σ": r"\textstyle\sum", "∂": r"\partial ", "ḡ": r"\bar g", "≥": r"\ge ",
    "←": r"\leftarrow ", "<": "<", ">": ">", "=": "=",
    "−": "-", "²": "^2", "*": "^*", "|": "|", "^": "^", "_": "_",
}  # fmt: skip


class _Printer(LatexPrinter):  # type: ignore[misc]  # SymPy is untyped
    """SymPy's printer with the field's habits: λ̄, λ*, E[…], C′(z), Re."""

    def _print_Symbol(self, expr: sp.Symbol, style: str = "plain") -> str:
        for suffix, form in (("_bar", r"\bar{%s}"), ("_star", "%s^{*}")):
            if expr.name.endswith(suffix):
                return form % self._print_Symbol(sp.Symbol(expr.name.removesuffix(suffix)), style)
        return str(super()._print_Symbol(expr, style))

    def _print_conjugate(self, expr: sp.Expr, exp: str | None = None) -> str:
        over = "bar" if expr.args[0].is_Symbol else "overline"
        return self._powered(rf"\{over}{{{self._print(expr.args[0])}}}", exp)

    def _print_re(self, expr: sp.Expr, exp: str | None = None) -> str:
        return self._applied(self._powered(r"\operatorname{Re}", exp), expr.args[0])

    def _print_AppliedUndef(self, expr: sp.Expr, exp: str | None = None) -> str:
        if expr.func.__name__ != "E":
            return str(super()._print_Function(expr, exp))
        return self._powered(rf"\operatorname{{E}}\left[{self._print(expr.args[0])}\right]", exp)

    def _print_C(self, expr: sp.Expr, exp: str | None = None) -> str:
        n, z = expr.args
        name = (r"\bar{C}" if isinstance(expr, C_bar) else "C") + "'" * int(n)
        return self._powered(self._applied(name, z), exp)

    def _print_Indexed(self, expr: sp.Indexed) -> str:
        indices = ", ".join(map(sp.latex, expr.indices))  # t + 1, not 1 + t
        return f"{{{self._print(expr.base)}}}_{{{indices}}}"

    def _applied(self, name: str, argument: sp.Expr) -> str:
        return rf"{name}\left({self._print(argument)}\right)"

    def _powered(self, tex: str, exp: str | None) -> str:
        return tex if exp is None else f"{{{tex}}}^{{{exp}}}"


def to_latex(expr: sp.Basic) -> str:
    """A polarised expression or equation in LaTeX: |λ|², λ̄, Re and conjugates restored."""
    return str(_Printer({"order": ORDER}).doprint(readable(expr)))


def displayed(expr: sp.Basic) -> str:
    """The same as a displayed equation, on several lines where it is long."""
    return "\n".join(display(to_latex(expr)))


def prose(text: str) -> str:
    """Text with bits of mathematics in it, each word that holds some set as mathematics."""
    return " ".join(map(_word, text.split()))


def _word(word: str) -> str:
    if not any(c in word for c in _MATHEMATICS) and "\u0304" not in word:
        return word.replace("%", r"\%").replace("&", r"\&").replace("#", r"\#")
    tex = re.sub("(.)\u0304", r"\\bar{\1}", word)
    return "$" + "".join(_MATHEMATICS.get(c, c) for c in tex) + "$"


def document(body: str) -> str:
    """A complete LaTeX document; `body` is LaTeX, for instance from `displayed`."""
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
        run = subprocess.run(  # noqa: S603 (a fixed command, no shell)
            [*command, "formula.tex"], cwd=folder, capture_output=True, check=False
        )
        if run.returncode != 0:
            lines = run.stdout.decode(errors="replace").splitlines()
            reason = next((line for line in lines if line.startswith("!")), "no reason given")
            raise RuntimeError(f"pdflatex failed: {reason}")
        return Path(folder, "formula.pdf").read_bytes()
