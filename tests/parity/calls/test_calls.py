"""Calls of functions, right and wrong, are taken or refused as Apache Spark does, but for those that are listed."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from glowplug.errors import SparkError
from glowplug.session.engine import Engine
from glowplug.session.session import Session
from tests.parity.calls.generate import TABLE
from tests.parity.calls.record import LEFT_OUT
from tests.parity.differential.answers import columns, keep, set_conf

HERE = Path(__file__).parent
# Why calls in `known.tsv` differ.
CLASSES = {
    "java": "Spark fails without a condition, or with one of its own faults",
    "absent": "Spark's module is not part of it, and Glowplug has the function",
    "order": "of several things that are wrong, another one is told",
    "text": "the call, or what it needs, is written otherwise",
    "count": "how many arguments there may be differs",
}


def test_calls() -> None:
    """Neither does a call differ that is not listed, nor does one agree that is."""
    answers = [json.loads(line) for line in gzip.decompress((HERE / "answers.jsonl.gz").read_bytes()).splitlines()]
    assert len(answers) > 5_000
    found = dict(differences(answers))
    listed = known()
    new = [f"{call}\n    {spark}\n    {ours}" for call, (spark, ours) in found.items() if call not in listed]
    closed = [call for call in listed if call not in found]
    assert not new, f"{len(new)} calls differ:\n" + "\n".join(new[:50])
    assert not closed, "these agree now; take them from known.tsv:\n" + "\n".join(closed)


def test_classes() -> None:
    assert set(known().values()) == set(CLASSES)


def differences(answers: list[Any]) -> Any:
    session = Session(Engine(), "calls")
    set_conf(session, {"ansi": True, "zone": "UTC"})
    keep(session, "c", TABLE)
    for call, spark in answers:
        if (ours := answer(session, call)) != spark:
            yield call, (spark, ours)
    session.close()
    session.engine.close()


def answer(session: Session, call: str) -> Any:
    try:
        return columns(session, f"SELECT {call} FROM c")
    except SparkError as error:
        parameters = {k: str(v) for k, v in error.parameters.items() if k not in LEFT_OUT}
        return {"!": error.condition, **parameters}


def known() -> dict[str, str]:
    lines = (HERE / "known.tsv").read_text("utf-8").splitlines()
    return {row[0]: row[1] for row in (line.rsplit("\t", 1) for line in lines)}
