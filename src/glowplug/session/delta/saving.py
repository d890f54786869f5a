"""`df.write.format("delta")` and INSERT: rows appended to a table, or in the place of rows that are there.

Options and their meaning: https://docs.delta.io/latest/delta-batch.html#write-to-a-table
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from glowplug.analyze.context import Context, references
from glowplug.arrow import arrow_type
from glowplug.errors import AnalysisError, IllegalArgument, SparkError
from glowplug.execute.operation import Operation
from glowplug.io.files import check_duplicates
from glowplug.io.parquet_footer import stored_name
from glowplug.io.place import Place, place_of
from glowplug.io.source import Pairs
from glowplug.io.write import SaveMode, WriteOptions
from glowplug.lake.delta import actions as a
from glowplug.lake.delta.clustering import columns_of, domain_of
from glowplug.lake.delta.columns import auto_merges, is_computed
from glowplug.lake.delta.commit import Reads
from glowplug.lake.delta.snapshot import Snapshot, is_table, load
from glowplug.lake.delta.tables import partitioned_otherwise
from glowplug.lake.delta.widening import WIDENING
from glowplug.plan import commands as c
from glowplug.plan.expressions import Expression, Literal
from glowplug.plan.names import pretty
from glowplug.plan.relations import Relation
from glowplug.session.delta import schemas
from glowplug.session.delta.changes import Change, Result, new_metadata, run, shown_list
from glowplug.session.delta.checks import checked, condition, guarded, shown
from glowplug.session.delta.generated import absent, filled, without
from glowplug.session.delta.properties import check, check_columns, named
from glowplug.session.delta.protocol import enabled, protocol_for
from glowplug.session.delta.upkeep import optimizes_write
from glowplug.session.session import Session
from glowplug.source_options import boolean, integer, option, read_options
from glowplug.types import STRING, DoubleType, FloatType, StructType, quote

DEFAULTS = "spark.databricks.delta.properties.defaults."
_MODES = {"append": "Append", "overwrite": "Overwrite", "error": "ErrorIfExists", "ignore": "Ignore"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveOptions:
    """https://docs.delta.io/latest/delta-batch.html#write-to-a-table"""

    merge: bool = option("mergeSchema", "Columns that the table has not are added to it.", False)
    overwrite_schema: bool = option("overwriteSchema", "Overwriting replaces the schema and partitioning too.", False)
    data_change: bool = option("dataChange", "False: rows are only laid out anew, which streams pass over.", True)
    replace_where: str | None = option("replaceWhere", "Only rows for which this condition holds are replaced.", None)
    app: str | None = option("txnAppId", "The application that writes; see txnVersion.", None)
    version: int | None = option("txnVersion", "A write of no greater version than the application's last one is left "
                                 "out.", None, parse=integer)  # fmt: skip
    optimize: bool | None = option(
        "optimizeWrite", "Rows that were dealt out (repartition) become one file in each partition.", None,
        parse=boolean,
    )  # fmt: skip
    user_metadata: str | None = option(
        "userMetadata", "A text that the table's history shows.", None,
        setting="spark.databricks.delta.commitInfo.userMetadata",
    )  # fmt: skip

    def transaction(self) -> tuple[str, int] | None:
        if (self.app is None) != (self.version is None):
            raise IllegalArgument(
                "DELTA_INVALID_IDEMPOTENT_WRITES_OPTIONS",
                reason=f"{'txnVersion' if self.version is None else 'txnAppId'} is missing",
            )
        return None if self.app is None or self.version is None else (self.app, self.version)


@dataclass(frozen=True, slots=True)
class StreamedBatch:
    """The batch of a stream that rows are."""

    query: str
    batch: int
    mode: str


def save(command: c.WriteFiles, session: Session, operation: Operation) -> None:
    """`df.write.format("delta")…save(path)`."""
    from glowplug.session.world import analyze

    path = command.path or next((v for k, v in command.options if k.lower() == "path"), None)
    if not path:
        raise IllegalArgument("_LEGACY_ERROR_TEMP_2047")
    root = place_of(path, session.conf)
    base = load(root) if is_table(root) else None
    if base is not None and command.mode == "error":
        raise AnalysisError("DELTA_PATH_EXISTS", path=base.location)
    if base is not None and command.mode == "ignore":
        return
    plan = analyze(command.query, session)
    write(root, base, plan, command.mode, command.options, command.partition_by, session, operation, exact=True)


def write(
    root: Place,
    base: Snapshot | None,
    plan: Relation,
    mode: SaveMode,
    options: Pairs,
    partition_by: Sequence[str],
    session: Session,
    operation: Operation,
    exact: bool = False,
    streamed: StreamedBatch | None = None,
    where: Expression | None = None,
) -> Result:
    """Write an analysed plan's rows, its columns matched by name; with `exact` none is cast. Raises what Delta raises
    for rows that do not fit. `where`, unresolved, is as the option `replaceWhere`."""
    from glowplug.session.world import context

    cx = context(session)
    chosen = read_options(SaveOptions, options, session.conf)
    transaction = chosen.transaction() if streamed is None else (streamed.query, streamed.batch)
    check_duplicates([x.name for x in plan.output], cx.conf.case_sensitive)
    metadata = target(base, plan, mode, chosen, options, partition_by, exact, cx)
    protocol = protocol_for(
        metadata.schema, {**metadata.configuration, **_features(options)}, None if base is None else base.protocol
    )
    if base is not None:
        protocol = enabled(base.protocol, protocol, _features(options))
    missing = absent(plan, metadata.schema)
    plan = filled(schemas.fitting(plan, without(metadata.schema, missing), root, cx), metadata.schema, missing, cx)
    plan = checked(plan, metadata.schema, metadata.configuration, cx)
    if not chosen.data_change and (base is None or metadata != base.metadata):
        raise AnalysisError("DELTA_DATA_CHANGE_FALSE", op="WRITE")
    domains: tuple[a.DomainMetadata, ...] = ()
    if base is not None and mode == "overwrite" and metadata != base.metadata and chosen.overwrite_schema:
        domains = _unclustered(base, metadata)
    change = Change(
        path=root,
        base=base,
        domains=domains,
        metadata=metadata,
        protocol=protocol,
        operation="WRITE" if streamed is None else "STREAMING UPDATE",
        parameters=_parameters(mode, partition_by, streamed),
        transaction=transaction,
        user_metadata=chosen.user_metadata,
        data_change=chosen.data_change,
        options=options,
        parts=1 if optimizes_write(chosen.optimize, metadata.configuration, session.conf) else 0,
        identities=missing,
    )
    if base is None or mode != "overwrite":
        return run(change, plan, session, operation)
    return _overwrite(change, base, plan, chosen, options, session, operation, where)


def _parameters(mode: SaveMode, partition_by: Sequence[str], streamed: StreamedBatch | None) -> dict[str, Any]:
    """What the log says of the operation."""
    if streamed is None:
        return {"mode": _MODES[mode], "partitionBy": shown_list(partition_by)}
    return {
        "outputMode": streamed.mode.title(),
        "queryId": streamed.query,
        "epochId": str(streamed.batch),
        "statsOnLoad": "false",
    }


def _unclustered(base: Snapshot, metadata: a.Metadata) -> tuple[a.DomainMetadata, ...]:
    """Other columns are not clustered, as in Delta. DELTA_CLUSTERING_REPLACE_TABLE_WITH_PARTITIONED_TABLE."""
    if not columns_of(base):
        return ()
    if metadata.partition_by:
        raise AnalysisError("DELTA_CLUSTERING_REPLACE_TABLE_WITH_PARTITIONED_TABLE")
    return (domain_of((), metadata.schema, metadata.configuration),)


def _overwrite(
    change: Change,
    base: Snapshot,
    plan: Relation,
    chosen: SaveOptions,
    options: Pairs,
    session: Session,
    operation: Operation,
    where: Expression | None,
) -> Result:
    from glowplug.session.delta.rows import but_where
    from glowplug.session.world import context

    dynamic = is_dynamic(options, session) and bool(change.metadata.partition_by)
    given = where if where is not None else chosen.replace_where
    if given is not None:
        if _given(options, "partitionOverwriteMode").upper() == "DYNAMIC":
            raise IllegalArgument("DELTA_REPLACE_WHERE_WITH_DYNAMIC_PARTITION_OVERWRITE")
        cx = context(session)
        test = condition(plan, given, cx)
        text = given if isinstance(given, str) else pretty(test)
        plan = guarded(plan, "delta_replace_where", test, (Literal(text, STRING), shown(references(test))), cx)
        parameters = {**change.parameters, "predicate": text}
        return but_where(replace(change, parameters=parameters), base, plan, given, session, operation)
    if dynamic and not chosen.overwrite_schema:
        parameters = {**change.parameters, "isDynamicPartitionOverwrite": "true"}
        reads = Reads(appended=lambda added: True)
        change = replace(change, parameters=parameters, removes=_same_partitions(base), reads=reads)
        return run(change, plan, session, operation)
    files = base.files["path"].to_pylist()
    reads = Reads(frozenset(files), lambda added: True)
    return run(replace(change, removes=files, reads=reads), plan, session, operation)


def _same_partitions(base: Snapshot) -> Callable[[Sequence[a.AddFile]], list[str]]:
    """The old files of the partitions that new ones are in."""
    from glowplug.session.delta.changes import removals

    fields = [f for f in base.schema.fields if isinstance(f.type, (FloatType, DoubleType))]
    numbers = {stored_name(f): arrow_type(f.type, "UTC") for f in fields}

    def key(values: Mapping[str, str | None]) -> tuple[tuple[str, str | None], ...]:
        """Floating-point numbers have several texts."""
        shown = {n: repr(pa.scalar(float(v), numbers[n]).as_py()) for n, v in values.items() if v and n in numbers}
        return tuple(sorted({**values, **shown}.items()))

    def gone(files: Sequence[a.AddFile]) -> list[str]:
        touched = {key(f.values) for f in files}
        old = removals(base, base.files["path"].to_pylist(), 0, True)
        return [f.path for f in old if key(f.values) in touched]

    return gone


def _given(options: Pairs, key: str) -> str:
    return next((v for k, v in options if k.lower() == key.lower()), "")


def is_dynamic(options: Pairs, session: Session) -> bool:
    """Whether only those partitions are overwritten that rows come for."""
    return read_options(WriteOptions, options, session.conf).overwrite == "DYNAMIC"


def _features(options: Pairs) -> dict[str, str]:
    return {k: v for k, v in options if k.startswith("delta.feature.")}


def configured(properties: Mapping[str, str], schema: StructType, session_conf: Any) -> dict[str, str]:
    """A new table's properties: those given, and the session's defaults for the others. DELTA_UNKNOWN_CONFIGURATION."""
    defaults = {f"delta.{k.removeprefix(DEFAULTS)}": v for k, v in session_conf.all(DEFAULTS).items()}
    check(defaults | dict(properties), session_conf)
    made = named(defaults | dict(properties))
    check_columns(made, schema)
    return made


def target(
    base: Snapshot | None,
    plan: Relation,
    mode: SaveMode,
    chosen: SaveOptions,
    options: Pairs,
    partition_by: Sequence[str],
    exact: bool,
    cx: Context,
) -> a.Metadata:
    """What the table is after the write: as it was, with new columns, or made anew. `exact`: without casts."""
    rows = schemas.of_rows(plan)
    given = _as_named(partition_by, rows)
    if base is None:
        properties = {k: v for k, v in options if k.startswith("delta.") and not k.startswith("delta.feature.")}
        return new_metadata(rows, given, configured(properties, rows, cx.conf))
    replaces = mode == "overwrite" and chosen.overwrite_schema
    if replaces and chosen.replace_where is not None:
        raise IllegalArgument("DELTA_REPLACE_WHERE_IN_OVERWRITE")
    if replaces and _given(options, "partitionOverwriteMode").upper() == "DYNAMIC":
        raise IllegalArgument("DELTA_OVERWRITE_SCHEMA_WITH_DYNAMIC_PARTITION_OVERWRITE")
    same = [n.lower() for n in given] == [n.lower() for n in base.partition_by]
    if replaces and (rows != base.schema or (given and not same)):
        return replace(base.metadata, schema=rows, partition_by=given)
    if given and not same:
        raise partitioned_otherwise(base.partition_by, given)
    names = {f.name.lower() for f in rows.fields}
    computed = {f.name for f in base.schema.fields if is_computed(f)}
    if exact and (missing := [n for n in base.partition_by if n.lower() not in names and n not in computed]):
        shown = ", ".join(f.name for f in rows.fields)
        raise AnalysisError("DELTA_PARTITION_COLUMN_NOT_FOUND", columnName=quote(missing[0]), schemaMap=shown)
    merges = chosen.merge or auto_merges(cx.conf)
    made = schemas.merged(base.schema, rows, exact, merges and base.flag(WIDENING))
    if not merges:
        if schemas.extra(base.schema, rows):
            raise schemas.mismatch(base.metadata.id, base.schema, rows)
        return base.metadata
    return base.metadata if made == base.schema else replace(base.metadata, schema=made)


def _as_named(partition_by: Sequence[str], rows: StructType) -> tuple[str, ...]:
    """Partition columns written as the columns are."""
    names = {f.name.lower(): f.name for f in rows.fields}
    for name in partition_by:
        if name.lower() not in names:
            raise _no_partition_column(name, rows)
    if partition_by and len({n.lower() for n in partition_by}) == len(names):
        raise AnalysisError("DELTA_NON_PARTITION_COLUMN_ABSENT", details="")
    return tuple(names[n.lower()] for n in partition_by)


def _no_partition_column(name: str, rows: StructType) -> SparkError:
    return AnalysisError(
        "COLUMN_NOT_DEFINED_IN_TABLE",
        colType="partition",
        colName=quote(name),
        tableName="",
        tableCols=", ".join(quote(f.name) for f in rows.fields),
    )
