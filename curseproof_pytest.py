"""What pytest imports of curseproof in every project: the option `--claims`, and nothing else.

It is a module of its own, as a project may have a `verify` that hides ours.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option `--claims`."""
    parser.addoption(
        "--claims",
        action="append",
        default=[],
        metavar="FILE",
        help="also judge the claims of a TOML file with curseproof, each as a test",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Have pytest collect the claim files, if there are any."""
    files = config.getoption("--claims")
    if not files:
        return
    try:
        collector = import_module("verify.testing.pytest_plugin")
    except ImportError as error:
        found = find_spec("verify")
        where = f" (`verify` is {found.origin})" if found else ""
        raise pytest.UsageError(f"--claims: {error}{where}") from None
    config.args += files
    config.pluginmanager.register(collector)
