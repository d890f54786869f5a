"""The examples of streams run, as their first lines say."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
GLOWPLUG = str(Path(sys.executable).parent / "glowplug")
# What each prints when it has had some events.
PRINTED = {
    "clickstream": r"visits: \d+ batches, [1-9]\d* rows[\s\S]*visits ended",
    "fraud_detector": r"heavy: \d+ batches, [1-9]\d* rows[\s\S]*\d+ alarms",
    "iot_monitor": r"monitor: \d+ batches, [1-9]\d* rows[\s\S]*[1-9]\d* means[\s\S]*hall \d",
    "log_analyser": r"slow: \d+ batches, [1-9]\d* rows[\s\S]*/api/",
}


def run(name: str, out: Path, *more: str) -> str:
    call = [
        GLOWPLUG,
        "run",
        str(EXAMPLES / f"{name}.py"),
        "--seconds",
        "15",
        "--rate",
        "1000",
        "--out",
        str(out),
        *more,
    ]
    done = subprocess.run(call, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", PRINTED)
def test_runs(tmp_path: Path, name: str) -> None:
    assert re.search(PRINTED[name], run(name, tmp_path / "out"))
