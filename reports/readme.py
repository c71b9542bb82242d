"""Fill the console blocks of the README and of the documentation with what their commands print.

Run as `make readme`; with --check it changes nothing and fails where a page is out of date.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
COMMAND = Path(sys.executable).with_name("curseproof")
BLOCK = re.compile(r"```(?:toml\n.*?|console\n(\$ curseproof [^\n]*\n).*?)```", re.DOTALL)
SEEN = ("examples", "tests")  # folders that commands on a page may name


def pages() -> list[Path]:
    """The pages that have console blocks."""
    found = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [page for page in found if "```console" in page.read_text(encoding="utf-8")]


def filled(text: str) -> str:
    """A page with every console block's output made anew.

    A claim file that a command names, and that is not the project's, has the claims of the page's
    TOML as far as the reader has come.
    """
    with TemporaryDirectory() as folder:
        for name in SEEN:
            (Path(folder) / name).symlink_to(ROOT / name)
        claims = ""

        def made(block: re.Match[str]) -> str:
            nonlocal claims
            if block[1] is None:
                claims += block[0].removeprefix("```toml\n").removesuffix("```") + "\n"
                return block[0]
            arguments = shlex.split(block[1].removeprefix("$ curseproof "))
            for name in (a for a in arguments if a.endswith(".toml")):
                if not (ROOT / name).exists():
                    (Path(folder) / name).write_text(claims, encoding="utf-8")
            return f"```console\n{block[1]}{_printed(arguments, folder)}```"

        return BLOCK.sub(made, text)


def _printed(arguments: Sequence[str], folder: str) -> str:
    """What the command prints, 100 columns wide."""
    done = subprocess.run(  # noqa: S603 (our own command, arguments from our own pages)
        [COMMAND, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"COLUMNS": "100", "PATH": "/usr/bin:/bin", "TERM": "dumb"},
    )
    if done.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(arguments)}: {done.stderr}")
    return "".join(f"{row.rstrip()}\n" for row in done.stdout.rstrip().splitlines())


def main() -> None:
    """Rewrite the pages named, or all, or check them."""
    named = [Path(name).resolve() for name in sys.argv[1:] if name != "--check"]
    for page in named or pages():
        old = page.read_text(encoding="utf-8")
        new = filled(old)
        if "--check" in sys.argv and new != old:
            raise SystemExit(f"{page.relative_to(ROOT)} is out of date: run `make readme`")
        page.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
