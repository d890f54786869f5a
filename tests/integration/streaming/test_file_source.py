"""Streams of files: the same rows as a batch read of the same tree, each file once, and what becomes of files then."""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import Any

import pytest
from pyspark.errors import IllegalArgumentException
from pyspark.sql import functions as F


def read(spark: Any, stream: Any, checkpoint: Path) -> list[tuple]:
    """What the next run of a query puts out."""
    name = f"f{uuid.uuid4().hex}"
    writer = stream.writeStream.format("memory").queryName(name).option("checkpointLocation", str(checkpoint))
    writer.trigger(availableNow=True).start().awaitTermination()
    return sorted(map(tuple, spark.table(name).collect()), key=str)


def batch(spark: Any, df: Any) -> list[tuple]:
    return sorted(map(tuple, df.collect()), key=str)


@pytest.mark.parametrize("format", ["parquet", "json", "csv", "orc", "text", "avro"])
def test_partition_columns_are_those_of_a_batch_read(spark: Any, tmp_path: Path, format: str) -> None:
    data, checkpoint = tmp_path / "data", tmp_path / "checkpoint"
    made = spark.createDataFrame([("x", 1, "a b"), ("y", 2, None)], "v STRING, p INT, q STRING")
    made.write.partitionBy("p", "q").format(format).save(str(data))
    stream = spark.readStream.format(format).schema("v STRING, p INT, q STRING").load(str(data))
    assert read(spark, stream, checkpoint) == batch(spark, made)
    more = spark.createDataFrame([("z", 3, "c")], "v STRING, p INT, q STRING")
    more.write.partitionBy("p", "q").format(format).mode("append").save(str(data))
    assert read(spark, stream, checkpoint) == [("z", 3, "c")]


def test_partition_columns_of_a_sinks_directory_and_of_tables(spark: Any, tmp_path: Path) -> None:
    source, out, table = tmp_path / "in", tmp_path / "out", f"t{uuid.uuid4().hex}"
    spark.createDataFrame([(1, "a"), (2, "b")], "v INT, p STRING").write.json(str(source))
    writer = spark.readStream.schema("v INT, p STRING").json(str(source)).writeStream.partitionBy("p")
    into = writer.trigger(availableNow=True)
    into.format("parquet").option("checkpointLocation", str(tmp_path / "c1")).start(str(out)).awaitTermination()
    into.option("checkpointLocation", str(tmp_path / "c2")).toTable(table).awaitTermination()
    try:
        again = spark.readStream.schema("v INT, p STRING").parquet(str(out))
        assert read(spark, again, tmp_path / "c3") == [(1, "a"), (2, "b")]
        assert spark.read.schema("p STRING, v INT").parquet(str(out)).columns == ["p", "v"]  # as it is given
        assert read(spark, spark.readStream.table(table), tmp_path / "c4") == [(1, "a"), (2, "b")]
    finally:
        spark.sql(f"DROP TABLE IF EXISTS {table}")


def test_names_of_files_are_no_patterns(spark: Any, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    for name in ("a[1].txt", "b*.txt", "bb.txt", "c?.txt", "{d,e}.txt", "f%20.txt", "g\\*.txt"):
        (data / name).write_text(f"{name}\n")
    stream = spark.readStream.format("text").load(str(data))
    assert read(spark, stream, tmp_path / "checkpoint") == [(n,) for n in sorted(os.listdir(data))]


def test_a_batch_that_was_not_finished_is_read_again_with_its_files(spark: Any, tmp_path: Path) -> None:
    data, checkpoint = tmp_path / "data", tmp_path / "checkpoint"
    for p in (1, 2):
        (data / f"p={p}").mkdir(parents=True)
        (data / f"p={p}" / "[a].txt").write_text(f"{p}\n")
    stream = spark.readStream.format("text").load(str(data))
    assert read(spark, stream, checkpoint) == [("1", 1), ("2", 2)]
    for file in (checkpoint / "commits").iterdir():
        file.unlink()
    (data / "p=3").mkdir()
    (data / "p=3" / "a.txt").write_text("3\n")
    assert read(spark, stream, checkpoint) == [("1", 1), ("2", 2), ("3", 3)]


def test_files_are_archived_once_they_are_done_with(spark: Any, tmp_path: Path) -> None:
    data, archive = tmp_path / "data", tmp_path / "archive"
    data.mkdir()
    options = {"cleanSource": "ARCHIVE", "sourceArchiveDir": f"file://{archive}", "maxFilesPerTrigger": "1"}
    stream = spark.readStream.format("text").options(**options).load(str(data))
    query = stream.writeStream.format("noop").option("checkpointLocation", str(tmp_path / "checkpoint")).start()
    try:
        for i in range(3):
            (data / f"{i}.txt").write_text("x\n")
            query.processAllAvailable()
            if i == 1:  # done with, and archived: this is another file, which was never read
                (data / "0.txt").write_text("another\n")
    finally:
        query.stop()
    assert sorted(os.listdir(data)) == ["0.txt", "2.txt"]
    assert sorted(p.name for p in archive.rglob("*.txt")) == ["0.txt", "1.txt"]


@pytest.mark.parametrize("options", [{"cleanSource": "delte"}, {"cleanSource": "archive"}])
def test_what_becomes_of_files_must_be_said_rightly(spark: Any, tmp_path: Path, options: dict[str, str]) -> None:
    with pytest.raises(IllegalArgumentException, match="cleanSource"):
        _ = spark.readStream.format("text").options(**options).load(str(tmp_path)).schema


def test_what_is_known_of_a_rows_file(spark: Any, tmp_path: Path) -> None:
    """`_metadata` is there when it is asked for, also above a watermark, and in streams of tables."""
    data, table = tmp_path / "data", f"t{uuid.uuid4().hex}"
    made = spark.createDataFrame([(1, "2026-01-01"), (2, "2026-01-02")], "v INT, at STRING")
    made.repartition(2, "v").write.partitionBy("v").parquet(str(data))
    spark.sql(f"CREATE TABLE {table} (at STRING, v INT) USING parquet PARTITIONED BY (v) LOCATION '{data}'")
    spark.sql(f"MSCK REPAIR TABLE {table}")
    stream = spark.readStream.schema("at STRING, v INT").parquet(str(data))
    timed = stream.withColumn("t", F.to_timestamp("at")).withWatermark("t", "1 day")
    asked = ("v", "_metadata.file_name", "_metadata.row_index")
    expected = batch(spark, spark.read.parquet(str(data)).select(*asked))
    assert stream.columns == ["at", "v"]
    for i, df in enumerate((stream, timed, spark.readStream.table(table))):
        assert read(spark, df.select(*asked), tmp_path / f"c{i}") == expected
    chosen = stream.where("_metadata.file_size > 0").groupBy("_metadata.file_name").count()
    query = chosen.writeStream.format("memory").queryName(f"{table}_files").outputMode("complete")
    query.trigger(availableNow=True).start().awaitTermination()
    found = sorted(map(tuple, spark.table(f"{table}_files").collect()))
    assert found == sorted((name, 1) for _, name, _ in expected)
    spark.sql(f"DROP TABLE {table}")
