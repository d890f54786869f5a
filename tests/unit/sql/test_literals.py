"""Constants: values and types as Spark 4.2 gives them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from glowplug.plan.expressions import Literal
from glowplug.sql import Settings, parse_expression
from glowplug.types import simple_string


def read(text, **settings):
    literal = parse_expression(text, Settings(**settings))
    assert isinstance(literal, Literal), literal
    return literal.value, simple_string(literal.type)


@pytest.mark.parametrize(
    ("text", "value", "type"),
    [
        ("1", 1, "int"),
        ("-1", -1, "int"),
        ("- 1", -1, "int"),
        ("2147483647", 2147483647, "int"),
        ("2147483648", 2147483648, "bigint"),
        ("-2147483648", -2147483648, "int"),
        ("-9223372036854775808", -(2**63), "bigint"),
        ("9223372036854775808", Decimal(2**63), "decimal(19,0)"),
        ("5l", 5, "bigint"),
        ("5S", 5, "smallint"),
        ("-128Y", -128, "tinyint"),
        ("1.0", Decimal("1.0"), "decimal(2,1)"),
        (".5", Decimal("0.5"), "decimal(1,1)"),
        ("0.00", Decimal("0.00"), "decimal(2,2)"),
        ("00.5", Decimal("0.5"), "decimal(1,1)"),
        ("123.", Decimal("123"), "decimal(3,0)"),
        ("1e3", 1000.0, "double"),
        ("1.e-3", 0.001, "double"),
        ("1e3BD", Decimal("1000"), "decimal(4,0)"),
        ("1.50bd", Decimal("1.50"), "decimal(3,2)"),
        ("2D", 2.0, "double"),
        ("1.1F", 1.100000023841858, "float"),
        ("null", None, "void"),
        ("true", True, "boolean"),
        ("X'1F'", b"\x1f", "binary"),
        ("x'1'", b"\x01", "binary"),
        ("''", "", "string"),
        ("'a' 'b' \"c\"", "abc", "string"),
        ("'it''s'", "it's", "string"),
        (r"'\n\t\\\'\%\_\q'", "\n\t\\'\\%\\_q", "string"),
        (r"'\u00e9\U0001F600\ud83d\ude00\101\400\0\Z'", "é😀😀A400\0\x1a", "string"),
        (r"r'\n'", r"\n", "string"),
        ("date'2020-01-01'", 18262, "date"),
        ("DATE '2020-1-1 rest'", 18262, "date"),
        ("date 'epoch'", 0, "date"),
        ("timestamp '2020-01-01 00:00:00+01:00'", 1577833200000000, "timestamp"),
        ("timestamp_ntz '2020-01-01 01:02:03.5'", 1577840523500000, "timestamp_ntz"),
        ("time '12:00:00.1234567'", 43_200_123_456_000, "time(6)"),
        ("interval '1-2' year to month", 14, "interval year to month"),
        ("interval -'1-2' year to month", -14, "interval year to month"),
        ("interval 3 month", 3, "interval month"),
        ("interval 1 year 2 months", 14, "interval year to month"),
        ("interval 1 day 2 hours", 93_600_000_000, "interval day to hour"),
        ("interval '1' day", 86_400_000_000, "interval day"),
        ("interval - '-1' day", 86_400_000_000, "interval day"),
        ("interval 1 week", 604_800_000_000, "interval day"),
        ("interval 1.5 second", 1_500_000, "interval second"),
        ("interval 2 milliseconds 3 microseconds", 2003, "interval second"),
        ("interval '1 02:03:04.5' day to second", 93_784_500_000, "interval day to second"),
        ("interval '-1 02:03:04' day to second", -93_784_000_000, "interval day to second"),
        ("interval '36:15' hour to minute", 130_500_000_000, "interval hour to minute"),
        ("interval '1 day 2 hours'", 93_600_000_000, "interval day to hour"),
        ("interval 'interval -1 year'", -12, "interval year"),
    ],
)
def test_values(text, value, type):
    assert read(text) == (value, type)


def test_the_session_decides_what_text_means():
    new_york = {"time_zone": "America/New_York"}
    assert read("timestamp '2020-07-01'", **new_york) == (1593576000000000, "timestamp")
    assert read("timestamp '2020-07-01 00:00:00Z'", **new_york) == (1593561600000000, "timestamp")
    assert read("timestamp '2020-07-01'", timestamp_ntz=True) == (1593561600000000, "timestamp_ntz")
    assert read(r"'a\nb'", escaped_strings=True) == (r"a\nb", "string")


def test_days_around_now():
    today = (datetime.now(UTC) - datetime(1970, 1, 1, tzinfo=UTC)).days
    assert read("date 'today'")[0] - today in (0, 1)
    assert read("date 'tomorrow'")[0] - read("date 'yesterday'")[0] in (2, 3)
    assert read("timestamp 'today'")[0] % 86_400_000_000 == 0


@pytest.mark.parametrize("word", ["interval", "date", "timestamp", "values", "table", "end", "x"])
def test_the_words_of_literals_are_names_too(word, show):
    assert show(parse_expression(f"{word} + 1")) == f"+({word}, 1:int)"
