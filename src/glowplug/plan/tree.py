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
from operator import is_
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
_BARE = {cls: frozenset((cls,)) for cls in (Attribute, Literal, LambdaVariable)}


@cache
def _field_names(cls: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(cls) if f.compare and not _names_in(str(f.type)) <= _LEAVES)


def _names_in(annotation: str) -> set[str]:
    return set(re.findall(r"\w+", re.sub(r"'[^']*'|\"[^\"]*\"", "", annotation)))


def children(node: Any) -> tuple[Any, ...]:
    """The direct sub-nodes: relations and expressions, in the order of the fields."""
    if node.__class__ in _BARE:
        return ()
    try:
        return node._children  # type: ignore[no-any-return]
    except AttributeError:
        found: list[Any] = []
        for name in _field_names(node.__class__):
            _collect(getattr(node, name), found)
        return _keep(node, "_children", found)


def _collect(value: Any, found: list[Any]) -> None:
    if isinstance(value, (Expression, Relation)):
        found.append(value)
    elif isinstance(value, tuple):
        for item in value:
            _collect(item, found)
    elif isinstance(value, Node):
        found += children(value)


def _keep(node: Any, what: str, found: list[Any]) -> tuple[Any, ...]:
    object.__setattr__(node, what, tuple(found))
    return getattr(node, what)  # type: ignore[no-any-return]


def expressions_in(node: Any) -> tuple[Expression, ...]:
    """The expressions directly in a node."""
    if node.__class__ in _BARE:
        return ()
    try:
        return node._expressions  # type: ignore[no-any-return]
    except AttributeError:
        return _keep(node, "_expressions", [c for c in children(node) if isinstance(c, Expression)])


def relations_in(node: Any) -> tuple[Relation, ...]:
    """The relations directly in a node, and the plans of the subqueries in its expressions."""
    if node.__class__ in _BARE:
        return ()
    try:
        return node._relations  # type: ignore[no-any-return]
    except AttributeError:
        found: list[Any] = []
        for c in children(node):
            if c.__class__ not in _BARE:
                found += (c,) if isinstance(c, Relation) else relations_in(c)
        return _keep(node, "_relations", found)


def kinds(node: Any) -> frozenset[type]:
    """The classes of all expressions in a node, its own with an expression; outer references are not entered, nor are
    other relations. Tells a rule at once that it has nothing to do here."""
    if (alone := _BARE.get(node.__class__)) is not None:
        return alone
    try:
        return node._kinds  # type: ignore[no-any-return]
    except AttributeError:
        inside = () if isinstance(node, OuterReference) else expressions_in(node)
        own = (node.__class__,) if isinstance(node, Expression) else ()
        object.__setattr__(node, "_kinds", frozenset(own).union(*map(kinds, inside)))
        return node._kinds  # type: ignore[no-any-return]


def rewrite(node: Any, kind: type | tuple[type, ...], change: Callable[[Any], Any]) -> Any:
    """`node` with `change` applied to each direct sub-node of `kind`; the same node if nothing changed."""
    old = children(node)
    new = [change(c) if isinstance(c, kind) else c for c in old]
    return node if all(map(is_, new, old)) else _with_children(node, iter(new))


def rewrite_plans(node: Any, change: Callable[[Any], Any]) -> Any:
    """As `rewrite`, to reach relations: a node with none below it, as most expressions are, is not looked into."""
    return rewrite(node, (Expression, Relation), change) if relations_in(node) else node


def _with_children(node: Any, new: Iterator[Any]) -> Any:
    cls = node.__class__
    updates = {name: _refilled(getattr(node, name), new) for name in _field_names(cls)}
    copy = object.__new__(cls)
    for f in cls.__dataclass_fields__:
        object.__setattr__(copy, f, updates[f] if f in updates else getattr(node, f))
    return copy


def _refilled(value: Any, new: Iterator[Any]) -> Any:
    """A field's value with the next of the new nodes in each place where it has one."""
    if isinstance(value, (Expression, Relation)):
        return next(new)
    if isinstance(value, tuple):
        return tuple([_refilled(v, new) for v in value]) if value else value
    return _with_children(value, new) if isinstance(value, Node) else value


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
        if not isinstance(node, OuterReference):
            stack += expressions_in(node)[::-1]


def walk_relations(node: Any) -> Iterator[Relation]:
    """Every relation of a relation, expression or command, parents first, those of subqueries included."""
    stack: list[Any] = [node] if isinstance(node, Relation) else [*relations_in(node)[::-1]]
    while stack:
        node = stack.pop()
        yield node
        stack += relations_in(node)[::-1]


def column_ids(plan: Relation) -> frozenset[int]:
    """The ids of the columns of every relation in a plan."""
    try:
        return plan._ids
    except AttributeError:
        object.__setattr__(plan, "_ids", frozenset([a.id for r in walk_relations(plan) for a in r.output]))
        return plan._ids


def contains(e: Any, kind: type | tuple[type, ...]) -> bool:
    """Whether an expression tree has a node of `kind`."""
    return any(issubclass(k, kind) for k in kinds(e))


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
