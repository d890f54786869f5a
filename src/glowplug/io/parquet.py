"""Parquet. https://spark.apache.org/docs/latest/sql-data-sources-parquet.html

Files are read by the kernel, grouped by the types of the columns that are asked for: within a group the kernel's own
reader does all the work, and projections and filters reach it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from glowplug.errors import ExecutionError, SparkError, unsupported
from glowplug.io.files import FILE, ROW, ROW_INDEX, FileSource, absent, make, metadata_column
from glowplug.io.filesystem import FileSystem
from glowplug.io.listing import DataFile, list_files
from glowplug.io.parquet_columns import Mismatch, read_as
from glowplug.io.parquet_footer import (
    ROW_METADATA,
    VARIANT,
    Footer,
    Inference,
    Node,
    infer_type,
    read_footers,
    stored_name,
)
from glowplug.io.parquet_rebase import AS_THEY_ARE, Rebase
from glowplug.io.parquet_variants import JSON_NULL, JsonNulls
from glowplug.io.produce import Output
from glowplug.io.source import Context, Pairs, Reading
from glowplug.source_options import ListingOptions, codec, enabled, one_of, option, read_options
from glowplug.sqltext import ident, literal, strings
from glowplug.type_trees import contains_type
from glowplug.types import (
    ArrayType,
    CalendarIntervalType,
    CharType,
    DataType,
    DecimalType,
    MapType,
    StructField,
    StructType,
    TimestampType,
    UserDefinedType,
    VarcharType,
    VariantType,
    sql_name,
)
from glowplug.types_json import from_json, to_json

# Spark's name → the kernel's, and the part of a file's name.
CODECS = {
    "none": ("uncompressed", ""),
    "uncompressed": ("uncompressed", ""),
    "snappy": ("snappy", ".snappy"),
    "gzip": ("gzip", ".gz"),
    "zstd": ("zstd", ".zstd"),
    "brotli": ("brotli", ".br"),
    # The kernel writes the interoperable form of LZ4 only, which every reader of the older one reads too.
    "lz4": ("lz4_raw", ".lz4raw"),
    "lz4_raw": ("lz4_raw", ".lz4raw"),
}


_MODES = one_of("EXCEPTION", "CORRECTED", "LEGACY")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParquetOptions(ListingOptions):
    merge: bool = option(
        "mergeSchema", "The schema is that of all files together.", False, setting="spark.sql.parquet.mergeSchema"
    )
    compression: str = option("compression|parquet.compression", "How files are compressed.", "snappy",
                              parse=codec(CODECS), setting="spark.sql.parquet.compression.codec")  # fmt: skip
    rebase: str = option("datetimeRebaseMode", "Whether ancient dates are of the Julian calendar.", "CORRECTED",
                         parse=_MODES, setting="spark.sql.parquet.datetimeRebaseModeInRead")  # fmt: skip
    int96: str = option("int96RebaseMode", "The same of timestamps stored as INT96.", "CORRECTED", parse=_MODES,
                        setting="spark.sql.parquet.int96RebaseModeInRead")  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Alike:
    """What files have in common that one query reads: of each field the column and its name in the kernel, names for
    all columns where their own ones do not do, and how dates are taken.
    """

    columns: Sequence[tuple[str, Node] | None]
    aliases: Sequence[str]
    rebase: Rebase


@dataclass(frozen=True, slots=True)
class ParquetSource(FileSource):
    ignore_corrupt: bool = False
    exact_names: bool = False  # names that differ in case are two
    rebase: Rebase = AS_THEY_ARE

    @property
    def name(self) -> str:
        return "parquet"

    @property
    def hidden(self) -> tuple[StructField, ...]:
        return (metadata_column(self.schema, ROW_INDEX),)

    def scan(
        self, files: Sequence[DataFile], fields: Sequence[StructField], extra: frozenset[str], reading: Reading
    ) -> str:
        groups: dict[object, tuple[_Alike, list[int]]] = {}
        for i, footer in enumerate(self._footers(files, reading)):
            if footer is not None:
                columns, aliases = self._columns(files[i], footer, fields), _aliases(footer) or ()
                shapes = tuple("" if c is None else f"{c[0]}:{_signature(c[1])}" for c in columns)
                alike = _Alike(columns, aliases, self.rebase.of(footer))
                groups.setdefault((shapes, aliases, alike.rebase), (alike, []))[1].append(i)
        queries = [
            self._group([files[i] for i in numbers], numbers, alike, fields, extra, reading)
            for alike, numbers in groups.values()
        ]
        if not queries:
            items = [f"CAST(NULL AS {reading.type(f.type)}) AS {ident(f.name)}" for f in fields]
            return f"SELECT {', '.join([*items, *(f'CAST(NULL AS BIGINT) AS {e}' for e in sorted(extra))])} WHERE false"
        return queries[0] if len(queries) == 1 else " UNION ALL ".join(f"({q})" for q in queries)

    def _footers(self, files: Sequence[DataFile], reading: Reading) -> list[Footer | None]:
        """The footers of files; None for one to be skipped."""
        footers: list[Footer | None] = []
        for footer in read_footers(self.fs, [f.status for f in files], reading):
            if isinstance(footer, SparkError):
                missing = footer.condition == "FAILED_READ_FILE.FILE_NOT_EXIST"
                if not (self.ignore_missing if missing else self.ignore_corrupt):
                    raise footer
                footers.append(None)
            else:
                footers.append(footer)
        return footers

    def _columns(self, file: DataFile, footer: Footer, fields: Sequence[StructField]) -> list[tuple[str, Node] | None]:
        """For each field the file's column, with its name in the kernel; None where the file has none.

        Raises for a field that the file has several times.
        """
        aliases = _aliases(footer)
        by_name: dict[str, list[tuple[str, Node]]] = {}
        for i, column in enumerate(footer.columns):
            key = column.name if self.exact_names else column.name.lower()
            by_name.setdefault(key, []).append((aliases[i] if aliases else column.name, column))
        found: list[tuple[str, Node] | None] = []
        for field in fields:
            name = stored_name(field)
            same = by_name.get(name if self.exact_names else name.lower(), [])
            if len(same) > 1:
                reason = f"the field {name} is in it {len(same)} times, when case does not count"
                uri = self.fs.uri(file.status.path, "//")
                raise ExecutionError("FAILED_READ_FILE.NO_HINT", path=uri, reason=reason)
            found.append(same[0] if same else None)
        return found

    def _group(
        self,
        files: Sequence[DataFile],
        numbers: Sequence[int],
        alike: _Alike,
        fields: Sequence[StructField],
        extra: frozenset[str],
        reading: Reading,
    ) -> str:
        """Files whose columns `fields` have the same types."""
        items, variants = [], list[str]()
        for field, column in zip(fields, alike.columns, strict=True):
            if column is None:
                value = absent(field, reading)
            else:
                name, node = column
                try:
                    value = read_as(ident(name), node, field.type, reading, field.name, alike.rebase)
                except Mismatch as error:
                    raise ExecutionError(
                        "FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH",
                        path=self.fs.uri(files[0].status.path, "//"),
                        column=f"[{error.column}]",
                        expectedType=error.expected,
                        actualType=error.actual,
                    ) from None
                if isinstance(field.type, VariantType) and node.shape == VARIANT:
                    value = f"coalesce({value}, CASE WHEN __c{len(variants)} THEN {JSON_NULL} END)"
                    variants.append(node.name)
            items.append(f"{value} AS {ident(field.name)}")
        if FILE in extra:
            position = "file_index::BIGINT + 1"
            if numbers != list(range(len(numbers))):
                position = f"[{', '.join(str(n + 1) for n in numbers)}][{position}]"
            items.append(f"CAST({position} AS BIGINT) AS {FILE}")
        if ROW in extra:
            items.append(f"file_row_number AS {ROW}")
        paths = strings(self.fs.kernel_path(f.status.path, reading) for f in files)
        rows = f"read_parquet({paths}, hive_partitioning=false)"
        if alike.aliases:
            rows += f" AS f({', '.join(map(ident, alike.aliases))})"
        if variants:
            nulls = reading.register(JsonNulls(self.fs, [f.status.path for f in files], variants))
            rows += f" LEFT JOIN {nulls} ON __file = file_index AND __row = file_row_number"
        return f"SELECT {', '.join(items)} FROM {rows}"


def _aliases(footer: Footer) -> tuple[str, ...] | None:
    """Names for the columns of a file whose own ones do not tell them apart in the kernel."""
    names = {c.name.lower() for c in footer.columns}
    odd = "" in names or len(names) < len(footer.columns)
    return tuple(f"column {i}" for i in range(len(footer.columns))) if odd else None


def _signature(node: Node) -> str:
    """What two columns must have in common to be read by the same SQL: kernel types say it but for annotations."""
    if node.kind == "leaf":
        return f"{node.name}:{node.physical}:{node.annotation}:{node.utc}:{node.shape}"
    return f"{node.name}:{node.kind}({','.join(map(_signature, node.children))})"


# --- the schema -----------------------------------------------------------------------------------------


def _schema(footer: Footer, settings: Inference) -> StructType:
    """What Spark wrote into the footer, else what the columns say."""
    if footer.row_metadata is not None:
        try:
            schema = from_json(footer.row_metadata)
        except SparkError:
            schema = None
        if isinstance(schema, StructType):
            return schema
    return StructType(tuple(StructField(c.name, infer_type(c, settings)) for c in footer.columns))


def infer(fs: FileSystem, files: Sequence[DataFile], options: ParquetOptions, context: Context) -> StructType | None:
    """The schema of the first file that has one, or of all files together."""
    statuses = [f.status for f in files]
    how = Inference(
        enabled(context.settings, "spark.sql.parquet.binaryAsString"),
        enabled(context.settings, "spark.sql.parquet.inferTimestampNTZ.enabled"),
        enabled(context.settings, "spark.sql.legacy.parquet.nanosAsLong"),
        enabled(context.settings, "spark.sql.timeType.enabled"),
    )
    merged: StructType | None = None
    for at in range(0, len(statuses), len(statuses) if options.merge else 1):
        part = statuses[at:] if options.merge else statuses[at : at + 1]
        for footer in read_footers(fs, part, context.kernel):
            if isinstance(footer, SparkError):
                if options.ignore_corrupt:
                    continue
                raise footer
            schema = _schema(footer, how)
            merged = schema if merged is None else merge(merged, schema)
        if merged is not None:
            break
    return merged


def merge(left: StructType, right: StructType) -> StructType:
    """Both structs' fields. Raises CANNOT_MERGE_SCHEMAS where a field has two types."""
    result = _merge(left, right)
    if not isinstance(result, StructType):
        raise ExecutionError("CANNOT_MERGE_SCHEMAS", left=f'"{sql_name(left)}"', right=f'"{sql_name(right)}"')
    return result


def _merge(a: DataType, b: DataType) -> DataType | None:
    """The type that holds both; None if there is none."""
    match a, b:
        case StructType(left), StructType(right):
            others = {f.name.lower(): f for f in right}
            fields = []
            for f in left:
                other = others.pop(f.name.lower(), f)
                type = _merge(f.type, other.type)
                if type is None:
                    return None
                fields.append(StructField(f.name, type, f.nullable or other.nullable, f.metadata))
            return StructType((*fields, *others.values()))
        case ArrayType(x, n), ArrayType(y, m):
            element = _merge(x, y)
            return None if element is None else ArrayType(element, n or m)
        case MapType(k, v, n), MapType(l, w, m):
            key, value = _merge(k, l), _merge(v, w)
            return None if key is None or value is None else MapType(key, value, n or m)
        case DecimalType(p, s), DecimalType(q, z) if s == z:
            return DecimalType(max(p, q), s)
        case UserDefinedType(), UserDefinedType():
            return a if a == b else None
    return a if a == b else None


# --- the format -----------------------------------------------------------------------------------------


def resolve(paths: Sequence[str], schema: StructType | None, options: Pairs, context: Context) -> ParquetSource:
    chosen = read_options(ParquetOptions, options, context.settings)
    listing = list_files(paths, chosen, schema, context)
    case_sensitive = enabled(context.settings, "spark.sql.caseSensitive")
    source: ParquetSource = make(
        ParquetSource,
        listing,
        schema,
        lambda files: infer(listing.fs, files, chosen, context),
        "Parquet",
        case_sensitive,
        bool(chosen.ignore_missing),
        ignore_corrupt=bool(chosen.ignore_corrupt),
        exact_names=case_sensitive,
        rebase=Rebase(chosen.rebase, chosen.int96),
    )
    return source


def supports(type: DataType) -> bool:
    """Whether a column of the type can be stored."""
    return not isinstance(type, CalendarIntervalType)


def output(schema: StructType, options: Pairs, context: Context) -> Output:
    chosen = read_options(ParquetOptions, options, context.settings)
    kernel_codec, suffix = CODECS[chosen.compression]
    if len({f.name.lower() for f in schema.fields}) < len(schema.fields):
        raise unsupported("writing names that differ in case only to Parquet files")
    plain = tuple(StructField(f.name, _stored(f.type), f.nullable, f.metadata) for f in schema.fields)
    row_metadata = json.dumps(to_json(StructType(plain)), separators=(",", ":"))
    columns = [(f"d{i}", f.name) for i, f in enumerate(schema.fields)]
    if (context.settings.get_option(_TIMESTAMPS) or "").upper() == "TIMESTAMP_MILLIS":
        columns = [(_of_millis(x, f.type), f.name) for (x, _), f in zip(columns, schema.fields, strict=True)]
    metadata = f"{{{literal(ROW_METADATA)}: {literal(row_metadata)}, 'org.apache.spark.version': '4.2.1'}}"
    return Output(
        extension=f"{suffix}.parquet",
        columns=columns,
        copy=f"FORMAT parquet, COMPRESSION {kernel_codec}, KV_METADATA {metadata}",
        counted=True,
    )


_TIMESTAMPS = "spark.sql.parquet.outputTimestampType"


def _of_millis(x: str, type: DataType) -> str:
    """A timestamp without what is below milliseconds, for files that have no room for it."""
    if isinstance(type, TimestampType):
        return f"date_trunc('millisecond', {x})"
    if contains_type(type, TimestampType):
        raise unsupported(f"{_TIMESTAMPS}=TIMESTAMP_MILLIS for timestamps within other values")
    return x


def _stored(type: DataType) -> DataType:
    """The type that Spark's own schema names for a column: lengths of strings are kept in its metadata."""
    return from_json('"string"') if isinstance(type, (CharType, VarcharType)) else type
