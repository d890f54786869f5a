"""Sampling, repartitioning, hints: relations that keep the columns as they are."""

from __future__ import annotations

import random
from dataclasses import replace

from glowplug.analyze.context import Context, expose, scope_of, used
from glowplug.analyze.expressions import resolve
from glowplug.analyze.rules.filters import keep_output
from glowplug.errors import AnalysisError, IllegalArgument
from glowplug.plan.expressions import DirectShufflePartition
from glowplug.plan.names import pretty
from glowplug.plan.relations import Hint, Relation, Repartition, Sample
from glowplug.types import BYTE, INT, SHORT, sql_name

MOST_COPIES = 1_000_000  # of a row, on average, in a sample with replacement


def resolve_sample(node: Sample, cx: Context) -> Relation:
    """A sample without a seed gets one here, so that every use of the plan sees the same rows."""
    most = MOST_COPIES if node.with_replacement else 1 + 1e-6
    if not 0 <= node.upper - node.lower <= most:  # nor is it NaN
        message = f"the fraction {node.upper - node.lower} is not within 0 and {int(most)}"
        raise IllegalArgument("CONNECT_INVALID_PLAN.ASSERTION_FAILURE", message=message)
    return node if node.seed is not None else replace(node, seed=random.getrandbits(62))


def resolve_repartition(node: Repartition, cx: Context) -> Relation:
    if node.partitions is not None and node.partitions <= 0:
        message = f"the number of partitions must be positive, not {node.partitions}"
        raise IllegalArgument("CONNECT_INVALID_PLAN.ASSERTION_FAILURE", message=message)
    scope = scope_of(node.child, cx=cx, deep=True)
    expressions = tuple(resolve(e, scope, cx) for e in node.expressions)
    for e in expressions:
        if isinstance(e, DirectShufflePartition) and e.child.type not in (INT, SHORT, BYTE):
            raise AnalysisError(
                "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE",
                sqlExpr=f'"direct_shuffle_partition_id({pretty(e.child)})"',
                paramIndex="first",
                requiredType='"INT"',
                inputSql=f'"{pretty(e.child)}"',
                inputType=f'"{sql_name(e.child.type)}"',
            )
    hidden = used(node.child, *expressions)
    return keep_output(node.child, replace(node, child=expose(node.child, hidden), expressions=expressions))


def resolve_hint(node: Hint, cx: Context) -> Relation:
    """Hints advise how to distribute work; one machine needs none of that advice. They leave the plan."""
    return node.child
