#!/usr/bin/env python3
"""Run the doctests that ship inside the installed `pyspark-client` against a Spark Connect server.

    pyspark_doctests.py --remote sc://127.0.0.1:15002 --out doctests.json [MODULE ...]

Each module is run by its own `_test()` entry point in a process of its own, the way Apache Spark
runs it, so set-up and exclusions are upstream's. The report holds, per doctest, the examples
attempted and each failing one with what was expected and what came back.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

MODULES = {
    "functions": "pyspark.sql.connect.functions.builtin",
    "partitioning": "pyspark.sql.connect.functions.partitioning",
    "dataframe": "pyspark.sql.connect.dataframe",
    "column": "pyspark.sql.connect.column",
    "group": "pyspark.sql.connect.group",
    "window": "pyspark.sql.connect.window",
    "session": "pyspark.sql.connect.session",
    "readwriter": "pyspark.sql.connect.readwriter",
    "catalog": "pyspark.sql.connect.catalog",
    "conf": "pyspark.sql.connect.conf",
    "merge": "pyspark.sql.connect.merge",
    "observation": "pyspark.sql.connect.observation",
    "tvf": "pyspark.sql.connect.tvf",
    "avro": "pyspark.sql.connect.avro.functions",
    "streaming.readwriter": "pyspark.sql.connect.streaming.readwriter",
    "streaming.query": "pyspark.sql.connect.streaming.query",
    "udf": "pyspark.sql.udf",
    "udtf": "pyspark.sql.udtf",
    "pandas.frame": "pyspark.pandas.frame",
    "pandas.series": "pyspark.pandas.series",
    "pandas.groupby": "pyspark.pandas.groupby",
    "pandas.generic": "pyspark.pandas.generic",
    "pandas.indexes": "pyspark.pandas.indexes.base",
    "pandas.namespace": "pyspark.pandas.namespace",
    "pandas.window": "pyspark.pandas.window",
    "pandas.strings": "pyspark.pandas.strings",
    "pandas.datetimes": "pyspark.pandas.datetimes",
    "pandas.sql": "pyspark.pandas.sql_formatter",
}

CHILD = r"""
import doctest, json, runpy, sys, os
module, out = sys.argv[1:3]
records = []

class Runner(doctest.DocTestRunner):
    def run(self, test, *args, **kwargs):
        self.record = {"name": test.name, "attempted": len(test.examples), "failed": []}
        records.append(self.record)
        result = super().run(test, *args, **kwargs)
        with open(out, "w") as f:
            json.dump(records, f)
        return result
    def report_failure(self, out, test, example, got):
        self.record["failed"].append({"source": example.source, "want": example.want, "got": got})
    def report_unexpected_exception(self, out, test, example, exc_info):
        got = f"{exc_info[0].__name__}: {str(exc_info[1])[:2000]}"
        self.record["failed"].append({"source": example.source, "want": example.want, "got": got})

def testmod(m=None, name=None, globs=None, optionflags=0, extraglobs=None, **_):
    if globs is None:
        globs = m.__dict__
    runner = Runner(verbose=False, optionflags=optionflags)
    for test in doctest.DocTestFinder().find(m, m.__name__, globs=globs, extraglobs=extraglobs):
        if test.examples:
            runner.run(test)
    return doctest.TestResults(runner.failures, runner.tries)

doctest.testmod = testmod
# Modules without a Connect entry point name a local master; the server under test stands in for it.
from pyspark.sql import SparkSession
SparkSession.Builder.master = lambda self, master: self
sys.argv = [module]
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--remote", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--timeout", type=int, default=900, help="seconds for one module")
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=", ".join(MODULES))
    args = parser.parse_args()
    report = {}
    passed = attempted = 0
    for name in args.modules or MODULES:
        with tempfile.TemporaryDirectory() as scratch:
            out = os.path.join(scratch, "out.json")
            env = dict(
                os.environ,
                SPARK_CONNECT_TESTING_REMOTE=args.remote,
                SPARK_REMOTE=args.remote,
                SPARK_HOME=os.environ.get("SPARK_HOME", scratch),
                SPARK_TESTING="1",
                TZ="America/Los_Angeles",
                PYTHONWARNINGS="ignore",
            )
            note = ""
            try:
                done = subprocess.run(
                    [sys.executable, "-c", CHILD, MODULES[name], out],
                    env=env,
                    cwd=scratch,
                    capture_output=True,
                    text=True,
                    timeout=args.timeout,
                )
                if not os.path.exists(out):
                    note = done.stderr[-1500:]
            except subprocess.TimeoutExpired:
                note = f"timed out after {args.timeout} s"
            tests = json.loads(Path(out).read_text()) if os.path.exists(out) else []
        tried = sum(t["attempted"] for t in tests)
        failed = sum(len(t["failed"]) for t in tests)
        passed, attempted = passed + tried - failed, attempted + tried
        report[name] = {"tests": tests, "attempted": tried, "failed": failed, "note": note}
        clean = sum(not t["failed"] for t in tests)
        score = f"{tried - failed:5}/{tried:<5} examples   {clean:4}/{len(tests):<4} doctests clean"
        print(f"{name:22} {score}   {note[:100]!r}", flush=True)
    with open(args.out, "w") as f:
        json.dump(report, f, indent=1)
    print(f"{'all':22} {passed:5}/{attempted:<5} examples")
    return 0


if __name__ == "__main__":
    sys.exit(main())
