"""Coq at work: the library compiled once, and files checked under limits of time and memory."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory

from verify.settings import cache_folder

LIBRARY = Path(__file__).parent / "library"
# each may use those before it
MODULES = (
    *("Definitions", "Kernel", "Units", "Inputs", "Quantities", "Tactics"),
    *("Comparisons", "Horizons"),
)
NAMESPACE = "Curseproof"
# of Coq's real numbers, and no others
AXIOMS = frozenset(
    {
        "ClassicalDedekindReals.sig_forall_dec",
        "ClassicalDedekindReals.sig_not_dec",
        "FunctionalExtensionality.functional_extensionality_dep",
    }
)
SECONDS = 120
_KILOBYTES = 4 * 1024**2
_REMEDY = "install Coq with its libraries, as by: apt-get install coq libcoq-coquelicot"


class NoCoq(Exception):
    """Coq, or a library of its, is not there; the message says how to come by it."""


def check(
    text: str,
    library: Path | None,
    seconds: float = SECONDS,
    axioms: frozenset[str] = AXIOMS,
    required: Mapping[str, str] | None = None,
) -> str:
    """Have Coq check a file that ends with `Print Assumptions`.

    Args:
        text: of the file.
        library: the compiled library; None where none is used.
        seconds: how long it may take.
        axioms: those that it may rest on.
        required: files that it requires, by their names, in order.

    Returns:
        Why it is not proved, from no other axioms; empty where it is.

    """
    with TemporaryDirectory() as folder:
        arguments = ["-R", str(library), NAMESPACE] if library else []
        for name, content in {**(required or {}), "certificate": text}.items():
            (Path(folder) / f"{name}.v").write_text(content, encoding="utf-8")
            try:
                done = _coqc([*arguments, f"{name}.v"], Path(folder), seconds)
            except subprocess.TimeoutExpired:
                return f"not proved within {seconds:.0f} s"
            if done.returncode:
                return _complaint(done.stderr)
    head, _, listed = done.stdout.partition("\n")
    used = frozenset(re.findall(r"^([\w.]+)", listed, flags=re.MULTILINE))
    if head != "Axioms:" or not used <= axioms:
        others = ", ".join(sorted(used - axioms)) or done.stdout.strip()
        return f"it rests on more than the axioms of the reals: {others}"
    return ""


@cache
def version() -> str:
    """The version of Coq.

    Raises:
        NoCoq: if it is not there.

    """
    if shutil.which("coqc") is None:
        raise NoCoq(_REMEDY)
    asked = ["coqc", "--print-version"]
    return subprocess.run(asked, capture_output=True, check=True, text=True).stdout.split()[0]  # noqa: S603


@cache
def compiled_library() -> Path:
    """The library compiled by this Coq, kept from one run to the next.

    Raises:
        NoCoq: if it cannot be compiled here.

    """
    made_by = version().encode()
    texts = [(LIBRARY / f"{name}.v").read_bytes() for name in MODULES]
    kept = cache_folder() / "coq" / sha256(b"\0".join([made_by, *texts])).hexdigest()[:16]
    if kept.is_dir():
        return kept
    kept.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=kept.parent) as folder:
        made = Path(folder) / "made"
        made.mkdir()
        for name in MODULES:
            shutil.copy(LIBRARY / f"{name}.v", made)
            done = _coqc(["-R", ".", NAMESPACE, f"{name}.v"], made, SECONDS)
            if done.returncode:
                raise NoCoq(f"{_REMEDY} (of {name}.v: {_complaint(done.stderr)})")
        try:
            made.rename(kept)
        except OSError:  # another run was faster
            if not kept.is_dir():
                raise
    return kept


def _coqc(
    arguments: Sequence[str], folder: Path, seconds: float
) -> subprocess.CompletedProcess[str]:
    # it may outlive whoever started it, but not for long
    limits = f"ulimit -v {_KILOBYTES}; ulimit -t {ceil(seconds)}"
    limited = ["sh", "-c", f'{limits}; exec "$@"', "sh"]
    return subprocess.run(  # noqa: S603
        [*limited, "coqc", "-w", "none", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


def _complaint(text: str) -> str:
    """The last of what Coq complains of, in a line."""
    _, _, message = text.rpartition("Error:")
    return " ".join(message.split())[:200] or "Coq gave no reason"
