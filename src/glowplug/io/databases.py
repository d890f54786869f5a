"""What is asked of a database behind a JDBC URL; `postgresql.py` and `sqlite.py` answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import pyarrow as pa

from glowplug.errors import AnalysisError, ExecutionError, SparkError, unsupported
from glowplug.types import DataType, StructField


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a query. `sql` is what the database is asked for; it comes as `raw`, and `type` is made of it.

    A TIMESTAMP of which `raw` is TIMESTAMP_NTZ is a wall-clock time in the machine's zone, as in JDBC.
    """

    name: str
    type: DataType
    sql: str
    raw: DataType


class Database(Protocol):
    """A connection. Everything runs in one transaction, which `commit` ends; errors are the driver's own."""

    def columns(self, query: str, prefer_ntz: bool, prefix: str = "") -> list[Column]:
        """The columns of a SELECT, which gives no rows for this. `prefix` stands before it, such as WITH."""

    def rows(self, query: str, columns: Sequence[Column], batch_rows: int) -> Iterator[tuple[int, list[pa.Array]]]:
        """The rows of a SELECT of just these columns: their number, and arrays of the raw types."""

    def execute(self, sql: str) -> None: ...

    def exists(self, table: str) -> bool: ...

    def insert(self, table: str, schema: pa.Schema, names: Sequence[str], batches: Iterator[pa.RecordBatch]) -> None:
        """Append rows to the columns `names` of a table."""

    def begin(self, isolation: str) -> None:
        """Have the transaction run at one of SQL's isolation levels."""

    def commit(self) -> None: ...

    def close(self) -> None:
        """End the connection; what is not committed never was."""


class Dialect(Protocol):
    """A kind of database: what can be known without one."""

    def connect(self, url: str, options: dict[str, str]) -> Database: ...

    def quoted(self, name: str) -> str: ...

    def type_name(self, type: DataType) -> str | None:
        """The type of a column for values of a type; None if there is none."""

    def literal(self, value: Any, column: Column) -> str | None:
        """A constant to compare a column with, where the database compares as Spark does; None where it does not."""

    def compared(self, column: Column) -> str:
        """The column where it is compared with such a constant."""

    def ordered(self, column: Column) -> bool:
        """Whether `<` means the same in the database and here."""

    def moment(self, micros: int, column: Column) -> str:
        """A time to compare a column with of which the values are clocks on the wall here."""

    def truncate(self, table: str, cascade: bool) -> str: ...


def dialect(url: str) -> Dialect:
    """The database of a JDBC URL. Raises UNSUPPORTED_FEATURE for one that is not known."""
    from glowplug.io import postgresql, sqlite

    for prefix, found in (("jdbc:postgresql:", postgresql.DIALECT), ("jdbc:sqlite:", sqlite.DIALECT)):
        if url.startswith(prefix):
            return found
    raise unsupported(f"the JDBC URL {redacted(url)}; there are jdbc:postgresql: and jdbc:sqlite:")


def redacted(url: str) -> str:
    """A URL as messages show it: what follows the kind of database may hold a password."""
    head, colon, rest = url.partition(":")
    kind, more, _ = rest.partition(":")
    return f"{head}{colon}{kind}{more}*********(redacted)"


def unreachable(url: str, error: Exception) -> SparkError:
    """FAILED_JDBC.CONNECTION, with the URL but for secrets in it."""
    return AnalysisError("FAILED_JDBC.CONNECTION", url=redacted(url), reason=first_line(error))


def refused(url: str, error: Exception) -> SparkError:
    """FAILED_JDBC.UNCLASSIFIED for what the database said."""
    return ExecutionError("FAILED_JDBC.UNCLASSIFIED", url=redacted(url), message=first_line(error))


def local_text(micros: int) -> str:
    """What a clock on the wall of this machine shows at a time, in microseconds since the epoch."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
    return moment.astimezone().replace(tzinfo=None).isoformat(" ")


def first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0]


def table_type(dialect: Dialect, field: StructField) -> str:
    """The type of a column to be created. Raises _LEGACY_ERROR_TEMP_2082."""
    from glowplug.errors import IllegalArgument
    from glowplug.types import simple_string

    found = dialect.type_name(field.type)
    if found is None:
        raise IllegalArgument("_LEGACY_ERROR_TEMP_2082", catalogString=simple_string(field.type))
    return found
