"""Cursors of SQL scripts: DECLARE … CURSOR FOR, OPEN, FETCH, CLOSE."""

from __future__ import annotations

from collections.abc import Callable

from glowplug.errors import ScriptError
from glowplug.plan.commands import Command
from glowplug.plan.expressions import Expression
from glowplug.plan.statements import CloseCursor, DeclareCursor, FetchCursor, OpenCursor
from glowplug.sql import expressions, queries
from glowplug.sql.cursor import Cursor, is_word
from glowplug.sql.names import multipart
from glowplug.sql.tokens import END, QUOTED


def at_declaration(c: Cursor) -> bool:
    """Whether `DECLARE name [ASENSITIVE | INSENSITIVE] CURSOR FOR` is next."""
    start = c.i
    c.i += 1
    try:
        if not c.at_identifier():
            return False
        c.identifier()
        c.take_any("ASENSITIVE", "INSENSITIVE")
        return c.at("CURSOR", "FOR")
    finally:
        c.i = start


def declaration(c: Cursor) -> Command:
    start = c.i
    c.expect("DECLARE")
    name = c.identifier()
    c.take_any("ASENSITIVE", "INSENSITIVE")  # rows are those of the moment it is opened, either way
    c.expect("CURSOR", "FOR")
    begin = c.i
    named, c.named, c.unbound = c.named, {}, True
    queries.query(c)
    c.named, c.unbound, c.deferred = named, False, False
    text = c.between(begin, c.i)
    c.take("FOR", "READ", "ONLY")
    return _allowed(c, start, DeclareCursor(name, text))


def _allowed(c: Cursor, start: int, command: Command) -> Command:
    if not c.settings.script_cursors:
        raise ScriptError("UNSUPPORTED_FEATURE.SQL_CURSOR", c.origin(start))
    return command


def _open(c: Cursor) -> Command:
    start = c.i
    c.expect("OPEN")
    parts = multipart(c)
    return _allowed(c, start, OpenCursor(parts, arguments(c) if c.take("USING") else ()))


def arguments(c: Cursor) -> tuple[Expression, ...]:
    """What follows USING: expressions, all of which parentheses may enclose."""
    start = c.i
    found: tuple[Expression, ...] = ()
    if c.kind == "(" and c.peek() not in ("SELECT", "WITH", "VALUES", "FROM", "TABLE"):
        found = c.paren_list(expressions.named_expression)
    if not found or c.kind not in (END, ";"):
        c.i = start
        found = c.comma_list(expressions.named_expression)
    return found


def _fetch(c: Cursor) -> Command:
    start = c.i
    c.expect("FETCH")
    if c.kind in ("NEXT", "FROM") and (c.peek() == QUOTED or (is_word(c.peek()) and c.peek() != "INTO")):
        c.take("NEXT")
        if not c.take("FROM"):
            c.fail()
    parts = multipart(c)
    c.expect("INTO")
    return _allowed(c, start, FetchCursor(parts, c.comma_list(multipart)))


def _close(c: Cursor) -> Command:
    start = c.i
    c.expect("CLOSE")
    return _allowed(c, start, CloseCursor(multipart(c)))


RULES: dict[str, Callable[[Cursor], Command]] = {"OPEN": _open, "FETCH": _fetch, "CLOSE": _close}
