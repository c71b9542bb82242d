"""Runs the paper's experiments over their grids; writes experiments.md, its figures and numbers.

Run as `make experiments`. What is done is kept: an interrupted run goes on where it was. On a
machine with a GPU: `python reports/experiments.py --tier full --device cuda`.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from rich.progress import track

from verify.claim import Claim
from verify.engine import Result, try_out
from verify.evidence import Evidence, Finding
from verify.figures import FIGURES, Figure
from verify.provenance import environment
from verify.reports import to_json
from verify.selection import paper_claims, select
from verify.settings import TIERS, Settings
from verify.store import Store, default_path
from verify.sweep import grid
from verify.trial import Trial
from verify.workers import run, try_all

HERE = Path(__file__).parent
FOLDER = HERE / "experiments"
TIMED_STEPS = 20  # of training, from which the full tier's cost is extrapolated

Tried = Mapping[Trial, Evidence]


def main() -> None:
    """Run what is missing, and write it all."""
    asked = _arguments()
    settings = Settings(TIERS[asked.tier], asked.seed, asked.device)
    store = Store(asked.store or default_path(), print)
    shown = {name: figure for name, figure in FIGURES.items() if _measured(figure)}
    wanted = dict.fromkeys(trial for figure in shown.values() for trial in figure.trials)
    running = try_all(wanted, settings, asked.workers, store)
    ended = dict(track(running, "trials", total=len(wanted)))
    tried = {t: ended[t] for t in wanted if ended[t].finding is Finding.SUPPORTS}
    claims = [claim for claim in paper_claims() if claim.experiment]
    judging = run(claims, settings, asked.workers, store)
    results = {result.claim.id: result for result in track(judging, "claims", total=len(claims))}
    FOLDER.mkdir(exist_ok=True)
    report = to_json([results[claim.id] for claim in claims], settings, tried)
    text = json.dumps(report, ensure_ascii=False)
    (FOLDER / f"{asked.tier}.json").write_text(text + "\n", encoding="utf-8")
    page = "\n".join(_page(shown, tried, results, settings))
    (HERE / "experiments.md").write_text(page, encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tier", choices=TIERS, default="quick")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--store", type=Path)
    return parser.parse_args()


def _measured(figure: Figure) -> list[Claim]:
    """The claims of a figure that only a run can judge."""
    return [claim for claim in select(list(figure.claims)) if claim.experiment]


def _page(
    shown: Mapping[str, Figure],
    tried: Tried,
    results: Mapping[str, Result],
    settings: Settings,
) -> Iterator[str]:
    made = environment(settings)
    yield "# The paper's experiments, run again\n"
    yield f"Made by `python reports/experiments.py --tier {made['tier']} --device {made['device']}`"
    yield f"on {made['platform']}; all numbers are in `experiments/{made['tier']}.json`.\n"
    for name, figure in shown.items():
        numbers = {trial: tried[trial].data for trial in figure.trials if trial in tried}
        drawing = figure.draw(numbers)
        drawing.savefig(FOLDER / f"{name}.svg", metadata={"Date": None})
        yield f"## {figure.title}\n\n![{figure.title}](experiments/{name}.svg)\n"
        yield f"{figure.caption}\n"
        yield from _verdicts([results[claim.id] for claim in _measured(figure)])
    yield from _cost(tried, settings)


def _verdicts(results: Sequence[Result]) -> Iterator[str]:
    """Each statement with its verdict and the reason."""
    yield "| claim | statement | held | verdict | reason |\n|---|---|---|---|---|"
    for result in results:
        claim = result.claim
        held = f"{claim.quantity} {claim.relation} {claim.formula}"
        cells = (claim.id, claim.statement or "", held, str(result.verdict), result.reason)
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""


def _cost(tried: Tried, settings: Settings) -> Iterator[str]:
    """What it took, and what the full tier would."""
    yield "## Cost\n"
    yield f"Seconds on one core of this machine, tier quick as run; for tier full, of {TIMED_STEPS}"
    yield "steps of training and extrapolated.\n"
    yield "| experiment | trials | seconds |\n|---|--:|--:|"
    seconds: dict[str, list[float]] = {}
    for trial, evidence in tried.items():
        spent = float(evidence.detail.removeprefix("in ").removesuffix(" s"))
        seconds.setdefault(trial.experiment, []).append(spent)
    for experiment, each in seconds.items():
        yield f"| {experiment} | {len(each)} | {sum(each):.0f} |"
    yield "\n| full tier, one trial | hours |\n|---|--:|"
    full = replace(TIERS["full"], steps=TIMED_STEPS)
    torch.set_num_threads(1)
    for student in ("dense", "32 heads", "diagonal", "lru"):
        point = {"student": student, "memory": "0.99", "angle": "1", "optimizer": "adam"}
        [trial] = grid("linear_system_learning", {name: [v] for name, v in point.items()})
        start = time.perf_counter()
        try_out(trial, replace(settings, tier=full))
        hours = (time.perf_counter() - start) * TIERS["full"].steps / TIMED_STEPS / 3600
        yield f"| {trial} | {hours:.2g} |"


if __name__ == "__main__":
    main()
