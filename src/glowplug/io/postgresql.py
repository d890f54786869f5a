"""PostgreSQL through ADBC: rows travel as Arrow in both directions (the extra `postgresql`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

import pyarrow as pa

from glowplug import types as t
from glowplug.errors import unsupported
from glowplug.io.batches import stored_type
from glowplug.io.databases import Column, local_text
from glowplug.types import DataType

_TYPES: dict[str, DataType] = {
    "bool": t.BOOLEAN, "int2": t.SHORT, "int4": t.INT, "int8": t.LONG, "float4": t.FLOAT, "float8": t.DOUBLE,
    "text": t.STRING, "varchar": t.STRING, "bpchar": t.STRING, "name": t.STRING, "bytea": t.BINARY, "date": t.DATE,
    "timestamptz": t.TIMESTAMP, "timestamp": t.TIMESTAMP_NTZ,
}  # fmt: skip
_NAMES: dict[type[DataType], str] = {
    t.StringType: "TEXT", t.BinaryType: "BYTEA", t.BooleanType: "BOOLEAN", t.FloatType: "FLOAT4",
    t.DoubleType: "FLOAT8",
    t.ByteType: "SMALLINT", t.ShortType: "SMALLINT", t.IntegerType: "INTEGER", t.LongType: "BIGINT", t.DateType: "DATE",
    t.TimestampType: "TIMESTAMP WITH TIME ZONE", t.TimestampNTZType: "TIMESTAMP",
}  # fmt: skip
# A numeric that says neither digits nor scale, as those in arrays do not.
_ANY_NUMERIC = t.DecimalType(38, 18)
# What the driver of JDBC calls otherwise than libpq.
_PARAMETERS = {"ApplicationName": "application_name", "connectTimeout": "connect_timeout", "sslmode": "sslmode",
               "sslrootcert": "sslrootcert", "sslcert": "sslcert", "sslkey": "sslkey", "options": "options",
               "user": "user", "password": "password", "tcpKeepAlive": "keepalives"}  # fmt: skip


def uri(url: str, options: dict[str, str]) -> str:
    """libpq's URI for one of JDBC: `jdbc:postgresql://host:port/database?parameters`, `jdbc:postgresql:database`."""
    place, _, query = url.removeprefix("jdbc:postgresql:").partition("?")
    place = place if place.startswith("//") else f"///{place}" if place else "//"
    host, _, database = place[2:].partition("/")
    given = dict(parse_qsl(query, keep_blank_values=True)) | {
        k: v for k, v in options.items() if k in ("user", "password")
    }
    found = {_PARAMETERS[k]: v for k, v in given.items() if k in _PARAMETERS}
    if given.get("ssl", "false").lower() in ("true", "") and "ssl" in given:
        found.setdefault("sslmode", "require")
    if "currentSchema" in given:
        found["options"] = f"{found.get('options', '')} -c search_path={given['currentSchema']}".strip()
    if "queryTimeout" in options and int(options["queryTimeout"]) > 0:
        found["options"] = f"{found.get('options', '')} -c statement_timeout={options['queryTimeout']}s".strip()
    return f"postgresql://{host or 'localhost'}/{quote(unquote(database))}?{urlencode(found, quote_via=quote)}"


@dataclass(frozen=True, slots=True)
class PostgreSQL:
    def connect(self, url: str, options: dict[str, str]) -> Connection:
        try:
            import adbc_driver_postgresql.dbapi as driver
        except ImportError:
            raise unsupported("JDBC to PostgreSQL without its driver (pip install glowplug[postgresql])") from None
        return Connection(driver.connect(uri(url, options)))

    def quoted(self, name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    def type_name(self, type: DataType) -> str | None:
        match type:
            case t.DecimalType(precision, scale):
                return f"NUMERIC({precision},{scale})"
            case t.CharType(length):
                return f"CHAR({length})"
            case t.VarcharType(length):
                return f"VARCHAR({length})"
            case t.ArrayType(element):
                inner = self.type_name(element)
                return None if inner is None or isinstance(element, t.ArrayType) else f"{inner}[]"
        return _NAMES.get(type.__class__)

    def literal(self, value: Any, column: Column) -> str | None:
        exact = isinstance(column.type, t.DecimalType) and column.type != _ANY_NUMERIC
        if not exact and (column.type != column.raw or not column.sql.startswith('"')):
            return None  # what is read is not what the database has
        match column.type:
            case t.BooleanType():
                return "true" if value else "false"
            case x if isinstance(x, t.INTEGRAL):
                return str(value)
            case t.DecimalType():
                return f"{value:f}"
            case t.StringType() if "\0" not in value:
                return "'" + str(value).replace("'", "''") + "'"
            case t.DateType():
                return f"(DATE '1970-01-01' + {value})"
            case t.TimestampNTZType() | t.TimestampType():
                zone = "" if isinstance(column.type, t.TimestampNTZType) else "TZ"
                start = "1970-01-01 00:00:00" + ("+00" if zone else "")
                return f"(TIMESTAMP{zone} '{start}' + INTERVAL '{value} microseconds')"
        return None

    def compared(self, column: Column) -> str:
        return self.quoted(column.name)

    def ordered(self, column: Column) -> bool:
        """Texts are ordered by the database's language."""
        return not isinstance(column.type, t.StringType)

    def moment(self, micros: int, column: Column) -> str:
        return f"TIMESTAMP '{local_text(micros)}'"

    def truncate(self, table: str, cascade: bool) -> str:
        # As in Spark: tables that inherit from it are not truncated.
        return f"TRUNCATE TABLE ONLY {table}" + (" CASCADE" if cascade else "")


DIALECT = PostgreSQL()


class Connection:
    """See `databases.Database`."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def columns(self, query: str, prefer_ntz: bool, prefix: str = "") -> list[Column]:
        with self._raw.cursor() as cursor:
            cursor.execute(f"{prefix} SELECT * FROM ({query}) AS q WHERE 1=0")
            with cursor.fetch_record_batch() as reader:
                return [_column(f, prefer_ntz) for f in reader.schema]

    def rows(self, query: str, columns: Sequence[Column], batch_rows: int) -> Iterator[tuple[int, list[pa.Array]]]:
        with self._raw.cursor() as cursor:
            cursor.execute(query)
            with cursor.fetch_record_batch() as reader:
                for batch in reader:
                    yield batch.num_rows, [_stored(a, c) for a, c in zip(batch.columns, columns, strict=False)]

    def execute(self, sql: str) -> None:
        with self._raw.cursor() as cursor:
            cursor.execute(sql)

    def exists(self, table: str) -> bool:
        with self._raw.cursor() as cursor:
            cursor.execute("SELECT to_regclass($1) IS NOT NULL", (table,))
            return bool(cursor.fetchone()[0])

    def insert(self, table: str, schema: pa.Schema, names: Sequence[str], batches: Iterator[pa.RecordBatch]) -> None:
        # By way of a table of its own, for COPY takes values of exactly the columns' types, and an INSERT casts.
        # That table is the transaction's: it goes with it.
        plain = pa.schema([(f"k{i}", f.type) for i, f in enumerate(schema)])
        renamed = (pa.RecordBatch.from_arrays(b.columns, schema=plain) for b in batches)
        with self._raw.cursor() as cursor:
            cursor.adbc_ingest(
                "glowplug_rows", pa.RecordBatchReader.from_batches(plain, renamed), mode="create", temporary=True
            )
            sources = ", ".join(plain.names)
            targets = ", ".join(map(DIALECT.quoted, names))
            cursor.execute(f"INSERT INTO {table} ({targets}) SELECT {sources} FROM pg_temp.glowplug_rows")
            cursor.execute("DROP TABLE pg_temp.glowplug_rows")

    def begin(self, isolation: str) -> None:
        if isolation != "NONE":
            self.execute(f"SET TRANSACTION ISOLATION LEVEL {isolation.replace('_', ' ')}")

    def commit(self) -> None:
        self._raw.commit()

    def close(self) -> None:
        self._raw.close()


def _column(field: pa.Field, prefer_ntz: bool) -> Column:
    """What a column of a result is: ADBC says PostgreSQL's own type, and of numerics the digits."""
    metadata = field.metadata or {}
    name = metadata.get(b"POSTGRESQL:type", b"").decode()
    quoted = DIALECT.quoted(field.name)
    if name.startswith("_"):
        return _array(field, name[1:], int(metadata.get(b"POSTGRESQL:typmod", b"-1")), quoted)
    match name:
        case "numeric":
            type = _numeric(int(metadata.get(b"POSTGRESQL:typmod", b"-1")))
            return Column(field.name, type, f"CAST({quoted} AS text)", t.STRING)
        case "timestamp":
            return Column(field.name, t.TIMESTAMP_NTZ if prefer_ntz else t.TIMESTAMP, quoted, t.TIMESTAMP_NTZ)
        case "time":  # as in Spark: of the first day there was
            moment = f"(DATE '1970-01-01' + {quoted})"
            return Column(field.name, t.TIMESTAMP_NTZ if prefer_ntz else t.TIMESTAMP, moment, t.TIMESTAMP_NTZ)
        case "timetz":
            return Column(field.name, t.TIMESTAMP, f"(DATE '1970-01-01' + {quoted})", t.TIMESTAMP)
        case "oid":
            return Column(field.name, t.DecimalType(20, 0), f"CAST({quoted} AS text)", t.STRING)
        case "bpchar":  # its blanks are read, and do not count where the database compares
            return Column(field.name, t.STRING, f"({quoted})", t.STRING)
    if name in _TYPES:
        return Column(field.name, _TYPES[name], quoted, _TYPES[name])
    return Column(field.name, t.STRING, f"CAST({quoted} AS text)", t.STRING)


def _array(field: pa.Field, name: str, modifier: int, quoted: str) -> Column:
    if name in _TYPES:
        type = t.ArrayType(_TYPES[name])
        return Column(field.name, type, quoted, type)
    if name == "numeric":
        type = t.ArrayType(_numeric(modifier))
        return Column(field.name, type, f"CAST({quoted} AS text[])", t.ArrayType(t.STRING))
    return Column(field.name, t.ArrayType(t.STRING), f"CAST({quoted} AS text[])", t.ArrayType(t.STRING))


def _numeric(modifier: int) -> DataType:
    """A numeric's type, from what PostgreSQL keeps of it: 4 more than the digits, and the scale in 11 bits."""
    if modifier < 4:
        return _ANY_NUMERIC
    precision, scale = (modifier - 4) >> 16, (modifier - 4) & 0x7FF
    if scale >= 1024 or precision > t.MAX_PRECISION or scale > precision:
        return _ANY_NUMERIC
    return t.DecimalType(precision, scale)


def _stored(array: pa.Array, column: Column) -> pa.Array:
    while isinstance(array.type, pa.ExtensionType):
        array = array.storage
    return array.cast(stored_type(column.raw))
