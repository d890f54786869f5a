"""Delta tables as sources: the files of a snapshot, read by the kernel as Parquet.

Options: `versionAsOf`, `timestampAsOf`. https://docs.delta.io/latest/delta-batch.html#read-a-table
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

import pyarrow as pa

from glowplug.arrow import arrow_type, from_arrow_scalar
from glowplug.errors import AnalysisError, IllegalArgument, UnsupportedOperation
from glowplug.io.files import FILE, ROW
from glowplug.io.filesystem import FileStatus
from glowplug.io.listing import DataFile
from glowplug.io.parquet import ParquetSource
from glowplug.io.parquet_footer import stored_name
from glowplug.io.place import Place, place_of
from glowplug.io.source import ArrowStream, Context, Evaluate, Pairs, Reading
from glowplug.lake.delta import feed
from glowplug.lake.delta import snapshot as s
from glowplug.lake.delta.columns import public, shown_schema, sized_inside
from glowplug.lake.delta.newest import newest
from glowplug.lake.delta.skipping import files_left
from glowplug.lake.delta.snapshot import absolute
from glowplug.plan.expressions import Attribute, Expression
from glowplug.source_options import enabled, option, read_options
from glowplug.sqltext import ident, literal
from glowplug.types import NULL, STRING, TIMESTAMP, StructField, StructType, to_ddl


@dataclass(frozen=True, slots=True)
class DeltaSource(ParquetSource):
    """The files of a snapshot, or of what filters leave of it. `stored` has the columns as the log has them. Of the
    files of the `beginning` those rows are gone that were so then: a stream may have more of them to read."""

    snapshot: s.Snapshot = field(kw_only=True)
    stored: StructType = field(kw_only=True)
    beginning: s.Snapshot | None = field(default=None, kw_only=True)
    pinned: bool = field(default=False, kw_only=True)  # to a version that was asked for

    @property
    def name(self) -> str:
        return "delta"

    def latest(self, context: Callable[[], AbstractContextManager[Context]]) -> DeltaSource:
        """Of the newest version. Raises DELTA_SCHEMA_CHANGE_SINCE_ANALYSIS where it has no such columns any more."""
        last = self.snapshot if self.pinned else newest(self.snapshot.path)
        if (last.version, last.metadata.id) == (self.snapshot.version, self.snapshot.metadata.id):
            return self
        with context() as opened:
            found = source(last, opened)
        there = {f.name: f.type for f in found.schema.fields}
        if any(there.get(f.name) != f.type for f in self.schema.fields):
            changes = f"They were {to_ddl(self.schema)}, and are {to_ddl(found.schema)}."
            raise AnalysisError("DELTA_SCHEMA_CHANGE_SINCE_ANALYSIS", schemaDiff=changes)
        return found

    def scan(
        self, files: Sequence[DataFile], fields: Sequence[StructField], extra: frozenset[str], reading: Reading
    ) -> str:
        if any(f.type == NULL for f in fields):  # whatever files have for them
            rows = self.scan(files, [f for f in fields if f.type != NULL], extra, reading)
            items = [f"NULL AS {ident(f.name)}" if f.type == NULL else ident(f.name) for f in fields]
            return f"SELECT {', '.join((*items, *sorted(extra)))} FROM ({rows})"
        stored = {f.name: f for f in self.stored.fields}
        fields = [stored[f.name] for f in fields]
        gone = _Gone(self.snapshot, self.beginning, tuple(f.status.path for f in files))
        if not gone.any():
            return ParquetSource.scan(self, files, fields, extra, reading)
        rows = ParquetSource.scan(self, files, fields, extra | {FILE, ROW}, reading)
        names = ", ".join(ident(n) for n in (*(f.name for f in fields), *sorted(extra))) or "1 AS _"
        vectors = reading.register(gone)
        return f"SELECT {names} FROM ({rows}) AS r ANTI JOIN {vectors} AS v ON r.{FILE} = v.file AND r.{ROW} = v.row"

    @property
    def prunable(self) -> bool:
        return True

    def prune(self, conditions: Sequence[Expression], columns: Sequence[Attribute], evaluate: Evaluate) -> DeltaSource:
        left = ParquetSource.prune(self, conditions, columns, evaluate)
        assert isinstance(left, DeltaSource)
        by_name = {f.name: f for f in self.stored.fields}
        stored = {c.id: by_name[c.name] for c in columns if c.name in by_name}
        paths = {f.status.path for f in left.files}
        actions = self.snapshot.files
        if left is self and len(left.files) == actions.num_rows:
            here = actions
        else:
            mask = [absolute(self.snapshot.path, p) in paths for p in actions["path"].to_pylist()]
            here = actions.filter(pa.array(mask, pa.bool_()))
        # What a lone file has to say of itself stands in it, too, and costs the kernel less to ask.
        passed = files_left(conditions, stored, self.stored, here, evaluate) if here.num_rows > 1 else None
        if passed is None:
            return left
        kept = {absolute(self.snapshot.path, p) for p in here.filter(pa.array(passed, pa.bool_()))["path"].to_pylist()}
        files = tuple(f for f in left.files if f.status.path in kept)
        return left if len(files) == len(left.files) else replace(left, files=files)

    def of_files(self, paths: frozenset[str]) -> DeltaSource:
        """Only these files, by their absolute paths."""
        return replace(self, files=tuple(f for f in self.files if f.status.path in paths))


class _Gone(ArrowStream):
    """The rows that deletion vectors take away: number of the file from 1, number of the row from 0."""

    def __init__(self, snapshot: s.Snapshot, first: s.Snapshot | None, paths: tuple[str, ...]) -> None:
        self.snapshot, self.first = snapshot, first
        self.places = {p: i + 1 for i, p in enumerate(paths)}

    def any(self) -> bool:
        """Without reading a vector."""
        return any(
            absolute(at.path, path) in self.places
            for at in (self.snapshot, self.first)
            if at is not None
            for path in at.descriptors()
        )

    def _vectors(self) -> Iterator[tuple[str, pa.Array]]:
        if self.first is None:
            yield from self.snapshot.vectors(self.places)
            return
        yield from self.first.vectors(self.places)
        then = {absolute(self.first.path, p) for p in self.first.files["path"].to_pylist()}
        yield from ((path, rows) for path, rows in self.snapshot.vectors(self.places) if path not in then)

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([("file", pa.int64()), ("row", pa.int64())])

    def batches(self) -> Iterator[pa.RecordBatch]:
        for path, rows in self._vectors():
            place = pa.scalar(self.places[path], pa.int64())
            yield pa.record_batch([pa.repeat(place, len(rows)), rows], schema=self.schema)


# --- from options ---------------------------------------------------------------------------------------


def _version(text: str) -> int:
    if not text.strip().isdigit():
        raise ValueError("a version's number")
    return int(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeltaOptions(feed.FeedOptions):
    """https://docs.delta.io/latest/delta-batch.html"""

    version: int | None = option("versionAsOf", "The version of the table to read.", None, parse=_version)
    time: str | None = option("timestampAsOf", "The table as it was at this time.", None)


def resolve(
    paths: Sequence[str], schema: StructType | None, options: Pairs, context: Context
) -> DeltaSource | feed.FeedSource:
    """`spark.read.format("delta").load(path)`; a path may end in `@v5` or `@20240131235959000`."""
    chosen = read_options(DeltaOptions, options, context.settings)
    if len(paths) != 1:
        raise IllegalArgument("_LEGACY_ERROR_TEMP_2047")
    if schema is not None and schema.fields:
        raise UnsupportedOperation("_LEGACY_ERROR_TEMP_2242", provider="Delta")
    if chosen.version is not None and chosen.time is not None:
        raise AnalysisError("INVALID_TIME_TRAVEL_SPEC")
    root, at = place_of(paths[0], context.settings), None
    if not s.is_table(root):
        path, at = s.at_suffix(paths[0])
        root = place_of(path, context.settings)
    asked = chosen.time if chosen.time is not None else chosen.version
    if chosen.feed:
        if asked is not None or at is not None:
            raise AnalysisError("DELTA_UNSUPPORTED_TIME_TRAVEL_VIEWS")
        return feed.resolve(root, chosen, context)
    if at is not None and asked is not None:
        raise AnalysisError("DELTA_UNSUPPORTED_TIME_TRAVEL_MULTIPLE_FORMATS")
    at = asked if asked is not None else at
    return replace(source(travelled(root, at, context), context), pinned=at is not None)


def travelled(root: Place, at: int | str | None, context: Context) -> s.Snapshot:
    """The table at a version, or at a time that a text says in the session's zone."""
    if at is None:
        return newest(root)
    if isinstance(at, int):
        return s.load(root, at)
    micros = context.kernel.rows(f"SELECT epoch_us({context.kernel.cast(literal(at), STRING, TIMESTAMP, 'try')})")[0][0]
    if micros is None:
        raise AnalysisError("INVALID_TIME_TRAVEL_TIMESTAMP_EXPR.INPUT", expr=f'"{at}"')
    return s.load(root, s.version_at(root, micros // 1000, ZoneInfo(context.kernel.time_zone)))


def source(snapshot: s.Snapshot, context: Context) -> DeltaSource:
    """A snapshot's rows. Its columns are what users see; how they are stored stays in `stored`."""
    inside = {n.lower() for n in snapshot.partition_by}
    fields = {f.name.lower(): f for f in snapshot.schema.fields}
    keys = [fields[n.lower()] for n in snapshot.partition_by]
    shown = shown_schema(snapshot)
    if (refusal := sized_inside(snapshot.schema)) is not None:
        raise refusal
    return DeltaSource(
        shown,
        snapshot.path.fs,
        tuple(_files(snapshot, keys)),
        StructType(tuple(f for f in shown.fields if f.name.lower() not in inside)),
        StructType(tuple(map(public, keys))),
        (snapshot.path.path,),
        enabled(context.settings, "spark.sql.files.ignoreMissingFiles"),
        snapshot=snapshot,
        stored=snapshot.schema,
    )


def _files(snapshot: s.Snapshot, keys: Sequence[StructField]) -> Iterator[DataFile]:
    actions = snapshot.files
    columns = []
    for key in keys:
        names = [n for n in (f"partition.{stored_name(key)}", f"partition.{key.name}") if n in actions.column_names]
        if names:
            typed = actions[names[0]].cast(arrow_type(key.type, "UTC"))
            columns.append([from_arrow_scalar(v, key.type) for v in typed])
        else:
            columns.append([None] * actions.num_rows)
    values = zip(*columns, strict=True) if columns else ((),) * actions.num_rows
    rows = zip(actions["path"], actions["size_bytes"], actions["modification_time"], values, strict=True)
    for path, size, modified, of in rows:
        where = absolute(snapshot.path, path.as_py())
        yield DataFile(FileStatus(where, size.as_py(), modified.as_py() * 1000), tuple(of))
