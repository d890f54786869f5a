"""`df.col` refers to a DataFrame by its number: which of a plan's columns are whose."""

from __future__ import annotations

from glowplug.analyze.context import Context, scope_of
from glowplug.plan.relations import DataFrameNode, Relation


def mark_frame(node: DataFrameNode, cx: Context) -> Relation:
    """Remember a DataFrame under its number; one that is used twice has two sets of columns."""
    cx.frames.setdefault(node.plan_id, []).append(scope_of(node.child, cx=cx))
    return node.child
