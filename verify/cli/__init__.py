"""The command `curseproof`. Each command is thin: it reads options, calls, prints."""

from verify.cli import deriving, judging, measuring, reporting
from verify.cli.common import app

__all__ = ["app", "deriving", "judging", "main", "measuring", "reporting"]


def main() -> None:
    """Run the command."""
    app()
