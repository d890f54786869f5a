"""Streaming data sources that users write: readers of both kinds, and writers."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pyspark import cloudpickle
from pyspark.errors import StreamingQueryException
from pyspark.sql.datasource import (
    DataSource,
    DataSourceStreamReader,
    DataSourceStreamWriter,
    InputPartition,
    SimpleDataSourceStreamReader,
    WriterCommitMessage,
)

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers cannot import tests


@dataclass
class Span(InputPartition):
    start: int
    end: int


class Reader(DataSourceStreamReader):
    """Two numbers more each time, each a partition of its own; up to `most`. Notes what it was told to commit."""

    def __init__(self, options: Any) -> None:
        self.at, self.most, self.notes = 0, int(options.get("most", 6)), options.get("notes")

    def initialOffset(self) -> dict[str, Any]:
        return {"n": 0}

    def latestOffset(self) -> dict[str, Any]:
        self.at = min(self.at + 2, self.most)
        return {"n": self.at}

    def partitions(self, start: dict[str, Any], end: dict[str, Any]) -> list[InputPartition]:
        return [Span(i, i + 1) for i in range(start["n"], end["n"])]

    def read(self, partition: Any) -> Iterator[tuple[Any, ...]]:
        for i in range(partition.start, partition.end):
            if i == 4 and self.notes and Path(self.notes + ".fail").exists():
                raise ValueError("four is bad")
            yield i, f"row {i}"

    def commit(self, end: dict[str, Any]) -> None:
        self._note(f"commit {end['n']}")

    def stop(self) -> None:
        self._note("stop")

    def _note(self, text: str) -> None:
        if self.notes:
            with open(self.notes, "a") as f:
                f.write(text + "\n")


class Simple(SimpleDataSourceStreamReader):
    def __init__(self, options: Any) -> None:
        self.most = int(options.get("most", 6))

    def initialOffset(self) -> dict[str, Any]:
        return {"n": 0}

    def read(self, start: dict[str, Any]) -> tuple[Iterator[tuple[Any, ...]], dict[str, Any]]:
        end = {"n": min(start["n"] + 3, self.most)}
        return self.readBetweenOffsets(start, end), end

    def readBetweenOffsets(self, start: dict[str, Any], end: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
        return iter([(i, f"row {i}") for i in range(start["n"], end["n"])])


@dataclass
class Count(WriterCommitMessage):
    rows: int


class Writer(DataSourceStreamWriter):
    def __init__(self, path: str, overwrite: bool) -> None:
        self.path, self.overwrite = path, overwrite

    def write(self, rows: Any) -> Count:
        found = [r.n for r in rows]
        if 99 in found:
            raise ValueError("not this one")
        return Count(len(found))

    def commit(self, messages: Any, batchId: int) -> None:
        self._note("commit", batchId, sum(m.rows for m in messages))

    def abort(self, messages: Any, batchId: int) -> None:
        self._note("abort", batchId, None)

    def _note(self, what: str, batch: int, rows: int | None) -> None:
        with open(self.path, "a") as f:
            f.write(json.dumps([what, batch, rows, self.overwrite]) + "\n")


class Numbers(DataSource):
    @classmethod
    def name(cls) -> str:
        return "stream_numbers"

    def schema(self) -> str:
        return "n int, note string"

    def streamReader(self, schema: Any) -> DataSourceStreamReader:
        return Reader(self.options)

    def streamWriter(self, schema: Any, overwrite: bool) -> DataSourceStreamWriter:
        return Writer(self.options["path"], overwrite)


class Simples(DataSource):
    @classmethod
    def name(cls) -> str:
        return "simple_numbers"

    def schema(self) -> str:
        return "n int, note string"

    def simpleStreamReader(self, schema: Any) -> SimpleDataSourceStreamReader:
        return Simple(self.options)


def run_once(frame: Any, directory: Path) -> list[list[Any]]:
    """The rows of each batch there is now."""
    found = directory / "found"
    found.unlink(missing_ok=True)

    def keep(batch: Any, number: int) -> None:
        with open(found, "a") as f:
            f.write(json.dumps([tuple(r) for r in batch.collect()]) + "\n")

    writing = frame.writeStream.foreachBatch(keep).option("checkpointLocation", str(directory / "c"))
    query = writing.trigger(availableNow=True).start()
    try:
        assert query.awaitTermination(60)
    finally:
        query.stop()
    return [json.loads(line) for line in found.read_text().splitlines()] if found.exists() else []


def test_partitions_are_read_and_committed_and_a_restart_goes_on(both: Any, tmp_path: Path) -> None:
    both.dataSource.register(Numbers)
    notes = tmp_path / "notes"
    frame = both.readStream.format("stream_numbers").option("notes", str(notes)).load()
    assert frame.isStreaming and frame.schema.simpleString() == "struct<n:int,note:string>"
    assert run_once(frame, tmp_path) == [[[0, "row 0"], [1, "row 1"]]]
    assert "stop" in notes.read_text()
    offsets = (tmp_path / "c" / "offsets" / "0").read_text().splitlines()
    assert json.loads(offsets[-1]) == {"n": 2}
    again = both.readStream.format("stream_numbers").option("notes", str(notes)).option("most", 8).load()
    found = run_once(again.where("n > 0"), tmp_path)
    assert found in ([], [[]])  # a new reader begins to count anew: its latest offset is where the query is already


def test_simple_readers_are_asked_once_for_what_they_read(both: Any, tmp_path: Path) -> None:
    both.dataSource.register(Simples)
    frame = both.readStream.format("simple_numbers").load()
    assert run_once(frame, tmp_path) == [[[0, "row 0"], [1, "row 1"], [2, "row 2"]]]
    assert run_once(frame, tmp_path) == [[[3, "row 3"], [4, "row 4"], [5, "row 5"]]]


def test_a_batch_that_failed_is_read_again(spark: Any, tmp_path: Path) -> None:
    spark.dataSource.register(Numbers)
    notes = tmp_path / "notes"
    fail = Path(f"{notes}.fail")
    fail.touch()
    reader = spark.readStream.format("stream_numbers").option("notes", str(notes))
    query = (
        reader.load()
        .writeStream.format("memory")
        .queryName("failing")
        .option("checkpointLocation", str(tmp_path / "c"))
    ).start()
    with pytest.raises(StreamingQueryException, match="four is bad"):
        query.awaitTermination(60)
    fail.unlink()
    (batch, *_) = run_once(reader.load(), tmp_path)
    assert batch == [[4, "row 4"], [5, "row 5"]]


def test_batches_are_written_and_committed_by_number(both: Any, tmp_path: Path) -> None:
    both.dataSource.register(Numbers)
    both.dataSource.register(Simples)
    said = tmp_path / "said"
    stream = both.readStream.format("simple_numbers").load()
    for _ in range(2):
        query = stream.writeStream.format("stream_numbers").option("checkpointLocation", str(tmp_path / "c")).trigger(
            availableNow=True
        ).start(str(said))  # fmt: skip
        query.awaitTermination(60)
    assert [json.loads(line) for line in said.read_text().splitlines()] == [
        ["commit", 0, 3, False], ["commit", 1, 3, False],
    ]  # fmt: skip


def test_a_write_that_fails_is_aborted(spark: Any, tmp_path: Path) -> None:
    spark.dataSource.register(Numbers)
    said = tmp_path / "said"
    stream = spark.readStream.format("stream_numbers").load().selectExpr("n + 99 AS n", "note")
    query = (
        stream.writeStream.format("stream_numbers").option("checkpointLocation", str(tmp_path / "c")).start(str(said))
    )
    with pytest.raises(StreamingQueryException, match="not this one"):
        query.awaitTermination(60)
    assert json.loads(said.read_text().splitlines()[0]) == ["abort", 0, None, False]
