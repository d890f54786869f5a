"""A resolved plan as one kernel statement. Each column is `c<id>`; names exist only outside the kernel.

`Compiler.query` returns the statement; `inputs` and `functions` are what a connection must register before running it.
`relations.py` has one function for each kind of relation, `casts.py` Spark's casts; functions bring their own lowering.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from typing import Literal as OneOf

from glowplug.config import OF_ROWS, Conf, declared
from glowplug.errors import unsupported
from glowplug.functions.collation_keys import collated, key, plain
from glowplug.functions.ordering import order_key
from glowplug.functions.predicates import as_range
from glowplug.kernel.beside import Beside
from glowplug.kernel.calls import call_sql, refuse_named
from glowplug.kernel.casts import Casting, cast_sql, convert
from glowplug.kernel.database import Connection
from glowplug.kernel.failures import Statements, raise_sql
from glowplug.kernel.guards import constants_first
from glowplug.kernel.literals import NEGATIVE_ZERO, literal_sql
from glowplug.kernel.types import kernel_type, text
from glowplug.kernel.windows import Windows
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Call,
    Cast,
    EvalMode,
    Expression,
    FrameBound,
    GetField,
    Lambda,
    LambdaVariable,
    Literal,
    Named,
    Origin,
    OuterReference,
    Replaced,
    SortOrder,
    Subquery,
    WindowExpression,
)
from glowplug.plan.function import Lowering
from glowplug.plan.relations import Relation
from glowplug.plan.tree import outer_columns
from glowplug.types import DataType, DateType, DayTimeIntervalType, DecimalType, NullType, YearMonthIntervalType


@dataclass(frozen=True, slots=True)
class KernelSQL(Expression):
    """An expression that is kernel SQL already; only inside this package and for data sources."""

    text: str
    type: DataType
    nullable: bool = True


@dataclass(slots=True)
class PythonFunction:
    """A kernel function implemented in Python over Arrow arrays."""

    body: Callable[..., Any]
    args: tuple[str, ...]
    result: str


_OF_THE_ORDER = frozenset(("list", "first", "last", "any_value", "string_agg"))
Decimals = OneOf["plain", "narrow", "exact"]


@dataclass(slots=True)
class Compiler(Lowering):
    conf: Conf
    connection: Connection | None = None  # for what must be looked up while compiling
    inputs: dict[str, Any] = field(default_factory=dict)
    functions: dict[str, PythonFunction] = field(default_factory=dict)
    lenient: bool = False  # within `attempt`: errors are NULL
    lazy: bool = True  # whether arguments are left out as Spark does; conditions of joins must be of each side alone
    window: str = ""  # the OVER clause of the window expression being compiled
    window_order: tuple[SortOrder, ...] = ()  # of its rows
    windows: Windows | None = None  # those of the projection being compiled
    partition: tuple[str, ...] | None = None  # what its rows share, where its frame is all of those that share it
    numbered: bool = False  # whether what was compiled of the relation asks for the row's number
    # How decimals of many digits are computed: `narrow`, in 64 bits below aggregations, failing for more; `exact`, the
    # second time, when that has failed.
    decimals: Decimals = "plain"
    beside_rows: Beside | None = None  # what the aggregation being compiled asks of its rows, where it can
    spilling: bool = False  # whether aggregates hold no groups' values, which take longer to sort
    hungry: bool = False  # whether one that was compiled holds them, and need not
    outside: bool = False  # whether it holds them outside of the kernel's memory too
    in_place: bool = True  # whether an aggregate may ask where its rows come, for which they come on one thread
    placing: bool = False  # whether one does
    aggregations: int = 0  # how many the relation being compiled is below
    shared: dict[str, str] = field(default_factory=dict)  # Shared parts by name, in the order of definition
    suspects: list[Expression] = field(default_factory=list)  # what the kernel fails on without telling where
    texts: Statements = field(default_factory=dict)  # what the errors that the statement raises lie in
    memory: dict[int, str] = field(default_factory=dict)  # CollectMetrics node → the kernel table of its rows

    def query(self, plan: Relation, prefix: str = "r") -> str:
        """The statement whose columns r0, r1, … are the plan's output, in exactly the kernel's types."""
        from glowplug.kernel.relations import relation_sql

        items = ", ".join(_result_column(a, f"{prefix}{i}") for i, a in enumerate(plan.output)) or "1 AS _"
        body = f"SELECT {items} FROM ({relation_sql(plan, self)})"
        if not self.shared:
            return body
        return f"WITH {', '.join(f'{name} AS ({sql})' for name, sql in self.shared.items())} {body}"

    # --- what lowerings ask for -----------------------------------------------------------------

    @property
    def narrow(self) -> bool:
        return self.decimals == "narrow" and self.aggregations > 0

    @property
    def retried(self) -> bool:
        return self.decimals == "exact"

    def sql(self, expression: Expression) -> str:
        match expression:
            case Attribute(id=id) | OuterReference(Attribute(id=id)):
                return f"c{id}"
            case Literal(value, type):
                return literal_sql(value, type)
            case Call():
                return self._call(expression)
            case Cast():
                return cast_sql(expression, self)
            case Alias(child) | Replaced(child):
                return self.sql(child)
            case GetField(child, ordinal):
                return f"struct_extract_at({self.sql(child)}, {ordinal + 1})"
            case WindowExpression():
                return self._window(expression)
            case Subquery():
                return self._subquery(expression)
            case Lambda(body, params):
                names = ", ".join(f"v{p.id}" for p in params)
                return f"(lambda {names}: {self.sql(body)})"
            case LambdaVariable(id=id):
                return f"v{id}"
            case SortOrder():
                return self.order(expression)
            case KernelSQL(text) | Named(text):
                return text
        raise unsupported(f"the expression {expression.__class__.__name__}")

    def expression(self, sql: str, type: DataType, nullable: bool) -> Expression:
        return KernelSQL(sql, type, nullable)

    def key(self, e: Expression) -> str:
        """What is equal, and in order, as Spark says that the values are, but for NULLs within them."""
        return key(_foldable(self.sql(e)), e.type, self)

    def type(self, type: DataType) -> str:
        return kernel_type(type)

    def cast(
        self, sql: str, source: DataType, target: DataType, mode: EvalMode = "ansi", origin: Origin | None = None
    ) -> str:
        return convert(sql, source, target, Casting(self, mode, origin))

    def literal(self, text_: str) -> str:
        return text(text_)

    def setting(self, key: str) -> str:
        assert key in OF_ROWS, f"kept rows are not found by {key}"
        value, kind = self.conf.get(key) or "", declared()[key].kind
        return value.strip().lower() if kind == "bool" else value.upper() if kind.startswith("enum:") else value

    def attempt(self, expression: Expression) -> str:
        refuse_named(expression)
        outer, self.lenient = self.lenient, True
        try:
            return f"TRY({self.sql(expression)})"
        finally:
            self.lenient = outer

    def beside(self, function: str, by: tuple[str, ...] = (), order: str = "") -> str | None:
        if self.beside_rows is None or self.beside_rows.of_sets or (self.window and not self.beside_rows.wanted):
            return None
        columns, by = self.beside_rows.columns, (*map(self.column, self.partition or ()), *by)
        return columns.setdefault((function, by, order), f"_beside{len(columns)}")

    def column(self, value: str) -> str:
        assert self.beside_rows is not None
        values = self.beside_rows.values
        return values.setdefault(value, f"_value{len(values)}")

    def spills(self, outside: bool = False) -> bool:
        if self.beside_rows is None:
            return False
        if self.window:  # a frame that is the partition would be listed for each of its rows
            self.beside_rows.wanted = outside and self.partition is not None
            return self.beside_rows.wanted
        self.hungry = True
        self.outside |= outside
        self.beside_rows.wanted |= self.spilling
        return self.spilling and not self.beside_rows.of_sets

    def places(self, ascending: bool) -> tuple[tuple[str, str], ...]:
        order = tuple(_direction(o, ascending, self) for o in self.window_order) if self.window else ()
        if self.beside_rows is None or not self._in_order():
            return order
        self.beside_rows.numbered = True
        return (*order, ("_row", f"{'ASC' if ascending else 'DESC'} NULLS FIRST"))

    def _in_order(self) -> bool:
        """Whether an aggregate sees its rows in the order in which they come: of grouping sets, only if each row is
        there once for each."""
        self.placing = True
        if self.in_place and self.beside_rows is not None and self.beside_rows.of_sets:
            self.beside_rows.wanted = True
            return False
        return self.in_place

    def group(self) -> tuple[str, str] | None:
        assert self.beside_rows is not None
        if not self.beside_rows.keyed and not self.window:
            return None
        self.beside_rows.numbered = True
        number, size = self.beside("min(_row)"), self.beside("count(*)")
        assert number is not None and size is not None
        return number, size

    def error(self, call: Call, condition: str, /, **parameters: str) -> str:
        if self.lenient:
            return "NULL"
        return raise_sql(condition, parameters, call.origin, self.texts)

    def suspect(self, expression: Expression) -> None:
        self.suspects.append(expression)

    def python(self, name: str, body: Callable[..., Any], args: tuple[DataType, ...], result: DataType) -> str:
        self.functions[name] = PythonFunction(body, tuple(map(kernel_type, args)), kernel_type(result))
        return name

    def register(self, data: Any) -> str:
        name = f"input{len(self.inputs)}"
        self.inputs[name] = data
        return name

    def failure(self, condition: str, **parameters: str) -> str:
        return raise_sql(condition, parameters, None, self.texts)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        assert self.connection is not None
        return self.connection.rows(sql)

    def mount(self, protocol: str, filesystem: Any) -> None:
        assert self.connection is not None
        self.connection.mount(protocol, filesystem)

    @property
    def row_number(self) -> str:
        self.numbered = True
        return "(row_number() OVER () - 1)"

    @property
    def time_zone(self) -> str:
        return self.conf.time_zone

    def order(self, o: SortOrder) -> str:
        return " ".join(_direction(o, True, self))

    @property
    def in_window(self) -> bool:
        return bool(self.window)

    def aggregate(
        self, kernel: str, call: Call, args: tuple[str, ...], condition: str | None = None, distinct: bool = False
    ) -> str:
        distinct = distinct or call.distinct
        if kernel in _OF_THE_ORDER and not call.order_by and self.beside_rows is not None and self.beside_rows.of_sets:
            self._in_order()
        order = f" ORDER BY {', '.join(map(self.order, call.order_by))}" if call.order_by else ""
        if distinct and kernel != "count" and any(collated(a.type) for a in call.args):
            first, distinct = self._first_of_equal(call), False
            condition = first if condition is None else f"{condition} AND {first}"
            order = order or " ORDER BY _row"
        nulls = ""
        if self.window and call.ignore_nulls and kernel in ("lag", "lead", "nth_value", "first", "last"):
            nulls, condition = " IGNORE NULLS", None
        if self.window and kernel in ("first", "last", "any_value"):
            if condition is not None:
                nulls, condition = " IGNORE NULLS", None
            kernel = "last_value" if kernel == "last" else "first_value"
        elif kernel == "any_value" and condition is None:
            kernel = "first"
        if kernel.startswith("quantile"):  # which one is a constant
            args = (args[0], *map(_foldable, args[1:]))
        conditions = [c for c in (None if call.filter is None else self.sql(call.filter), condition) if c]
        filter = f" FILTER (WHERE {' AND '.join(conditions)})" if conditions else ""
        sql = f"{kernel}({'DISTINCT ' if distinct else ''}{', '.join(args)}{order}{nulls}){filter}{self.window}"
        return sql if not self.window or self.windows is None else self.windows.named(sql)

    def _first_of_equal(self, call: Call) -> str:
        """Whether a row is the first of its group to have the arguments that it has, as their collations compare."""
        if self.beside_rows is None or self.window:
            raise unsupported(f"{call.name}(DISTINCT …) of texts that have a collation", call.origin)
        self.beside_rows.wanted = True
        if self.beside_rows.of_sets:
            return "true"
        self.beside_rows.numbered = True
        values = [self.key(a) for a in call.args if not isinstance(a, Literal)]
        same = (*values, self.sql(call.filter)) if call.filter is not None else values
        return f"{self.beside('row_number()', tuple(map(self.column, same)), '_row')} = 1"

    # --- the kinds of expression ----------------------------------------------------------------

    def _call(self, call: Call) -> str:
        if call.function.logic == "not" and isinstance(call.args[0], Subquery) and call.args[0].kind == "in":
            return f"coalesce({self._membership(call.args[0], False)}, false)"
        return call_sql(call, self)

    def _membership(self, e: Subquery, within: bool = True) -> str:
        """`x IN (query)`, or `NOT IN`: where a NULL leaves it open it may be false or NULL, which is the same in
        conditions, and false elsewhere (Spark's existence join)."""
        from glowplug.kernel.relations import relation_sql

        values = [self.key(v) for v in e.values]
        columns = ", ".join(map(self.key, e.plan.output))
        left, rows = values[0] if len(values) == 1 else f"({', '.join(values)})", relation_sql(e.plan, self)
        if len(values) > 1 and outer_columns(e.plan):  # the kernel does this for one column only
            same = " AND ".join(f"{v} = {self.key(a)}" for v, a in zip(values, e.plan.output, strict=True))
            found = same if within else f"coalesce({same}, true)"
            return f"({'' if within else 'NOT '}EXISTS (SELECT 1 FROM ({rows}) WHERE {found}))"
        return f"({'' if within else 'NOT '}({left} IN (SELECT {columns} FROM ({rows}))))"

    def plain(self, e: Expression) -> str:
        """A condition that the kernel may join by: nothing in it asks for columns of another side."""
        outer, self.lazy = self.lazy, False
        try:
            return self.condition(e)
        finally:
            self.lazy = outer

    def condition(self, e: Expression) -> str:
        """A filter's condition: where it is NULL or false is the same, so that `IN (query)` may stay a semi join."""
        match e:
            case Call(function) if function.logic in ("and", "or"):
                return f"({f' {function.logic.upper()} '.join(self._parts(e, function.logic))})"
            case Subquery("in"):
                return self._membership(e)
            case Call(function, _, (Subquery("in") as inner,)) if function.logic == "not":
                return self._membership(inner, False)
        return self.sql(e)

    def _parts(self, e: Expression, logic: str) -> list[str]:
        """All sides of an AND of ANDs, or an OR of ORs, on one level: in deeper ones, the kernel takes ranges apart."""
        if not isinstance(e, Call) or e.function.logic != logic:
            return [self.condition(e)]
        left, right = (self._parts(side, logic) for side in e.args)
        if len(left) == len(right) == 1 and (waiting := constants_first(e, [left[0], right[0]])):
            return [waiting.get(0, left[0]), waiting.get(1, right[0])]
        if logic == "and" and len(left) == len(right) == 1 and (range := as_range(left[0], right[0])):
            return [range]
        return left + right

    def _window(self, e: WindowExpression) -> str:
        parts = []
        if e.partition_by:
            parts.append("PARTITION BY " + ", ".join(map(self.key, e.partition_by)))
        if e.order_by:
            parts.append("ORDER BY " + ", ".join(map(self.order, e.order_by)))
        call = e.function.child if isinstance(e.function, Replaced) else e.function
        framed = isinstance(call, Call) and (call.function.kind == "aggregate" or call.name == "nth_value")
        if framed and e.frame is not None:
            lower, upper = (self._bound(b, e, i == 0) for i, b in enumerate((e.frame.lower, e.frame.upper)))
            # A frame may end before it starts, which the kernel lets offsets say only.
            if lower == "CURRENT ROW" and upper.endswith(" PRECEDING"):
                lower = "0 PRECEDING"
            elif upper == "CURRENT ROW" and lower.endswith(" FOLLOWING"):
                upper = "0 FOLLOWING"
            parts.append(f"{e.frame.kind.upper()} BETWEEN {lower} AND {upper}")
        outer = self.window, self.window_order, self.partition
        self.window, self.window_order, self.partition = f" OVER ({' '.join(parts)})", e.order_by, None
        ends = ("unbounded", "unbounded") if e.frame is None else (e.frame.lower.kind, e.frame.upper.kind)
        if ends == ("unbounded", "unbounded") and not (e.frame is None and e.order_by):
            self.partition = tuple(map(self.key, e.partition_by))
        try:
            return self.sql(e.function)
        finally:
            self.window, self.window_order, self.partition = outer
            if self.beside_rows is not None:
                self.beside_rows.wanted = False

    def _bound(self, bound: FrameBound, e: WindowExpression, lower: bool) -> str:
        if bound.kind == "unbounded":
            return f"UNBOUNDED {'PRECEDING' if lower else 'FOLLOWING'}"
        if bound.value is None:
            return "CURRENT ROW"
        value, negative = _distance(bound.value, e)
        sql, sign = self.sql(value), "PRECEDING" if negative else "FOLLOWING"
        if e.frame is not None and e.frame.kind == "range":
            key = e.order_by[0].type
            if isinstance(key, YearMonthIntervalType | DayTimeIntervalType):
                pass  # numbers, as the offset is
            elif isinstance(value.type, DayTimeIntervalType):
                sql = f"to_microseconds({sql})"
            elif isinstance(value.type, YearMonthIntervalType):
                sql = f"to_months({sql})"
            elif isinstance(key, DateType):
                sql = f"to_days({sql})"
        return f"{sql} {sign}"

    def _subquery(self, e: Subquery) -> str:
        """A query of its own, also where it stands within a window's function."""
        outer = self.window, self.window_order, self.partition
        self.window, self.window_order, self.partition = "", (), None
        try:
            return self._value_of(e)
        finally:
            self.window, self.window_order, self.partition = outer

    def _value_of(self, e: Subquery) -> str:
        from glowplug.kernel.relations import relation_sql

        if e.kind == "in":
            return f"coalesce({self._membership(e)}, false)"
        inner = relation_sql(e.plan, self)
        columns = ", ".join(f"c{a.id}" for a in e.plan.output)
        match e.kind:
            case "exists":
                return f"EXISTS ({inner})"
            case "scalar":
                self.suspect(e)
                return f"(SELECT {columns} FROM ({inner}))"
        raise unsupported("a table argument outside a table function", e.origin)


def _direction(o: SortOrder, ascending: bool, to: Compiler) -> tuple[str, str]:
    """What rows are ordered by, and how, or the other way round."""
    value = order_key(to.key(o.child), plain(o.child.type))
    if value.isdigit():  # to the kernel, the position of a column
        value = f"CAST({value} AS INTEGER)"
    first, direction = o.nulls_first == ascending, "ASC" if o.ascending == ascending else "DESC"
    return value, f"{direction} NULLS {'FIRST' if first else 'LAST'}"


def _foldable(sql: str) -> str:
    """For where the sign of zero does not matter, and the kernel wants what is always the same."""
    return sql.replace(NEGATIVE_ZERO, "0")


def _distance(e: Expression, window: WindowExpression) -> tuple[Expression, bool]:
    """A frame bound's constant without its sign, and whether that was negative."""
    match e:
        case Literal(int() | float() | Decimal() as number, type):
            return Literal(abs(number), type), number < 0
        case Call(args=(inner,)) if e.function.names[0] == "negative":
            distance, negative = _distance(inner, window)
            return distance, not negative
        case Cast(child):
            distance, negative = _distance(child, window)
            return replace(e, child=distance), negative
        case Replaced(child):
            return _distance(child, window)
    raise unsupported("a window frame whose bound is not a constant", window.origin)


def _result_column(a: Attribute, name: str) -> str:
    """A column of the result. Decimals inside a statement may be wider than Spark's type; at its end they are exact."""
    if isinstance(a.type, DecimalType):
        return f"CAST(c{a.id} AS {kernel_type(a.type)}) AS {name}"
    if isinstance(a.type, NullType):
        return f"CAST(c{a.id} AS INTEGER) AS {name}"  # not left out: computing it may fail
    return f"c{a.id} AS {name}"
