"""Avro. https://spark.apache.org/docs/latest/sql-data-sources-avro.html

A file is read block by block, and of a record only the columns that are asked for are kept. `avroSchema` is the schema
to read with: Avro's own rules say what becomes of the file's values.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from glowplug import types as t
from glowplug.errors import AnalysisError, ExecutionError, IllegalArgument, SparkError
from glowplug.functions.avro_options import AvroOptions
from glowplug.functions.avro_schemas import Avro, kind, parsed, spark_type
from glowplug.functions.avro_values import Reader
from glowplug.io.avro_container import CODECS, read_blocks, read_header
from glowplug.io.batches import BatchSource, Mismatch, Rows, stored_type, unreadable
from glowplug.io.files import check_schema, make
from glowplug.io.filesystem import FileSystem
from glowplug.io.listing import DataFile, list_files
from glowplug.io.source import Context, Pairs, Reading
from glowplug.source_options import boolean, enabled, option, read_options
from glowplug.type_trees import contains_type
from glowplug.types import DataType, StructField, StructType


def codec(text: str) -> str:
    """Avro's name of a codec, from Spark's."""
    name = text.lower()
    if name == "uncompressed":
        return "null"
    if name not in CODECS or name == "null":
        raise IllegalArgument("CODEC_SHORT_NAME_NOT_FOUND", codecName=text)
    return name


@dataclass(frozen=True, slots=True, kw_only=True)
class AvroFileOptions(AvroOptions):
    record_name: str = option("recordName", "The name of the outermost record that is written.", "topLevelRecord")
    namespace: str = option("recordNamespace", "The namespace of that record.", "")
    compression: str = option("compression", "How blocks are compressed.", "snappy", parse=codec,
                              setting="spark.sql.avro.compression.codec")  # fmt: skip
    by_position: bool = option("positionalFieldMatching", "Fields go by their places, not by names.", False)
    ignore_extension: bool = option("ignoreExtension", "Read files that are not named .avro, too.", True, parse=boolean)


@dataclass(frozen=True, slots=True)
class AvroSource(BatchSource):
    options: AvroFileOptions

    @property
    def name(self) -> str:
        return "avro"

    def file_schema(self, file: DataFile) -> StructType:
        return _columns(self.options.given or _schema(self.fs, file), self.options)

    def chosen(self, schema: StructType, field: StructField) -> StructField | None:
        if not self.options.by_position:
            # The class is named, because slots make `super()` that of another.
            return BatchSource.chosen(self, schema, field)
        position = self.data_schema.fields.index(field)
        return schema.fields[position] if position < len(schema.fields) else None

    def read(self, file: DataFile, columns: Sequence[StructField]) -> Iterator[Rows]:
        try:
            with self.fs.open(file.status.path) as stream:
                header = read_header(stream)
                written = parsed(header.schema)
                given = self.options.given or written
                wanted, names = StructType(tuple(columns)), [c.name for c in columns]
                reader = Reader(written, given, wanted, self.options.types, names)
                for count, data in read_blocks(stream, header):
                    # The block says how many values it has: they need not be read to be counted.
                    yield count, _arrays(reader.many(data, count), columns) if columns else ()
        except SparkError:
            raise
        # Bytes that are no values make fastavro, and Arrow after it, raise errors of any class.
        except Exception as error:
            raise unreadable(self.fs, file, error) from error

    def leaf(self, sql: str, source: DataType, target: DataType, reading: Reading) -> str | None:
        match source, target:
            case t.IntegerType() | t.DateType() | t.YearMonthIntervalType(), _:
                return _from_int(sql, source, target, reading)
            case t.LongType() | t.TimestampType() | t.TimestampNTZType() | t.DayTimeIntervalType(), _:
                return _from_long(sql, source, target)
            case t.FloatType(), t.DoubleType():
                return f"CAST({sql} AS DOUBLE)"
            case t.DecimalType(p, s), t.DecimalType(q, r) if q - r >= p - s:
                return f"CAST({sql} AS {reading.type(target)})"
        return None

    def mismatch(self, error: Mismatch, file: DataFile) -> SparkError:
        source, target = t.simple_string(error.source), t.simple_string(error.target)
        reason = f"its field {error.column} is {source}, which cannot be read as {target}"
        return ExecutionError("FAILED_READ_FILE.NO_HINT", path=self.fs.uri(file.status.path, "//"), reason=reason)


def _from_int(sql: str, source: DataType, target: DataType, reading: Reading) -> str | None:
    number = f"({sql} - DATE '1970-01-01')" if isinstance(source, t.DateType) else sql
    match target:
        case t.IntegerType() | t.LongType() | t.DoubleType():
            return f"CAST({number} AS {reading.type(target)})"
        case t.YearMonthIntervalType():
            return f"CAST({number} AS INTEGER)"
        case t.DateType() if isinstance(source, t.IntegerType):
            return f"(DATE '1970-01-01' + {sql})"
        case t.TimestampNTZType() if isinstance(source, t.DateType):
            return f"CAST({sql} AS TIMESTAMP)"
    return None


def _from_long(sql: str, source: DataType, target: DataType) -> str | None:
    """A number without a logical type is milliseconds where it is read as a time."""
    times = (t.TimestampType, t.TimestampNTZType)
    match target:
        case t.LongType() | t.DayTimeIntervalType():
            return f"epoch_us({sql})" if isinstance(source, times) else sql
        case t.TimestampType() if isinstance(source, t.LongType):
            return f"make_timestamptz({sql} * 1000)"
        case t.TimestampNTZType() if isinstance(source, t.LongType):
            return f"make_timestamp({sql} * 1000)"
        case t.DateType() if isinstance(source, t.LongType):
            return f"(DATE '1970-01-01' + CAST({sql} // 86400000 AS INTEGER))"
    return None


def _arrays(records: Sequence[dict[str, Any]], columns: Sequence[StructField]) -> list[pa.Array]:
    return [pa.array([r[c.name] for r in records], stored_type(c.type)) for c in columns]


# --- the schema -----------------------------------------------------------------------------------------


def _schema(fs: FileSystem, file: DataFile) -> Avro:
    """The schema that a file was written with. Raises FAILED_READ_FILE."""
    try:
        with fs.open(file.status.path) as stream:
            return parsed(read_header(stream).schema)
    except (OSError, ValueError) as error:
        raise unreadable(fs, file, error) from error


def _columns(avro: Avro, options: AvroFileOptions) -> StructType:
    type, _ = spark_type(avro, options.types)
    if not isinstance(type, StructType):
        raise AnalysisError(
            "UNSUPPORTED_FEATURE.GLOWPLUG", feature=f"Avro files of values that are no records but {kind(avro.schema)}"
        )
    if contains_type(type, t.TimeType):
        raise AnalysisError("UNSUPPORTED_TIME_TYPE")
    return type


def infer(fs: FileSystem, files: Sequence[DataFile], options: AvroFileOptions) -> StructType | None:
    """The option's schema, or that of the first file that has one."""
    if (given := options.given) is not None:
        return _columns(given, options)
    for file in files:
        if not file.status.size:
            continue
        try:
            return _columns(_schema(fs, file), options)
        except ExecutionError:
            if not options.ignore_corrupt:
                raise
    return None


# --- the format -----------------------------------------------------------------------------------------


def resolve(paths: Sequence[str], schema: StructType | None, options: Pairs, context: Context) -> AvroSource:
    chosen = read_options(AvroFileOptions, options, context.settings)
    listing = list_files(paths, chosen, schema, context)
    if not chosen.ignore_extension:
        named = tuple(f for f in listing.files if f.status.name.endswith(".avro"))
        listing = replace(listing, files=named)
    case_sensitive = enabled(context.settings, "spark.sql.caseSensitive")
    source: AvroSource = make(
        AvroSource,
        listing,
        schema,
        lambda files: infer(listing.fs, files, chosen),
        "Avro",
        case_sensitive,
        bool(chosen.ignore_missing),
        ignore_corrupt=bool(chosen.ignore_corrupt),
        exact_names=case_sensitive,
        options=chosen,
    )
    check_schema(source.data_schema, "Avro", "", supports)
    return source


def supports(type: DataType) -> bool:
    """Whether a column of the type can be stored."""
    return not isinstance(type, (t.CalendarIntervalType, t.VariantType, t.TimeType))
