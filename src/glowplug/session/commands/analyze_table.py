"""ANALYZE TABLE: sizes, counts of rows, and statistics of columns, kept by the catalog."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from glowplug.analyze.commands import partition_specs, targets
from glowplug.catalog.table import ColumnStatistics, Partition, Statistics, Table
from glowplug.errors import AnalysisError
from glowplug.execute.local import literals
from glowplug.execute.operation import Operation
from glowplug.io.filesystem import FileSystem, is_hidden, locate
from glowplug.plan import statements as s
from glowplug.plan.relations import SQLText
from glowplug.session.commands.tables import matching
from glowplug.session.names import catalogs
from glowplug.session.session import Session
from glowplug.session.world import analyze, context
from glowplug.types import (
    COMPLEX,
    BinaryType,
    CalendarIntervalType,
    DayTimeIntervalType,
    StringType,
    StructField,
    VariantType,
    YearMonthIntervalType,
    quote,
    sql_name,
)

_UNSUPPORTED = (*COMPLEX, CalendarIntervalType, DayTimeIntervalType, YearMonthIntervalType, VariantType)


def analyze_table(command: s.Analyze, session: Session, operation: Operation) -> None:
    if command.all_tables:
        catalog, name = catalogs(session).existing_schema(command.parts)
        for table in catalog.tables(name):
            if table.kind != "view":
                _analyze(table, s.Analyze(table.identifier.parts, scan=command.scan), session)
        return
    cx = context(session)
    table = targets.table_or_view(command.parts, cx)
    if table.kind == "view":
        raise AnalysisError("UNSUPPORTED_FEATURE.ANALYZE_VIEW")
    _analyze(table, command, session)


def _analyze(table: Table, command: s.Analyze, session: Session) -> None:
    """Sizes always; rows unless NOSCAN; columns when they are named."""
    catalog = catalogs(session).catalog(table.identifier.catalog)
    if command.partition:
        _analyze_partitions(table, command, session)
        return
    places = [p.location for p in catalog.partitions(table.identifier)] if table.partition_by else [table.location]
    size = sum(_size(*locate(place or "", session.conf)) for place in places)
    fields = _chosen(table, command.columns)
    rows: int | None = None
    columns: tuple[tuple[str, ColumnStatistics], ...] = ()
    if fields:
        rows, columns = _columns(table, fields, session)
    elif command.scan:
        rows = _count(table, "", session)
    old = table.statistics

    def changed(t: Table) -> Table:
        kept = dict(old.columns) if old is not None else {}
        known = old.rows if rows is None and old is not None and old.bytes == size else rows
        return replace(t, statistics=Statistics(size, known, tuple({**kept, **dict(columns)}.items())))

    catalog.alter_table(table.identifier, changed)


def _analyze_partitions(table: Table, command: s.Analyze, session: Session) -> None:
    cx = context(session)
    catalog = catalogs(session).catalog(table.identifier.catalog)
    given = dict(partition_specs.values(command.partition, table, cx))
    found = matching(table, given, session)
    if not found and given:
        shown = partition_specs.shown(tuple(given.items()))
        raise AnalysisError("PARTITIONS_NOT_FOUND", partitionList=shown, tableName=table.identifier.in_catalog)
    for p in found:
        size = _size(*locate(p.location, session.conf))
        rows = _count(table, _where(table, p), session) if command.scan else None
        catalog.alter_partition(table.identifier, p.values, replace(p, statistics=Statistics(size, rows)))


def _where(table: Table, partition: Partition) -> str:
    tests = []
    for name, value in zip(table.partition_by, partition.values, strict=True):
        text = "NULL" if value is None else "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
        tests.append(f"CAST({quote(name)} AS STRING) <=> {text}")
    return " WHERE " + " AND ".join(tests)


def _size(fs: FileSystem, path: str) -> int:
    """Bytes of the data files below a path."""
    try:
        entries = [e for e in fs.list(path) if not is_hidden(e.name)]
    except FileNotFoundError:
        return 0
    return sum(_size(fs, e.path) if e.is_dir else e.size for e in entries)


def _count(table: Table, where: str, session: Session) -> int:
    return _row(f"SELECT count(*) FROM {table.identifier.quoted}{where}", session)[0]  # type: ignore[no-any-return]


def _row(text: str, session: Session) -> tuple[Any, ...]:
    (row,) = literals(analyze(SQLText(text), session), session)
    return row


def _chosen(table: Table, names: tuple[str, ...] | None) -> list[StructField]:
    by_name = {f.name.lower(): f for f in table.schema.fields}
    found = list[StructField]()
    for name in by_name if names is None else names:
        field = by_name.get(name.lower())
        if field is None:
            raise AnalysisError(
                "COLUMN_NOT_FOUND", colName=quote(name), caseSensitiveConfig='"spark.sql.caseSensitive"'
            )
        if not _supported(field):
            raise AnalysisError(
                "UNSUPPORTED_FEATURE.ANALYZE_UNSUPPORTED_COLUMN_TYPE",
                columnType=f'"{sql_name(field.type)}"',
                columnName=quote(field.name),
                tableName=table.identifier.quoted,
            )
        if field in found:
            raise AnalysisError("COLUMN_ALREADY_EXISTS", columnName=quote(field.name))
        found.append(field)
    return found


def _supported(f: StructField) -> bool:
    return not isinstance(f.type, _UNSUPPORTED)


def _columns(
    table: Table, fields: list[StructField], session: Session
) -> tuple[int, tuple[tuple[str, ColumnStatistics], ...]]:
    """The number of rows, and the statistics of columns, in one pass."""
    items = ["count(*)"]
    for f in fields:
        c, texts = quote(f.name), isinstance(f.type, (StringType, BinaryType))
        items += [f"approx_count_distinct({c})", f"count_if({c} IS NULL)"]
        items += ["NULL", "NULL"] if texts else [f"CAST(min({c}) AS STRING)", f"CAST(max({c}) AS STRING)"]
        items += [f"avg(octet_length({c}))", f"max(octet_length({c}))"] if texts else ["NULL", "NULL"]
    row = _row(f"SELECT {', '.join(items)} FROM {table.identifier.quoted}", session)
    found = []
    for i, f in enumerate(fields):
        distinct, nulls, low, high, average, longest = row[1 + 6 * i : 7 + 6 * i]
        sized = isinstance(f.type, (StringType, BinaryType))
        width = _WIDTHS.get(f.type.__class__.__name__, 8)
        found.append(
            (
                f.name,
                ColumnStatistics(
                    int(distinct or 0),
                    None if low is None else str(low),
                    None if high is None else str(high),
                    int(nulls or 0),
                    _SIZE if sized and average is None else math.ceil(average) if sized else width,
                    int(longest or _SIZE) if sized else width,
                ),
            )
        )
    return int(row[0]), tuple(found)


_SIZE = 20  # bytes of a text of which nothing is known
# Bytes of a value of a type in memory, as Spark counts them.
_WIDTHS = {"BooleanType": 1, "ByteType": 1, "ShortType": 2, "IntegerType": 4, "FloatType": 4, "DateType": 4}
