"""Event times that are milliseconds since the epoch, which Spark refuses: an extension, under a setting."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pyspark.errors import AnalysisException
from pyspark.sql import functions as F

from glowplug.testing import MemoryStream
from tests.integration.streaming.test_queries import NOON, into_memory, rows

START = int(NOON.timestamp() * 1000)


def ms(seconds: float) -> int:
    return START + int(seconds * 1000)


@pytest.fixture
def millis(spark: Any) -> Iterator[None]:
    spark.conf.set("spark.glowplug.eventTime.epochMillis", "true")
    yield
    spark.conf.unset("spark.glowplug.eventTime.epochMillis")


def test_without_the_setting_spark_s_errors(spark: Any) -> None:
    df = MemoryStream(spark, "at LONG").to_df()
    with pytest.raises(AnalysisException) as error:
        df.withWatermark("at", "1 second").schema  # noqa: B018
    assert error.value.getCondition() == "EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE"
    with pytest.raises(AnalysisException) as error:
        df.groupBy(F.window("at", "1 second")).count().schema  # noqa: B018
    assert error.value.getCondition() == "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE"


@pytest.mark.usefixtures("millis")
def test_windows_end_and_late_rows_are_dropped(spark: Any) -> None:
    stream = MemoryStream(spark, "at LONG, k STRING")
    df = stream.to_df().withWatermark("at", "10 seconds")
    assert df.schema["at"].dataType.simpleString() == "bigint"
    query = into_memory(df.groupBy(F.window("at", "5 seconds"), "k").count().select("window.start", "k", "count"))
    stream.add([(ms(1), "a"), (ms(2), "a"), (ms(7), "a"), (None, "a")])
    query.processAllAvailable()
    stream.add([(ms(16), "a")])
    query.processAllAvailable()
    progress = json.loads(query.recentProgress[-1].json)
    assert progress["eventTime"]["watermark"] == "2026-01-01T12:00:06.000Z"
    stream.add([(ms(3), "a"), (ms(8), "a")])
    assert rows(spark, query) == [(NOON.replace(tzinfo=None), "a", 2)]
    assert sum(p.stateOperators[0].numRowsDroppedByWatermark for p in query.recentProgress) == 1
    query.stop()


@pytest.mark.usefixtures("millis")
def test_keys_are_forgotten(spark: Any) -> None:
    stream = MemoryStream(spark, "at LONG, id STRING")
    df = stream.to_df().withWatermark("at", "10 seconds")
    queries = [into_memory(df.dropDuplicates(["id", "at"])), into_memory(df.dropDuplicatesWithinWatermark(["id"]))]
    stream.add([(ms(1), "a"), (ms(1), "a"), (ms(2), "b")])
    for query in queries:
        assert rows(spark, query) == [(ms(1), "a"), (ms(2), "b")]
    stream.add([(ms(40), "c")])
    for query in queries:
        assert len(rows(spark, query)) == 3
        kept = [p.stateOperators[0].numRowsTotal for p in query.recentProgress]
        assert kept[-1] == 1, kept
        query.stop()


@pytest.mark.usefixtures("millis")
def test_rows_of_joins_are_forgotten(spark: Any) -> None:
    a, b = MemoryStream(spark, "at LONG, k STRING"), MemoryStream(spark, "bt LONG, k2 STRING")
    left, right = a.to_df().withWatermark("at", "1 second"), b.to_df().withWatermark("bt", "1 second")
    near = (F.col("k") == F.col("k2")) & (F.col("bt") >= F.col("at")) & (F.col("bt") <= F.col("at") + 5000)
    query = into_memory(left.join(right, near, "left_outer").select("k", "at", "bt"))
    a.add([(ms(1), "x"), (ms(2), "y")])
    b.add([(ms(4), "x")])
    assert rows(spark, query) == [("x", ms(1), ms(4))]
    a.add([(ms(60), "z")])
    b.add([(ms(60), "z")])
    assert rows(spark, query, "k") == [("x", ms(1), ms(4)), ("y", ms(2), None), ("z", ms(60), ms(60))]
    assert query.lastProgress.stateOperators[0].numRowsTotal == 2
    query.stop()


@pytest.mark.usefixtures("millis")
def test_windows_of_batches(spark: Any) -> None:
    df = spark.createDataFrame([(ms(1),), (ms(7),)], "at LONG")
    found = df.groupBy(F.window("at", "5 seconds")).count().select("window.start", "count").orderBy("start").collect()
    assert [(r.start.second, r["count"]) for r in found] == [(0, 1), (5, 1)]
    sessions = df.groupBy(F.session_window("at", "10 seconds")).count().collect()
    assert [r["count"] for r in sessions] == [2]
