"""Functions of printed ES modules, called in Node or in headless Chromium."""

import json
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from chromium import browser

DRIVER = """import * as module from "./module.mjs";
import { readFileSync } from "node:fs";
const calls = JSON.parse(readFileSync(0));
console.log(JSON.stringify(calls.map(([name, given]) => module[name](...given))));
"""
IN_PAGE = """async ([source, calls]) => {
  const module = await import("data:text/javascript," + encodeURIComponent(source));
  return calls.map(([name, given]) => module[name](...given));
}"""


@contextmanager
def node():
    """A function of a module's source and calls, (name, arguments) each, that runs them in Node."""
    if shutil.which("node") is None:
        pytest.skip("Node is not installed (Debian: nodejs)")

    def run(source, calls):
        with TemporaryDirectory() as folder:
            Path(folder, "module.mjs").write_text(source, encoding="utf-8")
            Path(folder, "driver.mjs").write_text(DRIVER, encoding="utf-8")
            done = subprocess.run(
                ["node", "driver.mjs"],
                cwd=folder,
                input=json.dumps(calls),
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    yield run


@contextmanager
def chromium():
    """The same in headless Chromium."""
    with browser() as opened:
        page = opened.new_page()
        yield lambda source, calls: page.evaluate(IN_PAGE, [source, calls])
