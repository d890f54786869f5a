from __future__ import annotations

from glowplug.analyze.context import Context
from glowplug.plan.relations import DataFrameNode, Relation


def mark_frame(node: DataFrameNode, cx: Context) -> Relation:
    """Remember a DataFrame under its number; one that is used twice has two sets of columns."""
    cx.frames.setdefault(node.plan_id, []).append(node.child)
    return node.child
