"""Each program does, batch by batch, what it did on Spark: rows, watermarks, and the counts in the reports."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyspark import cloudpickle

import glowplug
from tests.parity.streams import users
from tests.parity.streams.gaps import GAPS, REPORTS
from tests.parity.streams.record import RECORDED
from tests.parity.streams.run import Program, answer
from tests.parity.streams.users import ALL

ANSWERS = json.loads(RECORDED.read_text())


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    session = glowplug.session(**{"spark.sql.session.timeZone": "UTC", "spark.sql.shuffle.partitions": "1"})
    cloudpickle.register_pickle_by_value(users)
    yield session
    cloudpickle.unregister_pickle_by_value(users)
    session.stop()


def test_every_program_has_its_answer() -> None:
    assert sorted(ANSWERS) == sorted(p.name for p in ALL)


def _cases() -> Iterator[Any]:
    reasons = {name: why for why, names in GAPS.items() for name in names}
    for p in ALL:
        marks = [pytest.mark.xfail(reason=reasons[p.name], strict=True)] if p.name in reasons else []
        yield pytest.param(p, id=p.name, marks=marks)


def differences(found: dict[str, Any], expected: dict[str, Any]) -> set[str]:
    """What of the answers differs: error, batches (their number), or keys of the batches' reports."""
    if expected.get("condition") == "STREAM_FAILED":  # Spark saw only then what is refused here
        return set() if "error" in found else {"error"}
    if "error" in expected or "error" in found:
        same = found.get("error") == expected.get("error") and expected.get("condition") in (
            None,
            found.get("condition"),
        )
        return set() if same else {"error"}
    if len(found["batches"]) != len(expected["batches"]):
        return {"batches"}
    pairs = [tuple(map(_rounded, pair)) for pair in zip(found["batches"], expected["batches"], strict=True)]
    return {key for ours, theirs in pairs for key in ours.keys() | theirs.keys() if ours.get(key) != theirs.get(key)}


def _rounded(batch: dict[str, Any]) -> dict[str, Any]:
    """Doubles differ in the last digit with the order of summation."""
    rows = [json.loads(row, parse_float=lambda text: round(float(text), 9)) for row in batch["rows"]]
    return {**batch, "rows": rows}


@pytest.mark.parametrize("program", list(_cases()))
def test_as_spark(spark: Any, tmp_path: Path, program: Program) -> None:
    known = {key for programs in REPORTS.values() for key in programs.get(program.name, ())}
    found = answer(spark, program, tmp_path / "program")
    assert differences(found, ANSWERS[program.name]) == known, (found, ANSWERS[program.name])
