"""Parquet files' own schemas: read through the kernel, as Spark types.

Which Parquet types are which Spark types follows Spark's `ParquetToSparkSchemaConverter`.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from glowplug.errors import AnalysisError, ExecutionError, SparkError
from glowplug.io.filesystem import FileStatus, FileSystem
from glowplug.io.source import Reading
from glowplug.sqltext import literal, strings
from glowplug.types import (
    BINARY,
    BOOLEAN,
    BYTE,
    DATE,
    DOUBLE,
    FLOAT,
    INT,
    LONG,
    MAX_PRECISION,
    SHORT,
    STRING,
    TIMESTAMP,
    TIMESTAMP_NTZ,
    ArrayType,
    DataType,
    DecimalType,
    MapType,
    StructField,
    StructType,
    TimeType,
)

PHYSICAL_NAME = "delta.columnMapping.physicalName"  # in a field's metadata
ROW_METADATA = "org.apache.spark.sql.parquet.row.metadata"
_WRITER = ("org.apache.spark.version", "org.apache.spark.legacyDateTime", "org.apache.spark.legacyINT96")
VARIANT = "VARIANT"  # the kernel's type of what is annotated so
_FILES_A_QUERY = 500
_CACHED_FOOTERS = 20_000


@dataclass(frozen=True, slots=True)
class Node:
    """A column or part of one. `kind` is "list" and "map" once the levels that Parquet puts between are removed.

    `shape` is the kernel's name of the type: two nodes of equal shape are read alike.
    """

    name: str
    kind: str  # leaf, struct, list, map
    shape: str
    children: tuple[Node, ...] = ()
    physical: str = ""
    annotation: str = ""  # INT_8 … UINT_64, DECIMAL, DATE, UTF8, TIMESTAMP_MICROS, TIMESTAMP_NANOS, …
    precision: int = 0
    scale: int = 0
    utc: bool = True


@dataclass(frozen=True, slots=True)
class Footer:
    """A file's columns, and what Spark wrote into it: its schema, as JSON, and how it wrote dates and times."""

    columns: tuple[Node, ...]
    row_metadata: str | None
    spark: str | None = None  # the version that wrote it
    legacy: frozenset[str] = frozenset()  # keys that tell of the Julian calendar


# Facts about files that do not change: by path, size and time of change.
_cache: OrderedDict[FileStatus, Footer] = OrderedDict()
_cache_lock = threading.Lock()


def read_footers(fs: FileSystem, files: Sequence[FileStatus], reading: Reading) -> list[Footer | SparkError]:
    """The footers of files, in order; for a file that is no Parquet file, the error."""
    with _cache_lock:
        found: dict[FileStatus, Footer | SparkError] = {f: _cache[f] for f in files if f in _cache}
    missing = [f for f in files if f not in found]
    for start in range(0, len(missing), _FILES_A_QUERY):
        found.update(_read(fs, missing[start : start + _FILES_A_QUERY], reading))
    with _cache_lock:
        _cache.update({f: v for f in missing if isinstance(v := found[f], Footer)})
        while len(_cache) > _CACHED_FOOTERS:
            _cache.popitem(last=False)
    return [found[f] for f in files]


def _read(fs: FileSystem, files: Sequence[FileStatus], reading: Reading) -> dict[FileStatus, Footer | SparkError]:
    paths = [fs.kernel_path(f.path, reading) for f in files]
    listed = strings(paths)
    try:
        # The kernel reports files in the order given, so that equal file_names are told apart by column_id = 0.
        rows = reading.rows(
            "SELECT column_id, name, type, repetition_type, coalesce(num_children, 0), coalesce(converted_type, ''), "
            "coalesce(precision, 0), coalesce(scale, 0), coalesce(logical_type, ''), duckdb_type, file_name "
            f"FROM parquet_schema({listed})"
        )
        metadata = reading.rows(
            f"SELECT file_name, decode(key), decode(value) FROM parquet_kv_metadata({listed}) "
            f"WHERE key IN (encode({literal(ROW_METADATA)}), {', '.join(f'encode({literal(k)})' for k in _WRITER)})"
        )
    except SparkError:
        if len(files) == 1:
            return {files[0]: _footer_error(fs, files[0])}
        return {f: v for file in files for f, v in _read(fs, [file], reading).items()}
    of_file: list[list[tuple[Any, ...]]] = []
    for row in rows:
        if row[0] == 0:
            of_file.append([])
        of_file[-1].append(row)
    told: dict[str, dict[str, str]] = {}
    for name, key, value in metadata:
        told.setdefault(name, {})[key] = value
    names = [group[0][-1] for group in of_file]
    return {f: _footer(g, told.get(n, {})) for f, g, n in zip(files, of_file, names, strict=True)}


def _footer(rows: Sequence[tuple[Any, ...]], told: dict[str, str]) -> Footer:
    return Footer(
        _columns(rows), told.get(ROW_METADATA), told.get(_WRITER[0]), frozenset(told) & frozenset(_WRITER[1:])
    )


def _footer_error(fs: FileSystem, file: FileStatus) -> SparkError:
    try:
        with fs.open(file.path) as stream:
            stream.read(1)
    except FileNotFoundError:
        return ExecutionError("FAILED_READ_FILE.FILE_NOT_EXIST", path=fs.uri(file.path, "//"))
    except OSError as reason:
        return ExecutionError("FAILED_READ_FILE.NO_HINT", path=fs.uri(file.path, "//"), reason=str(reason.strerror))
    return ExecutionError("FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER", path=fs.uri(file.path))


# --- the tree -----------------------------------------------------------------------------------------


def _columns(rows: Sequence[tuple[Any, ...]]) -> tuple[Node, ...]:
    elements = iter(rows)
    root = next(elements)
    return tuple(_node(elements) for _ in range(root[4]))


def _node(elements: Iterator[tuple[Any, ...]], in_list: bool = False) -> Node:
    _, name, physical, repetition, count, converted, precision, scale, logical, shape, _ = next(elements)
    if count == 0 and physical:
        node = Node(name, "leaf", shape, (), physical, *_annotation(converted, logical, precision, scale))
    elif converted == "LIST" or logical.startswith("List"):
        repeated = _node(elements, in_list=True)
        # The rules by which old writers' lists are told from the three-level form.
        is_element = (
            repeated.kind != "struct" or len(repeated.children) > 1 or repeated.name in ("array", f"{name}_tuple")
        )
        node = Node(name, "list", shape, (repeated if is_element else repeated.children[0],))
    elif converted in ("MAP", "MAP_KEY_VALUE") or logical.startswith("Map"):
        node = Node(name, "map", shape, _node(elements, in_list=True).children)
    else:
        node = Node(name, "struct", shape, tuple(_node(elements) for _ in range(count)))
    if repetition == "REPEATED" and not in_list:
        node = Node(name, "list", shape, (node,))
    return node


def _annotation(converted: str, logical: str, precision: int, scale: int) -> tuple[str, int, int, bool]:
    """The annotation in the older notation, extended by what that cannot say."""
    kind = logical.partition("(")[0].removesuffix("Type")
    utc = "isAdjustedToUTC=0" not in logical
    if kind in ("Timestamp", "Time"):
        unit = next((u for u in ("MILLIS", "MICROS", "NANOS") if f"{u}=<null>" not in logical), "NANOS")
        return f"{kind.upper()}_{unit}", 0, 0, utc
    if kind in ("UUID", "Float16", "Unknown", "Variant"):
        return kind.upper(), 0, 0, utc
    return converted, precision, scale, utc


# --- Parquet types as Spark types -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Inference:
    """The settings that inference heeds."""

    binary_as_string: bool = False
    timestamp_ntz: bool = True
    nanos_as_long: bool = False
    time: bool = False


INTS: dict[tuple[str, str], DataType] = {
    ("INT32", ""): INT,
    ("INT32", "INT_8"): BYTE,
    ("INT32", "INT_16"): SHORT,
    ("INT32", "INT_32"): INT,
    ("INT32", "UINT_8"): SHORT,
    ("INT32", "UINT_16"): INT,
    ("INT32", "UINT_32"): LONG,
    ("INT64", ""): LONG,
    ("INT64", "INT_64"): LONG,
    ("INT64", "UINT_64"): DecimalType(20, 0),
    ("INT32", "DATE"): DATE,
    ("INT32", "UNKNOWN"): INT,
}


def infer_type(node: Node, settings: Inference) -> DataType:
    """The Spark type of a column. Raises PARQUET_TYPE_ILLEGAL for one that Spark has none for."""
    match node.kind:
        case "list":
            return ArrayType(infer_type(node.children[0], settings), True)
        case "map":
            return MapType(infer_type(node.children[0], settings), infer_type(node.children[1], settings), True)
        case "struct":
            return StructType(tuple(StructField(c.name, infer_type(c, settings)) for c in node.children))
    match node.physical, node.annotation:
        case "BOOLEAN", _:
            return BOOLEAN
        case "FLOAT", _:
            return FLOAT
        case "DOUBLE", _:
            return DOUBLE
        case "INT96", _:
            return TIMESTAMP
        case key if key in INTS:
            return INTS[key]
        case "INT32" | "INT64" | "BYTE_ARRAY" | "FIXED_LEN_BYTE_ARRAY", "DECIMAL":
            if node.precision > MAX_PRECISION:
                raise AnalysisError(
                    "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION", precision=node.precision, maxPrecision=MAX_PRECISION
                )
            return DecimalType(node.precision, node.scale)
        case "INT64", "TIMESTAMP_MILLIS" | "TIMESTAMP_MICROS":
            return TIMESTAMP if node.utc or not settings.timestamp_ntz else TIMESTAMP_NTZ
        case "INT64", "TIMESTAMP_NANOS" if settings.nanos_as_long:
            return LONG
        case "INT64", "TIME_MICROS":
            if not settings.time:
                raise AnalysisError("UNSUPPORTED_TIME_TYPE")
            return TimeType(6)
        case "BYTE_ARRAY", "UTF8" | "ENUM" | "JSON":
            return STRING
        case "BYTE_ARRAY", "":
            return STRING if settings.binary_as_string else BINARY
        case ("BYTE_ARRAY", "BSON") | ("FIXED_LEN_BYTE_ARRAY", ""):
            return BINARY
    raise AnalysisError("PARQUET_TYPE_ILLEGAL", parquetType=parquet_name(node))


def parquet_name(node: Node) -> str:
    """A type as error messages name it: `INT64 (TIMESTAMP(NANOS,true))`."""
    shown = node.annotation
    if shown.startswith("TIME"):
        kind, _, unit = shown.partition("_")
        shown = f"{kind}({unit},{str(node.utc).lower()})"
    physical = node.physical.replace("BYTE_ARRAY", "BINARY") if node.physical == "BYTE_ARRAY" else node.physical
    return f"{physical} ({shown})" if shown else physical or "group"


def stored_name(field: StructField) -> str:
    """A field's name in files: tables of Delta may give it another one there, so that it can be renamed."""
    if PHYSICAL_NAME not in field.metadata:
        return field.name
    return json.loads(field.metadata).get(PHYSICAL_NAME, field.name)  # type: ignore[no-any-return]
