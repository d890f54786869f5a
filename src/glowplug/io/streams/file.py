"""Files as they appear in a directory, in any format that can be read.

Each file is read once. Which ones a batch has is written to the source's log before the batch begins, in the form of
Spark's `FileStreamSourceLog`: a line for each file, every tenth file of the log holding all lines before it.
https://spark.apache.org/docs/latest/streaming/apis-on-dataframes-and-datasets.html#input-sources
"""

from __future__ import annotations

import json
import os
import posixpath
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from glowplug.config import parse_bytes, parse_millis
from glowplug.errors import AnalysisError, IllegalArgument
from glowplug.interval_texts import parse_duration
from glowplug.io.files import ROW_INDEX, FileSource, metadata_column
from glowplug.io.filesystem import local_path
from glowplug.io.globs import has_glob
from glowplug.io.listing import DataFile
from glowplug.io.source import Context, Pairs, Source
from glowplug.io.streams.contract import Opening, Reader, Stream, offset_of
from glowplug.io.streams.log import CompactingLog
from glowplug.io.streams.pace import Pace
from glowplug.source_options import boolean, invalid_option, one_of, option, read_options
from glowplug.types import StructField, StructType, as_nullable

FIRST_BYTES = 8_000_000  # of the first batch, where its duration is given
INFER = "spark.sql.streaming.schemaInference"


def _positive(text: str, parse: Callable[[str], int]) -> int:
    with suppress(ValueError):
        if (n := parse(text)) > 0:
            return n
    raise ValueError("a positive number")


def _millis(text: str) -> int:
    """`2h`, `7 days`: Spark's names of units, or those of intervals."""
    try:
        return int(parse_millis(text.replace(" ", ""), "ms"))
    except ValueError:
        return parse_duration(text) // 1000


@dataclass(frozen=True, slots=True)
class FileStreamOptions:
    files: int | None = option(
        "maxFilesPerTrigger", "At most so many new files in a batch.", None, parse=lambda t: _positive(t, int)
    )
    bytes: int | None = option(
        "maxBytesPerTrigger", "About so many bytes of new files in a batch.", None,
        parse=lambda t: _positive(t, parse_bytes),
    )  # fmt: skip
    duration: int | None = option(
        "targetBatchDuration", "Batches get as many bytes as are done in about this time (not in Spark).", None,
        parse=_millis,
    )  # fmt: skip
    latest_first: bool = option("latestFirst", "The newest files first.", False, parse=boolean)
    name_only: bool = option(
        "fileNameOnly", "Files of one name in different directories are the same.", False, parse=boolean
    )
    max_age: int = option(
        "maxFileAge",
        "Files so much older than the newest one that was read are left out.",
        7 * 86_400_000,
        parse=_millis,
    )
    clean: str = option(
        "cleanSource", "What becomes of files that are done with: off, delete or archive.", "off",
        parse=one_of("off", "delete", "archive"),
    )  # fmt: skip
    archive: str | None = option("sourceArchiveDir", "Where they are archived.", None)


@dataclass(frozen=True, slots=True)
class FileStream(Stream):
    """`template` is the batch source, without files; `paths` may have globs."""

    format: str
    paths: tuple[str, ...]
    limits: FileStreamOptions

    @property
    def name(self) -> str:
        return "FileSource"

    @property
    def hidden(self) -> tuple[StructField, ...]:
        return (metadata_column(self.schema, *([ROW_INDEX] if self.format == "parquet" else [])),)

    def open(self, opening: Opening) -> Reader:
        return FileReader(self, opening)


class FileReader(Reader):
    """Offsets are `{"logOffset":N}`: all files of the source's log up to its entry N."""

    def __init__(self, stream: FileStream, opening: Opening) -> None:
        self.stream, self.opening = stream, opening
        self.log = SourceLog(opening.log)
        self.seen = {self._key(entry["path"]): entry["timestamp"] for entry in self.log.entries()}
        self.last = self.log.latest()
        self.frozen: list[tuple[str, DataFile]] | None = None
        self.taken: dict[str, DataFile] = {}  # by URI: found for a batch that has not been read yet
        self.template: FileSource | None = None  # the source that last found any, without files
        self.cleaned: int | None = None  # the entry of the log up to which files were cleaned up
        self.newest = max(self.seen.values(), default=0)
        self.pace = Pace(stream.limits.duration, FIRST_BYTES)
        self.description = f"FileStreamSource[{','.join(map(_absolute, stream.paths))}]"

    def latest(self, start: str | None, limited: bool) -> str | None:
        current = self.last
        new = self._new_files() if self.frozen is None else self.frozen
        found = self._limited(new) if limited else new
        if self.frozen is not None:
            self.frozen = new[len(found) :]
        if found:
            number = 0 if current is None else current + 1
            entries = [{"path": uri, "timestamp": f.status.modified // 1000, "batchId": number} for uri, f in found]
            self.log.add(number, entries)
            self.newest = max([self.newest, *(f.status.modified // 1000 for _, f in found)])
            self.seen.update((self._key(uri), f.status.modified // 1000) for uri, f in found)
            self.taken.update(found)
            current = self.last = number
        return None if current is None else json.dumps({"logOffset": current}, separators=(",", ":"))

    def freeze(self) -> None:
        self.frozen = self._new_files()

    def source(self, start: str | None, end: str) -> Source:
        first, last = -1 if start is None else _number(start), _number(end)
        wanted = sorted({str(e["path"]) for e in self.log.between(first, last)})
        if self.template is None or not self.taken.keys() >= set(wanted):  # the batch of a run before
            self.taken.update(self._found())
        whole = self.template
        missing = next((uri for uri in wanted if uri not in self.taken), None)
        if whole is None or (missing is not None and not whole.ignore_missing):
            raise AnalysisError("PATH_NOT_FOUND", path=missing or self.description)
        files = tuple(self.taken[uri] for uri in wanted if uri in self.taken)
        self.taken = {}
        return replace(whole, files=files, schema=self.stream.schema)

    def commit(self, end: str) -> None:
        """Clean up after the batch that ended there; a file that has changed since is another one."""
        if (how := self.stream.limits.clean) == "off":
            return
        last = _number(end)
        first = last - 1 if self.cleaned is None else self.cleaned
        self.cleaned = last
        for entry in self.log.between(first, last):
            path = Path(local_path(str(entry["path"])))
            try:
                if path.stat().st_mtime_ns // 1_000_000 != entry["timestamp"]:
                    continue
            except FileNotFoundError:
                continue
            if how == "delete":
                path.unlink(missing_ok=True)
            else:
                target = Path(f"{local_path(str(self.stream.limits.archive))}{path}")
                target.parent.mkdir(parents=True, exist_ok=True)
                os.replace(path, target)

    def _key(self, uri: str) -> str:
        return posixpath.basename(uri) if self.stream.limits.name_only else uri

    def _new_files(self) -> list[tuple[str, DataFile]]:
        """In the order in which they are taken: by time of change."""
        files = [(uri, f) for uri, f in self._found() if self._key(uri) not in self.seen]
        limits = self.stream.limits
        if not (limits.latest_first and (limits.files or limits.bytes)):
            files = [(u, f) for u, f in files if f.status.modified // 1000 >= self.newest - limits.max_age]
        return sorted(files, key=lambda uf: (uf[1].status.modified, uf[0]), reverse=limits.latest_first)

    def _limited(self, files: list[tuple[str, DataFile]]) -> list[tuple[str, DataFile]]:
        limits = self.stream.limits
        files = files[: limits.files]
        most = [n for n in (limits.bytes, None if limits.duration is None else self.pace.limit) if n is not None]
        if not most:
            return files
        taken: list[tuple[str, DataFile]] = []
        total = 0
        for uri, file in files:
            total += file.status.size
            if taken and total > min(most):
                break
            taken.append((uri, file))
        self.pace.gave(sum(f.status.size for _, f in taken), len(taken) < len(files))
        return taken

    def took(self, seconds: float) -> None:
        self.pace.took(seconds)

    def _found(self) -> list[tuple[str, DataFile]]:
        """All files that are there, by URI, with the partition values that a batch read of the same paths finds."""
        from glowplug.io import formats

        stream = self.stream
        try:
            with self.opening.context() as context:
                found = formats.resolve(stream.format, stream.paths, stream.schema, stream.options, context)
        except AnalysisError as error:
            if error.condition == "PATH_NOT_FOUND":
                return []
            raise
        source = cast(FileSource, found)
        self.template = replace(source, files=())
        return [(source.fs.uri(f.status.path, "//"), f) for f in source.files]


class SourceLog(CompactingLog):
    """The files that each batch took, as Spark writes them."""

    def between(self, first: int, last: int) -> list[dict[str, Any]]:
        """Those of batches behind `first`, up to `last`."""
        return [e for e in self.entries(first, last) if first < e["batchId"] <= last]


def _number(offset: str) -> int:
    return offset_of(offset, lambda text: int(json.loads(text)["logOffset"]))


def _absolute(path: str) -> str:
    return path if ":" in path else f"file:{os.path.abspath(path)}"


def stream(format: str, schema: StructType | None, options: Pairs, paths: Sequence[str], context: Context) -> Stream:
    """`spark.readStream.format(format).schema(schema).load(path)`."""
    given = [*paths, *[v for k, v in options if k.lower() == "path"][-1:]]
    if not given:
        raise IllegalArgument("_LEGACY_ERROR_TEMP_2047")
    if schema is None and format != "text" and context.settings.get_option(INFER) != "true":
        raise IllegalArgument("_LEGACY_ERROR_TEMP_2048")
    rest = tuple((k, v) for k, v in options if k.lower() != "path")
    whole = _whole(format, given, schema, rest, context)
    limits = read_options(FileStreamOptions, rest, context.settings)
    if limits.clean == "archive" and limits.archive is None:
        raise invalid_option("cleanSource", limits.clean, "used together with sourceArchiveDir")
    if limits.files is not None and limits.bytes is not None:
        raise invalid_option("maxBytesPerTrigger", str(limits.bytes), "absent where there is maxFilesPerTrigger")
    nullable = cast(StructType, as_nullable(whole))
    return FileStream(nullable, rest, format, tuple(given), limits)


def _whole(format: str, paths: list[str], schema: StructType | None, rest: Pairs, context: Context) -> StructType:
    """The columns, those of partition directories included where there are files already."""
    from glowplug.io import formats

    try:
        return formats.resolve(format, paths, schema, rest, context).schema
    except AnalysisError as error:
        later = error.condition == "UNABLE_TO_INFER_SCHEMA" or (
            error.condition == "PATH_NOT_FOUND" and all(map(has_glob, paths))  # of which there may be some later
        )
        if schema is None or not later:
            raise
        return schema
