"""Tables as they were, and what changed in them: VERSION | TIMESTAMP AS OF, and CHANGES."""

from __future__ import annotations

from glowplug.errors import ParseError
from glowplug.plan.expressions import Expression, Literal, UnresolvedAttribute
from glowplug.plan.tree import walk
from glowplug.sql import expressions, literals
from glowplug.sql.cursor import Cursor
from glowplug.sql.tokens import NUMBER
from glowplug.types import STRING as STRING_TYPE


def changes(c: Cursor) -> None:
    """`CHANGES [FROM VERSION | TIMESTAMP a [INCLUSIVE | EXCLUSIVE] [TO VERSION | TIMESTAMP b …]]`"""
    c.expect("CHANGES")
    bound = "FROM"
    while c.take(bound):
        kind = c.take_any("VERSION", "SYSTEM_VERSION", "TIMESTAMP", "SYSTEM_TIME")
        if kind is None:
            c.fail()
        if "VERSION" not in kind:
            expressions.value(c)
        elif c.kind == NUMBER:
            literals.integer(c)
        else:
            literals.string(c)
        c.take_any("INCLUSIVE", "EXCLUSIVE")
        bound = "TO"


def time_travel(c: Cursor) -> tuple[str, Expression] | None:
    """`[FOR] VERSION | TIMESTAMP AS OF value`, if it is next."""
    start = c.i
    c.take("FOR")
    if c.kind in ("VERSION", "SYSTEM_VERSION") and c.kinds[c.i + 1 : c.i + 3] == ["AS", "OF"]:
        c.i += 3
        marked = literals.parameter(c) if c.kind in (":", "?") else None
        if isinstance(marked, Literal):
            return "version", Literal(str(marked.value), STRING_TYPE)
        text = literals.string(c) if c.kind != NUMBER else str(literals.integer(c))
        return "version", Literal(text, STRING_TYPE)
    if c.kind in ("TIMESTAMP", "SYSTEM_TIME") and c.kinds[c.i + 1 : c.i + 3] == ["AS", "OF"]:
        c.i += 3
        begin = c.i
        time = expressions.value(c)
        if any(isinstance(x, UnresolvedAttribute) for x in walk(time)):
            reason = "timestamp expression cannot refer to any columns"
            raise ParseError("_LEGACY_ERROR_TEMP_0056", c.origin(begin), reason=reason)
        return "timestamp", time
    c.i = start
    return None
