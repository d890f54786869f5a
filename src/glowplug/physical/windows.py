"""Windows of user code."""

from __future__ import annotations

from glowplug.plan.relations import Relation


def window_python(node: Relation) -> Relation | None:
    return None
