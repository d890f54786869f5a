"""Functions that only analysis calls, to say what relations such as UNPIVOT or `show` mean. Users cannot name them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from glowplug.config import TIME_ZONE
from glowplug.functions.codes import BINARY_STYLE, binary_text
from glowplug.functions.collation_keys import key
from glowplug.functions.lowering import python
from glowplug.plan.expressions import Call, Cast, Expression, GetField, LambdaVariable, Literal, new_id
from glowplug.plan.function import Function, Lower, Lowering
from glowplug.types import (
    BOOLEAN,
    DOUBLE,
    INT,
    LONG,
    STRING,
    ArrayType,
    BinaryType,
    DataType,
    MapType,
    NullType,
    StructField,
    StructType,
    UserDefinedType,
    VariantType,
)

# --- generators -------------------------------------------------------------------------------------------


def rows(table: Sequence[Sequence[Expression]]) -> Call:
    """A generator of the given rows; the expressions of one column have one type."""
    cells = tuple(e for row in table for e in row)
    return Call(_ROWS, "rows", cells, _struct(table[0]), False)


def same(a: Expression, b: Expression) -> Call:
    """Whether two values are of one group; for types too that `<=>` does not take."""
    return Call(_SAME, "same", (a, b), BOOLEAN, False)


def is_rows(e: Expression) -> bool:
    """Whether this generator is one that `rows` made."""
    return isinstance(e, Call) and e.function is _ROWS


def _struct(columns: Sequence[Expression]) -> StructType:
    return StructType(tuple(StructField(f"f{i}", e.type) for i, e in enumerate(columns)))


def _lower_rows(call: Call, low: Lowering) -> str:
    assert isinstance(call.type, StructType)
    width = len(call.type.fields)
    cells = [low.sql(a) for a in call.args]
    if width == 1:
        return f"[{', '.join(cells)}]"
    packed = (_packed(cells[i : i + width]) for i in range(0, len(cells), width))
    return f"[{', '.join(packed)}]"


def _packed(cells: Sequence[str]) -> str:
    return "struct_pack(" + ", ".join(f"f{i} := {x}" for i, x in enumerate(cells)) + ")"


def unnest(lists: Expression, columns: Sequence[Expression]) -> Call:
    """A generator of the structs in a column of lists; their fields have the types of `columns`."""
    return Call(_UNNEST, "unnest", (lists,), _struct(columns), False)


def _lower_same(call: Call, low: Lowering) -> str:
    a, b = (key(low.sql(x), x.type, low) for x in call.args)
    return f"({a} IS NOT DISTINCT FROM {b})"


_SAME = Function(("same",), lower=_lower_same)
_ROWS = Function(("rows",), lower=_lower_rows, kind="generator")
_UNNEST = Function(("unnest",), lower="{0}", kind="generator")


# --- aggregates -------------------------------------------------------------------------------------------


def ranked(ranking: Expression, count: int, columns: Sequence[Expression], *, largest: bool) -> Call:
    """The aggregate that lists the `count` rows of smallest (or largest) ranking as structs of true and `columns`.

    Rows that rank NULL do not count. Memory is bounded by `count`.
    """
    args = (ranking, Literal(count, INT), Literal(True, BOOLEAN), *columns)
    function = _LARGEST if largest else _SMALLEST
    return Call(function, function.names[0], args, ArrayType(_struct(args[2:]), False), True)


def _lower_ranked(kernel: str) -> Lower:
    def lower(call: Call, low: Lowering) -> str:
        ranking, count, *columns = map(low.sql, call.args)
        return low.aggregate(kernel, call, (_packed(columns), ranking, count))

    return lower


_SMALLEST = Function(("smallest",), lower=_lower_ranked("arg_min"), kind="aggregate")
_LARGEST = Function(("largest",), lower=_lower_ranked("arg_max"), kind="aggregate")


def spread(index: Expression, columns: Sequence[Expression], count: int) -> Call:
    """The aggregate that lists `count` structs of `columns`, each at its row's index; NULL where no row has the index.

    What is computed of all places takes one call, however many there are: the kernel needs a time that grows with the
    square of the number of aggregates to plan them.
    """
    return Call(_SPREAD, "spread", (index, *columns, Literal(count, INT)), ArrayType(_struct(columns)), True)


def _lower_spread(call: Call, low: Lowering) -> str:
    index, *columns = call.args[:-1]
    rows, count = ArrayType(_struct((index, *columns))), call.args[-1].value  # type: ignore[attr-defined]
    packed = _packed([low.sql(e) for e in (index, *columns)])
    listed = low.aggregate("list", call, (packed,), condition=f"{low.sql(index)} IS NOT NULL")
    return python(low, f"spread_{count}", _spreading(count), [(listed, rows)], call.type)


def _spreading(count: int) -> Callable[[Any], Any]:
    def body(lists: Any) -> Any:
        lists = lists.combine_chunks() if isinstance(lists, pa.ChunkedArray) else lists
        rows = lists.flatten()
        index, *columns = rows.flatten()
        lengths = np.where(lists.is_valid(), np.diff(lists.offsets), 0)
        groups = np.repeat(np.arange(len(lists)), lengths)
        places = np.full(len(lists) * count, -1)
        places[groups * count + index.to_numpy()] = np.arange(len(rows))
        fields = [pa.field(f"f{i}", c.type) for i, c in enumerate(columns)]
        values = pa.StructArray.from_arrays(columns, fields=fields)
        offsets = np.arange(0, len(places) + 1, count, dtype=np.int32)
        return pa.ListArray.from_arrays(offsets, values.take(pa.array(places, mask=places < 0)))

    return body


_SPREAD = Function(("spread",), lower=_lower_spread, kind="aggregate")


def element(lists: Expression, index: int) -> Call:
    """The element of a list at an index from 0."""
    assert isinstance(lists.type, ArrayType)
    return Call(_ELEMENT, "element", (lists, Literal(index + 1, INT)), lists.type.element, True)


_ELEMENT = Function(("element",), lower="{0}[{1}]")


def frequent(x: Expression, most: int) -> Call:
    """The aggregate that lists at most `most` values, among them all that are more than 1/`most` of the values.

    NULL is a value. Metwally, Agrawal, El Abbadi: Efficient computation of frequent and top-k elements in data streams.
    """
    return Call(_FREQUENT, "freqItems", (x, Literal(most, INT)), ArrayType(x.type, x.nullable), False)


def _lower_frequent(call: Call, low: Lowering) -> str:
    x, most = map(low.sql, call.args)
    # The kernel skips NULLs, but no struct that holds one.
    top = low.aggregate("approx_top_k", call, (f"struct_pack(v := {x})", most))
    return f"coalesce(list_transform({top}, (lambda s: s.v)), [])"


_FREQUENT = Function(("freqItems",), lower=_lower_frequent, kind="aggregate")


def quantiles(x: Expression, probabilities: Sequence[float]) -> Call:
    """The aggregate that lists the values of a double at some ranks, without NULLs and NaNs: of n, the ⌈p·n⌉th."""
    at = Literal(tuple(probabilities), ArrayType(DOUBLE, False))
    return Call(_QUANTILES, "approxQuantile", (x, at), ArrayType(DOUBLE), False)


def _lower_quantiles(call: Call, low: Lowering) -> str:
    x, at = map(low.sql, call.args)
    if not call.args[1].value:  # type: ignore[attr-defined]
        return "CAST([] AS DOUBLE[])"
    if low.spills():
        from glowplug.functions.percentiles import sorted_percentiles

        found = sorted_percentiles(f"(CASE WHEN NOT isnan({x}) THEN {x} END)", call.args[1], False, call, low)
        return f"coalesce({found}, [])"
    return f"coalesce({low.aggregate('quantile_disc', call, (x, at), condition=f'NOT isnan({x})')}, [])"


_QUANTILES = Function(("approxQuantile",), lower=_lower_quantiles, kind="aggregate")


# --- how show() prints a value -----------------------------------------------------------------------------


def shown(x: Expression) -> Call:
    """A value as `show` prints it: as cast to a string, but NULL in capitals and binary values as digits."""
    return Call(_SHOWN, "toprettystring", (x,), STRING, False)


def _lower_shown(call: Call, low: Lowering) -> str:
    return _shown(call.args[0], call.args[0].type, low)


def _shown(x: Expression, type: DataType, low: Lowering) -> str:
    match type:
        case UserDefinedType(sql_type):
            return _shown(x, sql_type, low)
        case NullType():
            return "'NULL'"
        case BinaryType() if (style := low.setting(BINARY_STYLE)) != "UTF-8":
            text = binary_text(low.sql(x), style)
        case VariantType():  # a cast would show a text in it without quotes
            from glowplug.functions.json_writer import variant_json

            text = variant_json(low.sql(x), low.setting(TIME_ZONE), low)
        case ArrayType(element):
            text = _joined(low.sql(x), element, low)
        case MapType(key, value):
            item = _variable(StructType((StructField("key", key), StructField("value", value))))
            pair = " || ' -> ' || ".join(_shown(_field(item, i), t, low) for i, t in enumerate((key, value)))
            entries = f"list_transform(map_entries({low.sql(x)}), (lambda v{item.id}: {pair}))"
            text = f"'{{' || array_to_string({entries}, ', ') || '}}'"
        case StructType(fields):
            inner = [_shown(_field(x, i, type), f.type, low) for i, f in enumerate(fields)] or ["''"]
            joined = " || ', ' || ".join(inner)
            text = f"(CASE WHEN {low.sql(x)} IS NOT NULL THEN '{{' || {joined} || '}}' END)"
        case _:
            text = low.sql(Cast(x, STRING, "ansi"))
    return f"coalesce({text}, 'NULL')"


def _joined(sql: str, element: DataType, low: Lowering) -> str:
    v = _variable(element)
    return f"'[' || array_to_string(list_transform({sql}, (lambda v{v.id}: {_shown(v, element, low)})), ', ') || ']'"


def _variable(type: DataType) -> LambdaVariable:
    return LambdaVariable("x", type, True, new_id())


def _field(x: Expression, i: int, type: StructType | None = None) -> GetField:
    struct = type or x.type
    assert isinstance(struct, StructType)
    return GetField(x, i, struct.fields[i].name, struct.fields[i].type, True)


_SHOWN = Function(("toprettystring",), lower=_lower_shown)


# --- where a row stands --------------------------------------------------------------------------------------


def position(*of: Expression) -> Call:
    """The row's number among all as they come, from 0; of a number, a first number and a step, which number it is."""
    return Call(_STEPS if of else _POSITION, "position", of, LONG, False)


def partition(kind: str, count: int, *of: Expression) -> Call:
    """The number of a row's partition, of `count`: "slice" by a position and the number of rows, "turns" by a position
    in turns, "hash" by a hash, "range" by an order, "direct" by a number given, "merged" by one of so many partitions.
    """
    return Call(_PARTITIONS[kind], kind, (*of, Literal(count, INT)), INT, False)


def place(partition: Expression, position: Expression) -> Call:
    """The partition's number in the upper 31 bits and, below, the row's in it: monotonically_increasing_id()."""
    return Call(_PLACE, PLACE, (partition, position), LONG, False)


def _lower_range_partition(call: Call, low: Lowering) -> str:
    *order, count = map(low.sql, call.args)
    rank = f"rank() OVER (ORDER BY {', '.join(order)})"
    return f"CAST(({rank} - 1) * {count} // count(*) OVER () AS INTEGER)"


def is_place(e: Expression) -> bool:
    """Whether this is what `place` makes."""
    return isinstance(e, Call) and e.function is _PLACE


PLACE = "place"
# Not deterministic, so that they are columns when window functions refer to them.
_placing = partial(Function, deterministic=False)
# Spark cuts a sequence of n rows into p slices at i·n/p, rounded down; so row r is in slice ⌈(r + 1)·p/n⌉ - 1.
_SLICE = "CAST((({0}::HUGEINT + 1) * {2} + {1} - 1) // {1} - 1 AS INTEGER)"
_PARTITIONS = {
    "slice": _placing(("slice",), lower=_SLICE),
    "merged": _placing(("merged",), lower=_SLICE),
    "turns": _placing(("turns",), lower="CAST({0} % {1} AS INTEGER)"),
    "hash": _placing(("hash",), lower="(({0} % {1}) + {1}) % {1}"),
    "direct": _placing(("direct",), lower="CAST(coalesce((({0} % {1}) + {1}) % {1}, 0) AS INTEGER)"),
    "range": _placing(("range",), lower=_lower_range_partition),
}
_POSITION = _placing(("position",), lower=lambda call, low: low.row_number)
_STEPS = _placing(("position",), lower="(({0} - {1}) // {2})")
_PLACE = _placing(
    (PLACE,), lower="((CAST({0} AS BIGINT) << 33) + row_number() OVER (PARTITION BY {0} ORDER BY {1}) - 1)"
)
