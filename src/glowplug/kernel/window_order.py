"""In which order rows leave the windows that are computed over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glowplug.kernel.equality import at_hand, placed
from glowplug.plan.expressions import SortOrder, WindowExpression
from glowplug.plan.relations import Project
from glowplug.plan.tree import walk

if TYPE_CHECKING:
    from glowplug.kernel.compile import Compiler


def in_window_order(node: Project, rows: str, to: Compiler) -> tuple[str, str]:
    """A FROM clause, and an ORDER BY. Spark sorts rows for a window by its partitions and its order, and leaves them
    so: those that are few, and at hand, come like that; the kernel's come in the order of a hash."""
    windows = [w for e in node.expressions for w in walk(e) if isinstance(w, WindowExpression)]
    kinds = list(dict.fromkeys((w.partition_by, w.order_by) for w in windows))
    for done in range(1, len(kinds)):  # one whose partitions are those of the one below, and larger, is computed first
        for i in range(done, 0, -1):
            below, above = kinds[i - 1 : i + 1]
            if set(above[0]) < set(below[0]):
                kinds[i - 1 : i + 1] = above, below
    keys = [o for by, order in reversed(kinds) for o in (*map(SortOrder, by), *order)]
    if not keys or not at_hand(node.child):
        return rows, ""
    return placed(rows), f" ORDER BY {', '.join(map(to.order, keys))}, _place"
