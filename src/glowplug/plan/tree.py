"""Walking and rewriting plans. Nodes are found in a node's fields, at any depth of tuples.

`children` are the direct sub-nodes; `rewrite` builds the node anew when any of them changed, and returns the
very same node when none did, so that a rule that does nothing costs nothing further up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar

from glowplug.plan.expressions import Expression, FrameBound, OuterReference, WindowFrame
from glowplug.plan.relations import Relation, WindowSpec

# Not nodes themselves, but holding nodes.
_HOLDERS = (FrameBound, WindowFrame, WindowSpec)
_NODES = (Expression, Relation, *_HOLDERS)
N = TypeVar("N", Expression, Relation)


@cache
def _field_names(cls: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(cls) if f.compare or f.name == "table")


def children(node: Any) -> Iterator[Any]:
    """The direct sub-nodes: relations and expressions, in the order of the fields."""
    for name in _field_names(node.__class__):
        yield from _nodes_in(getattr(node, name))


def _nodes_in(value: Any) -> Iterator[Any]:
    if isinstance(value, (Expression, Relation)):
        yield value
    elif isinstance(value, _HOLDERS):
        yield from children(value)
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes_in(item)


def rewrite(node: Any, kind: type, change: Callable[[Any], Any]) -> Any:
    """`node` with `change` applied to each direct sub-node of `kind`; the same node if nothing changed."""
    updates = None
    for name in _field_names(node.__class__):
        old = getattr(node, name)
        new = _rewrite_value(old, kind, change)
        if new is not old:
            updates = updates or {}
            updates[name] = new
    return node if updates is None else _replace(node, updates)


def _replace(node: Any, updates: dict[str, Any]) -> Any:
    cls = node.__class__
    new = object.__new__(cls)
    for f in cls.__dataclass_fields__:
        object.__setattr__(new, f, updates[f] if f in updates else getattr(node, f))
    return new


def _rewrite_value(value: Any, kind: type, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, kind):
        return change(value)
    if isinstance(value, tuple):
        if not value:
            return value
        new = tuple([_rewrite_value(v, kind, change) for v in value])
        return new if any(a is not b for a, b in zip(new, value, strict=True)) else value
    if isinstance(value, _HOLDERS):
        return rewrite(value, kind, change)
    return value


def map_expressions(node: Any, change: Callable[[Expression], Any]) -> Any:
    """`node` with `change` applied to each expression directly in it (not below those, nor in child relations)."""
    return rewrite(node, Expression, change)


def map_relations(node: Any, change: Callable[[Relation], Relation]) -> Any:
    """`node` with `change` applied to each child relation."""
    return rewrite(node, Relation, change)


def map_all_relations(node: Any, change: Callable[[Relation], Relation]) -> Any:
    """As `map_relations`, and to the plans of subqueries in the node's expressions."""
    node = rewrite(node, Relation, change)
    return rewrite(node, Expression, lambda e: map_all_relations(e, change))


def walk(e: Any) -> Iterator[Any]:
    """Every expression of the tree, parents first; subquery plans and outer references are not entered."""
    stack = [e]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, OuterReference):
            continue
        stack.extend(reversed([c for c in children(node) if isinstance(c, Expression)]))


def walk_relations(r: Relation) -> Iterator[Relation]:
    """Every relation of the tree, parents first, those inside expressions (subqueries) included."""
    stack: list[Any] = [r]
    while stack:
        node = stack.pop()
        if isinstance(node, Relation):
            yield node
        stack.extend(reversed(list(children(node))))


def contains(e: Any, kind: type | tuple[type, ...]) -> bool:
    """Whether an expression tree has a node of `kind`."""
    return any(isinstance(x, kind) for x in walk(e))
