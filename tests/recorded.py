"""Queries with the answers that Apache Spark 4.2.1 gave, one JSON object a line, and how Glowplug's are compared.

A line holds `sql`, the settings (`conf`) that differ from `DEFAULTS`, and either `names`, `schema` ([type, nullable] of
each column) and `rows` (every value cast to a string), or `error` with its `params`. `record` writes a file anew:

    python -m tests.recorded FILE.jsonl      # in an environment with pyspark 4.2.1 and Java
"""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

DEFAULTS = {"spark.sql.session.timeZone": "America/Los_Angeles", "spark.sql.ansi.enabled": "true"}
# What only Spark's documentation needs to know.
_NOT_COMPARED = ("docroot", "ansiConfig")


def cases(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def name(case: dict[str, Any]) -> str:
    settings = [
        f"{k.rsplit('.', 1)[-1]}={v}" for k, v in case.get("conf", {}).items() if k != "spark.sql.timeType.enabled"
    ]
    return " ".join([*settings, case["sql"].removeprefix("SELECT ")])


@cache
def _session() -> Any:
    from glowplug.session.engine import Engine
    from glowplug.session.session import Session

    return Session(Engine(), "recorded")


def check(case: dict[str, Any]) -> None:
    """Assert that Glowplug answers as Spark did."""
    from glowplug import query
    from glowplug.config import Conf
    from glowplug.errors import SparkError
    from glowplug.execute.operation import Operation
    from glowplug.plan.relations import SQLText
    from glowplug.types import simple_string

    session = _session()
    session.conf = Conf()
    for key, value in (DEFAULTS | case.get("conf", {})).items():
        session.conf.set(key, value)
    try:
        plan = query.analyze(SQLText(case["sql"], (), ()), session)
        columns = [f"c{i}" for i in range(len(plan.output))]
        texts = ", ".join(f"CAST({c} AS STRING)" for c in columns)
        outer = SQLText(f"SELECT {texts} FROM ({case['sql']}) AS t({', '.join(columns)})", (), ())
        batches = list(query.execute(outer, session, Operation("recorded")).batches)
    except SparkError as error:
        assert (error.condition, error.sqlstate) == (case.get("error"), case.get("state", "")), str(error)
        expected = {k: v for k, v in case["params"].items() if k not in _NOT_COMPARED}
        assert {k: v for k, v in error.parameters.items() if k in expected} == expected
        return
    rows = [list(row) for b in batches for row in zip(*(c.to_pylist() for c in b.columns), strict=True)]
    assert rows == case.get("rows", case.get("error"))
    assert [a.name for a in plan.output] == case["names"]
    assert [[simple_string(a.type), a.nullable] for a in plan.output] == case["schema"]


def record(path: Path) -> None:
    """Ask Apache Spark again. Needs pyspark itself, not the client."""
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    lines = []
    for case in cases(path):
        new: dict[str, Any] = {k: case[k] for k in ("conf", "sql") if k in case}
        for key, value in (DEFAULTS | {"spark.sql.timeType.enabled": "false"} | case.get("conf", {})).items():
            spark.conf.set(key, value)
        try:
            frame = spark.sql(case["sql"])
            new["names"] = frame.columns
            new["schema"] = [[f.dataType.simpleString(), f.nullable] for f in frame.schema.fields]
            columns = [f"c{i}" for i in range(len(frame.columns))]
            texts = frame.toDF(*columns).selectExpr(*(f"CAST({c} AS STRING)" for c in columns))
            new["rows"] = [list(row) for row in texts.collect()]
        except PySparkException as error:
            new = {k: v for k, v in new.items() if k in ("conf", "sql")}
            new["error"], new["state"] = error.getCondition() or str(error), error.getSqlState() or ""
            new["params"] = dict(error.getMessageParameters() or {})
        lines.append(json.dumps(new))
    path.write_text("\n".join(lines) + "\n", "utf-8")
    spark.stop()


if __name__ == "__main__":
    record(Path(sys.argv[1]))
