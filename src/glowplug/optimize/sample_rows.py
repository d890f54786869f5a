"""Samples are filters by random numbers."""

from __future__ import annotations

from glowplug.functions.registry import lookup
from glowplug.optimize.context import Context
from glowplug.plan.expressions import Call, Expression, Literal, SortOrder
from glowplug.plan.relations import Filter, Relation, Sample, Sort
from glowplug.types import BOOLEAN, DOUBLE, LONG, DataType, is_orderable


def sample_rows(node: Relation, cx: Context) -> Relation | None:
    """Sample(0.2, 0.5, seed, t) → Filter(0.2 <= rand(seed) AND rand(seed) < 0.5, t), without replacement.

    As Spark draws, so that the same seed gives the same rows of the same partitions.
    """
    if not isinstance(node, Sample) or node.with_replacement:
        return None
    child = node.child
    if node.deterministic_order:  # the parts of randomSplit must be drawn from rows in one order
        order = tuple(SortOrder(a) for a in child.output if is_orderable(a.type))
        child = Sort(child, order, False) if order else child
    number = _call("rand", DOUBLE, Literal(node.seed or 0, LONG))
    condition = _call("<", BOOLEAN, number, Literal(node.upper, DOUBLE))
    if node.lower > 0:
        condition = _call("and", BOOLEAN, _call(">=", BOOLEAN, number, Literal(node.lower, DOUBLE)), condition)
    return Filter(child, condition)


def _call(name: str, type: DataType, *args: Expression) -> Call:
    function = lookup(name)
    assert function is not None
    return Call(function, name, args, type, False)
