"""MERGE INTO: a first pass finds the files with rows that change, a second joins them with the source and writes them.

Both compute the number of the clause that a row falls to (`_acting`). Semantics:
https://docs.delta.io/latest/delta-update.html#upsert-into-a-table-using-merge
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from typing import Literal as OneOf

from glowplug.analyze.commands.defaults import default
from glowplug.analyze.commands.nouns import MergeClause, RowChange
from glowplug.analyze.context import Context, expose
from glowplug.catalog.table import Table
from glowplug.errors import AnalysisError, UnsupportedOperation
from glowplug.execute.cache import MEMORY_AND_DISK_DESER, Entry
from glowplug.execute.local import literals
from glowplug.execute.operation import Operation
from glowplug.io.filesystem import local_path
from glowplug.lake.delta.columns import public
from glowplug.lake.delta.commit import Reads
from glowplug.lake.delta.feed import FEED
from glowplug.lake.delta.read import DeltaSource
from glowplug.lake.delta.snapshot import Snapshot
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Expression,
    GetField,
    Literal,
    SortOrder,
    WindowExpression,
    new_id,
)
from glowplug.plan.names import pretty
from glowplug.plan.relations import (
    Aggregate,
    CachedData,
    Filter,
    Join,
    LocalData,
    Project,
    Relation,
    Values,
    to_attribute,
)
from glowplug.session.commands.kept import recached
from glowplug.session.delta import schemas
from glowplug.session.delta.changes import Change, run
from glowplug.session.delta.checks import call, checked, is_true
from glowplug.session.delta.feeds import DELETED, INSERTED, UPDATED, exploded, kinds, with_kinds
from glowplug.session.delta.feeds import KEPT as UNCHANGED
from glowplug.session.delta.keys import may_match
from glowplug.session.delta.protocol import append_only, protocol_for
from glowplug.session.delta.rows import (
    METADATA,
    assigned,
    over,
    scan_of,
    value_for,
)
from glowplug.session.delta.saving import AUTO_MERGE
from glowplug.session.rows import rows as local_rows
from glowplug.session.session import Session
from glowplug.types import BOOLEAN, INT, LONG, StructField, StructType

_USAGE = "https://docs.delta.io/latest/delta-update.html#upsert-into-a-table-using-merge"
_COUNTS = ("num_affected_rows", "num_updated_rows", "num_deleted_rows", "num_inserted_rows")
KEPT, DROPPED = 0, -1  # what becomes of a row of the target, or of the source, that no clause is for


@dataclass(frozen=True, slots=True)
class _Merge:
    """A MERGE with its source at hand. `schema` is the table's after it."""

    command: RowChange
    target: Relation
    source: Relation
    condition: Expression
    schema: StructType
    session: Session
    cx: Context

    def clauses(self, of: str) -> list[tuple[int, MergeClause]]:
        """The clauses of a kind with their numbers, from 1."""
        return [(i + 1, c) for i, c in enumerate(self.command.clauses) if c.of == of]

    @property
    def table(self) -> Table:
        return self.command.table


@dataclass(frozen=True, slots=True)
class _Found:
    """Files with rows that change, by their absolute paths, and how many rows are updated and deleted."""

    files: frozenset[str]
    updated: int = 0
    deleted: int = 0
    repeated: bool = False  # several rows of the source match one that is deleted


def merge(command: RowChange, session: Session, operation: Operation) -> Relation:
    from glowplug.session.world import context

    cx = context(session)
    assert command.source is not None and command.condition is not None
    snapshot: Snapshot = scan_of(command.target).source.snapshot
    inserts_only = all(c.kind == "insert" for c in command.clauses)
    if not inserts_only and snapshot.flag("delta.appendOnly"):
        raise append_only(snapshot.path)
    schema = _schema(command, snapshot, session)
    source = _kept(command.source, session)
    merging = _Merge(command, command.target, source, command.condition, schema, session, cx)
    found = _Found(frozenset()) if inserts_only else _find(merging)
    feed = bool(found.files) and snapshot.flag(FEED)
    plan = _inserted(merging) if inserts_only else _rewritten(merging, found, feed)
    plan = checked(plan if feed else stored_order(plan, schema), schema, snapshot.configuration, cx)
    plan = exploded(plan, schema, cx) if feed else plan
    counts: list[int] = []

    def metrics(written: Mapping[str, int]) -> Mapping[str, int]:
        there = _rows_of(scan_of(command.target).source, found.files, session)
        counts.append(written["numOutputRows"] - (there - found.deleted))
        return {
            "numSourceRows": -1,
            "numTargetRowsInserted": counts[0],
            "numTargetRowsUpdated": found.updated,
            "numTargetRowsDeleted": found.deleted,
            "numTargetRowsCopied": there - found.deleted - found.updated,
            "numOutputRows": written["numOutputRows"],
            "numTargetFilesAdded": written["numFiles"],
            "numTargetFilesRemoved": written["numRemovedFiles"],
            "numTargetBytesAdded": written["numOutputBytes"],
            "numTargetChangeFilesAdded": written["numAddedChangeFiles"],
        }

    removes = [p for p in snapshot.files["path"].to_pylist() if _absolute(snapshot, p) in found.files]
    metadata = snapshot.metadata if schema == snapshot.schema else replace(snapshot.metadata, schema=schema)
    change = Change(
        path=snapshot.path,
        base=snapshot,
        metadata=metadata,
        protocol=protocol_for(schema, metadata.configuration, snapshot.protocol),
        operation="MERGE",
        parameters=_parameters(merging),
        removes=removes,
        reads=Reads(frozenset(removes), lambda added: True),
        feed=feed,
        always=False,
        user_metadata=session.conf.get_option("spark.databricks.delta.commitInfo.userMetadata"),
        metrics=metrics,
    )
    with recached(session, command.table):
        run(change, plan, session, operation)
    inserted = counts[0] if counts else 0
    total = inserted + found.updated + found.deleted
    return local_rows([(n, LONG) for n in _COUNTS], [(total, found.updated, found.deleted, inserted)], nullable=True)


def _absolute(snapshot: Snapshot, path: str) -> str:
    from glowplug.lake.delta.snapshot import absolute

    return absolute(snapshot.path, path)


def _kept(source: Relation, session: Session) -> Relation:
    """The source's rows computed once: they are read several times, and must be the same."""
    if isinstance(source, (LocalData, Values)):
        return source
    return CachedData(source.output, Entry(source, MEMORY_AND_DISK_DESER, session.conf.copy()))


def _schema(command: RowChange, snapshot: Snapshot, session: Session) -> StructType:
    """The table's columns; with schema evolution those too that only the source has, if a clause takes all (`*`)."""
    evolves = command.schema_evolution or (session.conf.get_option(AUTO_MERGE) or "").lower() == "true"
    assert command.source is not None
    if not evolves or all(c.assignments is not None for c in command.clauses):
        return snapshot.schema
    return schemas.merged(snapshot.schema, schemas.of_rows(command.source))


# --- which clause a row falls to --------------------------------------------------------------------------


def _acting(merging: _Merge, in_target: Expression | None, in_source: Expression | None) -> Expression:
    """The number of the clause for a row of the join; KEPT or DROPPED where there is none. `in_…` None: always."""
    cx = merging.cx
    matched = _first(merging, "matched", KEPT)
    if in_target is None and in_source is None:
        return matched
    by_source = _first(merging, "not matched by source", KEPT)
    new = _first(merging, "not matched", DROPPED)
    whole = matched
    if in_source is not None:
        whole = call(cx, "if", call(cx, "isnotnull", in_source), whole, by_source)
    if in_target is not None:
        whole = call(cx, "if", call(cx, "isnotnull", in_target), whole, new)
    return whole


def _first(merging: _Merge, of: str, otherwise: int) -> Expression:
    cx = merging.cx
    whole: Expression = _number(otherwise)
    for number, clause in reversed(merging.clauses(of)):
        whole = (
            _number(number)
            if clause.condition is None
            else call(cx, "if", is_true(clause.condition, cx), _number(number), whole)
        )
    return whole


def _number(n: int) -> Literal:
    return Literal(n, INT)


def _numbered(e: Expression, numbers: Sequence[int], cx: Context) -> Expression:
    """Whether an action is one of these."""
    return call(cx, "in", e, *map(_number, numbers)) if numbers else Literal(False, BOOLEAN)


def _marked(plan: Relation) -> tuple[Relation, Attribute]:
    """The rows with a column that is true, and so NULL where an outer join has no row of theirs."""
    mark = Alias(Literal(True, BOOLEAN), "here", new_id())
    attribute = replace(to_attribute(mark), nullable=True)
    return Project(plan, (*plan.output, mark)), attribute


# --- the first pass -------------------------------------------------------------------------------------


def _find(merging: _Merge) -> _Found:
    """Files with matched rows, and with rows that change because nothing matches them."""
    cx, session = merging.cx, merging.session
    scan = scan_of(merging.target)
    all_rows = bool(merging.clauses("not matched by source"))
    pruned = scan.source if all_rows else may_match(scan, merging.condition, merging.source, session, cx)
    meta = next(a for a in scan.metadata_columns if a.name == METADATA)
    target = expose(over(merging.target, pruned), (meta,))
    source, in_source = _marked(merging.source)
    kind: OneOf["left", "inner"] = "left" if all_rows else "inner"
    joined: Relation = Join(target, source, kind, merging.condition)
    names = {f.name: i for i, f in enumerate(meta.type.fields)}  # type: ignore[attr-defined]
    path, row = (_field(meta, names[n]) for n in ("file_path", "row_index"))
    action = Alias(_acting(merging, None, in_source if all_rows else None), "action", new_id())
    found = Alias(call(cx, "isnotnull", in_source), "matched", new_id())
    columns = (Alias(path, "path", new_id()), Alias(row, "row", new_id()), action, found)
    joined = Project(joined, columns)
    p, r, a, m = joined.output
    matters: Expression = call(cx, ">", a, _number(0))
    if all_rows or merging.clauses("not matched"):
        matters = call(cx, "or", m, matters)
    counted = _counted(Filter(joined, matters), p, r, a, m, merging)
    files: set[str] = set()
    updated = deleted = 0
    repeated = False
    for place, most, updates, deletes in literals(counted, session):
        if most > 1 and not _only_deletes(merging):
            raise UnsupportedOperation("DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE", usageReference=_USAGE)
        files.add(local_path(str(place)))
        repeated |= most > 1
        updated, deleted = updated + int(updates), deleted + int(deletes)
    return _Found(frozenset(files), updated, deleted, repeated)


def _field(meta: Attribute, i: int) -> Expression:
    f: StructField = meta.type.fields[i]  # type: ignore[attr-defined]
    return GetField(meta, i, f.name, f.type, False)


def _counted(
    rows: Relation, path: Attribute, row: Attribute, action: Attribute, matched: Attribute, merging: _Merge
) -> Relation:
    """For each file the most source rows that one row matches, and the numbers of rows updated and deleted."""
    cx = merging.cx
    one = Literal(1, LONG)
    each = Aggregate(
        rows,
        (path, row),
        (path, row, *(Alias(call(cx, f, e), n, new_id()) for f, e, n in (("count", one, "n"), ("max", action, "a")))),
    )
    _, _, n, a = each.output
    kinds: dict[str, list[int]] = {"update": [], "delete": []}
    for i, clause in enumerate(merging.command.clauses):
        kinds.setdefault(clause.kind, []).append(i + 1)
    sums = [Alias(call(cx, "count_if", _numbered(a, kinds[k], cx)), k, new_id()) for k in ("update", "delete")]
    return Aggregate(each, (path,), (path, Alias(call(cx, "max", n), "most", new_id()), *sums))


def _only_deletes(merging: _Merge) -> bool:
    """Whether it does not matter how many source rows match: they are all gone, whichever it is."""
    matched = merging.clauses("matched")
    return not matched or (len(matched) == 1 and matched[0][1].kind == "delete" and matched[0][1].condition is None)


def _rows_of(source: DeltaSource, files: frozenset[str], session: Session) -> int:
    """The rows that are in files."""
    if not files:
        return 0
    from glowplug.plan.build import columns_of
    from glowplug.plan.relations import Scan
    from glowplug.session.world import context

    read = Scan(source.of_files(files), columns_of(source.schema.fields))
    count = Alias(call(context(session), "count", Literal(1, LONG)), "n", new_id())
    return int(literals(Aggregate(read, (), (count,)), session)[0][0])


# --- the second pass ------------------------------------------------------------------------------------


def _inserted(merging: _Merge) -> Relation:
    """The source's rows that match nothing, as rows of the table."""
    cx = merging.cx
    scan = scan_of(merging.target)
    target = over(merging.target, may_match(scan, merging.condition, merging.source, merging.session, cx))
    rows: Relation = Join(merging.source, target, "anti", merging.condition)
    action = Alias(_first(merging, "not matched", DROPPED), "action", new_id())
    rows = Project(rows, (*rows.output, action))
    rows = Filter(rows, call(cx, "!=", to_attribute(action), _number(DROPPED)))
    return _valued(merging, rows, to_attribute(action), {})


def _rewritten(merging: _Merge, found: _Found, feed: bool) -> Relation:
    """The rows of the touched files as they are now, and those that are new; for the `feed`, as they were too."""
    cx = merging.cx
    scan = scan_of(merging.target)
    meta = next(a for a in scan.metadata_columns if a.name == METADATA)
    target = over(merging.target, scan.source.of_files(found.files))
    once = feed and found.repeated
    target, in_target = _marked(expose(target, (meta,)) if once else target)
    source, in_source = _marked(merging.source)
    kind: OneOf["full", "left"] = "full" if merging.clauses("not matched") else "left"
    rows: Relation = Join(target, source, kind, merging.condition)
    acting = _acting(merging, in_target if kind == "full" else None, in_source)
    action = Alias(acting, "action", new_id())
    rows = Project(rows, (*rows.output, action))
    deletes = [i + 1 for i, c in enumerate(merging.command.clauses) if c.kind == "delete"]
    of = to_attribute(action)
    rows = Filter(rows, call(cx, "not", _numbered(of, [DROPPED] if feed else [DROPPED, *deletes], cx)))
    if once:
        rows = _deleted_once(rows, meta, _numbered(of, deletes, cx), cx)
    return _valued(merging, rows, of, {a.name.lower(): a for a in merging.target.output}, feed)


def _deleted_once(rows: Relation, meta: Attribute, deleted: Expression, cx: Context) -> Relation:
    """The rows, those of the target that are deleted once each, however many of the source match them."""
    names = {f.name: i for i, f in enumerate(meta.type.fields)}  # type: ignore[attr-defined]
    row = tuple(_field(meta, names[n]) for n in ("file_path", "row_index"))
    number = Alias(WindowExpression(call(cx, "row_number"), row, (SortOrder(row[1]),)), "number", new_id())
    rows = Project(rows, (*rows.output, number))
    first = call(cx, "=", to_attribute(number), _number(1))
    return Filter(rows, call(cx, "or", call(cx, "not", deleted), first))


def _valued(
    merging: _Merge, rows: Relation, action: Attribute, old: Mapping[str, Attribute], feed: bool = False
) -> Relation:
    """The table's columns of each row, as its clause says; for the `feed` with what becomes of it."""
    cx = merging.cx
    values = {i: _values(merging, c) for i, c in enumerate(merging.command.clauses, 1) if c.kind != "delete"}
    items: list[Expression] = []
    for f in merging.schema.fields:
        shown = public(f)
        before = old.get(f.name.lower())
        value: Expression = Literal(None, shown.type) if before is None else before
        for number, by_name in values.items():
            if (new := by_name.get(f.name.lower())) is not None:
                value = call(cx, "if", call(cx, "=", action, _number(number)), new, value)
        items.append(Alias(value, f.name, new_id(), shown.metadata))
    if not feed:
        return Project(rows, tuple(items))
    what = kinds(UNCHANGED, cx)
    for number, clause in enumerate(merging.command.clauses, 1):
        of = kinds({"update": UPDATED, "delete": DELETED, "insert": INSERTED}[clause.kind], cx)
        what = call(cx, "if", call(cx, "=", action, _number(number)), of, what)
    there: list[tuple[str, Expression]] = []
    for f in merging.schema.fields:
        there.append((f.name, old.get(f.name.lower(), Literal(None, public(f).type))))
    fed = with_kinds(rows, what, there)
    return Project(fed, (*items, *fed.output[len(rows.output) :]))


def _values(merging: _Merge, clause: MergeClause) -> dict[str, Expression]:
    """What a clause puts into columns, by their names in lower case; an insertion into all of them."""
    fields = {f.name.lower(): public(f) for f in merging.schema.fields}
    if clause.assignments is None:
        return _all_columns(merging, clause, fields)
    names = {a.id: a.name.lower() for a in merging.target.output}
    made = {names[id]: e for id, e in assigned(clause.assignments, merging.table, merging.cx).items()}
    if clause.kind == "insert":
        return {n: made.get(n) or default(f, merging.cx) for n, f in fields.items()}
    return made


def _all_columns(merging: _Merge, clause: MergeClause, fields: Mapping[str, StructField]) -> dict[str, Expression]:
    given = {a.name.lower(): a for a in merging.source.output}
    evolved = len(merging.schema.fields) > len(merging.target.output) or merging.command.schema_evolution
    made: dict[str, Expression] = {}
    for name, f in fields.items():
        if (a := given.get(name)) is not None:
            made[name] = value_for(a, f, merging.table, merging.cx)
        elif not evolved:
            raise AnalysisError(
                "DELTA_MERGE_UNRESOLVED_EXPRESSION",
                sqlExpr=f.name,
                clause=f"{clause.kind.upper()} clause",
                cols=", ".join(x.name for x in merging.source.output),
            )
        elif clause.kind == "insert":
            made[name] = default(f, merging.cx)
    return made


def stored_order(plan: Relation, schema: StructType) -> Relation:
    by_name = {a.name: a for a in plan.output}
    ordered = tuple(by_name[f.name] for f in schema.fields)
    return plan if ordered == plan.output else Project(plan, ordered)


def _parameters(merging: _Merge) -> dict[str, Any]:
    """As the history shows it."""
    shown: dict[str, Any] = {"predicate": json.dumps([pretty(merging.condition)], ensure_ascii=False)}
    keys = {
        "matched": "matchedPredicates",
        "not matched": "notMatchedPredicates",
        "not matched by source": "notMatchedBySourcePredicates",
    }
    for of, key in keys.items():
        clauses = [
            {"actionType": c.kind} | ({} if c.condition is None else {"predicate": pretty(c.condition)})
            for _, c in merging.clauses(of)
        ]
        shown[key] = json.dumps(clauses, separators=(",", ":"), ensure_ascii=False)
    return shown
