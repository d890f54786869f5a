"""Commands whose tables, columns and queries are resolved. Runners of `session/commands` take them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from typing import Literal as OneOf

from glowplug.catalog.table import Pairs, PersistentFunction, Table
from glowplug.plan.commands import Command, WriteFiles
from glowplug.plan.expressions import Expression
from glowplug.plan.node import Node
from glowplug.plan.relations import Relation

Static = tuple[tuple[str, str | None], ...]  # given partition columns, with their values as text; None = NULL


@dataclass(frozen=True, slots=True)
class InsertRows(Command):
    """`query` has the table's columns, in order and of their types. `static` are the partitions overwritten."""

    table: Table
    query: Relation
    overwrite: bool = False
    static: Static = ()
    if_partition_not_exists: bool = False
    options: Pairs = ()
    where: Expression | None = None  # unresolved; only rows of the table for which it is true are overwritten


@dataclass(frozen=True, slots=True)
class InsertEach(Command):
    inserts: tuple[InsertRows | WriteFiles, ...]


@dataclass(frozen=True, slots=True)
class MakeTable(Command):
    """A table and, where `query` is set, its rows. `replace`: in place of one that is there."""

    table: Table
    query: Relation | None = None
    if_not_exists: bool = False
    replace: bool = False
    clone_of: Any = None  # the snapshot of another Delta table


@dataclass(frozen=True, slots=True)
class MakeView(Command):
    """A persistent view; `query` is what its text means now, for EXPLAIN."""

    table: Table
    query: Relation
    if_not_exists: bool = False
    replace: bool = False


@dataclass(frozen=True, slots=True)
class MakeFunction(Command):
    function: PersistentFunction
    temporary: bool = False
    if_not_exists: bool = False
    replace: bool = False


@dataclass(frozen=True, slots=True)
class MergeClause(Node):
    """A WHEN clause of MERGE. `assignments` None = all columns by name (`*`)."""

    of: OneOf["matched", "not matched", "not matched by source"]
    kind: OneOf["update", "insert", "delete"]
    condition: Expression | None
    assignments: tuple[tuple[Expression, Expression], ...] | None


@dataclass(frozen=True, slots=True)
class RowChange(Command):
    """DELETE, UPDATE or MERGE: what is needed to run it on a table that can. `operation` is its name in errors."""

    operation: str
    table: Table
    target: Relation
    source: Relation | None = None
    condition: Expression | None = None
    assignments: tuple[tuple[Expression, Expression], ...] = ()
    clauses: tuple[MergeClause, ...] = ()
    schema_evolution: bool = False


@dataclass(frozen=True, slots=True)
class Nothing(Command):
    """What turned out to need no work: IF NOT EXISTS and its like."""
