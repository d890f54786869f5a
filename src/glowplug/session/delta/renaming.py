"""Renaming and dropping columns of Delta tables, which is a change of names: files stay, for they have names of their
own (`lake/delta/mapping.py`)."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from glowplug.analyze.commands.insert import no_column
from glowplug.errors import AnalysisError, SparkError
from glowplug.lake.delta.actions import Metadata
from glowplug.lake.delta.clustering import columns_of
from glowplug.lake.delta.columns import GENERATED
from glowplug.lake.delta.mapping import is_mapped
from glowplug.lake.delta.snapshot import Snapshot
from glowplug.lake.delta.widening import WIDENING, widens
from glowplug.plan.casts import up_castable
from glowplug.plan.expressions import UnresolvedAttribute
from glowplug.plan.tree import walk
from glowplug.session.delta.checks import CONSTRAINT
from glowplug.sql import parse_expression
from glowplug.types import ArrayType, DataType, MapType, StructField, StructType, quote, same_type, sql_name

Names = tuple[str, ...]
_ADVICE = (
    "They can be once the table maps columns to names of their own in its files: "
    "ALTER TABLE … SET TBLPROPERTIES ('delta.columnMapping.mode' = 'name')."
)


def renamed(at: Snapshot, column: Names, to: str) -> Metadata:
    """DELTA_UNSUPPORTED_RENAME_COLUMN, UNRESOLVED_COLUMN, FIELD_ALREADY_EXISTS."""
    path = found(at.schema, column)
    if path is None:
        raise no_column(column, at.schema.fields)
    if not is_mapped(at.configuration):
        raise AnalysisError("DELTA_UNSUPPORTED_RENAME_COLUMN", advice=_ADVICE)
    _check_dependents(at, path)

    def change(fields: list[StructField]) -> list[StructField]:
        if any(f.name.lower() == to.lower() and f.name != path[-1] for f in fields):
            shown = f'"{sql_name(at.schema)}"'
            raise AnalysisError("FIELD_ALREADY_EXISTS", op="rename", fieldNames=quote(to), struct=shown)
        return [replace(f, name=to) if f.name == path[-1] else f for f in fields]

    keys = tuple(to if len(path) == 1 and k == path[0] else k for k in at.partition_by)
    return replace(at.metadata, schema=edited(at.schema, path[:-1], change), partition_by=keys)


def dropped(at: Snapshot, columns: Sequence[Names], if_exists: bool) -> tuple[Metadata, list[Names]]:
    """DELTA_UNSUPPORTED_DROP_COLUMN, DELTA_UNSUPPORTED_DROP_PARTITION_COLUMN, DELTA_UNSUPPORTED_DROP_CLUSTERING_COLUMN,
    DELTA_DROP_COLUMN_ON_SINGLE_FIELD_SCHEMA; with the columns that are gone."""
    schema, gone, clustered = at.schema, list[Names](), columns_of(at)
    for column in columns:
        path = found(schema, column)
        if path is None:
            if if_exists:
                continue
            raise no_column(column, at.schema.fields)
        if not is_mapped(at.configuration):
            raise AnalysisError("DELTA_UNSUPPORTED_DROP_COLUMN", advice=_ADVICE)
        if len(path) == 1 and path[0] in at.partition_by:
            raise AnalysisError("DELTA_UNSUPPORTED_DROP_PARTITION_COLUMN", columnList=path[0])
        if clustering := [c for c in clustered if c[: len(path)] == tuple(path)]:
            shown = ", ".join(".".join(c) for c in clustering)
            raise AnalysisError("DELTA_UNSUPPORTED_DROP_CLUSTERING_COLUMN", columnList=shown)
        _check_dependents(at, path)
        schema = edited(schema, path[:-1], partial(_without, path[-1]))
        gone.append(path)
    return replace(at.metadata, schema=schema), gone


def _without(name: str, fields: list[StructField]) -> list[StructField]:
    if len(fields) == 1:
        shown = f'"{sql_name(StructType(tuple(fields)))}"'
        raise AnalysisError("DELTA_DROP_COLUMN_ON_SINGLE_FIELD_SCHEMA", schema=shown)
    return [f for f in fields if f.name != name]


def retyped(at: Snapshot, path: Names, to: DataType, table: str) -> StructType:
    """The columns with another type at a path. NOT_SUPPORTED_CHANGE_COLUMN where values would be lost, and
    DELTA_UNSUPPORTED_ALTER_TABLE_CHANGE_COL_OP where the table's types do not widen, or not so."""

    def change(old: DataType) -> DataType:
        shown = ".".join(path)
        if same_type(old, to):
            return old
        if not up_castable(old, to) and not widens(old, to):
            raise AnalysisError(
                "NOT_SUPPORTED_CHANGE_COLUMN",
                table=table,
                originName=quote(shown),
                originType=f'"{sql_name(old)}"',
                newName=quote(shown),
                newType=f'"{sql_name(to)}"',
            )
        if not at.flag(WIDENING) or not widens(old, to):
            raise AnalysisError(
                "DELTA_UNSUPPORTED_ALTER_TABLE_CHANGE_COL_OP",
                fieldPath=shown,
                oldField=sql_name(old),
                newField=sql_name(to),
            )
        _check_dependents(at, path)
        return to

    made = _retyped(at.schema, path, change)
    assert isinstance(made, StructType)
    return made


def _retyped(type: DataType, path: Names, change: Callable[[DataType], DataType]) -> DataType:
    match type:
        case _ if not path:
            return change(type)
        case StructType(fields):
            inside = (replace(f, type=_retyped(f.type, path[1:], change)) if f.name == path[0] else f for f in fields)
            return StructType(tuple(inside))
        case ArrayType(element, nullable):
            return ArrayType(_retyped(element, path[1:], change), nullable)
        case MapType(key, value, nullable) if path[0] == "key":
            return MapType(_retyped(key, path[1:], change), value, nullable)
        case MapType(key, value, nullable):
            return MapType(key, _retyped(value, path[1:], change), nullable)
    return type


# --- places in a schema ---------------------------------------------------------------------------------------


def found(type: DataType, path: Names) -> Names | None:
    """The path as the schema writes it. Elements of arrays are `element`, those of maps `key` and `value`."""
    if not path:
        return ()
    name, rest = path[0], path[1:]
    match type:
        case StructType(fields):
            inside = next(((f.name, f.type) for f in fields if f.name.lower() == name.lower()), None)
        case ArrayType(element) if name.lower() == "element":
            inside = ("element", element)
        case MapType(key, value) if name.lower() in ("key", "value"):
            inside = (name.lower(), key if name.lower() == "key" else value)
        case _:
            inside = None
    if inside is None or (below := found(inside[1], rest)) is None:
        return None
    return (inside[0], *below)


Edit = Callable[[list[StructField]], list[StructField]]


def edited(schema: StructType, path: Names, change: Edit) -> StructType:
    """The schema with other fields in the struct at a path, which `found` gave; no path: the schema itself.
    DELTA_ADD_COLUMN_PARENT_NOT_STRUCT where there is no struct."""
    made = _edited(schema, path, change)
    assert isinstance(made, StructType)
    return made


def _edited(type: DataType, path: Names, change: Edit) -> DataType:
    match type:
        case StructType(fields) if not path:
            return StructType(tuple(change(list(fields))))
        case StructType(fields):
            within = (replace(f, type=_edited(f.type, path[1:], change)) if f.name == path[0] else f for f in fields)
            return StructType(tuple(within))
        case ArrayType(element, nullable) if path:
            return ArrayType(_edited(element, path[1:], change), nullable)
        case MapType(key, value, nullable) if path and path[0] == "key":
            return MapType(_edited(key, path[1:], change), value, nullable)
        case MapType(key, value, nullable) if path:
            return MapType(key, _edited(value, path[1:], change), nullable)
    raise AnalysisError("DELTA_ADD_COLUMN_PARENT_NOT_STRUCT", columnName="a field", other=sql_name(type))


# --- what else is said of a column ----------------------------------------------------------------------------


def _check_dependents(at: Snapshot, path: Names) -> None:
    """Constraints and generated columns name the columns that they are about."""
    constraints = {k: v for k, v in at.configuration.items() if k.startswith(CONSTRAINT) and _names(v, path)}
    if constraints:
        shown = "\n".join(f"{k} -> {v}" for k, v in constraints.items())
        raise AnalysisError("DELTA_CONSTRAINT_DEPENDENT_COLUMN_CHANGE", columnName=".".join(path), constraints=shown)
    texts = {f.name: text for f in at.schema.fields if (text := json.loads(f.metadata).get(GENERATED)) is not None}
    if generated := {k: v for k, v in texts.items() if _names(v, path)}:
        raise dependent_generated(path, generated)


def dependent_generated(path: Names, generated: dict[str, str]) -> SparkError:
    shown = "\n".join(f"{k} -> {v}" for k, v in generated.items())
    return AnalysisError(
        "DELTA_GENERATED_COLUMNS_DEPENDENT_COLUMN_CHANGE", columnName=".".join(path), generatedColumns=shown
    )


def _names(text: str, path: Names) -> bool:
    """Whether an expression names the column, something in it, or what it is in."""
    wanted = [p.lower() for p in path]
    given = [[p.lower() for p in e.parts] for e in walk(parse_expression(text)) if isinstance(e, UnresolvedAttribute)]
    return any(all(a == b for a, b in zip(wanted, parts, strict=False)) for parts in given)
