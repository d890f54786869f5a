"""How the columns of new rows become those of a table, and what a table's schema becomes for that.

Rules: Delta's `SchemaMergingUtils` and `ImplicitMetadataOperation`. Names are compared without regard to case.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from glowplug.analyze.commands.align import aligned, same_names
from glowplug.analyze.commands.create_table import kept_metadata
from glowplug.analyze.context import Context
from glowplug.catalog.table import Identifier, Table
from glowplug.errors import AnalysisError
from glowplug.functions.registry import lookup
from glowplug.io.place import Place
from glowplug.lake.delta.columns import sized
from glowplug.lake.delta.widening import widens_alone
from glowplug.plan.expressions import Alias, Call, Expression, GetField, Lambda, LambdaVariable, Literal, new_id
from glowplug.plan.relations import Project, Relation
from glowplug.plan.tree_string import tree_string
from glowplug.session.delta.checks import call
from glowplug.types import (
    NULL,
    STRING,
    ArrayType,
    DataType,
    MapType,
    StructField,
    StructType,
    as_nullable,
    same_type,
    simple_string,
)


def of_rows(plan: Relation) -> StructType:
    """The columns of a plan as a new table's. Files may lack them, so that NULL must be allowed."""
    fields = (StructField(a.name, as_nullable(a.type), True, kept_metadata(a.metadata)) for a in plan.output)
    return StructType(tuple(fields))


def merged(table: StructType, rows: StructType, exact: bool = False, widen: bool = False) -> StructType:
    """The table's columns, then those that only the rows have. DELTA_FAILED_TO_MERGE_FIELDS for types that cannot be
    stored in a column's, with `exact` for all others than its own; with `widen` columns take wider types of rows."""
    fields = {f.name.lower(): f for f in rows.fields}
    made = []
    for f in table.fields:
        other = fields.pop(f.name.lower(), None)
        made.append(f if other is None else replace(f, type=_merged(f, other, exact, widen)))
    return StructType((*made, *(replace(f, nullable=True, type=as_nullable(f.type)) for f in fields.values())))


def _merged(f: StructField, other: StructField, exact: bool, widen: bool) -> DataType:
    try:
        return _type(f.type, other.type, exact, widen)
    except _NoType as error:
        raise AnalysisError(
            "DELTA_FAILED_TO_MERGE_FIELDS", currentField=f.name, updateField=other.name
        ) from AnalysisError(
            "DELTA_MERGE_INCOMPATIBLE_DATATYPE",
            currentDataType=simple_string(error.types[0]),
            updateDataType=simple_string(error.types[1]),
        )


class _NoType(Exception):
    def __init__(self, *types: DataType) -> None:
        super().__init__()
        self.types = types


def _type(a: DataType, b: DataType, exact: bool, widen: bool) -> DataType:
    from glowplug.plan.casts import store_assignable

    match a, b:
        case StructType(), StructType():
            return merged(a, b, exact, widen)
        case ArrayType(x, n), ArrayType(y, _):
            return ArrayType(_type(x, y, exact, widen), n)
        case MapType(k, v, n), MapType(l, w, _):
            return MapType(_type(k, l, exact, widen), _type(v, w, exact, widen), n)
    if widen and widens_alone(a, b):
        return b
    if same_type(a, b) or b == NULL or (store_assignable(b, a) and not exact):
        return a
    raise _NoType(a, b)


def fitting(plan: Relation, schema: StructType, path: Place, cx: Context) -> Relation:
    """The rows with the columns of the table, by name; missing ones are NULL or their default."""
    schema = StructType(tuple(map(sized, schema.fields)))  # texts are checked for their length
    plan = _in_case(plan, schema)
    if [a.name for a in plan.output] == [f.name for f in schema.fields] and all(
        same_type(a.type, f.type) for a, f in zip(plan.output, schema.fields, strict=True)
    ):
        return plan
    return aligned(_completed(plan, schema, cx), schema.fields, table_named(path, schema), cx, by_name=True)


def _in_case(plan: Relation, schema: StructType) -> Relation:
    names = {f.name.lower(): f.name for f in schema.fields}
    if all(names.get(a.name.lower(), a.name) == a.name for a in plan.output):
        return plan
    return Project(plan, tuple(Alias(a, names.get(a.name.lower(), a.name), new_id()) for a in plan.output))


def _completed(plan: Relation, schema: StructType, cx: Context) -> Relation:
    """Fields of structs that rows lack are NULL."""
    fields = {f.name.lower(): f for f in schema.fields}
    items: list[Expression] = []
    for a in plan.output:
        f = fields.get(a.name.lower())
        value = a if f is None else completed(a, f.type, cx)
        items.append(a if value is a else Alias(value, a.name, new_id()))
    return plan if tuple(items) == plan.output else Project(plan, tuple(items))


def completed(e: Expression, to: DataType, cx: Context, old: Expression | None = None) -> Expression:
    """A value with the fields of `to` in its structs, in that order, then those that only it has. Fields that it lacks
    are those of `old`; NULL in arrays and maps, or if there is no `old`."""
    if same_names(e.type, to):
        return e
    match e.type, to:
        case StructType(), StructType():
            return _struct(e, to, cx, old if _more(e.type, to) else None)
        case ArrayType(x, nullable), ArrayType(y, _):
            item = LambdaVariable("x", x, nullable, new_id())
            made = Lambda(completed(item, y, cx), (item,))
            return _mapped("transform", e, made, ArrayType(made.type, made.nullable))
        case MapType(k, v, nullable), MapType(l, w, _):
            key, value = LambdaVariable("k", k, False, new_id()), LambdaVariable("v", v, nullable, new_id())
            if not same_names(k, l):
                made = Lambda(completed(key, l, cx), (key, value))
                return completed(_mapped("transform_keys", e, made, MapType(made.type, v, nullable)), to, cx)
            made = Lambda(completed(value, w, cx), (key, value))
            return _mapped("transform_values", e, made, MapType(k, made.type, made.nullable))
    return e


def _mapped(name: str, e: Expression, each: Lambda, type: DataType) -> Expression:
    function = lookup(name)
    assert function is not None
    return Call(function, name, (e, each), type, e.nullable)


def _struct(e: Expression, to: StructType, cx: Context, old: Expression | None) -> Expression:
    wanted = {f.name.lower() for f in to.fields}
    assert isinstance(e.type, StructType)
    only_here = tuple(f for f in e.type.fields if f.name.lower() not in wanted)
    args: list[Expression] = []
    for f in (*to.fields, *only_here):
        before = None if old is None else field_named(old, f.name)
        value = field_named(e, f.name)
        if value is None:
            value = Literal(None, f.type) if before is None else completed(before, f.type, cx)
        args += [Literal(f.name, STRING), completed(value, f.type, cx, before)]
    made = call(cx, "named_struct", *args)
    test = call(cx, "isnull", e)
    if old is not None:
        test = call(cx, "and", test, call(cx, "isnull", old))
    return call(cx, "if", test, Literal(None, made.type), made)


def field_named(e: Expression, name: str) -> Expression | None:
    """A struct's field, if it has it."""
    for i, f in enumerate(e.type.fields if isinstance(e.type, StructType) else ()):
        if f.name.lower() == name.lower():
            return GetField(e, i, f.name, f.type, f.nullable or e.nullable)
    return None


def taken(
    table: StructType, rows: StructType, paths: Collection[tuple[str, ...]], widen: bool, at: int = 0
) -> StructType:
    """What assignments to columns and fields add to a table: those of the rows' that it lacks; with `widen` also those
    of wider types. `paths` are names in lower case."""
    have = {f.name.lower(): f.type for f in table.fields}
    made: list[StructField] = []
    for f in rows.fields:
        name = f.name.lower()
        below = [p for p in paths if len(p) <= at or p[at] == name]
        whole, of = any(len(p) <= at + 1 for p in below), have.get(name)
        if below and isinstance(f.type, StructType) and (isinstance(of, StructType) or (of is None and not whole)):
            under = taken(of if isinstance(of, StructType) else StructType(()), f.type, below, widen, at + 1)
            made += [replace(f, type=under)] if under.fields else []
        elif whole and (of is None or _more(of, f.type) or (widen and widens_alone(of, f.type))):
            made.append(f)
    return StructType(tuple(made))


def table_named(path: Place, schema: StructType) -> Table:
    """A table by its path, as errors show it."""
    return Table(Identifier("spark_catalog", ("delta",), str(path)), "external", schema, "delta")


def mismatch(table_id: str, table: StructType, rows: StructType) -> AnalysisError:
    shown = f"The table {table_id} has other columns; with mergeSchema the new ones are added to it."
    shown = "\n".join((shown, "The table:", tree_string(table), "The rows:", tree_string(rows)))
    return AnalysisError("DELTA_METADATA_MISMATCH", details=shown)


def extra(table: StructType, rows: StructType) -> bool:
    """Whether rows have columns, or parts of them, that the table has not."""
    have = {f.name.lower(): f for f in table.fields}
    return any(f.name.lower() not in have or _more(have[f.name.lower()].type, f.type) for f in rows.fields)


def _more(a: DataType, b: DataType) -> bool:
    match a, b:
        case StructType(), StructType():
            return extra(a, b)
        case ArrayType(x), ArrayType(y):
            return _more(x, y)
        case MapType(k, v), MapType(l, w):
            return _more(k, l) or _more(v, w)
    return False
