"""ORC files as they are written: as Spark lays them out, types that ORC lacks as integers that name Spark's type."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.orc as pyorc

from glowplug import types as t
from glowplug.arrow import arrow_type
from glowplug.datetime_patterns import to_wall_clock
from glowplug.io.batch_files import batch_output
from glowplug.io.batches import as_type
from glowplug.io.orc import ATTRIBUTE, CODECS, OrcOptions
from glowplug.io.produce import Output
from glowplug.io.source import Context, Pairs, Reading
from glowplug.source_options import read_options
from glowplug.time_zones import local_zone
from glowplug.types import DataType, StructField, StructType, simple_string

_ATTRIBUTED = (*t.STRINGS, t.TimestampType, t.TimestampNTZType, t.DayTimeIntervalType, t.YearMonthIntervalType)


def output(schema: StructType, options: Pairs, context: Context) -> Output:
    codec, suffix = CODECS[read_options(OrcOptions, options, context.settings).compression]
    fields = schema.fields
    columns = [
        (as_type(f"d{i}", f.type, _stored(f.type), _leaf, context.kernel, f.name, exact=True), f.name)
        for i, f in enumerate(fields)
    ]
    stored = pa.schema([_field(f.name, f.type) for f in fields], {"org.apache.spark.version": "4.2.1"})

    def encode(batches: Iterator[pa.RecordBatch], path: str) -> None:
        with pyorc.ORCWriter(path, compression=codec) as writer:
            writer.write(pa.Table.from_batches([], stored))
            for batch in batches:
                writer.write(pa.Table.from_batches([batch]))

    return batch_output(f"{suffix}.orc", columns, stored, encode)


def _stored(type: DataType) -> DataType:
    """What holds a type's values; TIMESTAMP_NTZ is a wall-clock time of ORC."""
    match type:
        case t.TimestampType():
            return t.TIMESTAMP_NTZ
        case t.TimestampNTZType() | t.DayTimeIntervalType():
            return t.LONG
        case t.YearMonthIntervalType():
            return t.INT
        case t.CharType() | t.VarcharType():
            return t.STRING
        case t.ArrayType(element):
            return t.ArrayType(_stored(element))
        case t.MapType(key, value):
            return t.MapType(_stored(key), _stored(value))
        case StructType(fields):
            return StructType(tuple(StructField(f.name, _stored(f.type)) for f in fields))
        case t.UserDefinedType(sql_type):
            return _stored(sql_type)
    return type


def _leaf(sql: str, source: DataType, target: DataType, reading: Reading) -> str | None:
    match source:
        case t.TimestampType():
            return to_wall_clock(sql, local_zone())
        case t.TimestampNTZType():
            return f"epoch_us({sql})"
        case t.UserDefinedType(sql_type):
            return as_type(sql, sql_type, target, _leaf, reading, "", exact=True)
    return sql


def _field(name: str, type: DataType) -> pa.Field:
    """A column or a part of one, with the attribute that names its type."""
    match type:
        case t.UserDefinedType(sql_type):
            return _field(name, sql_type)
        case t.ArrayType(element):
            return pa.field(name, pa.list_(_field("element", element)))
        case t.MapType(key, value):
            return pa.field(name, pa.map_(_field("key", key).with_nullable(False), _field("value", value)))
        case StructType(fields):
            return pa.field(name, pa.struct([_field(f.name, f.type) for f in fields]))
    stored = arrow_type(_stored(type), "UTC")
    attributes = {ATTRIBUTE: simple_string(type)} if isinstance(type, _ATTRIBUTED) else None
    return pa.field(name, stored, metadata=attributes)
