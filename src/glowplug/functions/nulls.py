"""Which columns make an expression NULL: what a function's own errors, and those of later arguments, depend on."""

from __future__ import annotations

from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Call,
    Cast,
    Expression,
    GetField,
    LambdaVariable,
    Literal,
    Replaced,
)
from glowplug.plan.function import Lowering

LATER_FIRST = frozenset({"/", "%", "div", "pmod"})  # the divisor is looked at before the dividend
# NULL where an argument is, though they say more than that of when they are NULL.
_STRICT = LATER_FIRST | {
    *("bround", "ceil", "conv", "date_trunc", "datetime_plus_interval", "floor", "get_json_object", "log", "round"),
    *("split_part", "trunc", "xpath_string", "xpath_int", "xpath_long", "xpath_double"),
    *("try_add", "try_subtract", "try_multiply", "try_divide", "try_mod"),
    *("make_interval", "try_make_interval", "try_make_timestamp", "try_make_timestamp_ltz", "try_make_timestamp_ntz"),
}
_TELL = frozenset({"any", "unless_ansi", "decimal_unless_ansi"})
_NOT_ALL = frozenset({"in", "nanvl"})  # NULL for some of the arguments only


def strict(call: Call) -> bool:
    """Whether the call is NULL where any argument is."""
    f = call.function
    if f.kind != "scalar" or f.logic in ("and", "or") or f.names[0] in _NOT_ALL:
        return False
    return f.nullable in _TELL or f.names[0] in _STRICT


def needed(e: Expression) -> list[Expression]:
    """The columns, variables and NULLs of which any that is NULL makes the expression NULL."""
    match e:
        case Attribute(nullable=True) | LambdaVariable(nullable=True) | Literal(None):
            return [e]
        case Cast(child) | Alias(child) | Replaced(child) | GetField(child):
            return needed(child)
        case Call(args=args) if strict(e):
            return [x for a in args for x in needed(a)]
    return []


def required(condition: Expression | None) -> list[Attribute]:
    """The columns that are not NULL in any row for which the condition is true."""
    match condition:
        case None:
            return []
        case Replaced(child):  # BETWEEN
            return required(child)
        case Call(args=args) if condition.function.logic == "and":
            return [x for a in args for x in required(a)]
    return [x for x in needed(condition) if isinstance(x, Attribute)]


def present(e: Expression, low: Lowering) -> str:
    """A condition that is not true where the expression is sure to be NULL; nothing is computed twice for it."""
    return " AND ".join(f"{low.sql(x)} IS NOT NULL" for x in dict.fromkeys(needed(e))) or "true"
