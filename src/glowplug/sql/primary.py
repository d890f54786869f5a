"""The operands of expressions: constants, names, parentheses, and the postfixes `.x`, `[i]`, `::type`, `:path`."""

from __future__ import annotations

from collections.abc import Callable

from glowplug.errors import ParseError
from glowplug.plan.expressions import (
    Cast,
    Expression,
    Literal,
    Subquery,
    UnresolvedAlias,
    UnresolvedAttribute,
    UnresolvedExtract,
    UnresolvedLambda,
    UnresolvedStar,
)
from glowplug.plan.relations import Relation
from glowplug.sql import calls, expressions, literals, queries, types
from glowplug.sql.cursor import Cursor, is_word
from glowplug.sql.intervals import interval
from glowplug.sql.names import identifier_clause, multipart
from glowplug.sql.nodes import call, row
from glowplug.sql.tokens import NUMBER, QUOTED, STRING
from glowplug.type_trees import as_strings
from glowplug.types import BOOLEAN, NULL
from glowplug.types import STRING as STRING_TYPE

_QUERY_WORDS = ("SELECT", "WITH", "FROM", "TABLE", "VALUES")
# What follows these words where they are names; a sign begins an expression of the query, as in Spark.
_NOT_QUERY = frozenset(("", ",", ")", ";", ".", "=", "AS", "/", "%", "<", "<=", ">", ">=", "<>", "::", "[", "->"))


def primary(c: Cursor, negative: bool = False) -> Expression:
    """An operand with its postfixes. `negative`: the minus sign of a number was taken already."""
    start = c.i - 1 if negative else c.i
    e = literals.number(c, negative) if negative else _operand(c)
    if isinstance(e, Literal) and c.kinds[start] != "(":
        e = Literal(e.value, e.type, c.origin(start))
    while True:
        kind = c.kind
        if kind == "." and (c.peek() == QUOTED or is_word(c.peek())):
            c.i += 1
            name = c.identifier()
            if isinstance(e, UnresolvedAttribute) and c.kinds[start] != "(":
                e = UnresolvedAttribute((*e.parts, name), origin=c.origin(start))
            else:
                e = UnresolvedExtract(e, Literal(name, STRING_TYPE), origin=c.origin(start))
        elif kind == "[":
            c.i += 1
            index = expressions.value(c)
            c.expect("]")
            e = UnresolvedExtract(e, index, origin=c.origin(start))
        elif kind == "::":
            c.i += 1
            type = as_strings(types.data_type(c))
            path, e = e, Cast(e, type, origin=c.origin(start))
            if c.path_alias is not None and c.path_alias[0] is path and not isinstance(path, Cast):
                c.path_alias = (e, c.path_alias[1])
        elif kind == "COLLATE" and (c.peek() == QUOTED or is_word(c.peek())):
            c.i += 1
            e = call("collate", (e, Literal(types.collation(c), STRING_TYPE)), c.origin(start))
        elif kind == ":" and (c.peek() in (QUOTED, "[") or is_word(c.peek())):
            e = _path(c, start, e)
        elif kind == ".":
            c.fail_at(c.i + 1)
        else:
            return e


def _operand(c: Cursor) -> Expression:
    kind = c.kind
    rule = _RULES.get(kind)
    if rule is not None:
        e = rule(c)
        if e is not None:
            return e
    if is_word(kind) and c.peek() == STRING:
        return literals.typed_literal(c)
    return _name(c)


# Reserved words that are functions all the same, with parentheses and without.
_CALLED = ("FILTER", "LEFT", "RIGHT")
_CURRENT = ("CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "CURRENT_USER", "SESSION_USER", "USER")


def _name(c: Cursor) -> Expression:
    """A column, a call, `t.*`, or a lambda of one parameter."""
    start = c.i
    standard = c.kind in (_CALLED if c.peek() == "(" else _CURRENT)
    read = list(identifier_clause(c)) if c.kind == "IDENTIFIER" and c.peek() == "(" else [c.identifier(standard)]
    while c.kind == ".":
        after = c.peek()
        if after == "*":
            c.i += 2
            return UnresolvedStar(tuple(read), except_=_except(c), origin=c.origin(start))
        if after != QUOTED and not is_word(after):
            break
        c.i += 1
        read.append(c.identifier())
    parts = tuple(read)
    if c.kind == "(":
        if len(parts) == 1 and c.kinds[start] in ("ALL", "ANY", "SOME") and at_query(c, 1):
            c.fail()
        return calls.function_call(c, start, parts)
    if c.kind == "->" and len(parts) == 1:
        c.i += 1
        return UnresolvedLambda(expressions.expression(c), parts, c.origin(start))
    return UnresolvedAttribute(parts, origin=c.origin(start))


def _star(c: Cursor) -> Expression:
    start = c.i
    c.i += 1
    return UnresolvedStar(except_=_except(c), origin=c.origin(start))


def _except(c: Cursor) -> tuple[tuple[str, ...], ...]:
    if not c.at("EXCEPT", "("):
        return ()
    start = c.i
    c.i += 2
    if at_query(c):  # the set operation
        c.i = start
        return ()
    c.i = start + 1
    return c.paren_list(multipart)


def _path(c: Cursor, start: int, e: Expression) -> Expression:
    """`v:a.b[0]['c']`: a path into a variant, which `variant_get` follows."""
    path, last = "$", None
    c.i += 1
    while True:
        if (path == "$" and c.kind != "[") or (c.kind == "." and c.take(".")):
            quoted = c.kind == QUOTED
            last = c.identifier()
            path += f"['{last}']" if quoted else f".{last}"
        elif c.kind == "[":
            c.i += 1
            if c.kind == STRING:
                last = literals.string(c)
                path += f"['{last}']"
            elif c.kind == NUMBER:
                path += f"[{literals.integer(c)}]"
            else:
                last = c.identifier()
                path += f"['{last}']"
            c.expect("]")
        else:
            break
    args = (e, Literal(path, STRING_TYPE), Literal("variant", STRING_TYPE))
    result = call("variant_get", args, c.origin(start))
    c.path_alias = None if last is None else (result, last)
    return result


# --- parentheses ---------------------------------------------------------------------------------------


def _parenthesis(c: Cursor) -> Expression:
    """`(e)`, `(a, b)` as a struct, `(SELECT …)` as a value, `(x, y) -> e`."""
    start = c.i
    params = _lambda_params(c)
    if params is not None:
        return UnresolvedLambda(expressions.expression(c), params, c.origin(start))
    c.i += 1
    plan = subquery(c)
    if plan is not None:
        return Subquery("scalar", plan, origin=c.origin(start))
    first = expressions.named_expression(c)
    if c.kind != ",":
        if isinstance(first, UnresolvedAlias):
            c.fail()
        c.expect(")")
        return first
    fields = [first]
    while c.take(","):
        fields.append(expressions.named_expression(c))
    c.expect(")")
    return row(fields, c, start)


def _lambda_params(c: Cursor) -> tuple[str, ...] | None:
    """Steps over `(x, y) ->` if it comes next; one parameter has no parentheses."""
    i = c.i + 1
    if c.kinds[i + 1] != ",":
        return None
    while c.kinds[i] == QUOTED or is_word(c.kinds[i]):
        if c.kinds[i + 1] == ",":
            i += 2
        elif c.kinds[i + 1 : i + 3] == [")", "->"]:
            params = c.names()
            c.i += 1
            return params
        else:
            break
    return None


def at_query(c: Cursor, ahead: int = 0) -> bool:
    """Whether a query can begin here. Its words are names too, so what follows them decides."""
    i = c.i + ahead
    kind = c.kinds[i]
    if kind == "(":
        first, end = c.parentheses
        if not first <= i < end:  # a run of them is looked through once
            end = i
            while c.kinds[end] == "(":
                end += 1
            c.parentheses = (i, end)
        return at_query(c, end - c.i)
    if kind not in _QUERY_WORDS:
        return False
    after = c.kinds[i + 1]
    if kind == "SELECT":
        return after not in _NOT_QUERY
    if kind == "WITH":
        return ((after == QUOTED or is_word(after)) and c.peek(ahead + 2) in ("AS", "(", "MAX")) or after == "RECURSIVE"
    if kind in ("FROM", "TABLE"):
        return after == QUOTED or (is_word(after) and after != "AS") or (kind == "FROM" and after == "(")
    return after not in _NOT_QUERY


def subquery(c: Cursor) -> Relation | None:
    """`query )`, if one begins here, just after its parenthesis."""
    if not at_query(c):
        return None
    if c.kind != "(":
        plan = queries.query(c)
        c.expect(")")
        return plan
    start = c.i
    try:
        plan = queries.query(c)
        if c.take(")"):
            return plan
    except ParseError:
        pass
    c.i = start  # `((SELECT 1) + 1)`: the query is inside an expression
    return None


# --- words that begin something ------------------------------------------------------------------------


def _constant(literal: Literal) -> Callable[[Cursor], Expression]:
    def rule(c: Cursor) -> Expression:
        c.i += 1
        return literal

    return rule


def _string(c: Cursor) -> Expression:
    return Literal(literals.string(c, value=True), STRING_TYPE)


def _case(c: Cursor) -> Expression | None:
    """`CASE [x] WHEN … THEN … [ELSE …] END` as `when(condition, value, …, else)`."""
    start = c.i
    if c.peek() in _NOT_QUERY or c.peek() == "FROM":
        return None
    c.i += 1
    operand = None if c.kind == "WHEN" else expressions.expression(c)
    args: list[Expression] = []
    tests: list[int] = []  # the places of what the operand is compared with
    while c.take("WHEN"):
        condition = expressions.expression(c)
        if operand is not None:
            tests.append(len(args))
        c.expect("THEN")
        args += [condition, expressions.expression(c)]
    if not args:
        c.fail()
    if c.take("ELSE"):
        args.append(expressions.expression(c))
    c.expect("END")
    origin = c.origin(start)
    for i in tests:
        assert operand is not None
        args[i] = call("=", (operand, args[i]), origin)
    return call("when", tuple(args), origin)


def _exists(c: Cursor) -> Expression | None:
    start = c.i
    if c.peek() != "(":
        return None
    c.i += 2
    plan = subquery(c)
    if plan is not None:
        return Subquery("exists", plan, origin=c.origin(start))
    c.i = start  # the function `exists(array, lambda)`
    return None


def _current_path(c: Cursor) -> Expression | None:
    """A function without parentheses; the other `current_…` words may be columns first, which analysis decides."""
    if c.peek() in ("(", "."):
        return None
    c.i += 1
    return call("current_path", (), c.origin(c.i - 1))


_RULES: dict[str, Callable[[Cursor], Expression | None]] = {
    NUMBER: literals.number,
    STRING: _string,
    "(": _parenthesis,
    "*": _star,
    ":": literals.parameter,
    "?": literals.parameter,
    "NULL": _constant(Literal(None, NULL)),
    "TRUE": _constant(Literal(True, BOOLEAN)),
    "FALSE": _constant(Literal(False, BOOLEAN)),
    "CASE": _case,
    "EXISTS": _exists,
    "CURRENT_PATH": _current_path,
    "INTERVAL": interval,
    **calls.FORMS,
}
