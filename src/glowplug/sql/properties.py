"""Lists of properties and options: `(key = value, a.b 'c', …)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glowplug.plan.expressions import Expression, Literal
from glowplug.sql import expressions, literals
from glowplug.sql.cursor import Cursor
from glowplug.sql.tokens import NUMBER, STRING
from glowplug.types import BOOLEAN

if TYPE_CHECKING:
    from glowplug.plan.commands import Pairs


def properties(c: Cursor) -> Pairs:
    """Keys with constant values; a key alone has the value ""."""
    return c.paren_list(_property)


def _property(c: Cursor) -> tuple[str, str]:
    key = property_key(c)
    if not c.take("=") and c.kind in (",", ")"):
        return key, ""
    return key, _value(c)


def property_key(c: Cursor) -> str:
    """`a.b.c` or a string."""
    if c.kind == STRING:
        return literals.string_token(c)
    key = c.name()
    while c.take("."):
        key += "." + c.name()
    return key


def _value(c: Cursor) -> str:
    if c.kind in ("TRUE", "FALSE"):
        c.i += 1
        return c.kinds[c.i - 1].lower()
    if c.kind == NUMBER:
        c.i += 1
        return c.between(c.i - 1, c.i)
    return literals.string(c)


def options(c: Cursor) -> Pairs:
    """Like properties, but a value may be any constant expression."""
    return c.paren_list(_option)


def _option(c: Cursor) -> tuple[str, str]:
    key = property_key(c)
    if not c.take("=") and c.kind in (",", ")"):
        return key, ""
    start = c.i
    return key, _text(c, start, expressions.expression(c))


def _text(c: Cursor, start: int, e: Expression) -> str:
    match e:
        case Literal(bool() as flag, type) if type == BOOLEAN:
            return str(flag).lower()
        case Literal(value) if value is not None:
            return str(value)
    return c.between(start, c.i)
