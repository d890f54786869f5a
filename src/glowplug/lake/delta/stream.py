"""Delta tables as sources of streams: the files of the table as it is first, then those of each later version.

An offset is a file's place: a version, and the number of the file in it. Of the version that the stream begins with all
files count (`isStartingVersion`), in the order of their times. Offsets are those of Delta's own source.
https://docs.delta.io/latest/delta-streaming.html#delta-table-as-a-source
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from glowplug.config import parse_bytes
from glowplug.errors import (
    AnalysisError,
    ExecutionError,
    IllegalArgument,
    SparkError,
    UnsupportedOperation,
)
from glowplug.io.listing import DataFile
from glowplug.io.place import Place, place_of
from glowplug.io.source import Context, Pairs, Source
from glowplug.io.streams.contract import Opening, Reader, Stream
from glowplug.io.streams.log import MetadataLog
from glowplug.lake.delta import feed, tracking
from glowplug.lake.delta import snapshot as s
from glowplug.lake.delta.columns import MODE, additive, shown_schema
from glowplug.lake.delta.read import source
from glowplug.lake.delta.snapshot import absolute
from glowplug.source_options import boolean, option, read_options
from glowplug.sqltext import literal
from glowplug.types import STRING, TIMESTAMP, StructType


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) == 0:
        raise ValueError("a positive number")
    return int(text)


@dataclass(frozen=True, slots=True)
class DeltaStreamOptions(tracking.TrackingOptions):
    """https://docs.delta.io/latest/delta-streaming.html#delta-table-as-a-source"""

    files: int = option("maxFilesPerTrigger", "At most so many files in a batch.", 1000, parse=_positive)
    bytes: int | None = option("maxBytesPerTrigger", "About so many bytes in a batch.", None, parse=parse_bytes)
    version: str | None = option("startingVersion", "The first version whose changes are read, or latest.", None)
    time: str | None = option("startingTimestamp", "The time from which changes are read.", None)
    ignore_deletes: bool = option("ignoreDeletes", "Versions that only delete are passed over.", False, parse=boolean)
    ignore_changes: bool = option(
        "ignoreChanges|ignoreFileDeletion", "Files that were written anew are read again.", False, parse=boolean
    )
    skip_changes: bool = option(
        "skipChangeCommits", "Versions that delete or change rows are passed over.", False, parse=boolean
    )
    exclude: str | None = option("excludeRegex", "Files whose path matches are left out.", None)
    change_feed: bool = option("readChangeFeed|readChangeData", "Read what has changed, version by version; first all "
                               "rows as insertions.", False, parse=boolean)  # fmt: skip
    by_time: bool = option(
        "withEventTimeOrder", "All rows that are there first are one batch, so that none of them is late.", False,
        parse=boolean,
    )  # fmt: skip
    fail: bool = option("failOnDataLoss", "Whether versions that are gone are an error.", True, parse=boolean)


class Offset(NamedTuple):
    """Ordered as files are read."""

    version: int
    number: int
    starting: bool


@dataclass(frozen=True, slots=True)
class DeltaStream(Stream):
    """`first` is the version that the stream begins with; `whole`: with all files of it. `at` is the table when its
    columns became the stream's."""

    root: Place
    table: str
    first: int
    whole: bool
    chosen: DeltaStreamOptions
    at: s.Snapshot
    log: MetadataLog | None  # of columns that change under the stream

    @property
    def name(self) -> str:
        return "delta"

    def open(self, opening: Opening) -> Reader:
        return DeltaReader(self, opening)


def delta(schema: StructType | None, options: Pairs, paths: Sequence[str], context: Context) -> Stream:
    chosen = read_options(DeltaStreamOptions, options, context.settings)
    if len(paths) != 1:
        raise IllegalArgument("_LEGACY_ERROR_TEMP_2047")
    if chosen.version is not None and chosen.time is not None:
        raise AnalysisError(
            "DELTA_STARTING_VERSION_AND_TIMESTAMP_BOTH_SET", version=chosen.version, timestamp=chosen.time
        )
    root = place_of(paths[0], context.settings)
    at = s.load(root)
    first, whole = at.version, True
    if chosen.version is not None or chosen.time is not None:
        first, whole = _first(chosen, at, context), False
    log = tracking.log_of(chosen, at.metadata.id, context.settings)
    if log is not None and (known := tracking.entries(log)):
        at = tracking.tracked(at, known[-1])
    schema = shown_schema(at)
    if chosen.change_feed:
        schema = StructType((*schema.fields, *feed.COLUMNS))
    return DeltaStream(schema, options, root, at.metadata.id, first, whole, chosen, at, log)


def _first(chosen: DeltaStreamOptions, at: s.Snapshot, context: Context) -> int:
    """The first version whose changes count."""
    if chosen.version is not None:
        if chosen.version.lower() == "latest":
            return at.version + 1
        if not chosen.version.isdigit():
            raise IllegalArgument(
                "INVALID_DATA_SOURCE_OPTION",
                name="startingVersion",
                value=chosen.version,
                expected="a version's number or latest",
            )
        there = s.numbers(at.path)
        if not there[0] <= int(chosen.version) <= there[-1] + 1:
            raise s.no_version(int(chosen.version), there[0], there[-1])
        return int(chosen.version)
    cast_sql = context.kernel.cast(literal(chosen.time or ""), STRING, TIMESTAMP, "try")
    micros = context.kernel.rows(f"SELECT epoch_us({cast_sql})")[0][0]
    if micros is None:
        raise AnalysisError("INVALID_TIME_TRAVEL_TIMESTAMP_EXPR.INPUT", expr=f'"{chosen.time}"')
    later = [version for version, time in s.versions(at.path) if time >= micros // 1000]
    if not later:
        s.version_at(at.path, micros // 1000, ZoneInfo(context.kernel.time_zone))
        return at.version + 1
    return later[0]


class DeltaReader(Reader):
    """Versions are read once each, as far as they are needed."""

    def __init__(self, stream: DeltaStream, opening: Opening) -> None:
        self.stream, self.opening = stream, opening
        self.description = f"DeltaSource[{stream.root}]"
        self.end: int | None = None
        self._files: dict[tuple[int, bool], list[DataFile]] = {}
        self._vectored: dict[tuple[int, bool], set[tuple[str, int]]] = {}  # feed.vectored_of what is in _files
        self._began = False
        self._turn: int | None = None  # the version with other columns that was come to
        if stream.log is not None:
            tracking.check_location(stream.log, opening.log.parent.parent)

    # --- offsets

    def _parse(self, text: str) -> Offset:
        data = json.loads(text)
        if data.get("reservoirId") != self.stream.table:
            raise ExecutionError(
                "DIFFERENT_DELTA_TABLE_READ_BY_STREAMING_SOURCE",
                oldTableId=data.get("reservoirId"),
                newTableId=self.stream.table,
            )
        return Offset(data["reservoirVersion"], data["index"], data["isStartingVersion"])

    def _text(self, at: Offset) -> str:
        data = {
            "sourceVersion": 1,
            "reservoirId": self.stream.table,
            "reservoirVersion": at.version,
            "index": at.number,
            "isStartingVersion": at.starting,
        }
        return json.dumps(data, separators=(",", ":"))

    def latest(self, start: str | None, limited: bool) -> str | None:
        after = None if start is None else self._parse(start)
        last: Offset | None = None
        files, size = 0, 0
        for place, file in self._after(after):
            over = self.stream.chosen.bytes
            if (
                limited
                and last is not None
                and not self._inside(last, place)
                and (files >= self.stream.chosen.files or (over is not None and size + file.status.size > over))
            ):
                break
            last, files, size = place, files + 1, size + file.status.size
        if last is None and self._turn is not None:
            assert self.stream.log is not None
            raise tracking.turned(self.stream.log, self._snapshot(self._turn), self.opening.log)
        return None if last is None else self._text(last)

    def _inside(self, last: Offset, next: Offset) -> bool:
        """Whether a batch may not end here: what a version has changed is in one batch, as in Delta. Files are not in
        the order of event times; a watermark moves after a batch, and leaves nothing of one batch behind."""
        if next.starting:
            return self.stream.chosen.by_time
        return self.stream.chosen.change_feed and last.version == next.version

    def freeze(self) -> None:
        self.end = s.numbers(self.stream.root)[-1]

    def source(self, start: str | None, end: str) -> Source:
        to = self._parse(end)
        after = None if start is None else self._parse(start)
        files = []
        vectored = set[tuple[str, int]]()
        first: int | None = None  # the version that the stream begins with, where files of it are left
        for place, file in self._after(after, to.version):
            if (place.version, place.number) > (to.version, to.number):
                break
            files.append(file)
            vectored |= self._vectored.get((place.version, place.starting), set())
            first = place.version if place.starting else first
        with self.opening.context() as context:
            if self.stream.chosen.change_feed:
                return feed.source_of(tuple(files), vectored, self.stream.at, context)
            whole = source(self._snapshot(to.version), context)
        then = None if first is None or first == to.version else self._snapshot(first)
        return replace(
            whole, schema=self.stream.schema, stored=self.stream.at.schema, files=tuple(files), beginning=then
        )

    # --- files

    def _snapshot(self, version: int) -> s.Snapshot:
        return s.load(self.stream.root, version)

    def _after(self, after: Offset | None, to: int | None = None) -> Iterator[tuple[Offset, DataFile]]:
        """The files behind a place, in order."""
        if after is None:
            version, starting, index = self.stream.first, self.stream.whole, -1
        else:
            version, starting, index = after.version, after.starting, after.number
        newest = self.end if self.end is not None else s.numbers(self.stream.root)[-1]
        newest = newest if to is None else min(newest, to)
        if not self._began:
            self._check_beginning(version)
            self._began = True
        if starting:
            yield from self._numbered(version, True, index)
            version, index = version + 1, -1
        while version <= newest:
            if self._turns(version):
                self._turn = version
                return
            yield from self._numbered(version, False, index)
            version, index = version + 1, -1

    def _turns(self, version: int) -> bool:
        """Whether a version has other columns, which are to be written down."""
        at = self.stream.at
        return self.stream.log is not None and version > at.version and tracking.changes(at, self._actions(version))

    def _numbered(self, version: int, starting: bool, after: int) -> Iterator[tuple[Offset, DataFile]]:
        for i, file in enumerate(self._of(version, starting)):
            if i > after:
                yield Offset(version, i, starting), file

    def _of(self, version: int, starting: bool) -> list[DataFile]:
        """The files that a version has for the stream."""
        key = (version, starting)
        if key not in self._files:
            if len(self._files) > 1000:
                self._files.clear()
                self._vectored.clear()
            self._files[key] = self._read(version, starting)
        return self._files[key]

    def _read(self, version: int, starting: bool) -> list[DataFile]:
        if self.stream.chosen.change_feed:
            return self._changed(version, starting)
        wanted = None if starting else self._added(version)
        if wanted is not None and not wanted:
            return []
        at = self._snapshot(version)
        with self.opening.context() as context:
            of = source(at, context)
        exclude = self.stream.chosen.exclude
        files = [
            f
            for f in of.files
            if (wanted is None or f.status.path in wanted)
            and (exclude is None or re.search(exclude, f.status.path) is None)
        ]
        if starting:
            return sorted(files, key=lambda f: (f.status.modified, f.status.path))
        return sorted(files, key=lambda f: f.status.path)

    def _changed(self, version: int, starting: bool) -> list[DataFile]:
        """The files of a version's changes; of the one that the stream begins with all rows are insertions."""
        root, at = self.stream.root, self.stream.at
        time = dict(s.versions(root)).get(version, 0)
        with self.opening.context() as context:
            if starting:
                of = self._snapshot(version)
                if vectors := of.descriptors():
                    self._vectored[version, starting] = {(s.absolute(of.path, path), version) for path in vectors}
                tail = (version, time * 1000, "insert")
                files = [replace(f, values=(*f.values, *tail)) for f in source(of, context).files]
                files.sort(key=lambda f: (f.status.modified, f.status.path))
            else:
                actions = self._actions(version)
                self._check_schema(version, actions)
                changes = feed.changes_of(actions, version, time)
                if (about := changes.metadata) is not None:
                    self._check_recorded(about.get("configuration", {}).get(feed.FEED, "").lower() == "true", version)
                self._vectored[version, starting] = feed.vectored_of([changes], root)
                files = list(feed.data_files([changes], at, context))
        exclude = self.stream.chosen.exclude
        return [f for f in files if exclude is None or re.search(exclude, f.status.path) is None]

    def _check_recorded(self, on: bool, version: int) -> None:
        if not on:
            raise AnalysisError(
                "DELTA_MISSING_CHANGE_DATA", startVersion=version, endVersion=version, version=version, key=feed.FEED
            )

    def _actions(self, version: int) -> list[dict[str, Any]]:
        """What a version does; nothing where it is gone and need not be there."""
        try:
            return s.actions_of(self.stream.root, version)
        except FileNotFoundError:
            if not self.stream.chosen.fail:
                return []
            earliest = s.numbers(self.stream.root)[0]
            raise ExecutionError(
                "DELTA_MISSING_FILES_UNEXPECTED_VERSION",
                startVersion=version,
                earliestVersion=earliest,
                option="failOnDataLoss",
            ) from None

    def _added(self, version: int) -> set[str]:
        """The files that a version adds. What it does besides may be an error."""
        actions = self._actions(version)
        added = [a["add"] for a in actions if "add" in a and a["add"].get("dataChange", True)]
        removed = [a["remove"] for a in actions if "remove" in a and a["remove"].get("dataChange", True)]
        self._check_schema(version, actions)
        chosen = self.stream.chosen
        if removed and chosen.skip_changes:
            return set()
        if removed and added and not chosen.ignore_changes:
            raise UnsupportedOperation(
                "DELTA_SOURCE_TABLE_IGNORE_CHANGES",
                changeInfo=unquote(removed[0]["path"]),
                version=version,
                dataPath=self.stream.root,
            )
        if removed and not added and not (chosen.ignore_deletes or chosen.ignore_changes):
            raise UnsupportedOperation(
                "DELTA_SOURCE_IGNORE_DELETE",
                removedFile=unquote(removed[0]["path"]),
                version=version,
                dataPath=self.stream.root,
            )
        return {absolute(self.stream.root, unquote(f["path"])) for f in added}

    def _check_schema(self, version: int, actions: Sequence[dict[str, Any]]) -> None:
        """A query keeps the columns that it began with; it reads new ones when it starts again."""
        at = self.stream.at
        if version == at.version or not any("metaData" in a for a in actions):
            return
        now = self._snapshot(version).schema
        if version < at.version:
            fits = additive(now, at.schema)
        else:
            fits = additive(now, at.schema) and additive(at.schema, now)
        if not fits:
            raise self._other_columns(version, now)

    def _check_beginning(self, version: int) -> None:
        """Columns that were renamed or dropped since cannot be read as they are now; changes must be recorded."""
        at, fed, log = self.stream.at, self.stream.chosen.change_feed, self.stream.log
        if log is not None:
            tracking.begin(log, at, min(version, at.version), self.stream.chosen, self.opening.log)
            return
        if at.configuration.get(MODE, "none") == "none" and not fed:
            return
        earliest = s.numbers(self.stream.root)[0]
        then = at if version >= at.version else self._snapshot(max(version, earliest))
        if not additive(then.schema, at.schema):
            raise self._other_columns(version, then.schema)
        if fed:
            self._check_recorded(then.flag(feed.FEED), then.version)

    def _other_columns(self, version: int, then: StructType) -> SparkError:
        at = self.stream.at
        mapped = at.configuration.get(MODE, "none") != "none"
        if mapped and not (additive(at.schema, then) and version > at.version):
            return UnsupportedOperation(
                "DELTA_STREAMING_INCOMPATIBLE_SCHEMA_CHANGE_USE_SCHEMA_LOG",
                docLink="https://docs.delta.io/latest/versioning.html#column-mapping",
                readSchema=feed.shown_json(at.schema),
                incompatibleSchema=feed.shown_json(then),
            )
        return ExecutionError(
            "DELTA_SCHEMA_CHANGED_WITH_VERSION",
            version=version,
            readSchema=", ".join(f.name for f in at.schema.fields),
            dataSchema=", ".join(f.name for f in then.fields),
        )
