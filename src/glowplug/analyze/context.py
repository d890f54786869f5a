"""What analysis knows while it walks: the session's world, and the names visible at a place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from glowplug.config import Conf
from glowplug.plan.expressions import Alias, Attribute, Expression, LambdaVariable, Subquery
from glowplug.plan.relations import (
    Filter,
    Hint,
    Join,
    Limit,
    Project,
    Relation,
    Repartition,
    Scan,
    Sort,
    SubqueryAlias,
    WindowSpec,
)
from glowplug.plan.tree import outer_columns, walk

if TYPE_CHECKING:
    from glowplug.plan.function import Function


@dataclass(frozen=True, slots=True)
class World:
    """What analysis asks of the session, passed in so that analysis does not import it."""

    conf: Conf
    relation: Callable[..., Relation | None]  # a table or view by name, analysed; None if there is none
    source: Callable[..., Relation]  # a data source's Scan
    function: Callable[[str], Function | None]
    remote: Callable[[str], Relation]  # a checkpointed frame by id
    catalog: Callable[..., Relation]  # the rows of a catalog call
    parse: Callable[..., Relation]  # SQL text to a plan
    run: Callable[[Relation], list[tuple[object, ...]]]  # the few rows of an analysed plan (pivot values)
    facts: dict[str, str] = field(default_factory=dict)  # answers to current_user() and its like
    search_path: str = "[`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`]"


@dataclass(frozen=True, slots=True)
class Context:
    """`outer` are the scopes around a subquery, the nearest first; `frames` each DataFrame's occurrences."""

    world: World
    ctes: dict[str, Relation] = field(default_factory=dict)
    outer: tuple[Scope, ...] = ()
    frames: dict[int, list[Relation]] = field(default_factory=dict)

    @property
    def conf(self) -> Conf:
        return self.world.conf

    def within(self, scope: Scope) -> Context:
        """The context of a subquery that stands where `scope` is visible."""
        return replace(self, outer=(scope, *self.outer))

    def with_ctes(self, ctes: dict[str, Relation]) -> Context:
        return replace(self, ctes={**self.ctes, **ctes})


@dataclass(slots=True)
class Scope:
    """The names visible to an expression. `hidden` columns are found by name but are not part of `*`.

    `relations` are those that the expression stands directly over.
    """

    columns: tuple[Attribute, ...]
    hidden: tuple[Attribute, ...] = ()
    aliases: dict[str, Alias] = field(default_factory=dict)  # earlier items of the same select list
    variables: dict[str, LambdaVariable] = field(default_factory=dict)
    windows: dict[str, WindowSpec] = field(default_factory=dict)
    case_sensitive: bool = False
    relations: tuple[Relation, ...] = ()
    _index: dict[str, list[Attribute]] | None = None

    def key(self, name: str) -> str:
        return name if self.case_sensitive else name.lower()

    def named(self, name: str) -> list[Attribute]:
        """The visible columns of that name; hidden ones only if no other has it."""
        if self._index is None:
            self._index = {}
            for a in self.columns:
                self._index.setdefault(self.key(a.name), []).append(a)
        return self._index.get(self.key(name), [])

    def named_hidden(self, name: str) -> list[Attribute]:
        key, seen = self.key(name), {a.id for a in self.columns}
        return [a for a in self.hidden if self.key(a.name) == key and a.id not in seen]

    def with_variables(self, variables: tuple[LambdaVariable, ...]) -> Scope:
        """The scope of a lambda's body."""
        return Scope(
            self.columns,
            self.hidden,
            self.aliases,
            {**self.variables, **{self.key(v.name): v for v in variables}},
            self.windows,
            self.case_sensitive,
            self.relations,
            self._index,
        )


def scope_of(*relations: Relation, cx: Context, deep: bool = False) -> Scope:
    """The names that expressions over these relations see; `deep` adds those a projection dropped (ORDER BY, WHERE)."""
    columns = tuple(a for r in relations for a in r.output)
    hidden = tuple(a for r in relations for a in hidden_columns(r, deep))
    return Scope(columns, hidden, case_sensitive=cx.conf.case_sensitive, relations=relations)


def hidden_columns(r: Relation, deep: bool) -> tuple[Attribute, ...]:
    """Columns that resolve by name although `r` does not output them; `expose` makes it do so."""
    match r:
        case Scan():
            return r.metadata_columns
        case Project():
            below = r.child.output + hidden_columns(r.child, deep) if deep else ()
            return r.hidden + below
        case SubqueryAlias():
            q = (*r.qualifier, r.name)
            metadata = hidden_columns(r.child, False) if isinstance(r.child, (Scan, SubqueryAlias)) else ()
            return tuple(Attribute(a.name, a.type, a.nullable, a.id, q, a.metadata) for a in metadata)
        case Filter() | Sort() | Hint() | Repartition() | Limit():
            return hidden_columns(r.child, deep)
        case Join(left, right, kind):
            return hidden_columns(left, False) + (() if kind in ("semi", "anti") else hidden_columns(right, False))
    return ()


def expose(r: Relation, wanted: tuple[Attribute, ...]) -> Relation:
    """`r` with `wanted`, some of its hidden columns, in its output as well."""
    have = {a.id for a in r.output}
    missing = tuple(a for a in wanted if a.id not in have)
    if not missing:
        return r
    match r:
        case Scan():
            return replace(r, columns=r.columns + missing)
        case Project():
            return replace(r, child=expose(r.child, missing), expressions=r.expressions + missing)
        case Join():
            left = {a.id for a in (*r.left.output, *hidden_columns(r.left, False))}
            mine = tuple(a for a in missing if a.id in left)
            return replace(
                r, left=expose(r.left, mine), right=expose(r.right, tuple(a for a in missing if a.id not in left))
            )
        case SubqueryAlias() | Filter() | Sort() | Hint() | Repartition() | Limit():
            return replace(r, child=expose(r.child, missing))
    raise AssertionError(f"{type(r).__name__} has no hidden columns")


def references(*expressions: Expression) -> tuple[Attribute, ...]:
    """The columns that expressions use, each once; those inside subqueries only where they are outer ones."""
    found: dict[int, Attribute] = {}
    for e in expressions:
        for x in walk(e):
            if isinstance(x, Attribute):
                found.setdefault(x.id, x)
            elif isinstance(x, Subquery):
                found.update((a.id, a) for a in outer_columns(x.plan))
    return tuple(found.values())
