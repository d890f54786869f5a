"""From rows to files that nobody sees yet: the first half of a write, the same for every format, table and sink.

A format says how one of its files is made (`Output`), a `Layout` which rows go into which file, and a `Staging` where
the files are made. What comes of it (`WrittenFile`) is all that a commit knows of them.
"""

from __future__ import annotations

import os
import posixpath
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias
from urllib.parse import unquote

import pyarrow as pa

from glowplug.io.partitions import DEFAULT_PARTITION, escape
from glowplug.io.source import ArrowStream, Context
from glowplug.sqltext import ident, literal
from glowplug.types import STRING, TIMESTAMP, TIMESTAMP_NTZ, StructType

# Kernel SQL on the connection at hand, or what `register` takes: an Arrow table, a reader, an `ArrowStream` in the
# kernel's types. Columns are taken by position.
Rows: TypeAlias = str | pa.Table | pa.RecordBatchReader | ArrowStream


Columns: TypeAlias = Mapping[str, Mapping[str, str]]
_Told: TypeAlias = dict[str, tuple[int | None, Columns | None]]  # of each file


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Which rows go into which file. `schema` is that of the rows; columns of `partition_by` are kept in paths.

    `parts` is the number of files, where the plan says it (`repartition(n)`); rows are dealt out to them in turn, or
    say themselves where they belong: `parted` and `bucketed` rows have one column more than the schema for that.
    """

    schema: StructType
    partition_by: tuple[str, ...] = ()
    parts: int = 1
    max_records: int = 0  # at most so many rows in a file; 0 = any number
    parted: bool = False  # by the number of its partition
    bucketed: bool = False  # by that of its bucket, which files' names have, too
    sort_by: tuple[str, ...] = ()  # columns by which each such file is sorted
    utc: bool = False  # instants in paths are of UTC, not of the session's zone, which may have an hour twice

    @property
    def data_schema(self) -> StructType:
        """The columns that go into the files."""
        outside = {p.lower() for p in self.partition_by}
        return StructType(tuple(f for f in self.schema.fields if f.name.lower() not in outside))


@dataclass(frozen=True, slots=True)
class Output:
    """How a format writes: SQL of a file's columns, over the layout's data columns `d0`, `d1`, …, and COPY's options.

    `convert` rewrites a finished file (path in, path out): what the kernel's writers cannot do.
    """

    extension: str
    columns: Sequence[tuple[str, str]]  # (SQL, name)
    copy: str
    convert: Callable[[str, str], None] | None = None
    where: str = ""  # SQL over the data columns: the rows that are written at all
    counted: bool = False  # the kernel's writer says how many rows are in each file

    def but_where(self, where: str) -> Output:
        return replace(self, where=where)


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file of a job. `path` is relative: to the staging directory at first, to the table's once it is published.

    `partition` has the values of the partition columns as texts, None for NULL. `rows` is None where the kernel does
    not count them: text formats in several files. `columns` has what the kernel's writer of Parquet says of each, by
    its path in quotes: `min`, `max`, `null_count`, `has_nan`.
    """

    path: str
    partition: tuple[str | None, ...]
    rows: int | None
    bytes: int
    columns: Columns | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Staging:
    """Where a job's files are made: a local directory of its own. `finished` is told the path of each in it."""

    id: str
    directory: str
    finished: Callable[[str], None] = lambda path: None


@dataclass(frozen=True, slots=True, order=True)
class _Made:
    """A file as the kernel left it, with its place in the order of files."""

    keys: tuple[str, ...]
    part: int
    path: str


def produce(rows: Rows, layout: Layout, output: Output, staging: Staging, context: Context) -> tuple[WrittenFile, ...]:
    """Make the files of `rows`, which is read once. Raises what the rows raise, and OSError.

    Without rows there is one file with the schema, or none if there are partitions, as in Spark.
    """
    query, layers = _query(rows, layout, output, context)
    columns = [f"{sql} AS {ident(name)}" for sql, name in output.columns]
    raw = posixpath.join(staging.directory, "_raw")
    os.makedirs(raw)
    told: _Told = {}
    if layout.sort_by:
        made, told = _sorted(query, layers, columns, raw, layout, output, context)
    elif layers:
        options = f"{output.copy}, PARTITION_BY ({', '.join(layers)}), WRITE_PARTITION_COLUMNS false"
        told = _copy(f"SELECT {', '.join(columns + layers)} FROM ({query})", raw, options, output, context)
    if not layout.sort_by:
        made = sorted(_made(raw, len(layout.partition_by)))
    if not made and not layout.partition_by and not layout.bucketed:
        limit = " LIMIT 0" if layers else ""
        path = posixpath.join(raw, "0")
        told = _copy(f"SELECT {', '.join(columns)} FROM ({query}){limit}", path, output.copy, output, context)
        made = [_Made((), 0, path)]
    files = tuple(_finished(m, name, told, output, staging) for m, name in _named(made, layout, output))
    shutil.rmtree(raw)
    return files


def _query(rows: Rows, layout: Layout, output: Output, context: Context) -> tuple[str, list[str]]:
    """SQL of the data columns `d0`, … and of the columns that tell files apart, and the names of those."""
    source = rows if isinstance(rows, str) else f"SELECT * FROM {context.kernel.register(rows)}"
    fields = layout.schema.fields
    position = {f.name.lower(): i for i, f in enumerate(fields)}
    outside = {name.lower() for name in layout.partition_by}
    inside = [i for i, f in enumerate(fields) if f.name.lower() not in outside]
    items = [f"f{i} AS d{number}" for number, i in enumerate(inside)]
    for number, name in enumerate(layout.partition_by):
        i = position[name.lower()]
        value, type = f"f{i}", fields[i].type
        if layout.utc and type == TIMESTAMP:
            value, type = f"timezone('UTC', {value})", TIMESTAMP_NTZ
        text = context.kernel.cast(value, type, STRING, "legacy")
        items.append(f"coalesce(nullif({text}, ''), {literal(DEFAULT_PARTITION)}) AS __k{number}")
    placed = layout.bucketed or layout.parted
    if placed:
        items.append(f"f{len(fields)} AS __part")
    names = ", ".join(f"f{i}" for i in range(len(fields) + placed))
    query = f"SELECT {', '.join(items)} FROM ({source}) AS q({names})"
    layers = [f"__k{n}" for n in range(len(layout.partition_by))]
    if placed:
        layers.append("__part")
    elif layout.max_records > 0:
        over = f"PARTITION BY {', '.join(layers)}" if layers else ""
        query = f"SELECT *, (row_number() OVER ({over}) - 1) // {layout.max_records} AS __part FROM ({query})"
        layers.append("__part")
    elif layout.parts > 1:
        query = f"SELECT *, (row_number() OVER () - 1) % {layout.parts} AS __part FROM ({query})"
        layers.append("__part")
    return (f"SELECT * FROM ({query}) WHERE {output.where}" if output.where else query), layers


def _copy(query: str, path: str, options: str, output: Output, context: Context) -> _Told:
    """Have the kernel write; the rows of each file and what its columns have, as far as it says."""
    counted = ", RETURN_STATS" if output.counted else ""
    result = context.kernel.rows(f"COPY ({query}) TO {literal(path)} ({options}{counted})")
    if not output.counted:
        return {path: (result[0][0], None)}
    return {file: (count, columns) for file, count, _, _, columns, *_ in result}


def _made(directory: str, keys: int) -> Iterator[_Made]:
    """The files of a COPY into partitions: its directories have our key names and percent-encoded values."""
    for folder, _, names in os.walk(directory):
        if names:
            values = dict(p.split("=", 1) for p in os.path.relpath(folder, directory).split(os.sep))
            of = tuple(unquote(values[f"__k{i}"]) for i in range(keys))
            yield from (_Made(of, int(values.get("__part", "0")), posixpath.join(folder, name)) for name in names)


def _sorted(
    query: str, layers: list[str], columns: list[str], raw: str, layout: Layout, output: Output, context: Context
) -> tuple[list[_Made], _Told]:
    """Files in order, each made anew: what the kernel writes into several files at once has none.

    The values wait in Parquet, whatever the format.
    """
    kept = f"FORMAT parquet, PARTITION_BY ({', '.join(layers)}), WRITE_PARTITION_COLUMNS false"
    context.kernel.rows(f"COPY (SELECT * FROM ({query})) TO {literal(raw)} ({kept})")
    outside = {name.lower() for name in layout.partition_by}
    inside = [f.name.lower() for f in layout.schema.fields if f.name.lower() not in outside]
    order = ", ".join(f"d{inside.index(name.lower())} NULLS FIRST" for name in layout.sort_by)
    made, told = sorted(_made(raw, len(layout.partition_by))), _Told()
    for file in made:
        done = f"{file.path}.sorted"
        rows = f"SELECT {', '.join(columns)} FROM read_parquet({literal(file.path)}) ORDER BY {order}"
        told[file.path] = _copy(rows, done, output.copy, output, context)[done]
        os.replace(done, file.path)
    return made, told


def _named(made: Sequence[_Made], layout: Layout, output: Output) -> Iterator[tuple[_Made, str]]:
    """Each file with the path it will have, named as Spark's."""
    id, joint = uuid.uuid4(), "." if layout.partition_by else "-"
    numbered = layout.max_records > 0  # the last level is a file's number in its partition, not that of a part
    counts = dict[tuple[tuple[str, ...], int], int]()
    for file in made:
        prefix = "".join(f"{escape(n)}={escape(v)}/" for n, v in zip(layout.partition_by, file.keys, strict=True))
        group = (file.keys, 0 if numbered else file.part)
        counts[group] = counts.get(group, -1) + 1
        number, of = (0, f"_{group[1]:05}.") if layout.bucketed else (group[1], joint)
        yield file, f"{prefix}part-{number:05}-{id}{of}c{counts[group]:03}{output.extension}"


def _finished(made: _Made, name: str, told: _Told, output: Output, staging: Staging) -> WrittenFile:
    target = posixpath.join(staging.directory, name)
    os.makedirs(posixpath.dirname(target), exist_ok=True)
    if output.convert is None:
        os.rename(made.path, target)
    else:
        output.convert(made.path, target)
        os.remove(made.path)
    partition = tuple(None if v == DEFAULT_PARTITION else v for v in made.keys)
    rows, columns = told.get(made.path, (None, None))
    file = WrittenFile(name, partition, rows, os.stat(target).st_size, columns)
    staging.finished(name)
    return file
