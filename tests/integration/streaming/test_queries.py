"""Streaming queries through the client: modes, watermarks, state, triggers, failures."""

from __future__ import annotations

import json
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pyspark.errors import AnalysisException, IllegalArgumentException, StreamingQueryException
from pyspark.sql import functions as F
from pyspark.sql.streaming import StreamingQueryListener

from glowplug.testing import MemoryStream

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def into_memory(df: Any, mode: str = "append", **options: str) -> Any:
    name = f"q{uuid.uuid4().hex}"
    return df.writeStream.format("memory").queryName(name).outputMode(mode).options(**options).start()


def rows(spark: Any, query: Any, *order: str) -> list[tuple]:
    query.processAllAvailable()
    return [tuple(r) for r in spark.table(query.name).orderBy(*order or spark.table(query.name).columns).collect()]


def test_complete_mode_gives_every_group_each_time(spark: Any) -> None:
    stream = MemoryStream(spark, "k STRING, v INT")
    query = into_memory(stream.to_df().groupBy("k").agg(F.count("*").alias("n"), F.sum("v").alias("s")), "complete")
    stream.add([("a", 1), ("b", 2)])
    assert rows(spark, query) == [("a", 1, 1), ("b", 1, 2)]
    stream.add([("a", 10), (None, 5)])
    assert rows(spark, query) == [(None, 1, 5), ("a", 2, 11), ("b", 1, 2)]
    query.stop()


def test_update_mode_gives_the_groups_that_changed(spark: Any) -> None:
    stream = MemoryStream(spark, "k STRING, v DOUBLE")
    query = into_memory(stream.to_df().groupBy("k").agg(F.avg("v").alias("a"), F.max("v").alias("m")), "update")
    stream.add([("a", 1.0), ("b", 2.0)])
    query.processAllAvailable()
    stream.add([("a", 3.0)])
    assert rows(spark, query) == [("a", 1.0, 1.0), ("a", 2.0, 3.0), ("b", 2.0, 2.0)]
    query.stop()


def test_groups_of_collated_texts_are_one_in_every_batch(spark: Any) -> None:
    stream = MemoryStream(spark, "k STRING, v INT, t TIMESTAMP")
    collated = stream.to_df().withColumn("k", F.collate("k", "UTF8_LCASE"))
    sums = into_memory(collated.groupBy("k").agg(F.sum("v").alias("s")), "complete")
    sessions = collated.groupBy("k", F.session_window("t", "10 seconds")).agg(F.sum("v").alias("s"))
    lasting = into_memory(sessions.select("k", "s"), "complete")
    stream.add([("b", 1, at(0)), ("A", 2, at(1)), ("a", 3, at(2))])
    assert {(k.lower(), s) for k, s in rows(spark, sums)} == {("b", 1), ("a", 5)}
    stream.add([("B", 4, at(3)), ("b", 5, at(4)), ("c", 6, at(5))])
    for query in (sums, lasting):
        assert sorted((k.lower(), s) for k, s in rows(spark, query)) == [("a", 5), ("b", 10), ("c", 6)]
        query.stop()


def test_groups_of_maps_are_one_in_every_batch_whatever_the_order_of_their_entries(spark: Any) -> None:
    stream = MemoryStream(spark, "m MAP<STRING, INT>")
    query = into_memory(stream.to_df().groupBy("m").count().select(F.size("m"), "count"), "complete")
    stream.add([({"a": 1, "b": 2},), ({"b": 2, "a": 1},), ({"a": 1},)])
    query.processAllAvailable()
    stream.add([({"b": 2, "a": 1},), ({"b": 2},)])
    assert sorted(rows(spark, query)) == [(1, 1), (1, 1), (2, 3)]
    query.stop()


def test_aggregates_without_partial_results_are_exact(spark: Any) -> None:
    stream = MemoryStream(spark, "k STRING, v INT")
    distinct = F.countDistinct("v").alias("d")
    query = into_memory(stream.to_df().groupBy("k").agg(distinct, F.median("v").alias("m")), "complete")
    stream.add([("a", 1), ("a", 1), ("b", 7)])
    query.processAllAvailable()
    stream.add([("a", 1), ("a", 5), ("a", 9)])
    assert rows(spark, query) == [("a", 3, 1.0), ("b", 1, 7.0)]
    query.stop()


def test_append_gives_a_window_once_the_watermark_has_passed_it(spark: Any) -> None:
    stream = MemoryStream(spark, "t TIMESTAMP, v INT")
    windows = stream.to_df().withWatermark("t", "10 seconds").groupBy(F.window("t", "10 seconds")).agg(F.sum("v"))
    query = into_memory(windows.select(F.unix_timestamp("window.start").alias("start"), F.col("sum(v)").alias("s")))
    start = int(NOON.timestamp())
    stream.add([(at(1), 1), (at(5), 2), (at(12), 4)])
    assert rows(spark, query) == []
    stream.add([(at(25), 8)])  # the watermark is 15 s from the next batch on, which needs no rows
    assert rows(spark, query) == [(start, 3)]
    stream.add([(at(3), 100), (at(16), 16)])  # the first is late
    query.processAllAvailable()
    assert query.lastProgress["stateOperators"][0]["numRowsDroppedByWatermark"] in (0, 1)
    stream.add([(at(60), 0)])
    assert rows(spark, query) == [(start, 3), (start + 10, 20), (start + 20, 8)]
    dropped = sum(p["stateOperators"][0]["numRowsDroppedByWatermark"] for p in query.recentProgress)
    assert dropped == 1
    query.stop()


def test_duplicates_are_dropped_across_batches(spark: Any) -> None:
    stream = MemoryStream(spark, "id INT, v STRING")
    query = into_memory(stream.to_df().dropDuplicates(["id"]))
    stream.add([(1, "x"), (1, "x"), (2, "y")])
    query.processAllAvailable()
    stream.add([(2, "z"), (3, "w"), (None, "n"), (None, "n")])
    assert rows(spark, query, "id") == [(None, "n"), (1, "x"), (2, "y"), (3, "w")]
    query.stop()


def test_reports_count_duplicates(spark: Any) -> None:
    for within in (False, True):
        stream = MemoryStream(spark, "k STRING, t TIMESTAMP")
        timed = stream.to_df().withWatermark("t", "5 seconds")
        query = into_memory(timed.dropDuplicatesWithinWatermark(["k"]) if within else timed.dropDuplicates(["k"]))
        found = []
        for keys in ("ab", "aac", "d"):
            stream.add([(k, at(1)) for k in keys])
            query.processAllAvailable()
            found.append(query.lastProgress.stateOperators[0].customMetrics["numDroppedDuplicateRows"])
        query.stop()
        assert found == [0, 2, 0]


def test_a_commit_without_a_watermark(spark: Any, tmp_path: Path) -> None:
    """As Spark 2.3 wrote them."""
    stream = MemoryStream(spark, "t TIMESTAMP")
    df = stream.to_df().withWatermark("t", "5 seconds").groupBy(F.window("t", "10 seconds")).count()
    for step, expected in ((1, []), (30, [(at(0).replace(tzinfo=None), 1)])):
        stream.add([(at(step),)])
        query = into_memory(df, checkpointLocation=str(tmp_path))
        query.processAllAvailable()
        query.stop()
        for commit in (tmp_path / "commits").iterdir():
            commit.write_text("v1\n{}") if step == 1 and not commit.name.endswith(".crc") else commit.unlink()
        assert [(w.start, n) for w, n in rows(spark, query)] == expected


def test_duplicates_within_the_watermark_come_back_after_it(spark: Any) -> None:
    stream = MemoryStream(spark, "id INT, t TIMESTAMP")
    query = into_memory(stream.to_df().withWatermark("t", "10 seconds").dropDuplicatesWithinWatermark(["id"]))
    stream.add([(1, at(0))])
    query.processAllAvailable()
    stream.add([(1, at(5))])
    query.processAllAvailable()
    stream.add([(2, at(100))])
    query.processAllAvailable()
    stream.add([(1, at(101))])
    query.processAllAvailable()
    assert [r.id for r in spark.table(query.name).orderBy("t").collect()] == [1, 2, 1]
    query.stop()


JOINS = {
    "inner": [(1, "a1", "b1"), (2, "a2", "b2")],
    "left": [(1, "a1", "b1"), (2, "a2", "b2"), (4, "a4", None)],
    "right": [(1, "a1", "b1"), (2, "a2", "b2"), (None, None, "b3")],
    "full": [(1, "a1", "b1"), (2, "a2", "b2"), (4, "a4", None), (None, None, "b3")],
    "semi": [(1, "a1"), (2, "a2")],
}


@pytest.mark.parametrize("kind", JOINS)
def test_joins_of_two_streams(spark: Any, kind: str) -> None:
    """Partners come in the same batch or later; rows without one get their NULLs once the watermark has passed."""
    a, b = MemoryStream(spark, "k INT, t TIMESTAMP, x STRING"), MemoryStream(spark, "k INT, t TIMESTAMP, y STRING")
    left = a.to_df().withWatermark("t", "10 seconds").alias("l")
    right = b.to_df().withWatermark("t", "10 seconds").alias("r")
    near = F.expr("l.k = r.k AND r.t BETWEEN l.t - INTERVAL 5 SECONDS AND l.t + INTERVAL 20 SECONDS")
    joined = left.join(right, near, kind)
    query = into_memory(joined.select("l.k", "x") if kind == "semi" else joined.select("l.k", "x", "y"))
    a.add([(1, at(0), "a1"), (2, at(0), "a2"), (4, at(0), "a4")])
    b.add([(1, at(5), "b1"), (3, at(5), "b3"), (4, at(21), "b4")])
    query.processAllAvailable()
    b.add([(2, at(-5), "b2")])
    query.processAllAvailable()
    a.add([(9, at(100), "a9")])
    b.add([(8, at(100), "b8")])
    query.processAllAvailable()
    found = {tuple(r) for r in spark.table(query.name).collect()}
    assert found - {(None, None, "b4")} == set(JOINS[kind])
    assert ((None, None, "b4") in found) == (kind in ("right", "full"))
    query.stop()


def test_outer_joins_of_streams_need_bounds(spark: Any) -> None:
    a = spark.readStream.format("rate").load().withWatermark("timestamp", "1 second")
    b = spark.readStream.format("rate").load().withWatermark("timestamp", "1 second")
    with pytest.raises(AnalysisException, match="3102.*need watermarks"):
        a.join(b, "value", "left").writeStream.format("noop").start()


def test_streams_of_files_are_read_once_and_in_order(spark: Any, tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()

    def run() -> Any:
        df = spark.readStream.schema("n INT").option("maxFilesPerTrigger", 1).json(str(source))
        writer = df.writeStream.format("parquet").option("checkpointLocation", str(tmp_path / "checkpoint"))
        query = writer.trigger(availableNow=True).start(str(out))
        query.awaitTermination()
        return query

    for n in range(3):
        (source / f"{n}.json").write_text(json.dumps({"n": n}))
    first = run()
    assert len([p for p in first.recentProgress if p["numInputRows"]]) == 3
    assert sorted(r.n for r in spark.read.parquet(str(out)).collect()) == [0, 1, 2]
    assert run().recentProgress == []
    (source / "3.json").write_text(json.dumps({"n": 3}))
    second = run()
    assert second.id == first.id and second.runId != first.runId
    assert sorted(r.n for r in spark.read.parquet(str(out)).collect()) == [0, 1, 2, 3]
    (out / "part-of-nothing.parquet").write_bytes(b"what a killed batch left")
    assert spark.read.parquet(str(out)).count() == 4


def test_state_comes_back_from_the_checkpoint(spark: Any, tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    for run in range(4):
        (source / f"{run}.json").write_text("\n".join(json.dumps({"k": k, "v": run}) for k in "ab"))
        df = spark.readStream.schema("k STRING, v INT").json(str(source)).groupBy("k").agg(F.sum("v").alias("s"))
        writer = df.writeStream.format("memory").queryName(f"state{run}").outputMode("complete")
        query = writer.option("checkpointLocation", str(tmp_path / "c")).trigger(availableNow=True).start()
        query.awaitTermination()
    assert [tuple(r) for r in spark.table("state3").orderBy("k").collect()] == [("a", 6), ("b", 6)]


def test_the_time_of_a_batch_is_one(spark: Any) -> None:
    stream = MemoryStream(spark, "v INT")
    query = into_memory(stream.to_df().select("v", F.current_timestamp().alias("t"), F.current_date().alias("d")))
    stream.add([(n,) for n in range(10)])
    found = rows(spark, query)
    assert len({t for _, t, _ in found}) == 1
    query.stop()


def test_foreach_batch_may_read_its_rows_twice(spark: Any, tmp_path: Path) -> None:
    out = str(tmp_path / "out")

    def write(df: Any, batch: int) -> None:
        assert df.count() == 2
        df.withColumn("batch", F.lit(batch)).write.mode("append").parquet(out)

    stream = MemoryStream(spark, "v INT")
    stream.add([(1,), (2,)])
    query = stream.to_df().writeStream.foreachBatch(write).trigger(availableNow=True).start()
    query.awaitTermination()
    assert [tuple(r) for r in spark.read.parquet(out).orderBy("v").collect()] == [(1, 0), (2, 0)]


def test_a_failure_says_which_query_and_why(spark: Any) -> None:
    stream = MemoryStream(spark, "v INT")
    query = into_memory(stream.to_df().selectExpr("1 / v AS x"))
    stream.add([(0,)])
    with pytest.raises(StreamingQueryException, match="DIVIDE_BY_ZERO"):
        query.awaitTermination()
    assert not query.isActive and "DIVIDE_BY_ZERO" in str(query.exception())
    assert query.id in str(query.exception())


def test_listeners_hear_of_everything(spark: Any) -> None:
    heard: list[str] = []

    class Listener(StreamingQueryListener):
        def onQueryStarted(self, event: Any) -> None:
            heard.append(f"started {event.name}")

        def onQueryProgress(self, event: Any) -> None:
            heard.append(f"progress {event.progress.batchId} {event.progress.numInputRows}")

        def onQueryIdle(self, event: Any) -> None:
            pass

        def onQueryTerminated(self, event: Any) -> None:
            heard.append(f"terminated {event.exception}")

    listener = Listener()
    spark.streams.addListener(listener)
    try:
        stream = MemoryStream(spark, "v INT")
        stream.add([(1,), (2,)])
        query = stream.to_df().writeStream.format("noop").queryName("heard").trigger(availableNow=True).start()
        query.awaitTermination()
        deadline = time.monotonic() + 20
        while len(heard) < 3 and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        spark.streams.removeListener(listener)
    assert heard == ["started heard", "progress 0 2", "terminated None"]


def test_tables(spark: Any, tmp_path: Path) -> None:
    spark.sql(f"CREATE SCHEMA IF NOT EXISTS streams LOCATION '{tmp_path / 'streams'}'")
    stream = MemoryStream(spark, "v INT")
    stream.add([(1,), (2,)])
    writer = stream.to_df().writeStream.trigger(availableNow=True)
    writer.toTable("streams.t", checkpointLocation=str(tmp_path / "c")).awaitTermination()
    assert spark.table("streams.t").count() == 2
    query = into_memory(spark.readStream.table("streams.t"))
    assert rows(spark, query) == [(1,), (2,)]
    query.stop()


REFUSED = {
    "sort": lambda df: df.orderBy("value"),
    "aggregate without watermark": lambda df: df.groupBy("value").count(),
    "union with a table": lambda df: df.union(df.sparkSession.range(1).selectExpr("now()", "id")),
    "window function": lambda df: df.selectExpr("row_number() OVER (ORDER BY value)"),
    "intersection": lambda df: df.intersect(df),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_spark_refuses(spark: Any, what: str) -> None:
    with pytest.raises(AnalysisException):
        REFUSED[what](spark.readStream.format("rate").load()).writeStream.format("noop").start()


def test_misuse(spark: Any, tmp_path: Path) -> None:
    rate = spark.readStream.format("rate").load()
    with pytest.raises(AnalysisException, match="writeStream"):
        rate.collect()
    with pytest.raises(AnalysisException, match="WRITE_STREAM_NOT_ALLOWED"):
        spark.range(1).writeStream.format("noop").start()
    with pytest.raises(AnalysisException, match="EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE"):
        rate.withWatermark("value", "1 second").schema  # noqa: B018
    with pytest.raises(AnalysisException, match="checkpointLocation"):
        rate.writeStream.format("parquet").start(str(tmp_path / "out"))
    with pytest.raises(IllegalArgumentException, match="STREAMING_OUTPUT_MODE"):
        rate.writeStream.format("noop").outputMode("sometimes").start()
    with pytest.raises(IllegalArgumentException):
        spark.readStream.json(str(tmp_path)).schema  # noqa: B018


def test_an_idle_input_does_not_hold_windows_back_for_ever(spark: Any, tmp_path: Path) -> None:
    def side(name: str, **options: str) -> Any:
        (tmp_path / name).mkdir()
        rows = spark.readStream.schema("t TIMESTAMP").options(**options).json(str(tmp_path / name))
        return rows.withWatermark("t", "0 seconds")

    windows = side("busy").union(side("idle", idleTimeout="1 second")).groupBy(F.window("t", "10 seconds")).count()
    query = into_memory(windows.select("count"))
    for n in (1, 60):
        (tmp_path / "busy" / f"{n}.json").write_text(json.dumps({"t": at(n).isoformat()}))
    query.processAllAvailable()
    assert spark.table(query.name).count() == 0
    deadline = time.monotonic() + 20
    while not (found := spark.table(query.name).collect()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [r[0] for r in found] == [1]
    query.stop()


def test_batches_grow_and_shrink_to_the_time_they_are_to_take(spark: Any, tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    for n in range(40):
        (source / f"{n:02}.json").write_text(json.dumps({"pad": "x" * 3_900_000, "n": 10 + n}))

    def run(duration: str) -> list[int]:
        rows = spark.readStream.schema("n INT").option("targetBatchDuration", duration).json(str(source))
        query = rows.writeStream.format("noop").trigger(availableNow=True).start()
        query.awaitTermination()
        return [p.numInputRows for p in query.recentProgress]

    patient, hasty = run("60 seconds"), run("1 ms")
    assert sum(patient) == sum(hasty) == 40
    assert patient == [2, 4, 8, 16, 10]
    assert hasty[:2] == [2, 1] and set(hasty[1:]) == {1}


def test_the_view_of_a_sink_in_memory_is_there_at_once(spark) -> None:
    rows = spark.readStream.format("rate").load()
    for _ in range(20):
        query = rows.writeStream.format("memory").queryName("at_once").start()
        assert spark.table("at_once").columns == ["timestamp", "value"]
        query.stop()


def test_a_sink_of_files_has_a_schema_before_it_has_rows(spark: Any, tmp_path: Path) -> None:
    stream, out = MemoryStream(spark, "t TIMESTAMP, v INT"), str(tmp_path / "out")
    windows = (
        stream.to_df().withWatermark("t", "1 minute").groupBy(F.window("t", "1 minute")).agg(F.sum("v").alias("s"))
    )
    query = windows.select("s").writeStream.option("checkpointLocation", str(tmp_path / "checkpoint")).start(out)
    stream.add([(at(0), 1)])
    query.processAllAvailable()
    stream.add([(at(1), 1)])
    query.processAllAvailable()
    query.stop()
    assert spark.read.parquet(out).schema.simpleString() == "struct<s:bigint>"
    assert spark.read.parquet(out).count() == 0
    assert len(list((tmp_path / "out").glob("*.parquet"))) == 1
    assert [p.name for p in (tmp_path / "out").glob("_*")] == ["_spark_metadata"]


def test_sessions_are_the_same_by_whatever_they_are_named(spark: Any) -> None:
    rows_ = [(at(n * 13), n % 2, n) for n in range(12) if n not in (5, 6, 7)]
    spark.createDataFrame(rows_, "t TIMESTAMP, k INT, v INT").createOrReplaceTempView("visits")
    call = "session_window(t, '30 seconds')"
    forms = [
        f"SELECT session_window AS w, k, sum(v) FROM visits GROUP BY {call}, k",
        f"SELECT {call} AS w, k, sum(v) FROM visits GROUP BY w, k",
        f"SELECT {call} AS w, k, sum(v) FROM visits GROUP BY 1, 2",
        f"SELECT {call} AS w, k, sum(v) FROM visits GROUP BY ALL",
    ]
    by = F.session_window("t", "30 seconds").alias("w")
    found = [spark.sql(sql) for sql in forms] + [spark.table("visits").groupBy(by, "k").agg(F.sum("v"))]
    answers = [sorted(map(str, df.collect())) for df in found]
    expected = [("0", "82", 0, 6), ("13", "69", 1, 4), ("104", "160", 0, 18), ("117", "173", 1, 20)]
    assert sorted((str(r[0].start), str(r[0].end), r[1], r[2]) for r in found[0].collect()) == sorted(
        (str(at(int(a)).replace(tzinfo=None)), str(at(int(b)).replace(tzinfo=None)), k, s) for a, b, k, s in expected
    )
    assert all([a.partition("w=")[2] for a in one] == [a.partition("w=")[2] for a in answers[0]] for one in answers)

    stream = MemoryStream(spark, "t TIMESTAMP, k INT, v INT")
    sessions = stream.to_df().withWatermark("t", "1 minute").groupBy(by, "k").agg(F.sum("v").alias("s"))
    query = into_memory(sessions.select("w.start", "k", "s"), "complete")
    for n in range(0, len(rows_), 2):
        stream.add(rows_[n : n + 2])
        query.processAllAvailable()
    assert [r[2] for r in rows(spark, query, "start")] == [6, 4, 18, 20]
    query.stop()
