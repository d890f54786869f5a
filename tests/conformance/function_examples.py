#!/usr/bin/env python3
"""Score a Spark Connect server on the documented examples of Spark's built-in functions.

    function_examples.py --remote sc://127.0.0.1:15002 --out examples.json [FUNCTION ...]

`function_examples.jsonl` holds what Apache Spark 4.2.1 answered (session time zone
America/Los_Angeles, through the same client): the schema and the sorted `repr` of each row, or
the error condition. An example counts for `values`, `types` and `names` apart and for `exact`
when all three agree; where Spark failed, when the server fails with the same condition. Rows of
examples marked `unstable` (random, clock, user) are not compared. Nullability is counted apart.
"""

import argparse
import json
import os
import pathlib
import sys
import time

os.environ["TZ"] = "America/Los_Angeles"
time.tzset()


def types(schema):
    """The schema without nullability, metadata and the names of the outermost columns."""

    def strip(node):
        if isinstance(node, dict):
            return {k: strip(v) for k, v in node.items() if "ull" not in k and k != "metadata"}
        return [strip(x) for x in node] if isinstance(node, list) else node

    return [strip(field["type"]) for field in schema["fields"]]


def names(schema):
    return [field["name"] for field in schema["fields"]]


def nullability(node):
    if isinstance(node, dict):
        return {k: v if "ull" in k else nullability(v) for k, v in node.items() if k not in ("metadata", "name")}
    return [nullability(x) for x in node] if isinstance(node, list) else node


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--remote", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("functions", nargs="*", metavar="FUNCTION")
    args = parser.parse_args()
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.remote(args.remote).getOrCreate()
    spark.conf.set("spark.sql.session.timeZone", "America/Los_Angeles")
    cases = [json.loads(line) for line in pathlib.Path(__file__).with_suffix(".jsonl").read_text().splitlines()]
    if args.functions:
        cases = [c for c in cases if c["function"] in args.functions]
    report, counts = [], dict.fromkeys(("exact", "values", "types", "names", "nullability", "failed"), 0)
    for case in cases:
        got, right = {}, {}
        try:
            frame = spark.sql(case["query"])
            got["schema"] = frame.schema.jsonValue()
            got["rows"] = sorted(repr(tuple(row)) for row in frame.collect())
        except Exception as error:  # every failure is a result here
            got["error"] = getattr(error, "getCondition", lambda: None)() or type(error).__name__
            got["message"] = str(error)[:400]
        if "error" in case:
            right = dict.fromkeys(("values", "types", "names"), got.get("error") == case["error"])
        elif "error" in got:
            counts["failed"] += 1
        else:
            right = {
                "values": got["rows"] == case["rows"] or bool(case.get("unstable")),
                "types": types(got["schema"]) == types(case["schema"]),
                "names": names(got["schema"]) == names(case["schema"]),
            }
            counts["nullability"] += nullability(got["schema"]) == nullability(case["schema"])
        right["exact"] = bool(right) and all(right.values())
        for key, value in right.items():
            counts[key] += value
        report.append({"right": right, **case, "got": got})
    pathlib.Path(args.out).write_text(json.dumps(report, indent=1))
    total = len(cases)
    print(", ".join(f"{k}: {v}" for k, v in counts.items()), f"of {total} examples")
    return 0


if __name__ == "__main__":
    sys.exit(main())
