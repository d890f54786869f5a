"""A change of a Delta table: rows become files, files and metadata a version of the log."""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa

from glowplug.config import SPARK_VERSION
from glowplug.errors import ExecutionError
from glowplug.execute.local import optimized, schema_of, statement
from glowplug.execute.operation import Operation
from glowplug.io import formats
from glowplug.io.parquet_footer import stored_name
from glowplug.io.place import Place
from glowplug.io.produce import Layout, Output, Staging, WrittenFile, produce
from glowplug.io.source import Context, Pairs
from glowplug.io.write import WriteOptions, write_with
from glowplug.lake.delta import actions as a
from glowplug.lake.delta.clustering import PROVIDER
from glowplug.lake.delta.columns import sized_inside, unsized
from glowplug.lake.delta.commit import Draft, Reads, commit, maintain
from glowplug.lake.delta.mapping import is_mapped, mapped, stored_field, with_stored_names
from glowplug.lake.delta.numbers import ids_of, tracked
from glowplug.lake.delta.snapshot import Snapshot, absolute, flag, library
from glowplug.lake.delta.staged import CHANGES, StagedFiles, indexed_columns
from glowplug.lake.delta.widening import WIDENING, recorded
from glowplug.plan.relations import Relation, Repartition
from glowplug.session.delta.feeds import MARK, all_rows, changed_rows, is_repeatable, table_rows
from glowplug.session.delta.generated import advanced
from glowplug.session.delta.protocol import check_writable
from glowplug.session.delta.upkeep import compacts
from glowplug.session.session import Session
from glowplug.source_options import read_options
from glowplug.types import BinaryType, DoubleType, FloatType, StructField, StructType, TimestampNTZType, TimestampType

ENGINE = f"Glowplug (Spark {SPARK_VERSION})"
RANDOM = "delta.randomizeFilePrefixes"
_SEVERAL_TEXTS = (FloatType, DoubleType, TimestampType, TimestampNTZType, BinaryType)  # of one value


@dataclass(frozen=True, slots=True)
class Result:
    """`version` None: nothing was to be done. `rows` were written, into these `files`, by their paths in the log."""

    version: int | None
    rows: int = 0
    files: tuple[str, ...] = ()
    bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a version changes. `base` None makes the table. Unless `always`, there is none if nothing changes.

    `removes` are paths in the log, or a function that says which once the partitions of new files are known.
    `feed`: the rows have kinds (`feeds.py`), and are written for the change feed too.
    `adds` are files that are there, where there are no rows. `identities`: columns in which the rows have new numbers.
    `metrics` makes the operation's metrics of those of writing, `of_sizes` more of the new files' sizes. `parts` is the
    number of files, 0 as the plan says it; `bucketed` and `sort_by` are as in a `Layout`. `tags` are those of files
    that are ordered for a clustered table.
    """

    path: Place
    base: Snapshot | None
    metadata: a.Metadata
    protocol: a.Protocol
    operation: str
    parameters: Mapping[str, Any]
    removes: Sequence[str] | Callable[[Sequence[a.AddFile]], Sequence[str]] = ()
    reads: Reads = field(default_factory=Reads)
    transaction: tuple[str, int] | None = None
    user_metadata: str | None = None
    data_change: bool = True
    feed: bool = False
    identities: tuple[str, ...] = ()
    adds: Sequence[a.AddFile] = ()
    domains: Sequence[a.DomainMetadata] = ()
    tags: Mapping[str, str] | None = None
    always: bool = True
    options: Pairs = ()
    parts: int = 0
    bucketed: bool = False
    sort_by: tuple[str, ...] = ()
    metrics: Callable[[Mapping[str, int]], Mapping[str, int]] = lambda written: _of_writes(written)
    of_sizes: Callable[[Sequence[int]], Mapping[str, int]] = lambda sizes: {}


def run(change: Change, plan: Relation | None, session: Session, operation: Operation) -> Result:
    """Write the rows of `plan` and commit, all at once. Raises the plan's errors, `Conflict`, TASK_WRITE_FAILED."""
    library()  # which nothing needs to make a table, but all who use it
    old = None if change.base is None else change.base.metadata
    metadata = replace(change.metadata, schema=StructType(tuple(map(unsized, change.metadata.schema.fields))))
    metadata = tracked(mapped(metadata, old is not None and not is_mapped(old.configuration)))
    if old is not None and flag(metadata.configuration, WIDENING):
        metadata = replace(metadata, schema=recorded(old.schema, metadata.schema))
    change = replace(change, metadata=metadata)
    changes_rows = bool(change.data_change and change.removes)
    check_writable(change.path, old, change.protocol, change.metadata, changes_rows)
    if change.transaction is not None and change.base is not None:
        app, version = change.transaction
        done = change.base.transaction(app)
        if done is not None and done >= version:
            return Result(None)
    try:
        result = _committed(change, change.adds, 0) if plan is None else _written(change, plan, session, operation)
    except OSError as error:
        raise ExecutionError("TASK_WRITE_FAILED", path=change.path, reason=error.strerror or error) from error
    if result.version is not None:
        maintain(change.path, result.version, change.metadata.configuration)
        if change.data_change and compacts(change.metadata.configuration, session.conf):
            from glowplug.session.delta.optimizing import compact_small

            compact_small(change.path, result.files, session, operation)
    return result


def _written(change: Change, plan: Relation, session: Session, operation: Operation) -> Result:
    results: list[Result] = []

    def finish(files: list[a.AddFile | a.AddChange], rows: int) -> None:
        results.append(_committed(change, files, rows))

    if (refusal := sized_inside(change.metadata.schema, "char varchar")) is not None:
        raise refusal
    keys, configuration, schema = change.metadata.partition_by, change.metadata.configuration, change.metadata.schema
    fed: Relation | None = None
    if change.feed:
        from glowplug.session.world import context as analysis

        cx = analysis(session)
        if is_repeatable(plan):
            plan, fed = table_rows(plan, schema, cx), changed_rows(plan, schema, cx)
        else:
            plan, keys = all_rows(plan, schema, cx), (MARK, *keys)

    def changes(staging: Staging) -> Sequence[WrittenFile]:
        return () if fed is None else _feed_files(change, fed, staging, session, operation)

    plan = optimized(plan, session)
    with statement(plan, session, operation) as (bench, sql):
        context = Context(session.conf, bench)
        chosen = read_options(WriteOptions, change.options, session.conf)
        parts = plan.partitions or 1 if isinstance(plan, Repartition) else 1
        rows_schema = schema_of(plan)
        layout = Layout(
            schema=StructType(rows_schema.fields[:-1]) if change.bucketed else rows_schema,
            partition_by=keys,
            parts=change.parts or parts,
            max_records=chosen.max_records,
            bucketed=change.bucketed,
            sort_by=change.sort_by,
            utc=True,
        )
        staged = StagedFiles(
            change.path,
            schema,
            change.metadata.partition_by,
            indexed_columns(configuration, schema),
            finish,
            change.data_change,
            change.feed and fed is None,
            int(configuration.get("delta.randomPrefixLength", "2")) if flag(configuration, RANDOM) else 0,
            changes,
        )
        write_with(staged, sql, layout, _output(change, layout, context), context)
    return results[0]


def _feed_files(
    change: Change, plan: Relation, staging: Staging, session: Session, operation: Operation
) -> Sequence[WrittenFile]:
    """The files of the change feed, in their directory."""
    plan = optimized(plan, session)
    with statement(plan, session, operation) as (bench, sql):
        context = Context(session.conf, bench)
        layout = Layout(schema=schema_of(plan), partition_by=change.metadata.partition_by, utc=True)
        below = Staging(staging.id, os.path.join(staging.directory, CHANGES))
        made = produce(sql, layout, _output(change, layout, context), below, context)
    return [replace(file, path=os.path.join(CHANGES, file.path)) for file in made]


def _output(change: Change, layout: Layout, context: Context) -> Output:
    """How data files are written: with the names that columns have in files."""
    output = formats.output("parquet", layout, change.options, context)
    if not is_mapped(change.metadata.configuration):
        return output
    stored = {f.name: f for f in change.metadata.schema.fields}
    fields = [stored.get(f.name, f) for f in layout.data_schema.fields]
    named = Layout(schema=StructType(tuple(map(stored_field, fields))))
    return with_stored_names(formats.output("parquet", named, change.options, context), fields)


def _committed(change: Change, made: Sequence[a.AddFile | a.AddChange], rows: int) -> Result:
    base, now = change.base, int(time.time() * 1000)
    metadata = advanced(change.metadata, change.identities, rows)
    if change.tags is not None:
        made = [replace(f, tags=change.tags, clustering=PROVIDER) if isinstance(f, a.AddFile) else f for f in made]
    files = [f for f in made if isinstance(f, a.AddFile)]
    gone = list(change.removes(files) if callable(change.removes) else change.removes)
    written = {"numFiles": len(files), "numOutputRows": rows, "numOutputBytes": sum(f.size for f in files)}
    fed = {"numAddedChangeFiles": len(made) - len(files)}
    metrics = {**change.metrics(written | {"numRemovedFiles": len(gone)} | fed),
               **change.of_sizes([f.size for f in files])}  # fmt: skip
    info = a.CommitInfo(
        change.operation,
        change.parameters,
        {k: str(v) for k, v in metrics.items()},
        now,
        None if base is None else base.version,
        not gone and not change.reads.files and change.reads.appended is None,
        ENGINE,
        str(uuid.uuid4()),
        change.user_metadata,
        "Serializable" if change.data_change else "SnapshotIsolation",
    )
    actions: list[a.Action] = [info]
    if base is None or base.protocol != change.protocol:
        actions.append(change.protocol)
    if base is None or base.metadata != metadata:
        actions.append(metadata)
    actions += change.domains
    if change.transaction is not None:
        actions.append(a.Transaction(*change.transaction, now))
    if base is not None and gone:
        actions += removals(base, gone, now, change.data_change)
    if base is not None and not change.always and not files and len(actions) == 1:
        return Result(None)
    version = commit(Draft(change.path, base, [*actions, *made], change.reads))
    return Result(version, rows, tuple(f.path for f in files), written["numOutputBytes"])


def _of_writes(written: Mapping[str, int]) -> Mapping[str, int]:
    """What the history shows of a write without rows changed."""
    return {k: v for k, v in written.items() if k != "numAddedChangeFiles"}


def removals(base: Snapshot, paths: Sequence[str], now: int, data_change: bool) -> list[a.RemoveFile]:
    """The actions that take files out of the table; they stay for readers of older versions."""
    wanted = set(paths)
    exact = [f for f in base.schema.fields if f.name in base.partition_by and isinstance(f.type, _SEVERAL_TEXTS)]
    asked = wanted if exact or "rowTracking" in base.protocol.writer_features else ()
    fields = ("partitionValues", "baseRowId", "defaultRowCommitVersion")
    said = {path: (f["partitionValues"], ids_of(f)) for path, f in base.adds(asked, *fields)}
    keys = [(n, f) for f in base.schema.fields for n in [stored_name(f)] if f.name in base.partition_by]
    table = base.files
    made = []
    vectors = base.descriptors()
    for i, path in enumerate(table["path"].to_pylist()):
        if path in wanted:
            if path in said:
                values, ids = said[path]
            else:
                values, ids = _values(table.slice(i, 1), keys), {}
            size = table["size_bytes"][i].as_py()
            made.append(a.RemoveFile(path, now, values, size, data_change, vectors.get(path), **ids))
    return made


def _values(file: pa.Table, keys: Sequence[tuple[str, StructField]]) -> dict[str, str | None]:
    """A file's partition values, each of which has one text."""
    return {
        name: _text(file[column][0].as_py())
        for name, f in keys
        for column in (f"partition.{name}", f"partition.{f.name}")
        if column in file.column_names
    }


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)


def log_paths(snapshot: Snapshot, absolutes: frozenset[str]) -> list[str]:
    """Files by their paths in the log."""
    return [p for p in snapshot.files["path"].to_pylist() if absolute(snapshot.path, p) in absolutes]


# --- new tables -------------------------------------------------------------------------------------------


def new_metadata(
    schema: StructType,
    partition_by: Sequence[str],
    configuration: Mapping[str, str],
    name: str | None = None,
    description: str | None = None,
) -> a.Metadata:
    kept = {k: v for k, v in configuration.items() if not k.startswith("delta.feature.")}
    created = int(time.time() * 1000)
    return a.Metadata(str(uuid.uuid4()), schema, tuple(partition_by), kept, name, description, created)


def shown_list(names: Sequence[str]) -> str:
    """A list as the history shows it."""
    return json.dumps(list(names), separators=(",", ":"), ensure_ascii=False)
