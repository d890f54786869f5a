"""Settings of GROUP BY and ORDER BY: whether numbers are positions, and names those of select items."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pyspark.errors import AnalysisException
from pyspark.sql import functions as F

import glowplug


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    session = glowplug.session()
    for name in ("groupByOrdinal", "orderByOrdinal", "groupByAliases"):
        session.conf.set(f"spark.sql.{name}", "false")
    yield session
    session.stop()


def test_a_number_is_a_constant(spark: Any) -> None:
    """As Apache Spark 4.2.1 does."""
    assert spark.sql("SELECT 1, count(*) FROM range(3) GROUP BY 1").collect() == [(1, 3)]
    assert spark.sql("SELECT count(*) FROM range(3) GROUP BY 1").collect() == [(3,)]
    assert spark.sql("SELECT id FROM range(3) ORDER BY 1 DESC").collect() == [(0,), (1,), (2,)]
    assert spark.range(3).orderBy(F.lit(1).desc()).collect() == [(0,), (1,), (2,)]
    with pytest.raises(AnalysisException, match=r"^\[MISSING_AGGREGATION\]"):
        spark.sql("SELECT id + 1, count(*) FROM range(3) GROUP BY 1").collect()


@pytest.mark.parametrize("by", ["x", "ROLLUP (x)", "GROUPING SETS ((x), ())"])
def test_a_name_is_a_column(spark: Any, by: str) -> None:
    """As Apache Spark 4.2.1 does; ALL, and names in ORDER BY, are others."""
    with pytest.raises(AnalysisException, match=r"^\[UNRESOLVED_COLUMN.WITH_SUGGESTION\]"):
        spark.sql(f"SELECT id % 2 AS x, count(*) FROM range(3) GROUP BY {by}").collect()
    grouped = spark.sql("SELECT id % 2 AS x, count(*) FROM range(3) GROUP BY ALL ORDER BY x")
    assert grouped.collect() == [(0, 2), (1, 1)]


def test_time_is_refused_where_it_is_not_enabled(spark: Any) -> None:
    """As Apache Spark 4.2.1 does, in whatever type it is."""
    spark.conf.set("spark.sql.timeType.enabled", "false")
    for statement in ("CREATE TABLE timed (t ARRAY<TIME>) USING json", "SELECT CAST(NULL AS ARRAY<TIME>)"):
        with pytest.raises(AnalysisException, match=r"^\[UNSUPPORTED_TIME_TYPE\]"):
            spark.sql(statement).collect()
    spark.conf.unset("spark.sql.timeType.enabled")
