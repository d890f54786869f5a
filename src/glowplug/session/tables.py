"""What a name in a query stands for, besides CTEs: temporary views, tables, views of a catalog, files by their path."""

from __future__ import annotations

import posixpath
from dataclasses import replace

from glowplug.analyze.char_columns import padded_when_read
from glowplug.analyze.context import Scope
from glowplug.analyze.default_collation import in_default
from glowplug.analyze.expressions import resolve, uncastable
from glowplug.analyze.pipeline import analyze_relation
from glowplug.analyze.rules.leaves import fresh
from glowplug.catalog.manager import Catalogs
from glowplug.catalog.table import Identifier, Pairs, Partition, Table, is_delta
from glowplug.errors import AnalysisError, ExecutionError, unsupported
from glowplug.execute.cache import Entry
from glowplug.execute.local import workbench
from glowplug.execute.operation import current
from glowplug.io import formats
from glowplug.io.files import FileSource
from glowplug.io.filesystem import locate
from glowplug.io.listing import DataFile
from glowplug.io.partitions import partition_values
from glowplug.io.place import place_of
from glowplug.io.sink_log import has_log
from glowplug.io.source import Context as Reading
from glowplug.io.source import Source
from glowplug.io.streams import formats as streams
from glowplug.plan import relations as r
from glowplug.plan.build import columns_of
from glowplug.plan.casts import can_cast, up_castable
from glowplug.plan.expressions import Alias, Attribute, Cast, Expression, new_id
from glowplug.plan.streams import StreamingRelation
from glowplug.session.names import catalogs, in_mode_of, inside, lookup, temporary_view
from glowplug.session.session import Session
from glowplug.type_trees import as_strings, contains_type
from glowplug.types import CharType, StructField, StructType, quote, same_type, simple_string
from glowplug.types_json import noted

PADDING = "spark.sql.readSideCharPadding"


def find(session: Session, node: r.UnresolvedRelation) -> r.Relation | None:
    """The relation of a name: a temporary view, a global one, a table or view, or files by `format.`path``."""
    view = temporary_view(session, node.parts)
    if view is not None:
        _refuse_time_travel(node, session)
        return view
    table = lookup(session, node.parts)
    if table is not None:
        if is_delta(table):
            return _delta(table, node, session)
        _refuse_time_travel(node, session, table.identifier)
        if node.streaming and table.kind != "view":
            return stream(table, session, node.options)
        if not node.options and (kept := kept_table(session, table)) is not None:
            return fresh(kept.plan)
        return expand_view(table, session) if table.kind == "view" else scan(table, session, node.options)
    if len(node.parts) == 2 and node.parts[0].lower() in formats.FORMATS:
        from glowplug.session import sources

        _refuse_time_travel(node, session)
        if not node.parts[1]:
            raise AnalysisError("INVALID_EMPTY_LOCATION", node.origin, location="")
        try:
            return sources.scan(session, r.UnresolvedDataSource(node.parts[0], None, node.options, (node.parts[1],)))
        except ExecutionError as error:  # a file is not of that format
            kind = node.parts[0].lower()
            raise AnalysisError("FAILED_TO_CREATE_PLAN_FOR_DIRECT_QUERY", node.origin, dataSourceType=kind) from error
    return None


def _delta(table: Table, node: r.UnresolvedRelation, session: Session) -> r.Relation:
    """A Delta table's rows, now or at the version or time that the query says."""
    if node.streaming:
        return stream(table, session, node.options)
    options = {k.lower(): v for k, v in node.options}
    if node.time_travel is None and not options.keys() & {"versionasof", "timestampasof"}:
        kept = kept_table(session, table) if not node.options else None
        return scan(table, session, node.options) if kept is None else fresh(kept.plan)
    if node.time_travel is not None and options.keys() & {"versionasof", "timestampasof"}:
        raise AnalysisError("DELTA_UNSUPPORTED_TIME_TRAVEL_MULTIPLE_FORMATS", node.origin)
    from glowplug.session.delta.travel import at

    asked = node.options if node.time_travel is None else at(node.time_travel, session)
    return scan(replace(table, schema=StructType(), partition_by=()), session, asked)


def is_table(node: r.Relation, table: Table) -> bool:
    """Whether a node of an analysed plan is the table."""
    return isinstance(node, r.SubqueryAlias) and (*node.qualifier, node.name) == table.identifier.parts


def kept_table(session: Session, table: Table) -> Entry | None:
    """The kept rows of a table itself. They stand for it, whatever becomes of its files, until they are forgotten."""
    return next((e for e in session.cache.entries() if is_table(e.plan, table)), None)


def _refuse_time_travel(node: r.UnresolvedRelation, session: Session, identifier: Identifier | None = None) -> None:
    if node.time_travel is not None:
        if node.time_travel[0] == "timestamp":
            from glowplug.session.delta.travel import at

            at(node.time_travel, session)
        name = identifier.quoted if identifier else ".".join(map(quote, node.parts))
        raise AnalysisError("UNSUPPORTED_FEATURE.TIME_TRAVEL", node.origin, relationId=name)


# --- tables --------------------------------------------------------------------------------------------


def stream(table: Table, session: Session, options: Pairs = ()) -> r.Relation:
    """The files of a table, those that come later included (`spark.readStream.table`)."""
    with workbench(session, current()) as bench:
        context = Reading(session.conf, bench)
        location = (table.location,) if table.location is not None else ()
        made = streams.resolve(table.provider or "", table.schema, (*table.options, *options), location, context)
    columns = columns_of(made.schema.fields)
    identifier = table.identifier
    return r.SubqueryAlias(
        StreamingRelation(made, columns, columns_of(made.hidden)),
        identifier.name,
        (identifier.catalog, *identifier.namespace),
    )


def scan(table: Table, session: Session, options: Pairs = ()) -> r.Relation:
    """The rows of a table, by its catalog's schema."""
    with workbench(session, current()) as bench:
        source = source_of(table, Reading(session.conf, bench), catalogs(session), options)
    metadata = {f.name: noted(f).metadata for f in table.schema.fields}
    columns = tuple(
        Attribute(f.name, f.type, f.nullable, new_id(), (), metadata.get(f.name, f.metadata))
        for f in source.schema.fields
    )
    hidden = columns_of(source.hidden)
    plan: r.Relation = r.Scan(source, columns, hidden)
    pads = session.conf.bool(PADDING) and not session.conf.plain_texts
    if pads and any(contains_type(f.type, CharType) for f in table.schema.fields):
        plan = _padded(plan, table, hidden, session)
    identifier = table.identifier
    return r.SubqueryAlias(plan, identifier.name, (identifier.catalog, *identifier.namespace))


def _padded(plan: r.Relation, table: Table, hidden: tuple[Attribute, ...], session: Session) -> r.Relation:
    """CHAR columns at their length: files that others wrote may have them shorter."""
    from glowplug.session.world import context

    cx = context(session)
    types = {f.name: f.type for f in table.schema.fields if contains_type(f.type, CharType)}
    items: list[Expression] = []
    for a in plan.output:
        if (type := types.get(a.name)) is None:
            items.append(a)
            continue
        items.append(Alias(resolve(padded_when_read(a, type), Scope(()), cx), a.name, new_id(), a.metadata))
    return r.Project(plan, tuple(items), hidden)


def source_of(table: Table, reading: Reading, known: Catalogs, options: Pairs = ()) -> Source:
    """A table's files. Those of a partitioned table are where its catalog has the partitions, or its log."""
    if is_delta(table):
        return formats.resolve("delta", [table.location or ""], None, options, reading)
    schema = stored_schema(table.schema)
    provider, given = table.provider or "parquet", (*table.options, *options)
    if not table.partition_by or (table.location and has_log(place_of(table.location, reading.settings))):
        paths = [table.location] if table.location and _exists(table.location, reading) else []
        return formats.resolve(provider, paths, schema, given, reading)
    inside = {name.lower() for name in table.partition_by}
    data = StructType(tuple(f for f in schema.fields if f.name.lower() not in inside))
    keys = StructType(tuple(f for f in schema.fields if f.name.lower() in inside))
    partitions = [
        p for p in known.catalog(table.identifier.catalog).partitions(table.identifier) if _exists(p.location, reading)
    ]
    source = formats.resolve(provider, [p.location for p in partitions], data, given, reading)
    if not isinstance(source, FileSource):
        raise unsupported(f"partitioned tables of {provider}")
    return replace(
        source,
        schema=StructType((*source.schema.fields, *keys.fields)),
        partition_schema=keys,
        files=_files_of(source, partitions, keys, reading),
    )


def _files_of(source: FileSource, partitions: list[Partition], keys: StructType, cx: Reading) -> tuple[DataFile, ...]:
    """The files with the values of their partitions."""
    columns = [
        partition_values([p.values[i] for p in partitions], f.type, f.name, cx.kernel)
        for i, f in enumerate(keys.fields)
    ]
    by_place = {
        locate(p.location, cx.settings)[1].rstrip("/"): values
        for p, values in zip(partitions, zip(*columns, strict=True), strict=True)
    }
    return tuple(DataFile(f.status, by_place[posixpath.dirname(f.status.path)]) for f in source.files)


def _exists(location: str, reading: Reading) -> bool:
    fs, path = locate(location, reading.settings)
    try:
        fs.status(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def stored_schema(schema: StructType) -> StructType:
    """The columns as they are read: char and varchar are strings, and every column may be NULL."""
    return StructType(tuple(StructField(f.name, as_strings(f.type), True, f.metadata) for f in schema.fields))


# --- views ---------------------------------------------------------------------------------------------


def expand_view(table: Table, session: Session) -> r.Relation:
    view = table.view
    assert view is not None
    within = inside(session, view.catalog, view.namespace, view.settings)
    identifier = table.identifier
    if view.metrics:
        from glowplug.analyze.metric_views import view as metric_view
        from glowplug.session.world import context

        plan = metric_view(table, context(within))
        return r.SubqueryAlias(plan, identifier.name, (identifier.catalog, *identifier.namespace))
    qualifier = (identifier.catalog, *identifier.namespace)
    plan = in_mode_of(within, session, view_plan(table, within))
    return r.SubqueryAlias(plan, identifier.name, qualifier, defined=True)


def view_plan(table: Table, within: Session) -> r.Relation:
    """A view's query, analysed as when it was made, with the columns the view promises."""
    from glowplug.session.world import context, parse

    view = table.view
    assert view is not None
    query = in_default(parse(within, r.SQLText(view.text)), table.collation)
    plan = analyze_relation(query, context(within))
    if view.binding != "evolution":
        plan = r.Project(plan, tuple(_column(table, i, plan) for i in range(len(table.schema.fields))))
    return plan


def _column(table: Table, i: int, plan: r.Relation) -> Expression:
    """The view's i-th column from the query's column of the name it had."""
    assert table.view is not None
    field, name = table.schema.fields[i], table.view.columns[i]
    before = [n.lower() for n in table.view.columns[:i]].count(name.lower())
    named = [a for a in plan.output if a.name.lower() == name.lower()]
    if before >= len(named):
        raise AnalysisError(
            "INCOMPATIBLE_VIEW_SCHEMA_CHANGE",
            viewName=table.identifier.quoted,
            colName=name,
            expectedNum=before + 1,
            actualCols="[" + ",".join(a.name for a in named) + "]",
            suggestion=f"CREATE OR REPLACE VIEW {table.identifier.unquoted} AS {table.view.text}",
        )
    column, type = named[before], as_strings(field.type)
    value: Expression = column
    if table.view.binding != "type evolution" and not same_type(column.type, type):
        if table.view.binding == "binding" and not up_castable(column.type, type):
            raise AnalysisError(
                "CANNOT_UP_CAST_DATATYPE",
                expression=".".join((*column.qualifier, column.name)),
                sourceType=f'"{simple_string(column.type).upper()}"',
                targetType=f'"{simple_string(type).upper()}"',
                details="",
            )
        value = Cast(column, type, "ansi")
        if not can_cast(column.type, type, True):
            error = uncastable(value)
            error.parameters["sqlExpr"] = f'"{column.name}"'
            raise error
    return Alias(value, field.name, new_id(), noted(field).metadata)
