"""Rows a second of functions, by processor time, beside DuckDB's nearest native one: what is below a tenth stands out.

    python -m bench.functions [--rows 1000000] [NAME ...]

Each function is computed for all rows of one Parquet file, and only its maximum leaves the engine; aggregates are
computed as they are. The function's own cost is what is left after the time of `max` over its argument alone is taken
off, which the table does not do: both engines pay it.

A second table has the functions whose body is Python and that have no native neighbour, by microseconds a row, over
fewer rows. A function that calls Python in its example and is in neither table is named at the end.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stderr, suppress
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb

import glowplug
from bench.__main__ import table
from glowplug.functions.registry import all_functions
from glowplug.kernel.workbench import Workbench

ROWS = 1_000_000
PART = 20  # one row of so many is enough for what has no neighbour
DATA = (
    "SELECT range AS i, range * 0.37 AS d, 'user-' || (range % 5000) || '@Example.org' AS s,"
    " DATE '2020-01-01' + CAST(range % 2000 AS INTEGER) AS day,"
    " TIMESTAMP '2020-01-01 00:00:00' + to_seconds(range) AS ts, [range, range % 7, 3] AS a,"
    ' \'{{"a": \' || range || \', "b": "x"}}\' AS j, CAST(range % 100000 / 100 AS DECIMAL(12, 2)) AS c,'
    " 'https://me@example.org:80/p%20' || range || '?q=' || range || '&r=2#top' AS url,"
    " '<a><b>' || range || '</b><b>x</b></a>' AS x, [range::FLOAT, 2, 3, (range % 7)::FLOAT] AS e,"
    " strftime(DATE '2020-01-01' + CAST(range % 2000 AS INTEGER), '%d/%m/%Y') AS t"
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

AVRO = '\'{"type": "record", "name": "R", "fields": [{"name": "i", "type": ["null", "long"]}]}\''
PROTO = "X'0a2c0a076d2e70726f746f22190a014d12090a016918012001280312090a0173180220012809620670726f746f33'"  # M {i, s}
# Functions whose body is Python, at least for some rows, and that DuckDB has nothing like; over a part of the rows.
BODIES = (
    ("aes_decrypt", "aes_decrypt(aes_encrypt(s, '1234567890abcdef'), '1234567890abcdef')"),
    ("aes_encrypt", "aes_encrypt(s, '1234567890abcdef')"),
    ("array_sort of texts", "array_sort(split(s, '-'), (x, y) -> CASE WHEN x < y THEN 1 ELSE -1 END)[0]"),
    ("conv", "conv(CAST(i AS STRING), 10, 16)"),
    ("conv from 16", "conv(hex(i), 16, 10)"),
    ("date_format names", "date_format(ts, 'EEEE, d MMM yyyy h:mm a')"),
    ("date_format weeks", "date_format(ts, 'Q D F')"),
    ("decode", "decode(encode(s, 'UTF-16BE'), 'UTF-16BE')"),
    ("decimal /", "c / 7"),
    ("encode", "encode(s, 'UTF-16BE')"),
    *((f, f"{f}(d / 1e6)") for f in ("cbrt", "cosh", "exp", "expm1", "log1p", "log2", "sinh", "tanh")),
    ("format_string float", "format_string('%.3f %s', CAST(d AS DOUBLE), s)"),
    ("from_avro", f"from_avro(to_avro(struct(i)), {AVRO}).i"),
    ("from_csv", "from_csv(concat(i, ',', s), 'a INT, b STRING').a"),
    ("from_protobuf", f"from_protobuf(to_protobuf(struct(i, s), 'M', {PROTO}), 'M', {PROTO}).i"),
    ("from_xml", "from_xml(x, 'b ARRAY<STRING>').b[0]"),
    ("hash of rows", "hash(i, s, d)"),
    ("hypot", "hypot(i, d)"),
    ("java_method", "java_method('java.lang.Integer', 'toHexString', CAST(i AS INT))"),
    ("is_valid_variant", "is_valid_variant(parse_json(j))"),
    ("json_array_length", "json_array_length(concat('[', i, ',2]'))"),
    ("json_object_keys", "json_object_keys(j)[0]"),
    ("json_tuple", "SELECT max(a) FROM (SELECT json_tuple(j, 'a', 'b') AS (a, b) FROM part)"),
    ("levenshtein of texts", "levenshtein(s, t)"),
    ("like any", "s RLIKE '(?i)USER-(?=1).*'"),
    ("lower of others", "lower(concat(s, 'É'))"),
    ("luhn_check", "luhn_check(CAST(i AS STRING))"),
    ("make_timestamp zone", "to_timestamp(concat(t, ' 10:00'), 'dd/MM/yyyy HH:mm')"),
    ("mask", "mask(s)"),
    ("months_between of timestamps", "months_between(ts, TIMESTAMP'2020-01-31 12:34:56')"),
    ("overlay", "overlay(CAST(s AS BINARY) PLACING CAST('x' AS BINARY) FROM 2)"),
    ("parse_json", "to_json(parse_json(j))"),
    ("parse_url", "parse_url(url, 'HOST')"),
    ("parse_url query", "parse_url(url, 'QUERY', 'r')"),
    ("rand", "rand(1)"),
    ("randn", "randn(1)"),
    ("randstr", "randstr(5, 1)"),
    ("regexp_count", "regexp_count(s, '[0-9](?=@)')"),
    ("regexp_extract_all", "size(regexp_extract_all(s, '([0-9])(?=[0-9])', 1))"),
    ("regexp_instr", "regexp_instr(s, '@')"),
    ("regexp_replace Java's", "regexp_replace(s, '[0-9]+(?=@)', '#')"),
    ("regexp_substr", "regexp_substr(s, '[0-9](?=@)')"),
    ("reverse of bytes", "reverse(CAST(s AS BINARY))"),
    ("schema_of_variant", "schema_of_variant(parse_json(j))"),
    ("sentences", "sentences(s)[0][0]"),
    ("sha2 512", "sha2(s, 512)"),
    ("shuffle", "shuffle(a, 1)[0]"),
    ("soundex", "soundex(s)"),
    ("split Java's", "split(s, '(?<=-)')[0]"),
    ("st_asbinary", "st_asbinary(st_geomfromwkb(concat(X'0101000000000000000000F03F', unhex(lpad(hex(i), 16, '0')))))"),
    ("st_geogfromwkb", "st_srid(st_geogfromwkb(if(i % 2 = 0, NULL, X'0101000000000000000000F03F0000000000000040')))"),
    ("st_setsrid", "st_srid(st_setsrid(st_geomfromwkb(X'0101000000000000000000F03F0000000000000040'), i % 2 * 4326))"),
    ("str_to_map", "str_to_map(concat('a:', i, ',b:', s))['b']"),
    ("substring_index", "substring_index(s, '@', 1)"),
    ("to_binary", "to_binary(hex(i), 'hex')"),
    ("to_binary base64", "unbase64(base64(CAST(s AS BINARY)))"),
    ("to_binary utf8", "to_binary(s, 'utf-8')"),
    ("to_char bytes", "to_char(CAST(s AS BINARY), 'utf-8')"),
    ("to_char of money", "to_char(c, '$99,999.99MI')"),
    ("to_number", "to_number(CAST(c AS STRING), '99999.99')"),
    ("to_timestamp names", "to_timestamp(date_format(ts, 'd MMM yyyy h:mm a'), 'd MMM yyyy h:mm a')"),
    ("to_timestamp pattern", "to_timestamp(t, 'dd/MM/yyyy')"),
    ("to_variant_object", "to_json(to_variant_object(named_struct('a', i, 'b', s)))"),
    ("to_xml", "to_xml(named_struct('a', i, 'b', s))"),
    ("upper of others", "upper(concat(s, 'ß'))"),
    ("url_decode", "url_decode(url)"),
    ("url_encode", "url_encode(url)"),
    ("variant_explode", "SELECT max(pos) FROM part, LATERAL variant_explode(parse_json(concat('[', i, ',2]')))"),
    ("variant_get", "variant_get(parse_json(j), '$.a', 'int')"),
    *((f"vector_{f}", f"vector_{f}(e, reverse(e))") for f in ("cosine_similarity", "inner_product", "l2_distance")),
    ("vector_norm", "vector_norm(e)"),
    ("vector_normalize", "vector_normalize(e)[0]"),
    ("xpath", "xpath(x, 'a/b/text()')[0]"),
    *((f"xpath_{t}", f"xpath_{t}(x, 'a/b[1]')") for t in ("boolean", "double", "float", "int", "long", "short")),
    ("xpath_string", "xpath_string(x, 'a/b[1]')"),
)
# The same of aggregates, each over one group and over groups of a few rows.
FOLDS = (
    ("approx_count_distinct", "approx_count_distinct(i)"),
    ("approx_top_k", "approx_top_k(i % 1000)"),
    ("approx_top_k_accumulate", "approx_top_k_accumulate(i % 1000)"),
    ("bitmap_and_agg", "bitmap_and_agg(unhex(lpad(hex(i), 8, '0')))"),
    ("bitmap_construct_agg", "bitmap_construct_agg(i % 32768)"),
    ("bitmap_or_agg", "bitmap_or_agg(unhex(lpad(hex(i), 8, '0')))"),
    ("count_min_sketch", "count_min_sketch(i, 0.01D, 0.9D, 1)"),
    ("histogram_numeric", "histogram_numeric(d, 5)"),
    ("hll_sketch_agg", "hll_sketch_agg(s)"),
    ("kll_sketch_agg_bigint", "kll_sketch_agg_bigint(i)"),
    ("kll_sketch_agg_float", "kll_sketch_agg_float(CAST(d AS FLOAT))"),
    ("percentile weighted", "percentile(d, 0.5, i % 3)"),
    ("schema_of_variant_agg", "schema_of_variant_agg(parse_json(j))"),
    ("theta_sketch_agg", "theta_sketch_agg(s)"),
    ("tuple_sketch_agg_double", "tuple_sketch_agg_double(i, d)"),
    ("tuple_sketch_agg_integer", "tuple_sketch_agg_integer(s, CAST(i AS INT))"),
    ("vector_avg", "vector_avg(e)"),
    ("vector_sum", "vector_sum(e)"),
)
# A view of many sketches, and what is asked of each, or is an aggregate of them.
SKETCHES = (
    "hll_sketch_agg(i) AS hll, theta_sketch_agg(i) AS theta, tuple_sketch_agg_double(i, d) AS tuple,"
    " kll_sketch_agg_double(CAST(d AS DOUBLE)) AS kll, approx_top_k_accumulate(i % 7) AS top"
)
OF_SKETCHES = (
    "approx_top_k_estimate(top)[0].count",
    "hll_sketch_estimate(hll)",
    "hll_union(hll, hll)",
    "hll_union_agg(hll)",
    "kll_sketch_get_n_double(kll)",
    "kll_sketch_get_quantile_double(kll, 0.5)",
    "kll_sketch_get_rank_double(kll, 0.5)",
    "kll_merge_agg_double(kll)",
    "theta_difference(theta, theta)",
    "theta_intersection(theta, theta)",
    "theta_intersection_agg(theta)",
    "theta_sketch_estimate(theta)",
    "theta_union(theta, theta)",
    "theta_union_agg(theta)",
    "tuple_sketch_estimate_double(tuple)",
    "tuple_sketch_summary_double(tuple, 'sum')",
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


def bodies(rows: int, names: list[str]) -> list[tuple[str, float]]:
    """Name and microseconds a row of functions in Python."""
    spark, kernel = glowplug.session(), duckdb.connect()
    small, found = max(rows // 10, 1), []
    queries = [
        (n, c if c.startswith("SELECT") else f"SELECT max(v) FROM (SELECT {c} AS v FROM part)", rows) for n, c in BODIES
    ]
    queries += [(n, f"SELECT {c} FROM part", rows) for n, c in FOLDS]
    queries += [(f"{n} by group", f"SELECT {c} FROM part GROUP BY i % {small}", rows) for n, c in FOLDS]
    queries += [(c, f"SELECT {c if '_agg' in c else f'max({c})'} FROM sketches", small) for c in OF_SKETCHES]
    with tempfile.TemporaryDirectory() as folder:
        kernel.sql(f"COPY ({DATA.format(rows=rows)}) TO '{folder}/part.parquet'")
        spark.read.parquet(f"{folder}/part.parquet").createOrReplaceTempView("part")
        sketches = spark.sql(f"SELECT {SKETCHES} FROM part GROUP BY i % {small}")
        sketches.write.parquet(f"{folder}/sketches")
        spark.read.parquet(f"{folder}/sketches").createOrReplaceTempView("sketches")
        for name, query, n in queries:
            if not names or name in names:
                found.append((name, 1e6 / _rate(lambda sql=query: spark.sql(sql).toArrow(), n)))  # type: ignore[misc]
    spark.stop()
    return found


def unmeasured() -> list[str]:
    """Functions whose example calls Python, and of which nothing here says how fast they are."""
    measured = "|".join(x[1] for x in (*SCALARS, *AGGREGATES, *BODIES, *FOLDS)) + "|".join(OF_SKETCHES)
    calls, define, missing = set[str](), Workbench.python, []

    def defined(bench: Workbench, name: str, *declaration: Any) -> str:
        calls.add(name)
        return define(bench, name, *declaration)

    spark = glowplug.session()
    with patch.object(Workbench, "python", defined), redirect_stderr(StringIO()):
        for name, function in all_functions().items():
            calls.clear()
            with suppress(Exception):  # some examples are of errors, or of tables that are not there
                spark.sql(function.example).toArrow()
            known = {n.removeprefix("try_") for n in function.names}
            if any(c.startswith(f"py_{name}_") for c in calls) and not any(f"{n}(" in measured for n in known):
                missing.append(name)
    spark.stop()
    return sorted(missing)


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
    slowest = sorted(bodies(max(args.rows // PART, 10), args.names), key=lambda x: -x[1])
    table("Functions in Python, slowest first", ["microseconds a row", ""], [[n, f"{t:,.2f}"] for n, t in slowest])
    print(f"Below a tenth of DuckDB's nearest, {len(slow)} of {len(found)}: {', '.join(slow) or 'none'}")
    if not args.names:
        print(f"In Python and in neither table: {', '.join(unmeasured()) or 'none'}")


if __name__ == "__main__":
    main()
