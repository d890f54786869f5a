"""Joins with the nearest row: as-of joins and nearest-by joins."""

from __future__ import annotations

from typing import Any

from glowplug.analyze.columns import schema_column
from glowplug.analyze.context import Context, Scope, references, scope_of
from glowplug.analyze.expressions import resolve
from glowplug.analyze.rules.filters import boolean, is_aggregate
from glowplug.analyze.rules.leaves import fresh
from glowplug.errors import AnalysisError
from glowplug.functions import internal
from glowplug.plan.build import called
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Call,
    Expression,
    Literal,
    SortOrder,
    WindowExpression,
    new_id,
)
from glowplug.plan.names import pretty
from glowplug.plan.predicates import conjuncts, is_deterministic
from glowplug.plan.relations import (
    Aggregate,
    AsOfJoin,
    Filter,
    Generate,
    Join,
    NearestByJoin,
    OneRow,
    Project,
    Relation,
    nullable,
    to_attribute,
)
from glowplug.plan.tree import map_expressions, walk
from glowplug.types import BOOLEAN, INT, NULL, STRINGS, is_orderable, sql_name

_INEQUALITY = {"backward": ">", "forward": "<"}


def _done(e: Expression, cx: Context) -> Expression:
    """An expression over columns, resolved."""
    return resolve(e, Scope(()), cx)


# --- as of --------------------------------------------------------------------------------------------------


def as_of_join(node: AsOfJoin, cx: Context) -> Relation:
    """For each left row the right row that fits the condition and is nearest in time in the given direction.

    Where the condition is equalities only, the kernel joins sorted sides (`Join.as_of`); otherwise all fitting pairs
    are ranked. Both sides' key columns stay, also with `using`.
    """
    both = scope_of(node.left, node.right, cx=cx)
    left = resolve(node.left_as_of, both, cx)
    right = resolve(node.right_as_of, both, cx)
    equal, rest = _conditions(node, both, cx)
    times = _Times(node, left, right, cx)
    if rest is None:
        plan = _nearest(node, equal, times, cx) if node.direction == "nearest" else _directed(node, equal, times, cx)
    else:
        plan = _ranked(node, [*equal, rest], times, cx)
    right_columns = node.right.output if node.kind == "inner" else tuple(map(nullable, node.right.output))
    return Project(plan, (*node.left.output, *right_columns))


class _Times:
    """What is asked of a pair of times: `fits` (direction), `distance`, and `near` (tolerance, None = any)."""

    def __init__(self, node: AsOfJoin, left: Expression, right: Expression, cx: Context) -> None:
        self.left, self.right, self.direction, self.cx = left, right, node.direction, cx
        self.exact = node.allow_exact_matches
        self.tolerance = None if node.tolerance is None else _tolerance(node.tolerance, cx)
        self.distance = _done(self._distance(left, right), cx)
        self.near = None if self.tolerance is None else boolean(_done(self._near(self.tolerance), cx))

    def fits(self, direction: str) -> Expression:
        if direction == "nearest":
            ordered = called("isnotnull", called("-", self.left, self.right))
            return boolean(_done(ordered if self.exact else called("!=", self.left, self.right), self.cx))
        symbol = _INEQUALITY[direction] + ("=" if self.exact else "")
        return boolean(_done(called(symbol, self.left, self.right), self.cx))

    def _distance(self, left: Expression, right: Expression) -> Expression:
        after, before = called("-", left, right), called("-", right, left)
        match self.direction:
            case "backward":
                return after
            case "forward":
                return before
        return called("if", called(">", left, right), after, before)

    def _near(self, tolerance: Expression) -> Expression:
        since = called(">=", self.right, called("-", self.left, tolerance))
        until = called("<=", self.right, called("+", self.left, tolerance))
        match self.direction:
            case "backward":
                return since
            case "forward":
                return until
        return called("and", since, until)


def _tolerance(e: Expression, cx: Context) -> Expression:
    """A constant that is not negative."""
    value = _done(e, cx)
    if references(value) or not is_deterministic(value):
        raise AnalysisError("AS_OF_JOIN.TOLERANCE_IS_UNFOLDABLE")
    zero: Any = "" if isinstance(value.type, STRINGS) else 0
    least = _done(called(">=", value, Literal(zero, value.type)), cx) if value.type != NULL else value
    if cx.world.run(Project(OneRow(), (Alias(least, "v", new_id()),)))[0][0] is not True:
        raise AnalysisError("AS_OF_JOIN.TOLERANCE_IS_NON_NEGATIVE")
    return value


def _conditions(node: AsOfJoin, scope: Scope, cx: Context) -> tuple[list[Expression], Expression | None]:
    """Equalities of an expression of each side, and what else the condition says."""
    parts: list[Expression] = [
        _done(called("=", schema_column(n, node.left, cx), schema_column(n, node.right, cx)), cx) for n in node.using
    ]
    if node.condition is not None:
        parts += conjuncts(boolean(resolve(node.condition, scope, cx)))
    equal = [p for p in parts if _is_equality(p, node)]
    rest = [p for p in parts if p not in equal]
    return equal, _all(rest, cx) if rest else None


def _is_equality(e: Expression, node: AsOfJoin) -> bool:
    if not isinstance(e, Call) or e.function.names[0] != "=":
        return False
    left, right = ({a.id for a in side.output} for side in (node.left, node.right))
    one, other = ({a.id for a in references(x)} for x in e.args)
    return (one <= left and other <= right) or (one <= right and other <= left)


def _all(conditions: list[Expression], cx: Context) -> Expression:
    first, *rest = conditions
    return _done(called("and", first, _all(rest, cx)), cx) if rest else first


def _directed(node: AsOfJoin, equal: list[Expression], times: _Times, cx: Context) -> Relation:
    """The kernel finds the nearest in one direction; a row that is out of tolerance counts as not found."""
    condition = _all([*equal, times.fits(node.direction)], cx)
    joined = Join(node.left, node.right, node.kind, condition, as_of=True)  # type: ignore[arg-type]
    if times.near is None:
        return joined
    if node.kind == "inner":
        return Filter(joined, times.near)
    return Project(joined, (*node.left.output, *_only_if(times.near, node.right.output, cx)))


def _only_if(condition: Expression, columns: tuple[Attribute, ...], cx: Context) -> list[Expression]:
    """The columns, NULL where the condition does not hold; they stay the same columns."""
    return [
        Alias(_done(called("if", condition, a, Literal(None, a.type)), cx), a.name, a.id, a.metadata, a.qualifier)
        for a in columns
    ]


def _nearest(node: AsOfJoin, equal: list[Expression], times: _Times, cx: Context) -> Relation:
    """The nearest before and the nearest after each left row; of the two, the nearer one."""
    found = Alias(Literal(True, BOOLEAN), "found", new_id())
    before = Project(node.right, (*node.right.output, found))
    after = fresh(before)
    renewed = dict(zip((a.id for a in before.output), after.output, strict=True))
    joined: Relation = Join(node.left, before, "left", _all([*equal, times.fits("backward")], cx), as_of=True)
    conditions = [_renamed(c, renewed) for c in (*equal, times.fits("forward"))]
    joined = Join(joined, after, "left", _all(conditions, cx), as_of=True)
    was, will = to_attribute(found), renewed[found.id]
    nearer = called("<=", times.distance, _renamed(times.distance, renewed))
    first = called("and", called("isnotnull", was), called("or", called("isnull", will), nearer))
    chosen = [
        Alias(
            _done(called("if", first, nullable(a), nullable(renewed[a.id])), cx), a.name, a.id, a.metadata, a.qualifier
        )
        for a in node.right.output
    ]
    either = Alias(_done(called("coalesce", nullable(was), nullable(will)), cx), "found", new_id())
    picked: Relation = Project(joined, (*node.left.output, *chosen, either))
    good = to_attribute(either) if times.near is None else _done(called("and", to_attribute(either), times.near), cx)
    if node.kind == "inner":
        return Filter(picked, good)
    return Project(picked, (*node.left.output, *_only_if(good, node.right.output, cx)))


def _renamed(e: Expression, columns: dict[int, Attribute]) -> Expression:
    if isinstance(e, Attribute):
        return columns.get(e.id, e)
    return map_expressions(e, lambda c: _renamed(c, columns))  # type: ignore[no-any-return]


def _ranked(node: AsOfJoin, conditions: list[Expression], times: _Times, cx: Context) -> Relation:
    """All pairs that fit, ranked by distance for each left row."""
    number = row_number((), (), cx)
    numbered = Project(node.left, (*node.left.output, number))
    near = [] if times.near is None else [times.near]
    condition = _all([*conditions, times.fits(node.direction), *near], cx)
    pairs = Join(numbered, node.right, node.kind, condition)  # type: ignore[arg-type]
    rank = row_number((to_attribute(number),), (SortOrder(times.distance),), cx)
    ranked = Project(pairs, (*pairs.output, rank))
    return Filter(ranked, _done(called("=", to_attribute(rank), Literal(1, INT)), cx))


def row_number(partition: tuple[Expression, ...], order: tuple[SortOrder, ...], cx: Context) -> Alias:
    """A column that numbers the rows; without an order, which Spark's windows need, as they come."""
    function = cx.world.function(("row_number",))
    assert function is not None
    return Alias(WindowExpression(Call(function, "row_number", (), INT, False), partition, order), "row", new_id())


# --- nearest by ---------------------------------------------------------------------------------------------


def nearest_by_join(node: NearestByJoin, cx: Context) -> Relation:
    """For each left row the right rows that rank first, at most `count`; rows that rank NULL do not count.

    Every pair is ranked, `count` rows are kept for each left one.
    """
    ranking = resolve(node.ranking, scope_of(node.left, node.right, cx=cx), cx)
    shown = f'"{pretty(ranking)}"'
    if any(is_aggregate(x) or isinstance(x, WindowExpression) for x in walk(ranking)):
        raise AnalysisError("UNSUPPORTED_EXPR_FOR_OPERATOR", invalidExprSqls=shown)
    if not is_orderable(ranking.type):
        type = f'"{sql_name(ranking.type)}"'
        raise AnalysisError("NEAREST_BY_JOIN.NON_ORDERABLE_RANKING_EXPRESSION", expression=shown, type=type)
    number = row_number((), (), cx)
    numbered = Project(node.left, (*node.left.output, number))
    rank = Alias(ranking, "ranking", new_id())
    joined = Join(numbered, node.right, "left")
    pairs = Project(joined, (*joined.output, rank))
    first = cx.world.function(("first",))
    assert first is not None
    kept = [Alias(Call(first, "first", (a,), a.type, a.nullable), a.name, a.id, a.metadata) for a in node.left.output]
    best = internal.ranked(to_attribute(rank), node.count, node.right.output, largest=node.direction == "similarity")
    lists = Alias(best, "nearest", new_id())
    row = to_attribute(number)
    groups = Aggregate(pairs, (row,), (row, *kept, lists))
    outer = node.kind == "left"
    found = Attribute("found", BOOLEAN, outer, new_id())
    columns = tuple(map(nullable, node.right.output)) if outer else node.right.output
    generated = (found, *columns)
    plan = Generate(groups, internal.unnest(to_attribute(lists), generated), generated, outer)
    return Project(plan, (*node.left.output, *columns))
