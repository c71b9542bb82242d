"""Judge every claim, run the experiments that they rest on, and write what was found.

Run as `make claims`: report.json, report.html, report.md, experiments.md and figures/; full.json of
what has been run in full too, as by `curseproof verify E2 --tier full`. What is done is kept, and
an interrupted run goes on where it was. With `--curves` trials are run too that no claim needs, but
a figure's curve. On a machine with a GPU: `python reports/claims.py --tier full --device cuda`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from rich.progress import track

from verify.claims.claim import Claim
from verify.claims.selection import paper_claims, select
from verify.claims.trial import Trial, looks
from verify.experiments import EXPERIMENTS
from verify.judging.engine import Result, verify_claim
from verify.judging.evidence import Evidence, Verdict
from verify.judging.methods import TRIAL
from verify.judging.routes.experiment import WITHIN
from verify.judging.statistics import LEVEL, RATE_OF_EXPERIMENT, decisive_share, holm
from verify.reporting.figures import FIGURES, Figure
from verify.reporting.figures.style import rendered
from verify.reporting.page import FORMATS
from verify.reporting.results import Report, from_json, to_json
from verify.running.store import Store
from verify.running.workers import run, run_trials
from verify.settings import TIERS, Settings, default_store

K, V = TypeVar("K"), TypeVar("V")

HERE = Path(__file__).parent
ABOUT = """## What a reviewer asks

- **Family.** {claims} claims rest on runs: {medians} on the median over random replicas, {numbers}
  on one number, of a run without chance in it or of the published runs together.
- **Test.** The exact sign test, which assumes nothing of a distribution. Where it cannot tell, as
  many replicas join it, {looks} times at most in all, as runs are long or short; p-values count so
  many times (Bonferroni). A number read off a published plot is met within a factor of {within}; a
  bound is held or is not.
- **Level.** {rate:.0e} for each claim, for a false alarm and a miss alike: {level:.0%} over
  {shares:.0f} claims, fixed beforehand, so that no verdict depends on what else was asked. Beside
  each stands Holm's p-value, adjusted over this family.
- **Power.** {power}.
- **Fresh seeds.** Learning rates are chosen on the ten published seeds, and compared on others;
  those confirm what refutes a published number. What diverged counts as the worst there; the
  published mean, which leaves it out, is taken where a published number is met.
- **Replay.** `curseproof replay reports/report.json` runs one trial of each experiment again.
- **Thresholds.** Last changed on {changed}; these runs have seed {seed}.
- **Deviations.** Named with each verdict. A claim that fails where a run deviates is *not
  reproduced*: {not_reproduced} here, {refuted} refuted, {undecided} undecided.
"""


def main() -> None:
    """Run what is missing, and write all that was found."""
    asked = _arguments()
    settings = Settings(TIERS[asked.tier], asked.seed, asked.device, certify=True)
    store = Store(asked.store or default_store(), print)
    claims = paper_claims()
    drawn = [trial for figure in FIGURES.values() for trial in figure.trials]
    if asked.curves:
        _all(run_trials(drawn, settings, asked.workers, store), "curves", drawn)
    judged = run(claims, settings, asked.workers, store)
    results = _all(((r.claim.id, r) for r in judged), "claims", [c.id for c in claims])
    trial_results: dict[Trial, Evidence] = {}
    for claim in (claim for claim in claims if claim.experiment):
        trial_results |= store.measured(claim, settings) or {}
    for trial in drawn:
        if known := store.known(trial, settings):
            trial_results[trial] = known[TRIAL]
    values = to_json(list(results.values()), settings, trial_results)
    report = from_json(values)
    full = Settings(TIERS["full"], asked.seed, asked.device)
    in_full = _run_in_full(claims, store, full)
    full_trials = {t: e for _, trials_of in in_full.values() for t, e in trials_of.items()}
    full_values = to_json([result for result, _ in in_full.values()], full, full_trials)
    written = {
        "report.json": json.dumps(values, ensure_ascii=False) + "\n",
        "report.html": FORMATS["html"](report),
        "report.md": "Made by `make claims`.\n\n" + FORMATS["markdown"](report),
        "experiments.md": "\n".join(_experiments(report, from_json(full_values))) + "\n",
    }
    if in_full:
        written["full.json"] = json.dumps(full_values, ensure_ascii=False) + "\n"
    for name, text in written.items():
        (HERE / name).write_text(text, encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tier", choices=TIERS, default="quick")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--store", type=Path)
    parser.add_argument("--curves", action="store_true")
    return parser.parse_args()


def _all(ending: Iterator[tuple[K, V]], what: str, order: Collection[K]) -> dict[K, V]:
    """What ends one by one, in any order, brought into the order given."""
    ended = dict(track(ending, what, total=len(order)))
    return {key: ended[key] for key in order}


def _run_in_full(
    claims: Sequence[Claim], store: Store, full: Settings
) -> dict[str, tuple[Result, dict[Trial, Evidence]]]:
    """The claims of which all trials have been run at tier full too, with these trials."""
    found = {}
    for claim in (claim for claim in claims if claim.experiment):
        measured = store.measured(claim, full)
        if measured is not None:
            found[claim.id] = verify_claim(claim, full, trial_results=measured), measured
    return found


def _experiments(report: Report, full: Report) -> Iterator[str]:
    """The page of what only a run can judge."""
    made, results = report.environment, {r.claim.id: r for r in report.results}
    yield "# The paper's experiments, run again\n"
    yield f"Made by `python reports/claims.py --tier {made['tier']} --device {made['device']}`"
    in_full = ", those of tier full in `full.json`" * bool(full.results)
    yield f"on {made['platform']}; the numbers are in `report.json`{in_full}.\n"
    adjusted = _adjusted(report.results)
    yield _about(report.results, made)
    yield from _protocols(report.results)
    for name, figure in FIGURES.items():
        chosen = [results[claim.id] for claim in select(figure.claims) if claim.experiment]
        if not chosen:
            continue
        _draw(name, figure, report.trial_results)
        yield f"## {figure.title}\n\n![{figure.title}](figures/{name}.svg)\n"
        yield f"{figure.caption}\n"
        yield from _verdicts(chosen, adjusted)
    if full.results:
        yield "## In full\n\nThe same claims where runs are as published, on sampled batches.\n"
        yield from _verdicts(full.results, _adjusted(full.results))
    yield "## Cost\n\nSeconds of one core, other work beside it.\n"
    yield "| experiment | tier | trials | seconds |\n|---|---|--:|--:|"
    for each in (report, full):
        yield from _cost(each)


def _about(results: Sequence[Result], made: Mapping[str, Any]) -> str:
    """The answers to what a reviewer asks."""
    of_runs = [result for result in results if result.claim.experiment]
    p_values = _p_values(results)
    tested = {
        (int(e.data["replicas"]), looks(r.claim))
        for r in of_runs
        for e in r.evidence
        if "p_value" in e.data
    }
    # where claims of as many replicas may be tested unequally often, what the most tested need
    shares = {n: decisive_share(n, RATE_OF_EXPERIMENT / times) for n, times in sorted(tested)}
    verdicts = Counter(result.verdict for result in of_runs)
    changed = subprocess.run(
        ["git", "log", "-1", "--format=%cs", "--", "verify/claims"],  # noqa: S607
        cwd=HERE.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    return ABOUT.format(
        claims=len(of_runs),
        medians=len(p_values),
        numbers=len(of_runs) - len(p_values),
        within=WITHIN,
        looks=" or ".join(map(str, sorted({times for _, times in tested}))),
        rate=RATE_OF_EXPERIMENT,
        level=LEVEL,
        shares=LEVEL / RATE_OF_EXPERIMENT,
        power="; ".join(
            f"{n} replicas decide nine times in ten if {share:.0%} of them agree"
            for n, share in shares.items()
        ),
        changed=changed.stdout.strip(),
        seed=made["seed"],
        not_reproduced=verdicts[Verdict.NOT_REPRODUCED],
        refuted=verdicts[Verdict.REFUTED],
        undecided=verdicts[Verdict.UNDECIDED],
    )


def _protocols(results: Sequence[Result]) -> Iterator[str]:
    """A table of the fields of the published protocol, and where claims depart from it."""
    yield "| experiment | field | as published | departures, and in how many claims |"
    yield "|---|---|---|---|"
    counts: dict[tuple[str, str], Counter[str]] = {}
    for result in results:
        for piece in result.evidence:
            for name, how in piece.data.get("deviations", {}).items():
                counts.setdefault((result.claim.experiment or "", name), Counter())[how] += 1
    for experiment, known in EXPERIMENTS.items():
        for name, published in known.published.items():
            departures = counts.get((experiment, name), Counter())
            listed = [f"{how} ({count})" for how, count in departures.items()]
            listed += ["never as published here"] * (name in known.lacks)
            yield f"| {experiment} | {name} | {published} | {'; '.join(listed)} |"
    yield ""


def _adjusted(results: Sequence[Result]) -> dict[str, float]:
    """Holm's p-values by claim, adjusted over all the claims that have one."""
    found = _p_values(results)
    return dict(zip(found, holm(list(found.values())), strict=True))


def _p_values(results: Sequence[Result]) -> dict[str, float]:
    return {
        r.claim.id: e.data["p_value"] for r in results for e in r.evidence if "p_value" in e.data
    }


def _draw(name: str, figure: Figure, trial_results: Mapping[Trial, Evidence]) -> None:
    measured = figure.found(trial_results)
    if measured is not None:
        (HERE / "figures" / f"{name}.svg").write_bytes(rendered(figure.draw(measured), "svg"))


def _verdicts(results: Sequence[Result], adjusted: Mapping[str, float]) -> Iterator[str]:
    """A table of statements, each with its verdict and the reason."""
    yield "| claim | statement | held | verdict | reason | Holm's p |\n|---|---|---|---|---|--:|"
    for result in results:
        claim, p = result.claim, adjusted.get(result.claim.id)
        cells = (
            claim.id,
            claim.statement,
            f"`{claim.comparison}`",
            str(result.verdict),
            result.reason,
        )
        escaped = (cell.replace("|", "\\|") for cell in cells)
        yield "| " + " | ".join([*escaped, "" if p is None else f"{p:.1g}"]) + " |"
    yield ""


def _cost(report: Report) -> Iterator[str]:
    """The time that trials took."""
    seconds: dict[str, list[float]] = {}
    for trial, piece in report.trial_results.items():
        seconds.setdefault(trial.experiment, []).append(piece.seconds or 0.0)
    tier = report.environment["tier"]
    for experiment, each in seconds.items():
        yield f"| {experiment} | {tier} | {len(each)} | {sum(each):.0f} |"


if __name__ == "__main__":
    main()
