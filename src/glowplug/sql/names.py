"""Names of several parts, and the IDENTIFIER clause, which makes a name of a constant text."""

from __future__ import annotations

from glowplug.errors import ParseError
from glowplug.identifiers import parse_identifier
from glowplug.plan.expressions import Expression, Literal, UnresolvedFunction
from glowplug.sql import expressions
from glowplug.sql.cursor import Cursor


def multipart(c: Cursor) -> tuple[str, ...]:
    """`a.b.c`: of a table, schema, function or column where no expression can stand; or `IDENTIFIER(text)`."""
    if c.kind == "IDENTIFIER" and c.peek() == "(":
        parts = identifier_clause(c)
    else:
        parts = (c.name(),)
    while c.kind == "." and c.peek() not in ("*", "["):
        c.i += 1
        parts += (c.name(),)
    return parts


def identifier_clause(c: Cursor) -> tuple[str, ...]:
    """`IDENTIFIER('a.b')`, or any constant text, which the session computes. Inside a script, whose variables have
    values only as it runs, a name that stands for it: the statement is read again."""
    start = c.i
    c.expect("IDENTIFIER", "(")
    argument = expressions.expression(c)
    c.expect(")")
    text = constant_text(argument)
    if text is None:
        if c.constant is not None:
            return c.constant(argument, c.origin(start))
        c.deferred = True
        return ("identifier",)
    try:
        return parse_identifier(text)
    except ParseError as error:
        raise error.__class__(error.condition, c.origin(start), **error.parameters) from None


def constant_text(e: Expression) -> str | None:
    """The value of an expression of string literals and concatenations; None for any other."""
    match e:
        case Literal(str() as text):
            return text
        case UnresolvedFunction((name,), args) if name.lower() in ("||", "concat"):
            texts = [constant_text(a) for a in args]
            return None if None in texts else "".join(texts)  # type: ignore[arg-type]
    return None
