"""`df.describe`, `df.summary` and `df.stat`. Source of the semantics: Spark's StatFunctions and FrequentItems."""

from __future__ import annotations

from glowplug.analyze.columns import named_column, schema_column
from glowplug.analyze.context import Context, Scope, expose, scope_of, used
from glowplug.analyze.expressions import resolve
from glowplug.analyze.rules.filters import keep_output
from glowplug.analyze.rules.missing_values import fill_na
from glowplug.analyze.rules.pivots import resolve_pivot
from glowplug.analyze.rules.selects import resolve_select
from glowplug.errors import IllegalArgument, RuntimeFailure
from glowplug.functions import internal
from glowplug.plan.build import called
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Cast,
    Expression,
    GetField,
    Literal,
    UnresolvedAlias,
    UnresolvedExtract,
    new_id,
)
from glowplug.plan.names import derived_name
from glowplug.plan.relations import (
    Aggregate,
    ApproxQuantile,
    Correlation,
    Covariance,
    Crosstab,
    FillNa,
    Filter,
    FreqItems,
    Generate,
    OneRow,
    Pivot,
    Project,
    Relation,
    SampleBy,
    Select,
    Summary,
)
from glowplug.types import (
    BOOLEAN,
    DOUBLE,
    INT,
    LONG,
    NUMERIC,
    STRING,
    ArrayType,
    DataType,
    DecimalType,
    StringType,
    simple_string,
)

LEAST_SUPPORT = 1e-4


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise IllegalArgument("CONNECT_INVALID_PLAN.ASSERTION_FAILURE", message=message)


# --- describe, summary --------------------------------------------------------------------------------------


def summarize(node: Summary, cx: Context) -> Relation:
    """One row for each statistic, one string column for each column of numbers or strings."""
    names = node.columns
    columns = list(node.child.output) if names is None else [named_column(n, node.child, cx) for n in names]
    columns = [c for c in columns if isinstance(c.type, (*NUMERIC, StringType))]
    percentiles = [_fraction(s) for s in node.statistics if s.endswith("%")]
    twice = next((s for i, s in enumerate(node.statistics) if s in node.statistics[:i]), None)
    if twice is not None and columns:
        policy = '"spark.sql.mapKeyDedupPolicy"'
        raise RuntimeFailure("DUPLICATED_MAP_KEY", key=twice, mapKeyDedupPolicy=policy)
    cells = [[Cast(_statistic(s, c, percentiles), STRING) for c in columns] for s in node.statistics]
    items = tuple(UnresolvedAlias(e, ("s",)) for row in cells for e in row)
    computed = resolve_select(Select(node.child, items), cx) if items else OneRow()
    values = iter(computed.output)
    table = [[Literal(s, STRING), *(next(values) for _ in columns)] for s in node.statistics]
    texts = tuple(Attribute(_name(c), STRING, True, new_id()) for c in columns)
    generated = (Attribute("summary", STRING, True, new_id()), *texts)
    return Project(Generate(computed, internal.rows(table), generated), generated)


def _name(e: Expression) -> str:
    return e.name if isinstance(e, (Attribute, GetField)) else derived_name(e)


def _fraction(statistic: str) -> float:
    try:
        p = float(statistic.removesuffix("%")) / 100
    except ValueError:
        raise IllegalArgument("UNRECOGNIZED_STATISTIC", stats=f"'{statistic}'") from None
    _require(0 <= p <= 1, f"the percentile {statistic} is not between 0% and 100%")
    return p


def _statistic(name: str, column: Expression, percentiles: list[float]) -> Expression:
    """Strings are read as numbers where only numbers have the statistic; those that are none do not count."""
    number = Cast(column, DOUBLE, "try") if isinstance(column.type, StringType) else column
    if name.endswith("%"):
        # One call for all percentiles, which the kernel computes once.
        every = Literal(tuple(percentiles), ArrayType(DOUBLE, False))
        at = Literal(percentiles.index(_fraction(name)), INT)
        return UnresolvedExtract(called("percentile_approx", number, every), at)
    match name.lower():
        case "count" | "min" | "max" | "approx_count_distinct" as function:
            return called(function, column)
        case "count_distinct":
            return called("count", column, distinct=True)
        case "mean" | "stddev" as function:
            return called(function, number)
    raise IllegalArgument("UNRECOGNIZED_STATISTIC", stats=f"'{name}'")


# --- df.stat ------------------------------------------------------------------------------------------------


def crosstab(node: Crosstab, cx: Context) -> Relation:
    """How often each pair of values occurs: one row for each value of the first column, one column for the second's."""
    first, second = (named_column(n, node.child, cx) for n in (node.column1, node.column2))

    def text(e: Expression, *, without: str = "") -> Expression:
        value: Expression = Cast(e, STRING)
        value = called("replace", value, Literal(without, STRING), Literal("", STRING)) if without else value
        return called("when", called("isnull", e), Literal("null", STRING), value)

    key = UnresolvedAlias(text(first), (f"{node.column1}_{node.column2}",))
    count = UnresolvedAlias(called("count", Literal(1, INT)), ("count",))
    pivoted = resolve_pivot(Pivot(node.child, (key,), text(second, without="`"), (), (count,)), cx)
    return fill_na(FillNa(pivoted, (), (Literal(0, LONG),)), cx)


def covariance(node: Covariance, cx: Context) -> Relation:
    """The sample covariance, one row. NULLs count as 0, and there is 0 for no rows."""
    return _one("cov", called("covar_samp", *_numbers(node, "covariance", cx)), 0.0, node.child, cx)


def correlation(node: Correlation, cx: Context) -> Relation:
    """Pearson's correlation, one row. NULLs count as 0, and there is NaN for no rows."""
    _require(node.method == "pearson", f"there is no correlation of the method {node.method}; there is pearson")
    return _one("corr", called("corr", *_numbers(node, "correlation", cx)), float("nan"), node.child, cx)


def _numbers(node: Covariance | Correlation, what: str, cx: Context) -> list[Expression]:
    columns = [schema_column(n, node.child, cx) for n in (node.column1, node.column2)]
    for c in columns:
        _require(isinstance(c.type, NUMERIC), f"a {what} is of numbers, and {_name(c)} is {simple_string(c.type)}")
    return [called("coalesce", Cast(c, DOUBLE), Literal(0.0, DOUBLE)) for c in columns]


def _one(name: str, e: Expression, otherwise: float, child: Relation, cx: Context) -> Relation:
    """One aggregate as a column that counts as nullable."""
    value = called("if", called("isnull", e), Literal(otherwise, DOUBLE), e)
    return resolve_select(Select(child, (UnresolvedAlias(value, (name,)),)), cx)


def approximate_quantiles(node: ApproxQuantile, cx: Context) -> Relation:
    """A list of quantiles for each column, in one row. They are exact, which every relative error allows."""
    _require(node.relative_error >= 0, f"the relative error cannot be negative, as {node.relative_error} is")
    for p in node.probabilities:
        _require(0 <= p <= 1, f"the probability {p} is not between 0 and 1")
    lists: list[Expression] = []
    for name in node.columns:
        c = named_column(name, node.child, cx)
        _require(isinstance(c.type, NUMERIC), f"quantiles are of numbers, and {name} is {simple_string(c.type)}")
        lists.append(internal.quantiles(resolve(Cast(c, DOUBLE), Scope(()), cx), node.probabilities))
    computed = _aggregate(node.child, lists)
    all_lists = resolve(called("array", *computed.output), Scope(()), cx)
    # Spark declares NULLs possible at every level but the outermost.
    typed = resolve(Cast(all_lists, ArrayType(ArrayType(DOUBLE))), Scope(()), cx)
    return Project(computed, (Alias(typed, "approx_quantile", new_id()),))


def _aggregate(child: Relation, calls: list[Expression]) -> Relation:
    return Aggregate(child, (), tuple(Alias(c, "a", new_id()) for c in calls))


def frequent_items(node: FreqItems, cx: Context) -> Relation:
    """For each column a list with all values that are more often than `support`, and possibly others."""
    _require(LEAST_SUPPORT <= node.support <= 1, f"the support {node.support} is not between {LEAST_SUPPORT} and 1")
    columns = [named_column(n, node.child, cx) for n in node.columns]
    if not columns:
        return Project(node.child, ())
    most = int(1 / node.support)
    aliases = [
        Alias(internal.frequent(c, most), f"{name}_freqItems", new_id())
        for name, c in zip(node.columns, columns, strict=True)
    ]
    hidden = used(node.child, *columns)
    return Aggregate(expose(node.child, hidden), (), tuple(aliases))


def sample_by(node: SampleBy, cx: Context) -> Relation:
    """Each row with the probability of its stratum; strata that are not listed are left out."""
    for _, fraction in node.fractions:
        _require(0 <= fraction <= 1, f"the fraction {fraction} is not between 0 and 1")
    stratum = resolve(node.column, scope_of(node.child, cx=cx), cx)
    chances = [(key, f) for key, f in node.fractions if _comparable(stratum.type, key.type)]
    if not chances:
        return Filter(node.child, Literal(False, BOOLEAN))
    branches = [e for key, f in chances for e in (called("=", stratum, key), Literal(f, DOUBLE))]
    chance = called("when", *branches, Literal(0.0, DOUBLE))
    condition = resolve(called("<", called("rand", Literal(node.seed, LONG)), chance), Scope(()), cx)
    return keep_output(node.child, Filter(expose(node.child, used(node.child, condition)), condition))


def _comparable(a: DataType, b: DataType) -> bool:
    """Strata are compared as the JVM compares boxed values: whole numbers and fractions are equal by value."""
    plain = [isinstance(t, NUMERIC) and not isinstance(t, DecimalType) for t in (a, b)]
    return all(plain) or type(a) is type(b)
