"""Rows into a table of a database: all of them in one transaction, so that a write leaves the old rows or the new."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from glowplug import types as t
from glowplug.arrow import arrow_schema
from glowplug.errors import AnalysisError, IllegalArgument, SparkError
from glowplug.io.databases import Database, Dialect, table_type
from glowplug.io.jdbc import JdbcOptions, connected
from glowplug.io.source import Context
from glowplug.io.write import WriteJob
from glowplug.io.write_checks import check
from glowplug.source_options import enabled, read_options
from glowplug.sql import parse_schema
from glowplug.sqltext import ident
from glowplug.types import DataType, StructField, StructType, quote, simple_string, sql_name


def supports(type: DataType) -> bool:
    intervals = (t.CalendarIntervalType, t.YearMonthIntervalType, t.DayTimeIntervalType, t.VariantType, t.TimeType)
    return not isinstance(type, intervals)


def write(job: WriteJob, context: Context) -> None:
    """Run `df.write.format("jdbc").save()` and `df.write.jdbc(…)`. Partitioning columns are columns like others."""
    o = read_options(JdbcOptions, job.options, context.settings)
    if o.partitions is not None and o.partitions < 1:
        raise IllegalArgument("_LEGACY_ERROR_TEMP_2087", n=o.partitions, jdbcNumPartitions="numPartitions")
    if not o.table:
        _ = o.relation
        raise IllegalArgument("_LEGACY_ERROR_TEMP_2079", jdbcTableName="dbtable", jdbcQueryString="query")
    schema = job.layout.schema
    check(type(job.layout)(schema=schema), "JDBC", supports)
    exact = enabled(context.settings, "spark.sql.caseSensitive")
    with connected(o) as (kind, database):
        database.begin(o.isolation)
        there = database.exists(o.table)
        if there and job.mode == "error":
            raise AnalysisError("_LEGACY_ERROR_TEMP_1288", name=o.table)
        if there and job.mode == "ignore":
            return
        create = None if there and (job.mode == "append" or o.truncate) else _create_table(o, schema, kind)
        if there and job.mode == "overwrite":
            database.execute(kind.truncate(o.table, o.cascade) if create is None else f"DROP TABLE {o.table}")
        if create is not None:
            database.execute(create)
        names = _names(o.table, schema, database, exact) if create is None else [f.name for f in schema.fields]
        stored = arrow_schema(schema, "UTC")
        batches = _Batches(job, stored, context)
        try:
            database.insert(o.table, stored, names, iter(batches))
        except Exception as error:
            raise batches.failure or error from error
        database.commit()


class _Batches:
    """A job's rows. What goes wrong with them is kept, for a driver makes an error of its own of it."""

    def __init__(self, job: WriteJob, stored: pa.Schema, context: Context) -> None:
        self._job, self._stored, self._context = job, stored, context
        self.failure: SparkError | None = None

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        rows, kernel = self._job.rows, self._context.kernel
        try:
            _, batches = kernel.stream(
                rows if isinstance(rows, str) else f"SELECT * FROM {ident(kernel.register(rows))}"
            )
            for batch in batches:
                arrays = [c.cast(f.type) for c, f in zip(batch.columns, self._stored, strict=True)]
                yield pa.RecordBatch.from_arrays(arrays, names=self._stored.names)
        except SparkError as error:
            self.failure = error
            raise


def _names(table: str, schema: StructType, database: Database, exact: bool) -> list[str]:
    """The table's names of the columns that are written. Raises COLUMN_NOT_DEFINED_IN_TABLE."""
    there = [c.name for c in database.columns(f"SELECT * FROM {table}", False)]
    found = []
    for f in schema.fields:
        name = next((n for n in there if n == f.name), None)
        if name is None and not exact:
            name = next((n for n in there if n.lower() == f.name.lower()), None)
        if name is None:
            raise AnalysisError(
                "COLUMN_NOT_DEFINED_IN_TABLE",
                colType=f'"{sql_name(f.type)}"',
                colName=quote(f.name),
                tableName=quote(table),
                tableCols=", ".join(map(quote, there)),
            )
        found.append(name)
    return found


def _create_table(o: JdbcOptions, schema: StructType, kind: Dialect) -> str:
    given: dict[str, DataType] = {}
    if o.create_types:
        given = {f.name.lower(): f.type for f in parse_schema(o.create_types).fields}
        for name in given:
            if name not in {f.name.lower() for f in schema.fields}:
                raise AnalysisError("_LEGACY_ERROR_TEMP_1171", col=name, schema=simple_string(schema))
    columns = []
    for f in schema.fields:
        field = StructField(f.name, given.get(f.name.lower(), f.type), f.nullable)
        columns.append(f"{kind.quoted(f.name)} {table_type(kind, field)}{'' if f.nullable else ' NOT NULL'}")
    return f"CREATE TABLE {o.table} ({', '.join(columns)}) {o.create_options}".strip()
