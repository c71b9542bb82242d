"""Random claims, judged, and held against the oracle wherever a verdict could be a wrong one.

A number makes a claim: one of the paper's with one to three changes in what a judge reads. What is
proved or supported has to be true, and what is refuted false. A record has a line for each chunk.
"""

from __future__ import annotations

import ast
import json
import re
import signal
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from verify.claims.claim import Claim
from verify.claims.expressions import Refusal, parse, replaced
from verify.claims.file import make_claim
from verify.judging.engine import Result
from verify.judging.evidence import Verdict
from verify.judging.methods import METHODS
from verify.running.provenance import question, version_of
from verify.running.server import fork_server
from verify.running.workers import run
from verify.selftest.fuzzing import ENTRIES, VALUES
from verify.selftest.oracle import Truth, fails, truth
from verify.selftest.oracle_values import NoTruth
from verify.selftest.rewriting import nodes, written
from verify.settings import Settings, Tier

SETTINGS = Settings(Tier(points=2, replicas=4, seconds=10), explains=False)
SECONDS = 20  # for the oracle's answer
CHUNK = 500  # claims on a line of the record
HELD = (Verdict.PROVED, Verdict.SUPPORTED, Verdict.REFUTED)

FORMULAS = [entry for entry in ENTRIES if "experiment" not in entry]
EXPRESSIONS = ("formula", "autocorrelation", "eigenvalue", "gamma")
CHANGED = (*EXPRESSIONS, "formula", "formula", "domain", "domain", "wrt", "quantity", "relation",
           "limit", "horizon", "complex_input", "differentiate_gamma")  # fmt: skip
LEAVES = ("0", "1", "2", "-1", "1/2", "1e-9", "10**6", "pi", "lambda", "rho", "omega", "Delta",
          "abs(lambda)", "conjugate(lambda)", "R(0)", "sum(lambda**Delta*R(Delta))")  # fmt: skip
WRAPS = ("abs({})", "sqrt({})", "({})**2", "-({})", "2*({})", "({}) + 1e-9", "1/({})", "re({})",
         "sqrt(({})**2)", "({})*R(0)", "conjugate({})", "max({}, 0)", "tanh({})")  # fmt: skip
ENDS = ("0", "1", "-1", "1/2", "9/10", "1.0001", "2", "10")
_HERE = "changed_part"
ADDED = ("{} != 0", "{} != 1/2", "{} in integers", "{} <= 1", "abs({}) <= 1/2", "0 <= {}")


@dataclass(frozen=True)
class Outcome:
    """What became of a random claim.

    Attributes:
        number: which one it is.
        verdict: the engine's, or "meaningless".
        oracle: "agrees", "disagrees" or "silent"; empty where the verdict says nothing of truth.
        seconds: those of the verdict.
        entry: the claim, where it is to be looked at.
        reason: the engine's.

    """

    number: int
    verdict: str
    oracle: str
    seconds: float
    entry: Mapping[str, Any] | None = None
    reason: str = ""

    @property
    def is_wrong(self) -> bool:
        """Whether the oracle says otherwise, or a method broke."""
        return self.oracle == "disagrees" or self.verdict == Verdict.ERROR


def random_claim(number: int) -> Claim:
    """The claim of a number, the same whenever asked, and none of the paper's."""
    random = Random(number)  # noqa: S311 (reproducible, not secret)
    while True:
        entry = dict(random.choice(FORMULAS))
        with suppress(Refusal):
            for _ in range(random.choice((1, 1, 2, 3))):
                _change(entry, random)
            claim = make_claim({**entry, "id": f"random-{number}"})
            if _question(claim) not in _asked():
                return claim


@dataclass(frozen=True)
class Chunk:
    """What became of the random claims from one number on.

    Attributes:
        first: the first one's number.
        code: a digest of the code that judged them.
        claims: how many.
        verdicts: how many of them had which verdict.
        oracle: how often the oracle said what.
        seconds: those of all verdicts.
        wrong: the outcomes that are wrong.

    """

    first: int
    code: str
    claims: int
    verdicts: Mapping[str, int]
    oracle: Mapping[str, int]
    seconds: float
    wrong: Sequence[Mapping[str, Any]] = field(default_factory=list)


def judge_random_claims(
    chunks: int,
    workers: int,
    record: Path,
    on_progress: Callable[[int], object] = lambda count: None,
) -> None:
    """Judge random claims, and ask the oracle of what is said of their truth.

    Args:
        chunks: how many times CHUNK claims.
        workers: processes at a time.
        record: a file of chunks, one a line, that is added to; a chunk on record is not judged
            again, whichever code judged it.
        on_progress: called with how many more claims are done.

    """
    known = {chunk.first for chunk in recorded(record)}
    for first in range(0, chunks * CHUNK, CHUNK):
        if first in known:
            on_progress(CHUNK)
            continue
        outcomes = []
        for outcome in _judged(map(random_claim, range(first, first + CHUNK)), workers):
            outcomes.append(outcome)
            on_progress(1)
        with record.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(_chunk(first, outcomes))) + "\n")


def recorded(record: Path) -> list[Chunk]:
    """The chunks on record; a line cut short costs itself."""
    lines = record.read_text(encoding="utf-8").splitlines() if record.exists() else []
    chunks = []
    for line in lines:
        with suppress(ValueError, TypeError):
            chunks.append(Chunk(**json.loads(line)))
    return chunks


def judged_again(chunks: Sequence[Chunk], workers: int) -> list[Outcome]:
    """What the code as it is makes of the claims that were judged wrong."""
    claims = (make_claim(dict(outcome["entry"])) for chunk in chunks for outcome in chunk.wrong)
    return sorted(_judged(claims, workers), key=lambda outcome: outcome.number)


def markdown(chunks: Sequence[Chunk], again: Sequence[Outcome]) -> str:
    """The counts by the code that judged, the present one last, and what is wrong, one by one.

    Args:
        chunks: those on record.
        again: the claims of theirs that were judged wrong, judged again.

    """
    versions = {chunk.code: [c for c in chunks if c.code == chunk.code] for chunk in chunks}
    lines = ["| code | claims | verdicts | the oracle | hours of trials |", "|---|--:|---|---|--:|"]
    for code, judged in sorted(versions.items(), key=lambda item: item[0] == _code()):
        verdicts = sum((Counter(c.verdicts) for c in judged), Counter[str]())
        oracle = sum((Counter(c.oracle) for c in judged), Counter[str]())
        name = "as it is" if code == _code() else code
        lines.append(
            f"| {name} | {sum(c.claims for c in judged)} | {_listed(verdicts)} "
            f"| {_listed(oracle)} | {sum(c.seconds for c in judged) / 3600:.1f} |"
        )
    wrong = {outcome["number"]: outcome for chunk in chunks for outcome in chunk.wrong}
    still = sum(outcome.is_wrong for outcome in again)
    lines += ["", f"Wrong when judged: {len(wrong) or 'none'}; by the code as it is: {still}.", ""]
    for now in again:
        then = wrong[now.number]
        told = f"now {now.verdict}, the oracle {now.oracle or 'is not asked'}"
        lines.append(f"- {now.number}: {then['verdict']}, {then['reason']}; {told}: "
                     f"`{then['entry']}`")  # fmt: skip
    return "\n".join(lines).rstrip()


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))


# the outcomes


def _judged(claims: Iterable[Claim], workers: int) -> Iterator[Outcome]:
    waiting: deque[Future[Outcome]] = deque()
    with ProcessPoolExecutor(workers, fork_server()) as pool:
        for result in run(claims, SETTINGS, workers):
            waiting.append(pool.submit(_outcome, result))
            while waiting and waiting[0].done():
                yield waiting.popleft().result()
        yield from (future.result() for future in waiting)


def _outcome(result: Result) -> Outcome:
    """A verdict with the oracle's word on it."""
    verdict = "meaningless" if result.invalid else str(result.verdict)
    said = _oracle(result) if result.verdict in HELD else ""
    number = int(result.claim.id.removeprefix("random-"))
    outcome = Outcome(number, verdict, said, result.seconds)
    if not outcome.is_wrong:
        return outcome
    return replace(outcome, entry=result.claim.entry(), reason=result.reason)


def _oracle(result: Result) -> str:
    """Whether the oracle agrees with a verdict, disagrees, or has nothing to say in time."""
    signal.signal(signal.SIGALRM, _overrun)
    signal.alarm(SECONDS)
    try:
        if result.verdict is not Verdict.REFUTED:
            return "agrees" if truth(result.claim) is Truth.TRUE else "disagrees"
        points = [e.counterexample.point for e in result.evidence if e.counterexample]
        if any(fails(*_at(point, result.claim)) for point in points):
            return "agrees"
        return "disagrees" if truth(result.claim) is Truth.TRUE else "agrees"
    except (NoTruth, OverflowError):
        return "silent"
    finally:
        signal.alarm(0)


def _overrun(*_: object) -> None:
    raise NoTruth(f"more than {SECONDS} s")


def _at(point: str, claim: Claim) -> tuple[Claim, list[dict[str, str]]]:
    """The claim of a counterexample's input, and its place, as text by parameter."""
    coordinates, _, text = point.partition(" (R = ")
    if text:
        claim = replace(claim, autocorrelation=parse(text.removesuffix(")")))
    return claim, [dict(item.split(" = ") for item in coordinates.split(", "))]


def _chunk(first: int, outcomes: Sequence[Outcome]) -> Chunk:
    return Chunk(
        first,
        _code(),
        len(outcomes),
        dict(Counter(o.verdict for o in outcomes)),
        dict(Counter(o.oracle for o in outcomes if o.oracle)),
        round(sum(o.seconds for o in outcomes), 1),
        [vars(o) for o in sorted(outcomes, key=lambda o: o.number) if o.is_wrong],
    )


@cache
def _code() -> str:
    """A digest of what verdicts come from."""
    homes = ("verify.judging.engine", *(method.home for method in METHODS), __name__)
    return version_of(*homes)


@cache
def _asked() -> frozenset[str]:
    """What the paper's claims ask."""
    claims = (make_claim(entry) for entry in FORMULAS)
    return frozenset(map(_question, claims))


def _question(claim: Claim) -> str:
    return question(replace(claim, id=""), "", SETTINGS)[:16]


# the changes


def _change(entry: dict[str, Any], random: Random) -> None:
    """One change in a claim: a field of another claim's, one left out, or one rewritten."""
    name = random.choice(CHANGED)
    kind = random.random()
    if name not in entry or kind < 0.25:
        if name in VALUES:
            entry[name] = random.choice(VALUES[name])
    elif kind < 0.3 and name not in ("formula", "autocorrelation", "quantity", "relation"):
        del entry[name]
    elif name == "domain":
        entry[name] = _other_domain(list(entry[name]), random)
    elif name in EXPRESSIONS:
        text = entry[name]
        if isinstance(text, Mapping):
            pole = random.choice(sorted(text))
            entry[name] = {**text, pole: _other_expression(text[pole], random)}
        else:
            entry[name] = _other_expression(text, random)


def _other_domain(ranges: list[str], random: Random) -> list[str]:
    """Ranges of which one has another end, is closed or open there, or is cut."""
    index = random.randrange(len(ranges))
    one = ranges[index]
    match random.randrange(4):
        case 0:
            signs = [m.span() for m in re.finditer(r"<=?", one)]
            start, end = random.choice(signs) if signs else (0, 0)
            ranges[index] = one[:start] + ("<" if one[start:end] == "<=" else "<=") + one[end:]
        case 1:
            ends = [m.span() for m in re.finditer(r"(?<![\w.])\d+(?:[./]\d+)?(?![\w.])", one)]
            start, end = random.choice(ends) if ends else (0, 0)
            ranges[index] = one[:start] + random.choice(ENDS) + one[end:]
        case 2:
            name = random.choice(re.findall(r"[A-Za-z]\w*", one) or ["lambda"])
            ranges.append(random.choice(ADDED).format(name))
        case _:
            names = re.findall(r"[A-Za-z]\w*", " ".join(ranges))
            ranges.append(f"{random.choice(names)} {random.choice(('<', '!='))} "
                          f"{random.choice(names)}")  # fmt: skip
    return ranges


def _other_expression(text: str, random: Random) -> str:
    """An expression with one of its parts replaced by a leaf or another part, or wrapped."""
    tree = parse(text).node
    old, other = (random.choice(list(nodes(tree))) for _ in range(2))
    piece = random.choice((written(other), *random.choices(LEAVES, k=2)))
    if random.random() < 0.5:
        piece = random.choice(WRAPS).format(written(old))
    return written(replaced(tree, old, ast.Name(_HERE))).replace(_HERE, f"({piece})")
