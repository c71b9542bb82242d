"""Judge every claim, run the experiments over their figures' grids, and write what was found.

Run as `make claims`: report.json, report.html, report.md, experiments.md and figures/. What is done
is kept, and an interrupted run goes on where it was. On a machine with a GPU: `python
reports/claims.py --tier full --device cuda`.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import torch
from rich.progress import track

from verify.claims.selection import paper_claims, select
from verify.claims.trial import Trial, trials
from verify.judging.engine import Result
from verify.judging.evidence import Evidence, Finding
from verify.judging.routes.experiment import try_out
from verify.reporting.figures import FIGURES, Figure
from verify.reporting.figures.style import rendered
from verify.reporting.page import FORMATS
from verify.reporting.results import Report, from_json, to_json
from verify.running.store import Store, default_path
from verify.running.workers import run, run_trials
from verify.settings import TIERS, Settings

K, V = TypeVar("K"), TypeVar("V")

HERE = Path(__file__).parent
TIMED_STEPS = 20  # of training, from which the full tier's cost is extrapolated


def main() -> None:
    """Run what is missing, and write all that was found."""
    asked = _arguments()
    settings = Settings(TIERS[asked.tier], asked.seed, asked.device)
    store = Store(asked.store or default_path(), print)
    claims = paper_claims()
    wanted = dict.fromkeys(
        [t for figure in FIGURES.values() for t in figure.trials]
        + [t for claim in claims if claim.experiment for t in trials(claim)]
    )
    trial_results = _all(run_trials(wanted, settings, asked.workers, store), "trials", wanted)
    judged = run(claims, settings, asked.workers, store)
    results = _all(((r.claim.id, r) for r in judged), "claims", [c.id for c in claims])
    values = to_json(list(results.values()), settings, trial_results)
    report = from_json(values)
    written = {
        "report.json": json.dumps(values, ensure_ascii=False) + "\n",
        "report.html": FORMATS["html"](report),
        "report.md": "Made by `make claims`.\n\n" + FORMATS["markdown"](report),
        "experiments.md": "\n".join(_experiments(report, settings)) + "\n",
    }
    for name, text in written.items():
        (HERE / name).write_text(text, encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tier", choices=TIERS, default="quick")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--store", type=Path)
    return parser.parse_args()


def _all(ending: Iterator[tuple[K, V]], what: str, order: Collection[K]) -> dict[K, V]:
    """What ends one by one, in any order, brought into the order given."""
    ended = dict(track(ending, what, total=len(order)))
    return {key: ended[key] for key in order}


def _experiments(report: Report, settings: Settings) -> Iterator[str]:
    """The page of what only a run can judge."""
    made, results = report.environment, {r.claim.id: r for r in report.results}
    yield "# The paper's experiments, run again\n"
    yield f"Made by `python reports/claims.py --tier {made['tier']} --device {made['device']}`"
    yield f"on {made['platform']}; the numbers are in `report.json`.\n"
    for name, figure in FIGURES.items():
        chosen = [results[claim.id] for claim in select(figure.claims) if claim.experiment]
        if not chosen:
            continue
        _draw(name, figure, report.trial_results)
        yield f"## {figure.title}\n\n![{figure.title}](figures/{name}.svg)\n"
        yield f"{figure.caption}\n"
        yield from _verdicts(chosen)
    yield from _cost(report.trial_results, settings)


def _draw(name: str, figure: Figure, trial_results: Mapping[Trial, Evidence]) -> None:
    measured = figure.found(trial_results)
    if measured is not None:
        (HERE / "figures" / f"{name}.svg").write_bytes(rendered(figure.draw(measured), "svg"))


def _verdicts(results: Sequence[Result]) -> Iterator[str]:
    """A table of statements, each with its verdict and the reason."""
    yield "| claim | statement | held | verdict | reason |\n|---|---|---|---|---|"
    for result in results:
        claim = result.claim
        held = f"{claim.quantity} {claim.relation} {claim.formula}"
        cells = (claim.id, claim.statement, f"`{held}`", str(result.verdict), result.reason)
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""


def _cost(trial_results: Mapping[Trial, Evidence], settings: Settings) -> Iterator[str]:
    """The time that trials took, and what they would take at tier full."""
    yield "## Cost\n"
    yield "Seconds of one core that the trials above took, other work beside them, and hours that"
    yield f"they would take at tier full, extrapolated: for linear systems from {TIMED_STEPS} steps"
    yield "of training, for all others from the number of replicas, which is an upper bound.\n"
    yield "| experiment | trials | seconds | hours at tier full |\n|---|--:|--:|--:|"
    torch.set_num_threads(1)
    cost: dict[str, list[tuple[float, float]]] = {}
    for trial, evidence in track(list(trial_results.items()), "costs"):
        if evidence.finding is Finding.SUPPORTS:
            spent = evidence.seconds or 0.0
            hours = _at_full_tier(trial, spent, settings) / 3600
            cost.setdefault(trial.experiment, []).append((spent, hours))
    for experiment, each in cost.items():
        spent, hours = map(sum, zip(*each, strict=True))
        yield f"| {experiment} | {len(each)} | {spent:.0f} | {hours:.2g} |"
    yield f"| all | | | {sum(hours for each in cost.values() for _, hours in each):.2g} |"


def _at_full_tier(trial: Trial, spent: float, settings: Settings) -> float:
    """The seconds that a trial would take, from what it took."""
    full = TIERS["full"]
    if trial.experiment not in ("linear_system_learning", "effective_learning_rates"):
        return spent * full.replicas / settings.tier.replicas
    start = time.perf_counter()
    try_out(trial, replace(settings, tier=replace(full, steps=TIMED_STEPS)))
    return (time.perf_counter() - start) * full.steps / TIMED_STEPS


if __name__ == "__main__":
    main()
