"""Rows are grouped by the start of their window, not by the window."""

from __future__ import annotations

from dataclasses import replace

from glowplug.functions.time_windows import WINDOW_FROM
from glowplug.optimize.context import Context
from glowplug.optimize.prune_columns import used
from glowplug.plan.expressions import Alias, Attribute, Call, Expression, new_id
from glowplug.plan.relations import Aggregate, Project, Relation, to_attribute


def group_windows(node: Relation, cx: Context) -> Relation | None:
    """Aggregate([w, k], Project(window_from(start) AS w, …)) → Project(window_from(s) AS w, Aggregate([s, k], …)).

    A window is a struct: the kernel would make one of every row, and compare them field by field.
    """
    if not (isinstance(node, Aggregate) and node.sets is None and isinstance(node.child, Project)):
        return None
    keys = {e.id for e in node.grouping if isinstance(e, Attribute)}
    computing = [e for e in node.results if not isinstance(e, Attribute)]
    keys -= used(*computing, *(e for e in node.grouping if not isinstance(e, Attribute)))
    windows = {e.id: e for e in node.child.expressions if isinstance(e, Alias) and e.id in keys and _is_window(e.child)}
    if not windows:
        return None
    starts = {id: Alias(e.child.args[0], "start", new_id()) for id, e in windows.items()}  # type: ignore[attr-defined]

    def start(e: Expression) -> Expression:
        return to_attribute(starts[e.id]) if isinstance(e, Attribute) and e.id in starts else e

    below = tuple(starts.get(e.id, e) for e in node.child.expressions)  # type: ignore[attr-defined]
    grouped = Aggregate(
        replace(node.child, expressions=below), tuple(map(start, node.grouping)), tuple(map(start, node.results))
    )

    def whole(column: Attribute) -> Expression:
        if column.id not in windows:
            return column
        made = windows[column.id].child
        assert isinstance(made, Call)
        made = replace(made, args=(to_attribute(starts[column.id]), *made.args[1:]))
        return Alias(made, column.name, column.id, column.metadata, column.qualifier)

    return Project(grouped, tuple(map(whole, node.output)))


def _is_window(e: Expression) -> bool:
    return isinstance(e, Call) and e.function.names[0] == WINDOW_FROM
