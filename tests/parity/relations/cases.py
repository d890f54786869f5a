"""What is asked of Apache Spark and of Glowplug about plans: small programs over a few fixed views.

`python -m tests.parity.record_relations` writes Spark's answers to `answers/`; `test_relations.py` asks Glowplug the same.
A module of this folder has its programs in `CASES`: SQL texts and functions of a session.
"""

from __future__ import annotations

import functools
import importlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.parity.settings import settings

TIME_ZONE = "America/Los_Angeles"
ANSWERS = Path(__file__).parent / "answers"
MODULES = (
    "projections",
    "filters",
    "joins",
    "aggregates",
    "windows",
    "sorts",
    "sets",
    "leaves",
    "subqueries",
    "ctes",
    "generators",
    "columns",
    "reshaping",
    "coercion",
    "decimals",
    "naming",
    "sessions",
    "failures",
    "ansi",
    "intervals",
    "nesting",
    "misfits",
    "queries",
    "refused",
    "collations",
    "collated_functions",
)

VIEWS = {
    "people": "SELECT * FROM VALUES ('Ann', 30, 'Rome'), ('Bob', NULL, 'Oslo'), ('Cid', 25, 'Rome'), "
    "('Dee', 41, NULL), ('Eve', 25, 'Oslo') AS people(name, age, city)",
    "t1": "SELECT * FROM VALUES (1, 'a'), (2, 'b'), (2, 'c'), (NULL, 'd'), (4, 'e') AS t1(k, v)",
    "t2": "SELECT * FROM VALUES (1, 'x'), (2, 'y'), (3, 'z'), (NULL, 'n'), (2, 'y2') AS t2(k, w)",
    "emp": "SELECT id, dept, CAST(salary AS DECIMAL(10,2)) AS salary, hired, boss FROM VALUES "
    "(1, 10, 100.50, DATE '2020-01-31', NULL), (2, 10, 80.25, DATE '2020-02-29', 1), "
    "(3, 20, 80.25, DATE '2020-02-01', 1), (4, 20, NULL, DATE '2020-03-31', 2), "
    "(5, 30, 60.00, NULL, 2), (6, NULL, 75.00, DATE '2020-05-05', 3) AS t(id, dept, salary, hired, boss)",
    "dept": "SELECT * FROM VALUES (10, 'Sales'), (20, 'Tech'), (40, 'Ops') AS t(id, name)",
    "nums": "SELECT * FROM VALUES (1, 10, 1.5D), (2, NULL, CAST('NaN' AS DOUBLE)), (3, 30, -0.0D), (4, 10, NULL), "
    "(5, 20, CAST('Infinity' AS DOUBLE)) AS t(a, b, c)",
    "pairs": "SELECT * FROM VALUES ('x', 1), ('x', 2), ('x', 2), ('y', 5), ('y', NULL), ('z', NULL), (NULL, 7) "
    "AS t(g, v)",
    "nested": "SELECT 1 AS id, named_struct('x', 7, 'y', named_struct('z', 'deep')) AS s, array(3, NULL, 1) AS arr, "
    "map('a', 1, 'b', NULL) AS m, array(named_struct('p', 1, 'q', 'one'), named_struct('p', 2, 'q', 'two')) AS structs "
    "UNION ALL SELECT 2, NULL, array(), map(), NULL",
    "deep": "SELECT 1 AS id, named_struct('x', 7, 'y', named_struct('z', 'deep')) AS s, array(3, NULL, 1) AS arr, "
    "map('a', 1, 'b', NULL) AS m, array(named_struct('p', 1, 'q', 'one')) AS structs",
    "types": "SELECT true AS bool, 1Y AS i8, 2S AS i16, 3 AS i32, 4L AS i64, 1.5F AS f32, 2.5D AS f64, "
    "CAST(3.25 AS DECIMAL(10,2)) AS d10, CAST(1 AS DECIMAL(38,10)) AS d38, '5' AS str, X'01' AS bin, "
    "DATE '2020-01-02' AS day, TIMESTAMP '2020-01-02 03:04:05' AS ts, TIMESTAMP_NTZ '2020-01-02 03:04:05' AS ntz, "
    "INTERVAL '1-2' YEAR TO MONTH AS ym, INTERVAL '1 02:03:04' DAY TO SECOND AS dt, NULL AS nothing",
    "words": "SELECT c0 COLLATE UTF8_LCASE AS l, c0 COLLATE UNICODE AS u, c0 COLLATE UNICODE_CI AS ci, "
    "c0 COLLATE UNICODE_AI AS ai, c0 COLLATE UNICODE_CI_AI AS cai, c0 COLLATE UTF8_BINARY_RTRIM AS r, "
    "c0 COLLATE UTF8_LCASE_RTRIM AS lr, c0 COLLATE UNICODE_CI_RTRIM AS cr, c0 COLLATE de AS de, c0 COLLATE sv AS sv, "
    "c0 AS b, c1 AS n FROM VALUES ('a', 1), ('A', 2), ('b', 3), ('B ', 4), ('á', 5), ('Á', 6), ('z', 7), (NULL, 8), "
    "('ä', 9), ('ß', 10), ('ss', 11), ('a ', 12), ('', 13), ('_', 14), ('İ', 15), ('i̇', 16), ('Σ', 17), ('ς', 18), "
    "('σ', 19), ('å', 20), ('a\u030a', 21), ('1', 22), ('10', 23), ('2', 24), ('B', 25) AS w(c0, c1)",
    "searched": "SELECT * FROM VALUES ('aBcAbC', 'b'), ('ABC abc ', 'C '), ('Straße', 'SS'), ('STRASSE', 'ß'), ('xİy', 'i̇'), ('xi̇y', 'İ'), ('ΑΣΣ', 'ς'), ('áÁàA', 'a'), ('a\u030aB', 'å'), ('åB', 'a'), ('abc', ''), ('', 'a'), ('a,B,c', 'b"
    "'), ('a,b ,c', 'B'), ('ABAB', 'ab'), ('a  ', 'A '), ('𝔸b𝔸', 'b'), ('ﬁx', 'fi') AS t(x, y)",
}
ANSI_OFF = {"spark.sql.ansi.enabled": "false"}


@dataclass(frozen=True)
class Case:
    """`run` is SQL text, or a function of a session that gives a DataFrame or a plain value."""

    id: str
    run: str | Callable[[Any], Any]
    ordered: bool = False
    conf: dict[str, str] = field(default_factory=dict)


def sql(text: str, *, ordered: bool | None = None, conf: dict[str, str] | None = None) -> list[Case]:
    """A case for each paragraph of `text`, known by its first line. Rows are compared in order after an ORDER BY."""
    found = []
    for part in text.strip().split("\n\n"):
        query = part.strip()
        in_order = "ORDER BY" in query.rsplit(")", 1)[-1] if ordered is None else ordered
        id = " ".join(query.split()) + ("".join(f" [{k}={v}]" for k, v in (conf or {}).items()))
        found.append(Case(id, query, in_order, conf or {}))
    return found


def conditions(text: str, *, conf: dict[str, str] | None = None) -> list[Case]:
    """As `sql`, of queries of which only the error's condition is compared: its message shows Spark's plan."""

    def condition(query: str) -> Callable[[Any], Any]:
        def run(spark: Any) -> str:
            try:
                return f"{len(spark.sql(query).collect())} rows"
            except Exception as error:
                return str(getattr(error, "getCondition", lambda: None)())

        return run

    return [Case(c.id, condition(str(c.run)), conf=c.conf) for c in sql(text, conf=conf)]


def frames(
    programs: dict[str, Callable[[Any], Any]], *, ordered: bool = False, conf: dict[str, str] | None = None
) -> list[Case]:
    return [Case(id, run, ordered, conf or {}) for id, run in programs.items()]


def prepare(spark: Any) -> None:
    spark.conf.set("spark.sql.session.timeZone", TIME_ZONE)
    for name, query in VIEWS.items():
        spark.sql(f"CREATE OR REPLACE TEMPORARY VIEW {name} AS {query}")


def answer(spark: Any, case: Case) -> dict[str, Any]:
    """The schema and rows of a program, the value it returns, or its error."""
    with settings(spark, case.conf):
        return _answer(spark, case)


def _answer(spark: Any, case: Case) -> dict[str, Any]:
    try:
        result = spark.sql(case.run) if isinstance(case.run, str) else case.run(spark)
        if not hasattr(result, "collect"):
            return {"value": repr(result)}
        schema = json.loads(result.schema.json())["fields"]
        rows = [repr(tuple(row)) for row in result.collect()]
        return {"schema": schema, "rows": rows if case.ordered else sorted(rows)}
    except Exception as error:
        if getattr(error, "getCondition", None) is None:
            return {"error": {"class": type(error).__name__}}  # the client's own, before anything is sent
        return {"error": failure(error)}


def failure(error: Any) -> dict[str, Any]:
    return {
        "condition": error.getCondition(),
        "sqlstate": error.getSqlState(),
        "class": type(error).__name__,
        "parameters": dict(error.getMessageParameters() or {}),
        "context": [place(c) for c in error.getQueryContext() or ()],
    }


def place(context: Any) -> list[Any]:
    """A query context: what it cites and, in SQL text, from where to where."""
    if context.contextType().name == "SQL":
        return ["SQL", context.fragment(), context.startIndex(), context.stopIndex()]
    return ["DataFrame", context.fragment()]


def cases(module: str) -> list[Case]:
    found: list[Case] = importlib.import_module(f"tests.parity.relations.{module}").CASES
    ids = [c.id for c in found]
    assert len(set(ids)) == len(ids), f"two cases have one id in {module}: {[i for i in ids if ids.count(i) > 1]}"
    return found


@functools.cache
def answers(module: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((ANSWERS / f"{module}.json").read_text())
    return loaded


def all_cases() -> Iterator[tuple[str, Case]]:
    for module in MODULES:
        for case in cases(module):
            yield module, case
