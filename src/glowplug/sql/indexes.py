"""CREATE INDEX and DROP INDEX."""

from __future__ import annotations

from glowplug.plan.commands import Command
from glowplug.plan.expressions import Expression, UnresolvedAttribute
from glowplug.plan.statements import Index
from glowplug.sql import properties
from glowplug.sql.clauses import if_exists, if_not_exists, invalid
from glowplug.sql.cursor import Cursor
from glowplug.sql.names import multipart
from glowplug.sql.tokens import END


def create(c: Cursor, start: int) -> Command:
    """`CREATE INDEX [IF NOT EXISTS] i ON [TABLE] t [USING kind] (column [OPTIONS (…)], …) [OPTIONS (…)]`"""
    c.expect("INDEX")
    words = c.i
    if_not_exists(c)
    parts = _named(c)
    if parts is not None and c.take("USING"):
        c.identifier()
    if parts is None or c.kind != "(":  # Hive's form, which says anything
        c.i = words
        raise invalid(c, start, "CREATE INDEX")
    columns = c.paren_list(_column)
    if c.take("OPTIONS"):
        properties.properties(c)
    return Index("create", parts, columns)


def drop(c: Cursor, start: int) -> Command:
    """`DROP INDEX [IF EXISTS] i ON [TABLE] t`"""
    c.expect("INDEX")
    words = c.i
    if_exists(c)
    parts = _named(c)
    if parts is None:
        c.i = words
        raise invalid(c, start, "DROP INDEX")
    return Index("drop", parts)


def _named(c: Cursor) -> tuple[str, ...] | None:
    """The table of `i ON [TABLE] t`."""
    if not c.at_identifier() or c.peek() != "ON":
        return None
    c.i += 2
    if c.kind == "TABLE" and c.peek() not in ("(", "USING", ";", END):
        c.i += 1
    return multipart(c)


def _column(c: Cursor) -> Expression:
    start = c.i
    column = UnresolvedAttribute(multipart(c), origin=c.origin(start))
    if c.take("OPTIONS"):
        properties.properties(c)
    return column
