"""Data sources that users write."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pyspark import cloudpickle
from pyspark.errors import AnalysisException, PythonException
from pyspark.sql.datasource import DataSource, DataSourceReader, DataSourceWriter, InputPartition, WriterCommitMessage

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers cannot import tests

PUSHDOWN = "spark.sql.python.filterPushdown.enabled"


class Reader(DataSourceReader):
    def __init__(self, options: Any) -> None:
        self.options = options

    def partitions(self) -> list[InputPartition]:
        return [InputPartition(i) for i in range(int(self.options.get("parts", 2)))]

    def read(self, partition: InputPartition) -> Iterator[tuple[Any, ...]]:
        for i in range(3):
            yield partition.value * 10 + i, "x"


class PushingReader(Reader):
    filters: Any = ()

    def pushFilters(self, filters: Any) -> Any:
        self.filters = filters
        yield from filters

    def read(self, partition: InputPartition) -> Iterator[tuple[Any, ...]]:
        for id, _ in super().read(partition):
            yield id, repr(self.filters)


@dataclass
class Sum(WriterCommitMessage):
    total: int


class Writer(DataSourceWriter):
    def __init__(self, path: str) -> None:
        self.path = path

    def write(self, rows: Any) -> Sum:
        return Sum(sum(r.id for r in rows))

    def commit(self, messages: Any) -> None:
        Path(self.path).write_text(f"committed {sum(m.total for m in messages)}")

    def abort(self, messages: Any) -> None:
        Path(self.path).write_text("aborted")


class Numbers(DataSource):
    @classmethod
    def name(cls) -> str:
        return "numbers"

    def schema(self) -> str:
        return "id int, note string"

    def reader(self, schema: Any) -> DataSourceReader:
        return (PushingReader if "push" in self.options else Reader)(self.options)

    def writer(self, schema: Any, overwrite: bool) -> DataSourceWriter:
        return Writer(self.options["path"])


def test_partitions_are_read(both: Any) -> None:
    both.dataSource.register(Numbers)
    frame = both.read.format("NUMBERS").option("parts", 3).load()
    assert [r.id for r in frame.collect()] == [0, 1, 2, 10, 11, 12, 20, 21, 22]
    assert frame.filter("id > 11").count() == 4


def test_filters_are_shown_to_it_where_that_is_allowed(both: Any) -> None:
    both.dataSource.register(Numbers)
    frame = both.read.format("numbers").option("push", 1).load().filter("id = 11 AND note IS NOT NULL")
    with pytest.raises(AnalysisException, match="PYTHON_DATA_SOURCE_ERROR.*initialize the reader"):
        frame.collect()
    both.conf.set(PUSHDOWN, "true")
    try:
        (row,) = frame.collect()
    finally:
        both.conf.unset(PUSHDOWN)
    assert row.id == 11 and "EqualTo(attribute=('id',), value=11)" in row.note and "IsNotNull" in row.note


def test_writes_are_committed_or_aborted(both: Any, tmp_path: Path) -> None:
    both.dataSource.register(Numbers)
    said = tmp_path / "said"
    both.range(10).write.format("numbers").mode("append").save(str(said))
    assert said.read_text() == "committed 45"
    with pytest.raises(PythonException, match="TypeError"):
        both.sql("SELECT 'a' AS id").write.format("numbers").mode("append").save(str(said))
    assert said.read_text() == "aborted"
    with pytest.raises(AnalysisException) as caught:
        both.range(1).write.format("numbers").save(str(said))
    assert caught.value.getCondition() == "UNSUPPORTED_DATA_SOURCE_SAVE_MODE"


class Failing(DataSource):
    """Raises where its option says."""

    def __init__(self, options: Any) -> None:
        self.place = options["in"]
        self.reached("__init__")

    def reached(self, place: str) -> None:
        if self.place == place:
            raise ValueError("no")

    def schema(self) -> str:
        self.reached("schema")
        return "id bigint"

    def reader(self, schema: Any) -> DataSourceReader:
        self.reached("reader")
        raise AssertionError

    def writer(self, schema: Any, overwrite: bool) -> DataSourceWriter:
        self.reached("writer")
        raise AssertionError


@pytest.mark.parametrize(
    ("place", "action", "type"),
    [
        ("__init__", "create", "instance"), ("schema", "create", "instance"), ("reader", "initialize", "reader"),
        ("writer", "initialize", "writer"),
    ],
)  # fmt: skip
def test_what_it_raises_before_there_are_rows_says_where(spark: Any, place: str, action: str, type: str) -> None:
    spark.dataSource.register(Failing)
    with pytest.raises(AnalysisException) as caught:
        if place == "writer":
            spark.range(1).write.format("Failing").mode("append").option("in", place).save()
        else:
            spark.read.format("Failing").option("in", place).load().collect()
    assert caught.value.getCondition() == "PYTHON_DATA_SOURCE_ERROR"
    said = dict(caught.value.getMessageParameters())
    assert said.pop("msg").rstrip().endswith("ValueError: no")
    assert said == {"action": action, "type": type}
