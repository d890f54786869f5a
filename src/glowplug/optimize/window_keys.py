"""Keys that are computed become columns of their own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from glowplug.optimize.context import Context
from glowplug.plan.expressions import Alias, Attribute, Expression, Literal, WindowExpression, new_id
from glowplug.plan.relations import Project, Relation, to_attribute
from glowplug.plan.tree import kinds, map_expressions, walk


def window_keys(node: Relation, cx: Context) -> Relation | None:
    """Project(f OVER (PARTITION BY a / b), t) → Project(f OVER (PARTITION BY k), Project(…, a / b AS k, t)).

    A key that can fail, as a division can, is no key to the kernel. What is computed once is a column anyway.
    """
    if not isinstance(node, Project) or WindowExpression not in kinds(node):
        return None
    windows = [x for e in node.expressions for x in walk(e) if isinstance(x, WindowExpression)]
    keys = tuple(dict.fromkeys(k for w in windows for k in (*w.partition_by, *(o.child for o in w.order_by))))
    child, columns = with_keys(node.child, keys)
    if child is node.child:
        return None
    by_key = dict(zip(keys, columns, strict=True))
    done: Project = map_expressions(node, lambda e: _over(e, by_key))
    return replace(done, child=child)


def _over(e: Expression, columns: dict[Expression, Expression]) -> Expression:
    e = map_expressions(e, lambda c: _over(c, columns))
    if not isinstance(e, WindowExpression):
        return e
    order = tuple(replace(o, child=columns.get(o.child, o.child)) for o in e.order_by)
    return replace(e, partition_by=tuple(columns.get(k, k) for k in e.partition_by), order_by=order)


def with_keys(plan: Relation, keys: tuple[Any, ...]) -> tuple[Relation, tuple[Any, ...]]:
    """The plan with what `keys` compute as columns more, and the keys over them (sort orders stay such)."""
    have = {a.id for a in plan.output}
    added: dict[Expression, Alias] = {}

    def column(e: Expression) -> Expression:
        if isinstance(e, Literal) or (isinstance(e, Attribute) and e.id in have):
            return e
        return to_attribute(added.setdefault(e, Alias(e, "key", new_id())))

    done = tuple(map_expressions(k, column) if hasattr(k, "nulls_first") else column(k) for k in keys)
    return (Project(plan, (*plan.output, *added.values())) if added else plan), done
