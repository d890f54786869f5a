"""Conditions that need no user code are tested before it runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from glowplug.optimize.prune_partitions import asked_below
from glowplug.physical.calls import conjunction, is_python
from glowplug.physical.extract import columns_of
from glowplug.plan.expressions import Alias, Attribute, Call, Expression, OuterReference, Subquery, WindowExpression
from glowplug.plan.predicates import conjuncts, is_deterministic
from glowplug.plan.relations import Filter, Join, Project, Relation
from glowplug.plan.tree import expressions_in, map_expressions, walk, walk_relations

_KEEPING = ("inner", "cross", "left", "semi", "anti")  # joins that make up no row of their left side


def filter_before_python(node: Relation) -> Relation | None:
    """Filter(a > 1 AND f(a), t) → Filter(f(a), Filter(a > 1, t)), and the same through what lies above a call of f."""
    if not isinstance(node, Filter):
        return None
    match node.child:
        case Filter(child, condition) if is_deterministic(condition):
            if not _runs_python(node):
                return None
            both = Filter(child, conjunction([condition, node.condition]))
            return filter_before_python(both) or both
        case Filter():
            return None
        case Project(child, expressions) if _calls_alone(expressions):
            below = {
                e.id: e.child if isinstance(e, Alias) else e for e in expressions if isinstance(e, (Alias, Attribute))
            }
            movable = {id for id, e in below.items() if _plain(e)}

            def lowered(e: Expression) -> Expression:
                if isinstance(e, Attribute) and e.id in below:
                    return below[e.id]
                return map_expressions(e, lowered)  # type: ignore[no-any-return]

            early, late = _split(node.condition, lambda e: _plain(e) and columns_of([e]) <= movable)
            if not early:
                return None
            project = Project(Filter(child, conjunction([lowered(e) for e in early])), expressions, node.child.hidden)
            return Filter(project, conjunction(late)) if late else project
        case Join(lateral=False, as_of=False, struct_sides=(False, False)) as join if join.kind in _KEEPING:
            if (moved := _into_sides(node.condition, join)) is not None:
                return moved
    if any(is_python(x) for x in walk(node.condition)):
        early, late = _split(node.condition, _plain)
        return Filter(Filter(node.child, conjunction(early)), conjunction(late)) if early and late else None
    return _asked_too(node) if _runs_python(node.child) else None


def _asked_too(node: Filter) -> Relation | None:
    """Filter(k = 1, Aggregate(k, t)) → Filter(k = 1, Aggregate(k, Filter(k = 1, t))): what is asked of groups, unions
    and windows is asked of the rows that they are made of as well, and may come before the code of users there."""
    asked = tuple(c for c in conjuncts(node.condition) if _plain(c) and columns_of([c]))
    below = {name: conditions for name, conditions in asked_below(node.child, asked).items() if conditions}
    if not asked or not below:
        return None
    filtered = {name: Filter(getattr(node.child, name), conjunction(found)) for name, found in below.items()}
    return replace(node, child=replace(node.child, **filtered))


def _calls_alone(expressions: Sequence[Expression]) -> bool:
    """Whether a projection calls user code, and has nothing that would see other rows: a window, a random number."""
    values = [e.child if isinstance(e, Alias) else e for e in expressions]
    return not all(map(_plain, values)) and all(_plain(e) or _is_call_of_user(e) for e in values)


def _runs_python(plan: Relation) -> bool:
    return any(is_python(x) for r in walk_relations(plan) for e in expressions_in(r) for x in walk(e))


def _into_sides(condition: Expression, join: Join) -> Relation | None:
    """Conditions over one side of a join, where user code runs in that side and none of its rows is made up."""
    sides, late = [join.left, join.right], condition
    for i in (0, 1) if join.kind in ("inner", "cross") else (0,):
        here = {a.id for a in sides[i].output}
        if not _runs_python(sides[i]):
            continue
        early, rest = _split(late, lambda e, here=here: _plain(e) and columns_of([e]) <= here)
        if early:
            sides[i] = Filter(sides[i], conjunction(early))
            if not rest:
                return replace(join, left=sides[0], right=sides[1])
            late = conjunction(rest)
    return None if late is condition else Filter(replace(join, left=sides[0], right=sides[1]), late)


def _split(condition: Expression, is_early: object) -> tuple[list[Expression], list[Expression]]:
    assert callable(is_early)
    parts = conjuncts(condition)
    return [p for p in parts if is_early(p)], [p for p in parts if not is_early(p)]


def _plain(e: Expression) -> bool:
    """Whether an expression gives the same wherever it is computed."""
    for x in walk(e):
        if isinstance(x, (WindowExpression, Subquery, OuterReference)):
            return False
        if isinstance(x, Call) and (is_python(x) or not x.function.deterministic or x.function.kind != "scalar"):
            return False
    return True


def _is_call_of_user(e: Expression) -> bool:
    """Whether it calls user code, whose results do not depend on the other rows."""
    return not any(
        isinstance(x, (WindowExpression, Subquery, OuterReference))
        or (isinstance(x, Call) and (not x.function.deterministic or x.function.kind != "scalar"))
        for x in walk(e)
    )
