"""Making nodes that no user wrote."""

from __future__ import annotations

from collections.abc import Iterable

from glowplug.plan.expressions import Attribute, Expression, UnresolvedFunction, new_id
from glowplug.types import StructField


def called(name: str, *args: Expression, distinct: bool = False) -> UnresolvedFunction:
    """A call by name that the engine itself makes, which may be of an internal function; analysis resolves it."""
    return UnresolvedFunction((name,), args, distinct, internal=True)


def columns_of(fields: Iterable[StructField]) -> tuple[Attribute, ...]:
    """New columns of these names, types and metadata."""
    return tuple(Attribute(f.name, f.type, f.nullable, new_id(), (), f.metadata) for f in fields)
