"""What of an expression is an aggregate."""

from __future__ import annotations

from glowplug.plan.expressions import Call, Expression, Replaced, WindowExpression
from glowplug.plan.tree import children


def has_aggregates(e: Expression) -> bool:
    """Whether an aggregate stands in it outside a window."""
    if isinstance(e, WindowExpression):
        call = e.function.child if isinstance(e.function, Replaced) else e.function
        inner = [*getattr(call, "args", ()), *e.partition_by, *e.order_by]
        return any(has_aggregates(x) for x in inner)
    if isinstance(e, Call) and e.function.kind == "aggregate":
        return True
    return any(has_aggregates(c) for c in children(e) if isinstance(c, Expression))
