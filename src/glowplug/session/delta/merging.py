"""MERGE INTO: a first pass finds the files with rows that change, a second joins them with the source and writes them.

Both compute the number of the clause that a row falls to (`merge_rows.acting`). Semantics:
https://docs.delta.io/latest/delta-update.html#upsert-into-a-table-using-merge
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from typing import Literal as OneOf

from glowplug.analyze.commands.nouns import RowChange
from glowplug.analyze.context import expose
from glowplug.errors import UnsupportedOperation
from glowplug.execute.cache import MEMORY_AND_DISK_DESER, Entry
from glowplug.execute.local import literals
from glowplug.execute.operation import Operation
from glowplug.lake.delta.commit import Reads
from glowplug.lake.delta.feed import FEED
from glowplug.lake.delta.read import DeltaSource
from glowplug.lake.delta.snapshot import Snapshot
from glowplug.lake.delta.widening import WIDENING
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Literal,
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
)
from glowplug.session.commands.kept import recached
from glowplug.session.delta import schemas
from glowplug.session.delta.changes import Change, run
from glowplug.session.delta.checks import call, checked
from glowplug.session.delta.keys import may_match
from glowplug.session.delta.merge_rows import (
    Found,
    Merge,
    acting,
    field_of,
    identities,
    inserted_rows,
    is_one_of,
    nth,
    rewritten_rows,
    with_mark,
)
from glowplug.session.delta.protocol import append_only, protocol_for
from glowplug.session.delta.rows import (
    METADATA,
    over,
    path_of,
    place,
    scan_of,
    stored_columns,
)
from glowplug.session.rows import rows as local_rows
from glowplug.session.session import Session
from glowplug.types import LONG, StructType

_USAGE = "https://docs.delta.io/latest/delta-update.html#upsert-into-a-table-using-merge"
_COUNTS = ("num_affected_rows", "num_updated_rows", "num_deleted_rows", "num_inserted_rows")


def merge(command: RowChange, session: Session, operation: Operation) -> Relation:
    from glowplug.session.world import context

    cx = context(session)
    assert command.source is not None and command.condition is not None
    snapshot: Snapshot = scan_of(command.target).source.snapshot
    inserts_only = all(c.kind == "insert" for c in command.clauses)
    if not inserts_only and snapshot.flag("delta.appendOnly"):
        raise append_only(snapshot.path)
    schema = _schema(command, snapshot)
    source = _kept(command.source, session)
    merging = Merge(command, command.target, source, command.condition, schema, session, cx)
    found = Found(frozenset()) if inserts_only else _find(merging)
    feed = bool(found.files) and snapshot.flag(FEED)
    plan = inserted_rows(merging) if inserts_only else rewritten_rows(merging, found, feed)
    plan = checked(plan if feed else stored_columns(plan, schema), schema, snapshot.configuration, cx)
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
        identities=identities(merging),
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


def _schema(command: RowChange, snapshot: Snapshot) -> StructType:
    """The table's columns; with schema evolution those too that only the source has: all if a clause takes all (`*`),
    otherwise those that clauses name."""
    assert command.source is not None
    if not command.schema_evolution:
        return snapshot.schema
    rows, widen = schemas.of_rows(command.source), snapshot.flag(WIDENING)
    if all(c.assignments is not None for c in command.clauses):
        given = [key for c in command.clauses if c.of != "not matched by source" for key, _ in c.assignments or ()]
        paths = {tuple(map(str.lower, path)) for key in given if (path := place(key)) is not None}
        rows = schemas.taken(snapshot.schema, rows, paths, widen)
    return schemas.merged(snapshot.schema, rows, widen=widen)


# --- the first pass -------------------------------------------------------------------------------------


def _find(merging: Merge) -> Found:
    """Files with matched rows, and with rows that change because nothing matches them."""
    cx, session = merging.cx, merging.session
    scan = scan_of(merging.target)
    all_rows = bool(merging.clauses("not matched by source"))
    pruned = scan.source if all_rows else may_match(scan, merging.condition, merging.source, session, cx)
    meta = next(a for a in scan.metadata_columns if a.name == METADATA)
    target = expose(over(merging.target, pruned), (meta,))
    source, in_source = with_mark(merging.source)
    kind: OneOf["left", "inner"] = "left" if all_rows else "inner"
    joined: Relation = Join(target, source, kind, merging.condition)
    names = {f.name: i for i, f in enumerate(meta.type.fields)}  # type: ignore[attr-defined]
    path, row = (field_of(meta, names[n]) for n in ("file_path", "row_index"))
    action = Alias(acting(merging, None, in_source if all_rows else None), "action", new_id())
    found = Alias(call(cx, "isnotnull", in_source), "matched", new_id())
    columns = (Alias(path, "path", new_id()), Alias(row, "row", new_id()), action, found)
    joined = Project(joined, columns)
    p, r, a, m = joined.output
    inserts = bool(merging.clauses("not matched"))
    if all_rows:
        joined = Filter(joined, call(cx, "or", m, call(cx, ">", a, nth(0))))
    counted = _counted(joined, p, r, a, merging)
    files: set[str] = set()
    updated = deleted = 0
    repeated = False
    for file, matches, acts, updates, deletes in literals(counted, session):
        most = matches if all_rows or inserts else acts
        if most > 1 and not _only_deletes(merging):
            raise UnsupportedOperation("DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE", usageReference=_USAGE)
        if most == 0:  # no clause is for any of the matches
            continue
        files.add(path_of(scan.source, file))
        repeated |= matches > 1
        updated, deleted = updated + int(updates), deleted + int(deletes)
    return Found(frozenset(files), updated, deleted, repeated)


def _counted(rows: Relation, path: Attribute, row: Attribute, action: Attribute, merging: Merge) -> Relation:
    """For each file the most rows of the source that one row matches, and the most of these that a clause is for; and
    the numbers of rows updated and deleted."""
    cx = merging.cx
    acts = call(cx, "count_if", call(cx, ">", action, nth(0)))
    of_row = (("n", call(cx, "count", Literal(1, LONG))), ("acts", acts), ("a", call(cx, "max", action)))
    each = Aggregate(rows, (path, row), (path, row, *(Alias(e, n, new_id()) for n, e in of_row)))
    _, _, n, acted, a = each.output
    kinds: dict[str, list[int]] = {"update": [], "delete": []}
    for i, clause in enumerate(merging.command.clauses):
        kinds.setdefault(clause.kind, []).append(i + 1)
    most = [Alias(call(cx, "max", e), e.name, new_id()) for e in (n, acted)]
    sums = [Alias(call(cx, "count_if", is_one_of(a, kinds[k], cx)), k, new_id()) for k in ("update", "delete")]
    return Aggregate(each, (path,), (path, *most, *sums))


def _only_deletes(merging: Merge) -> bool:
    """Whether it does not matter how many source rows match: they are all gone, whichever it is."""
    matched = merging.clauses("matched")
    return len(matched) == 1 and matched[0][1].kind == "delete" and matched[0][1].condition is None


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


def _parameters(merging: Merge) -> dict[str, Any]:
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
