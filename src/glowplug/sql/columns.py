"""Columns and constraints as tables define them.

What a column has besides its type is in its metadata, under the keys Spark keeps it: `comment`, `CURRENT_DEFAULT`
and `EXISTS_DEFAULT`, `GENERATION_EXPRESSION`, `identity.*`.
"""

from __future__ import annotations

import json
from typing import Any
from typing import Literal as OneOf

from glowplug.errors import ParseError
from glowplug.plan.commands import Constraint
from glowplug.sql import expressions, literals, types
from glowplug.sql.clauses import Once
from glowplug.sql.cursor import Cursor
from glowplug.sql.names import multipart
from glowplug.sql.tokens import NUMBER
from glowplug.types import StructField

_CONSTRAINTS = ("CONSTRAINT", "CHECK", "PRIMARY", "UNIQUE", "FOREIGN", "REFERENCES")


def table_element(c: Cursor) -> tuple[StructField | None, tuple[Constraint, ...]]:
    """A column with its own constraints, or a constraint of the table."""
    if at_table_constraint(c):
        return None, (table_constraint(c),)
    return definition(c)


def definition(c: Cursor) -> tuple[StructField, tuple[Constraint, ...]]:
    """`name type [NOT NULL] [DEFAULT e] [GENERATED …] [COMMENT '…'] [constraints]`"""
    start = c.i
    name = c.name()
    once = Once(c, start, "CREATE_TABLE_COLUMN_DESCRIPTOR_DUPLICATE", name)
    type = types.data_type(c)
    nullable = True
    metadata: dict[str, Any] = {}
    constraints: list[Constraint] = []
    while True:
        if c.negation("NULL"):
            once("NOT NULL")
            nullable = False
        elif c.kind == "DEFAULT":
            once("DEFAULT")
            text = default_text(c)
            metadata |= {"CURRENT_DEFAULT": text, "EXISTS_DEFAULT": text}
        elif c.take("GENERATED"):
            once("GENERATED ALWAYS AS")
            metadata |= _generated(c)
        elif c.take("COMMENT"):
            once("COMMENT")
            metadata["comment"] = literals.string(c)
        elif c.kind in _CONSTRAINTS:
            constraints.append(_column_constraint(c))
        else:
            break
    text = json.dumps(metadata, ensure_ascii=False) if metadata else "{}"
    return StructField(name, type, nullable, text), tuple(constraints)


def default_text(c: Cursor) -> str:
    """`DEFAULT e`: the expression's text, after a look that it is one."""
    c.expect("DEFAULT")
    start = c.i
    expressions.expression(c)
    return c.written(start, c.i)


def _generated(c: Cursor) -> dict[str, Any]:
    if c.take("ALWAYS", "AS", "("):
        start = c.i
        expressions.expression(c)
        text = c.written(start, c.i)
        c.expect(")")
        return {"GENERATION_EXPRESSION": text}
    always = c.take("ALWAYS")
    if not always:
        c.expect("BY", "DEFAULT")
    c.expect("AS", "IDENTITY")
    start_, step = 1, 1
    if c.take("("):
        while not c.take(")"):
            if c.take("START", "WITH"):
                start_ = _signed(c)
            else:
                c.expect("INCREMENT", "BY")
                step = _signed(c)
    return {"identity.start": start_, "identity.step": step, "identity.allowExplicitInsert": not always}


def _signed(c: Cursor) -> int:
    negative = c.take("-")
    if c.kind != NUMBER:
        c.fail()
    value = literals.number(c, negative).value
    return int(value)


# --- constraints ---------------------------------------------------------------------------------------


def at_table_constraint(c: Cursor) -> bool:
    """The words are columns' names where a type follows them."""
    if c.kind == "CONSTRAINT":
        return c.peek(2) in ("CHECK", "PRIMARY", "UNIQUE", "FOREIGN")
    after = {"CHECK": "(", "UNIQUE": "(", "PRIMARY": "KEY", "FOREIGN": "KEY"}.get(c.kind)
    return after is not None and c.peek() == after


def table_constraint(c: Cursor) -> Constraint:
    """`[CONSTRAINT name] CHECK (…) | PRIMARY KEY (…) | UNIQUE (…) | FOREIGN KEY (…) REFERENCES t (…)`"""
    start = c.i
    name = c.name() if c.take("CONSTRAINT") else None
    if c.kind == "CHECK":
        return _characteristics(c, start, _check(c, name))
    if c.take("FOREIGN", "KEY"):
        c.names()
        return _characteristics(c, start, _references(c, name))
    kind = _key(c)
    c.names()
    return _characteristics(c, start, Constraint(kind, name))


def _column_constraint(c: Cursor) -> Constraint:
    start = c.i
    name = c.name() if c.take("CONSTRAINT") else None
    if c.kind == "CHECK":
        return _characteristics(c, start, _check(c, name))
    if c.kind == "REFERENCES":
        return _characteristics(c, start, _references(c, name))
    return _characteristics(c, start, Constraint(_key(c), name))


def _key(c: Cursor) -> OneOf["primary key", "unique"]:
    if c.take("UNIQUE"):
        return "unique"
    c.expect("PRIMARY", "KEY")
    return "primary key"


def _check(c: Cursor, name: str | None) -> Constraint:
    c.expect("CHECK", "(")
    start = c.i
    expressions.expression(c)
    text = c.written(start, c.i)
    c.expect(")")
    return Constraint("check", name, text)


def _references(c: Cursor, name: str | None) -> Constraint:
    c.expect("REFERENCES")
    multipart(c)
    if c.kind == "(":
        c.names()
    return Constraint("foreign key", name)


def _characteristics(c: Cursor, start: int, constraint: Constraint) -> Constraint:
    """`[NOT] ENFORCED`, `RELY | NORELY`. A check is always enforced, a key never."""
    enforced = None
    while True:
        begin = c.i
        if c.take("NOT", "ENFORCED"):
            enforced = False
        elif c.take("ENFORCED"):
            enforced = True
        elif not c.take_any("RELY", "NORELY"):
            return constraint
        if enforced is not None and enforced != (constraint.kind == "check"):
            raise ParseError(
                "UNSUPPORTED_CONSTRAINT_CHARACTERISTIC",
                c.origin(start),
                characteristic=c.between(begin, c.i).upper(),
                constraintType=constraint.kind.upper(),
            )
