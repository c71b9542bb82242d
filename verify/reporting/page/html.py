"""The report as one HTML text: templates filled with what was judged, and nothing loaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from markupsafe import Markup

from verify.claims.claim import WORDS, Claim
from verify.claims.expressions import printable
from verify.claims.paper import Paper, read_paper
from verify.claims.selection import names, other_papers, paper_claims
from verify.judging.engine import Result
from verify.judging.evidence import Verdict
from verify.judging.methods import METHODS
from verify.reporting.page import figures
from verify.reporting.page.derivations import Section, derived
from verify.reporting.page.explorer import fragment
from verify.reporting.page.figures import Drawn
from verify.reporting.page.graph import claim_graph, picture, unsound
from verify.reporting.page.rendering import rendered
from verify.reporting.results import Report, of_certificates, stated_rates


@dataclass(frozen=True)
class Shown:
    """A claim's part of the page.

    Attributes:
        result: the claim, its verdict and evidence.
        section: the letters of its section, or "other".
        weak: if it holds, what it rests on that is not proved or supported.
        users: the ids of the claims that use it.
        derivations: those of its quantity.
        figures: those that name it.
        sides: the address of a picture of both its sides, where it is refuted.
        correct: the claim that says of the same what holds, where it is refuted and there is one.
        command: what judges it anew.

    """

    result: Result
    section: str
    weak: Sequence[str]
    users: Sequence[str]
    derivations: Sequence[Section]
    figures: Sequence[Drawn]
    sides: str
    correct: Claim | None
    command: str


def html(report: Report) -> str:
    """The whole page on a report."""
    results = report.results
    ids = [r.claim.id for r in results]
    graph = claim_graph(results)
    weak = unsound(graph, results)
    derivations = derived([r.claim for r in results])
    drawn = list(figures.drawn(report.trial_results, ids)) if figures.can_draw() else []
    published = {claim.id: claim for claim in paper_claims()}
    of_paper = any(published.get(r.claim.id) == r.claim for r in results)
    others = other_papers()
    published |= {claim.id: claim for claims in others.values() for claim in claims}
    shown = [
        Shown(
            r,
            section_of(r.claim.id),
            weak.get(r.claim.id, ()),
            sorted(graph.successors(r.claim.id)),
            [d for d in derivations if r.claim.id in d.claims],
            [f for f in drawn if r.claim.id in f.claims],
            _sides(r),
            _correct(r, results),
            command(r, report.environment, published.get(r.claim.id) == r.claim),
        )
        for r in results
    ]
    page = rendered(
        "page.html",
        report=report,
        shown=shown,
        sections=sorted({s.section for s in shown}, key=lambda letter: (len(letter), letter)),
        verdicts=list(Verdict),
        counts=Counter(r.verdict for r in results),
        judged={r.claim.id: r.verdict for r in results},
        rates=[*of_certificates(results), *stated_rates(results)],
        weak=weak,
        picture=picture(graph),
        alone=[i for i in ids if not graph.degree(i)],
        derivations=derivations,
        figures=drawn,
        explorer=Markup(fragment()),  # noqa: S704 (ours)
        methods=_methods(results),
        of_paper=of_paper,
        papers=_by_section(others, [r.claim for r in results]),
        again=" ".join(["curseproof verify", *_options(report.environment)]),
    )
    return printable(page)


def _sides(result: Result) -> str:
    where = result.counterexample
    if where is None or where.profile is None or not figures.can_draw():
        return ""
    return figures.both_sides(result.claim, where.profile)


def _correct(result: Result, results: Sequence[Result]) -> Claim | None:
    """A claim that holds and differs from one that does not in its formula and its words alone."""
    if result.counterexample is None:
        return None
    wanted = _asked(result.claim)
    holding = (r.claim for r in results if r.verdict.holds)
    return next((claim for claim in holding if _asked(claim) == wanted), None)


def _asked(claim: Claim) -> dict[str, object]:
    """What a claim says something of, without what it says."""
    said = {"id", "formula", *WORDS}
    return {name: value for name, value in vars(claim).items() if name not in said}


def section_of(identifier: str) -> str:
    """The letters of a key such as A5 or S4D3; "other" for other ids.

    Examples:
        >>> section_of("A5-state-ar1"), section_of("S4D3-lin"), section_of("my-claim")
        ('A', 'S4D', 'other')

    """
    _, key, section = names(identifier)
    return section if section.isupper() and section != key else "other"


def _by_section(
    others: Mapping[Path, Iterable[Claim]], judged: Iterable[Claim]
) -> dict[str, Paper | None]:
    """Section → the paper whose judged claims it holds, of `others` by their files."""
    known = {claim.id: claim for claim in judged}
    files = {section_of(c.id): path for path, theirs in others.items() for c in theirs
             if known.get(c.id) == c}  # fmt: skip
    return {section: read_paper(path) for section, path in files.items()}


def command(result: Result, environment: Mapping[str, object], published: bool) -> str:
    """The command that judges a claim anew, from a file of the user's if it is not the paper's.

    It is for a shell, whatever a results file has for its tier and seed.
    """
    words = ["curseproof verify", result.claim.id if published else "FILE.toml"]
    words += _options(environment)
    if result.claim.experiment:
        words.append("--experiments")
    return " ".join([*words, "--fresh"])


def _options(environment: Mapping[str, object]) -> list[str]:
    """The options that a run was made with, where they are not the usual ones."""
    tier, seed = environment["tier"], environment["seed"]
    said = [f"--tier {quote(str(tier))}"] if tier != "quick" else []
    return said + ([f"--seed {quote(str(seed))}"] if seed else [])


def _methods(results: Sequence[Result]) -> Mapping[str, str]:
    """What the methods that found something do, in the words of their modules."""
    used = {e.method for r in results for e in r.evidence}
    judges_first = sorted(METHODS, key=lambda method: not method.is_judge)
    return {m.name: m.description for m in judges_first if m.name in used}
