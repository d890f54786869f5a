"""The analysis of a plan: one walk, bottom up, with the rules below.

A rule is `(node, context) -> Relation | None`; None leaves the node. Those of `OUTSIDE_IN` see a node before its
children are analysed, because what the children mean depends on it; all others see analysed children. A rule's result
counts as analysed.
"""

from __future__ import annotations

from collections.abc import Callable

from glowplug.analyze.context import Context
from glowplug.analyze.rules.as_of import as_of_join, nearest_by_join
from glowplug.analyze.rules.filters import resolve_filter
from glowplug.analyze.rules.frames import mark_frame
from glowplug.analyze.rules.joins import resolve_join
from glowplug.analyze.rules.lateral import resolve_lateral_join, resolve_lateral_view
from glowplug.analyze.rules.leaves import (
    parse_text,
    refuse_changes,
    resolve_catalog_call,
    resolve_data_source,
    resolve_local_data,
    resolve_parse,
    resolve_relation,
    resolve_remote,
    resolve_table_function,
    resolve_values,
)
from glowplug.analyze.rules.limits import resolve_limit, resolve_tail
from glowplug.analyze.rules.missing_values import drop_na, fill_na, replace_values
from glowplug.analyze.rules.observe import resolve_metrics
from glowplug.analyze.rules.partitions import resolve_hint, resolve_repartition, resolve_sample
from glowplug.analyze.rules.pivots import resolve_pivot, resolve_transpose, resolve_unpivot
from glowplug.analyze.rules.projections import (
    drop_columns,
    rename_columns,
    resolve_to_df,
    resolve_to_schema,
    with_columns,
)
from glowplug.analyze.rules.python import (
    resolve_co_group_map,
    resolve_group_map,
    resolve_map_partitions,
    resolve_stateful_map,
)
from glowplug.analyze.rules.selects import resolve_select
from glowplug.analyze.rules.set_operations import resolve_deduplicate, resolve_set_operation
from glowplug.analyze.rules.show import resolve_show
from glowplug.analyze.rules.sorts import resolve_sort
from glowplug.analyze.rules.statistics import (
    approximate_quantiles,
    correlation,
    covariance,
    crosstab,
    frequent_items,
    sample_by,
    summarize,
)
from glowplug.analyze.rules.streams import resolve_watermark
from glowplug.analyze.rules.subquery_alias import resolve_subquery_alias
from glowplug.analyze.rules.transform import resolve_transform
from glowplug.analyze.rules.with_queries import resolve_with
from glowplug.plan import python
from glowplug.plan import relations as r
from glowplug.plan.delta import Effect
from glowplug.plan.tree import map_relations

Rule = Callable[..., r.Relation | None]

OUTSIDE_IN: tuple[tuple[type[r.Relation], Rule], ...] = (
    (r.SQLText, parse_text),
    (r.With, resolve_with),
    (r.Join, resolve_lateral_join),
)
RULES: tuple[tuple[type[r.Relation], Rule], ...] = (
    (r.RelationChanges, refuse_changes),
    (r.Parse, resolve_parse),
    (r.DataFrameNode, mark_frame),
    (r.UnresolvedRelation, resolve_relation),
    (r.UnresolvedDataSource, resolve_data_source),
    (r.UnresolvedTableFunction, resolve_table_function),
    (r.UnresolvedValues, resolve_values),
    (r.UnresolvedLocalData, resolve_local_data),
    (r.CachedRemote, resolve_remote),
    (r.CatalogCall, resolve_catalog_call),
    (Effect, resolve_catalog_call),
    (r.SubqueryAlias, resolve_subquery_alias),
    (r.WithWatermark, resolve_watermark),
    (r.Join, resolve_join),
    (r.AsOfJoin, as_of_join),
    (r.NearestByJoin, nearest_by_join),
    (r.LateralView, resolve_lateral_view),
    (r.Select, resolve_select),
    (r.WithColumns, with_columns),
    (r.WithColumnsRenamed, rename_columns),
    (r.Drop, drop_columns),
    (r.ToDF, resolve_to_df),
    (r.ToSchema, resolve_to_schema),
    (r.Filter, resolve_filter),
    (r.SetOperation, resolve_set_operation),
    (r.Deduplicate, resolve_deduplicate),
    (r.Sort, resolve_sort),
    (r.Limit, resolve_limit),
    (r.Tail, resolve_tail),
    (r.Sample, resolve_sample),
    (r.Repartition, resolve_repartition),
    (r.Hint, resolve_hint),
    (r.CollectMetrics, resolve_metrics),
    (r.Pivot, resolve_pivot),
    (r.Unpivot, resolve_unpivot),
    (r.Transform, resolve_transform),
    (r.Transpose, resolve_transpose),
    (r.FillNa, fill_na),
    (r.DropNa, drop_na),
    (r.ReplaceValues, replace_values),
    (r.Summary, summarize),
    (r.Crosstab, crosstab),
    (r.Covariance, covariance),
    (r.Correlation, correlation),
    (r.ApproxQuantile, approximate_quantiles),
    (r.FreqItems, frequent_items),
    (r.SampleBy, sample_by),
    (r.ShowString, resolve_show),
    (python.MapPartitions, resolve_map_partitions),
    (python.GroupMap, resolve_group_map),
    (python.CoGroupMap, resolve_co_group_map),
    (python.StatefulMap, resolve_stateful_map),
)


def _by_class(rules: tuple[tuple[type[r.Relation], Rule], ...]) -> dict[type, list[Rule]]:
    table: dict[type, list[Rule]] = {}
    for cls, rule in rules:
        table.setdefault(cls, []).append(rule)
    return table


_OUTSIDE_IN, _RULES = _by_class(OUTSIDE_IN), _by_class(RULES)


def analyze_relation(node: r.Relation, cx: Context) -> r.Relation:
    """The resolved plan of `node`. Raises AnalysisError where the query is wrong."""
    for rule in _OUTSIDE_IN.get(node.__class__, ()):
        if (done := rule(node, cx)) is not None:
            return done
    node = map_relations(node, lambda child: analyze_relation(child, cx))
    for rule in _RULES.get(node.__class__, ()):
        if (done := rule(node, cx)) is not None:
            return done
    return node
