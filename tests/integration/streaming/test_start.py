"""What a query takes from its session, its tables and its checkpoint when it starts."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pyspark.errors import (
    AnalysisException,
    IllegalArgumentException,
    PySparkException,
    StreamingQueryException,
    UnknownException,
)
from pyspark.sql import functions as F

from glowplug.testing import MemoryStream

ZONE, POLICY = "spark.sql.session.timeZone", "spark.sql.streaming.multipleWatermarkPolicy"


@pytest.fixture
def table(spark: Any) -> Iterator[str]:
    name = f"t{uuid.uuid4().hex}"
    yield name
    spark.sql(f"DROP TABLE IF EXISTS {name}")


@pytest.mark.parametrize("mode", ["complete", "update"])
def test_tables_take_append_mode_only(spark: Any, tmp_path: Path, table: str, mode: str) -> None:
    counts = MemoryStream(spark, "k STRING").to_df().groupBy("k").count()
    writer = counts.writeStream.outputMode(mode).option("checkpointLocation", str(tmp_path / "c"))
    with pytest.raises(AnalysisException, match=r"STREAMING_OUTPUT_MODE\.UNSUPPORTED_DATASOURCE"):
        writer.toTable(table)
    assert not spark.catalog.tableExists(table)


def test_a_table_is_made_at_the_path_that_is_given(spark: Any, tmp_path: Path, table: str) -> None:
    stream = MemoryStream(spark, "k STRING")
    stream.add([("a",)])
    writer = stream.to_df().writeStream.option("path", str(tmp_path / "t")).trigger(availableNow=True)
    writer.option("checkpointLocation", str(tmp_path / "c")).toTable(table).awaitTermination()
    assert spark.table(table).collect() == [("a",)]
    assert list((tmp_path / "t").glob("*.parquet"))
    assert spark.sql(f"DESCRIBE EXTENDED {table}").where("col_name = 'Type'").first()[1] == "EXTERNAL"


def test_a_table_of_another_format_is_refused(spark: Any, tmp_path: Path, table: str) -> None:
    spark.sql(f"CREATE TABLE {table} (k STRING) USING json")
    writer = MemoryStream(spark, "k STRING").to_df().writeStream.option("checkpointLocation", str(tmp_path / "c"))
    for chosen in (writer, writer.format("csv")):
        with pytest.raises(AnalysisException, match=r"_LEGACY_ERROR_TEMP_1192|is one of json"):
            chosen.toTable(table)
    writer.format("JSON").toTable(table).stop()


@pytest.mark.parametrize("trigger", [{"continuous": "1 hour"}, {"realTime": "1 hour"}])
def test_triggers_that_do_not_wait(spark: Any, trigger: dict[str, str]) -> None:
    """The interval is when Spark writes down where it is: rows come through at once."""
    stream, name = MemoryStream(spark, "v INT"), f"t{uuid.uuid4().hex}"
    writer = stream.to_df().writeStream.format("memory").queryName(name).outputMode("update")
    query = writer.trigger(**trigger).start()
    for i in range(2):
        stream.add([(i,)])
        query.processAllAvailable()
    assert [r.v for r in spark.table(name).collect()] == [0, 1]
    query.stop()


def test_what_those_triggers_do_not_take(spark: Any) -> None:
    rows = spark.readStream.format("rate").load()
    counts = rows.groupBy("value").count().writeStream.format("noop").outputMode("update")
    with pytest.raises(AnalysisException, match="Continuous processing does not support Aggregate"):
        counts.trigger(continuous="1 second").start()
    with pytest.raises(IllegalArgumentException, match="STREAMING_REAL_TIME_MODE.OUTPUT_MODE_NOT_SUPPORTED"):
        rows.writeStream.format("noop").trigger(realTime="5 seconds").start()
    with pytest.raises(IllegalArgumentException, match="INVALID_STREAMING_REAL_TIME_MODE_TRIGGER_INTERVAL"):
        counts.trigger(realTime="1 second").start()


def test_distinct_in_sql_is_that_of_frames(spark: Any) -> None:
    stream, name = MemoryStream(spark, "k STRING, v INT"), f"d{uuid.uuid4().hex}"
    stream.to_df().createOrReplaceTempView("rows_of_stream")
    query = spark.sql("SELECT DISTINCT k FROM rows_of_stream").writeStream.format("memory").queryName(name).start()
    stream.add([("a", 1), ("a", 2), (None, 3)])
    query.processAllAvailable()
    stream.add([("a", 4), ("b", 5), (None, 6)])
    query.processAllAvailable()
    query.stop()
    assert sorted(map(str, (r.k for r in spark.table(name).collect()))) == ["None", "a", "b"]


def test_a_query_keeps_the_settings_of_its_start(spark: Any) -> None:
    stream, name = MemoryStream(spark, "t TIMESTAMP"), f"z{uuid.uuid4().hex}"
    query = stream.to_df().select(F.hour("t").alias("h")).writeStream.format("memory").queryName(name).start()
    before = spark.conf.get(ZONE)
    try:
        stream.add([(datetime(2026, 1, 1, 12, tzinfo=UTC),)])
        query.processAllAvailable()
        spark.conf.set(ZONE, "Asia/Tokyo")
        stream.add([(datetime(2026, 1, 1, 12, tzinfo=UTC),)])
        query.processAllAvailable()
    finally:
        spark.conf.set(ZONE, before)
        query.stop()
    assert spark.table(name).collect() == [(12,), (12,)]


def test_what_a_checkpoint_says_of_settings_holds_for_the_next_run(spark: Any, tmp_path: Path) -> None:
    """The least watermark of two inputs is that of the one without rows, which has none yet."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    streams = [spark.readStream.schema("t TIMESTAMP").json(str(tmp_path / n)) for n in "ab"]
    marked = [s.withWatermark("t", "1 second") for s in streams]
    writer = marked[0].union(marked[1]).writeStream.format("noop").option("checkpointLocation", str(tmp_path / "c"))

    def watermark(hour: int) -> str:
        (tmp_path / "a" / f"{hour}.json").write_text(f'{{"t": "2026-01-01T{hour}:00:00Z"}}\n')
        query = writer.trigger(availableNow=True).start()
        query.awaitTermination()
        (tmp_path / "a" / f"{hour}x.json").write_text(f'{{"t": "2026-01-01T{hour}:00:00Z"}}\n')
        query = writer.trigger(availableNow=True).start()
        query.awaitTermination()
        return str(query.lastProgress["eventTime"]["watermark"])

    assert watermark(10) == "1970-01-01T00:00:00.000Z"
    before = spark.conf.get(POLICY)
    with pytest.raises(IllegalArgumentException, match="INVALID_CONF_VALUE"):
        spark.conf.set(POLICY, "avg")
    spark.conf.set(POLICY, "MAX")
    try:
        assert watermark(12) == "1970-01-01T00:00:00.000Z"
    finally:
        spark.conf.set(POLICY, before)


def test_a_batch_whose_beginning_is_lost_is_not_read_from_the_start(spark: Any, tmp_path: Path) -> None:
    data, checkpoint = tmp_path / "data", tmp_path / "c"
    data.mkdir()
    stream = spark.readStream.format("text").load(str(data)).writeStream.format("noop")
    writer = stream.option("checkpointLocation", str(checkpoint)).trigger(availableNow=True)
    for i in range(3):
        (data / f"{i}.txt").write_text("x\n")
        writer.start().awaitTermination()
    (checkpoint / "commits" / "2").unlink()
    (checkpoint / "offsets" / "1").unlink()
    with pytest.raises(StreamingQueryException, match="offsets/1"):
        writer.start().awaitTermination()


@pytest.mark.parametrize(
    ("name", "condition"),
    [
        ("$x", "_LEGACY_ERROR_TEMP_1321"),
        ("x y", "_LEGACY_ERROR_TEMP_1321"),
        ("a.b", "TEMP_VIEW_NAME_TOO_MANY_NAME_PARTS"),
    ],
)
def test_what_is_in_memory_has_the_name_of_a_view(spark: Any, name: str, condition: str) -> None:
    writer = MemoryStream(spark, "k STRING").to_df().writeStream.queryName(name)
    with pytest.raises(AnalysisException) as error:
        writer.format("memory").start()
    assert error.value.getCondition() == condition
    query = writer.format("noop").start()  # any other is only told apart by its name
    query.stop()
    assert query.name == name


def test_unknown_sinks_are_told(spark: Any) -> None:
    with pytest.raises(UnknownException, match="DATA_SOURCE_NOT_FOUND"):
        MemoryStream(spark, "k STRING").to_df().writeStream.format("$x").option("checkpointLocation", "/tmp/x").start()


NOT_AS_A_BATCH = "must be executed with writeStream"
REFUSED: dict[str, tuple[Any, type[Exception], str]] = {
    "negative interval": (lambda s, p: s.writeStream.trigger(processingTime="-1 second").format("noop").start(),
                          IllegalArgumentException, "negative"),
    "months": (lambda s, p: s.writeStream.trigger(processingTime="1 month").format("noop").start(),
               IllegalArgumentException, "months"),
    "partition": (lambda s, p: s.writeStream.partitionBy("none").option("checkpointLocation", p).start(f"{p}/out"),
                  AnalysisException, "none"),
    "no path": (lambda s, p: s.writeStream.format("csv").option("checkpointLocation", p).start(),
                IllegalArgumentException, "No path"),
    "write": (lambda s, p: s.write.parquet(f"{p}/out"), AnalysisException, "CALL_ON_STREAMING_DATASET_UNSUPPORTED"),
    "cache": (lambda s, p: s.cache(), AnalysisException, NOT_AS_A_BATCH),
    "count": (lambda s, p: s.count(), AnalysisException, NOT_AS_A_BATCH),
    "window": (
        lambda s, p: s.select(F.expr("row_number() OVER (ORDER BY v)").alias("r")).writeStream.format("noop").start(),
        AnalysisException, r"row_number\(\) \(as column `r`\)",
    ),
    "right join": (
        lambda s, p: s.join(s.sparkSession.range(3), F.expr("v = id"), "right").writeStream.format("noop").start(),
        AnalysisException, "stream on the left",
    ),
    "no directory": (
        lambda s, p: s.sparkSession.readStream.schema("v INT").json(f"{p}/none").columns,
        AnalysisException, "PATH_NOT_FOUND",
    ),
    "no files a batch": (
        lambda s, p: s.sparkSession.readStream.schema("v INT").option("maxFilesPerTrigger", 0).json(p).columns,
        IllegalArgumentException, "maxFilesPerTrigger",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_a_stream_cannot_do_is_refused_at_once(spark: Any, tmp_path: Path, case: str) -> None:
    work, error, text = REFUSED[case]
    with pytest.raises(error, match=text):
        work(MemoryStream(spark, "v INT").to_df(), str(tmp_path))
    assert not spark.streams.active


def test_a_pattern_of_paths_may_have_no_files_yet(spark: Any, tmp_path: Path) -> None:
    assert spark.readStream.schema("v INT").json(f"{tmp_path}/later*").columns == ["v"]


def test_a_new_run_takes_the_place_of_one_that_is_active(spark: Any, tmp_path: Path) -> None:
    def start(session: Any) -> Any:
        df = session.readStream.format("rate").load()
        return df.writeStream.format("noop").option("checkpointLocation", str(tmp_path)).start()

    first = start(spark)
    other = spark.cloneSession()
    second = start(other)
    assert (first.isActive, second.isActive, first.id == second.id) == (False, True, True)
    spark.conf.set("spark.sql.streaming.stopActiveRunOnRestart", "false")
    try:
        with pytest.raises(Exception, match="CONCURRENT_QUERY"):
            start(spark)
    finally:
        spark.conf.unset("spark.sql.streaming.stopActiveRunOnRestart")
    assert second.isActive
    second.stop()
    start(spark).stop()


@pytest.mark.parametrize(("place", "why"), [("file", "File exists"), ("file/below", "Not a directory")])
def test_where_no_checkpoint_can_be_is_told(spark: Any, tmp_path: Path, place: str, why: str) -> None:
    (tmp_path / "file").touch()
    query = spark.readStream.format("rate").load().writeStream.format("noop")
    with pytest.raises(PySparkException, match=f"TASK_WRITE_FAILED.*{tmp_path / place}.*{why}"):
        query.option("checkpointLocation", str(tmp_path / place)).start()
