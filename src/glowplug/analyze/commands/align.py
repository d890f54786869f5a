"""A query's columns as a table's: order, types by the store assignment policy, defaults for what is missing.

Rules: `TableOutputResolver` and `spark.sql.storeAssignmentPolicy` (ANSI, LEGACY, STRICT).
"""

from __future__ import annotations

from collections.abc import Sequence

from glowplug.analyze.char_columns import checked
from glowplug.analyze.commands.defaults import default
from glowplug.analyze.context import Context, Scope
from glowplug.analyze.expressions import resolve
from glowplug.catalog.table import Table
from glowplug.errors import AnalysisError, unsupported
from glowplug.plan.casts import can_cast, store_assignable, up_castable
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Cast,
    Expression,
    GetField,
    Literal,
    UnresolvedFunction,
    new_id,
)
from glowplug.plan.names import pretty
from glowplug.plan.relations import Project, Relation
from glowplug.type_trees import as_strings, contains_type
from glowplug.types import (
    STRING,
    ArrayType,
    DataType,
    MapType,
    StructField,
    StructType,
    as_nullable,
    quote,
    same_type,
    sql_name,
)
from glowplug.types_json import LENGTHS

POLICY = "spark.sql.storeAssignmentPolicy"


def columns(names: Sequence[str]) -> str:
    return ", ".join(map(quote, names))


def aligned(query: Relation, fields: Sequence[StructField], table: Table, cx: Context, by_name: bool) -> Relation:
    """`query` with the columns `fields` of a table; those it does not have get their defaults."""
    items: list[Expression] = []
    if by_name:
        wanted = {f.name.lower(): f for f in fields}
        extra = [a.name for a in query.output if a.name.lower() not in wanted]
        if extra:
            raise incompatible(table, "EXTRA_COLUMNS", extraColumns=columns(extra))
        given: dict[str, Attribute] = {}
        for a in query.output:
            if a.name.lower() in given:
                raise incompatible(table, "AMBIGUOUS_COLUMN_NAME", colName=quote(a.name))
            given[a.name.lower()] = a
        for f in fields:
            found = given.get(f.name.lower())
            value = default(f, cx) if found is None else stored(found, f.type, (f.name,), table, cx, by_name)
            items.append(Alias(value, f.name, new_id()))
        return Project(query, tuple(items))
    if len(query.output) != len(fields):
        kind = "TOO_MANY_DATA_COLUMNS" if len(query.output) > len(fields) else "NOT_ENOUGH_DATA_COLUMNS"
        raise AnalysisError(
            f"INSERT_COLUMN_ARITY_MISMATCH.{kind}",
            tableName=table.identifier.quoted,
            tableColumns=columns([f.name for f in fields]),
            dataColumns=columns([a.name for a in query.output]),
        )
    for a, f in zip(query.output, fields, strict=True):
        items.append(Alias(stored(a, f.type, (f.name,), table, cx, by_name), f.name, new_id()))
    return Project(query, tuple(items))


def incompatible(table: Table, kind: str, **parameters: str) -> AnalysisError:
    return AnalysisError(f"INCOMPATIBLE_DATA_FOR_TABLE.{kind}", None, tableName=table.identifier.quoted, **parameters)


def stored(e: Expression, to: DataType, path: tuple[str, ...], table: Table, cx: Context, by_name: bool) -> Expression:
    """A value as a column takes it. INCOMPATIBLE_DATA_FOR_TABLE."""
    policy = (cx.conf.get_option(POLICY) or "ANSI").upper()
    if contains_type(to, LENGTHS):
        text = stored(e, as_strings(to), path, table, cx, by_name)
        return text if cx.conf.plain_texts else resolve(checked(text, to), Scope(()), cx)
    match e.type, to:
        case StructType(have), StructType(want) if not same_type(e.type, to):
            return _struct(e, have, want, path, table, cx, by_name)
        case (ArrayType(), ArrayType()) | (MapType(), MapType()) if by_name and not same_names(e.type, to):
            raise unsupported("matching fields of structs in arrays and maps by name")
    if same_type(e.type, to):
        return e
    if policy == "LEGACY" and not can_cast(e.type, to, False):
        types = {"srcType": f'"{sql_name(e.type)}"', "targetType": f'"{sql_name(to)}"'}
        raise AnalysisError("DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION", None, sqlExpr=f'"{pretty(e)}"', **types)
    fits = {"ANSI": store_assignable, "STRICT": up_castable}.get(policy, lambda s, t: can_cast(s, t, False))
    if not fits(as_nullable(e.type), as_nullable(to)) or not can_cast(e.type, to, policy != "LEGACY"):
        raise incompatible(
            table,
            "CANNOT_SAFELY_CAST",
            colName=".".join(map(quote, path)),
            srcType=f'"{sql_name(e.type)}"',
            targetType=f'"{sql_name(to)}"',
        )
    return Cast(e, to, "legacy" if policy == "LEGACY" else "ansi")  # whatever the session's mode is


def same_names(a: DataType, b: DataType) -> bool:
    """Whether the structs in two types have fields of the same names in the same order."""
    match a, b:
        case ArrayType(x), ArrayType(y):
            return same_names(x, y)
        case MapType(k, v), MapType(l, w):
            return same_names(k, l) and same_names(v, w)
        case StructType(f), StructType(g):
            return len(f) == len(g) and all(
                x.name.lower() == y.name.lower() and same_names(x.type, y.type) for x, y in zip(f, g, strict=True)
            )
    return True


def _struct(
    e: Expression,
    have: tuple[StructField, ...],
    want: tuple[StructField, ...],
    path: tuple[str, ...],
    table: Table,
    cx: Context,
    by_name: bool,
) -> Expression:
    name = ".".join(map(quote, path))
    if by_name:
        places = {f.name.lower(): i for i, f in enumerate(have)}
        missing = [f.name for f in want if f.name.lower() not in places]
        extra = [f.name for f in have if f.name.lower() not in {w.name.lower() for w in want}]
    else:
        places = {f.name.lower(): i for i, f in enumerate(want)}
        missing = [f.name for f in want[len(have) :]]
        extra = [f.name for f in have[len(want) :]]
    if missing:
        raise incompatible(table, "STRUCT_MISSING_FIELDS", colName=name, missingFields=columns(missing))
    if extra:
        raise incompatible(table, "EXTRA_STRUCT_FIELDS", colName=name, extraFields=columns(extra))
    args: list[Expression] = []
    for f in want:
        i = places[f.name.lower()]
        x = have[i]
        value = GetField(e, i, x.name, x.type, x.nullable or e.nullable)
        args += [Literal(f.name, STRING), stored(value, f.type, (*path, f.name), table, cx, by_name)]
    made = resolve(UnresolvedFunction(("named_struct",), tuple(args)), Scope(()), cx)
    if not e.nullable:
        return made
    test = resolve(UnresolvedFunction(("isnull",), (e,)), Scope(()), cx)
    whole = UnresolvedFunction(("if",), (test, Literal(None, made.type), made))
    return resolve(whole, Scope(()), cx)
