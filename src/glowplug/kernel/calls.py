"""A call's SQL: its function's own lowering, over arguments that are written once each.

A lowering may write an argument as often as it likes. A long one, and one that is not the same each time it is
computed, it sees as a name, to which the value is bound where the name stands more than once: so SQL grows with the
expression, not with the powers of its depth.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from zlib import crc32

from glowplug.errors import unsupported
from glowplug.functions.collated import lowering
from glowplug.functions.lowering import LONG_TEXT, bound
from glowplug.kernel.guards import guards, varies
from glowplug.plan.expressions import (
    Attribute,
    Call,
    Cast,
    Expression,
    Lambda,
    LambdaVariable,
    Literal,
    Named,
    OuterReference,
    Replaced,
    SortOrder,
    Subquery,
    WindowExpression,
)
from glowplug.plan.function import Function
from glowplug.plan.tree import contains, walk
from glowplug.types import STRINGS, ArrayType, BinaryType, MapType, StructType, VariantType

if TYPE_CHECKING:
    from glowplug.kernel.compile import Compiler

# What stays as it is: short, or of a meaning that depends on its place.
_AS_IT_IS = (Attribute, OuterReference, Literal, LambdaVariable, Lambda, SortOrder)
_LOOKED_INTO = (*STRINGS, BinaryType, ArrayType, MapType, StructType, VariantType)
# Functions that have been seen to want NULL where an argument fails: it must be computed where they ask for it.
_ATTEMPTING: set[Function] = set()
_NAME = re.compile(r"\bargument_[0-9a-f]{8}\b")


def call_sql(call: Call, to: Compiler) -> str:
    """A call as kernel SQL: its function's lowering, with arguments that are used twice or may fail bound to names."""
    lower = lowering(call) or call.function.lower
    if lower is None:
        raise unsupported(f"the function {call.name}", call.origin)
    if call.function.kind != "scalar" or call.function in _ATTEMPTING:
        return _lowered(call, lower, to)
    given = {i: to.sql(a) for i, a in enumerate(call.args) if not _as_it_is(a) or _fails(a)}
    if to.lazy:
        given.update(guarded := guards(call, given, to))
    else:
        guarded = {}
    given = {i: sql for i, sql in given.items() if i in guarded or not _as_it_is(call.args[i])}
    named = {i: sql for i, sql in given.items() if len(sql) > LONG_TEXT or varies(call.args[i])}
    names = {i: f"argument_{crc32(sql.encode()):08x}" for i, sql in named.items()}
    args = (Named(names.get(i, given[i]), a.type, a.nullable) if i in given else a for i, a in enumerate(call.args))
    try:
        body = _lowered(replace(call, args=tuple(args)), lower, to)
    except _Attempted:
        _ATTEMPTING.add(call.function)
        return _lowered(call, lower, to)
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


def _as_it_is(e: Expression) -> bool:
    """Whether a lowering gets the argument itself: it is short, or a constant that may have to be looked into."""
    inner = e
    while isinstance(inner, (Cast, Replaced)):
        inner = inner.child
    return isinstance(inner, (*_AS_IT_IS, Named)) or (isinstance(e.type, _LOOKED_INTO) and _is_constant(e))


def _fails(e: Expression) -> bool:
    """Whether what a lowering gets as it is may be a cast that fails."""
    return isinstance(e, Cast) and not isinstance(e.child, Literal)


def _is_constant(e: Expression) -> bool:
    return all(isinstance(x, (Literal, Cast, Replaced, Call)) for x in walk(e))


def _only_in_place(call: Call, names: dict[int, str], repeated: list[str]) -> bool:
    """Whether what would stand below a binding may not: the kernel has no windows and no queries there."""
    inside = [a for i, a in enumerate(call.args) if names.get(i) not in repeated]
    return any(
        isinstance(x, (WindowExpression, Subquery, OuterReference))
        or (isinstance(x, Call) and (x.function.place is not None or x.function.kind != "scalar"))
        for a in inside
        for x in walk(a)
    )
