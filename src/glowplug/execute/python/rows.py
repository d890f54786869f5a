"""Functions of rows that Spark calls through pickle (`useArrow=False`, what `spark.udf.register` makes of a lambda).

What such a function may return is looser than through Arrow: a value that is not of the declared type is NULL, whole
numbers wrap around, and a string is made of anything. The cases are those of Spark's `EvaluatePython`.
"""

from __future__ import annotations

import io
from array import array
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from pickle import PickleError
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyspark.sql import types as t
from pyspark.sql.conversion import ArrowTableToRowsConversion
from pyspark.sql.pandas.types import to_arrow_type
from pyspark.worker_util import pickleSer

from glowplug.execute.python.fast import called, pylist, read_functions

if TYPE_CHECKING:
    from glowplug.execute.python.evaluate import Input, Output

_BITS = {t.ByteType: 8, t.ShortType: 16, t.IntegerType: 32, t.LongType: 64}
_INTEGER_RANGE = (-(1 << 63), (1 << 63) - 1)
_WHOLE = (t.DateType, t.TimeType, t.TimestampType, t.TimestampNTZType, t.DayTimeIntervalType, t.YearMonthIntervalType)


def evaluate_rows(
    command: io.BytesIO, conf: Any, input_type: Any, output_type: Any, source: Input, sink: Output
) -> None:
    """Call each function for each row. The types are JSON values: of the columns and of the results."""
    functions = read_functions(command, conf)
    readers = readers_of(input_type, conf)
    writers = [writer_of(f.dataType) for f in t.StructType.fromJson(output_type).fields]
    names = [f"_{i}" for i in range(len(functions))]
    for batch in source.batches():
        columns = python_columns(batch, readers)
        arrays = []
        for (function, offsets, type), write in zip(functions, writers, strict=True):
            results = called(function, [columns[o] for o in offsets], batch.num_rows)
            arrays.append(write([type.toInternal(r) for r in results] if type.needConversion() else results))
        sink.write(pa.RecordBatch.from_arrays(arrays, names))


def readers_of(input_type: Any, conf: Any) -> list[Callable[[Any], Any] | None]:
    """What makes Python values of Arrow's, by column; None where they are the same."""
    return [
        _variant
        if isinstance(f.dataType, t.VariantType)
        else ArrowTableToRowsConversion._create_converter(
            f.dataType, none_on_identity=True, binary_as_bytes=conf.binary_as_bytes
        )
        for f in t.StructType.fromJson(input_type).fields
    ]


def _variant(v: Any) -> Any:
    return None if v is None else t.VariantVal(bytearray(v["value"]), bytearray(v["metadata"]))


def python_columns(batch: pa.RecordBatch, readers: Sequence[Callable[[Any], Any] | None]) -> list[list[Any]]:
    """The columns as lists of what functions are given."""
    columns = []
    for column, read in zip(batch.columns, readers, strict=True):
        values = pylist(column)
        columns.append(values if read is None else [read(v) for v in values])
    return columns


def writer_of(type: t.DataType) -> Callable[[list[Any]], pa.Array]:
    """What makes a column of results; they are in PySpark's internal form (`DataType.toInternal`) already."""
    settle, classes = settler(type), _PLAIN.get(type.__class__)

    def write(values: list[Any]) -> pa.Array:
        arrow = to_arrow_type(type, timezone="UTC")
        if classes is not None and classes.issuperset(map(_class, values)):
            try:
                return pa.array(values, arrow)
            except (OverflowError, pa.ArrowInvalid):  # a number that wraps around
                pass
        settled = [None if v is None else settle(_sent(v)) for v in values]
        if isinstance(type, _WHOLE):
            whole = pa.int64() if arrow.bit_width == 64 else pa.int32()
            return pa.array(settled, whole).view(arrow)
        return pa.array(settled, arrow)

    return write


class CannotBeSent(PickleError):
    """Spark's other end cannot make the value."""


def _sent(v: Any) -> Any:
    """A value that the other side of a pickle can make. A struct's Row is a plain tuple by now."""
    if isinstance(v, _SENT) and not isinstance(v, t.Row) and getattr(v, "tzinfo", None) is None:
        return v
    pickleSer.dumps(v)  # which says why it cannot
    raise CannotBeSent(
        f"net.razorvine.pickle.PickleException: The function returned {v!r}; a {type(v).__module__}."
        f"{type(v).__qualname__} cannot be made where it is wanted, and its type was declared to be another."
    )


_SENT = (
    bool, int, float, complex, str, bytes, bytearray, list, tuple, set, frozenset, dict, date, time, timedelta, Decimal,
    array, t.VariantVal,
)  # fmt: skip
_class = type
_NONE = type(None)
# Values of these classes are what they should be; all others are looked at one by one.
_PLAIN: dict[type, frozenset[type]] = {
    t.BooleanType: frozenset((bool, _NONE)),
    t.ByteType: frozenset((int, _NONE)),
    t.ShortType: frozenset((int, _NONE)),
    t.IntegerType: frozenset((int, _NONE)),
    t.LongType: frozenset((int, _NONE)),
    t.DoubleType: frozenset((float, _NONE)),
    t.StringType: frozenset((str, _NONE)),
    t.BinaryType: frozenset((bytes, bytearray, _NONE)),
}


def settler(type: t.DataType) -> Callable[[Any], Any]:
    """The value of a type that Spark takes another value for; None where it takes none."""
    match type:
        case t.BooleanType():
            return lambda v: v if isinstance(v, bool) else None
        case t.ByteType() | t.ShortType() | t.IntegerType() | t.LongType():
            return _wrapping(_BITS[type.__class__])
        case t.FloatType() | t.DoubleType():
            return lambda v: v if isinstance(v, float) else None
        case t.DecimalType():
            return _decimal(type)
        case t.StringType() | t.CharType() | t.VarcharType():
            return java_text
        case t.BinaryType():
            return _binary
        case t.ArrayType():
            return _each(settler(type.elementType))
        case t.MapType():
            return _pairs(settler(type.keyType), settler(type.valueType))
        case t.StructType():
            return _fields(type)
        case t.UserDefinedType():
            return settler(type.sqlType())
        case t.VariantType():
            return _variant_parts
        case t.DateType():
            return _wrapping(32)
        case _ if isinstance(type, _WHOLE):
            return _wrapping(64)
    return lambda v: None


_EXACT = Context(prec=100)  # beyond any DECIMAL; the usual one stops at 28 digits


def _wrapping(bits: int) -> Callable[[Any], Any]:
    """Beyond 64 bits a number is none of Spark's; below, its low bits count."""
    half, whole = 1 << (bits - 1), 1 << bits

    def wrap(v: Any) -> Any:
        if not isinstance(v, int) or isinstance(v, bool) or not _INTEGER_RANGE[0] <= v <= _INTEGER_RANGE[1]:
            return None
        return (v + half) % whole - half

    return wrap


def _decimal(type: t.DecimalType) -> Callable[[Any], Any]:
    unit = Decimal(1).scaleb(-type.scale)

    def settle(v: Any) -> Any:
        if not isinstance(v, Decimal):
            return None
        rounded = v.quantize(unit, ROUND_HALF_UP, _EXACT)
        if len(rounded.as_tuple().digits) > type.precision:
            raise ValueError(f"The value {v} does not fit into DECIMAL({type.precision},{type.scale}).")
        return rounded

    return settle


def _variant_parts(v: Any) -> Any:
    """A variant's, which the type's own `toInternal` has given already unless it stands within others."""
    v = {"value": v.value, "metadata": v.metadata} if isinstance(v, t.VariantVal) else v
    return {k: bytes(x) for k, x in v.items()} if isinstance(v, dict) and {"value", "metadata"} == v.keys() else None


def _binary(v: Any) -> Any:
    if isinstance(v, str):
        return v.encode()
    return bytes(v) if isinstance(v, (bytes, bytearray)) else None


def _each(settle: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def settled(v: Any) -> Any:
        if not isinstance(v, (list, tuple, bytes, bytearray)) and type(v).__name__ != "array":
            return None
        return [None if x is None else settle(x) for x in v]

    return settled


def _pairs(key: Callable[[Any], Any], value: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def settled(v: Any) -> Any:
        if not isinstance(v, dict):
            return None
        return [(None if k is None else key(k), None if x is None else value(x)) for k, x in v.items()]

    return settled


def _fields(type: t.StructType) -> Callable[[Any], Any]:
    names, settlers = type.names, [settler(f.dataType) for f in type.fields]

    def settled(v: Any) -> Any:
        if not isinstance(v, tuple):
            return None
        if len(v) != len(names):
            raise ValueError(
                "Input row doesn't have expected number of values required by the schema. "
                f"{len(names)} fields are required while {len(v)} values are provided."
            )
        values = [None if x is None else settle(x) for x, settle in zip(v, settlers, strict=True)]
        return dict(zip(names, values, strict=True)) if len(set(names)) == len(names) else tuple(values)

    return settled


def java_text(v: Any) -> str:
    """A value as the text that Java has for what it becomes there."""
    match v:
        case str():
            return v
        case bool():
            return "true" if v else "false"
        case float():
            return java_double(v)
        case list() | set() | frozenset():
            return f"[{', '.join('null' if x is None else java_text(x) for x in v)}]"
        case dict():
            pairs = (
                f"{'null' if k is None else java_text(k)}={'null' if x is None else java_text(x)}" for k, x in v.items()
            )
            return f"{{{', '.join(pairs)}}}"
        case date():
            return _calendar(v)
        case timedelta(days=days, seconds=seconds, microseconds=micros):
            parts = f"{days} days, {seconds} seconds, {micros} microseconds"
            return f"Timedelta: {parts} (total: {f'{v.total_seconds():.6f}'.rstrip('0').rstrip('.')} seconds)"
        case time():
            return f"Time: {v.hour} hours, {v.minute} minutes, {v.second} seconds, {v.microsecond} microseconds"
        case complex():
            return f"{java_double(v.real)}{'+' if v.imag >= 0 else ''}{java_double(v.imag)}i"
        case bytes():
            return f"[B@{_address(v)}"
        case tuple():
            return f"[Ljava.lang.Object;@{_address(v)}"
        case array():
            return f"[{_JAVA_ARRAYS.get(v.typecode, 'I')}@{_address(v)}"
    return str(v)


def _calendar(v: date) -> str:
    """The calendar that Java has for a date, in UTC: its fields as they were set, none computed."""
    hour, minute, second, milli = (
        (v.hour, v.minute, v.second, v.microsecond // 1000) if isinstance(v, datetime) else (0, 0, 0, "?")
    )
    zone = 'id="UTC",offset=0,dstSavings=0,useDaylight=false,transitions=0,lastRule=null'
    fields = {
        "firstDayOfWeek": 1, "minimalDaysInFirstWeek": 1, "ERA": "?", "YEAR": v.year, "MONTH": v.month - 1,
        "WEEK_OF_YEAR": "?", "WEEK_OF_MONTH": "?", "DAY_OF_MONTH": v.day, "DAY_OF_YEAR": "?", "DAY_OF_WEEK": "?",
        "DAY_OF_WEEK_IN_MONTH": "?", "AM_PM": hour // 12, "HOUR": hour % 12, "HOUR_OF_DAY": hour, "MINUTE": minute,
        "SECOND": second, "MILLISECOND": milli, "ZONE_OFFSET": "?", "DST_OFFSET": "?",
    }  # fmt: skip
    head = "java.util.GregorianCalendar[time=?,areFieldsSet=false,areAllFieldsSet=false,lenient=true"
    return f"{head},zone=sun.util.calendar.ZoneInfo[{zone}],{','.join(f'{k}={x}' for k, x in fields.items())}]"


# What Java calls arrays of the numbers that Python's `array` holds.
_JAVA_ARRAYS = {"b": "B", "h": "S", "i": "I", "l": "J", "q": "J", "f": "F", "d": "D", "B": "S", "H": "I", "I": "J"}


def _address(v: Any) -> str:
    return f"{id(v) & 0x7FFFFFFF:x}"


def java_double(v: float) -> str:
    if v != v:
        return "NaN"
    if v in (float("inf"), float("-inf")):
        return "Infinity" if v > 0 else "-Infinity"
    if v == 0 or 1e-3 <= abs(v) < 1e7:
        text = f"{Decimal(repr(v)):f}"
        return text if "." in text else text + ".0"
    sign, digits, exponent = Decimal(repr(v)).normalize().as_tuple()
    head, tail = str(digits[0]), "".join(map(str, digits[1:])) or "0"
    assert isinstance(exponent, int)
    return f"{'-' * sign}{head}.{tail}E{exponent + len(digits) - 1}"
