"""DESCRIBE: of tables and views, their columns and partitions; of queries, functions and schemas."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from glowplug.analyze.char_columns import declared
from glowplug.analyze.commands import partition_specs, targets
from glowplug.catalog.table import Partition, Table
from glowplug.errors import AnalysisError, ParseError, unsupported
from glowplug.execute.operation import Operation
from glowplug.plan import commands as c
from glowplug.plan.relations import LocalData, Relation, UnresolvedRelation
from glowplug.session.commands import functions, schemas
from glowplug.session.commands.describe_json import as_json, kind_of, one_text, statistics_text, temporary_as_json
from glowplug.session.commands.tables import matching
from glowplug.session.names import temporary_view
from glowplug.session.redaction import redacted
from glowplug.session.rows import rows
from glowplug.session.session import Session
from glowplug.session.world import analyze, context
from glowplug.types import (
    STRING,
    ArrayType,
    MapType,
    StructField,
    StructType,
    quote,
    simple_string,
    sql_name,
)

Rows = list[tuple[str, str, str | None]]
COLUMNS = (("col_name", STRING), ("data_type", STRING), ("comment", STRING))
FACTS = (("info_name", STRING), ("info_value", STRING))
_STATISTICS = ("min", "max", "num_nulls", "distinct_count", "avg_col_len", "max_col_len", "histogram")


def describe(command: c.Describe, session: Session, operation: Operation) -> Relation:
    match command:
        case c.Describe(kind="function"):
            return functions.describe_function(command, session)
        case c.Describe(kind="schema"):
            return schemas.describe_schema(command, session)
        case c.Describe(kind="query", query=query) if query is not None:
            plan = analyze(query, session)
            return rows(COLUMNS, [(a.name, simple_string(a.type), comment_of(a.metadata)) for a in plan.output], True)
        case c.Describe(kind="table"):
            return _describe_table(command, session)
    raise unsupported(f"DESCRIBE {command.kind.upper()}")


def comment_of(metadata: str) -> str | None:
    return json.loads(metadata).get("comment")  # type: ignore[no-any-return]


def _describe_table(command: c.Describe, session: Session) -> Relation:
    cx = context(session)
    view = temporary_view(session, command.parts)
    table = None if view is not None else targets.named(command.parts, cx)
    if table is None:
        if view is None:
            found = cx.world.relation(UnresolvedRelation(command.parts))
            if found is None:
                raise targets.not_found(command.parts, cx, targets.QUERY)
            view = found
        if command.partition:
            raise AnalysisError("FORBIDDEN_OPERATION", statement="DESC PARTITION", objectType="TEMPORARY VIEW",
                                objectName=".".join(map(quote, command.parts)))  # fmt: skip
        fields = [StructField(a.name, declared(a.type, a.metadata), a.nullable, a.metadata) for a in view.output]
        if command.as_json:
            return one_text(temporary_as_json(command, StructType(tuple(fields)), session))
        if command.column:
            return _column(command, fields, None)
        return rows(COLUMNS, [(f.name, simple_string(f.type), comment_of(f.metadata)) for f in fields], True)
    schema = schema_of(table, session)
    if command.as_json and not command.extended:
        raise ParseError("DESCRIBE_JSON_NOT_EXTENDED", tableName=".".join(command.parts))
    if command.column:
        return _column(command, list(schema.fields), table)
    partition = _partition(command, table, session) if command.partition else None
    if command.as_json:
        return one_text(as_json(table, schema, session, partition))
    lines = columns(table, schema)
    if command.extended:
        lines += [("", "", "")]
        lines += _partition_details(table, partition, session) if partition else details(table, schema, session)
    if partition is not None or not command.extended:
        lines += _defaults(schema)
    return rows(COLUMNS, lines, True)


def schema_of(table: Table, session: Session) -> StructType:
    """A table's columns; of a view that evolves, those its query has now."""
    if table.view is not None and table.view.binding == "evolution":
        plan = analyze(UnresolvedRelation(table.identifier.parts), session)
        return StructType(tuple(StructField(a.name, a.type, a.nullable, a.metadata) for a in plan.output))
    return table.schema


def columns(table: Table, schema: StructType) -> Rows:
    lines: Rows = [(f.name, simple_string(f.type), comment_of(f.metadata)) for f in schema.fields]
    by_name = {line[0].lower(): line for line in lines}
    for title, names in (
        ("# Partition Information", table.partition_by),
        ("# Clustering Information", tuple(".".join(parts) for parts in table.cluster_by)),
    ):
        if names:
            lines += [(title, "", ""), ("# col_name", "data_type", "comment")]
            lines += [by_name.get(n.lower(), (n, "", None)) for n in names]
    return lines


def when(millis: int, session: Session) -> str:
    """A moment as Java's Date shows it."""
    moment = datetime.fromtimestamp(millis / 1000, UTC)
    zone = session.conf.time_zone
    if not zone.startswith(("+", "-")):
        moment = moment.astimezone(ZoneInfo(zone))
    return moment.strftime("%a %b %d %H:%M:%S %Z %Y")


def details(table: Table, schema: StructType, session: Session) -> Rows:
    """What DESCRIBE EXTENDED says besides the columns."""
    lines: Rows = [("# Detailed Table Information", "", "")]
    lines += [(k, v, "") for k, v in facts(table, schema, session).items() if k != "Partition Columns"]
    return lines + _defaults(schema)


def _defaults(schema: StructType) -> Rows:
    found = ((f.name, simple_string(f.type), json.loads(f.metadata).get("CURRENT_DEFAULT")) for f in schema.fields)
    lines: Rows = [(name, type, text) for name, type, text in found if text is not None]
    return [("", "", ""), ("# Column Default Values", "", ""), *lines] if lines else []


def facts(table: Table, schema: StructType, session: Session) -> dict[str, str]:
    """A table's facts by the names that Spark shows, in its order."""
    identifier = table.identifier
    found: dict[str, str | None] = {
        "Catalog": identifier.catalog,
        "Database": identifier.namespace[-1],
        "Table": identifier.name,
        "Created Time": when(table.created, session),
        "Last Access": "UNKNOWN",
        "Created By": table.created_by,
        "Type": kind_of(table),
        "Provider": table.provider,
    }
    if table.bucketing is not None:
        found["Num Buckets"] = str(table.bucketing.buckets)
        found["Bucket Columns"] = _listed(table.bucketing.columns)
        found["Sort Columns"] = _listed(table.bucketing.sort)
    found["Comment"] = table.comment
    found["Collation"] = table.collation
    properties = redacted(sorted(table.properties))
    if (view := table.view) is not None:
        if view.metrics:
            found |= {
                "View Text": view.text,
                "Language": "YAML",
                "Table Properties": _pairs(properties),
            }
            return {k: v for k, v in found.items() if v is not None}
        names = tuple(f.name for f in schema.fields) if view.binding == "evolution" else view.columns
        found["View Text"] = found["View Original Text"] = view.text
        found["View Schema Mode"] = view.binding.upper()
        found["View Catalog and Namespace"] = ".".join((view.catalog, *view.namespace))
        found["View Query Output Columns"] = _listed(names)
    if table.properties:
        found["Table Properties"] = _pairs(properties)
    if table.statistics is not None:
        count = "" if table.statistics.rows is None else f", {table.statistics.rows} rows"
        found["Statistics"] = f"{table.statistics.bytes} bytes{count}"
    found["Location"] = table.location
    if table.options:
        found["Storage Properties"] = _pairs(redacted(table.options))
    if table.partition_by:
        found["Partition Provider"] = "Catalog"
        found["Partition Columns"] = _listed(table.partition_by)
    return {k: v for k, v in found.items() if v is not None}


def _listed(names: tuple[str, ...]) -> str:
    return "[" + ", ".join(map(quote, names)) + "]"


def _pairs(pairs: Any) -> str:
    return "[" + ", ".join(f"{k}={v}" for k, v in pairs) + "]"


# --- one partition, one column ------------------------------------------------------------------------------


def _partition(command: c.Describe, table: Table, session: Session) -> Partition:
    cx = context(session)
    if table.kind == "view":
        raise AnalysisError("FORBIDDEN_OPERATION", statement="DESC PARTITION", objectType="VIEW",
                            objectName=".".join(map(quote, command.parts)))  # fmt: skip
    if not table.partition_by:
        raise AnalysisError("_LEGACY_ERROR_TEMP_1251", action="DESC PARTITION", tableName=table.identifier.name)
    given = partition_specs.whole(command.partition, table, cx)
    found = matching(table, dict(given), session) if len(given) == len(table.partition_by) else []
    if not found:
        raise AnalysisError(
            "PARTITIONS_NOT_FOUND", partitionList=partition_specs.shown(given), tableName=table.identifier.in_catalog
        )
    return found[0]


def partition_facts(table: Table, partition: Partition, session: Session) -> dict[str, str]:
    values = zip(table.partition_by, partition.values, strict=True)
    found = {
        "Partition Values": _pairs((n, "null" if v is None else v) for n, v in values),
        "Location": partition.location,
        "Created Time": when(partition.created, session),
        "Last Access": "UNKNOWN",
    }
    if table.options:
        found["Storage Properties"] = _pairs(redacted(table.options))
    if partition.statistics is not None:
        found["Partition Statistics"] = statistics_text(partition.statistics)
    return found


def _partition_details(table: Table, partition: Partition, session: Session) -> Rows:
    lines: Rows = [("# Detailed Partition Information", "", "")]
    lines += [("Database", table.identifier.namespace[-1], ""), ("Table", table.identifier.name, "")]
    lines += [(k, v, "") for k, v in partition_facts(table, partition, session).items()]
    lines += [("", "", ""), ("# Storage Information", "", "")]
    if table.bucketing is not None:
        lines += [
            (k, v, "") for k, v in facts(table, table.schema, session).items() if "Bucket" in k or k[:4] == "Sort"
        ]
    lines.append(("Location", table.location or "", ""))
    if table.options:
        lines.append(("Storage Properties", _pairs(redacted(table.options)), ""))
    return lines


def _within(column: tuple[str, ...], relation: tuple[str, ...], table: Table | None) -> tuple[str, ...]:
    """A column's name without that of its table, which may stand before it."""
    whole = relation if table is None else table.identifier.parts
    for i in range(len(whole)):
        n = len(whole) - i
        if len(column) > n and [p.lower() for p in column[:n]] == [p.lower() for p in whole[i:]]:
            return column[n:]
    return column


def _column(command: c.Describe, fields: list[StructField], table: Table | None) -> LocalData:
    name = _within(command.column, command.parts, table)
    found = next((f for f in fields if f.name.lower() == name[0].lower()), None)
    if found is None:
        shown = ".".join(map(quote, name))
        raise AnalysisError("COLUMN_NOT_FOUND", colName=shown, caseSensitiveConfig='"spark.sql.caseSensitive"')
    if len(name) > 1:
        if not isinstance(found.type, (StructType, ArrayType, MapType)):
            base, other = f'"{found.name}"', f'"{sql_name(found.type)}"'
            raise AnalysisError("INVALID_EXTRACT_BASE_FIELD_TYPE", base=base, other=other)
        shown = ".".join(name)
        raise AnalysisError("_LEGACY_ERROR_TEMP_1060", command="DESC TABLE COLUMN", column=shown)
    lines = [
        ("col_name", found.name),
        ("data_type", simple_string(found.type)),
        ("comment", comment_of(found.metadata) or "NULL"),
    ]
    if command.extended:
        known = dict(table.statistics.columns if table is not None and table.statistics is not None else ())
        s = known.get(found.name)
        values = (
            (s.minimum, s.maximum, s.nulls, s.distinct, s.average_length, s.maximum_length, None) if s else (None,) * 7
        )
        lines += [(n, "NULL" if v is None else str(v)) for n, v in zip(_STATISTICS, values, strict=True)]
        if (default := json.loads(found.metadata).get("CURRENT_DEFAULT")) is not None:
            lines.append(("default", default))
    return rows(FACTS, lines, True)
