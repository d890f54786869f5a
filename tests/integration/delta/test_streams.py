"""Streams from and to Delta tables."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable
from pyspark.errors import PySparkException
from pyspark.sql import functions as F
from pyspark.sql.connect.session import SparkSession

from glowplug.testing import MemoryStream


def copy(spark: SparkSession, source: str, target: str, checkpoint: Path, **options: Any) -> None:
    """What is new in a table goes to another one."""
    stream = spark.readStream.format("delta").options(**options).load(source)
    writer = stream.writeStream.format("delta").option("checkpointLocation", str(checkpoint))
    writer.trigger(availableNow=True).start(target).awaitTermination()


def ids(spark: SparkSession, path: str) -> list[int]:
    return sorted(r.id for r in spark.read.format("delta").load(path).collect())


def add(spark: SparkSession, path: str, *values: int) -> None:
    spark.createDataFrame([(v,) for v in values], "id BIGINT").write.format("delta").mode("append").save(path)


def test_a_table_to_a_table(spark: SparkSession, path: str, tmp_path: Path) -> None:
    target, checkpoint = str(tmp_path / "target"), tmp_path / "checkpoint"
    add(spark, path, 1, 2)
    add(spark, path, 3)
    copy(spark, path, target, checkpoint)
    assert ids(spark, target) == [1, 2, 3]
    copy(spark, path, target, checkpoint)
    add(spark, path, 4)
    add(spark, path, 5)
    copy(spark, path, target, checkpoint)
    assert ids(spark, target) == [1, 2, 3, 4, 5]
    info = spark.sql(f"DESCRIBE HISTORY delta.`{target}`").collect()[0]
    assert (info.operation, info.operationParameters["outputMode"]) == ("STREAMING UPDATE", "Append")
    query = json.loads((checkpoint / "metadata").read_text())["id"]
    assert DeltaTable(target).transaction_version(query) == int(info.operationParameters["epochId"])


def test_a_batch_that_comes_again_is_not_written_again(spark: SparkSession, path: str, tmp_path: Path) -> None:
    target, checkpoint = str(tmp_path / "target"), tmp_path / "checkpoint"
    add(spark, path, 1)
    copy(spark, path, target, checkpoint)
    (checkpoint / "commits/0").unlink()  # as if the process had died before it was written
    copy(spark, path, target, checkpoint)
    assert ids(spark, target) == [1]
    add(spark, path, 2)
    copy(spark, path, target, checkpoint)
    assert ids(spark, target) == [1, 2]


def test_limits(spark: SparkSession, path: str, tmp_path: Path) -> None:
    target, checkpoint = str(tmp_path / "target"), tmp_path / "checkpoint"
    for i in range(5):
        add(spark, path, i)
    copy(spark, path, target, checkpoint, maxFilesPerTrigger=2)
    assert ids(spark, target) == [0, 1, 2, 3, 4]
    assert len(list((checkpoint / "commits").glob("[0-9]*"))) == 3


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"startingVersion": 1}, [1, 2]),
        ({"startingVersion": "latest"}, []),
        ({"startingTimestamp": "2000-01-01"}, [0, 1, 2]),
        ({}, [0, 1, 2]),
    ],
)
def test_where_it_begins(
    spark: SparkSession, path: str, tmp_path: Path, options: dict[str, Any], expected: list[int]
) -> None:
    for i in range(3):
        add(spark, path, i)
    target = str(tmp_path / "target")
    stream = spark.readStream.format("delta").options(**options).load(path)
    query = stream.writeStream.format("memory").queryName("begins").trigger(availableNow=True).start()
    query.awaitTermination()
    assert sorted(r.id for r in spark.table("begins").collect()) == expected
    assert not Path(target).exists()


def test_changes_of_rows(spark: SparkSession, path: str, tmp_path: Path) -> None:
    def run(name: str, **options: Any) -> list[int]:
        target, checkpoint = str(tmp_path / name), tmp_path / f"{name}_checkpoint"
        copy(spark, path, target, checkpoint, **{"startingVersion": 0, **options})
        return ids(spark, target)

    add(spark, path, 1, 2)
    add(spark, path, 3)
    spark.sql(f"OPTIMIZE delta.`{path}`")
    assert run("optimized") == [1, 2, 3]
    spark.sql(f"UPDATE delta.`{path}` SET id = 20 WHERE id = 2")
    with pytest.raises(PySparkException) as error:
        run("updated")
    assert "DELTA_SOURCE_TABLE_IGNORE_CHANGES" in str(error.value)
    assert run("skipped", skipChangeCommits=True) == [1, 2, 3]
    assert run("again", ignoreChanges=True) == [1, 1, 2, 3, 3, 20]
    add(spark, path, 4)
    spark.sql(f"DELETE FROM delta.`{path}`")
    with pytest.raises(PySparkException) as error:
        run("deleted", startingVersion=4)
    assert "DELTA_SOURCE_IGNORE_DELETE" in str(error.value)
    assert run("passed", startingVersion=4, ignoreDeletes=True) == [4]


def test_rows_that_are_gone_stay_so_in_files_that_are_gone_too(spark: SparkSession, tmp_path: Path) -> None:
    source, checkpoint, target = tmp_path / "dv", tmp_path / "checkpoint", str(tmp_path / "target")
    shutil.copytree(Path(__file__).parent / "tables/dv", source)
    for version in (source / "_delta_log").glob("*.json"):  # the file that has lost rows comes last
        version.write_text(version.read_text().replace("1795195000073", "1795195990073"))
    copy(spark, str(source), str(tmp_path / "all"), checkpoint, maxFilesPerTrigger=1)
    assert ids(spark, str(tmp_path / "all")) == [0, 1, 2, 4, 6, 7, 8, 9]
    (checkpoint / "offsets/1").unlink()  # as if the stream had ended after one file
    (checkpoint / "commits/1").unlink()
    spark.sql(f"OPTIMIZE delta.`{source}`")
    spark.sql(f"INSERT INTO delta.`{source}` VALUES (100, 'new')")
    copy(spark, str(source), target, checkpoint)
    assert ids(spark, target) == [0, 1, 2, 4, 6, 8, 9, 100]


def test_to_table_in_complete_mode(spark: SparkSession, path: str, tmp_path: Path) -> None:
    add(spark, path, 1, 2, 1)
    for _ in range(2):
        counted = spark.readStream.format("delta").load(path).groupBy("id").count()
        writer = (
            counted.writeStream.outputMode("complete").format("delta").option("checkpointLocation", str(tmp_path / "c"))
        )
        writer.trigger(availableNow=True).toTable("counted").awaitTermination()
        add(spark, path, 2)
    assert sorted(tuple(r) for r in spark.table("counted").collect()) == [(1, 2), (2, 2)]
    assert spark.sql("DESCRIBE HISTORY counted").count() == 3
    spark.sql("DROP TABLE counted")
    with pytest.raises(PySparkException) as error:
        counted.writeStream.outputMode("update").format("delta").option("checkpointLocation", str(tmp_path / "u")).start(
            str(tmp_path / "update"))  # fmt: skip
    assert error.value.getCondition() == "DELTA_UNSUPPORTED_OUTPUT_MODE"


def test_columns_that_come_later(spark: SparkSession, path: str, tmp_path: Path) -> None:
    target, checkpoint = str(tmp_path / "target"), tmp_path / "checkpoint"
    add(spark, path, 1)
    copy(spark, path, target, checkpoint)
    spark.sql("SELECT 2L id, 'x' more").write.format("delta").mode("append").option("mergeSchema", "true").save(path)
    stream = spark.readStream.format("delta").load(path)
    writer = (
        stream.writeStream.format("delta").option("checkpointLocation", str(checkpoint)).option("mergeSchema", "true")
    )
    writer.trigger(availableNow=True).start(target).awaitTermination()
    assert sorted(tuple(r) for r in spark.read.format("delta").load(target).collect()) == [(1, None), (2, "x")]


def test_a_stream_of_a_table(spark: SparkSession) -> None:
    spark.sql("CREATE TABLE source USING delta AS SELECT 7L id")
    query = spark.readStream.table("source").writeStream.format("memory").queryName("seen")
    query.trigger(availableNow=True).start().awaitTermination()
    assert spark.table("seen").collect() == [(7,)]
    spark.sql("DROP TABLE source")


def test_the_change_feed(spark: SparkSession, path: str, tmp_path: Path) -> None:
    """All rows first, as insertions; then what changes, each version in one batch; once, whatever is killed."""
    target, checkpoint = str(tmp_path / "target"), tmp_path / "checkpoint"

    def follow(**options: Any) -> list[tuple[Any, ...]]:
        copy(spark, path, target, checkpoint, readChangeFeed=True, **options)
        rows = spark.read.format("delta").load(target)
        return sorted(tuple(r) for r in rows.select("_commit_version", "_change_type", "id").collect())

    add(spark, path, 1, 2, 3)
    add(spark, path, 4)
    spark.sql(f"ALTER TABLE delta.`{path}` SET TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true')")
    expected = [(2, "insert", i) for i in (1, 2, 3, 4)]
    assert follow(maxFilesPerTrigger=1) == expected
    assert len(list((checkpoint / "commits").glob("[0-9]*"))) == 2
    spark.sql(f"OPTIMIZE delta.`{path}`")
    spark.sql(f"UPDATE delta.`{path}` SET id = id * 10 WHERE id IN (1, 4)")
    spark.sql(f"DELETE FROM delta.`{path}` WHERE id < 3")
    expected += [(4, f"update_{k}image", i) for k, i in (("post", 10), ("post", 40), ("pre", 1), ("pre", 4))]
    expected += [(5, "delete", 2)]
    assert follow(maxFilesPerTrigger=1) == expected
    last = max(int(p.name) for p in (checkpoint / "commits").glob("[0-9]*"))
    assert last == 3
    (checkpoint / f"commits/{last}").unlink()  # as if the process had died before it was written
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (5)")
    expected += [(6, "insert", 5)]
    assert follow() == expected
    with pytest.raises(PySparkException) as error:
        copy(spark, path, target, tmp_path / "other", readChangeFeed=True, startingVersion=1)
    assert "DELTA_MISSING_CHANGE_DATA" in str(error.value)
    copy(spark, path, str(tmp_path / "late"), tmp_path / "late_c", readChangeFeed=True, startingVersion=5)
    assert spark.read.format("delta").load(str(tmp_path / "late")).select("id").orderBy("id").collect() == [(2,), (5,)]


def test_columns_that_change_are_written_down(spark: SparkSession, path: str, tmp_path: Path) -> None:
    """As in Delta: the query ends where they change, all before that in the sink, and goes on with them."""
    target, checkpoint = str(tmp_path / "target"), tmp_path / "checkpoint"
    tracking = str(checkpoint / "columns")

    def run(location: str = tracking, **options: str) -> str | None:
        try:
            stream = spark.readStream.format("delta").options(schemaTrackingLocation=location, **options).load(path)
            writer = stream.writeStream.format("delta").option("checkpointLocation", str(checkpoint))
            writer.option("mergeSchema", True).trigger(availableNow=True).start(target).awaitTermination()
        except PySparkException as error:
            return str(error)
        return None

    spark.sql(f"CREATE TABLE delta.`{path}` (a INT, b STRING, c INT) USING delta "
              "TBLPROPERTIES ('delta.columnMapping.mode' = 'name')")  # fmt: skip
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (1, 'x', 0)")
    assert "SCHEMA_LOCATION_NOT_UNDER_CHECKPOINT" in str(run(str(tmp_path / "elsewhere")))
    assert run() is None
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (2, 'y', 0)")
    spark.sql(f"ALTER TABLE delta.`{path}` RENAME COLUMN b TO bb")
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (3, 'z', 0)")
    assert "DELTA_STREAMING_METADATA_EVOLUTION" in str(run())
    assert sorted(r.a for r in spark.read.format("delta").load(target).collect()) == [1, 2]
    assert "CANNOT_CONTINUE_PROCESSING_POST_SCHEMA_EVOLUTION" in str(run())
    assert "CANNOT_CONTINUE_PROCESSING_POST_SCHEMA_EVOLUTION" in str(run(allowSourceColumnRename="2"))
    assert run(allowSourceColumnRename="3") is None
    spark.sql(f"ALTER TABLE delta.`{path}` ADD COLUMN d INT")
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (4, 'w', 0, 5)")
    assert "DELTA_STREAMING_METADATA_EVOLUTION" in str(run(allowSourceColumnRename="always"))
    assert run() is None, "a column more needs no leave"
    spark.sql(f"ALTER TABLE delta.`{path}` DROP COLUMN c")
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (5, 'v', 6)")
    assert "DELTA_STREAMING_METADATA_EVOLUTION" in str(run())
    assert "DROP COLUMN" in str(run())
    assert run(allowSourceColumnDrop="always") is None
    found = spark.read.format("delta").load(target).select("a", "b", "bb", "c", "d").orderBy("a").collect()
    assert [tuple(r) for r in found] == [
        (1, "x", None, 0, None), (2, "y", None, 0, None), (3, None, "z", 0, None), (4, None, "w", 0, 5),
        (5, None, "v", None, 6),
    ]  # fmt: skip
    entry = json.loads(next(Path(tracking).glob("*/1")).read_text().split("\n")[1])
    assert entry["deltaCommitVersion"] == 3
    assert [f["name"] for f in json.loads(entry["dataSchemaJson"])["fields"]] == ["a", "bb", "c"]


def test_columns_of_wider_types_must_be_allowed(spark: SparkSession, path: str, tmp_path: Path) -> None:
    target, checkpoint = str(tmp_path / "target"), tmp_path / "checkpoint"
    setting = "spark.databricks.delta.streaming.allowSourceColumnTypeChange"

    def run(**options: str) -> str | None:
        try:
            copy(spark, path, target, checkpoint, schemaTrackingLocation=str(checkpoint / "columns"), **options)
        except PySparkException as error:
            return str(error)
        return None

    columns = "v {0}, a ARRAY<STRUCT<x: {0}, y: INT>>"
    spark.sql(f"CREATE TABLE delta.`{target}` ({columns.format('BIGINT')}) USING delta")
    spark.sql(f"CREATE TABLE delta.`{path}` ({columns.format('INT')}) USING delta TBLPROPERTIES "
              "('delta.columnMapping.mode' = 'name', 'delta.enableTypeWidening' = 'true')")  # fmt: skip
    insert = f"INSERT INTO delta.`{path}` SELECT %s, array(named_struct('x', %s, 'y', 0))"
    spark.sql(insert % (1, 1))
    assert run() is None
    spark.sql(f"ALTER TABLE delta.`{path}` ALTER COLUMN v TYPE BIGINT")
    spark.sql(insert % (1 << 40, 2))
    assert "DELTA_STREAMING_METADATA_EVOLUTION" in str(run())
    refused = str(run(allowSourceColumnDrop="always", allowSourceColumnRename="always"))
    assert "(TYPE WIDENING): 'v' was INT, is BIGINT" in refused
    assert "allowSourceColumnTypeChange with the version 2" in refused
    assert "(TYPE WIDENING)" in str(run(allowSourceColumnTypeChange="1"))
    assert run(allowSourceColumnTypeChange="2") is None
    spark.conf.set(setting, "always")
    try:
        spark.sql(f"ALTER TABLE delta.`{path}` ALTER COLUMN a.element.x TYPE BIGINT")
        spark.sql(insert % (3, 1 << 41))
        assert "DELTA_STREAMING_METADATA_EVOLUTION" in str(run())
        assert run() is None
        spark.sql(f"ALTER TABLE delta.`{path}` DROP COLUMN a.element.y")
        assert "DELTA_STREAMING_METADATA_EVOLUTION" in str(run())
        assert "(DROP COLUMN): 'a.element.y' is gone" in str(run())
    finally:
        spark.conf.unset(setting)
    found = spark.read.format("delta").load(target).selectExpr("v", "a[0].x").collect()
    assert sorted(map(tuple, found)) == [(1, 1), (3, 1 << 41), (1 << 40, 2)]


def test_no_row_of_the_first_is_late(spark: SparkSession, path: str, tmp_path: Path) -> None:
    for hour in (5, 1, 3, 2, 4):
        row = spark.sql(f"SELECT timestamp'2024-01-01 0{hour}:00:00' at")
        row.write.format("delta").mode("append").save(path)
    windows = {}
    for ordered in ("false", "true"):
        stream = spark.readStream.format("delta").options(maxFilesPerTrigger=1, withEventTimeOrder=ordered).load(path)
        counts = stream.withWatermark("at", "10 minutes").groupBy(F.window("at", "1 hour")).count()
        writer = counts.writeStream.format("delta").option("checkpointLocation", str(tmp_path / f"c{ordered}"))
        writer.trigger(availableNow=True).start(str(tmp_path / ordered)).awaitTermination()
        windows[ordered] = spark.read.format("delta").load(str(tmp_path / ordered)).count()
    assert windows == {"false": 1, "true": 3}


def test_batches_are_merged_into_a_table(spark: SparkSession, path: str, tmp_path: Path) -> None:
    """As users do it: a window's counts replace what the table has of them, also when a batch comes again."""
    spark.sql(f"CREATE TABLE delta.`{path}` (at TIMESTAMP, k STRING, n LONG) USING delta")
    events = MemoryStream(spark, "t TIMESTAMP, k STRING")
    schema, checkpoint = "t TIMESTAMP, k STRING", tmp_path / "checkpoint"
    counts = events.to_df().withWatermark("t", "1 minute").groupBy(F.window("t", "10 seconds"), "k").count()

    def merge(batch: Any, number: int) -> None:
        found = batch.select(F.col("window.start").alias("at"), "k", F.col("count").alias("n"))
        found.createOrReplaceTempView("found")
        batch.sparkSession.sql(
            f"MERGE INTO delta.`{path}` t USING found s ON t.at = s.at AND t.k <=> s.k "
            "WHEN MATCHED AND s.n > 5 THEN DELETE WHEN MATCHED THEN UPDATE SET n = s.n WHEN NOT MATCHED THEN INSERT *"
        )

    rows: list[tuple[datetime, str | None]] = []
    for step in range(4):
        if step == 3:
            (checkpoint / "commits/2").unlink()  # as if the process had died before it was written
        writer = counts.writeStream.foreachBatch(merge).outputMode("update")
        query = writer.option("checkpointLocation", str(checkpoint)).start()
        new = [(datetime(2026, 1, 1, 0, 0, n % 30), [None, "a", "b"][n % 3]) for n in range(5 * step, 7 * step + 5)]
        events.add(new)
        rows += new
        query.processAllAvailable()
        query.stop()
    whole = spark.createDataFrame(rows, schema).groupBy(F.window("t", "10 seconds").start.alias("at"), "k")
    expected = whole.agg(F.count("*").alias("n")).where("n <= 5")
    kept = spark.read.format("delta").load(path)
    assert sorted(map(repr, kept.collect())) == sorted(map(repr, expected.collect())) != []


def test_a_stream_beside_a_table_that_changes(spark: SparkSession, path: str, tmp_path: Path) -> None:
    """Each batch sees the table's latest version, unless another is asked for."""
    add(spark, path, 1, 2)
    numbers = MemoryStream(spark, "id BIGINT")
    table = spark.read.format("delta")
    frames = {
        "latest": numbers.to_df().join(table.load(path), "id"),
        "left": numbers.to_df().join(table.load(path).selectExpr("id", "id * 10 AS ten"), "id", "left"),
        "first": numbers.to_df().join(table.option("versionAsOf", 0).load(path), "id"),
    }
    queries = [df.writeStream.format("memory").queryName(name).start() for name, df in frames.items()]
    for step in range(3):
        numbers.add([(n,) for n in range(5)])
        for query in queries:
            query.processAllAvailable()
        if step == 0:
            add(spark, path, 3)
        if step == 1:
            spark.sql(f"DELETE FROM delta.`{path}` WHERE id = 1")
    assert sorted(r.id for r in spark.table("latest").collect()) == [1, 1, 2, 2, 2, 3, 3]
    assert sorted(r.id for r in spark.table("left").where("ten IS NULL").collect()) == [0, 0, 0, 1, 3, 4, 4, 4]
    assert sorted(r.id for r in spark.table("first").collect()) == [1, 1, 1, 2, 2, 2]
    for query in queries:
        query.stop()


def test_a_table_beside_a_stream_is_made_anew(spark: SparkSession, path: str) -> None:
    """As many versions do not make it the same table."""
    add(spark, path, 1)
    numbers = MemoryStream(spark, "id BIGINT")
    beside = numbers.to_df().join(spark.read.format("delta").load(path), "id")
    query = beside.writeStream.format("memory").queryName("anew").start()
    shutil.rmtree(path)
    add(spark, path, 2)
    numbers.add([(1,), (2,)])
    query.processAllAvailable()
    query.stop()
    assert spark.table("anew").collect() == [(2,)]


def test_a_table_beside_a_stream_keeps_its_columns(spark: SparkSession, path: str) -> None:
    add(spark, path, 1)
    numbers = MemoryStream(spark, "id BIGINT")
    beside = numbers.to_df().join(spark.read.format("delta").load(path), "id")
    query = beside.writeStream.format("memory").queryName("beside").start()
    spark.sql(f"ALTER TABLE delta.`{path}` ADD COLUMN more INT")
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (2, 20)")
    numbers.add([(1,), (2,)])
    query.processAllAvailable()
    assert sorted(spark.table("beside").collect()) == [(1,), (2,)]
    spark.sql(f"CREATE OR REPLACE TABLE delta.`{path}` (id STRING) USING delta")
    numbers.add([(1,)])
    with pytest.raises(PySparkException, match="DELTA_SCHEMA_CHANGE_SINCE_ANALYSIS"):
        query.processAllAvailable()
