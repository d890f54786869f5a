"""However a function is lowered, its SQL has each long argument once."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

import glowplug
from glowplug import query
from glowplug.errors import SparkError
from glowplug.functions.registry import all_functions
from glowplug.kernel.compile import Compiler, KernelSQL
from glowplug.plan.expressions import Call, Expression, Lambda, SortOrder
from glowplug.plan.function import Function
from glowplug.plan.relations import Relation, SQLText
from glowplug.plan.tree import expressions_in, walk, walk_relations
from glowplug.session.engine import Engine
from glowplug.session.session import Session

LONG = "long_" + "x" * 300
NESTED = (
    "log({} + 1e6)", "nanvl({}, 1D)", "factorial(cast({} as int) % 3)", "left(cast({} as string), 3)", "abs({} - 3)",
    "initcap(cast({} as string))", "substring(cast({} as string), 2)", "instr(cast({} as string), 'a')",
    "array_append(array({}), 1D)[0]", "cast({} as decimal(10, 2)) / 3", "round({} * 2, 1)", "greatest({}, 1)",
    "try_add({}, 1)", "element_at(map(1, {}), 1)", "case when {} > 3 then 1 else 2 end", "cast(cast({} as string) as double)",
    "datediff(date_add(date'2020-01-01', cast({} as int) % 100), date'2020-01-01')", "coalesce({} % 7, 1)", "lpad(cast({} as string), 5, 'a')",
)  # fmt: skip


@pytest.fixture(scope="module")
def session() -> Session:
    return Session(Engine(), "calls", "someone")


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    session = glowplug.session()
    yield session
    session.stop()


def compiled(text: str, session: Session) -> str:
    return Compiler(session.conf).query(query.analyze(SQLText(text), session))


def scalars() -> list[Function]:
    found = {id(f): f for f in all_functions().values() if f.kind == "scalar" and f.lower is not None}
    return [f for f in found.values() if re.match("(?i)select", f.example)]


def calls_in(plan: Relation, function: Function) -> list[Call]:
    inside = (x for r in walk_relations(plan) for e in expressions_in(r) for x in walk(e))
    return [x for x in inside if isinstance(x, Call) and x.function is function]


def with_long(call: Call, i: int) -> Call:
    a = call.args[i]
    long: Expression = KernelSQL(LONG, a.type, a.nullable)
    return replace(call, args=(*call.args[:i], long, *call.args[i + 1 :]))


def test_no_function_writes_a_long_argument_twice(session: Session) -> None:
    twice: list[str] = []
    seen = 0
    for function in scalars():
        try:
            calls = calls_in(query.analyze(SQLText(function.example), session), function)
        except SparkError:
            continue  # of another setting, or not supported; the functions' own tests tell
        for call in calls[:1]:
            for i, a in enumerate(call.args):
                if isinstance(a, (Lambda, SortOrder)):
                    continue
                try:
                    sql = Compiler(session.conf).sql(with_long(call, i))
                except Exception:
                    continue  # this argument must be a constant
                seen += 1
                if sql.count(LONG) > 1:
                    twice.append(f"{function.names[0]}, argument {i}")
    assert twice == []
    assert seen > 400


@pytest.mark.parametrize("around", NESTED)
def test_nesting_grows_in_proportion(around: str, session: Session) -> None:
    def nested(depth: int) -> int:
        e = "id"
        for _ in range(depth):
            e = around.format(e)
        return len(compiled(f"SELECT {e} AS x FROM range(3)", session))

    few, more = nested(10), nested(20)
    assert more < 3 * few


@pytest.mark.parametrize("start", ["id", "0", "id * 1D", "date'2020-01-01'"])
@pytest.mark.parametrize("around", ["({} + 1)", "(1 - {})", "try_add({}, 1)", "coalesce({}, {})", "greatest({}, 1)"])
def test_each_part_is_compiled_once(start: str, around: str, session: Session, monkeypatch: Any) -> None:
    def compiled_parts(depth: int) -> int:
        count = 0
        own = Compiler.sql

        def counted(self: Compiler, e: Expression) -> str:
            nonlocal count
            count += 1
            return own(self, e)

        e = start
        for _ in range(depth):
            e = around.replace("{}", e, 1).replace("{}", "1")
        plan = query.analyze(SQLText(f"SELECT {e} AS x FROM range(3)"), session)
        with monkeypatch.context() as patched:
            patched.setattr(Compiler, "sql", counted)
            Compiler(session.conf).query(plan)
        return count

    if start.startswith("date"):
        around = "date_add({}, 1)"
    few, more = compiled_parts(5), compiled_parts(20)
    assert more < 6 * few


def test_what_is_bound_is_computed_as_without(spark: Any) -> None:
    e = "id + 2"
    for _ in range(12):
        e = f"log({e} + 1e6)"
    (row,) = spark.sql(f"SELECT {e} AS x FROM range(1)").collect()
    value = 2.0
    for _ in range(12):
        value = math.log(value + 1e6)
    assert row.x == pytest.approx(value)


def test_a_random_argument_is_drawn_once(spark: Any) -> None:
    """`nanvl` looks at its first argument twice."""
    df = spark.range(1000).selectExpr("nanvl(if(rand() < 0.5, double('nan'), 1D), 2D) AS x")
    assert {r.x for r in df.distinct().collect()} == {1.0, 2.0}


def test_what_is_computed_only_if_needed_stays_so(spark: Any) -> None:
    text = " || ".join(["cast(id as string)"] * 12)
    failing = f"raise_error({text})"
    df = spark.sql(f"SELECT nanvl(1D, cast({failing} as double)) AS a, if(id < 3, 1, {failing}) AS b FROM range(3)")
    assert [tuple(r) for r in df.collect()] == [(1.0, 1)] * 3


def test_windows_and_queries_beside_a_bound_argument(spark: Any) -> None:
    text = " || ".join(["cast(id as string)"] * 12)
    df = spark.sql(f"""
        SELECT find_in_set({text}, cast(row_number() OVER (ORDER BY id) AS string)) AS a,
               find_in_set({text}, (SELECT max(id) FROM range(2))) AS b FROM range(2)""")
    assert [tuple(r) for r in df.collect()] == [(0, 0), (0, 0)]


def test_a_lowering_sees_its_constants(spark: Any) -> None:
    """Options are read from the map that is written, however long it is."""
    options = ", ".join(f"'unknown{i}', 'some value'" for i in range(20))
    df = spark.sql(f"SELECT to_csv(struct(id, id), map('sep', ';', {options})) AS x FROM range(1)")
    assert df.first().x == "0;0"


def test_try_catches_what_fails_within_its_argument(spark: Any) -> None:
    long = " + ".join(["cast(id as int)"] * 20)
    df = spark.sql(f"SELECT try_add({long} + 2147483647, 1) AS x FROM range(1)")
    assert [r.x for r in df.collect()] == [None]
