"""Types and schemas as text."""

from __future__ import annotations

import pytest

from glowplug.errors import ParseError, SparkError
from glowplug.sql import Settings, parse_schema, parse_type
from glowplug.types import TIMESTAMP_NTZ, CharType, simple_string


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("boolean", "boolean"),
        ("BYTE", "tinyint"),
        ("short", "smallint"),
        ("integer", "int"),
        ("long", "bigint"),
        ("real", "float"),
        ("double", "double"),
        ("dec", "decimal(10,0)"),
        ("numeric(5)", "decimal(5,0)"),
        ("decimal ( 10 , 2 )", "decimal(10,2)"),
        ("string", "string"),
        ("string collate utf8_lcase", "string collate UTF8_LCASE"),
        ("char(3)", "char(3)"),
        ("character(3)", "char(3)"),
        ("varchar(5)", "varchar(5)"),
        ("binary", "binary"),
        ("date", "date"),
        ("timestamp", "timestamp"),
        ("timestamp_ltz", "timestamp"),
        ("timestamp with local time zone", "timestamp"),
        ("timestamp_ntz", "timestamp_ntz"),
        ("timestamp without time zone", "timestamp_ntz"),
        ("time", "time(6)"),
        ("time(3) without time zone", "time(3)"),
        ("interval", "interval"),
        ("interval year", "interval year"),
        ("interval year to month", "interval year to month"),
        ("interval hour to second", "interval hour to second"),
        ("void", "void"),
        ("variant", "variant"),
        ("array<array<int>>", "array<array<int>>"),
        ("map<string, array<map<int,int>>>", "map<string,array<map<int,int>>>"),
        ("struct<>", "struct<>"),
        ("struct<a int, b: string, `c d`: array<int>>", "struct<a:int,b:string,c d:array<int>>"),
    ],
)
def test_types(text, name):
    assert simple_string(parse_type(text)) == name
    assert simple_string(parse_type(text.upper())).lower() == name.lower()


def test_schemas(show):
    text = "a INT NOT NULL, b varchar(3) comment 'it''s', `c d` struct<x: int not null comment 'y'>, e: int"
    assert show(parse_schema(text)) == """{a int!, b varchar(3)"comment": "it's", c d struct<x:int>, e int}"""
    assert show(parse_schema("struct<a: int>")) == "{a int}"


def test_a_column_keeps_its_length_and_a_cast_does_not(show):
    from glowplug.sql import parse_expression

    assert parse_type("char(3)") == CharType(3)
    assert show(parse_expression("cast(a as array<char(3)>)")) == "cast(a as array<string>)"


def test_the_session_decides_what_timestamp_is():
    assert parse_type("timestamp", Settings(timestamp_ntz=True)) == TIMESTAMP_NTZ


@pytest.mark.parametrize(
    ("text", "condition", "parameters"),
    [
        ("foo", "UNSUPPORTED_DATATYPE", {"typeName": '"FOO"'}),
        ("int(3)", "UNSUPPORTED_DATATYPE", {"typeName": '"INT(3)"'}),
        ("decimal(1,2,3)", "UNSUPPORTED_DATATYPE", {"typeName": '"DECIMAL(1,2,3)"'}),
        ("geometry", "UNSUPPORTED_DATATYPE", {"typeName": '"GEOMETRY"'}),
        ("geometry(1)", "ST_INVALID_SRID_VALUE", {"srid": "1"}),
        ("decimal(39)", "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION", {"precision": "39", "maxPrecision": "38"}),
        ("decimal(2,3)", "_LEGACY_ERROR_TEMP_1228", {"precision": "2", "scale": "3"}),
        ("char", "DATATYPE_MISSING_SIZE", {"type": '"CHAR"'}),
        ("array", "INCOMPLETE_TYPE_DEFINITION.ARRAY", {"elementType": "<INT>"}),
        ("time(7)", "UNSUPPORTED_TIME_PRECISION", {"precision": "7"}),
        ("int b", "PARSE_SYNTAX_ERROR", {"error": "'b'", "hint": ""}),
        ("", "PARSE_EMPTY_STATEMENT", {}),
    ],
)
def test_what_is_no_type(text, condition, parameters):
    with pytest.raises(SparkError) as failure:
        parse_type(text)
    assert (failure.value.condition, failure.value.parameters) == (condition, parameters)


@pytest.mark.parametrize("text", ["int", "a", "a int,", "a int b", "a int default 5"])
def test_what_is_no_schema(text):
    with pytest.raises(ParseError):
        parse_schema(text)
