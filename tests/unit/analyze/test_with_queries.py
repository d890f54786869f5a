"""Named queries that give other rows each time are computed once for a query."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import glowplug


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    session = glowplug.session(**{"spark.glowplug.verifyPlans": "true"})
    yield session
    session.stop()


@pytest.mark.parametrize(
    "text, rows",
    [
        ("WITH t AS (SELECT uuid() u FROM range(2)) SELECT count(*) FROM t a JOIN t b USING (u)", 2),
        ("WITH t AS (SELECT rand() r FROM range(5)) SELECT count(*) FROM t WHERE r IN (SELECT r FROM t)", 5),
        ("WITH t AS (SELECT rand() r FROM range(5)), s AS (SELECT r + 1 q FROM t) SELECT count(*) FROM s a JOIN s b USING (q)", 5),
        ("WITH t AS (SELECT rand() r FROM range(5)), s AS (SELECT r + 1 q FROM t) SELECT count(*) FROM s JOIN t ON q = r + 1", 5),
        ("WITH t AS (SELECT id, uuid() u FROM range(5)) SELECT count(DISTINCT u) FROM (SELECT * FROM t UNION ALL SELECT * FROM t)", 5),
        ("WITH t AS (SELECT id, rand() r FROM range(5)) SELECT (SELECT sum(r) FROM t) = (SELECT sum(r) FROM t)", True),
        ("WITH t AS (SELECT id, id * 2 d, rand() r FROM range(5)) SELECT max(a.d) FROM t a, t b WHERE a.r = b.r", 8),
    ],
)  # fmt: skip
def test_each_use_reads_the_same_rows(spark: Any, text: str, rows: Any) -> None:
    assert spark.sql(text).first()[0] == rows


def test_views_of_the_same_frame_are_computed_each(spark: Any) -> None:
    """As in Spark: only a WITH clause is computed once."""
    spark.range(5).selectExpr("uuid() AS u").createOrReplaceTempView("fresh")
    assert spark.sql("SELECT count(*) FROM fresh a JOIN fresh b USING (u)").first()[0] == 0
