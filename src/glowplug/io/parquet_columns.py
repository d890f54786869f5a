"""How a column of a Parquet file is read as a type that may be another than its own.

Which may be read as which follows Spark's `ParquetVectorUpdaterFactory`.
"""

from __future__ import annotations

from collections.abc import Callable

from glowplug.io.parquet_footer import INTS, VARIANT, Node, parquet_name, stored_name
from glowplug.io.parquet_rebase import AS_THEY_ARE, Rebase
from glowplug.io.source import Reading
from glowplug.sqltext import ident, literal
from glowplug.types import (
    INT,
    ArrayType,
    BinaryType,
    BooleanType,
    ByteType,
    DataType,
    DateType,
    DayTimeIntervalType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegerType,
    LongType,
    MapType,
    NullType,
    ShortType,
    StringType,
    StructType,
    TimestampNTZType,
    TimestampType,
    TimeType,
    UserDefinedType,
    VariantType,
    YearMonthIntervalType,
    simple_string,
)

Convert = Callable[[str, str], str]


class Mismatch(Exception):
    """A column cannot be read as the type asked for."""

    def __init__(self, column: str, expected: DataType, actual: Node) -> None:
        super().__init__(column)
        self.column, self.expected, self.actual = column, simple_string(expected), parquet_name(actual)


def read_as(sql: str, node: Node, target: DataType, reading: Reading, path: str, rebase: Rebase = AS_THEY_ARE) -> str:
    """Kernel SQL for the column `sql`, of the file type `node`, as a value of type `target`. Raises Mismatch.

    `sql` itself comes back where the kernel reads the type so by itself.
    """
    if isinstance(target, UserDefinedType):
        return read_as(sql, node, target.sql_type, reading, path, rebase)
    match node.kind, target:
        case "leaf", _:
            convert = _leaf(node, target)
            if convert is None:
                raise Mismatch(path, target, node)
            return rebase.value(convert(sql, reading.type(target)), node, target, reading)
        case "list", ArrayType(element):
            inner = read_as("x", node.children[0], element, reading, f"{path}, element", rebase)
            return sql if inner == "x" else f"list_transform({sql}, lambda x: {inner})"
        case "map", MapType(key, value):
            k = read_as("e.key", node.children[0], key, reading, f"{path}, key", rebase)
            v = read_as("e.value", node.children[1], value, reading, f"{path}, value", rebase)
            if (k, v) == ("e.key", "e.value"):
                return sql
            entry = f"struct_pack(k := {k}, v := {v})"
            return f"map_from_entries(list_transform(map_entries({sql}), lambda e: {entry}))"
        case "struct", StructType(fields):
            children = {c.name.lower(): c for c in node.children}
            parts, changed = [], len(fields) != len(node.children)
            for position, field in enumerate(fields):
                child = children.get(stored_name(field).lower())
                if child is None:
                    part = f"CAST(NULL AS {reading.type(field.type)})"
                    changed = True
                else:
                    of = f"struct_extract({sql}, {literal(child.name)})"
                    part = read_as(of, child, field.type, reading, f"{path}, {field.name}", rebase)
                    changed |= part != of or [c.name for c in node.children[position : position + 1]] != [field.name]
                parts.append(f"{ident(field.name)} := {part}")
            return f"CASE WHEN {sql} IS NOT NULL THEN struct_pack({', '.join(parts)}) END" if changed else sql
        case "struct", VariantType():  # annotated as one, or a struct of its parts as older writers left it
            if node.shape == VARIANT:
                whole = f"CAST(variant_to_parquet_variant({sql}) AS {reading.type(target)})"
                return f"CASE WHEN {sql} IS NOT NULL THEN {whole} END"
            if {c.name for c in node.children} != {"value", "metadata"}:
                raise Mismatch(path, target, node)
            return f"CAST({sql} AS {reading.type(target)})"
        case _:
            raise Mismatch(path, target, node)


def _same(sql: str, type: str) -> str:
    return sql


def _cast(sql: str, type: str) -> str:
    return f"CAST({sql} AS {type})"


def _as_utc(sql: str, type: str) -> str:
    """Between an instant and a wall-clock time: Parquet holds both as microseconds in UTC."""
    return f"timezone('UTC', {sql})"


def _leaf(node: Node, target: DataType) -> Convert | None:
    """How a primitive is read as `target`; None = not at all."""
    match node.physical, node.annotation, target:
        case _, _, NullType():
            return lambda sql, type: f"CAST(NULL AS {type})"
        case "BOOLEAN", _, BooleanType():
            return _same
        case _, "DECIMAL", DecimalType(p, s):
            if (p, s) == (node.precision, node.scale):
                return _same
            return _cast if s >= node.scale and p - s >= node.precision - node.scale else None
        case "INT32", _, _:
            return _int32(node, target)
        case "INT64", _, _:
            return _int64(node, target)
        case "INT96", _, TimestampType():
            return _as_utc
        case "INT96", _, TimestampNTZType():
            return _same
        case "FLOAT", _, FloatType():
            return _same
        case ("FLOAT", _, DoubleType()):
            return _cast
        case "DOUBLE", _, DoubleType():
            return _same
        case "BYTE_ARRAY", "UTF8" | "ENUM" | "JSON", StringType():
            return _same if node.shape == "VARCHAR" else _cast
        case "BYTE_ARRAY", "UTF8" | "ENUM" | "JSON", BinaryType():
            return lambda sql, type: f"encode(CAST({sql} AS VARCHAR))"
        case "BYTE_ARRAY", "" | "BSON", StringType():
            return lambda sql, type: f"decode({sql})"
        case ("BYTE_ARRAY" | "FIXED_LEN_BYTE_ARRAY", "" | "BSON", BinaryType()):
            return _same
    return None


def _int32(node: Node, target: DataType) -> Convert | None:
    match node.annotation, target:
        case "DATE", DateType():
            return _same
        case "DATE", TimestampNTZType():
            return _cast
        case "DATE", ByteType() | ShortType() | IntegerType() | LongType() | DoubleType():
            return lambda sql, type: f"CAST({sql} - DATE '1970-01-01' AS {type})"
        case ("UINT_32", LongType()) | ("UNKNOWN", _):
            return _cast
        case "" | "INT_8" | "INT_16" | "INT_32" | "UINT_8" | "UINT_16" as note, _:
            natural, signed = INTS["INT32", note], not note.startswith("U")
            match target:
                case DecimalType(p, s) if signed:
                    return _cast if p - s >= 10 else None
                case YearMonthIntervalType():
                    return _same if natural == INT and signed else _cast
                case ByteType() | ShortType() | IntegerType() | LongType() | DoubleType():
                    return _same if natural == target and signed else _cast
                case DateType():
                    return lambda sql, type: f"(DATE '1970-01-01' + CAST({sql} AS INTEGER))"
    return None


def _int64(node: Node, target: DataType) -> Convert | None:
    match node.annotation, target:
        case "" | "INT_64", LongType() | DayTimeIntervalType():
            return _same
        case "" | "INT_64", DecimalType(p, s) if p - s >= 20:
            return _cast
        case "UINT_64", DecimalType(20, 0):
            return _cast
        case "TIMESTAMP_MILLIS" | "TIMESTAMP_MICROS", TimestampType():
            return _same if node.utc else _as_utc
        case "TIMESTAMP_MILLIS" | "TIMESTAMP_MICROS", TimestampNTZType():
            return _as_utc if node.utc else _same
        case "TIMESTAMP_MILLIS" | "TIMESTAMP_MICROS" | "TIMESTAMP_NANOS" as note, LongType():
            function = {"MILLIS": "epoch_ms", "MICROS": "epoch_us", "NANOS": "epoch_ns"}[note.rpartition("_")[2]]
            return lambda sql, type: f"{function}({sql})"
        case "TIME_MICROS", TimeType():
            return _same
    return None
