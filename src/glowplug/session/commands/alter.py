"""ALTER TABLE and ALTER VIEW, COMMENT ON: each change is a function of the entry, so that no other change is lost."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from glowplug.analyze.commands import targets
from glowplug.analyze.commands.create_table import (
    COMMENT,
    as_uri,
    check_name,
    check_properties,
    checked,
    without_comment,
)
from glowplug.analyze.commands.defaults import changed_metadata, with_default
from glowplug.analyze.commands.insert import no_column
from glowplug.analyze.commands.targets import refused
from glowplug.analyze.context import Context
from glowplug.catalog.catalog import Catalog
from glowplug.catalog.table import Pairs, Table, is_delta
from glowplug.errors import AnalysisError, unsupported
from glowplug.execute.operation import Operation
from glowplug.functions.collation_keys import in_collation
from glowplug.plan import statements as s
from glowplug.plan.relations import Relation
from glowplug.session.commands import partitions, schemas
from glowplug.session.commands.kept import forget
from glowplug.session.names import catalogs, temporary_view
from glowplug.session.session import Session
from glowplug.session.world import context
from glowplug.types import ArrayType, DataType, MapType, StructField, StructType, quote, sql_name

Changer = Callable[[Table, Any, Catalog, Session, Context], None]


def alter(command: s.Alter, session: Session, operation: Operation) -> Relation | None:
    if command.kind == "schema":
        schemas.alter_schema(command, session)
        return None
    cx = context(session)
    if temporary_view(session, command.parts) is not None:
        _alter_temporary(command, session)
        return None
    table = targets.named(command.parts, cx)
    if table is None:
        raise targets.not_found(command.parts, cx)
    if is_delta(table):
        from glowplug.session.delta.altering import alter as changed

        if changed(table, command.change, session, operation):
            return None
    name, changer = _CHANGES.get(type(command.change), ("", None))
    if changer is None:
        raise unsupported(f"ALTER {command.kind.upper()}: {type(command.change).__name__}")
    if command.kind == "view" and table.kind != "view":
        renaming = isinstance(command.change, s.RenameTo)
        raise AnalysisError(
            "EXPECT_VIEW_NOT_TABLE.USE_ALTER_TABLE",
            operation="ALTER VIEW" if renaming else name.replace("TABLE", "VIEW"),
            tableName=".".join(map(quote, command.parts)) if renaming else table.identifier.quoted,
        )
    if command.kind == "table" and table.kind == "view":
        alternative = isinstance(command.change, (s.RenameTo, s.SetProperties, s.UnsetProperties))
        raise targets.view_instead(table.identifier.quoted, name, alternative)
    changer(table, command.change, catalogs(session).catalog(table.identifier.catalog), session, cx)
    return None


def _alter_temporary(command: s.Alter, session: Session) -> None:
    """A temporary view can be renamed; its query is replaced by CREATE VIEW's runner."""
    if isinstance(command.change, s.SetBinding):
        raise AnalysisError("UNSUPPORTED_FEATURE.TEMPORARY_VIEW_WITH_SCHEMA_BINDING_MODE")
    name = ".".join(map(quote, command.parts))
    if len(command.parts) != 1 or not isinstance(command.change, s.RenameTo):
        operation = _CHANGES[type(command.change)][0]
        if command.kind == "table":
            alternative = isinstance(command.change, (s.RenameTo, s.SetProperties, s.UnsetProperties))
            raise targets.view_instead(name, operation, alternative)
        operation = operation.replace("ALTER TABLE", "ALTER VIEW")
        raise AnalysisError("EXPECT_PERMANENT_VIEW_NOT_TEMP", operation=operation, viewName=name)
    new, shown = command.change.parts[-1].lower(), ".".join(map(quote, command.change.parts))
    if len(command.change.parts) > 1:
        raise AnalysisError("_LEGACY_ERROR_TEMP_1074", oldName=name, newName=shown, db=command.change.parts[-2])
    if new in session.temp_views:
        raise AnalysisError("TABLE_OR_VIEW_ALREADY_EXISTS", relationName=shown)
    session.temp_views[new] = session.temp_views.pop(command.parts[0].lower())


def comment_on(command: s.Comment, session: Session, operation: Operation) -> None:
    if command.kind == "schema":
        schemas.comment_on_schema(command, session)
        return
    cx = context(session)
    table = targets.table(command.parts, cx, "COMMENT ON TABLE")
    if is_delta(table):
        from glowplug.session.delta.altering import comment

        return comment(table, command.text, session, operation)
    catalog = catalogs(session).catalog(table.identifier.catalog)
    catalog.alter_table(table.identifier, lambda t: replace(t, comment=command.text or ""))


# --- names, properties, places ----------------------------------------------------------------------------


def _rename(table: Table, change: s.RenameTo, catalog: Catalog, session: Session, cx: Context) -> None:
    known = catalogs(session)
    parts = change.parts if len(change.parts) > 1 else (*table.identifier.parts[:-1], change.parts[0])
    new = known.identifier(parts)
    if new.namespace != table.identifier.namespace:
        raise AnalysisError("_LEGACY_ERROR_TEMP_1073", db=table.identifier.namespace[-1], newDb=new.namespace[-1])
    check_name(new.name)
    forget(session, table)
    catalog.rename_table(table.identifier, new.name)


def _set_properties(table: Table, change: s.SetProperties, catalog: Catalog, session: Session, cx: Context) -> None:
    check_properties(change.properties, cx)

    def changed(t: Table) -> Table:
        given, comment = without_comment(change.properties)
        merged = {**dict(t.properties), **dict(given)}
        return replace(t, properties=tuple(merged.items()), comment=t.comment if comment is None else comment)

    catalog.alter_table(table.identifier, changed)


def _unset_properties(table: Table, change: s.UnsetProperties, catalog: Catalog, session: Session, cx: Context) -> None:
    """Keys that are not there are passed over, with IF EXISTS or without, as in Spark."""
    keys: Pairs = tuple((k, "") for k in change.keys)
    check_properties(keys, cx)

    def changed(t: Table) -> Table:
        left = tuple((k, v) for k, v in t.properties if k not in change.keys)
        return replace(t, properties=left, comment=None if COMMENT in change.keys else t.comment)

    catalog.alter_table(table.identifier, changed)


def _set_location(table: Table, change: s.SetLocation, catalog: Catalog, session: Session, cx: Context) -> None:
    location = as_uri(change.location)
    if change.partition:
        partitions.set_location(table, change.partition, location, catalog, session, cx)
        return
    forget(session, table)
    catalog.alter_table(table.identifier, lambda t: replace(t, location=location))


def _cluster_by(table: Table, change: s.SetClusterBy, catalog: Catalog, session: Session, cx: Context) -> None:
    checked(replace(table, cluster_by=change.columns), cx)
    text = json.dumps([list(c) for c in change.columns], separators=(",", ":"))

    def changed(t: Table) -> Table:
        kept = {**dict(t.properties), "clusteringColumns": text}
        return replace(t, cluster_by=change.columns, properties=tuple(kept.items()))

    catalog.alter_table(table.identifier, changed)


# --- columns ------------------------------------------------------------------------------------------------


def _add_columns(table: Table, change: s.AddColumns, catalog: Catalog, session: Session, cx: Context) -> None:
    """New columns follow the others, before those of the partitions; a position is not kept, as in Spark."""
    added: list[StructField] = []
    for new in change.columns:
        if len(new.name) > 1:
            _inside(table, new.name)
            raise refused(table, "ADD COLUMN with qualified column")
        if new.position is not None and new.position.after is not None:
            _after(table, new.position.after, quote(new.name[0]))
        if not new.field.nullable:
            raise AnalysisError("_LEGACY_ERROR_TEMP_1052")
        field = with_default(new.field, "ALTER TABLE ADD COLUMNS", cx)
        if table.collation is not None:
            field = replace(field, type=in_collation(field.type, table.collation))
        if field.metadata != new.field.metadata and table.provider != "parquet":
            raise unsupported(f"DEFAULT of a column that is added to a table of {table.provider}")
        added.append(field)

    def changed(t: Table) -> Table:
        inside = {n.lower() for n in t.partition_by}
        data = [f for f in t.schema.fields if f.name.lower() not in inside]
        keys = [f for f in t.schema.fields if f.name.lower() in inside]
        made = replace(t, schema=StructType((*data, *added, *keys)))
        checked(made, cx)
        return made

    catalog.alter_table(table.identifier, changed)


def _alter_columns(table: Table, change: s.AlterColumns, catalog: Catalog, session: Session, cx: Context) -> None:
    """A column's comment and default can change; its type cannot, nor its place."""
    if any(c.sync for c in change.columns):
        raise AnalysisError("DELTA_IDENTITY_COLUMNS_ALTER_NON_DELTA_FORMAT")
    if len(change.columns) > 1:
        raise refused(table, "ALTER COLUMN in bulk")
    (column,) = change.columns
    if len(column.column) > 1:
        raise refused(table, "ALTER COLUMN with qualified column")
    if column.nullable is not None:
        raise refused(table, "ALTER COLUMN ... SET NOT NULL")
    if column.position is not None:
        if column.position.after is not None:
            _field(table, (column.position.after,))
        raise refused(table, "ALTER COLUMN ... FIRST | AFTER")
    field = _field(table, column.column)
    if field.name in table.partition_by:
        raise AnalysisError(
            "CANNOT_ALTER_PARTITION_COLUMN", columnName=quote(field.name), tableName=table.identifier.quoted
        )
    if column.type is not None and column.type != field.type:
        raise AnalysisError(
            "NOT_SUPPORTED_CHANGE_COLUMN",
            table=table.identifier.quoted,
            originName=quote(field.name),
            originType=f'"{sql_name(field.type)}"',
            newName=quote(field.name),
            newType=f'"{sql_name(column.type)}"',
        )
    made = replace(field, metadata=changed_metadata(field, column))
    made = with_default(made, "ALTER TABLE ALTER COLUMN", cx)

    def changed(t: Table) -> Table:
        return replace(t, schema=StructType(tuple(made if f.name == field.name else f for f in t.schema.fields)))

    catalog.alter_table(table.identifier, changed)


def _inside(table: Table, name: tuple[str, ...]) -> None:
    """INVALID_FIELD_NAME: what a column has no room for."""
    type: DataType | None = _field(table, name[:1]).type
    for depth, part in enumerate(name[1:], 1):
        match type:
            case StructType(fields):
                type = next((f.type for f in fields if f.name.lower() == part.lower()), None)
            case ArrayType(element) if part.lower() == "element" and depth < len(name) - 1:
                type = element
            case MapType(key, value) if part.lower() in ("key", "value") and depth < len(name) - 1:
                type = key if part.lower() == "key" else value
            case _:
                full, path = (".".join(map(quote, parts)) for parts in (name, name[:depth]))
                raise AnalysisError("INVALID_FIELD_NAME", fieldName=full, path=path)


def _after(table: Table, name: str, shown: str) -> None:
    if name.lower() not in (f.name.lower() for f in table.schema.fields):
        fields = ", ".join(f.name for f in table.schema.fields)
        raise AnalysisError("FIELD_NOT_FOUND", fieldName=shown, fields=fields)


def _field(table: Table, name: tuple[str, ...]) -> StructField:
    for f in table.schema.fields:
        if f.name.lower() == name[0].lower():
            return f
    raise no_column(name, table.schema.fields)


def _refusing_columns(operation: str, of: Callable[[Any], Iterable[tuple[str, ...]]]) -> Changer:
    """As `_refusing`, after a look at whether the columns are there."""

    def changer(table: Table, change: s.Change, catalog: Catalog, session: Session, cx: Context) -> None:
        for name in of(change):
            _field(table, name)
        raise refused(table, operation)

    return changer


def _refusing(operation: str) -> Changer:
    def changer(table: Table, change: s.Change, catalog: Catalog, session: Session, cx: Context) -> None:
        raise refused(table, operation)

    return changer


def _set_serde(table: Table, change: s.SetSerDe, catalog: Catalog, session: Session, cx: Context) -> None:
    """Only tables of Hive have one; properties are options of any table."""
    if not change.by_name:
        if change.partition:
            raise AnalysisError("_LEGACY_ERROR_TEMP_1247")
        given = dict(change.properties)
        catalog.alter_table(table.identifier, lambda t: replace(t, options=tuple({**dict(t.options), **given}.items())))
        return
    condition = "UNSUPPORTED_FEATURE.ALTER_TABLE_SERDE_FOR_DATASOURCE_TABLE"
    raise AnalysisError(condition, tableName=table.identifier.quoted)


def _set_binding(table: Table, change: s.SetBinding, catalog: Catalog, session: Session, cx: Context) -> None:
    def changed(t: Table) -> Table:
        assert t.view is not None
        return replace(t, view=replace(t.view, binding=change.binding))

    catalog.alter_table(table.identifier, changed)


def _set_collation(table: Table, change: s.SetCollation, catalog: Catalog, session: Session, cx: Context) -> None:
    """Columns keep theirs; those that are added have the new one."""
    catalog.alter_table(table.identifier, lambda t: replace(t, collation=change.collation))


# The name that errors give the operation, and how it is done.
_CHANGES: dict[type[s.Change], tuple[str, Changer]] = {
    s.RenameTo: ("ALTER TABLE ... RENAME TO", _rename),
    s.SetProperties: ("ALTER TABLE ... SET TBLPROPERTIES", _set_properties),
    s.UnsetProperties: ("ALTER TABLE ... UNSET TBLPROPERTIES", _unset_properties),
    s.SetLocation: ("ALTER TABLE ... SET LOCATION ...", _set_location),
    s.SetClusterBy: ("ALTER TABLE ... CLUSTER BY", _cluster_by),
    s.AddColumns: ("ALTER TABLE ... ADD COLUMNS", _add_columns),
    s.AlterColumns: ("ALTER TABLE ... ALTER COLUMN", _alter_columns),
    s.RenameColumn: ("ALTER TABLE ... RENAME COLUMN", _refusing_columns("RENAME COLUMN", lambda c: (c.column,))),
    s.DropColumns: (
        "ALTER TABLE ... DROP COLUMNS",
        _refusing_columns("DROP COLUMN", lambda c: () if c.if_exists else c.columns),
    ),
    s.ReplaceColumns: ("ALTER TABLE ... REPLACE COLUMNS", _refusing("REPLACE COLUMNS")),
    s.AddConstraint: ("ALTER TABLE ... ADD CONSTRAINT", _refusing("ADD CONSTRAINT")),
    s.DropConstraint: ("ALTER TABLE ... DROP CONSTRAINT", _refusing("DROP CONSTRAINT")),
    s.SetCollation: ("ALTER TABLE ... DEFAULT COLLATION", _set_collation),
    s.SetSerDe: ("ALTER TABLE ... SET SERDE", _set_serde),
    s.SetBinding: ("ALTER VIEW ... WITH SCHEMA", _set_binding),
    s.AddPartitions: ("ALTER TABLE ... ADD PARTITION ...", partitions.add),
    s.DropPartitions: ("ALTER TABLE ... DROP PARTITION ...", partitions.drop),
    s.RenamePartition: ("ALTER TABLE ... RENAME TO PARTITION", partitions.rename),
}
