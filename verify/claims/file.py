"""Claim files: the TOML format of claims, read and checked field by field."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from theory.catalogue import QUANTITIES
from theory.printing.choices import one_of
from verify.claims import rules
from verify.claims.claim import (
    RELATIONS,
    Claim,
    ClaimError,
    Derivative,
    FieldError,
    Interval,
    Limit,
    Relation,
)
from verify.claims.expressions import (
    MAX_EXPONENT,
    Expression,
    ExpressionError,
    named,
    parse,
    plain,
    rational_of,
)
from verify.claims.paper import make_paper

VERDICTS = ("proved", "supported", "refuted", "not reproduced", "undecided")
MAX_FILE_BYTES = 1_000_000


Refused = Callable[[ClaimError], object]


def _raised(error: ClaimError) -> None:
    raise error


def read_claims(path: Path, refused: Refused = _raised) -> list[Claim]:
    """The claims of one TOML file, in order.

    Args:
        path: the file.
        refused: told of each claim that cannot be read; by default its error is raised.

    Raises:
        ClaimError: if the file is none of claims.

    """
    try:
        with path.open("rb") as file:
            return claims_of(file.read(MAX_FILE_BYTES + 1), path, refused)
    except OSError as error:
        raise ClaimError(f"{path}: {error.strerror}") from None


def claims_of(content: bytes, path: Path, refused: Refused = _raised) -> list[Claim]:
    """The claims in a file's content; `path` is for messages, and all else as for `read_claims`.

    Raises:
        ClaimError: if it is none of claims.

    """
    if len(content) > MAX_FILE_BYTES:
        raise ClaimError(f"{path}: larger than {MAX_FILE_BYTES} bytes; split the file")
    try:
        table = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ClaimError(f"{path}: not text; a claim file is TOML in UTF-8") from None
    except RecursionError:
        raise ClaimError(f"{path}: not a claim file: nested too deep") from None
    except ValueError as error:
        raise ClaimError(f"{path}: not TOML: {error}") from None
    if (paper := table.pop("paper", None)) is not None:
        make_paper(paper, path)
    entries = table.pop("claim", None)
    if table or not isinstance(entries, list) or not entries:
        extra = f", not {next(iter(table))!r}" if table else ""
        raise ClaimError(
            f"{path}: a claim file holds [[claim]] tables, [paper], and nothing else{extra}"
        )
    claims: dict[str, Claim] = {}
    for number, entry in enumerate(entries, 1):
        try:
            claim = _EntryReader(path, number, entry).claim()
        except ClaimError as error:
            refused(error)
            continue
        if claim.id in claims:
            refused(
                ClaimError(f"{path}: claim {claim.id!r}: field 'id': used twice; ids are unique")
            )
        claims.setdefault(claim.id, claim)
    return list(claims.values())


def make_claim(entry: Mapping[str, object], origin: str = "claim") -> Claim:
    """A claim from a mapping with the fields of the TOML format.

    Raises:
        ClaimError: naming the field at fault.

    """
    return _EntryReader(Path(origin), 1, entry).claim()


class _EntryReader:
    """A reader of one [[claim]] table; every refusal goes through `error`."""

    def __init__(self, path: Path, number: int, entry: object) -> None:
        self.path = path
        self.label = f"number {number}"
        if not isinstance(entry, Mapping):
            raise ClaimError(f"{path}: claim {self.label}: write it as a [[claim]] table")
        self.entry = dict(entry)
        if isinstance(self.entry.get("id"), str):
            self.label = repr(self.entry["id"])

    def error(self, name: str, why: str) -> ClaimError:
        return FieldError(f"{self.path}: claim {self.label}", name, self.entry.get(name), why)

    def claim(self) -> Claim:
        unknown = set(self.entry) - set(_FIELDS)
        if unknown:
            name = sorted(unknown)[0]
            raise self.error(name, f"unknown field: {one_of(name, _FIELDS)}")
        measured = "experiment" in self.entry
        for name in ("id", "quantity", "relation", "formula", "autocorrelation"):
            if name not in self.entry and not (measured and name == "autocorrelation"):
                raise self.error(name, "missing")
        read = {name: _FIELDS[name](self, name) for name in self.entry}
        entries = read.get("domain", ())
        read["domain"] = tuple(e for e in entries if isinstance(e, Interval))  # type: ignore[attr-defined]
        read["relations"] = tuple(e for e in entries if isinstance(e, Relation))  # type: ignore[attr-defined]
        read["origin"] = str(self.path)
        if measured:
            for name in sorted(set(self.entry) - _MEASURED):
                raise self.error(name, f"an experiment has {rules.listed(_MEASURED)} only")
            claim = Claim(**{"autocorrelation": parse("0"), **read})  # type: ignore[arg-type]
            return rules.measured(claim, self.error)
        return rules.complete(Claim(**read), self.error)  # type: ignore[arg-type]

    # one reader per kind of field

    def text(self, name: str) -> str:
        value = self.entry[name]
        if not isinstance(value, str):
            raise self.error(name, "write it as a string")
        return value

    def name(self, name: str) -> str:
        value = plain(self.text(name))
        if not re.fullmatch(r"[A-Za-z]\w*", value):
            raise self.error(name, 'a parameter such as T; its values are the domain\'s: "T <= 10"')
        return value

    def identifier(self, name: str) -> str:
        value = self.text(name)
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}", value):
            raise self.error(name, "an id is up to 80 letters, digits, '-', '_' and '.'")
        return value

    def choice(self, options: Iterable[str]) -> Callable[[str], str]:
        def read(name: str) -> str:
            if self.text(name) not in options:
                raise self.error(name, one_of(self.text(name), options))
            return self.text(name)

        return read

    def flag(self, name: str) -> bool:
        value = self.entry[name]
        if not isinstance(value, bool):
            raise self.error(name, "true or false")
        return value

    def lag(self, name: str) -> int:
        value = self.entry[name]
        if not (type(value) is int and 1 <= value <= MAX_EXPONENT):
            raise self.error(name, f"a whole number from 1 to {MAX_EXPONENT}, without quotes")
        return value

    def expression(self, name: str) -> Expression:
        return self.parsed(name, self.text(name))

    def parsed(self, name: str, text: str) -> Expression:
        try:
            return parse(text)
        except ExpressionError as error:
            raise self.error(name, str(error)) from None

    def table(self, name: str) -> dict[str, str]:
        value = self.entry[name]
        if not (isinstance(value, Mapping) and all(isinstance(v, str) for v in value.values())):
            raise self.error(name, 'write a table of strings, such as {lambda1 = "…"}')
        return dict(value)

    def settings(self, name: str) -> dict[str, str | tuple[str, str]]:
        value = self.entry[name]
        if not isinstance(value, Mapping):
            raise self.error(name, 'write a table of strings, such as {angle = "plain"}')
        return {key: self.setting(name, choice) for key, choice in value.items()}

    def setting(self, name: str, choice: object) -> str | tuple[str, str]:
        match choice:
            case str():
                return choice
            case [str(above), str(below)]:
                return above, below
        raise self.error(name, "a setting is a string, or a pair of them: the one over the other")

    def by_pole(self, name: str) -> dict[str, Expression]:
        if isinstance(self.entry[name], str):
            return {"": self.expression(name)}
        return {pole: self.parsed(name, text) for pole, text in self.table(name).items()}

    def derivatives(self, name: str) -> tuple[Derivative, ...]:
        value = self.entry[name]
        texts = (value,) if isinstance(value, str) else self.names(name)
        return tuple(self.derivative(name, text) for text in texts)

    def derivative(self, name: str, text: str) -> Derivative:
        match = re.fullmatch(r"(?:(re|im)\()?\s*([A-Za-z]\w*)\s*(?(1)\))", plain(text).strip())
        if not match:
            raise self.error(name, f"{text!r}: write a parameter, re(lambda) or im(lambda)")
        part, parameter = match.groups()
        return Derivative(named(parameter), part or "")

    def names(self, name: str) -> tuple[str, ...]:
        value = self.entry[name]
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise self.error(name, "write a list of strings")
        return tuple(value)

    def domain(self, name: str) -> tuple[Interval | Relation, ...]:
        texts = [part for text in self.names(name) for part in self.links(name, plain(text))]
        entries = [self.one_entry(name, text) for text in texts]
        intervals = [entry for entry in entries if isinstance(entry, Interval)]
        if len({i.name for i in intervals}) < len(intervals):
            raise self.error(name, "one entry per parameter; write 0 < rho < 1 as one")
        return tuple(entries)

    def links(self, name: str, text: str) -> list[str]:
        """The entries that a chain stands for: `0 < a < b < 1` is a range each, and `a < b`."""
        chained, whole, _ = re.split(r"(\s+in\s+integers\s*$|$)", text, maxsplit=1)
        pieces = [piece.strip() for piece in re.split(r"(<=|>=|<|>)", chained)]
        terms, signs = pieces[::2], pieces[1::2]
        own = [_SUBJECT.fullmatch(t) and t not in _CONSTANTS for t in terms]
        if len(terms) < 3 or sum(map(bool, own)) < 2:
            return [text]
        if len({sign[0] for sign in signs}) > 1:
            raise self.error(name, f"{text!r}: write all signs of a chain one way")
        found = []
        for i, (left, right) in enumerate(pairwise(terms)):
            if own[i] and own[i + 1]:
                if signs[i] not in ("<", ">"):
                    raise self.error(name, f"{text!r}: parameters are related by < or !=")
                found.append(f"{left} {signs[i]} {right}")
        for i, term in enumerate(terms):
            # what follows for the ends from their neighbours is said by relations
            is_between = 0 < i < len(terms) - 1 or not own[1 if i == 0 else -2]
            if own[i] and is_between:
                below = next((k for k in range(i - 1, -1, -1) if not own[k]), None)
                above = next((k for k in range(i + 1, len(terms)) if not own[k]), None)
                start = "" if below is None else f"{terms[below]} {_strictest(signs[below:i])} "
                end = "" if above is None else f" {_strictest(signs[i:above])} {terms[above]}"
                found += [f"{start}{term}{end}{whole}"] if start or end else []
        return found

    def one_entry(self, name: str, text: str) -> Interval | Relation:
        """A relation between parameters, or one parameter's range."""
        if match := re.fullmatch(r"\s*([A-Za-z]\w*)\s+in\s+integers\s*", text):
            return Interval(named(match[1]), is_whole=True)
        if match := re.fullmatch(r"(.+[<>].+?)\s+in\s+integers\s*", text):
            return replace(self.one_interval(name, match[1]), is_whole=True)
        match = re.fullmatch(r"\s*([A-Za-z]\w*)\s*(!=|<|>)\s*([^<>]+?)\s*", text)
        if match and re.fullmatch(r"[A-Za-z]\w*", match[3]) and not {*match.groups()} & _CONSTANTS:
            low, sign, high = match.groups()
            low, sign, high = (high, "<", low) if sign == ">" else (low, sign, high)
            return Relation(named(low), sign, self.parsed(name, named(high)))
        if match and match[2] == "!=":
            value = self.parsed(name, match[3])
            if rational_of(value.node) is None:
                remedy = "what is left out is a rational number, or another parameter"
                raise self.error(name, f"{text!r}: {remedy}")
            return Relation(named(match[1]), "!=", value)
        return self.one_interval(name, text)

    def one_interval(self, name: str, text: str) -> Interval:
        pieces = [piece.strip() for piece in re.split(r"(<=|>=|<|>)", text)]
        remedy = f"{text!r}: write 0 < rho < 1, omega >= 0 or abs(lambda) < 1"
        if len(pieces) not in (3, 5):
            raise self.error(name, remedy)
        if any(sign.startswith(">") for sign in pieces[1::2]):
            if any(sign.startswith("<") for sign in pieces[1::2]):
                raise self.error(name, remedy)
            pieces = [p.replace(">", "<") for p in reversed(pieces)]
        subjects = [
            i for i, p in enumerate(pieces[::2]) if _SUBJECT.fullmatch(p) and p not in _CONSTANTS
        ]
        if len(subjects) != 1 or (len(pieces) == 5 and subjects != [1]):
            raise self.error(name, remedy)
        where = 2 * subjects[0]
        modulus, subject = _SUBJECT.fullmatch(pieces[where]).groups()  # type: ignore[union-attr]
        bounds: dict[str, Any] = {}
        if where > 0:
            bounds |= {"lower": self.parsed(name, pieces[where - 2])}
            bounds |= {"lower_strict": pieces[where - 1] == "<"}
        if where < len(pieces) - 1:
            bounds |= {"upper": self.parsed(name, pieces[where + 2])}
            bounds |= {"upper_strict": pieces[where + 1] == "<"}
        for bound in ("lower", "upper"):
            if bound in bounds and not bounds[bound].is_constant:
                raise self.error(name, f"{text!r}: a bound is a constant expression")
        return Interval(named(subject), bool(modulus), **bounds)

    def limit(self, name: str) -> Limit:
        text = plain(self.text(name))
        match = re.fullmatch(r"\s*(\w+)\s*->\s*(.*?)([-+]?)\s*", text)
        if text.count("->") > 1:
            raise self.error(name, "one limit at a time: the other parameters are held")
        if not match:
            raise self.error(name, "write lambda -> 1-, T -> oo or omega -> -oo")
        subject, target, direction = match.groups()
        if target in {"oo", "-oo", "+oo"} and not direction:
            return Limit(subject, parse("-1" if target == "-oo" else "1"), "oo")
        if not direction:
            raise self.error(name, "say the side: lambda -> 1- (from below) or 1+ (from above)")
        point = self.parsed(name, target)
        if not point.is_constant:
            raise self.error(name, f"{target!r}: a point is a constant expression")
        return Limit(subject, point, direction)


def _strictest(signs: Sequence[str]) -> str:
    """What signs in a row come to."""
    return min(signs, key=len)


_SUBJECT = re.compile(r"(?:(abs)\()?\s*([A-Za-z][A-Za-z0-9_]*)\s*(?(1)\))")
_CONSTANTS = {"pi", "E", "I"}
_MEASURED = frozenset(
    {
        *("id", "source", "statement", "experiment", "settings", "quantity", "relation"),
        *("formula", "uses", "expect"),
    }
)
_FIELDS: Mapping[str, Callable[[_EntryReader, str], object]] = {
    "id": _EntryReader.identifier,
    "source": _EntryReader.text,
    "statement": _EntryReader.text,
    "autocorrelation": _EntryReader.expression,
    "experiment": _EntryReader.text,
    "settings": _EntryReader.settings,
    "quantity": lambda r, n: r.text(n) if "experiment" in r.entry else r.choice(QUANTITIES)(n),
    "relation": lambda r, n: r.choice(RELATIONS)(n),
    "formula": _EntryReader.expression,
    "domain": _EntryReader.domain,
    "eigenvalue": _EntryReader.by_pole,
    "wrt": _EntryReader.derivatives,
    "gamma": _EntryReader.by_pole,
    "differentiate_gamma": _EntryReader.flag,
    "horizon": _EntryReader.name,
    "lag": _EntryReader.lag,
    "complex_input": _EntryReader.flag,
    "limit": _EntryReader.limit,
    "uses": _EntryReader.names,
    "expect": lambda r, n: r.choice(VERDICTS)(n),
}

FIELDS = tuple(_FIELDS)
