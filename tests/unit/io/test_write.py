"""Producing files, committing them, and jobs that write to a directory."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from glowplug.errors import SparkError
from glowplug.io import formats
from glowplug.io.commit import TEMPORARY, remove_abandoned
from glowplug.io.filesystem import FileStatus, LocalFiles
from glowplug.io.produce import Layout, Rows, Staging, WrittenFile, produce
from glowplug.io.source import ArrowStream
from glowplug.io.write import WriteJob, write_with
from glowplug.sql import parse_schema
from glowplug.types import simple_string
from tests.unit.io.conftest import Files

SCHEMA = parse_schema("a INT, p STRING")
QUERY = "SELECT * FROM (VALUES (1, 'x'), (2, 'y'), (3, 'x'), (4, NULL), (5, '')) t(a, p)"


@dataclass(frozen=True)
class Numbers(ArrowStream):
    """(i, 'x') for three batches."""

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([("a", pa.int32()), ("p", pa.string())])

    def batches(self) -> Iterator[pa.RecordBatch]:
        for start in range(0, 6, 2):
            values = [pa.array([start, start + 1], pa.int32()), pa.array(["x", "y"])]
            yield pa.RecordBatch.from_arrays(values, schema=self.schema)


def produced(rows: Rows, layout: Layout, format: str, directory: Path, files: Files) -> tuple[WrittenFile, ...]:
    output = formats.output(format, layout, (), files.context)
    return produce(rows, layout, output, Staging("job", str(directory)), files.context)


@pytest.mark.parametrize("format", ["parquet", "json"])
def test_files_and_what_is_known_of_them(files: Files, tmp_path: Path, format: str) -> None:
    layout = Layout(schema=SCHEMA, partition_by=("p",))
    found = {f.partition: f for f in produced(QUERY, layout, format, tmp_path, files)}
    assert set(found) == {("x",), ("y",), (None,)}
    assert {k[0]: f.rows for k, f in found.items()} == (
        {"x": 2, "y": 1, None: 2} if format == "parquet" else dict.fromkeys(("x", "y", None))
    )
    for file in found.values():
        assert file.bytes == (tmp_path / file.path).stat().st_size
    assert found["x",].path.startswith("p=x/part-00000-") and found[(None,)].path.startswith("p=__HIVE_DEFAULT")
    assert sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()) == sorted(
        f.path for f in found.values()
    )


def test_an_abandoned_job_that_cannot_be_read_stays(tmp_path: Path) -> None:
    theirs, ours = (tmp_path / TEMPORARY / str(uuid.uuid4()) for _ in range(2))

    class Guarded(LocalFiles):
        def list(self, path: str) -> list[FileStatus]:
            if path == str(theirs):
                raise PermissionError(path)
            return super().list(path)

    for job in (theirs, ours):
        job.mkdir(parents=True)
        os.utime(job, (0, 0))
    remove_abandoned(Guarded(), str(tmp_path))
    assert (theirs.exists(), ours.exists()) == (True, False)


@pytest.mark.parametrize("format", ["parquet", "csv"])
@pytest.mark.parametrize(
    "rows",
    [
        "SELECT range::INTEGER, CASE WHEN range % 2 = 0 THEN 'x' ELSE 'y' END FROM range(6)",
        Numbers(),
        pa.Table.from_batches(Numbers().batches()),
    ],
    ids=["statement", "stream", "table"],
)
def test_rows_of_statements_and_streams(files: Files, tmp_path: Path, rows: Rows, format: str) -> None:
    (file,) = produced(rows, Layout(schema=SCHEMA), format, tmp_path, files)
    assert (file.partition, file.rows) == ((), 6)
    _, found = files.read(format, tmp_path / file.path, schema="a INT, p STRING")
    assert found == [(i, "xy"[i % 2]) for i in range(6)]
    by_part = produced(
        rows, Layout(schema=SCHEMA, partition_by=("p",), max_records=2), "parquet", tmp_path / "p", files
    )
    assert sorted((f.partition, f.rows or 0) for f in by_part) == [(("x",), 1), (("x",), 2), (("y",), 1), (("y",), 2)]


@dataclass
class Log:
    """A sink that takes each batch once: its log says which ones it has."""

    root: Path
    batch: int
    published: dict[int, Sequence[WrittenFile]] = field(default_factory=dict)
    aborted: list[str] = field(default_factory=list)

    def begin(self) -> Staging | None:
        if self.batch in self.published:
            return None
        (self.root / str(self.batch)).mkdir(parents=True)
        return Staging(str(self.batch), str(self.root / str(self.batch)))

    def publish(self, staging: Staging, files: Sequence[WrittenFile]) -> None:
        self.published[int(staging.id)] = files

    def abort(self, staging: Staging) -> None:
        self.aborted.append(staging.id)


def test_commits_of_other_kinds(files: Files, tmp_path: Path) -> None:
    log, layout = Log(tmp_path, 7), Layout(schema=SCHEMA)
    output = formats.output("parquet", layout, (), files.context)
    first = write_with(log, Numbers(), layout, output, files.context)
    assert log.published == {7: first} and first[0].rows == 6
    assert write_with(log, Numbers(), layout, output, files.context) == ()
    log.batch = 8
    with pytest.raises(SparkError):
        write_with(log, "SELECT CAST(error('boom') AS INTEGER), 'x'", layout, output, files.context)
    assert log.aborted == ["8"] and list(log.published) == [7]


def overwritten(files: Files, path: Path, query: str, *below: tuple[str, str | None], **options: Any) -> list[Any]:
    layout = Layout(schema=parse_schema("a INT, p INT, q STRING"), partition_by=("p", "q"))
    job = WriteJob(
        rows=query, layout=layout, path=str(path), mode="overwrite", below=below, options=tuple(options.items())
    )
    formats.write("parquet", job, files.context)
    return files.read("parquet", path, schema="a INT, p INT, q STRING")[1]


def test_what_an_overwrite_replaces(files: Files, tmp_path: Path) -> None:
    """Everything, what is below given partitions, or the partitions that rows go to."""
    old = "SELECT * FROM (VALUES (1, 1, 'x'), (2, 1, 'y'), (3, 2, 'x'), (4, 2, NULL)) t(a, p, q)"
    path = tmp_path / "t"
    assert overwritten(files, path, old) == [(1, 1, "x"), (2, 1, "y"), (3, 2, "x"), (4, 2, None)]
    assert overwritten(files, path, "SELECT 9, 2, NULL", ("p", "2"), ("q", None)) == [
        (1, 1, "x"), (2, 1, "y"), (3, 2, "x"), (9, 2, None),
    ]  # fmt: skip
    assert overwritten(files, path, "SELECT 8, 1, 'z'", ("p", "1")) == [(3, 2, "x"), (8, 1, "z"), (9, 2, None)]
    assert not (path / "p=1" / "q=x").exists()
    assert overwritten(files, path, "SELECT 7, 2, 'x'", partitionOverwriteMode="dynamic") == [
        (7, 2, "x"), (8, 1, "z"), (9, 2, None),
    ]  # fmt: skip
    assert overwritten(files, path, "SELECT 0, 5, 'x' WHERE false", ("p", "2")) == [(8, 1, "z")]
    assert overwritten(files, path, "SELECT 6, 3, 'x'") == [(6, 3, "x")]


@pytest.mark.parametrize("format", ["parquet", "csv"])
def test_ten_thousand_columns(files: Files, tmp_path: Path, format: str) -> None:
    """Written, inferred and read; a few of them are read as if there were no others."""
    count = 10_000
    schema = ", ".join(f"c{i} BIGINT" for i in range(count))
    query = f"SELECT {', '.join(f'range + {i}' for i in range(count))} FROM range(2)"
    files.write(format, tmp_path / "t", query, schema, options={"header": True})
    inferred = files.source(format, tmp_path / "t", header=True, inferSchema=True)
    number = "bigint" if format == "parquet" else "int"
    assert [f.name for f in inferred.schema.fields] == [f"c{i}" for i in range(count)]
    assert {simple_string(f.type) for f in inferred.schema.fields} == {number}
    assert sorted(files.rows(inferred, "c0", "c5000", "c9999")) == [(0, 5000, 9999), (1, 5001, 10000)]
    all_of_them = files.source(format, tmp_path / "t", header=True)
    (first, _) = sorted(files.rows(all_of_them), key=lambda r: int(r[0]))
    assert [int(value) for value in first] == list(range(count))


def test_times_as_settings_say(files: Files, tmp_path: Path) -> None:
    """Those of Parquet are cut to milliseconds, as Apache Spark 4.2.1 does; texts as Spark 2 wrote them are refused."""
    times = "SELECT TIMESTAMPTZ '1969-01-01 00:00:00.123456+00' AS a, TIMESTAMP '2024-01-01 00:00:00.123456' AS b"
    files.conf.set("spark.sql.parquet.outputTimestampType", "timestamp_millis")
    files.write("parquet", tmp_path / "p", times, "a TIMESTAMP, b TIMESTAMP_NTZ")
    ((a, b),) = files.kernel.rows(f"SELECT epoch_us(a) % 1000000, epoch_us(b) % 1000000 FROM '{tmp_path}/p/*.parquet'")
    assert (a % 1_000_000, b) == (123000, 123456)
    with pytest.raises(SparkError, match="within other values"):
        files.write("parquet", tmp_path / "q", "SELECT [now()] AS a", "a ARRAY<TIMESTAMP>")
    files.conf.set("spark.sql.legacy.timeParserPolicy", "LEGACY")
    for format in ("csv", "json", "xml"):
        with pytest.raises(SparkError, match="timeParserPolicy=LEGACY"):
            files.write(format, tmp_path / format, times, "a TIMESTAMP, b TIMESTAMP_NTZ")
