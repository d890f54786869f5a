"""Expressions: precedence, operators and predicates.

Loosest first: OR, AND, NOT, predicates (IN, LIKE, BETWEEN, IS), comparisons, |, ^, &, shifts, + - ||, * / % DIV,
signs. Operators become calls by Spark's names for them. What a sign is put before is in `primary`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from glowplug.errors import ParseError
from glowplug.plan.expressions import (
    Expression,
    Literal,
    Origin,
    SortOrder,
    Subquery,
    UnresolvedAlias,
    UnresolvedAttribute,
    UnresolvedFunction,
)
from glowplug.sql import literals, primary
from glowplug.sql.cursor import CLAUSES, Cursor, is_word, words
from glowplug.sql.nodes import call, row_values
from glowplug.sql.tokens import NUMBER, QUOTED
from glowplug.types import BOOLEAN, STRING

_COMPARISON = 1
_BINARY = {
    "=": 1, "<=>": 1, "<>": 1, "<": 1, "<=": 1, ">": 1, ">=": 1,
    "|": 2, "^": 3, "&": 4, "<<": 5, "+": 6, "-": 6, "||": 6, "*": 7, "/": 7, "%": 7, "DIV": 7,
}  # fmt: skip
_NAMES = {"DIV": "div", "||": "concat"}
_SHIFT, _SIGN = 5, 8
_OR, _AND, _NOT = 1, 2, 3
_SIGNS = {"-": "unary -", "+": "positive", "~": "~"}


def expression(c: Cursor, level: int = _OR) -> Expression:
    """An expression whose operators bind at least as tightly as `level` (OR, AND or NOT)."""
    start = c.i
    if (c.kind == "NOT" or c.kind == "!") and not _ends(c.peek()):
        c.i += 1
        left: Expression = call("not", (expression(c, _NOT),), c.origin(start))
    else:
        left = predicated(c)
    if level <= _AND and c.kind == "AND":
        left = _connected(c, left, start, "AND", _NOT)
    if level == _OR and c.kind == "OR":
        left = _connected(c, left, start, "OR", _AND)
    return left


def _connected(c: Cursor, first: Expression, start: int, word: str, level: int) -> Expression:
    """`a AND b AND …` as a balanced tree, so that a long chain is not a deep one."""
    terms, starts, stops = [first], [start], [c.i]
    while c.take(word):
        starts.append(c.i)
        terms.append(expression(c, level))
        stops.append(c.i)
    name = word.lower()

    def balanced(low: int, high: int) -> Expression:
        if high == low:
            return terms[low]
        middle = (low + high) // 2
        origin = Origin(c.text, c.starts[starts[low]], c.stops[stops[high] - 1])
        return call(name, (balanced(low, middle), balanced(middle + 1, high)), origin)

    return balanced(0, len(terms) - 1)


def _ends(kind: str) -> bool:
    """Whether an expression cannot begin here, so that the keyword before is a name."""
    return kind in ("", ",", ")", ";", "FROM", "AS", "=", ".")


def predicated(c: Cursor) -> Expression:
    """A value with at most one predicate after it."""
    value_ = value(c)
    start, kind = c.i, c.kind
    rule = _PREDICATES.get(kind)
    if rule is not None:
        if kind == "IS" and c.peek() not in _TESTS:
            return value_
        c.i += 1
        return rule(c, start, value_)
    if kind in ("NOT", "!") and c.peek() in _PREDICATES and c.peek() != "IS":
        c.negation()
        c.i += 1
        rule = _PREDICATES[c.kinds[c.i - 1]]
        return _negated(rule(c, start, value_), c.origin(start))
    return value_


def _negated(e: Expression, origin: Origin) -> Expression:
    """NOT before a predicate; before LIKE ANY and LIKE ALL it is each pattern's."""
    if isinstance(e, UnresolvedFunction) and e.parts[0] in ("likeall", "likeany"):
        return replace(e, parts=(f"not{e.parts[0]}",), origin=origin)
    if isinstance(e, UnresolvedFunction) and e.parts[0] in ("and", "or"):
        return replace(e, args=tuple(_negated(a, origin) for a in e.args))
    return call("not", (e,), origin)


# A predicate's place in the text begins at its own words, NOT included, as in Spark.


def _between(c: Cursor, start: int, e: Expression) -> Expression:
    low = value(c)
    c.expect("AND")
    return call("between", (e, low, value(c)), c.origin(start))


def _in(c: Cursor, start: int, e: Expression) -> Expression:
    predicate = c.i - 1
    c.expect("(")
    plan = primary.subquery(c)
    if plan is not None:
        return Subquery("in", plan, row_values(c, e), origin=c.origin(start))
    if c.take(")"):
        raise ParseError("INVALID_SQL_SYNTAX.EMPTY_IN_PREDICATE", c.origin(predicate))
    items = c.comma_list(expression)
    c.expect(")")
    return call("in", (e, *items), c.origin(start))


def _like(name: str) -> Callable[[Cursor, int, Expression], Expression]:
    def rule(c: Cursor, start: int, e: Expression) -> Expression:
        predicate = c.i - 1
        if c.kind in ("ANY", "SOME", "ALL") and c.peek() == "(":
            connective = "and" if c.kind == "ALL" else "or"
            c.i += 1
            patterns = c.paren_list(expression)
            origin = c.origin(start)
            texts = [p.value for p in patterns if isinstance(p, Literal) and isinstance(p.value, str)]
            if len(texts) == len(patterns):
                each = "likeall" if connective == "and" else "likeany"
                if name == "ilike":
                    e, texts = call("lower", (e,), origin), [t.lower() for t in texts]
                return replace(call(each, (e, *(Literal(t, STRING) for t in texts)), origin), internal=True)
            result: Expression = call(name, (e, patterns[0]), origin)
            for p in patterns[1:]:
                result = call(connective, (result, call(name, (e, p), origin)), origin)
            return result
        pattern = value(c)
        if not c.take("ESCAPE"):
            return call(name, (e, pattern), c.origin(start))
        escape = literals.string(c)
        if len(escape) != 1:
            raise ParseError("INVALID_ESC", c.origin(predicate), invalidEscape=f"'{escape}'")
        return call(name, (e, pattern, Literal(escape, STRING)), c.origin(start))

    return rule


def _rlike(c: Cursor, start: int, e: Expression) -> Expression:
    return call("rlike", (e, value(c)), c.origin(start))


_TESTS = ("NOT", "!", "NULL", "TRUE", "FALSE", "UNKNOWN", "DISTINCT")


def _is(c: Cursor, start: int, e: Expression) -> Expression:
    negated = c.negation()
    if c.take_any("NULL", "UNKNOWN"):
        return call("isnotnull" if negated else "isnull", (e,), c.origin(start))
    if c.take("DISTINCT"):
        c.expect("FROM")
        other, negated = value(c), not negated
    elif c.kind in ("TRUE", "FALSE"):
        other = Literal(c.kind == "TRUE", BOOLEAN)
        c.i += 1
    else:
        c.fail()
    same = call("<=>", (e, other), c.origin(start))
    return call("not", (same,), c.origin(start)) if negated else same


_PREDICATES: dict[str, Callable[[Cursor, int, Expression], Expression]] = {
    "BETWEEN": _between,
    "IN": _in,
    "LIKE": _like("like"),
    "ILIKE": _like("ilike"),
    "RLIKE": _rlike,
    "REGEXP": _rlike,
    "IS": _is,
}


def value(c: Cursor, level: int = _COMPARISON) -> Expression:
    """A value whose operators bind at least as tightly as `level`; operators of one level group to the left."""
    start = c.i
    kind = c.kind
    if kind in _SIGNS:
        c.i += 1
        if kind == "-" and c.kind == NUMBER:
            left: Expression = primary.primary(c, negative=True)  # the sign is the number's: -2147483648 is an int
        else:
            left = value(c, _SIGN)
            left = call(_SIGNS[kind], (left,), c.origin(start))
    else:
        left = primary.primary(c)
    while True:
        kind = c.kind
        binding = _BINARY.get(kind, 0)
        width = 1
        if kind == ">" and c.kinds[c.i + 1] == ">" and c.starts[c.i + 1] == c.stops[c.i] + 1:
            triple = c.kinds[c.i + 2] == ">" and c.starts[c.i + 2] == c.stops[c.i + 1] + 1
            kind, binding, width = (">>>", _SHIFT, 3) if triple else (">>", _SHIFT, 2)
        if binding == 0 or binding < level or (kind == "DIV" and _ends(c.peek())):
            return left
        c.i += width
        right = value(c, binding + 1)
        origin = c.origin(start)
        if kind == "<>":
            left = call("not", (call("=", (left, right), origin),), origin)
        else:
            left = call(_NAMES.get(kind, kind), (left, right), origin)


# --- expressions with something after them -----------------------------------------------------------


def named_expression(c: Cursor) -> Expression:
    """An expression with an optional alias: one name, or `(a, b)` for a generator's columns."""
    start = c.i
    if c.kind in _FACTS and _only_names(c):
        e: Expression = UnresolvedAttribute((c.name(),), origin=c.origin(start))
    else:
        e = expression(c)
    if c.kind == "," or c.kind == ")":
        return e
    if c.kind == "(" or c.at("AS", "("):
        c.take("AS")
        names = c.names()
        return UnresolvedAlias(e, names, listed=True, origin=c.origin(start))
    name = c.alias(strict=False)
    return e if name is None else UnresolvedAlias(e, (name,))


# Words that call a function by themselves: names in parentheses after one are those of columns.
_FACTS = words("CURRENT_DATE CURRENT_PATH CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER SESSION_USER USER")


def _only_names(c: Cursor) -> bool:
    """Whether the next word is followed by `(a, b)`, and that by the end of the expression."""
    if c.peek() != "(":
        return False
    at = 2
    while (c.peek(at) == QUOTED or is_word(c.peek(at))) and c.peek(at + 1) == ",":
        at += 2
    closed = (c.peek(at) == QUOTED or is_word(c.peek(at))) and c.peek(at + 1) == ")"
    return closed and (_ends(c.peek(at + 2)) or c.peek(at + 2) in CLAUSES)


def select_item(c: Cursor) -> Expression:
    """A named expression of a SELECT; `v:a.b` is named after the end of its path."""
    e = named_expression(c)
    if c.path_alias is not None and c.path_alias[0] is e:
        return UnresolvedAlias(e, (c.path_alias[1],))
    return e


def sort_item(c: Cursor) -> SortOrder:
    """`e [ASC | DESC] [NULLS FIRST | LAST]`; by default nulls are first ascending and last descending."""
    e = expression(c)
    ascending = c.take_any("ASC", "DESC") != "DESC"
    nulls_first = ascending
    if c.kind == "NULLS" and c.peek() in ("FIRST", "LAST"):
        nulls_first = c.peek() == "FIRST"
        c.i += 2
    return SortOrder(e, ascending, nulls_first)
