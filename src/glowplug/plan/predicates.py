"""Conditions taken apart."""

from __future__ import annotations

from glowplug.plan.expressions import Call, Expression


def conjuncts(condition: Expression | None) -> list[Expression]:
    """The conditions that `AND` joins, from left to right; none where there is no condition."""
    found: list[Expression] = []
    stack = [] if condition is None else [condition]
    while stack:
        e = stack.pop()
        if isinstance(e, Call) and e.function.logic == "and":
            stack += reversed(e.args)
        else:
            found.append(e)
    return found
