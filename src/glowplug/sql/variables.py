"""DECLARE and SET VARIABLE."""

from __future__ import annotations

from glowplug.errors import ParseError
from glowplug.plan.commands import Command
from glowplug.plan.expressions import DefaultValue, Expression, UnresolvedAlias
from glowplug.plan.relations import OneRow, Select
from glowplug.plan.statements import CreateVariable, SetVariable
from glowplug.sql import cursors, expressions, queries, types
from glowplug.sql.cursor import Cursor, is_word
from glowplug.sql.names import multipart
from glowplug.sql.primary import at_query
from glowplug.sql.tokens import END
from glowplug.types import DataType


def declaration(c: Cursor) -> Command:
    """`DECLARE [OR REPLACE] [VARIABLE] names [type] [DEFAULT | = expression]`"""
    if cursors.at_declaration(c):
        return cursors.declaration(c)
    start = c.i
    c.expect("DECLARE")
    replace = c.take("OR", "REPLACE")
    if c.kind in ("VAR", "VARIABLE") and is_word(c.peek()) and c.peek(2) not in (END, ";"):
        c.i += 1
    names = c.comma_list(multipart)
    type = None if c.kind in ("DEFAULT", "=", END, ";") else _type(c)
    default: Expression | None = None
    text = "null"
    if c.take_any("DEFAULT", "="):
        begin = c.i
        default = expressions.expression(c)
        text = c.written(begin, c.i)
    elif type is None:
        raise ParseError("INVALID_SQL_SYNTAX.VARIABLE_TYPE_OR_DEFAULT_REQUIRED", c.origin(start))
    return CreateVariable(names, type, default, text, replace)


def _type(c: Cursor) -> DataType:
    """A word that is no type is told of where the statement is right but for it."""
    start = c.i
    try:
        return types.data_type(c)
    except ParseError as error:
        after = c.kinds[start + 1]
        if error.condition == "UNSUPPORTED_DATATYPE" and is_word(after) and after not in ("DEFAULT", "COLLATE"):
            c.fail_at(start + 1, ": missing ';'" if c.kinds[0] == "BEGIN" else "")
        raise


def assignment(c: Cursor) -> Command:
    """`a = 1, b = DEFAULT`, or `(a, b) = (query)`, after SET [VARIABLE]."""
    if c.kind == "(":
        start = c.i
        names = c.paren_list(multipart)
        c.expect("=")
        if c.kind == "(" and not at_query(c, 1):
            raise ParseError("INVALID_SET_SYNTAX", c.origin(start))
        return SetVariable(names, c.parenthesised(queries.query))
    pairs = c.comma_list(_assignment)
    values = tuple(e if isinstance(e, DefaultValue) else UnresolvedAlias(e, (n[-1],)) for n, e in pairs)
    return SetVariable(tuple(n for n, _ in pairs), Select(OneRow(), values))


def _assignment(c: Cursor) -> tuple[tuple[str, ...], Expression]:
    name = multipart(c)
    c.expect("=")
    if c.kind == "DEFAULT" and c.peek() in (",", ";", END):
        c.i += 1
        return name, DefaultValue()
    return name, expressions.expression(c)
