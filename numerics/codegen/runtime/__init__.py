"""What exported modules call: a source file for each library, read as text and never imported.

The files have no annotations, as what is pasted must need no other import; two blank lines part
their imports, functions and classes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

_APART = "\n\n\n"


@dataclass(frozen=True)
class Runtime:
    """The source of one file, in the parts that exported modules take from it.

    Attributes:
        imports: its import statements, if any.
        helpers: its functions and classes, by name.

    """

    imports: str
    helpers: Mapping[str, str]

    @classmethod
    def of(cls, file: str) -> Runtime:
        """The parts of a file of this package."""
        source = (files(__name__) / file).read_text(encoding="utf-8")
        head, *helpers = source.rstrip().split(_APART)
        _docstring, _, imports = head.partition('"""\n\n')
        return cls(imports, {_name(helper): helper for helper in helpers})

    def called_in(self, source: str) -> list[str]:
        """The helpers that a source calls, and those that they call, in the order of the file."""
        called: set[str] = set()
        unread = [source]
        while unread:
            new = self.helpers.keys() & set(re.findall(r"\w+", unread.pop())) - called
            called |= new
            unread += [self.helpers[name] for name in new]
        return [helper for name, helper in self.helpers.items() if name in called]


def _name(helper: str) -> str:
    return str(re.findall(r"^(?:class|def|function) (\w+)", helper, re.MULTILINE)[0])
