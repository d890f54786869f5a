"""SQLite through Python's own driver. A column's declared type says what it is read as, as its values do not.

Dates and timestamps are texts, or milliseconds since the epoch, as JDBC's driver writes them.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import pyarrow as pa

from glowplug import types as t
from glowplug.io.batches import stored_type
from glowplug.io.databases import Column, local_text
from glowplug.types import DataType

_NAMES: dict[type[DataType], str] = {
    t.StringType: "TEXT", t.CharType: "TEXT", t.VarcharType: "TEXT", t.BinaryType: "BLOB", t.BooleanType: "BOOLEAN",
    t.FloatType: "REAL", t.DoubleType: "DOUBLE PRECISION", t.ByteType: "TINYINT", t.ShortType: "SMALLINT",
    t.IntegerType: "INTEGER", t.LongType: "BIGINT", t.DateType: "DATE", t.TimestampType: "TIMESTAMP",
    t.TimestampNTZType: "TIMESTAMP",
}  # fmt: skip
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SQLite:
    def connect(self, url: str, options: dict[str, str]) -> Connection:
        path = url.removeprefix("jdbc:sqlite:")
        is_uri = path.startswith("file:")
        place = path if is_uri else unquote(path.partition("?")[0]) or ":memory:"
        raw = sqlite3.connect(place, uri=is_uri, isolation_level=None, check_same_thread=False)
        raw.execute("SELECT 1 FROM sqlite_master LIMIT 1")  # opens the file, which may be none of SQLite's
        return Connection(raw)

    def quoted(self, name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    def type_name(self, type: DataType) -> str | None:
        if isinstance(type, t.DecimalType):
            return f"DECIMAL({type.precision},{type.scale})"
        return _NAMES.get(type.__class__)

    def literal(self, value: Any, column: Column) -> str | None:
        match column.type:
            case x if isinstance(x, t.INTEGRAL):
                return str(value)
            case t.StringType() if "\0" not in value and column.sql.startswith('"'):
                return "'" + str(value).replace("'", "''") + "'"
        return None

    def compared(self, column: Column) -> str:
        """Texts by their bytes, whatever collation the column has."""
        return self.quoted(column.name) + (" COLLATE BINARY" if isinstance(column.type, t.StringType) else "")

    def ordered(self, column: Column) -> bool:
        return not isinstance(column.type, t.StringType)

    def moment(self, micros: int, column: Column) -> str:
        return f"'{local_text(micros)}'"

    def truncate(self, table: str, cascade: bool) -> str:
        return f"DELETE FROM {table}"


DIALECT = SQLite()


class Connection:
    """See `databases.Database`."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw

    def columns(self, query: str, prefer_ntz: bool, prefix: str = "") -> list[Column]:
        # Of a view SQLite tells the types that its columns are declared with, where they are columns.
        self._raw.execute(f"CREATE TEMP VIEW glowplug_columns AS {prefix} SELECT * FROM ({query})")
        try:
            declared = self._raw.execute("PRAGMA temp.table_info(glowplug_columns)").fetchall()
            first = self._raw.execute("SELECT * FROM temp.glowplug_columns LIMIT 1").fetchone()
        finally:
            self._raw.execute("DROP VIEW temp.glowplug_columns")
        values = first or (None,) * len(declared)
        return [_column(c[1], c[2], v, prefer_ntz) for c, v in zip(declared, values, strict=True)]

    def rows(self, query: str, columns: Sequence[Column], batch_rows: int) -> Iterator[tuple[int, list[pa.Array]]]:
        cursor = self._raw.execute(query)
        readers = [_reader(c) for c in columns]
        while rows := cursor.fetchmany(batch_rows):
            parts = zip(*rows, strict=True)
            arrays = [
                pa.array([None if v is None else read(v) for v in values], stored_type(c.raw))
                for values, c, read in zip(parts, columns, readers, strict=False)
            ]
            yield len(rows), arrays

    def execute(self, sql: str) -> None:
        self._raw.execute(sql)

    def exists(self, table: str) -> bool:
        try:
            self._raw.execute(f"SELECT 1 FROM {table} WHERE 1=0")
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return False
            raise
        return True

    def insert(self, table: str, schema: pa.Schema, names: Sequence[str], batches: Iterator[pa.RecordBatch]) -> None:
        targets = ", ".join(map(DIALECT.quoted, names))
        statement = f"INSERT INTO {table} ({targets}) VALUES ({', '.join('?' * len(names))})"
        for batch in batches:
            columns = [_written(c) for c in batch.columns]
            self._raw.executemany(statement, zip(*columns, strict=True))

    def begin(self, isolation: str) -> None:
        # SQLite has only transactions that are serializable.
        self._raw.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        if self._raw.in_transaction:
            self._raw.commit()

    def close(self) -> None:
        self._raw.close()


def _column(name: str, declared: str, value: Any, prefer_ntz: bool) -> Column:
    """By the declared type and SQLite's rules of affinity; of an expression, by its first value."""
    quoted = DIALECT.quoted(name)
    kind = declared.upper()
    digits = re.fullmatch(r".*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)", kind)
    type: DataType
    match kind:
        case "":
            by_value: dict[Any, DataType] = {int: t.LONG, float: t.DOUBLE, bytes: t.BINARY}
            type = by_value.get(value.__class__, t.STRING)
        case k if k.startswith("BOOL"):
            type = t.BOOLEAN
        case "DATE":
            return Column(name, t.DATE, quoted, t.STRING)
        case k if k.startswith(("TIMESTAMP", "DATETIME")):
            return Column(name, t.TIMESTAMP_NTZ if prefer_ntz else t.TIMESTAMP, quoted, t.STRING)
        case k if k.startswith(("DECIMAL", "NUMERIC")):
            precision, scale = (int(digits[1]), int(digits[2] or 0)) if digits else (38, 18)
            fits = scale <= precision <= t.MAX_PRECISION
            return Column(name, t.DecimalType(precision, scale) if fits else t.DecimalType(38, 18), quoted, t.STRING)
        case k if "INT" in k:
            type = t.LONG
        case k if any(x in k for x in ("REAL", "FLOA", "DOUB")):
            type = t.DOUBLE
        case k if "BLOB" in k:
            type = t.BINARY
        case _:
            type = t.STRING
    # Where other texts are declared, there may be numbers: read as texts, and compared as what they are.
    plain = type != t.STRING or any(x in kind for x in ("CHAR", "CLOB", "TEXT"))
    return Column(name, type, quoted if plain else f"({quoted})", type)


def _reader(column: Column) -> Callable[[Any], Any]:
    """From a value of SQLite to one that Arrow takes."""
    match column.type:
        case t.BooleanType():
            return bool
        case t.DoubleType():
            return float
        case t.DateType():
            return lambda v: _moment(v).date().isoformat() if isinstance(v, (int, float)) else v
        case t.TimestampType() | t.TimestampNTZType():
            return lambda v: _moment(v).isoformat() if isinstance(v, (int, float)) else v
        case t.StringType() | t.DecimalType():
            return lambda v: v if isinstance(v, str) else str(v)
        case t.BinaryType():
            return lambda v: v.encode() if isinstance(v, str) else v
    return _same


def _same(value: Any) -> Any:
    return value


def _moment(millis: float) -> datetime:
    """Of a number of milliseconds: a clock on the wall here."""
    return (_EPOCH + timedelta(milliseconds=millis)).astimezone().replace(tzinfo=None)


def _written(column: pa.Array) -> list[Any]:
    """A column's values as SQLite takes them."""
    if pa.types.is_decimal(column.type):
        return [None if v is None else str(v) for v in column.to_pylist()]
    if pa.types.is_date(column.type):
        return [None if v is None else v.isoformat() for v in column.to_pylist()]
    if pa.types.is_timestamp(column.type):
        local = column.to_pylist()
        walls = [v if v is None or v.tzinfo is None else v.astimezone().replace(tzinfo=None) for v in local]
        return [None if v is None else v.isoformat(" ") for v in walls]
    return list(column.to_pylist())
