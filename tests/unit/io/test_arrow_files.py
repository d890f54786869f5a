"""Arrow IPC files: what other programs write is read, and what is written they read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

TABLE = pa.table(
    {
        "i": pa.array([1, None, 3], pa.int32()),
        "u": pa.array([1, 2, None], pa.uint8()),
        "s": pa.array(["a", "b", None], pa.large_string()),
        "d": pa.array(["x", "y", "x"]).dictionary_encode(),
        "t": pa.array([1, 2, None], pa.timestamp("ns")),
        "z": pa.array([1, 2, None], pa.timestamp("ms", "Europe/Paris")),
        "l": pa.array([[1, None], [], None], pa.list_(pa.int64())),
        "m": pa.array([[("k", 1)], [], None], pa.map_(pa.string(), pa.int64())),
        "r": pa.array([{"x": 1}, None, {"x": None}], pa.struct([("x", pa.int64())])),
        "p": pa.array([1, None, 2], pa.duration("s")),
        "n": pa.nulls(3),
    }
)


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    import glowplug

    session = glowplug.session()
    session.conf.set("spark.sql.session.timeZone", "UTC")
    yield session
    session.stop()


def write(path: Path, table: pa.Table, footer: bool = True) -> str:
    with (pa.ipc.new_file if footer else pa.ipc.new_stream)(str(path), table.schema) as writer:
        writer.write_table(table, max_chunksize=2)
    return str(path)


@pytest.mark.parametrize("footer", [True, False], ids=["file", "stream"])
def test_reads_both_kinds(spark: Any, tmp_path: Path, footer: bool) -> None:
    frame = spark.read.format("arrow").load(write(tmp_path / "f.arrow", TABLE, footer))
    assert frame.schema.simpleString() == (
        "struct<i:int,u:smallint,s:string,d:string,t:timestamp_ntz,z:timestamp,l:array<bigint>,m:map<string,bigint>,"
        "r:struct<x:bigint>,p:interval day to second,n:void>"
    )
    first = frame.collect()[0].asDict(recursive=True)
    assert first == {
        "i": 1, "u": 1, "s": "a", "d": "x", "t": datetime(1970, 1, 1), "z": first["z"], "l": [1, None], "m": {"k": 1},
        "r": {"x": 1}, "p": timedelta(seconds=1), "n": None,
    }  # fmt: skip
    assert [tuple(r) for r in frame.selectExpr("r.x", "cast(z as string)", "d").collect()] == [
        (1, "1970-01-01 00:00:00.001", "x"), (None, "1970-01-01 00:00:00.002", "y"), (None, None, "x"),
    ]  # fmt: skip
    assert frame.count() == 3


@pytest.mark.parametrize("compression", ["none", "lz4", "zstd"])
def test_what_is_written_others_read(spark: Any, tmp_path: Path, compression: str) -> None:
    frame = spark.sql(
        "select id, cast(id as string) s, array(id) a, make_ym_interval(1, 2) ym, make_dt_interval(1) dt, id % 2 p from range(5)"
    )
    path = str(tmp_path / "out")
    frame.write.format("arrow").partitionBy("p").option("compression", compression).save(path)
    again = spark.read.format("arrow").load(path)
    assert again.schema.simpleString() == frame.schema.simpleString().replace("p:bigint", "p:int")
    rows = again.orderBy("id")
    assert [tuple(r) for r in rows.select("id", "s", "a").collect()] == [(i, str(i), [i]) for i in range(5)]
    assert rows.selectExpr("cast(ym as string)", "cast(dt as string)").first() == (
        "INTERVAL '1-2' YEAR TO MONTH",
        "INTERVAL '1 00:00:00' DAY TO SECOND",
    )
    (part,) = (tmp_path / "out" / "p=0").glob("*.arrow")
    assert pa.ipc.open_file(str(part)).read_all().column("id").to_pylist() == [0, 2, 4]


def test_schemas(spark: Any, tmp_path: Path) -> None:
    write(tmp_path / "a.arrow", pa.table({"a": [1], "b": ["x"]}))
    write(tmp_path / "b.arrow", pa.table({"A": [2], "c": [1.5]}))
    read = spark.read.format("arrow")
    assert read.load(str(tmp_path)).schema.simpleString() == "struct<a:bigint,b:string>"
    assert sorted(map(tuple, read.option("mergeSchema", "true").load(str(tmp_path)).collect())) == [
        (1, "x", None),
        (2, None, 1.5),
    ]
    assert sorted(map(tuple, read.schema("c DOUBLE, a DOUBLE, z INT").load(str(tmp_path)).collect(), ), key=str) == [
        (1.5, 2.0, None),
        (None, 1.0, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "schema", "condition"),
    [
        (b"junk" * 10, None, "FAILED_READ_FILE.NO_HINT"),
        (b"junk" * 10, "a INT", "FAILED_READ_FILE.NO_HINT"),
        (b"ARROW1\0\0", None, "FAILED_READ_FILE.NO_HINT"),
        (b"", None, "UNABLE_TO_INFER_SCHEMA"),
        ("truncated", None, "FAILED_READ_FILE.NO_HINT"),
        ("whole", "i STRING", "FAILED_READ_FILE.NO_HINT"),
        ("whole", "i SMALLINT", "FAILED_READ_FILE.NO_HINT"),
    ],
)
def test_bad_files(spark: Any, tmp_path: Path, content: bytes | str, schema: str | None, condition: str) -> None:
    from pyspark.errors import PySparkException

    path = tmp_path / "f.arrow"
    write(path, TABLE.select(["i"]))
    whole = path.read_bytes()
    named = {"truncated": whole[: len(whole) // 2], "whole": whole}
    path.write_bytes(named[content] if isinstance(content, str) else content)
    with pytest.raises(PySparkException) as raised:
        read = spark.read.format("arrow")
        (read if schema is None else read.schema(schema)).load(str(path)).collect()
    assert raised.value.getCondition() == condition
