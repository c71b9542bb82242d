"""Write the booklet derivations.tex and .pdf: every derivation, with the claims it judges.

Run as `python reports/booklet.py [VERDICTS.json]`, the JSON being what `curseproof verify A B C D
--json` wrote; without it the claims are judged first. Beside the booklet it writes formulas.tex.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from numerics.codegen.export import latex_commands
from theory import DERIVATIONS, Derivation, exponential, present, white
from theory.algebra.presentation import present_autocorrelation
from theory.architectures.fates import rows
from theory.printing.architectures import latex
from theory.printing.collection import Recalled, sections
from theory.printing.derivations import latex_step
from theory.printing.latex import compared, displayed, to_latex
from theory.printing.pdf import compiled
from theory.printing.prose import prose
from verify.claims.claim import Claim
from verify.claims.paper import Paper, read_paper
from verify.claims.selection import of_other_papers, other_papers, select
from verify.judging.model import Model, concrete
from verify.judging.translation import to_sympy
from verify.running.workers import run
from verify.settings import Settings

HERE = Path(__file__).parent
TOPICS: Mapping[str, tuple[str, ...]] = {
    "The state and its error": ("kernel", "second_moment", "backpropagated_error"),
    "The curse of memory": (
        "sensitivity", "polar_sensitivity", "parameter_sensitivity", "growth", "finite_horizon",
        "network",
    ),
    "Mitigation": ("gamma", "parametrization"),
    "Teacher and student": (
        "teacher_student_loss", "teacher_student_hessian", "normalised_loss", "wirtinger",
    ),
    "The structure of the Hessian": ("cross_moment", "cross_sensitivity", "output_hessian"),
}  # fmt: skip
BELONGS = {
    "A7": "growth", "A8": "backpropagated_error", "A9": "network", "B1": "gamma", "B2": "gamma",
    "B3": "parametrization", "B4": "parameter_sensitivity", "B5": "gamma",
    "B6": "polar_sensitivity", "B7": "polar_sensitivity", "B8": "architectures",
    "C3": "normalised_loss", "D4": "cross_sensitivity", "H1": "gamma", "H2": "gamma",
    "H3": "gamma", "H5": "gamma", "H6": "gamma",
}  # fmt: skip
LONGEST = 14  # lines of a claim's formula
INPUT_RULES = ("This input", "Sum over the lags")

PREAMBLE = r"""\documentclass[11pt,a4paper]{article}
\usepackage{amsmath}
\usepackage[a4paper,textwidth=160mm,textheight=240mm]{geometry}
\usepackage{longtable}
\usepackage[hidelinks]{hyperref}
\hypersetup{pdftitle={The curse of memory, derived}, pdfauthor={The curseproof contributors},
  pdfsubject={Derivations of the claims of arXiv 2405.21064, each step checked by a computer}}
\allowdisplaybreaks\sloppy
\setlength{\parindent}{0pt}\setlength{\parskip}{4pt plus 2pt}
\setcounter{secnumdepth}{2}
\renewcommand{\labelitemi}{$\bullet$}
% a heading goes to the next page rather than stand alone
\newcommand{\together}{\par\vskip0pt plus 6\baselineskip\penalty-200\vskip0pt plus -6\baselineskip}
\newcommand{\claim}[3]{\together\medskip\noindent\textbf{#1}\hfill\textsc{#2}\par\nobreak
  \noindent #3}
\title{The curse of memory, derived}
\author{made by \texttt{curseproof}; every step checked, every verdict computed}
\date{}
\begin{document}
\maketitle
"""
ABOUT = r"""
Recurrent networks that remember for long are hard to train even where no gradient explodes: the
state's sensitivity to its own eigenvalue grows without bound as the eigenvalue approaches the
unit circle. N.~Zucchet and A.~Orvieto (\emph{Recurrent neural networks: vanishing and exploding
gradients are not the end of the story}, NeurIPS 2024) call this the curse of memory. This booklet
derives their results, and what belongs to them, from the recurrence on. Each step was checked by
a computer as it was printed, by another way than the one that led to it: as a power series with
exact coefficients straight from the definitions, or by induction. After each derivation stand the
published claims that it bears on, each with the verdict of an engine that uses methods
independent of the derivation. Claims are as published; where one is refuted, a counterexample and
the corrected formula are given.

Every result is given for an arbitrary stationary input where it has such a form, then for an
AR(1) input, $R(\Delta)=\rho^{\Delta}$, and for white input. Steps that an earlier section has
proved are referred to.

\section*{Assumptions and notation}
The input is stationary and has run for ever, and all poles lie inside the unit circle, unless a
section says otherwise. Expectations are over the input alone.

\begin{longtable}{@{}ll@{}}
$h_{t+1}=\lambda h_t+\gamma x_{t+1}$ & a linear recurrent unit; $\gamma=1$ where it is not named\\
$\lambda=\nu e^{i\theta}$ & its eigenvalue, or pole; $\omega$ is a trained parameter behind it\\
$\bar\lambda$, $\lambda^{*}$ & the complex conjugate; the teacher's eigenvalue\\
$R(\Delta)=\operatorname{E}[x_{t+\Delta}\bar x_t]$ & the input's autocorrelation, with
  $R(-\Delta)=\overline{R(\Delta)}$\\
$C(z)=\sum_{\Delta\ge 1}z^{\Delta}R(\Delta)$ & its sum over the lags; $\bar C(z)$ has
  $\overline{R(\Delta)}$; $C'$ is the derivative by $z$\\
$K(\alpha,\bar\beta)=\operatorname{E}[h_t\bar g_t]$ & the kernel of two units $h$ and $g$ with
  poles $\alpha$ and $\beta$\\
$s=\partial h/\partial\lambda$ & the sensitivity of the state; in a Hessian also $r=\partial
  s/\partial\lambda$\\
$L=\tfrac12\operatorname{E}|h-h^{*}|^{2}$ & the loss of a student $h$ with the teacher $h^{*}$\\
$S(\alpha,\bar\beta)=\partial_{\alpha}\partial_{\bar\beta}K$ & the kernel of two sensitivities\\
\end{longtable}
"""
ARCHITECTURES = r"""
\section{Architectures}
Each architecture is a pair of an eigenvalue $\lambda(\omega)$ and a normaliser $\gamma$. With
$\varepsilon=1-\lambda$, the table gives the leading term of $\operatorname{E}|\gamma h|^2$ (state)
and of the sensitivity to each parameter as $\lambda\to 1$: what explodes, vanishes or is cured.
The inputs are white, AR(1) with $S=(1+\rho)/(1-\rho)$, and constant. A second row of a parameter
has its effect on $\gamma$ as well.

"""


def booklet(verdicts: Mapping[str, Any]) -> Iterator[str]:
    """The LaTeX document, piece by piece.

    Args:
        verdicts: by claim, its entry in the JSON of `curseproof verify`.

    Raises:
        BrokenStep: a derivation's step fails its check.

    """
    claims = [claim for claim in select([]) if claim.id in verdicts]
    others = other_papers()
    yield PREAMBLE + ABOUT + "\\tableofcontents\n"
    names = [name for topic in _topics().values() for name in topic]
    openings = {topic[0]: title for title, topic in _topics().items()}
    derivations = [DERIVATIONS[name](exponential()) for name in names]
    for name, (derivation, parts) in zip(names, sections(derivations), strict=True):
        if name in openings:
            yield rf"\section{{{openings[name]}}}" + "\n"
        yield rf"\subsection{{{prose(derivation.title)}}}\label{{d{names.index(name) + 1}}}" + "\n"
        yield f"\\emph{{Assumed:}} {prose('; '.join(derivation.assumptions))}.\n\n"
        for part in parts:
            yield _recalled(part) if isinstance(part, Recalled) else latex_step(*part)
        yield from _white(derivation, DERIVATIONS[name](white()))
        yield from _claims([c for c in claims if derivation_of(c) == name], verdicts)
    yield ARCHITECTURES + "{\\renewcommand{\\arraystretch}{1.4}\n"
    yield from (*latex(rows()), "}\n")
    yield from _claims([c for c in claims if derivation_of(c) == "architectures"], verdicts)
    placed = {*names, "architectures"}
    if measured := [claim for claim in claims if derivation_of(claim) not in placed]:
        yield "\\section{What only a run can tell}\n"
        yield from _claims(measured, verdicts)
    yield "\\section{Other papers}\n"
    for path, of_paper in others.items():
        yield from _paper(read_paper(path) or Paper(title=path.stem))
        yield from _claims(of_paper, verdicts, with_unit=True)
    yield from _index([*claims, *chain.from_iterable(others.values())], verdicts)
    yield "\\end{document}\n"


def _paper(paper: Paper) -> Iterator[str]:
    """What a paper is, and which of its statements are no claims."""
    yield rf"\subsection{{{prose(paper.title)}}}" + "\n"
    yield f"{prose(paper.authors)}, {prose(paper.published)}, \\texttt{{{paper.url}}}. "
    yield f"{prose(paper.notes)}\n\nNot entered:\n\\begin{{itemize}}\n"
    yield from (f"\\item {prose(statement)}\n" for statement in paper.missing)
    yield "\\end{itemize}\n"


def derivation_of(claim: Claim) -> str:
    """The name of the derivation that a claim is printed with; there is none for a run."""
    quantity = "a run" if claim.experiment else claim.quantity
    return BELONGS.get(claim.id.partition("-")[0], quantity)


def _topics() -> Mapping[str, tuple[str, ...]]:
    """All derivations by topic; those that no topic names come last."""
    placed = {name for topic in TOPICS.values() for name in topic}
    others = tuple(name for name in DERIVATIONS if name not in placed)
    return TOPICS | ({"Further results": others} if others else {})


def _recalled(steps: Recalled) -> str:
    words = (
        str(steps)
        .replace("–", "--")
        .replace(f"section {steps.section}", rf"section~\ref{{d{steps.section}}}")
    )
    return f"\n{words}\n\n"


def _white(known: Derivation, derivation: Derivation) -> Iterator[str]:
    """What is different for white input."""
    said = {step.statement for step in known.steps}
    fresh = [
        derivation.step(number)
        for number, step in enumerate(derivation.steps, 1)
        if step.statement not in said and step.rule not in INPUT_RULES
    ]
    for number, step in enumerate(fresh):
        rule = "White input" if number == 0 else step.rule
        why = prose(step.justification) if step.rule != "Result" else ""
        yield rf"\paragraph{{{prose(rule)}.}} {why}" + "\n" + displayed(step.statement) + "\n"


def _claims(
    claims: list[Claim], verdicts: Mapping[str, Any], with_unit: bool = False
) -> Iterator[str]:
    """The claims in LaTeX, with counterexample and corrected formula where they are refuted.

    `with_unit` says of what input and unit each is, where no derivation has said so before.
    """
    if claims:
        yield "\n\\subsubsection*{Claims}\n"
    for claim in claims:
        found = verdicts[claim.id]
        about = f"{prose(claim.statement)} ({prose(claim.source).replace('§', chr(92) + 'S')})."
        yield rf"\claim{{{claim.id}\label{{c-{claim.id}}}}}{{{found['verdict']}}}{{{about}}}" + "\n"
        yield (_unit(claim) if with_unit else "") + _formula(claim) + "\n\n"
        if found["counterexample"] is not None and not claim.experiment:
            point, claimed, actual = (
                found["counterexample"][key] for key in ("point", "claimed", "actual")
            )
            yield (
                f"{{\\raggedright At \\texttt{{{_verbatim(point)}}}, the formula gives "
                f"{_short(claimed)}, the quantity is {_short(actual)}. Correct is\\par}}\n"
            )
            yield compared(claim.quantity, "==", present(Model(claim).value)) + "\n"


def _unit(claim: Claim) -> str:
    """The input of a claim, and the eigenvalue and normaliser of its unit."""
    model = Model(claim)
    R = present_autocorrelation(concrete(model.input).autocorrelation())
    parts = [rf"$R(\Delta)={to_latex(R)}$"]
    for name, expressions in ((r"\lambda", claim.eigenvalue), (r"\gamma", claim.gamma)):
        parts += [f"${name}={to_latex(to_sympy(e, model.names))}$" for e in expressions.values()]
    return f"\n\nFor {', '.join(parts)}:\n"


def _formula(claim: Claim) -> str:
    """The claim displayed; as text where it is measured in a run, or would fill a page."""
    if not claim.experiment:
        shown = compared(claim.quantity, claim.relation, Model(claim).formula)
        if shown.count("\n") < LONGEST:
            return _approach(claim) + shown
    return "\n" + rf"\texttt{{{_verbatim(claim.comparison)}}}"


def _approach(claim: Claim) -> str:
    """The limit in which a claim about one is made."""
    if claim.limit is None:
        return ""
    target, side = claim.limit.target.source, claim.limit.direction
    end = rf"{target.removesuffix('1')}\infty" if side == "oo" else f"{target}^{{{side}}}"
    return rf"As ${to_latex(Model(claim).symbols[claim.limit.name])}\to {end}$," + "\n"


def _index(claims: list[Claim], verdicts: Mapping[str, Any]) -> Iterator[str]:
    yield "\\section*{Index of claims}\\addcontentsline{toc}{section}{Index of claims}\n"
    yield "\\begin{longtable}{@{}p{50mm}p{72mm}lr@{}}\n"
    yield "claim & statement & verdict & page\\\\\\hline\\noalign{\\smallskip}\\endhead\n"
    for claim in claims:
        cells = (
            claim.id,
            rf"\raggedright {prose(claim.statement)}",
            verdicts[claim.id]["verdict"],
            rf"\pageref{{c-{claim.id}}}",
        )
        yield " & ".join(cells) + "\\\\\n"
    yield "\\end{longtable}\n"


def _short(decimal: str) -> str:
    """A decimal string to a dozen digits."""
    return rf"${decimal[:14]}\dots$" if len(decimal) > 14 else f"${decimal}$"


def _verbatim(text: str) -> str:
    """Typewriter text, which may be broken after a star."""
    marks = (("_", r"\_"), ("^", r"\^{}"), ("#", r"\#"), ("&", r"\&"), ("*", r"*\allowbreak{}"))
    for mark, tex in marks:
        text = text.replace(mark, tex)
    return text


def verdicts_of(arguments: list[str]) -> Mapping[str, Any]:
    """The claims' entries in a JSON file, or else of a run now; those of other papers always."""
    claims, entries = of_other_papers(), []
    if arguments:
        entries = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))["claims"]
    else:
        claims = [*select([]), *claims]
    entries += [result.to_json() for result in run(claims, Settings(), workers=2)]
    return {entry["id"]: entry for entry in entries}


def main() -> None:
    """Write derivations.tex, derivations.pdf and formulas.tex beside this file."""
    source = "".join(booklet(verdicts_of(sys.argv[1:])))
    (HERE / "derivations.tex").write_text(source, encoding="utf-8")
    (HERE / "derivations.pdf").write_bytes(compiled(source))
    (HERE / "formulas.tex").write_text(latex_commands(), encoding="utf-8")


if __name__ == "__main__":
    main()
