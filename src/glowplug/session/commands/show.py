"""SHOW: what there is, by name, and how a table was made."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache

from glowplug.analyze.commands import partition_specs, targets
from glowplug.catalog.table import Pairs, Table
from glowplug.config import SPARK_VERSION
from glowplug.errors import AnalysisError, unsupported
from glowplug.execute.operation import Operation
from glowplug.plan import commands as c
from glowplug.plan.relations import LocalData, Relation, SQLText, TextView
from glowplug.plan.tree_string import tree_string
from glowplug.session.commands import describe, functions, partitions
from glowplug.session.commands.tables import matching
from glowplug.session.names import GLOBAL_SCHEMA, catalogs, temporary_view
from glowplug.session.redaction import redacted
from glowplug.session.rows import rows
from glowplug.session.session import Session
from glowplug.session.tables import stored_schema
from glowplug.session.world import context
from glowplug.types import (
    BOOLEAN,
    STRING,
    ArrayType,
    CharType,
    DataType,
    MapType,
    StringType,
    StructField,
    StructType,
    VarcharType,
    as_nullable,
    quote,
    quote_if_needed,
    sql_name,
)


def matches(name: str, pattern: str | None) -> bool:
    """Whether a name is like a pattern: `*` is any text, `|` an alternative, and each is a regular expression; what is
    none finds nothing. Case does not matter."""
    if pattern is None:
        return True
    return any(p is not None and p.fullmatch(name) for p in map(_like, pattern.strip().split("|")))


@lru_cache(maxsize=64)
def _like(pattern: str) -> re.Pattern[str] | None:
    with suppress(re.error):
        return re.compile(pattern.replace("*", ".*"), re.IGNORECASE)
    return None


def show(command: c.Show, session: Session, operation: Operation) -> Relation:
    rule = _SHOWN.get(command.what.upper())
    if rule is None:
        raise unsupported(f"SHOW {command.what}")
    return rule(command, session)


def _catalogs(command: c.Show, session: Session) -> LocalData:
    names = [n for n in catalogs(session).names() if matches(n, command.pattern)]
    return rows((("catalog", STRING),), [(n,) for n in names])


def _schemas(command: c.Show, session: Session) -> LocalData:
    known = catalogs(session)
    catalog, name = known.schema(command.parts) if command.parts else (known.current, ())
    if name:
        known.existing_schema(command.parts)
        return rows((("namespace", STRING),), [])
    found = [n.name[-1] for n in known.catalog(catalog).namespaces() if matches(n.name[-1], command.pattern)]
    return rows((("namespace", STRING),), [(n,) for n in found])


def _current(command: c.Show, session: Session) -> LocalData:
    known = catalogs(session)
    values = [(known.current, ".".join(map(quote_if_needed, known.namespace)))]
    return rows((("catalog", STRING), ("namespace", STRING)), values)


def listed(session: Session, parts: tuple[str, ...], pattern: str | None) -> tuple[list[Table], list[str], list[str]]:
    """A schema's tables and views, the global temporary views in it, and the session's temporary ones."""
    temporary = sorted(n for n in session.temp_views if matches(n, pattern))
    if parts[-1:] and parts[-1].lower() == GLOBAL_SCHEMA:
        shared = sorted(n for n in session.engine.global_views if matches(n, pattern))
        return [], shared, temporary
    catalog, name = catalogs(session).existing_schema(parts)
    return [t for t in catalog.tables(name) if matches(t.identifier.name, pattern)], [], temporary


def _tables(command: c.Show, session: Session) -> LocalData:
    found, shared, temporary = listed(session, command.parts, command.pattern)
    return _listing("tableName", found, shared, temporary)


def _views(command: c.Show, session: Session) -> LocalData:
    found, shared, temporary = listed(session, command.parts, command.pattern)
    return _listing("viewName", [t for t in found if t.kind == "view"], shared, temporary)


def _listing(column: str, found: list[Table], shared: list[str], temporary: list[str]) -> LocalData:
    values = [(t.identifier.namespace[-1], t.identifier.name, False) for t in found]
    values += [(GLOBAL_SCHEMA, n, True) for n in shared]
    values += [("", n, True) for n in temporary]
    return rows((("namespace", STRING), (column, STRING), ("isTemporary", BOOLEAN)), values)


def _extended(command: c.Show, session: Session) -> LocalData:
    found, shared, temporary = listed(session, command.parts, command.pattern)
    columns = (("namespace", STRING), ("tableName", STRING), ("isTemporary", BOOLEAN), ("information", STRING))
    if command.partition:
        return rows(columns, [_one_partition(command, session)])
    values = [(t.identifier.namespace[-1], t.identifier.name, False, information(t, session)) for t in found]
    for namespace, names, views in (
        (GLOBAL_SCHEMA, shared, session.engine.global_views),
        ("", temporary, session.temp_views),
    ):
        for n in names:
            values.append((namespace, n, True, _temporary(n, views[n])))
    return rows(columns, values)


def _temporary(name: str, stored: Relation) -> str:
    """Of a temporary view: what SQL made has a text, a DataFrame's view has none."""
    lines = [
        f"Table: {name}",
        "Created Time: UNKNOWN",
        "Last Access: UNKNOWN",
        f"Created By: Glowplug (Spark {SPARK_VERSION})",
        "Type: VIEW",
    ]
    view = stored.definition.view if isinstance(stored, TextView) else None
    lines += [] if view is None else [f"View Text: {view.text}"]
    lines.append("View Schema Mode: BINDING")
    if view is not None:
        lines.append(f"View Catalog and Namespace: {'.'.join((view.catalog, *view.namespace))}")
        lines.append(f"View Query Output Columns: [{', '.join(map(quote, view.columns))}]")
    fields = tuple(StructField(a.name, a.type, a.nullable) for a in stored.output)
    return "\n".join(lines) + f"\nSchema: {tree_string(StructType(fields))}\n"


def _one_partition(command: c.Show, session: Session) -> tuple[str, str, bool, str]:
    parts = (*command.parts, command.pattern or "")
    cx = context(session)
    table = targets.table(parts, cx, "SHOW TABLE EXTENDED")
    given = partition_specs.whole(command.partition, table, cx)
    found = matching(table, dict(given), session) if len(given) == len(table.partition_by) else []
    if not found:
        raise AnalysisError(
            "PARTITIONS_NOT_FOUND", partitionList=partition_specs.shown(given), tableName=table.identifier.in_catalog
        )
    text = "".join(f"{k}: {v}\n" for k, v in describe.partition_facts(table, found[0], session).items())
    return table.identifier.namespace[-1], table.identifier.name, False, text


def information(table: Table, session: Session) -> str:
    schema = describe.schema_of(table, session)
    lines = [f"{k}: {v}" for k, v in describe.facts(table, schema, session).items()]
    return "\n".join([*lines, f"Schema: {_tree(schema)}"]) + "\n"


def _tree(schema: StructType) -> str:
    nullable = as_nullable(stored_schema(schema))
    assert isinstance(nullable, StructType)
    return tree_string(nullable, None)


def _collations(command: c.Show, session: Session) -> LocalData:
    from glowplug.execute.local import literals
    from glowplug.session.world import analyze

    names = ("NAME", "LANGUAGE", "COUNTRY", "ACCENT_SENSITIVITY", "CASE_SENSITIVITY", "PAD_ATTRIBUTE", "ICU_VERSION")
    query = f"SELECT {', '.join(names)} FROM collations()"
    found = [row for row in literals(analyze(SQLText(query), session), session) if matches(row[0], command.pattern)]
    return rows([(n, STRING) for n in names], found, nullable=True)


def _columns(command: c.Show, session: Session) -> LocalData:
    cx = context(session)
    view = temporary_view(session, command.parts)
    if view is None:
        table = targets.named(command.parts, cx)
        if table is None:
            raise targets.not_found(command.parts, cx)
        names = [f.name for f in describe.schema_of(table, session).fields]
    else:
        names = [a.name for a in view.output]
    return rows((("col_name", STRING),), [(n,) for n in names])


def _properties(command: c.Show, session: Session) -> LocalData:
    cx = context(session)
    columns = (("key", STRING), ("value", STRING))
    if temporary_view(session, command.parts) is not None:
        return rows(columns, [])
    table = targets.named(command.parts, cx)
    if table is None:
        raise targets.not_found(command.parts, cx)
    shown = dict(redacted((*table.properties, *((f"option.{k}", v) for k, v in table.options))))
    key = dict(command.extra).get("key")
    if key is None:
        return rows(columns, sorted(shown.items()))
    missing = f"Table {table.identifier.unquoted} does not have property: {key}"
    return rows(columns, [(key, shown.get(key, missing))])


# --- SHOW CREATE TABLE -----------------------------------------------------------------------------------------


def _create(command: c.Show, session: Session) -> LocalData:
    cx = context(session)
    if temporary_view(session, command.parts) is not None:
        name = ".".join(map(quote, command.parts))
        raise AnalysisError("EXPECT_PERMANENT_VIEW_NOT_TEMP", operation="SHOW CREATE TABLE", viewName=name)
    table = targets.named(command.parts, cx)
    if table is None:
        raise targets.not_found(command.parts, cx)
    if table.view is not None and table.view.metrics:
        raise AnalysisError("UNSUPPORTED_SHOW_CREATE_TABLE.ON_METRIC_VIEW", tableName=quote(table.identifier.name))
    if dict(command.extra).get("serde") and table.view is None:
        raise AnalysisError("UNSUPPORTED_SHOW_CREATE_TABLE.ON_DATA_SOURCE_TABLE_WITH_AS_SERDE",
                            tableName=table.identifier.quoted)  # fmt: skip
    return rows((("createtab_stmt", STRING),), [(statement(table),)])


def statement(table: Table) -> str:
    """The statement that makes such a table or view."""
    return _view_statement(table) if table.view is not None else _table_statement(table)


def _view_statement(table: Table) -> str:
    assert table.view is not None
    name = ".".join(map(quote_if_needed, table.identifier.parts[1:]))
    items = [quote_if_needed(f.name) + _comment(f.metadata) for f in table.schema.fields]
    text = f"CREATE VIEW {name} (\n  " + ",\n  ".join(items) + ")\n"
    text += _comment_clause(table) + _clauses(table, table.properties)
    text += f"WITH SCHEMA {table.view.binding.upper()}\n"
    return text + f"AS {table.view.text}\n"


def _comment(metadata: str) -> str:
    comment = json.loads(metadata).get("comment")
    return "" if comment is None else f" COMMENT '{_escaped(comment)}'"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


def _table_statement(table: Table) -> str:
    items = []
    for f in table.schema.fields:
        default = json.loads(f.metadata).get("CURRENT_DEFAULT")
        item = f"{quote_if_needed(f.name)} {type_text(f.type)}"
        items.append(item + ("" if default is None else f" DEFAULT {default}") + _comment(f.metadata))
    text = f"CREATE TABLE {table.identifier.unquoted} (\n  " + ",\n  ".join(items) + ")\n"
    text += f"USING {table.provider}\n"
    if table.options:
        text += f"OPTIONS (\n  {_pairs(redacted(table.options))})\n"
    if table.partition_by:
        text += f"PARTITIONED BY ({', '.join(map(quote_if_needed, table.partition_by))})\n"
    if table.cluster_by:
        text += f"CLUSTER BY ({', '.join('.'.join(map(quote_if_needed, p)) for p in table.cluster_by)})\n"
    if table.bucketing is not None:
        text += f"CLUSTERED BY ({', '.join(map(quote_if_needed, table.bucketing.columns))})\n"
        if table.bucketing.sort:
            text += f"SORTED BY ({', '.join(map(quote_if_needed, table.bucketing.sort))})\n"
        text += f"INTO {table.bucketing.buckets} BUCKETS\n"
    text += _comment_clause(table)
    if table.kind == "external":
        text += f"LOCATION '{_escaped(table.location or '')}'\n"
    return text + _clauses(table, redacted(table.properties))


def _comment_clause(table: Table) -> str:
    return f"COMMENT '{_escaped(table.comment)}'\n" if table.comment else ""


def _clauses(table: Table, properties: Pairs) -> str:
    text = f"DEFAULT COLLATION {table.collation}\n" if table.collation else ""
    shown = tuple((k, v) for k, v in properties if k != "clusteringColumns")
    if shown:
        text += f"TBLPROPERTIES (\n  {_pairs(shown)})\n"
    return text


def _pairs(pairs: Pairs) -> str:
    return ",\n  ".join(f"'{_escaped(k)}' = '{_escaped(v)}'" for k, v in sorted(pairs))


def type_text(type: DataType) -> str:
    """A type as DDL with the collation of every text written out."""
    match type:
        case StringType(collation):
            return f"STRING COLLATE {collation}"
        case CharType() | VarcharType():
            return f"{sql_name(type)} COLLATE UTF8_BINARY"
        case ArrayType(element):
            return f"ARRAY<{type_text(element)}>"
        case MapType(key, value):
            return f"MAP<{type_text(key)}, {type_text(value)}>"
        case StructType(fields):
            inner = (
                f"{quote_if_needed(f.name)}: {type_text(f.type)}"
                + ("" if f.nullable else " NOT NULL")
                + _comment(f.metadata)
                for f in fields
            )
            return f"STRUCT<{', '.join(inner)}>"
    return sql_name(type)


_SHOWN: dict[str, Callable[[c.Show, Session], Relation]] = {
    "CATALOGS": _catalogs,
    "SCHEMAS": _schemas,
    "DATABASES": _schemas,
    "NAMESPACES": _schemas,
    "CURRENT SCHEMA": _current,
    "TABLES": _tables,
    "TABLE EXTENDED": _extended,
    "VIEWS": _views,
    "COLLATIONS": _collations,
    "COLUMNS": _columns,
    "TBLPROPERTIES": _properties,
    "PARTITIONS": partitions.show,
    "CREATE TABLE": _create,
    "FUNCTIONS": functions.show_functions,
}
