"""Columns of the real client, and the expressions that come out of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyspark.sql.connect.proto as proto
import pytest
from pyspark.errors.utils import set_current_origin
from pyspark.sql import Window
from pyspark.sql import functions as F
from pyspark.sql import types as pyspark_types
from pyspark.sql.connect.expressions import UnresolvedFunction as ClientFunction
from pyspark.sql.connect.window import WindowSpec

from glowplug.connect import decode
from glowplug.errors import AnalysisError, InvalidPlanInput, ParseError
from glowplug.plan.expressions import (
    Cast,
    FrameBound,
    Literal,
    NamedArgument,
    Origin,
    SortOrder,
    UnresolvedAlias,
    UnresolvedAttribute,
    UnresolvedExtract,
    UnresolvedFunction,
    UnresolvedLambda,
    UnresolvedLambdaVariable,
    UnresolvedRegex,
    UnresolvedStar,
    UpdateFields,
    WindowFrame,
)
from glowplug.types import INT, LONG, STRING, ArrayType, DecimalType, StructField, StructType

A = UnresolvedAttribute(("a",))
A_ = F.col("a")  # the client's
ONE = Literal(1, INT)


def col(*parts: str) -> UnresolvedAttribute:
    return UnresolvedAttribute(parts)


def call(name: str, *args: Any) -> UnresolvedFunction:
    return UnresolvedFunction((name,), args)


@pytest.fixture
def one(spark, plan):
    """The expression of a column."""
    return lambda column: plan(spark.table("t").select(column)).expressions[0]


def test_names(one):
    assert one(F.col("s.`x.y`")) == UnresolvedAttribute(("s", "x.y"))
    assert one(F.col("t.*")) == UnresolvedStar(("t",))
    with pytest.raises(AnalysisError) as failure:
        one(F.col("a..b"))
    assert failure.value.condition == "INVALID_ATTRIBUTE_NAME_SYNTAX"


def test_columns_of_a_dataframe(spark, context):
    t = spark.table("t")
    number = t._plan._plan_id
    for column, expected in [
        (t["*"], UnresolvedStar((), number)),
        (t.metadataColumn("_m"), UnresolvedAttribute(("_m",), number, True)),
        (t.colRegex("`a.*`"), UnresolvedRegex("a.*")),
        (t.colRegex("a"), UnresolvedAttribute(("a",), number)),
        (t.colRegex("t.`a.*`"), UnresolvedRegex("a.*", table="t")),
    ]:
        assert decode.expression(column.to_plan(spark.client), context) == expected


def test_calls(one):
    assert one(F.upper("a")) == call("upper", A)
    assert one(F.count_distinct("a")) == UnresolvedFunction(("count",), (A,), distinct=True)
    assert one(F.call_function("db.`f g`", "a")) == UnresolvedFunction(("db", "f g"), (A,))
    assert one(F.when(A_ > 1, "x").otherwise(F.lit(1))) == call("when", call(">", A, ONE), Literal("x", STRING), ONE)
    assert one(F.product("a")) == replace(call("product", A), internal=True)  # SQL has none


def test_aliases(one):
    assert one(A_.alias("x")) == UnresolvedAlias(A, ("x",))
    assert one(A_.alias("x", metadata={"k": [1, "ä"]})) == UnresolvedAlias(A, ("x",), '{"k":[1,"ä"]}')
    assert one(F.explode("m").alias("k", "v")) == UnresolvedAlias(call("explode", col("m")), ("k", "v"))


def test_structs_arrays_and_maps(one):
    assert one(A_["k"]) == UnresolvedExtract(A, Literal("k", STRING))
    assert one(A_.getItem(1)) == UnresolvedExtract(A, ONE)
    assert one(A_.withField("b.c", F.lit(1))) == UpdateFields(A, "b.c", ONE)
    assert one(A_.dropFields("b", "c")) == UpdateFields(UpdateFields(A, "b", None), "c", None)


def test_sorting(one):
    assert one(A_.desc_nulls_first()) == SortOrder(A, False, True)
    assert one(A_.asc()) == SortOrder(A, True, True)


def test_sort_orders_that_say_nothing_are_descending_as_with_spark(context):
    message = proto.Expression()
    message.sort_order.child.unresolved_attribute.unparsed_identifier = "a"
    assert decode.expression(message, context) == SortOrder(A, False, False)


def test_casts(one):
    assert one(A_.cast(pyspark_types.DecimalType(5, 2))) == Cast(A, DecimalType(5, 2))
    assert one(A_.cast(pyspark_types.ArrayType(pyspark_types.VarcharType(3)))) == Cast(A, ArrayType(STRING, True))
    assert one(A_.try_cast("char(3)")) == Cast(A, STRING, "try")
    with pytest.raises(ParseError):
        one(A_.cast("a int"))


def test_sql_text(one):
    assert one(F.expr("a AS x")) == UnresolvedAlias(A, ("x",))
    with pytest.raises(ParseError):
        one(F.expr("1 +"))


def test_lambdas(one):
    found = one(F.transform("a", lambda x, i: x + i))
    function = found.args[1]
    x, i = function.params
    variables = UnresolvedLambdaVariable((x,)), UnresolvedLambdaVariable((i,))
    assert found == call("transform", A, UnresolvedLambda(call("+", *variables), (x, i)))


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (
            Window.rowsBetween(-2, Window.currentRow),
            WindowFrame("rows", FrameBound("value", Literal(-2, INT)), FrameBound("current")),
        ),
        (
            Window.rowsBetween(Window.unboundedPreceding, 1),
            WindowFrame("rows", FrameBound("unbounded"), FrameBound("value", ONE)),
        ),
        (
            Window.rangeBetween(-5, Window.unboundedFollowing),
            WindowFrame("range", FrameBound("value", Literal(-5, LONG)), FrameBound("unbounded")),
        ),
    ],
)
def test_window_frames(frame, expected, one):
    spec = WindowSpec([], [], None).partitionBy("b").orderBy(F.desc("c"))
    classic = frame._frame
    bounds = (classic._start, classic._end)
    spec = spec.rowsBetween(*bounds) if classic._isRowFrame else spec.rangeBetween(*bounds)
    found = one(F.sum("a").over(spec))
    assert found.frame == expected
    assert (found.function, found.partition_by) == (call("sum", A), (col("b"),))
    assert found.order_by == (SortOrder(col("c"), False, False),)


def test_a_window_without_a_frame(one):
    assert one(F.sum("a").over(Window.partitionBy("b"))).frame is None


def test_named_arguments(context):
    message = proto.Expression()
    message.named_argument_expression.key = "k"
    message.named_argument_expression.value.literal.integer = 1
    assert decode.expression(message, context) == NamedArgument("k", ONE)


def test_an_expression_without_an_origin_has_that_of_the_one_around_it(spark, context):
    set_current_origin("__add__", "script.py:7")
    try:
        column = F.col("a")._expr
        outer = ClientFunction("+", [column, column])
    finally:
        set_current_origin(None, None)
    message = outer.to_plan(spark.client)
    message.unresolved_function.arguments[0].ClearField("common")
    origin = Origin(fragment="__add__", call_site="script.py:7")
    found = decode.expression(message, context)
    assert found.origin == origin
    assert [a.origin for a in found.args] == [origin, origin]


def test_origins_of_jvm_clients(context):
    message = proto.Expression()
    message.unresolved_attribute.unparsed_identifier = "a"
    frames = message.common.origin.jvm_origin.stack_trace
    frames.add(declaring_class="Column", method_name="plus", file_name="Column.scala", line_number=1)
    frames.add(declaring_class="My", method_name="main", file_name="My.scala", line_number=9)
    found = decode.expression(message, context).origin
    assert found == Origin(fragment="plus", call_site="My.main(My.scala:9)")
    message.common.origin.jvm_origin.sql_text = "select a"
    message.common.origin.jvm_origin.start_index, message.common.origin.jvm_origin.stop_index = 7, 7
    assert decode.expression(message, context).origin == Origin("select a", 7, 7)


Window_ = proto.Expression.Window


@pytest.mark.parametrize(
    ("message", "condition"),
    [
        (proto.Expression(), "INVALID_ONE_OF_FIELD_NOT_SET"),
        (
            proto.Expression(
                unresolved_star=proto.Expression.UnresolvedStar(unparsed_target="t.*", plan_id=3),
            ),
            "UNRESOLVED_STAR_WITH_BOTH_TARGET_AND_PLAN_ID",
        ),
        (
            proto.Expression(unresolved_star=proto.Expression.UnresolvedStar(unparsed_target="t")),
            "UNRESOLVED_STAR_TARGET_INVALID",
        ),
        (
            proto.Expression(alias=proto.Expression.Alias(name=["a", "b"], metadata="{}")),
            "ALIAS_WITH_MULTIPLE_IDENTIFIERS_AND_METADATA",
        ),
        (proto.Expression(alias=proto.Expression.Alias(name=["a"], metadata="{x")), "ASSERTION_FAILURE"),
        (proto.Expression(alias=proto.Expression.Alias(name=["a"], metadata="[1]")), "ASSERTION_FAILURE"),
        (
            proto.Expression(lambda_function=proto.Expression.LambdaFunction()),
            "LAMBDA_FUNCTION_ARGUMENT_COUNT_INVALID",
        ),
        (
            proto.Expression(
                unresolved_named_lambda_variable=proto.Expression.UnresolvedNamedLambdaVariable(),
            ),
            "UNRESOLVED_NAMED_LAMBDA_VARIABLE_REQUIRES_NAME_PART",
        ),
        (proto.Expression(window=Window_(frame_spec=Window_.WindowFrame())), "INVALID_ENUM"),
        (
            proto.Expression(window=Window_(frame_spec=Window_.WindowFrame(frame_type=1))),
            "LOWER_BOUND_REQUIRED_IN_WINDOW_FRAME",
        ),
        (
            proto.Expression(
                window=Window_(
                    frame_spec=Window_.WindowFrame(
                        frame_type=1, lower=Window_.WindowFrame.FrameBoundary(unbounded=True)
                    )
                )
            ),
            "UPPER_BOUND_REQUIRED_IN_WINDOW_FRAME",
        ),
        (proto.Expression(subquery_expression=proto.SubqueryExpression()), "INVALID_ENUM"),
        (proto.Expression(merge_action=proto.MergeAction()), "ASSERTION_FAILURE"),
    ],
)
def test_malformed_expressions(message, condition, context):
    with pytest.raises(InvalidPlanInput) as failure:
        decode.expression(message, context)
    assert failure.value.condition == "CONNECT_INVALID_PLAN." + condition


@pytest.mark.parametrize(
    ("function", "name"),
    [
        ({"scalar_scala_udf": proto.ScalarScalaUDF()}, "Scala functions"),
        ({"java_udf": proto.JavaUDF()}, "Java functions"),
    ],
)
def test_user_functions_are_refused(function, name, context):
    udf = proto.CommonInlineUserDefinedFunction(**function)
    with pytest.raises(AnalysisError, match=name) as failure:
        decode.expression(proto.Expression(common_inline_user_defined_function=udf), context)
    assert failure.value.condition == "UNSUPPORTED_FEATURE.GLOWPLUG"


def test_structs_in_casts_lose_sizes(context):
    message = proto.Expression()
    message.cast.expr.literal.integer = 1
    field = message.cast.type.struct.fields.add(name="a", nullable=True)
    field.data_type.char.length = 3
    message.cast.eval_mode = proto.Expression.Cast.EVAL_MODE_TRY
    assert decode.expression(message, context) == Cast(ONE, StructType((StructField("a", STRING),)), "try")
