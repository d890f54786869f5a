"""Files that filters rule out are not read.

What is asked of rows is followed down to the sources that they come from: through projections, groups, unions and
joins, where a column stands for another that it must be equal to, too. The filters stay where they are; the kernel
moves them by itself, but it does not know what is in which file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from glowplug.errors import SparkError
from glowplug.optimize.context import Context
from glowplug.plan.expressions import Attribute, Call, Expression, OuterReference, WindowExpression
from glowplug.plan.predicates import (
    LEFT_ALONE,
    MAY_GO,
    RIGHT_ALONE,
    column_ids_in,
    conjuncts,
    implied,
    is_deterministic,
    is_repeatable,
    put,
    values_in,
)
from glowplug.plan.python import PythonFunction
from glowplug.plan.relations import (
    Aggregate,
    Deduplicate,
    Distinct,
    Filter,
    Generate,
    Hint,
    Join,
    Project,
    Relation,
    Repartition,
    Scan,
    SetOperation,
    Sort,
    SubqueryAlias,
    to_attribute,
)
from glowplug.plan.tree import kinds, map_all_relations, map_expressions, walk, walk_relations
from glowplug.types import DoubleType, FloatType, StringType

Asked = tuple[Expression, ...]  # conditions over a relation's columns: rows that do not pass them change nothing


def prune_partitions(plan: Relation, cx: Context) -> Relation:
    """Filter(… Scan …) → Filter(… Scan of the files whose rows can match …). Applied to whole plans."""
    if not any(isinstance(n, Scan) and n.source.prunable for n in walk_relations(plan)):
        return plan

    def visit(node: Any, asked: Asked = ()) -> Any:
        if isinstance(node, Scan):
            return _scan(node, asked, cx)
        if not isinstance(node, Relation):  # a subquery's plan answers to nothing around it
            return map_all_relations(node, visit)
        below = asked_below(node, asked)
        if not below:
            return map_all_relations(node, visit)
        node = map_expressions(node, visit)
        changed = {name: visit(getattr(node, name), conditions) for name, conditions in below.items()}
        same = all(getattr(node, name) is child for name, child in changed.items())
        return node if same else replace(node, **changed)

    return visit(plan)  # type: ignore[no-any-return]


def _scan(node: Scan, asked: Asked, cx: Context) -> Relation:
    conditions = _over(asked, node.columns)
    try:
        pruned = node.source.prune(conditions, node.columns, cx.evaluate) if conditions else node.source
    except SparkError:  # it is the query's to fail, if it comes to look at such a row
        return node
    return node if pruned is node.source else replace(node, source=pruned)


def asked_below(node: Relation, asked: Asked) -> dict[str, Asked]:
    """What is asked of the rows of a node's children, by the name of the field that holds each."""
    match node:
        case Filter(_, condition):
            own = _parts(filter(is_deterministic, conjuncts(condition)), _usable)
            return {"child": (*(asked if is_deterministic(condition) else ()), *own)}
        case SubqueryAlias() | Hint() | Repartition() | Sort():
            return {"child": asked}
        case Distinct():
            return {"child": _of_groups(asked)}
        case Project(child, projections):
            return {"child": _over(_through_windows(node, _put(asked, projections)), child.output)}
        case Aggregate(child, grouping, sets=None):
            keys = _of_groups(_over(asked, map(to_attribute, grouping)))
            return {"child": _over(_put(keys, grouping), child.output)}
        case Deduplicate(_, keys) if keys:
            return {"child": _of_groups(_over(asked, map(to_attribute, keys)))}
        case Generate(child):
            return {"child": _over(asked, child.output) if is_deterministic(node.generator) else ()}
        case SetOperation(left, right, "union"):
            kept = asked if node.all else _of_groups(asked)
            return {
                name: tuple(put(c, {a.id: b for a, b in zip(node.columns, side.output, strict=True)}) for c in kept)
                for name, side in (("left", left), ("right", right))
            }
        case Join():
            return _sides(node, asked)
    return {}


def _sides(node: Join, asked: Asked) -> dict[str, Asked]:
    """What is asked of a join's rows, and what its condition asks of one side's alone or says to be equal."""
    if node.lateral or node.as_of:  # what is right of them depends on what is left
        return {"left": _over(asked, node.left.output) if node.kind in LEFT_ALONE else (), "right": ()}
    own = _parts(filter(is_deterministic, conjuncts(node.condition)), _usable)
    every = _with_equals((*asked, *own)) if node.kind in ("inner", "cross") else ()
    sides = {}
    for i, (name, side, alone) in enumerate((("left", node.left, LEFT_ALONE), ("right", node.right, RIGHT_ALONE))):
        may_go = own if MAY_GO.get(node.kind, (False, False))[i] else ()
        sides[name] = _over(every or (*(asked if node.kind in alone else ()), *may_go), side.output)
    return sides


def _with_equals(asked: Asked) -> Asked:
    """Conditions, and what they say of columns that must be equal to theirs."""
    more = []
    for e in asked:
        match e:
            case Call(function, _, (Attribute() as a, Attribute() as b)) if function.names[0] == "=" and _alike(a, b):
                for one, other in ((a, b), (b, a)):
                    more += [put(c, {one.id: other}) for c in asked if column_ids_in(c) == {one.id}]
    return (*asked, *more)


def _alike(a: Attribute, b: Attribute) -> bool:
    """Whether equal values of both are the same."""
    return a.type == b.type and not _told_apart(a)


def _told_apart(a: Attribute) -> bool:
    """Whether equal values may differ: zeros have signs, and collations find different texts equal."""
    return isinstance(a.type, (FloatType, DoubleType)) or (isinstance(a.type, StringType) and a.type != StringType())


def _of_groups(asked: Asked) -> Asked:
    """The conditions that take or leave all rows of a group, which is of equal keys."""
    return tuple(c for c in asked if not any(isinstance(x, Attribute) and _told_apart(x) for x in walk(c)))


def _through_windows(node: Project, asked: Asked) -> Asked:
    """Of a projection's conditions those that take or leave all rows that it looks at together."""
    if not all(map(is_deterministic, node.expressions)):
        return ()
    if WindowExpression not in kinds(node):
        return asked
    windows = [x for e in node.expressions for x in walk(e) if isinstance(x, WindowExpression)]
    keys = set.intersection(*({e.id for e in w.partition_by if isinstance(e, Attribute)} for w in windows))
    return _of_groups(tuple(c for c in asked if column_ids_in(c) <= keys))


def _put(asked: Asked, projections: Iterable[Expression]) -> Asked:
    values = values_in(tuple(projections))
    return tuple(c for c in (put(c, values) for c in asked) if _usable(c))


def _over(asked: Asked, columns: Iterable[Attribute]) -> Asked:
    """What conditions say of some columns alone, and of at least one of them."""
    ids = {a.id for a in columns}
    return _parts(asked, lambda c: bool(used := column_ids_in(c)) and used <= ids)


def _parts(conditions: Iterable[Expression], takes: Callable[[Expression], bool]) -> Asked:
    return tuple(p for p in (implied(c, takes) for c in conditions) if p is not None)


def _usable(e: Expression) -> bool:
    """Whether a condition can be asked of values at hand: it runs no code of users, and asks for nothing around it."""
    users = any(isinstance(x, Call) and isinstance(x.function, PythonFunction) for x in walk(e))
    return not users and OuterReference not in kinds(e) and is_repeatable(e)
