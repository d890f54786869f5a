"""Between our types and Arrow's: what Spark sends for each type, what a client's table holds, what the kernel gives."""

from __future__ import annotations

import ctypes
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import count
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from glowplug import types as t
from glowplug.errors import unsupported
from glowplug.type_trees import walk_types

ARROW: dict[type[t.DataType], pa.DataType] = {
    t.NullType: pa.null(),
    t.BooleanType: pa.bool_(),
    t.ByteType: pa.int8(),
    t.ShortType: pa.int16(),
    t.IntegerType: pa.int32(),
    t.LongType: pa.int64(),
    t.FloatType: pa.float32(),
    t.DoubleType: pa.float64(),
    t.StringType: pa.string(),
    t.CharType: pa.string(),
    t.VarcharType: pa.string(),
    t.BinaryType: pa.binary(),
    t.DateType: pa.date32(),
    t.TimestampNTZType: pa.timestamp("us"),
    t.TimeType: pa.time64("ns"),
    t.CalendarIntervalType: pa.month_day_nano_interval(),
    t.YearMonthIntervalType: pa.int32(),  # Arrow's own type for it has no arrays in Python: see `sent_schema`
    t.DayTimeIntervalType: pa.duration("us"),
    t.GeometryType: pa.struct([pa.field("srid", pa.int32(), False), pa.field("wkb", pa.binary(), False)]),
    t.GeographyType: pa.struct([pa.field("srid", pa.int32(), False), pa.field("wkb", pa.binary(), False)]),
    t.VariantType: pa.struct(
        [  # clients and PySpark's workers know it by the metadata
            pa.field("value", pa.binary(), False),
            pa.field("metadata", pa.binary(), False, {"variant": "true"}),
        ]
    ),
}


def arrow_type(type: t.DataType, time_zone: str) -> pa.DataType:
    """The Arrow type in which Spark sends values of a type."""
    match type:
        case t.TimestampType():
            return pa.timestamp("us", time_zone)
        case t.DecimalType(precision, scale):
            return pa.decimal128(precision, scale)
        case t.ArrayType(element, contains_null):
            return pa.list_(_field("element", arrow_type(element, time_zone), contains_null))
        case t.MapType(key, value, contains_null):
            item = _field("value", arrow_type(value, time_zone), contains_null)
            return pa.map_(pa.int32() if isinstance(key, t.NullType) else arrow_type(key, time_zone), item)
        case t.StructType():
            return pa.struct(arrow_schema(type, time_zone))
        case t.UserDefinedType(sql_type):
            return arrow_type(sql_type, time_zone)
        case _:
            return ARROW[type.__class__]


def sent_schema(schema: pa.Schema, columns: t.StructType) -> pa.Schema:
    """What is sent before batches of `schema`: year-month intervals are Arrow's, whose months are 32-bit numbers, and
    the fields of a struct have names of their own, which clients take off again."""
    if not any(map(_sent_otherwise, walk_types(columns))):
        return schema
    fields = zip(schema, columns.fields, strict=True)
    return pa.schema([pa.field(f.name, _sent(f.type, c.type), f.nullable) for f, c in fields])


def _sent_otherwise(type: t.DataType) -> bool:
    names = [f.name for f in type.fields] if isinstance(type, t.StructType) else []
    return isinstance(type, t.YearMonthIntervalType) or len(set(names)) < len(names)


def _sent(arrow: pa.DataType, type: t.DataType) -> pa.DataType:
    match type:
        case t.ArrayType(element):
            return pa.list_(_sent_field(arrow.value_field, element))
        case t.MapType(key, value):
            return pa.map_(_sent(arrow.key_type, key), _sent_field(arrow.item_field, value))
        case t.StructType(fields):
            sent = [_sent_field(arrow.field(i), f.type) for i, f in enumerate(fields)]
            names = _told_apart([f.name for f in fields])
            return pa.struct([f.with_name(name) for f, name in zip(sent, names, strict=True)])
    return _months() if isinstance(type, t.YearMonthIntervalType) else arrow


def _told_apart(names: list[str]) -> Iterator[str]:
    """Names that come several times are counted, as clients expect it."""
    places: dict[str, Iterator[int]] = defaultdict(count)
    return (f"{name}_{next(places[name])}" if names.count(name) > 1 else name for name in names)


def _sent_field(field: pa.Field, type: t.DataType) -> pa.Field:
    return pa.field(field.name, _sent(field.type, type), field.nullable)


@cache
def _months() -> pa.DataType:
    """Arrow's interval of months. Python names it nowhere, but takes it from a schema in C."""

    class Schema(ctypes.Structure):
        pass

    release = ctypes.CFUNCTYPE(None, ctypes.POINTER(Schema))
    names = ("format", "name", "metadata", "flags", "n_children", "children", "dictionary", "release", "private_data")
    types = (*(ctypes.c_char_p,) * 3, *(ctypes.c_int64,) * 2, *(ctypes.c_void_p,) * 2, release, ctypes.c_void_p)
    Schema._fields_ = list(zip(names, types, strict=True))

    def free(schema: Any) -> None:
        schema.contents.release = release()

    schema = Schema(b"tiM", b"", None, 2, 0, None, None, release(free), None)
    return pa.DataType._import_from_c(ctypes.addressof(schema))


def arrow_schema(type: t.StructType, time_zone: str) -> pa.Schema:
    return pa.schema([_field(f.name, arrow_type(f.type, time_zone), f.nullable) for f in type.fields])


def _field(name: str, type: pa.DataType, nullable: bool) -> pa.Field:
    """Arrow has no field of nothing but NULLs that is not nullable; Spark has, in `array()`."""
    return pa.field(name, type, nullable or pa.types.is_null(type))


def from_arrow_type(type: pa.DataType) -> t.DataType:
    """The type Spark gives a client's Arrow column."""
    if pa.types.is_decimal(type):
        return t.DecimalType(type.precision, type.scale)
    if pa.types.is_timestamp(type):
        return t.TIMESTAMP if type.tz else t.TIMESTAMP_NTZ
    if pa.types.is_map(type):
        return t.MapType(from_arrow_type(type.key_type), from_arrow_type(type.item_type), type.item_field.nullable)
    if pa.types.is_struct(type):
        return from_arrow_schema(pa.schema(list(type)))
    if pa.types.is_list(type) or pa.types.is_large_list(type) or pa.types.is_fixed_size_list(type):
        return t.ArrayType(from_arrow_type(type.value_type), type.value_field.nullable)
    if pa.types.is_dictionary(type):
        return from_arrow_type(type.value_type)
    for test, ours in _FROM_ARROW:
        if test(type):
            return ours
    raise unsupported(f"the Arrow type {type}")


_FROM_ARROW = (
    (pa.types.is_null, t.NULL),
    (pa.types.is_boolean, t.BOOLEAN),
    (pa.types.is_int8, t.BYTE),
    (pa.types.is_int16, t.SHORT),
    (pa.types.is_uint8, t.SHORT),
    (pa.types.is_int32, t.INT),
    (pa.types.is_uint16, t.INT),
    (pa.types.is_integer, t.LONG),
    (lambda a: pa.types.is_float32(a) or pa.types.is_float16(a), t.FLOAT),
    (pa.types.is_float64, t.DOUBLE),
    (lambda a: pa.types.is_string(a) or pa.types.is_large_string(a) or pa.types.is_string_view(a), t.STRING),
    (lambda a: pa.types.is_binary(a) or pa.types.is_large_binary(a) or pa.types.is_fixed_size_binary(a), t.BINARY),
    (pa.types.is_date, t.DATE),
    (pa.types.is_time, t.TIME),
    (pa.types.is_duration, t.DayTimeIntervalType()),
    (pa.types.is_interval, t.CALENDAR_INTERVAL),
)


def from_arrow_schema(schema: pa.Schema) -> t.StructType:
    return t.StructType(tuple(t.StructField(f.name, from_arrow_type(f.type), f.nullable) for f in schema))


def kernel_columns(table: Any, types: Sequence[t.DataType]) -> pa.Table:
    """A client's table as the kernel takes it: columns `k0, k1, …`; durations as microseconds."""
    columns = [_to_kernel(c, type) for c, type in zip(table.columns, types, strict=True)]
    return pa.table(columns, names=[f"k{i}" for i in range(len(columns))])


def _to_kernel(column: Any, type: t.DataType) -> Any:
    if isinstance(column, pa.ChunkedArray):
        return pa.chunked_array([_to_kernel(c, type) for c in column.chunks], kernel_arrow_type(column.type))
    if pa.types.is_duration(column.type):
        return column.cast(pa.duration("us")).view(pa.int64())
    if pa.types.is_null(column.type):
        return column.cast(pa.int32())
    target = kernel_arrow_type(column.type)
    if target == column.type:
        return column
    if pa.types.is_list(column.type) and not column.offset:
        values = _to_kernel(column.values, type)
        return pa.ListArray.from_arrays(
            column.offsets, values, target, mask=column.is_null() if column.null_count else None
        )
    if pa.types.is_struct(column.type):
        if not column.type.num_fields:  # which the kernel does not have: a part of no meaning stands in
            mask = column.is_null() if column.null_count else None
            return pa.StructArray.from_arrays([pa.nulls(len(column), pa.int32())], fields=list(target), mask=mask)
        parts = [_to_kernel(column.field(i), type) for i in range(column.type.num_fields)]
        return pa.StructArray.from_arrays(
            parts, fields=list(target), mask=column.is_null() if column.null_count else None
        )
    return column.cast(target)


def kernel_arrow_type(type: pa.DataType) -> pa.DataType:
    """The Arrow type by which the kernel takes a client's column."""
    if pa.types.is_duration(type):
        return pa.int64()
    if pa.types.is_null(type):
        return pa.int32()
    if pa.types.is_list(type):
        return pa.list_(type.value_field.with_type(kernel_arrow_type(type.value_type)))
    if pa.types.is_struct(type) and not type.num_fields:
        return pa.struct([pa.field("_", pa.int32())])
    if pa.types.is_struct(type):
        return pa.struct([f.with_type(kernel_arrow_type(f.type)) for f in type])
    if pa.types.is_map(type):
        return pa.map_(kernel_arrow_type(type.key_type), type.item_field.with_type(kernel_arrow_type(type.item_type)))
    return type


def to_spark(batch: pa.RecordBatch, types: Sequence[pa.DataType]) -> pa.RecordBatch:
    """The kernel's batch as Spark sends it: the same buffers, with durations, zones and names as they should be."""
    if all(a == b for a, b in zip(batch.schema.types, types, strict=True)):
        return batch
    columns = [_as(c, type) for c, type in zip(batch.columns, types, strict=True)]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _as(array: pa.Array, type: pa.DataType) -> pa.Array:
    if array.type == type:
        return array
    if pa.types.is_null(type):
        return pa.nulls(len(array))
    if pa.types.is_duration(type) and pa.types.is_int64(array.type):
        return array.view(type)
    if pa.types.is_struct(type):
        if type.num_fields == 0:
            return pa.StructArray.from_arrays([], fields=[], mask=array.is_null())
        parts = [_as(part, f.type) for part, f in zip(array.flatten(), type, strict=True)]
        return pa.StructArray.from_arrays(parts, fields=list(type), mask=array.is_null() if array.null_count else None)
    if pa.types.is_list(type):
        return pa.ListArray.from_arrays(list_offsets(array), _as(array.values, type.value_type), type)
    if pa.types.is_map(type):
        keys, items = _as(array.keys, type.key_type), _as(array.items, type.item_type)
        return pa.MapArray.from_arrays(list_offsets(array), keys, items, type)
    if pa.types.is_time(type):
        return pc.cast(array, type)
    return array.cast(type)


def list_offsets(array: Any) -> Any:
    """A list array's offsets with its NULLs in them, as `from_arrays` reads NULLs."""
    if not array.null_count:
        return array.offsets
    valid = pa.concat_arrays([array.is_valid(), pa.array([True])])
    return pc.if_else(valid, array.offsets, pa.scalar(None, pa.int32()))


def from_arrow_scalar(scalar: pa.Scalar, type: t.DataType) -> Any:
    """A kernel value as a `Literal` of our type holds it."""
    if not scalar.is_valid:
        return None
    match type:
        case t.DateType():
            return scalar.cast(pa.int32()).as_py()
        case t.TimestampType() | t.TimestampNTZType():
            return scalar.cast(pa.int64()).as_py()
        case t.TimeType():
            return scalar.cast(pa.time64("ns")).cast(pa.int64()).as_py()
        case t.CalendarIntervalType():
            months, days, nanos = scalar.as_py()
            return months, days, nanos // 1000
        case t.ArrayType(element):
            return tuple(from_arrow_scalar(v, element) for v in scalar.values)
        case t.MapType(key, value):
            pairs = [v.values() for v in scalar.values]
            return tuple((from_arrow_scalar(k, key), from_arrow_scalar(v, value)) for k, v in pairs)
        case t.StructType(fields):
            return tuple(from_arrow_scalar(v, f.type) for v, f in zip(scalar.values(), fields, strict=True))
        case t.VariantType():
            return scalar["value"].as_py(), scalar["metadata"].as_py()
        case t.UserDefinedType(sql_type):
            return from_arrow_scalar(scalar, sql_type)
    return scalar.as_py()
