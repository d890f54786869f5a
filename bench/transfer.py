"""Large results: five million rows of three columns, as an Arrow table and as a pandas frame."""

from statistics import median

from bench.engines import Engine, Worker

ROWS = 5_000_000
RUNS = 5
# DuckDB alone has no table function of Spark's name and types, so it has its own text for the same rows.
SPARK = "SELECT id, CAST(id AS DOUBLE) * 0.5 AS half, CAST(id % 1000 AS STRING) AS name FROM range({rows})"
DUCKDB = (
    "SELECT range AS id, CAST(range AS DOUBLE) * 0.5 AS half, CAST(range % 1000 AS STRING) AS name FROM range({rows})"
)


def run(engine: Engine, rows: int = ROWS) -> dict[str, float]:
    """Median seconds of `arrow` and `pandas`, after one run of each that is not counted."""
    sql = (DUCKDB if engine.name == "duckdb" else SPARK).format(rows=rows)
    found = {}
    with Worker(engine) as worker:
        for form in ("arrow", "pandas"):
            answers = [worker.ask(form, sql=sql) for _ in range(RUNS + 1)][1:]
            if any(answer.get("rows") != rows for answer in answers):
                print(f"{engine.name}: {answers[0].get('error', 'wrong number of rows')}")
            found[form] = median(answer.get("seconds", float("nan")) for answer in answers)
    return found
