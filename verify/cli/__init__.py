"""The command `curseproof`."""

import signal


def main() -> None:
    """Run the command `curseproof`."""
    # until a command begins, which answers Ctrl-C itself, it ends all this without a word
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from verify.cli.commands import app

    app()
