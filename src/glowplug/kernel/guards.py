"""What Spark leaves out: arguments after one that is NULL, with what their evaluation would raise.

The kernel computes each argument for all rows. An argument that may fail is computed where those before it can be
something else than NULL; that much their columns tell, without anything being computed twice.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glowplug.functions.nulls import LATER_FIRST, needed, strict
from glowplug.plan.expressions import Attribute, Call, Expression, LambdaVariable
from glowplug.plan.tree import walk

if TYPE_CHECKING:
    from glowplug.kernel.compile import Compiler

_FAILS = re.compile(r"\berror\(|\bpy_")
_MOST = 4  # columns that are asked for NULL
_SHORT = 40  # characters of a condition that may be computed twice


def guards(call: Call, given: dict[int, str], to: Compiler) -> dict[int, str]:
    """The SQL of arguments (of those `given`) that must not be computed where one before is NULL."""
    if len(call.args) < 2 or not any(map(_FAILS.search, given.values())):
        return {}
    if call.function.logic in ("and", "or"):
        return _short_circuit(call, given, to)
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


def _short_circuit(call: Call, given: dict[int, str], to: Compiler) -> dict[int, str]:
    """What the left side decides alone."""
    left = given.get(0) or to.sql(call.args[0])
    if len(left) > _SHORT or varies(call.args[0]) or not _may_fail(call.args[1], given.get(1, "")):
        return {}
    decided = "false" if call.function.logic == "and" else "true"
    return {1: f"(CASE WHEN {left} IS DISTINCT FROM {decided} THEN {given[1]} END)"}


def varies(e: Expression) -> bool:
    """Whether it is another one each time it is computed."""
    return any(isinstance(x, Call) and not x.function.deterministic for x in walk(e))


def _may_fail(e: Expression, sql: str) -> bool:
    return _FAILS.search(sql) is not None and any(isinstance(x, (Attribute, LambdaVariable)) for x in walk(e))
