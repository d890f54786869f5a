"""Rows a second of functions, by processor time, beside DuckDB's nearest native one: what is below a tenth stands out.

    python -m bench.functions [--rows 1000000] [NAME ...]

Each function is computed for all rows of one Parquet file, and only its maximum leaves the engine; aggregates are
computed as they are. The function's own cost is what is left after the time of `max` over its argument alone is taken
off, which the table does not do: both engines pay it.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

import glowplug
from bench.__main__ import table

ROWS = 1_000_000
DATA = (
    "SELECT range AS i, range * 0.37 AS d, 'user-' || (range % 5000) || '@Example.org' AS s,"
    " DATE '2020-01-01' + CAST(range % 2000 AS INTEGER) AS day,"
    " TIMESTAMP '2020-01-01 00:00:00' + to_seconds(range) AS ts, [range, range % 7, 3] AS a,"
    ' \'{{"a": \' || range || \', "b": "x"}}\' AS j, CAST(range % 100000 / 100 AS DECIMAL(12, 2)) AS c'
    " FROM range({rows})"
)
# A function's name, its call in Spark's SQL, and DuckDB's nearest; the last are aggregates.
SCALARS = (
    ("+", "i + 1", "i + 1"),
    ("/", "i / 7", "i / 7"),
    ("%", "i % 7", "i % 7"),
    ("pmod", "pmod(i, 7)", "i % 7"),
    ("decimal *", "c * 1.07", "c * 1.07"),
    ("round", "round(d, 2)", "round(d, 2)"),
    ("bround", "bround(d, 2)", "round_even(d, 2)"),
    ("sqrt", "sqrt(d)", "sqrt(d)"),
    ("log", "log(d + 1)", "ln(d + 1)"),
    ("cast to string", "CAST(i AS STRING)", "CAST(i AS VARCHAR)"),
    ("double to string", "CAST(d AS STRING)", "CAST(d AS VARCHAR)"),
    ("string to int", "CAST(CAST(i AS STRING) AS BIGINT)", "CAST(CAST(i AS VARCHAR) AS BIGINT)"),
    ("upper", "upper(s)", "upper(s)"),
    ("substring", "substring(s, 2, 4)", "substring(s, 2, 4)"),
    ("concat", "concat(s, '!')", "s || '!'"),
    ("split", "split(s, '@')[0]", "split_part(s, '@', 1)"),
    ("regexp_replace", "regexp_replace(s, '[0-9]+', '#')", "regexp_replace(s, '[0-9]+', '#', 'g')"),
    ("regexp_extract", "regexp_extract(s, '([0-9]+)', 1)", "regexp_extract(s, '([0-9]+)', 1)"),
    ("rlike", "s RLIKE '9@'", "regexp_matches(s, '9@')"),
    ("like", "s LIKE '%9@%'", "s LIKE '%9@%'"),
    ("levenshtein", "levenshtein(s, 'user')", "levenshtein(s, 'user')"),
    ("initcap", "initcap(s)", "upper(s)"),
    ("format_string", "format_string('%d-%s', i, s)", "format('{}-{}', i, s)"),
    ("format_number", "format_number(d, 2)", "format('{:,.2f}', d)"),
    ("to_char", "to_char(c, '99,999.99')", "format('{:,.2f}', c)"),
    ("md5", "md5(s)", "md5(s)"),
    ("sha2", "sha2(s, 256)", "sha256(s)"),
    ("hash", "hash(i)", "hash(i)"),
    ("xxhash64", "xxhash64(s)", "hash(s)"),
    ("crc32", "crc32(s)", "hash(s)"),
    ("base64", "base64(CAST(s AS BINARY))", "base64(s::BLOB)"),
    ("year", "year(day)", "year(day)"),
    ("date_add", "date_add(day, 7)", "day + 7"),
    ("months_between", "months_between(day, DATE'2020-01-31')", "datediff('month', DATE '2020-01-31', day)"),
    ("date_trunc", "date_trunc('MONTH', ts)", "date_trunc('month', ts)"),
    ("date_format", "date_format(ts, 'yyyy-MM-dd HH:mm')", "strftime(ts, '%Y-%m-%d %H:%M')"),
    ("to_date", "to_date(CAST(day AS STRING), 'yyyy-MM-dd')", "strptime(CAST(day AS VARCHAR), '%Y-%m-%d')"),
    ("unix_timestamp", "unix_timestamp(ts)", "epoch(ts)"),
    ("get_json_object", "get_json_object(j, '$.a')", "json_extract_string(j, '$.a')"),
    ("from_json", "from_json(j, 'a INT, b STRING').a", 'from_json(j, \'{"a": "INTEGER"}\').a'),
    ("to_json", "to_json(named_struct('a', i))", "to_json({a: i})::VARCHAR"),
    ("array_contains", "array_contains(a, 3)", "list_contains(a, 3)"),
    ("array_sort", "array_sort(a)", "list_sort(a)"),
    ("array_distinct", "array_distinct(a)", "list_distinct(a)"),
    ("array_union", "array_union(a, array(1, 2))", "list_distinct(a || [1, 2])"),
    ("transform", "transform(a, x -> x + 1)", "list_transform(a, lambda x: x + 1)"),
    ("aggregate", "aggregate(a, 0L, (x, y) -> x + y)", "list_sum(a)"),
    ("array_sort by", "array_sort(a, (x, y) -> CAST(y - x AS INT))", "list_reverse_sort(a)"),
)
AGGREGATES = (
    ("sum", "sum(d)", "sum(d)"),
    ("avg of decimals", "avg(c)", "avg(c)"),
    ("stddev", "stddev(d)", "stddev(d)"),
    ("skewness", "skewness(d)", "skewness(d)"),
    ("kurtosis", "kurtosis(d)", "kurtosis_pop(d)"),
    ("percentile", "percentile(d, 0.5)", "quantile_cont(d, 0.5)"),
    ("approx_percentile", "approx_percentile(d, 0.5)", "approx_quantile(d, 0.5)"),
    ("mode", "mode(i % 100)", "mode(i % 100)"),
    ("count distinct", "count(DISTINCT s)", "count(DISTINCT s)"),
    ("approx_count_distinct", "approx_count_distinct(i)", "approx_count_distinct(i)"),
    ("hll_sketch_agg", "hll_sketch_agg(i)", "approx_count_distinct(i)"),
    ("theta_sketch_agg", "theta_sketch_agg(i)", "approx_count_distinct(i)"),
    ("kll_sketch_agg_double", "kll_sketch_agg_double(CAST(d AS DOUBLE))", "approx_quantile(d, 0.5)"),
    ("approx_top_k", "approx_top_k(i % 1000)", "approx_top_k(i % 1000, 5)"),
    ("count_min_sketch", "count_min_sketch(i, 0.01D, 0.9D, 1)", "approx_count_distinct(i)"),
    ("histogram_numeric", "histogram_numeric(i % 100, 5)", "histogram(i % 100)"),
)


def _rate(run: Callable[[], object], rows: int) -> float:
    """Rows a second of the better of two runs, the first of which also warms up.

    Seconds are the processor's, of all threads: they say the same on a machine that has other work.
    """
    seconds = []
    for _ in range(2):
        start = time.process_time()
        run()
        seconds.append(time.process_time() - start)
    return rows / min(seconds)


def measure(rows: int, names: list[str]) -> list[tuple[str, float, float]]:
    """Name, Glowplug's rows a second and DuckDB's."""
    found = []
    calls = [(n, f"max({s})", f"max({d})") for n, s, d in SCALARS] + list(AGGREGATES)
    spark, kernel = glowplug.session(), duckdb.connect()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.parquet"
        kernel.sql(f"COPY ({DATA.format(rows=rows)}) TO '{path}'")
        spark.read.parquet(str(path)).createOrReplaceTempView("data")
        kernel.sql(f"CREATE VIEW data AS FROM '{path}'")
        for name, ours, native in calls:
            if not names or name in names:
                mine = _rate(lambda sql=f"SELECT {ours} FROM data": spark.sql(sql).toArrow(), rows)  # type: ignore[misc]
                theirs = _rate(lambda sql=f"SELECT {native} FROM data": kernel.sql(sql).fetchall(), rows)  # type: ignore[misc]
                found.append((name, mine, theirs))
    spark.stop()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("names", nargs="*", metavar="NAME")
    args = parser.parse_args()
    found = sorted(measure(args.rows, args.names), key=lambda x: x[1] / x[2])
    slow = [name for name, mine, theirs in found if mine < theirs / 10]
    lines = [
        [
            name,
            f"{mine / 1e6:,.2f}",
            f"{theirs / 1e6:,.2f}",
            f"{mine / theirs:.2f}",
            "below a tenth" * (name in slow),
        ]
        for name, mine, theirs in found
    ]
    table(
        f"Functions over {args.rows:,} rows, slowest first",
        ["million rows/s", "Glowplug", "DuckDB", "ratio", ""],
        lines,
    )
    print(f"Below a tenth of DuckDB's nearest, {len(slow)} of {len(found)}: {', '.join(slow) or 'none'}")


if __name__ == "__main__":
    main()
