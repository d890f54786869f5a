"""What functions are given, what becomes of what they return, and whole programs: as in Apache Spark, which `record.py`
asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.parity.python.gaps import GAPS

HERE = Path(__file__).parent
VALUES: dict[str, str] = json.loads((HERE / "answers.json").read_text())
PROGRAMS: dict[str, str] = json.loads((HERE / "programs.json").read_text())
PASSING: dict[str, str] = json.loads((HERE / "passing.json").read_text())
OURS = """
import importlib, json, sys
sys.path.insert(0, sys.argv[1])
import glowplug
ask = getattr(importlib.import_module(sys.argv[2]), sys.argv[3])
json.dump(ask(glowplug.session(**{"spark.glowplug.python.workers": sys.argv[5]})), open(sys.argv[4], "w"))
"""


def ours(out: Path, module: str, function: str, workers: str = "1") -> dict[str, str]:
    """Our answers, from a process whose time zone is that of the recording."""
    command = [sys.executable, "-c", OURS, str(HERE), module, function, str(out), workers]
    environment = {**os.environ, "TZ": "UTC"}
    subprocess.run(command, env=environment, check=True, timeout=280, cwd=out.parent)
    return json.loads(out.read_text())  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def values(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return ours(tmp_path_factory.mktemp("python") / "answers.json", "cases", "answers")


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return ours(tmp_path_factory.mktemp("python") / "programs.json", "programs", "outcomes")


@pytest.fixture(scope="module")
def passing(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return ours(tmp_path_factory.mktemp("python") / "passing.json", "passing", "passed")


@pytest.mark.parametrize("name", VALUES)
def test_answers(name: str, values: dict[str, str]) -> None:
    assert values[name] == VALUES[name]


def _marks(name: str) -> Any:
    return [pytest.mark.xfail(reason=GAPS[name], strict=True)] if name in GAPS else []


@pytest.mark.parametrize("name", [pytest.param(n, marks=_marks(n)) for n in PROGRAMS])
def test_programs(name: str, programs: dict[str, str]) -> None:
    assert programs[name] == PROGRAMS[name]


@pytest.mark.parametrize("name", [pytest.param(n, marks=_marks(n)) for n in PASSING])
def test_values_pass(name: str, passing: dict[str, str]) -> None:
    assert passing[name] == PASSING[name]
