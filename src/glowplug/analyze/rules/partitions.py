"""Sampling, repartitioning, hints: relations that keep the columns as they are."""

from __future__ import annotations

import logging
from dataclasses import replace

from glowplug.analyze.context import Context, expose, scope_of, used
from glowplug.analyze.expressions import resolve
from glowplug.analyze.rules.filters import keep_output
from glowplug.errors import AnalysisError, IllegalArgument
from glowplug.identifiers import parse_attribute_name
from glowplug.plan.expressions import Attribute, DirectShufflePartition, Expression, Literal, UnresolvedAttribute
from glowplug.plan.names import pretty
from glowplug.plan.relations import Hint, Relation, Repartition, ResolvedHint, Sample, SubqueryAlias
from glowplug.plan.tree import map_relations
from glowplug.types import BYTE, INT, SHORT, sql_name

MOST_COPIES = 1_000_000  # of a row, on average, in a sample with replacement


def resolve_sample(node: Sample, cx: Context) -> Relation:
    """A sample without a seed gets one here, so that every use of the plan sees the same rows."""
    most = MOST_COPIES if node.with_replacement else 1 + 1e-6
    if not 0 <= node.upper - node.lower <= most:  # nor is it NaN
        message = f"the fraction {node.upper - node.lower} is not within 0 and {int(most)}"
        raise IllegalArgument("CONNECT_INVALID_PLAN.ASSERTION_FAILURE", message=message)
    return node if node.seed is not None else replace(node, seed=cx.world.seed())


def resolve_repartition(node: Repartition, cx: Context) -> Relation:
    """How rows are spread is nobody's business here, but expressions must be ones that Spark takes."""
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
    """Hints of partitions repartition; those of joins stand above what they name. Others are passed over, and logged.

    Semantics: Spark's SQL reference, "Hints".
    """
    name = node.name.upper()
    if name in _PARTITIONS:
        return _partitioned(node, name, cx)
    strategy = next((s for s, names in _STRATEGIES.items() if name in names), None)
    if strategy is None:
        _log.warning("Unrecognized hint: %s(%s)", node.name, ", ".join(map(pretty, node.parameters)))
        return node.child
    if not node.parameters:
        return ResolvedHint(node.child, strategy)
    names = list(map(_relation, node.parameters))
    found: set[str] = set()
    plan = _hinted(node.child, strategy, {n.lower() for n in names}, found)
    for missing in (n for n in names if n.lower() not in found):
        _log.warning("Could not find relation '%s' specified in hint '%s'", missing, strategy)
    return plan


def _relation(e: Expression) -> str:
    """What a parameter of a join's hint names."""
    match e:
        case UnresolvedAttribute(parts):
            return ".".join(parts)
        case Literal(str() as name):
            return name
    kind = "Literal" if isinstance(e, Literal) else e.__class__.__name__
    cls = {"class": f"class org.apache.spark.sql.catalyst.expressions.{kind}"}
    raise AnalysisError("_LEGACY_ERROR_TEMP_1046", None, unsupported=f'"{pretty(e)}"', **cls)


def _hinted(plan: Relation, strategy: str, names: set[str], found: set[str]) -> Relation:
    """The plan with the hint above the relations of these names; names within a named relation are not seen."""
    if isinstance(plan, SubqueryAlias):
        if plan.name.lower() not in names:
            return plan
        found.add(plan.name.lower())
        return ResolvedHint(plan, strategy)
    return map_relations(plan, lambda child: _hinted(child, strategy, names, found))  # type: ignore[no-any-return]


def _partitioned(node: Hint, name: str, cx: Context) -> Relation:
    """A repartitioning as the hint's parameters say: how many, by which columns."""
    count, *columns = node.parameters or (None,)
    if not isinstance(count, Literal) or not isinstance(count.value, int):
        count, columns = None, [p for p in node.parameters if p is not None]
    if name == "COALESCE" and (count is None or columns):
        raise AnalysisError("_LEGACY_ERROR_TEMP_1048", hintName=name)
    columns = [_column(c) for c in columns]
    wrong = [c for c in columns if not isinstance(c, (UnresolvedAttribute, Attribute))]
    if wrong:
        raise AnalysisError("_LEGACY_ERROR_TEMP_1047", hintName=name, invalidParams=", ".join(map(pretty, wrong)))
    number = None if count is None else count.value
    return resolve_repartition(Repartition(node.child, number, tuple(columns), name != "COALESCE"), cx)


def _column(e: Expression) -> Expression:
    """A text names a column."""
    if isinstance(e, Literal) and isinstance(e.value, str):
        return UnresolvedAttribute(parse_attribute_name(e.value))
    return e


_log = logging.getLogger(__name__)
_PARTITIONS = ("COALESCE", "REPARTITION", "REPARTITION_BY_RANGE", "REBALANCE")
_STRATEGIES = {
    "broadcast": ("BROADCAST", "BROADCASTJOIN", "MAPJOIN"),
    "merge": ("MERGE", "SHUFFLE_MERGE", "MERGEJOIN"),
    "shuffle_hash": ("SHUFFLE_HASH",),
    "shuffle_replicate_nl": ("SHUFFLE_REPLICATE_NL",),
}
