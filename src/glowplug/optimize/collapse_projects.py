"""Projections over projections become one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Call,
    Cast,
    Expression,
    GetField,
    Literal,
    Subquery,
    WindowExpression,
)
from glowplug.plan.relations import Project, Relation, ResolvedHint, SubqueryAlias
from glowplug.plan.tree import map_expressions, walk

# Nodes of an expression past which it is left where it is rather than written into the one above, and of operators
# that are written again at each use: the kernel computes equal ones of one projection once.
MOST_NODES = 2000
MOST_REPEATED = 32


def collapse_projects(plan: Relation) -> Relation:
    """Project(a + 1 AS b, Project(x * 2 AS a, t)) → Project(x * 2 + 1 AS b, t). `plan` is the top of a chain.

    A loop of `withColumn` thereby stays one level deep. An expression used more than once moves up only if it is light.
    """
    levels: list[Project] = []
    below = plan
    while isinstance(below, (Project, SubqueryAlias, ResolvedHint)):
        if isinstance(below, Project):
            levels.append(below)
        below = below.child
    if not levels:
        return below
    if len(levels) == 1 and levels[0].child is below:
        return levels[0]
    chain = _Chain(below)
    for level in reversed(levels):
        chain.add(level.expressions)
    return chain.relation()


@dataclass(slots=True)
class _Chain:
    """Levels taken into one projection over `base`, from the lowest up.

    `made` are the columns that the levels so far compute, over the base's columns; `fixed` those that stay where they
    are, because computing them elsewhere or again is not the same; `sizes` are in nodes.
    """

    base: Relation
    top: tuple[Expression, ...] | None = None
    made: dict[int, Alias] = field(default_factory=dict)
    sizes: dict[int, int] = field(default_factory=dict)
    light: set[int] = field(default_factory=set)
    fixed: set[int] = field(default_factory=set)

    def add(self, level: tuple[Expression, ...]) -> None:
        """One more level; where it cannot be joined to those so far, they become its base."""
        computed = [e for e in level if isinstance(e, Alias)]
        if not self._joins(level, computed):
            self.base = self.relation()
            self.made, self.sizes, self.light, self.fixed = {}, {}, set(), set()
        for e in [self._substituted(e) for e in computed]:
            nodes = list(walk(e.child))
            self.made[e.id] = e
            self.sizes[e.id] = len(nodes)
            if _is_fixed(nodes):
                self.fixed.add(e.id)
            if len(nodes) == 1 or (len(nodes) <= MOST_REPEATED and all(map(_is_light, nodes))):
                self.light.add(e.id)
        self.top = level

    def _joins(self, level: tuple[Expression, ...], computed: Iterable[Alias]) -> bool:
        if not self.made:
            return True
        passed = {e.id for e in level if isinstance(e, Attribute)}
        if not self.fixed.isdisjoint(passed):
            return False
        for e in computed:
            inside = list(walk(e.child))
            uses = Counter(x.id for x in inside if isinstance(x, Attribute) and x.id in self.made)
            if any(isinstance(x, Subquery) or (uses and isinstance(x, WindowExpression)) for x in inside):
                return False
            if sum(self.sizes[id] * n for id, n in uses.items()) + len(inside) > MOST_NODES:
                return False
            for id, count in uses.items():
                if id in self.fixed or ((count > 1 or id in passed) and id not in self.light):
                    return False
                passed.add(id)  # used by now, for the items after this one
        return True

    def _substituted(self, e: Alias) -> Alias:
        child = self._up(e.child) if self.made else e.child
        return e if child is e.child else Alias(child, e.name, e.id, e.metadata, e.qualifier)

    def _up(self, e: Expression) -> Expression:
        if isinstance(e, Attribute):
            return self.made[e.id].child if e.id in self.made else e
        return map_expressions(e, self._up)  # type: ignore[no-any-return]

    def relation(self) -> Relation:
        """The levels so far as one."""
        return self.base if self.top is None else Project(self.base, tuple(map(self._item, self.top)))

    def _item(self, e: Expression) -> Expression:
        if isinstance(e, Alias):
            return self.made[e.id]
        if isinstance(e, Attribute) and (made := self.made.get(e.id)) is not None:
            return made if made.name == e.name else Alias(made.child, e.name, e.id, e.metadata, e.qualifier)
        return e


def _is_fixed(nodes: list[Expression]) -> bool:
    return any(
        isinstance(x, (Subquery, WindowExpression))
        or (isinstance(x, Call) and (not x.function.deterministic or x.function.kind != "scalar"))
        for x in nodes
    )


def _is_light(e: Expression) -> bool:
    """Columns, constants, fields, casts and operators."""
    return isinstance(e, (Attribute, Literal, Cast, GetField)) or (
        isinstance(e, Call) and e.function.kind == "scalar" and not e.function.names[0].isidentifier()
    )
