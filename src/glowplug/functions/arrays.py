"""Arrays: made, read, searched, cut, sorted, and as sets. Elements count from 1, but for `get` and `a[i]`, from 0.

Semantics: Spark's SQL reference, "Array Functions". The kernel's lists take NULLs where Spark's result would be NULL,
and its `list_distinct` loses order and NULLs; lowerings here keep both.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from glowplug.functions.coercion import cast_to, merged_type, tightest_common, unpromoted, wider_all
from glowplug.functions.lowering import bound, constant, if_few, let, too_many
from glowplug.functions.ordering import extreme, first_extreme, has_nulls, order_key
from glowplug.functions.vocabulary import (
    ANY,
    ARRAY,
    BOOL,
    INTEGER,
    STR,
    Mismatch,
    arg,
    array_of,
    as_is,
    element,
    need_order,
    sig,
    unexpected,
    where_set,
)
from glowplug.functions.vocabulary import (
    constant as foldable,
)
from glowplug.plan.expressions import Attribute, Call, Expression, GetField, Literal
from glowplug.plan.function import Accept, Function, Lower, Lowering, Nullable
from glowplug.types import (
    BOOLEAN,
    INT,
    INTEGRAL,
    LONG,
    NULL,
    STRING,
    STRINGS,
    ArrayType,
    DataType,
    DoubleType,
    FloatType,
    MapType,
    NullType,
    StructField,
    StructType,
    is_orderable,
    quote,
    sql_name,
)

_array = partial(Function, group="array_funcs")
SIZED = Accept('("ARRAY" or "MAP")', lambda t: isinstance(t, (ArrayType, MapType)), (ArrayType(NULL),))
NESTED = Accept(
    '"ARRAY" of "ARRAY"',
    lambda t: isinstance(t, ArrayType) and isinstance(t.element, ArrayType),
)
ORDERED_ARRAY = Accept('"ARRAY"', lambda t: isinstance(t, ArrayType) and is_orderable(t.element), (ArrayType(NULL),))


def parts(e: Expression) -> DataType:
    """The element type of an array."""
    assert isinstance(e.type, ArrayType)
    return e.type.element


def has_null(e: Expression) -> bool:
    return isinstance(e.type, ArrayType) and e.type.contains_null


# --- coercion -------------------------------------------------------------------------------------------


def _differ(name: str, args: tuple[Expression, ...]) -> Mismatch:
    return Mismatch(
        "ARRAY_FUNCTION_DIFF_TYPES",
        functionName=quote(name),
        dataType='"ARRAY"',
        leftType=f'"{sql_name(args[0].type)}"',
        rightType=f'"{sql_name(args[1].type)}"',
    )


_COMPARING = ("array_contains", "array_position", "array_remove")


def _with_element(name: str, exact: bool = True, at: int = 1, widest: bool = False) -> Function:
    """The base of functions of an array and an element (argument number `at`), which are brought to one type.

    `exact`: NULL is an empty array; `widest`: decimals of other sizes too.
    """

    def coerce(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...]:
        array, item = args[0], args[at]
        nulls = [isinstance(a.type, NullType) for a in args]
        if (name == "array_contains" and any(nulls)) or (name == "array_position" and nulls[0]):
            raise Mismatch("NULL_TYPE", functionName=quote(name))
        if isinstance(array.type, NullType) and (at > 1 or name == "array_remove"):
            raise _differ(name, (array, item))
        if isinstance(array.type, NullType) and exact:
            array = cast_to(array, ArrayType(item.type))
        if not isinstance(array.type, ArrayType):
            raise _differ(name, (array, item)) if at > 1 or name == "array_remove" else unexpected(args, 0, '"ARRAY"')
        for i, a in enumerate(args):
            if i and i != at and not isinstance(a.type, INTEGRAL[:3]):
                raise unexpected(args, i, '"INT"')
        common = (unpromoted if widest else tightest_common)(array.type.element, item.type)
        if common is None:
            raise _differ(name, (array, item))
        if name in _COMPARING:
            need_order(name, common)
        out = [cast_to(array, ArrayType(common, array.type.contains_null)), *args[1:]]
        out[at] = cast_to(item, common)
        return tuple(cast_to(a, INT) if i and i != at else a for i, a in enumerate(out))

    return Function((name,), coerce=coerce)


def _two_arrays(name: str) -> Function:
    """The base of functions of two arrays, which are brought to one element type."""

    def coerce(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...]:
        a, b = args
        arrays = all(isinstance(x.type, ArrayType) for x in args)
        common = tightest_common(parts(a), parts(b)) if arrays else None
        if common is None:
            raise Mismatch(
                "BINARY_ARRAY_DIFF_TYPES",
                functionName=quote(name),
                arrayType='"ARRAY"',
                leftType=f'"{sql_name(a.type)}"',
                rightType=f'"{sql_name(b.type)}"',
            )
        need_order(name, common)
        return cast_to(a, ArrayType(common, has_null(a))), cast_to(b, ArrayType(common, has_null(b)))

    return Function((name,), coerce=coerce)


# --- elements -------------------------------------------------------------------------------------------


def _element_nullable(from_one: bool) -> Nullable:
    """A constant index into `array(…)` is looked up; otherwise an element may be NULL if the array's type says so."""

    def nullable(args: tuple[Expression, ...]) -> bool:
        array, index = args[0], constant(args[1])
        if index is not None and isinstance(array, Call) and array.function.names[0] == "array":
            at = index - 1 if from_one and index > 0 else len(array.args) + index if from_one else index
            return array.args[at].nullable if 0 <= at < len(array.args) else True
        return True

    return nullable


def _out_of_bounds(call: Call, low: Lowering, condition: str, index: str, array: str) -> str:
    return low.error(
        call, condition, indexValue=f"CAST({index} AS VARCHAR)", arraySize=f"CAST(len({array}) AS VARCHAR)"
    )


def _get(strict: bool) -> Lower:
    """`a[i]`, counted from 0. `strict`: in ANSI mode an index that is not there is an error."""

    def lower(call: Call, low: Lowering) -> str:
        array, index = low.sql(call.args[0]), low.sql(call.args[1])
        fixed = constant(call.args[1])
        if not (strict and call.ansi):
            if fixed is not None:
                return f"list_extract({array}, {fixed + 1})" if fixed >= 0 else f"list_extract({array}, 0)"
            return let(index, lambda i: f"list_extract({array}, CASE WHEN {i} >= 0 THEN {i}::BIGINT + 1 END)")

        def checked(a: str) -> str:
            outside = (
                f"{index} >= len({a})" if fixed is not None and fixed >= 0 else f"{index} < 0 OR {index} >= len({a})"
            )
            error = _out_of_bounds(call, low, "INVALID_ARRAY_INDEX", index, a)
            return f"(CASE WHEN {outside} THEN {error} ELSE list_extract({a}, {index}::BIGINT + 1) END)"

        return let(array, checked)

    return lower


def _element_at(strict: bool) -> Lower:
    def lower(call: Call, low: Lowering) -> str:
        container, key = low.sql(call.args[0]), low.sql(call.args[1])
        if isinstance(call.args[0].type, MapType):
            return f"map_extract_value({container}, {key})"
        fixed = constant(call.args[1])

        told = call if call.ansi else replace(call, origin=None)  # where Spark tells no place

        def checked(a: str) -> str:
            cases = ""
            if not fixed:
                cases += f"WHEN {key} = 0 AND {a} IS NOT NULL THEN {low.error(told, 'INVALID_INDEX_OF_ZERO')} "
            if strict and call.ansi:
                error = _out_of_bounds(call, low, "INVALID_ARRAY_INDEX_IN_ELEMENT_AT", key, a)
                cases += f"WHEN abs({key}::BIGINT) > len({a}) THEN {error} "
            found = f"list_extract({a}, {key}::BIGINT)"
            return f"(CASE {cases}ELSE {found} END)" if cases else found

        return let(container, checked)

    return lower


def _element_at_operands(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    container, key = args
    match container.type:
        case ArrayType():
            if not isinstance(key.type, INTEGRAL[:3]):
                raise unexpected(args, 1, '"INT"')
            return container, cast_to(key, INT)
        case MapType(key_type, value, nulls):
            common = tightest_common(key_type, key.type)
            if common is None:
                raise Mismatch(
                    "MAP_FUNCTION_DIFF_TYPES",
                    functionName="`element_at`",
                    dataType='"MAP"',
                    leftType=f'"{sql_name(container.type)}"',
                    rightType=f'"{sql_name(key.type)}"',
                )
            return cast_to(container, MapType(common, value, nulls)), cast_to(key, common)
    raise unexpected(args, 0, '("ARRAY" or "MAP")')


def _element_at_type(args: tuple[Expression, ...]) -> DataType:
    t = args[0].type
    return t.value if isinstance(t, MapType) else parts(args[0])


# --- size -----------------------------------------------------------------------------------------------


def _size_operands(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    """In non-ANSI mode a second argument says that the size of NULL is -1, unless it is set to be NULL."""
    array = Literal(None, ArrayType(NULL)) if isinstance(args[0].type, NullType) else args[0]
    if not isinstance(array.type, (ArrayType, MapType)):
        raise unexpected(args, 0, '("ARRAY" or "MAP")')
    return (array,) if ansi or len(args) > 1 else (array, Literal(True, BOOLEAN))


def _sized(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    return _size_operands(args, True)


def length_of(e: Expression, low: Lowering) -> str:
    x = low.sql(e)
    return f"CAST({'cardinality' if isinstance(e.type, MapType) else 'len'}({x}) AS INTEGER)"


def _lower_size(call: Call, low: Lowering) -> str:
    size = length_of(call.args[0], low)
    return f"coalesce({size}, -1)" if len(call.args) > 1 else size


# --- searching and sets ---------------------------------------------------------------------------------


def _lower_contains(call: Call, low: Lowering) -> str:
    array, item = (low.sql(a) for a in call.args)
    if not has_null(call.args[0]):
        return f"list_contains({array}, {item})"
    return let(
        array,
        lambda a: (
            f"(CASE WHEN len({a}) = list_count({a}) THEN list_contains({a}, {item})"
            f" WHEN list_contains({a}, {item}) THEN true END)"
        ),
    )


def _lower_position(call: Call, low: Lowering) -> str:
    array, item = (low.sql(a) for a in call.args)
    found = let(
        array, lambda a: f"(CASE WHEN {a} IS NOT NULL THEN coalesce(list_position({a}, {item}), 0)::BIGINT END)"
    )
    return f"(CASE WHEN {item} IS NOT NULL THEN {found} END)" if call.args[1].nullable else found


_LONG = 1000  # elements


def distinct(array: str) -> str:
    """Each value once, at its first place; of long arrays by order: their time is not that of their length squared."""

    def found(a: str) -> str:
        new = "struct_extract_at(p, 1) IS DISTINCT FROM struct_extract_at(list_extract(s, j - 1), 1)"
        firsts = f"list_filter(s, lambda p, j: j = 1 OR {new})"
        turned = f"list_transform({firsts}, lambda p: row(struct_extract_at(p, 2), struct_extract_at(p, 1)))"
        values = f"list_transform(list_sort({turned}), lambda p: struct_extract_at(p, 2))"
        pairs = f"list_sort(list_transform({a}, lambda e, i: row(e, i)))"
        short = f"list_filter({a}, lambda e, i: list_position({a}, e) = i)"
        return f"(CASE WHEN len({a}) > {_LONG} THEN {bound('s', pairs, values)} ELSE {short} END)"

    return let(array, found)


def unsigned(array: str, type: DataType) -> str:
    """0.0 in the place of -0.0, which is the same, among elements."""
    return f"list_transform({array}, lambda e: e + 0)" if isinstance(type, (FloatType, DoubleType)) else array


def _of_comparable(name: str, args: tuple[Expression, ...]) -> DataType:
    need_order(name, parts(args[0]))
    return args[0].type


def _set(name: str, body: str, usage: str, contains_null: str) -> Function:
    """A set operation; `body` over the arrays {a} and {b} gives what is made distinct."""

    def lower(call: Call, low: Lowering) -> str:
        a, b = (unsigned(low.sql(x), parts(x)) for x in call.args)
        return let(b, lambda v: distinct(body.format(a=a, b=v)))

    def returns(args: tuple[Expression, ...]) -> DataType:
        nulls = (
            {"any": any, "all": all}[contains_null](map(has_null, args))
            if contains_null != "left"
            else has_null(args[0])
        )
        return ArrayType(parts(args[0]), nulls)

    return _array(
        (name,),
        sig(ARRAY, ARRAY),
        returns,
        lower,
        coerce=_two_arrays(name).coerce,
        usage=usage,
        example=f"SELECT {name}(array(1, 2, 3), array(1, 3, 5))",
    )


def _lower_overlap(call: Call, low: Lowering) -> str:
    """True if an element is common; else NULL if a NULL could be one; else false."""
    first, second = (low.sql(a) for a in call.args)

    def test(a: str, b: str) -> str:
        nulls = f"len({a}) > 0 AND len({b}) > 0 AND (len({a}) <> list_count({a}) OR len({b}) <> list_count({b}))"
        return f"(CASE WHEN list_has_any({a}, {b}) THEN true WHEN {nulls} THEN NULL ELSE list_has_any({a}, {b}) END)"

    if not any(map(has_null, call.args)):
        return f"list_has_any({first}, {second})"
    return let(first, lambda a: let(second, lambda b: test(a, b)))


# --- building from others -------------------------------------------------------------------------------


def _lower_insert_before(call: Call, low: Lowering) -> str:
    return _lower_insert(call, low, before=True)


def _lower_insert(call: Call, low: Lowering, *, before: bool = False) -> str:
    """Positions beyond either end fill the gap with NULLs; -1 is behind the last element, or `before` it."""
    array, position, item = (low.sql(a) for a in call.args)
    if before:
        position = f"(CASE WHEN {position} < 0 THEN {position} - 1 ELSE {position} END)"

    def put(a: str, p: str) -> str:
        nulls = f"CAST(NULL AS {low.type(call.type)})"
        gap = f"list_resize(CAST([] AS {low.type(call.type)}), greatest({{0}}, 0))"
        ahead = f"list_concat({a}[:{p} - 1], {gap.format(f'{p} - 1 - len({a})')}, [{item}], {a}[{p}:])"
        n = f"(len({a}) + {p} + 1)"  # how many elements stay in front of a negative position
        behind = f"list_concat({a}[:greatest({n}, 0)], [{item}], {gap.format(f'-{n}')}, {a}[greatest({n}, 0) + 1:])"
        return (
            f"(CASE WHEN {a} IS NULL OR {p} IS NULL THEN {nulls} WHEN {p} > 0 THEN {ahead}"
            f" WHEN {p} < 0 THEN {behind} ELSE {low.error(call, 'INVALID_INDEX_OF_ZERO')} END)"
        )

    return let(array, lambda a: let(position, lambda p: put(a, p)))


def _lower_slice(call: Call, low: Lowering) -> str:
    array, start, length = (low.sql(a) for a in call.args)
    s, n = constant(call.args[1]), constant(call.args[2])
    missing = " OR ".join(f"{x} IS NULL" for x, e in zip((array, start, length), call.args, strict=True) if e.nullable)
    cases = f"WHEN {missing} THEN NULL " if missing else ""
    name = low.literal("`slice`")
    if not s:
        error = low.error(call, "INVALID_PARAMETER_VALUE.START", parameter=low.literal("`start`"), functionName=name)
        cases += f"WHEN {start} = 0 THEN {error} "
    if n is None or n < 0:
        error = low.error(
            call,
            "INVALID_PARAMETER_VALUE.LENGTH",
            parameter=low.literal("`length`"),
            length=f"CAST({length} AS VARCHAR)",
            functionName=name,
        )
        cases += f"WHEN {length} < 0 THEN {error} "

    def cut(a: str) -> str:
        begin = (
            f"(CASE WHEN {start} < 0 THEN len({a}) + {start} + 1 ELSE {start}::BIGINT END)"
            if s is None or s < 0
            else str(s)
        )
        part = let(begin, lambda b: f"list_slice({a}, {b}, {b} + {length} - 1)")
        if s is None or s < 0:
            # Java's end of the slice may leave its 32 bits, and comes before the beginning then
            part = f"CASE WHEN {begin} < 1 OR {begin} + {length} > {2**31} THEN {a}[1:0] ELSE {part} END"
        return f"(CASE {cases}ELSE {part} END)" if cases else f"({part})"

    return let(array, cut)


def _lower_flatten(call: Call, low: Lowering) -> str:
    array = low.sql(call.args[0])
    if not has_null(call.args[0]):
        return f"flatten({array})"
    return let(array, lambda a: f"(CASE WHEN len({a}) = list_count({a}) THEN flatten({a}) END)")


def _lower_repeat(call: Call, low: Lowering) -> str:
    item, count = (low.sql(a) for a in call.args)
    kernel = low.type(call.type)
    return let(
        count,
        lambda n: (
            f"(CASE {too_many(n, call, low)} WHEN {n} IS NOT NULL THEN"
            f" list_resize(CAST([] AS {kernel}), {if_few(n, f'greatest({n}, 0)')}, {item}) END)"
        ),
    )


def _lower_join(call: Call, low: Lowering) -> str:
    array, separator, *replacement = (low.sql(a) for a in call.args)
    if replacement:
        array = f"list_transform({array}, lambda e: coalesce(e, {replacement[0]}))"
    checks = [a for a, e in zip((separator, *replacement), call.args[1:], strict=True) if e.nullable]
    joined = f"array_to_string({array}, {separator})"  # NULL of an array of nothing but NULLs
    if has_null(call.args[0]):
        joined = f"(CASE WHEN {array} IS NOT NULL THEN coalesce({joined}, '') END)"
    if not isinstance(call.args[1], Literal):  # which the kernel's own function wants
        parts = f"list_filter({array}, lambda e: e IS NOT NULL)"
        chain = f"list_reduce({parts}, lambda x, y: x || {separator} || y)"
        joined = f"(CASE len({parts}) WHEN 0 THEN '' ELSE {chain} END)"
    return f"(CASE WHEN {' AND '.join(f'{c} IS NOT NULL' for c in checks)} THEN {joined} END)" if checks else joined


def _zip_type(args: tuple[Expression, ...]) -> DataType:
    names = [a.name if isinstance(a, (Attribute, GetField)) else str(i) for i, a in enumerate(args)]
    fields = (StructField(n, parts(a), True) for n, a in zip(names, args, strict=True))
    return ArrayType(StructType(tuple(fields)), False)


def _lower_zip(call: Call, low: Lowering) -> str:
    if not call.args:
        return f"CAST([] AS {low.type(call.type)})"
    arrays = [low.sql(a) for a in call.args]
    zipped = f"CAST(list_zip({', '.join(arrays)}) AS {low.type(call.type)})"
    nullable = [x for x, a in zip(arrays, call.args, strict=True) if a.nullable]
    return f"(CASE WHEN {' AND '.join(f'{x} IS NOT NULL' for x in nullable)} THEN {zipped} END)" if nullable else zipped


def _lower_array(call: Call, low: Lowering) -> str:
    if not call.args:
        return f"CAST([] AS {low.type(call.type)})"
    return f"[{', '.join(map(low.sql, call.args))}]"


def _made_type(args: tuple[Expression, ...]) -> DataType:
    return ArrayType(merged_type(args), any(a.nullable for a in args)) if args else ArrayType(NULL, False)


def _array_operands(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    t = wider_all([a.type for a in args], ansi) if args else NULL
    return None if t is None else tuple(cast_to(a, t) for a in args)


def _sort(call: Call, low: Lowering) -> str:
    """Ascending with NULLs first, or descending with NULLs last."""
    array, ascending, type = low.sql(call.args[0]), constant(call.args[1]), parts(call.args[0])
    up, down = f"list_sort({array}, 'ASC', 'NULLS FIRST')", f"list_sort({array}, 'DESC', 'NULLS LAST')"
    if has_nulls(type):  # the kernel orders NULLs within elements last
        marked = f"list_transform({array}, (lambda _x: row(_x IS NOT NULL, {order_key('_x', type)}, _x)))"
        up, down = (
            f"list_transform(list_sort({marked}, '{way}'), (lambda _x: struct_extract_at(_x, 3)))"
            for way in ("ASC", "DESC")
        )
    if ascending is None:
        flag = low.sql(call.args[1])
        return f"(CASE WHEN {flag} THEN {up} WHEN NOT {flag} THEN {down} END)"
    return up if ascending else down


def _extended(args: tuple[Expression, ...]) -> DataType:
    return ArrayType(parts(args[0]), True)


def _extreme(name: str, kernel: str, usage: str) -> Function:
    def lower(call: Call, low: Lowering) -> str:
        """By keys where elements hold NULLs, which the kernel orders last."""
        array, type = low.sql(call.args[0]), parts(call.args[0])
        if not has_nulls(type):
            return first_extreme(array, type, kernel == "list_min")
        return extreme(array, type, kernel == "list_min")

    def returns(args: tuple[Expression, ...]) -> DataType:
        need_order(name, parts(args[0]))
        return parts(args[0])

    return _array(
        (name,),
        sig(ARRAY),
        returns,
        lower,
        nullable="always",
        usage=usage,
        example=f"SELECT {name}(array(1, 20, null, 3))",
    )


def _struct_field(call: Call, low: Lowering) -> str:
    """`a.f` of an array of structs: the field of each element."""
    element_type = parts(call.args[0])
    assert isinstance(element_type, StructType)
    names, wanted = [f.name for f in element_type.fields], str(constant(call.args[1]))
    if wanted not in names:
        names, wanted = [n.lower() for n in names], wanted.lower()
    at = names.index(wanted) + 1
    return f"list_transform({low.sql(call.args[0])}, lambda e: struct_extract_at(e, {at}))"


_SIZE = _array(
    ("size", "cardinality"),
    sig(SIZED),
    INT,
    _lower_size,
    nullable=lambda args: len(args) == 1 and args[0].nullable,
    coerce=_size_operands,
    shown=lambda args, call: f"{call.name}({args[0]})",
    usage="Returns the number of elements of an array or a map.",
    example="SELECT size(array('b', 'd', 'c', 'a'))",
)
_INSERT = _array(
    ("array_insert",),
    sig(ARRAY, INTEGER, ANY),
    _extended,
    _lower_insert,
    nullable=lambda args: args[0].nullable or args[1].nullable,
    coerce=_with_element("array_insert", exact=False, at=2).coerce,
    usage="Returns the array with the value at a position, from 1 or from the end if negative.",
    example="SELECT array_insert(array(1, 2, 3, 4), 5, 5)",
)
_BEFORE_LAST = ("spark.sql.legacy.negativeIndexInArrayInsert", "TRUE")
FUNCTIONS = (
    _array(
        ("array",),
        sig(ANY, optional=1, variadic=True),
        _made_type,
        _lower_array,
        nullable="never",
        coerce=_array_operands,
        usage="Returns an array of the values.",
        example="SELECT array(1, 2, 3)",
    ),
    _array(
        ("element_at",),
        sig(SIZED, ANY),
        _element_at_type,
        _element_at(strict=True),
        nullable=_element_nullable(from_one=True),
        coerce=_element_at_operands,
        usage="Returns an array's element, from 1 or from the end if negative, or a map's value.",
        example="SELECT element_at(array(1, 2, 3), 2)",
    ),
    _array(
        ("try_element_at",),
        sig(SIZED, ANY),
        _element_at_type,
        _element_at(strict=False),
        nullable=_element_nullable(from_one=True),
        coerce=_element_at_operands,
        usage="Like element_at, but NULL where there is no such element.",
        example="SELECT try_element_at(array(1, 2, 3), 2)",
    ),
    _array(
        ("get",),
        sig(Accept('"ARRAY"', lambda t: isinstance(t, ArrayType)), INTEGER),
        element(),
        _get(strict=False),
        nullable=_element_nullable(from_one=False),
        usage="Returns the element at an index from 0; NULL if there is none.",
        example="SELECT get(array(1, 2, 3), 0)",
    ),
    _array(
        ("get_array_item",),
        sig(ARRAY, INTEGER),
        element(),
        _get(strict=True),
        nullable=_element_nullable(from_one=False),
        shown="{0}[{1}]",
        extracts=True,
        usage="array[index]: the element at an index from 0.",
        example="SELECT array(1, 2, 3)[0]",
        internal=True,
    ),
    _array(
        ("get_array_struct_field",),
        sig(ARRAY, STR),
        None,
        _struct_field,
        shown="{0}.{1}",
        extracts=True,
        usage="array.field: the field of each struct.",
        example="SELECT array(named_struct('a', 1)).a",
        internal=True,
    ),
    where_set(_SIZE, ("spark.sql.legacy.sizeOfNull", "FALSE"), coerce=_sized),
    _array(
        ("array_size",),
        sig(ARRAY),
        INT,
        lambda call, low: length_of(call.args[0], low),
        usage="Returns the number of elements.",
        example="SELECT array_size(array('b', 'd', 'c', 'a'))",
    ),
    _array(
        ("array_contains",),
        sig(ARRAY, ANY),
        BOOLEAN,
        _lower_contains,
        nullable=lambda args: any(a.nullable for a in args) or has_null(args[0]),
        coerce=_with_element("array_contains", widest=True).coerce,
        usage="Returns whether the array contains the value.",
        example="SELECT array_contains(array(1, 2, 3), 2)",
    ),
    _array(
        ("array_position",),
        sig(ARRAY, ANY),
        LONG,
        _lower_position,
        coerce=_with_element("array_position").coerce,
        usage="Returns the position of the first such element, 0 if there is none.",
        example="SELECT array_position(array(312, 773, 708, 708), 708)",
    ),
    _array(
        ("array_remove",),
        sig(ARRAY, ANY),
        arg(0),
        "(CASE WHEN {1} IS NOT NULL THEN list_filter({0}, lambda e: e IS DISTINCT FROM {1}) END)",
        coerce=_with_element("array_remove").coerce,
        usage="Returns the array without the elements that equal the value.",
        example="SELECT array_remove(array(1, 2, 3, null, 3), 3)",
    ),
    _array(
        ("array_append",),
        sig(ARRAY, ANY),
        _extended,
        "(CASE WHEN {0} IS NOT NULL THEN list_append({0}, {1}) END)",
        nullable=lambda args: args[0].nullable,
        coerce=_with_element("array_append", exact=False).coerce,
        usage="Returns the array with the value behind its last element.",
        example="SELECT array_append(array('b', 'd', 'c', 'a'), 'd')",
    ),
    _array(
        ("array_prepend",),
        sig(ARRAY, ANY),
        _extended,
        "(CASE WHEN {0} IS NOT NULL THEN list_prepend({1}, {0}) END)",
        nullable=lambda args: args[0].nullable,
        coerce=_with_element("array_prepend", exact=False).coerce,
        usage="Returns the array with the value before its first element.",
        example="SELECT array_prepend(array('b', 'd', 'c', 'a'), 'd')",
    ),
    where_set(_INSERT, _BEFORE_LAST, lower=_lower_insert_before),
    _array(
        ("array_compact",),
        sig(ARRAY),
        lambda args: ArrayType(parts(args[0]), False),
        "list_filter({0}, lambda e: e IS NOT NULL)",
        usage="Returns the array without its NULLs.",
        example="SELECT array_compact(array(1, 2, 3, null))",
    ),
    _array(
        ("array_distinct",),
        sig(as_is(ARRAY)),
        partial(_of_comparable, "array_distinct"),
        lambda call, low: distinct(unsigned(low.sql(call.args[0]), parts(call.args[0]))),
        usage="Returns the array with each value once.",
        example="SELECT array_distinct(array(1, 2, 3, null, 3))",
    ),
    _set("array_union", "({a} || {b})", "Returns the values of either array, each once.", "any"),
    _set(
        "array_intersect",
        "(CASE WHEN {b} IS NOT NULL THEN list_filter({a}, lambda e: list_position({b}, e) IS NOT NULL) END)",
        "Returns the values that are in both arrays, each once.",
        "all",
    ),
    _set(
        "array_except",
        "(CASE WHEN {b} IS NOT NULL THEN list_filter({a}, lambda e: list_position({b}, e) IS NULL) END)",
        "Returns the values of the first array that are not in the second, each once.",
        "left",
    ),
    _array(
        ("arrays_overlap",),
        sig(ARRAY, ARRAY),
        BOOLEAN,
        _lower_overlap,
        nullable=lambda args: any(a.nullable or has_null(a) for a in args),
        coerce=_two_arrays("arrays_overlap").coerce,
        usage="Returns whether the arrays have an element in common.",
        example="SELECT arrays_overlap(array(1, 2, 3), array(3, 4, 5))",
    ),
    _array(
        ("array_repeat",),
        sig(ANY, INTEGER),
        array_of(),
        _lower_repeat,
        nullable=lambda args: args[1].nullable,
        casts=False,
        usage="Returns an array of the value n times.",
        example="SELECT array_repeat('123', 2)",
    ),
    _array(
        ("array_join",),
        sig(
            Accept(
                '"ARRAY<STRING>"',
                lambda t: isinstance(t, ArrayType) and isinstance(t.element, STRINGS),
                (ArrayType(STRING),),
            ),
            as_is(STR),
            as_is(STR),
            optional=1,
        ),
        STRING,
        _lower_join,
        usage="Joins the elements with a separator, leaving out NULLs or replacing them.",
        example="SELECT array_join(array('hello', 'world'), ' ')",
    ),
    _extreme("array_min", "list_min", "Returns the smallest element that is not NULL."),
    _extreme("array_max", "list_max", "Returns the greatest element that is not NULL."),
    _array(
        ("sort_array",),
        sig(as_is(ORDERED_ARRAY), foldable(as_is(BOOL), "turn"), optional=1, defaults=(True,)),
        arg(0),
        _sort,
        usage="Sorts ascending with NULLs first, or descending with NULLs last.",
        example="SELECT sort_array(array('b', 'd', null, 'c', 'a'), true)",
    ),
    _array(
        ("slice",),
        sig(ARRAY, INTEGER, INTEGER),
        arg(0),
        _lower_slice,
        usage="Returns the elements from a position on, as many as given.",
        example="SELECT slice(array(1, 2, 3, 4), 2, 2)",
    ),
    _array(
        ("flatten",),
        sig(NESTED),
        lambda args: ArrayType(parts(args[0]).element, has_null(args[0]) or parts(args[0]).contains_null),  # type: ignore[attr-defined]
        _lower_flatten,
        nullable=lambda args: args[0].nullable or has_null(args[0]),
        usage="Returns the elements of an array's arrays as one array.",
        example="SELECT flatten(array(array(1, 2), array(3, 4)))",
    ),
    _array(
        ("arrays_zip",),
        sig(ARRAY, optional=1, variadic=True),
        _zip_type,
        _lower_zip,
        usage="Returns an array of structs of the arrays' elements at the same place.",
        example="SELECT arrays_zip(array(1, 2, 3), array(2, 3, 4))",
    ),
)
