"""SQL scripting: `BEGIN … END`, conditions, loops, handlers.

Source: https://spark.apache.org/docs/latest/sql-ref-scripting.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal as OneOf

from glowplug.errors import ScriptError
from glowplug.plan.commands import Command, SQLStatement
from glowplug.plan.node import Node
from glowplug.plan.relations import OneRow, Relation, Select, SQLText
from glowplug.plan.scripts import (
    Block,
    Case,
    Condition,
    For,
    Handler,
    If,
    Iterate,
    Leave,
    Loop,
    Repeat,
    Script,
    Step,
    Test,
    While,
)
from glowplug.sql import expressions, literals, queries, statements, variables
from glowplug.sql.cursor import Cursor
from glowplug.sql.script_checks import check
from glowplug.sql.tokens import END

_LABELLED = ("BEGIN", "WHILE", "REPEAT", "LOOP", "FOR")


def script(c: Cursor) -> Command:
    """The whole text."""
    if c.positional:
        raise ScriptError("UNSUPPORTED_FEATURE.SQL_SCRIPTING_WITH_POSITIONAL_PARAMETERS")
    c.constant = None
    block = _block(c, None)
    check(block)
    return Script(block)


def _block(c: Cursor, label: str | None) -> Block:
    c.expect("BEGIN")
    c.take("NOT", "ATOMIC")
    body = _body(c, "END")
    c.expect("END")
    return Block(body.body, label, scope=True)


def _body(c: Cursor, *ends: str) -> Block:
    """Statements, each followed by a semicolon, up to one of these words."""
    nodes: list[Node] = []
    while c.kind not in ends or c.peek() in ("=", "."):
        if c.kind == END or (c.kind == ";" and nodes):
            c.fail(f": missing '{ends[-1]}'")
        nodes.append(_node(c))
        c.expect(";")
    return Block(tuple(nodes))


def _node(c: Cursor) -> Node:
    start = c.i
    label: str | None = None
    if c.at_identifier() and c.peek() == ":" and c.peek(2) in _LABELLED:
        label = c.identifier()
        c.i += 1
    rule = _RULES.get(c.kind)
    if rule is None or (c.kind in ("CASE", "IF") and c.peek() in ("=", ".")):
        return _step(c, start)
    node = rule(c, label)
    if c.kinds[start + 2 if label else start] in _LABELLED and c.at_identifier():
        place = c.i
        end_label = c.identifier()
        if label is None:
            raise ScriptError("END_LABEL_WITHOUT_BEGIN_LABEL", c.origin(place), endLabel=f"`{end_label}`")
        if end_label.lower() != label.lower():
            labels = {"beginLabel": f"`{label}`", "endLabel": f"`{end_label}`"}
            raise ScriptError("LABELS_MISMATCH", c.origin(place), **labels)
    return node


def _step(c: Cursor, start: int) -> Node:
    """A statement; SET is of variables here, not of settings."""
    if c.kind == "SET":
        c.i += 1
        if c.kind in ("VAR", "VARIABLE") and c.peek() not in ("=", "."):
            c.i += 1
            c.fail(f": extra input '{c.raw()}'")
        names = c.i
        return _later(c, variables.assignment(c), start, f"SET VARIABLE {c.between(names, c.i)}")
    if c.at_identifier() and not statements.begins(c):
        c.i += 1  # Spark's parser takes it for a label
        c.fail()
    statement = statements.statement(c)
    return _later(c, statement, start, c.between(start, c.i))


def _later(c: Cursor, statement: Relation | Command, start: int, text: str) -> Step:
    """The statement, or its text where IDENTIFIER needs values that it has only when it runs."""
    if c.deferred:
        c.deferred = False
        statement = SQLStatement(SQLText(text, tuple(c.named.items())))
    return Step(statement, c.between(start, c.i))


def _test(c: Cursor) -> Test:
    start = c.i
    query: Relation = Select(OneRow(), (expressions.expression(c),))
    text = c.between(start, c.i)
    if c.deferred:
        c.deferred = False
        query = SQLText(f"SELECT {text}", tuple(c.named.items()))
    return Test(query, text)


def _declare(c: Cursor, label: str | None) -> Node:
    """A variable, a cursor, a condition or a handler."""
    start = c.i
    kind = c.peek()
    if kind in ("EXIT", "CONTINUE") and c.peek(2) == "HANDLER":
        return _handler(c, "exit" if kind == "EXIT" else "continue")
    if c.peek(2) == "CONDITION":
        c.i += 1
        name = c.identifier().upper()
        c.i += 1
        sqlstate = _sqlstate(c) if c.take("FOR") else "45000"
        return Condition(name, sqlstate)
    return _step(c, start)


def _sqlstate(c: Cursor) -> str:
    start = c.i
    c.expect("SQLSTATE")
    c.take("VALUE")
    given = literals.string(c)
    state = given.upper()
    if len(state) != 5 or not state.isalnum() or state[:2] in ("00", "01", "XX"):
        raise ScriptError("INVALID_SQLSTATE", c.origin(start), sqlState=given)
    return state


def _handler(c: Cursor, kind: OneOf["exit", "continue"]) -> Node:
    c.expect("DECLARE", kind.upper(), "HANDLER", "FOR")
    conditions: list[str] = []
    states: list[str] = []
    any_error = not_found = False
    while True:
        if c.take("SQLEXCEPTION"):
            any_error = True
        elif c.take("NOT", "FOUND"):
            not_found = True
        elif c.kind == "SQLSTATE":
            states.append(_sqlstate(c))
        else:
            conditions.append(".".join([c.identifier(), *_more_parts(c)]).upper())
        if not c.take(","):
            break
    if c.kind == "BEGIN":
        body = _block(c, None)
    else:
        body = Block((_step(c, c.i),))
    return Handler(kind, body, tuple(conditions), tuple(states), any_error, not_found)


def _more_parts(c: Cursor) -> list[str]:
    parts = []
    while c.take("."):
        parts.append(c.identifier())
    return parts


def _if(c: Cursor, label: str | None) -> Node:
    c.expect("IF")
    branches = [_branch(c, "ELSEIF", "ELSE", "END")]
    while c.take("ELSEIF"):
        branches.append(_branch(c, "ELSEIF", "ELSE", "END"))
    otherwise = _body(c, "END") if c.take("ELSE") else None
    c.expect("END", "IF")
    return If(tuple(branches), otherwise)


def _branch(c: Cursor, *ends: str) -> tuple[Test, Block]:
    condition = _test(c)
    c.expect("THEN")
    return condition, _body(c, *ends)


def _case(c: Cursor, label: str | None) -> Node:
    c.expect("CASE")
    operand = None if c.kind == "WHEN" else _test(c)
    branches = []
    while c.take("WHEN"):
        branches.append(_branch(c, "WHEN", "ELSE", "END"))
    if not branches:
        c.fail()
    otherwise = _body(c, "END") if c.take("ELSE") else None
    c.expect("END", "CASE")
    return Case(operand, tuple(branches), otherwise)


def _while(c: Cursor, label: str | None) -> Node:
    c.expect("WHILE")
    condition = _test(c)
    c.expect("DO")
    body = _body(c, "END")
    c.expect("END", "WHILE")
    return While(condition, body, label)


def _repeat(c: Cursor, label: str | None) -> Node:
    c.expect("REPEAT")
    body = _body(c, "UNTIL")
    c.expect("UNTIL")
    condition = _test(c)
    c.expect("END", "REPEAT")
    return Repeat(body, condition, label)


def _loop(c: Cursor, label: str | None) -> Node:
    c.expect("LOOP")
    body = _body(c, "END")
    c.expect("END", "LOOP")
    return Loop(body, label)


def _for(c: Cursor, label: str | None) -> Node:
    c.expect("FOR")
    variable: str | None = None
    if c.at_identifier() and c.peek() == "AS":
        variable = c.identifier()
        c.i += 1
    start = c.i
    query = queries.query(c)
    if c.deferred:
        c.deferred = False
        query = SQLText(c.between(start, c.i), tuple(c.named.items()))
    c.expect("DO")
    body = _body(c, "END")
    c.expect("END", "FOR")
    return For(query, body, variable, label)


def _leave(c: Cursor, label: str | None) -> Node:
    c.expect("LEAVE")
    return Leave(c.identifier())


def _iterate(c: Cursor, label: str | None) -> Node:
    c.expect("ITERATE")
    return Iterate(c.identifier())


_RULES: dict[str, Callable[[Cursor, str | None], Node]] = {
    "BEGIN": _block,
    "DECLARE": _declare,
    "IF": _if,
    "CASE": _case,
    "WHILE": _while,
    "REPEAT": _repeat,
    "LOOP": _loop,
    "FOR": _for,
    "LEAVE": _leave,
    "ITERATE": _iterate,
}
