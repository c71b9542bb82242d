"""The command in a process of its own, as users start it."""

import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

COMMAND = Path(sys.executable).with_name("curseproof")


def started(*arguments, **options):
    # a shell's background jobs, these tests perhaps, ignore it, and so would what they start
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(
            [COMMAND, "verify", *arguments, "--workers", "1"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )
    finally:
        signal.signal(signal.SIGINT, before)


def wait_for_evidence(store):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(sqlite3.OperationalError), sqlite3.connect(store) as database:
            if database.execute("select count(*) from evidence").fetchone()[0]:
                return
        time.sleep(0.05)
    pytest.fail("no evidence within a minute")
