"""What pivots, transpositions and statistics do beside the recorded answers: limits and large inputs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pyspark.errors import AnalysisException
from pyspark.sql import functions as F

import glowplug


@pytest.fixture
def spark() -> Iterator[Any]:
    session = glowplug.session(**{"spark.glowplug.verifyPlans": "true"})
    yield session
    session.stop()


def test_a_pivot_has_so_many_columns(spark: Any) -> None:
    spark.conf.set("spark.sql.pivotMaxValues", "5")
    assert len(spark.range(5).groupBy().pivot("id").count().columns) == 5
    with pytest.raises(AnalysisException) as caught:
        _ = spark.range(6).groupBy().pivot("id").count().columns
    assert caught.value.getCondition() == "_LEGACY_ERROR_TEMP_1324"
    assert caught.value.getMessageParameters()["maxValues"] == "5"


def test_a_pivot_of_many_values(spark: Any) -> None:
    frame = spark.range(3000).groupBy((F.col("id") % 3).alias("g")).pivot("id").sum("id")
    rows = {row.g: row for row in frame.collect()}
    assert len(frame.columns) == 3001
    assert rows[1]["1000"] == 1000
    assert rows[2]["1000"] is None


def test_a_transposition_has_so_many_columns(spark: Any) -> None:
    assert len(spark.range(500).transpose().columns) == 501
    spark.conf.set("spark.sql.transposeMaxValues", "3")
    with pytest.raises(AnalysisException) as caught:
        _ = spark.range(4).transpose().columns
    assert caught.value.getCondition() == "TRANSPOSE_EXCEED_ROW_LIMIT"


def test_a_pivot_of_kept_rows_reads_those(spark: Any) -> None:
    drawn = spark.range(1000).select((F.rand() * 5).cast("int").alias("v")).cache()
    counts = {row.v: row["count"] for row in drawn.groupBy("v").count().collect()}
    pivoted = drawn.groupBy().pivot("v").count().first().asDict()
    assert {int(k): v for k, v in pivoted.items()} == counts


def test_frequent_items_have_all_that_are(spark: Any) -> None:
    values = F.when(F.col("id") % 3 == 0, -1).when(F.col("id") % 7 == 0, -2).otherwise(F.col("id"))
    (found,) = spark.range(200_000).select(values.alias("v")).freqItems(["v"], 0.05).first()
    assert {-1, -2} <= set(found)
    assert len(found) <= 20


def test_quantiles_are_exact(spark: Any) -> None:
    frame = spark.range(100_001).withColumn("x", F.when(F.col("id") % 2 == 0, F.col("id") / 2))
    assert frame.approxQuantile("id", [0.0, 0.25, 1.0], 0.01) == [0.0, 25000.0, 100000.0]
    assert frame.approxQuantile("x", [0.5], 0.1) == [25000.0]
