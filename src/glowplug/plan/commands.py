"""Commands: what a statement does besides returning rows. Each is run by a function of session/commands/.

Options and properties are tuples of pairs, so that a command is a value like any other node.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from typing import Literal as OneOf

from glowplug.plan.expressions import Expression, Origin
from glowplug.plan.node import Node
from glowplug.plan.python import DataSourceClass, PythonFunction, TableFunction
from glowplug.plan.relations import Relation, SQLText
from glowplug.types import StructType

Pairs = tuple[tuple[str, str], ...]
SaveMode = OneOf["append", "overwrite", "error", "ignore"]
PartitionSpec = tuple[tuple[str, Expression | None], ...]  # column and value; None = all of its values


@dataclass(frozen=True, slots=True)
class Command(Node):
    """Base of all commands."""


@dataclass(frozen=True, slots=True)
class CreateView(Command):
    """`scope`: "temp" (this session), "global" (global_temp, all sessions of the engine), "persistent".

    `metrics`: a metric view, whose `text` is its definition in YAML; the query is made of that.
    """

    parts: tuple[str, ...]
    query: Relation
    scope: OneOf["temp", "global", "persistent"]
    replace: bool = False
    if_not_exists: bool = False
    columns: tuple[tuple[str, str | None], ...] = ()  # (name, comment)
    comment: str | None = None
    properties: Pairs = ()
    text: str = ""
    binding: OneOf["binding", "compensation", "evolution", "type evolution"] | None = None
    collation: str | None = None
    metrics: bool = False


@dataclass(frozen=True, slots=True)
class WriteFiles(Command):
    """`df.write.format(…).save(path)`."""

    query: Relation
    format: str | None
    path: str | None
    mode: SaveMode
    options: Pairs = ()
    partition_by: tuple[str, ...] = ()
    sort_by: tuple[str, ...] = ()
    bucket_by: tuple[int, tuple[str, ...]] | None = None
    cluster_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WriteTable(Command):
    """`saveAsTable` (by name), `insertInto` (by position), and the V2 writer's verbs."""

    query: Relation
    parts: tuple[str, ...]
    verb: OneOf[
        "save_as_table",
        "insert_into",
        "create",
        "replace",
        "create_or_replace",
        "append",
        "overwrite",
        "overwrite_partitions",
    ]
    mode: SaveMode = "error"
    format: str | None = None
    options: Pairs = ()
    properties: Pairs = ()
    partition_by: tuple[Expression, ...] = ()
    cluster_by: tuple[str, ...] = ()
    bucket_by: tuple[int, tuple[str, ...]] | None = None
    sort_by: tuple[str, ...] = ()
    condition: Expression | None = None


@dataclass(frozen=True, slots=True)
class MergeAction(Node):
    """One WHEN clause. `assignments` None = all columns (`*`)."""

    kind: OneOf["update", "insert", "delete"]
    condition: Expression | None
    assignments: tuple[tuple[Expression, Expression], ...] | None = ()


@dataclass(frozen=True, slots=True)
class MergeInto(Command):
    """`MERGE INTO parts USING source ON condition`. Of clauses of a kind the first that is true counts."""

    parts: tuple[str, ...]
    alias: str | None
    source: Relation
    condition: Expression
    matched: tuple[MergeAction, ...]
    not_matched: tuple[MergeAction, ...]
    not_matched_by_source: tuple[MergeAction, ...]
    schema_evolution: bool = False


@dataclass(frozen=True, slots=True)
class Checkpoint(Command):
    """`df.checkpoint()`; the session keeps the rows and answers with a CachedRemote id."""

    query: Relation
    local: bool
    eager: bool
    storage_level: Any = None


@dataclass(frozen=True, slots=True)
class RemoveCachedRemote(Command):
    """A DataFrame that `foreachBatch`, a checkpoint or the like left with the server is wanted no more."""

    id: str


@dataclass(frozen=True, slots=True)
class SetConf(Command):
    """`SET`, `SET -v`, `SET key`, `SET key = value`."""

    key: str | None = None
    value: str | None = None
    verbose: bool = False


@dataclass(frozen=True, slots=True)
class ResetConf(Command):
    """`RESET`: one setting back to its default, or all that can be changed."""

    key: str | None = None


@dataclass(frozen=True, slots=True)
class Explain(Command):
    statement: Relation | Command
    mode: OneOf["simple", "extended", "codegen", "cost", "formatted"]


@dataclass(frozen=True, slots=True)
class Use(Command):
    """`USE [SCHEMA] a.b`, `SET CATALOG c`."""

    parts: tuple[str, ...]
    kind: OneOf["any", "schema", "catalog"] = "any"


@dataclass(frozen=True, slots=True)
class DropView(Command):
    parts: tuple[str, ...]
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropTable(Command):
    """`DROP TABLE`. Data of managed tables goes at once, with PURGE or without."""

    parts: tuple[str, ...]
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class CacheTable(Command):
    """`CACHE [LAZY] TABLE t [AS query]`."""

    parts: tuple[str, ...]
    query: Relation | None = None
    lazy: bool = False
    options: Pairs = ()


@dataclass(frozen=True, slots=True)
class UncacheTable(Command):
    parts: tuple[str, ...]
    if_exists: bool = False
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ClearCache(Command):
    """All kept plans, tables and DataFrames, whoever wanted them kept."""


@dataclass(frozen=True, slots=True)
class Refresh(Command):
    """`REFRESH TABLE t` or `REFRESH path`."""

    target: str
    is_path: bool = False


@dataclass(frozen=True, slots=True)
class Describe(Command):
    """`DESCRIBE [EXTENDED] t`, `DESCRIBE QUERY q` (of this `text`), `DESCRIBE FUNCTION f`."""

    kind: OneOf["table", "query", "function", "schema", "procedure"]
    parts: tuple[str, ...] = ()
    query: Relation | None = None
    extended: bool = False
    as_json: bool = False
    column: tuple[str, ...] = ()
    partition: PartitionSpec = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Show(Command):
    """`SHOW TABLES | VIEWS | SCHEMAS | COLUMNS | FUNCTIONS | CATALOGS | TBLPROPERTIES | CREATE TABLE …`.

    `extra` by kind: `scope` of FUNCTIONS ("user", "system"), `key` of TBLPROPERTIES, `serde` of CREATE TABLE.
    """

    what: str
    parts: tuple[str, ...] = ()
    pattern: str | None = None
    extra: Pairs = ()
    partition: PartitionSpec = ()


@dataclass(frozen=True, slots=True)
class CreateSchema(Command):
    parts: tuple[str, ...]
    if_not_exists: bool = False
    comment: str | None = None
    location: str | None = None
    properties: Pairs = ()
    collation: str | None = None


@dataclass(frozen=True, slots=True)
class DropSchema(Command):
    """Without `cascade` a schema with tables or functions is SCHEMA_NOT_EMPTY."""

    parts: tuple[str, ...]
    if_exists: bool = False
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class Constraint(Node):
    """A table's constraint, `text` being the condition of a check. Of keys there is no more, since no table has any."""

    kind: OneOf["primary key", "unique", "foreign key", "check"]
    name: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class CreateTable(Command):
    """`CREATE [OR REPLACE] TABLE t (…) USING f …`, and CTAS when `query` is set.

    Defaults, generation and identity of columns are in their metadata, under Spark's keys. `must_exist` is
    `REPLACE TABLE` alone. `partition_by` are columns or transforms (`years(c)`).
    """

    parts: tuple[str, ...]
    schema: StructType | None
    format: str | None
    query: Relation | None = None
    partition_by: tuple[Expression, ...] = ()
    options: Pairs = ()
    properties: Pairs = ()
    location: str | None = None
    comment: str | None = None
    if_not_exists: bool = False
    replace: bool = False
    external: bool = False
    must_exist: bool = False
    bucket_by: tuple[int, tuple[str, ...]] | None = None
    sort_by: tuple[str, ...] = ()
    cluster_by: tuple[tuple[str, ...], ...] = ()
    collation: str | None = None
    constraints: tuple[Constraint, ...] = ()


@dataclass(frozen=True, slots=True)
class Insert(Command):
    """`INSERT INTO | OVERWRITE t [PARTITION (…)] [(columns)] query`; the last three: `REPLACE WHERE | USING | ON`."""

    parts: tuple[str, ...]
    query: Relation
    columns: tuple[str, ...] = ()
    partition: PartitionSpec = ()
    overwrite: bool = False
    by_name: bool = False
    if_partition_not_exists: bool = False
    options: Pairs = ()
    schema_evolution: bool = False
    replace_where: Expression | None = None
    replace_using: tuple[str, ...] = ()
    replace_on: Expression | None = None
    alias: str | None = None  # of the table, in `replace_on`


@dataclass(frozen=True, slots=True)
class SQLStatement(Command):
    """`spark.sql(…)`: a query is answered with its plan, a command is run. `views` are DataFrames the text names."""

    text: SQLText
    views: tuple[tuple[str, Relation], ...] = ()


@dataclass(frozen=True, slots=True)
class ExecuteExternal(Command):
    """`spark.executeCommand(runner, command, options)`: a data source's own command."""

    runner: str
    command: str
    options: Pairs = ()


@dataclass(frozen=True, slots=True)
class GetResources(Command):
    """What accelerators the machine has (`sparkContext.resources`)."""


@dataclass(frozen=True, slots=True)
class CreateResourceProfile(Command):
    """`ResourceProfileBuilder`: amounts by resource name, asked for by an executor and by a task."""

    executor: tuple[tuple[str, int], ...] = ()
    task: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class RegisterFunction(Command):
    """`spark.udf.register`: makes a user's function known to the session by `name`."""

    name: str
    function: PythonFunction


@dataclass(frozen=True, slots=True)
class RegisterTableFunction(Command):
    """`spark.udtf.register`, in the same way."""

    name: str
    function: TableFunction


@dataclass(frozen=True, slots=True)
class RegisterDataSource(Command):
    """`spark.dataSource.register`, in the same way."""

    source: DataSourceClass
