"""Expressions. The first part is what parsers produce; analysis replaces it by the second.

A resolved expression has `type` and `nullable`. Columns are identified by `Attribute.id`, unique in a
process, never by name. `origin` points into the user's text or program and takes no part in equality.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Any
from typing import Literal as OneOf

from glowplug.plan.node import Node
from glowplug.types import BOOLEAN, NULL, DataType

if TYPE_CHECKING:
    from glowplug.plan.function import Function
    from glowplug.plan.relations import Relation

_ids = itertools.count(1)
EvalMode = OneOf["ansi", "legacy", "try"]


def new_id() -> int:
    """A column id that no other column of this process has."""
    return next(_ids)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an expression was written.

    SQL: `text` is the statement, `start` and `stop` the first and last character's index in it.
    DataFrame: `fragment` is the method's name and `call_site` the user's line.
    """

    text: str = ""
    start: int = -1
    stop: int = -1
    fragment: str = ""
    call_site: str = ""


@dataclass(frozen=True, slots=True)
class Expression(Node):
    """Base of all expressions. Resolved ones have a `type` and are `nullable` or not."""

    if TYPE_CHECKING:

        @property
        def type(self) -> DataType: ...

        @property
        def nullable(self) -> bool: ...


def origin_of(e: Expression) -> Origin | None:
    """Where an expression was written, if it knows."""
    return getattr(e, "origin", None)


# --- unresolved: what decode/ and sql/ produce -------------------------------------------------


@dataclass(frozen=True, slots=True)
class UnresolvedAttribute(Expression):
    """A column by name; `parts` are the identifier's parts without quotes."""

    parts: tuple[str, ...]
    plan_id: int | None = None
    is_metadata: bool = False
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class UnresolvedStar(Expression):
    """`*`, `t.*` or, with `except_` and `replace`, `* EXCEPT (a)`."""

    target: tuple[str, ...] = ()
    plan_id: int | None = None
    except_: tuple[tuple[str, ...], ...] = ()
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class UnresolvedRegex(Expression):
    """All columns (of `table`, if given) whose name matches a regular expression (`df.colRegex`)."""

    pattern: str
    plan_id: int | None = None
    table: str | None = None


@dataclass(frozen=True, slots=True)
class UnresolvedFunction(Expression):
    """A call by name, operators included (`+`, `and`, `when`): `parts` is the (qualified) name."""

    parts: tuple[str, ...]
    args: tuple[Expression, ...] = ()
    distinct: bool = False
    filter: Expression | None = None
    order_by: tuple[SortOrder, ...] = ()
    ignore_nulls: bool | None = None
    internal: bool = False
    inline: Function | None = None  # a user's function that comes with the call
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class UnresolvedExtract(Expression):
    """`child[extraction]` or `child.extraction`: a field, an element or a map's value."""

    child: Expression
    extraction: Expression
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class UpdateFields(Expression):
    """`Column.withField` (a value) and `dropFields` (None); `name` may be a dotted path."""

    child: Expression
    name: str
    value: Expression | None
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class UnresolvedAlias(Expression):
    """An alias as written: one name, or several for a generator. `metadata` is JSON text.

    `listed`: the names stand in parentheses, as only those of a generator's columns may, be it one.
    """

    child: Expression
    names: tuple[str, ...]
    metadata: str | None = None
    listed: bool = False
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class UnresolvedLambda(Expression):
    """`(x, y) -> body`; the body names its parameters by `UnresolvedLambdaVariable` or by name."""

    body: Expression
    params: tuple[str, ...]
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class UnresolvedLambdaVariable(Expression):
    """A name in a function of the caller's (`x -> x + 1`), which may also be a column's: analysis decides."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NamedArgument(Expression):
    """`name => value` in a call. Calls of user code keep it."""

    name: str
    value: Expression

    @property
    def type(self) -> DataType:
        return self.value.type

    @property
    def nullable(self) -> bool:
        return self.value.nullable


@dataclass(frozen=True, slots=True)
class Parameter(Expression):
    """A parameter marker of SQL text, `:name` or `?` (name = its index), replaced before analysis."""

    name: str
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class DirectShufflePartition(Expression):
    """`repartitionById`'s partition number."""

    child: Expression


@dataclass(frozen=True, slots=True)
class DefaultValue(Expression):
    """`DEFAULT` in VALUES, UPDATE and MERGE."""


# --- both: kept by analysis, with resolved children ----------------------------------------------


@dataclass(frozen=True, slots=True)
class SortOrder(Expression):
    """What is sorted by, in ORDER BY, WITHIN GROUP and windows."""

    child: Expression
    ascending: bool = True
    nulls_first: bool = True

    @property
    def type(self) -> DataType:
        return self.child.type

    @property
    def nullable(self) -> bool:
        return self.child.nullable


@dataclass(frozen=True, slots=True)
class FrameBound(Node):
    """A window frame's bound: unbounded, the current row, or an offset (`value`, signed: before < 0)."""

    kind: OneOf["unbounded", "current", "value"]
    value: Expression | None = None


@dataclass(frozen=True, slots=True)
class WindowFrame(Node):
    """`ROWS` or `RANGE BETWEEN lower AND upper`: offsets are rows, or values of the order."""

    kind: OneOf["rows", "range"]
    lower: FrameBound
    upper: FrameBound
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class WindowExpression(Expression):
    """`function OVER (PARTITION BY … ORDER BY … frame)`; `frame` None = Spark's default.

    `reference` is the name of a window defined in a WINDOW clause, until analysis.
    """

    function: Expression
    partition_by: tuple[Expression, ...] = ()
    order_by: tuple[SortOrder, ...] = ()
    frame: WindowFrame | None = None
    reference: str | None = None
    origin: Origin | None = field(default=None, compare=False)

    @property
    def type(self) -> DataType:
        return self.function.type

    @property
    def nullable(self) -> bool:
        return self.function.nullable


@dataclass(frozen=True, slots=True)
class Subquery(Expression):
    """A query as a value. `values` are the left side of `IN`; `plan` is resolved by analysis.

    `table` is a table argument of a table function, with its partitioning.
    """

    kind: OneOf["scalar", "exists", "in", "table"]
    plan: Relation
    values: tuple[Expression, ...] = ()
    partition_by: tuple[Expression, ...] = ()
    order_by: tuple[SortOrder, ...] = ()
    single_partition: bool = False
    origin: Origin | None = field(default=None, compare=False)

    @property
    def type(self) -> DataType:
        return self.plan.output[0].type if self.kind == "scalar" else BOOLEAN

    @property
    def nullable(self) -> bool:
        if self.kind == "in":
            return any(x.nullable for x in (*self.values, *self.plan.output))
        return self.kind != "exists"


@dataclass(frozen=True, slots=True)
class Cast(Expression):
    """A conversion. `implicit` casts come from coercion and do not show in derived names.

    `mode` None = the session's (`spark.sql.ansi.enabled`), settled by analysis.
    """

    child: Expression
    type: DataType
    mode: EvalMode | None = None
    implicit: bool = False
    origin: Origin | None = field(default=None, compare=False)

    @property
    def nullable(self) -> bool:
        from glowplug.plan.casts import cast_nullable

        return cast_nullable(self)


# --- resolved -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Literal(Expression):
    """A constant. Values by type: int, float, bool, str, bytes, decimal.Decimal; date = days since the
    epoch; timestamp, timestamp_ntz and day-time interval = microseconds; time = nanoseconds; year-month
    interval = months; calendar interval = (months, days, microseconds); array = tuple; map = tuple of
    pairs; struct = tuple; None of any type. `zone` is the one in which timestamps are shown, set by analysis."""

    value: Any
    type: DataType = NULL
    origin: Origin | None = field(default=None, compare=False)
    zone: tzinfo = field(default=UTC, compare=False, repr=False)

    @property
    def nullable(self) -> bool:
        return self.value is None


@dataclass(frozen=True, slots=True)
class Attribute(Expression):
    """A column of some relation's output; equal by `id`. `qualifier` is what may stand before the name (`t`, `s.t`)."""

    name: str = field(compare=False)
    type: DataType
    nullable: bool = field(compare=False)
    id: int
    qualifier: tuple[str, ...] = field(default=(), compare=False)
    metadata: str = field(default="{}", compare=False)


@dataclass(frozen=True, slots=True)
class OuterReference(Expression):
    """A column of the query around a correlated subquery or a lateral join's left side."""

    attribute: Attribute

    @property
    def type(self) -> DataType:
        return self.attribute.type

    @property
    def nullable(self) -> bool:
        return self.attribute.nullable


@dataclass(frozen=True, slots=True)
class Alias(Expression):
    """A named result; the column it makes has this `id`. `metadata` None = the child's own."""

    child: Expression
    name: str
    id: int
    metadata: str | None = None
    qualifier: tuple[str, ...] = ()

    @property
    def type(self) -> DataType:
        return self.child.type

    @property
    def nullable(self) -> bool:
        return self.child.nullable


@dataclass(frozen=True, slots=True)
class LambdaVariable(Expression):
    """A parameter of a resolved `Lambda`, by an id that no other has."""

    name: str
    type: DataType
    nullable: bool
    id: int


@dataclass(frozen=True, slots=True)
class Lambda(Expression):
    """A resolved `(x, y) -> body`."""

    body: Expression
    params: tuple[LambdaVariable, ...]

    @property
    def type(self) -> DataType:
        return self.body.type

    @property
    def nullable(self) -> bool:
        return self.body.nullable


@dataclass(frozen=True, slots=True)
class Call(Expression):
    """A resolved call of a declared function; `args` have the types its signature asked for.

    `name` is the name it was called by, which derived column names show. `ansi` is the mode it was
    analysed in. The last four fields only matter for aggregate and window functions.
    """

    function: Function
    name: str
    args: tuple[Expression, ...]
    type: DataType
    nullable: bool
    ansi: bool = True
    distinct: bool = False
    filter: Expression | None = None
    order_by: tuple[SortOrder, ...] = ()
    ignore_nulls: bool = False
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Replaced(Expression):
    """A call that stands for another expression: `child` is computed, `shown` names the column."""

    child: Expression
    shown: str

    @property
    def type(self) -> DataType:
        return self.child.type

    @property
    def nullable(self) -> bool:
        return self.child.nullable


@dataclass(frozen=True, slots=True)
class Named(Expression):
    """An argument in a lowering's eyes: its SQL or, of a long one, a name which that SQL replaces or is bound to."""

    text: str
    type: DataType
    nullable: bool


@dataclass(frozen=True, slots=True)
class GetField(Expression):
    """The field number `ordinal` of a struct."""

    child: Expression
    ordinal: int
    name: str
    type: DataType
    nullable: bool
