"""Results in the formats that other programs read, and claims as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any
from xml.etree import ElementTree as ET

from verify.claims.claim import Claim
from verify.claims.expressions import Refusal
from verify.claims.file import FIELDS, make_claim
from verify.claims.trial import Trial
from verify.judging.engine import Result
from verify.judging.evidence import Evidence, Finding, Verdict
from verify.judging.methods import sampled
from verify.judging.statistics import RATE_OF_FEW
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
    return [e.data["false_alarm"] for e in checks if e.finding is not Finding.ABSTAINS]


def stated_rates(results: Sequence[Result]) -> list[str]:
    """The error rates in sentences."""
    rates = error_rates(results)
    many = [rate for rate in rates if 0 < rate < RATE_OF_FEW]
    few = rates.count(RATE_OF_FEW)
    sentences = []
    if few:
        each = f"Each of the {few} checks of few networks"
        sentences.append(f"{each} is wrong with probability at most {RATE_OF_FEW:.1%}.")
    if many:
        any_check = "Any other sampled check" if few else "Any sampled check"
        sentences.append(f"{any_check} is wrong with probability at most {sum(many):.1g}.")
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
            {"experiment": t.experiment, "point": dict(t.point), **_addressed(t, e, settings)}
            for t, e in (trial_results or {}).items()
        ],
        "error_rate": min(1.0, sum(error_rates(results))),
        "environment": environment(settings),
    }


def from_json(report: Mapping[str, Any], origin: str = "report") -> Report:
    """What `to_json` wrote, read again; `origin` is for messages.

    Raises:
        ReportError: it is no such report.
        ClaimError: a claim in it cannot be read, perhaps because another version wrote it.

    """
    try:
        if report["schema"] != SCHEMA:
            raise ReportError(f"{origin}: schema {report['schema']!r}; this version reads {SCHEMA}")
        return Report(
            [_result(entry, origin) for entry in report["claims"]],
            {trial_of(entry): _evidence(entry) for entry in report["trials"]},
            _environment(report["environment"]),
        )
    except Refusal:
        raise
    except (ValueError, LookupError, TypeError, AttributeError):
        raise ReportError(f"{origin}: not what `curseproof verify --json` writes") from None


def _environment(values: Mapping[str, Any]) -> Mapping[str, Any]:
    made = {name: values[name] for name in environment(Settings())}
    return {**made, "size": dict(made["size"]), "packages": dict(made["packages"])}


def _result(entry: Mapping[str, Any], origin: str) -> Result:
    claim = {name: entry[name] for name in FIELDS if entry.get(name)}
    return Result(
        make_claim(claim, origin),
        Verdict(entry["verdict"]),
        str(entry["reason"]),
        tuple(map(_evidence, entry["evidence"])),
        float(entry["seconds"]),
    )


def trial_of(entry: Mapping[str, Any]) -> Trial:
    """The trial that an entry of `to_json` is about."""
    return Trial(entry["experiment"], tuple(sorted(entry["point"].items())))


def _evidence(entry: Mapping[str, Any]) -> Evidence:
    piece = Evidence.from_json({f.name: entry[f.name] for f in fields(Evidence) if f.name in entry})
    noticeable = None if piece.noticeable is None else float(piece.noticeable)
    return replace(piece, noticeable=noticeable, data=dict(piece.data))


def _addressed(subject: Claim | Trial, piece: Evidence, settings: Settings) -> dict[str, object]:
    """A piece of evidence with its address, by which it can be imported elsewhere."""
    return {**piece.to_json(), "question": question(subject, piece.method, settings)}


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
            ET.SubElement(case, kind, message=f"{r.verdict}: {r.reason}")
    return ET.tostring(suite, encoding="unicode", xml_declaration=True)
