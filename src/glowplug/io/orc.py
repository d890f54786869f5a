"""ORC. https://spark.apache.org/docs/latest/sql-data-sources-orc.html

A file is read stripe by stripe, only the columns that are asked for. ORC's timestamps are wall-clock times: as in
Spark, a TIMESTAMP is one in the zone of the machine, whatever the session's. Types that ORC lacks are integers with an
attribute that names Spark's type.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.orc as pyorc

from glowplug import types as t
from glowplug.arrow import from_arrow_type
from glowplug.errors import ExecutionError, SparkError
from glowplug.io.batches import BatchSource, Mismatch, Rows, stored_type, unreadable
from glowplug.io.files import check_schema, make
from glowplug.io.filesystem import FileSystem
from glowplug.io.listing import DataFile, list_files
from glowplug.io.orc_types import convert
from glowplug.io.parquet import merge
from glowplug.io.source import Context, Pairs, Reading
from glowplug.source_options import ListingOptions, codec, enabled, option, read_options
from glowplug.types import DataType, StructField, StructType

# Spark's name → pyarrow's, and the part of a file's name. Brotli and LZO need codecs that pyarrow's ORC lacks.
CODECS = {
    "none": ("uncompressed", ""),
    "uncompressed": ("uncompressed", ""),
    "snappy": ("snappy", ".snappy"),
    "zlib": ("zlib", ".zlib"),
    "lz4": ("lz4", ".lz4"),
    "zstd": ("zstd", ".zstd"),
}
ATTRIBUTE = b"spark.sql.catalyst.type"
_LOGICAL: dict[str, DataType] = {
    "timestamp_ntz": t.TIMESTAMP_NTZ,
    "interval year to month": t.YearMonthIntervalType(),
    "interval day to second": t.DayTimeIntervalType(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrcOptions(ListingOptions):
    merge: bool = option(
        "mergeSchema", "The schema is that of all files together.", False, setting="spark.sql.orc.mergeSchema"
    )
    compression: str = option("compression|orc.compress", "How files are compressed.", "zstd",
                              parse=codec(CODECS), setting="spark.sql.orc.compression.codec")  # fmt: skip


def _open(fs: FileSystem, file: DataFile) -> Any:
    """A file as pyarrow reads it. Raises FAILED_READ_FILE."""
    try:
        return pyorc.ORCFile(fs.open(file.status.path))
    except (OSError, pa.ArrowException) as error:
        raise unreadable(fs, file, error) from error


@dataclass(frozen=True, slots=True)
class OrcSource(BatchSource):
    @property
    def name(self) -> str:
        return "orc"

    def file_schema(self, file: DataFile) -> StructType:
        return _struct(_open(self.fs, file).schema, logical=False)

    def read(self, file: DataFile, columns: Sequence[StructField]) -> Iterator[Rows]:
        opened = _open(self.fs, file)
        names = [c.name for c in columns]
        if not names:
            yield opened.nrows, ()
            return
        for stripe in range(opened.nstripes):
            try:
                batch = opened.read_stripe(stripe, names).select(names)
                # Nanoseconds are cut off, as in Spark.
                arrays = [c.cast(stored_type(f.type), safe=False) for c, f in zip(batch.columns, columns, strict=True)]
            except (OSError, pa.ArrowException) as error:
                raise unreadable(self.fs, file, error) from error
            yield batch.num_rows, arrays

    def leaf(self, sql: str, source: DataType, target: DataType, reading: Reading) -> str | None:
        return convert(sql, source, target, reading)

    def mismatch(self, error: Mismatch, file: DataFile) -> SparkError:
        source, target = t.simple_string(error.source), t.simple_string(error.target)
        reason = f"its column {error.column} is {source}, which cannot be read as {target}"
        return ExecutionError("FAILED_READ_FILE.NO_HINT", path=self.fs.uri(file.status.path, "//"), reason=reason)


# --- the schema -----------------------------------------------------------------------------------------


def _struct(schema: Any, logical: bool) -> StructType:
    """The fields of a pyarrow schema or struct; `logical`: as Spark sees them, not as they are stored."""
    return StructType(tuple(StructField(f.name, _type(f, logical)) for f in schema))


def _type(field: pa.Field, logical: bool) -> DataType:
    type = field.type
    if pa.types.is_struct(type):
        return _struct(type, logical)
    if pa.types.is_list(type):
        return t.ArrayType(_type(type.value_field, logical))
    if pa.types.is_map(type):
        return t.MapType(_type(type.key_field, logical), _type(type.item_field, logical))
    if pa.types.is_union(type):
        raise ExecutionError("UNSUPPORTED_FEATURE.GLOWPLUG", feature=f"the ORC type {type}")
    if pa.types.is_timestamp(type):
        return t.TIMESTAMP if type.tz or logical else t.TIMESTAMP_NTZ
    name = (field.metadata or {}).get(ATTRIBUTE, b"").decode() if logical else ""
    return _LOGICAL.get(name) or from_arrow_type(type)


def infer(fs: FileSystem, files: Sequence[DataFile], options: OrcOptions) -> StructType | None:
    """The schema of the first file that has columns, or of all files together."""
    merged: StructType | None = None
    for file in files:
        if not file.status.size:
            continue
        try:
            schema = _struct(_open(fs, file).schema, logical=True)
        except ExecutionError as error:
            if not options.ignore_corrupt:
                uri = fs.uri(file.status.path, "//")
                raise ExecutionError("FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER", path=uri) from error
            continue
        if schema.fields:
            merged = schema if merged is None else merge(merged, schema)
            if not options.merge:
                break
    return merged


# --- the format -----------------------------------------------------------------------------------------


def resolve(paths: Sequence[str], schema: StructType | None, options: Pairs, context: Context) -> OrcSource:
    chosen = read_options(OrcOptions, options, context.settings)
    listing = list_files(paths, chosen, schema, context)
    case_sensitive = enabled(context.settings, "spark.sql.caseSensitive")
    source: OrcSource = make(
        OrcSource,
        listing,
        schema,
        lambda files: infer(listing.fs, files, chosen),
        "ORC",
        case_sensitive,
        bool(chosen.ignore_missing),
        ignore_corrupt=bool(chosen.ignore_corrupt),
        exact_names=case_sensitive,
    )
    check_schema(source.data_schema, "ORC", "", supports)
    return source


def supports(type: DataType) -> bool:
    """Whether a column of the type can be stored."""
    return not isinstance(type, (t.CalendarIntervalType, t.NullType, t.VariantType, t.TimeType))
