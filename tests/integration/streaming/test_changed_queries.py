"""A query that has changed finds the state of what it was: it goes on where Spark's would, or says what differs."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pyspark.errors import StreamingQueryException
from pyspark.sql import functions as F

from glowplug.testing import MemoryStream

OPERATORS = "STREAMING_STATEFUL_OPERATOR_NOT_MATCH_IN_STATE_METADATA"
KEY, VALUE = "STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE", "STATE_STORE_VALUE_SCHEMA_NOT_COMPATIBLE"


def run(df: Any, checkpoint: Path, mode: str = "update") -> None:
    writer = df.writeStream.format("noop").outputMode(mode).trigger(availableNow=True)
    writer.option("checkpointLocation", str(checkpoint)).start().awaitTermination()


@pytest.mark.parametrize(
    ("change", "condition"),
    [
        (lambda df: df.groupBy("k").agg(F.sum("v").alias("other")), None),
        (lambda df: df.withColumnRenamed("k", "kk").groupBy("kk").agg(F.sum("v")), None),
        (lambda df: df.groupBy("k").agg(F.sum(F.col("v").cast("double"))), VALUE),
        (lambda df: df.groupBy("k").agg(F.sum("v"), F.count("v")), VALUE),
        (lambda df: df.groupBy("k").agg(F.collect_list("v").alias("sum")), VALUE),
        (lambda df: df.groupBy("v").agg(F.sum("v")), KEY),
        (lambda df: df.groupBy("k", "v").agg(F.sum("v")), KEY),
        (lambda df: df.dropDuplicates(["k"]), OPERATORS),
        (lambda df: df.dropDuplicates(["k"]).groupBy("k").agg(F.sum("v")), OPERATORS),
        (lambda df: df.select("k"), OPERATORS),
    ],
)
def test_what_may_change(spark: Any, tmp_path: Path, change: Callable[[Any], Any], condition: str | None) -> None:
    stream = MemoryStream(spark, "k STRING, v INT")
    stream.add([("a", 1)])
    run(stream.to_df().groupBy("k").agg(F.sum("v")), tmp_path)
    stream.add([("a", 2)])
    if condition is None:
        run(change(stream.to_df()), tmp_path)
        return
    for _ in range(2):  # and it has changed nothing
        with pytest.raises(StreamingQueryException, match=condition) as error:
            run(change(stream.to_df()), tmp_path)
        assert "StructType" not in str(error.value)
        if condition in (KEY, VALUE):
            there, here = re.findall(r"(?:array|struct)<.*?>(?=,? |\.)", str(error.value))
            assert there != here
    run(stream.to_df().groupBy("k").agg(F.sum("v")), tmp_path)
    (row,) = spark.read.format("statestore").load(str(tmp_path)).select("value.*").collect()
    assert row[0] == 3


def test_how_precise_a_sketch_is_belongs_to_the_state(spark: Any, tmp_path: Path) -> None:
    stream = MemoryStream(spark, "k STRING, t TIMESTAMP")

    def counted(deviation: float, *keys: str) -> Any:
        return stream.to_df().groupBy(*keys).agg(F.approx_count_distinct("k", deviation).alias("n"))

    def sessions(deviation: float) -> Any:
        keys = F.session_window("t", "5 seconds")
        return stream.to_df().withWatermark("t", "1 second").groupBy(keys).agg(F.approx_count_distinct("k", deviation))

    stream.add([(str(n), datetime(2026, 1, 1)) for n in range(400)])
    run(counted(0.05), tmp_path / "all")
    run(sessions(0.05), tmp_path / "sessions", "append")
    with pytest.raises(StreamingQueryException, match=f"{VALUE}.* 512 registers.* 16384 registers"):
        run(counted(0.01), tmp_path / "all")
    with pytest.raises(StreamingQueryException, match=f"{VALUE}.* 512 registers.* 16384 registers"):
        run(sessions(0.01), tmp_path / "sessions", "append")
    stream.add([(str(n), None) for n in range(300, 800)])
    query = counted(0.049).writeStream.format("memory").queryName("counted").outputMode("complete")
    query.option("checkpointLocation", str(tmp_path / "all")).trigger(availableNow=True).start().awaitTermination()
    whole = spark.range(800).agg(F.approx_count_distinct(F.col("id").cast("string"))).first()[0]
    assert spark.table("counted").first().n == whole


def test_a_first_run_that_ended_while_it_wrote_down_its_operators(spark: Any, tmp_path: Path) -> None:
    stream = MemoryStream(spark, "k STRING, v INT")
    stream.add([("a", 1)])
    query = stream.to_df().dropDuplicates(["k"]).groupBy("k").agg(F.sum("v"))
    run(query, tmp_path / "whole")
    shutil.copytree(tmp_path / "whole/state/0/_metadata", tmp_path / "begun/state/0/_metadata")
    run(query, tmp_path / "begun")
    assert spark.read.format("statestore").load(str(tmp_path / "begun")).count() == 1


def test_another_kind_of_source_is_told_by_its_offsets(spark: Any, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "0.json").write_text('{"value": 1}')

    def files() -> Any:
        return spark.readStream.schema("value LONG").json(str(tmp_path / "in")).select("value")

    def rate(kind: str, option: str) -> Any:
        return spark.readStream.format(kind).option(option, 2).load().select("value")

    run(files(), tmp_path / "files")
    run(rate("rate-micro-batch", "rowsPerBatch"), tmp_path / "rate")
    for name, df in {"files": rate("rate-micro-batch", "rowsPerBatch"), "rate": files()}.items():
        with pytest.raises(StreamingQueryException, match="of another kind of source"):
            run(df, tmp_path / name)
    with pytest.raises(StreamingQueryException, match="MALFORMED_LOG_FILE"):
        run(rate("rate", "rowsPerSecond"), tmp_path / "files")
