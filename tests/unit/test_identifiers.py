"""Names, as Spark 4.2.1 takes and refuses them."""

from __future__ import annotations

import pytest

from glowplug.errors import AnalysisError, ParseError
from glowplug.identifiers import parse_attribute_name, parse_identifier


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("id", ("id",)),
        ("a.b.c", ("a", "b", "c")),
        ("`a.b`", ("a.b",)),
        ("`a`.`b`", ("a", "b")),
        ("`i``d`", ("i`d",)),
        ("```x```", ("`x`",)),
        ("`.`", (".",)),
        ("``", ("",)),
        ("", ("",)),
        ("a b", ("a b",)),
        (" id ", (" id ",)),
        ("1", ("1",)),
        ("äö-.x", ("äö-", "x")),
    ],
)
def test_attribute_names(name, parts):
    assert parse_attribute_name(name) == parts


@pytest.mark.parametrize(
    "name",
    ["a..b", ".a", "a.", ".", "`a`b", "a`b", "a`b`", "`a", "a.`b", "`a`.", "`a`..b", "`a``", "a`", "id.`", "`"],
)
def test_names_that_are_no_attribute(name):
    with pytest.raises(AnalysisError) as failure:
        parse_attribute_name(name)
    assert (failure.value.condition, failure.value.parameters) == ("INVALID_ATTRIBUTE_NAME_SYNTAX", {"name": name})


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("t", ("t",)),
        ("c.s.t", ("c", "s", "t")),
        ("a . b", ("a", "b")),
        (" a/* x */.\n`b c` -- end", ("a", "b c")),
        ("a--c", ("a",)),
        ("`a``b`", ("a`b",)),
        ("``", ("",)),
        ("1a", ("1a",)),
        ("a.1b", ("a", "1b")),
        ("select", ("select",)),
    ],
)
def test_identifiers(text, parts):
    assert parse_identifier(text) == parts


@pytest.mark.parametrize(
    ("text", "condition", "parameters"),
    [
        ("", "PARSE_EMPTY_STATEMENT", {}),
        ("  ", "PARSE_EMPTY_STATEMENT", {}),
        ("a b", "PARSE_SYNTAX_ERROR", {"error": "'b'", "hint": ": extra input 'b'"}),
        ("a`b`", "PARSE_SYNTAX_ERROR", {"error": "'`b`'", "hint": ": extra input '`b`'"}),
        ("a;", "PARSE_SYNTAX_ERROR", {"error": "';'", "hint": ": extra input ';'"}),
        ("a..b", "PARSE_SYNTAX_ERROR", {"error": "'.'", "hint": ""}),
        ("1", "PARSE_SYNTAX_ERROR", {"error": "'1'", "hint": ""}),
        ("1L", "PARSE_SYNTAX_ERROR", {"error": "'1L'", "hint": ""}),
        ('"a"', "PARSE_SYNTAX_ERROR", {"error": "'\"'", "hint": ""}),
        ("a.", "PARSE_SYNTAX_ERROR", {"error": "end of input", "hint": ""}),
        ("a-b-c", "INVALID_IDENTIFIER", {"ident": "a-b-c"}),
        ("äö", "INVALID_IDENTIFIER", {"ident": "äö"}),
    ],
)
def test_texts_that_are_no_identifier(text, condition, parameters):
    with pytest.raises(ParseError) as failure:
        parse_identifier(text)
    assert (failure.value.condition, failure.value.parameters) == (condition, parameters)


def test_the_place_of_what_is_wrong():
    with pytest.raises(ParseError, match="line 1, position 3"):
        parse_identifier("a b")
