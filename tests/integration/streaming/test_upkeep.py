"""What queries leave behind: tables of the kernel, files of state, directories."""

from __future__ import annotations

import gc
import uuid
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import functions as F

import glowplug
from glowplug.connect.in_process import shared_service
from glowplug.streaming.state import store
from glowplug.testing import MemoryStream

PROFILER = "spark.sql.pyspark.udf.profiler"


def memory_tables() -> set[str]:
    gc.collect()
    database = shared_service().engine.database
    database.sweep()
    with database.connection("UTC") as connection:
        return {name for (name,) in connection.rows("SELECT table_name FROM duckdb_tables()") if "memory" in name}


def test_a_memory_table_goes_with_the_last_that_reads_it() -> None:
    spark, name, before = glowplug.session(), f"m{uuid.uuid4().hex}", memory_tables()
    stream = MemoryStream(spark, "v INT")

    def run() -> None:
        query = stream.to_df().writeStream.format("memory").queryName(name).start()
        stream.add([(1,)])
        query.processAllAvailable()
        query.stop()

    run()
    spark.table(name).createTempView("kept")
    run()
    run()
    assert spark.table("kept").count() == 1
    assert spark.table(name).count() == 3
    assert len(memory_tables() - before) == 2
    spark.catalog.dropTempView("kept")
    assert len(memory_tables() - before) == 1
    query = stream.to_df().writeStream.format("memory").queryName(name).start()
    query.processAllAvailable()
    spark.catalog.dropTempView(name)
    stream.add([(1,)])
    query.processAllAvailable()  # the sink still has its own
    query.stop()
    assert memory_tables() <= before
    run()
    spark.stop()
    assert memory_tables() <= before


def started(spark: Any, root: Path, times: int) -> dict[str, list[int]]:
    """Runs of a query, each with a row for a group of its own; the versions of its state's files by kind."""
    data = root / "data"
    data.mkdir(exist_ok=True)
    counts = spark.readStream.schema("k STRING").json(str(data)).groupBy("k").count()
    writer = counts.writeStream.format("noop").outputMode("complete").option("checkpointLocation", str(root / "c"))
    for _ in range(times):
        (data / f"{uuid.uuid4().hex}.json").write_text(f'{{"k": "{uuid.uuid4()}"}}\n')
        writer.trigger(availableNow=True).start().awaitTermination()
    files = [p.name.split(".") for p in (root / "c" / "state" / "0" / "0").glob("[0-9]*.parquet")]
    return {kind: sorted(int(f[0]) for f in files if f[1] == kind) for kind in ("delta", "snapshot")}


def test_state_has_few_files_however_often_a_query_is_started(
    spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "DELTAS_OF_SMALL", 3)
    files = started(spark, tmp_path, 8)
    assert files["snapshot"] == [3, 6]
    assert files["delta"] == [3, 4, 5, 6, 7, 8]


def test_rows_of_earlier_runs_count_for_the_next_snapshot(
    spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "SNAPSHOT_AT_LEAST", 2)
    assert started(spark, tmp_path, 4)["snapshot"] == [3]


def test_a_checkpoint_that_nobody_named_goes_with_the_process(spark: Any) -> None:
    stream, scratch = MemoryStream(spark, "v INT"), shared_service().engine.scratch
    query = stream.to_df().writeStream.format("noop").start()
    query.processAllAvailable()
    found = list(scratch.directory("x").parent.glob("checkpoint-*/metadata"))
    assert any(query.id in p.read_text() for p in found)
    query.stop()
    assert not any(p.exists() and query.id in p.read_text() for p in found)


@pytest.mark.parametrize(("parts", "most", "files"), [(None, "300", 4), (4, None, 4), (None, None, 1)])
def test_files_are_as_many_as_the_query_asks_for(
    spark: Any, tmp_path: Path, parts: int | None, most: str | None, files: int
) -> None:
    rate = spark.readStream.format("rate-micro-batch").option("rowsPerBatch", 1000).load()
    writer = (rate if parts is None else rate.repartition(parts)).writeStream.format("parquet").trigger(once=True)
    if most is not None:
        writer = writer.option("maxRecordsPerFile", most)
    writer.option("checkpointLocation", str(tmp_path / "c")).start(str(tmp_path / "out")).awaitTermination()
    assert len(list((tmp_path / "out").glob("*.parquet"))) == files
    assert spark.read.parquet(str(tmp_path / "out")).count() == 1000


def test_observed_metrics_are_of_one_batch_and_profiles_are_not_among_them(spark: Any) -> None:
    stream = MemoryStream(spark, "v INT")
    spark.conf.set(PROFILER, "perf")
    try:
        same = stream.to_df().select(F.udf(lambda v: v, "int")("v").alias("v"))
        query = same.observe("seen", F.sum("v").alias("s")).writeStream.format("noop").start()
    finally:
        spark.conf.unset(PROFILER)
    for v in (1, 2):
        stream.add([(v,)])
        query.processAllAvailable()
        assert list(query.lastProgress["observedMetrics"]) == ["seen"]
        assert query.lastProgress["observedMetrics"]["seen"]["s"] == v
    query.stop()
