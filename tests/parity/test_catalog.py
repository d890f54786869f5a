"""Catalogs as Apache Spark has them: rows and errors of every statement as recorded in `catalog/`."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.parity import catalog_gaps
from tests.parity.catalog_scripts import SCRIPTS, answers, run, steps
from tests.parity.relations.cases import TIME_ZONE


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[tuple[str, int], Any]]:
    """What Glowplug answers to each statement of each script, by its number."""
    import glowplug

    before = os.environ.get("TZ")
    os.environ["TZ"] = TIME_ZONE
    time.tzset()
    answered = {}
    for script in SCRIPTS:
        warehouse: Path = tmp_path_factory.mktemp(script)
        session = glowplug.session(**{"spark.sql.warehouse.dir": str(warehouse)})
        session.conf.set("spark.sql.session.timeZone", TIME_ZONE)
        for number, (_, answer) in enumerate(run(session, script, str(warehouse))):
            answered[script, number] = answer
        session.stop()
    yield answered
    if before is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = before
    time.tzset()


def _parameters() -> Iterator[Any]:
    for script in SCRIPTS:
        for number, step in enumerate(steps(script)):
            reason = catalog_gaps.GAPS.get((script, number))
            marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
            yield pytest.param(script, number, id=f"{script} {number}: {step[:80]}", marks=marks)


@pytest.mark.parametrize(("script", "number"), list(_parameters()))
def test_as_spark(found: dict[tuple[str, int], Any], script: str, number: int) -> None:
    expected = dict(answers(script)[number])
    assert expected.pop("step") == steps(script)[number], "the answers are of another script: record them again"
    assert found[script, number] == expected
