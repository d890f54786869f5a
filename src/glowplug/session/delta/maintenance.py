"""VACUUM, GENERATE, and CONVERT TO DELTA, which is the `deltalake` library's."""

from __future__ import annotations

import os
import posixpath
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import unquote

import deltalake
import pyarrow as pa
from deltalake.exceptions import DeltaError

from glowplug.analyze.commands import targets
from glowplug.catalog.table import Table
from glowplug.errors import AnalysisError, ExecutionError, IllegalArgument, SparkError
from glowplug.execute.local import workbench
from glowplug.execute.operation import Operation, current
from glowplug.interval_texts import parse_duration
from glowplug.io.commit import TEMPORARY
from glowplug.io.filesystem import FileStatus
from glowplug.io.partitions import partition_values, unescape
from glowplug.io.place import Place, place_of
from glowplug.lake.delta import manifest
from glowplug.lake.delta.snapshot import Snapshot, absolute, actions_of, is_table, load, numbers, said
from glowplug.lake.delta.staged import CHANGES
from glowplug.lake.delta.vectors import file_of, vector_of
from glowplug.plan import delta as d
from glowplug.plan.relations import LocalData, Relation
from glowplug.session.delta.changes import Change, run
from glowplug.session.delta.history import table_of
from glowplug.session.rows import rows
from glowplug.session.session import Session
from glowplug.sql import Settings, parse_type
from glowplug.types import STRING, StructType, sql_name

RETENTION_CHECK = "spark.databricks.delta.retentionDurationCheck.enabled"
_WEEK_HOURS = 168.0


# --- VACUUM ---------------------------------------------------------------------------------------------


def vacuum(command: d.Vacuum, session: Session, operation: Operation) -> Relation:
    """What killed writers have left aside goes too, with the same retention."""
    _, root = table_of(command.parts, "VACUUM", session)
    at = load(root)
    kept = _hours(at.configuration.get("delta.deletedFileRetentionDuration"))
    hours = kept if command.hours is None else command.hours
    checks = (session.conf.get_option(RETENTION_CHECK) or "true").lower() == "true"
    if checks and hours < kept:
        raise IllegalArgument("DELTA_VACUUM_RETENTION_PERIOD_TOO_SHORT", configuredRetentionHours=int(kept))
    since = time.time() - hours * 3600
    needed = _needed(at, since)
    there = _said(at) if command.lite else _listed(at, root.fs.list(root.path))
    gone = [f for f in there if f.is_dir or (f.modified < since * 1_000_000 and f.path not in needed)]
    if command.dry_run:
        return rows((("path", STRING),), [(root.fs.uri(f.path),) for f in gone], nullable=True)
    if gone:
        specified = {} if command.hours is None else {"specifiedRetentionMillis": int(hours * 3_600_000)}
        parameters = {"retentionCheckEnabled": checks, "defaultRetentionMillis": int(kept * 3_600_000)}
        _removed(at, gone, {**specified, **parameters}, session, operation)
    if not root.fs.flat:  # where nothing is made aside
        _remove_aside(os.path.join(root.path, TEMPORARY), since)
    return rows((("path", STRING),), [(at.location,)], nullable=True)


def _listed(at: Snapshot, entries: Sequence[FileStatus]) -> Iterator[FileStatus]:
    """The files and empty directories among entries and below them, but for hidden names as the log's. All of it is
    taken for the table's, as Delta does: other tables are not to be below it."""
    for entry in entries:
        if not _is_hidden(entry.name, at.partition_by):
            below = at.path.fs.list(entry.path) if entry.is_dir else []
            if not below:
                yield entry
            yield from _listed(at, below)


def _said(at: Snapshot) -> Iterator[FileStatus]:
    """The files that versions of the log took away, or made for the change feed, as far as they are there."""
    files = dict[str, None]()
    for version in numbers(at.path):
        for action in actions_of(at.path, version):
            for f in (action[kind] for kind in ("remove", "cdc") if kind in action):
                files[absolute(at.path, unquote(f["path"]))] = None
                if (vector := f.get("deletionVector")) and (path := file_of(vector_of(vector), at.path)) is not None:
                    files[path] = None
    for path in files:
        with suppress(FileNotFoundError):
            yield at.path.fs.status(path)


def _is_hidden(name: str, partition_by: Sequence[str]) -> bool:
    listed = ("_delta_index", CHANGES, *(f"{column}=" for column in partition_by))
    return name.startswith((".", "_")) and not name.startswith(listed)


def _needed(at: Snapshot, since: float) -> set[str]:
    """Files that stay: those of the table, and those that went after `since`, in seconds since the epoch, each with its
    deletion vector."""
    gone = [f for f in said(at.path, at.version, "remove") if (f.get("deletionTimestamp") or 0) >= since * 1000]
    vectors = [vector_of(f["deletionVector"]) for f in gone if f.get("deletionVector")]
    if "deletionVectors" in at.protocol.reader_features:
        vectors += at.descriptors().values()
    files = {path for v in vectors if (path := file_of(v, at.path)) is not None}
    paths = [*at.files["path"].to_pylist(), *(unquote(f["path"]) for f in gone)]
    return files | {absolute(at.path, p) for p in paths}


def _removed(
    at: Snapshot, gone: Sequence[FileStatus], parameters: Mapping[str, Any], session: Session, operation: Operation
) -> None:
    """Remove files and directories; the log says when that began and ended, as Delta's does."""
    planned = {"numFilesToDelete": len(gone), "sizeOfDataToDelete": sum(f.size for f in gone)}
    _noted(at, "VACUUM START", parameters, planned, session, operation)
    for file in gone:
        try:
            if file.is_dir:
                at.path.fs.remove_empty(file.path)
            else:
                at.path.fs.remove_file(file.path)
        except FileNotFoundError:  # another one was faster
            continue
        except OSError as error:
            raise ExecutionError("TASK_WRITE_FAILED", path=at.path.uri, reason=error) from error
    done = {"numDeletedFiles": len(gone), "numVacuumedDirectories": len({posixpath.dirname(f.path) for f in gone})}
    _noted(load(at.path), "VACUUM END", {"status": "COMPLETED"}, done, session, operation)


def _noted(
    at: Snapshot,
    name: str,
    parameters: Mapping[str, Any],
    metrics: Mapping[str, int],
    session: Session,
    operation: Operation,
) -> None:
    change = Change(
        path=at.path,
        base=at,
        metadata=at.metadata,
        protocol=at.protocol,
        operation=name,
        parameters=parameters,
        data_change=False,
        metrics=lambda written: metrics,
    )
    run(change, None, session, operation)


def _remove_aside(directory: str, before: float) -> None:
    if not os.path.isdir(directory):
        return
    for name in os.listdir(directory):
        path = os.path.join(directory, name)
        if os.stat(path).st_mtime < before:
            shutil.rmtree(path, ignore_errors=True)


def _hours(text: str | None) -> float:
    """`interval 7 days` in hours."""
    return _WEEK_HOURS if text is None else parse_duration(text) / 3_600_000_000


# --- CONVERT TO DELTA, GENERATE ---------------------------------------------------------------------------


def convert(command: d.ConvertToDelta, session: Session) -> Relation:
    """Files stay where they are; the log gets the statistics that are in their footers."""
    parts = command.parts
    table: Table | None = None
    if len(parts) == 2 and parts[0].lower() in ("parquet", "delta") and "/" in parts[1]:
        location = parts[1]
    else:
        from glowplug.session.world import context

        table = targets.table(parts, context(session), "CONVERT TO DELTA")
        if (table.provider or "").lower() not in ("parquet", "delta"):
            raise AnalysisError(
                "DELTA_CONVERT_NON_PARQUET_TABLE",
                sourceName=table.provider or "",
                tableId=table.identifier.unquoted,
            )
        location = table.location or ""
    root = place_of(location, session.conf)
    if not is_table(root):
        _convert(root, command, table, session)
    if table is not None and (table.provider or "").lower() == "parquet":
        from dataclasses import replace

        from glowplug.session.names import catalogs

        catalog = catalogs(session).catalog(table.identifier.catalog)
        catalog.alter_table(table.identifier, lambda t: replace(t, provider="delta"))
    if command.answers:
        name = f"delta.`{root}`" if table is None else table.identifier.unquoted
        return rows((("value", STRING),), [(name,)])
    return LocalData((), pa.table({}))


def _convert(root: Place, command: d.ConvertToDelta, table: Table | None, session: Session) -> None:
    from glowplug.io import formats
    from glowplug.io.source import Context

    types = {n.lower(): t for n, t in command.partition_by}
    if table is not None:
        fields = {f.name.lower(): sql_name(f.type) for f in table.schema.fields}
        known = {n.lower(): fields[n.lower()] for n in table.partition_by}
        if types not in ({}, known):
            raise AnalysisError(
                "DELTA_UNEXPECTED_PARTITION_SCHEMA_FROM_USER",
                catalogPartitionSchema=_shown(known),
                userPartitionSchema=_shown(types),
            )
        types = known
    with workbench(session, current()) as bench:
        source = formats.resolve("parquet", [root.as_given], None, (), Context(session.conf, bench))
    found = [f.name.lower() for f in getattr(source, "partition_schema", StructType()).fields]
    given = [n.lower() for n, _ in command.partition_by] or [n.lower() for n in (table.partition_by if table else ())]
    _check_partitions(found, given, root)
    keys = getattr(source, "partition_schema", StructType()).fields
    for f in keys:
        _check_values(source, root, f.name, types[f.name.lower()], session)
    arrow = pa.schema([(f.name, _arrow(types[f.name.lower()])) for f in keys])
    partitions = deltalake.Schema.from_arrow(arrow) if keys else None
    try:
        strategy = "hive" if keys else None
        where, options = root.fs.object_store(root.path)
        deltalake.convert_to_deltalake(
            where, partition_by=partitions, partition_strategy=strategy, storage_options=options
        )
    except (DeltaError, OSError, ValueError) as error:
        raise ExecutionError("TASK_WRITE_FAILED", path=root.uri, reason=error) from error


def _shown(columns: Mapping[str, str]) -> str:
    return f"({', '.join(f'{n} {t}' for n, t in columns.items())})"


def _check_values(source: Any, root: Place, name: str, type: str, session: Session) -> None:
    """The directories' names must be values of the type. DELTA_FAILED_CAST_PARTITION_VALUE."""
    paths = {posixpath.dirname(f.status.path).removeprefix(root.path) for f in source.files}
    pairs = (part.partition("=") for path in paths for part in path.split("/"))
    texts = [unescape(value) for key, equals, value in pairs if equals and unescape(key).lower() == name.lower()]
    with workbench(session, current()) as bench:
        try:
            partition_values(texts, parse_type(type, Settings()), name, bench)
        except SparkError as error:
            value = error.parameters.get("value", "").strip("'")
            raise ExecutionError("DELTA_FAILED_CAST_PARTITION_VALUE", value=value, dataType=type) from error


def _check_partitions(found: Sequence[str], given: Sequence[str], root: Place) -> None:
    """The directories' columns must be those that were named."""
    if len(found) != len(given):
        raise AnalysisError(
            "DELTA_UNEXPECTED_NUM_PARTITION_COLUMNS_FROM_FILE_NAME",
            expectedColsSize=len(given),
            expectedCols=", ".join(given),
            parsedColsSize=len(found),
            parsedCols=", ".join(found),
            path=root.uri,
        )
    for column, expected in zip(found, given, strict=True):
        if column != expected and set(found) != set(given):
            raise AnalysisError(
                "DELTA_UNEXPECTED_PARTITION_COLUMN_FROM_FILE_NAME",
                expectedCol=expected,
                parsedCol=column,
                path=root.uri,
            )


def _arrow(type: str) -> pa.DataType:
    from glowplug.arrow import arrow_type

    return arrow_type(parse_type(type, Settings()), "UTC")


def generate(command: d.GenerateManifest, session: Session) -> Relation:
    _, root = table_of(command.parts, "GENERATE", session)
    if command.mode.lower() != "symlink_format_manifest":
        modes = "symlink_format_manifest"
        raise IllegalArgument("DELTA_MODE_NOT_SUPPORTED", mode=command.mode, supportedModes=modes)
    manifest.generate(load(root))
    return LocalData((), pa.table({}))
