"""Relations: rows with named, typed columns. Names follow Spark Connect's messages and Catalyst's nodes.

Parsers produce any of them; analysis keeps those under "kernel" and rewrites the others into those. A resolved
relation has `output`, its columns. `plan_id` is the client's number of the DataFrame, by which
`df.col` refers to it; analysis consumes it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any
from typing import Literal as OneOf

from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Call,
    Expression,
    GetField,
    Literal,
    Origin,
    SortOrder,
    UnresolvedAlias,
)
from glowplug.plan.node import Node
from glowplug.types import StructField, StructType

JoinType = OneOf["inner", "left", "right", "full", "semi", "anti", "cross"]


def once(output: Callable[[Any], tuple[Attribute, ...]]) -> Callable[[Any], tuple[Attribute, ...]]:
    """Computes a relation's columns at the first look: every level of a deep plan looks at those below it."""

    @wraps(output)
    def kept(self: Node) -> tuple[Attribute, ...]:
        try:
            return self._output
        except AttributeError:
            columns = output(self)
            object.__setattr__(self, "_output", columns)
            return columns

    return kept


@dataclass(frozen=True, slots=True)
class Relation(Node):
    """Base of all relations."""

    @property
    def output(self) -> tuple[Attribute, ...]:
        """The columns, in order; for resolved relations only."""
        raise NotImplementedError(type(self).__name__)


@dataclass(frozen=True, slots=True)
class Unary(Relation):
    """Base of relations over one other, whose columns are its columns unless they say otherwise."""

    child: Relation

    @property
    @once
    def output(self) -> tuple[Attribute, ...]:
        return self.child.output


def to_attribute(e: Expression) -> Attribute:
    """The column that a resolved, named expression makes."""
    match e:
        case Attribute():
            return e
        case Alias(child, name, id, metadata, qualifier):
            own = metadata if metadata is not None else metadata_of(child)
            return Attribute(name, e.type, e.nullable, id, qualifier, own)
    raise TypeError(f"not a named expression: {e!r}")


def metadata_of(e: Expression) -> str:
    """The metadata of a column, of a field, or of what an alias names."""
    match e:
        case Attribute():
            return e.metadata
        case Alias():
            return e.metadata or metadata_of(e.child)
        case GetField(child, ordinal) if isinstance(child.type, StructType):
            return child.type.fields[ordinal].metadata
        case Call(function, _, (window,)) if function.names[0] == "window_time":  # an event time, as the window is
            own = json.loads(metadata_of(window)).items()
            return json.dumps({k: v for k, v in own if k not in _WINDOWS}, separators=(",", ":"))
    return "{}"


_WINDOWS = ("spark.timeWindow", "spark.sessionWindow")  # keys in a column's metadata that say it is a window


# --- leaves ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UnresolvedRelation(Relation):
    """A table, view or CTE by name; or files, as `format.`path``."""

    parts: tuple[str, ...]
    options: tuple[tuple[str, str], ...] = ()
    streaming: bool = False
    time_travel: tuple[str, Expression] | None = None  # ("version" | "timestamp", value)
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class RelationChanges(Relation):
    """`spark.read.changes(table)`: the rows that changes to a table added and removed."""

    parts: tuple[str, ...]
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class UnresolvedDataSource(Relation):
    """`spark.read.format(…).schema(…).option(…).load(paths)`; `predicates` are JDBC's."""

    format: str | None
    schema: StructType | None = None
    options: tuple[tuple[str, str], ...] = ()
    paths: tuple[str, ...] = ()
    predicates: tuple[str, ...] = ()
    streaming: bool = False


@dataclass(frozen=True, slots=True)
class UnresolvedTableFunction(Relation):
    """`range(…)`, `explode(…)` or a user's function in FROM; `inline` is one that comes with the call."""

    parts: tuple[str, ...]
    args: tuple[Expression, ...] = ()
    origin: Origin | None = field(default=None, compare=False)
    inline: Any = None  # glowplug.plan.python.TableFunction


@dataclass(frozen=True, slots=True)
class UnresolvedValues(Relation):
    """`VALUES (…), (…)`; columns are col1, col2, …"""

    rows: tuple[tuple[Expression, ...], ...]
    names: tuple[str, ...] = ()  # what the columns will be called
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class SQLText(Relation):
    """A query given as text by the client; parsed by sql/ before analysis."""

    text: str
    named_args: tuple[tuple[str, Expression], ...] = ()
    positional_args: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class UnresolvedLocalData(Relation):
    """Rows shipped by the client: an Arrow table and, where the client gave one, the schema to read it as."""

    table: Any = field(compare=False)  # pyarrow.Table
    schema: StructType | None = None


@dataclass(frozen=True, slots=True)
class CachedRemote(Relation):
    """A checkpointed DataFrame that the session holds under `id`."""

    id: str


@dataclass(frozen=True, slots=True)
class CatalogCall(Relation):
    """A `spark.catalog` method: Connect's message name and its arguments. Run when executed, not when analysed."""

    method: str
    args: tuple[tuple[str, Any], ...] = ()
    columns: tuple[Attribute, ...] = ()
    plan_id: int | None = None

    @property
    def output(self) -> tuple[Attribute, ...]:
        return self.columns


@dataclass(frozen=True, slots=True)
class LocalData(Relation):
    """Kernel: rows held in memory as an Arrow table whose columns are `columns`, in order."""

    columns: tuple[Attribute, ...]
    table: Any = field(compare=False)

    @property
    def output(self) -> tuple[Attribute, ...]:
        return self.columns


@dataclass(frozen=True, slots=True)
class Values(Relation):
    """Kernel: rows of constant expressions."""

    rows: tuple[tuple[Expression, ...], ...]
    columns: tuple[Attribute, ...]

    @property
    def output(self) -> tuple[Attribute, ...]:
        return self.columns


@dataclass(frozen=True, slots=True)
class OneRow(Relation):
    """Kernel: one row without columns: the FROM of a SELECT that has none."""

    @property
    def output(self) -> tuple[Attribute, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class Range(Relation):
    """Kernel: start, start + step, … below end."""

    start: int
    end: int
    step: int
    column: Attribute
    partitions: int | None = None

    @property
    def output(self) -> tuple[Attribute, ...]:
        return (self.column,)


@dataclass(frozen=True, slots=True)
class Scan(Relation):
    """Kernel: an external source. `source` implements `glowplug.io.source.Source` and says how it is read.

    `columns` are the columns read (pruned by the optimizer); `metadata_columns` are hidden ones that
    resolve by name only (`_metadata`).
    """

    source: Any = field(compare=True)
    columns: tuple[Attribute, ...]
    metadata_columns: tuple[Attribute, ...] = ()

    @property
    def output(self) -> tuple[Attribute, ...]:
        return self.columns


@dataclass(frozen=True, slots=True)
class CachedData(Relation):
    """Kernel: a plan that `cache()` keeps. `entry` is what the cache has of it (`execute/cache.py`); when the plan
    runs, its `table` is the kernel's."""

    columns: tuple[Attribute, ...]
    entry: Any = field(compare=True)

    @property
    def output(self) -> tuple[Attribute, ...]:
        return self.columns


@dataclass(frozen=True, slots=True)
class Shared(Relation):
    """Kernel: a part that stands in a plan several times under one `name`, computed once; columns by position."""

    name: str
    definition: Relation
    columns: tuple[Attribute, ...]

    @property
    def output(self) -> tuple[Attribute, ...]:
        return self.columns


# --- kernel: one child -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Project(Unary):
    """Kernel. `hidden` are columns of the child that still resolve by name: both keys of a join with USING."""

    expressions: tuple[Expression, ...]
    hidden: tuple[Attribute, ...] = ()

    @property
    @once
    def output(self) -> tuple[Attribute, ...]:
        return tuple(map(to_attribute, self.expressions))


@dataclass(frozen=True, slots=True)
class Filter(Unary):
    """Kernel."""

    condition: Expression
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Aggregate(Unary):
    """Kernel. `results` is the whole output: group columns and aggregates, as named expressions.

    `sets` None = plain GROUP BY; otherwise the grouping sets, as indexes into `grouping`.
    """

    grouping: tuple[Expression, ...]
    results: tuple[Expression, ...]
    sets: tuple[tuple[int, ...], ...] | None = None

    @property
    @once
    def output(self) -> tuple[Attribute, ...]:
        return tuple(map(to_attribute, self.results))


@dataclass(frozen=True, slots=True)
class Sort(Unary):
    """Kernel. A sort that is not `is_global` orders each partition only."""

    order: tuple[SortOrder, ...]
    is_global: bool = True
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Limit(Unary):
    """Kernel: the first rows; `count` is a constant expression. `offset` rows are skipped first."""

    count: Expression | None
    offset: Expression | None = None


@dataclass(frozen=True, slots=True)
class Tail(Unary):
    """Kernel: the last `count` rows."""

    count: int


@dataclass(frozen=True, slots=True)
class Distinct(Unary):
    """Kernel."""


@dataclass(frozen=True, slots=True)
class Deduplicate(Unary):
    """Kernel once `keys` are attributes. `keys` None = all columns. Keeps one row for each key."""

    keys: tuple[Expression, ...] | None
    within_watermark: bool = False


@dataclass(frozen=True, slots=True)
class Sample(Unary):
    """Kernel: rows whose random number falls in [lower, upper); `upper` is the rate with replacement."""

    lower: float
    upper: float
    with_replacement: bool = False
    seed: int | None = None
    deterministic_order: bool = False


@dataclass(frozen=True, slots=True)
class SubqueryAlias(Unary):
    """A name for a relation, and optionally for its columns (`t(a, b)`, which analysis turns into a projection)."""

    name: str
    qualifier: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    origin: Origin | None = field(default=None, compare=False)
    function: str = ""  # the table function whose rows are named
    defined: bool = False  # whether it is a view's name or that of a WITH, outside of which its files are not known

    @property
    @once
    def output(self) -> tuple[Attribute, ...]:
        q = (*self.qualifier, self.name)
        return tuple(Attribute(a.name, a.type, a.nullable, a.id, q, a.metadata) for a in self.child.output)


@dataclass(frozen=True, slots=True)
class PipeOperator(SubqueryAlias):
    """What stands before `|>`: what it does not put out, what follows does not see. Its columns keep their names."""

    name: str = ""

    @property
    @once
    def output(self) -> tuple[Attribute, ...]:
        return self.child.output


@dataclass(frozen=True, slots=True)
class TextView(Unary):
    """A temporary view that SQL made: `child` is its plan as it was then. Each use analyses `definition` anew."""

    definition: Any = field(compare=False)


@dataclass(frozen=True, slots=True)
class Repartition(Unary):
    """Kernel: how rows are spread, which one machine has no use for but Python stages and writers do."""

    partitions: int | None
    expressions: tuple[Expression, ...] = ()
    shuffle: bool = True


@dataclass(frozen=True, slots=True)
class Hint(Unary):
    """`/*+ NAME(parameters) */` or `df.hint`, as it was given. What is no hint is passed over, as in Spark."""

    name: str
    parameters: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class ResolvedHint(Hint):
    """Kernel: how a join with these rows would be done on a cluster; `name` is the strategy."""


@dataclass(frozen=True, slots=True)
class MetricView(Unary):
    """A metric view in a query that is being analysed: `dimensions` are columns of the child, `measures` aggregates
    over its columns, which `measure` computes in an aggregation above."""

    dimensions: tuple[Attribute, ...]
    measures: tuple[Alias, ...]

    @property
    def output(self) -> tuple[Attribute, ...]:
        return (*self.dimensions, *map(to_attribute, self.measures))


@dataclass(frozen=True, slots=True)
class RowFormat:
    """`ROW FORMAT DELIMITED`: what stands between fields (read as a pattern of Java's), and for NULL."""

    field: str = "\x01"
    null: str = "\\N"


@dataclass(frozen=True, slots=True)
class Transform(Unary):
    """`SELECT TRANSFORM (…) USING 'command' AS (…)`: the child's rows as lines of text through a command of the shell.

    `columns` are of the lines that come back; None: the first two fields, `key` and `value`.
    """

    script: str
    columns: tuple[StructField, ...] | None
    given: RowFormat = RowFormat()
    made: RowFormat = RowFormat()
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ScriptTransformation(Unary):
    """The lines that a command of the shell puts out when it is given those of the child's only column."""

    script: str
    line: Attribute

    @property
    def output(self) -> tuple[Attribute, ...]:
        return (self.line,)


@dataclass(frozen=True, slots=True)
class ParsedTexts(Unary):
    """Kernel: the rows of records that the child's only column has. `texts` is a `glowplug.io.texts.Texts`."""

    texts: Any
    columns: tuple[Attribute, ...]

    @property
    def output(self) -> tuple[Attribute, ...]:
        return self.columns


@dataclass(frozen=True, slots=True)
class Generate(Unary):
    """Kernel: each row of the child once for every row that `generator` makes of it.

    `outer` keeps a row whose generator makes none. `generated` are the generator's columns.
    """

    generator: Expression
    generated: tuple[Attribute, ...]
    outer: bool = False

    @property
    @once
    def output(self) -> tuple[Attribute, ...]:
        return self.child.output + self.generated


@dataclass(frozen=True, slots=True)
class LateralView(Unary):
    """`LATERAL VIEW [OUTER] f(…) table AS columns`."""

    generator: Expression
    outer: bool
    name: str
    columns: tuple[str, ...]
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class CollectMetrics(Unary):
    """Kernel: passes rows on and computes aggregates over them (`observe`)."""

    name: str
    metrics: tuple[Expression, ...]
    plan_id: int | None = None


@dataclass(frozen=True, slots=True)
class WithWatermark(Unary):
    """`df.withWatermark`: rows later than `delay` (text of an interval) behind the greatest `event_time` may be
    dropped."""

    event_time: str
    delay: str


# --- kernel: two children --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Join(Relation):
    """Kernel, once `using` and `natural` have become a condition and a projection.

    `lateral`: the right side may refer to the left one's columns by `OuterReference`. `as_of`: of the right rows that
    fit, only the nearest by the condition's one inequality (its other parts are equalities).
    """

    left: Relation
    right: Relation
    kind: JoinType
    condition: Expression | None = None
    using: tuple[str, ...] = ()
    natural: bool = False
    lateral: bool = False
    struct_sides: tuple[bool, bool] = (False, False)  # joinWith: pack each side into a struct
    as_of: bool = False
    origin: Origin | None = field(default=None, compare=False)
    hints: tuple[str, str] = field(default=("", ""), compare=False)  # of either side, in an optimized plan

    @property
    @once
    def output(self) -> tuple[Attribute, ...]:
        left, right = self.left.output, self.right.output
        if self.kind in ("semi", "anti"):
            return left
        if self.kind in ("right", "full"):
            left = tuple(map(nullable, left))
        if self.kind in ("left", "full"):
            right = tuple(map(nullable, right))
        return left + right


def nullable(a: Attribute) -> Attribute:
    """The same column, which may be NULL: it is of the side of a join that may have no row."""
    return a if a.nullable else Attribute(a.name, a.type, True, a.id, a.qualifier, a.metadata)


@dataclass(frozen=True, slots=True)
class AsOfJoin(Relation):
    """For each left row the nearest right row at or before (`backward`), after, or around its time."""

    left: Relation
    right: Relation
    left_as_of: Expression
    right_as_of: Expression
    condition: Expression | None
    using: tuple[str, ...]
    kind: str
    tolerance: Expression | None
    allow_exact_matches: bool
    direction: str


@dataclass(frozen=True, slots=True)
class NearestByJoin(Relation):
    """For each left row the `count` right rows that are nearest by `ranking`. `kind` is inner or left; `direction`
    says whether small is near (`distance`) or great (`similarity`). `mode` (`approx`, `exact`) changes nothing: answers
    are exact."""

    left: Relation
    right: Relation
    ranking: Expression
    count: int
    kind: str
    mode: str
    direction: str


@dataclass(frozen=True, slots=True)
class SetOperation(Relation):
    """Kernel, once the sides have the same number of columns and the same types."""

    left: Relation
    right: Relation
    kind: OneOf["union", "intersect", "except"]
    all: bool
    by_name: bool = False
    allow_missing: bool = False
    columns: tuple[Attribute, ...] = ()  # fresh ids, set by analysis
    origin: Origin | None = field(default=None, compare=False)

    @property
    def output(self) -> tuple[Attribute, ...]:
        return self.columns


# --- rewritten by analysis ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DataFrameNode(Unary):
    """Marks the client's DataFrame number, by which `df.col` refers to the columns of `child`."""

    plan_id: int


@dataclass(frozen=True, slots=True)
class With(Unary):
    """Named queries visible in `child` (and in the definitions after them)."""

    definitions: tuple[tuple[str, Relation], ...]
    recursive: bool = False
    max_depth: int | None = None
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Recursive(Relation):
    """Kernel: a recursive CTE: `anchor`, then `step` over its own previous rows (`RecursiveReference`) until none."""

    name: str
    anchor: Relation
    step: Relation
    all: bool
    columns: tuple[Attribute, ...]

    @property
    def output(self) -> tuple[Attribute, ...]:
        return self.columns


@dataclass(frozen=True, slots=True)
class RecursiveReference(Relation):
    """Kernel: the previous rows of the recursive CTE `name`; after `max_level` steps they may not be read again."""

    name: str
    columns: tuple[Attribute, ...]
    max_level: int | None = None

    @property
    def output(self) -> tuple[Attribute, ...]:
        return self.columns


@dataclass(frozen=True, slots=True)
class Select(Unary):
    """A SELECT block or a DataFrame's `select`/`groupBy`: expressions may hold stars, generators, aggregates, windows.

    `grouping` None = no GROUP BY written. `grouping_kind` says how `grouping` expands;
    `grouping_sets` are the sets as written for kind "sets". `having` and `windows` belong to SQL.
    """

    expressions: tuple[Expression, ...]
    grouping: tuple[Expression, ...] | None = None
    grouping_kind: OneOf["groupby", "rollup", "cube", "sets", "all"] = "groupby"
    grouping_sets: tuple[tuple[Expression, ...], ...] = ()
    having: Expression | None = None
    windows: tuple[tuple[str, WindowSpec], ...] = ()
    distinct: bool = False
    prepend_grouping: bool = False  # a DataFrame aggregation's output starts with its grouping
    qualify: Expression | None = None  # QUALIFY: a condition over window functions, after HAVING
    pipe: OneOf["", "AGGREGATE", "EXTEND", "SET"] = ""  # the operator after `|>` that it is
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class WindowSpec(Node):
    """A named window of a WINDOW clause; `reference` is the window it extends."""

    partition_by: tuple[Expression, ...] = ()
    order_by: tuple[SortOrder, ...] = ()
    frame: Any = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Pivot(Unary):
    """`grouping` None = all columns not used otherwise (SQL's PIVOT). `values` () = all distinct values."""

    grouping: tuple[Expression, ...] | None
    column: Expression
    values: tuple[Expression | UnresolvedAlias, ...]
    aggregates: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Unpivot(Unary):
    """`values` None = all columns that are not ids. A value may be a tuple of columns with an alias (SQL)."""

    ids: tuple[Expression, ...] | None
    values: tuple[tuple[tuple[Expression, ...], str | None], ...] | None
    variable_name: str
    value_names: tuple[str, ...]
    include_nulls: bool = True


@dataclass(frozen=True, slots=True)
class Transpose(Unary):
    """`df.transpose`: the values of `index`, by default the first column, become the names of columns."""

    index: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class WithColumns(Unary):
    """`df.withColumns`: columns of these names are replaced where they are, others added at the end."""

    columns: tuple[UnresolvedAlias, ...]
    pipe: bool = False  # `|> SET`: the columns must be there
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class WithColumnsRenamed(Unary):
    """`df.withColumnsRenamed`: old and new names, one after the other. A name that no column has is passed over."""

    renames: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Drop(Unary):
    """`df.drop` of `columns` by reference and of `names`, which several may have. What is not there is passed over."""

    columns: tuple[Expression, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ToDF(Unary):
    """`df.toDF`: the columns by new names, as many as there are."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ToSchema(Unary):
    """`df.to(schema)`: columns reordered and cast by name, nested fields too."""

    schema: StructType


@dataclass(frozen=True, slots=True)
class Parse(Unary):
    """`spark.read.json(df)`, `csv(df)`, `xml(df)`: the only column's texts are records."""

    format: str
    schema: StructType | None
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FillNa(Unary):
    """`df.fillna`: one value for all `columns` of its kind (none named: all columns), or one value for each."""

    columns: tuple[str, ...]
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class DropNa(Unary):
    """`df.dropna`: rows with fewer than `min_non_nulls` values in `columns`; None: with any missing. NaN is missing."""

    columns: tuple[str, ...]
    min_non_nulls: int | None


@dataclass(frozen=True, slots=True)
class ReplaceValues(Unary):
    """`df.replace` of old by new values in `columns` (none named: all) of the kind of the values."""

    columns: tuple[str, ...]
    replacements: tuple[tuple[Literal, Literal], ...]


@dataclass(frozen=True, slots=True)
class Summary(Unary):
    """`df.summary` and `df.describe`: a row for each of `statistics` (`count`, `mean`, `25%`, …), all columns texts."""

    statistics: tuple[str, ...]
    columns: tuple[str, ...] | None = None  # describe() names columns, summary() takes all


@dataclass(frozen=True, slots=True)
class Crosstab(Unary):
    """`df.stat.crosstab`: how often each pair of values occurs, a column for each value of `column2`."""

    column1: str
    column2: str


@dataclass(frozen=True, slots=True)
class Covariance(Unary):
    """`df.stat.cov`: the sample covariance, one row."""

    column1: str
    column2: str


@dataclass(frozen=True, slots=True)
class Correlation(Unary):
    """`df.stat.corr`, one row. `method` is `pearson`, the only one that Spark has."""

    column1: str
    column2: str
    method: str


@dataclass(frozen=True, slots=True)
class ApproxQuantile(Unary):
    """`df.stat.approxQuantile`: one row of an array for each column. A `relative_error` of 0 is exact."""

    columns: tuple[str, ...]
    probabilities: tuple[float, ...]
    relative_error: float


@dataclass(frozen=True, slots=True)
class FreqItems(Unary):
    """`df.stat.freqItems`: arrays of the values that occur in more than a share of `support` of the rows, and perhaps
    of others."""

    columns: tuple[str, ...]
    support: float


@dataclass(frozen=True, slots=True)
class SampleBy(Unary):
    """`df.stat.sampleBy`: of the rows of each value of `column` about a fraction; of values not named, none."""

    column: Expression
    fractions: tuple[tuple[Literal, float], ...]
    seed: int


@dataclass(frozen=True, slots=True)
class ShowString(Unary):
    """The table that `show()` prints, as one string; `html` gives the notebook's form.

    Analysis makes the columns of `child` strings and it at most one row more than `rows`; execution draws it.
    """

    rows: int
    truncate: int
    vertical: bool = False
    html: bool = False
    column: Attribute | None = None  # set by analysis

    @property
    def output(self) -> tuple[Attribute, ...]:
        assert self.column is not None
        return (self.column,)
