"""`show()`: the first rows with every column as the text it is printed as."""

from __future__ import annotations

from dataclasses import replace

from glowplug.analyze.context import Context
from glowplug.functions.internal import shown
from glowplug.plan.expressions import Alias, Attribute, Literal, new_id
from glowplug.plan.relations import Limit, Project, Relation, ShowString
from glowplug.types import INT, STRING

MOST_ROWS = (1 << 31) - 17


def resolve_show(node: ShowString, cx: Context) -> Relation:
    """One row more than is shown is asked for, which tells whether there are more."""
    rows = min(max(node.rows, 0), MOST_ROWS)
    texts = tuple(Alias(shown(a), a.name, new_id(), "{}") for a in node.child.output)
    name = "html_string" if node.html else "show_string"
    return replace(
        node,
        child=Project(Limit(node.child, Literal(rows + 1, INT)), texts),
        rows=rows,
        column=Attribute(name, STRING, False, new_id()),
    )
