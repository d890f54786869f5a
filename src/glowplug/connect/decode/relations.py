"""Spark Connect's Relation messages to unresolved relations: the walk, and the table of all kinds.

`relation` decodes a message's input relations first and hands them to the function of its kind. So only `relation`
(with `with_relations`) calls itself, and a plan may be as deep as Python's recursion limit lets it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

from glowplug.connect.decode import operators, sources, statistics
from glowplug.connect.decode.catalog import catalog
from glowplug.connect.decode.context import Context, extension, handler, invalid
from glowplug.plan.relations import CachedRemote, CatalogCall, CollectMetrics, DataFrameNode, OneRow, Relation, With

Decode = Callable[..., Relation]
_INPUTS = ("input", "other", "left", "right", "left_input", "right_input")
# What Spark says when a message lacks an input; for the others, that the relation in it is not set.
_MISSING: dict[str, tuple[str, dict[str, str]]] = {
    "aggregate": ("AGGREGATE_NEEDS_PLAN_INPUT", {}),
    "deduplicate": ("DEDUPLICATE_NEEDS_INPUT", {}),
    "set_op": ("SET_OPERATION_MUST_HAVE_TWO_INPUTS", {}),
    "join": ("ASSERTION_FAILURE", {"message": "Both join sides must be present"}),
    "lateral_join": ("ASSERTION_FAILURE", {"message": "Both join sides must be present"}),
    "nearest_by_join": ("ASSERTION_FAILURE", {"message": "Both join sides must be present"}),
}


def relation(m: Any, context: Context) -> Relation:
    """The relation that a message stands for, as a DataFrameNode if the client numbered it.

    Errors: InvalidPlanInput for a message that makes no sense, UNSUPPORTED_FEATURE for what Glowplug does not do,
    ParseError for a name, type or expression in it that cannot be read.
    """
    part, decode = handler(m, "rel_type", RELATIONS)
    if decode is _with_relations:
        plan = _with_relations(part, context)
    else:
        inputs = [_input(m, part, name, context) for name in _inputs(part.DESCRIPTOR)]
        plan = decode(part, context, *inputs)
    if not m.common.HasField("plan_id"):
        return plan
    if isinstance(plan, (CatalogCall, CollectMetrics)):
        plan = replace(plan, plan_id=m.common.plan_id)
    return DataFrameNode(plan, m.common.plan_id)


@cache
def _inputs(descriptor: Any) -> tuple[str, ...]:
    return tuple([name for name in _INPUTS if name in descriptor.fields_by_name])


def _input(m: Any, part: Any, name: str, context: Context) -> Relation:
    if not part.HasField(name):
        kind = m.WhichOneof("rel_type")
        if kind == "project":  # a SELECT without FROM
            return OneRow()
        if kind in _MISSING:
            condition, parameters = _MISSING[kind]
            raise invalid(condition, **parameters)
    return relation(getattr(part, name), context)


def with_views(m: Any) -> bool:
    """Whether a WithRelations message is SQL text with the DataFrames it names, not a plan with subqueries."""
    references = [r.WhichOneof("rel_type") for r in m.references]
    return m.root.WhichOneof("rel_type") == "sql" and set(references) == {"subquery_alias"}


def views(m: Any, context: Context) -> tuple[tuple[str, Relation], ...]:
    """The DataFrames that the SQL text of a WithRelations message names."""
    inner = Context(context.session)
    aliases = [r.subquery_alias for r in m.references]
    return tuple([(a.alias, relation(a.input, inner)) for a in aliases])


def _with_relations(m: Any, context: Context) -> Relation:
    """Subqueries find their plans by number in the context; DataFrames that SQL text names become a WITH clause."""
    if with_views(m):
        return With(relation(m.root, Context(context.session)), views(m, context))
    references: dict[int, list[Relation]] = {}
    for r in m.references:
        if not r.common.HasField("plan_id"):
            raise invalid("INVALID_WITH_RELATION_REFERENCE")
        references.setdefault(r.common.plan_id, []).append(relation(r, Context(context.session)))
    return relation(m.root, Context(context.session, references))


def _group_map(m: Any, context: Context, child: Relation) -> Relation:
    initial = relation(m.initial_input, context) if m.HasField("initial_input") else None
    return operators.group_map(m, context, child, initial)


# What decodes each kind of relation; a text names what is not supported.
RELATIONS: dict[str, Decode | str] = {
    "read": sources.read,
    "project": operators.project,
    "filter": operators.filter,
    "join": operators.join,
    "set_op": operators.set_operation,
    "sort": operators.sort,
    "limit": operators.limit,
    "aggregate": operators.aggregate,
    "sql": sources.sql,
    "local_relation": sources.local_relation,
    "sample": operators.sample,
    "offset": operators.offset,
    "deduplicate": operators.deduplicate,
    "range": sources.range,
    "subquery_alias": operators.subquery_alias,
    "repartition": operators.repartition,
    "to_df": operators.to_df,
    "with_columns_renamed": operators.with_columns_renamed,
    "show_string": statistics.show_string,
    "drop": operators.drop,
    "tail": operators.tail,
    "with_columns": operators.with_columns,
    "hint": operators.hint,
    "unpivot": operators.unpivot,
    "to_schema": operators.to_schema,
    "repartition_by_expression": operators.repartition_by_expression,
    "map_partitions": operators.map_partitions,
    "collect_metrics": operators.collect_metrics,
    "parse": operators.parse,
    "group_map": _group_map,
    "co_group_map": operators.co_group_map,
    "with_watermark": operators.with_watermark,
    "apply_in_pandas_with_state": operators.apply_with_state,
    "html_string": statistics.html_string,
    "cached_local_relation": sources.cached_local_relation,
    "cached_remote_relation": lambda m, context: CachedRemote(m.relation_id),
    "common_inline_user_defined_table_function": sources.user_table_function,
    "as_of_join": operators.as_of_join,
    "common_inline_user_defined_data_source": "Python data sources",
    "with_relations": _with_relations,
    "transpose": operators.transpose,
    "unresolved_table_valued_function": sources.table_function,
    "lateral_join": operators.lateral_join,
    "chunked_cached_local_relation": sources.chunked_cached_local_relation,
    "relation_changes": sources.relation_changes,
    "nearest_by_join": operators.nearest_by_join,
    "fill_na": statistics.fill_na,
    "drop_na": statistics.drop_na,
    "replace": statistics.replace,
    "summary": statistics.summary,
    "crosstab": statistics.crosstab,
    "describe": statistics.describe,
    "cov": statistics.covariance,
    "corr": statistics.correlation,
    "approx_quantile": statistics.approx_quantile,
    "freq_items": statistics.freq_items,
    "sample_by": statistics.sample_by,
    "catalog": catalog,
    "ml_relation": "machine learning",
    "extension": lambda m, context: extension(m, context),
}
