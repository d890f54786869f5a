"""Delta tables as sources of streams: the files of the table as it is first, then those of each later version.

An offset is a file's place: a version, and the number of the file in it. Of the version that the stream begins with all
files count (`isStartingVersion`), in the order of their times. Offsets are those of Delta's own source.
https://docs.delta.io/latest/delta-streaming.html#delta-table-as-a-source
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple
from zoneinfo import ZoneInfo

from glowplug.errors import (
    AnalysisError,
    ExecutionError,
    IllegalArgument,
)
from glowplug.io.listing import DataFile
from glowplug.io.place import Place, place_of
from glowplug.io.source import Context, Pairs, Source
from glowplug.io.streams.contract import Opening, Reader, Stream
from glowplug.io.streams.log import MetadataLog
from glowplug.lake.delta import feed, tracking
from glowplug.lake.delta import snapshot as s
from glowplug.lake.delta.columns import shown_schema
from glowplug.lake.delta.read import source
from glowplug.lake.delta.stream_files import DeltaStreamOptions, StreamFiles
from glowplug.source_options import read_options
from glowplug.sqltext import literal
from glowplug.types import STRING, TIMESTAMP, StructType


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
    """Offsets, and the files between two of them."""

    def __init__(self, stream: DeltaStream, opening: Opening) -> None:
        self.stream, self.opening = stream, opening
        self.description = f"DeltaSource[{stream.root}]"
        self.end: int | None = None
        self.files = StreamFiles(stream.root, stream.chosen, stream.at, stream.log, opening)
        self._began = False
        self._turn: int | None = None  # the version with other columns that was come to
        if stream.log is not None:
            tracking.check_location(stream.log, opening.log.parent.parent)

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
            raise tracking.turned(self.stream.log, self.files.snapshot(self._turn), self.opening.log)
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
            vectored |= self.files.vectored(place.version, place.starting)
            first = place.version if place.starting else first
        with self.opening.context() as context:
            if self.stream.chosen.change_feed:
                return feed.source_of(tuple(files), vectored, self.stream.at, context)
            whole = source(self.files.snapshot(to.version), context)
        then = None if first is None or first == to.version else self.files.snapshot(first)
        return replace(
            whole, schema=self.stream.schema, stored=self.stream.at.schema, files=tuple(files), beginning=then
        )

    def _after(self, after: Offset | None, to: int | None = None) -> Iterator[tuple[Offset, DataFile]]:
        """The files behind a place, in order."""
        if after is None:
            version, starting, index = self.stream.first, self.stream.whole, -1
        else:
            version, starting, index = after.version, after.starting, after.number
        newest = self.end if self.end is not None else s.numbers(self.stream.root)[-1]
        newest = newest if to is None else min(newest, to)
        if not self._began:
            self.files.check_beginning(version)
            self._began = True
        if starting:
            yield from self._numbered(version, True, index)
            version, index = version + 1, -1
        while version <= newest:
            if self.files.turns(version):
                self._turn = version
                return
            yield from self._numbered(version, False, index)
            version, index = version + 1, -1

    def _numbered(self, version: int, starting: bool, after: int) -> Iterator[tuple[Offset, DataFile]]:
        for i, file in enumerate(self.files.of(version, starting)):
            if i > after:
                yield Offset(version, i, starting), file
