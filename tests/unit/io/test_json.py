"""Files of JSON: what the kernel reads by itself, and that it is what the reader in Python makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import glowplug

RECORDS = (
    '{"a":1}', '{"a":"x"}', "[]", '[{"a":1},{"a":2}]', "null", '""', "3", "{", '{"a":1', '{"a":1}}', '{"a":1} x',
    '{"a":1,}', '{"a":nan}', '{"a":NaN}', "{'a':1}", '{"_":{"b":[1,2}}', '{"_":[1,2,{"c":3}]}', '{"_":1,"_":2}',
    ' {"a":2}', '{"_":"\\ud800"}', '{"_":01}', "{}", "[1,2]", "true", '{"_":nUll}', '{"_":"a\tb"}', '{"_":1e400}',
)  # fmt: skip


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    session = glowplug.session()
    yield session
    session.stop()


def rows(frame: Any, column: str | None) -> object:
    try:
        return frame.count() if column is None else len(frame.select(column).collect())
    except Exception as error:  # FAILFAST
        return type(error)


@pytest.mark.parametrize("mode", ["PERMISSIVE", "DROPMALFORMED", "FAILFAST"])
@pytest.mark.parametrize("multi_line", [False, True])
def test_as_many_rows_are_counted_as_are_read(spark: Any, tmp_path: Path, multi_line: bool, mode: str) -> None:
    for i, record in enumerate(RECORDS):
        (tmp_path / f"{i}.json").write_text(record + "\n")
        frame = spark.read.schema("zz INT").option("mode", mode).json(f"{tmp_path}/{i}.json", multiLine=multi_line)
        assert rows(frame, None) == rows(frame, "zz"), record


@pytest.mark.parametrize("multi_line", [False, True])
def test_the_kernel_counts_records(spark: Any, tmp_path: Path, monkeypatch: Any, multi_line: bool) -> None:
    (tmp_path / "t.json").write_text('[{"a":1}]' if multi_line else '{"a":1}\n{"a":[2]}\n')
    frame = spark.read.schema("a STRING").json(f"{tmp_path}/t.json", multiLine=multi_line)

    def records(reader: Any, text: str) -> Any:
        raise AssertionError("it is read in Python")

    monkeypatch.setattr("glowplug.functions.json_values.JsonReader.records", records)
    assert frame.count() == (1 if multi_line else 2)
