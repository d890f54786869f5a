"""Table functions of the columns before them: a stage over those rows."""

from __future__ import annotations

from dataclasses import replace

from glowplug.errors import unsupported
from glowplug.plan.expressions import Expression, Literal, OuterReference
from glowplug.plan.python import TablePython
from glowplug.plan.relations import Filter, Join, OneRow, Project, Relation, nullable
from glowplug.plan.tree import map_expressions


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
        raise unsupported("a left lateral join of a table function with a condition")
    inside = {a.id for a in node.left.output}

    def here(e: Expression) -> Expression:
        if isinstance(e, OuterReference) and e.attribute.id in inside:
            return e.attribute
        return map_expressions(e, here)  # type: ignore[no-any-return]

    made = tuple(map(nullable, call.made)) if outer else call.made
    done: Relation = replace(
        call, child=node.left, args=tuple(map(here, call.args)), kept=node.left.output, made=made, outer=outer
    )
    if project is not None:
        done = Project(done, (*node.left.output, *map(here, project.expressions)))
    return done if node.condition is None else Filter(done, node.condition)
