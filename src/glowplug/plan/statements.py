"""Commands that only SQL text gives, besides those in `commands`: tables changed, rows changed, functions, variables.

The same conventions hold. What changes a table is an `Alter` with one of the changes below it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal as OneOf

from glowplug.plan.commands import Command, Constraint, Insert, Pairs, PartitionSpec, WriteFiles
from glowplug.plan.expressions import Expression, Origin
from glowplug.plan.node import Node
from glowplug.plan.relations import Relation
from glowplug.types import DataType, StructField

Names = tuple[str, ...]

# --- ALTER -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Alter(Command):
    """`ALTER TABLE | VIEW | SCHEMA parts …`"""

    kind: OneOf["table", "view", "schema"]
    parts: Names
    change: Change


@dataclass(frozen=True, slots=True)
class Change(Node):
    """Base of the changes."""


@dataclass(frozen=True, slots=True)
class RenameTo(Change):
    parts: Names


@dataclass(frozen=True, slots=True)
class SetProperties(Change):
    """`SET TBLPROPERTIES`: those not named stay."""

    properties: Pairs


@dataclass(frozen=True, slots=True)
class UnsetProperties(Change):
    keys: tuple[str, ...]
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class SetLocation(Change):
    """`SET LOCATION` of the table, or of a partition. No data is moved."""

    location: str
    partition: PartitionSpec = ()


@dataclass(frozen=True, slots=True)
class SetCollation(Change):
    """`DEFAULT COLLATION`: of texts in columns added from now on."""

    collation: str


@dataclass(frozen=True, slots=True)
class SetSerDe(Change):
    """`SET SERDE` (`by_name`) or `SET SERDEPROPERTIES`: only tables of Hive have a SerDe, all have properties."""

    properties: Pairs = ()
    by_name: bool = False
    partition: PartitionSpec = ()


@dataclass(frozen=True, slots=True)
class SetQuery(Change):
    """Of a view."""

    query: Relation
    text: str


@dataclass(frozen=True, slots=True)
class SetBinding(Change):
    """`WITH SCHEMA …` of a view."""

    binding: OneOf["binding", "compensation", "evolution", "type evolution"]


@dataclass(frozen=True, slots=True)
class Position:
    """Where a column goes: first, or `after` another."""

    after: str | None = None


@dataclass(frozen=True, slots=True)
class NewColumn:
    """`name` may point into structs; `field` has the last part's name, type, nullability, comment and default."""

    name: Names
    field: StructField
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class AddColumns(Change):
    columns: tuple[NewColumn, ...]


@dataclass(frozen=True, slots=True)
class ReplaceColumns(Change):
    """`REPLACE COLUMNS`: these instead of all that there are."""

    columns: tuple[NewColumn, ...]


@dataclass(frozen=True, slots=True)
class DropColumns(Change):
    columns: tuple[Names, ...]
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class RenameColumn(Change):
    column: Names
    to: str


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """What is not None is changed. `default` is the expression's text, "" to drop it."""

    column: Names
    type: DataType | None = None
    nullable: bool | None = None
    comment: str | None = None
    position: Position | None = None
    default: str | None = None
    sync: bool = False  # an identity column's next number comes after those that rows have


@dataclass(frozen=True, slots=True)
class AlterColumns(Change):
    columns: tuple[ColumnChange, ...]


@dataclass(frozen=True, slots=True)
class AddPartitions(Change):
    partitions: tuple[tuple[PartitionSpec, str | None], ...]  # with their locations
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropPartitions(Change):
    """Each spec names a whole partition. Data of managed tables goes at once, with PURGE or without."""

    partitions: tuple[PartitionSpec, ...]
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class RenamePartition(Change):
    """Both specs name all partition columns."""

    partition: PartitionSpec
    to: PartitionSpec


@dataclass(frozen=True, slots=True)
class SetClusterBy(Change):
    """() = `CLUSTER BY NONE`."""

    columns: tuple[Names, ...]


@dataclass(frozen=True, slots=True)
class AddConstraint(Change):
    constraint: Constraint


@dataclass(frozen=True, slots=True)
class DropConstraint(Change):
    name: str
    if_exists: bool = False


# --- rows --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Delete(Command):
    """`DELETE FROM`: rows for which `condition` is true; None: all."""

    parts: Names
    alias: str | None
    condition: Expression | None


@dataclass(frozen=True, slots=True)
class Update(Command):
    """`UPDATE … SET`: rows for which `condition` is true; None: all. Assignments see the row as it was."""

    parts: Names
    alias: str | None
    assignments: tuple[tuple[Expression, Expression], ...]
    condition: Expression | None


@dataclass(frozen=True, slots=True)
class MultiInsert(Command):
    """`FROM s INSERT … INSERT …`"""

    inserts: tuple[Insert | WriteFiles, ...]


@dataclass(frozen=True, slots=True)
class WithCommand(Command):
    """`WITH … UPDATE | DELETE | MERGE …`: named queries visible in the command's subqueries."""

    definitions: tuple[tuple[str, Relation], ...]
    command: Command


@dataclass(frozen=True, slots=True)
class Truncate(Command):
    """`TRUNCATE TABLE`: the rows of the table, or of the partitions that fit the spec."""

    parts: Names
    partition: PartitionSpec = ()


@dataclass(frozen=True, slots=True)
class LoadData(Command):
    """`LOAD DATA [LOCAL] INPATH … [OVERWRITE] INTO TABLE`: files as they are, for tables of Hive only: refused."""

    path: str
    parts: Names
    local: bool = False
    overwrite: bool = False
    partition: PartitionSpec = ()


# --- tables as a whole -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CreateTableLike(Command):
    """`CREATE TABLE parts LIKE source`: its columns and partitioning, and no rows."""

    parts: Names
    source: Names
    format: str | None = None
    location: str | None = None
    properties: Pairs = ()
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class Analyze(Command):
    """`ANALYZE TABLE t` or, with `all_tables`, `ANALYZE TABLES IN s`. `columns` None = all, () = none."""

    parts: Names
    all_tables: bool = False
    partition: PartitionSpec = ()
    columns: tuple[str, ...] | None = ()
    scan: bool = True


@dataclass(frozen=True, slots=True)
class RepairTable(Command):
    """`MSCK REPAIR TABLE t [ADD | DROP | SYNC PARTITIONS]`; ALTER TABLE … RECOVER PARTITIONS adds."""

    parts: Names
    add: bool = True
    drop: bool = False
    name: str = "MSCK REPAIR TABLE"  # as errors call it


@dataclass(frozen=True, slots=True)
class Comment(Command):
    """`text` None removes the comment."""

    kind: OneOf["schema", "table"]
    parts: Names
    text: str | None


# --- functions, variables, dynamic SQL -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CreateFunction(Command):
    """A SQL function. `returns` None = the body's type; for a table function, the columns (() = the body's).

    Parameters' comments and defaults are in their metadata. `text` is the body's.
    """

    parts: Names
    parameters: tuple[StructField, ...]
    returns: DataType | None
    body: Expression | Relation
    text: str
    is_table: bool = False
    temporary: bool = False
    replace: bool = False
    if_not_exists: bool = False
    comment: str | None = None
    deterministic: bool | None = None
    collation: str | None = None


@dataclass(frozen=True, slots=True)
class CreateClassFunction(Command):
    """`CREATE FUNCTION f AS 'class'`: catalogs keep it for other engines; there are no classes here to call."""

    parts: Names
    class_name: str
    temporary: bool = False
    replace: bool = False
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropFunction(Command):
    parts: Names
    temporary: bool = False
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class RefreshFunction(Command):
    """`REFRESH FUNCTION`: nothing is kept of functions that could be old; only the name is looked up."""

    parts: Names


@dataclass(frozen=True, slots=True)
class CreateVariable(Command):
    """`DECLARE a, b INT DEFAULT 1`; `default` None = NULL, and `text` is how it was written."""

    names: tuple[Names, ...]
    type: DataType | None
    default: Expression | None
    text: str = "null"
    replace: bool = False


@dataclass(frozen=True, slots=True)
class DropVariable(Command):
    parts: Names
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class SetVariable(Command):
    """Each variable gets the value in its place in the query's only row; no row gives NULLs."""

    names: tuple[Names, ...]
    query: Relation


@dataclass(frozen=True, slots=True)
class ExecuteImmediate(Command):
    """`statement` is the text, an expression; `arguments` have an alias where they were given one."""

    statement: Expression
    into: tuple[Names, ...] = ()
    arguments: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class DeclareCursor(Command):
    """`DECLARE name CURSOR FOR query`: the query's text, read when the cursor is opened."""

    name: str
    query: str


@dataclass(frozen=True, slots=True)
class OpenCursor(Command):
    """`OPEN c USING …`; `arguments` have an alias where they were given one."""

    parts: Names
    arguments: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class FetchCursor(Command):
    """`FETCH parts INTO variables`: one row, a variable for each column."""

    parts: Names
    into: tuple[Names, ...]


@dataclass(frozen=True, slots=True)
class CloseCursor(Command):
    parts: Names


@dataclass(frozen=True, slots=True)
class Procedures(Command):
    """CALL, DESCRIBE PROCEDURE and SHOW PROCEDURES (whose name is a schema's): of catalogs that have procedures."""

    verb: OneOf["call", "describe", "show"]
    parts: Names = ()
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Index(Command):
    """CREATE INDEX and DROP INDEX: of tables that have indexes."""

    verb: OneOf["create", "drop"]
    parts: Names
    columns: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Resource(Command):
    """`ADD JAR path …`, `LIST FILES`"""

    verb: OneOf["add", "list"]
    kind: OneOf["jar", "file", "archive"]
    paths: tuple[str, ...] = ()
