"""Aggregations by user code: a stage over the groups."""

from __future__ import annotations

from glowplug.errors import AnalysisError, unsupported
from glowplug.physical.calls import code_of, is_python
from glowplug.plan.expressions import Alias, Call
from glowplug.plan.python import AggregatePython
from glowplug.plan.relations import Aggregate, Project, Relation, to_attribute
from glowplug.types import quote


def aggregate_python(node: Relation) -> Relation | None:
    """Aggregate(k, f(x) AS a, t) → AggregatePython(k, f(x) AS a, t), the keys computed below."""
    if not isinstance(node, Aggregate):
        return None
    calls = [
        e for e in node.results if isinstance(e, Alias) and is_python(e.child) and e.child.function.kind == "aggregate"
    ]
    if not calls:
        return None
    keys = {to_attribute(g).id for g in node.grouping}
    others = [e for e in node.results if e not in calls and to_attribute(e).id not in keys]
    names = ", ".join(dict.fromkeys(quote(c.child.name) for c in calls if isinstance(c.child, Call)))
    if others:
        raise AnalysisError("INVALID_PANDAS_UDF_PLACEMENT", functionList=names)
    if node.sets is not None:
        raise unsupported("aggregation by Python functions over grouping sets")
    for c in calls:
        if isinstance(c.child, Call) and (c.child.distinct or c.child.filter is not None):
            raise unsupported("DISTINCT or FILTER with an aggregate in Python", c.child.origin)
    kinds = {code_of(c.child).eval_type for c in calls if is_python(c.child)}
    if len(kinds) > 1:
        raise unsupported("aggregation by Python functions of several kinds at once")
    child = node.child
    if any(isinstance(g, Alias) for g in node.grouping):
        own = {to_attribute(g).id for g in node.grouping}
        child = Project(child, (*node.grouping, *(a for a in child.output if a.id not in own)))
    return Project(
        AggregatePython(child, tuple(map(to_attribute, node.grouping)), tuple(calls)),
        tuple(map(to_attribute, node.results)),
    )
