"""`from_json` of texts that the source reads, with lines that it leaves to others."""

from __future__ import annotations

import itertools
import json

import pytest
from pyspark.sql import functions as F

import glowplug
from glowplug.functions import json_native
from glowplug.io import parsed
from glowplug.io.parsed import parsed_column
from glowplug.native import native

FIELDS = "a INT, b STRING, t TIMESTAMP, n DOUBLE"
LINES = [
    '{"a": 1, "b": "x", "t": "2026-01-01T00:00:00Z", "n": 0.5}',
    '{"a": 2, "b": "é\\u00e9", "n": 7}',
    '{"a": "3", "b": 4}',
    '{"a": 5, "a": 6}',
    "{'a': 7}",
    "not JSON",
    "",
    '{"a": 99999999999}',
    '{"b": null, "x": [1, {"a": 2}], "t": "2026-01-01 1:2:3"}',
    '  {"a": 8}  ',
]


@pytest.fixture(scope="module", params=["native", "arrow"])
def spark(request):
    if request.param == "native" and native is None:
        pytest.skip("glowplug-native is not installed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_native, "native", native if request.param == "native" else None)
        session = glowplug.session()
        session.conf.set("spark.glowplug.verifyPlans", "true")
        session.engine = request.param
        yield session
        session.stop()


@pytest.fixture(params=["plain", "mixed", "malformed", "crlf", "cr"])
def texts(request, tmp_path):
    lines = {"plain": LINES[:2] * 1000, "malformed": LINES[3:]}.get(request.param, LINES * 300)
    end = {"crlf": "\r\n", "cr": "\r"}.get(request.param, "\n")
    for day, part in enumerate(itertools.batched(lines, 700) if hasattr(itertools, "batched") else [lines]):
        (tmp_path / f"day={day}").mkdir()
        (tmp_path / f"day={day}" / "lines.txt").write_text(end.join(part), newline="")
    return str(tmp_path)


@pytest.fixture
def schema(spark) -> str:
    """One of its own for each engine: the kernel keeps the functions that it was given."""
    return f"{FIELDS}, {spark.engine} INT"


def in_source(df) -> bool:
    return "from_json to struct<a:int" in df._explain_string()


def test_the_source_reads_what_the_kernel_would(spark, schema, texts):
    df = spark.read.text(texts)
    options = {"timestampFormat": "yyyy-MM-dd H:m:s"}
    for given in ({}, {"columnNameOfCorruptRecord": "bad"}, options):
        given_schema = schema + (", bad STRING" if "columnNameOfCorruptRecord" in given else "")
        quick = df.select(F.from_json("value", given_schema, given).alias("e"), "day", "_metadata.file_name")
        slow = df.select(
            F.from_json(F.concat("value", F.lit("")), given_schema, given).alias("e"), "day", "_metadata.file_name"
        )
        assert in_source(quick) == (given is not options)
        assert sorted(map(repr, quick.collect())) == sorted(map(repr, slow.collect()))
    field = df.select(F.from_json("value", schema).a.alias("a"))
    assert (
        field.groupBy("a").count().count()
        == df.select(F.from_json(F.trim("value"), schema).a.alias("a")).distinct().count()
    )


def test_texts_that_are_used_otherwise_stay_texts(spark, schema, texts):
    df = spark.read.text(texts)
    both = df.select(F.from_json("value", schema).alias("e"), F.length("value").alias("n"))
    assert not in_source(both)
    assert both.agg(F.sum("n")).first()[0] == df.agg(F.sum(F.length("value"))).first()[0]


def test_failfast_fails(spark, schema, texts):
    df = spark.read.text(texts).select(F.from_json("value", schema, {"mode": "FAILFAST"}).alias("e"))
    if "malformed" in texts:
        with pytest.raises(Exception, match="MALFORMED_RECORD_IN_PARSING"):
            df.collect()


def test_a_stream_reads_so_too(spark, schema, tmp_path):
    source, n = tmp_path / "in", 30_000
    source.mkdir()
    for part in range(3):
        rows = (json.dumps({"a": i, "b": "k"}) if i % 1000 else f"bad {i}" for i in range(part, n, 3))
        (source / f"{part}.txt").write_text("\n".join(rows))
    events = spark.readStream.text(str(source)).select(F.from_json("value", schema).alias("e"))
    counts = events.groupBy("e.b").agg(F.count("*").alias("n"), F.sum("e.a").alias("s"))
    name = f"counts_{spark.engine}"
    query = (
        counts.writeStream.format("memory").queryName(name).outputMode("complete").trigger(availableNow=True).start()
    )
    query.awaitTermination()
    good = [i for i in range(n) if i % 1000]
    assert {tuple(r) for r in spark.table(name).collect()} == {("k", len(good), sum(good)), (None, n - len(good), None)}


def test_a_scan_that_is_left_early_leaves_no_thread(spark, schema, texts):
    import threading

    before = threading.active_count()
    spark.read.text(texts).select(F.from_json("value", schema).alias("e")).limit(1).collect()
    for thread in threading.enumerate():
        if thread.name.startswith("read-ahead"):
            thread.join(5)
    assert threading.active_count() <= before + 1


def test_a_subquery_beside_may_use_the_text(spark, schema, texts):
    spark.read.text(texts).createOrReplaceTempView("m")
    beside = spark.sql(f"SELECT from_json(m.value, '{schema}').a AS a, (SELECT m.value) AS v FROM m")
    assert not in_source(beside) and beside.where("v LIKE 'not%' AND a IS NOT NULL").count() == 0


def test_names_that_come_twice_and_none_but_the_corrupt(spark, schema, texts):
    df = spark.read.text(texts)
    assert not in_source(df.select(F.from_json("value", f"a INT, {schema}").alias("e")))
    corrupt = df.select(F.from_json("value", "_corrupt_record STRING")._corrupt_record.alias("c")).distinct().collect()
    assert all(c is None or not c.startswith('{"') for (c,) in corrupt)


def test_wide_rows_of_short_lines_come_in_small_batches(spark, tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text("{}\n" * 50_000)
    sizes = []

    def column(values, texts, type):
        sizes.append(len(values))
        return parsed_column(values, texts, type)

    monkeypatch.setattr(parsed, "parsed_column", column)
    wide = ", ".join(f"c{i} {'INT' if spark.engine == 'arrow' else 'BIGINT'}" for i in range(400))
    df = spark.read.text(str(tmp_path)).select(F.from_json("value", wide).alias("e"))
    assert df.groupBy(F.to_json("e").alias("j")).count().collect() == [("{}", 50_000)]
    assert len(sizes) > 10 and max(sizes) * 400 <= parsed.VALUES * 2


def test_a_small_file_is_in_order_with_or_without_its_last_end(spark, tmp_path):
    for end in ("", "\n", "\r"):
        (tmp_path / "a.txt").write_text(f"1\n2\r\n3{end}", newline="")
        assert [tuple(r) for r in spark.read.text(str(tmp_path)).agg(F.first("value"), F.last("value")).collect()] == [
            ("1", "3")
        ]
