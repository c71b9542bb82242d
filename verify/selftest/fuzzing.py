"""Hostile and broken claim files: claims or one clear refusal come out, whatever goes in.

Nothing of an input may run, open, import or connect (Python's audit events tell), take more than
SECONDS of a core or raise what is not ours. Hypothesis makes the inputs, from the paper's claims,
bad values and hostile text; atheris, where it is installed, mutates files guided by coverage.
"""

from __future__ import annotations

import encodings.utf_8_sig  # noqa: F401 (reading a file may import nothing)
import gc
import re
import resource
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings, strategies as st

import verify.experiments  # noqa: F401 (reading a claim may import nothing)
from verify.claims.claim import ClaimError
from verify.claims.expressions import MAX_MESSAGE, ExpressionError, parse
from verify.claims.file import claims_of, make_claim
from verify.claims.selection import CLAIMS

SECONDS = 2
BATCH = 2_000  # Hypothesis remembers what it tried

# `compile` is not among them: ast.parse raises it, and runs nothing
FORBIDDEN = ("exec", "import", "open", "ctypes.", "os.", "shutil.", "socket.", "subprocess.")
HOSTILE = (
    "__import__('os').system('true')", "open('/etc/passwd')", "(lambda: 0)()", "exec('1')",
    "9**9**9**9", "1/0", "().__class__.__bases__", "[x for x in y]", "f'{x}'", "x if y else z",
    "a := 1", "lambda: 1", "x.y", "x[0]", "\x00", "λ", "1e999", "1_000", "0x10", "1j", "(" * 99,
    "-" * 99 + "1", "+" * 999, "sqrt", "sqrt()", "sqrt(1, 2)", "R(Delta)", "sum(1)", "oo", "nan",
    "KroneckerDelta(Delta, 10**9)", "rho**Delta**Delta", "exp(exp(exp(exp(Delta))))", "x==y",
    "import os", "yield", "await x", "*x", "**x", "x;y", "x\ny", "'" * 10, '"""', "#", "\\",
    "(1+x)**64*(1+x)**64", "1" * 5000, "a" * 3000, "x<y<z", "not x", "x and y", "True", "\u202e",
)  # fmt: skip


class Surprise(Exception):
    """An input that ran something, took too long, or raised what is not ours."""


@dataclass(frozen=True)
class Fuzzed:
    """What a fuzzer tried: how many inputs, and how many of them were claims."""

    generator: str
    inputs: int
    accepted: int | None
    seconds: float
    megabytes: int  # the process's peak memory


def fuzz(kind: str, inputs: int, first_seed: int) -> Fuzzed:
    """Try so many random inputs of a kind of KINDS.

    Raises:
        Surprise: at the first input, made as small as can be, that is neither read nor refused.

    """
    strategy, read = KINDS[kind]
    accepted = 0

    def attempt(value: Any) -> None:
        nonlocal accepted
        accepted += survives(lambda: read(value))

    start = time.perf_counter()
    for batch, done in enumerate(range(0, inputs, BATCH)):
        seed(first_seed * 1_000_000 + batch)(
            settings(
                max_examples=min(BATCH, inputs - done),
                database=None,
                deadline=None,
                phases=(Phase.generate, Phase.shrink),
                suppress_health_check=list(HealthCheck),
                verbosity=Verbosity.quiet,
            )(given(strategy)(attempt))
        )()
    seconds = time.perf_counter() - start
    return Fuzzed(f"Hypothesis, {kind}", inputs, accepted, seconds, _peak_megabytes())


def survives(read: Callable[[], object]) -> bool:
    """Whether an input is accepted; a refusal of ours is as good.

    Raises:
        Surprise: for anything else.

    """
    try:
        with _watched():
            read()
    except (ClaimError, ExpressionError) as refusal:
        if not str(refusal).isprintable() or len(str(refusal)) > MAX_MESSAGE:
            raise Surprise(f"not one clear line: {str(refusal)[:200]!r}") from None
        return False
    except Surprise:
        raise
    except BaseException as error:
        raise Surprise(f"{type(error).__name__}: {error}") from error
    return True


_watching = False


@contextmanager
def _watched() -> Iterator[None]:
    global _watching
    signal.signal(signal.SIGPROF, _overrun)
    gc.disable()  # a collection takes seconds in a large process, and loses what is raised in it
    signal.setitimer(signal.ITIMER_PROF, SECONDS)  # other processes take none of it
    _watching = True
    try:
        yield
    finally:
        _watching = False
        signal.setitimer(signal.ITIMER_PROF, 0)
        gc.enable()


def _overrun(*_: object) -> None:
    raise Surprise(f"more than {SECONDS} s")


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if _watching and event.startswith(FORBIDDEN):
        raise Surprise(f"{event} {arguments}")


sys.addaudithook(_audit)  # for good: Python has no way to take it back


def _peak_megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


# the inputs


def _corpus() -> list[dict[str, Any]]:
    """The paper's claims as tables."""
    paths = sorted(CLAIMS.glob("*.toml"))
    return [entry for path in paths for entry in tomllib.loads(path.read_text())["claim"]]


ENTRIES = _corpus()
FIELDS = sorted({name for entry in ENTRIES for name in entry})
VALUES = {name: [e[name] for e in ENTRIES if name in e] for name in FIELDS}
TEXTS = sorted({v for values in VALUES.values() for v in values if isinstance(v, str)})
NAMES = ("lambda", "lambda_star", "rho", "omega", "Delta", "T", "x", "pi", "I", "E")
CALLS = ("sqrt", "exp", "log", "tanh", "atanh", "abs", "re", "conjugate", "sum", "R", "f")


def _joined(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operator = st.sampled_from(["+", "-", "*", "/", "**", "//", "%", "@", "<", "==", ","])
    return st.one_of(
        st.tuples(children, operator, children).map(lambda t: f"({t[0]}){t[1]}{t[2]}"),
        st.tuples(st.sampled_from(CALLS), children).map(lambda t: f"{t[0]}({t[1]})"),
        children.map(lambda c: f"-({c})"),
    )


_leaves = st.one_of(
    st.sampled_from(NAMES), st.integers(-3, 99).map(str), st.sampled_from(["0.5", "1e-9", "3/4"])
)
_written = st.one_of(
    st.sampled_from(TEXTS),
    st.sampled_from(HOSTILE),
    st.recursive(_leaves, _joined, max_leaves=8),
    st.text(max_size=20),
)


@st.composite
def _spliced(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> str:
    """Text with a piece of it replaced by other text."""
    text = draw(texts)
    start = draw(st.integers(0, len(text)))
    end = start + draw(st.integers(0, 12))
    return text[:start] + draw(_written) + text[end:]


_expressions = _written | _spliced(_written)
_values = st.one_of(
    _expressions,
    st.none() | st.booleans() | st.integers() | st.floats() | st.dates(),
    st.lists(_expressions, max_size=3),
    st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), _expressions, max_size=3),
)


@st.composite
def _entries(draw: st.DrawFn) -> dict[str, Any]:
    """A claim with one to three fields replaced, added or left out."""
    entry = dict(draw(st.sampled_from(ENTRIES)))
    for _ in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from(FIELDS))
        match draw(st.integers(0, 4)):
            case 0:
                entry.pop(name, None)
            case 1:
                entry[name] = draw(st.sampled_from(VALUES[name]))
            case 2 if isinstance(entry.get(name), str):
                entry[name] = draw(_spliced(st.just(entry[name])))
            case 3:
                entry[draw(st.text(max_size=8))] = draw(_values)
            case _:
                entry[name] = draw(_values)
    return entry


FILES = [text for path in sorted(CLAIMS.glob("*.toml")) for text in path.read_text().split("\n\n")]
_files = st.one_of(
    st.binary(max_size=200),
    _spliced(_spliced(st.sampled_from(FILES))).map(lambda t: t.encode(errors="replace")),
)

KINDS: Mapping[str, tuple[st.SearchStrategy[Any], Callable[[Any], object]]] = {
    "expressions": (_expressions, parse),
    "claims": (_entries(), make_claim),
    "files": (_files, lambda content: claims_of(content, Path("fuzzed.toml"))),
}


# guided by coverage


def fuzz_by_coverage(inputs: int, first_seed: int) -> Fuzzed | None:
    """Try so many raw files, by atheris; None where it is not installed.

    Raises:
        Surprise: with what atheris printed of the input.

    """
    if find_spec("atheris") is None:
        return None
    with TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for number, text in enumerate([*FILES, *TEXTS, *HOSTILE]):
            (corpus / str(number)).write_text(text, errors="replace")
        start = time.perf_counter()
        done = subprocess.run(  # noqa: S603
            [sys.executable, __file__, f"-runs={inputs}", f"-seed={first_seed}", "-max_len=2000",
             f"-timeout={SECONDS}", "-rss_limit_mb=4096", f"-artifact_prefix={folder}/", corpus],
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip
    report = re.search(r"Done (\d+) runs", done.stderr)
    if done.returncode or not report:
        raise Surprise(done.stderr[-2000:])
    peak = re.findall(r"rss: (\d+)Mb", done.stderr)
    return Fuzzed(
        "atheris, files", int(report[1]), None, time.perf_counter() - start, int(peak[-1])
    )


def _coverage_guided(arguments: list[str]) -> None:
    import atheris

    for read in (claims_of, make_claim, parse):
        atheris.instrument_func(read)

    def attempt(content: bytes) -> None:
        survives(lambda: claims_of(content, Path("fuzzed.toml")))
        survives(lambda: parse(content.decode("utf-8", "replace")))

    atheris.Setup(arguments, attempt)
    atheris.Fuzz()


if __name__ == "__main__":
    _coverage_guided(sys.argv)
