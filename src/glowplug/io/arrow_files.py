"""Arrow IPC files, Glowplug's own addition to Spark's formats. https://arrow.apache.org/docs/format/Columnar.html

Both kinds are read, those with a footer and streams, batch by batch and only the columns that are asked for. What is
written has a footer, and Spark's schema in its metadata, as Parquet files have.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from glowplug import types as t
from glowplug.arrow import arrow_schema, from_arrow_type
from glowplug.errors import ExecutionError, SparkError
from glowplug.io.batch_files import batch_output
from glowplug.io.batches import BatchSource, Mismatch, Rows, stored_type, unreadable
from glowplug.io.files import check_schema, make
from glowplug.io.filesystem import FileSystem
from glowplug.io.listing import DataFile, list_files
from glowplug.io.parquet import merge
from glowplug.io.parquet_footer import ROW_METADATA
from glowplug.io.produce import Output
from glowplug.io.source import Context, Pairs, Reading
from glowplug.source_options import ListingOptions, codec, enabled, option, read_options
from glowplug.types import DataType, StructField, StructType
from glowplug.types_json import from_json, to_json

CODECS = {"none": None, "uncompressed": None, "lz4": "lz4", "zstd": "zstd"}
_MAGIC = b"ARROW1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrowOptions(ListingOptions):
    merge: bool = option("mergeSchema", "The schema is that of all files together.", False)
    compression: str = option("compression", "How buffers are compressed.", "none", parse=codec(CODECS))


def _open(fs: FileSystem, file: DataFile, columns: Sequence[str] | None = None) -> Any:
    """A reader of a file, which has `schema`; of only some columns where it can choose. Raises FAILED_READ_FILE."""
    try:
        raw = fs.open(file.status.path)
        footer = raw.read(len(_MAGIC)) == _MAGIC
        raw.seek(0)
        opened = pa.ipc.open_file(raw) if footer else pa.ipc.open_stream(raw)
        if columns is None or not columns:
            return opened
        options = pa.ipc.IpcReadOptions(included_fields=[opened.schema.get_field_index(c) for c in columns])
        raw.seek(0)
        return pa.ipc.open_file(raw, options=options) if footer else pa.ipc.open_stream(raw, options=options)
    except (OSError, pa.ArrowException) as error:
        raise unreadable(fs, file, error) from error


def _batches(opened: Any) -> Iterator[pa.RecordBatch]:
    if isinstance(opened, pa.ipc.RecordBatchStreamReader):
        yield from opened
    else:
        yield from (opened.get_batch(i) for i in range(opened.num_record_batches))


@dataclass(frozen=True, slots=True)
class ArrowSource(BatchSource):
    @property
    def name(self) -> str:
        return "arrow"

    def file_schema(self, file: DataFile) -> StructType:
        return _schema(_open(self.fs, file).schema)

    def read(self, file: DataFile, columns: Sequence[StructField]) -> Iterator[Rows]:
        try:
            for batch in _batches(_open(self.fs, file, [c.name for c in columns])):
                yield batch.num_rows, [_as_stored(batch.column(c.name), c.type) for c in columns]
        except (OSError, pa.ArrowException) as error:
            raise unreadable(self.fs, file, error) from error

    def leaf(self, sql: str, source: DataType, target: DataType, reading: Reading) -> str | None:
        """Numbers as wider ones, as the store assignment of Spark has it; nothing else."""
        order = (t.ByteType, t.ShortType, t.IntegerType, t.LongType, t.FloatType, t.DoubleType)
        if isinstance(source, order) and isinstance(target, order):
            widens = order.index(type(source)) < order.index(type(target))
            return f"CAST({sql} AS {reading.type(target)})" if widens else None
        if isinstance(source, t.STRINGS) and isinstance(target, t.STRINGS):
            return sql
        if isinstance(source, t.DecimalType) and isinstance(target, t.DecimalType):
            fits = target.scale >= source.scale and target.precision - target.scale >= source.precision - source.scale
            return f"CAST({sql} AS {reading.type(target)})" if fits else None
        return None

    def mismatch(self, error: Mismatch, file: DataFile) -> SparkError:
        source, target = t.simple_string(error.source), t.simple_string(error.target)
        reason = f"its column {error.column} is {source}, which cannot be read as {target}"
        return ExecutionError("FAILED_READ_FILE.NO_HINT", path=self.fs.uri(file.status.path, "//"), reason=reason)


def _as_stored(array: Any, type: DataType) -> Any:
    if isinstance(array.type, pa.ExtensionType):
        array = array.storage
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_duration(array.type):
        array = array.cast(pa.duration("us"), safe=False)
    return array.cast(stored_type(type), safe=False)


def _schema(schema: pa.Schema) -> StructType:
    """What Spark's schema in the metadata says, if that is of these columns, else what Arrow's types say."""
    fields = []
    for f in schema:
        type = f.type.storage_type if isinstance(f.type, pa.ExtensionType) else f.type
        fields.append(StructField(f.name, from_arrow_type(type)))
    text = (schema.metadata or {}).get(ROW_METADATA.encode())
    if text is not None:
        with suppress(SparkError, UnicodeDecodeError):
            stated = from_json(text.decode())
            if isinstance(stated, StructType) and [f.name for f in stated.fields] == schema.names:
                return stated
    return StructType(tuple(fields))


def infer(fs: FileSystem, files: Sequence[DataFile], options: ArrowOptions) -> StructType | None:
    """The schema of the first file, or of all files together."""
    merged: StructType | None = None
    for file in files:
        if not file.status.size:
            continue
        try:
            schema = _schema(_open(fs, file).schema)
        except ExecutionError:
            if not options.ignore_corrupt:
                raise
            continue
        merged = schema if merged is None else merge(merged, schema)
        if not options.merge:
            break
    return merged


def resolve(paths: Sequence[str], schema: StructType | None, options: Pairs, context: Context) -> ArrowSource:
    chosen = read_options(ArrowOptions, options, context.settings)
    listing = list_files(paths, chosen, schema, context)
    case_sensitive = enabled(context.settings, "spark.sql.caseSensitive")
    source: ArrowSource = make(
        ArrowSource,
        listing,
        schema,
        lambda files: infer(listing.fs, files, chosen),
        "Arrow",
        case_sensitive,
        bool(chosen.ignore_missing),
        ignore_corrupt=bool(chosen.ignore_corrupt),
        exact_names=case_sensitive,
    )
    check_schema(source.data_schema, "Arrow", "", supports)
    return source


def supports(type: DataType) -> bool:
    """Whether a column of the type can be stored."""
    return not isinstance(type, (t.CalendarIntervalType, t.VariantType))


def output(schema: StructType, options: Pairs, context: Context) -> Output:
    compression = CODECS[read_options(ArrowOptions, options, context.settings).compression]
    metadata = {ROW_METADATA: json.dumps(to_json(schema), separators=(",", ":"))}
    stored = arrow_schema(schema, "UTC").with_metadata(metadata)

    def encode(batches: Iterator[pa.RecordBatch], path: str) -> None:
        with pa.ipc.new_file(path, stored, options=pa.ipc.IpcWriteOptions(compression=compression)) as writer:
            for batch in batches:
                writer.write_batch(batch)

    columns = [(f"d{i}", f.name) for i, f in enumerate(schema.fields)]
    return batch_output(".arrow", columns, stored, encode)
