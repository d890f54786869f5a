"""Relations over user code: the columns they are declared with, and the keys of groups as columns."""

from __future__ import annotations

import json
from dataclasses import replace

from glowplug.analyze.context import Context, Scope, scope_of
from glowplug.analyze.expressions import named, resolve
from glowplug.analyze.rules.streams import marked
from glowplug.errors import AnalysisError, unsupported
from glowplug.plan.build import columns_of
from glowplug.plan.expressions import Alias, Attribute, Expression, UnresolvedAttribute
from glowplug.plan.python import CoGroupMap, EvalType, GroupMap, MapPartitions, PythonFunction, StatefulMap
from glowplug.plan.relations import Project, Relation, to_attribute
from glowplug.plan.streams import DELAY
from glowplug.types import StructType

_PARTITIONS = (EvalType.MAP_PANDAS_ITER, EvalType.MAP_ARROW_ITER)
_GROUPS = (
    EvalType.GROUPED_MAP_PANDAS, EvalType.GROUPED_MAP_PANDAS_ITER, EvalType.GROUPED_MAP_ARROW,
    EvalType.GROUPED_MAP_ARROW_ITER,
)  # fmt: skip
_STATEFUL = (
    EvalType.GROUPED_MAP_PANDAS_WITH_STATE, EvalType.TRANSFORM_WITH_STATE_PANDAS,
    EvalType.TRANSFORM_WITH_STATE_PANDAS_INIT_STATE, EvalType.TRANSFORM_WITH_STATE_ROWS,
    EvalType.TRANSFORM_WITH_STATE_ROWS_INIT_STATE,
)  # fmt: skip
_COGROUPS = (EvalType.COGROUPED_MAP_PANDAS, EvalType.COGROUPED_MAP_ARROW)


def resolve_map_partitions(node: MapPartitions, cx: Context) -> Relation:
    """`mapInPandas`, `mapInArrow`: the columns are those that the function was declared with."""
    return replace(node, columns=_columns(node.function, _PARTITIONS))


def resolve_group_map(node: GroupMap, cx: Context) -> Relation:
    """`applyInPandas`, `applyInArrow` of groups; keys that are no columns become some."""
    columns = _columns(node.function, _GROUPS)
    scope = scope_of(node.child, cx=cx)
    args = tuple(resolve(a, scope, cx) for a in node.args)
    child, keys = with_keys(node.child, tuple(resolve(g, scope, cx) for g in node.grouping))
    return replace(node, child=child, grouping=keys, args=args, columns=columns)


def resolve_co_group_map(node: CoGroupMap, cx: Context) -> Relation:
    """`cogroup`: both sides have as many keys, which meet by their places."""
    columns = _columns(node.function, _COGROUPS)
    sides = []
    for side, grouping in ((node.left, node.left_grouping), (node.right, node.right_grouping)):
        scope = scope_of(side, cx=cx)
        sides.append(with_keys(side, tuple(resolve(g, scope, cx) for g in grouping)))
    (left, left_keys), (right, right_keys) = sides
    if len(left_keys) != len(right_keys):
        raise AnalysisError("CONNECT_INVALID_PLAN.ASSERTION_FAILURE", message="cogroup keys must have same size")
    return replace(
        node, left=left, right=right, left_grouping=left_keys, right_grouping=right_keys, columns=columns,
        left_args=node.left.output, right_args=node.right.output,
    )  # fmt: skip


def resolve_stateful_map(node: StatefulMap, cx: Context) -> Relation:
    """`applyInPandasWithState`, `transformWithState`; the initial state has keys of the same types."""
    columns = _columns(node.function, _STATEFUL)
    scope = scope_of(node.child, cx=cx)
    args = tuple(resolve(a, scope, cx) for a in node.args)
    child, keys = with_keys(node.child, tuple(resolve(g, scope, cx) for g in node.grouping))
    node = replace(node, child=child, grouping=keys, args=args, columns=_timed(node, columns, cx))
    if node.initial is None:
        return node
    below = scope_of(node.initial, cx=cx)
    initial, own = with_keys(node.initial, tuple(resolve(g, below, cx) for g in node.initial_grouping))
    if [k.type for k in own] != [k.type for k in keys]:
        raise AnalysisError(
            "CONNECT_INVALID_PLAN.ASSERTION_FAILURE", message="the initial state must have the keys of the rows"
        )
    return replace(node, initial=initial, initial_grouping=own, initial_args=node.initial.output)


def _timed(node: StatefulMap, columns: tuple[Attribute, ...], cx: Context) -> tuple[Attribute, ...]:
    """The columns, one of them marked as the event time where the program names it."""
    if not node.event_time:
        return columns
    delays = (json.loads(a.metadata).get(DELAY) for a in node.child.output)
    delay = next((d for d in delays if d is not None), None)
    if delay is None:
        raise AnalysisError("CANNOT_ASSIGN_EVENT_TIME_COLUMN_WITHOUT_WATERMARK")
    time = resolve(UnresolvedAttribute((node.event_time,)), Scope(columns), cx)
    assert isinstance(time, Attribute)
    return tuple(marked(a, delay if a.id == time.id else None) for a in columns)


def with_keys(child: Relation, keys: tuple[Expression, ...]) -> tuple[Relation, tuple[Attribute, ...]]:
    """The relation with its keys among its columns."""
    items = tuple(map(named, keys))
    new = tuple(i for i in items if isinstance(i, Alias))
    if new:
        child = Project(child, (*child.output, *new))
    return child, tuple(map(to_attribute, items))


def _columns(function: PythonFunction, kinds: tuple[EvalType, ...]) -> tuple[Attribute, ...]:
    assert function.code is not None
    if function.code.eval_type not in kinds:
        raise unsupported(f"a function of the kind {function.code.eval_type.name} here")
    if not isinstance(function.returns, StructType):
        raise AnalysisError("CONNECT_INVALID_PLAN.ASSERTION_FAILURE", message=f"{function.returns} is no type of rows")
    return columns_of(function.returns.fields)
