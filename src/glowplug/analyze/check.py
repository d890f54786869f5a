"""What a resolved plan may not hold, whichever rules made it: each kind of expression has its places.

Clients can send any expression anywhere. What its rule does not refuse is refused here: the kernel never sees it.
"""

from __future__ import annotations

from glowplug.analyze.correlations import check_subqueries
from glowplug.errors import AnalysisError, unsupported
from glowplug.plan import relations as r
from glowplug.plan.expressions import Attribute, Call, Expression, SortOrder, WindowExpression
from glowplug.plan.names import pretty
from glowplug.plan.python import TablePython
from glowplug.plan.tree import children
from glowplug.plan.verify import UNRESOLVED

_PLACES: dict[type[r.Relation], str] = {
    r.Aggregate: "aggregate",
    r.CollectMetrics: "aggregate",
    r.Project: "window",
    r.Generate: "generator",
    r.Sort: "order",
    r.Repartition: "order",
    TablePython: "order",
}
_OVER = {"aggregate": ("aggregate", "over"), "window": ("over",), "generator": ("generator",)}


def check(plan: r.Relation) -> r.Relation:
    """`plan`, when all of it has a meaning. Raises UNSUPPORTED_EXPR_FOR_OPERATOR, UNSUPPORTED_FEATURE, what
    `check_subqueries` does, or DUPLICATED_METRICS_NAME where two frames observe under one name; one may be there twice.
    """
    stack = [plan]
    observed: dict[str, int | None] = {}
    while stack:
        node = stack.pop()
        if node.__class__.output is r.Relation.output:  # no rule resolved it
            raise unsupported(f"the relation {node.__class__.__name__}")
        if isinstance(node, r.CollectMetrics) and observed.setdefault(node.name, node.plan_id) != node.plan_id:
            raise AnalysisError("DUPLICATED_METRICS_NAME", metricName=node.name)
        check_subqueries(node)
        place = _PLACES.get(node.__class__, "")
        for child in children(node):
            if isinstance(child, r.Relation):
                stack.append(child)
            elif not isinstance(child, Attribute):
                _check(child, place, stack)
    return plan


def _check(e: Expression, place: str, plans: list[r.Relation]) -> None:
    """An expression where those of a kind, `place`, may stand, besides what may stand everywhere."""
    match e:
        case WindowExpression():
            _expect(place == "window", e)
            _check(e.function, "over", plans)
            inside, place = (*e.partition_by, *e.order_by), "order"
        case Call() if e.function.kind != "scalar":
            _expect(place in _OVER[e.function.kind], e)
            inside, place = tuple(children(e)), "order"  # as in array_agg(x ORDER BY y)
        case SortOrder():
            _expect(place == "order", e)
            inside, place = (e.child,), ""
        case _ if isinstance(e, UNRESOLVED):
            raise unsupported(f"the expression {e.__class__.__name__} here")
        case _:
            inside = tuple(children(e))
    for child in inside:
        if isinstance(child, r.Relation):
            plans.append(child)
        else:
            _check(child, place, plans)


def _expect(allowed: bool, e: Expression) -> None:
    if not allowed:
        raise AnalysisError(
            "UNSUPPORTED_EXPR_FOR_OPERATOR", getattr(e, "origin", None), invalidExprSqls=f'"{pretty(e)}"'
        )
