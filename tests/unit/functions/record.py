"""Ask Apache Spark what `answers/*.json` should say. Needs `pyspark` 4.2 and Java 17, in an environment of its own.

    TZ=America/Los_Angeles python tests/unit/functions/record.py FAMILY QUERIES

QUERIES is a file of one query a line. Each answer is the result's schema and rows, or the error's condition.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def ask(spark: Any, query: str) -> dict[str, Any]:
    try:
        frame = spark.sql(query)
        return {
            "query": query,
            "rows": [repr(tuple(r)) for r in frame.collect()],
            "schema": frame.schema.simpleString(),
        }
    except Exception as error:
        condition = error.getCondition() if hasattr(error, "getCondition") else None
        return {"query": query, "error": condition or "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION"}


def main() -> None:
    from pyspark.sql import SparkSession

    family, queries = sys.argv[1:]
    spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    answers = [ask(spark, q) for q in Path(queries).read_text().splitlines() if q]
    path = Path(__file__).parent / "answers" / f"{family}.json"
    path.write_text(json.dumps(answers, indent=1, ensure_ascii=False) + "\n")
    spark.stop()


if __name__ == "__main__":
    main()
