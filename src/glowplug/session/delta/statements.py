"""INSERT, DELETE, UPDATE and MERGE: analysed commands to the functions that run them."""

from __future__ import annotations

from datetime import UTC

from glowplug.analyze.commands.nouns import InsertRows, RowChange
from glowplug.catalog.table import Pairs, Table
from glowplug.datetimes import now_micros, zone_of
from glowplug.errors import AnalysisError
from glowplug.execute.operation import Operation
from glowplug.io.place import place_of
from glowplug.io.write import SaveMode
from glowplug.lake.delta.columns import shown_schema
from glowplug.lake.delta.snapshot import load
from glowplug.plan.current_time import at_time
from glowplug.plan.relations import Relation
from glowplug.plan.statements import Truncate
from glowplug.session.commands.kept import recached
from glowplug.session.delta import rows, saving
from glowplug.session.session import Session
from glowplug.types import STRING, StructType, quote, sql_name
from glowplug.types import StructField as Field


def change_rows(command: RowChange, session: Session, operation: Operation) -> Relation:
    # It takes several statements of the kernel, each with a time of its own.
    command = at_time(command, now_micros(), zone_of(session.conf.time_zone) or UTC)
    match command.operation:
        case "DELETE":
            return rows.delete(command, session, operation)
        case "UPDATE TABLE":
            return rows.update(command, session, operation)
    from glowplug.session.delta.merging import merge

    return merge(command, session, operation)


def insert(command: InsertRows, session: Session, operation: Operation) -> None:
    """Rows that analysis has given the columns of the table. Static partitions overwrite what is in them, unless those
    partitions are overwritten that rows come for."""
    table = command.table
    root = place_of(table.location or "", session.conf)
    base = load(root)
    shown = shown_schema(base)
    if [f.name for f in command.table.schema.fields] != [f.name for f in shown.fields] and not _evolves(command):
        raise AnalysisError(
            "DELTA_SCHEMA_CHANGED", readSchema=_text(table.schema), dataSchema=_text(shown)
        )  # since the analysis, by others
    options: Pairs = command.options
    replaces = any(k.lower() == "replacewhere" for k, _ in options)
    if command.overwrite and command.static and not replaces and not saving.is_dynamic(options, session):
        fields = {f.name.lower(): f for f in shown.fields}
        where = " AND ".join(_equal(fields[n.lower()], v) for n, v in command.static)
        options = (*options, ("replaceWhere", where))
    with recached(session, table):
        mode: SaveMode = "overwrite" if command.overwrite else "append"
        saving.write(root, base, command.query, mode, options, (), session, operation, where=command.where)


def _evolves(command: InsertRows) -> bool:
    given = {k.lower(): v.lower() for k, v in command.options}
    return given.get("mergeschema") == "true" or given.get("overwriteschema") == "true"


def _equal(field: Field, value: str | None) -> str:
    if value is None:
        return f"{quote(field.name)} IS NULL"
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    text = f"'{escaped}'"
    return f"{quote(field.name)} = {text if field.type == STRING else f'CAST({text} AS {sql_name(field.type)})'}"


def _text(schema: StructType) -> str:
    return ", ".join(f"{f.name} {sql_name(f.type)}" for f in schema.fields)


def truncate(table: Table, command: Truncate, session: Session, operation: Operation) -> None:
    """Every row is deleted; a partition's rows with DELETE, as Delta says."""
    from glowplug.plan.relations import UnresolvedRelation
    from glowplug.session.world import analyze

    if command.partition:
        raise AnalysisError("DELTA_TRUNCATE_TABLE_PARTITION_NOT_SUPPORTED")
    target = analyze(UnresolvedRelation(command.parts), session)
    rows.delete(RowChange("DELETE", table, target), session, operation)
