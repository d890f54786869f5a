"""Have Apache Spark answer the programs.

    PYTHON -m tests.parity.frames.record

renews answers.json; PYTHON is an interpreter with a full pyspark[connect], and Java. `answer` gives the form in which
answers are kept.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from tests.parity.frames.programs import frames, texts

RECORDED = Path(__file__).with_name("answers.json")


def plain(value: Any) -> Any:
    """A value as JSON can hold it, without loss."""
    match value:
        case dict():
            return {"map": [[plain(k), plain(v)] for k, v in value.items()]}
        case tuple() if hasattr(value, "asDict"):
            return {"row": [plain(v) for v in value]}
        case list() | tuple():
            return [plain(v) for v in value]
        case float() if not math.isfinite(value):
            return {"float": repr(value)}
        case bytes() | bytearray():
            return {"bytes": bytes(value).hex()}
        case None | bool() | int() | float() | str():
            return value
    return {type(value).__name__: str(value)}


def answer(text: str, names: dict[str, Any]) -> dict[str, Any]:
    """The schema and rows of the DataFrame that a program gives, or its value, or its error."""
    try:
        found = eval(text, names)
        if not hasattr(found, "collect"):
            return {"value": plain(found)}
        rows = [[plain(cell) for cell in row] for row in found.collect()]
        return {"schema": json.loads(found.schema.json()), "rows": rows}
    except Exception as error:
        condition = error.getCondition() if hasattr(error, "getCondition") else None
        known = {"parameters": error.getMessageParameters(), "sqlstate": error.getSqlState()} if condition else {}
        return {"error": type(error).__name__, "condition": condition, **known}


def main() -> None:
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.remote("local[1]").getOrCreate()
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    names = frames(spark)
    lines = [f"{json.dumps(t)}: {json.dumps(answer(t, names), ensure_ascii=False)}" for t in texts()]
    spark.stop()
    RECORDED.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
