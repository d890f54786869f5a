"""The change feed as it is read: the rows that versions added, changed and removed.

A version has files of its own for that, or else its new files are insertions and those that it removes deletions.
https://docs.delta.io/latest/delta-change-data-feed.html
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from glowplug.errors import AnalysisError, IllegalArgument, UnsupportedOperation
from glowplug.io.files import FILE, ROW
from glowplug.io.filesystem import FileStatus
from glowplug.io.listing import DataFile
from glowplug.io.parquet import ParquetSource
from glowplug.io.parquet_footer import stored_name
from glowplug.io.partitions import partition_values
from glowplug.io.place import Place
from glowplug.io.source import ArrowStream, Context, Reading
from glowplug.lake.delta import snapshot as s
from glowplug.lake.delta.columns import MODE, additive, shown_schema
from glowplug.lake.delta.snapshot import absolute
from glowplug.source_options import boolean, enabled, option
from glowplug.sqltext import ident, literal, pick
from glowplug.types import LONG, STRING, TIMESTAMP, StructField, StructType

FEED = "delta.enableChangeDataFeed"
CHANGE, VERSION, TIME = "_change_type", "_commit_version", "_commit_timestamp"
COLUMNS = (StructField(CHANGE, STRING), StructField(VERSION, LONG), StructField(TIME, TIMESTAMP))
_NONE = pa.array([], pa.int64())
_LENIENT = "spark.databricks.delta.changeDataFeed.timestampOutOfRange.enabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedOptions:
    """https://docs.delta.io/latest/delta-change-data-feed.html#read-changes-in-batch-queries"""

    feed: bool = option("readChangeFeed|readChangeData", "Read what has changed, version by version.", False,
                        parse=boolean)  # fmt: skip
    first: str | None = option("startingVersion", "The first version whose changes are read.", None)
    since: str | None = option("startingTimestamp", "The time from which changes are read.", None)
    last: str | None = option("endingVersion", "The last version whose changes are read.", None)
    until: str | None = option("endingTimestamp", "The time up to which changes are read.", None)


@dataclass(frozen=True, slots=True)
class FeedSource(ParquetSource):
    """The files of versions' changes. After the values of partition columns, each has its version, its time in
    microseconds, and what its rows are: None for a file that says it itself. `stored` has the columns as the log has
    them; `vectored` are the paths of files, with versions, whose rows are not all meant, `twice` those that a version
    has with two deletion vectors."""

    stored: StructType = field(kw_only=True)
    vectored: frozenset[tuple[str, int]] = field(kw_only=True)
    twice: frozenset[tuple[str, int]] = field(kw_only=True)

    @property
    def name(self) -> str:
        return "delta"

    def scan(
        self, files: Sequence[DataFile], fields: Sequence[StructField], extra: frozenset[str], reading: Reading
    ) -> str:
        stored = {f.name: f for f in self.stored.fields}
        fields = [stored.get(f.name, f) for f in fields]
        kinds = [f.values[-1] for f in files]
        marks = _Marks(Place(self.fs, self.roots[0]), tuple(files), self.vectored, self.twice)
        told = any(f.name == CHANGE for f in fields) and any(kinds)
        if not told and not marks.any():
            return ParquetSource.scan(self, files, fields, extra, reading)
        needed = extra | {FILE} | ({ROW} if marks.any() else set())
        rows = ParquetSource.scan(self, files, fields, needed, reading)
        constant = pick(["NULL" if k is None else literal(k) for k in kinds], "VARCHAR", f"r.{FILE}")
        items = [
            f"coalesce(r.{CHANGE}, {constant}) AS {CHANGE}" if f.name == CHANGE else f"r.{ident(f.name)}"
            for f in fields
        ]
        items += [f"r.{e}" for e in sorted(extra)]
        query = f"SELECT {', '.join(items) or '1 AS _'} FROM ({rows}) AS r"
        if not marks.any():
            return query
        only = ", ".join(map(str, marks.only)) or "0"
        joined = f"LEFT JOIN {reading.register(marks)} AS m ON r.{FILE} = m.file AND r.{ROW} = m.row"
        return f"{query} {joined} WHERE (m.row IS NOT NULL) = (r.{FILE} IN ({only}))"


class _Marks(ArrowStream):
    """Rows of files that deletion vectors say something of. Of the files `only`, they are the rows that are meant,
    for one version has them with two vectors; of others, the rows that are not."""

    def __init__(
        self,
        root: Place,
        files: tuple[DataFile, ...],
        vectored: frozenset[tuple[str, int]],
        twice: frozenset[tuple[str, int]],
    ) -> None:
        self.root = root
        self.files = {
            i: (f.status.path, f.values[-3], f.values[-1])
            for i, f in enumerate(files, 1)
            if (f.status.path, f.values[-3]) in vectored
        }
        self.only = [i for i, (path, version, _) in self.files.items() if (path, version) in twice]

    def any(self) -> bool:
        return bool(self.files)

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([("file", pa.int64()), ("row", pa.int64())])

    def batches(self) -> Iterator[pa.RecordBatch]:
        for version in sorted({v for _, v, _ in self.files.values()}):
            after, before = self._gone(version), self._gone(version - 1)
            for number, (path, at, kind) in self.files.items():
                if at != version:
                    continue
                new, old = after.get(path, _NONE), before.get(path, _NONE)
                meant, other = (old, new) if kind == "delete" else (new, old)
                if number in self.only:
                    meant = other.filter(pc.invert(pc.is_in(other, meant)))
                yield pa.record_batch([pa.repeat(pa.scalar(number, pa.int64()), len(meant)), meant], schema=self.schema)

    def _gone(self, version: int) -> dict[str, pa.Array]:
        """Of the files that are concerned."""
        wanted = {path for path, _, _ in self.files.values()}
        return dict(s.load(self.root, version).vectors(wanted))


# --- the files of a version -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Changes:
    """What a version has for the feed: files with what their rows are, and which have deletion vectors."""

    version: int
    time: int  # in milliseconds since the epoch
    files: tuple[tuple[Mapping[str, Any], str | None], ...]  # of the log, with what their rows are
    metadata: Mapping[str, Any] | None = None


def changes_of(actions: Sequence[Mapping[str, Any]], version: int, time: int) -> Changes:
    """What a version changed: the rows that it recorded, or, where it recorded none, whole files that came and went."""
    by: dict[str, list[Mapping[str, Any]]] = {}
    for action in actions:
        for kind, value in action.items():
            by.setdefault(kind, []).append(value)
    files: list[tuple[Mapping[str, Any], str | None]] = [(f, None) for f in by.get("cdc", ())]
    if not files:
        files = [(f, "delete") for f in by.get("remove", ()) if f.get("dataChange", True)]
        files += [(f, "insert") for f in by.get("add", ()) if f.get("dataChange", True)]
    return Changes(version, time, tuple(files), next(iter(by.get("metaData", ())), None))


def data_files(changes: Sequence[Changes], of: s.Snapshot, context: Context) -> tuple[DataFile, ...]:
    """The files of versions as a source has them."""
    fields = {f.name.lower(): f for f in of.schema.fields}
    keys = [fields[n.lower()] for n in of.partition_by]
    found = [(c, f, kind) for c in changes for f, kind in c.files]
    columns = [
        partition_values([_key(f, stored_name(k)) for _, f, _ in found], k.type, k.name, context.kernel) for k in keys
    ]
    values = zip(*columns, strict=True) if columns else iter([()] * len(found))
    return tuple(
        DataFile(
            FileStatus(absolute(of.path, unquote(f["path"])), f.get("size") or 1, 0),
            (*v, c.version, c.time * 1000, kind),
        )
        for (c, f, kind), v in zip(found, values, strict=True)
    )


def _key(file: Mapping[str, Any], name: str) -> str | None:
    text = (file.get("partitionValues") or {}).get(name)
    return text or None


def vectored_of(changes: Sequence[Changes], root: Place) -> set[tuple[str, int]]:
    """The files of which a version does not mean all rows."""
    return {
        (absolute(root, unquote(f["path"])), c.version) for c in changes for f, _ in c.files if f.get("deletionVector")
    }


def source(changes: Sequence[Changes], of: s.Snapshot, context: Context) -> FeedSource:
    """What versions have changed, with the columns of a snapshot."""
    return source_of(data_files(changes, of, context), vectored_of(changes, of.path), of, context)


def source_of(
    files: tuple[DataFile, ...], vectored: set[tuple[str, int]], of: s.Snapshot, context: Context
) -> FeedSource:
    """Files of versions (`data_files`) with the columns of a snapshot."""
    inside = {n.lower() for n in of.partition_by}
    shown = shown_schema(of)
    keys = [next(f for f in shown.fields if f.name.lower() == n.lower()) for n in of.partition_by]
    data = [f for f in shown.fields if f.name.lower() not in inside]
    counted = Counter((f.status.path, f.values[-3]) for f in files)
    return FeedSource(
        StructType((*shown.fields, *COLUMNS)),
        of.path.fs,
        files,
        StructType((*data, COLUMNS[0])),
        StructType((*keys, *COLUMNS[1:])),
        (of.path.path,),
        enabled(context.settings, "spark.sql.files.ignoreMissingFiles"),
        stored=of.schema,
        vectored=frozenset(p for p in counted if p in vectored),
        twice=frozenset(p for p, n in counted.items() if n > 1 and p in vectored),
    )


# --- from options -----------------------------------------------------------------------------------------


def resolve(root: Place, chosen: FeedOptions, context: Context) -> FeedSource:
    """`spark.read.option("readChangeFeed", True).option("startingVersion", 3)`, and `table_changes`."""
    at = s.load(root)
    first, last = _range(root, at, chosen, context)
    times = dict(s.versions(root))
    if first > last:
        return source((), at, context)
    if first not in times:
        raise s.no_version(first, min(times), max(times))
    found = [changes_of(s.actions_of(root, v), v, times[v]) for v in range(first, last + 1)]
    of = _columns_at(at, last)
    _check(found, s.load(root, first), of, last)
    return source(found, of, context)


def _columns_at(at: s.Snapshot, last: int) -> s.Snapshot:
    """Whose columns the rows have: the table's now, or where columns may have been renamed the last version's."""
    mapped = at.configuration.get(MODE, "none") != "none"
    return s.load(at.path, last) if mapped else at


def _range(root: Place, at: s.Snapshot, chosen: FeedOptions, context: Context) -> tuple[int, int]:
    """The first and the last version that are asked for; a version counts before a time."""
    there = s.versions(root)
    lenient = (context.settings.get_option(_LENIENT) or "").lower() == "true"
    zone = ZoneInfo(context.kernel.time_zone)
    if chosen.first is not None:
        first = _version(chosen.first)
    elif chosen.since is not None:
        time = _time(chosen.since, context)
        later = [v for v, t in there if t >= time]
        if not later and not lenient:
            raise s.later_than(time, there, zone)
        first = later[0] if later else at.version + 1
    else:
        raise AnalysisError("DELTA_NO_START_FOR_CDC_READ")
    last = at.version
    if chosen.last is not None:
        last = min(_version(chosen.last), at.version)
    elif chosen.until is not None:
        time = _time(chosen.until, context)
        last = at.version if lenient and time > there[-1][1] else s.version_at(root, time, zone)
    if first > at.version:
        if lenient:
            return 1, 0
        raise IllegalArgument("DELTA_CDC_START_VERSION_AFTER_LATEST", start=first, latest=at.version)
    if last < first:
        raise IllegalArgument("DELTA_INVALID_CDC_RANGE", start=first, end=last)
    return first, last


def _version(text: str) -> int:
    if not text.strip().isdigit():
        raise AnalysisError("DELTA_VERSION_INVALID", version=text)
    return int(text)


def _time(text: str, context: Context) -> int:
    """In milliseconds since the epoch."""
    cast = context.kernel.cast(literal(text), STRING, TIMESTAMP, "try")
    micros = context.kernel.rows(f"SELECT epoch_us({cast})")[0][0]
    if micros is None:
        raise AnalysisError("DELTA_TIMESTAMP_INVALID", expr=f"'{text}'")
    return int(micros) // 1000


def _check(found: Sequence[Changes], begin: s.Snapshot, of: s.Snapshot, last: int) -> None:
    """Every version must have recorded its changes, with columns that are those of the answer or fewer of them."""
    on = begin.flag(FEED)
    about = {"start": found[0].version, "end": last, "readSchema": shown_json(of.schema), "readVersion": of.version}
    if not additive(begin.schema, of.schema):
        raise UnsupportedOperation(
            "DELTA_CHANGE_DATA_FEED_INCOMPATIBLE_DATA_SCHEMA",
            None,
            **about,
            incompatibleVersion=begin.version,
            config="spark.databricks.delta.changeDataFeed.defaultSchemaModeForColumnMappingTable",
        )
    for c in found:
        if c.metadata is not None:
            on = c.metadata.get("configuration", {}).get(FEED, "").lower() == "true"
            if not additive(s.schema_of(c.metadata["schemaString"]), of.schema):
                raise UnsupportedOperation(
                    "DELTA_CHANGE_DATA_FEED_INCOMPATIBLE_SCHEMA_CHANGE", None, **about, incompatibleVersion=c.version
                )
        if not on:
            raise AnalysisError(
                "DELTA_MISSING_CHANGE_DATA", startVersion=found[0].version, endVersion=last, version=c.version, key=FEED
            )


def shown_json(schema: StructType) -> str:
    from glowplug.types_json import to_json

    return json.dumps(to_json(schema), separators=(",", ":"), ensure_ascii=False)
