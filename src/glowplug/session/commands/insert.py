"""INSERT: rows into files, and new partitions into the catalog."""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from glowplug.analyze.commands.nouns import InsertEach, InsertRows, Static
from glowplug.analyze.context import Context, Scope
from glowplug.analyze.expressions import resolve
from glowplug.catalog.table import Partition, Table, Values, is_delta
from glowplug.errors import ArithmeticFailure, SparkError
from glowplug.execute.cache import MEMORY_AND_DISK_DESER, Entry
from glowplug.execute.local import literal_rows
from glowplug.execute.operation import Operation
from glowplug.execute.writing import write_plan
from glowplug.io.filesystem import locate
from glowplug.io.partitions import DEFAULT_PARTITION, escape
from glowplug.io.produce import WrittenFile
from glowplug.plan.build import called
from glowplug.plan.commands import WriteFiles
from glowplug.plan.expressions import Alias, Attribute, Cast, Expression, Literal, new_id
from glowplug.plan.relations import CachedData, Distinct, Filter, Project, Relation
from glowplug.plan.tree import walk, walk_relations
from glowplug.session.commands.kept import recached
from glowplug.session.commands.writing import write_files
from glowplug.session.names import catalogs
from glowplug.session.session import Session
from glowplug.session.world import context
from glowplug.types import STRING, DecimalType, StructType, quote, sql_name

DYNAMIC = "spark.sql.sources.partitionOverwriteMode"


def insert_each(command: InsertEach, session: Session, operation: Operation) -> None:
    for insert in command.inserts:
        if isinstance(insert, WriteFiles):
            write_files(insert, session, operation)
        else:
            insert_rows(insert, session, operation)


def insert_rows(command: InsertRows, session: Session, operation: Operation) -> None:
    """The catalog learns of new partitions before their files appear, so that the rows appear all at once; a kill in
    between leaves partitions without rows."""
    table, static = command.table, command.static
    if is_delta(table):
        from glowplug.session.delta.statements import insert

        return insert(command, session, operation)
    catalog = catalogs(session).catalog(table.identifier.catalog)
    there = {p.values: p for p in catalog.partitions(table.identifier)} if table.partition_by else {}
    whole = tuple(v for _, v in static) if static and len(static) == len(table.partition_by) else None
    if command.if_partition_not_exists and whole in there:
        return
    elsewhere = {v: p for v, p in there.items() if p.location != partition_location(table, v)}
    with recached(session, table), _overflow_named(command.query, table.schema):
        if whole is not None and whole in elsewhere:
            _write_elsewhere(command, command.query, elsewhere[whole], session, operation)
            return
        filled = set[Values]()
        if elsewhere and whole is None:
            rows, filled = _write_apart(command, elsewhere, session, operation)
            command = replace(command, query=rows)
        written: list[Partition] = []

        def produced(files: tuple[WrittenFile, ...]) -> None:
            written.extend(partitions_of(table, files, whole))
            if written:
                catalog.add_partitions(table.identifier, written, ignore=True)

        write_plan(
            command.query,
            session,
            operation,
            format=table.provider or "parquet",
            path=table.location or "",
            mode="overwrite" if command.overwrite else "append",
            options=(*table.options, *command.options),
            partition_by=table.partition_by,
            below=static,
            produced=produced,
            bucketing=table.bucketing,
        )
        if command.overwrite and not _dynamic(command, session):
            filled |= {p.values for p in written}
            gone = [v for v in there if v not in filled and _below(v, static)]
            catalog.drop_partitions(table.identifier, gone)
            for values in elsewhere.keys() & set(gone):
                _remove(elsewhere[values].location, session)


def _dynamic(command: InsertRows, session: Session) -> bool:
    given = {k.lower(): v for k, v in (*command.table.options, *command.options)}
    mode = given.get("partitionoverwritemode") or session.conf.get_option(DYNAMIC) or ""
    return mode.upper() == "DYNAMIC" and bool(command.table.partition_by)


def _below(values: Sequence[str | None], static: Static) -> bool:
    return tuple(values[: len(static)]) == tuple(v for _, v in static)


def _write_apart(
    command: InsertRows, elsewhere: Mapping[Values, Partition], session: Session, operation: Operation
) -> tuple[Relation, set[Values]]:
    """Write the rows of partitions that have places of their own, each place by itself, as Spark does: one that is
    killed in between leaves some written. Gives the other rows, and the partitions that were written."""
    query = CachedData(command.query.output, Entry(command.query, MEMORY_AND_DISK_DESER, session.conf.copy()))
    cx = context(session)
    keys = _keys(command.table, query, cx)
    found = Distinct(Project(query, tuple(Alias(k, "k", new_id()) for k in keys)))
    filled = {row for row in literal_rows(found, session) if row in elsewhere}
    others: Relation = query
    for values in filled:
        test = _is(keys, values)
        there = Filter(query, resolve(test, Scope(()), cx))
        _write_elsewhere(command, there, elsewhere[values], session, operation)
        others = Filter(others, resolve(called("not", test), Scope(()), cx))
    return others, filled


def _keys(table: Table, rows: Relation, cx: Context) -> list[Expression]:
    """What partitions' values are, as texts; an empty one is none."""
    columns = {a.name.lower(): a for a in rows.output}
    texts = (Cast(columns[name.lower()], STRING, "legacy") for name in table.partition_by)
    return [resolve(called("nullif", text, Literal("", STRING)), Scope(()), cx) for text in texts]


def _is(keys: Sequence[Expression], values: Values) -> Expression:
    tests = [called("<=>", k, Literal(v, STRING)) for k, v in zip(keys, values, strict=True)]
    return functools.reduce(lambda a, b: called("and", a, b), tests)


def _remove(location: str, session: Session) -> None:
    fs, path = locate(location, session.conf)
    with contextlib.suppress(FileNotFoundError):
        fs.remove(path)


def _write_elsewhere(
    command: InsertRows, rows: Relation, partition: Partition, session: Session, operation: Operation
) -> None:
    inside = {n.lower() for n in command.table.partition_by}
    data = tuple(a for a in rows.output if a.name.lower() not in inside)
    write_plan(
        Project(rows, data),
        session,
        operation,
        format=command.table.provider or "parquet",
        path=partition.location,
        mode="overwrite" if command.overwrite else "append",
        options=(*command.table.options, *command.options),
        bucketing=command.table.bucketing,
    )


def partition_location(table: Table, values: Sequence[str | None]) -> str:
    """Where a partition is unless it was put elsewhere."""
    pairs = zip(table.partition_by, values, strict=True)
    path = "/".join(f"{escape(n)}={escape(v or DEFAULT_PARTITION)}" for n, v in pairs)
    return f"{table.location}/{path}"


def partitions_of(
    table: Table, files: Sequence[WrittenFile], whole: tuple[str | None, ...] | None = None
) -> list[Partition]:
    """The partitions that files were written to; `whole` is one that is there even without rows."""
    if not table.partition_by:
        return []
    now = int(time.time() * 1000)
    values = dict.fromkeys(f.partition for f in files if len(f.partition) == len(table.partition_by))
    if whole is not None:
        values[whole] = None
    return [Partition(v, partition_location(table, v), now) for v in values]


@contextmanager
def _overflow_named(query: Relation, schema: StructType) -> Iterator[None]:
    """A value that its column cannot hold is reported with the column's name, as Spark does for insertions."""
    try:
        yield
    except ArithmeticFailure as error:
        raise _named(error, query) from None


def _named(error: SparkError, query: Relation) -> SparkError:
    """Which column it was, the types say."""
    casts = [
        (item, e)
        for node in walk_relations(query)
        for item in (node.expressions if isinstance(node, Project) else ())
        for e in walk(item)
        if isinstance(e, Cast) and e.origin is None and isinstance(e.child, Attribute)
    ]
    for item, e in casts:
        source, target = f'"{sql_name(e.child.type)}"', f'"{sql_name(e.type)}"'
        if error.condition == "CAST_OVERFLOW":
            found = (source, target) == (error.parameters.get("sourceType"), error.parameters.get("targetType"))
        else:
            precision, scale = error.parameters.get("precision"), error.parameters.get("scale")
            found = error.condition.startswith("NUMERIC_VALUE_OUT_OF_RANGE") and e.type == _decimal(precision, scale)
        if found:
            name = quote(getattr(item, "name", ""))
            return ArithmeticFailure(
                "CAST_OVERFLOW_IN_TABLE_INSERT", sourceType=source, targetType=target, columnName=name
            )
    return error


def _decimal(precision: str | None, scale: str | None) -> DecimalType | None:
    return None if precision is None or scale is None else DecimalType(int(precision), int(scale))
