"""Making nodes that no user wrote."""

from __future__ import annotations

from glowplug.plan.expressions import Expression, UnresolvedFunction


def called(name: str, *args: Expression, distinct: bool = False) -> UnresolvedFunction:
    """A call by name that the engine itself makes, which may be of an internal function; analysis resolves it."""
    return UnresolvedFunction((name,), args, distinct, internal=True)
