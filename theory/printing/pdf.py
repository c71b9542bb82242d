"""A LaTeX document, and the PDF that pdflatex makes of it."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

_DOCUMENT = r"""\documentclass[a4paper]{article}
\usepackage{amsmath}
\allowdisplaybreaks
\setlength{\oddsidemargin}{-0.4mm}\setlength{\textwidth}{160mm}
\setlength{\topmargin}{-10mm}\setlength{\textheight}{235mm}
\setlength{\parindent}{0pt}\renewcommand{\labelitemi}{$\bullet$}
\begin{document}
%s
\end{document}
"""


def document(body: str) -> str:
    r"""A complete LaTeX document; `body` is LaTeX, for instance from `displayed`.

    Examples:
        >>> from theory import document
        >>> print(document("Hello.").splitlines()[0])
        \documentclass[a4paper]{article}

    """
    return _DOCUMENT % body


def compiled(source: str) -> bytes:
    """The PDF that pdflatex makes of a document.

    Raises:
        RuntimeError: there is no pdflatex, or it fails.

    """
    pdflatex = shutil.which("pdflatex")
    if pdflatex is None:
        raise RuntimeError("pdflatex is not installed: install TeX Live, or use --to latex or html")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "formula.tex").write_text(source, encoding="utf-8")
        command = [pdflatex, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape"]
        for _ in range(3 if r"\tableofcontents" in source else 1):  # contents, then pages
            run = subprocess.run(  # noqa: S603 (a fixed command, no shell)
                [*command, "formula.tex"], cwd=folder, capture_output=True, check=False
            )
            if run.returncode != 0:
                lines = run.stdout.decode(errors="replace").splitlines()
                reason = next((line for line in lines if line.startswith("!")), "no reason given")
                raise RuntimeError(f"pdflatex failed: {reason}")
        return Path(folder, "formula.pdf").read_bytes()
