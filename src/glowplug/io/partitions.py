"""Hive-style partition directories (`month=7/day=__HIVE_DEFAULT_PARTITION__`): their columns, types and values.

Semantics of Spark's `PartitioningUtils`: columns are the `name=value` directories between a table's base path and
its files; types are inferred over all values of a column, or taken from the user's schema.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from glowplug.errors import AnalysisError, RuntimeFailure, SparkError
from glowplug.io.source import Kernel
from glowplug.sqltext import literal, value_query
from glowplug.types import (
    BINARY,
    DATE,
    DOUBLE,
    INT,
    INTEGRAL,
    LONG,
    NULL,
    STRING,
    STRINGS,
    TIMESTAMP,
    TIMESTAMP_NTZ,
    DataType,
    DateType,
    DecimalType,
    DoubleType,
    IntegerType,
    LongType,
    NullType,
    StructField,
    StructType,
    TimestampNTZType,
    TimestampType,
    quote,
    sql_name,
)

DEFAULT_PARTITION = "__HIVE_DEFAULT_PARTITION__"
_ESCAPED = frozenset("\"#%'*/:=?\\\x7f{[]^") | {chr(c) for c in range(1, 32)}
_RANGES = {"ByteType": 1 << 7, "ShortType": 1 << 15, "IntegerType": 1 << 31, "LongType": 1 << 63}
_FLOAT = re.compile(r"\s*[+-]?(NaN|Infinity|(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[dDfF]?)\s*", re.ASCII)
_HEX_FLOAT = re.compile(r"\s*([+-]?)0[xX]([0-9a-fA-F]*\.?[0-9a-fA-F]*)[pP]([+-]?\d+)[dDfF]?\s*", re.ASCII)
EPOCH = datetime(1970, 1, 1)


def escape(text: str) -> str:
    """A partition's column name or value as a directory name."""
    return "".join(f"%{ord(c):02X}" if c in _ESCAPED else c for c in text)


def unescape(text: str) -> str:
    """A directory's name as the value that it stands for: `%20` is a blank."""
    return re.sub("%([0-9a-fA-F]{2})", lambda m: chr(int(m[1], 16)), text) if "%" in text else text


@dataclass(frozen=True, slots=True)
class Partitioning:
    """The partition columns and, for each directory with files, the values, as `Literal` values of their types."""

    schema: StructType
    values: dict[str, tuple[Any, ...]]


def discover(
    directories: Iterable[str], bases: frozenset[str], user: StructType | None, infer: bool, wall_clock: bool,
    kernel: Kernel,
) -> Partitioning:  # fmt: skip
    """The partitioning of the directories that hold files. Without partition directories: no columns, no values.

    Once there are partition columns, directories without values (files beside the partitions) are left out.
    """
    specs: dict[str, list[tuple[str, str]]] = {}
    roots: dict[str, None] = {}
    for directory in directories:
        parsed = _spec(directory, bases)
        if parsed is not None:
            root, spec = parsed
            roots[root] = None
            if spec:
                specs[directory] = spec
    if not specs:
        return Partitioning(StructType(), {})
    if len(roots) > 1:
        listing = "".join(f"\n\tfile:{r}" for r in roots) + "\n"
        raise RuntimeFailure("CONFLICTING_DIRECTORY_STRUCTURES", discoveredBasePaths=listing)
    names = _names(specs)
    raw = [[unescape(spec[i][1]) for spec in specs.values()] for i in range(len(names))]
    fields, columns = [], []
    for name, texts in zip(names, raw, strict=True):
        given = next((f for f in user.fields if f.name.lower() == name.lower()), None) if user else None
        type = given.type if given else _common_type(set(texts), infer, TIMESTAMP_NTZ if wall_clock else TIMESTAMP)
        fields.append(StructField(given.name if given else name, type))
        columns.append(partition_values(texts, type, name, kernel))
    return Partitioning(StructType(tuple(fields)), dict(zip(specs, zip(*columns, strict=True), strict=True)))


def _spec(directory: str, bases: frozenset[str]) -> tuple[str, list[tuple[str, str]]] | None:
    """The base path and the `name=value` pairs of a directory; None inside `_temporary`."""
    current, columns = directory, list[tuple[str, str]]()
    while current not in bases:
        name = posixpath.basename(current)
        if name.lower() == "_temporary":
            return None
        column, equals, value = name.partition("=")
        if equals and not column:
            raise RuntimeFailure("EMPTY_PARTITION_COLUMN_NAME", columnSpec=name)
        if equals and not value:
            raise RuntimeFailure("EMPTY_PARTITION_COLUMN_VALUE", columnSpec=name)
        if equals:
            columns.append((unescape(column), value))
        parent = posixpath.dirname(current)
        if (not equals and columns) or parent == current:
            break
        current = parent
    if not columns:
        return directory, []
    return current, columns[::-1]


def _names(specs: dict[str, list[tuple[str, str]]]) -> list[str]:
    distinct = {tuple(n.lower() for n, _ in spec): [n for n, _ in spec] for spec in reversed(specs.values())}
    names = [n for n, _ in next(iter(specs.values()))]
    if len(distinct) > 1:
        lists = "".join(f"\n\tPartition column name list #{i}: {', '.join(n)}" for i, n in enumerate(distinct.values()))
        paths = "".join(f"\n\tfile:{p}" for p in specs)
        lists += "\n"
        raise RuntimeFailure("CONFLICTING_PARTITION_COLUMN_NAMES", distinctPartColLists=lists, suspiciousPaths=paths)
    lower = [n.lower() for n in names]
    for name in lower:
        if lower.count(name) > 1:
            raise AnalysisError("COLUMN_ALREADY_EXISTS", columnName=quote(name))
    return names


# --- types ------------------------------------------------------------------------------------------


def _common_type(texts: set[str], infer: bool, timestamp: DataType) -> DataType:
    type: DataType = NULL
    for text in texts:
        type = _widen(type, _infer(text, timestamp) if infer else NULL if text == DEFAULT_PARTITION else STRING)
        if type is STRING:
            break
    return type


def _infer(text: str, timestamp: DataType) -> DataType:
    """The first of int, long, decimal without fraction, double, timestamp and date that the whole text is."""
    if re.fullmatch(r"[+-]?\d+", text):
        value = int(text)
        if -(1 << 31) <= value < 1 << 31:
            return INT
        if -(1 << 63) <= value < 1 << 63:
            return LONG
    if (number := _decimal(text)) is not None and number.as_tuple().exponent >= 0:  # type: ignore[operator]
        digits = len(str(abs(int(number))))
        if digits <= 38:
            return DecimalType(max(digits, 1), 0)
    if _double(text) is not None:
        return DOUBLE
    if re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d)?", text, re.ASCII) and _wall_clock(text) is not None:
        return timestamp
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) and _wall_clock(text) is not None:
        return DATE
    return NULL if text == DEFAULT_PARTITION else STRING


def _widen(a: DataType, b: DataType) -> DataType:
    match a, b:
        case _ if a == b:
            return a
        case (NullType(), other) | (other, NullType()):
            return other
        case (IntegerType(), LongType()) | (LongType(), IntegerType()):
            return LONG
        case (IntegerType(), DoubleType()) | (DoubleType(), IntegerType()):
            return DOUBLE
        case (IntegerType() | LongType() as i, DecimalType(p)) | (DecimalType(p), IntegerType() | LongType() as i):
            return DecimalType(max(p, 10 if i == INT else 20), 0)
        case DecimalType(p), DecimalType(q):
            return DecimalType(max(p, q), 0)
        case (DateType(), TimestampType() | TimestampNTZType() as both) | (
            TimestampType() | TimestampNTZType() as both, DateType(),
        ):  # fmt: skip
            return both
        case _:
            return STRING


# --- values -----------------------------------------------------------------------------------------


def partition_values(texts: Sequence[str | None], type: DataType, column: str, kernel: Kernel) -> list[Any]:
    """The texts as values of a type; distinct texts are converted once, unusual ones by the kernel's cast."""
    known: dict[str | None, Any] = {DEFAULT_PARTITION: None, None: None}
    for text in dict.fromkeys(texts):
        if text is not None and text not in known:
            try:
                known[text] = _value(text, type, kernel)
            except (ValueError, OverflowError):
                raise _bad_value(text, type, column) from None
    return [known[t] for t in texts]


def _bad_value(text: str, type: DataType, column: str) -> SparkError:
    return RuntimeFailure(
        "INVALID_PARTITION_VALUE", value=f"'{text}'", dataType=f'"{sql_name(type)}"', columnName=quote(column)
    )


def _value(text: str, type: DataType, kernel: Kernel) -> Any:
    match type:
        case t if isinstance(t, STRINGS):
            return text
        case t if t == BINARY:
            return text.encode()
        case t if isinstance(t, INTEGRAL) and re.fullmatch(r"[+-]?\d+", text):
            value = int(text)
            limit = _RANGES[t.__class__.__name__]
            if not -limit <= value < limit:
                raise ValueError(text)
            return value
        case DecimalType(_, scale) if (number := _decimal(text)) is not None:
            return number.quantize(Decimal(1).scaleb(-scale))
        case DoubleType() if (double := _double(text)) is not None:
            return double
        case DateType() if (wall := _wall_clock(text)) is not None and len(text) == 10:
            return (wall.date() - date(1970, 1, 1)).days
        case TimestampType() if (wall := _wall_clock(text)) is not None:
            instant = wall.replace(tzinfo=ZoneInfo(kernel.time_zone))
            return (instant - EPOCH.replace(tzinfo=ZoneInfo("UTC"))) // timedelta(microseconds=1)
        case _:
            value = kernel.rows(value_query(kernel.cast(literal(text), STRING, type, "try"), type))[0][0]
            if value is None:
                raise ValueError(text)
            return value


def _decimal(text: str) -> Decimal | None:
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text, re.ASCII):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _double(text: str) -> float | None:
    """A text as Java's Double.parseDouble takes it."""
    if m := _HEX_FLOAT.fullmatch(text):
        return float.fromhex(f"{m[1]}0x{m[2]}p{m[3]}")
    if not _FLOAT.fullmatch(text):
        return None
    number = text.strip()
    return float(number if number.endswith(("NaN", "Infinity")) else number.rstrip("dDfF"))


def _wall_clock(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if re.match(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d(\.\d+)?)?\Z", text) else None
    except ValueError:
        return None
