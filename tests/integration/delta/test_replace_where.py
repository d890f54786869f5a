"""Rows in the place of those that a condition holds for, in SQL and of `writeTo`; answers are those of Delta Lake."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pyspark.errors import PySparkException
from pyspark.sql import functions as F
from pyspark.sql.connect.session import SparkSession


@pytest.fixture
def table(spark: SparkSession) -> Iterator[str]:
    spark.sql("CREATE TABLE r (id BIGINT, p INT, s STRING) USING delta")
    spark.sql("INSERT INTO r VALUES (1, 1, 'a'), (2, 1, 'b'), (3, 2, 'c'), (4, null, 'd')")
    yield "r"
    spark.sql("DROP TABLE r")


def rows(spark: SparkSession) -> list[tuple[Any, ...]]:
    return sorted(tuple(r) for r in spark.table("r").collect())


def test_insert_replace_where(spark: SparkSession, table: str) -> None:
    spark.sql("INSERT INTO r REPLACE WHERE p = 1 VALUES (9, 1, 'n')")
    assert rows(spark) == [(3, 2, "c"), (4, None, "d"), (9, 1, "n")]
    spark.sql("INSERT INTO TABLE r BY NAME REPLACE WHERE p = 2 SELECT 'x' s, 11L id, 2 p")
    assert rows(spark) == [(4, None, "d"), (9, 1, "n"), (11, 2, "x")]
    last = spark.sql("DESCRIBE HISTORY r LIMIT 1").first()
    assert last is not None
    assert last.operationParameters["predicate"] == "(p = 2)"


REFUSED = {
    "REPLACE WHERE p = 1 VALUES (9, 2, 'n')": "DELTA_REPLACE_WHERE_MISMATCH",
    "REPLACE WHERE nosuch = 1 VALUES (9, 2, 'n')": "UNRESOLVED_COLUMN.WITH_SUGGESTION",
    "(s, id, p) REPLACE WHERE p = 1 VALUES ('n', 9, 1)": "PARSE_SYNTAX_ERROR",
    "REPLACE USING (p) VALUES (9, 2, 'n')": "UNSUPPORTED_FEATURE.TABLE_OPERATION",
    "BY NAME REPLACE USING (p) SELECT 9L id, 2 p, 'n' s": "UNSUPPORTED_FEATURE.TABLE_OPERATION",
    "AS t REPLACE ON t.p = s.p SELECT 9L id, 2 p, 'n' s": "UNSUPPORTED_FEATURE.TABLE_OPERATION",
}


@pytest.mark.parametrize("statement", REFUSED)
def test_what_is_refused(spark: SparkSession, table: str, statement: str) -> None:
    with pytest.raises(PySparkException) as error:
        spark.sql(f"INSERT INTO r {statement}")
    assert error.value.getCondition() == REFUSED[statement]
    assert len(rows(spark)) == 4


def test_write_to_overwrites(spark: SparkSession, table: str) -> None:
    new = spark.sql("SELECT 7L id, 1 p, 'n' s")
    new.writeTo("r").overwrite(F.col("p") == 1)
    assert rows(spark) == [(3, 2, "c"), (4, None, "d"), (7, 1, "n")]
    with pytest.raises(PySparkException) as error:
        new.writeTo("r").overwrite(F.col("p") == 2)
    assert error.value.getCondition() == "DELTA_REPLACE_WHERE_MISMATCH"
    new.writeTo("r").overwrite(F.lit(True))
    assert rows(spark) == [(7, 1, "n")]


@pytest.mark.parametrize("feed", [False, True])
def test_columns_that_only_the_new_rows_have(spark: SparkSession, table: str, feed: bool) -> None:
    spark.sql(f"ALTER TABLE r SET TBLPROPERTIES ('delta.enableChangeDataFeed' = '{feed}')")
    new = spark.sql("SELECT 'more' m, 7L id, 1 p, 'n' s")
    write = new.write.format("delta").mode("overwrite").option("mergeSchema", True).option("replaceWhere", "p = 1")
    write.saveAsTable("r")
    assert rows(spark) == [(3, 2, "c", None), (4, None, "d", None), (7, 1, "n", "more")]
