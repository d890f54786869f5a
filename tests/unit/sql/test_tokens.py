"""Spark's lexical rules."""

from __future__ import annotations

import pytest

from glowplug.errors import ParseError
from glowplug.sql.tokens import END, NUMBER, QUOTED, STRING, tokenize


def kinds(text):
    return [k for k in tokenize(text).kinds if k != END]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select A_1", ["SELECT", "A_1"]),
        ("1 1. .5 1.5e-3 1L 2s 3Y 1bd 1.5F 1e5d", [NUMBER] * 10),
        ("1a 1_000 0x1F", ["1A", "1_000", "0X1F"]),  # words, though they begin with a digit
        ("1.a", [NUMBER, ".", "A"]),
        ("1.5a", [NUMBER, ".", "5A"]),
        ("t.1", ["T", NUMBER]),
        ("'it''s' \"a\"\"b\" 'a\\'b' r'a\\' R\"b\"", [STRING] * 5),
        ("`a``b` `c d`", [QUOTED, QUOTED]),
        (
            "a<=>b != <> == => -> :: |> || << >= !> !<",
            ["A", "<=>", "B", "<>", "<>", "=", "=>", "->", "::", "|>", "||", "<<", ">=", "<=", ">="],
        ),
        ("a>>b", ["A", ">", ">", "B"]),
        ("a -- b\n+ c /* d /* e */ f */ - g", ["A", "+", "C", "-", "G"]),
        ("select /*+ hint */ 1", ["SELECT", "/*+", "HINT", "*/", NUMBER]),
        ("a\u00a0b\u3000c", ["A", "B", "C"]),
        ("'abc", ["'", "ABC"]),  # a quote that opens nothing is a token no rule accepts
        ("#", ["#"]),
        ("", []),
    ],
)
def test_kinds(text, expected):
    assert kinds(text) == expected


def test_places():
    tokens = tokenize("ab  'c'\n+1.5")
    assert list(zip(tokens.starts, tokens.stops, strict=True))[:4] == [(0, 1), (4, 6), (8, 8), (9, 11)]


def test_a_comment_without_an_end():
    with pytest.raises(ParseError, match="UNCLOSED_BRACKETED_COMMENT") as failure:
        tokenize("select 1 /* a /* b */")
    assert failure.value.origin.start == 9
