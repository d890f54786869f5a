"""What of a plan goes to Python stages: as few of them as kinds and nesting allow, and what need not wait comes before."""

from __future__ import annotations

from typing import Any

import pytest

from glowplug.errors import AnalysisError
from glowplug.functions.registry import lookup
from glowplug.physical.pipeline import stages
from glowplug.plan.expressions import Alias, Attribute, Call, Expression, Literal, WindowExpression, new_id
from glowplug.plan.python import Environment, EvalPython, EvalType, PythonCode, PythonFunction, scalar_or_aggregate
from glowplug.plan.relations import (
    Aggregate,
    Deduplicate,
    Distinct,
    Filter,
    Generate,
    Join,
    Limit,
    Project,
    Range,
    Recursive,
    RecursiveReference,
    Relation,
    SetOperation,
    Sort,
    to_attribute,
)
from glowplug.plan.tree import walk_relations
from glowplug.plan.verify import verify
from glowplug.types import BOOLEAN, LONG

HERE = Environment("session", "/nowhere")


def function(name: str, kind: EvalType = EvalType.ARROW_BATCHED, deterministic: bool = True) -> PythonFunction:
    return scalar_or_aggregate(name, LONG, PythonCode(kind, name.encode(), "3.11", HERE), deterministic)


def call(f: PythonFunction, *args: Expression) -> Call:
    return Call(f, f.names[0], args, LONG, True)


def builtin(name: str, *args: Expression) -> Call:
    found = lookup(name)
    assert found is not None
    return Call(found, name, args, BOOLEAN if name in (">", "=", "and") else LONG, True)


def alias(e: Expression, name: str = "v") -> Alias:
    return Alias(e, name, new_id())


def table() -> Range:
    return Range(0, 10, 1, Attribute("id", LONG, False, new_id()))


def of(plan: Relation) -> list[EvalPython]:
    """The stages, from the top; the plan with them is sound and has the same columns."""
    done = verify(stages(plan), "stages", plan)
    return [n for n in walk_relations(done) if isinstance(n, EvalPython)]


F, G = function("f"), function("g")
PICKLED, ITERATOR = function("p", EvalType.BATCHED), function("i", EvalType.SCALAR_PANDAS_ITER)


def test_a_plan_without_user_code_is_left_alone() -> None:
    plan = Project(table(), (alias(Literal(1, LONG)),))
    assert stages(plan) is plan


def test_calls_of_one_kind_are_one_stage_and_equal_ones_one_call() -> None:
    t = table()
    (stage,) = of(Project(t, (alias(call(F, t.column)), alias(call(G, t.column)), alias(call(F, t.column)))))
    assert [c.name for c in stage.calls] == ["f", "g"] and stage.kept == ()


def test_nested_calls_of_a_kind_are_chained_others_are_stages_in_turn() -> None:
    t = table()
    (stage,) = of(Project(t, (alias(call(F, call(G, t.column))),)))
    assert stage.calls[0].child == call(F, call(G, t.column))
    assert len(of(Project(t, (alias(call(F, call(PICKLED, t.column))),)))) == 2
    assert len(of(Project(t, (alias(call(F, builtin("+", call(G, t.column), Literal(1, LONG)))),)))) == 2


def test_functions_of_iterators_have_stages_of_their_own() -> None:
    t = table()
    other = function("j", EvalType.SCALAR_PANDAS_ITER)
    assert len(of(Project(t, (alias(call(ITERATOR, t.column)), alias(call(other, t.column)))))) == 2


def test_what_is_not_deterministic_is_called_for_each_use() -> None:
    t, draw = table(), function("draw", deterministic=False)
    (stage,) = of(Project(t, (alias(call(draw, t.column)), alias(call(draw, t.column)))))
    assert len(stage.calls) == 2


def test_only_needed_columns_are_kept() -> None:
    t = table()
    both = Project(t, (t.column, a := alias(Literal(1, LONG)), b := alias(Literal(2, LONG))))
    (stage,) = of(Project(both, (to_attribute(a), alias(call(F, to_attribute(b))))))
    assert [k.id for k in stage.kept] == [a.id]


def test_conditions_that_need_no_user_code_come_first() -> None:
    t = table()
    plain, late = builtin(">", t.column, Literal(1, LONG)), builtin(">", call(F, t.column), Literal(1, LONG))
    (stage,) = of(Filter(t, builtin("and", late, plain)))
    assert isinstance(stage.child, Filter) and stage.child.condition == plain
    made = Project(t, (t.column, alias(call(F, t.column))))
    (stage,) = of(Filter(made, plain))
    assert isinstance(stage.child, Filter)


@pytest.mark.parametrize(("kind", "pushed"), [("inner", True), ("left", True), ("right", False), ("full", False)])
def test_conditions_over_a_join_go_into_the_side_that_runs_user_code(kind: Any, pushed: bool) -> None:
    t, other = table(), table()
    made = Project(t, (t.column, alias(call(F, t.column))))
    join = Join(made, other, kind, builtin("=", made.output[0], other.column))
    (stage,) = of(Filter(join, builtin(">", join.output[0], Literal(1, LONG))))
    assert isinstance(stage.child, Filter) == pushed


def grouped(made: Project) -> Relation:
    key, value = made.output
    return Aggregate(made, (key,), (key, alias(builtin("max", value))))


def generated(made: Project) -> Relation:
    rows = Call(lookup("explode"), "explode", (builtin("array", made.output[1]),), LONG, True)  # type: ignore[arg-type]
    return Generate(made, rows, (Attribute("e", LONG, True, new_id()),))


def united(made: Project) -> Relation:
    columns = tuple(Attribute(a.name, a.type, True, new_id()) for a in made.output)
    return SetOperation(made, made, "union", True, columns=columns)


def by_key(made: Project) -> Relation:
    ranked = WindowExpression(builtin("max", made.output[1]), (made.output[0],), ())
    return Project(made, (made.output[0], alias(ranked)))


@pytest.mark.parametrize(
    ("around", "column", "pushed"),
    [
        (lambda made: Filter(made, builtin(">", made.output[1], Literal(1, LONG))), 0, True),
        (lambda made: Sort(made, (order(made.output[1]),)), 0, True),
        (Distinct, 0, True),
        (lambda made: Deduplicate(made, made.output[:1]), 0, True),
        (lambda made: Deduplicate(made, made.output[1:]), 0, False),
        (grouped, 0, True),
        (grouped, 1, False),
        (generated, 0, True),
        (generated, 2, False),
        (united, 0, True),
        (united, 1, False),
        (by_key, 0, True),
        (by_key, 1, False),
        (lambda made: Limit(made, Literal(3, LONG)), 0, False),
    ],
)
def test_conditions_over_what_lies_above_user_code_come_before_it(around: Any, column: int, pushed: bool) -> None:
    t = table()
    above = around(Project(t, (t.column, alias(call(F, t.column)))))
    for stage in of(Filter(above, builtin(">", above.output[column], Literal(1, LONG)))):
        assert isinstance(stage.child, Filter) == pushed


def test_a_condition_on_a_random_number_stays_where_it_is() -> None:
    t = table()
    random = alias(builtin("uuid"))
    made = Project(t, (t.column, random, alias(call(F, t.column))))
    (stage,) = of(Filter(made, builtin(">", t.column, Literal(1, LONG))))
    assert stage.child is t


@pytest.mark.parametrize("make", [lambda t, e: Sort(t, (order(e),)), lambda t, e: Aggregate(t, (a := alias(e),), (a,))])
def test_other_places(make: Any) -> None:
    t = table()
    assert len(of(make(t, call(F, t.column)))) == 1


def order(e: Expression) -> Any:
    from glowplug.plan.expressions import SortOrder

    return SortOrder(e)


def test_joins_call_on_the_side_that_has_the_columns() -> None:
    left, right = table(), table()
    condition = builtin("=", call(F, left.column), call(F, right.column))
    found = of(Join(left, right, "left", condition))
    assert [s.child for s in found] == [left, right]
    with pytest.raises(AnalysisError, match="PYTHON_UDF_IN_ON_CLAUSE"):
        stages(Join(left, right, "left", builtin("=", call(F, left.column, right.column), Literal(1, LONG))))
    (stage,) = of(Join(left, right, "inner", builtin("=", call(F, left.column, right.column), Literal(1, LONG))))
    assert isinstance(stage.child, Join) and stage.child.condition is None


def test_a_recursive_query_calls_no_function_over_its_own_rows() -> None:
    anchor, n = table(), Attribute("n", LONG, True, new_id())
    own = RecursiveReference("r", (n,), None)
    beside = Join(own, Project(table(), (alias(call(function("f"), Literal(1, LONG))),)), "cross")
    for step, refused in ((Project(own, (alias(call(function("f"), n)),)), True), (Project(beside, (n,)), False)):
        query = Recursive("r", anchor, step, True, (n,))
        if refused:
            with pytest.raises(AnalysisError, match="recursive"):
                stages(query)
        else:
            assert any(isinstance(x, EvalPython) for x in walk_relations(stages(query)))
