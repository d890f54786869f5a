"""CREATE TABLE, AS SELECT and LIKE: a definition becomes a `Table`, checked as Spark checks it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from dataclasses import replace

from glowplug.analyze.char_columns import declared
from glowplug.analyze.commands.defaults import with_default
from glowplug.analyze.commands.nouns import MakeTable, Nothing
from glowplug.analyze.commands.targets import COMMAND, named, not_found
from glowplug.analyze.context import Context
from glowplug.catalog.table import Bucketing, Identifier, Pairs, Table, is_delta
from glowplug.config import SPARK_VERSION
from glowplug.errors import AnalysisError, IllegalArgument, ParseError, UnsupportedOperation
from glowplug.functions.collation_keys import collated, in_collation
from glowplug.io import formats
from glowplug.io.files import check_duplicates
from glowplug.io.produce import Layout
from glowplug.io.write_checks import check, check_not_empty
from glowplug.plan.commands import Command, CreateTable
from glowplug.plan.expressions import (
    Expression,
    Literal,
    UnresolvedAttribute,
    UnresolvedFunction,
)
from glowplug.plan.names import pretty
from glowplug.plan.relations import Relation, UnresolvedDataSource
from glowplug.plan.statements import CreateTableLike
from glowplug.plan.tree_string import tree_string
from glowplug.type_trees import as_strings
from glowplug.types import StructField, StructType, quote, sql_name

SOURCE = "spark.sql.sources.default"
_RESERVED = {
    "provider": "please use the USING clause to specify it",
    "location": "please use the LOCATION clause to specify it",
    "owner": "it will be set to the current user",
    "external": "please use CREATE EXTERNAL TABLE",
    "is_managed_location": "it will be set to false if the location is given",
}
COMMENT = "comment"
_CONTROL = "spark.sql.legacy.notReserveProperties"


def create_table(command: CreateTable, cx: Context) -> Command:
    identifier = cx.world.catalogs.identifier(command.parts)
    table_operation = "REPLACE TABLE" if command.replace else "CREATE TABLE"
    check_properties(command.properties, cx)
    if command.external and command.location is None:
        raise AnalysisError("_LEGACY_ERROR_TEMP_1069")
    provider = command.format or cx.conf.get_option(SOURCE) or "parquet"
    if (command.replace or command.must_exist) and provider.lower() != "delta":
        what = f"{table_operation} AS SELECT" if command.query is not None else table_operation
        raise AnalysisError("UNSUPPORTED_FEATURE.TABLE_OPERATION", tableName=identifier.quoted, operation=what)
    partition_by, buckets = layout(command.partition_by, command.bucket_by, command.sort_by)
    options, location = _placed(command.options, command.location)
    kept, comment = without_comment(command.properties)
    location = command.parts[1] if is_path(identifier) and provider.lower() == "delta" else location
    draft = Table(
        identifier,
        "managed" if location is None else "external",
        command.schema or StructType(),
        provider,
        partition_by,
        buckets,
        command.cluster_by,
        location,
        options,
        kept,
        comment if command.comment is None else command.comment,
        collation=command.collation,
    )
    if command.constraints:
        raise AnalysisError("UNSUPPORTED_FEATURE.TABLE_OPERATION", tableName=identifier.quoted, operation="CONSTRAINT")
    if command.must_exist and cx.world.catalogs.table(command.parts) is None:
        raise not_found(command.parts, cx, COMMAND)
    return defined(draft, command.query, cx, command.if_not_exists, command.replace or command.must_exist)


def _placed(options: Pairs, location: str | None) -> tuple[Pairs, str | None]:
    """The location is a clause or the option `path`, not both."""
    path = next((v for k, v in options if k.lower() == "path"), None)
    if path is not None and location is not None:
        raise ParseError("_LEGACY_ERROR_TEMP_0032", pathOne=location, pathTwo=path)
    location = path if location is None else location
    if location == "":
        raise IllegalArgument("INVALID_EMPTY_LOCATION", location="")
    return tuple((k, v) for k, v in options if k.lower() != "path"), location


def check_properties(properties: Pairs, cx: Context) -> None:
    if cx.conf.bool(_CONTROL):
        return
    for key, _ in properties:
        if key in _RESERVED:
            raise ParseError("UNSUPPORTED_FEATURE.SET_TABLE_PROPERTY", property=key, msg=_RESERVED[key])


def without_comment(properties: Pairs) -> tuple[Pairs, str | None]:
    """Properties as they are kept: `comment` is no property but what a table or view is described with."""
    given = dict(properties)
    comment = given.pop(COMMENT, None)
    return tuple(given.items()), comment


def layout(
    items: Sequence[Expression], bucket_by: tuple[int, tuple[str, ...]] | None, sort_by: tuple[str, ...]
) -> tuple[tuple[str, ...], Bucketing | None]:
    """The columns that a table is partitioned by, and its buckets, which may be among them: `bucket(8, a)`."""
    made = [] if bucket_by is None else [Bucketing(*bucket_by, sort_by)]
    others = []
    for e in items:
        match e:
            case UnresolvedFunction(("bucket",), (Literal(int(count)), *columns)):
                made.append(Bucketing(count, transforms(columns), ()))
            case _:
                others.append(e)
    if len(made) > 1:
        raise UnsupportedOperation("UNSUPPORTED_FEATURE.MULTIPLE_BUCKET_TRANSFORMS")
    return transforms(others), made[0] if made else None


def transforms(items: Sequence[Expression]) -> tuple[str, ...]:
    """The columns that a table is partitioned by; tables of files know no other transform than identity."""
    names = list[str]()
    for e in items:
        match e:
            case UnresolvedAttribute((name,)) | UnresolvedFunction(("identity",), (UnresolvedAttribute((name,)),)):
                names.append(name)
            case UnresolvedFunction(parts, args):
                arguments = (".".join(a.parts) if isinstance(a, UnresolvedAttribute) else pretty(a) for a in args)
                raise _no_transform(f"{parts[-1]}({', '.join(arguments)})")
            case _:
                raise _no_transform(".".join(e.parts) if isinstance(e, UnresolvedAttribute) else pretty(e))
    return tuple(names)


def _no_transform(text: str) -> UnsupportedOperation:
    return UnsupportedOperation("UNSUPPORTED_PARTITION_TRANSFORM", transform=quote(text))


def defined(
    draft: Table, query: Relation | None, cx: Context, if_not_exists: bool, replace_it: bool = False
) -> Command:
    """A checked definition with its schema in the table's order; `query` gives the schema where it is set."""
    from glowplug.analyze.pipeline import analyze_relation

    known = cx.world.catalogs
    catalog = known.catalog(draft.identifier.catalog)
    by_path = is_path(draft.identifier) and is_delta(draft)
    if not by_path:
        check_name(draft.identifier.name)
    plan = None if query is None else analyze_relation(query, cx)
    namespace = None if by_path else catalog.namespace(draft.identifier.namespace)
    if not by_path and namespace is None:
        shown = ".".join(map(quote, draft.identifier.parts[:-1]))
        raise AnalysisError("SCHEMA_NOT_FOUND", schemaName=shown)
    there = _at_path(draft, cx) if by_path else catalog.table(draft.identifier)
    if there is not None and (not replace_it or (there.kind == "view" and is_delta(draft))):
        if if_not_exists:
            return Nothing()
        raise AnalysisError("TABLE_OR_VIEW_ALREADY_EXISTS", relationName=draft.identifier.quoted)
    if there is not None and draft.location is None and is_delta(draft) and is_delta(there):
        draft = replace(draft, kind=there.kind, location=there.location)  # a new version of the same table
    if plan is not None:
        _check_clustering(draft, StructType(tuple(StructField(a.name, a.type, a.nullable) for a in plan.output)))
        draft = replace(draft, schema=_columns_of(plan))
    elif not is_delta(draft):
        _check_clustering(draft, draft.schema)
    if draft.collation is None and namespace is not None:
        draft = replace(draft, collation=namespace.collation)
    draft = replace(draft, schema=with_collation(draft.schema, draft.collation))
    location = draft.location
    location = catalog.new_location(draft.identifier) if location is None else as_uri(location)
    made = replace(
        draft,
        location=location,
        owner=cx.world.facts["current_user"],
        created=int(time.time() * 1000),
        created_by=f"Glowplug (Spark {SPARK_VERSION})",
        bucketing=draft.bucketing,
    )
    if made.cluster_by:
        clustering = json.dumps(list(made.cluster_by), separators=(",", ":"))
        made = replace(made, properties=(*made.properties, ("clusteringColumns", clustering)))
    if plan is None and not made.schema.fields:
        made = _inferred(made, cx)
    made = _as_named(replace(made, schema=checked(made, cx)))
    if plan is not None:
        plan = _in_order(plan, made)
    return MakeTable(made, plan, if_not_exists, replace_it)


def with_collation(schema: StructType, collation: str | None) -> StructType:
    """The columns, those whose texts have no collation of their own with the table's."""
    if collation is None:
        return schema
    return StructType(tuple(replace(f, type=in_collation(f.type, collation)) for f in schema.fields))


def _check_clustering(table: Table, schema: StructType) -> None:
    names = {f.name.lower() for f in schema.fields}
    for parts in table.cluster_by:
        if parts[0].lower() not in names:
            raise AnalysisError("_LEGACY_ERROR_TEMP_3060", i=".".join(parts), schema=tree_string(schema))


def _inferred(table: Table, cx: Context) -> Table:
    """The columns that the files have, or the log. UNABLE_TO_INFER_SCHEMA."""
    if is_delta(table):
        return _of_log(table, cx)
    format = formats.find(table.provider or "")
    if table.kind == "managed":
        raise AnalysisError("UNABLE_TO_INFER_SCHEMA", format=format.title)
    source = UnresolvedDataSource(table.provider, None, table.options, (table.location or "",))
    scan = cx.world.source(source)
    keys = getattr(getattr(scan, "source", None), "partition_schema", StructType())
    return replace(table, schema=_columns_of(scan), partition_by=tuple(f.name for f in keys.fields))


def is_path(identifier: Identifier) -> bool:
    """Whether a name is a directory: delta.`/t`, a table of no catalog."""
    return identifier.namespace == ("delta",) and "/" in identifier.name


def _at_path(draft: Table, cx: Context) -> Table | None:
    """The table that has a log there already."""
    from glowplug.lake.delta.tables import loaded

    there = replace(draft, location=as_uri(draft.location or ""))
    return None if (found := loaded(there, cx.conf)) is there else found


def _of_log(table: Table, cx: Context) -> Table:
    from glowplug.lake.delta.tables import loaded

    found = loaded(table, cx.conf)
    if found is table:
        raise AnalysisError("DELTA_SCHEMA_NOT_PROVIDED")
    return replace(found, properties=table.properties, comment=table.comment)


def _columns_of(plan: Relation) -> StructType:
    """The columns of a query as a table has them."""
    return StructType(
        tuple([StructField(a.name, declared(a.type, a.metadata), True, kept_metadata(a.metadata)) for a in plan.output])
    )


def kept_metadata(metadata: str) -> str:
    """A column's metadata without what only analysis uses."""
    data = {k: v for k, v in json.loads(metadata).items() if not k.startswith("__")}
    return json.dumps(data, ensure_ascii=False) if data else "{}"


def check_name(name: str) -> None:
    """INVALID_SCHEMA_OR_RELATION_NAME: of schemas, tables and views are ASCII letters, digits and underscores only."""
    if not re.fullmatch(r"\w+", name, re.ASCII):
        raise AnalysisError("INVALID_SCHEMA_OR_RELATION_NAME", name=".".join(map(quote, name.split("."))))


def as_uri(location: str) -> str:
    """A location as catalogs keep it: a path of this machine is a URI."""
    from pathlib import Path

    if "://" in location and not location.startswith("file:"):
        return location
    path = location.removeprefix("file://").removeprefix("file:")
    return f"file:{Path(path).absolute()}"


def _in_order(plan: Relation, table: Table) -> Relation:
    """The query's columns in the table's order: partition columns last."""
    from glowplug.plan.relations import Project

    columns = {a.name.lower(): a for a in plan.output}
    ordered = tuple(columns[f.name.lower()] for f in table.schema.fields)
    return plan if ordered == plan.output else Project(plan, ordered)


def checked(table: Table, cx: Context) -> StructType:
    """The schema with partition columns last. Raises what Spark raises for a table that cannot be."""
    fields = table.schema.fields
    formats.check_times(table.schema, cx.conf)
    check_duplicates([f.name for f in fields], cx.conf.case_sensitive)
    format = formats.find(table.provider or "")
    partition = [_column(name, "partition", table) for name in table.partition_by]
    twice = [n.lower() for n in table.partition_by]
    for name in twice:
        if twice.count(name) > 1:
            raise AnalysisError("COLUMN_ALREADY_EXISTS", columnName=quote(name))
    if partition and len(partition) == len(fields):
        raise AnalysisError("ALL_PARTITION_COLUMNS_NOT_ALLOWED")
    if table.bucketing is not None:
        most = int(cx.conf.get("spark.sql.sources.bucketing.maxBuckets") or 0)
        if not 0 < table.bucketing.buckets <= most:
            raise AnalysisError("INVALID_BUCKET_COUNT", bucketingMaxBuckets=most, numBuckets=table.bucketing.buckets)
        buckets = [n.lower() for n in table.bucketing.columns]
        for name in buckets:
            if buckets.count(name) > 1:
                raise AnalysisError("COLUMN_ALREADY_EXISTS", columnName=quote(name))
        for name in table.bucketing.columns:
            if name.lower() in twice:
                outside = ", ".join(table.partition_by)
                raise AnalysisError("_LEGACY_ERROR_TEMP_1166", bucketCol=name, normalizedPartCols=outside)
            type = _column(name, "bucket", table).type
            if collated(type):
                raise AnalysisError("INVALID_BUCKET_COLUMN_DATA_TYPE", type=f'"{sql_name(type)}"')
        for name in table.bucketing.sort:
            _column(name, "sort", table)
    for parts in table.cluster_by:
        if is_delta(table) and parts[0].lower() not in {f.name.lower() for f in table.schema.fields}:
            cols = ".".join(map(quote, parts))
            raise AnalysisError("UNSUPPORTED_FEATURE.PARTITION_WITH_NESTED_COLUMN_IS_UNSUPPORTED", cols=cols)
        _column(parts[0], "clustering", table)
    keys = {f.name for f in partition}
    last = [f for f in fields if f.name not in keys]
    ordered = table.schema if is_delta(table) else StructType((*last, *partition))
    plain = StructType(tuple(StructField(f.name, as_strings(f.type), True, f.metadata) for f in ordered.fields))
    check_not_empty(plain, format.title)
    check(Layout(schema=plain, partition_by=tuple(f.name for f in partition)), format.title, format.supports)
    if is_delta(table):
        from glowplug.analyze.commands.computed import with_computed

        ordered = with_computed(table, cx)
    for f in ordered.fields:
        if "GENERATION_EXPRESSION" in json.loads(f.metadata):
            raise AnalysisError(
                "UNSUPPORTED_FEATURE.TABLE_OPERATION",
                tableName=table.identifier.quoted,
                operation="generated columns",
            )
        if "identity.start" in json.loads(f.metadata):
            raise AnalysisError(
                "UNSUPPORTED_FEATURE.TABLE_OPERATION", tableName=table.identifier.quoted, operation="identity columns"
            )
    return StructType(tuple(with_default(f, "CREATE TABLE", cx) for f in ordered.fields))


def _as_named(table: Table) -> Table:
    """Partition and bucket columns written as the columns are."""
    names = {f.name.lower(): f.name for f in table.schema.fields}
    bucketing = table.bucketing
    if bucketing is not None:
        columns, sort = (tuple(names[n.lower()] for n in given) for given in (bucketing.columns, bucketing.sort))
        bucketing = Bucketing(bucketing.buckets, columns, sort)
    return replace(table, partition_by=tuple(names[n.lower()] for n in table.partition_by), bucketing=bucketing)


def _column(name: str, kind: str, table: Table) -> StructField:
    for f in table.schema.fields:
        if f.name.lower() == name.lower():
            return f
    raise AnalysisError(
        "COLUMN_NOT_DEFINED_IN_TABLE",
        colType=kind,
        colName=quote(name),
        tableName=table.identifier.quoted,
        tableCols=", ".join(quote(f.name) for f in table.schema.fields),
    )


def create_like(command: CreateTableLike, cx: Context) -> Command:
    """A table with another's columns and format; what it is made like may be a view."""
    known = cx.world.catalogs
    check_properties(command.properties, cx)
    temporary = cx.world.temporary(command.source)
    source = named(command.source, cx)
    if temporary is not None:
        source = Table(known.identifier(command.parts), "view", _columns_of(temporary))
    if source is None:
        raise not_found(command.source, cx, COMMAND)
    target = known.identifier(command.parts)
    there = known.catalog(target.catalog).table(target)
    if there is not None:
        if command.if_not_exists:
            return Nothing()
        raise AnalysisError("TABLE_OR_VIEW_ALREADY_EXISTS", relationName=target.in_catalog)
    provider = command.format or source.provider or cx.conf.get_option(SOURCE)
    draft = Table(
        target,
        "managed" if command.location is None else "external",
        source.schema,
        provider,
        source.partition_by,
        source.bucketing,
        (),
        command.location,
        source.options if command.format is None else (),
        command.properties,
    )
    return defined(draft, None, cx, command.if_not_exists)
