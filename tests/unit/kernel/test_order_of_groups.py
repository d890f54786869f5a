"""Groups of rows that are given with a query come in the order of their first rows, as from Spark with processors to
spare."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import glowplug
from glowplug.kernel.equality import FEW


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    session = glowplug.session()
    yield session
    session.stop()


VALUES = [(7, "q"), (3, "c"), (9, "a"), (3, "z"), (0, "q"), (7, "c"), (5, None), (-1, "b"), (2, "b")]
KEYS = [7, 3, 9, 0, 5, -1, 2]


def test_groups(spark: Any) -> None:
    frame = spark.createDataFrame(VALUES, "k INT, s STRING")
    assert [r.k for r in frame.groupBy("k").count().collect()] == KEYS
    assert [r.k for r in frame.groupBy("k").agg({"k": "kurtosis"}).collect()] == KEYS
    assert [r.k for r in frame.groupBy("k").agg({"s": "mode"}).where("k <> 9").collect()] == [k for k in KEYS if k != 9]
    assert [r.k for r in frame.select("k").distinct().collect()] == KEYS
    assert [r.k for r in frame.union(frame).groupBy("k").count().limit(3).collect()] == KEYS[:3]
    assert [r[0] for r in frame.groupBy("k").count().agg({"k": "sum"}).collect()] == [sum(KEYS)]
    texts = frame.selectExpr("upper(s) COLLATE UTF8_LCASE AS s")
    assert [r.s for r in texts.distinct().collect()] == ["Q", "C", "A", "Z", None, "B"]


def test_no_place_is_kept_of_many_rows(spark: Any) -> None:
    from tests.unit.plan.test_explain import explain

    for rows, placed in ((FEW, True), (FEW + 1, False)):
        frame = spark.createDataFrame([(i % 9,) for i in range(rows)], "k INT").groupBy("k").count()
        assert ("_place" in explain(frame, "extended").split("== Kernel Statement ==")[1]) == placed
        assert frame.count() == 9
