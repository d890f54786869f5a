"""When two expressions mean the same, as Spark compares what is grouped with what is asked of the groups."""

from __future__ import annotations

from typing import Any

from glowplug.plan.canonical import canonical
from glowplug.plan.expressions import Alias, Attribute, Call, Cast, Expression, GetField, Replaced, Subquery
from glowplug.plan.tree import outer_columns
from glowplug.types import DataType

_COMMUTATIVE = frozenset(("+", "*", "and", "or", "=", "<=>", "&", "|", "^"))
_NESTED = frozenset(("+", "*", "and", "or", "&", "|", "^"))  # of which those within one another are one
_FLIPPED = {">": "<", ">=": "<="}
_OPPOSITE = {"<": "<=", "<=": "<"}  # once flipped


def meaning(e: Expression) -> Any:
    """Equal for expressions that differ in names only, or in the order of operands that may be swapped."""
    match e:
        case Alias(child) | Replaced(child):
            return meaning(child)
        case Attribute():
            return "column", e.id
        case GetField(child, ordinal):
            return "field", ordinal, meaning(child)
        case Cast():
            return "cast", e.type, e.mode, meaning(e.child)
        case Subquery(kind, plan, values):
            outer = tuple(a.id for a in outer_columns(plan))
            return "subquery", kind, canonical(plan), outer, tuple(map(meaning, values))
        case Call() if e.function.kind == "scalar":
            return _call(e)
    return e


def _call(e: Call) -> Any:
    name, args = e.function.names[0], tuple(map(meaning, e.args))
    if name in ("struct", "named_struct"):  # the names of the fields are in the type
        return "struct", e.type, args if name == "struct" else args[1::2]
    if name in _COMMUTATIVE:
        if name in _NESTED:
            args = tuple(x for a in args for x in _operands(a, name, e.type))
        args = tuple(sorted(args, key=repr))
    elif name in _FLIPPED:
        name, args = _FLIPPED[name], args[::-1]
    elif name == "in":
        args = (args[0], *sorted(args[1:], key=repr))
    elif name == "not" and isinstance(args[0], tuple) and args[0][0] in _OPPOSITE:
        name, args = _OPPOSITE[args[0][0]], args[0][2][::-1]
    return name, e.type, args


def _operands(a: Any, name: str, type: DataType) -> tuple[Any, ...]:
    same = isinstance(a, tuple) and a[:2] == (name, type)
    return a[2] if same else (a,)
