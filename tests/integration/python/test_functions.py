"""Python functions in queries, wherever expressions may stand, in processes of their own and in the engine's."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pandas as pd
import pyarrow as pa
import pytest
from pyspark import TaskContext, cloudpickle
from pyspark.errors import AnalysisException, PythonException
from pyspark.sql import Row, Window
from pyspark.sql import functions as F
from pyspark.sql.types import DoubleType, LongType

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers cannot import tests

plus = F.udf(lambda x: x + 1, LongType())


@F.pandas_udf(DoubleType())
def mean(v: pd.Series) -> float:
    return float(v.mean())


def rows(frame: Any) -> list[tuple[Any, ...]]:
    return [tuple(r) for r in frame.collect()]


def test_several_calls_nested_and_beside_each_other(both: Any) -> None:
    frame = both.range(3).select("id", plus("id"), plus(plus("id")), plus(plus("id") * 2))
    assert rows(frame) == [(0, 1, 2, 3), (1, 2, 3, 5), (2, 3, 4, 7)]


def test_kinds_of_functions_in_one_select(both: Any) -> None:
    pickled = F.udf(lambda x: x * 10, "long", useArrow=False)
    pandas = F.pandas_udf(lambda x: x * 100, "long")
    arrow = F.arrow_udf(lambda x: pa.compute.multiply(x, 1000), "long")
    assert rows(both.range(1, 3).select(plus("id"), pickled("id"), pandas("id"), arrow("id"))) == [
        (2, 10, 100, 1000), (3, 20, 200, 2000),
    ]  # fmt: skip


def test_in_conditions_keys_orders_and_joins(both: Any) -> None:
    frame = both.range(6)
    assert rows(frame.filter((plus("id") > 3) & (F.col("id") < 5))) == [(3,), (4,)]
    assert rows(frame.groupBy((plus("id") % 2).alias("k")).agg(F.sum(plus("id"))).orderBy("k")) == [(0, 12), (1, 9)]
    assert rows(frame.orderBy(-plus("id")).limit(2)) == [(5,), (4,)]
    other = frame.select(F.col("id").alias("b"))
    same = F.udf(lambda a, b: a == b, "boolean")
    assert rows(frame.join(other, same("id", "b")).orderBy("id")) == [(i, i) for i in range(6)]
    assert frame.join(other, plus("id") == plus("b"), "left").count() == 6
    with pytest.raises(AnalysisException) as caught:
        frame.join(other, same("id", "b"), "left").collect()
    assert caught.value.getCondition() == "UNSUPPORTED_FEATURE.PYTHON_UDF_IN_ON_CLAUSE"


def test_a_function_of_no_arguments_and_of_constants(both: Any) -> None:
    assert rows(both.range(2).select(F.udf(lambda: 7, "int")(), plus(F.lit(1)))) == [(7, 2), (7, 2)]


def test_many_rows_keep_their_order(both: Any) -> None:
    frame = both.range(200_000).select("id", plus("id").alias("p"))
    assert rows(frame.filter("p <> id + 1")) == []
    assert [r.id for r in frame.select("id").limit(5).collect()] == [0, 1, 2, 3, 4]
    ids = [r.id for r in both.range(200_000).select(plus("id").alias("id")).collect()]
    assert ids == list(range(1, 200_001))


def test_nondeterministic_functions_are_called_for_each_use(both: Any) -> None:
    import random

    draw = F.udf(lambda: random.random(), "double").asNondeterministic()
    a, b = rows(both.range(1).select(draw(), draw()))[0]
    assert a != b


def test_structs_and_nulls(both: Any) -> None:
    pair = F.udf(lambda x: None if x == 1 else (x, str(x)), "struct<a:int,b:string>")
    frame = both.range(3).select(pair("id").alias("p"))
    assert rows(frame.select("p.a", "p.b", "p")) == [
        (0, "0", Row(a=0, b="0")),
        (None, None, None),
        (2, "2", Row(a=2, b="2")),
    ]


def test_registered_functions_in_sql(both: Any) -> None:
    both.udf.register("times", lambda x, by=2: x * by, "long")
    assert rows(both.sql("SELECT times(id), times(id, by => 3), TIMES(x => id) FROM range(1, 2)")) == [(2, 3, 2)]
    assert both.sql("SELECT times(id) FROM range(1)").columns == ["times(id)"]
    with pytest.raises(AnalysisException) as caught:
        both.sql("SELECT times(x => 1, x => 2)").collect()
    assert caught.value.getCondition() == "DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.DOUBLE_NAMED_ARGUMENT_REFERENCE"


def test_errors_show_the_users_line(both: Any) -> None:
    def divide(x: int) -> int:
        return 1 // (x - 2)  # the culprit

    for function in (F.udf(divide, "long"), F.udf(divide, "long", useArrow=False)):
        with pytest.raises(PythonException, match="the culprit") as caught:
            both.range(5).select(function("id")).collect()
        assert "ZeroDivisionError" in str(caught.value) and "in divide" in str(caught.value)
        assert "evaluate.py" not in str(caught.value)


def test_tracebacks_are_shown_as_asked(both: Any) -> None:
    def divide(x: int) -> int:
        return 1 // x  # the culprit

    shown = {}
    for setting in ("simplifiedTraceback", "hideTraceback"):
        name = f"spark.sql.execution.pyspark.udf.{setting}.enabled"
        both.conf.set(name, str(setting.startswith("hide")).lower())
        try:
            with pytest.raises(PythonException) as caught:
                both.range(1).select(F.udf(divide, "long")("id")).collect()
        finally:
            both.conf.unset(name)
        shown[setting] = [part in str(caught.value) for part in ("evaluate.py", "the culprit", "ZeroDivisionError")]
    assert shown == {"simplifiedTraceback": [True, True, True], "hideTraceback": [False, False, True]}


def test_wrong_lengths_and_types_name_what_was_expected(both: Any) -> None:
    @F.pandas_udf("long")
    def short(x: pd.Series) -> pd.Series:
        return pd.Series([1])

    with pytest.raises(
        PythonException, match=r"(?s)that ran short\(\).*SCHEMA_MISMATCH_FOR_PANDAS_UDF.*expected 5, got 1"
    ):
        both.range(5).select(short("id")).collect()
    with pytest.raises(PythonException, match="UDF_RETURN_TYPE"):
        both.range(5).select(F.pandas_udf(lambda x: 5, "long")("id")).collect()


def test_iterators_of_series(both: Any) -> None:
    @F.pandas_udf("long")
    def running(batches: Iterator[pd.Series]) -> Iterator[pd.Series]:
        for batch in batches:
            yield batch * 2

    assert rows(both.range(50_000).select(running("id").alias("x")).agg(F.sum("x"))) == [(50_000 * 49_999,)]


def test_map_in_pandas_and_arrow(both: Any) -> None:
    frame = both.range(5)
    assert rows(frame.mapInPandas(lambda it: (p[p.id > 2] for p in it), "id long")) == [(3,), (4,)]
    assert rows(frame.mapInArrow(lambda it: it, "x long", barrier=True)) == [(i,) for i in range(5)]
    assert rows(frame.filter("id > 9").mapInPandas(lambda it: [pd.DataFrame({"n": [len(list(it))]})], "n long")) == [
        (0,)
    ]


def test_partitions_are_those_asked_for(both: Any) -> None:
    def count(batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        context = TaskContext.get()
        yield pd.DataFrame({"p": [context.partitionId()], "n": [sum(map(len, batches))]})

    found = rows(both.range(10).repartition(3).mapInPandas(count, "p int, n long"))
    assert [r[0] for r in found] == [0, 1, 2] and sorted(r[1] for r in found) == [3, 3, 4]
    assert [r[1] for r in rows(both.range(1).repartition(3).mapInPandas(count, "p int, n long"))].count(0) == 2
    assert rows(both.range(100_000).coalesce(1).mapInPandas(count, "p int, n long")) == [(0, 100_000)]


def test_groups_are_whole(both: Any) -> None:
    frame = both.range(300_000).select((F.col("id") % 3).alias("k"), "id")
    counted = frame.groupBy("k").applyInPandas(
        lambda k, p: pd.DataFrame({"k": [k[0]], "n": [len(p)]}), "k long, n long"
    )
    assert rows(counted.orderBy("k")) == [(0, 100_000), (1, 100_000), (2, 100_000)]
    one = frame.groupBy().applyInArrow(lambda t: t.slice(0, 1), "k long, id long")
    assert rows(one) == [(0, 0)]


@pytest.mark.parametrize("keys", ["double", "array<int>", "string", "struct<a:int>"])
def test_keys_of_any_type(both: Any, keys: str) -> None:
    sql = {
        "double": "double('NaN'), double('NaN'), -0.0D, 0.0D, null, null",
        "array<int>": "array(1), array(1), array(2), array(2), null, null",
        "string": "'a', 'a', 'b', 'b', null, null",
        "struct<a:int>": "struct(1 as a), struct(1 as a), struct(2 as a), struct(2 as a), null, null",
    }[keys]
    frame = both.sql(f"SELECT explode(array({sql})) AS k")
    assert rows(frame.groupBy("k").applyInPandas(lambda p: pd.DataFrame({"n": [len(p)]}), "n long")) == [(2,)] * 3


def test_cogroups(both: Any) -> None:
    a = both.createDataFrame([(1, "a"), (1, "b"), (2, "c"), (None, "n")], "k int, v string").groupBy("k")
    b = both.createDataFrame([(1, 1.0), (3, 3.0), (None, 5.0)], "k int, w double").groupBy("k")
    sizes = a.cogroup(b).applyInPandas(lambda x, y: pd.DataFrame({"x": [len(x)], "y": [len(y)]}), "x int, y int")
    assert sorted(rows(sizes)) == [(0, 1), (1, 0), (1, 1), (2, 1)]


def test_aggregates_and_windows(both: Any) -> None:
    frame = both.range(6).select((F.col("id") % 2).alias("k"), "id")
    assert rows(frame.groupBy("k").agg(mean("id"), mean(plus("id"))).orderBy("k")) == [(0, 2.0, 3.0), (1, 3.0, 4.0)]
    assert rows(frame.agg(mean("id"))) == [(2.5,)]
    window = Window.partitionBy("k").orderBy("id")
    found = frame.select(
        "id", mean("id").over(Window.partitionBy("k")), mean("id").over(window), mean("id").over(window.rowsBetween(1, 2)),
        F.sum("id").over(window),
    )  # fmt: skip
    assert rows(found.filter("id in (0, 4)").orderBy("id")) == [(0, 2.0, 0.0, 3.0, 0), (4, 2.0, 2.0, None, 6)]
    with pytest.raises(AnalysisException) as caught:
        frame.groupBy("k").agg(mean("id"), F.sum("id")).collect()
    assert caught.value.getCondition() == "INVALID_PANDAS_UDF_PLACEMENT"


def test_grouping_sets(both: Any) -> None:
    frame = both.range(4).select((F.col("id") % 2).alias("k"), "id")
    found = rows(frame.rollup("k").agg(mean("id")).orderBy("k"))
    assert found == [(None, 1.5), (0, 1.0), (1, 2.0)]


def test_kept_rows_and_writes(both: Any, tmp_path: Any) -> None:
    frame = both.range(3).select(plus("id").alias("a")).cache()
    assert rows(frame.agg(F.sum("a"))) == [(6,)]
    frame.write.parquet(str(tmp_path / "out"))
    assert rows(both.read.parquet(str(tmp_path / "out")).orderBy("a")) == [(1,), (2,), (3,)]
    frame.unpersist()


def test_modules_files_and_archives_of_the_session(tmp_path: Any) -> None:
    import glowplug

    session = glowplug.session()
    (tmp_path / "of_the_session.py").write_text("def f(x): return x * 7")
    (tmp_path / "data.txt").write_text("hello")
    with ZipFile(tmp_path / "pack.zip", "w") as pack:
        pack.writestr("inside/a.txt", "packed")
    session.addArtifacts(str(tmp_path / "of_the_session.py"), pyfile=True)
    session.addArtifacts(str(tmp_path / "data.txt"), file=True)
    session.addArtifacts(str(tmp_path / "pack.zip#there"), archive=True)

    def use(x: int) -> str:
        from of_the_session import f

        return f"{f(x)} {open('data.txt').read()} {open('there/inside/a.txt').read()}"

    assert rows(session.range(1, 2).select(F.udf(use, "string")("id"))) == [("7 hello packed",)]


def test_profiles(both: Any) -> None:
    both.conf.set("spark.sql.pyspark.udf.profiler", "perf")
    try:
        both.range(3).select(plus("id")).collect()
        assert both._profiler_collector._perf_profile_results
    finally:
        both.conf.unset("spark.sql.pyspark.udf.profiler")
        both.profile.clear()


def test_in_subqueries(both: Any) -> None:
    both.udf.register("inc", lambda x: x + 1, "long")
    assert rows(both.sql("SELECT id FROM range(5) WHERE id IN (SELECT inc(id) FROM range(2))")) == [(1,), (2,)]
    with pytest.raises(AnalysisException) as caught:
        both.range(1).select(F.transform(F.array("id"), lambda x: plus(x))).collect()
    assert caught.value.getCondition() == "UNSUPPORTED_FEATURE.LAMBDA_FUNCTION_WITH_PYTHON_UDF"


# Answers of Spark, over r = range(5) and t(x, k) = (id, id % 2) of range(6).
CORRELATED = {
    "SELECT id, (SELECT max(inc(x)) FROM t WHERE x < r.id) FROM r": [(0, None), (1, 1), (2, 2), (3, 3), (4, 4)],
    "SELECT id, (SELECT inc(r.id)) FROM r": [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)],
    "SELECT id, (SELECT add(x, r.id) FROM t WHERE x = r.id) FROM r": [(0, 0), (1, 2), (2, 4), (3, 6), (4, 8)],
    "SELECT id, (SELECT max(x) FROM t WHERE inc(x) = inc(r.id)) FROM r": [(i, i) for i in range(5)],
    "SELECT id, (SELECT count(inc(x)) FROM t WHERE x = r.id + 3) FROM r": [(0, 1), (1, 1), (2, 1), (3, 0), (4, 0)],
    "SELECT id, (SELECT middle(x) FROM t WHERE k = r.id) FROM r WHERE id > 0": [(1, 3.0), (2, None), (3, None), (4, None)],
    "SELECT id FROM r WHERE EXISTS (SELECT 1 FROM t WHERE inc(x) = r.id)": [(1,), (2,), (3,), (4,)],
    "SELECT id FROM r WHERE NOT EXISTS (SELECT 1 FROM t WHERE inc(x) = r.id)": [(0,)],
    "SELECT id FROM r WHERE id IN (SELECT inc(x) FROM t WHERE x < r.id)": [(1,), (2,), (3,), (4,)],
    "SELECT id FROM r WHERE id IN (SELECT inc(x) FROM t WHERE k = r.id % 2)": [],
    "SELECT id, y FROM r, LATERAL (SELECT inc(x) y FROM t WHERE x < r.id) WHERE id < 3": [(1, 1), (2, 1), (2, 2)],
    "SELECT id, y FROM r, LATERAL (SELECT max(inc(x)) y FROM t WHERE x < r.id)": [(0, None), (1, 1), (2, 2), (3, 3), (4, 4)],
    "SELECT id, y FROM r, LATERAL (SELECT inc(x) y FROM t WHERE k = r.id ORDER BY x DESC LIMIT 1)": [(0, 5), (1, 6)],
    "SELECT id, (SELECT inc(x) FROM t WHERE k = r.id ORDER BY x DESC LIMIT 1) FROM r WHERE id < 3": [(0, 5), (1, 6), (2, None)],
    "SELECT id FROM r WHERE EXISTS (SELECT 1 FROM t a JOIN t b ON a.x = b.x WHERE inc(a.x) = r.id)": [(1,), (2,), (3,), (4,)],
    "SELECT sum((SELECT max(inc(x)) FROM t WHERE k = r.id % 2)) FROM r": [(27,)],
    "SELECT id FROM r WHERE EXISTS (SELECT 1 FROM t WHERE x = r.id AND EXISTS (SELECT 1 FROM t u WHERE inc(u.x) = t.x))": [
        (1,), (2,), (3,), (4,),
    ],
}  # fmt: skip


@pytest.mark.parametrize("query", CORRELATED)
def test_in_correlated_subqueries(spark: Any, query: str) -> None:
    spark.udf.register("inc", lambda x: x + 1, "long")
    spark.udf.register("add", lambda x, y: x + y, "long")
    spark.udf.register("middle", mean)
    spark.range(5).createOrReplaceTempView("r")
    spark.sql("SELECT id AS x, id % 2 AS k FROM range(6)").createOrReplaceTempView("t")
    assert sorted(rows(spark.sql(query)), key=str) == CORRELATED[query]


def test_what_no_user_code_may_be_in(spark: Any) -> None:
    spark.udf.register("inc", lambda x: x + 1, "long")
    spark.udf.register("middle", mean)
    for query, condition in {
        "SELECT middle(DISTINCT id) FROM range(1)": "INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX",
        "SELECT middle(id) FILTER (WHERE id > 0) FROM range(1)": "INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX",
        "SELECT * FROM VALUES (inc(1))": "INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE",
        "SELECT * FROM range(3) LIMIT inc(1)": "INVALID_LIMIT_LIKE_EXPRESSION.IS_UNFOLDABLE",
    }.items():
        with pytest.raises(AnalysisException) as caught:
            spark.sql(query).collect()
        assert caught.value.getCondition() == condition


def test_an_aggregate_of_no_rows_is_not_called(both: Any) -> None:
    assert rows(both.range(0).agg(mean("id"))) == []


def test_profiles_are_dumped_and_rendered(both: Any, tmp_path: Path) -> None:
    for kind in ("perf", "memory"):
        both.conf.set("spark.sql.pyspark.udf.profiler", kind)
        try:
            both.range(10).select(F.udf(lambda x: x, "long")("id")).collect()
            both.profile.dump(str(tmp_path), type=kind)
            (dumped,) = tmp_path.glob(f"udf_*_{kind}.*")
            number = int(dumped.name.split("_")[1])
            assert both.profile.render(number, type=kind, renderer=lambda profile: type(profile).__name__)
        finally:
            both.conf.unset("spark.sql.pyspark.udf.profiler")
            both.profile.clear()
