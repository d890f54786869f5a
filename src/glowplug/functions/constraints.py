"""What rows of a table of Delta must be: NOT NULL and CHECK. Only what writes rows calls these.

A value passes if the constraint holds, so that it is checked where the value is used, and not on rows that a join or
filter has still to drop. As in Delta, a condition that is NULL does not hold.
"""

from __future__ import annotations

from functools import partial

from glowplug.functions.vocabulary import ANY, BOOL, STR, arg, sig
from glowplug.plan.expressions import Call
from glowplug.plan.function import Function, Lowering

_function = partial(Function, group="misc_funcs", internal=True, usage="", example="", deterministic=False)


def _not_null(call: Call, low: Lowering) -> str:
    value, test, column = (low.sql(a) for a in call.args)
    error = low.error(call, "DELTA_NOT_NULL_CONSTRAINT_VIOLATED", columnName=column)
    return f"(CASE WHEN {test} THEN {value} ELSE {error} END)"


def _check(call: Call, low: Lowering) -> str:
    value, test, name, expression, values = (low.sql(a) for a in call.args)
    error = low.error(
        call, "DELTA_VIOLATE_CONSTRAINT_WITH_VALUES", constraintName=name, expression=expression, values=values
    )
    return f"(CASE WHEN {test} THEN {value} ELSE {error} END)"


def _replace_where(call: Call, low: Lowering) -> str:
    value, test, condition, values = (low.sql(a) for a in call.args)
    error = low.error(call, "DELTA_REPLACE_WHERE_MISMATCH", replaceWhere=condition, message=values)
    return f"(CASE WHEN {test} THEN {value} ELSE {error} END)"


FUNCTIONS = (
    _function(("delta_not_null",), sig(ANY, BOOL, STR), arg(0), _not_null),
    _function(("delta_check",), sig(ANY, BOOL, STR, STR, STR), arg(0), _check),
    _function(("delta_replace_where",), sig(ANY, BOOL, STR, STR), arg(0), _replace_where),
)
