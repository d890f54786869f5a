"""Functions that only analysis calls, to say what relations such as UNPIVOT or `show` mean. Users cannot name them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import batched

from glowplug.functions.vocabulary import ANY, sig
from glowplug.plan.expressions import Call, Cast, Expression, GetField, LambdaVariable, Literal, new_id
from glowplug.plan.function import Function, Lowering
from glowplug.types import (
    DOUBLE,
    STRING,
    ArrayType,
    BinaryType,
    DataType,
    DoubleType,
    FloatType,
    MapType,
    NullType,
    StructField,
    StructType,
    UserDefinedType,
)

BINARY_STYLE = "spark.sql.binaryOutputStyle"


def call(function: Function, *args: Expression, type: DataType | None = None) -> Call:
    """A resolved call of one of these functions."""
    returns = type or (function.returns(args) if callable(function.returns) else function.returns)
    assert returns is not None
    return Call(function, function.names[0], args, returns, function.nullable == "always")


# --- rows from columns: a generator -----------------------------------------------------------------


def rows(table: list[tuple[Expression, ...]]) -> Call:
    """A generator of the given rows; expressions at one place have one type."""
    fields = tuple(StructField(f"c{i}", e.type) for i, e in enumerate(table[0]))
    cells = tuple(e for row in table for e in row)
    return call(ROWS, *cells, type=StructType(fields))


def _lower_rows(c: Call, low: Lowering) -> str:
    assert isinstance(c.type, StructType)
    width = len(c.type.fields)
    cells = [low.sql(a) for a in c.args]
    if width == 1:
        return f"[{', '.join(cells)}]"
    structs = (", ".join(f"f{i} := {x}" for i, x in enumerate(row)) for row in batched(cells, width))
    return f"[{', '.join(f'struct_pack({s})' for s in structs)}]"


ROWS = Function(("rows",), sig(ANY, variadic=True), lower=_lower_rows, kind="generator", nullable="never")

# The rows that a column of lists holds.
UNNEST = Function(("unnest",), sig(ANY), lower="{0}", kind="generator", nullable="never")


# --- aggregates -----------------------------------------------------------------------------------------


def _lower_nearest(kernel: str) -> Callable[[Call, Lowering], str]:
    def lower(c: Call, low: Lowering) -> str:
        ranking, count, *columns = map(low.sql, c.args)
        value = ", ".join(f"f{i} := {x}" for i, x in enumerate(columns))
        value = columns[0] if len(columns) == 1 else f"struct_pack({value})"
        return low.aggregate(kernel, c, (value, ranking, count))

    return lower


def nearest(ranking: Expression, count: int, columns: tuple[Expression, ...], *, largest: bool) -> Call:
    """The aggregate that lists the `count` rows of smallest (or largest) ranking; rows ranked NULL do not count."""
    fields = tuple(StructField(f"f{i}", e.type) for i, e in enumerate(columns))
    row = columns[0].type if len(columns) == 1 else StructType(fields)
    # A struct of one column is kept as that column, so that its NULLs must not be taken for no row.
    return call(_LARGEST if largest else _SMALLEST, ranking, Literal(count), *columns, type=ArrayType(row))


_SMALLEST = Function(("smallest",), lower=_lower_nearest("arg_min_nulls_last"), kind="aggregate", nullable="always")
_LARGEST = Function(("largest",), lower=_lower_nearest("arg_max_nulls_last"), kind="aggregate", nullable="always")
