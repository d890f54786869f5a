"""Aggregations by user code: a stage over the groups."""

from __future__ import annotations

from glowplug.errors import AnalysisError, unsupported
from glowplug.physical.calls import code_of, is_python
from glowplug.plan.expressions import Alias, Attribute, Call, Expression, Literal, new_id
from glowplug.plan.python import ALONE, AggregatePython
from glowplug.plan.relations import Aggregate, Project, Relation, SetOperation, nullable, to_attribute
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
        return _each_set(node, node.sets)
    kinds = {code_of(c.child).eval_type for c in calls if is_python(c.child)}
    if len(kinds) > 1:
        raise unsupported("aggregation by Python functions of several kinds at once")
    if len(calls) > 1 and kinds & ALONE:
        raise unsupported("aggregation by several Python functions of iterators at once")
    child = node.child
    if any(isinstance(g, Alias) for g in node.grouping):
        own = {to_attribute(g).id for g in node.grouping}
        child = Project(child, (*node.grouping, *(a for a in child.output if a.id not in own)))
    return Project(
        AggregatePython(child, tuple(map(to_attribute, node.grouping)), tuple(calls)),
        tuple(map(to_attribute, node.results)),
    )


def _each_set(node: Aggregate, sets: tuple[tuple[int, ...], ...]) -> Relation:
    """An aggregation for each grouping set, one after the other; what it does not group by is NULL."""
    whole: Relation | None = None
    columns = node.output
    for n, chosen in enumerate(sets):
        grouping = tuple(node.grouping[i] for i in chosen)
        kept = {to_attribute(g).id for g in grouping}
        left_out = {to_attribute(g).id for g in node.grouping} - kept
        results = tuple(e for e in node.results if to_attribute(e).id not in left_out)
        done = aggregate_python(Aggregate(node.child, grouping, results))
        assert done is not None
        part = Project(done, tuple(_shown(a, left_out) for a in columns))
        made = columns if n == len(sets) - 1 else tuple(Attribute(a.name, a.type, True, new_id()) for a in columns)
        whole = part if whole is None else SetOperation(whole, part, "union", True, columns=tuple(map(nullable, made)))
    assert whole is not None
    return whole if len(sets) > 1 else Project(whole, tuple(map(_named, whole.output, columns)))


def _shown(a: Attribute, left_out: set[int]) -> Expression:
    return Alias(Literal(None, a.type) if a.id in left_out else a, a.name, new_id(), a.metadata)


def _named(made: Attribute, wanted: Attribute) -> Expression:
    return Alias(made, wanted.name, wanted.id, wanted.metadata)
