"""What of a plan means something else over a stream."""

from __future__ import annotations

from dataclasses import replace

from glowplug.plan.expressions import Literal
from glowplug.plan.relations import Aggregate, Limit, Project, Relation, SubqueryAlias
from glowplug.plan.streams import EventTimeWatermark, GlobalLimit, OutputMode
from glowplug.plan.tree import map_all_relations, walk_relations
from glowplug.streaming.grouping_sets import Build, expanded
from glowplug.streaming.plans import is_streaming
from glowplug.types import INT


def streaming(plan: Relation, mode: OutputMode, build: Build) -> Relation:
    """The plan as a query runs it. A limit is one for all batches together, unless over a complete answer."""

    def complete(node: Relation) -> bool:
        return mode != "append" and any(isinstance(n, Aggregate) for n in walk_relations(node))

    def change(node: Relation) -> Relation:
        match node:
            case Limit(child, Literal(int() as count), None) if is_streaming(node) and not complete(child):
                return GlobalLimit(_limited(change(child), count), count)
            case Aggregate(child, sets=tuple()) if is_streaming(node):
                return expanded(replace(node, child=change(child)), build)
        return map_all_relations(node, change)  # type: ignore[no-any-return]

    return change(plan)


def _limited(node: Relation, count: int) -> Relation:
    """So many rows of each batch. Watermarks see no more of them, and no fewer when the limit has been reached: what
    comes after it goes on with the time, as in Spark."""
    match node:
        case Project(child) | SubqueryAlias(child) | EventTimeWatermark(child):
            return replace(node, child=_limited(child, count))
    return Limit(node, Literal(count, INT))
