"""The names that are known, said to someone who wrote another."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def one_of(written: str, known: Iterable[str]) -> str:
    """What a message on a name that is not known ends with: those that are, and the likeliest.

    Examples:
        >>> from theory.printing.choices import one_of
        >>> one_of("Lamda", ["lambda", "rho"])
        "one of lambda, rho; did you mean 'lambda'?"
        >>> one_of("x", ["lambda", "rho"])
        'one of lambda, rho'

    """
    names = list(map(str, known))
    return f"one of {', '.join(names)}{meant(written, names)}"


def meant(written: str, known: Iterable[str], what: str = "") -> str:
    """How a message goes on where one of the names that are known is likely to be meant.

    Examples:
        >>> from theory.printing.choices import meant
        >>> meant("sp50", ["sp500", "vix"], "the series ")
        "; did you mean the series 'sp500'?"
        >>> meant("x", ["sp500", "vix"])
        ''
    """
    near = likeliest(written, known)
    return f"; did you mean {what}{near!r}?" if near else ""


def likeliest(written: str, known: Iterable[str]) -> str | None:
    """The name that is likely to be meant, in capitals or not; None where none is near.

    Examples:
        >>> from theory.printing.choices import likeliest
        >>> likeliest("a5-state", ["A2-state", "A5-state-ar1"])
        'A5-state-ar1'

    """
    names = {name.casefold(): name for name in known}
    beginning = written.casefold()
    longer = [name for name in names if len(beginning) > 2 and name.startswith(beginning)]
    found = longer or get_close_matches(beginning, names, n=1)
    return names[found[0]] if found else None
