"""Types, rows and values as Spark Connect messages."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pyspark.sql.connect.proto as pb

from glowplug import types as t
from glowplug.plan.expressions import Literal
from glowplug.plan.relations import LocalData
from glowplug.types_json import to_json

END_OF_STREAM = b"\xff\xff\xff\xff\x00\x00\x00\x00"  # Arrow's IPC stream format: continuation, length 0

# Types whose message has no fields, by the name of the field of DataType that holds it.
PLAIN: dict[type[t.DataType], str] = {
    t.NullType: "null",
    t.BooleanType: "boolean",
    t.ByteType: "byte",
    t.ShortType: "short",
    t.IntegerType: "integer",
    t.LongType: "long",
    t.FloatType: "float",
    t.DoubleType: "double",
    t.BinaryType: "binary",
    t.DateType: "date",
    t.TimestampType: "timestamp",
    t.TimestampNTZType: "timestamp_ntz",
    t.CalendarIntervalType: "calendar_interval",
    t.VariantType: "variant",
}


def data_type(type: t.DataType, into: pb.DataType | None = None) -> pb.DataType:
    """A type as a message, written into `into` if given."""
    out = pb.DataType() if into is None else into
    plain = PLAIN.get(type.__class__)
    if plain is not None:
        getattr(out, plain).SetInParent()
        return out
    match type:
        case t.StringType(collation):
            out.string.collation = collation
        case t.CharType(length):
            out.char.length = length
        case t.VarcharType(length):
            out.var_char.length = length
        case t.DecimalType(precision, scale):
            out.decimal.precision, out.decimal.scale = precision, scale
        case t.TimeType(precision):
            out.time.precision = precision
        case t.GeometryType(srid):
            out.geometry.srid = srid
        case t.GeographyType(srid):
            out.geography.srid = srid
        case t.YearMonthIntervalType(start, end):
            out.year_month_interval.start_field, out.year_month_interval.end_field = start, end
        case t.DayTimeIntervalType(start, end):
            out.day_time_interval.start_field, out.day_time_interval.end_field = start, end
        case t.ArrayType(element, contains_null):
            data_type(element, out.array.element_type)
            out.array.contains_null = contains_null
        case t.MapType(key, value, contains_null):
            data_type(key, out.map.key_type)
            data_type(value, out.map.value_type)
            out.map.value_contains_null = contains_null
        case t.StructType(fields):
            out.struct.SetInParent()
            for f in fields:
                field = out.struct.fields.add(name=f.name, nullable=f.nullable)
                data_type(f.type, field.data_type)
                if f.metadata != "{}":
                    field.metadata = f.metadata
        case t.UserDefinedType(sql_type, jvm_class, python_class, serialized):
            out.udt.type = "udt"
            for name, text in (
                ("jvm_class", jvm_class), ("python_class", python_class), ("serialized_python_class", serialized)
            ):  # fmt: skip
                if text:
                    setattr(out.udt, name, text)
            data_type(sql_type, out.udt.sql_type)
        case _:
            raise TypeError(f"no message for {type!r}")
    return out


def literal(value: Literal) -> pb.Expression.Literal:
    """A constant as a message; `Literal` says how values are represented."""
    out = pb.Expression.Literal()
    _literal(value.value, value.type, out)
    return out


def _literal(value: Any, type: t.DataType, out: pb.Expression.Literal) -> None:
    if value is None:
        data_type(type, out.null)
        return
    match type:
        case t.StringType() | t.CharType() | t.VarcharType():
            out.string = value
        case t.DecimalType(precision, scale):
            out.decimal.value = str(value)
            out.decimal.precision, out.decimal.scale = precision, scale
        case t.TimeType(precision):
            out.time.nano, out.time.precision = value, precision
        case t.CalendarIntervalType():
            interval = out.calendar_interval
            interval.months, interval.days, interval.microseconds = value
        case t.YearMonthIntervalType():
            out.year_month_interval = value
        case t.DayTimeIntervalType():
            out.day_time_interval = value
        case t.ArrayType(element):
            data_type(element, out.array.element_type)
            for item in value:
                _literal(item, element, out.array.elements.add())
        case t.MapType(key_type, value_type):
            data_type(key_type, out.map.key_type)
            data_type(value_type, out.map.value_type)
            for key, item in value:
                _literal(key, key_type, out.map.keys.add())
                _literal(item, value_type, out.map.values.add())
        case t.StructType(fields):
            data_type(type, out.struct.struct_type)
            for item, field in zip(value, fields, strict=True):
                _literal(item, field.type, out.struct.elements.add())
        case t.UserDefinedType(sql_type):
            _literal(value, sql_type, out)
        case _:
            setattr(out, PLAIN[type.__class__], value)  # Literal's fields are called as DataType's


def arrow_ipc(batch: pa.RecordBatch, header: pa.Buffer | None = None, options: Any = None) -> bytes:
    """A batch as an Arrow IPC stream of its own. `header` is the schema's message, if the caller has it."""
    if options is not None:
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema, options=options) as writer:
            writer.write_batch(batch)
        written = sink.getvalue()
        return b"".join((header, written[batch.schema.serialize().size :])) if header else written.to_pybytes()
    return b"".join((header or batch.schema.serialize(), batch.serialize(), END_OF_STREAM))


def local_relation(data: LocalData) -> pb.Relation:
    """Rows in memory as the relation that a SQL command answers with."""
    fields = tuple(t.StructField(c.name, c.type, c.nullable, c.metadata) for c in data.columns)
    table = data.table.rename_columns([c.name for c in data.columns])
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    out = pb.Relation()
    out.local_relation.data = sink.getvalue().to_pybytes()
    out.local_relation.schema = json.dumps(to_json(t.StructType(fields)))
    return out
