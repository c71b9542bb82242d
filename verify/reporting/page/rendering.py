"""Templates of the page filled in: what they may call, and that everything else is escaped."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from theory.printing.derivations import html_prose
from verify.reporting.page import statement


def rendered(template: str, **given: object) -> str:
    """A file of `templates/`, filled with what is given; Markup is taken as it is."""
    return _environment().get_template(template).render(given)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("verify.reporting.page"),
        autoescape=True,  # claim files come from strangers
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"prose": _prose, "power": _power}
    environment.globals |= {"text": _text, "font": _font, "statement": statement}
    return environment


def _prose(words: str) -> Markup:
    return Markup(html_prose(words))  # noqa: S704 (it escapes)


def _power(number: float) -> Markup:
    """A number such as 1e-35 as a power of ten; one that is not so small, in percent."""
    if number >= 0.001:
        return Markup(f"{100 * number:.3g} %")  # noqa: S704 (digits)
    mantissa, _, exponent = f"{number:.0e}".partition("e")
    ten = f"10<sup>{str(int(exponent)).replace('-', '−')}</sup>"
    return Markup(ten if mantissa == "1" else f"{mantissa} · {ten}")  # noqa: S704 (digits)


def _text(name: str) -> Markup:
    """A style sheet or script of ours, as it is."""
    source = files("verify.reporting.page").joinpath("templates", name).read_text(encoding="utf-8")
    return Markup(source)  # noqa: S704


def _font() -> str:
    font = files("verify.reporting.page").joinpath("font", "STIXTwoMath.woff2").read_bytes()
    return b64encode(font).decode()
