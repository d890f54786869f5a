"""Correlated subqueries that call user code are computed for all rows around them at once.

A stage reads a plan of its own, which cannot look at the row of a query around it. So the subquery is joined with the
distinct values of the outer columns that it uses, and those become columns of every relation above the join: what is
left of the correlation is a comparison at the top, which the kernel can do. (Neumann and Kemper, "Unnesting Arbitrary
Queries", 2015.)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from glowplug.analyze.rules.leaves import fresh
from glowplug.errors import unsupported
from glowplug.functions.registry import lookup
from glowplug.physical.calls import conjunction, is_python
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Call,
    Expression,
    FrameBound,
    Literal,
    OuterReference,
    SortOrder,
    Subquery,
    WindowExpression,
    WindowFrame,
    new_id,
)
from glowplug.plan.python import TablePython
from glowplug.plan.relations import (
    Aggregate,
    Distinct,
    Filter,
    Join,
    Limit,
    Project,
    Relation,
    SetOperation,
    Sort,
    SubqueryAlias,
    Unary,
    to_attribute,
)
from glowplug.plan.tree import expressions_in, map_expressions, outer_columns, rewrite, walk, walk_relations
from glowplug.types import BOOLEAN, INT, DataType

_RUNNING = WindowFrame("rows", FrameBound("unbounded"), FrameBound("current"))


def decorrelate(node: Relation) -> Relation | None:
    """Project((SELECT f(x) FROM u WHERE x = o), t) → Project((SELECT y FROM v WHERE d <=> o), t); v is u for all d."""
    match node:
        case Join(lateral=True):
            return _lateral(node)
        case Unary(child):
            changed = map_expressions(node, lambda e: _subqueries(e, child))
            return None if changed is node else changed
    return None


def _subqueries(e: Expression, outer: Relation) -> Expression:
    e = map_expressions(e, lambda x: _subqueries(x, outer))
    if not isinstance(e, Subquery) or (domain := _domain(e.plan, outer)) is None:
        return e
    below, values = _pushed(e.plan, domain)
    same = [_call("<=>", d, OuterReference(o)) for o, d in zip(domain.outer, values, strict=True)]
    return replace(e, plan=Project(Filter(below, conjunction(same)), e.plan.output))


def _lateral(node: Join) -> Relation | None:
    domain = _domain(node.right, node.left)
    if domain is None or any(isinstance(r, TablePython) for r in walk_relations(node.right)):
        return None
    below, values = _pushed(node.right, domain)
    same = [_call("<=>", o, d) for o, d in zip(domain.outer, values, strict=True)]
    condition = conjunction([*same, *([] if node.condition is None else [node.condition])])
    kind = "inner" if node.kind == "cross" else node.kind
    return Project(replace(node, right=below, kind=kind, condition=condition, lateral=False), node.output)


@dataclass(frozen=True, slots=True)
class _Domain:
    """The distinct values that the columns `outer` have in `relation`."""

    relation: Relation
    outer: tuple[Attribute, ...]

    def again(self) -> Relation:
        return fresh(Distinct(Project(self.relation, self.outer)))


def _domain(plan: Relation, outer: Relation) -> _Domain | None:
    """None where no stage would see the rows of `outer`."""
    here = {a.id for a in outer.output}
    used = tuple(a for a in outer_columns(plan) if a.id in here)
    if not used or not any(is_python(x) for r in walk_relations(plan) for e in expressions_in(r) for x in walk(e)):
        return None
    for call in (x for r in walk_relations(outer) for e in expressions_in(r) for x in walk(e) if isinstance(x, Call)):
        if not call.function.deterministic:
            raise unsupported(
                "Python functions in a correlated subquery around which not all is deterministic", call.origin
            )
    return _Domain(outer, used)


Values = tuple[Attribute, ...]  # of the outer columns, in a relation into which they were pushed


def _pushed(node: Relation, domain: _Domain) -> tuple[Relation, Values]:
    """The relation for each of the outer values: its rows with these, and the columns that have them."""
    used = {a.id for a in domain.outer}
    if not used & {a.id for a in outer_columns(node)}:
        around = domain.again()
        return Join(around, node, "cross"), around.output
    match node:
        case SubqueryAlias(child):
            return _pushed(child, domain)
        case Filter(child, condition):
            below, values = _pushed(child, domain)
            condition = _inside(condition, domain, values)
            if isinstance(below, Join) and below.kind in ("inner", "cross"):  # calls over one side are made there
                parts = [*([] if below.condition is None else [below.condition]), condition]
                return replace(below, kind="inner", condition=conjunction(parts)), values
            return Filter(below, condition), values
        case Project(child, expressions):
            below, values = _pushed(child, domain)
            return Project(below, (*(_inside(e, domain, values) for e in expressions), *values)), values
        case Sort(child) | Distinct(child):
            below, values = _pushed(child, domain)
            inside = map_expressions(node, lambda e: _inside(e, domain, values))
            return replace(inside, child=below), values
        case Limit():
            return _limit(node, domain)
        case Aggregate(sets=None):
            return _aggregate(node, domain)
        case Join(lateral=False, as_of=False):
            return _join(node, domain)
        case SetOperation(left, right, "union", True):
            (left, mine), (right, others) = _pushed(left, domain), _pushed(right, domain)
            made = tuple(replace(a, id=new_id()) for a in mine)
            sides = [Project(s, (*p.output, *v)) for s, p, v in ((left, node.left, mine), (right, node.right, others))]
            return replace(node, left=sides[0], right=sides[1], columns=(*node.columns, *made)), made
    raise unsupported(f"Python functions in a correlated subquery with {type(node).__name__}")


def _inside(e: Expression, domain: _Domain, values: Values) -> Any:
    """An expression of the subquery over the columns that were outer ones; windows stay within their values."""
    columns = dict(zip((a.id for a in domain.outer), values, strict=True))

    def here(x: Expression) -> Any:
        match x:
            case OuterReference(a) if a.id in columns:
                return columns[a.id]
            case Subquery():
                return replace(map_expressions(x, here), plan=deeper(x.plan))
            case WindowExpression():
                x = replace(x, partition_by=(*x.partition_by, *values))
        return map_expressions(x, here)

    def deeper(node: Any) -> Any:
        if isinstance(node, OuterReference) and node.attribute.id in columns:
            return OuterReference(columns[node.attribute.id])
        return rewrite(node, (Expression, Relation), deeper)

    return here(e)


def _limit(node: Limit, domain: _Domain) -> tuple[Relation, Values]:
    """The first rows for each of the values, in the order of a sort below."""
    below, values = _pushed(node.child, domain)
    order = below.order if isinstance(below, Sort) else ()
    number = _numbered(values, order)
    offset = node.offset or Literal(0, INT)
    conditions = [_call(">", to_attribute(number), offset)]
    if node.count is not None:
        conditions.append(_call("<=", to_attribute(number), _call("+", offset, node.count, type=INT)))
    numbered = Project(below, (*below.output, number))
    return Project(Filter(numbered, conjunction(conditions)), below.output), values


def _numbered(values: Values, order: tuple[SortOrder, ...]) -> Alias:
    return Alias(WindowExpression(_call("row_number", type=INT), values, order, _RUNNING), "row", new_id())


def _aggregate(node: Aggregate, domain: _Domain) -> tuple[Relation, Values]:
    below, values = _pushed(node.child, domain)
    inside = [_inside(e, domain, values) for e in (*node.grouping, *node.results)]
    grouping, results = inside[: len(node.grouping)], inside[len(node.grouping) :]
    grouped = Aggregate(below, (*grouping, *values), (*results, *values))
    return (grouped, values) if node.grouping else _one_row_each(node, grouped, values, domain)


def _one_row_each(node: Aggregate, grouped: Aggregate, values: Values, domain: _Domain) -> tuple[Relation, Values]:
    """A row for values without rows too: what aggregates give of none. Those in Python give NULL, as Spark has it."""
    found = Alias(Literal(True, BOOLEAN), "found", new_id())
    around = domain.again()
    same = conjunction([_call("<=>", a, b) for a, b in zip(around.output, values, strict=True)])
    joined: Relation = Join(around, Project(grouped, (*grouped.output, found)), "left", same)
    made = grouped.output[: len(node.results)]
    kernels = [i for i, e in enumerate(node.results) if not any(map(_is_aggregate, walk(e)))]
    defaults: dict[int, Expression] = {}
    if kernels:
        none = Filter(node.child, Literal(False, BOOLEAN))
        of_none = fresh(_without_outer(Aggregate(none, (), tuple(node.results[i] for i in kernels)), domain))
        joined = Join(joined, of_none, "cross")
        defaults = dict(zip(kernels, of_none.output, strict=True))
    results = []
    for i, a in enumerate(made):
        default = defaults.get(i, Literal(None, a.type))
        value = _call("if", _call("isnotnull", to_attribute(found)), a, default, type=a.type)
        results.append(Alias(value, a.name, a.id, a.metadata))
    return Project(joined, (*results, *around.output)), around.output


def _is_aggregate(e: Expression) -> bool:
    return is_python(e) and e.function.kind == "aggregate"


def _without_outer(plan: Relation, domain: _Domain) -> Relation:
    nulls = {a.id: Literal(None, a.type) for a in domain.outer}

    def change(node: Any) -> Any:
        if isinstance(node, OuterReference) and node.attribute.id in nulls:
            return nulls[node.attribute.id]
        return rewrite(node, (Expression, Relation), change)

    return change(plan)  # type: ignore[no-any-return]


def _join(node: Join, domain: _Domain) -> tuple[Relation, Values]:
    """Into the sides that use the values; into both where neither does, or where rows of either may be missing."""
    used = {a.id for a in domain.outer}
    left, right = (bool(used & {a.id for a in outer_columns(side)}) for side in (node.left, node.right))
    if node.kind == "full":
        raise unsupported("Python functions in a correlated subquery with a full join")
    into_left = left or not (node.kind == "right" or (right and node.kind in ("inner", "cross")))
    into_right = right or node.kind == "right"
    mine: Values = ()
    others: Values = ()
    sides = [node.left, node.right]
    if into_left:
        sides[0], mine = _pushed(node.left, domain)
    if into_right:
        sides[1], others = _pushed(node.right, domain)
    values = others if node.kind == "right" or not mine else mine
    parts = [] if node.condition is None else [_inside(node.condition, domain, values)]
    if mine and others:
        parts += [_call("<=>", a, b) for a, b in zip(mine, others, strict=True)]
    condition = conjunction(parts) if parts else None
    kind = "inner" if node.kind == "cross" and parts else node.kind
    return replace(node, left=sides[0], right=sides[1], kind=kind, condition=condition), values


def _call(name: str, *args: Expression, type: DataType = BOOLEAN) -> Call:
    function = lookup(name)
    assert function is not None
    return Call(function, name, args, type, True)
