"""Functions that compute plain values as whole columns: they answer as the bodies of one row do."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import quote_plus

import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from glowplug.functions.codes import convert_base
from glowplug.functions.formatter import format_java
from glowplug.functions.hashes import crc32
from glowplug.functions.number_patterns import format_number, number_text, parse_number, sql_format
from glowplug.functions.strings import title
from glowplug.functions.urls import decoded, part
from glowplug.functions.words import mask

# an example is a column, and the assertion names the values: nothing is gained by making it shorter
FEW = settings(max_examples=3, deadline=None, phases=[Phase.generate])


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    import glowplug

    session = glowplug.session()
    yield session
    session.stop()


def agree(spark: Any, type: str, values: list[Any], *calls: tuple[str, Callable[[Any], Any]]) -> None:
    """The SQL of each call, of the column `x`, gives what its function gives for each value, and NULL for NULL."""
    table = spark.createDataFrame([(i, v) for i, v in enumerate([*values, None])], f"i INT, x {type}").orderBy("i")
    for (sql, slow), column in zip(
        calls, zip(*table.selectExpr(*(c[0] for c in calls)).collect(), strict=True), strict=True
    ):
        *got, of_null = column
        expected = list(map(slow, values))
        assert [(sql, v, g, e) for v, g, e in zip(values, got, expected, strict=True) if g != e] == []
        assert of_null is None


def thousandths(most: int) -> st.SearchStrategy[Decimal]:
    return st.integers(-most, most).map(lambda i: Decimal(i) / 1000)


@FEW
@given(st.lists(st.floats() | st.integers(-(10**6), 10**6).map(lambda i: i / 8), min_size=60))
def test_format_number_of_doubles(spark, values):
    edges = [0.0, -0.0, 0.5, 1.5, -0.001, 999.995, 1e15 + 0.5, 1e300]
    calls = [(f"format_number(x, {n})", lambda v, n=n: format_number(v, n)) for n in (0, 1, 2, 7, 16)]
    agree(spark, "DOUBLE", values + edges, *calls)


@FEW
@given(st.lists(st.floats() | st.integers(-(10**6), 10**6).map(lambda i: i / 8), min_size=60), st.data())
def test_format_string(spark, values, data):
    def calls(type: str, *patterns: str) -> list[tuple[str, Callable[[Any], Any]]]:
        form = "if(x IS NULL, NULL, format_string('{}', x))"
        return [(form.format(p), lambda v, p=p: format_java(p, [v], [type])) for p in patterns]

    edges = [0.0, -0.0, 0.5, 2.5, -0.0005, 999.995, 9999999.9999, 1e300]
    agree(spark, "DOUBLE", values + edges, *calls("double", "%f", "%10.2f|", "%-9.0f|", "%+010.3f"))
    whole = [*data.draw(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=20)), -(2**63), 0, 7]
    agree(spark, "BIGINT", whole, *calls("bigint", "%d", "%,25d", "%-+9d|", "%020d", "%s%%", "%3s %1$d"))
    texts = [*data.draw(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=20)), "", "😀 x"]
    agree(spark, "STRING", texts, *calls("string", "<%s>", "%7s|", "%-7.3s|"))


@FEW
@given(st.lists(thousandths(10**4) | thousandths(10**12), min_size=60))
def test_format_number_of_decimals(spark, values):
    formats = (0, 1, 2, 3, 5, "#,##0.00", "0.0", "x#,##0;(#)", "#.##")
    calls = [(f"format_number(x, {f!r})", lambda v, f=f: format_number(v, f)) for f in formats]
    for type in ("DECIMAL(13, 3)", "DECIMAL(22, 3)"):
        agree(spark, type, values, *calls)
    agree(spark, "DECIMAL(38, 3)", [Decimal(f"{'9' * 15}.999"), Decimal(f"{'9' * 16}.5"), Decimal("9" * 35)], *calls)


def test_format_number_of_whole_numbers(spark):
    values = [0, 1, -1, 999, 1000, -1000, 2**63 - 1, -(2**63)]
    calls = [(f"format_number(x, {f!r})", lambda v, f=f: format_number(v, f)) for f in (0, 2, "#,##0.0")]
    agree(spark, "BIGINT", values, *calls)


FORMATS = ("999.9", "S9,999.99", "$99,999.999", "099,999MI", "00009", "9S", "MI99.00", "99,990.0PR", ".99", "9,0,9D9",
           "99999999999999999999.999")  # fmt: skip


@FEW
@given(values=st.lists(thousandths(10**4) | thousandths(10**12), min_size=60))
def test_to_char(spark, values):
    edges = [Decimal(n) for n in ("0", "0.995", "-0.001", "999.995", "-9999.995", "9", "10")]
    calls = [(f"to_char(x, '{f}')", lambda v, f=f: number_text(v, sql_format(f))) for f in FORMATS]
    agree(spark, "DECIMAL(15, 3)", values + edges, *calls)


TEXT = st.from_regex(r"[ ]?[+-]?[$]?<?[0-9]{0,3}(,?[0-9]{1,3})?(\.[0-9]{0,3})?[+-]?>?\Z")


@FEW
@given(values=st.lists(TEXT, min_size=60))
def test_to_number(spark, values):
    own = [number_text(Decimal(n), sql_format(f)) for n in ("0", "1.5", "-12.25", "123.4", "-1234") for f in FORMATS]
    calls = [(f"try_to_number(x, '{f}')", lambda v, f=f: parse_number(v, sql_format(f))) for f in FORMATS]
    agree(spark, "STRING", values + own, *calls)


WORDS = st.text(
    st.sampled_from(" aAzZhHwWbBpPfFmMnN09-_éÉßſŉǆǅİıΣσςж٣Ⅷⅷ中\u0301😀\0") | st.characters(exclude_categories=["Cs"])
)


@FEW
@given(values=st.lists(WORDS, min_size=80))
def test_characters(spark, values):
    values += ["ßen", "sPark sql", "ǆ ab", "", " ", "élan VITAL  über", "a\tb"]
    masks = [("x",), ("x", "U"), ("x", "é", "l", None, "*"), ("x", None, None, None, None), ("x", "😀", "ß", "#", "-")]
    calls: list[Any] = [("initcap(x)", title), ("soundex(x)", soundex)]
    for m in masks:
        sql = ", ".join(["x", *("NULL" if a is None else repr(a) for a in m[1:])])
        by = (*m[1:], *("X", "x", "n", None)[len(m) - 1 :])
        calls.append((f"mask({sql})", lambda v, by=by: mask(v, *by)))
    agree(spark, "STRING", values, *calls)


@FEW
@given(values=st.lists(st.binary(max_size=20), min_size=50))
def test_crc32(values):
    """Values of up to 16 bytes as whole columns, and NULLs, and a part of an array."""
    values = [None, b"", bytes(range(16)), *values]
    for some in (values, [v for v in values if v is None or len(v) <= 16]):
        expected = [None if v is None else zlib.crc32(v) for v in some]
        array = pa.array([b"before", *some], pa.binary())[1:]
        assert crc32(array).to_pylist() == expected


_SOUNDS = "01230127022455012623017202"


@FEW
@given(
    values=st.lists(st.from_regex(r" ?-?([01]{0,70}|[0-9]{0,20}|[0-9a-zA-Z]{0,13}|[0-7]{0,22}[.8é]?)\Z"), min_size=50)
)
def test_conv(spark, values):
    values += ["", "-1", "9" * 18, "9223372036854775807", "9223372036854775808", "7" * 21, "Z" * 12, "f" * 15, "f" * 16]
    bases = [(2, 10), (10, 16), (16, 10), (16, -10), (36, 2), (8, 36), (7, -2), (10, 1), (10, 10)]
    calls = [(f"conv(x, {f}, {t})", lambda v, f=f, t=t: convert_base(v, f, t, False)) for f, t in bases]
    spark.conf.set("spark.sql.ansi.enabled", False)
    agree(spark, "STRING", values, *calls)
    spark.conf.unset("spark.sql.ansi.enabled")


def soundex(text: str) -> str:
    """The Soundex code, letter by letter; a text that does not begin with a letter of English is its own."""
    if not text or not ("A" <= text[0].upper() <= "Z" and text[0].isascii()):
        return text
    code = text[0].upper()
    last = _SOUNDS[ord(code) - 65]
    for c in text[1:]:
        if not (c.isascii() and c.isalpha()):
            last = "0"
            continue
        sound = _SOUNDS[ord(c.upper()) - 65]
        if sound == "7":
            continue
        if sound not in ("0", last):
            code += sound
            if len(code) == 4:
                return code
        last = sound
    return code.ljust(4, "0")


URL = st.from_regex(
    r"([a-z]:?)?(//)?(u@|u:p@)?([a-z]\.[a-z])?(:8?)?(/?p?%2[0G]?/?[^a-z]?)?([?](k=v?&?)?(kk=[?/])?(&k=)?)?(#?[rk]?[?#/]?)?"
    r"( |\n|é|\[::1\])?\Z"
)
PARTS = ("HOST", "PATH", "QUERY", "REF", "PROTOCOL", "FILE", "AUTHORITY", "USERINFO", "host")


@FEW
@given(values=st.lists(URL, min_size=60))
def test_parse_url(spark, values):
    values += [
        "",
        "http://h",
        "http://@h:",
        "http://a@b@c/",
        "a://h?q#?x",
        "mailto:a@b",
        "a:///p//q?://x",
        "a://h/%e9?k=%",
    ]
    calls = [(f"try_parse_url(x, '{p}')", lambda v, p=p: part(v, p, None, False)) for p in PARTS]
    calls += [
        (f"try_parse_url(x, 'QUERY', '{k}')", lambda v, k=k: part(v, "QUERY", k, False)) for k in ("k", "k=v&kk", "")
    ]
    agree(spark, "STRING", values, *calls)


@FEW
@given(
    values=st.lists(
        WORDS | st.from_regex(r"([~*._+ -]|%[0-9a-fA-F]{2}|%C3%a9|%e2%82%AC|%F0%9F%98%80|%4?|a|é)*\Z"), min_size=50
    )
)
def test_url_encoding(spark, values):
    values += [chr(i) for i in range(1, 128)] + ["%00", "a\nb%41", "%c1%81", "%e0%80%80", "%ed%a0%80"]
    agree(spark, "STRING", values, ("try_url_decode(x)", decoded), ("url_encode(x)", encode))


def encode(text: str) -> str:
    """As in HTML forms: a space is `+`, `*-._` stay."""
    return quote_plus(text, safe="*-._").replace("~", "%7E")
