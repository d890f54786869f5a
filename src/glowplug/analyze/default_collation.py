"""DEFAULT COLLATION of a view or function: what its text calls a STRING without more is one of that collation.

Source: Spark SQL reference, "Collation": constants and casts in the text of an object have the object's collation.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from glowplug.functions.collation_keys import in_collation
from glowplug.plan.expressions import Cast, Expression, Literal
from glowplug.plan.relations import Relation
from glowplug.plan.tree import rewrite
from glowplug.types import STRING


def in_default(node: Any, collation: str | None) -> Any:
    """A parsed query or expression whose constants and casts without a collation have the given one."""
    if collation is None:
        return node
    node = rewrite(node, (Relation, Expression), lambda inner: in_default(inner, collation))
    match node:
        case Literal(_, type) if type == STRING:
            return replace(node, type=in_collation(type, collation))
        case Cast(type=type) if not node.implicit:
            return replace(node, type=in_collation(type, collation))
    return node
