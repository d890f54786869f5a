"""Tables in databases. https://spark.apache.org/docs/latest/sql-data-sources-jdbc.html

There is no JDBC here: a JDBC URL names a database, which is reached by a driver of its own (`databases.dialect`). The
database is asked for the columns that are used and, as far as it compares as Spark does, for the rows that a filter
leaves; the kernel applies the filter all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any

import pyarrow as pa

from glowplug import types as t
from glowplug.datetime_patterns import from_wall_clock
from glowplug.datetimes import parse_date, parse_timestamp
from glowplug.errors import AnalysisError, ExecutionError, IllegalArgument, NumberFormatError, SparkError
from glowplug.io.batches import stored_type
from glowplug.io.databases import Column, Database, Dialect, dialect, first_line, refused, unreachable
from glowplug.io.jdbc_filters import condition_sql
from glowplug.io.source import ArrowStream, Context, Evaluate, Pairs, Reading, Source
from glowplug.plan.expressions import Attribute, Expression
from glowplug.plan.predicates import implied
from glowplug.source_options import integer, invalid_option, option, read_options
from glowplug.sql import parse_schema
from glowplug.sqltext import ident
from glowplug.time_zones import local_zone
from glowplug.types import DataType, StructField, StructType, simple_string

_LEVELS = ("NONE", "READ_UNCOMMITTED", "READ_COMMITTED", "REPEATABLE_READ", "SERIALIZABLE")


def _isolation(text: str) -> str:
    if text.upper() not in _LEVELS:
        raise IllegalArgument("_LEGACY_ERROR_TEMP_2081", value=text, jdbcTxnIsolationLevel="isolationLevel")
    return text.upper()


@dataclass(frozen=True, slots=True, kw_only=True)
class JdbcOptions:
    url: str | None = option("url", "jdbc:postgresql://host:port/database or jdbc:sqlite:path.", None)
    table: str | None = option("dbtable", "A table, or a query in parentheses with an alias.", None)
    query: str | None = option("query", "A query to read, instead of a table.", None)
    prepare: str = option("prepareQuery", "What stands before each query, such as WITH.", "")
    driver: str | None = option("driver", "Accepted: the URL says which database it is.", None)
    user: str | None = option("user", "Whom the database knows.", None)
    password: str | None = option("password", "And how.", None)
    column: str | None = option("partitionColumn", "A number, date or timestamp that splits what is read.", None)
    lower: str | None = option("lowerBound", "Where the first part ends, about; no row is left out.", None)
    upper: str | None = option("upperBound", "Where the last part begins, about; no row is left out.", None)
    partitions: int | None = option("numPartitions", "How many parts there are; a write has one.", None,
                                    parse=integer)  # fmt: skip
    fetch_size: int = option("fetchsize", "Rows that are fetched at once, where the driver asks; 0 = its choice.", 0)
    batch_size: int = option("batchsize", "Accepted: rows are inserted as they come, in one transaction.", 1000)
    timeout: int = option("queryTimeout", "Seconds that a statement may take; 0 = any.", 0)
    isolation: str = option("isolationLevel", "The isolation of a write's transaction.", "READ_UNCOMMITTED",
                            parse=_isolation)  # fmt: skip
    init: str | None = option("sessionInitStatement", "What is run on each new connection.", None)
    push_predicate: bool = option("pushDownPredicate", "Filters are the database's, as far as they can be.", True)
    push_limit: bool = option("pushDownLimit", "The database is asked for as many rows as are needed.", True)
    push_aggregate: bool = option("pushDownAggregate", "Accepted: aggregates are computed here.", True)
    push_offset: bool = option("pushDownOffset", "Accepted: offsets are computed here.", True)
    push_sample: bool = option("pushDownTableSample", "Accepted: samples are taken here.", True)
    custom: str | None = option("customSchema", "Types to read columns as, as a DDL schema.", None)
    prefer_ntz: bool = option("preferTimestampNTZ", "Timestamps without zone are read as TIMESTAMP_NTZ.", False)
    create_options: str = option("createTableOptions", "What follows the columns in CREATE TABLE.", "")
    create_types: str | None = option("createTableColumnTypes", "Types of the columns that are created.", None)
    truncate: bool = option("truncate", "Overwriting empties the table instead of making it anew.", False)
    cascade: bool = option("cascadeTruncate", "What depends on the table is emptied, too.", False)

    @property
    def address(self) -> str:
        """The URL. Raises INVALID_DATA_SOURCE_OPTION where there is none."""
        if not self.url:
            raise invalid_option("url", "", "a JDBC URL")
        return self.url

    @property
    def relation(self) -> str:
        """What follows FROM."""
        if self.table is not None and self.query is not None:
            raise IllegalArgument("_LEGACY_ERROR_TEMP_2078", jdbcTableName="dbtable", jdbcQueryString="query")
        if self.query is not None:
            return f"({self.query.strip().rstrip(';')}) AS glowplug_query"
        if not self.table:
            raise IllegalArgument("_LEGACY_ERROR_TEMP_2079", jdbcTableName="dbtable", jdbcQueryString="query")
        return self.table

    @property
    def connection(self) -> dict[str, str]:
        found = {"user": self.user, "password": self.password, "queryTimeout": str(self.timeout)}
        return {k: v for k, v in found.items() if v is not None}


@contextmanager
def connected(options: JdbcOptions) -> Iterator[tuple[Dialect, Database]]:
    """A connection, closed at the end. Raises FAILED_JDBC.CONNECTION; what is done with it raises FAILED_JDBC."""
    url = options.address
    kind = dialect(url)
    try:
        database = kind.connect(url, options.connection)
    except SparkError:
        raise
    # A driver's errors are classes of its own, and it may not even be installed.
    except Exception as error:
        raise unreachable(url, error) from error
    try:
        if options.init:
            database.execute(options.init)
            database.commit()
        yield kind, database
    except (SparkError, GeneratorExit):
        raise
    except Exception as error:
        raise refused(url, error) from error
    finally:
        database.close()


@dataclass(frozen=True)
class Rows(ArrowStream):
    """The rows of queries, one after the other: columns `k0, k1, …` of the raw types, and one of no meaning."""

    options: JdbcOptions
    queries: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([*((f"k{i}", stored_type(c.raw)) for i, c in enumerate(self.columns)), ("_", pa.bool_())])

    def batches(self) -> Iterator[pa.RecordBatch]:
        with connected(self.options) as (_, database):
            for query in self.queries:
                for count, arrays in database.rows(query, self.columns, self.options.fetch_size or 10_000):
                    filler = pa.nulls(count, pa.bool_())
                    yield pa.RecordBatch.from_arrays([*arrays[: len(self.columns)], filler], schema=self.schema)


@dataclass(frozen=True, slots=True)
class JdbcSource(Source):
    """A table or query; `parts` are conditions that split it, `conditions` those that the database applies."""

    options: JdbcOptions
    columns: tuple[Column, ...]
    parts: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    most: int | None = None  # as many rows of each part will do

    @property
    def name(self) -> str:
        return "jdbc"

    def sql(self, columns: Sequence[str], reading: Reading) -> str:
        by_name = {c.name: c for c in self.columns}
        wanted = tuple(by_name[c] for c in columns)
        selected = ", ".join(c.sql for c in wanted) or "1"
        queries = []
        for part in self.parts or ("",):
            conditions = " AND ".join(f"({c})" for c in (*self.conditions, part) if c)
            where = f" WHERE {conditions}" if conditions else ""
            limit = "" if self.most is None else f" LIMIT {self.most}"
            query = f"{self.options.prepare} SELECT {selected} FROM {self.options.relation}{where}{limit}"
            queries.append(query.strip())
        stream = reading.register(Rows(self.options, tuple(queries), wanted))
        types = {f.name: f.type for f in self.schema.fields}
        items = [f"{_value(f'k{i}', c, types[c.name], reading)} AS {ident(c.name)}" for i, c in enumerate(wanted)]
        return f"SELECT {', '.join(items) or '_'} FROM {stream}"

    @property
    def prunable(self) -> bool:
        return self.options.push_predicate

    def prune(self, conditions: Sequence[Expression], columns: Sequence[Attribute], evaluate: Evaluate) -> Source:
        if not self.options.push_predicate:
            return self
        by_name = {c.name: c for c in self.columns}
        kept = {f.name for f in self.schema.fields if by_name[f.name].type == f.type}
        known = {a.id: by_name[a.name] for a in columns if a.name in kept}
        kind = dialect(self.options.address)
        parts = (implied(c, lambda e: condition_sql(e, known, kind) is not None) for c in conditions)
        found = (condition_sql(c, known, kind) for c in parts if c is not None)
        pushed = tuple(dict.fromkeys((*self.conditions, *(sql for sql in found if sql is not None))))
        return self if pushed == self.conditions else replace(self, conditions=pushed)

    def first(self, count: int) -> Source:
        return replace(self, most=count) if self.options.push_limit and self.most != count else self

    def describe(self) -> str:
        shown = f", filters: {' AND '.join(self.conditions)}" if self.conditions else ""
        limit = "" if self.most is None else f", limit: {self.most}"
        return f"jdbc [{self.options.table or self.options.query}] {max(len(self.parts), 1)} partitions{shown}{limit}"


def _value(x: str, column: Column, target: DataType, reading: Reading) -> str:
    """Kernel SQL for a column of the stream as the table has it, or as `customSchema` does."""
    value = x
    match column.raw, column.type:
        case raw, own if raw == own:
            value = f"CAST({x} AS {reading.type(own)})"
        case t.TimestampNTZType(), t.TimestampType():
            value = from_wall_clock(x, local_zone())
        case t.StringType(), t.TimestampType():
            value = from_wall_clock(reading.cast(x, t.STRING, t.TIMESTAMP_NTZ, "ansi"), local_zone())
        case raw, own:
            value = reading.cast(x, raw, own, "ansi")
    return value if target == column.type else reading.cast(value, column.type, target, "ansi")


# --- resolving ------------------------------------------------------------------------------------------


def resolve(schema: StructType | None, options: Pairs, predicates: Sequence[str], context: Context) -> JdbcSource:
    """What `spark.read.format("jdbc").options(…).load()` and `spark.read.jdbc(…)` read."""
    o = read_options(JdbcOptions, options, context.settings)
    relation = o.relation
    _check_partitioning(o)
    columns = _columns(o, relation)
    custom = _custom(o.custom)
    fields = tuple(StructField(c.name, custom.get(c.name.lower(), c.type)) for c in columns)
    found = StructType(fields)
    if schema is not None and [(f.name, f.type) for f in schema.fields] != [(f.name, f.type) for f in fields]:
        raise AnalysisError(
            "USER_SPECIFIED_AND_ACTUAL_SCHEMA_MISMATCH", schema=simple_string(schema), actualSchema=simple_string(found)
        )
    parts = tuple(predicates) or _parts(o, columns, found, context)
    return JdbcSource(found, o, tuple(columns), parts)


def _columns(o: JdbcOptions, relation: str) -> list[Column]:
    query = f"{o.prepare} SELECT * FROM {relation}".strip()
    with connected(o) as (_, database):
        try:
            return database.columns(f"SELECT * FROM {relation}", o.prefer_ntz, o.prepare)
        except SparkError:
            raise
        except Exception as error:
            raise ExecutionError(
                "JDBC_EXTERNAL_ENGINE_SYNTAX_ERROR.DURING_OUTPUT_SCHEMA_RESOLUTION",
                jdbcQuery=f"{query} WHERE 1=0",
                externalEngineError=first_line(error),
            ) from error


def _custom(text: str | None) -> dict[str, DataType]:
    if not text:
        return {}
    schema = parse_schema(text)
    return {f.name.lower(): f.type for f in schema.fields}


def _check_partitioning(o: JdbcOptions) -> None:
    given = [o.column is not None, o.lower is not None, o.upper is not None]
    if any(given) and not (all(given) and o.partitions is not None):
        raise invalid_option("partitionColumn", str(o.column), "given with lowerBound, upperBound and numPartitions")
    if o.column is not None and o.query is not None:
        raise invalid_option("query", o.query, "a dbtable where there is a partitionColumn")


def _parts(o: JdbcOptions, columns: Sequence[Column], schema: StructType, context: Context) -> tuple[str, ...]:
    """Conditions that put each row into just one part: strides between the bounds, and what is beyond at both ends."""
    if o.column is None or o.partitions is None or o.lower is None or o.upper is None:
        return ()
    column = next((c for c in columns if c.name.lower() == str(o.column).strip('"').lower()), None)
    if column is None:
        raise AnalysisError("_LEGACY_ERROR_TEMP_1286", columnName=o.column, schema=simple_string(schema))
    lower, upper = (_bound(b, column.type, context) for b in (o.lower, o.upper))
    if lower > upper:
        raise invalid_option("lowerBound", o.lower, f"at most the upperBound {o.upper}")
    count = min(o.partitions, upper - lower)
    if count <= 1:
        return ()
    kind = dialect(o.address)
    name = kind.quoted(column.name)
    points = [_point(lower + (upper - lower) * i // count, column, kind) for i in range(1, count)]
    inner = [f"{name} >= {a} AND {name} < {b}" for a, b in pairwise(points)]
    return f"{name} < {points[0]} OR {name} IS NULL", *inner, f"{name} >= {points[-1]}"


def _bound(text: str, type: DataType, context: Context) -> int:
    value: int | None
    match type:
        case t.DateType():
            value = parse_date(text)
        case t.TimestampType() | t.TimestampNTZType():
            zone = "UTC" if isinstance(type, t.TimestampNTZType) else context.kernel.time_zone
            value = parse_timestamp(text, zone)
        case x if isinstance(x, t.NUMERIC):
            try:
                return int(text.strip())
            except ValueError:
                raise NumberFormatError("INVALID_DATA_SOURCE_OPTION", name="lowerBound or upperBound", value=text,
                                        expected="an integer") from None  # fmt: skip
        case _:
            raise AnalysisError("_LEGACY_ERROR_TEMP_1287", numericType="numeric", dateType="date",
                                timestampType="timestamp", dataType=simple_string(type))  # fmt: skip
    if value is None:
        raise invalid_option("lowerBound or upperBound", text, f"a {simple_string(type)}")
    return value


def _point(value: Any, column: Column, kind: Dialect) -> str:
    """A bound as the database compares it."""
    found = kind.literal(value, column)
    if found is not None:
        return found
    if isinstance(column.type, t.NUMERIC):
        return str(value)
    if isinstance(column.type, t.DateType):
        return f"'{date.fromordinal(date(1970, 1, 1).toordinal() + value)}'"
    return kind.moment(value, column)
