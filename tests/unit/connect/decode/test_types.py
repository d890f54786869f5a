"""Types: every kind there and back, and what Spark 4.2.1 says to those that are none."""

from __future__ import annotations

import pyspark.sql.connect.proto as proto
import pyspark.sql.types as pyspark_types
import pytest
from pyspark.sql.connect.types import UnparsedDataType, pyspark_types_to_proto_types

from glowplug.connect import decode
from glowplug.errors import (
    AnalysisError,
    ArithmeticFailure,
    ExecutionError,
    IllegalArgument,
    InvalidPlanInput,
    ParseError,
)
from glowplug.types import (
    INT,
    STRING,
    CharType,
    DayTimeIntervalType,
    DecimalType,
    StringType,
    StructField,
    StructType,
    TimeType,
    UserDefinedType,
    YearMonthIntervalType,
    simple_string,
)
from glowplug.types_json import to_json

T = proto.DataType


@pytest.mark.parametrize(
    "type",
    [
        pyspark_types.NullType(),
        pyspark_types.BooleanType(),
        pyspark_types.ByteType(),
        pyspark_types.ShortType(),
        pyspark_types.IntegerType(),
        pyspark_types.LongType(),
        pyspark_types.FloatType(),
        pyspark_types.DoubleType(),
        pyspark_types.DecimalType(12, 3),
        pyspark_types.StringType(),
        pyspark_types.CharType(3),
        pyspark_types.VarcharType(4),
        pyspark_types.BinaryType(),
        pyspark_types.DateType(),
        pyspark_types.TimestampType(),
        pyspark_types.TimestampNTZType(),
        pyspark_types.TimeType(3),
        pyspark_types.CalendarIntervalType(),
        pyspark_types.YearMonthIntervalType(1, 1),
        pyspark_types.DayTimeIntervalType(1, 2),
        pyspark_types.VariantType(),
        pyspark_types.GeometryType(3857),
        pyspark_types.GeographyType("ANY"),
        pyspark_types.ArrayType(pyspark_types.MapType(pyspark_types.StringType(), pyspark_types.ByteType(), False)),
        pyspark_types.StructType().add("a", "integer", False, {"k": "v"}).add("b", pyspark_types.StructType()),
    ],
    ids=str,
)
def test_types_of_the_client(type):
    found = decode.data_type(pyspark_types_to_proto_types(type))
    assert to_json(found) == type.jsonValue()
    assert simple_string(found) == type.simpleString()


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (T(decimal=T.Decimal()), DecimalType(10, 0)),
        (T(decimal=T.Decimal(precision=7)), DecimalType(7, 0)),
        (T(decimal=T.Decimal(scale=7)), DecimalType(10, 0)),
        (T(string=T.String(collation="UNICODE")), StringType("UNICODE")),
        (T(char=T.Char(length=0)), CharType(0)),
        (T(time=T.Time()), TimeType(6)),
        (T(year_month_interval=T.YearMonthInterval()), YearMonthIntervalType(0, 1)),
        (T(year_month_interval=T.YearMonthInterval(start_field=1)), YearMonthIntervalType(1, 1)),
        (T(day_time_interval=T.DayTimeInterval(start_field=1)), DayTimeIntervalType(1, 1)),
        (
            T(udt=T.UDT(type="udt", jvm_class="j.V", python_class="p.V", sql_type=T(integer=T.Integer()))),
            UserDefinedType(INT, "j.V", "p.V", ""),
        ),
        (
            T(udt=T.UDT(type="udt", python_class="p", serialized_python_class="s", sql_type=T(string=T.String()))),
            UserDefinedType(STRING, "", "p", "s"),
        ),
    ],
)
def test_what_is_left_out_has_spark_s_default(message, expected):
    assert decode.data_type(message) == expected


@pytest.mark.parametrize(
    ("message", "error", "condition"),
    [
        (T(), InvalidPlanInput, "CONNECT_INVALID_PLAN.DATA_TYPE_UNSUPPORTED_PROTO_TO_CATALYST"),
        (T(array=T.Array()), InvalidPlanInput, "CONNECT_INVALID_PLAN.DATA_TYPE_UNSUPPORTED_PROTO_TO_CATALYST"),
        (T(decimal=T.Decimal(precision=50)), ArithmeticFailure, "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION"),
        (T(decimal=T.Decimal(precision=3, scale=-1)), AnalysisError, "NEGATIVE_SCALE_DISALLOWED"),
        (T(decimal=T.Decimal(precision=3, scale=5)), InvalidPlanInput, "CONNECT_INVALID_PLAN.ASSERTION_FAILURE"),
        (T(var_char=T.VarChar(length=-1)), IllegalArgument, "CONNECT_INVALID_PLAN.ASSERTION_FAILURE"),
        (T(time=T.Time(precision=9)), ExecutionError, "UNSUPPORTED_TIME_PRECISION"),
        (
            T(day_time_interval=T.DayTimeInterval(start_field=3, end_field=1)),
            InvalidPlanInput,
            "CONNECT_INVALID_PLAN.ASSERTION_FAILURE",
        ),
        (T(udt=T.UDT(type="x")), InvalidPlanInput, "CONNECT_INVALID_PLAN.UDT_TYPE_FIELD_INVALID"),
        (T(udt=T.UDT(type="udt")), InvalidPlanInput, "CONNECT_INVALID_PLAN.PYTHON_UDT_MISSING_FIELDS"),
        (
            T(struct=T.Struct(fields=[T.StructField(name="a", data_type=T(integer=T.Integer()), metadata="{x")])),
            InvalidPlanInput,
            "CONNECT_INVALID_PLAN.ASSERTION_FAILURE",
        ),
        (T(geometry=T.Geometry(srid=1)), IllegalArgument, "ST_INVALID_SRID_VALUE"),
    ],
)
def test_malformed_types(message, error, condition):
    with pytest.raises(error) as failure:
        decode.data_type(message)
    assert type(failure.value) is error and failure.value.condition == condition


AB = StructType((StructField("a", INT), StructField("b", STRING)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("int", INT), ("a int, b string", AB), ("a: int, b: string", AB), ("", StructType()), ('"string"', STRING)],
)
def test_type_texts(text, expected):
    assert decode.data_type(pyspark_types_to_proto_types(UnparsedDataType(text))) == expected


@pytest.mark.parametrize("text", ["nope", "a nope", '{"type":"x"}', "{", "struct<a", "a int,"])
def test_texts_that_are_no_type(text):
    with pytest.raises(ParseError):
        decode.data_type(pyspark_types_to_proto_types(UnparsedDataType(text)))


def test_every_kind_of_type_is_known():
    assert set(decode.types.TYPES) == {f.name for f in T.DESCRIPTOR.oneofs_by_name["kind"].fields}
