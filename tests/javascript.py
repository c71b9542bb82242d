"""Functions of printed ES modules, called in Node or in headless Chromium."""

import json
import shutil
import subprocess

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


def node(source, calls, folder):
    """What the module's functions return in Node; skips where there is none."""
    if shutil.which("node") is None:
        pytest.skip("Node is not installed (Debian: nodejs)")
    (folder / "module.mjs").write_text(source, encoding="utf-8")
    (folder / "driver.mjs").write_text(DRIVER, encoding="utf-8")
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


def chromium(source, calls, folder):
    """What they return in headless Chromium; skips where there is none."""
    with browser() as opened:
        return opened.new_page().evaluate(IN_PAGE, [source, calls])
