"""What is asked of Apache Spark and of Glowplug about catalogs: scripts of statements, each on a warehouse of its own.

`python -m tests.parity.record_catalog` writes Spark's answers beside the scripts in `catalog/`; `test_catalog.py` asks
Glowplug the same. A paragraph of a script is a statement, or, after `>>>`, a Python expression over `spark`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.parity.relations.cases import failure

FOLDER = Path(__file__).parent / "catalog"
SCRIPTS = tuple(sorted(p.stem for p in FOLDER.glob("*.sql")))
# What differs from one run, or one writer of files, to another.
_VOLATILE = (
    (re.compile(r"((?:Created|Last|Partition) (?:Time|Access|Modified)[^:\n]*): [^\n]*"), r"\1: …"),
    (re.compile(r"(Created By|Owner): [^\n]*"), r"\1: …"),
    (re.compile(r"(Create Time: +)[^\n]*"), r"\1…"),
    (re.compile(r'("size_in_bytes"):\d+'), r"\1:0"),
    (re.compile(r"\b\d+ bytes\b"), "… bytes"),
    (re.compile(r"transient_lastDdlTime=\d+"), "transient_lastDdlTime=…"),
    (re.compile(r"#\d+L?\b"), "#…"),
    (re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "…"),
)
_VOLATILE_ROWS = ("Created Time", "Last Access", "Created By", "Owner", "Partition Statistics")


def steps(script: str) -> list[str]:
    return [p.strip() for p in (FOLDER / f"{script}.sql").read_text("utf-8").split("\n\n") if p.strip()]


def answers(script: str) -> list[Any]:
    loaded: list[Any] = json.loads((FOLDER / f"{script}.json").read_text("utf-8"))
    return loaded


def run(spark: Any, script: str, warehouse: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each statement of a script with its answer; `WAREHOUSE` in both is the warehouse's directory."""
    from pyspark.sql import functions as F

    for step in steps(script):
        text = step.replace("WAREHOUSE", warehouse)
        try:
            result = eval(text[3:].strip(), {"spark": spark, "F": F}) if text.startswith(">>>") else spark.sql(text)
            yield step, _answer(result, warehouse)
        except Exception as error:
            if getattr(error, "getCondition", None) is None:
                raise
            found = failure(error)
            found.pop("context")
            yield step, {"error": _stable(found, warehouse)}


def _answer(result: Any, warehouse: str) -> dict[str, Any]:
    if not hasattr(result, "collect"):
        return {"value": _stable(repr(result), warehouse)}
    fields = [[_stable(f.name, warehouse), f.dataType.simpleString()] for f in result.schema.fields]
    rows = [_row([str(v) for v in row], warehouse) for row in result.collect()]
    return {"schema": fields, "rows": rows}


def _row(cells: list[str], warehouse: str) -> list[str]:
    if cells and cells[0] in _VOLATILE_ROWS:
        return [cells[0], "…"]
    return [_stable(c, warehouse) for c in cells]


def _stable(value: Any, warehouse: str) -> Any:
    if isinstance(value, dict):
        return {k: _stable(v, warehouse) for k, v in value.items()}
    if not isinstance(value, str):
        return value
    for pattern, instead in _VOLATILE:
        value = pattern.sub(instead, value)
    return value.replace(warehouse, "WAREHOUSE")
