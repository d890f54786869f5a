"""What analysis knows while it walks: the session's world, and the names visible at a place."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from functools import partial
from typing import TYPE_CHECKING, Any

from glowplug.config import Conf
from glowplug.datetimes import zone_of
from glowplug.plan.expressions import Alias, Attribute, Expression, LambdaVariable, Literal, Subquery
from glowplug.plan.relations import (
    Filter,
    Hint,
    Join,
    Limit,
    PipeOperator,
    Project,
    Relation,
    Repartition,
    Sample,
    Scan,
    Sort,
    SubqueryAlias,
    WindowSpec,
)
from glowplug.plan.streams import EventTimeWatermark, StreamingRelation
from glowplug.plan.tree import outer_columns, walk

if TYPE_CHECKING:
    from glowplug.catalog.manager import Catalogs
    from glowplug.catalog.table import PersistentFunction
    from glowplug.plan.function import Function


@dataclass(frozen=True, slots=True)
class World:
    """What analysis asks of the session, passed in so that analysis does not import it."""

    conf: Conf
    relation: Callable[..., Relation | None]  # a table or view by name, analysed; None if there is none
    source: Callable[..., Relation]  # a data source's Scan
    texts: Callable[..., Any]  # how the texts of a `Parse` are read
    function: Callable[[tuple[str, ...]], Function | None]  # built in, or else registered in the session
    remote: Callable[[str], Relation]  # a checkpointed frame by id
    catalog: Callable[..., Relation]  # the rows of a catalog call
    parse: Callable[..., Relation]  # SQL text to a plan
    run: Callable[[Relation], list[tuple[object, ...]]]  # the few rows of an analysed plan (pivot values)
    catalogs: Catalogs
    routine: Callable[[tuple[str, ...]], PersistentFunction | None]  # a function written in SQL
    inside: Callable[[PersistentFunction], Context]  # what the text of one sees
    temporary: Callable[[tuple[str, ...]], Relation | None]  # a temporary view by name
    variable: Callable[[tuple[str, ...]], tuple[str, Literal, tuple[str, ...]] | None]  # full name, value, fields
    table_function: Callable[[tuple[str, ...]], Any]  # one that is registered in the session; None if there is none
    analyze_table: Callable[..., Any]  # what a table function's `analyze` says of its arguments
    seed: Callable[[], int]  # of what is random and was given none
    facts: dict[str, str] = field(default_factory=dict)  # answers to current_user() and its like

    @property
    def search_path(self) -> str:
        """Where names in queries are looked up, as errors show it."""
        return self.catalogs.search_path("`system`.`builtin`", "`system`.`session`")


@dataclass(frozen=True, slots=True)
class Context:
    """`outer` are the scopes around a subquery, the nearest first; `frames` each DataFrame's occurrences.

    `standing` are the ids of columns, of plans from before, that stand in the query; `used` the named queries that do,
    by their `id()`.
    """

    world: World
    ctes: dict[str, Relation] = field(default_factory=dict)
    outer: tuple[Scope, ...] = ()
    frames: dict[int, list[Scope]] = field(default_factory=dict)
    standing: set[int] = field(default_factory=set)
    used: dict[int, Relation] = field(default_factory=dict)

    @property
    def conf(self) -> Conf:
        return self.world.conf

    @property
    def zone(self) -> tzinfo:
        """The session's time zone."""
        return zone_of(self.conf.time_zone) or UTC

    def within(self, scope: Scope) -> Context:
        """The context of a subquery that stands where `scope` is visible; what is around that is not, as in Spark."""
        return replace(self, outer=(scope,))

    def with_ctes(self, ctes: dict[str, Relation]) -> Context:
        return replace(self, ctes={**self.ctes, **ctes})


def means_builtin(parts: tuple[str, ...]) -> bool:
    """Whether the name of a function, by what it is qualified with, can be that of a built-in one."""
    return tuple(p.lower() for p in parts[:-1]) in ((), ("builtin",), ("system", "builtin"))


Columns = tuple[Attribute, ...]


@dataclass(slots=True)
class Scope:
    """The names visible to an expression.

    `hidden` gives the columns that are found by name but are not part of `*`, level by level, the nearest first; it is
    asked only when the visible ones do not have a name. `relations` are those that the expression stands directly over.
    """

    columns: Columns
    hidden: Callable[[], Iterable[Columns]] = tuple
    aliases: dict[str, Alias] = field(default_factory=dict)  # earlier items of the same select list
    generated: dict[int, Columns] = field(default_factory=dict)  # what a generator among them makes, by its `id()`
    repeated: dict[str, int] = field(default_factory=dict)  # how many of them have the same name
    variables: dict[str, LambdaVariable] = field(default_factory=dict)
    windows: dict[str, WindowSpec] = field(default_factory=dict)
    case_sensitive: bool = False
    relations: tuple[Relation, ...] = ()
    grouping: bool = False  # whether a subquery inside may aggregate these columns, as HAVING's do
    further: bool = (
        False  # whether a name that several columns of a level have is looked for in the next, as ORDER BY's
    )
    selecting: bool = False  # whether a subquery inside may ask for `t.*` of these columns
    _index: dict[str, list[Attribute]] | None = None
    _ids: dict[int, Attribute] | None = None

    def key(self, name: str) -> str:
        return name if self.case_sensitive else name.lower()

    def named(self, name: str) -> list[Attribute]:
        """The visible columns of that name."""
        if self._index is None:
            self._index = {}
            for a in self.columns:
                self._index.setdefault(self.key(a.name), []).append(a)
        return self._index.get(self.key(name), [])

    def named_hidden(self, name: str) -> list[Attribute]:
        """The hidden columns of that name, of the nearest level that has any."""
        return next((found for level in self.hidden() if (found := self._of(level, name))), [])

    def metadata(self, name: str) -> list[Attribute]:
        """The columns that a source or a join hides under that name, whatever a column of data may be called."""
        return [a for level in self.hidden() for a in level if self.key(metadata_name(a) or "") == self.key(name)]

    def levels(self) -> Iterator[Callable[[str], list[Attribute]]]:
        """For each level, what finds the columns of a name in it: the visible ones, then the hidden ones."""
        yield self.named
        for level in self.hidden():
            yield partial(self._of, level)

    def _of(self, level: Columns, name: str) -> list[Attribute]:
        key = self.key(name)
        return [a for a in level if self.key(a.name) == key and (self.further or a.id not in self.ids)]

    @property
    def ids(self) -> dict[int, Attribute]:
        """The visible columns by id."""
        if self._ids is None:
            self._ids = {a.id: a for a in self.columns}
        return self._ids

    def with_id(self, id: int) -> Attribute | None:
        """The column as it is seen here, visible or hidden."""
        return self.ids.get(id) or next((a for level in self.hidden() for a in level if a.id == id), None)

    def with_variables(self, variables: tuple[LambdaVariable, ...]) -> Scope:
        """The scope of a lambda's body."""
        return replace(self, variables={**self.variables, **{self.key(v.name): v for v in variables}})


def scope_of(*relations: Relation, cx: Context, deep: bool = False) -> Scope:
    """The names that expressions over these relations see; `deep` adds those a projection dropped (ORDER BY, WHERE)."""

    def hidden() -> Iterable[Columns]:
        if len(relations) == 1:
            return hidden_levels(relations[0], deep)
        return (tuple(a for r in relations for a in hidden_columns(r, deep)),)

    columns = relations[0].output if len(relations) == 1 else tuple(a for r in relations for a in r.output)
    return Scope(columns, hidden, case_sensitive=cx.conf.case_sensitive, relations=relations)


_PASSING = (Filter, Sort, Hint, Repartition, Limit, Sample)  # relations that put out just what is below them


def hidden_levels(r: Relation, deep: bool) -> Iterator[Columns]:
    """Columns that resolve by name although `r` does not output them, the nearest first; `expose` makes it do so."""
    while True:
        match r:
            case Scan() | StreamingRelation():
                yield r.metadata_columns
                return
            case EventTimeWatermark(child):
                r = child
            case Project():
                yield r.hidden
                if not deep:
                    yield tuple(filter(of_files, hidden_columns(r.child, False)))
                    return
                r = r.child
                yield r.output
            case PipeOperator():
                return
            case SubqueryAlias():
                q = (*r.qualifier, r.name)
                child = r.child
                while isinstance(child, _PASSING):
                    child = child.child
                metadata = hidden_columns(child, False)
                if not isinstance(child, (Scan, StreamingRelation, SubqueryAlias)):
                    metadata = tuple(filter(of_files, metadata)) if isinstance(child, Project) else ()
                    if r.defined:  # `input_file_name()` asks for it; nobody can by name
                        metadata = tuple(replace(a, name="\0") for a in metadata)
                yield tuple(Attribute(a.name, a.type, a.nullable, a.id, q, a.metadata) for a in metadata)
                return
            case _ if isinstance(r, _PASSING):
                r = r.child
            case Join(left, right, kind):
                right_too = () if kind in ("semi", "anti") else hidden_columns(right, False)
                yield hidden_columns(left, False) + right_too
                return
            case _:
                return


def metadata_name(a: Attribute) -> str | None:
    """What a hidden column is called by `DataFrame.metadataColumn`."""
    name: str | None = json.loads(a.metadata).get("__metadata_col")
    return name


def of_files(a: Attribute) -> bool:
    """Whether this is the hidden column that says which file a row comes from."""
    return "__file_source_metadata_col" in a.metadata


def hidden_columns(r: Relation, deep: bool) -> Columns:
    return tuple(a for level in hidden_levels(r, deep) for a in level)


def used(child: Relation, *expressions: Expression) -> Columns:
    """The columns expressions use that `child` has but does not output."""
    have = {a.id for a in child.output}
    missing = [a for a in references(*expressions) if a.id not in have]
    levels, hidden = hidden_levels(child, True), set[int]()
    while not all(a.id in hidden for a in missing) and (level := next(levels, None)) is not None:
        hidden.update(a.id for a in level)
    return tuple(a for a in missing if a.id in hidden)


def expose(r: Relation, wanted: tuple[Attribute, ...]) -> Relation:
    """`r` with `wanted`, some of its hidden columns, in its output as well."""
    have = {a.id for a in r.output}
    missing = tuple(a for a in wanted if a.id not in have)
    if not missing:
        return r
    match r:
        case Scan() | StreamingRelation():
            ids = {a.id for a in missing}
            return replace(r, columns=(*r.columns, *(a for a in r.metadata_columns if a.id in ids)))
        case EventTimeWatermark(child):
            return replace(r, child=expose(child, missing), columns=r.columns + missing)
        case Project():
            return replace(r, child=expose(r.child, missing), expressions=r.expressions + missing)
        case Join():
            left = {a.id for a in (*r.left.output, *hidden_columns(r.left, False))}
            mine = tuple(a for a in missing if a.id in left)
            return replace(
                r, left=expose(r.left, mine), right=expose(r.right, tuple(a for a in missing if a.id not in left))
            )
        case _ if isinstance(r, (SubqueryAlias, *_PASSING)):
            return replace(r, child=expose(r.child, missing))
    raise AssertionError(f"{type(r).__name__} has no hidden columns")


def references(*expressions: Expression) -> Columns:
    """The columns that expressions use, each once; those inside subqueries only where they are outer ones."""
    found: dict[int, Attribute] = {}
    for e in expressions:
        if isinstance(e, Attribute):  # most of a wide select list is passed on
            found.setdefault(e.id, e)
            continue
        for x in walk(e):
            if isinstance(x, Attribute):
                found.setdefault(x.id, x)
            elif isinstance(x, Subquery):
                found.update((a.id, a) for a in outer_columns(x.plan))
    return tuple(found.values())
