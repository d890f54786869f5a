"""Streams whose checkpoint, sink or source is in an object store: moto's server on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pyspark.errors import PySparkException

import glowplug
from glowplug.config import Conf
from glowplug.errors import SparkError
from glowplug.io.place import place_of
from glowplug.io.streams.log import MetadataLog

KEYS = {"fs.s3a.access.key": "test", "fs.s3a.secret.key": "test", "fs.s3a.path.style.access": "true"}


@pytest.fixture(scope="module")
def spark(endpoint: str, store: Any) -> Iterator[Any]:
    session = glowplug.session(**{"fs.s3a.endpoint": endpoint, **KEYS})
    yield session
    session.stop()


def once(frame: Any, format: str, path: str, checkpoint: str, mode: str = "append") -> None:
    writer = frame.writeStream.format(format).outputMode(mode).option("checkpointLocation", checkpoint)
    writer.trigger(availableNow=True).start(path).awaitTermination()


def test_rows_are_there_once_and_state_goes_on(spark: Any, store: Any) -> None:
    checkpoint = "s3a://lake/c1"
    for numbers in ([1, 2, 2], [2, 3]):
        source = spark.createDataFrame([(n,) for n in numbers], "n INT")
        source.write.mode("append").json("s3a://lake/in1")
        unique = spark.readStream.schema("n INT").json("s3a://lake/in1").dropDuplicates()
        once(unique, "parquet", "s3a://lake/out1", checkpoint)
        once(unique, "parquet", "s3a://lake/out1", checkpoint)  # nothing new
    assert sorted(r.n for r in spark.read.parquet("s3a://lake/out1").collect()) == [1, 2, 3]
    names = {n.removeprefix("lake/c1/") for n in store.find("lake/c1")}
    assert {"metadata", "offsets/0", "offsets/1", "commits/1", "state/0/0/2.delta.parquet", "sources/0/1"} <= names
    assert not [n for n in names if n.endswith((".crc", ".tmp"))]
    log = store.cat("lake/out1/_spark_metadata/0").decode().split("\n")
    assert log[0] == "v1" and json.loads(log[1])["path"].startswith("s3a://lake/out1/part-")
    kept = spark.read.format("statestore").load(checkpoint)
    assert sorted(r.key.n for r in kept.collect()) == [1, 2, 3]
    store.rm("lake/c1/state/0/0/1.delta.parquet")
    spark.createDataFrame([(9,)], "n INT").write.mode("append").json("s3a://lake/in1")
    with pytest.raises(PySparkException, match="CANNOT_LOAD_STATE_STORE"):
        once(unique, "parquet", "s3a://lake/out1", checkpoint)


def test_delta_to_delta(spark: Any) -> None:
    spark.range(5).write.format("delta").save("s3a://lake/from")
    for more in (range(5, 7), range(7, 9)):
        stream = spark.readStream.format("delta").load("s3a://lake/from").groupBy("id").count()
        once(stream, "delta", "s3a://lake/to", "s3a://lake/c2", "complete")
        spark.range(more.start, more.stop).write.format("delta").mode("append").save("s3a://lake/from")
    assert sorted(map(tuple, spark.read.format("delta").load("s3a://lake/to").collect())) == [(n, 1) for n in range(7)]


def test_two_runs_of_one_query(store: Any, endpoint: str) -> None:
    """The store says who was first; the other one ends."""
    log = MetadataLog(place_of("s3a://lake/c3/commits", Conf({"fs.s3a.endpoint": endpoint, **KEYS})))
    log.add(0, ["{}"])
    with pytest.raises(SparkError, match="CONCURRENT_STREAM_LOG_UPDATE"):
        log.add(0, ["{}"])
    assert log.batches() == [0]
