"""The command `curseproof`. Each command is thin: it reads options, calls, prints."""

from verify.cli import certifying, deriving, drawing, judging, measuring, reporting
from verify.cli.app import app

__all__ = ["app", "certifying", "deriving", "drawing", "judging", "main", "measuring", "reporting"]


def main() -> None:
    """Run the command `curseproof`."""
    app()
