"""Runs functions in forks of one process that has everything loaded, as most of them are killed soon after.

A function is named `module:name`, and has lines of text as arguments. What it did is told by its exit code.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import subprocess
import sys
import traceback
from typing import Any

PACKAGES = [f"glowplug.{name}" for name in ("functions", "kernel", "streaming", "io")]


class Forge:
    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.crash.forge"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, function: str, *arguments: str, **environment: str) -> int:
        """Negative: the signal by which it died, as `subprocess` has it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([function, arguments, environment]) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(10)


def main() -> None:
    for name in (
        "pandas",
        "pyarrow.parquet",
        "glowplug.sql.statements",
        "glowplug.streaming.start",
        "tests.crash.matrix",
    ):
        importlib.import_module(name)
    for package in PACKAGES:  # what a query loads as it needs it; no package that has threads of its own
        for found in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            importlib.import_module(found.name)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _child(*json.loads(line))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _child(function: str, arguments: list[str], environment: dict[str, str]) -> Any:
    code = 1
    try:
        os.dup2(2, 1)  # what it prints is no answer
        os.environ.update(environment)
        module, _, name = function.partition(":")
        getattr(importlib.import_module(module), name)(*arguments)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
