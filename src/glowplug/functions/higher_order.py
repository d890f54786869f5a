"""Functions that take functions. A lambda's variables are bound in the kernel's own lambdas.

The kernel counts an element's place from 1, Spark from 0; pairs and entries are structs; their parts are the variables.
Semantics: Spark's SQL reference, "Lambda Functions".
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from glowplug.functions.arrays import parts
from glowplug.functions.coercion import cast_to, tightest_common
from glowplug.functions.collation_keys import collated, key
from glowplug.functions.comparators import Key, java_order, key_of
from glowplug.functions.lowering import bind as bind_once
from glowplug.functions.lowering import let, per_row
from glowplug.functions.maps import key_and_value, of_entries
from glowplug.functions.ordering import has_nulls, order_key
from glowplug.functions.vocabulary import ANY, Mismatch, as_is, function_of, need_order, sig, unexpected, where_set
from glowplug.plan.expressions import Call, Expression, Lambda, Literal
from glowplug.plan.function import Accept, Function, Lowering
from glowplug.plan.tree import map_expressions
from glowplug.types import (
    BOOLEAN,
    BYTE,
    INT,
    ArrayType,
    BooleanType,
    DataType,
    DoubleType,
    FloatType,
    MapType,
    NullType,
    same_type,
    sql_name,
)

_higher = partial(Function, group="lambda_funcs")
ARRAY = Accept('"ARRAY"', lambda t: isinstance(t, ArrayType))
MAP = Accept('"MAP"', lambda t: isinstance(t, MapType))


def _lambda(e: Expression) -> Lambda:
    assert isinstance(e, Lambda)
    return e


def bind(f: Lambda, values: tuple[str, ...], low: Lowering) -> str:
    """The body's SQL with kernel SQL in the place of each variable."""

    def change(e: Expression) -> Expression:
        for p, value in zip(f.params, values, strict=False):
            if e == p:
                bound = Function(("variable",), lower=lambda call, low, sql=value: sql)  # type: ignore[misc]
                return Call(bound, "variable", (), p.type, p.nullable)
        return map_expressions(e, change)  # type: ignore[no-any-return]

    return low.sql(change(f.body))


def each(f: Lambda, low: Lowering) -> str:
    """The kernel's lambda for `x -> …` or `(x, i) -> …`."""
    if len(f.params) < 2:
        return low.sql(f)
    x, i = f.params
    return f"(lambda v{x.id}, v{i.id}: {bind(f, (f'v{x.id}', f'CAST(v{i.id} - 1 AS INTEGER)'), low)})"


def entry(f: Lambda, low: Lowering, make: str = "{}") -> str:
    """The kernel's lambda over a pair, whose parts are the variables; `make` is what it gives of the body."""
    e = f"e{f.params[0].id}"
    body = bind(f, tuple(f"struct_extract_at({e}, {n + 1})" for n in range(len(f.params))), low)
    return f"(lambda {e}: {make.format(body, e=e)})"


def _of_element(types: tuple[DataType, ...]) -> tuple[tuple[DataType, bool], ...]:
    t = types[0]
    assert isinstance(t, ArrayType)
    return (t.element, t.contains_null), (INT, False)


def _of_element_alone(types: tuple[DataType, ...]) -> tuple[tuple[DataType, bool], ...]:
    return _of_element(types)[:1]


def _of_entry(types: tuple[DataType, ...]) -> tuple[tuple[DataType, bool], ...]:
    t = types[0]
    assert isinstance(t, MapType)
    return (t.key, False), (t.value, t.value_contains_null)


def _of_two_elements(types: tuple[DataType, ...]) -> tuple[tuple[DataType, bool], ...]:
    a, b = types[:2]
    assert isinstance(a, ArrayType) and isinstance(b, ArrayType)
    return (a.element, True), (b.element, True)


def _of_two_maps(types: tuple[DataType, ...]) -> tuple[tuple[DataType, bool], ...]:
    a, b = types[:2]
    assert isinstance(a, MapType) and isinstance(b, MapType)
    key = tightest_common(a.key, b.key)
    if key is None:
        raise Mismatch(
            "MAP_ZIP_WITH_DIFF_TYPES",
            functionName="`map_zip_with`",
            leftType=f'"{sql_name(a.key)}"',
            rightType=f'"{sql_name(b.key)}"',
        )
    return (key, False), (a.value, True), (b.value, True)


def _compared(types: tuple[DataType, ...]) -> tuple[tuple[DataType, bool], ...]:
    (element,) = _of_element_alone(types)
    return element, element


def _accumulated(types: tuple[DataType, ...]) -> tuple[tuple[DataType, bool], ...]:
    (element,) = _of_element_alone(types)
    return (types[1], True), element


def _test(args: tuple[Expression, ...]) -> DataType:
    """The result of a predicate's function is boolean, if the predicate's is."""
    if not isinstance(args[1].type, (BooleanType, NullType)):
        raise unexpected(args, 1, '"BOOLEAN"')
    return BOOLEAN


def _condition(e: Expression) -> Lambda:
    """A predicate's function; one that is always NULL as one of that type."""
    f = _lambda(e)
    return replace(f, body=Literal(None, BOOLEAN)) if isinstance(f.body.type, NullType) else f


def _filtered(args: tuple[Expression, ...]) -> DataType:
    _test(args)
    return args[0].type


def _lower_exists_surely(call: Call, low: Lowering) -> str:
    tested = f"list_transform({low.sql(call.args[0])}, {low.sql(_condition(call.args[1]))})"
    return f"list_contains({tested}, true)"


def _lower_exists(call: Call, low: Lowering) -> str:
    """True if any is; else NULL if any is NULL; else false."""
    if not call.args[1].nullable:
        return _lower_exists_surely(call, low)
    tested = f"list_transform({low.sql(call.args[0])}, {low.sql(_condition(call.args[1]))})"
    return let(
        tested,
        lambda t: f"(CASE WHEN list_contains({t}, true) THEN true WHEN len({t}) = list_count({t}) THEN false END)",
    )


def _lower_forall(call: Call, low: Lowering) -> str:
    tested = f"list_transform({low.sql(call.args[0])}, {low.sql(_condition(call.args[1]))})"
    return let(
        tested,
        lambda t: f"(CASE WHEN list_contains({t}, false) THEN false WHEN len({t}) = list_count({t}) THEN true END)",
    )


def _aggregate_type(args: tuple[Expression, ...]) -> DataType:
    zero, merge = args[1].type, args[2].type
    if not same_type(zero, merge):
        raise unexpected(args, 2, f'"{sql_name(zero)}"')
    return args[3].type if len(args) > 3 else zero


def _lower_aggregate(call: Call, low: Lowering) -> str:
    array, zero, merge, *finish = call.args
    kernel = low.type(zero.type)
    f = _lambda(merge)
    names = ", ".join(f"v{p.id}" for p in f.params)
    step = f"(lambda {names}: CAST({low.sql(f.body)} AS {kernel}))"
    # the kernel's list_reduce needs the elements and the start to be of one type: both travel in a struct
    total = _reduce(low.sql(array), f"CAST({low.sql(zero)} AS {kernel})", f, step, array, zero, low)
    if not finish:
        return total
    last = _lambda(finish[0])
    return f"list_extract(list_transform([{total}], {low.sql(last)}), 1)"


def _reduce(array: str, zero: str, f: Lambda, step: str, source: Expression, start: Expression, low: Lowering) -> str:
    if low.type(parts(source)) == low.type(start.type):
        return f"list_reduce({array}, {step}, {zero})"
    acc, x = f.params
    pair = f"STRUCT(a {low.type(acc.type)}, x {low.type(x.type)})"
    name_a, name_x = f"a{acc.id}", f"a{x.id}"
    body = bind(f, (f"struct_extract_at({name_a}, 1)", f"struct_extract_at({name_x}, 2)"), low)
    items = f"list_transform({array}, (lambda e: CAST(row(NULL, e) AS {pair})))"
    merged = f"(lambda {name_a}, {name_x}: CAST(row({body}, NULL) AS {pair}))"
    return f"struct_extract_at(list_reduce({items}, {merged}, CAST(row({zero}, NULL) AS {pair})), 1)"


def _aggregate_shown(args: tuple[str, ...], call: Call) -> str:
    end = args[3] if len(args) > 3 else "lambdafunction(namedlambdavariable(), namedlambdavariable())"
    return f"{call.name}({args[0]}, {args[1]}, {args[2]}, {end})"


def _aggregate_nullable(args: tuple[Expression, ...]) -> bool:
    return args[0].nullable or (args[3].nullable if len(args) > 3 else True)


def _lower_zip_with(call: Call, low: Lowering) -> str:
    a, b, f = call.args
    arrays = [low.sql(a), low.sql(b)]
    made = f"list_transform(list_zip({', '.join(arrays)}), {entry(_lambda(f), low)})"
    nullable = [x for x, e in zip(arrays, (a, b), strict=True) if e.nullable]
    return f"(CASE WHEN {' AND '.join(f'{x} IS NOT NULL' for x in nullable)} THEN {made} END)" if nullable else made


def _sort_by(call: Call, low: Lowering) -> str:
    """By a key, where the function compares one. Otherwise as Java sorts by what it gives for each two."""
    array, f = low.sql(call.args[0]), _lambda(call.args[1])
    x, y = f"x{f.params[0].id}", f"y{f.params[0].id}"

    def sorted_one_by_one(a: str) -> str:
        sign = f"CAST(sign({bind(f, (x, y), low)}) AS TINYINT)"
        row_of = f"list_transform({a}, (lambda {y}, j{y}: CASE WHEN i{x} <> j{y} THEN {sign} ELSE 0 END))"
        signs = f"list_transform({a}, (lambda {x}, i{x}: {row_of}))"
        order = per_row(low, "java_order", java_order, [(signs, ArrayType(ArrayType(BYTE)))], ArrayType(INT))
        return bind_once(order, lambda o: placed(a, o))

    def placed(a: str, order: str) -> str:
        found = f"list_transform({order}, (lambda _i: list_extract({a}, _i)))"
        if not f.nullable:
            return found
        first, second = (f"CAST(list_extract({a}, abs({order}[{i}])) AS VARCHAR)" for i in (1, 2))
        null = low.error(call, "COMPARATOR_RETURNS_NULL", firstValue=first, secondValue=second)
        return f"(CASE WHEN {order}[1] < 0 THEN {null} ELSE {found} END)"

    key = key_of(f)
    return bind_once(array, lambda a: _sorted_by(a, key, f, sorted_one_by_one(a), low) if key else sorted_one_by_one(a))


def _sorted_by(array: str, by: Key, f: Lambda, otherwise: str, low: Lowering) -> str:
    """The list sorted by a key, then by place; `otherwise` where that does not say what the function gives."""
    x = f"x{f.params[0].id}"
    value = bind(replace(f, body=by.of), (x, x), low)
    if isinstance(by.of.type, (FloatType, DoubleType)):  # the kernel sorts -0.0 before 0.0
        value = f"({value} + 0)"
    place, order = (f"-i{x}", ", 'DESC'") if by.descending else (f"i{x}", "")

    def of(rows: str) -> str:
        keys = f"list_transform({rows}, lambda e: struct_extract_at(e, 1))"
        holds = f"list_count({keys}) = len({rows})"
        if by.near:
            holds += f" AND CAST(list_max({keys}) AS HUGEINT) - list_min({keys}) < {1 << 31}"
        found = f"list_transform(list_sort({rows}{order}), lambda e: struct_extract_at(e, 3))"
        return f"(CASE WHEN {holds} THEN {found} ELSE {otherwise} END)"

    return bind_once(f"list_transform({array}, (lambda {x}, i{x}: row({value}, {place}, {x})))", of)


_V = "namedlambdavariable()"
_DEFAULT_ORDER = (
    f"lambdafunction((IF((({_V} IS NULL) AND ({_V} IS NULL)), 0, (IF(({_V} IS NULL), 1, (IF(({_V} IS NULL), -1, "
    f"(IF(({_V} < {_V}), -1, (IF(({_V} > {_V}), 1, 0)))))))))), {_V}, {_V})"
)


def _array_sort_type(args: tuple[Expression, ...]) -> DataType:
    if len(args) > 1 and args[1].type != INT:
        raise Mismatch(
            "UNEXPECTED_RETURN_TYPE",
            functionName="`lambdafunction`",
            expectedType='"INT"',
            actualType=f'"{sql_name(args[1].type)}"',
        )
    if len(args) == 1:
        need_order("<", parts(args[0]), sqlExpr=f'"({_V} < {_V})"')
    return args[0].type


def _lower_array_sort(call: Call, low: Lowering) -> str:
    if len(call.args) > 1:
        return _sort_by(call, low)
    array, type = low.sql(call.args[0]), parts(call.args[0])
    if has_nulls(type):  # the kernel orders NULLs within elements last
        marked = f"list_transform({array}, (lambda _x: row(_x IS NULL, {order_key('_x', type)}, _x)))"
        return f"list_transform(list_sort({marked}), (lambda _x: struct_extract_at(_x, 3)))"
    return f"list_sort({array}, 'ASC', 'NULLS LAST')"


def _lower_map_zip(call: Call, low: Lowering) -> str:
    """The keys of the first map, then those only in the second, each with its values."""
    first, second, function = call.args
    f = _lambda(function)
    k = f"k{f.params[0].id}"
    of = f.params[0].type
    kernel = low.type(of)

    def make(a: str, b: str) -> str:
        others = f"list_filter(map_keys({b}), lambda e: NOT list_contains({compared(a)}, {key('e', of, low)}))"
        keys = f"list_concat(CAST(map_keys({a}) AS {kernel}[]), CAST({others} AS {kernel}[]))"
        body = bind(f, (k, value(a), value(b)), low)
        pairs = f"list_transform({keys}, (lambda {k}: row({k}, {body})))"
        made = f"CAST(map_from_entries({pairs}) AS {low.type(call.type)})"
        return f"(CASE WHEN {a} IS NOT NULL AND {b} IS NOT NULL THEN {made} END)"

    def compared(m: str) -> str:
        return key(f"map_keys({m})", ArrayType(of), low)

    def value(m: str) -> str:
        if not collated(of):
            return f"map_extract_value({m}, {k})"
        return f"list_extract(map_values({m}), list_position({compared(m)}, {key(k, of, low)}))"

    a, b = (low.sql(cast_to(m, replace(m.type, key=of))) for m in (first, second))  # type: ignore[call-arg]
    return let(a, lambda a: let(b, lambda b: make(a, b)))


def _lower_map_filter(call: Call, low: Lowering) -> str:
    kept = f"list_filter(map_entries({low.sql(call.args[0])}), {entry(_condition(call.args[1]), low)})"
    return f"CAST(map_from_entries({kept}) AS {low.type(call.type)})"


def _lower_transform_values(call: Call, low: Lowering) -> str:
    make = "row(struct_extract_at({e}, 1), {})"
    changed = f"list_transform(map_entries({low.sql(call.args[0])}), {entry(_lambda(call.args[1]), low, make)})"
    return f"CAST(map_from_entries({changed}) AS {low.type(call.type)})"


def _lower_transform_keys(call: Call, low: Lowering) -> str:
    source = low.sql(call.args[0])
    make = "row({}, struct_extract_at({e}, 2))"
    made = f"list_transform(map_entries({source}), {entry(_lambda(call.args[1]), low, make)})"
    made = of_entries(made, call, low, as_given=True)
    return f"(CASE WHEN {source} IS NOT NULL THEN {made} END)" if call.args[0].nullable else made


_EXISTS = _higher(
    ("exists",),
    sig(ARRAY, function_of(_of_element_alone)),
    _test,
    _lower_exists,
    nullable=lambda args: args[0].nullable or args[1].nullable,
    usage="Returns whether the function is true for an element.",
    example="SELECT exists(array(1, 2, 3), x -> x % 2 == 0)",
)
_TWO_VALUED = ("spark.sql.legacy.followThreeValuedLogicInArrayExists", "FALSE")
FUNCTIONS = (
    _higher(
        ("transform",),
        sig(ARRAY, function_of(_of_element)),
        lambda args: ArrayType(args[1].type, args[1].nullable),
        lambda call, low: f"list_transform({low.sql(call.args[0])}, {each(_lambda(call.args[1]), low)})",
        usage="Returns the function's results for the elements (and their places from 0).",
        example="SELECT transform(array(1, 2, 3), x -> x + 1)",
    ),
    _higher(
        ("filter",),
        sig(ARRAY, function_of(_of_element)),
        _filtered,
        lambda call, low: f"list_filter({low.sql(call.args[0])}, {each(_condition(call.args[1]), low)})",
        usage="Returns the elements for which the function is true.",
        example="SELECT filter(array(1, 2, 3), x -> x % 2 == 1)",
    ),
    where_set(_EXISTS, _TWO_VALUED, lower=_lower_exists_surely, nullable=lambda args: args[0].nullable),
    _higher(
        ("forall",),
        sig(ARRAY, function_of(_of_element_alone)),
        _test,
        _lower_forall,
        nullable=lambda args: args[0].nullable or args[1].nullable,
        usage="Returns whether the function is true for all elements.",
        example="SELECT forall(array(2, 4, 8), x -> x % 2 == 0)",
    ),
    _higher(
        ("aggregate", "reduce"),
        sig(ARRAY, ANY, function_of(_accumulated), function_of(lambda types: ((types[1], True),)), optional=1),
        _aggregate_type,
        _lower_aggregate,
        nullable=_aggregate_nullable,
        shown=_aggregate_shown,
        usage="Merges the elements into a start value one by one, and finishes with another function.",
        example="SELECT aggregate(array(1, 2, 3), 0, (acc, x) -> acc + x)",
    ),
    _higher(
        ("zip_with",),
        sig(ARRAY, ARRAY, function_of(_of_two_elements)),
        lambda args: ArrayType(args[2].type, args[2].nullable),
        _lower_zip_with,
        usage="Returns the function's results for the arrays' elements at the same places.",
        example="SELECT zip_with(array(1, 2), array(3, 4), (x, y) -> x + y)",
    ),
    _higher(
        ("array_sort",),
        sig(ARRAY, function_of(_compared), optional=1),
        _array_sort_type,
        _lower_array_sort,
        nullable=lambda args: args[0].nullable,
        shown=lambda args, call: f"array_sort({args[0]}, {args[1] if len(args) > 1 else _DEFAULT_ORDER})",
        usage="Sorts ascending with NULLs last, or by a function that compares two elements.",
        example="SELECT array_sort(array('b', 'd', null, 'c', 'a'))",
    ),
    _higher(
        ("map_filter",),
        sig(MAP, function_of(_of_entry)),
        _filtered,
        _lower_map_filter,
        usage="Returns the entries for which the function is true.",
        example="SELECT map_filter(map(1, 0, 2, 2, 3, -1), (k, v) -> k > v)",
    ),
    _higher(
        ("transform_keys",),
        sig(MAP, function_of(_of_entry)),
        lambda args: MapType(args[1].type, key_and_value(args[0]).value, key_and_value(args[0]).value_contains_null),
        _lower_transform_keys,
        usage="Returns the map with the function's results as keys.",
        example="SELECT transform_keys(map(1, 1, 2, 2), (k, v) -> k + 1)",
    ),
    _higher(
        ("transform_values",),
        sig(MAP, function_of(_of_entry)),
        lambda args: MapType(key_and_value(args[0]).key, args[1].type, args[1].nullable),
        _lower_transform_values,
        usage="Returns the map with the function's results as values.",
        example="SELECT transform_values(map(1, 1, 2, 2), (k, v) -> v + 1)",
    ),
    _higher(
        ("map_zip_with",),
        sig(as_is(MAP), as_is(MAP), function_of(_of_two_maps)),
        lambda args: MapType(_of_two_maps((args[0].type, args[1].type))[0][0], args[2].type, args[2].nullable),
        _lower_map_zip,
        usage="Returns a map of the function's results for each key and its values in both maps.",
        example="SELECT map_zip_with(map('a', 1), map('b', 3), (k, v1, v2) -> coalesce(v1, 0) + coalesce(v2, 0))",
    ),
)
