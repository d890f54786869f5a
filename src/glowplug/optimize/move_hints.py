"""Hints of joins stand in the joins."""

from __future__ import annotations

from dataclasses import replace

from glowplug.plan.relations import Filter, Join, Project, Relation, ResolvedHint, SubqueryAlias


def move_hints(plan: Relation) -> Relation:
    """Join(a, ResolvedHint(b, broadcast)) → Join(a, b) with the hint of its right side."""
    while isinstance(plan, ResolvedHint):
        plan = plan.child
    if isinstance(plan, Join):
        hints = (_hint(plan.left), _hint(plan.right))
        if any(hints):
            return replace(plan, hints=hints)
    return plan


def _hint(side: Relation) -> str:
    while isinstance(side, (Project, Filter, SubqueryAlias)):
        side = side.child
    return side.name if isinstance(side, ResolvedHint) else ""
