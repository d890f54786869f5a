"""What of a plan means something else over a stream."""

from __future__ import annotations

from dataclasses import replace

from glowplug.plan.expressions import Literal
from glowplug.plan.relations import Aggregate, Limit, Relation
from glowplug.plan.streams import GlobalLimit, OutputMode
from glowplug.plan.tree import map_all_relations, walk_relations
from glowplug.streaming.grouping_sets import Build, expanded
from glowplug.streaming.plans import is_streaming


def streaming(plan: Relation, mode: OutputMode, build: Build) -> Relation:
    """The plan as a query runs it. A limit is one for all batches together, unless over a complete answer."""

    def complete(node: Relation) -> bool:
        return mode != "append" and any(isinstance(n, Aggregate) for n in walk_relations(node))

    def change(node: Relation) -> Relation:
        match node:
            case Limit(child, Literal(int() as count), None) if is_streaming(node) and not complete(child):
                return GlobalLimit(change(child), count)
            case Aggregate(child, sets=tuple()) if is_streaming(node):
                return expanded(replace(node, child=change(child)), build)
        return map_all_relations(node, change)  # type: ignore[no-any-return]

    return change(plan)
