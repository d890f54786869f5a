"""DataFrames of the real client, and the plans that come out of them."""

from __future__ import annotations

from typing import Any

import pyspark.sql.connect.proto as proto
import pytest
from pyspark.sql import functions as F
from pyspark.sql import types as pyspark_types
from pyspark.sql.connect.column import Column
from pyspark.sql.connect.dataframe import DataFrame
from pyspark.sql.connect.plan import UnresolvedTableValuedFunction

from glowplug.connect import decode
from glowplug.errors import AnalysisError, IllegalArgument, InvalidPlanInput
from glowplug.plan import relations as r
from glowplug.plan.expressions import (
    DirectShufflePartition,
    Literal,
    SortOrder,
    Subquery,
    UnresolvedAlias,
    UnresolvedAttribute,
    UnresolvedFunction,
    UnresolvedStar,
)
from glowplug.types import DOUBLE, INT, LONG, STRING, StructField, StructType

T = r.UnresolvedRelation(("t",))
U = r.UnresolvedRelation(("u",))
ONE = Literal(1, INT)


def col(*parts: str, plan_id: int | None = None) -> UnresolvedAttribute:
    return UnresolvedAttribute(parts, plan_id)


def call(name: str, *args: Any) -> UnresolvedFunction:
    return UnresolvedFunction((name,), args)


def string(value: str) -> Literal:
    return Literal(value, STRING)


COUNT = call("count", ONE)


@pytest.fixture
def t(spark):
    return spark.table("t")


@pytest.fixture
def u(spark):
    return spark.table("u")


def test_projections_and_filters(t, plan):
    assert plan(t.select("a", "*", F.col("x.b"))) == r.Select(T, (col("a"), UnresolvedStar(), col("x", "b")))
    assert plan(t.where(F.col("a") > 1)) == r.Filter(T, call(">", col("a"), ONE))
    assert plan(t.withColumn("n", F.lit(1))) == r.WithColumns(T, (UnresolvedAlias(ONE, ("n",), "{}"),))
    kept = r.WithColumns(T, (UnresolvedAlias(col("a"), ("a",), '{"k":1}'),))
    assert plan(t.withMetadata("a", {"k": 1})) == kept
    assert plan(t.withColumnsRenamed({"b": "c", "a": "b"})) == r.WithColumnsRenamed(T, (("b", "c"), ("a", "b")))
    assert plan(t.drop("a", F.col("b"))) == r.Drop(T, (col("b"),), ("a",))
    assert plan(t.toDF("x", "y")) == r.ToDF(T, ("x", "y"))
    assert plan(t.alias("q")) == r.SubqueryAlias(T, "q")


def test_a_dataframe_keeps_its_number_and_columns_refer_to_it(spark, t, context):
    message = t.select(t["a"]).select("a")._plan.to_proto(spark.client).root
    number = t._plan._plan_id
    outer = decode.relation(message, context)
    inner = outer.child.child
    assert isinstance(outer, r.DataFrameNode) and outer.plan_id == message.common.plan_id
    assert inner.child.expressions == (col("a", plan_id=number),)
    assert inner.child.child == r.DataFrameNode(T, number)


def test_limits(t, plan):
    assert plan(t.limit(2)) == r.Limit(T, Literal(2, INT))
    assert plan(t.offset(3)) == r.Limit(T, None, Literal(3, INT))
    assert plan(t.orderBy(F.desc("a"), F.col("b").asc_nulls_last())) == r.Sort(
        T, (SortOrder(col("a"), False, False), SortOrder(col("b"), True, False))
    )
    assert plan(t.sortWithinPartitions("a")) == r.Sort(T, (SortOrder(col("a")),), is_global=False)


def test_joins(t, u, plan):
    assert plan(t.join(u, "id", "left")) == r.Join(T, U, "left", using=("id",))
    assert plan(t.join(u, ["a", "b"], "outer")) == r.Join(T, U, "full", using=("a", "b"))
    assert plan(t.join(u, F.col("x") == F.col("y"))) == r.Join(T, U, "inner", call("==", col("x"), col("y")))
    assert [plan(t.join(u, "id", how)).kind for how in ("semi", "anti", "right")] == ["semi", "anti", "right"]
    assert plan(t.crossJoin(u)) == r.Join(T, U, "cross")
    assert plan(t.lateralJoin(u, F.col("x"), "left")) == r.Join(T, U, "left", col("x"), lateral=True)


def test_join_with(context):
    def joined(left: bool, right: bool, kind: int = 1) -> r.Relation:
        message = proto.Relation()
        for side in (message.join.left, message.join.right):
            side.read.named_table.unparsed_identifier = "t"
        message.join.join_type = kind
        message.join.join_data_type.is_left_struct, message.join.join_data_type.is_right_struct = left, right
        return decode.relation(message, context)

    assert joined(True, False) == r.Join(T, T, "inner", struct_sides=(True, False))
    assert joined(False, False) == r.ToDF(r.Join(T, T, "inner"), ("_1", "_2"))
    with pytest.raises(AnalysisError, match="INVALID_JOIN_TYPE_FOR_JOINWITH"):
        joined(True, True, proto.Join.JOIN_TYPE_LEFT_SEMI)


def test_as_of_and_nearest_joins(t, u, plan):
    found = t._joinAsOf(u, leftAsOfColumn=F.col("x"), rightAsOfColumn=F.col("y"), on="id", how="LEFT_OUTER")
    expected = r.AsOfJoin(T, U, col("x"), col("y"), None, ("id",), "left", None, True, "backward")
    assert plan(found) == expected
    found = t._joinAsOf(u, F.col("x"), F.col("y"), tolerance=F.lit(1), allowExactMatches=False, direction="Nearest")
    assert plan(found) == r.AsOfJoin(T, U, col("x"), col("y"), None, (), "inner", ONE, False, "nearest")
    with pytest.raises(AnalysisError, match="UNSUPPORTED_JOIN_TYPE"):
        plan(t._joinAsOf(u, F.col("x"), F.col("y"), how="sideways"))
    with pytest.raises(IllegalArgument):
        plan(t._joinAsOf(u, F.col("x"), F.col("y"), how="right"))
    with pytest.raises(AnalysisError, match="AS_OF_JOIN.UNSUPPORTED_DIRECTION"):
        plan(t._joinAsOf(u, F.col("x"), F.col("y"), direction="up"))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, r.NearestByJoin(T, U, col("x"), 3, "left", "exact", "distance")),
        ({"num_results": 0}, "NEAREST_BY_JOIN.NUM_RESULTS_OUT_OF_RANGE"),
        ({"join_type": "full"}, "NEAREST_BY_JOIN.UNSUPPORTED_JOIN_TYPE"),
        ({"mode": "roughly"}, "NEAREST_BY_JOIN.UNSUPPORTED_MODE"),
        ({"direction": "up"}, "NEAREST_BY_JOIN.UNSUPPORTED_DIRECTION"),
    ],
)
def test_nearest_by_join(changes, expected, context):
    fields = {"num_results": 3, "join_type": "LEFT_OUTER", "mode": "EXACT", "direction": "distance"} | changes
    message = proto.Relation(nearest_by_join=proto.NearestByJoin(**fields))
    message.nearest_by_join.left.read.named_table.unparsed_identifier = "t"
    message.nearest_by_join.right.read.named_table.unparsed_identifier = "u"
    message.nearest_by_join.ranking_expression.unresolved_attribute.unparsed_identifier = "x"
    if isinstance(expected, str):
        with pytest.raises(AnalysisError) as failure:
            decode.relation(message, context)
        assert failure.value.condition == expected
    else:
        assert decode.relation(message, context) == expected


def test_set_operations(t, u, plan):
    assert plan(t.union(u)) == r.SetOperation(T, U, "union", True)
    assert plan(t.unionByName(u, True)) == r.SetOperation(T, U, "union", True, True, True)
    assert plan(t.intersect(u)) == r.SetOperation(T, U, "intersect", False)
    assert plan(t.intersectAll(u)) == r.SetOperation(T, U, "intersect", True)
    assert plan(t.exceptAll(u)) == r.SetOperation(T, U, "except", True)


def test_aggregations(t, plan):
    counted = t.groupBy("a", "b").count()
    assert plan(counted) == r.Select(
        T, (UnresolvedAlias(COUNT, ("count",)),), (col("a"), col("b")), prepend_grouping=True
    )
    assert plan(t.agg(F.count(F.lit(1)))).grouping == ()
    assert plan(t.rollup("a").agg(F.count(F.lit(1)))).grouping_kind == "rollup"
    assert plan(t.cube("a").agg(F.count(F.lit(1)))).grouping_kind == "cube"
    a, b = F.col("a"), F.col("b")
    sets = plan(t.groupingSets([[a, b], [a], []], a, b).agg(F.count(F.lit(1))))
    assert (sets.grouping_kind, sets.grouping_sets) == ("sets", ((col("a"), col("b")), (col("a"),), ()))
    pivoted = plan(t.groupBy("a").pivot("b", ["x", "y"]).agg(F.count(F.lit(1))))
    assert pivoted == r.Pivot(T, (col("a"),), col("b"), (string("x"), string("y")), (COUNT,))
    assert plan(t.groupBy("a").pivot("b").agg(F.count(F.lit(1)))).values == ()


def test_duplicates(t, plan):
    assert plan(t.distinct()) == plan(t.dropDuplicates()) == r.Deduplicate(T, None)
    assert plan(t.dropDuplicates(["a.b", "c"])) == r.Deduplicate(T, (col("a.b"), col("c")))
    assert plan(t.dropDuplicatesWithinWatermark(["a"])) == r.Deduplicate(T, (col("a"),), True)


def test_samples(t, plan):
    assert plan(t.sample(0.5, 7)) == r.Sample(T, 0.0, 0.5, False, 7)
    assert plan(t.sample(True, 1.5, 7)) == r.Sample(T, 0.0, 1.5, True, 7)
    assert plan(t.randomSplit([1.0, 3.0], 7)[1]) == r.Sample(T, 0.25, 1.0, False, 7, True)
    assert plan(t.sampleBy("a", {1: 0.5}, 7)) == r.SampleBy(T, col("a"), ((ONE, 0.5),), 7)


def test_partitions(t, plan):
    assert plan(t.coalesce(2)) == r.Repartition(T, 2, shuffle=False)
    assert plan(t.repartition(2)) == r.Repartition(T, 2)
    assert plan(t.repartition("a")) == r.Repartition(T, None, (col("a"),))
    assert plan(t.repartitionByRange(3, "a")) == r.Repartition(T, 3, (SortOrder(col("a")),))
    assert plan(t.repartitionById(3, F.col("a"))) == r.Repartition(T, 3, (DirectShufflePartition(col("a")),))


def test_reshaping(t, plan):
    unpivoted = plan(t.unpivot("id", ["a", "b"], "k", "v"))
    assert unpivoted == r.Unpivot(T, (col("id"),), (((col("a"),), None), ((col("b"),), None)), "k", ("v",))
    assert plan(t.unpivot("id", None, "k", "v")).values is None
    assert plan(t.transpose()) == r.Transpose(T, ())
    assert plan(t.transpose("a")) == r.Transpose(T, (col("a"),))
    assert plan(t.hint("broadcast")) == r.Hint(T, "broadcast")
    assert plan(t.hint("rebalance", 3, "a")) == r.Hint(T, "rebalance", (Literal(3, INT), string("a")))
    assert plan(t.withWatermark("t", "1 minute")) == r.WithWatermark(T, "t", "1 minute")
    schema = StructType((StructField("a", LONG),))
    assert plan(t.to(pyspark_types.StructType().add("a", "long"))) == r.ToSchema(T, schema)


def test_observations_know_their_dataframe(spark, t, context):
    observed = t.observe("m", F.count(F.lit(1)).alias("n"))
    message = observed._plan.to_proto(spark.client).root
    node = decode.relation(message, context)
    assert node.child.metrics == (UnresolvedAlias(COUNT, ("n",)),)
    assert (node.child.name, node.child.plan_id) == ("m", node.plan_id)


def test_missing_values(t, plan):
    assert plan(t.fillna(0)) == r.FillNa(T, (), (Literal(0, LONG),))
    filled = plan(t.fillna({"a": 1.5, "b": "x"}))
    assert filled == r.FillNa(T, ("a", "b"), (Literal(1.5, DOUBLE), string("x")))
    assert plan(t.dropna("all", subset=["a"])) == r.DropNa(T, ("a",), 1)
    assert plan(t.dropna()) == r.DropNa(T, (), None)
    assert plan(t.replace("a", None)) == r.ReplaceValues(T, (), ((string("a"), Literal(None)),))


def test_statistics(t, plan):
    assert plan(t.describe("a")) == r.Summary(T, ("count", "mean", "stddev", "min", "max"), ("a",))
    assert plan(t.describe()).columns is None
    assert plan(t.summary()).statistics == ("count", "mean", "stddev", "min", "25%", "50%", "75%", "max")
    assert plan(t.summary("min")) == r.Summary(T, ("min",))
    assert plan(t.crosstab("a", "b")) == r.Crosstab(T, "a", "b")
    assert plan(t.freqItems(["a"])) == r.FreqItems(T, ("a",), 0.01)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ({"cov": proto.StatCov(col1="a", col2="b")}, r.Covariance(T, "a", "b")),
        ({"corr": proto.StatCorr(col1="a", col2="b")}, r.Correlation(T, "a", "b", "pearson")),
        (
            {"approx_quantile": proto.StatApproxQuantile(cols=["a"], probabilities=[0.5], relative_error=0.1)},
            r.ApproxQuantile(T, ("a",), (0.5,), 0.1),
        ),
        ({"tail": proto.Tail(limit=3)}, r.Tail(T, 3)),
        ({"show_string": proto.ShowString(num_rows=5, truncate=20, vertical=True)}, r.ShowString(T, 5, 20, True)),
        ({"html_string": proto.HtmlString(num_rows=5, truncate=20)}, r.ShowString(T, 5, 20, html=True)),
        (
            {"parse": proto.Parse(format=proto.Parse.PARSE_FORMAT_CSV, options={"sep": ";"})},
            r.Parse(T, "csv", None, (("sep", ";"),)),
        ),
    ],
)
def test_what_the_client_asks_for_at_once(part, expected, context):
    message = proto.Relation(**part)
    getattr(message, next(iter(part))).input.read.named_table.unparsed_identifier = "t"
    assert decode.relation(message, context) == expected


def test_subqueries_take_their_plans_from_around_them(t, u, plan):
    scalar = Subquery("scalar", U)
    found = plan(t.where((F.col("a") > u.scalar()) & u.exists()))
    assert found == r.Filter(T, call("and", call(">", col("a"), scalar), Subquery("exists", U)))
    within = plan(t.where(F.struct("a", "b").isin(u)))
    assert within == r.Filter(T, Subquery("in", U, (col("a"), col("b"))))


def test_a_plan_used_by_several_subqueries_is_decoded_for_each(spark, t, plan):
    ids = spark.range(3)
    found = plan(t.select(ids.scalar().alias("x"), ids.scalar().alias("y")))
    first, second = [alias.child.plan.column for alias in found.expressions]
    assert first.id != second.id


def test_a_subquery_in_a_subquery(spark, t, u, plan):
    inner = u.where(F.col("b") == spark.table("v").scalar())
    found = plan(t.select(inner.scalar()))
    condition = call("==", col("b"), Subquery("scalar", r.UnresolvedRelation(("v",))))
    assert found == r.Select(T, (Subquery("scalar", r.Filter(U, condition)),))


def test_table_arguments(spark, t, plan):
    found = plan(spark.tvf.explode(F.array(F.lit(1))))
    assert found == r.UnresolvedTableFunction(("explode",), (call("array", ONE),))
    argument = t.asTable().partitionBy("a").orderBy(F.desc("b"))
    function = UnresolvedTableValuedFunction("f", [Column(argument._subquery_expr)])
    found = plan(DataFrame(function, spark))
    order = (SortOrder(col("b"), False, False),)
    assert found.args == (Subquery("table", T, partition_by=(col("a"),), order_by=order),)


def test_a_subquery_without_its_plan_is_an_error(spark, t, u, context):
    message = t.where(u.exists())._plan.to_proto(spark.client).root.with_relations
    alone = message.root
    with pytest.raises(InvalidPlanInput, match="comes with the subquery"):
        decode.relation(alone, context)
    message.references[0].common.ClearField("plan_id")
    with pytest.raises(InvalidPlanInput) as failure:
        decode.relation(proto.Relation(with_relations=message), context)
    assert failure.value.condition == "CONNECT_INVALID_PLAN.INVALID_WITH_RELATION_REFERENCE"
