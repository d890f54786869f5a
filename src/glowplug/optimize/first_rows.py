"""Which rows of an unordered result come first."""

from __future__ import annotations

from dataclasses import replace

from glowplug.functions.internal import is_place, position
from glowplug.optimize.context import Context
from glowplug.plan.expressions import Alias, Attribute, Literal, SortOrder, WindowExpression, new_id
from glowplug.plan.relations import Filter, Join, Limit, Project, Relation, Sort, SubqueryAlias, to_attribute
from glowplug.plan.tree import walk
from glowplug.types import is_orderable


def first_rows(node: Relation, cx: Context) -> Relation | None:
    """Limit(5, Project(window)) → Limit(5, Sort(Project(window))); Limit(5, a × b) → Limit(5, Sort(first 5 of a × …)).

    The first rows of an unordered result are those that Spark gives first where that is cheap: in the order of a
    window's partitions, and all pairs of a cross product's first left row before the second.
    """
    if not isinstance(node, Limit) or not isinstance(node.count, Literal) or node.offset is not None:
        return None
    child = _ordered(node.child, node.count)
    return None if child is None else replace(node, child=child)


def _ordered(plan: Relation, most: Literal) -> Relation | None:
    match plan:
        case Project(child, expressions):
            windows = [x for e in expressions for x in walk(e) if isinstance(x, WindowExpression)]
            if windows:
                return _by_window(plan, windows[-1])
            places = tuple(to_attribute(e) for e in expressions if isinstance(e, Alias) and is_place(e.child))
            if places:
                return Sort(plan, tuple(map(SortOrder, places)))
            below = _ordered(child, most)
            return None if below is None else replace(plan, child=below)
        case SubqueryAlias(child):
            below = _ordered(child, most)
            return None if below is None else replace(plan, child=below)
        case Join(kind="inner", condition=None, lateral=False):
            return _pairs(plan, most)
    return None


def _by_window(plan: Project, window: WindowExpression) -> Relation | None:
    """In the order of the window; rows that are equal there by what it computes, which may be their number, and then as
    they stood before."""
    results = (e for e in plan.expressions if isinstance(e, Alias) and e.child == window and is_orderable(e.type))
    order = [*map(SortOrder, window.partition_by), *window.order_by]
    if not order:
        return None
    order += [SortOrder(to_attribute(e)) for e in results]
    keys = [o.child for o in order if isinstance(o.child, Attribute)]
    if len(keys) < len(order):
        return None
    have = {a.id for a in plan.output}
    hidden = tuple(dict.fromkeys(k for k in keys if k.id not in have))
    placed, place = _placed(replace(plan, expressions=(*plan.expressions, *hidden)))
    return Project(Sort(placed, (*order, SortOrder(place))), plan.output)


def _placed(plan: Relation) -> tuple[Relation, Attribute]:
    """The plan with a column more: where its rows stood before its windows moved them."""
    if isinstance(plan, Project):
        child, place = _placed(plan.child)
        return replace(plan, child=child, expressions=(*plan.expressions, place)), place
    if isinstance(plan, (Filter, SubqueryAlias)):
        child, place = _placed(plan.child)
        return replace(plan, child=child), place
    number = Alias(position(), "position", new_id())
    return Project(plan, (*plan.output, number)), to_attribute(number)


def _pairs(plan: Join, most: Literal) -> Relation:
    """The first rows of each side, numbered, make all pairs that can be among the first."""
    left, one = _numbered(plan.left, most)
    right, other = _numbered(plan.right, most)
    pairs = replace(plan, left=left, right=right)
    order = tuple(SortOrder(to_attribute(a)) for a in (one, other))
    return Project(Sort(pairs, order), plan.output)


def _numbered(side: Relation, most: Literal) -> tuple[Relation, Alias]:
    number = Alias(position(), "position", new_id())
    return Project(Limit(side, most), (*side.output, number)), number
