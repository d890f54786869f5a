"""Relations over other relations: each function gets the message, the context and the decoded inputs."""

from __future__ import annotations

from typing import Any, get_args
from typing import Literal as OneOf

from glowplug.connect.decode.context import Context, check, invalid, option, optional, pairs, require
from glowplug.connect.decode.expressions import expression, expressions, sort_orders
from glowplug.connect.decode.literals import literal
from glowplug.connect.decode.python import python_function
from glowplug.connect.decode.types import data_type, json_object, struct_type, type_text
from glowplug.errors import AnalysisError, IllegalArgument, InvalidPlanInput
from glowplug.plan.expressions import Literal, UnresolvedAlias, UnresolvedAttribute
from glowplug.plan.python import CoGroupMap, GroupMap, MapPartitions, StatefulMap, TimeMode
from glowplug.plan.relations import (
    AsOfJoin,
    CollectMetrics,
    Deduplicate,
    Drop,
    Filter,
    Hint,
    Join,
    JoinType,
    Limit,
    NearestByJoin,
    Parse,
    Pivot,
    Relation,
    Repartition,
    Sample,
    Select,
    SetOperation,
    Sort,
    SubqueryAlias,
    Tail,
    ToDF,
    ToSchema,
    Transpose,
    Unpivot,
    WithColumns,
    WithColumnsRenamed,
    WithWatermark,
)
from glowplug.plan.streams import OutputMode
from glowplug.types import INT, StructType, sql_name

JOINS: dict[str, JoinType] = {
    "JOIN_TYPE_INNER": "inner",
    "JOIN_TYPE_FULL_OUTER": "full",
    "JOIN_TYPE_LEFT_OUTER": "left",
    "JOIN_TYPE_RIGHT_OUTER": "right",
    "JOIN_TYPE_LEFT_ANTI": "anti",
    "JOIN_TYPE_LEFT_SEMI": "semi",
    "JOIN_TYPE_CROSS": "cross",
}
# As DataFrame.join takes them, in any case; "left_outer" is "leftouter".
_JOIN_NAMES: dict[str, JoinType] = {
    "inner": "inner",
    **dict.fromkeys(("outer", "full", "fullouter"), "full"),
    **dict.fromkeys(("left", "leftouter"), "left"),
    **dict.fromkeys(("right", "rightouter"), "right"),
    **dict.fromkeys(("semi", "leftsemi"), "semi"),
    **dict.fromkeys(("anti", "leftanti"), "anti"),
    "cross": "cross",
}
_AS_OF_DIRECTIONS = ("forward", "backward", "nearest")
_MAX_NEAREST = 100_000


def project(m: Any, context: Context, child: Relation) -> Relation:
    return Select(child, expressions(m.expressions, context))


def filter(m: Any, context: Context, child: Relation) -> Relation:
    return Filter(child, expression(m.condition, context))


def aggregate(m: Any, context: Context, child: Relation) -> Relation:
    """A whole number among the grouping counts in the output, grouping columns first, as in SQL."""
    kinds: dict[str, OneOf["groupby", "rollup", "cube", "sets", "pivot"]] = {
        "GROUP_TYPE_GROUPBY": "groupby",
        "GROUP_TYPE_ROLLUP": "rollup",
        "GROUP_TYPE_CUBE": "cube",
        "GROUP_TYPE_PIVOT": "pivot",
        "GROUP_TYPE_GROUPING_SETS": "sets",
    }
    kind = option(m, "group_type", kinds)
    grouping = expressions(m.grouping_expressions, context)
    aggregates = expressions(m.aggregate_expressions, context)
    if kind == "pivot":
        if not m.HasField("pivot"):
            raise invalid("AGGREGATE_WITH_PIVOT_REQUIRES_PIVOT")
        values = tuple([literal(v) for v in m.pivot.values])
        return Pivot(child, grouping, expression(m.pivot.col, context), values, aggregates)
    sets = tuple([expressions(s.grouping_set, context) for s in m.grouping_sets])
    check(kind != "sets" or len(sets) > 0, "grouping sets must not be empty")
    return Select(child, aggregates, grouping, kind, sets, prepend_grouping=True)


def join(m: Any, context: Context, left: Relation, right: Relation) -> Relation:
    if m.HasField("join_condition") and m.using_columns:
        raise invalid("USING_COLUMNS_OR_JOIN_CONDITION_SET_IN_JOIN")
    kind = option(m, "join_type", JOINS)
    condition = expression(m.join_condition, context) if m.HasField("join_condition") else None
    using = tuple(m.using_columns)
    if not m.HasField("join_data_type"):
        return Join(left, right, kind, condition, using)
    # joinWith: each side becomes one column, a struct unless the side is a single value.
    if kind in ("semi", "anti"):
        raise AnalysisError("INVALID_JOIN_TYPE_FOR_JOINWITH", joinType=f"LEFT {kind.upper()}")
    sides = (m.join_data_type.is_left_struct, m.join_data_type.is_right_struct)
    joined = Join(left, right, kind, condition, using, struct_sides=sides)
    return joined if any(sides) else ToDF(joined, ("_1", "_2"))


def lateral_join(m: Any, context: Context, left: Relation, right: Relation) -> Relation:
    kind = option(m, "join_type", JOINS)
    require(kind in ("inner", "left", "cross"), f"Unsupported lateral join type: {kind}")
    condition = expression(m.join_condition, context) if m.HasField("join_condition") else None
    return Join(left, right, kind, condition, lateral=True)


def as_of_join(m: Any, context: Context, left: Relation, right: Relation) -> Relation:
    kind = _JOIN_NAMES.get(m.join_type.lower().replace("_", ""))
    if kind is None:
        supported = "'" + "', '".join(_JOIN_NAMES) + "'"
        raise AnalysisError("UNSUPPORTED_JOIN_TYPE", typ=m.join_type, supported=supported)
    require(kind in ("inner", "left"), f"Unsupported as-of join type: {kind}")
    direction = m.direction.lower()
    if direction not in _AS_OF_DIRECTIONS:
        supported = "'" + "', '".join(_AS_OF_DIRECTIONS) + "'"
        raise AnalysisError("AS_OF_JOIN.UNSUPPORTED_DIRECTION", direction=m.direction, supported=supported)
    using = tuple(m.using_columns)
    return AsOfJoin(
        left,
        right,
        expression(m.left_as_of, context),
        expression(m.right_as_of, context),
        expression(m.join_expr, context) if m.HasField("join_expr") and not using else None,
        using,
        kind,
        expression(m.tolerance, context) if m.HasField("tolerance") else None,
        m.allow_exact_matches,
        direction,
    )


def nearest_by_join(m: Any, context: Context, left: Relation, right: Relation) -> Relation:
    def unsupported(what: str, **parameters: Any) -> AnalysisError:
        return AnalysisError("NEAREST_BY_JOIN." + what, **parameters)

    kind, mode, direction = m.join_type.lower().replace("_", ""), m.mode.lower(), m.direction.lower()
    if not 1 <= m.num_results <= _MAX_NEAREST:
        raise unsupported("NUM_RESULTS_OUT_OF_RANGE", numResults=m.num_results, min=1, max=_MAX_NEAREST)
    if kind not in ("inner", "left", "leftouter"):
        raise unsupported("UNSUPPORTED_JOIN_TYPE", joinType=m.join_type, supported="'INNER', 'LEFT OUTER'")
    if mode not in ("approx", "exact"):
        raise unsupported("UNSUPPORTED_MODE", mode=m.mode, supported="'approx', 'exact'")
    if direction not in ("distance", "similarity"):
        raise unsupported("UNSUPPORTED_DIRECTION", direction=m.direction, supported="'distance', 'similarity'")
    ranking = expression(m.ranking_expression, context)
    return NearestByJoin(left, right, ranking, m.num_results, _JOIN_NAMES[kind], mode, direction)


def set_operation(m: Any, context: Context, left: Relation, right: Relation) -> Relation:
    kinds: dict[str, OneOf["union", "intersect", "except"]] = {
        "SET_OP_TYPE_INTERSECT": "intersect",
        "SET_OP_TYPE_UNION": "union",
        "SET_OP_TYPE_EXCEPT": "except",
    }
    kind = option(m, "set_op_type", kinds)
    if kind != "union" and m.by_name:
        raise invalid(f"{kind.upper()}_DOES_NOT_SUPPORT_UNION_BY_NAME")
    if kind == "union" and m.allow_missing_columns and not m.by_name:
        raise invalid("UNION_BY_NAME_ALLOW_MISSING_COL_REQUIRES_BY_NAME")
    return SetOperation(left, right, kind, m.is_all, m.by_name, m.allow_missing_columns and m.by_name)


def sort(m: Any, context: Context, child: Relation) -> Relation:
    check(len(m.order) > 0, "'order' must be present and contain elements.")
    return Sort(child, sort_orders(m.order, context), m.is_global)


def limit(m: Any, context: Context, child: Relation) -> Relation:
    return Limit(child, Literal(m.limit, INT))


def offset(m: Any, context: Context, child: Relation) -> Relation:
    return Limit(child, None, Literal(m.offset, INT))


def tail(m: Any, context: Context, child: Relation) -> Relation:
    return Tail(child, m.limit)


def deduplicate(m: Any, context: Context, child: Relation) -> Relation:
    """Keys are whole column names, not parsed: a dot in one is part of the name."""
    if m.all_columns_as_keys and m.column_names:
        raise invalid("DEDUPLICATE_ALL_COLUMNS_AND_SUBSET")
    if not (m.all_columns_as_keys or m.column_names):
        raise invalid("DEDUPLICATE_REQUIRES_COLUMNS_OR_ALL")
    keys = tuple([UnresolvedAttribute((name,)) for name in m.column_names])
    return Deduplicate(child, keys or None, m.within_watermark)


def sample(m: Any, context: Context, child: Relation) -> Relation:
    rate, slack = m.upper_bound - m.lower_bound, 1e-6  # the slack is for sums of weights, and Spark's
    most = float("inf") if m.with_replacement else 1 + slack
    require(-slack <= rate <= most, f"Sampling fraction ({rate}) is out of range")
    seed = optional(m, "seed")
    return Sample(child, m.lower_bound, m.upper_bound, m.with_replacement, seed, m.deterministic_order)


def subquery_alias(m: Any, context: Context, child: Relation) -> Relation:
    return SubqueryAlias(child, m.alias, tuple(m.qualifier))


def repartition(m: Any, context: Context, child: Relation) -> Relation:
    require(m.num_partitions > 0, f"Number of partitions ({m.num_partitions}) must be positive.")
    return Repartition(child, m.num_partitions, shuffle=m.shuffle)


def repartition_by_expression(m: Any, context: Context, child: Relation) -> Relation:
    """Sort orders instead of expressions ask for ranges (`repartitionByRange`)."""
    partitions = optional(m, "num_partitions")
    require(partitions is None or partitions > 0, f"Number of partitions ({partitions}) must be positive.")
    return Repartition(child, partitions, expressions(m.partition_exprs, context))


def to_df(m: Any, context: Context, child: Relation) -> Relation:
    return ToDF(child, tuple(m.column_names))


def to_schema(m: Any, context: Context, child: Relation) -> Relation:
    return ToSchema(child, struct_type(m.schema))


def with_columns(m: Any, context: Context, child: Relation) -> Relation:
    """Unlike an alias, a new column does not take over metadata: what the client does not give is empty."""
    columns = []
    for a in m.aliases:
        if len(a.name) != 1:
            raise invalid("WITH_COLUMNS_REQUIRE_SINGLE_NAME_PART", got="[" + ", ".join(a.name) + "]")
        metadata = json_object(a.metadata) if a.metadata else "{}"
        columns.append(UnresolvedAlias(expression(a.expr, context), (a.name[0],), metadata))
    return WithColumns(child, tuple(columns))


def with_columns_renamed(m: Any, context: Context, child: Relation) -> Relation:
    """Older clients send a map, which has no order."""
    renames = tuple([(r.col_name, r.new_col_name) for r in m.renames])
    return WithColumnsRenamed(child, renames or pairs(m.rename_columns_map))


def drop(m: Any, context: Context, child: Relation) -> Relation:
    return Drop(child, expressions(m.columns, context), tuple(m.column_names))


def hint(m: Any, context: Context, child: Relation) -> Relation:
    return Hint(child, m.name, expressions(m.parameters, context))


def unpivot(m: Any, context: Context, child: Relation) -> Relation:
    values = None
    if m.HasField("values"):
        values = tuple([((e,), None) for e in expressions(m.values.values, context)])
    ids = expressions(m.ids, context)
    return Unpivot(child, ids, values, m.variable_column_name, (m.value_column_name,))


def transpose(m: Any, context: Context, child: Relation) -> Relation:
    return Transpose(child, expressions(m.index_columns, context))


def collect_metrics(m: Any, context: Context, child: Relation) -> Relation:
    return CollectMetrics(child, m.name, expressions(m.metrics, context))


def with_watermark(m: Any, context: Context, child: Relation) -> Relation:
    return WithWatermark(child, m.event_time, m.delay_threshold)


def parse(m: Any, context: Context, child: Relation) -> Relation:
    formats = {"PARSE_FORMAT_CSV": "csv", "PARSE_FORMAT_JSON": "json", "PARSE_FORMAT_XML": "xml"}
    schema = data_type(m.schema) if m.HasField("schema") else None
    if schema is not None and not isinstance(schema, StructType):
        raise InvalidPlanInput("INVALID_SCHEMA_TYPE_NON_STRUCT", dataType=f'"{sql_name(schema)}"')
    return Parse(child, option(m, "format", formats), schema, pairs(m.options))


def map_partitions(m: Any, context: Context, child: Relation) -> Relation:
    return MapPartitions(child, python_function(m.func, context), m.is_barrier)


def group_map(m: Any, context: Context, child: Relation, initial: Relation | None = None) -> Relation:
    function = python_function(m.func, context)
    args = expressions(m.func.arguments, context)
    grouping = expressions(m.grouping_expressions, context)
    if not m.HasField("transform_with_state_info"):
        return GroupMap(child, grouping, function, args)
    info = m.transform_with_state_info
    time_mode = _TIME_MODES.get(info.time_mode.lower())
    if time_mode is None:
        raise IllegalArgument("STATEFUL_PROCESSOR_UNKNOWN_TIME_MODE", timeMode=info.time_mode)
    return StatefulMap(
        child, grouping, function, args, _output_mode(m.output_mode), time_mode, None, info.event_time_column_name,
        initial, expressions(m.initial_grouping_expressions, context),
    )  # fmt: skip


def apply_with_state(m: Any, context: Context, child: Relation) -> Relation:
    function, timeout = python_function(m.func, context), m.timeout_conf.removesuffix("Timeout").lower()
    time_mode = _TIME_MODES.get("none" if timeout == "no" else timeout)
    if time_mode is None:
        raise invalid("ASSERTION_FAILURE", message=f"{m.timeout_conf} is no timeout")
    grouping, args = expressions(m.grouping_expressions, context), expressions(m.func.arguments, context)
    state = type_text(m.state_schema, context.session.conf)
    if not isinstance(state, StructType):
        found = f'"{sql_name(state)}"'
        raise invalid("INVALID_SCHEMA_NON_STRUCT_TYPE", inputSchema=f'"{m.state_schema}"', dataType=found)
    return StatefulMap(child, grouping, function, args, _output_mode(m.output_mode), time_mode, state)


def _output_mode(given: str) -> str:
    if given.lower() not in get_args(OutputMode):
        raise IllegalArgument("STREAMING_OUTPUT_MODE.INVALID", outputMode=given)
    return given


_TIME_MODES: dict[str, TimeMode] = {
    "none": "none", "processingtime": "processing_time", "eventtime": "event_time",
}  # fmt: skip


def co_group_map(m: Any, context: Context, left: Relation, right: Relation) -> Relation:
    keys = [expressions(e, context) for e in (m.input_grouping_expressions, m.other_grouping_expressions)]
    return CoGroupMap(left, right, keys[0], keys[1], python_function(m.func, context))
