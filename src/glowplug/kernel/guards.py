"""What Spark leaves out: arguments after one that is NULL, with what their evaluation would raise.

The kernel computes each argument for all rows. An argument that may fail is computed where those before it can be
something else than NULL; that much their columns tell, without anything being computed twice.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glowplug.analyze.constants import is_constant
from glowplug.functions.nulls import LATER_FIRST, needed, strict
from glowplug.plan.expressions import Attribute, Call, Expression, LambdaVariable
from glowplug.plan.predicates import is_deterministic
from glowplug.plan.tree import walk

if TYPE_CHECKING:
    from glowplug.kernel.compile import Compiler

_FAILS = re.compile(r"\berror\(|\bpy_")
_MOST = 4  # columns that are asked for NULL
_SHORT = 40  # characters of a condition that may be computed twice


def guards(call: Call, given: dict[int, str], to: Compiler) -> dict[int, str]:
    """The SQL of arguments (of those `given`) that must not be computed where one before is NULL."""
    if call.function.logic in ("and", "or"):
        return _short_circuit(call, [given.get(i) or to.sql(a) for i, a in enumerate(call.args)])
    if len(call.args) < 2 or not any(map(_FAILS.search, given.values())):
        return {}
    if not strict(call):
        return {}
    found: dict[int, str] = {}
    known: dict[Expression, None] = {}
    divides = call.function.names[0] in LATER_FIRST
    for i in (1, 0) if divides else range(len(call.args)):
        own = dict.fromkeys(needed(call.args[i]))
        tests = [f"{to.sql(x)} IS NOT NULL" for x in known if x not in own][:_MOST]
        if tests and _may_fail(call.args[i], given.get(i, "")):
            found[i] = f"(CASE WHEN {' AND '.join(tests)} THEN {given[i]} END)"
        known.update(own)
    return found


def constants_first(call: Call, sides: list[str]) -> dict[int, str]:
    """AND or OR with a constant that may fail, as `'x'` of `'x' OR true`: Spark computes constants before the query,
    unless one on the left decides. The SQL of the side that waits for it, so that no other one saves it."""
    for i in (0, 1):
        may_fail = _FAILS.search(sides[i]) and is_constant(call.args[i])
        if may_fail and (i == 0 or not is_constant(call.args[0])):
            constant, other = sides[i], sides[1 - i]
            if len(other) > _SHORT:
                return {1 - i: f"coalesce(CASE WHEN {constant} IS NULL THEN NULL::BOOLEAN END, {other})"}
            return {1 - i: f"(CASE WHEN {constant} IS NULL THEN {other} ELSE {other} END)"}
    return {}


def _short_circuit(call: Call, sides: list[str]) -> dict[int, str]:
    """What the left side decides alone, but for constants that fail."""
    left, right = sides
    if not _FAILS.search(left) and not _FAILS.search(right):
        return {}
    if waiting := constants_first(call, sides):
        return waiting
    if len(left) > _SHORT or varies(call.args[0]) or not _may_fail(call.args[1], right):
        return {}
    decided = "false" if call.function.logic == "and" else "true"
    return {1: f"(CASE WHEN {left} IS DISTINCT FROM {decided} THEN {right} END)"}


def varies(e: Expression) -> bool:
    """Whether it is another one each time it is computed."""
    return not is_deterministic(e)


def _may_fail(e: Expression, sql: str) -> bool:
    return _FAILS.search(sql) is not None and any(isinstance(x, (Attribute, LambdaVariable)) for x in walk(e))
