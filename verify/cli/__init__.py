"""The command `curseproof`."""

import signal


def main() -> None:
    """Run the command `curseproof`."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C while this loads ends it without a word
    from verify.cli.commands import app

    signal.signal(signal.SIGINT, signal.default_int_handler)
    app()
