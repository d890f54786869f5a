"""Whatever the text, the answer is a plan or one of Spark's conditions, and it comes soon."""

from __future__ import annotations

import contextlib
import json
import random
import sys
import time
from pathlib import Path

import pytest

from glowplug.errors import SparkError
from glowplug.sql import parse_statement
from glowplug.sql.tokens import END, tokenize

TESTS = Path(__file__).parents[2]
QUERIES = [path.read_text() for path in sorted((TESTS / "parity" / "tpch").glob("*.sql"))]
EXAMPLES = [
    json.loads(line)["query"] for line in (TESTS / "conformance" / "function_examples.jsonl").read_text().splitlines()
]


@pytest.mark.parametrize("query", EXAMPLES + QUERIES)
def test_the_queries_of_the_suites(query):
    parse_statement(query)


NESTED = {
    "parentheses": "select " + "(" * 9000 + "1" + ")" * 9000,
    "not closed": "select " + "(" * 9000,
    "calls": "select " + "f(" * 9000 + "1" + ")" * 9000,
    "queries": "select * from " + "(select * from " * 9000 + "t" + ")" * 9000,
    "relations": "select * from " + "(" * 9000 + "t" + ")" * 9000,
    "values": "select " + "(select " * 9000 + "1" + ")" * 9000,
    "sums of queries": "select " + "((select 1) + " * 3000 + "1" + ")" * 3000,
    "rows": "select " + "(" * 3000 + "1" + " a, 2 b)" * 3000,
    "trims": "select " + "trim(" * 3000 + "a" + ")" * 3000,
    "case": "select " + "case when a then " * 9000 + "1" + " end" * 9000,
    "not": "select " + "not " * 9000 + "a",
    "minus": "select " + "- " * 9000 + "a",
    "lambdas": "select " + "x -> " * 9000 + "x",
    "types": "select cast(a as " + "array<" * 9000 + "int" + ">" * 9000 + ")",
    "blocks": "begin " * 9000 + "end; " * 9000,
}
LONG = {
    "and": "select " + "a and " * 9000 + "b",
    "plus": "select " + "1 + " * 9000 + "1",
    "parts of a name": "select a" + ".b" * 9000,
    "union": "select 1" + " union select 1" * 9000,
    "joins": "select * from t" + " join t on a" * 9000,
    "comments": "select 1 " + "/*" * 9000 + "*/" * 9000,
    "values": "values " + "(1, 2), " * 9000 + "(3, 4)",
}


@pytest.mark.parametrize("text", NESTED.values(), ids=NESTED)
def test_text_nested_too_deep_is_refused(text):
    started, limit = time.monotonic(), sys.getrecursionlimit()
    with pytest.raises(SparkError, match="FAILED_TO_PARSE_TOO_COMPLEX"):
        parse_statement(text)
    assert time.monotonic() - started < 5
    assert sys.getrecursionlimit() == limit


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_long_text_is_not_deep(text):
    started = time.monotonic()
    parse_statement(text)
    assert time.monotonic() - started < 5


def test_a_hundred_levels_are_no_problem():
    for query in ("select " + "(" * 80 + "1" + ")" * 80, "select * from " + "(select * from " * 80 + "t" + ")" * 80):
        parse_statement(query)


@pytest.mark.parametrize(
    "text",
    [
        "select " + "9" * 9000,
        "select " + "0" * 9000 + "1",
        "select 1e" + "9" * 30,
        "select -1e-" + "9" * 30 + "BD",
        "select 1e" + "9" * 30 + "BD",
        "select interval " + "9" * 9000 + " day",
        "select cast(a as decimal(" + "9" * 9000 + "))",
        "select * from t tablesample (bucket 1 out of 0)",
        "select * from t tablesample (true percent)",
        "set time zone interval 1 month",
        "select '\\U00110000\\ud800'",
        "select \u0663, \ud800, a\0b",
        "select date '9999999-12-31', timestamp '294248-01-01'",
    ],
)
def test_extremes_are_answered(text):
    with contextlib.suppress(SparkError):
        parse_statement(text)


def test_mutilated_text_is_answered():
    """Tokens of real queries, some left out, doubled, swapped or taken from elsewhere."""
    rng = random.Random(20)
    corpus = QUERIES + EXAMPLES + [case["text"] for case in map(json.loads, _lines("parse_errors.jsonl"))]
    words = [token for text in corpus for token in _tokens(text)]
    refused = 0
    for _ in range(4000):
        tokens = _tokens(rng.choice(corpus))
        for _ in range(rng.randint(1, 4)):
            place = rng.randrange(len(tokens) + 1)
            match rng.randrange(4):
                case 0:
                    del tokens[place : place + 1]
                case 1:
                    tokens.insert(place, rng.choice(words))
                case 2:
                    tokens[place : place + 1] = tokens[place : place + 1] * 2
                case 3:
                    tokens[place : place + 1] = [rng.choice(words)]
        try:
            parse_statement(" ".join(tokens))
        except SparkError as failure:
            refused += 1
            assert failure.origin is None or failure.origin.start >= 0
    assert 500 < refused < 4000


def _lines(name: str) -> list[str]:
    return Path(__file__).with_name(name).read_text().splitlines()


def _tokens(text: str) -> list[str]:
    try:
        tokens = tokenize(text)
    except SparkError:
        return [text]
    places = zip(tokens.kinds, tokens.starts, tokens.stops, strict=True)
    return [text[start : stop + 1] for kind, start, stop in places if kind != END]
