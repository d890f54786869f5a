"""How the columns of new rows become those of a table, and what a table's schema becomes for that.

Rules: Delta's `SchemaMergingUtils` and `ImplicitMetadataOperation`. Names are compared without regard to case.
"""

from __future__ import annotations

from dataclasses import replace

from glowplug.analyze.commands.align import aligned
from glowplug.analyze.commands.create_table import kept_metadata
from glowplug.analyze.context import Context
from glowplug.catalog.table import Identifier, Table
from glowplug.errors import AnalysisError
from glowplug.io.place import Place
from glowplug.lake.delta.columns import sized
from glowplug.lake.delta.widening import widens_alone
from glowplug.plan.expressions import Alias, Expression, Literal, new_id
from glowplug.plan.relations import Project, Relation
from glowplug.plan.tree_string import tree_string
from glowplug.types import (
    NULL,
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
    return aligned(_completed(plan, schema), schema.fields, table_named(path, schema), cx, by_name=True)


def _in_case(plan: Relation, schema: StructType) -> Relation:
    names = {f.name.lower(): f.name for f in schema.fields}
    if all(names.get(a.name.lower(), a.name) == a.name for a in plan.output):
        return plan
    return Project(plan, tuple(Alias(a, names.get(a.name.lower(), a.name), new_id()) for a in plan.output))


def _completed(plan: Relation, schema: StructType) -> Relation:
    """Fields of structs that rows lack are NULL."""
    fields = {f.name.lower(): f for f in schema.fields}
    items: list[Expression] = []
    for a in plan.output:
        f = fields.get(a.name.lower())
        of, to = a.type, None if f is None else f.type
        if isinstance(of, StructType) and isinstance(to, StructType) and len(of.fields) < len(to.fields):
            items.append(Alias(_struct(a, to), a.name, new_id()))
        else:
            items.append(a)
    return plan if tuple(items) == plan.output else Project(plan, tuple(items))


def _struct(e: Expression, to: StructType) -> Expression:
    from glowplug.functions.registry import lookup
    from glowplug.plan.expressions import Call, GetField
    from glowplug.types import BOOLEAN, STRING

    assert isinstance(e.type, StructType)
    have = {f.name.lower(): (i, f) for i, f in enumerate(e.type.fields)}
    args: list[Expression] = []
    fields: list[StructField] = []
    for f in to.fields:
        if (found := have.get(f.name.lower())) is None:
            value: Expression = Literal(None, f.type)
        else:
            value = GetField(e, found[0], found[1].name, found[1].type, True)
            if isinstance(f.type, StructType) and isinstance(found[1].type, StructType):
                value = _struct(value, f.type)
        args += [Literal(f.name, STRING), value]
        fields.append(StructField(f.name, value.type, True))
    made_type = StructType(tuple(fields))
    named, isnull, iff = lookup("named_struct"), lookup("isnull"), lookup("if")
    assert named and isnull and iff
    made = Call(named, "named_struct", tuple(args), made_type, False)
    test = Call(isnull, "isnull", (e,), BOOLEAN, False)
    return Call(iff, "if", (test, Literal(None, made_type), made), made_type, True)


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
