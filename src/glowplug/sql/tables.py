"""The clauses of a table's definition, in any order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from glowplug.errors import AnalysisError, ParseError
from glowplug.plan.commands import Pairs
from glowplug.plan.expressions import Expression, UnresolvedAttribute
from glowplug.sql import clauses, expressions, literals, properties, transform, types
from glowplug.sql.clauses import Once
from glowplug.sql.cursor import Cursor
from glowplug.sql.names import multipart
from glowplug.sql.tokens import END
from glowplug.types import StructField

# Hive's names of formats, whose tables are like those of Spark's own formats.
_BUCKETS = 100_000  # at most, unless a setting says otherwise
_HIVE = ("TEXTFILE", "SEQUENCEFILE", "RCFILE")
_STORED = {"PARQUET": "parquet", "ORC": "orc", "AVRO": "avro"}


@dataclass(slots=True)
class TableClauses:
    """What was written. `hive_columns` are columns that PARTITIONED BY adds to the table, with their types."""

    format: str | None = None
    options: Pairs = ()
    properties: Pairs = ()
    partition_by: tuple[Expression, ...] = ()
    hive_columns: tuple[StructField, ...] = ()
    bucket_by: tuple[int, tuple[str, ...]] | None = None
    sort_by: tuple[str, ...] = ()
    cluster_by: tuple[tuple[str, ...], ...] = ()
    location: str | None = None
    comment: str | None = None
    collation: str | None = None
    hive: bool = False  # a clause makes it a table of Hive
    row_format: str = ""  # SERDE or DELIMITED
    stored: str = ""  # the format that STORED AS names
    described: str = ""  # what these say, as errors show it

    def check_not_hive(self, what: str, c: Cursor) -> None:
        """NOT_SUPPORTED_COMMAND_WITHOUT_HIVE_SUPPORT. With that, tables stored in Spark's formats are like its own."""
        of_hive = self.hive or (self.stored and not c.settings.hive) or (self.format or "").lower() == "hive"
        if of_hive and c.kind in (END, ";"):  # anything else is told first
            raise AnalysisError("NOT_SUPPORTED_COMMAND_WITHOUT_HIVE_SUPPORT", cmd=what)

    def check_clustering(self, c: Cursor, start: int) -> None:
        """CLUSTER BY stands alone."""
        for given, other in ((self.partition_by, "PARTITIONED_BY"), (self.bucket_by, "BUCKETING")):
            if self.cluster_by and given:
                raise ParseError(f"SPECIFY_CLUSTER_BY_WITH_{other}_IS_NOT_ALLOWED", c.origin(start))


def clauses_of(c: Cursor, start: int, like: bool = False) -> TableClauses:
    """From the current place on, as far as clauses go. `like`: of CREATE TABLE … LIKE, which has fewer."""
    table = TableClauses()
    once = Once(c, start)
    if c.take("USING"):
        once("USING")
        table.format = ".".join(multipart(c))
    while True:
        for words, name, rule in _CLAUSES:
            if (not like or name in ("LOCATION", "TBLPROPERTIES", "STORED AS/BY", "ROW FORMAT")) and c.take(*words):
                once(name)
                rule(c, start, table)
                break
        else:
            if like and c.take("USING"):
                once("USING")
                table.format = ".".join(multipart(c))
                continue
            _check_stored(c, start, table)
            return table


def _options(c: Cursor, start: int, table: TableClauses) -> None:
    table.options = properties.options(c)


def _partitioned(c: Cursor, start: int, table: TableClauses) -> None:
    fields = c.paren_list(_partition_field)
    table.partition_by = tuple(e for e, _ in fields)
    table.hive_columns = tuple(f for _, f in fields if f is not None)
    if table.hive_columns and len(table.hive_columns) != len(fields):
        raise clauses.not_allowed(c, start, "PARTITION BY: Cannot mix partition expressions and partition columns")


def _partition_field(c: Cursor) -> tuple[Expression, StructField | None]:
    """A column, a transform of one, or (Hive's way) a column with its type."""
    start = c.i
    if c.peek() in (",", ")", ".", "("):
        return expressions.value(c), None
    field = types.column(c)
    return UnresolvedAttribute((field.name,), origin=c.origin(start)), field


def _clustered(c: Cursor, start: int, table: TableClauses) -> None:
    start = c.i - 2
    names = c.names()
    orders: tuple[tuple[str, str], ...] = ()
    if c.take("SORTED", "BY"):
        orders = c.paren_list(_sorted_column)
    c.expect("INTO")
    count = literals.integer(c)
    table.bucket_by = count, names
    c.expect("BUCKETS")
    if count == 0:
        raise ParseError("INVALID_BUCKET_COUNT", c.origin(start), bucketingMaxBuckets=_BUCKETS, numBuckets=count)
    descending = next((order for _, order in orders if order.upper() == "DESC"), None)
    if descending is not None:
        raise clauses.not_allowed(c, start, f"Column ordering must be ASC, was '{descending}'")
    table.sort_by = tuple(name for name, _ in orders)


def _sorted_column(c: Cursor) -> tuple[str, str]:
    name, order = c.name(), c.raw()
    return name, order if c.take_any("ASC", "DESC") else "ASC"


def _cluster(c: Cursor, start: int, table: TableClauses) -> None:
    table.cluster_by = c.paren_list(multipart)


def _row_format(c: Cursor, start: int, table: TableClauses) -> None:
    """Of Hive, as all that it says."""
    begin, table.row_format = c.i + 1, c.kind
    transform.row_format(c)
    if table.row_format == "SERDE":
        table.described += f"ROW FORMAT SERDE {literals.unquote(c.between(begin, begin + 1))}"
    elif c.i > begin:
        table.described += "ROW FORMAT DELIMITED"
    table.hive = True


def _stored(c: Cursor, start: int, table: TableClauses) -> None:
    if c.kinds[c.i - 1] == "BY":
        literals.string(c)
        raise clauses.invalid(c, start, "STORED BY")
    if c.take("INPUTFORMAT"):
        given = literals.string(c)
        c.expect("OUTPUTFORMAT")
        table.described = f"STORED AS INPUTFORMAT {given} OUTPUTFORMAT {literals.string(c)} {table.described}"
        table.hive = True
        return
    table.stored = c.raw()
    c.identifier()
    table.described = f"STORED AS {table.stored} {table.described}"


def _check_stored(c: Cursor, start: int, table: TableClauses) -> None:
    """What STORED AS and ROW FORMAT say together, and that USING is not beside them."""
    name, rows = table.stored.lower(), table.row_format
    if name and rows == "DELIMITED" and name != "textfile":
        raise clauses.not_allowed(c, start, f"ROW FORMAT DELIMITED is only compatible with 'textfile', not '{name}'")
    if name and rows == "SERDE" and name.upper() not in _HIVE:
        message = f"ROW FORMAT SERDE is incompatible with format '{name}', which also specifies a serde"
        raise clauses.not_allowed(c, start, message)
    if table.format is not None and (table.hive or name):
        raise clauses.invalid(c, start, f"CREATE TABLE ... USING ... {table.described.upper()}")
    if name.upper() in _STORED:
        table.format = _STORED[name.upper()]
    elif name.upper() in _HIVE:
        table.hive = True
    elif name:
        raise AnalysisError("_LEGACY_ERROR_TEMP_1059", serdeInfo=table.stored)


def _location(c: Cursor, start: int, table: TableClauses) -> None:
    table.location = literals.string(c)


def _comment(c: Cursor, start: int, table: TableClauses) -> None:
    table.comment = literals.string(c)


def _collation(c: Cursor, start: int, table: TableClauses) -> None:
    table.collation = types.default_collation(c)


def _properties(c: Cursor, start: int, table: TableClauses) -> None:
    table.properties = properties.properties(c)


def _skewed(c: Cursor, start: int, table: TableClauses) -> None:
    raise clauses.invalid(c, start, "CREATE TABLE ... SKEWED BY")


_CLAUSES: tuple[tuple[tuple[str, ...], str, Callable[[Cursor, int, TableClauses], None]], ...] = (
    (("OPTIONS",), "OPTIONS", _options),
    (("PARTITIONED", "BY"), "PARTITIONED BY", _partitioned),
    (("SKEWED", "BY"), "SKEWED BY", _skewed),
    (("CLUSTER", "BY"), "CLUSTER BY", _cluster),
    (("CLUSTERED", "BY"), "CLUSTERED BY", _clustered),
    (("ROW", "FORMAT"), "ROW FORMAT", _row_format),
    (("STORED", "AS"), "STORED AS/BY", _stored),
    (("STORED", "BY"), "STORED AS/BY", _stored),
    (("LOCATION",), "LOCATION", _location),
    (("COMMENT",), "COMMENT", _comment),
    (("DEFAULT", "COLLATION"), "DEFAULT COLLATION", _collation),
    (("TBLPROPERTIES",), "TBLPROPERTIES", _properties),
)
