"""A write job: from a kernel query to committed files. What all formats share; a format says how one file is made."""

from __future__ import annotations

import os
import posixpath
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal as OneOf
from urllib.parse import unquote

from glowplug.errors import AnalysisError, ExecutionError, IllegalArgument
from glowplug.io.commit import SUCCESS, TEMPORARY, Job, abort, begin, commit, finish_commits
from glowplug.io.files import check_duplicates
from glowplug.io.filesystem import FileStatus, FileSystem, locate
from glowplug.io.options import integer, one_of, option, read_options
from glowplug.io.partitions import DEFAULT_PARTITION, escape
from glowplug.io.source import Context, Pairs
from glowplug.io.sqltext import ident, literal
from glowplug.types import (
    COMPLEX,
    STRING,
    BinaryType,
    CalendarIntervalType,
    DataType,
    NullType,
    StructField,
    StructType,
    UserDefinedType,
    VariantType,
    quote,
    simple_string,
    sql_name,
)

SaveMode = OneOf["append", "overwrite", "error", "ignore"]


@dataclass(frozen=True, slots=True)
class WriteJob:
    """Rows to be written. `query` is kernel SQL whose columns are those of `schema`, by position.

    `inputs` are the URIs of the files that the query reads. `parts` is the number of files, where the plan says it
    (`repartition(n)`); rows are dealt out to them in turn.
    """

    query: str
    schema: StructType
    path: str
    mode: SaveMode = "error"
    options: Pairs = ()
    partition_by: tuple[str, ...] = ()
    sort_by: tuple[str, ...] = ()
    bucket_by: tuple[int, tuple[str, ...]] | None = None
    inputs: tuple[str, ...] = ()
    parts: int = 1

    @property
    def data_schema(self) -> StructType:
        """The columns that go into the files."""
        outside = {p.lower() for p in self.partition_by}
        return StructType(tuple(f for f in self.schema.fields if f.name.lower() not in outside))


@dataclass(frozen=True, slots=True)
class Output:
    """How a format writes: SQL of a file's columns, over the job's data columns `d0`, `d1`, …, and COPY's options.

    `convert` rewrites a finished file (path in, path out): what the kernel's writers cannot do.
    """

    extension: str
    columns: Sequence[tuple[str, str]]  # (SQL, name)
    copy: str
    convert: Callable[[str, str], None] | None = None
    where: str = ""  # SQL over the job's columns: the rows that are written at all

    def but_where(self, where: str) -> Output:
        return replace(self, where=where)


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOptions:
    """https://spark.apache.org/docs/latest/sql-data-sources-load-save-functions.html"""

    max_records: int = option("maxRecordsPerFile", "At most so many rows in a file; 0 = no limit.", 0, parse=integer,
                              setting="spark.sql.files.maxRecordsPerFile")  # fmt: skip
    overwrite: str = option(
        "partitionOverwriteMode", "Whether overwriting replaces all partitions (static) or those written (dynamic).",
        "STATIC", parse=one_of("STATIC", "DYNAMIC"), setting="spark.sql.sources.partitionOverwriteMode",
    )  # fmt: skip


def codec(codecs: Mapping[str, object]) -> Callable[[str], str]:
    """A parser of the compression option: one of the names in any case."""

    def parse(text: str) -> str:
        if text.lower() not in codecs:
            available = ", ".join(sorted(codecs))
            raise IllegalArgument(
                "CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION", codecName=text, availableCodecs=available
            )
        return text.lower()

    return parse


# --- checks ---------------------------------------------------------------------------------------------


def check(job: WriteJob, format_name: str, supports: Callable[[DataType], bool], duplicates: bool = False) -> None:
    """Raise what Spark raises before it writes anything: partitioning, buckets, names, types."""
    if job.sort_by and job.bucket_by is None:
        raise AnalysisError("SORT_BY_WITHOUT_BUCKETING")
    if job.bucket_by is not None:
        raise AnalysisError(f"_LEGACY_ERROR_TEMP_{1313 if job.sort_by else 1312}", operation="save")
    check_duplicates(job.partition_by)
    by_name = {f.name.lower(): f for f in job.schema.fields}
    for name in job.partition_by:
        field = by_name.get(name.lower())
        if field is None:
            raise AnalysisError("_LEGACY_ERROR_TEMP_1155", col=quote(name), schemaCatalog=simple_string(job.schema))
        if isinstance(field.type, (*COMPLEX, NullType, VariantType, UserDefinedType)):
            raise AnalysisError("INVALID_PARTITION_COLUMN_DATA_TYPE", type=f'"{sql_name(field.type)}"')
        if isinstance(field.type, (CalendarIntervalType, BinaryType)):
            raise _unsupported(field, format_name)
    if not duplicates:
        check_duplicates([f.name for f in job.schema.fields])
    if job.partition_by and len(job.partition_by) == len(job.schema.fields):
        raise AnalysisError("ALL_PARTITION_COLUMNS_NOT_ALLOWED")
    for field in job.data_schema.fields:
        if not _supported(field.type, supports):
            raise _unsupported(field, format_name)


def check_not_empty(schema: StructType, format_name: str) -> None:
    """Raise EMPTY_SCHEMA_NOT_SUPPORTED_FOR_DATASOURCE for a struct without fields, at any depth."""

    def empty(type: DataType) -> bool:
        return isinstance(type, StructType) and (not type.fields or any(empty(f.type) for f in type.fields))

    if empty(schema):
        raise AnalysisError("EMPTY_SCHEMA_NOT_SUPPORTED_FOR_DATASOURCE", format=format_name)


def _unsupported(field: StructField, format_name: str) -> AnalysisError:
    return AnalysisError(
        "UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
        columnName=quote(field.name),
        columnType=f'"{sql_name(field.type)}"',
        format=format_name,
    )


def _supported(type: DataType, supports: Callable[[DataType], bool]) -> bool:
    """Whether a type is supported, and all that it is made of."""
    if not supports(type):
        return False
    match type:
        case StructType(fields):
            return all(_supported(f.type, supports) for f in fields)
        case UserDefinedType(sql_type):
            return _supported(sql_type, supports)
    inner = (getattr(type, n) for n in ("element", "key", "value") if hasattr(type, n))
    return all(_supported(t, supports) for t in inner)


# --- the job --------------------------------------------------------------------------------------------


def write_job(job: WriteJob, output: Output, context: Context) -> None:
    """Run a checked job. Raises PATH_ALREADY_EXISTS, UNSUPPORTED_OVERWRITE.PATH, TASK_WRITE_FAILED."""
    options = read_options(WriteOptions, job.options, context.settings)
    fs, path = locate(job.path, context.settings)
    try:
        there = _entries(fs, path)
        if there and job.mode == "error":
            raise AnalysisError("PATH_ALREADY_EXISTS", outputPath=fs.uri(path))
        if there and job.mode == "ignore":
            return
        dynamic = job.mode == "overwrite" and options.overwrite == "DYNAMIC" and bool(job.partition_by)
        if job.mode == "overwrite" and not dynamic:
            _check_not_read(job, fs, path)
        if there and there[0].path == path and not there[0].is_dir:
            fs.remove(path)
        running = begin(fs, path)
        try:
            moves = _write(job, output, options.max_records, running, context)
            replaced = _replaced(fs, path, there, moves, dynamic) if job.mode == "overwrite" else []
            commit(running, moves, replaced)
        except BaseException:
            abort(running)
            raise
    except OSError as error:
        reason = f"{error.strerror or error}: {fs.uri(error.filename or path)}"
        raise ExecutionError("TASK_WRITE_FAILED", path=fs.uri(path), reason=reason) from error


def _entries(fs: FileSystem, path: str) -> list[FileStatus]:
    """What is at a path, without the leftovers of killed jobs; a file there is its own entry."""
    try:
        found = fs.list(path)
        if finish_commits(fs, path, found):
            found = fs.list(path)
    except FileNotFoundError:
        return []
    kept = [e for e in found if e.name != TEMPORARY]
    # An empty directory counts as existing, but not one that holds only what a killed job left.
    return kept if len(kept) < len(found) or kept else [FileStatus(path, is_dir=True)]


def _check_not_read(job: WriteJob, fs: FileSystem, path: str) -> None:
    below = fs.uri(path, "//").rstrip("/")
    if any(uri == below or uri.startswith(below + "/") for uri in job.inputs):
        raise AnalysisError("UNSUPPORTED_OVERWRITE.PATH", path=fs.uri(path))


def _replaced(
    fs: FileSystem, path: str, there: Sequence[FileStatus], moves: Sequence[tuple[str, str]], dynamic: bool
) -> list[FileStatus]:
    """The files that an overwrite replaces: all, or those in the directories that it writes to."""

    def files(status: FileStatus) -> list[FileStatus]:
        if not status.is_dir:
            return [status]
        return [f for e in fs.list(status.path) if e.name != TEMPORARY for f in files(e)]

    if not dynamic:
        # The new marker takes the old one's place by itself.
        return [f for e in there if e.path != path and e.name != SUCCESS for f in files(e)]
    touched = {posixpath.join(path, posixpath.dirname(target)) for _, target in moves if target != SUCCESS}
    return [f for d in sorted(touched) if _is_dir(fs, d) for f in fs.list(d) if not f.is_dir]


def _is_dir(fs: FileSystem, path: str) -> bool:
    try:
        return fs.status(path).is_dir
    except FileNotFoundError:
        return False


def _write(job: WriteJob, output: Output, max_records: int, running: Job, context: Context) -> list[tuple[str, str]]:
    """Write the files into the staging directory; the moves that will put them in their places."""
    fields = job.schema.fields
    position = {f.name.lower(): i for i, f in enumerate(fields)}
    outside = {name.lower() for name in job.partition_by}
    inside = [i for i, f in enumerate(fields) if f.name.lower() not in outside]
    items = [f"f{i} AS d{number}" for number, i in enumerate(inside)]
    for number, name in enumerate(job.partition_by):
        i = position[name.lower()]
        text = context.kernel.cast(f"f{i}", fields[i].type, STRING, "legacy")
        items.append(f"coalesce(nullif({text}, ''), {literal(DEFAULT_PARTITION)}) AS __k{number}")
    names = ", ".join(f"f{i}" for i in range(len(fields)))
    rows = f"SELECT {', '.join(items)} FROM ({job.query}) AS q({names})"
    layout = [f"__k{n}" for n in range(len(job.partition_by))]
    if max_records > 0:
        over = f"PARTITION BY {', '.join(layout)}" if layout else ""
        rows = f"SELECT *, (row_number() OVER ({over}) - 1) // {max_records} AS __part FROM ({rows})"
        layout.append("__part")
    elif job.parts > 1:
        rows = f"SELECT *, (row_number() OVER () - 1) % {job.parts} AS __part FROM ({rows})"
        layout.append("__part")
    if output.where:
        rows = f"SELECT * FROM ({rows}) WHERE {output.where}"
    columns = [f"{sql} AS {ident(name)}" for sql, name in output.columns]
    directory = posixpath.join(running.staging, "data")
    moves = []
    if layout:
        options = f"{output.copy}, PARTITION_BY ({', '.join(layout)}), WRITE_PARTITION_COLUMNS false"
        _copy(f"SELECT {', '.join(columns + layout)} FROM ({rows})", directory, options, context)
        moves = _partition_moves(directory, job, max_records > 0, output.extension)
    if not moves and not job.partition_by:
        # Also where no rows made no files: Spark then writes one with the schema.
        os.makedirs(directory, exist_ok=True)
        limit = " LIMIT 0" if layout else ""
        _copy(f"SELECT {', '.join(columns)} FROM ({rows}){limit}", posixpath.join(directory, "0"), output.copy, context)
        moves = [("data/0", f"part-00000-{uuid.uuid4()}-c000{output.extension}")]
    if output.convert is not None:
        moves = [(_converted(running.staging, source, output.convert), target) for source, target in moves]
    open(posixpath.join(running.staging, SUCCESS), "wb").close()
    return [*moves, (SUCCESS, SUCCESS)]


def _partition_moves(directory: str, job: WriteJob, numbered: bool, extension: str) -> list[tuple[str, str]]:
    """Where the files of a COPY into partitions go: its directories have our key names and percent-encoded values.

    `numbered`: the last level is a file's number in its partition, not the number of a part.
    """
    found = []
    for folder, _, files in os.walk(directory):
        relative = os.path.relpath(folder, directory)
        values = dict(p.split("=", 1) for p in relative.split(os.sep)) if files else {}
        part = int(values.pop("__part", "0"))
        keys = [unquote(values[f"__k{i}"]) for i in range(len(job.partition_by))] if files else []
        prefix = "".join(f"{escape(n)}={escape(v)}/" for n, v in zip(job.partition_by, keys, strict=bool(files)))
        found += [(prefix, part, posixpath.join("data", relative, file)) for file in files]
    id, joint = uuid.uuid4(), "." if job.partition_by else "-"
    moves, counts = [], dict[tuple[str, int], int]()
    for prefix, part, source in sorted(found):
        group = (prefix, 0 if numbered else part)
        counts[group] = counts.get(group, -1) + 1
        moves.append((source, f"{prefix}part-{group[1]:05}-{id}{joint}c{counts[group]:03}{extension}"))
    return moves


def _copy(query: str, path: str, options: str, context: Context) -> None:
    context.kernel.execute(f"COPY ({query}) TO {literal(path)} ({options})")


def _converted(staging: str, name: str, convert: Callable[[str, str], None]) -> str:
    convert(posixpath.join(staging, name), posixpath.join(staging, name + ".out"))
    os.remove(posixpath.join(staging, name))
    return name + ".out"
