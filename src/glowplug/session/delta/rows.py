"""DELETE, UPDATE and replaceWhere: the files that have such rows are found, and written again without or with other
rows. Conditions and values are computed by the kernel, so that they are Spark's."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import unquote

from glowplug.analyze.commands.align import stored
from glowplug.analyze.commands.nouns import RowChange
from glowplug.analyze.context import Context, expose
from glowplug.catalog.table import Table
from glowplug.errors import AnalysisError, unsupported
from glowplug.execute.local import evaluate, literals, workbench
from glowplug.execute.operation import Operation, current
from glowplug.io.files import FileSource
from glowplug.io.filesystem import FileStatus
from glowplug.io.listing import DataFile
from glowplug.io.parquet_footer import stored_name
from glowplug.io.partitions import partition_values
from glowplug.io.source import Context as Reading
from glowplug.lake.delta.columns import is_computed
from glowplug.lake.delta.commit import Reads
from glowplug.lake.delta.feed import FEED
from glowplug.lake.delta.read import DeltaSource, source
from glowplug.lake.delta.snapshot import Snapshot, absolute
from glowplug.plan.build import columns_of
from glowplug.plan.casts import can_cast
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Cast,
    Expression,
    GetField,
    Literal,
    new_id,
)
from glowplug.plan.names import pretty
from glowplug.plan.predicates import conjuncts
from glowplug.plan.relations import Aggregate, Filter, Project, Relation, Scan, SetOperation, to_attribute
from glowplug.plan.tree import map_all_relations, walk_relations
from glowplug.session.commands.kept import recached
from glowplug.session.delta.changes import Change, Result, run
from glowplug.session.delta.checks import call, checked, condition, is_true
from glowplug.session.delta.feeds import DELETED, INSERTED, KEPT, UPDATED, Becoming, becomes, united, with_kinds
from glowplug.session.delta.generated import recomputed, refuse_updates
from glowplug.session.delta.protocol import append_only
from glowplug.session.delta.schemas import completed, fitting
from glowplug.session.rows import rows as local_rows
from glowplug.session.session import Session
from glowplug.types import COMPLEX, LONG, STRING, CharType, StructField, StructType, VarcharType, same_type

METADATA = "_metadata"


@dataclass(frozen=True, slots=True)
class Touched:
    """Files with rows that a condition is true for: how many, by the file's path in the log."""

    source: DeltaSource
    files: Mapping[str, int]

    @property
    def rows(self) -> int:
        return sum(self.files.values())


def scan_of(target: Relation) -> Scan:
    """Where the rows of a table come from in an analysed plan of it."""
    found = [n for n in walk_relations(target) if isinstance(n, Scan)]
    if len(found) != 1 or not isinstance(found[0].source, DeltaSource):
        raise unsupported("changing rows of what is no Delta table")
    return found[0]


def over(target: Relation, source: DeltaSource) -> Relation:
    """The plan of the table with other files in it; its columns have the same ids."""

    def change(node: Relation) -> Relation:
        return replace(node, source=source) if isinstance(node, Scan) else map_all_relations(node, change)

    return change(target)


def find(target: Relation, test: Expression | None, session: Session, cx: Context) -> Touched:
    """The files that have rows for which `test` is true, and how many each has."""
    scan = scan_of(target)
    pruned = scan.source.prune(conjuncts(test), scan.columns, evaluate(session)) if test is not None else scan.source
    meta = next(a for a in scan.metadata_columns if a.name == METADATA)
    read = expose(over(target, pruned), (meta,))
    if test is not None:
        read = Filter(read, test)
    path = GetField(meta, 0, "file_path", meta.type.fields[0].type, False)  # type: ignore[attr-defined]
    named = Alias(path, "path", new_id())
    count = Alias(call(cx, "count", Literal(1, LONG)), "count", new_id())
    found = literals(Aggregate(read, (named,), (to_attribute(named), count)), session)
    places = {absolute(pruned.snapshot.path, p): p for p in pruned.snapshot.files["path"].to_pylist()}
    return Touched(pruned, {places[path_of(pruned, uri)]: int(n) for uri, n in found})


def path_of(source: DeltaSource, uri: object) -> str:
    """Where a file is, by `_metadata.file_path`."""
    path = source.fs.own(unquote(str(uri)))
    assert path is not None, uri
    return path


def whole(snapshot: Snapshot, files: Mapping[str, int]) -> set[str]:
    """The files all rows of which are among those counted."""
    names = snapshot.files.column_names
    rows = snapshot.files["num_records"].to_pylist() if "num_records" in names else [None] * snapshot.files.num_rows
    gone = snapshot.descriptors()
    return {
        path
        for path, count in zip(snapshot.files["path"].to_pylist(), rows, strict=True)
        if count is not None and files.get(path) == count and path not in gone
    }


def reads_of(scan: Scan, test: Expression | None, touched: Sequence[str], session: Session) -> Reads:
    """What a change by a condition rests on: new files in partitions that the condition concerns are in its way."""
    snapshot = scan.source.snapshot
    keys = [c for c in scan.columns if c.name in snapshot.partition_by]

    def concerned(added: Sequence[Mapping[str, Any]]) -> bool:
        if test is None or not keys:
            return True
        return bool(_pruned_to(scan.source, added, test, scan.columns, session))

    return Reads(frozenset(touched), concerned)


def _pruned_to(
    source: DeltaSource,
    added: Sequence[Mapping[str, Any]],
    test: Expression,
    columns: Sequence[Attribute],
    session: Session,
) -> Sequence[Any]:
    """Of new files, those in partitions that may have rows for the condition."""
    keys = source.partition_schema.fields
    stored_fields = {f.name: f for f in source.stored.fields}
    with workbench(session, current()) as bench:
        values = [
            partition_values(
                [f["partitionValues"].get(stored_name(stored_fields[k.name])) for f in added], k.type, k.name, bench
            )
            for k in keys
        ]
    files = tuple(
        DataFile(FileStatus(f["path"]), tuple(v)) for f, v in zip(added, zip(*values, strict=True), strict=True)
    )
    pruned = FileSource.prune(replace(source, files=files), conjuncts(test), columns, evaluate(session))
    return pruned.files


# --- statements -----------------------------------------------------------------------------------------


def delete(command: RowChange, session: Session, operation: Operation) -> Relation:
    from glowplug.session.world import context

    cx = context(session)
    scan = scan_of(command.target)
    snapshot: Snapshot = scan.source.snapshot
    _refuse_append_only(snapshot)
    touched = find(command.target, command.condition, session, cx)
    if touched.files:
        gone = whole(snapshot, touched.files)
        rest = frozenset(absolute(snapshot.path, p) for p in touched.files if p not in gone)
        plan, feed = None, bool(rest) and snapshot.flag(FEED)
        if feed:  # with some rows in the feed, all must be
            read = over(command.target, scan.source.of_files(_absolutes(snapshot, touched)))
            plan = with_kinds(read, _becoming(command.condition, DELETED, cx))
        elif rest and command.condition is not None:
            kept = over(command.target, scan.source.of_files(rest))
            plan = stored_columns(Filter(kept, call(cx, "not", is_true(command.condition, cx))), snapshot.schema)
        change = replace(change_of(snapshot, "DELETE", command.condition, touched, scan, session), feed=feed)
        metrics = _metrics("numDeletedRows", touched.rows)
        with recached(session, command.table):
            run(replace(change, metrics=metrics), plan, session, operation)
    return local_rows((("num_affected_rows", LONG),), [(touched.rows,)], nullable=True)


def update(command: RowChange, session: Session, operation: Operation) -> Relation:
    from glowplug.session.world import context

    cx = context(session)
    scan = scan_of(command.target)
    snapshot: Snapshot = scan.source.snapshot
    _refuse_append_only(snapshot)
    fields = {f.name.lower(): f for f in command.table.schema.fields}
    values = assigned(
        command.assignments, fields, {a.name.lower(): a for a in command.target.output}, command.table, cx
    )
    given = [a.name for a in command.target.output if a.name.lower() in values]
    refuse_updates(snapshot.schema, given)
    touched = find(command.target, command.condition, session, cx)
    if touched.files:
        read = over(command.target, scan.source.of_files(_absolutes(snapshot, touched)))
        feed = snapshot.flag(FEED)
        items: list[Expression] = []
        for column in command.target.output:
            if column.name.lower() not in values:
                items.append(column)
                continue
            value = values[column.name.lower()]
            if command.condition is not None:
                value = call(cx, "if", is_true(command.condition, cx), value, column)
            items.append(Alias(value, column.name, new_id(), column.metadata))
        if feed:
            computed = {f.name for f in snapshot.schema.fields if is_computed(f)}
            old = [(a.name, a) for a in command.target.output if a.name in given or a.name in computed]
            read = with_kinds(read, _becoming(command.condition, UPDATED, cx), old)
            items += read.output[len(items) :]
        plan = recomputed(Project(read, tuple(items)), snapshot.schema, dict.fromkeys(given), cx)
        plan = checked(plan, snapshot.schema, snapshot.configuration, cx)
        plan = plan if feed else stored_columns(plan, snapshot.schema)
        change = replace(change_of(snapshot, "UPDATE", command.condition, touched, scan, session), feed=feed)
        with recached(session, command.table):
            run(replace(change, metrics=_metrics("numUpdatedRows", touched.rows)), plan, session, operation)
    return local_rows((("num_affected_rows", LONG),), [(touched.rows,)], nullable=True)


def _absolutes(snapshot: Snapshot, touched: Touched) -> frozenset[str]:
    return frozenset(absolute(snapshot.path, p) for p in touched.files)


def _becoming(test: Expression | None, of: Becoming, cx: Context) -> Expression:
    """What rows become for the change feed, where a condition holds; the others stay."""
    return becomes(of) if test is None else call(cx, "if", is_true(test, cx), becomes(of), becomes(KEPT))


def stored_columns(plan: Relation, schema: StructType) -> Relation:
    """The columns of the table, in its order."""
    by_name = {a.name: a for a in plan.output}
    ordered = tuple(by_name[f.name] for f in schema.fields)
    return plan if ordered == plan.output else Project(plan, ordered)


def _refuse_append_only(snapshot: Snapshot) -> None:
    if snapshot.flag("delta.appendOnly"):
        raise append_only(snapshot.path)


def change_of(
    snapshot: Snapshot, name: str, test: Expression | None, touched: Touched, scan: Scan, session: Session
) -> Change:
    files = list(touched.files)
    return Change(
        path=snapshot.path,
        base=snapshot,
        metadata=snapshot.metadata,
        protocol=snapshot.protocol,
        operation=name,
        parameters={"predicate": predicates(test)},
        removes=files,
        reads=reads_of(scan, test, files, session),
        user_metadata=session.conf.get_option("spark.databricks.delta.commitInfo.userMetadata"),
    )


def predicates(test: Expression | None) -> str:
    """A condition as the history shows it."""
    return json.dumps(["true"] if test is None else [pretty(test)], ensure_ascii=False)


def _metrics(name: str, count: int) -> Callable[[Mapping[str, int]], Mapping[str, int]]:
    def made(written: Mapping[str, int]) -> Mapping[str, int]:
        copied = written["numOutputRows"] - (count if name == "numUpdatedRows" else 0)
        return {
            name: count,
            "numCopiedRows": copied,
            "numRemovedFiles": written["numRemovedFiles"],
            "numAddedFiles": written["numFiles"],
            "numAddedBytes": written["numOutputBytes"],
            "numAddedChangeFiles": written["numAddedChangeFiles"],
        }

    return made


def assigned(
    assignments: Sequence[tuple[Expression, Expression]],
    fields: Mapping[str, StructField],
    old: Mapping[str, Expression],
    table: Table,
    cx: Context,
    evolves: bool = False,
) -> dict[str, Expression]:
    """New values of columns, as the columns `fields` take them. An assignment to a field of a struct makes the struct
    anew, from the `old` one. Columns go by their names in lower case. With `evolves` structs may lack fields."""

    def taken(value: Expression, f: StructField, at: tuple[str, ...]) -> Expression:
        value = completed(value, f.type, cx) if evolves else value
        return value_for(value, f, table, cx) if len(at) == 1 else stored(value, f.type, at, table, cx, True)

    made: dict[str, Expression] = {}
    for key, value in assignments:
        path = place(key)
        if path is None:
            raise AnalysisError("DELTA_UNSUPPORTED_NESTED_FIELD_IN_UPDATE", optionalPrefixMessage=f"{pretty(key)}: ")
        name = path[0].lower()
        f = fields[name]
        if len(path) == 1:
            if name in made:
                raise AnalysisError("DELTA_CONFLICT_SET_COLUMN", columnList=f"`{f.name}`")
            made[name] = taken(value, f, (f.name,))
        else:
            whole_value = made.get(name) or old.get(name) or Literal(None, f.type)
            made[name] = _with_field(whole_value, path[1:], partial(taken, value), cx, (f.name,))
    return made


def value_for(value: Expression, f: StructField, table: Table, cx: Context) -> Expression:
    """A value as a column takes it. As in Delta, UPDATE and MERGE cast where INSERT would refuse to."""
    atomic = not isinstance(value.type, COMPLEX) and not isinstance(f.type, (*COMPLEX, CharType, VarcharType))
    if atomic and not same_type(value.type, f.type) and can_cast(value.type, f.type, True):
        return Cast(value, f.type, "ansi", implicit=True)
    return stored(value, f.type, (f.name,), table, cx, True)


def place(key: Expression) -> tuple[str, ...] | None:
    """The names that lead to what is assigned to, the column's first. None: it is no column, nor a field of one."""
    match key:
        case Attribute():
            return (key.name,)
        case GetField(child):
            path = place(child)
            return None if path is None else (*path, key.name)
    return None


def _with_field(
    e: Expression,
    path: tuple[str, ...],
    taken: Callable[[StructField, tuple[str, ...]], Expression],
    cx: Context,
    at: tuple[str, ...],
) -> Expression:
    assert isinstance(e.type, StructType)
    args: list[Expression] = []
    for i, f in enumerate(e.type.fields):
        part: Expression = GetField(e, i, f.name, f.type, f.nullable or e.nullable)
        if f.name.lower() == path[0].lower():
            within = (*at, f.name)
            part = taken(f, within) if len(path) == 1 else _with_field(part, path[1:], taken, cx, within)
        args += [Literal(f.name, STRING), part]
    return call(cx, "named_struct", *args)


# --- replaceWhere ---------------------------------------------------------------------------------------


def but_where(
    change: Change, base: Snapshot, rows: Relation, where: str | Expression, session: Session, operation: Operation
) -> Result:
    """New rows in the place of those that a condition, as text or unresolved, holds for."""
    from glowplug.session.world import context

    cx = context(session)
    with workbench(session, current()) as bench:
        table = source(base, Reading(session.conf, bench))
    scan = Scan(table, columns_of(table.schema.fields), columns_of(table.hidden))
    test = condition(scan, where, cx)
    touched = find(scan, test, session, cx)
    gone = whole(base, touched.files)
    rest = frozenset(absolute(base.path, p) for p in touched.files if p not in gone)
    if rest and not change.data_change:
        raise AnalysisError("DELTA_REPLACE_WHERE_WITH_FILTER_DATA_CHANGE_UNSET", dataFilters=pretty(test))
    plan, feed, schema = rows, bool(rest) and base.flag(FEED), change.metadata.schema
    if rest:
        # with some rows in the feed, all must be; the columns may be more than they were
        files = _absolutes(base, touched) if feed else rest
        old = fitting(replace(scan, source=table.of_files(files)), schema, base.path, cx)
        test_of_old = condition(old, where, cx)
        if feed:
            new = with_kinds(rows, becomes(INSERTED))
            old = with_kinds(old, _becoming(test_of_old, DELETED, cx))
            plan = united(new, old, schema)
        else:
            kept = Filter(old, call(cx, "not", is_true(test_of_old, cx)))
            plan = SetOperation(rows, kept, "union", True, columns=columns_of(schema.fields))
    removes = list(touched.files)
    reads = reads_of(scan, test, removes, session)
    return run(replace(change, removes=removes, reads=reads, feed=feed), plan, session, operation)
