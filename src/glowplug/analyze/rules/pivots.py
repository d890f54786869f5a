"""PIVOT, UNPIVOT and TRANSPOSE: rows to columns and columns to rows."""

from __future__ import annotations

from dataclasses import replace

from glowplug.analyze.context import Context, Scope, references, scope_of
from glowplug.analyze.expressions import DERIVED, resolve
from glowplug.analyze.rules.as_of import row_number
from glowplug.analyze.rules.selects import project, resolve_items, resolve_select
from glowplug.analyze.rules.time_windows import in_merged_sessions
from glowplug.analyze.variables import is_variable
from glowplug.errors import AnalysisError
from glowplug.functions import internal
from glowplug.functions.coercion import cast_to, wider_all
from glowplug.plan.build import called
from glowplug.plan.casts import can_cast
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Call,
    Cast,
    Expression,
    GetField,
    Literal,
    SortOrder,
    UnresolvedAlias,
    UnresolvedAttribute,
    UnresolvedFunction,
    UnresolvedStar,
    new_id,
)
from glowplug.plan.names import derived_name, pretty
from glowplug.plan.python import PythonFunction
from glowplug.plan.relations import (
    Aggregate,
    Filter,
    Generate,
    Join,
    Limit,
    OneRow,
    Pivot,
    Project,
    Relation,
    Select,
    Sort,
    Transpose,
    Unpivot,
    Values,
    nullable,
    to_attribute,
)
from glowplug.plan.tree import children, map_expressions, walk
from glowplug.types import (
    BOOLEAN,
    COMPLEX,
    INT,
    NUMERIC,
    STRING,
    STRINGS,
    ArrayType,
    BooleanType,
    DataType,
    MapType,
    NullType,
    StructType,
    VariantType,
    quote,
    simple_string,
    sql_name,
)

MOST_PIVOTED = "spark.sql.pivotMaxValues"
MOST_TRANSPOSED = "spark.sql.transposeMaxValues"
_SKIPPING_NULLS = ("first", "last", "any_value")


# --- PIVOT --------------------------------------------------------------------------------------------------


def resolve_pivot(node: Pivot, cx: Context) -> Relation:
    """The aggregates once for each value of a column, as columns named after the value.

    Aggregates whose results are numbers and booleans are NULL where a group has no row of the value, a count too;
    others see no rows there. So it is in Spark, which computes the former in two steps.
    """
    scope = scope_of(node.child, cx=cx)
    if node.grouping is not None:
        _refuse_stars(node.aggregates)
    column = resolve(node.column, scope, cx)
    aggregates = resolve_items(node.aggregates, scope, cx)
    for a in aggregates:
        _check_aggregate(a)
    if node.grouping is None:
        taken = {a.id for a in references(column, *aggregates)}
        grouping: list[Expression] = [a for a in node.child.output if a.id not in taken]
    else:
        grouping = resolve_items(node.grouping, scope, cx)
    values = _given(node, column, scope, cx) if node.values else _found(node.child, column, cx)
    return _pivoted(node.child, grouping, column, values, aggregates, cx)


def _refuse_stars(aggregates: tuple[Expression, ...]) -> None:
    """A DataFrame's pivot takes no count("*"), unlike SQL's."""
    for star in (x for e in aggregates for x in walk(e) if isinstance(x, UnresolvedStar)):
        raise AnalysisError("INVALID_USAGE_OF_STAR_OR_REGEX", star.origin, elem="'*'", prettyName="Pivot")


def _check_aggregate(e: Expression) -> None:
    """Outside aggregate functions only constants may stand."""
    if isinstance(e, Call) and e.function.kind == "aggregate":
        if isinstance(e.function, PythonFunction):
            raise AnalysisError("UNSUPPORTED_FEATURE.PANDAS_UDAF_IN_PIVOT")
        return
    if isinstance(e, Attribute):
        raise AnalysisError("_LEGACY_ERROR_TEMP_1006", sql=".".join((*e.qualifier, e.name)))
    for c in children(e):
        _check_aggregate(c)


def _given(node: Pivot, column: Expression, scope: Scope, cx: Context) -> list[tuple[Literal, str]]:
    """The values written, as constants of the column's type, each with its name."""
    texts: list[Expression] = []
    casts: list[Expression] = []
    names: list[str | None] = []
    for v in node.values:
        e = resolve(v, scope, cx)
        if isinstance(v, UnresolvedAttribute) and is_variable(e):
            names.append(v.parts[-1])
        else:
            names.append(e.name if isinstance(e, Alias) else None)
        e = e.child if isinstance(e, Alias) else e
        if references(e):
            raise AnalysisError("NON_LITERAL_PIVOT_VALUES", expression=f'"{pretty(e)}"')
        if not can_cast(e.type, column.type, cx.conf.ansi):
            raise AnalysisError(
                "PIVOT_VALUE_DATA_TYPE_MISMATCH",
                value=pretty(e),
                valueType=simple_string(e.type),
                pivotType=simple_string(column.type),
            )
        texts.append(resolve(Cast(e, STRING), scope, cx))
        casts.append(resolve(Cast(e, column.type), scope, cx))
    (row,) = cx.world.run(Project(OneRow(), tuple(Alias(e, "v", new_id()) for e in (*texts, *casts))))
    shown = [n or ("null" if t is None else str(t)) for n, t in zip(names, row, strict=False)]
    return [(Literal(v, column.type), n) for v, n in zip(row[len(texts) :], shown, strict=True)]


def _found(child: Relation, column: Expression, cx: Context) -> list[tuple[Literal, str]]:
    """The values that the column has, sorted."""
    most = cx.conf.int(MOST_PIVOTED) or 0
    values = project(child, (UnresolvedAlias(column, ("v",)),), cx)
    (value,) = values.output
    distinct = Limit(Sort(Aggregate(values, (value,), (value,)), (SortOrder(value),)), Literal(most + 1, INT))
    text = resolve(Cast(value, STRING), Scope(()), cx)
    rows = cx.world.run(Project(distinct, (value, Alias(text, "text", new_id()))))
    if len(rows) > most:
        raise AnalysisError("_LEGACY_ERROR_TEMP_1324", pivotColumn=pretty(column), maxValues=most, config=MOST_PIVOTED)
    return [(Literal(v, column.type), "null" if t is None else str(t)) for v, t in rows]


def _name(value: str, aggregate: Expression, single: bool) -> str:
    own = aggregate.name if isinstance(aggregate, (Attribute, Alias)) else derived_name(aggregate)
    return value if single else f"{value}_{own}"


def _pivoted(
    child: Relation,
    grouping: list[Expression],
    column: Expression,
    values: list[tuple[Literal, str]],
    aggregates: list[Expression],
    cx: Context,
) -> Relation:
    """Group by the pivoted column as well, then spread each group's results over the values' places."""
    otherwise: list[Expression] = [Literal(None, a.type) for a in aggregates]
    if not all(isinstance(a.type, (*NUMERIC, BooleanType)) for a in aggregates):
        aggregates = [_skipping_nulls(a) for a in aggregates]
        otherwise = _of_no_rows(child, aggregates, cx)
    keys = list(dict.fromkeys(grouping))
    pivoted = Alias(column, "__pivot", new_id())
    groups = resolve_select(Select(child, tuple(aggregates), (*keys, pivoted), prepend_grouping=True), cx)
    key_columns = dict(zip(keys, groups.output, strict=False))
    value_column, *results = groups.output[len(keys) :]
    if not values:
        return Aggregate(groups, tuple(key_columns.values()), tuple(key_columns[k] for k in grouping))
    places = {v: i for i, v in enumerate(dict.fromkeys(v for v, _ in values))}
    value, place = Attribute("value", column.type, True, new_id()), Attribute("place", INT, False, new_id())
    table = Values(tuple((v, Literal(i, INT)) for v, i in places.items()), (value, place))
    placed = Join(groups, table, "left", resolve(called("<=>", value_column, value), Scope(()), cx))
    lists = Alias(internal.spread(nullable(place), results, len(places)), "spread", new_id())
    key_attributes = tuple(key_columns.values())
    gathered = Aggregate(in_merged_sessions(placed, key_attributes, cx), key_attributes, (*key_attributes, lists))
    items: list[Expression] = [key_columns[k] for k in grouping]
    for v, name in values:
        found = internal.element(to_attribute(lists), places[v])
        for i, (aggregate, result) in enumerate(zip(aggregates, results, strict=True)):
            missing = otherwise[i]
            picked: Expression = GetField(found, i, result.name, result.type, result.nullable or missing.nullable)
            if not missing.nullable:  # otherwise a field of no struct is NULL as it should be
                picked = resolve(called("if", called("isnull", found), missing, picked), Scope(()), cx)
            items.append(Alias(picked, _name(name, aggregate, len(aggregates) == 1), new_id(), "{}"))
    return Project(gathered, tuple(items))


def _skipping_nulls(e: Expression) -> Expression:
    if isinstance(e, Call) and e.function.kind == "aggregate":
        return replace(e, ignore_nulls=e.ignore_nulls or e.function.names[0] in _SKIPPING_NULLS)
    return map_expressions(e, _skipping_nulls)  # type: ignore[no-any-return]


def _of_no_rows(child: Relation, aggregates: list[Expression], cx: Context) -> list[Expression]:
    """What aggregates are where there are no rows: 0 for a count."""
    nothing = Filter(child, Literal(False, BOOLEAN))
    (row,) = cx.world.run(resolve_select(Select(nothing, tuple(aggregates)), cx))
    return [Literal(v, a.type) for v, a in zip(row, aggregates, strict=True)]


# --- UNPIVOT ------------------------------------------------------------------------------------------------


def resolve_unpivot(node: Unpivot, cx: Context) -> Relation:
    """One row for each value column, with the column's name and value; the ids stand in each."""
    scope = scope_of(node.child, cx=cx)
    ids = None if node.ids is None else resolve_items(node.ids, scope, cx)
    if node.values is None:
        taken = {e.id for e in ids or () if isinstance(e, Attribute)}
        sets: list[tuple[list[Expression], str | None]] = [([a], None) for a in node.child.output if a.id not in taken]
    else:
        sets = [s for values, alias in node.values for s in _value_sets(values, alias, node, scope, cx)]
    if not sets:
        raise AnalysisError("UNPIVOT_REQUIRES_VALUE_COLUMNS")
    items = ids if node.values is None else [c for columns, _ in sets for c in columns]
    if (node.ids is None or node.values is None) and not all(isinstance(e, Attribute) for e in items or ()):
        given, empty = ("id", "value") if node.values is None else ("value", "id")
        shown = ", ".join(f'"{pretty(e)}"' for e in items or ())
        raise AnalysisError("UNPIVOT_REQUIRES_ATTRIBUTES", given=given, empty=empty, expressions=shown)
    if any(len(columns) != len(node.value_names) for columns, _ in sets):
        raise AnalysisError("UNPIVOT_VALUE_SIZE_MISMATCH", names=len(node.value_names))
    if ids is None:
        taken = {a.id for columns, _ in sets for a in references(*columns)}
        ids = [a for a in node.child.output if a.id not in taken]
    ids = [replace(e, metadata="{}") if isinstance(e, Alias) and e.metadata == DERIVED else e for e in ids]
    types = [_common([columns[i] for columns, _ in sets], sets, cx) for i in range(len(node.value_names))]
    table: list[tuple[Expression, ...]] = []
    for columns, alias in sets:
        name = alias or "_".join(c.name for c in columns if isinstance(c, (Attribute, Alias)))
        cells = (cast_to(c.child if isinstance(c, Alias) else c, t) for c, t in zip(columns, types, strict=True))
        table.append((Literal(name, STRING), *cells))
    names = (node.variable_name, *node.value_names)
    columns_of = zip(*table, strict=True)
    generated = tuple(
        Attribute(name, cells[0].type, any(c.nullable for c in cells), new_id())
        for name, cells in zip(names, columns_of, strict=True)
    )
    child = project(node.child, (*node.child.output, *(e for e in ids if isinstance(e, Alias))), cx)
    plan: Relation = Generate(child, internal.rows(table), generated)
    if not node.include_nulls:
        some = [called("isnotnull", a) for a in generated[1:]]
        plan = Filter(plan, resolve(_any(some), Scope(()), cx))
    return Project(plan, (*map(to_attribute, ids), *generated))


def _any(conditions: list[UnresolvedFunction]) -> UnresolvedFunction:
    first, *rest = conditions
    return called("or", first, _any(rest)) if rest else first


def _value_sets(
    values: tuple[Expression, ...], alias: str | None, node: Unpivot, scope: Scope, cx: Context
) -> list[tuple[list[Expression], str | None]]:
    """The columns of one set; with one value column, a star stands for several sets."""
    items = resolve_items(values, scope, cx)
    if len(values) == 1 and len(node.value_names) == 1:
        return [([item], alias) for item in items]
    return [(items, alias)]


def _common(cells: list[Expression], sets: list[tuple[list[Expression], str | None]], cx: Context) -> DataType:
    common = without_promotion([c.type for c in cells], cx)
    if common is not None:
        return common
    columns: dict[str, list[str]] = {}
    for c in (c for group, _ in sets for c in group):
        assert isinstance(c, (Attribute, Alias))
        columns.setdefault(sql_name(c.type), []).append(quote(c.name))
    shown = []
    for type in sorted(columns):
        names = sorted(columns[type])
        shown.append(f'"{type}" ({", ".join(names[:3])}{", ..." if len(names) > 3 else ""})')
    raise AnalysisError("UNPIVOT_VALUE_DATA_TYPE_MISMATCH", types=", ".join(shown))


def without_promotion(types: list[DataType], cx: Context) -> DataType | None:
    """The common type of many, where strings have none with other types."""
    common = wider_all(types, cx.conf.ansi)
    return None if common is None or any(_promoted(t, common) for t in types) else common


def _promoted(type: DataType, to: DataType) -> bool:
    """Whether what is no string in one type is in the other, or the other way round."""
    match type, to:
        case ArrayType(a), ArrayType(b):
            return _promoted(a, b)
        case MapType(k, v), MapType(l, w):
            return _promoted(k, l) or _promoted(v, w)
        case StructType(a), StructType(b):
            return any(_promoted(x.type, y.type) for x, y in zip(a, b, strict=True))
    return not isinstance(type, NullType) and isinstance(type, STRINGS) != isinstance(to, STRINGS)


# --- TRANSPOSE ----------------------------------------------------------------------------------------------


def resolve_transpose(node: Transpose, cx: Context) -> Relation:
    """Columns become rows and rows columns, named by the values of an index column; rows without one are left out."""
    scope = scope_of(node.child, cx=cx)
    index = resolve(node.index[0], scope, cx) if node.index else next(iter(node.child.output), None)
    if index is None:
        return Filter(node.child, Literal(False, BOOLEAN))
    if not isinstance(index, Attribute):
        raise AnalysisError("TRANSPOSE_INVALID_INDEX_COLUMN", reason="it must be a column, not an expression")
    if isinstance(index.type, (*COMPLEX, VariantType)):
        reason = f"it must be of an atomic type, not {simple_string(index.type)}"
        raise AnalysisError("TRANSPOSE_INVALID_INDEX_COLUMN", reason=reason)
    columns = [a for a in node.child.output if a.id != index.id]
    common = _least_common(columns, cx)
    most = cx.conf.int(MOST_TRANSPOSED) or 0
    there = resolve(called("isnotnull", index), scope, cx)
    number = row_number((), (), cx)  # rows of one index value stay in their order
    numbered = Project(Filter(node.child, there), (*node.child.output, number))
    ordered = Sort(numbered, (SortOrder(index), SortOrder(to_attribute(number))))
    cells = (resolve(Cast(index, STRING), scope, cx), *(cast_to(a, common) for a in columns))
    limited = Limit(ordered, Literal(most + 1, INT))
    rows = cx.world.run(Project(limited, tuple(Alias(c, "c", new_id()) for c in cells)))
    if len(rows) > most:
        raise AnalysisError("TRANSPOSE_EXCEED_ROW_LIMIT", maxValues=most, config=MOST_TRANSPOSED)
    turned = [[a.name, *(row[i] for row in rows)] for i, a in enumerate(columns, 1)]
    return _table(turned, [str(row[0]) for row in rows], common)


def _least_common(columns: list[Attribute], cx: Context) -> DataType:
    common: DataType = columns[0].type if columns else STRING
    for a in columns[1:]:
        both = without_promotion([common, a.type], cx)
        if both is None:
            raise AnalysisError(
                "TRANSPOSE_NO_LEAST_COMMON_TYPE", dt1=f'"{sql_name(common)}"', dt2=f'"{sql_name(a.type)}"'
            )
        common = both
    return common


def _table(rows: list[list[object]], names: list[str], type: DataType) -> Relation:
    key = Attribute("key", STRING, False, new_id())
    columns = (key, *(Attribute(n, type, True, new_id()) for n in names))
    literals = tuple(tuple(Literal(v, c.type) for v, c in zip(row, columns, strict=True)) for row in rows)
    if literals:
        return Values(literals, columns)
    nothing = (Literal("", STRING), *(Literal(None, type) for _ in names))
    return Filter(Values((nothing,), columns), Literal(False, BOOLEAN))
