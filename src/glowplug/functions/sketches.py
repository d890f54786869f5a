"""Sketches of Apache DataSketches and count-min: not supported, so these are refused during analysis, by name."""

from __future__ import annotations

from glowplug.functions.vocabulary import ANY, sig
from glowplug.plan.function import Function, Kind
from glowplug.types import BINARY

_AGGREGATES = [
    "approx_top_k",
    "approx_top_k_accumulate",
    "approx_top_k_combine",
    "count_min_sketch",
    "hll_sketch_agg",
    "hll_union_agg",
    "kll_merge_agg_bigint",
    "kll_merge_agg_double",
    "kll_merge_agg_float",
    "kll_sketch_agg_bigint",
    "kll_sketch_agg_double",
    "kll_sketch_agg_float",
    "theta_intersection_agg",
    "theta_sketch_agg",
    "theta_union_agg",
    "tuple_intersection_agg_double",
    "tuple_intersection_agg_integer",
    "tuple_sketch_agg_double",
    "tuple_sketch_agg_integer",
    "tuple_union_agg_double",
    "tuple_union_agg_integer",
]
_SCALARS = [
    "approx_top_k_estimate",
    "hll_sketch_estimate",
    "hll_union",
    "kll_sketch_get_n_bigint",
    "kll_sketch_get_n_double",
    "kll_sketch_get_n_float",
    "kll_sketch_get_quantile_bigint",
    "kll_sketch_get_quantile_double",
    "kll_sketch_get_quantile_float",
    "kll_sketch_get_rank_bigint",
    "kll_sketch_get_rank_double",
    "kll_sketch_get_rank_float",
    "kll_sketch_merge_bigint",
    "kll_sketch_merge_double",
    "kll_sketch_merge_float",
    "kll_sketch_to_string_bigint",
    "kll_sketch_to_string_double",
    "kll_sketch_to_string_float",
    "theta_difference",
    "theta_intersection",
    "theta_sketch_estimate",
    "theta_union",
    "tuple_difference_double",
    "tuple_difference_integer",
    "tuple_difference_theta_double",
    "tuple_difference_theta_integer",
    "tuple_intersection_double",
    "tuple_intersection_integer",
    "tuple_intersection_theta_double",
    "tuple_intersection_theta_integer",
    "tuple_sketch_estimate_double",
    "tuple_sketch_estimate_integer",
    "tuple_sketch_summary_double",
    "tuple_sketch_summary_integer",
    "tuple_sketch_theta_double",
    "tuple_sketch_theta_integer",
    "tuple_union_double",
    "tuple_union_integer",
    "tuple_union_theta_double",
    "tuple_union_theta_integer",
]


def _sketch(name: str, kind: Kind) -> Function:
    usage = "A function of sketches; not supported."
    return Function((name,), sig(ANY, variadic=True), BINARY, kind=kind, usage=usage, group="sketch_funcs")


FUNCTIONS = (
    *(_sketch(name, "aggregate") for name in _AGGREGATES),
    *(_sketch(name, "scalar") for name in _SCALARS),
)
