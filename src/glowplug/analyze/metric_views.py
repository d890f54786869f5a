"""Metric views: dimensions and measures over a source, which YAML defines; `measure` computes a measure for any group.

A query over one is analysed over `MetricView`; then its aggregations compute the measures over the source's columns.
Source: Spark SQL reference, CREATE VIEW … WITH METRICS (definitions of version 0.1).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from glowplug.analyze.context import Context, Scope
from glowplug.catalog.table import Pairs, Table
from glowplug.errors import AnalysisError, ParseError, unsupported
from glowplug.identifiers import parse_identifier
from glowplug.plan.expressions import Alias, Attribute, Call, Expression, UnresolvedAlias, UnresolvedStar, new_id
from glowplug.plan.relations import (
    Aggregate,
    Filter,
    MetricView,
    Project,
    Relation,
    Select,
    SQLText,
    SubqueryAlias,
    UnresolvedRelation,
    to_attribute,
)
from glowplug.plan.tree import expressions_in, map_all_relations, rewrite, walk, walk_relations

_KEYS = ("version", "source", "dimensions", "filter", "measures")


@dataclass(frozen=True, slots=True)
class Definition:
    """Dimensions and measures are names with the texts of expressions; `filter` "" = none."""

    source: str
    filter: str
    dimensions: tuple[tuple[str, str], ...]
    measures: tuple[tuple[str, str], ...]

    def properties(self) -> Pairs:
        """What the view's properties say of it."""
        kind = "SQL" if isinstance(_source(self), SQLText) else "ASSET"
        found = [("metric_view.from." + ("sql" if kind == "SQL" else "name"), self.source)]
        found.append(("metric_view.from.type", kind))
        return (*found, *((("metric_view.where", self.filter),) if self.filter else ()))


def definition(text: str) -> Definition:
    """INVALID_METRIC_VIEW_YAML"""
    try:
        import yaml
    except ImportError:
        raise unsupported("metric views without the package PyYAML (pip install 'glowplug[metrics]')") from None
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise _invalid(f"Failed to parse YAML: {error}") from None
    if not isinstance(data, dict):
        raise _invalid("Failed to parse YAML: a metric view is a mapping")
    if str(data.get("version")) != "0.1":
        raise _invalid(f"Invalid YAML version: {data.get('version')}")
    unknown = next((k for k in data if k not in _KEYS), None)
    if unknown is not None or not isinstance(data.get("source"), str):
        what = "there is no 'source'" if unknown is None else f"unknown key '{unknown}'"
        raise _invalid(f"Failed to parse YAML: {what}")
    found = Definition(
        data["source"], str(data.get("filter") or ""), _columns(data, _KEYS[2]), _columns(data, _KEYS[4])
    )
    _source(found)
    return found


def _invalid(message: str) -> AnalysisError:
    return AnalysisError("INVALID_METRIC_VIEW_YAML", message=message)


def _columns(data: dict[str, Any], key: str) -> tuple[tuple[str, str], ...]:
    columns = data.get(key) or []
    for column in columns:
        if not isinstance(column, dict) or set(column) != {"name", "expr"}:
            raise _invalid(f"Failed to parse YAML: each of {key} has 'name' and 'expr', and nothing else")
    return tuple((str(c["name"]), str(c["expr"])) for c in columns)


def _source(d: Definition) -> Relation:
    """A table by its name, or a query."""
    from glowplug.sql import parse_statement

    try:
        return UnresolvedRelation(parse_identifier(d.source))
    except ParseError:
        pass
    try:
        if isinstance(parse_statement(d.source), Relation):
            return SQLText(d.source)
    except ParseError:
        pass
    raise _invalid(f"Invalid source: {d.source}")


def _expression(text: str, cx: Context) -> Expression:
    from glowplug.sql import Settings, parse_expression

    return parse_expression(text, Settings.of(cx.conf))


def as_query(d: Definition, cx: Context) -> Relation:
    """All measures for each group of all dimensions: what decides the view's columns."""
    dimensions = tuple(_expression(e, cx) for _, e in d.dimensions)
    measures = tuple(_expression(e, cx) for _, e in d.measures)
    names = (n for n, _ in (*d.dimensions, *d.measures))
    items = tuple(UnresolvedAlias(e, (n,)) for e, n in zip((*dimensions, *measures), names, strict=True))
    return Select(_filtered(d, cx), items, dimensions)


def _filtered(d: Definition, cx: Context) -> Relation:
    source = _source(d)
    return Filter(source, _expression(d.filter, cx)) if d.filter else source


def view(table: Table, cx: Context) -> Relation:
    """The relation that a metric view is in a query."""
    from glowplug.analyze.expressions import resolve
    from glowplug.analyze.pipeline import analyze_relation

    assert table.view is not None
    d = definition(table.view.text)
    base = analyze_relation(Select(_filtered(d, cx), (UnresolvedStar(),)), cx)
    scope = Scope(base.output, case_sensitive=cx.conf.case_sensitive)
    names = [f.name for f in table.schema.fields]
    made = [
        Alias(resolve(_expression(e, cx), scope, cx), n, new_id())
        for n, (_, e) in zip(names, (*d.dimensions, *d.measures), strict=True)
    ]
    dimensions = tuple(made[: len(d.dimensions)])
    child = Project(base, (*dimensions, *base.output))
    return MetricView(child, tuple(map(to_attribute, dimensions)), tuple(made[len(d.dimensions) :]))


def expanded(plan: Relation) -> Relation:
    """The plan with measures computed where `measure` asks for them. Refuses metric views that are read otherwise."""
    if not any(isinstance(n, MetricView) for n in walk_relations(plan)):
        return plan

    def change(node: Relation) -> Relation:
        if isinstance(node, Aggregate) and (found := _below(node.child)) is not None:
            measures = {m.id: m.child for m in found.measures}
            done = rewrite(node, Expression, lambda e: _computed(e, measures))
            if any(isinstance(x, Attribute) and x.id in measures for e in expressions_in(done) for x in walk(e)):
                raise unsupported("a measure of a metric view outside measure()")
            node = replace(done, child=_without_view(node.child))
        if isinstance(node, MetricView):
            raise unsupported("a metric view whose measures are not those of an aggregation")
        return map_all_relations(node, change)  # type: ignore[no-any-return]

    return change(plan)


def _below(node: Relation) -> MetricView | None:
    while isinstance(node, (Filter, SubqueryAlias)):
        node = node.child
    return node if isinstance(node, MetricView) else None


def _without_view(node: Relation) -> Relation:
    if isinstance(node, (Filter, SubqueryAlias)):
        return replace(node, child=_without_view(node.child))
    assert isinstance(node, MetricView)
    return node.child


def _computed(e: Expression, measures: dict[int, Expression]) -> Expression:
    match e:
        case Call(function, _, (Attribute(id=id),)) if function.names[0] == "measure" and id in measures:
            return measures[id]
    return rewrite(e, Expression, lambda inner: _computed(inner, measures))  # type: ignore[no-any-return]
