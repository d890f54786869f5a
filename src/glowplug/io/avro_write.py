"""Avro files as they are written: with the schema of Spark's types, or that of the option `avroSchema`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pyarrow as pa

from glowplug import types as t
from glowplug.arrow import arrow_type
from glowplug.errors import AnalysisError, ExecutionError
from glowplug.functions.avro_schemas import avro_schema, parsed
from glowplug.functions.avro_values import Incompatible, Writer
from glowplug.io.avro import AvroFileOptions
from glowplug.io.avro_container import Container
from glowplug.io.batch_files import batch_output
from glowplug.io.batches import as_type
from glowplug.io.produce import Output
from glowplug.io.source import Context, Pairs, Reading
from glowplug.source_options import read_options
from glowplug.type_trees import fields_in
from glowplug.types import DataType, StructField, StructType, quote

_EXTENSIONS = {"null": ""}
_LEVELS = {name: f"spark.sql.avro.{name}.level" for name in ("deflate", "xz", "zstandard")}


def output(schema: StructType, options: Pairs, context: Context) -> Output:
    o = read_options(AvroFileOptions, options, context.settings)
    text = o.avro_schema
    if text is None:
        _check_names(schema)
        text = json.dumps(avro_schema(schema, False, o.record_name, o.namespace), separators=(",", ":"))
    avro = o.given or parsed(text)
    level = context.settings.get_option(_LEVELS[o.compression]) if o.compression in _LEVELS else None
    columns = [
        (as_type(f"d{i}", f.type, _raw(f.type), _leaf, context.kernel, f.name, exact=True), f.name)
        for i, f in enumerate(schema.fields)
    ]
    raw = pa.schema([(f.name, arrow_type(_raw(f.type), "UTC")) for f in schema.fields])

    def encode(batches: Iterator[pa.RecordBatch], path: str) -> None:
        try:
            writer = Writer(avro, schema, o.by_position)
            with open(path, "wb") as out:
                metadata = {"org.apache.spark.version": "4.2.1"}
                file = Container(out, text, o.compression, None if level is None else int(level), metadata)
                for batch in batches:
                    if batch.num_rows:
                        rows = batch.to_pylist(maps_as_pydicts="strict")
                        file.block(len(rows), writer.many(rows))
        except (Incompatible, ValueError) as error:
            raise ExecutionError("TASK_WRITE_FAILED", path=path, reason=str(error)) from error

    suffix = _EXTENSIONS.get(o.compression, f".{o.compression}")
    return batch_output(f"{suffix}.avro", columns, raw, encode)


def _check_names(schema: StructType) -> None:
    """Raise INVALID_COLUMN_NAME_AS_PATH for a name that Avro does not allow."""
    for f in fields_in(schema):
        if not re.fullmatch(r"[^\W\d]\w*", f.name):
            raise AnalysisError("INVALID_COLUMN_NAME_AS_PATH", datasource="AvroFileFormat", columnName=quote(f.name))


def _raw(type: DataType) -> DataType:
    """Times as the numbers that Avro holds."""
    match type:
        case t.TimestampType() | t.TimestampNTZType() | t.DayTimeIntervalType():
            return t.LONG
        case t.DateType() | t.YearMonthIntervalType():
            return t.INT
        case t.CharType() | t.VarcharType():
            return t.STRING
        case t.ArrayType(element):
            return t.ArrayType(_raw(element))
        case t.MapType(key, value):
            return t.MapType(_raw(key), _raw(value))
        case StructType(fields):
            return StructType(tuple(StructField(f.name, _raw(f.type)) for f in fields))
        case t.UserDefinedType(sql_type):
            return _raw(sql_type)
    return type


def _leaf(sql: str, source: DataType, target: DataType, reading: Reading) -> str | None:
    match source:
        case t.TimestampType() | t.TimestampNTZType():
            return f"epoch_us({sql})"
        case t.DateType():
            return f"CAST({sql} - DATE '1970-01-01' AS INTEGER)"
        case t.UserDefinedType(sql_type):
            return as_type(sql, sql_type, target, _leaf, reading, "", exact=True)
    return sql
