"""JSON schemas: those of PySpark there and back, collations, and texts that are none."""

from __future__ import annotations

import json

import pyspark.sql.types as pyspark_types
import pytest

from glowplug.errors import IllegalArgument
from glowplug.types import (
    ArrayType,
    DecimalType,
    MapType,
    StringType,
    StructField,
    StructType,
    UserDefinedType,
)
from glowplug.types_json import from_json, to_json


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
        pyspark_types.YearMonthIntervalType(),
        pyspark_types.DayTimeIntervalType(1, 2),
        pyspark_types.VariantType(),
        pyspark_types.ArrayType(pyspark_types.MapType(pyspark_types.StringType(), pyspark_types.ByteType(), False)),
        pyspark_types.StructType().add("a", "integer", False, {"k": ["ä"]}).add("b", pyspark_types.StructType()),
    ],
    ids=str,
)
def test_types_of_pyspark(type):
    assert to_json(from_json(type.json())) == type.jsonValue()


@pytest.mark.parametrize(
    ("text", "type"),
    [
        ('"decimal"', DecimalType(10, 0)),
        ('"decimal( 5 , 2 )"', DecimalType(5, 2)),
        ('"string collate UNICODE"', StringType("UNICODE")),
        (
            '{"type":"udt","class":"j","pyClass":"p","serializedClass":null,"sqlType":"string"}',
            UserDefinedType(StringType(), "j", "p", ""),
        ),
    ],
)
def test_other_spellings(text, type):
    assert from_json(text) == type


def test_collations_stand_in_the_metadata_of_the_field_around():
    unicode = pyspark_types.StringType("UNICODE")
    schema = pyspark_types.StructType().add("a", unicode, metadata={"k": 1})
    schema = schema.add("m", pyspark_types.MapType(pyspark_types.StringType(), pyspark_types.ArrayType(unicode)))
    found = StringType("UNICODE")
    assert from_json(schema.json()) == StructType(
        (
            StructField("a", found, metadata='{"k":1}'),
            StructField("m", MapType(StringType(), ArrayType(found))),
        )
    )
    wrong = json.loads(schema.json())
    wrong["fields"][0]["type"] = "integer"
    with pytest.raises(IllegalArgument, match="INVALID_JSON_DATA_TYPE_FOR_COLLATIONS"):
        from_json(json.dumps(wrong))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("{", "{"),
        ("int", "int"),
        ('"nope"', "nope"),
        ('"decimal(3,5)"', "decimal(3,5)"),
        ('"decimal(39,1)"', "decimal(39,1)"),
        ('"time(7)"', "time(7)"),
        ('{"type": "x"}', '{"type": "x"}'),
        ('{"type": "struct", "fields": [{"name": "a"}]}', '{"name": "a"}'),
        ('{"type": "array", "elementType": "integer"}', '{"type": "array", "elementType": "integer"}'),
        ('{"type": "struct", "fields": [{"name": 1, "type": "integer", "nullable": true}]}', None),
        ('{"type": "struct", "fields": [{"name": "a", "type": "integer", "nullable": true, "metadata": 1}]}', None),
        ("[" * 100_000, "[" * 100_000),
        ("1", "1"),
        ("null", "null"),
    ],
)
def test_texts_that_are_no_type(text, part):
    with pytest.raises(IllegalArgument) as failure:
        from_json(text)
    assert failure.value.condition == "INVALID_JSON_DATA_TYPE"
    assert part is None or failure.value.parameters["invalidType"] == part
