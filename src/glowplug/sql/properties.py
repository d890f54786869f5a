"""Lists of properties and options: `(key = value, a.b 'c', …)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glowplug.errors import ParseError
from glowplug.plan.expressions import Expression, Literal
from glowplug.sql import clauses, expressions, literals
from glowplug.sql.cursor import Cursor
from glowplug.sql.tokens import NUMBER, STRING
from glowplug.types import BOOLEAN, quote

if TYPE_CHECKING:
    from glowplug.plan.commands import Pairs


def properties(c: Cursor) -> Pairs:
    """Keys with constant values. Raises DUPLICATE_KEY, and what Spark raises for a key without a value."""
    start = c.i
    pairs = _pairs(c)
    bare = [key for key, value in pairs if value is None]
    if bare:
        raise clauses.not_allowed(c, start, f"Values must be specified for key(s): [{','.join(bare)}]")
    return tuple((key, value) for key, value in pairs if value is not None)


def keys(c: Cursor) -> tuple[str, ...]:
    """Keys alone, as UNSET takes them."""
    start = c.i
    pairs = _pairs(c)
    given = [key for key, value in pairs if value is not None]
    if given:
        raise clauses.not_allowed(c, start, f"Values should not be specified for key(s): [{','.join(given)}]")
    return tuple(key for key, _ in pairs)


def _pairs(c: Cursor) -> tuple[tuple[str, str | None], ...]:
    start = c.i
    pairs = c.paren_list(_property)
    names = [key for key, _ in pairs]
    twice = next((n for n in names if names.count(n) > 1), None)
    if twice is not None:
        raise ParseError("DUPLICATE_KEY", c.origin(start), keyColumn=quote(twice))
    return pairs


def _property(c: Cursor) -> tuple[str, str | None]:
    key = property_key(c)
    if not c.take("=") and c.kind in (",", ")"):
        return key, None
    return key, _value(c)


def property_key(c: Cursor) -> str:
    """`a.b.c` or a string."""
    if c.kind == STRING:
        return literals.string_token(c)
    if c.kind in (":", "?"):
        return literals.string(c)
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
