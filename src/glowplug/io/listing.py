"""From the paths a user gave to the files to read, with their partition values.

Semantics of Spark's `DataSource`, `InMemoryFileIndex` and `PartitioningAwareFileIndex`: directories are walked,
hidden entries skipped, filters applied to names and times; partition columns come from directory names.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from glowplug.errors import AnalysisError
from glowplug.io.commit import finish_commits
from glowplug.io.filesystem import (
    FileStatus,
    FileSystem,
    access_error,
    is_hidden,
    locate,
)
from glowplug.io.globs import expand, glob_pattern, has_glob
from glowplug.io.partitions import Partitioning, discover
from glowplug.io.place import Place
from glowplug.io.sink_log import SinkLog, has_log
from glowplug.io.source import Context
from glowplug.source_options import ListingOptions, enabled, invalid_option, wall_clock
from glowplug.types import StructType


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file to read. `values` are those of the partition columns."""

    status: FileStatus
    values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """What was found below the roots; `roots` are the given paths after globbing. A stream has written `of_stream`."""

    fs: FileSystem
    roots: tuple[str, ...]
    files: tuple[DataFile, ...]
    partition_schema: StructType
    of_stream: bool = False


def list_files(paths: Sequence[str], options: ListingOptions, user: StructType | None, context: Context) -> Listing:
    """The files below `paths`, sorted by path. Raises PATH_NOT_FOUND and the errors of partition discovery."""
    fs, roots = _roots(paths, context)
    accept = _filters(options, context)
    leaves = [s for root in roots for s in _files_of(fs, root)]
    kept = sorted({s.path: s for s in leaves if accept(s)}.values(), key=lambda s: s.path)
    if options.recursive:
        return Listing(fs, roots, tuple(map(DataFile, kept)), StructType())
    infer = enabled(context.settings, "spark.sql.sources.partitionColumnTypeInference.enabled")
    bases = _bases(fs, roots, {s.path for s in leaves}, options, context)
    # Partition columns do not depend on which files the filters let through.
    directories = dict.fromkeys(posixpath.dirname(s.path) for s in leaves)
    spec: Partitioning = discover(directories, bases, user, infer, wall_clock(context.settings), context.kernel)
    if not spec.schema.fields:
        # Without partitions Spark reads only the files directly in the roots.
        inside = {*roots}
        files = [DataFile(s) for s in kept if s.path in inside or posixpath.dirname(s.path) in inside]
    else:
        files = [DataFile(s, v) for s in kept if (v := spec.values.get(posixpath.dirname(s.path))) is not None]
    return Listing(fs, roots, tuple(files), spec.schema, len(roots) == 1 and _sink_log(fs, roots[0]) is not None)


def _roots(paths: Sequence[str], context: Context) -> tuple[FileSystem, tuple[str, ...]]:
    roots: dict[str, None] = {}
    fs: FileSystem | None = None
    for given in paths:
        own, path = locate(given, context.settings)
        if fs is not None and own is not fs:
            raise AnalysisError("UNSUPPORTED_FEATURE.GLOWPLUG", feature="paths of several file systems in one read")
        fs = own
        try:
            found = expand(fs, path) if has_glob(path) else [fs.status(path).path]
        except (FileNotFoundError, NotADirectoryError):
            found = []
        except OSError as error:
            raise access_error(error, fs.uri(path)) from error
        if not found:
            raise AnalysisError("PATH_NOT_FOUND", path=fs.uri(path))
        roots.update(dict.fromkeys(found))
    if fs is None:
        fs, _ = locate("/", context.settings)
    return fs, tuple(roots)


def _files_of(fs: FileSystem, root: str) -> Iterable[FileStatus]:
    """Those that a streaming sink's log names, where the directory has one; otherwise all below."""
    try:
        log = _sink_log(fs, root)
        if log is None:
            return _leaves(fs, root)
        return [fs.status(fs.own(unquote(uri)) or uri) for uri in log.uris()]
    except OSError as error:
        raise access_error(error, fs.uri(root)) from error


def _sink_log(fs: FileSystem, root: str) -> SinkLog | None:
    place = Place(fs, root)
    return SinkLog(place) if has_log(place) else None


def _leaves(fs: FileSystem, root: str) -> Iterator[FileStatus]:
    """All files below a path that are not hidden, nor below a hidden directory."""
    try:
        entries = fs.list(root)
        if finish_commits(fs, root, entries):
            entries = fs.list(root)
        for entry in entries:
            summary = not entry.is_dir and entry.name in ("_metadata", "_common_metadata")  # of Parquet files
            if summary or is_hidden(entry.name):
                continue
            if entry.is_dir:
                yield from _leaves(fs, entry.path)
            else:
                yield entry
    except OSError as error:
        raise access_error(error, fs.uri(root)) from error


def _bases(
    fs: FileSystem, roots: Sequence[str], files: set[str], options: ListingOptions, context: Context
) -> frozenset[str]:
    """Where partition discovery stops: the `basePath` option, or each root (a file's directory)."""
    if options.base_path is None:
        return frozenset(posixpath.dirname(r) if r in files else r for r in roots)
    _, base = locate(options.base_path, context.settings)
    if not fs.status(base).is_dir:
        raise invalid_option("basePath", options.base_path, "a directory")
    for root in roots:
        if not (root + "/").startswith(base.rstrip("/") + "/"):
            raise invalid_option("basePath", options.base_path, f"a directory above {fs.uri(root)}")
    return frozenset([base])


class _Filters:
    """Which files pass `pathGlobFilter`, `modifiedBefore` and `modifiedAfter`."""

    def __init__(self, glob: re.Pattern[str] | None, before: int | None, after: int | None) -> None:
        self.glob, self.before, self.after = glob, before, after

    def __call__(self, file: FileStatus) -> bool:
        return (
            (self.glob is None or self.glob.match(file.name) is not None)
            and (self.before is None or file.modified < self.before)
            and (self.after is None or file.modified > self.after)
        )


def _filters(options: ListingOptions, context: Context) -> _Filters:
    zone = options.zone or context.kernel.time_zone
    return _Filters(
        glob_pattern(options.glob) if options.glob is not None else None,
        _instant("modifiedbefore", options.before, zone),
        _instant("modifiedafter", options.after, zone),
    )


def _instant(name: str, text: str | None, zone: str) -> int | None:
    """A time option in microseconds since the epoch."""
    if text is None:
        return None
    try:
        wall = datetime.fromisoformat(text.strip())
    except ValueError:
        raise AnalysisError("_LEGACY_ERROR_TEMP_1294", strategy=name, timeString=text) from None
    instant = wall if wall.tzinfo else wall.replace(tzinfo=ZoneInfo(zone))
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return int((instant - epoch).total_seconds() * 1_000_000)
