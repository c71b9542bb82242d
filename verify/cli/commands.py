"""All commands, in their order. Each is thin: it reads options, calls, prints."""

from verify.cli import (
    certifying,
    deriving,
    drawing,
    judging,
    listing,
    measuring,
    reporting,
    storing,
)
from verify.cli.app import GROUPS, app

__all__ = [
    "app",
    "certifying",
    "deriving",
    "drawing",
    "judging",
    "listing",
    "measuring",
    "reporting",
    "storing",
]

_ORDER = [name for names in GROUPS.values() for name in names]
app.registered_commands.sort(key=lambda command: _ORDER.index(command.name or ""))
