"""Commands that only tables of Delta take. `parts` is a table's name, or ("delta", path)."""

from __future__ import annotations

from dataclasses import dataclass

from glowplug.plan.commands import Command, CreateTable
from glowplug.plan.expressions import Expression
from glowplug.plan.relations import Relation
from glowplug.plan.statements import Change

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DescribeHistory(Command):
    """Versions, newest first, at most `limit`."""

    parts: Names
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class DescribeDetail(Command):
    """One row about the table as it is now. `parts` may be `delta.`path``."""

    parts: Names


@dataclass(frozen=True, slots=True)
class Optimize(Command):
    """Small files become large ones, rows ordered along a curve through `order_by` if there are such columns."""

    parts: Names
    condition: Expression | None = None
    order_by: tuple[Names, ...] = ()
    full: bool = False  # of a clustered table, files too that are ordered already
    purge: bool = False  # REORG: only files with rows that are gone


@dataclass(frozen=True, slots=True)
class Vacuum(Command):
    """Files that no version of the last `hours` needs are deleted; None = the table's retention. `lite`: those that the
    log names, without a look at the directory."""

    parts: Names
    hours: float | None = None
    dry_run: bool = False
    lite: bool = False


@dataclass(frozen=True, slots=True)
class Restore(Command):
    """The table becomes what it was at a version or time."""

    parts: Names
    kind: str  # "version" or "timestamp"
    value: Expression


@dataclass(frozen=True, slots=True)
class ConvertToDelta(Command):
    """A directory or table of Parquet files gets a log. `partition_by` are names and types of its partition columns."""

    parts: Names
    partition_by: tuple[tuple[str, str], ...] = ()
    answers: bool = False  # with the name that the table has then, for clients of Delta


@dataclass(frozen=True, slots=True)
class GenerateManifest(Command):
    """`GENERATE mode FOR TABLE`. The only mode is `symlink_format_manifest`."""

    mode: str
    parts: Names


@dataclass(frozen=True, slots=True)
class IsDeltaTable(Command):
    """One row that says whether there is a Delta table at the path."""

    path: str


@dataclass(frozen=True, slots=True)
class Clone(Command):
    """A table that begins as another one, or as that was at a version or time. `shallow`: with the other one's files.

    `create` is CREATE TABLE's: the name, location, properties and what becomes of a table that is there.
    """

    source: Names
    create: CreateTable
    shallow: bool
    at: tuple[str, Expression] | None = None


@dataclass(frozen=True, slots=True)
class DropFeature(Change):
    """ALTER TABLE … DROP FEATURE. `truncate`: no older version may use the feature."""

    name: str
    truncate: bool = False


@dataclass(frozen=True, slots=True)
class Effect(Relation):
    """A command's rows, as the clients of Delta ask for them: it runs when the plan is executed, which is it alone.

    Those that only look something up may be part of other plans.
    """

    command: Command
