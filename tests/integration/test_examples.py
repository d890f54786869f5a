"""The examples run, as their first lines say."""

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
    "clickstream": r"visits: \d+ batches, [1-9]\d* rows[\s\S]*[1-9]\d* visits ended",
    "fraud_detector": r"heavy: \d+ batches, [1-9]\d* rows[\s\S]*\d+ alarms",
    "iot_monitor": r"monitor: \d+ batches, [1-9]\d* rows[\s\S]*[1-9]\d* means[\s\S]*hall \d",
    "log_analyser": r"slow: \d+ batches, [1-9]\d* rows[\s\S]*/api/",
}


# Of `seeds`, whose events are made by number: what 2,000 of them give.
OF_SEEDS = {
    "production_pipeline": (
        r"^1960 events$", r"click *\| *banner\| *\d{3}", r"view *\| *NULL\| *\d{3}", r"0\| *CREATE TABLE",
        r"OPTIMIZE", r"Low throughput",
    ),
    "ecommerce_analytics": (r"00:00:00, 2026-01-01 01:00:00\}\|view *\|NULL *\|50 ", r"purchase *\|32270\.\d+ *\|48 "),
    "practices": (r"^480 clicks$", r"Filter \(event_type", r"de\| *1040", r"^2000 events in files", r"\['id', 'more'\]"),
    "word_count": (r"^\| *be\| *2667\|$", r"^\| *is\| *667\|$"),
}  # fmt: skip


def run(name: str, out: Path, *more: str) -> str:
    return printed(name, "--seconds", "15", "--rate", "1000", "--out", str(out), *more)


def printed(name: str, *args: str) -> str:
    call = [GLOWPLUG, "run", str(EXAMPLES / f"{name}.py"), *args]
    done = subprocess.run(call, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", PRINTED)
def test_runs(tmp_path: Path, name: str) -> None:
    assert re.search(PRINTED[name], run(name, tmp_path / "out"))


@pytest.mark.parametrize("name", OF_SEEDS)
def test_seeds(tmp_path: Path, name: str) -> None:
    found = printed(f"seeds/{name}", "--events", "2000", "--out", str(tmp_path))
    for pattern in OF_SEEDS[name]:
        assert re.search(pattern, found, re.MULTILINE), found
