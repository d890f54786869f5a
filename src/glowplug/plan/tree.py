"""Walking and rewriting plans. Nodes are found in a node's fields, at any depth of tuples.

`children` are the relations and expressions directly below a node; `rewrite` builds the node anew when any of them
changed, and returns the very same node when none did, so that a rule that does nothing costs nothing further up.
A `Node` that is neither relation nor expression (a window's bound, a clause of MERGE, a command within another) has no
place in the tree of its own: what it holds belongs to the node that holds it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from functools import cache
from typing import Any

from glowplug.plan.expressions import Attribute, Expression, LambdaVariable, Literal, OuterReference
from glowplug.plan.node import Node
from glowplug.plan.relations import Relation

# What holds no nodes: a field whose annotation names nothing else need not be looked into.
_LEAVES = {
    *("str", "int", "float", "bool", "bytes", "None", "tuple", "Names", "Pairs", "OneOf", "SaveMode", "JoinType"),
    *("EvalMode", "Origin", "Position", "Function", "DataType", "StructType", "StructField"),
}

# What trees mostly consist of, and what has nothing below it.
_BARE = frozenset((Attribute, Literal, LambdaVariable))


@cache
def _field_names(cls: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(cls) if f.compare and not _names_in(str(f.type)) <= _BARE)


def _names_in(annotation: str) -> set[str]:
    return set(re.findall(r"\w+", re.sub(r"'[^']*'|\"[^\"]*\"", "", annotation)))


def children(node: Any) -> list[Any]:
    """The direct sub-nodes: relations and expressions, in the order of the fields."""
    found: list[Any] = []
    if node.__class__ in _BARE:
        return found
    for name in _field_names(node.__class__):
        _collect(getattr(node, name), found)
    return found


def _collect(value: Any, found: list[Any]) -> None:
    if isinstance(value, (Expression, Relation)):
        found.append(value)
    elif isinstance(value, tuple):
        for item in value:
            if isinstance(item, (Expression, Relation)):
                found.append(item)
            else:
                _collect(item, found)
    elif isinstance(value, Node):
        found += children(value)


def expressions_in(node: Any) -> list[Expression]:
    """The expressions directly in a node."""
    return [c for c in children(node) if isinstance(c, Expression)]


def rewrite(node: Any, kind: type | tuple[type, ...], change: Callable[[Any], Any]) -> Any:
    """`node` with `change` applied to each direct sub-node of `kind`; the same node if nothing changed."""
    if node.__class__ in _BARE:
        return node
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


def _rewrite_value(value: Any, kind: type | tuple[type, ...], change: Callable[[Any], Any]) -> Any:
    if isinstance(value, kind):
        return change(value)
    if isinstance(value, tuple):
        if not value:
            return value
        new = tuple([change(v) if isinstance(v, kind) else _rewrite_value(v, kind, change) for v in value])
        return new if any(a is not b for a, b in zip(new, value, strict=True)) else value
    if isinstance(value, Node) and not isinstance(value, (Expression, Relation)):
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
        if node.__class__ not in _BARE and not isinstance(node, OuterReference):
            stack += reversed(expressions_in(node))


def walk_relations(node: Any) -> Iterator[Relation]:
    """Every relation of a relation, expression or command, parents first, those of subqueries included."""
    stack: list[Any] = [node]
    while stack:
        node = stack.pop()
        if isinstance(node, Relation):
            yield node
        stack += reversed(children(node))


def contains(e: Any, kind: type | tuple[type, ...]) -> bool:
    """Whether an expression tree has a node of `kind`."""
    return any(isinstance(x, kind) for x in walk(e))


def outer_columns(plan: Relation) -> tuple[Attribute, ...]:
    """The columns of the queries around that a subquery's plan uses, each once."""
    found = (
        x.attribute
        for r in walk_relations(plan)
        for e in expressions_in(r)
        for x in walk(e)
        if isinstance(x, OuterReference)
    )
    return tuple({a.id: a for a in found}.values())
