"""Groups: their order, those of no rows, and what aggregates ask beside the rows of theirs.

Groups of rows that are given with a query come in the order of their first rows, as from Spark with processors to
spare.
"""

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


@pytest.mark.parametrize("by", ["ROLLUP(id)", "CUBE(id, id + 1)", "GROUPING SETS ((id), ())"])
def test_no_rows_have_no_total_where_they_are_grouped(spark: Any, by: str) -> None:
    assert spark.sql(f"SELECT count(*) FROM range(0) GROUP BY {by}").collect() == []
    assert spark.sql(f"SELECT count(*) AS n FROM range(2) GROUP BY {by} HAVING n > 1").first().n == 2


@pytest.mark.parametrize("sets", ["", "GROUP BY GROUPING SETS (())"])
def test_the_total_of_no_rows_is_one(spark: Any, sets: str) -> None:
    assert [r.n for r in spark.sql(f"SELECT count(*) AS n FROM range(0) {sets}").collect()] == [0]


def test_what_is_beside_the_rows_where_there_are_no_columns(spark: Any) -> None:
    assert tuple(spark.sql("SELECT skewness(1), kurtosis(5), percentile(1, 0.5)").first()) == (None, None, 1.0)


def test_values_alone_are_beside_the_rows(spark: Any) -> None:
    spark.udf.register("same", lambda x: x, "bigint")  # rows that come once, so that what may be large is sorted
    assert spark.sql("SELECT percentile(DISTINCT same(id), 0.5) AS m FROM range(9)").first().m == 4


def test_powers_of_large_numbers_are_not_larger_still(spark: Any) -> None:
    """As many digits as Spark has before they are too many."""
    row = spark.sql("SELECT skewness(id * 1e100D) AS s, kurtosis(id * 1e74D) AS k FROM range(101)").first()
    assert row.s == 0 and round(row.k, 4) == -1.2002
