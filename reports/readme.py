"""Fill the README's console blocks with what the commands in them print.

Run as `make readme`; with --check it changes nothing and fails where the README is out of date.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
COMMAND = Path(sys.executable).with_name("curseproof")
BLOCK = re.compile(r"(```console\n)(\$ curseproof [^\n]*\n)(.*?)(```)", re.DOTALL)


def printed(line: str) -> str:
    """What a `$ curseproof …` line prints, 100 columns wide."""
    arguments = shlex.split(line.removeprefix("$ curseproof "))
    done = subprocess.run(  # noqa: S603 (our own command, arguments from our own README)
        [COMMAND, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={"COLUMNS": "100", "PATH": "/usr/bin:/bin", "TERM": "dumb"},
    )
    if done.returncode not in (0, 1):
        raise SystemExit(f"{line}{done.stderr}")
    return "".join(f"{row.rstrip()}\n" for row in done.stdout.rstrip().splitlines())


def filled(text: str) -> str:
    """The README with every console block's output made anew."""
    return BLOCK.sub(lambda m: m[1] + m[2] + printed(m[2]) + m[4], text)


def main() -> None:
    """Rewrite README.md, or check it."""
    old = README.read_text(encoding="utf-8")
    new = filled(old)
    if "--check" in sys.argv and new != old:
        raise SystemExit("README.md is out of date: run `make readme`")
    README.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
