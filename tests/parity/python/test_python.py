"""What functions are given, and what becomes of what they return, is as in Apache Spark: `record.py` asked it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SPARK: dict[str, str] = json.loads((HERE / "answers.json").read_text())
OURS = """
import json, sys
sys.path.insert(0, sys.argv[1])
import glowplug
from cases import answers
json.dump(answers(glowplug.session(**{"spark.glowplug.python.workers": "1"})), open(sys.argv[2], "w"))
"""


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Our answers, from a process whose time zone is that of the recording."""
    out = tmp_path_factory.mktemp("python") / "answers.json"
    command = [sys.executable, "-c", OURS, str(HERE), str(out)]
    subprocess.run(command, env={**os.environ, "TZ": "UTC"}, check=True, timeout=280)
    return json.loads(out.read_text())  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", SPARK)
def test_answers(name: str, ours: dict[str, str]) -> None:
    assert ours[name] == SPARK[name]
