"""One engine, asked over standard input: a JSON request a line in, a JSON answer a line out.

    worker.py ENGINE THREADS [MEMORY]

It runs in the engine's own environment, so it imports nothing of this package; but for DuckDB alone it is an ordinary
PySpark script. A request names what to do: `tables` (of a directory, for `sql` to use), `count` ten rows, or `collect`,
`arrow` or `pandas` the result of `sql`; or `frame`, for the `schema` or the rows (`action`) of a DataFrame of so many
`columns`, added in a `loop`, in a `chain` where each is made of the one before, or at once (`wide`); or `python`, for
so many `rows` through a function of a `kind`. The answer has the `seconds` it took and the `rows`, or the `error`.
"""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Protocol


class Session(Protocol):
    """What is measured, the same of every engine."""

    def table(self, name: str, path: str) -> None: ...
    def count(self) -> int: ...
    def collect(self, sql: str) -> int: ...
    def arrow(self, sql: str) -> int: ...
    def pandas(self, sql: str) -> int: ...
    def frame(self, shape: str, columns: int, action: str) -> int: ...
    def python(self, kind: str, rows: int, groups: int) -> int: ...
    def close(self) -> None: ...


class DuckDB:
    def __init__(self, threads: str, memory: str | None) -> None:
        import duckdb

        self.connection = duckdb.connect()
        self.connection.execute(f"SET threads = {threads}")
        if memory:
            self.connection.execute(f"SET memory_limit = '{memory}'")

    def table(self, name: str, path: str) -> None:
        self.connection.execute(f"CREATE VIEW {name} AS FROM read_parquet('{path}')")

    def count(self) -> int:
        return len(self.connection.execute("SELECT count(*) FROM range(10)").fetchall())

    def collect(self, sql: str) -> int:
        return len(self.connection.execute(sql.replace("`", '"')).fetchall())

    def arrow(self, sql: str) -> int:
        return int(self.connection.sql(sql).to_arrow_table().num_rows)

    def pandas(self, sql: str) -> int:
        return len(self.connection.sql(sql).df())

    def frame(self, shape: str, columns: int, action: str) -> int:
        raise NotImplementedError("DuckDB alone has no DataFrames")

    def python(self, kind: str, rows: int, groups: int) -> int:
        raise NotImplementedError("DuckDB alone has no functions of PySpark's kinds")

    def close(self) -> None:
        self.connection.close()


class Spark:
    """A PySpark session, whoever is behind it."""

    def __init__(self, builder: Any, server: subprocess.Popen[bytes] | None = None) -> None:
        self.spark = builder.getOrCreate()
        self.server = server

    def table(self, name: str, path: str) -> None:
        self.spark.read.parquet(path).createOrReplaceTempView(name)

    def count(self) -> int:
        return int(self.spark.range(10).count())

    def collect(self, sql: str) -> int:
        return len(self.spark.sql(sql).collect())

    def arrow(self, sql: str) -> int:
        return int(self.spark.sql(sql).toArrow().num_rows)

    def pandas(self, sql: str) -> int:
        return len(self.spark.sql(sql).toPandas())

    def python(self, kind: str, rows: int, groups: int) -> int:
        """Rows through a function of a kind, counted by the engine behind it."""
        from pyspark.sql import functions as F

        ids = self.spark.range(rows)
        if kind == "udf":
            frame = ids.select(F.udf(lambda x: x + 1, "long")("id").alias("v"))
        elif kind == "pandas_udf":
            frame = ids.select(F.pandas_udf(lambda x: x + 1, "long")("id").alias("v"))
        elif kind == "mapInPandas":
            frame = ids.mapInPandas(lambda it: (p.assign(id=p.id + 1) for p in it), "id long").toDF("v")
        else:
            keyed = ids.select((F.col("id") % groups).alias("k"), F.col("id").cast("double").alias("v"))
            frame = keyed.groupBy("k").applyInPandas(lambda p: p.assign(v=p.v - p.v.mean()), "k long, v double")
        return int(frame.agg(F.count("v")).collect()[0][0])

    def frame(self, shape: str, columns: int, action: str) -> int:
        from pyspark.sql import functions as F

        sys.setrecursionlimit(100_000)  # the client walks plans recursively
        frame = self.spark.range(3)
        if shape == "wide":
            frame = frame.select(*[(F.col("id") + i).alias(f"c{i}") for i in range(columns)])
        else:
            for i in range(columns):
                base = f"c{i - 1}" if shape == "chain" and i else "id"
                frame = frame.withColumn(f"c{i}", F.col(base) + i)
        return len(frame.schema.fields) if action == "schema" else len(frame.collect())

    def close(self) -> None:
        self.spark.stop()
        if self.server:
            self.server.terminate()
            self.server.wait()


def glowplug(threads: str, memory: str | None) -> Session:
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.config("spark.glowplug.threads", threads)
    return Spark(builder.config("spark.glowplug.memory.limit", memory) if memory else builder)


def sail(threads: str, memory: str | None) -> Session:
    """A server and a client; the server takes every core, and has no limit of memory to set."""
    from pyspark.sql import SparkSession

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = Path(sys.executable).with_name("sail")
    server = subprocess.Popen([program, "spark", "server", "--port", str(port)], stdin=subprocess.DEVNULL)
    for _ in range(600):
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    return Spark(SparkSession.builder.remote(f"sc://127.0.0.1:{port}"), server)


def spark(threads: str, memory: str | None) -> Session:
    """In the form that serves it best: Arrow to pandas, and as many shuffle partitions as threads."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(f"local[{threads}]").config("spark.driver.memory", memory or "4g")
    builder = builder.config("spark.driver.maxResultSize", "0").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.execution.arrow.pyspark.enabled", "true")
    return Spark(builder.config("spark.sql.shuffle.partitions", threads))


START = {"duckdb": DuckDB, "glowplug": glowplug, "sail": sail, "spark": spark}


def perform(session: Session, request: dict[str, str]) -> dict[str, object]:
    started = time.perf_counter()
    match request["do"]:
        case "tables":
            for file in sorted(Path(request["directory"]).glob("*.parquet")):
                session.table(file.stem, str(file))
            rows = 0
        case "count":
            rows = session.count()
        case "collect":
            rows = session.collect(request["sql"])
        case "arrow":
            rows = session.arrow(request["sql"])
        case "pandas":
            rows = session.pandas(request["sql"])
        case "frame":
            rows = session.frame(request["shape"], int(request["columns"]), request["action"])
        case "python":
            rows = session.python(request["kind"], int(request["rows"]), int(request["groups"]))
        case other:
            raise ValueError(f"no such request: {other}")
    return {"seconds": time.perf_counter() - started, "rows": rows}


def main(engine: str, threads: str, memory: str | None = None) -> None:
    # Whatever the engine prints goes to the log; the answers have the pipe to themselves.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    session = START[engine](threads, memory)
    print(json.dumps({"ready": engine}), file=answers, flush=True)
    for line in sys.stdin:
        try:
            answer = perform(session, json.loads(line))
        except Exception as error:  # a query an engine cannot answer is a result
            answer = {"error": f"{type(error).__name__}: {error}"[:500]}
        print(json.dumps(answer), file=answers, flush=True)
    session.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
