"""One query into several places, into none, and grouped by sets of rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyspark.errors import AnalysisException

import glowplug


@pytest.fixture
def spark(tmp_path: Path) -> Iterator[Any]:
    session = glowplug.session(**{"spark.sql.warehouse.dir": str(tmp_path / "warehouse")})
    session.sql("CREATE SCHEMA several")
    session.sql("USE several")
    session.sql("CREATE TABLE t (a BIGINT, b BIGINT) USING parquet")
    session.range(5).selectExpr("id AS a", "2 * id AS b").createOrReplaceTempView("src")
    yield session
    session.sql("DROP SCHEMA several CASCADE")
    session.stop()


def test_directories_and_tables_in_any_order(spark: Any, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    spark.sql(
        f"FROM src INSERT OVERWRITE DIRECTORY '{one}' USING parquet SELECT a INSERT INTO t SELECT a, b WHERE a > 2"
    )
    assert (spark.read.parquet(str(one)).count(), spark.table("t").count()) == (5, 2)
    spark.sql(
        f"WITH w AS (SELECT * FROM src) FROM w INSERT INTO t SELECT b, a INSERT OVERWRITE DIRECTORY '{two}' USING json"
        f" SELECT sum(a) AS s INSERT OVERWRITE DIRECTORY '{one}' USING parquet SELECT b WHERE a = 4"
    )
    assert [tuple(r) for r in spark.read.json(str(two)).collect()] == [(10,)]
    assert [tuple(r) for r in spark.read.parquet(str(one)).collect()] == [(8,)]
    assert spark.table("t").count() == 7


def test_noop_computes_all_and_keeps_nothing(spark: Any) -> None:
    spark.table("src").write.format("noop").mode("overwrite").save()
    with pytest.raises(Exception, match="DIVIDE_BY_ZERO"):
        spark.table("src").selectExpr("1 / (a - 3)").write.format("noop").mode("append").save()
    with pytest.raises(AnalysisException, match="UNSUPPORTED_DATA_SOURCE_SAVE_MODE"):
        spark.table("src").write.format("noop").save()


def test_a_struct_in_a_grouping_set_is_a_column(spark: Any) -> None:
    """As Apache Spark 4.2.1 answers."""
    sets = "GROUPING SETS ((a, struct(a, b)), (struct(a, b)), (a, b))"
    rows = spark.sql(f"SELECT a, struct(a, b) AS x, count(*) FROM VALUES (1, 2) t(a, b) GROUP BY {sets}").collect()
    assert sorted(map(repr, rows)) == [
        "Row(a=1, x=None, count(1)=1)",
        "Row(a=1, x=Row(a=1, b=2), count(1)=1)",
        "Row(a=None, x=Row(a=1, b=2), count(1)=1)",
    ]
