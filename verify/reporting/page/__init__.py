"""A report in one file: HTML that opens from disk, Markdown for pull requests, LaTeX for papers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from verify.reporting.page.html import html
from verify.reporting.page.summary import latex, markdown
from verify.reporting.results import Report

FORMATS: Mapping[str, Callable[[Report], str]] = {
    "html": html,
    "markdown": markdown,
    "latex": latex,
}

__all__ = ["FORMATS", "html", "latex", "markdown"]
