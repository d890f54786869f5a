"""Filters go below watermarks, where they stand above them or a join implies them, and into joins of two streams.

What a filter drops then moves no watermark, is not late, is not seen by the report of event times, and not kept for
partners: as in Spark, whose optimizer does the same. Of what is asked of a join's rows may follow how long they count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from glowplug.functions.nulls import required
from glowplug.plan.expressions import Alias, Attribute, Call, Expression
from glowplug.plan.predicates import (
    LEFT_ALONE,
    MAY_GO,
    RIGHT_ALONE,
    column_ids_in,
    conjuncts,
    is_repeatable,
    put,
    values_in,
)
from glowplug.plan.relations import Aggregate, Filter, Join, Project, Relation, SubqueryAlias, to_attribute
from glowplug.plan.streams import EventTimeWatermark
from glowplug.plan.tree import map_all_relations
from glowplug.streaming.operators.sessions import session_of
from glowplug.streaming.plans import is_streaming

Build = Callable[..., Expression]


def below_watermarks(plan: Relation, build: Build) -> Relation:
    """`build` makes a resolved call of a function."""

    def change(node: Relation) -> Relation:
        node = map_all_relations(node, change)
        match node:
            case Filter(child, condition):
                return _filter(child, condition, build)
            case Join(condition=Expression()) if not node.lateral and not node.as_of:
                return _join(node, build)
        return node

    def follow(node: Relation) -> Relation:
        match node:
            case Join(condition=Expression()) if not node.lateral and not node.as_of:
                node = _carried_over(node)
        return map_all_relations(node, follow)  # type: ignore[no-any-return]

    return follow(change(plan))


def _filter(child: Relation, condition: Expression, build: Build) -> Relation:
    rest = []
    for conjunct in conjuncts(condition):
        below = sunk(conjunct, child) or _joined(conjunct, child, build)
        if below is None:
            rest.append(conjunct)
        else:
            child = below
    for conjunct in rest:
        child = Filter(child, conjunct)
    return child


def _join(node: Join, build: Build) -> Relation:
    """The join with what its condition says of one side's rows below it, and what follows of them from the other's."""
    may_go = MAY_GO.get(node.kind, (False, False))
    sides = [node.left, node.right]
    for i in (0, 1):
        if may_go[i]:
            for condition in _said_of(sides[i], node.condition, build):
                if condition not in _known(sides[i]):
                    sides[i] = sunk(condition, sides[i]) or sides[i]
    return replace(node, left=sides[0], right=sides[1])


def _carried_over(node: Join) -> Join:
    """The join with what holds for one side's keys asked of the other's, too."""
    may_go = MAY_GO.get(node.kind, (False, False))
    sides = [node.left, node.right]
    for i in (0, 1):
        if may_go[i]:
            for condition in _said_by_equals(sides[i], sides[1 - i], node.condition):
                if is_repeatable(condition) and condition not in _known(sides[i]):
                    sides[i] = sunk(condition, sides[i]) or Filter(sides[i], condition)
    return replace(node, left=sides[0], right=sides[1])


def _joined(condition: Expression, node: Relation, build: Build) -> Relation | None:
    """The node with the condition in, or below, an inner join of two streams; None if there is none below it."""
    if not is_repeatable(condition):
        return None
    match node:
        case Filter(child) | SubqueryAlias(child):
            below = _joined(condition, child, build)
        case Project(child, projections):
            below = _joined(put(condition, values_in(projections)), child, build)
        case Join(left, right, "inner" | "cross", own) if is_streaming(left) and is_streaming(right):
            if node.lateral or node.as_of:
                return None
            for side, rows in (("left", left), ("right", right)):
                if column_ids_in(condition) <= {a.id for a in rows.output}:
                    return replace(node, **{side: Filter(rows, condition)})  # type: ignore[arg-type]
            both = condition if own is None else build("and", own, condition)
            return _join(replace(node, kind="inner", condition=both), build)
        case _:
            return None
    return None if below is None else replace(node, child=below)


def _said_of(side: Relation, condition: Expression | None, build: Build) -> Iterator[Expression]:
    """What a join's condition asks of the rows of one side alone; what it compares is not NULL."""
    columns = {a.id for a in side.output}
    yield from (c for c in conjuncts(condition) if (used := column_ids_in(c)) and used <= columns)
    yield from (build("isnotnull", a) for a in dict.fromkeys(required(condition)) if a.id in columns)


def _said_by_equals(side: Relation, other: Relation, condition: Expression | None) -> Iterator[Expression]:
    """What holds for a column of the other side, of the one that must be equal to it."""
    own, theirs = ({a.id: a for a in rows.output} for rows in (side, other))
    asked = conjuncts(condition)
    known = [*_known(other), *(c for c in asked if (used := column_ids_in(c)) and used <= theirs.keys())]
    for e in asked:
        match e:
            case Call(function, _, (Attribute() as a, Attribute() as b)) if function.names[0] in ("=", "=="):
                for mine, its in ((a, b), (b, a)):
                    if mine.id in own and its.id in theirs:
                        yield from (put(c, {its.id: mine}) for c in known if column_ids_in(c) == {its.id})


def _known(rows: Relation) -> list[Expression]:
    """Conditions that filters below have seen to."""
    match rows:
        case Filter(child, condition):
            return [*conjuncts(condition), *_known(child)]
        case SubqueryAlias(child) | EventTimeWatermark(child):
            return _known(child)
        case Project(child, projections):
            names = {
                e.child.id: to_attribute(e)
                for e in projections
                if isinstance(e, Alias) and isinstance(e.child, Attribute)
            }
            there = {a.id for a in rows.output}
            return [c for k in _known(child) if column_ids_in(c := put(k, names)) <= there]
        case Join(left, right, kind):
            sides = ([left] if kind in LEFT_ALONE else []) + ([right] if kind in RIGHT_ALONE else [])
            return [c for side in sides for c in _known(side)]
    return []


def sunk(condition: Expression, node: Relation) -> Relation | None:
    """The node with the condition below a watermark or groups; None if there are none, or they are not its columns."""
    if not is_repeatable(condition):
        return None
    match node:
        case EventTimeWatermark(child, column):
            if column.id in column_ids_in(condition):
                return None
            return replace(node, child=sunk(condition, child) or Filter(child, condition))
        case Filter(child) | SubqueryAlias(child):
            below = sunk(condition, child)
        case Project(child, projections):
            below = sunk(put(condition, values_in(projections)), child)
        case Aggregate(child, grouping, sets=None):  # a group's rows are alike in its keys; sessions are none of theirs
            keys = {to_attribute(g).id: g for g in grouping if to_attribute(g) != session_of(node)}
            if not keys or not column_ids_in(condition) <= keys.keys():
                return None
            asked = put(condition, values_in(grouping))
            return replace(node, child=sunk(asked, child) or Filter(child, asked))
        case Join(left, right, kind):
            if kind in LEFT_ALONE and column_ids_in(condition) <= {a.id for a in left.output}:
                below = sunk(condition, left)
                return None if below is None else replace(node, left=below)
            if kind in RIGHT_ALONE and column_ids_in(condition) <= {a.id for a in right.output}:
                below = sunk(condition, right)
                return None if below is None else replace(node, right=below)
            return None
        case _:
            return None
    return None if below is None else replace(node, child=below)
