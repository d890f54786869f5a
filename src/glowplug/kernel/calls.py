"""A call's SQL: its function's own lowering, over arguments that are written once each.

A lowering may write an argument as often as it likes. A long one, and one that is not the same each time it is
computed, it sees as a name, to which the value is bound where the name stands more than once: so SQL grows with the
expression, not with the powers of its depth.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from zlib import crc32

from glowplug.errors import unsupported
from glowplug.functions.lowering import LONG_TEXT, bound
from glowplug.plan.expressions import (
    Attribute,
    Call,
    Expression,
    Lambda,
    LambdaVariable,
    Literal,
    OuterReference,
    SortOrder,
    Subquery,
    WindowExpression,
)
from glowplug.plan.tree import contains, walk
from glowplug.types import DataType

if TYPE_CHECKING:
    from glowplug.kernel.compile import Compiler

# What stays as it is: short, or of a meaning that depends on its place.
_AS_IT_IS = (Attribute, OuterReference, Literal, LambdaVariable, Lambda, SortOrder)
_NAME = re.compile(r"\bargument_[0-9a-f]{8}\b")


@dataclass(frozen=True, slots=True)
class Named(Expression):
    """An argument in a lowering's eyes: a name, in whose place its SQL comes, or which is bound to it."""

    text: str
    type: DataType
    nullable: bool


def call_sql(call: Call, to: Compiler) -> str:
    lower = call.function.lower
    if lower is None:
        raise unsupported(f"the function {call.name}", call.origin)
    named = _named(call, to) if call.function.kind == "scalar" else {}
    if not named:
        return _lowered(call, lower, to)
    names = {i: f"argument_{crc32(sql.encode()):08x}" for i, sql in named.items()}
    args = (Named(names[i], a.type, a.nullable) if i in names else a for i, a in enumerate(call.args))
    try:
        body = _lowered(replace(call, args=tuple(args)), lower, to)
    except _Attempted:  # what fails within it is to be NULL, which it cannot be outside
        return _lowered(call, lower, to)
    except Exception:
        if all(_has_columns(call.args[i]) for i in names):
            raise
        return _lowered(call, lower, to)  # a constant, such as a map of options, that the lowering must see
    texts = {names[i]: sql for i, sql in named.items()}
    repeated = [name for name, n in Counter(_NAME.findall(body)).items() if n > 1 and name in texts]
    if repeated and _only_in_place(call, names, repeated):
        repeated = []
    once = {name: sql for name, sql in texts.items() if name not in repeated}
    body = _NAME.sub(lambda found: once.get(found[0], found[0]), body)
    for name in repeated:
        body = bound(name, texts[name], body)
    return body


class _Attempted(Exception):
    """A lowering asks for NULL where an argument fails."""


def refuse_named(expression: Expression) -> None:
    """For `attempt`, which must have the argument itself."""
    if contains(expression, Named):
        raise _Attempted


def _lowered(call: Call, lower: Any, to: Compiler) -> str:
    return lower.format(*map(to.sql, call.args)) if isinstance(lower, str) else lower(call, to)


def _named(call: Call, to: Compiler) -> dict[int, str]:
    """The SQL of the arguments that are to be written once, by their place."""
    found: dict[int, str] = {}
    for i, a in enumerate(call.args):
        if isinstance(a, (*_AS_IT_IS, Named)):
            continue
        sql = to.sql(a)
        if len(sql) > LONG_TEXT or _varies(a):
            found[i] = sql
    return found


def _has_columns(e: Expression) -> bool:
    return contains(e, (Attribute, OuterReference, LambdaVariable, Subquery))


def _varies(e: Expression) -> bool:
    return any(isinstance(x, Call) and not x.function.deterministic for x in walk(e))


def _only_in_place(call: Call, names: dict[int, str], repeated: list[str]) -> bool:
    """Whether what would stand below a binding may not: the kernel has no windows and no queries there."""
    inside = [a for i, a in enumerate(call.args) if names.get(i) not in repeated]
    return any(
        isinstance(x, (WindowExpression, Subquery, OuterReference))
        or (isinstance(x, Call) and (x.function.place is not None or x.function.kind != "scalar"))
        for a in inside
        for x in walk(a)
    )
