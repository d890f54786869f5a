"""Table functions of the columns before them: a stage over those rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from glowplug.functions.registry import lookup
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Call,
    Expression,
    FrameBound,
    Literal,
    OuterReference,
    WindowExpression,
    WindowFrame,
    new_id,
)
from glowplug.plan.python import TablePython
from glowplug.plan.relations import Filter, Join, OneRow, Project, Relation, nullable, to_attribute
from glowplug.plan.tree import map_expressions
from glowplug.types import BOOLEAN, INT, DataType

_RUNNING = WindowFrame("rows", FrameBound("unbounded"), FrameBound("current"))
_ALL = WindowFrame("rows", FrameBound("unbounded"), FrameBound("unbounded"))


def table_function_of_rows(node: Relation) -> Relation | None:
    """Join(t, TablePython(f(outer(x))), lateral) → TablePython(f(x), t)."""
    if not isinstance(node, Join) or not node.lateral:
        return None
    match node.right:
        case TablePython(OneRow()) as call:
            project = None
        case Project(TablePython(OneRow()) as call) as project:
            pass
        case _:
            return None
    outer = node.kind == "left"
    if isinstance(node.condition, Literal) and node.condition.value is True:
        node = replace(node, condition=None)
    if outer and (node.condition is not None or project is not None):
        return _left(node, call, project)
    here = _inside(node.left)
    made = tuple(map(nullable, call.made)) if outer else call.made
    done: Relation = replace(
        call, child=node.left, args=tuple(map(here, call.args)), kept=node.left.output, made=made, outer=outer
    )
    if project is not None:
        done = Project(done, (*node.left.output, *map(here, project.expressions)))
    return done if node.condition is None else Filter(done, node.condition)


def _inside(left: Relation) -> Callable[[Expression], Any]:
    """What makes of expressions over rows around them expressions over those rows."""
    ids = {a.id for a in left.output}

    def here(e: Expression) -> Any:
        if isinstance(e, OuterReference) and e.attribute.id in ids:
            return e.attribute
        return map_expressions(e, here)

    return here


def _left(node: Join, call: TablePython, project: Project | None) -> Relation:
    """Each row of the left side, once at least: where none of those made of it passes the condition, beside NULLs."""
    here = _inside(node.left)
    number = Alias(WindowExpression(_call("row_number", INT), (), (), _RUNNING), "row", new_id())
    left = Project(node.left, (*node.left.output, number))
    found = Attribute("found", BOOLEAN, False, new_id())
    made = tuple(map(nullable, call.made))
    args = tuple(map(here, call.args))
    rows = replace(call, child=left, args=args, kept=left.output, made=made, outer=True, found=found)
    shown: Relation = Project(rows, (*left.output, *map(here, project.expressions if project else made), found))
    right = shown.output[len(left.output) : -1]
    passing = found if node.condition is None else _call("and", BOOLEAN, found, node.condition)
    passes = Alias(_call("coalesce", BOOLEAN, passing, Literal(False, BOOLEAN)), "passes", new_id())
    shown = Project(shown, (*shown.output, passes))
    of_row = (to_attribute(number),)
    some = Alias(WindowExpression(_call("bool_or", BOOLEAN, to_attribute(passes)), of_row, (), _ALL), "some", new_id())
    first = Alias(WindowExpression(_call("row_number", INT), of_row, (), _RUNNING), "first", new_id())
    shown = Project(shown, (*shown.output, some, first))
    alone = _call(
        "and",
        BOOLEAN,
        _call("not", BOOLEAN, to_attribute(some)),
        _call("=", BOOLEAN, to_attribute(first), Literal(1, INT)),
    )
    chosen = Filter(shown, _call("or", BOOLEAN, to_attribute(passes), alone))
    values = (
        Alias(_call("if", a.type, to_attribute(passes), a, Literal(None, a.type)), a.name, a.id, a.metadata)
        for a in right
    )
    return Project(chosen, (*node.left.output, *values))


def _call(name: str, type: DataType, *args: Expression) -> Call:
    function = lookup(name)
    assert function is not None
    return Call(function, name, args, type, True)
