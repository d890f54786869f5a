"""Calls of functions of rows leave expressions: a stage below computes them as columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from glowplug.errors import AnalysisError, unsupported
from glowplug.physical.calls import conjunction, is_python, one_stage, ready, scalar_calls
from glowplug.plan.expressions import Alias, Attribute, Call, Expression, Lambda, OuterReference, new_id
from glowplug.plan.python import EvalPython
from glowplug.plan.relations import Aggregate, Filter, Join, Project, Relation, Unary, to_attribute
from glowplug.plan.tree import children, expressions_in, map_expressions, walk, walk_relations

_JOINS = {"left": "LEFT OUTER", "right": "RIGHT OUTER", "full": "FULL OUTER", "semi": "LEFT SEMI", "anti": "LEFT ANTI"}


def extract_calls(node: Relation) -> Relation | None:
    """Project(f(x) + 1 AS a, t) → Project(y + 1 AS a, EvalPython(f(x) AS y, t))."""
    expressions = expressions_in(node)
    if not any(any(True for _ in scalar_calls(e)) for e in expressions):
        return None
    _refuse_lambdas(expressions)
    match node:
        case Join():
            return _join(node)
        case Project() | Aggregate():
            return _over(node, expressions, keep_all=False)  # type: ignore[no-any-return]
        case Unary(child) if node.output == child.output or not isinstance(node, Filter):
            done = _over(node, expressions, keep_all=True)
            return Project(done, node.output)
    raise unsupported(f"Python functions in {type(node).__name__}")


def _refuse_lambdas(expressions: Sequence[Expression]) -> None:
    for e in expressions:
        for x in walk(e):
            if isinstance(x, Lambda) and (call := next(scalar_calls(x), None)) is not None:
                raise AnalysisError("UNSUPPORTED_FEATURE.LAMBDA_FUNCTION_WITH_PYTHON_UDF", funcName=f'"{call.name}"')


def _over(node: Any, expressions: Sequence[Expression], keep_all: bool) -> Any:
    """The unary node over the stages that its calls need."""
    child: Relation = node.child
    while calls := _pending(expressions):
        chosen = one_stage(calls)
        aliases = tuple(Alias(c, c.name, new_id()) for c in chosen)
        replacing = _replacing(list(zip(chosen, map(to_attribute, aliases), strict=True)))
        node = map_expressions(node, replacing)
        expressions = expressions_in(node)
        child = _stage(child, aliases, None if keep_all else expressions)
    return replace(node, child=child)


def _pending(expressions: Sequence[Expression]) -> list[Call]:
    """The calls that can be made now, but for those that are chained into others which can."""
    pending: list[Call] = []

    def look(e: Any) -> None:
        if is_python(e) and e.function.kind == "scalar" and ready(e):
            pending.append(e)
            return
        for c in children(e):
            if isinstance(c, Expression):
                look(c)

    for e in expressions:
        look(e)
    return pending


def _replacing(pairs: list[tuple[Call, Attribute]]) -> Callable[[Expression], Expression]:
    """Puts columns in the place of calls; each of several equal calls that may differ has its own."""
    used: set[int] = set()

    def replaced(e: Expression) -> Expression:
        if is_python(e):
            for i, (call, column) in enumerate(pairs):
                if call == e and (call.function.deterministic or i not in used):
                    used.add(i)
                    return column
        return map_expressions(e, replaced)  # type: ignore[no-any-return]

    return replaced


def _stage(child: Relation, aliases: tuple[Alias, ...], above: Sequence[Expression] | None) -> EvalPython:
    """`above` are the only expressions over the stage; None = all columns are needed."""
    for alias in aliases:
        if any(isinstance(x, OuterReference) for x in walk(alias)):
            raise unsupported("Python functions of columns of an outer query")
    if any(_is_correlated(r) for r in walk_relations(child)):
        raise unsupported("Python functions in a correlated subquery")
    kept = child.output
    if above is not None:
        needed = columns_of(above)
        kept = tuple(a for a in kept if a.id in needed)
    return EvalPython(child, aliases, tuple({a.id: a for a in kept}.values()))


def _is_correlated(node: Relation) -> bool:
    if isinstance(node, Join) and node.lateral:
        return False
    return any(isinstance(x, OuterReference) for c in expressions_in(node) for x in walk(c))


def columns_of(expressions: Sequence[Expression]) -> frozenset[int]:
    """The columns that expressions use, those in subqueries included."""
    from glowplug.optimize.prune_columns import used

    return used(*expressions)


def _join(node: Join) -> Relation:
    """Calls over one side's columns are made on that side, others after an inner join."""
    from glowplug.plan.predicates import conjuncts

    assert node.condition is not None
    sides = [frozenset(a.id for a in side.output) for side in (node.left, node.right)]
    left, right, condition = node.left, node.right, node.condition
    for i in (0, 1):
        side = (left, right)[i]
        mine = [c for c in _pending([condition]) if columns_of([c]) <= sides[i]]
        while mine:
            chosen = one_stage(mine)
            aliases = tuple(Alias(c, c.name, new_id()) for c in chosen)
            condition = _replacing(list(zip(chosen, map(to_attribute, aliases), strict=True)))(condition)
            side = _stage(side, aliases, None)
            sides[i] |= {a.id for a in aliases}
            mine = [c for c in _pending([condition]) if columns_of([c]) <= sides[i]]
        left, right = (side, right) if i == 0 else (left, side)
    if not any(True for _ in scalar_calls(condition)):
        return Project(replace(node, left=left, right=right, condition=condition), node.output)
    if node.kind not in ("inner", "cross"):
        raise AnalysisError("UNSUPPORTED_FEATURE.PYTHON_UDF_IN_ON_CLAUSE", joinType=_JOINS[node.kind])
    parts = conjuncts(condition)
    later = [p for p in parts if any(True for _ in scalar_calls(p))]
    first = [p for p in parts if p not in later]
    joined = replace(node, left=left, right=right, condition=conjunction(first) if first else None)
    filtered: Relation = joined
    for p in later:
        filter = Filter(filtered, p)
        filtered = _over(filter, [p], keep_all=True)
    return Project(filtered, node.output)
