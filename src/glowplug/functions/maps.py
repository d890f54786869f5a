"""Maps. A key occurs once and is never NULL: what would make a map otherwise is an error.

Semantics: Spark's SQL reference, "Map Functions"; `spark.sql.mapKeyDedupPolicy` LAST_WIN keeps the last value of a key.
"""

from __future__ import annotations

from functools import partial

from glowplug.functions.arrays import has_null, parts, unsigned
from glowplug.functions.coercion import cast_to, merged_type, unpromoted, wider_all
from glowplug.functions.collation_keys import key
from glowplug.functions.lowering import let
from glowplug.functions.structs import odd_count
from glowplug.functions.vocabulary import ANY, ARRAY, MAP, Mismatch, sig
from glowplug.plan.build import called
from glowplug.plan.expressions import Call, Expression
from glowplug.plan.function import Accept, Function, Lowering
from glowplug.type_trees import contains_type
from glowplug.types import (
    NULL,
    STRING,
    VARIANT,
    ArrayType,
    DataType,
    MapType,
    NullType,
    StructField,
    StructType,
    quote,
    sql_name,
)

_map = partial(Function, group="map_funcs")
ENTRIES = Accept(
    '"ARRAY" of pair "STRUCT"',
    lambda t: isinstance(t, ArrayType) and isinstance(t.element, StructType) and len(t.element.fields) == 2,
)


def checked_map(keys: str, values: str, call: Call, low: Lowering) -> str:
    """A map of two lists; a NULL key is an error, a key given twice too unless the last is to win."""
    made = call.type
    kernel, of = low.type(made), made.key if isinstance(made, MapType) else NULL
    last_wins = low.setting("spark.sql.mapKeyDedupPolicy").upper() == "LAST_WIN"

    def make(k: str, v: str) -> str:
        null = low.error(call, "NULL_MAP_KEY")
        compared, e = key(k, ArrayType(of), low), key("e", of, low)
        if last_wins:
            kept = f"list_position({compared}, {e}) = i"  # a key's place is its first, its value its last
            last = f"list_extract({v}, len({k}) + 1 - list_position(list_reverse({compared}), {e}))"
            keys_, values_ = f"list_filter({k}, lambda e, i: {kept})", f"list_transform({{}}, lambda e: {last})"
            return (
                f"CAST(CASE WHEN len({k}) <> list_count({k}) THEN {null}"
                f" ELSE map({keys_}, {values_.format(keys_)}) END AS {kernel})"
            )
        twice = f"list_filter({k}, lambda e, i: list_position({compared}, {e}) < i)"
        duplicate = low.error(
            call,
            "DUPLICATED_MAP_KEY",
            key=f"CAST(list_extract({twice}, 1) AS VARCHAR)",
            mapKeyDedupPolicy=low.literal('"spark.sql.mapKeyDedupPolicy"'),
        )
        return (
            f"CAST(CASE WHEN len({k}) <> list_count({k}) THEN {null}"
            f" WHEN len(list_distinct({compared})) < len({k}) THEN {duplicate} ELSE map({k}, {v}) END AS {kernel})"
        )

    return let(keys, lambda k: let(values, lambda v: make(k, v)) if last_wins else make(k, values))


def _made_operands(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    keys, values = args[0::2], args[1::2]
    if len(keys) != len(values):
        raise odd_count("map", args)
    if not args:
        return args
    k, v = wider_all([a.type for a in keys], ansi), wider_all([a.type for a in values], ansi)
    for t, side, name in ((k, keys, "CREATE_MAP_KEY_DIFF_TYPES"), (v, values, "CREATE_MAP_VALUE_DIFF_TYPES")):
        if t is None:
            types = "[" + ", ".join(f'"{sql_name(a.type)}"' for a in side) + "]"
            raise Mismatch(name, functionName="`map`", dataType=types)
    assert k is not None
    if contains_type(k, MapType) or k == VARIANT:
        raise Mismatch("INVALID_MAP_KEY_TYPE", keyType=f'"{sql_name(k)}"')
    return tuple(cast_to(a, v if i % 2 else k) for i, a in enumerate(args))  # type: ignore[arg-type]


def _made_type(args: tuple[Expression, ...]) -> DataType:
    if not args:
        return MapType(NULL, NULL, False)
    return MapType(args[0].type, args[1].type, any(a.nullable for a in args[1::2]))


def _lower_map(call: Call, low: Lowering) -> str:
    keys, values = ("[" + ", ".join(map(low.sql, call.args[i::2])) + "]" for i in (0, 1))
    if not call.args:
        return f"CAST(map([], []) AS {low.type(call.type)})"
    keys = unsigned(keys, call.args[0].type)
    if len(call.args) == 2 and not call.args[0].nullable:
        return f"CAST(map({keys}, {values}) AS {low.type(call.type)})"
    return checked_map(keys, values, call, low)


def key_and_value(e: Expression) -> MapType:
    assert isinstance(e.type, MapType)
    return e.type


def _lower_from_arrays(call: Call, low: Lowering) -> str:
    keys, values = (low.sql(a) for a in call.args)

    def make(k: str, v: str) -> str:
        unequal = low.error(call, "_LEGACY_ERROR_TEMP_2128")
        made = checked_map(k, v, call, low)
        return (
            f"(CASE WHEN {k} IS NULL OR {v} IS NULL THEN NULL WHEN len({k}) <> len({v}) THEN {unequal} ELSE {made} END)"
        )

    return let(keys, lambda k: let(values, lambda v: make(k, v)))


def of_entries(entries: str, call: Call, low: Lowering, as_given: bool = False) -> str:
    """A map of a list of pairs. `as_given`: a key of -0.0 stays one, as in a map of two arrays."""
    of = key_and_value(call).key

    def made(x: str) -> str:
        keys, values = (f"list_transform({x}, lambda e: struct_extract_at(e, {i}))" for i in (1, 2))
        return checked_map(keys if as_given else unsigned(keys, of), values, call, low)

    return let(entries, made)


def _lower_from_entries(call: Call, low: Lowering) -> str:
    entries = low.sql(call.args[0])
    if not has_null(call.args[0]):
        return f"(CASE WHEN {entries} IS NOT NULL THEN {of_entries(entries, call, low)} END)"
    return let(entries, lambda x: f"(CASE WHEN len({x}) = list_count({x}) THEN {of_entries(x, call, low)} END)")


def _entries_type(args: tuple[Expression, ...]) -> DataType:
    t = parts(args[0])
    assert isinstance(t, StructType)
    key, value = t.fields
    return MapType(key.type, value.type, value.nullable)


def _concat_operands(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    for a in args:
        if not isinstance(a.type, MapType):
            types = ", ".join(f'"{sql_name(x.type)}"' for x in args)
            raise Mismatch("MAP_CONCAT_DIFF_TYPES", functionName="`map_concat`", dataType=f"[{types}]")
    if not args:
        return args
    t = wider_all([a.type for a in args], ansi)
    return None if t is None else tuple(cast_to(a, t) for a in args)


def _lower_concat(call: Call, low: Lowering) -> str:
    if not call.args:
        return f"CAST(map([], []) AS {low.type(call.type)})"
    maps = [low.sql(a) for a in call.args]
    made = of_entries(" || ".join(f"map_entries({m})" for m in maps), call, low)
    nullable = [m for m, a in zip(maps, call.args, strict=True) if a.nullable]
    return f"(CASE WHEN {' AND '.join(f'{m} IS NOT NULL' for m in nullable)} THEN {made} END)" if nullable else made


def _contains_key_operands(args: tuple[Expression, ...]) -> tuple[Expression, ...]:
    """The types are brought together as for array_contains over the map's keys."""
    container, key = args
    if isinstance(key.type, NullType) and isinstance(container.type, MapType):
        raise Mismatch("NULL_TYPE", functionName="`map_contains_key`")
    common = unpromoted(container.type.key, key.type) if isinstance(container.type, MapType) else None
    if common is None:
        raise Mismatch(
            "MAP_FUNCTION_DIFF_TYPES",
            functionName=quote("map_contains_key"),
            dataType='"MAP"',
            leftType=f'"{sql_name(container.type)}"',
            rightType=f'"{sql_name(key.type)}"',
        )
    t = key_and_value(container)
    return cast_to(container, MapType(common, t.value, t.value_contains_null)), cast_to(key, common)


def _entry_list(args: tuple[Expression, ...]) -> DataType:
    t = key_and_value(args[0])
    pair = StructType((StructField("key", t.key, False), StructField("value", t.value, t.value_contains_null)))
    return ArrayType(pair, False)


FUNCTIONS = (
    _map(
        ("map",),
        sig(ANY, ANY, optional=2, variadic=True),
        _made_type,
        _lower_map,
        nullable="never",
        coerce=_made_operands,
        usage="Returns a map of keys and values in turn.",
        example="SELECT map(1.0, '2', 3.0, '4')",
    ),
    _map(
        ("get_map_value",),
        sig(MAP, ANY),
        lambda args: key_and_value(args[0]).value,
        "map_extract_value({0}, {1})",
        nullable="always",
        shown="{0}[{1}]",
        extracts=True,
        usage="map[key]: the key's value, NULL if there is none.",
        example="SELECT map('a', 1)['a']",
        internal=True,
    ),
    _map(
        ("map_keys",),
        sig(MAP),
        lambda args: ArrayType(key_and_value(args[0]).key, True),
        "map_keys({0})",
        casts=False,
        usage="Returns the keys.",
        example="SELECT map_keys(map(1, 'a', 2, 'b'))",
    ),
    _map(
        ("map_values",),
        sig(MAP),
        lambda args: ArrayType(key_and_value(args[0]).value, True),
        "map_values({0})",
        casts=False,
        usage="Returns the values.",
        example="SELECT map_values(map(1, 'a', 2, 'b'))",
    ),
    _map(
        ("map_entries",),
        sig(MAP),
        _entry_list,
        lambda call, low: f"CAST(map_entries({low.sql(call.args[0])}) AS {low.type(call.type)})",
        usage="Returns the pairs of keys and values.",
        example="SELECT map_entries(map(1, 'a', 2, 'b'))",
    ),
    _map(
        ("map_contains_key",),
        sig(MAP, ANY),
        rewrite=lambda args: _contains_key(args),
        usage="Returns whether the map has the key.",
        example="SELECT map_contains_key(map(1, 'a', 2, 'b'), 1)",
    ),
    _map(
        ("map_from_arrays",),
        sig(ARRAY, ARRAY),
        lambda args: MapType(parts(args[0]), parts(args[1]), has_null(args[1])),
        _lower_from_arrays,
        casts=False,
        usage="Returns a map of an array of keys and an array of values.",
        example="SELECT map_from_arrays(array(1.0, 3.0), array('2', '4'))",
    ),
    _map(
        ("map_from_entries",),
        sig(ENTRIES),
        _entries_type,
        _lower_from_entries,
        nullable=lambda args: args[0].nullable or has_null(args[0]),
        usage="Returns a map of an array of pairs.",
        example="SELECT map_from_entries(array(struct(1, 'a'), struct(2, 'b')))",
    ),
    _map(
        ("map_concat",),
        sig(ANY, optional=1, variadic=True),
        lambda args: merged_type(args) if args else MapType(STRING, STRING, False),
        _lower_concat,
        coerce=_concat_operands,
        usage="Returns the union of the maps.",
        example="SELECT map_concat(map(1, 'a', 2, 'b'), map(3, 'c'))",
    ),
)


def _contains_key(args: tuple[Expression, ...]) -> Expression:
    container, key = _contains_key_operands(args)
    return called("array_contains", called("map_keys", container), key)
