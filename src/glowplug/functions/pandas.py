"""Functions that PySpark's pandas API, and its plots, call by their names; SQL does not have them.

What they mean is pandas' (https://pandas.pydata.org/docs/reference): degrees of freedom, bias, NULLs that count.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from glowplug.arrow import arrow_type
from glowplug.functions import folds
from glowplug.functions.lowering import bind, known, per_row, python, stored
from glowplug.functions.vocabulary import ANY, BOOL, FLOAT64, INTEGER, Mismatch, exactly, ordinal, sig
from glowplug.plan.expressions import Call, Expression
from glowplug.plan.function import Fold, Function, Lowering
from glowplug.plan.names import pretty
from glowplug.types import DOUBLE, INT, INTEGRAL, LONG, TIMESTAMP_NTZ, ArrayType, DataType, UserDefinedType, sql_name

_internal = partial(Function, internal=True, group="misc_funcs")
_agg = partial(Function, kind="aggregate", internal=True, nullable="always", group="agg_funcs")
ListBody = Callable[[Any], Any]  # what becomes of one group's values


# --- moments ----------------------------------------------------------------------------------------------


def _freedom(parts: tuple[str, ...], population: str, result: str) -> Callable[[Call, Lowering], str]:
    """A kernel aggregate over a population, for `ddof` degrees of freedom less; NULL where none are left."""

    def lower(call: Call, low: Lowering) -> str:
        args = tuple(low.sql(a) for a in call.args[: len(parts)])
        count = f"CAST({low.aggregate('regr_count' if len(args) == 2 else 'count', call, args)} AS BIGINT)"
        value = low.aggregate(population, call, args)
        freedom = f"({count} - {int(known(call.args[-1]))})"
        return (
            f"(CASE WHEN {count} > 0 AND {freedom} <> 0 THEN {result.format(f'({value} * {count} / {freedom})')} END)"
        )

    return lower


# The kernel fails for roots of negative numbers, which are NaN.
_ROOT = "CASE WHEN {0} < 0 THEN 'NaN'::DOUBLE ELSE sqrt(abs({0})) END"


def _over_lists(name: str, one: ListBody, nulls: bool = False) -> Callable[[Call, Lowering], str]:
    """An aggregate that is computed of a group's values, as NumPy has them; those that are NULL are left out."""

    def lower(call: Call, low: Lowering) -> str:
        x = low.sql(call.args[0])
        condition = None if nulls else f"{x} IS NOT NULL"
        listed = low.aggregate("list", call, (x,), condition=condition)
        arrow = arrow_type(stored(call.type), "UTC")
        body = partial(_each_list, one, arrow)
        parameters = "_".join(str(known(a)).replace(".", "_").replace("-", "m") for a in call.args[1:])
        return python(low, f"{name}_{parameters}", _named(body), [(listed, ArrayType(call.args[0].type))], call.type)

    return lower


def _named(body: ListBody) -> ListBody:
    return lambda lists: body(lists)


def _each_list(one: ListBody, type: pa.DataType, lists: Any) -> Any:
    lists = lists.combine_chunks() if isinstance(lists, pa.ChunkedArray) else lists
    values, at, out = lists.flatten(), 0, []
    for length in lists.value_lengths().fill_null(0).to_pylist():
        out.append(one(values.slice(at, length)))
        at += length
    return pa.array(out, type)


SMALL = 1e-14  # moments below it count as none


def _moments(values: Any, *powers: int) -> tuple[int, list[float]]:
    x = values.to_numpy(zero_copy_only=False)
    away = x - x.mean() if len(x) else x
    sums = [float((away**p).sum()) for p in powers]
    return len(x), [0.0 if abs(s) < SMALL else s for s in sums]


def _skew(values: Any) -> float | None:
    n, (m2, m3) = _moments(values, 2, 3)
    if n < 3:
        return None
    return 0.0 if m2 == 0 else float(np.sqrt(n - 1) * n / (n - 2) * m3 / np.sqrt(m2**3))


def _kurtosis(values: Any) -> float | None:
    n, (m2, m4) = _moments(values, 2, 4)
    if n < 4:
        return None
    if m2 == 0:
        return 0.0
    return n * (n + 1) * (n - 1) * m4 / ((n - 2) * (n - 3) * m2**2) - 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))


# --- products, modes, extremes ----------------------------------------------------------------------------


def _product_type(args: tuple[Expression, ...]) -> DataType:
    return LONG if isinstance(args[0].type, INTEGRAL) else DOUBLE


def _lower_pandas_product(call: Call, low: Lowering) -> str:
    """Of fractions as pandas API has it: by their logarithms. No values have the product 1."""
    x = low.sql(call.args[0])
    nulls = (
        f"coalesce({low.aggregate('count_if', call, (f'{x} IS NULL',))}, 0)" if known(call.args[1]) is False else "0"
    )
    if call.type == LONG:
        value = folds.lower_as(Fold(call.args[:1], "", lambda: 1, _whole_product, lambda n: n), call, low)
    else:
        zeros, negative = (low.aggregate("count_if", call, (f"{x} {test} 0",)) for test in ("=", "<"))
        sign = f"(CASE WHEN {negative} % 2 = 1 THEN -1.0::DOUBLE ELSE 1.0::DOUBLE END)"
        total = low.aggregate("sum", call, (f"ln(abs(nullif(CAST({x} AS DOUBLE), 0)))",))
        value = f"(CASE WHEN {zeros} > 0 THEN 0.0::DOUBLE ELSE {sign} * exp(coalesce({total}, 0)) END)"
    return f"(CASE WHEN {nulls} = 0 THEN {value} END)"


def _whole_product(product: int, values: Any) -> int:
    """Of 64 bits, as NumPy multiplies."""
    numbers = np.append(values.to_numpy().astype(np.int64), np.int64(product))
    return int(np.prod(numbers, dtype=np.int64))


def _lower_mode(call: Call, low: Lowering) -> str:
    type = arrow_type(stored(call.args[0].type), "UTC")
    return _over_lists("pandas_mode", partial(_modes, type), nulls=known(call.args[1]) is False)(call, low)


def _modes(type: pa.DataType, values: Any) -> list[Any]:
    counts = values.value_counts()
    if not len(counts):
        return []
    most = pa.compute.max(counts.field("counts"))
    found: list[Any] = (
        counts.field("values").filter(pa.compute.equal(counts.field("counts"), most)).cast(type).to_pylist()
    )
    return found


def _lower_top(call: Call, low: Lowering) -> str:
    kernel = "min" if known(call.args[2]) else "max"
    found = low.aggregate(kernel, call, (low.sql(call.args[0]), str(int(known(call.args[1])))))
    return f"coalesce({found}, [])"


def _kernel(name: str, call: Call, low: Lowering) -> str:
    return low.aggregate(name, call, (low.sql(call.args[0]),))


# --- windows ----------------------------------------------------------------------------------------------


def _weighted(alpha: float, ignore_nulls: bool, values: Any) -> float | None:
    """The exponentially weighted mean as it is at the last value that there is."""
    x = values.to_numpy(zero_copy_only=False).astype(float)
    there = values.is_valid().to_numpy(zero_copy_only=False)
    if not there.any():
        return None
    places = np.cumsum(there) if ignore_nulls else np.arange(len(x))
    weights = (1 - alpha) ** (places[there][-1] - places[there]).astype(float)
    return float((weights * x[there]).sum() / weights.sum())


def _lower_ewm(call: Call, low: Lowering) -> str:
    alpha, ignore_nulls = float(known(call.args[1])), bool(known(call.args[2]))
    return _over_lists("ewm", partial(_weighted, alpha, ignore_nulls), nulls=True)(call, low)


def _nulls_at_the_end(values: Any) -> int:
    there = np.flatnonzero(values.is_valid().to_numpy(zero_copy_only=False))
    return len(values) - 1 - int(there[-1]) if len(there) else len(values)


# --- of a row ---------------------------------------------------------------------------------------------


def _search(values: list[Any], value: Any) -> int:
    """Where it is in a sorted array, or -1 less where it would be."""
    low, high = 0, len(values) - 1
    while low <= high:
        middle = (low + high) // 2
        if values[middle] == value:
            return middle
        low, high = (middle + 1, high) if values[middle] < value else (low, middle - 1)
    return -bisect_left(values, value) - 1


def _unwrapped(args: tuple[Expression, ...]) -> DataType:
    type = args[0].type
    if not isinstance(type, UserDefinedType):
        raise Mismatch(
            "UNEXPECTED_INPUT_TYPE",
            paramIndex=ordinal(0),
            requiredType="UserDefinedType",
            inputSql=f'"{pretty(args[0])}"',
            inputType=f'"{sql_name(type)}"',
        )
    return type.sql_type


def _seconds(call: Call, low: Lowering) -> str:
    return bind(
        f"epoch_us({low.sql(call.args[0])})", lambda us: f"(({us} - (({us} % 1000000) + 1000000) % 1000000) // 1000000)"
    )


FUNCTIONS = (
    _agg(
        ("product",),
        sig(FLOAT64),
        DOUBLE,
        partial(_kernel, "product"),
        usage="Returns the product of a group's values.",
    ),
    _agg(
        ("pandas_product",),
        sig(ANY, BOOL),
        _product_type,
        _lower_pandas_product,
        nullable=lambda args: known(args[1]) is False,
        usage="Returns the product of a group's values, without NULLs or NULL.",
    ),
    _agg(
        ("pandas_stddev",),
        sig(FLOAT64, INTEGER),
        DOUBLE,
        _freedom(("x",), "var_pop", _ROOT),
        usage="Returns a standard deviation, with degrees of freedom.",
    ),
    _agg(
        ("pandas_var",),
        sig(FLOAT64, INTEGER),
        DOUBLE,
        _freedom(("x",), "var_pop", "{0}"),
        usage="Returns a variance, with degrees of freedom.",
    ),
    _agg(
        ("pandas_covar",),
        sig(FLOAT64, FLOAT64, INTEGER),
        DOUBLE,
        _freedom(("x", "y"), "covar_pop", "{0}"),
        usage="Returns a covariance, with degrees of freedom.",
    ),
    _agg(
        ("pandas_skew",),
        sig(FLOAT64),
        DOUBLE,
        _over_lists("pandas_skew", _skew),
        usage="Returns the unbiased skewness.",
    ),
    _agg(
        ("pandas_kurt",),
        sig(FLOAT64),
        DOUBLE,
        _over_lists("pandas_kurt", _kurtosis),
        usage="Returns the unbiased kurtosis.",
    ),
    _agg(
        ("pandas_mode",),
        sig(ANY, BOOL),
        lambda args: ArrayType(args[0].type, known(args[1]) is False and args[0].nullable),
        _lower_mode,
        nullable="never",
        usage="Returns the most frequent values, of which NULL may be one.",
    ),
    _agg(
        ("collect_top_k",),
        sig(ANY, INTEGER, BOOL),
        lambda args: ArrayType(args[0].type, False),
        _lower_top,
        nullable="never",
        usage="Returns the largest values of a group, or the smallest.",
    ),
    _agg(("ewm",), sig(FLOAT64, FLOAT64, BOOL), DOUBLE, _lower_ewm, usage="Returns an exponentially weighted mean."),
    _agg(
        ("null_index",),
        sig(ANY),
        INT,
        _over_lists("null_index", _nulls_at_the_end, nulls=True),
        usage="Returns how many NULLs there are at the end.",
    ),
    _internal(
        ("array_binary_search",),
        sig(ANY, ANY),
        INT,
        lambda call, low: per_row(low, "array_binary_search", _search, call.args, INT),
        usage="Returns the place of a value in a sorted array.",
    ),
    _internal(
        ("timestamp_ntz_to_long",),
        sig(exactly(TIMESTAMP_NTZ)),
        LONG,
        _seconds,
        usage="Returns the seconds since 1970-01-01.",
    ),
    _internal(
        ("unwrap_udt",), sig(ANY), _unwrapped, "{0}", usage="Returns the value that a value of a user's type is."
    ),
)
