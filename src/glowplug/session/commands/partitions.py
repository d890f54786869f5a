"""Partitions of a catalog's tables: added, dropped, renamed, shown, and found in the file system (MSCK)."""

from __future__ import annotations

import posixpath
import time
from dataclasses import replace

from glowplug.analyze.commands import partition_specs, targets
from glowplug.analyze.commands.create_table import as_uri
from glowplug.analyze.context import Context
from glowplug.catalog.catalog import Catalog
from glowplug.catalog.table import Partition, Table, Values
from glowplug.errors import AnalysisError
from glowplug.execute.operation import Operation
from glowplug.io.filesystem import is_hidden, locate
from glowplug.io.partitions import DEFAULT_PARTITION, escape, unescape
from glowplug.plan.commands import PartitionSpec, Show
from glowplug.plan.relations import LocalData
from glowplug.plan.statements import AddPartitions, DropPartitions, RenamePartition, RepairTable
from glowplug.session.commands.insert import partition_location
from glowplug.session.commands.kept import forget, recached
from glowplug.session.commands.tables import matching
from glowplug.session.names import catalogs
from glowplug.session.rows import rows
from glowplug.session.session import Session
from glowplug.session.world import context
from glowplug.types import STRING


def _partitioned(table: Table, action: str) -> None:
    if not table.partition_by:
        raise AnalysisError("_LEGACY_ERROR_TEMP_1251", action=action, tableName=table.identifier.name)


def _whole(spec: PartitionSpec, table: Table, cx: Context) -> Values:
    """The values of a spec that has all of the table's partition columns."""
    given = dict(partition_specs.texts(spec, table, cx))
    if len(given) != len(table.partition_by):
        raise AnalysisError(
            "_LEGACY_ERROR_TEMP_1232",
            specKeys=", ".join(name for name, _ in spec),
            partitionColumnNames=", ".join(table.partition_by),
            tableName=table.identifier.quoted,
        )
    if "" in given.values():
        pairs = ", ".join(f"{name}={given[name]}" for name in table.partition_by)
        details = f"The spec ([{pairs}]) contains an empty partition column value"
        raise AnalysisError("_LEGACY_ERROR_TEMP_1076", details=details)
    return tuple(given[name] for name in table.partition_by)


def shown(table: Table, values: Values) -> str:
    return partition_specs.shown(tuple(zip(table.partition_by, values, strict=True)))


def _missing(table: Table, text: str) -> AnalysisError:
    return AnalysisError("PARTITIONS_NOT_FOUND", partitionList=text, tableName=table.identifier.in_catalog)


def add(table: Table, change: AddPartitions, catalog: Catalog, session: Session, cx: Context) -> None:
    _partitioned(table, "ALTER TABLE ADD PARTITION")
    now = int(time.time() * 1000)
    new = []
    for spec, location in change.partitions:
        values = _whole(spec, table, cx)
        place = partition_location(table, values) if location is None else as_uri(location)
        new.append(Partition(values, place, now))
    known = catalog.add_partitions(table.identifier, new, change.if_not_exists)
    if known and not change.if_not_exists:
        listed = ", ".join(shown(table, v) for v in known)
        raise AnalysisError("PARTITIONS_ALREADY_EXIST", partitionList=listed, tableName=table.identifier.in_catalog)
    for p in new:
        fs, path = locate(p.location, session.conf)
        fs.make_dirs(path)


def drop(table: Table, change: DropPartitions, catalog: Catalog, session: Session, cx: Context) -> None:
    """Whole partitions only, as Spark's own catalog has it."""
    _partitioned(table, "ALTER TABLE DROP PARTITION")
    there = {p.values for p in catalog.partitions(table.identifier)}
    gone: list[Values] = []
    for spec in change.partitions:
        given = partition_specs.values(spec, table, cx)
        values = tuple(v for _, v in given)
        if len(given) == len(table.partition_by) and values in there:
            gone.append(values)
        elif not change.if_exists:
            raise _missing(table, partition_specs.shown(given))
    with recached(session, table):
        catalog.drop_partitions(table.identifier, gone)


def rename(table: Table, change: RenamePartition, catalog: Catalog, session: Session, cx: Context) -> None:
    _partitioned(table, "ALTER TABLE RENAME PARTITION")
    old, new = _whole(change.partition, table, cx), _whole(change.to, table, cx)
    there = {p.values: p for p in catalog.partitions(table.identifier)}
    if old not in there:
        raise _missing(table, shown(table, old))
    if new in there:
        raise AnalysisError(
            "PARTITIONS_ALREADY_EXIST", partitionList=shown(table, new), tableName=table.identifier.in_catalog
        )
    partition = there[old]
    place = partition.location
    if table.kind == "managed" and place == partition_location(table, old):
        place = partition_location(table, new)
    with recached(session, table):
        catalog.alter_partition(table.identifier, old, replace(partition, values=new, location=place))


def set_location(
    table: Table, spec: PartitionSpec, location: str, catalog: Catalog, session: Session, cx: Context
) -> None:
    _partitioned(table, "ALTER TABLE ... SET LOCATION")
    values = _whole(spec, table, cx)
    partition = next((p for p in catalog.partitions(table.identifier) if p.values == values), None)
    if partition is None:
        raise _missing(table, shown(table, values))
    forget(session, table)
    catalog.alter_partition(table.identifier, values, replace(partition, location=location))


def show(command: Show, session: Session) -> LocalData:
    cx = context(session)
    table = targets.table(command.parts, cx, "SHOW PARTITIONS")
    if not table.partition_by:
        raise AnalysisError("INVALID_PARTITION_OPERATION.PARTITION_SCHEMA_IS_EMPTY", name=table.identifier.quoted)
    given = dict(partition_specs.values(command.partition, table, cx))
    names = sorted(spec_path(table, p.values) for p in matching(table, given, session))
    return rows((("partition", STRING),), [(n,) for n in names])


def spec_path(table: Table, values: Values) -> str:
    pairs = zip(table.partition_by, values, strict=True)
    return "/".join(f"{escape(n)}={escape(v or DEFAULT_PARTITION)}" for n, v in pairs)


def repair(command: RepairTable, session: Session, operation: Operation) -> None:
    """Partitions are added for directories that are there, and dropped where theirs is not."""
    cx, name = context(session), command.name
    table = targets.table(command.parts, cx, name)
    if not table.partition_by:
        raise AnalysisError("NOT_A_PARTITIONED_TABLE", operation=name, tableIdentWithDB=table.identifier.quoted)
    catalog = catalogs(session).catalog(table.identifier.catalog)
    with recached(session, table):
        if command.drop:
            gone = [p.values for p in catalog.partitions(table.identifier) if not _is_there(p.location, session)]
            catalog.drop_partitions(table.identifier, gone)
        if command.add:
            now = int(time.time() * 1000)
            found = [Partition(v, partition_location(table, v), now) for v in _directories(table, session)]
            catalog.add_partitions(table.identifier, found, ignore=True)


def _is_there(location: str, session: Session) -> bool:
    fs, path = locate(location, session.conf)
    try:
        return fs.status(path).is_dir
    except FileNotFoundError:
        return False


def _directories(table: Table, session: Session) -> list[Values]:
    """The values of the directories below a table that are as its partitions' are called."""
    fs, root = locate(table.location or "", session.conf)
    level: list[tuple[str, Values]] = [(root, ())]
    for name in table.partition_by:
        below: list[tuple[str, Values]] = []
        for path, values in level:
            try:
                entries = fs.list(path)
            except FileNotFoundError:
                continue
            for e in entries:
                key, equals, text = posixpath.basename(e.path).partition("=")
                if e.is_dir and equals and not is_hidden(e.name) and unescape(key).lower() == name.lower():
                    value = unescape(text)
                    below.append((e.path, (*values, None if value == DEFAULT_PARTITION else value)))
        level = below
    return [values for _, values in level]
