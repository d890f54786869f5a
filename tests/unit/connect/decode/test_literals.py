"""Constants: what Spark's server makes of them, asked of Spark 4.2.1 itself."""

from __future__ import annotations

import datetime
from decimal import Decimal as D

import pyspark.sql.connect.proto as proto
import pytest
from pyspark.sql.connect.expressions import LiteralExpression
from pyspark.sql.connect.proto import common_pb2

from glowplug.connect import decode
from glowplug.errors import ArithmeticFailure, ExecutionError, InvalidPlanInput, NumberFormatError
from glowplug.plan.expressions import Literal
from glowplug.types import (
    BINARY,
    BOOLEAN,
    BYTE,
    CALENDAR_INTERVAL,
    DATE,
    DOUBLE,
    FLOAT,
    INT,
    LONG,
    NULL,
    SHORT,
    STRING,
    TIME,
    TIMESTAMP,
    TIMESTAMP_NTZ,
    ArrayType,
    DataType,
    DayTimeIntervalType,
    DecimalType,
    MapType,
    StringType,
    StructField,
    StructType,
    TimeType,
    YearMonthIntervalType,
)

L = proto.Expression.Literal
INT_PROTO = proto.DataType(integer=proto.DataType.Integer())
STRING_PROTO = proto.DataType(string=proto.DataType.String())


def array_of(element: proto.DataType, nulls: bool = True) -> proto.DataType:
    return proto.DataType(array=proto.DataType.Array(element_type=element, contains_null=nulls))


def struct_of(**fields: proto.DataType) -> proto.DataType:
    return proto.DataType(
        struct=proto.DataType.Struct(
            fields=[proto.DataType.StructField(name=k, data_type=v, nullable=True) for k, v in fields.items()]
        )
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, Literal(None, NULL)),
        (True, Literal(True, BOOLEAN)),
        (1, Literal(1, INT)),
        (2**40, Literal(2**40, LONG)),
        (0.5, Literal(0.5, DOUBLE)),
        ("ä", Literal("ä", STRING)),
        (b"\0\xff", Literal(b"\0\xff", BINARY)),
        (D("1.50"), Literal(D("1.50"), DecimalType(10, 2))),
        (datetime.date(1970, 1, 3), Literal(2, DATE)),
        (datetime.datetime(1970, 1, 1, 0, 0, 1, tzinfo=datetime.UTC), Literal(1_000_000, TIMESTAMP)),
        (datetime.time(0, 0, 1), Literal(1_000_000_000, TIME)),
        (datetime.timedelta(days=1, microseconds=5), Literal(86_400_000_005, DayTimeIntervalType())),
        ([1, None], Literal((1, None), ArrayType(INT))),
        ([["a"], []], Literal((("a",), ()), ArrayType(ArrayType(STRING)))),
    ],
)
def test_the_clients_literals(value, expected, spark):
    message = LiteralExpression._from_value(value).to_plan(spark.client)
    assert decode.literal(message.literal) == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (L(null=INT_PROTO), Literal(None, INT)),
        (L(null=proto.DataType(), data_type=INT_PROTO), Literal(None, INT)),
        (L(byte=300), Literal(44, BYTE)),
        (L(short=70000), Literal(4464, SHORT)),
        (L(float=0.5), Literal(0.5, FLOAT)),
        (L(timestamp_ntz=3), Literal(3, TIMESTAMP_NTZ)),
        (L(time=L.Time(nano=5, precision=3)), Literal(5, TimeType(3))),
        (
            L(calendar_interval=L.CalendarInterval(months=1, days=2, microseconds=3)),
            Literal((1, 2, 3), CALENDAR_INTERVAL),
        ),
        (L(year_month_interval=14), Literal(14, YearMonthIntervalType())),
        (
            L(
                year_month_interval=12,
                data_type=proto.DataType(year_month_interval=proto.DataType.YearMonthInterval(start_field=0)),
            ),
            Literal(12, YearMonthIntervalType(0, 0)),
        ),
        (
            L(string="x", data_type=proto.DataType(string=proto.DataType.String(collation="UTF8_LCASE"))),
            Literal("x", StringType("UTF8_LCASE")),
        ),
        (
            L(
                map=L.Map(
                    key_type=STRING_PROTO,
                    value_type=INT_PROTO,
                    keys=[L(string="a"), L(string="b"), L(string="a")],
                    values=[L(integer=1), L(null=INT_PROTO), L(integer=3)],
                )
            ),
            Literal((("a", 3), ("b", None)), MapType(STRING, INT)),
        ),
        (
            L(
                struct=L.Struct(
                    elements=[L(integer=1), L(string="x")], struct_type=struct_of(a=INT_PROTO, b=STRING_PROTO)
                )
            ),
            Literal((1, "x"), StructType((StructField("a", INT), StructField("b", STRING)))),
        ),
        (
            L(array=L.Array(elements=[L(integer=1)]), data_type=array_of(INT_PROTO, False)),
            Literal((1,), ArrayType(INT, False)),
        ),
        (
            L(
                array=L.Array(elements=[L(struct=L.Struct(elements=[L(integer=1)]))]),
                data_type=array_of(struct_of(a=INT_PROTO)),
            ),
            Literal(((1,),), ArrayType(StructType((StructField("a", INT),)))),
        ),
        (
            L(specialized_array=L.SpecializedArray(longs=common_pb2.Longs(values=[1, 2]))),
            Literal((1, 2), ArrayType(LONG)),
        ),
        (
            L(
                specialized_array=L.SpecializedArray(strings=common_pb2.Strings(values=["a"])),
                data_type=array_of(STRING_PROTO, False),
            ),
            Literal(("a",), ArrayType(STRING, False)),
        ),
    ],
)
def test_literals_of_other_clients(message, expected):
    assert decode.literal(message) == expected


@pytest.mark.parametrize(
    ("text", "precision", "scale", "value", "type"),
    [
        ("1.50", None, None, "1.50", DecimalType(3, 2)),
        ("1.50", 10, None, "1.50", DecimalType(10, 2)),
        ("1.50", 3, 1, "1.50", DecimalType(3, 2)),
        ("1.50", 2, 0, "1.50", DecimalType(3, 2)),
        ("1.50", 10, 4, "1.5000", DecimalType(10, 4)),
        ("1E+3", None, None, "1000", DecimalType(4, 0)),
        ("1e-5", None, None, "0.00001", DecimalType(5, 5)),
        ("0.00", None, None, "0.00", DecimalType(2, 2)),
        ("0.001", 1, None, "0.001", DecimalType(3, 3)),
        ("-0", None, None, "0", DecimalType(1, 0)),
        ("1", 5, -2, "1", DecimalType(5, 0)),
    ],
)
def test_decimals_have_the_precision_that_spark_gives_them(text, precision, scale, value, type):
    found = decode.literal(L(decimal=L.Decimal(value=text, precision=precision, scale=scale)))
    assert (found.value, found.type) == (D(value), type)
    assert found.value.as_tuple().exponent == -type.scale


def test_a_decimal_is_rounded_to_a_type_given_with_it():
    type = proto.DataType(decimal=proto.DataType.Decimal(precision=4, scale=1))
    found = decode.literal(L(decimal=L.Decimal(value="1.25"), data_type=type))
    assert found == Literal(D("1.3"), DecimalType(4, 1))


@pytest.mark.parametrize("text", ["abc", "", "NaN", "Infinity", " 1", "1_000", "١", "1e", "1e9999999999"])
def test_texts_that_are_no_decimal(text):
    with pytest.raises(NumberFormatError):
        decode.literal(L(decimal=L.Decimal(value=text)))


@pytest.mark.parametrize(
    ("text", "precision", "scale"),
    [("9" * 39, None, None), ("0." + "1" * 40, None, None), ("1", 50, 0), ("1", 10, 40), ("1e999999999", None, None)],
)
def test_decimals_of_more_digits_than_there_can_be(text, precision, scale):
    with pytest.raises(ArithmeticFailure, match="DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION"):
        decode.literal(L(decimal=L.Decimal(value=text, precision=precision, scale=scale)))


@pytest.mark.parametrize(("text", "precision", "scale"), [("1.50", None, 5), ("9" * 38, 38, 20)])
def test_decimals_that_do_not_fit_their_scale(text, precision, scale):
    with pytest.raises(ArithmeticFailure, match="NUMERIC_VALUE_OUT_OF_RANGE"):
        decode.literal(L(decimal=L.Decimal(value=text, precision=precision, scale=scale)))


@pytest.mark.parametrize(
    ("message", "condition"),
    [
        (L(), "UNSUPPORTED_LITERAL_TYPE"),
        (L(null=proto.DataType()), "DATA_TYPE_UNSUPPORTED_PROTO_TO_CATALYST"),
        (L(array=L.Array(elements=[L(integer=1)])), "ARRAY_LITERAL_MISSING_DATA_TYPE"),
        (L(map=L.Map()), "MAP_LITERAL_MISSING_DATA_TYPE"),
        (L(struct=L.Struct()), "STRUCT_LITERAL_MISSING_DATA_TYPE"),
        (L(integer=1, data_type=array_of(INT_PROTO)), "INCOMPATIBLE_LITERAL_DATA_TYPE"),
        (L(array=L.Array(elements=[L(string="a")], element_type=INT_PROTO)), "INCOMPATIBLE_LITERAL_DATA_TYPE"),
        (
            L(array=L.Array(elements=[L(integer=1)], element_type=proto.DataType(null=proto.DataType.NULL()))),
            "EXPECTED_NULL_VALUE",
        ),
        (
            L(map=L.Map(key_type=STRING_PROTO, value_type=INT_PROTO, keys=[L(string="a")])),
            "ASSERTION_FAILURE",
        ),
        (
            L(map=L.Map(key_type=INT_PROTO, value_type=INT_PROTO, keys=[L(null=INT_PROTO)], values=[L(integer=1)])),
            "ASSERTION_FAILURE",
        ),
        (L(struct=L.Struct(elements=[L(integer=1)], struct_type=struct_of())), "ASSERTION_FAILURE"),
        (L(struct=L.Struct(struct_type=INT_PROTO)), "ASSERTION_FAILURE"),
        (L(specialized_array=L.SpecializedArray()), "ARRAY_LITERAL_NOT_SET"),
        (
            L(
                specialized_array=L.SpecializedArray(ints=common_pb2.Ints(values=[1])),
                data_type=array_of(STRING_PROTO),
            ),
            "INCOMPATIBLE_LITERAL_DATA_TYPE",
        ),
        (L(time=L.Time(nano=-1)), "ASSERTION_FAILURE"),
    ],
)
def test_malformed_literals(message, condition):
    with pytest.raises(InvalidPlanInput) as failure:
        decode.literal(message)
    assert failure.value.condition == "CONNECT_INVALID_PLAN." + condition


def test_a_time_of_more_digits_than_there_can_be():
    with pytest.raises(ExecutionError, match="UNSUPPORTED_TIME_PRECISION"):
        decode.literal(L(time=L.Time(nano=1, precision=9)))


def test_every_kind_of_literal_has_a_type_and_a_value():
    kinds = {f.name for f in L.DESCRIPTOR.oneofs_by_name["literal_type"].fields} - {"null"}
    assert set(decode.literals.VALUES) == kinds
    assert set(decode.literals.INFERRED) == kinds
    assert all(issubclass(wanted, DataType) for wanted, _ in decode.literals.VALUES.values())
