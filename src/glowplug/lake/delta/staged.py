"""Data files of a Delta table: made aside, moved to their places, then named by a commit.

A killed job leaves `_temporary/<id>`, or files that no version names; VACUUM removes both.
"""

from __future__ import annotations

import json
import math
import os
import random
import re
import shutil
import string
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from glowplug.errors import SparkError
from glowplug.identifiers import parse_identifier
from glowplug.io.commit import TEMPORARY
from glowplug.io.parquet_footer import stored_name
from glowplug.io.place import Place
from glowplug.io.produce import Staging, WrittenFile
from glowplug.lake.delta.actions import AddChange, AddFile
from glowplug.types import (
    INTEGRAL,
    STRING,
    ArrayType,
    DataType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    MapType,
    StructField,
    StructType,
    TimestampNTZType,
    TimestampType,
)

# Of how many columns, the first ones with parts of structs counted one by one, statistics are kept, -1 = of all; or of
# which, by their paths in files.
Indexed: TypeAlias = int | frozenset[tuple[str, ...]]
STATS_COLUMNS = "delta.dataSkippingStatsColumns"
CHANGES = "_change_data"  # the directory of the change feed's files
_LETTERS = string.ascii_letters + string.digits
_TEXT_LIMIT = 32  # characters of a text that statistics keep, as Delta does


@dataclass(slots=True)
class StagedFiles:
    """An `io.commit.Commit` whose point of no return is `finish`: it gets the new files and the number of their rows.

    A SparkError of `finish` says that nothing was committed. Partition values of timestamps come in UTC. With a `feed`,
    the first partition column says which files are the change feed's; else `changes` makes them, in their directory.
    With a `prefix`, data files are not in directories of partitions, but in such of random names so long.
    """

    path: Place
    schema: StructType
    partition_by: Sequence[str]
    indexed: Indexed
    finish: Callable[[list[AddFile | AddChange], int], None]
    data_change: bool = True
    feed: bool = False
    prefix: int = 0
    changes: Callable[[Staging], Sequence[WrittenFile]] = lambda staging: ()

    def begin(self) -> Staging:
        id = str(uuid.uuid4())
        return Staging(id, self.path.fs.begin_staging((self.path / TEMPORARY / id).path))

    def publish(self, staging: Staging, files: Sequence[WrittenFile]) -> None:
        moved: list[AddFile | AddChange] = []
        rows = 0
        try:
            for file in (*files, *self.changes(staging)):
                if file.rows:
                    moved.append(self._move(staging, file))
                    rows += file.rows if isinstance(moved[-1], AddFile) else 0
            for directory in {(self.path / add.path).parent for add in moved}:
                directory.fs.sync(directory.path)
            self.finish(moved, rows)
        except SparkError:
            for add in moved:
                self.path.fs.remove_file((self.path / add.path).path)
            raise
        self.abort(staging)

    def _move(self, staging: Staging, file: WrittenFile) -> AddFile | AddChange:
        path, partition = file.path, file.partition
        changes = path.startswith(CHANGES + "/") or (self.feed and partition[0] == "true")
        if self.feed or changes:
            path = path.split("/", 1)[1]
        if self.feed:
            partition = partition[1:]
        if changes:
            path = os.path.join(CHANGES, os.path.dirname(path), "cdc" + os.path.basename(path).removeprefix("part"))
        elif self.prefix:
            path = os.path.join("".join(random.choices(_LETTERS, k=self.prefix)), os.path.basename(path))
        made = os.path.join(staging.directory, file.path)
        modified = os.stat(made).st_mtime_ns // 1_000_000
        self.path.fs.put(made, (self.path / path).path)
        fields = {f.name.lower(): f for f in self.schema.fields}
        keys = [fields[n.lower()] for n in self.partition_by]
        values = {stored_name(f): _partition_value(v, f.type) for f, v in zip(keys, partition, strict=True)}
        if changes:
            return AddChange(path, values, file.bytes)
        inside = {n.lower() for n in self.partition_by}
        data = [f for f in self.schema.fields if f.name.lower() not in inside]
        stats = statistics(file.rows or 0, file.columns or {}, data, self.indexed)
        return AddFile(path, values, file.bytes, modified, self.data_change, stats)

    def abort(self, staging: Staging) -> None:
        shutil.rmtree(staging.directory, ignore_errors=True)
        if not self.path.fs.flat:
            for directory in (os.path.dirname(staging.directory), self.path.path):
                try:
                    os.rmdir(directory)
                except OSError:
                    return


def _partition_value(text: str | None, type: DataType) -> str | None:
    """As the log has it: instants, which come in UTC, say so."""
    if text is None or not isinstance(type, TimestampType):
        return text
    date, _, clock = text.partition(" ")
    whole, _, fraction = clock.partition(".")
    return f"{date}T{whole}.{fraction:0<6}Z"


# --- statistics -----------------------------------------------------------------------------------------


def indexed_columns(configuration: Mapping[str, str], schema: StructType) -> Indexed:
    """Columns that are named and not there (any more) have none."""
    if (names := configuration.get(STATS_COLUMNS)) is not None:
        paths = (stored_path(parts, schema) for _, parts in named_columns(names))
        return frozenset(p for p in paths if p is not None)
    text = configuration.get("delta.dataSkippingNumIndexedCols", "32")
    return int(text) if text.lstrip("-").isdigit() else 32


def named_columns(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Of a list of columns each with its parts."""
    for name in re.findall(r"(?:`(?:[^`]|``)*`|[^,`])+", text):
        if name.strip():
            yield name.strip(), parse_identifier(name.strip())


def stored_path(parts: Sequence[str], schema: StructType) -> tuple[str, ...] | None:
    """A column's path in files; None where there is no such column."""
    found = next((f for f in schema.fields if f.name.lower() == parts[0].lower()), None)
    if found is None or len(parts) == 1:
        return None if found is None else (stored_name(found),)
    below = stored_path(parts[1:], found.type) if isinstance(found.type, StructType) else None
    return None if below is None else (stored_name(found), *below)


def is_indexed(path: tuple[str, ...], number: int, indexed: Indexed) -> bool:
    """Whether a column, so many of which come before it, has statistics."""
    if isinstance(indexed, int):
        return indexed < 0 or number < indexed
    return any(path[:n] in indexed for n in range(1, len(path) + 1))


def statistics(
    rows: int, columns: Mapping[str, Mapping[str, str]], data: Sequence[StructField], indexed: Indexed
) -> str:
    """The log's statistics of a file from those of the kernel's writer, whose names are quoted paths."""
    least: dict[str, Any] = {}
    greatest: dict[str, Any] = {}
    nulls: dict[str, Any] = {}
    for number, (path, type) in enumerate(leaves(data)):
        if not is_indexed(path, number, indexed):
            continue
        of = columns.get(".".join('"' + p.replace('"', '""') + '"' for p in path))
        if of is None:
            continue
        # Lists in structs that are NULL do not count for the kernel.
        if of.get("null_count", "").isdigit() and not (len(path) > 1 and isinstance(type, (ArrayType, MapType))):
            _put(nulls, path, int(of["null_count"]))
        if "min" in of and "max" in of and of.get("has_nan", "false") == "false":
            low, high = _bound(of["min"], type, False), _bound(of["max"], type, True)
            if low is not None and high is not None:
                _put(least, path, low)
                _put(greatest, path, high)
    made = {"numRecords": rows, "minValues": least, "maxValues": greatest, "nullCount": nulls}
    return _text(made)


def _text(o: Any) -> str:
    """JSON with all digits of decimals, which the library would make floating-point numbers."""
    match o:
        case dict():
            return "{" + ",".join(f"{json.dumps(k, ensure_ascii=False)}:{_text(v)}" for k, v in o.items()) + "}"
        case Decimal():
            return f"{o:f}"
    return json.dumps(o, ensure_ascii=False)


def leaves(fields: Sequence[StructField], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], DataType]]:
    """The columns that have statistics, by their path in files: fields of structs, but nothing in arrays and maps."""
    for f in fields:
        path = (*above, stored_name(f))
        if isinstance(f.type, StructType):
            yield from leaves(f.type.fields, path)
        else:
            yield path, f.type


def _put(into: dict[str, Any], path: Sequence[str], value: Any) -> None:
    for name in path[:-1]:
        into = into.setdefault(name, {})
    into[path[-1]] = value


def _bound(text: str, type: DataType, upper: bool) -> Any:
    """A least or greatest value as the log has it; None for one that it has not."""
    match type:
        case _ if isinstance(type, INTEGRAL):
            return int(text)
        case DecimalType():
            return Decimal(text)
        case FloatType() | DoubleType():
            number = float(text)
            return number if math.isfinite(number) else None
        case DateType():
            return text if len(text) == 10 else None  # years of more digits
        case TimestampType():
            return _instant(text)
        case TimestampNTZType():
            return _instant(text)
        case _ if type == STRING:
            return _cut(text, upper)
    return None


def _instant(text: str) -> str | None:
    """Cut to milliseconds; readers know that a greatest value may be one later."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError:  # outside the years 1 to 9999
        return None
    zone = "" if value.tzinfo is None else "Z"
    return (value if value.tzinfo is None else value.astimezone(UTC)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + zone


def _cut(text: str, upper: bool) -> str | None:
    """A bound of few characters: a prefix, and for the upper one something greater than all that begins so."""
    if len(text) <= _TEXT_LIMIT:
        return text
    return text[:_TEXT_LIMIT] + ("\U0010ffff" if upper else "")
