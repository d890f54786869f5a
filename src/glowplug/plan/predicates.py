"""Conditions taken apart, and followed to where rows come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from glowplug.plan.current_time import ASKING
from glowplug.plan.expressions import Alias, Attribute, Call, Expression, Subquery, WindowExpression
from glowplug.plan.node import Node
from glowplug.plan.tree import map_expressions, walk

# The sides of a join whose rows may go for what the condition says of them alone: left, right.
MAY_GO = {
    "inner": (True, True), "cross": (True, True), "semi": (True, True),
    "left": (False, True), "anti": (False, True), "right": (True, False),
}  # fmt: skip

# The kinds of which each row has one of the left, or one of the right.
LEFT_ALONE, RIGHT_ALONE = ("inner", "cross", "left", "semi", "anti"), ("inner", "cross", "right")


# Functions that have one value for all rows of a query, and another for the next.
OF_THE_QUERY = ASKING | {"current_user"}


def conjuncts(condition: Expression | None) -> list[Expression]:
    """The conditions that `AND` joins, from left to right; none where there is no condition."""
    return [] if condition is None else _operands(condition, "and")


def _operands(condition: Expression, logic: str) -> list[Expression]:
    found: list[Expression] = []
    stack = [condition]
    while stack:
        e = stack.pop()
        if isinstance(e, Call) and e.function.logic == logic:
            stack += reversed(e.args)
        else:
            found.append(e)
    return found


def implied(condition: Expression, takes: Callable[[Expression], bool]) -> Expression | None:
    """What a condition says in parts that `takes` takes: it holds for every row for which the condition does.

    `(m = 3 AND k = 1) OR (m = 4 AND k = 2)` says `m = 3 OR m = 4` of m. None where it says nothing.
    """
    match condition:
        case _ if takes(condition):
            return condition
        case Call(function) if function.logic == "and":
            parts = [p for p in (implied(c, takes) for c in conjuncts(condition)) if p is not None]
        case Call(function) if function.logic == "or":
            parts = []
            for operand in _operands(condition, "or"):
                if (part := implied(operand, takes)) is None:
                    return None
                parts.append(part)
        case _:
            return None
    if not parts:
        return None
    whole = parts[0]
    for part in parts[1:]:
        whole = replace(condition, args=(whole, part))
    return whole


def values_in(projections: Sequence[Expression]) -> dict[int, Expression]:
    """What each new column of a projection stands for, by its id."""
    return {e.id: e.child for e in projections if isinstance(e, Alias)}


def put(e: Expression, values: Mapping[int, Expression]) -> Expression:
    """The expression with columns replaced, by their ids."""
    if isinstance(e, Attribute):
        return values.get(e.id, e)
    return map_expressions(e, lambda x: put(x, values))  # type: ignore[no-any-return]


def column_ids_in(e: Expression) -> set[int]:
    """The ids of the columns that an expression uses."""
    return {x.id for x in walk(e) if isinstance(x, Attribute)}


def is_deterministic(node: Node) -> bool:
    """Whether no function in its expressions may give something else for the same rows."""
    return all(x.function.deterministic for x in walk(node) if isinstance(x, Call))


def is_repeatable(e: Expression) -> bool:
    """Whether it may be computed at another place: it is a function of one row, and always the same one."""
    return not any(
        isinstance(x, (Subquery, WindowExpression))
        or (isinstance(x, Call) and (x.function.kind != "scalar" or not x.function.deterministic))
        for x in walk(e)
    )
