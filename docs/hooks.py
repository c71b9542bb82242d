"""What the pages are made with, beside Markdown: mathematics as MathML, and the command's help."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import typer
from latex2mathml.converter import convert

_DISPLAYED = re.compile(r"^\$\$(.+?)\$\$$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"(?<![\w$\\`])\$([^$\n`]+?)\$(?![\w$])")
_CODE = re.compile(r"(^```.*?^```|`[^`\n]+`)", re.MULTILINE | re.DOTALL)


def on_page_markdown(markdown: str, **_: Any) -> str:
    """A page with formulas between dollars as MathML, which browsers draw by themselves."""
    for mark, made in _MADE.items():
        if mark in markdown:
            markdown = markdown.replace(mark, made())
    parts = _CODE.split(markdown)  # every second one is code
    return "".join(part if k % 2 else _with_mathematics(part) for k, part in enumerate(parts))


def _with_mathematics(text: str) -> str:
    text = _DISPLAYED.sub(lambda found: convert(found[1], display="block"), text)
    # Markdown takes a line that begins with <math for a block of its own
    return _INLINE.sub(lambda found: f"<span>{convert(found[1])}</span>", text)


def _fields() -> str:
    """The fields of a claim, as its JSON Schema has them."""
    from verify.claims.schema import schema

    claim = schema()["properties"]["claim"]["items"]
    rows = []
    for name, field in claim["properties"].items():
        needed = ", needed" if name in claim["required"] else ""
        one_of = ", ".join(f"`{value}`" for value in field.get("enum", ()))
        among = f" One of {one_of}." if one_of else ""
        rows.append(f"| `{name}`{needed} | {field['description']}{among} |")
    return "\n".join(["| field | what it says |", "|---|---|", *rows, ""])


def _commands() -> str:
    """The help of every command: what it does, its arguments and options, and examples."""
    from verify.cli.app import GROUPS
    from verify.cli.commands import app

    group = typer.main.get_command(app)
    lines = []
    for title, names in GROUPS.items():
        lines.append(f"\n## {title}\n")
        for name in names:
            command = group.commands[name]  # type: ignore[attr-defined]
            lines += [f"\n### curseproof {name}\n", f"{command.help}\n"]
            lines += _arguments(command)
            examples = re.findall(r"\$ (.*)", command.epilog or "")
            lines += ["", *(f"    {example}" for example in examples)]
    return "\n".join(lines) + "\n"


def _arguments(command: Any) -> list[str]:
    rows = []
    for one in command.params:
        if one.name == "help":
            continue
        known = one.name if one.param_type_name == "argument" else ", ".join(one.opts)
        text = (one.help or "").replace("|", "\\|")
        default = one.default if isinstance(one.default, int | float | str) else None
        if one.show_default and default not in (None, False, ""):
            text += f" Default: `{default}`."
        rows.append(f"| `{known}` | {text} |")
    return ["| | |", "|---|---|", *rows, ""] if rows else []


def _papers() -> str:
    """The claims of other papers: each paper, its claims, and what is not among them."""
    from verify.claims.paper import read_paper
    from verify.claims.selection import other_papers

    lines = []
    for path, claims in other_papers().items():
        if paper := read_paper(path):
            lines += [
                f"\n## {paper.title}\n",
                f"{paper.authors}, {paper.published}, <{paper.url}>. {paper.notes}\n",
                *("| claim | where | what it says |", "|---|---|---|"),
            ]
            for claim in claims:
                mark = " **Refuted.**" if claim.expect == "refuted" else ""
                said = claim.statement.replace("|", "\\|")
                lines.append(f"| `{claim.id}` | {claim.source} | {said}.{mark} |")
            lines += ["\nNot entered:\n", *(f"- {statement}" for statement in paper.missing)]
    return "\n".join(lines) + "\n"


def _trust() -> str:
    return (Path(__file__).parents[1] / "TRUST.md").read_text(encoding="utf-8")


# what stands for what on a page
_MADE = {
    "::: command\n": _commands,
    "::: claim fields\n": _fields,
    "::: other papers\n": _papers,
    "::: TRUST.md\n": _trust,
}
