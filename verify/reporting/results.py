"""Results in the formats that other programs read, and claims as text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from verify.claims.claim import Claim
from verify.claims.expressions import Refusal, printable
from verify.claims.file import FIELDS, make_claim
from verify.claims.trial import Trial
from verify.experiments import EXPERIMENTS
from verify.judging.engine import Result, concluded, is_settled
from verify.judging.evidence import ORIGINS, Evidence, Finding, Verdict
from verify.judging.methods import kernels, method_names, methods, sampled
from verify.running.provenance import environment, question
from verify.settings import Settings

SCHEMA = 1


@dataclass(frozen=True)
class Report:
    """What a run found.

    Attributes:
        results: the result on each claim.
        trial_results: what trials of experiments measured.
        environment: what the run was made with; see `verify.running.provenance.environment`.

    """

    results: Sequence[Result]
    trial_results: Mapping[Trial, Evidence]
    environment: Mapping[str, Any]


class ReportError(Refusal):
    """Data that is no report; the message says why."""


def error_rates(results: Sequence[Result]) -> list[float]:
    """The probability, at most, with which each sampled check is wrong.

    A check is wrong if it contradicts what is true, or misses a discrepancy of the size that it
    says it notices.
    """
    names = sampled()
    checks = (e for result in results for e in result.evidence if e.method in names)
    silent = (Finding.ABSTAINS, Finding.FAILED)
    return [e.data["false_alarm"] for e in checks if e.finding not in silent]


def stated_rates(results: Sequence[Result]) -> list[str]:
    """The error rates in sentences."""
    rates = [rate for rate in error_rates(results) if rate]
    if not rates:
        return []
    any_check = f"Any of the {len(rates)} checks of experiments" if rates[1:] else "The experiment"
    return [f"{any_check} is wrong with probability at most {100 * sum(rates):.2g}%."]


def of_certificates(results: Sequence[Result]) -> list[str]:
    """How many claims are certified, and which are not though judges prove them and Coq could."""
    if not any(piece.method in kernels() for r in results for piece in r.evidence):
        return []
    proved = [r for r in results if r.verdict is Verdict.PROVED]
    count = sum(r.certified for r in proved)
    sentences = [f"Coq's kernel certifies {count} of the {len(proved)} claims that are proved."]
    told = [r for r in proved if any(piece.theorem for piece in r.evidence)]
    leads = [r.claim.id for r in told if not r.certified]
    if leads:
        sentences.append(
            f"It was told of {', '.join(leads)} too, and was not brought to accept a proof."
        )
    return sentences


def to_json(
    results: Sequence[Result],
    settings: Settings,
    trial_results: Mapping[Trial, Evidence] | None = None,
) -> dict[str, object]:
    """All results with their evidence, and what trials of experiments measured, JSON-ready."""
    return {
        "schema": SCHEMA,
        "claims": [
            {**r.to_json(), "evidence": [_addressed(r.claim, e, settings) for e in r.evidence]}
            for r in results
        ],
        "trials": [
            {**asdict(t), "point": dict(t.point), **_addressed(t, e, settings)}
            for t, e in (trial_results or {}).items()
        ],
        "error_rate": min(1.0, sum(error_rates(results))),
        "environment": environment(settings),
    }


def read_results(path: Path) -> Any:
    """The JSON in a results file.

    Raises:
        ReportError: it cannot be read, or is no JSON, or has text that is none.

    """
    remedy = f"`curseproof verify --json {path}` makes it"
    try:
        values = json.loads(path.read_text(encoding="utf-8-sig"))
        json.dumps(values, ensure_ascii=False).encode("utf-8")  # half a surrogate pair is no text
    except OSError as error:
        raise ReportError(f"{path}: {error.strerror}; {remedy}") from None
    except (ValueError, RecursionError):
        raise ReportError(f"{path}: not JSON; {remedy}") from None
    return values


def from_json(report: Mapping[str, Any], origin: str = "report") -> Report:
    """What `to_json` wrote, read again; `origin` is for messages.

    A verdict in it is not believed: it is computed from the evidence, and has to be the same.

    Raises:
        ReportError: it is no such report, or a verdict in it does not follow from the evidence.
        ClaimError: a claim in it cannot be read, perhaps because another version wrote it.

    """
    try:
        if report["schema"] != SCHEMA:
            raise ReportError(f"{origin}: schema {report['schema']!r}; this version reads {SCHEMA}")
        found = Report(
            _results(report["claims"], origin),
            {trial_of(entry): _measured(entry) for entry in report["trials"]},
            _environment(report["environment"]),
        )
        stated_rates(found.results)  # they are numbers
        return found
    except Refusal:
        raise
    except (ValueError, LookupError, TypeError, AttributeError):
        raise ReportError(f"{origin}: not what `curseproof verify --json` writes") from None


def _environment(values: Mapping[str, Any]) -> Mapping[str, Any]:
    values = {"date": "", **values}  # which earlier versions did not write
    made = {name: values[name] for name in environment(Settings())}
    return {**made, "size": dict(made["size"]), "packages": dict(made["packages"])}


def _results(entries: Iterable[Mapping[str, Any]], origin: str) -> list[Result]:
    results: dict[str, Result] = {}
    wrong = []
    for entry in entries:
        found = _result(entry, origin)
        if found.claim.id in results:
            raise ReportError(f"{origin}: claim {found.claim.id!r} is there twice")
        results[found.claim.id] = found
        if Verdict(entry["verdict"]) is not found.verdict:
            wrong.append((found, entry["verdict"]))
    if wrong:
        # what is refuted goes before what is only not shown
        found, typed = min(wrong, key=lambda one: one[0].verdict is not Verdict.REFUTED)
        raise ReportError(
            f"{origin}: claim {found.claim.id!r}: {typed!r} is typed in, the evidence carries "
            f"{str(found.verdict)!r} ({found.reason}); {len(wrong)} of {len(results)} verdicts do "
            "not follow from their evidence, and nothing is shown"
        )
    return list(results.values())


def _result(entry: Mapping[str, Any], origin: str) -> Result:
    """The result on a claim, its verdict computed; it takes all the evidence, or a refutation."""
    claim = make_claim({name: entry[name] for name in FIELDS if entry.get(name)}, origin)
    evidence = tuple(map(_evidence, entry["evidence"]))
    seconds = float(entry["seconds"])
    if problem := stray(claim, evidence):
        raise ReportError(f"{origin}: claim {claim.id!r}: {problem}; nothing is shown")
    problem = lacking(claim, evidence)
    if problem is None:
        return concluded(claim, evidence, seconds)
    # a claim without meaning, or one that was cut short: the reason is for the reader
    is_error = entry["verdict"] == Verdict.ERROR
    reason = entry["reason"] if is_error or entry["verdict"] == Verdict.UNDECIDED else None
    return Result(
        claim,
        Verdict.ERROR if is_error else Verdict.UNDECIDED,
        problem if reason is None else str(reason),
        evidence,
        seconds,
    )


def stray(claim: Claim, evidence: Sequence[Evidence]) -> str | None:
    """What is wrong with evidence where a method says more than one thing, or does not apply."""
    names = method_names(claim)
    seen: set[str] = set()
    for piece in evidence:
        if piece.method not in names:
            return f"{piece.method!r} is no method for it"
        if piece.method in seen:
            return f"two pieces of evidence of {piece.method}, where each method has one"
        seen.add(piece.method)
    return None


def trial_of(entry: Mapping[str, Any]) -> Trial:
    """The trial that an entry of `to_json` is about."""
    point, look = tuple(sorted(entry["point"].items())), entry.get("look", 0)
    known = EXPERIMENTS.get(entry["experiment"])
    looks = known.looks if known else 1
    if type(look) is not int or look not in range(looks):
        raise ValueError(f"look: a number from 0 to {looks - 1} is needed, not {look!r}")
    return Trial(entry["experiment"], point, look)


def _evidence(entry: Mapping[str, Any]) -> Evidence:
    return Evidence.from_json({f.name: entry[f.name] for f in fields(Evidence) if f.name in entry})


def _measured(entry: Mapping[str, Any]) -> Evidence:
    """What a trial measured: by name, lists of numbers, none of them empty."""
    piece = _evidence(entry)
    for name, values in piece.data.items():
        if name not in ORIGINS and not list(map(float, values)):
            raise ValueError(name)
    return piece


def _addressed(subject: Claim | Trial, piece: Evidence, settings: Settings) -> dict[str, object]:
    """A piece of evidence with its address, by which it can be imported elsewhere."""
    return {**piece.to_json(), "question": question(subject, piece.method, settings)}


def lacking(claim: Claim, evidence: Sequence[Evidence]) -> str | None:
    """What evidence lacks of all that a verdict needs; a counterexample is enough by itself."""
    known = {piece.method: piece for piece in evidence}
    if is_settled(claim, known) or any(e.finding is Finding.REFUTES for e in evidence):
        return None
    return f"no evidence of {', '.join(m.name for m in methods(claim) if m.name not in known)}"


def to_junit(results: Iterable[Result]) -> str:
    """JUnit XML: a claim is a test case that passes if its verdict is as expected."""
    results = list(results)
    failures = [r for r in results if not r.as_expected and r.verdict is Verdict.REFUTED]
    suite = ET.Element(
        "testsuite",
        name="curseproof",
        tests=str(len(results)),
        failures=str(len(failures)),
        errors=str(sum(not r.as_expected for r in results) - len(failures)),
        time=f"{sum(r.seconds for r in results):.3f}",
    )
    for r in results:
        case = ET.SubElement(suite, "testcase", name=r.claim.id, time=f"{r.seconds:.3f}")
        if not r.as_expected:
            kind = "failure" if r in failures else "error"
            ET.SubElement(case, kind, message=printable(f"{r.verdict}: {r.reason}"))
    return ET.tostring(suite, encoding="unicode", xml_declaration=True)
