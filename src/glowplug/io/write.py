"""Writing files: the contract, and jobs that write to a directory.

A write has two halves, each with a noun of its own between them:

    rows ──▶ produce(rows, layout, output, staging, context) ──▶ WrittenFile, … ──▶ commit.publish(staging, files)

- `produce.py` makes files. Rows are a kernel statement or a stream of Arrow batches; a `Layout` has their schema and
  partition columns; `formats.output(name, layout, options, context)` says how the format makes one of its files.
- `commit.py` makes them visible. `Commit` is a protocol: begin, publish, abort. `DirectoryCommit` is that of plain
  directories; a table format with a log, or a sink that must take a batch only once, brings its own.
- `write_with` is the two together. What does not end well is aborted, and leaves nothing.

Who has a plan calls one function, for a path as for a table that is a directory:

    execute.writing.write_plan(plan, runtime, operation, format="parquet", path=…, mode="overwrite", options=…,
                               partition_by=("p",), below=(("p", "1"),))

`mode` is append, overwrite, error (the path must not exist) or ignore (nothing is done where it does). Overwriting
replaces everything; with `below`, values of the first partition columns, what is in those partitions (INSERT OVERWRITE
… PARTITION (p = 1)); with the option `partitionOverwriteMode` = dynamic, the partitions that rows are written to.
"""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal as OneOf

from glowplug.errors import AnalysisError, ExecutionError
from glowplug.io.commit import TEMPORARY, Commit, DirectoryCommit, FileReplacement, finish_commits
from glowplug.io.filesystem import FileSystem, locate
from glowplug.io.partitions import DEFAULT_PARTITION, escape
from glowplug.io.produce import Layout, Output, Rows, WrittenFile, produce
from glowplug.io.source import Context, Pairs
from glowplug.plan import commands
from glowplug.source_options import Settings, integer, one_of, option, read_options

SaveMode = commands.SaveMode
MARKED = "mapreduce.fileoutputcommitter.marksuccessfuljobs"


Produced = Callable[[tuple[WrittenFile, ...]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteJob:
    """Rows to be written to the directory `path`.

    `below`: names and values (None = NULL) of the first partition columns, where only those partitions are overwritten.
    `inputs` are the URIs of the files that the rows are read from: they cannot be overwritten. `produced` is told of
    the files before anybody sees them.
    """

    rows: Rows
    layout: Layout
    path: str
    mode: SaveMode = "error"
    options: Pairs = ()
    below: tuple[tuple[str, str | None], ...] = ()
    inputs: tuple[str, ...] = ()
    produced: Produced | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOptions:
    """https://spark.apache.org/docs/latest/sql-data-sources-load-save-functions.html"""

    max_records: int = option("maxRecordsPerFile", "At most so many rows in a file; 0 = no limit.", 0, parse=integer,
                              setting="spark.sql.files.maxRecordsPerFile")  # fmt: skip
    overwrite: str = option(
        "partitionOverwriteMode", "Whether overwriting replaces all partitions (static) or those written (dynamic).",
        "STATIC", parse=one_of("STATIC", "DYNAMIC"), setting="spark.sql.sources.partitionOverwriteMode",
    )  # fmt: skip
    marked: str = option(MARKED, "Whether an empty file `_SUCCESS` is written beside the others.", "", setting=MARKED)

    def marks(self, settings: Settings) -> bool:
        """As Hadoop has it: yes, unless it is told otherwise, by the program or where it starts."""
        return (self.marked or settings.get_option(f"spark.hadoop.{MARKED}") or "").strip().lower() != "false"


def write_with(
    commit: Commit, rows: Rows, layout: Layout, output: Output, context: Context, produced: Produced | None = None
) -> tuple[WrittenFile, ...]:
    """Make the files of `rows` and commit them; nothing if this very job was committed before."""
    staging = commit.begin()
    if staging is None:
        return ()
    try:
        files = produce(rows, layout, output, staging, context)
        if produced is not None:
            produced(files)
        commit.publish(staging, files)
    except BaseException:
        commit.abort(staging)
        raise
    return files


def write_job(job: WriteJob, output: Output, context: Context) -> tuple[WrittenFile, ...]:
    """Run a checked job. Raises PATH_ALREADY_EXISTS, UNSUPPORTED_OVERWRITE.PATH, TASK_WRITE_FAILED."""
    options = read_options(WriteOptions, job.options, context.settings)
    fs, path = locate(job.path, context.settings)
    try:
        there = _there(fs, path)
        if there is not None and job.mode == "error":
            raise AnalysisError("PATH_ALREADY_EXISTS", outputPath=fs.uri(path))
        if there is not None and job.mode == "ignore":
            return ()
        dynamic = options.overwrite == "DYNAMIC" and bool(job.layout.partition_by)
        if job.mode == "overwrite" and not dynamic:
            _check_not_read(job, fs, path)
        layout = replace(job.layout, max_records=options.max_records)
        commit = _commit(job, fs, path, there, dynamic, options.marks(context.settings))
        return write_with(commit, job.rows, layout, output, context, job.produced)
    except OSError as error:
        file = error.filename or path
        reason = f"{error.strerror or error}: {fs.uri(fs.own(file) or file)}"
        raise ExecutionError("TASK_WRITE_FAILED", path=fs.uri(path), reason=reason) from error


def _there(fs: FileSystem, path: str) -> OneOf["file", "directory", None]:
    """What is at a path, after completing what killed jobs began; their leftovers do not make a directory exist."""
    try:
        if not fs.status(path).is_dir:
            return "file"
        found = fs.list(path)
        if finish_commits(fs, path, found):
            found = fs.list(path)
    except FileNotFoundError:
        return None
    return None if found and all(e.name == TEMPORARY for e in found) else "directory"


def _commit(job: WriteJob, fs: FileSystem, path: str, there: str | None, dynamic: bool, marked: bool) -> Commit:
    if job.mode != "overwrite":
        commit = DirectoryCommit(fs, path, marked=marked)
    elif dynamic:
        commit = DirectoryCommit(fs, path, "partitions", marked=marked)
    else:
        below = "/".join(f"{escape(n)}={escape(v or DEFAULT_PARTITION)}" for n, v in job.below)
        commit = DirectoryCommit(fs, path, "all", below, marked)
    if there != "file":
        return commit
    if job.mode != "overwrite" or dynamic or job.below:
        raise NotADirectoryError(errno.ENOTDIR, "a file is where a directory of files should be", path)
    return commit if fs.flat else FileReplacement.of(fs, path, marked)


def _check_not_read(job: WriteJob, fs: FileSystem, path: str) -> None:
    below = fs.uri(path, "//").rstrip("/")
    if any(uri == below or uri.startswith(below + "/") for uri in job.inputs):
        raise AnalysisError("UNSUPPORTED_OVERWRITE.PATH", path=fs.uri(path))
