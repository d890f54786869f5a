"""`format("statestore")`: while the query runs, from a snapshot on, over torn files and values that are no values."""

from __future__ import annotations

import os
import pickle
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from pyspark.errors import PySparkException
from pyspark.sql import Row
from pyspark.sql import functions as F

from glowplug.io.filesystem import LOCAL
from glowplug.io.place import Place
from glowplug.io.state import layout
from glowplug.io.streams.log import checksum_of
from glowplug.testing import MemoryStream


def counts(source: MemoryStream, checkpoint: Path) -> Any:
    writer = source.to_df().groupBy("k").count().writeStream.format("noop").outputMode("update")
    return writer.option("checkpointLocation", str(checkpoint)).start()


def state(spark: Any, checkpoint: Path, **options: Any) -> dict[str, int]:
    rows = spark.read.format("statestore").options(**options).load(str(checkpoint)).select("key.k", "value.*")
    return {r[0]: r[1] for r in rows.collect()}


def failure(spark: Any, checkpoint: Path, **options: Any) -> str | None:
    with pytest.raises(PySparkException) as error:
        state(spark, checkpoint, **options)
    return error.value.getCondition()


def test_while_the_query_runs(spark: Any, tmp_path: Path) -> None:
    source = MemoryStream(spark, "k STRING")
    query = counts(source, tmp_path)
    for n in range(25):  # more than it takes for a snapshot, and for another that is kept
        source.add([("a",), (f"k{n}",)])
        query.processAllAvailable()
        assert state(spark, tmp_path)["a"] == n + 1
    assert len(state(spark, tmp_path)) == 26
    assert state(spark, tmp_path, batchId=20)["a"] == 21
    snapshots = layout.versions(Place(LOCAL, str(tmp_path / "state/0/0")), layout.SNAPSHOT)
    start = {"snapshotStartBatchId": snapshots[0] - 1, "snapshotPartitionId": 0}
    assert state(spark, tmp_path, **start) == state(spark, tmp_path)
    assert state(spark, tmp_path, **start, batchId=snapshots[0])["a"] == snapshots[0] + 1
    no_snapshot = {"snapshotStartBatchId": snapshots[-1], "snapshotPartitionId": 0}
    assert failure(spark, tmp_path, **no_snapshot) == "CANNOT_LOAD_STATE_STORE.CANNOT_READ_DELTA_FILE_NOT_EXISTS"
    assert failure(spark, tmp_path, batchId=0) == "CANNOT_LOAD_STATE_STORE.CANNOT_READ_DELTA_FILE_NOT_EXISTS"
    query.stop()
    changed = spark.read.format("statestore").options(readChangeFeed=True, changeStartBatchId=23).load(str(tmp_path))
    assert sorted(tuple(r) for r in changed.select("batch_id", "key.k", "value.count").collect()) == [
        (23, "a", 24), (23, "k23", 1), (24, "a", 25), (24, "k24", 1)
    ]  # fmt: skip
    (row,) = spark.read.format("state-metadata").load(str(tmp_path)).select("*", "_numColsPrefixKey").collect()
    assert tuple(row) == (0, "stateStoreSave", "default", 1, 0, 24, None, 0)


def test_a_join_by_computed_keys(spark: Any, tmp_path: Path) -> None:
    """The state has the rows, not the keys."""
    left, right = MemoryStream(spark, "a STRING"), MemoryStream(spark, "b STRING")
    joined = left.to_df().join(right.to_df(), F.expr("upper(a) = upper(b)"))
    query = joined.writeStream.format("noop").option("checkpointLocation", str(tmp_path)).start()
    left.add([("x",)])
    query.processAllAvailable()
    query.stop()
    reader = spark.read.format("statestore")
    (row,) = reader.option("joinSide", "left").load(str(tmp_path)).collect()
    assert row == Row(key=Row(field0=None), value=Row(a="x"), partition_id=0)
    assert failure(spark, tmp_path, storeName="left-keyToNumValues") == "UNSUPPORTED_FEATURE.GLOWPLUG"


def test_torn_files(spark: Any, tmp_path: Path) -> None:
    source = MemoryStream(spark, "k STRING")
    query = counts(source, tmp_path)
    source.add([("a",)])
    query.processAllAvailable()
    query.stop()
    delta = layout.path_of(tmp_path / "state/0/0", 1, layout.DELTA)
    delta.write_bytes(delta.read_bytes()[:-10])
    assert failure(spark, tmp_path) == "CANNOT_LOAD_STATE_STORE.CANNOT_READ_STREAMING_STATE_FILE"
    (tmp_path / "state/0/_metadata/layout").write_text("v1\n{")
    assert failure(spark, tmp_path) == "MALFORMED_LOG_FILE"


def test_a_checkpoint_of_somebody_elses_runs_no_code(spark: Any, tmp_path: Path) -> None:
    """What is pickled in a checkpoint is read in the engine's process, which other users' sessions share."""

    def keep(key: Any, frames: Iterator[Any], group: Any) -> Iterator[Any]:
        group.update((1,))
        yield from ()

    source = MemoryStream(spark, "k STRING")
    by = source.to_df().groupBy("k")
    df = by.applyInPandasWithState(keep, "k STRING", "n LONG", "append", "NoTimeout")
    query = df.writeStream.format("noop").option("checkpointLocation", str(tmp_path)).start()
    source.add([("a",)])
    query.processAllAvailable()
    query.stop()
    assert state(spark, tmp_path) == {"a": Row(n=1)}
    mark = Path(f"/tmp/{uuid.uuid4()}")
    delta = layout.path_of(tmp_path / "state/0/0", 1, layout.DELTA)
    table = pq.read_table(delta)
    evil = b"\0" + pickle.dumps(_Evil(f"touch {mark}"))
    values = [evil if v is not None else None for v in table["k3"].to_pylist()]
    pq.write_table(table.set_column(table.column_names.index("k3"), "k3", [values]), delta)
    checksum_of(Place(LOCAL, str(delta))).remove()
    assert failure(spark, tmp_path) == "UNSUPPORTED_FEATURE.GLOWPLUG"
    assert not mark.exists()


class _Evil:
    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> Any:
        return os.system, (self.command,)
