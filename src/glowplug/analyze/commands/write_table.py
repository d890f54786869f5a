"""`df.write.saveAsTable`, `insertInto` and `df.writeTo`: each becomes a new table or an insertion."""

from __future__ import annotations

from glowplug.analyze.commands.align import aligned
from glowplug.analyze.commands.create_table import SOURCE, check_properties, defined, layout, transforms
from glowplug.analyze.commands.insert import analyzed, check_not_read, insert
from glowplug.analyze.commands.nouns import InsertRows, MakeTable, Nothing
from glowplug.analyze.commands.targets import QUERY, named, not_found
from glowplug.analyze.context import Context
from glowplug.catalog.table import Bucketing, Pairs, Table, is_delta
from glowplug.errors import AnalysisError
from glowplug.io import formats
from glowplug.lake.delta.tables import partitioned_otherwise
from glowplug.plan.commands import Command, Insert, WriteTable
from glowplug.plan.relations import Project, Relation, Scan, SubqueryAlias
from glowplug.types import StructField, StructType, simple_string

# What error messages call Spark's classes of formats.
_CLASSES = {"parquet": "Parquet", "csv": "CSV", "json": "Json", "text": "Text", "orc": "Orc"}


def write_table(command: WriteTable, cx: Context) -> Command:
    match command.verb:
        case "insert_into":
            return _insert_into(command, cx)
        case "save_as_table":
            return _save_as(command, cx)
        case "create":
            return _created(command, cx)
        case "replace" | "create_or_replace" if _draft(command, cx).provider == "delta":
            if command.verb == "replace" and named(command.parts, cx) is None:
                raise not_found(command.parts, cx, QUERY)
            return defined(_draft(command, cx), command.query, cx, False, replace_it=True)
        case "replace" | "create_or_replace":
            identifier = cx.world.catalogs.identifier(command.parts)
            raise AnalysisError(
                "UNSUPPORTED_FEATURE.TABLE_OPERATION",
                tableName=identifier.quoted,
                operation="REPLACE TABLE AS SELECT",
            )
    table = named(command.parts, cx)
    if table is None:
        raise not_found(command.parts, cx, QUERY)
    if is_delta(table) and command.verb == "append":
        return _into_delta(command, table, False, command.options, cx)
    if is_delta(table) and command.verb == "overwrite":
        return _into_delta(command, table, True, command.options, cx)
    if is_delta(table) and command.verb == "overwrite_partitions":
        options = (*command.options, ("partitionOverwriteMode", "dynamic"))
        return _into_delta(command, table, True, options, cx)
    raise AnalysisError("_LEGACY_ERROR_TEMP_1012", identifier=table.identifier.quoted)


def _insert_into(command: WriteTable, cx: Context) -> Command:
    """By position. The table has its own options: the writer's have no meaning here, as in Spark."""
    if command.partition_by:
        raise AnalysisError("PARTITION_BY_NOT_ALLOWED_WITH_INSERT_INTO", tableName=".".join(command.parts))
    if command.bucket_by is not None or command.sort_by:
        raise AnalysisError("_LEGACY_ERROR_TEMP_1313" if command.sort_by else "_LEGACY_ERROR_TEMP_1312",
                            operation="insertInto")  # fmt: skip
    parts = command.parts
    temporary = cx.world.temporary(parts)
    if temporary is not None:
        parts = _table_of(temporary)
    return insert(Insert(parts, command.query, overwrite=command.mode == "overwrite"), cx)


def _table_of(view: Relation) -> tuple[str, ...]:
    """The table that a temporary view is another name of. UNSUPPORTED_INSERT.RDD_BASED for other views."""
    match view:
        case SubqueryAlias(Scan(), name, qualifier) if len(qualifier) == 2:
            return (*qualifier, name)
        case SubqueryAlias(child):
            return _table_of(child)
        case Project(child, items) if items == child.output:
            return _table_of(child)
    raise AnalysisError("UNSUPPORTED_INSERT.RDD_BASED")


def _save_as(command: WriteTable, cx: Context) -> Command:
    table = named(command.parts, cx)
    if table is None:
        return defined(_draft(command, cx), command.query, cx, False)
    match command.mode:
        case "ignore":
            return Nothing()
        case "error":
            raise AnalysisError("TABLE_OR_VIEW_ALREADY_EXISTS", relationName=table.identifier.quoted)
        case "append" if not is_delta(table):
            return _append(command, table, cx)
    if is_delta(table):
        return _into_delta(command, table, command.mode == "overwrite", command.options, cx)
    query = analyzed(command.query, cx)
    probe = InsertRows(table, query, True)
    if table.kind != "view":
        check_not_read(probe, cx)
    made = defined(_draft(command, cx), command.query, cx, False, replace_it=True)
    assert isinstance(made, MakeTable)
    return made


def _into_delta(command: WriteTable, table: Table, overwrite: bool, options: Pairs, cx: Context) -> Command:
    """What becomes of the table's columns is decided by the options, when the rows are written."""
    provider = command.format or "delta"
    if provider.lower() != "delta":
        raise AnalysisError(
            "_LEGACY_ERROR_TEMP_1159",
            tableName=table.identifier.unquoted,
            existingProvider="delta",
            specifiedProvider=provider,
        )
    by = transforms(command.partition_by)
    if by and [n.lower() for n in by] != [n.lower() for n in table.partition_by]:
        raise partitioned_otherwise(table.partition_by, by)
    return InsertRows(table, analyzed(command.query, cx), overwrite, options=options, where=command.condition)


def _append(command: WriteTable, table: Table, cx: Context) -> Command:
    """Columns are matched by name; the table's form must be the one asked for."""
    if table.kind == "view":
        raise AnalysisError("_LEGACY_ERROR_TEMP_1158")
    name = table.identifier.unquoted
    provider = formats.find(command.format or cx.conf.get_option(SOURCE) or "parquet").name
    if table.provider is not None and formats.find(table.provider).name != provider:
        raise AnalysisError(
            "_LEGACY_ERROR_TEMP_1159",
            tableName=name,
            existingProvider=_class(formats.find(table.provider).name),
            specifiedProvider=_class(provider),
        )
    query = analyzed(command.query, cx)
    if len(query.output) != len(table.schema.fields):
        schema = StructType(tuple(StructField(a.name, a.type) for a in query.output))
        raise AnalysisError(
            "_LEGACY_ERROR_TEMP_1161",
            tableName=name,
            existingTableSchema=simple_string(table.schema),
            querySchema=simple_string(schema),
        )
    inputs = {a.name.lower() for a in query.output}
    for f in table.schema.fields:
        if f.name.lower() not in inputs:
            shown = ", ".join(a.name for a in query.output)
            raise AnalysisError("_LEGACY_ERROR_TEMP_1162", col=f.name, inputColumns=shown)
    by = transforms(command.partition_by)
    if [n.lower() for n in by] != [n.lower() for n in table.partition_by]:
        raise AnalysisError(
            "_LEGACY_ERROR_TEMP_1163",
            tableName=name,
            specifiedPartCols=", ".join(by),
            existingPartCols=", ".join(table.partition_by),
        )
    bucketing = None if command.bucket_by is None else Bucketing(*command.bucket_by, command.sort_by)
    if bucketing != table.bucketing:
        raise AnalysisError(
            "_LEGACY_ERROR_TEMP_1164",
            tableName=name,
            specifiedBucketString=_bucket_text(bucketing),
            existingBucketString=_bucket_text(table.bucketing),
        )
    rows = aligned(query, table.schema.fields, table, cx, by_name=True)
    return InsertRows(table, rows, options=command.options)


def _class(provider: str) -> str:
    return f"{_CLASSES.get(provider, provider.title())}DataSourceV2"


def _bucket_text(b: Bucketing | None) -> str:
    if b is None:
        return "not bucketed"
    sort = f", sort columns: [{', '.join(b.sort)}]" if b.sort else ""
    return f"{b.buckets} buckets, bucket columns: [{', '.join(b.columns)}]{sort}"


def _draft(command: WriteTable, cx: Context) -> Table:
    """The table that is asked for, without its columns."""
    if command.sort_by and command.bucket_by is None:
        raise AnalysisError("SORT_BY_WITHOUT_BUCKETING")
    if command.cluster_by and command.partition_by:
        raise AnalysisError("SPECIFY_CLUSTER_BY_WITH_PARTITIONED_BY_IS_NOT_ALLOWED")
    if command.cluster_by and command.bucket_by is not None:
        raise AnalysisError("SPECIFY_CLUSTER_BY_WITH_BUCKETING_IS_NOT_ALLOWED")
    check_properties(command.properties, cx)
    path = next((v for k, v in command.options if k.lower() == "path"), None)
    partition_by, buckets = layout(command.partition_by, command.bucket_by, command.sort_by)
    return Table(
        cx.world.catalogs.identifier(command.parts),
        "managed" if path is None else "external",
        StructType(),
        command.format or cx.conf.get_option(SOURCE) or "parquet",
        partition_by,
        buckets,
        tuple((name,) for name in command.cluster_by),
        path,
        tuple((k, v) for k, v in command.options if k.lower() != "path"),
        command.properties,
    )


def _created(command: WriteTable, cx: Context) -> Command:
    return defined(_draft(command, cx), command.query, cx, False)
