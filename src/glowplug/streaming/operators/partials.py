"""How aggregates are kept from batch to batch: as partial results, each with what merges it and what ends it.

An aggregate that is not here is computed anew, over the rows of its group, which the state then keeps: those whose
answer may depend on any of the values (percentiles, modes, lists), and sketches that have no merge of Spark's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial as bind

from glowplug.functions.statistics import precision_of
from glowplug.io.state.layout import Piece
from glowplug.plan.expressions import Attribute, Call, Expression, Literal, Origin
from glowplug.plan.tree import map_expressions, walk
from glowplug.types import (
    BOOLEAN,
    DataType,
    DayTimeIntervalType,
    DecimalType,
    NullType,
    YearMonthIntervalType,
)

Build = Callable[..., Expression]  # of SQL text, where it was asked for, and the values that its names have
NAMES = ("x", "y", "z", "w")


@dataclass(frozen=True, slots=True)
class Formula:
    """An aggregate in SQL: its parts by name, each with what it is of rows and what merges it, and its answer.

    Of rows, `x`, `y`, … are the arguments, and `this` is the aggregate itself. Merges see the parts, and whether a
    row is `fresh`: of this batch. Where `two` rows are the most that they merge, they are not for sessions. A sketch
    of `registers` is merged with none of another size.
    Names of parts are those of Spark's buffers.
    """

    parts: dict[str, tuple[str, str]]
    end: str
    two: bool = False
    registers: int = 0


@dataclass(frozen=True, slots=True)
class Partial:
    """A formula at work: `parts` are aggregates over rows; `origin` is where the user asked for it."""

    formula: Formula
    parts: tuple[Expression, ...]
    constants: dict[str, Expression]  # among the arguments
    origin: Origin | None

    def merged(self, parts: Sequence[Expression], build: Build, fresh: Expression | None) -> list[Expression]:
        named = self._named(parts) | ({} if fresh is None else {"fresh": fresh})
        return [build(merge, self.origin, **named) for _, merge in self.formula.parts.values()]

    def end(self, parts: Sequence[Expression], build: Build) -> Expression:
        return build(self.formula.end, self.origin, **self._named(parts))

    def _named(self, parts: Sequence[Expression]) -> dict[str, Expression]:
        return self.constants | dict(zip(self.formula.parts, parts, strict=True))

    def shown(self, first: int) -> list[tuple[str, DataType, Piece]]:
        """The parts as readers of the state get them: as Spark has its buffers. `first` is the first one's column."""
        names = zip(self.formula.parts, self.parts, strict=True)
        fields: list[tuple[str, DataType, Piece]] = [(n, p.type, first + i) for i, (n, p) in enumerate(names)]
        if list(self.formula.parts) == ["sum"] and isinstance(self.parts[0].type, DecimalType):
            fields.append(("isEmpty", BOOLEAN, ("is null", first)))
        return fields


def partial(call: Expression, build: Build, sessions: bool) -> Partial | None:
    """None where an aggregate cannot be kept so."""
    if not isinstance(call, Call) or call.distinct or call.order_by:
        return None
    found = _FORMULAS.get(call.function.names[0])
    formula = found(call) if callable(found) else found
    if formula is None or (sessions and formula.two):
        return None
    values = dict(zip(NAMES, call.args, strict=False))
    constants = {name: e for name, e in values.items() if not any(isinstance(x, Attribute) for x in walk(e))}
    asked = [of for of, _ in formula.parts.values()]
    parts = [call if of == "this" else _filtered(build(of, call.origin, **values), call) for of in asked]
    return Partial(formula, tuple(parts), constants, call.origin)


def _filtered(e: Expression, call: Call) -> Expression:
    """`e` with the FILTER of `call` in its aggregates."""
    if isinstance(e, Call) and e.function.kind == "aggregate":
        return replace(e, filter=call.filter)
    return map_expressions(e, lambda x: _filtered(x, call))  # type: ignore[no-any-return]


def _same(merge: str, name: str = "") -> Formula:
    """The aggregate of the whole is an aggregate of the aggregates of its parts."""
    name = name or merge
    return Formula({name: ("this", f"{merge}({name})")}, name)


_COUNT = Formula({"count": ("this", "sum(count)")}, "coalesce(count, 0)")
_MEAN = {"sum": ("sum(CAST(x AS DOUBLE))", "sum(sum)"), "count": ("count(x)", "sum(count)")}
_INTERVALS = (YearMonthIntervalType, DayTimeIntervalType)


def _average(call: Call) -> Formula | None:
    """Averages of intervals, and of decimals so long that dividing rounds twice, are over their rows."""
    if isinstance(call.type, _INTERVALS):
        return None
    if not isinstance(call.type, DecimalType):
        return Formula(_MEAN, "sum / nullif(count, 0)")
    if call.name == "try_avg" or call.type.precision + call.type.scale > 30:
        return None
    return Formula(_MEAN | {"sum": ("sum(x)", "sum(sum)")}, "sum / nullif(CAST(count AS DECIMAL(20, 0)), 0)")


# A sum that has overflowed stays so.
_TRY_SUM = Formula(
    {
        "sum": ("this", "if(bool_or(sum IS NULL AND count > 0), NULL, try_sum(sum))"),
        "count": ("count(x)", "sum(count)"),
    },
    "sum",
)


def _first(pick: str, call: Call) -> Formula:
    """Of the value that came first, or last: NULL too, unless it is ignored."""
    ignored = call.ignore_nulls or (len(call.args) > 1 and isinstance(call.args[1], Literal) and call.args[1].value)
    name = "last" if pick == "max_by" else "first"
    parts = {
        name: ("this", f"{pick}({name}, if(valueSet, fresh, NULL))"),
        "valueSet": ("bool_or(x IS NOT NULL)" if ignored else "bool_or(true)", "bool_or(valueSet)"),
    }
    return Formula(parts, name, two=True)


def _extreme(name: str, call: Call) -> Formula | None:
    """Of two arguments: the first of the greatest, or least, second."""
    if len(call.args) != 2:
        return None
    order, value = "extremumOrdering", "valueWithExtremumOrdering"
    bound = name.removesuffix("_by")
    parts = {value: ("this", f"{name}({value}, {order})"), order: (f"{bound}(y)", f"{bound}({order})")}
    return Formula(parts, value)


def _distinct_count(call: Call) -> Formula | None:
    """About how many: by codes of the values, of which there are few."""
    if isinstance(call.args[0].type, NullType):
        return None
    more = ", y" if len(call.args) > 1 else ""
    codes = f"collect_set(hyperloglog_code(x{more}))", "array_distinct(flatten(collect_list(codes)))"
    return Formula({"codes": codes}, f"hyperloglog_count(codes{more})", registers=1 << precision_of(call))


def _sketch(union: str, values: int, call: Call) -> Formula:
    """A sketch is merged by its union, told the same sizes; they come behind the `values`."""
    told = "".join(f", {name}" for name, _ in zip(NAMES[values:], call.args[values:], strict=False))
    return Formula({"sketch": ("this", f"{union}(sketch{told})")}, "sketch")


# --- moments: two sums of powers around two means are one around the mean of both (Chan, Golub and LeVeque, "Updating
# Formulae and a Pairwise Algorithm for Computing Sample Variances", 1979; of higher orders: Pébay, 2008). Where there
# is one mean, or both are equal, what is multiplied by their difference is 0, whichever rows are found by them.


def _apart(avg: str) -> str:
    return f"(max({avg}) - min({avg}))"


def _mean(avg: str) -> str:
    """The merge of a mean."""
    return f"min({avg}) + {_apart(avg)} * max_by(n, {avg}) / nullif(sum(n), 0)"


def _product(total: str, by: str, other: str) -> str:
    """The merge of a sum of products around the means `by` and `other`."""
    return f"sum({total}) + {_apart(by)} * {other} * min_by(n, {by}) * max_by(n, {by}) / nullif(sum(n), 0)"


_CENTRAL = {
    "n": ("CAST(count(x) AS DOUBLE)", "sum(n)"),
    "avg": ("avg(x)", _mean("avg")),
    "m2": ("var_pop(x) * count(x)", _product("m2", "avg", _apart("avg"))),
}
_A, _B, _D, _N = "min_by({}, avg)", "max_by({}, avg)", _apart("avg"), "nullif(sum(n), 0)"
_NA, _NB, _M2A, _M2B, _M3A, _M3B = (side.format(p) for p in ("n", "m2", "m3") for side in (_A, _B))
_THIRD = {
    **_CENTRAL,
    "m3": (
        "coalesce(skewness(x), 0) * sqrt(pow(var_pop(x) * count(x), 3) / nullif(count(x), 0))",
        f"sum(m3) + pow({_D}, 3) * {_NA} * {_NB} * ({_NA} - {_NB}) / pow({_N}, 2)"
        f" + 3 * {_D} * ({_NA} * {_M2B} - {_NB} * {_M2A}) / {_N}",
    ),
}
_FOURTH = {
    **_THIRD,
    "m4": (
        "(coalesce(kurtosis(x), -3) + 3) * pow(var_pop(x) * count(x), 2) / nullif(count(x), 0)",
        f"sum(m4) + pow({_D}, 4) * {_NA} * {_NB} * (pow({_NA}, 2) - {_NA} * {_NB} + pow({_NB}, 2)) / pow({_N}, 3)"
        f" + 6 * pow({_D}, 2) * (pow({_NA}, 2) * {_M2B} + pow({_NB}, 2) * {_M2A}) / pow({_N}, 2)"
        f" + 4 * {_D} * ({_NA} * {_M3B} - {_NB} * {_M3A}) / {_N}",
    ),
}
_PAIRS = {
    "n": ("CAST(regr_count(x, y) AS DOUBLE)", "sum(n)"),
    "xAvg": ("regr_avgy(x, y)", _mean("xAvg")),
    "yAvg": ("regr_avgx(x, y)", _mean("yAvg")),
    "ck": ("regr_sxy(x, y)", _product("ck", "xAvg", "(max_by(yAvg, xAvg) - min_by(yAvg, xAvg))")),
    "xMk": ("regr_syy(x, y)", _product("xMk", "xAvg", _apart("xAvg"))),
    "yMk": ("regr_sxx(x, y)", _product("yMk", "yAvg", _apart("yAvg"))),
}
_MOMENTS = {
    "var_pop": (_CENTRAL, "m2 / nullif(n, 0)"),
    "stddev_pop": (_CENTRAL, "sqrt(m2 / nullif(n, 0))"),
    "variance": (_CENTRAL, "m2 / nullif(n - 1, 0)"),
    "stddev": (_CENTRAL, "sqrt(m2 / nullif(n - 1, 0))"),
    "skewness": (_THIRD, "sqrt(n) * m3 / nullif(sqrt(pow(m2, 3)), 0)"),
    "kurtosis": (_FOURTH, "n * m4 / nullif(pow(m2, 2), 0) - 3"),
    "covar_pop": (_PAIRS, "ck / nullif(n, 0)"),
    "covar_samp": (_PAIRS, "ck / nullif(n - 1, 0)"),
    "corr": (_PAIRS, "if(n > 1, ck / sqrt(xMk * yMk), NULL)"),
    "regr_sxx": (_PAIRS, "yMk"),
    "regr_syy": (_PAIRS, "xMk"),
    "regr_sxy": (_PAIRS, "ck"),
    "regr_r2": (_PAIRS, "if(yMk = 0, NULL, if(xMk = 0, 1, pow(ck / nullif(sqrt(xMk * yMk), 0), 2)))"),
    "regr_slope": (_PAIRS, "ck / nullif(yMk, 0)"),
    "regr_intercept": (_PAIRS, "xAvg - ck / nullif(yMk, 0) * yAvg"),
}


_FORMULAS: dict[str, Formula | Callable[[Call], Formula | None]] = {
    **{name: _same(name) for name in ("min", "max", "sum", "bit_and", "bit_or", "bit_xor", "vector_sum")},
    "bool_and": _same("bool_and", "min"),
    "bool_or": _same("bool_or", "max"),
    **dict.fromkeys(("count", "count_if", "regr_count"), _COUNT),
    **dict.fromkeys(("avg", "try_avg"), _average),
    "try_sum": _TRY_SUM,
    **{name: bind(_first, "min_by") for name in ("first", "any_value")},
    "last": bind(_first, "max_by"),
    **{name: bind(_extreme, name) for name in ("max_by", "min_by")},
    **{name: Formula(parts, end, two=True) for name, (parts, end) in _MOMENTS.items()},
    "approx_count_distinct": _distinct_count,
    **dict.fromkeys(("bitmap_construct_agg", "bitmap_or_agg"), _same("bitmap_or_agg")),
    "bitmap_and_agg": _same("bitmap_and_agg"),
    "hll_sketch_agg": Formula({"sketch": ("this", "hll_union_agg(sketch)")}, "sketch"),
    "theta_sketch_agg": bind(_sketch, "theta_union_agg", 1),
    **{f"kll_sketch_agg_{t}": bind(_sketch, f"kll_merge_agg_{t}", 1) for t in ("bigint", "double", "float")},
    **{f"tuple_sketch_agg_{t}": bind(_sketch, f"tuple_union_agg_{t}", 2) for t in ("integer", "double")},
}
