"""The declaration of a function: one value holds all that the engine knows about it.

The analyzer reads names, signature, result type and nullability; derived column names read `shown`;
the kernel reads `lower`; DESCRIBE FUNCTION and the documentation read `usage` and `example`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from typing import Literal as OneOf

from glowplug.types import DataType

if TYPE_CHECKING:
    from glowplug.plan.expressions import Call, EvalMode, Expression, Origin

Kind = OneOf["scalar", "aggregate", "window", "generator"]


@dataclass(frozen=True, slots=True)
class Accept:
    """What one parameter takes: a set of types, and what other types are cast to.

    `accepts(type)` says whether an argument stays as it is; otherwise it is cast implicitly to the first
    of `targets` that Spark's implicit casts allow. Parameters that are the `same` are brought to
    their common type. Unless `implicit`, nothing is cast to `targets` but a bare NULL. `foldable` parameters must be
    constants; that is looked at before any type (`first`), in the parameter's turn (`turn`), or after all types.
    `lambda_` takes a function of the types that `lambda_(types of the other arguments)` returns, with their
    nullability, one per lambda parameter.
    """

    shown: str
    accepts: Callable[[DataType], bool]
    targets: tuple[DataType, ...] = ()
    same: bool = False
    foldable: bool = False
    lambda_: Callable[[tuple[DataType, ...]], tuple[tuple[DataType, bool], ...]] | None = None
    implicit: bool = True
    when: OneOf["first", "turn", "last"] = "last"


@dataclass(frozen=True, slots=True)
class Constant:
    """An integer argument that must be a constant from `low` to `high`; NULL counts as 0.

    `shown` is the range as Spark writes it, `literal` what it appends to the value: `L` of a bigint.
    """

    index: int
    name: str
    shown: str
    low: int
    high: int
    literal: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """Parameters by position. `optional` = how many of the last may be missing; `variadic`: the last repeats."""

    params: tuple[Accept, ...] = ()
    optional: int = 0
    variadic: bool = False
    names: tuple[str, ...] = ()
    defaults: tuple[Any, ...] = ()

    @property
    def least(self) -> int:
        return len(self.params) - self.optional

    @property
    def most(self) -> int | None:
        return None if self.variadic else len(self.params)


# `returns` and `nullable` see the coerced arguments; `lower` sees the call and its arguments' SQL.
Returns = DataType | Callable[["tuple[Expression, ...]"], DataType]
# "unless_ansi": as "any" under ANSI, where a failure is an error; otherwise always ("decimal_…": of decimals only).
Nullability = OneOf["any", "never", "always", "unless_ansi", "decimal_unless_ansi"]
Nullable = Nullability | Callable[["tuple[Expression, ...]"], bool]
Lower = str | Callable[["Call", "Lowering"], str]
# `coerce` replaces the signature's own coercion (None = these types do not fit); its flag is ANSI mode.
Coerce = Callable[["tuple[Expression, ...]", bool], "tuple[Expression, ...] | None"]
# `rewrite` gives the expression a call stands for, or None to leave the call as it is.
Rewrite = Callable[["tuple[Expression, ...]"], "Expression | None"]
Shown = str | Callable[[tuple[str, ...], "Call"], str]


class Enclosing(Protocol):
    """What SQL of values may ask of the statement that is being built around it (implemented in kernel/)."""

    @property
    def time_zone(self) -> str:
        """The session's time zone in canonical form: a region's name or an offset `+08:00`."""

    def type(self, type: DataType) -> str:
        """The kernel's name of one of our types."""

    def cast(self, sql: str, source: DataType, target: DataType, mode: EvalMode) -> str:
        """Kernel SQL for Spark's cast of the value that `sql` computes."""

    def python(self, name: str, body: Callable[..., Any], args: tuple[DataType, ...], result: DataType) -> str:
        """The name of a kernel function that runs `body` over Arrow arrays. It is called with NULLs too."""


class Lowering:
    """What a lowering builder may ask of the kernel's compiler (implemented in kernel/)."""

    @property
    def narrow(self) -> bool:
        """Whether decimals are computed in 64 bits where the kernel can, failing for values that need more."""
        return False

    @property
    def retried(self) -> bool:
        """Whether the statement failed once for a decimal of too many digits: this time the failure must say where."""
        return False

    def sql(self, expression: Expression) -> str:
        """The kernel's SQL for an expression."""
        raise NotImplementedError

    def expression(self, sql: str, type: DataType, nullable: bool) -> Expression:
        """An expression that is kernel SQL already, for the lowering of another call."""
        raise NotImplementedError

    def attempt(self, expression: Expression) -> str:
        """The kernel's SQL for an expression, NULL where it fails."""
        raise NotImplementedError

    @property
    def time_zone(self) -> str:
        """The session's time zone in canonical form: a region's name or an offset `+08:00`."""
        raise NotImplementedError

    def type(self, type: DataType) -> str:
        """The kernel's name of a type."""
        raise NotImplementedError

    def cast(
        self, sql: str, source: DataType, target: DataType, mode: EvalMode = "ansi", origin: Origin | None = None
    ) -> str:
        """The kernel's SQL for a cast of the value of `sql` from one type to another, as Spark does it in `mode`."""
        raise NotImplementedError

    @property
    def in_window(self) -> bool:
        """Whether aggregates are computed over a window, row by row, where no parts are merged."""
        return False

    def aggregate(
        self, kernel: str, call: Call, args: tuple[str, ...], condition: str | None = None, distinct: bool = False
    ) -> str:
        """The kernel aggregate with the call's DISTINCT, ORDER BY, FILTER (and `condition`) and OVER clauses."""
        raise NotImplementedError

    def beside(self, function: str, by: tuple[str, ...] = (), order: str = "") -> str | None:
        """The kernel's window function over the rows of the group that is aggregated (those of them that have the same
        `by`, in an `order`), as a column of these rows: the kernel sorts them, which spills. None where it cannot."""
        return None

    def column(self, value: str) -> str:
        """A value as a column of the rows that are aggregated, computed once: window functions order by no other."""
        raise NotImplementedError

    def spills(self, outside: bool = False) -> bool:
        """Whether an aggregate is not to hold its groups' values; then `beside`, `column` and `group` are at hand.
        `outside`: it would hold them in memory that is not the kernel's, too."""
        return False

    def places(self, ascending: bool) -> tuple[tuple[str, str], ...]:
        """Where rows come among those that are aggregated: values, and how they are ordered (`ASC NULLS FIRST`).
        None where they come in no order, or are so many that keeping to one would cost more than it is worth."""
        return ()

    def group(self) -> tuple[str, str] | None:
        """The number of the row's group, and how many rows that has; None where all rows are one."""
        raise NotImplementedError

    def error(self, call: Call, condition: str, /, **parameters: str) -> str:
        """SQL that raises Spark's `condition` when it is evaluated. Parameter values are SQL strings."""
        raise NotImplementedError

    def suspect(self, expression: Expression) -> None:
        """Notes what the kernel computes itself and, when that fails, cannot tell the place of."""
        raise NotImplementedError

    def literal(self, text: str) -> str:
        """A SQL string literal."""
        raise NotImplementedError

    @property
    def row_number(self) -> str:
        """The number of the row as it comes, from 0; conditions on it stand where window functions may."""
        raise NotImplementedError

    def setting(self, key: str) -> str:
        """A session setting's value, such as `spark.sql.session.timeZone`."""
        raise NotImplementedError

    def python(self, name: str, body: Callable[..., Any], args: tuple[DataType, ...], result: DataType) -> str:
        """The name of a kernel function that runs `body` over Arrow arrays of the arguments."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Fold:
    """An aggregate in Python: a state that takes rows in, a column of values for each argument at a time.

    `add(state, *columns)` returns the next state from Arrow arrays; its memory is bounded, however many rows come.
    `key` tells folds of one function apart. Rows with a NULL argument are left out, unless `nulls`. `result` is
    the type of what `finish` returns, if not the call's.
    """

    args: tuple[Expression, ...]
    key: str
    start: Callable[[], Any]
    add: Callable[..., Any]
    finish: Callable[[Any], Any]
    nulls: bool = False
    result: DataType | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Function:
    """A declared function. `names[0]` is the canonical one, the others are aliases.

    `signature` is a tuple when the function is overloaded: the first whose count of arguments fits
    and which accepts them as they are, else the first to which they can be cast.
    `full_scale` is the type where `spark.sql.decimalOperations.allowPrecisionLoss` is false, if another than `returns`.
    `instead` has settings, a value of each in capitals, and the function that a call means where it is set.
    `rewrite` replaces the call by another expression during analysis (before coercion), for functions
    that are defined by others. `shown` is a template of the derived column name: `({0} + {1})`.
    A `fold` is an aggregate's body in Python; its `lower` is `folds.lower`.
    An `internal` one is called by analysis only, or by a client that says that it means such a one.
    What depends on where a row stands has its `place` as one more argument after so many others (a seed among them),
    where the optimizer knows it; otherwise its lowering asks for `row_number`.
    An `ordered` function takes what WITHIN GROUP sorts by as its last argument, a SortOrder.
    Where it `casts` not, of all other types only a bare NULL is taken (Spark's `ExpectsInputTypes`).
    """

    names: tuple[str, ...]
    signature: Signature | tuple[Signature, ...] = Signature()
    returns: Returns | None = None
    lower: Lower | None = None
    fold: Callable[[Call], Fold] | None = None
    kind: Kind = "scalar"
    nullable: Nullable = "any"
    shown: Shown | None = None
    coerce: Coerce | None = None
    full_scale: Returns | None = None
    instead: tuple[tuple[str, str, Function], ...] = ()
    rewrite: Rewrite | None = None
    constants: tuple[Constant, ...] = ()
    settled: tuple[int, ...] = ()  # the places of arguments whose value its own checks ask for, where it is constant
    deterministic: bool = True
    internal: bool = False
    place: int | None = None
    ordered: bool = False
    casts: bool = True
    logic: OneOf["and", "or", "not"] | None = None  # what conditions are made of
    bare: tuple[str, ...] = ()  # the names that call it without parentheses, where no column has them
    in_from: bool = False  # stands in FROM only
    star: bool = False  # `f(*)` is of the rows, `f(1)`, and not of all columns
    extracts: bool = False  # gives a part of its first argument, whose column it stays
    requires: tuple[str, str] | None = None  # a setting, and the condition raised unless it is true
    usage: str = ""
    example: str = ""
    since: str = ""
    group: str = ""

    def __repr__(self) -> str:
        return f"<function {self.names[0]}>"
