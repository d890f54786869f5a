"""INSERT in all its forms: the target found, static partitions taken out, the query aligned to the table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from glowplug.analyze.commands import partition_specs
from glowplug.analyze.commands.align import aligned, columns
from glowplug.analyze.commands.defaults import default
from glowplug.analyze.commands.nouns import InsertEach, InsertRows
from glowplug.analyze.commands.targets import QUERY, not_found, view_instead
from glowplug.analyze.commands.targets import named as table_named
from glowplug.analyze.context import Context
from glowplug.catalog.table import Table, is_delta
from glowplug.errors import AnalysisError
from glowplug.io.filesystem import local_path
from glowplug.plan.commands import Insert, WriteFiles
from glowplug.plan.expressions import Alias, DefaultValue, Expression, UnresolvedAttribute, UnresolvedStar, new_id
from glowplug.plan.relations import (
    Project,
    Relation,
    Scan,
    Select,
    SubqueryAlias,
    UnresolvedValues,
    With,
)
from glowplug.plan.statements import MultiInsert
from glowplug.plan.tree import walk, walk_relations
from glowplug.types import StructField, quote


def insert_each(command: MultiInsert, cx: Context) -> InsertEach:
    """Of a directory, the query is analysed here, too: what is left is done once for all."""
    return InsertEach(
        tuple(
            replace(i, query=analyzed(i.query, cx)) if isinstance(i, WriteFiles) else insert(i, cx)
            for i in command.inserts
        )
    )


def insert(command: Insert, cx: Context) -> InsertRows:
    """Raises what Spark raises for a target that is none, and the errors of alignment."""
    table = target(command.parts, cx)
    _check_supported(command, table)
    spec = partition_specs.normalized(command.partition, table)
    _check_spec(spec, table)
    static = tuple((f, e) for f, e in spec if e is not None)
    rows = _aligned_rows(command, table, [f for f, _ in static], cx)
    values = {f.name: partition_specs.literal(f, e, cx) for f, e in static}
    found = {a.name: a for a in rows.output}
    items: list[Expression] = [
        Alias(values[f.name], f.name, new_id()) if f.name in values else found[f.name]
        for f in table.schema.fields
        if f.name in values or f.name in found
    ]
    overwritten = partition_specs.values(tuple((f.name, e) for f, e in static), table, cx)
    result = InsertRows(
        table,
        Project(rows, tuple(items)) if values else rows,
        command.overwrite or command.replace_where is not None,
        overwritten,
        command.if_partition_not_exists,
        command.options,
        command.replace_where,
    )
    check_not_read(result, cx)
    return result


def _check_supported(command: Insert, table: Table) -> None:
    if command.replace_using or command.replace_on is not None:
        raise AnalysisError(
            "UNSUPPORTED_FEATURE.TABLE_OPERATION",
            tableName=table.identifier.quoted,
            operation="INSERT INTO ... REPLACE ON/USING",
        )
    if command.replace_where is not None and not is_delta(table):
        raise AnalysisError("_LEGACY_ERROR_TEMP_1012", identifier=table.identifier.quoted)
    if command.if_partition_not_exists and is_delta(table):
        name = table.identifier.quoted
        raise AnalysisError("UNSUPPORTED_FEATURE.INSERT_PARTITION_SPEC_IF_NOT_EXISTS", tableName=name)
    if command.schema_evolution:
        raise AnalysisError("UNSUPPORTED_INSERT_WITH_SCHEMA_EVOLUTION")


def _aligned_rows(command: Insert, table: Table, static: Sequence[StructField], cx: Context) -> Relation:
    """The query's rows as those of the table, without the columns whose values PARTITION gives (`static`)."""
    given = {f.name for f in static}
    fields = tuple(f for f in table.schema.fields if f.name not in given)
    if command.columns:
        query = analyzed(_with_defaults(command.query, _listed(command.columns, fields), cx), cx)
        query = _renamed(query, command.columns, table)
        return aligned(query, _given(query, fields, table), table, cx, by_name=True)
    query = analyzed(_with_defaults(command.query, fields, cx), cx)
    if command.by_name:
        return aligned(query, _given(query, fields, table), table, cx, by_name=True)
    if is_delta(table) and len(query.output) < len(fields) - len(table.computed):
        raise AnalysisError(
            "DELTA_INSERT_COLUMN_ARITY_MISMATCH",
            tableName=table.identifier.unquoted,
            columnName="not enough data columns",
            numColumns=len(table.schema.fields),
            insertColumns=len(query.output) + len(static),
        )
    if static and len(query.output) != len(fields):
        raise AnalysisError(
            "INSERT_PARTITION_COLUMN_ARITY_MISMATCH",
            tableName=table.identifier.quoted,
            tableColumns=columns([f.name for f in table.schema.fields]),
            staticPartCols=columns(sorted(given)),
            dataColumns=columns([a.name for a in query.output]),
        )
    return aligned(query, fields, table, cx, False)


def _given(query: Relation, fields: Sequence[StructField], table: Table) -> tuple[StructField, ...]:
    """The columns without those that the table computes because the rows have none."""
    names = {a.name.lower() for a in query.output}
    return tuple(f for f in fields if f.name not in table.computed or f.name.lower() in names)


def target(parts: tuple[str, ...], cx: Context) -> Table:
    """The table that rows go into. What is no table is refused as Spark does: by what it is made of."""
    if cx.world.temporary(parts) is not None:
        raise view_instead(".".join(map(quote, parts)), "INSERT")
    table = table_named(parts, cx)
    if table is None:
        raise not_found(parts, cx, QUERY)
    if table.kind == "view":
        raise view_instead(table.identifier.quoted, "INSERT")
    return table


def _check_spec(spec: Sequence[tuple[StructField, Expression | None]], table: Table) -> None:
    if not spec or is_delta(table):  # which takes any of the columns, in any order
        return
    names = [f.name for f, _ in spec]
    by_place = sorted(spec, key=lambda item: table.partition_by.index(item[0].name))
    if len(spec) != len(table.partition_by):
        raise AnalysisError(
            "_LEGACY_ERROR_TEMP_1169",
            tableName=table.identifier.quoted,
            normalizedPartSpec=",".join(names),
            partColNames=",".join(table.partition_by),
        )
    dynamic = False
    for _, value in by_place:
        if value is not None and dynamic:
            raise AnalysisError("_LEGACY_ERROR_TEMP_1147", partColumns=f"[{','.join(table.partition_by)}]")
        dynamic = dynamic or value is None


def _listed(names: Sequence[str], fields: Sequence[StructField]) -> tuple[StructField, ...]:
    """The columns of a list, in its order."""
    known = {f.name.lower(): f for f in fields}
    seen = set[str]()
    for name in names:
        if name.lower() in seen:
            raise AnalysisError("COLUMN_ALREADY_EXISTS", columnName=quote(name.lower()))
        seen.add(name.lower())
        if name.lower() not in known:
            raise no_column((name,), fields)
    return tuple(known[name.lower()] for name in names)


def no_column(name: Sequence[str], fields: Sequence[StructField]) -> AnalysisError:
    """Of a table, where Spark proposes every column in the table's order."""
    return AnalysisError(
        "UNRESOLVED_COLUMN.WITH_SUGGESTION",
        objectName=".".join(map(quote, name)),
        proposal=columns([f.name for f in fields]),
    )


def _renamed(query: Relation, names: Sequence[str], table: Table) -> Relation:
    """The query's columns under the names of the list."""
    if len(query.output) != len(names):
        kind = "TOO_MANY_DATA_COLUMNS" if len(query.output) > len(names) else "NOT_ENOUGH_DATA_COLUMNS"
        raise AnalysisError(
            f"INSERT_COLUMN_ARITY_MISMATCH.{kind}",
            tableName=table.identifier.quoted,
            tableColumns=columns(names),
            dataColumns=columns([a.name for a in query.output]),
        )
    return Project(query, tuple(Alias(a, n, new_id()) for a, n in zip(query.output, names, strict=True)))


def analyzed(query: Relation, cx: Context) -> Relation:
    from glowplug.analyze.metric_views import expanded
    from glowplug.analyze.pipeline import analyze_relation

    return expanded(analyze_relation(query, cx))


# --- DEFAULT -------------------------------------------------------------------------------------------


def _with_defaults(query: Relation, fields: Sequence[StructField], cx: Context) -> Relation:
    """DEFAULT as a whole value of a row, or item of a select list, becomes its column's default."""
    match query:
        case SubqueryAlias(child) | With(child):
            return replace(query, child=_with_defaults(child, fields, cx))
        case UnresolvedValues(rows):
            return UnresolvedValues(tuple(_row(row, fields, cx) for row in rows))
        case Select(expressions=(UnresolvedStar(target=(), except_=()),), child=SubqueryAlias() | UnresolvedValues()):
            return replace(query, child=_with_defaults(query.child, fields, cx))
        case Select(expressions=items):
            return replace(query, expressions=_row(items, fields, cx))
    return query


def _row(row: tuple[Expression, ...], fields: Sequence[StructField], cx: Context) -> tuple[Expression, ...]:
    if not any(_is_default(x) for e in row for x in walk(e)):
        return row
    made = []
    for i, e in enumerate(row):
        if _is_default(e):
            if i >= len(fields):
                raise AnalysisError("UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", objectName="`DEFAULT`")
            made.append(default(fields[i], cx))
        elif any(_is_default(x) for x in walk(e)):
            raise AnalysisError("DEFAULT_PLACEMENT_INVALID")
        else:
            made.append(e)
    return tuple(made)


def _is_default(e: Expression) -> bool:
    match e:
        case DefaultValue():
            return True
        case UnresolvedAttribute((name,), origin=origin) if name.upper() == "DEFAULT":
            return origin is None or origin.text[origin.start : origin.start + 1] != "`"
    return False


# --- overwriting what is read ---------------------------------------------------------------------------


def check_not_read(command: InsertRows, cx: Context) -> None:
    """UNSUPPORTED_OVERWRITE.TABLE for a table that its own rows would replace."""
    if is_delta(command.table):  # its old files stay until they are vacuumed
        return
    mode = {k.lower(): v for k, v in command.options}.get("partitionoverwritemode")
    mode = mode or cx.conf.get_option("spark.sql.sources.partitionOverwriteMode") or ""
    if not command.overwrite or (command.table.partition_by and mode.upper() == "DYNAMIC"):
        return
    if reads(command.query, command.table):
        raise AnalysisError("UNSUPPORTED_OVERWRITE.TABLE", table=command.table.identifier.quoted)


def reads(query: Relation, table: Table) -> bool:
    """Whether a plan scans files of the table's directory."""
    place = _path(table.location or "")
    roots = [
        _path(root)
        for node in walk_relations(query)
        if isinstance(node, Scan)
        for root in getattr(node.source, "roots", ())
    ]
    return any(root == place or root.startswith(place + "/") for root in roots)


def _path(location: str) -> str:
    """As the roots of sources are: without the scheme."""
    return re.sub("^s3[an]?://", "", local_path(location)).rstrip("/")
