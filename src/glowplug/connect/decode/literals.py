"""Spark Connect's Literal messages to `Literal`.

A literal's type is what its `data_type` says, or follows from its value; for the elements of an array, a map or a
struct it is always given from outside. The oldest clients (Python's is one) give it in fields of the array, map or
struct itself. An element that is not of the type is an error, where Spark's server reads a zero.
"""

from __future__ import annotations

import decimal
import re
from collections.abc import Callable
from typing import Any

from glowplug.connect.decode.context import check, invalid
from glowplug.connect.decode.types import data_type, decimal_type, struct_type, time_type
from glowplug.errors import ArithmeticFailure, NumberFormatError
from glowplug.plan.expressions import Literal
from glowplug.types import (
    BINARY,
    BOOLEAN,
    BYTE,
    CALENDAR_INTERVAL,
    DATE,
    DOUBLE,
    FLOAT,
    INT,
    LONG,
    SHORT,
    STRING,
    TIMESTAMP,
    TIMESTAMP_NTZ,
    ArrayType,
    BinaryType,
    BooleanType,
    ByteType,
    CalendarIntervalType,
    DataType,
    DateType,
    DayTimeIntervalType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegerType,
    LongType,
    MapType,
    NullType,
    ShortType,
    StringType,
    StructType,
    TimestampNTZType,
    TimestampType,
    TimeType,
    YearMonthIntervalType,
)

_DAY_NANOS = 86_400_000_000_000
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,9})?", re.ASCII)
_PLAIN = decimal.Context(prec=200)  # wider than any decimal a column holds


def literal(m: Any) -> Literal:
    """The constant that a message stands for.

    Errors: InvalidPlanInput where value and type do not fit or a type is missing; NumberFormatError and
    ArithmeticFailure for decimals that are none or too large.
    """
    kind = _kind(m)
    if m.HasField("data_type"):
        type = data_type(m.data_type)
    elif kind == "null":
        type = data_type(m.null)
    else:
        found = INFERRED[kind]
        type = found if isinstance(found, DataType) else found(getattr(m, kind))
    return Literal(_value(m, kind, type), type)


def _kind(m: Any) -> str:
    kind = str(m.WhichOneof("literal_type") or "literaltype_not_set")
    if kind not in VALUES and kind != "null":
        raise invalid("UNSUPPORTED_LITERAL_TYPE", typeInfo=kind.upper())
    return kind


def _element(m: Any, type: DataType) -> Any:
    return _value(m, _kind(m), type)


def _value(m: Any, kind: str, type: DataType) -> Any:
    """The value of a message as one of `type`, in the form that `Literal` describes."""
    if kind == "null":
        return None
    if isinstance(type, NullType):
        raise invalid("EXPECTED_NULL_VALUE", literalTypeCase=kind.upper())
    wanted, read = VALUES[kind]
    if not isinstance(type, wanted):
        found = _kind_of(type)
        raise invalid("INCOMPATIBLE_LITERAL_DATA_TYPE", dataTypeKindCase=found, literalTypeCase=kind.upper())
    return read(getattr(m, kind), type)


def _kind_of(type: DataType) -> str:
    return type.__class__.__name__.removesuffix("Type").upper()


def _same(value: Any, type: DataType) -> Any:
    return value


def _parse_decimal(text: str) -> decimal.Decimal:
    """A number as Java's BigDecimal reads it, of at most 38 digits, written out without a positive exponent."""
    if not _NUMBER.fullmatch(text):
        raise NumberFormatError("CONNECT_INVALID_PLAN.ASSERTION_FAILURE", message=f"'{text}' is not a decimal number")
    value = decimal.Decimal(text)
    digits, exponent = _digits(value)
    decimal_type(max(digits, -exponent), 0)
    return value.quantize(decimal.Decimal(1), context=_PLAIN) if exponent > 0 else value


def _digits(value: decimal.Decimal) -> tuple[int, int]:
    """How many digits a number has when its exponent is not above zero, and its exponent."""
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)  # a finite number
    return len(value.as_tuple().digits) + max(exponent, 0), exponent


def _decimal_type(m: Any) -> DataType:
    """At least the digits of the value, more if the client says so; the scale may not push digits out."""
    value = _parse_decimal(m.value)
    digits, exponent = _digits(value)
    precision, scale = digits, max(-exponent, 0)
    if m.HasField("precision"):
        precision = max(precision, m.precision)
    if m.HasField("scale"):
        scale = max(scale, m.scale)
    return decimal_type(max(precision, scale), scale)


def _decimal(m: Any, type: Any) -> decimal.Decimal:
    """The value at the type's scale, rounded half up where it has more digits."""
    value = _parse_decimal(m.value)
    scaled = value.quantize(decimal.Decimal(1).scaleb(-type.scale), decimal.ROUND_HALF_UP, _PLAIN)
    if _digits(scaled)[0] > type.precision:
        name, config = "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION", '"spark.sql.ansi.enabled"'
        raise ArithmeticFailure(name, value=m.value, precision=type.precision, scale=type.scale, config=config)
    return scaled


def _wrapped(value: int, bits: int) -> int:
    """An integer cut to a signed one of `bits`, as Java narrows it."""
    half = 1 << (bits - 1)
    return (value + half) % (2 * half) - half


def _time(m: Any, type: DataType) -> int:
    check(0 <= m.nano < _DAY_NANOS, f"{m.nano} nanoseconds are no time of day")
    return int(m.nano)


def _array(m: Any, type: Any) -> tuple[Any, ...]:
    return tuple([_element(e, type.element) for e in m.elements])


def _array_type(m: Any) -> DataType:
    if not m.HasField("element_type"):
        raise invalid("ARRAY_LITERAL_MISSING_DATA_TYPE")
    return ArrayType(data_type(m.element_type), True)


def _map(m: Any, type: Any) -> tuple[tuple[Any, Any], ...]:
    """Pairs; of those with the same key the last one holds, in the place of the first."""
    check(len(m.keys) == len(m.values), f"the map has {len(m.keys)} keys and {len(m.values)} values")
    keys = [_element(k, type.key) for k in m.keys]
    check(None not in keys, "a map's key must not be NULL")
    return tuple(dict(zip(keys, [_element(v, type.value) for v in m.values], strict=True)).items())


def _map_type(m: Any) -> DataType:
    if not (m.HasField("key_type") and m.HasField("value_type")):
        raise invalid("MAP_LITERAL_MISSING_DATA_TYPE")
    return MapType(data_type(m.key_type), data_type(m.value_type), True)


def _struct(m: Any, type: Any) -> tuple[Any, ...]:
    count, fields = len(m.elements), len(type.fields)
    check(count == fields, f"the struct has {count} values for {fields} fields")
    return tuple([_element(e, f.type) for e, f in zip(m.elements, type.fields, strict=True)])


def _struct_type(m: Any) -> DataType:
    if not m.HasField("struct_type"):
        raise invalid("STRUCT_LITERAL_MISSING_DATA_TYPE")
    return struct_type(m.struct_type)


# The packed arrays of numbers and texts: the element's type, and the types it may be read as.
PACKED: dict[str, tuple[DataType, tuple[type[DataType], ...]]] = {
    "bools": (BOOLEAN, (BooleanType,)),
    "ints": (INT, (IntegerType,)),
    "longs": (LONG, (LongType,)),
    "floats": (FLOAT, (FloatType,)),
    "doubles": (DOUBLE, (DoubleType,)),
    "strings": (STRING, (StringType,)),
}


def _packed_kind(m: Any) -> str:
    kind = m.WhichOneof("value_type")
    if kind is None:
        raise invalid("ARRAY_LITERAL_NOT_SET")
    return str(kind)


def _packed(m: Any, type: Any) -> tuple[Any, ...]:
    kind = _packed_kind(m)
    if not isinstance(type.element, PACKED[kind][1]):
        found = _kind_of(type.element)
        raise invalid("INCOMPATIBLE_LITERAL_DATA_TYPE", dataTypeKindCase=found, literalTypeCase=kind.upper())
    return tuple(getattr(m, kind).values)


# By the kind of literal: the types it is a value of, and how it is read.
VALUES: dict[str, tuple[type[DataType], Callable[[Any, Any], Any]]] = {
    "binary": (BinaryType, _same),
    "boolean": (BooleanType, _same),
    "byte": (ByteType, lambda v, _: _wrapped(v, 8)),
    "short": (ShortType, lambda v, _: _wrapped(v, 16)),
    "integer": (IntegerType, _same),
    "long": (LongType, _same),
    "float": (FloatType, _same),
    "double": (DoubleType, _same),
    "decimal": (DecimalType, _decimal),
    "string": (StringType, _same),
    "date": (DateType, _same),
    "timestamp": (TimestampType, _same),
    "timestamp_ntz": (TimestampNTZType, _same),
    "calendar_interval": (CalendarIntervalType, lambda m, _: (m.months, m.days, m.microseconds)),
    "year_month_interval": (YearMonthIntervalType, _same),
    "day_time_interval": (DayTimeIntervalType, _same),
    "array": (ArrayType, _array),
    "map": (MapType, _map),
    "struct": (StructType, _struct),
    "specialized_array": (ArrayType, _packed),
    "time": (TimeType, _time),
}
# By the kind of literal: its type when the client gives none with it.
INFERRED: dict[str, DataType | Callable[[Any], DataType]] = {
    "binary": BINARY,
    "boolean": BOOLEAN,
    "byte": BYTE,
    "short": SHORT,
    "integer": INT,
    "long": LONG,
    "float": FLOAT,
    "double": DOUBLE,
    "decimal": _decimal_type,
    "string": STRING,
    "date": DATE,
    "timestamp": TIMESTAMP,
    "timestamp_ntz": TIMESTAMP_NTZ,
    "calendar_interval": CALENDAR_INTERVAL,
    "year_month_interval": YearMonthIntervalType(),
    "day_time_interval": DayTimeIntervalType(),
    "array": _array_type,
    "map": _map_type,
    "struct": _struct_type,
    "specialized_array": lambda m: ArrayType(PACKED[_packed_kind(m)][0], True),
    "time": lambda m: time_type(m.precision if m.HasField("precision") else 6),
}
