"""ALTER TABLE and COMMENT of Delta tables: versions of the log that change only its metadata."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from glowplug.analyze.commands.defaults import CURRENT, changed_metadata, with_default
from glowplug.analyze.commands.insert import no_column
from glowplug.analyze.context import Context
from glowplug.catalog.table import Table
from glowplug.errors import AnalysisError, UnsupportedOperation, unsupported
from glowplug.execute.local import literals
from glowplug.execute.operation import Operation
from glowplug.io.place import place_of
from glowplug.lake.delta import clustering
from glowplug.lake.delta.actions import AddFile, Metadata, Protocol
from glowplug.lake.delta.columns import MODE
from glowplug.lake.delta.commit import Reads
from glowplug.lake.delta.mapping import MAX_ID, is_mapped
from glowplug.lake.delta.numbers import TRACKED, again
from glowplug.lake.delta.snapshot import Snapshot, flag, load
from glowplug.plan import statements as s
from glowplug.plan.delta import DropFeature
from glowplug.plan.expressions import Alias, Literal, new_id
from glowplug.plan.relations import Aggregate, Filter, UnresolvedRelation
from glowplug.session.delta.changes import Change, run, shown_list
from glowplug.session.delta.checks import CONSTRAINT, call, condition, is_true
from glowplug.session.delta.features import drop, unmap
from glowplug.session.delta.generated import STEP, is_identity, synchronized
from glowplug.session.delta.properties import check, check_columns, named, upgraded
from glowplug.session.delta.protocol import enabled, protocol_for
from glowplug.session.delta.renaming import dropped, edited, found, renamed, retyped
from glowplug.session.session import Session
from glowplug.types import LONG, StructField, StructType, quote, sql_name
from glowplug.types_json import to_json

_DROPS = "spark.databricks.delta.constraints.assumesDropIfExists.enabled"


def alter(table: Table, change: s.Change, session: Session, operation: Operation) -> bool:
    """Whether the change is one of the log's; the others are the catalog's."""
    from glowplug.session.world import context

    cx = context(session)
    at = load(place_of(table.location or "", session.conf))
    match change:
        case s.SetProperties(properties):
            _set(at, dict(properties), session, operation)
        case s.UnsetProperties(keys):
            _unset(at, keys, session, operation)
        case s.AddColumns(columns):
            _add(at, columns, session, operation)
        case s.AlterColumns(columns):
            for column in columns:
                if column.sync:
                    _synchronize(at, table, column.column, session, operation, cx)
                else:
                    _change_column(load(at.path), table, column, session, operation, cx)
        case s.AddConstraint(constraint):
            _add_constraint(at, table, constraint, session, operation, cx)
        case s.DropConstraint(name, if_exists):
            _drop_constraint(at, table, name, if_exists, session, operation)
        case DropFeature(name, truncate):
            drop(at, name, truncate, session, operation)
        case s.DropColumns(names, if_exists):
            made, gone = dropped(at, names, if_exists)
            if gone:
                shown = {"columns": shown_list([".".join(n) for n in gone])}
                _commit(at, made, "DROP COLUMNS", shown, session, operation)
        case s.RenameColumn(column, to):
            shown = {"oldColumnPath": ".".join(column), "newColumnPath": ".".join((*column[:-1], to))}
            _commit(at, renamed(at, column, to), "RENAME COLUMN", shown, session, operation)
        case s.ReplaceColumns():
            raise unsupported("ALTER TABLE … REPLACE COLUMNS of a Delta table")
        case s.SetClusterBy(columns):
            _cluster(at, columns, session, operation)
        case s.AddPartitions() | s.DropPartitions() | s.RenamePartition():
            raise AnalysisError("DELTA_OPERATION_NOT_ALLOWED", operation="ALTER TABLE … PARTITION")
        case _:
            return False
    return True


def comment(table: Table, text: str | None, session: Session, operation: Operation) -> None:
    at = load(place_of(table.location or "", session.conf))
    _commit(
        at, replace(at.metadata, description=text or None), "COMMENT ON TABLE", {"comment": text}, session, operation
    )


def _commit(
    at: Snapshot,
    metadata: Metadata,
    name: str,
    parameters: Mapping[str, Any],
    session: Session,
    operation: Operation,
    again: Sequence[AddFile] = (),
    protocol: Protocol | None = None,
) -> None:
    """A version with other metadata, which may name files that are there another time."""
    features = {k: v for k, v in metadata.configuration.items() if k.startswith("delta.feature.")}
    kept = {k: v for k, v in metadata.configuration.items() if k not in features}
    change = Change(
        path=at.path,
        base=at,
        metadata=replace(metadata, configuration=kept),
        protocol=enabled(
            at.protocol, protocol_for(metadata.schema, metadata.configuration, protocol or at.protocol), features
        ),
        operation=name,
        parameters=parameters,
        adds=again,
        reads=Reads(frozenset(x.path for x in again), lambda added: True) if again else Reads(),
        metrics=lambda written: {},
    )
    run(change, None, session, operation)


def _cluster(at: Snapshot, columns: tuple[tuple[str, ...], ...], session: Session, operation: Operation) -> None:
    """From the next OPTIMIZE on rows are ordered by these columns, or none."""
    if at.partition_by:
        raise AnalysisError("DELTA_ALTER_TABLE_CLUSTER_BY_ON_PARTITIONED_TABLE_NOT_ALLOWED")
    features = {f"delta.feature.{f}": "supported" for f in clustering.FEATURES}
    change = Change(
        path=at.path,
        base=at,
        metadata=at.metadata,
        protocol=protocol_for(at.schema, {**at.configuration, **features}, at.protocol),
        operation="CLUSTER BY",
        parameters={
            "oldClusteringColumns": ",".join(".".join(c) for c in clustering.columns_of(at)),
            "newClusteringColumns": ",".join(".".join(c) for c in columns),
        },
        domains=(clustering.domain_of(columns, at.schema, at.configuration),),
        metrics=lambda written: {},
    )
    run(change, None, session, operation)


# --- properties -----------------------------------------------------------------------------------------


def _set(at: Snapshot, properties: dict[str, str], session: Session, operation: Operation) -> None:
    check(properties, session.conf)
    check_columns(named(properties), at.schema)
    check_mode(at, named(properties))
    if named(properties).get(MODE) == "none" and is_mapped(at.configuration):
        unmap(at, session, operation)
        at, properties = load(at.path), {k: v for k, v in properties.items() if k.lower() != MODE.lower()}
        if not properties:
            return
    made = {**at.configuration, **named(properties)}
    made, protocol = upgraded(made, at.protocol)
    shown = {"properties": json.dumps(properties, separators=(",", ":"), ensure_ascii=False)}
    old: list[AddFile] = []
    if flag(made, TRACKED) and not at.flag(TRACKED):  # rows that are there get their ids now
        found = at.adds(at.files["path"].to_pylist())
        old = [again(path, f, data_change=False) for path, f in found if f.get("baseRowId") is None]
    metadata = replace(at.metadata, configuration=made)
    _commit(at, metadata, "SET TBLPROPERTIES", shown, session, operation, old, protocol)


def check_mode(at: Snapshot, properties: Mapping[str, str]) -> None:
    """Columns may be mapped by name from some time on, and no longer from another."""
    if MAX_ID in properties and properties[MAX_ID] != at.configuration.get(MAX_ID):
        raise UnsupportedOperation("DELTA_CANNOT_MODIFY_TABLE_PROPERTY", prop=MAX_ID)
    old, new = at.configuration.get(MODE, "none"), properties.get(MODE, at.configuration.get(MODE, "none"))
    if old != new and (old, new) not in (("none", "name"), ("name", "none"), ("id", "none")):
        raise UnsupportedOperation("DELTA_UNSUPPORTED_COLUMN_MAPPING_MODE_CHANGE", oldMode=old, newMode=new)


def _unset(at: Snapshot, keys: tuple[str, ...], session: Session, operation: Operation) -> None:
    """Keys that are not there are passed over, with IF EXISTS or without, as in Spark."""
    keys = tuple(named(dict.fromkeys(keys, "")))
    if MODE in keys and is_mapped(at.configuration):
        unmap(at, session, operation)
        at = load(at.path)
    check_mode(at, {k: "none" for k in keys if k == MAX_ID})
    made = {k: v for k, v in at.configuration.items() if k not in keys}
    shown = {"properties": json.dumps(list(keys), separators=(",", ":"), ensure_ascii=False)}
    _commit(at, replace(at.metadata, configuration=made), "UNSET TBLPROPERTIES", shown, session, operation)


# --- columns --------------------------------------------------------------------------------------------


def _add(at: Snapshot, columns: tuple[s.NewColumn, ...], session: Session, operation: Operation) -> None:
    schema = at.schema
    shown = []
    for new in columns:
        if not new.field.nullable:
            raise AnalysisError("DELTA_OPERATION_NOT_ALLOWED", operation="NOT NULL in ALTER TABLE ADD COLUMNS")
        if CURRENT in json.loads(new.field.metadata):
            raise AnalysisError("WRONG_COLUMN_DEFAULTS_FOR_DELTA_ALTER_TABLE_ADD_COLUMN_NOT_SUPPORTED")
        parent = found(schema, new.name[:-1])
        if parent is None:
            raise no_column(new.name[:-1], schema.fields)
        schema = edited(schema, parent, partial(_with, new))
        shown.append(
            {
                "column": to_json(StructType((replace(new.field, name=".".join((*parent, new.field.name))),)))[
                    "fields"
                ][0]
            }
        )
    text = {"columns": json.dumps(shown, separators=(",", ":"), ensure_ascii=False)}
    _commit(at, replace(at.metadata, schema=schema), "ADD COLUMNS", text, session, operation)


def _with(new: s.NewColumn, fields: list[StructField]) -> list[StructField]:
    if any(f.name.lower() == new.field.name.lower() for f in fields):
        shown = f'"{sql_name(StructType(tuple(fields)))}"'
        raise AnalysisError("FIELD_ALREADY_EXISTS", op="add", fieldNames=".".join(map(quote, new.name)), struct=shown)
    _place(fields, new.field, new.position)
    return fields


def _place(fields: list[StructField], field: StructField, position: s.Position | None) -> None:
    if position is None:
        fields.append(field)
    elif position.after is None:
        fields.insert(0, field)
    else:
        names = [f.name.lower() for f in fields]
        if position.after.lower() not in names:
            raise no_column((position.after,), fields)
        fields.insert(names.index(position.after.lower()) + 1, field)


def _change_column(
    at: Snapshot, table: Table, column: s.ColumnChange, session: Session, operation: Operation, cx: Context
) -> None:
    path = found(at.schema, column.column)
    if path is None:
        raise no_column(column.column, at.schema.fields)
    made: list[StructField] = []

    def change(fields: list[StructField]) -> list[StructField]:
        old = next((f for f in fields if f.name == path[-1]), None)
        if old is None:  # the element of an array, the key or value of a map
            raise no_column(column.column, at.schema.fields)
        made.append(_changed(old, column, cx))
        if column.position is None:
            return [made[0] if f is old else f for f in fields]
        fields.remove(old)
        _place(fields, made[0], column.position)
        return fields

    if column.type is None:
        schema = edited(at.schema, path[:-1], change)
        field = made[0]
    else:
        schema = retyped(at, path, column.type, table.identifier.quoted)
        field = StructField(".".join(path), column.type)
    shown = {"column": json.dumps(to_json(StructType((field,)))["fields"][0], separators=(",", ":"))}
    _commit(at, replace(at.metadata, schema=schema), "CHANGE COLUMN", shown, session, operation)


def _changed(old: StructField, column: s.ColumnChange, cx: Context) -> StructField:
    nullable = old.nullable if column.nullable is None else column.nullable
    made = replace(old, nullable=nullable, metadata=changed_metadata(old, column))
    if column.default:
        made = with_default(made, "ALTER TABLE ALTER COLUMN", cx)
    if old.nullable and not nullable:
        raise AnalysisError("_LEGACY_ERROR_TEMP_2330", fieldName=old.name)
    return made


def _synchronize(
    at: Snapshot, table: Table, column: tuple[str, ...], session: Session, operation: Operation, cx: Context
) -> None:
    """An identity column's numbers go on after those that rows have, given by users too."""
    from glowplug.session.world import analyze

    fields = list(at.schema.fields)
    old = next((f for f in fields if (f.name.lower(),) == tuple(n.lower() for n in column)), None)
    if old is None:
        raise no_column(column, fields)
    if not is_identity(old):
        raise AnalysisError("DELTA_IDENTITY_COLUMNS_ALTER_NON_IDENTITY_COLUMN")
    rows = analyze(UnresolvedRelation(_parts(table)), session)
    number = next(a for a in rows.output if a.name == old.name)
    function = "max" if json.loads(old.metadata)[STEP] > 0 else "min"
    extreme = Alias(call(cx, function, number), "n", new_id())
    ((value,),) = literals(Aggregate(rows, (), (extreme,)), session)
    fields[fields.index(old)] = synchronized(old, None if value is None else int(value))
    _commit(at, replace(at.metadata, schema=StructType(tuple(fields))), "SYNC IDENTITY", {}, session, operation)


# --- constraints ----------------------------------------------------------------------------------------


def _add_constraint(
    at: Snapshot, table: Table, constraint: Any, session: Session, operation: Operation, cx: Context
) -> None:
    """All rows there are must pass. DELTA_NEW_CHECK_CONSTRAINT_VIOLATION."""
    from glowplug.session.world import analyze

    if constraint.kind != "check" or constraint.name is None:
        raise unsupported(f"a constraint of a Delta table that is no named CHECK ({constraint.kind})")
    key = CONSTRAINT + constraint.name.lower()
    if key in {k.lower() for k in at.configuration}:
        old = next(v for k, v in at.configuration.items() if k.lower() == key)
        raise AnalysisError("DELTA_CONSTRAINT_ALREADY_EXISTS", constraintName=constraint.name, oldConstraint=old)
    target = analyze(UnresolvedRelation(_parts(table)), session)
    test = condition(target, constraint.text, cx)
    bad = Filter(target, call(cx, "not", is_true(test, cx)))
    count = Alias(call(cx, "count", Literal(1, LONG)), "n", new_id())
    ((violations,),) = literals(Aggregate(bad, (), (count,)), session)
    if violations:
        raise AnalysisError(
            "DELTA_NEW_CHECK_CONSTRAINT_VIOLATION",
            numRows=violations,
            tableName=table.identifier.unquoted,
            checkConstraint=constraint.text,
        )
    made = {**at.configuration, key: constraint.text}
    shown = {"name": constraint.name, "expr": constraint.text}
    _commit(at, replace(at.metadata, configuration=made), "ADD CONSTRAINT", shown, session, operation)


def _parts(table: Table) -> tuple[str, ...]:
    return table.identifier.parts[1:] if table.identifier.namespace == ("delta",) else table.identifier.parts


def _drop_constraint(
    at: Snapshot, table: Table, name: str, if_exists: bool, session: Session, operation: Operation
) -> None:
    key = next((k for k in at.configuration if k.lower() == CONSTRAINT + name.lower()), None)
    if key is None:
        if if_exists or (session.conf.get_option(_DROPS) or "").lower() == "true":
            return
        raise AnalysisError(
            "DELTA_CONSTRAINT_DOES_NOT_EXIST",
            constraintName=name,
            tableName=table.identifier.quoted,
            config=_DROPS,
            confValue="true",
        )
    made = {k: v for k, v in at.configuration.items() if k != key}
    shown = {"name": name, "expr": at.configuration[key]}
    _commit(at, replace(at.metadata, configuration=made), "DROP CONSTRAINT", shown, session, operation)
