"""Named queries: what gives other rows each time is computed once for a query; where a recursion may refer to itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pyspark.errors import AnalysisException

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


RECURSION = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL {}) SELECT * FROM r"


@pytest.mark.parametrize(
    "step",
    [
        "SELECT CAST(sum(n) AS INT) + 1 FROM r WHERE n < 3",
        "SELECT CAST(row_number() OVER (ORDER BY n) AS INT) + n FROM r WHERE n < 3",
        "SELECT CAST(id AS INT) FROM range(2) LEFT JOIN r ON n = id",
        "SELECT n + 1 FROM r RIGHT JOIN range(5) ON n = id WHERE n < 3",
        "SELECT n + 1 FROM r FULL JOIN range(5) ON n = id WHERE n < 3",
        "SELECT CAST(id AS INT) FROM range(5) LEFT ANTI JOIN r ON n = id",
        "SELECT n + 1 FROM (SELECT * FROM r ORDER BY n) WHERE n < 3",
        "SELECT (SELECT max(n) FROM r) + 1 FROM range(1)",
    ],
)
def test_a_recursion_refers_to_itself_row_by_row(spark: Any, step: str) -> None:
    """Recorded from Apache Spark 4.2.1."""
    with pytest.raises(AnalysisException, match="INVALID_RECURSIVE_REFERENCE.PLACE"):
        spark.sql(RECURSION.format(step)).schema  # noqa: B018


@pytest.mark.parametrize("side", ["r LEFT JOIN range(5)", "range(5) RIGHT JOIN r", "r LEFT SEMI JOIN range(5)"])
def test_a_recursion_may_be_the_side_whose_rows_all_come(spark: Any, side: str) -> None:
    rows = spark.sql(RECURSION.format(f"SELECT n + 1 FROM {side} ON n = id WHERE n < 3")).collect()
    assert sorted(r.n for r in rows) == [1, 2, 3]


@pytest.mark.parametrize("count", ["LIMIT (SELECT 1)", "LIMIT int(rand() * 2)", "OFFSET (SELECT 1)"])
def test_a_limit_is_a_constant(spark: Any, count: str) -> None:
    with pytest.raises(AnalysisException, match="INVALID_LIMIT_LIKE_EXPRESSION.IS_UNFOLDABLE"):
        spark.sql(f"SELECT id FROM range(3) {count}").schema  # noqa: B018


@pytest.mark.parametrize(
    "text",
    [
        "SELECT a.id, b.id, c.id FROM kept a, over_it b, by_text c WHERE a.id = b.id AND b.id = c.id",
        "SELECT id, (SELECT max(over_it.id) FROM over_it WHERE over_it.id = kept.id), of_kept(id) FROM kept",
        "WITH t AS (SELECT * FROM kept), s AS (SELECT * FROM t) SELECT t.id, s.id, k.id FROM t, s, kept k"
        " WHERE t.id = s.id AND s.id = k.id",
        "SELECT t.id, s.id, s.id FROM kept t JOIN (WITH kept AS (SELECT * FROM kept) SELECT * FROM kept) s USING (id)",
        "SELECT id, id, id FROM kept WHERE id IN (SELECT id FROM kept) AND EXISTS (SELECT 1 FROM kept k WHERE k.id = kept.id)",
    ],
)  # fmt: skip
def test_a_plan_from_before_stands_several_times_in_a_query(spark: Any, text: str) -> None:
    spark.range(3).createOrReplaceTempView("kept")
    spark.table("kept").where("id >= 0").createOrReplaceTempView("over_it")
    spark.sql("CREATE OR REPLACE TEMP VIEW by_text AS SELECT kept.id FROM kept JOIN over_it USING (id)")
    spark.sql(
        "CREATE OR REPLACE TEMPORARY FUNCTION of_kept(x BIGINT) RETURNS BIGINT"
        " RETURN (SELECT max(kept.id) FROM kept WHERE kept.id = x)"
    )
    for _ in range(2):
        assert sorted(map(tuple, spark.sql(text).collect())) == [(0, 0, 0), (1, 1, 1), (2, 2, 2)]


def test_a_checkpoint_joins_itself(spark: Any) -> None:
    df = spark.range(3).localCheckpoint()
    assert df.alias("a").join(df.alias("b"), "id").join(df.where("id > 0"), "id").count() == 2
