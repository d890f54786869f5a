"""`from_json` reads the members that are used, and no others."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

from glowplug.functions.from_json import CORRUPT
from glowplug.optimize.context import Context
from glowplug.plan.expressions import Alias, Attribute, Call, Expression, GetField, OuterReference
from glowplug.plan.relations import (
    Aggregate,
    Filter,
    Generate,
    Join,
    Limit,
    Project,
    Relation,
    Repartition,
    Scan,
    Sort,
)
from glowplug.plan.streams import Watched
from glowplug.plan.tree import children, map_all_relations, map_expressions, walk_relations
from glowplug.types import StructType

# what passes columns on, or drops them, without looking at more of them than its expressions say
_PASSING = (Aggregate, Filter, Generate, Join, Limit, Project, Repartition, Scan, Sort, Watched)


def narrow_json(plan: Relation, cx: Context) -> Relation:
    """Project(e.a, Project(from_json(v, 'a INT, b INT') AS e, t)) → the same with from_json(v, 'a INT').

    As Spark does (its `OptimizeCsvJsonExprs`), where no options are given. Applied to whole plans.
    """
    read = {
        e.id: e.child
        for node in walk_relations(plan)
        if isinstance(node, Project)
        for e in node.expressions
        if isinstance(e, Alias) and _narrows(e.child, cx)
    }
    if not read:
        return plan
    fields: dict[int, set[int]] = defaultdict(set)
    whole = {a.id for a in plan.output}

    def use(e: Any) -> None:
        match e:
            case GetField(Attribute() as column, ordinal):
                fields[column.id].add(ordinal)
            case Attribute():
                whole.add(e.id)
            case OuterReference():
                whole.add(e.attribute.id)
            case _:
                for child in children(e):
                    if isinstance(child, Expression):
                        use(child)

    for node in walk_relations(plan):
        use(node)
        if not isinstance(node, _PASSING):
            whole |= {a.id for child in children(node) if isinstance(child, Relation) for a in child.output}
    kept = {id: sorted(fields[id]) for id in read if id not in whole and 0 < len(fields[id]) < len(_fields(read[id]))}
    return _narrowed(plan, kept) if kept else plan


def _narrows(e: Expression, cx: Context) -> bool:
    """Whether each field is read for itself: one for malformed records depends on all others."""
    if not (isinstance(e, Call) and e.function.names[0] == "from_json" and len(e.args) == 2):
        return False
    return isinstance(e.type, StructType) and (cx.setting(CORRUPT) or "_corrupt_record") not in [
        f.name for f in e.type.fields
    ]


def _fields(e: Expression) -> tuple[Any, ...]:
    assert isinstance(e.type, StructType)
    return e.type.fields


def _narrowed(plan: Relation, kept: dict[int, list[int]]) -> Relation:
    def type_of(e: Expression, id: int) -> StructType:
        return StructType(tuple(_fields(e)[i] for i in kept[id]))

    def put(e: Expression) -> Expression:
        match e:
            case Alias(Call() as call) if e.id in kept:
                return replace(e, child=replace(call, type=type_of(call, e.id)))
            case GetField(Attribute() as column) if column.id in kept:
                narrow = replace(column, type=type_of(column, column.id))
                return replace(e, child=narrow, ordinal=kept[column.id].index(e.ordinal))
        return map_expressions(e, put)  # type: ignore[no-any-return]

    def change(node: Relation) -> Relation:
        return map_expressions(map_all_relations(node, change), put)  # type: ignore[no-any-return]

    return change(plan)
