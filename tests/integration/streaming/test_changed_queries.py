"""A query that has changed finds the state of what it was: it goes on where Spark's would, or says what differs."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pyspark.errors import StreamingQueryException
from pyspark.sql import functions as F

from glowplug.testing import MemoryStream

OPERATORS = "STREAMING_STATEFUL_OPERATOR_NOT_MATCH_IN_STATE_METADATA"
KEY, VALUE = "STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE", "STATE_STORE_VALUE_SCHEMA_NOT_COMPATIBLE"


def run(df: Any, checkpoint: Path) -> None:
    writer = df.writeStream.format("noop").outputMode("update").trigger(availableNow=True)
    writer.option("checkpointLocation", str(checkpoint)).start().awaitTermination()


@pytest.mark.parametrize(
    ("change", "condition"),
    [
        (lambda df: df.groupBy("k").agg(F.sum("v").alias("other")), None),
        (lambda df: df.withColumnRenamed("k", "kk").groupBy("kk").agg(F.sum("v")), None),
        (lambda df: df.groupBy("k").agg(F.sum(F.col("v").cast("double"))), VALUE),
        (lambda df: df.groupBy("k").agg(F.sum("v"), F.count("v")), VALUE),
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
    run(stream.to_df().groupBy("k").agg(F.sum("v")), tmp_path)
    (row,) = spark.read.format("statestore").load(str(tmp_path)).select("value.*").collect()
    assert row[0] == 3


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
