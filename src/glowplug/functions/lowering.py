"""What lowerings share: a value bound once, calls of Python bodies for what the kernel lacks, constants."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from typing import Any
from zlib import crc32

import pyarrow as pa

from glowplug.arrow import arrow_type
from glowplug.plan.expressions import Call, Cast, Expression, Literal, Replaced
from glowplug.plan.function import Lowering
from glowplug.types import (
    INT,
    LONG,
    ArrayType,
    DataType,
    DayTimeIntervalType,
    DecimalType,
    MapType,
    NullType,
    StructField,
    StructType,
    YearMonthIntervalType,
)

_CHEAP = re.compile(
    r"\w+|[A-Z]+ '[^']*'|CAST\('?-?[\w.]+'? AS \w+(\(\d+,\d+\))?\)"
)  # what may as well be written twice
LONG_TEXT = 200  # characters of SQL from which on a value is computed by name rather than written again


def let(value: str, body: Callable[[str], str]) -> str:
    """`body(value)`; a long value, which nested calls would multiply, is bound to a name first."""
    if len(value) <= LONG_TEXT:
        return body(value)
    name = f"x{crc32(value.encode()):08x}"
    return bound(name, value, body(name))


def bind(value: str, body: Callable[[str], str]) -> str:
    """`body` of a value that is computed once, however often `body` writes it."""
    if _CHEAP.fullmatch(value):
        return body(value)
    name = f"x{crc32(value.encode()):08x}"
    return bound(name, value, body(name))


def bound(name: str, value: str, body: str) -> str:
    """`body`, in which `name` stands for `value`."""
    return f"list_extract(list_transform([{value}], (lambda {name}: {body})), 1)"


def otherwise(quick: str, value: str, slow: str) -> str:
    """`quick`; where that is NULL for a `value` that is not, `slow`."""
    # not coalesce, whose second branch would be called for NULLs
    return bind(quick, lambda q: f"(CASE WHEN {q} IS NOT NULL THEN {q} WHEN {value} IS NOT NULL THEN {slow} END)")


def bind_all(values: list[str], body: Callable[..., str]) -> str:
    """`body` of several values, each computed once."""

    def rest(i: int, done: tuple[str, ...]) -> str:
        return body(*done) if i == len(values) else bind(values[i], lambda v: rest(i + 1, (*done, v)))

    return rest(0, ())


MOST_ELEMENTS = 2**31 - 16


def too_many(count: str, call: Call, low: Lowering) -> str:
    """A branch of CASE that fails where an array would have more elements than Java's arrays can."""
    failure = low.error(
        call,
        "COLLECTION_SIZE_LIMIT_EXCEEDED.PARAMETER",
        numberOfElements=f"CAST({count} AS VARCHAR)",
        functionName=low.literal(f"`{call.function.names[0]}`"),
        maxRoundedArrayLength=low.literal(str(MOST_ELEMENTS)),
        parameter=low.literal("`count`"),
    )
    return f"WHEN {count} > {MOST_ELEMENTS} THEN {failure}"


def if_few(count: str, x: str) -> str:
    """`x`, or NULL where `too_many` fails: the kernel computes what is made of constants whatever CASE says."""
    return f"CASE WHEN {count} <= {MOST_ELEMENTS} THEN {x} END"


def constant(e: Expression) -> Any:
    """The value of a literal, also behind an implicit cast that keeps it; None when it is not known here."""
    if isinstance(e, Replaced):
        return constant(e.child)
    if isinstance(e, Call) and e.function.names[0] == "collate":
        return constant(e.args[0])
    if isinstance(e, Cast) and isinstance(e.child, Literal) and type(e.child.value) in (int, str) and e.implicit:
        same_kind = arrow_type(e.type, "UTC") == pa.string() if isinstance(e.child.value, str) else _integral(e.type)
        return e.child.value if same_kind else None
    return e.value if isinstance(e, Literal) else None


def known(e: Expression) -> Any:
    """The value of a constant: a literal, also cast, or an array of such; None when it is not one."""
    match e:
        case Literal(value):
            return value
        case Cast(child) if isinstance(text := known(child), str) and _integral(e.type):
            return int(text) if text.strip().isdecimal() else None
        case Cast(child) | Replaced(child):
            return known(child)
        case Call() if e.function.names[0] == "array":
            return [known(a) for a in e.args]
        case Call() if e.function.names[0] == "negative" and isinstance(value := known(e.args[0]), (int, float)):
            return -value
    return None


def _integral(type: DataType) -> bool:
    return bool(pa.types.is_integer(arrow_type(type, "UTC")))


Argument = Expression | tuple[str, DataType]


def python(low: Lowering, name: str, body: Callable[..., Any], args: Sequence[Argument], result: DataType) -> str:
    """A kernel call of `body` over Arrow arrays of the arguments (expressions, or SQL with its type).

    `name` and the types must determine what `body` does: the kernel keeps one function by that name.
    """
    pairs = [(low.sql(a), a.type) if isinstance(a, Expression) else a for a in args]
    types = tuple(t for _, t in pairs)
    tag = crc32("|".join(map(low.type, (*types, result))).encode())
    function = low.python(f"py_{name}_{tag:08x}", body, types, result)
    sql = (f"CAST({s} AS {low.type(t)})" if isinstance(t, DecimalType) else s for s, t in pairs)
    return f"{function}({', '.join(sql)})"


def rows(function: Callable[..., Any], result: DataType, nulls: bool = False) -> Callable[..., Any]:
    """A body that applies `function` to each row's values; NULL where an argument is NULL, unless `nulls`."""
    type = arrow_type(result, "UTC")

    def body(*columns: Any) -> Any:
        values = zip(*(c.to_pylist() for c in columns), strict=True)
        if nulls:
            return pa.array([function(*row) for row in values], type)
        return pa.array([None if any(v is None for v in row) else function(*row) for row in values], type)

    return body


def per_row(
    low: Lowering,
    name: str,
    function: Callable[..., Any],
    args: Sequence[Argument],
    result: DataType,
    nulls: bool = False,
) -> str:
    """A kernel call of a function of one row's values."""
    return python(low, name, rows(function, result, nulls), args, result)


def text_sql(low: Lowering, e: Expression) -> str:
    """A text argument's SQL; a bare NULL is one of text."""
    return f"CAST({low.sql(e)} AS VARCHAR)" if isinstance(e.type, NullType) else low.sql(e)


def digest(*parts: object) -> str:
    """A name for what a Python function of the kernel does."""
    return hashlib.md5(repr(parts).encode(), usedforsecurity=False).hexdigest()[:16]


def stored(type: DataType) -> DataType:
    """The type as the kernel stores it, so that Arrow values can be made of it."""
    match type:
        case YearMonthIntervalType() | NullType():
            return INT
        case DayTimeIntervalType():
            return LONG
        case ArrayType(element):
            return ArrayType(stored(element))
        case MapType(key, value):
            return MapType(stored(key), stored(value))
        case StructType(fields):
            return StructType(tuple(StructField(f.name, stored(f.type)) for f in fields))
    return type
