"""What catalogs hold: tables (views among them), schemas, partitions, functions. Terms are those of Spark's
`CatalogTable`, `CatalogDatabase`, `CatalogTablePartition` and `SQLFunction`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

from glowplug.plan import commands
from glowplug.types import DataType, StructType, quote, quote_if_needed

Pairs = commands.Pairs
Binding = OneOf["binding", "compensation", "evolution", "type evolution"]
Values = tuple[str | None, ...]  # of a partition's columns, as text; None = NULL

SESSION_CATALOG = "spark_catalog"
DEFAULT_SCHEMA = "default"


@dataclass(frozen=True, slots=True)
class Identifier:
    """The whole name of a table, view or function."""

    catalog: str
    namespace: tuple[str, ...]
    name: str

    @property
    def parts(self) -> tuple[str, ...]:
        return (self.catalog, *self.namespace, self.name)

    @property
    def quoted(self) -> str:
        """As error messages show it."""
        return ".".join(map(quote, self.parts))

    @property
    def in_catalog(self) -> str:
        """Quoted, without the catalog: what the session catalog's own errors show."""
        return ".".join(map(quote, self.parts[1:]))

    @property
    def unquoted(self) -> str:
        """With backquotes only where SQL needs them."""
        return ".".join(map(quote_if_needed, self.parts))


@dataclass(frozen=True, slots=True)
class Bucketing:
    """`CLUSTERED BY columns SORTED BY sort INTO buckets BUCKETS`."""

    buckets: int
    columns: tuple[str, ...]
    sort: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """A view's query as text, with all that its meaning depends on: where names were looked up, and settings.

    `columns` are the names that the query gave when it was made, by which its columns are found again. The text of a
    metric view (`metrics`) is its definition in YAML.
    """

    text: str
    catalog: str
    namespace: tuple[str, ...]
    settings: Pairs
    columns: tuple[str, ...]
    binding: Binding = "compensation"
    metrics: bool = False


@dataclass(frozen=True, slots=True)
class ColumnStatistics:
    """Of one column; values are text as Spark shows them."""

    distinct: int | None = None
    minimum: str | None = None
    maximum: str | None = None
    nulls: int | None = None
    average_length: int | None = None
    maximum_length: int | None = None


@dataclass(frozen=True, slots=True)
class Statistics:
    """What ANALYZE TABLE found. `bytes` of the files."""

    bytes: int
    rows: int | None = None
    columns: tuple[tuple[str, ColumnStatistics], ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """`location` is a URI. What a column has besides its type is in its metadata, as in `sql/columns.py`.

    `schema` has the partition columns last. `version` grows by one with each change; a catalog sets it.
    """

    identifier: Identifier
    kind: OneOf["managed", "external", "view"]
    schema: StructType
    provider: str | None = None
    partition_by: tuple[str, ...] = ()
    bucketing: Bucketing | None = None
    cluster_by: tuple[tuple[str, ...], ...] = ()
    location: str | None = None
    options: Pairs = ()
    properties: Pairs = ()
    comment: str | None = None
    owner: str = ""
    created: int = 0  # milliseconds since the epoch
    created_by: str = ""
    collation: str | None = None
    statistics: Statistics | None = None
    view: View | None = None
    version: int = 0
    computed: tuple[str, ...] = ()  # columns whose values the table makes where rows have none


def is_delta(table: Table) -> bool:
    """Whether the table has a log of its own, by which its schema, partitions and files go."""
    return (table.provider or "").lower() == "delta"


@dataclass(frozen=True, slots=True)
class Partition:
    """`values` are those of the table's partition columns, in their order; `statistics` (bytes, rows)."""

    values: Values
    location: str
    created: int = 0
    statistics: Statistics | None = None


@dataclass(frozen=True, slots=True)
class Namespace:
    """A schema (database) of a catalog."""

    catalog: str
    name: tuple[str, ...]
    location: str | None = None
    comment: str | None = None
    owner: str = ""
    properties: Pairs = ()
    collation: str | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class PersistentFunction:
    """A function written in SQL. `returns` are a table function's columns or a scalar one's type.

    Parameters' comments and defaults are in their metadata. `text` is the body, a query or an expression; names in it
    are looked up from `from_catalog` and `from_namespace`, under `settings`.
    """

    identifier: Identifier
    parameters: StructType
    returns: DataType
    text: str
    is_table: bool
    is_query: bool
    from_catalog: str
    from_namespace: tuple[str, ...]
    settings: Pairs
    comment: str | None = None
    deterministic: bool = True
    reads_data: bool = False
    owner: str = ""
    created: int = 0
    version: int = 0
    collation: str = ""  # of its texts that have none of their own; "" = the default
    class_name: str = ""  # of a function that is a class, which only other engines can call
