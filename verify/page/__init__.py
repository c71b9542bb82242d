"""A report in one file: HTML that opens from disk, Markdown for pull requests, LaTeX for papers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from verify.page.html import html
from verify.page.summary import latex, markdown
from verify.reports import Report

FORMATS: Mapping[str, Callable[[Report], str]] = {
    "html": html,
    "markdown": markdown,
    "latex": latex,
}

__all__ = ["FORMATS", "html", "latex", "markdown"]
