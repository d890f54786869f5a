"""What MERGE makes of the rows of a join: which clause a row falls to, and its columns then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal as OneOf

from glowplug.analyze.commands.defaults import default
from glowplug.analyze.commands.nouns import MergeClause, RowChange
from glowplug.analyze.context import Context, expose
from glowplug.catalog.table import Table
from glowplug.errors import AnalysisError
from glowplug.lake.delta.columns import public, sized
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
from glowplug.plan.relations import (
    Filter,
    Join,
    Project,
    Relation,
    to_attribute,
)
from glowplug.session.delta.checks import call, is_true
from glowplug.session.delta.feeds import DELETED, INSERTED, UPDATED, becomes, with_kinds
from glowplug.session.delta.feeds import KEPT as UNCHANGED
from glowplug.session.delta.generated import is_identity, numbered, recomputed, refuse_numbers, refuse_updates
from glowplug.session.delta.keys import may_match
from glowplug.session.delta.rows import (
    METADATA,
    assigned,
    over,
    place,
    scan_of,
    value_for,
)
from glowplug.session.delta.schemas import completed
from glowplug.session.session import Session
from glowplug.types import BOOLEAN, INT, StructField, StructType

KEPT, DROPPED = 0, -1  # what becomes of a row of the target, or of the source, that no clause is for


@dataclass(frozen=True, slots=True)
class Merge:
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
class Found:
    """Files with rows that change, by their absolute paths, and how many rows are updated and deleted."""

    files: frozenset[str]
    updated: int = 0
    deleted: int = 0
    repeated: bool = False  # several rows of the source match one of the target


# --- which clause a row falls to --------------------------------------------------------------------------


def acting(merging: Merge, in_target: Expression | None, in_source: Expression | None) -> Expression:
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


def _first(merging: Merge, of: str, otherwise: int) -> Expression:
    cx = merging.cx
    whole: Expression = nth(otherwise)
    for number, clause in reversed(merging.clauses(of)):
        whole = (
            nth(number)
            if clause.condition is None
            else call(cx, "if", is_true(clause.condition, cx), nth(number), whole)
        )
    return whole


def nth(n: int) -> Literal:
    return Literal(n, INT)


def is_one_of(e: Expression, numbers: Sequence[int], cx: Context) -> Expression:
    """Whether an action is one of these."""
    return call(cx, "in", e, *map(nth, numbers)) if numbers else Literal(False, BOOLEAN)


def with_mark(plan: Relation) -> tuple[Relation, Attribute]:
    """The rows with a column that is true, and so NULL where an outer join has no row of theirs."""
    mark = Alias(Literal(True, BOOLEAN), "here", new_id())
    attribute = replace(to_attribute(mark), nullable=True)
    return Project(plan, (*plan.output, mark)), attribute


# --- the second pass ------------------------------------------------------------------------------------


def inserted_rows(merging: Merge) -> Relation:
    """The source's rows that match nothing, as rows of the table."""
    cx = merging.cx
    scan = scan_of(merging.target)
    target = over(merging.target, may_match(scan, merging.condition, merging.source, merging.session, cx))
    rows: Relation = Join(merging.source, target, "anti", merging.condition)
    action = Alias(_first(merging, "not matched", DROPPED), "action", new_id())
    rows = Project(rows, (*rows.output, action))
    rows = Filter(rows, call(cx, "!=", to_attribute(action), nth(DROPPED)))
    return _valued(merging, rows, to_attribute(action), {})


def rewritten_rows(merging: Merge, found: Found, feed: bool) -> Relation:
    """The rows of the touched files as they are now, and those that are new; for the `feed`, as they were too."""
    cx = merging.cx
    scan = scan_of(merging.target)
    meta = next(a for a in scan.metadata_columns if a.name == METADATA)
    target = over(merging.target, scan.source.of_files(found.files))
    target, in_target = with_mark(expose(target, (meta,)) if found.repeated else target)
    source, in_source = with_mark(merging.source)
    kind: OneOf["full", "left"] = "full" if merging.clauses("not matched") else "left"
    rows: Relation = Join(target, source, kind, merging.condition)
    action = Alias(acting(merging, in_target if kind == "full" else None, in_source), "action", new_id())
    rows, of = Project(rows, (*rows.output, action)), to_attribute(action)
    if found.repeated:
        rows = _once(rows, meta, of, in_target, cx)
    deletes = [i + 1 for i, c in enumerate(merging.command.clauses) if c.kind == "delete"]
    rows = Filter(rows, call(cx, "not", is_one_of(of, [DROPPED] if feed else [DROPPED, *deletes], cx)))
    return _valued(merging, rows, of, {a.name.lower(): a for a in merging.target.output}, feed)


def _once(rows: Relation, meta: Attribute, action: Attribute, in_target: Attribute, cx: Context) -> Relation:
    """The rows of the join, each of the target once: as the clause that is for it says, if any is. `_find` has seen
    to it that no second match has another clause."""
    names = {f.name: i for i, f in enumerate(meta.type.fields)}  # type: ignore[attr-defined]
    row = tuple(field_of(meta, names[n]) for n in ("file_path", "row_index"))
    number = Alias(WindowExpression(call(cx, "row_number"), row, (SortOrder(action, False),)), "number", new_id())
    rows = Project(rows, (*rows.output, number))
    first = call(cx, "=", to_attribute(number), nth(1))
    return Filter(rows, call(cx, "or", call(cx, "isnull", in_target), first))


def _valued(
    merging: Merge, rows: Relation, action: Attribute, target: Mapping[str, Attribute], feed: bool = False
) -> Relation:
    """The table's columns of each row, as its clause says; for the `feed` with what becomes of it."""
    cx = merging.cx
    inserts = [i for i, c in enumerate(merging.command.clauses, 1) if c.kind == "insert"]
    of_inserts = is_one_of(action, inserts, cx)
    old = {f.name.lower(): _before(f, target, merging) for f in map(public, merging.schema.fields)}
    values = {
        i: _values(merging, c, of_inserts, target, old)
        for i, c in enumerate(merging.command.clauses, 1)
        if c.kind != "delete"
    }
    items: list[Expression] = []
    for f in merging.schema.fields:
        shown = public(f)
        value = old[f.name.lower()]
        for number, by_name in values.items():
            if (new := by_name.get(f.name.lower())) is not None:
                value = call(cx, "if", call(cx, "=", action, nth(number)), new, value)
        items.append(Alias(value, f.name, new_id(), shown.metadata))
    if not feed:
        return _recomputed(merging, Project(rows, (*items, action)), action)
    what = becomes(UNCHANGED)
    for number, clause in enumerate(merging.command.clauses, 1):
        of = becomes({"update": UPDATED, "delete": DELETED, "insert": INSERTED}[clause.kind])
        what = call(cx, "if", call(cx, "=", action, nth(number)), of, what)
    fed = with_kinds(rows, what, [(f.name, old[f.name.lower()]) for f in merging.schema.fields])
    return _recomputed(merging, Project(fed, (*items, *fed.output[len(rows.output) :], action)), action)


def _before(f: StructField, target: Mapping[str, Attribute], merging: Merge) -> Expression:
    """A column of the table's rows as they are, with what the source adds to it."""
    before = target.get(f.name.lower())
    if before is None:
        return Literal(None, f.type)
    return value_for(completed(before, f.type, merging.cx), f, merging.table, merging.cx)


def _recomputed(merging: Merge, rows: Relation, action: Attribute) -> Relation:
    """The rows, generated columns computed anew where a clause does not give them, without the number of the clause."""
    given: dict[str, list[int]] = {}
    for i, clause in enumerate(merging.command.clauses, 1):
        for name in _given(merging, clause) if clause.kind != "delete" else ():
            given.setdefault(name, []).append(i)
    fields = {f.name: given[f.name.lower()] for f in merging.schema.fields if f.name.lower() in given}
    kept: dict[str, Expression | None] = {n: is_one_of(action, clauses, merging.cx) for n, clauses in fields.items()}
    done = recomputed(rows, merging.schema, kept, merging.cx)
    return Project(done, done.output[:-1])


def _given(merging: Merge, clause: MergeClause) -> set[str]:
    """The columns that a clause gives, in lower case."""
    if clause.assignments is None:
        return {a.name.lower() for a in merging.source.output}
    return {path[0].lower() for key, _ in clause.assignments if (path := place(key)) is not None}


def _values(
    merging: Merge,
    clause: MergeClause,
    inserting: Expression,
    target: Mapping[str, Attribute],
    old: Mapping[str, Expression],
) -> dict[str, Expression]:
    """What a clause puts into columns, by their names in lower case; an insertion into all of them. `inserting`:
    whether a row is an insertion of any clause, which are numbered together; `old`: the columns of `target` as the
    table has them after it."""
    given = _given(merging, clause)
    if clause.kind == "update":
        refuse_updates(merging.schema, [f.name for f in merging.schema.fields if f.name.lower() in given])
    else:
        refuse_numbers(merging.schema, given)
    fields = {f.name.lower(): sized(public(f)) for f in merging.schema.fields}
    if clause.assignments is None:
        return _all_columns(merging, clause, fields, target)
    evolves = merging.command.schema_evolution
    made = assigned(clause.assignments, fields, old, merging.table, merging.cx, evolves)
    if clause.kind == "insert":
        numbers = {
            f.name.lower(): numbered(f, (inserting,), merging.cx) for f in merging.schema.fields if is_identity(f)
        }
        return {n: made.get(n) or numbers.get(n) or default(f, merging.cx) for n, f in fields.items()}
    return made


def identities(merging: Merge) -> tuple[str, ...]:
    """The identity columns in which insertions get new numbers."""
    given = [_given(merging, c) for c in merging.command.clauses if c.kind == "insert"]
    fields = [f for f in merging.schema.fields if is_identity(f)]
    return tuple(f.name for f in fields if any(f.name.lower() not in names for names in given))


def _all_columns(
    merging: Merge, clause: MergeClause, fields: Mapping[str, StructField], target: Mapping[str, Attribute]
) -> dict[str, Expression]:
    given = {a.name.lower(): a for a in merging.source.output}
    evolves = merging.command.schema_evolution
    made: dict[str, Expression] = {}
    for name, f in fields.items():
        if (a := given.get(name)) is not None:
            kept = target.get(name) if clause.kind == "update" else None
            value = completed(a, f.type, merging.cx, kept) if evolves else a
            made[name] = value_for(value, f, merging.table, merging.cx)
        elif not evolves:
            raise AnalysisError(
                "DELTA_MERGE_UNRESOLVED_EXPRESSION",
                sqlExpr=f.name,
                clause=f"{clause.kind.upper()} clause",
                cols=", ".join(x.name for x in merging.source.output),
            )
        elif clause.kind == "insert":
            made[name] = default(f, merging.cx)
    return made


def field_of(meta: Attribute, i: int) -> Expression:
    f: StructField = meta.type.fields[i]  # type: ignore[attr-defined]
    return GetField(meta, i, f.name, f.type, False)
