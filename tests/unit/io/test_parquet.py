"""Parquet: what is read, of which type, and how much of the file."""

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from glowplug.errors import SparkError
from tests.unit.io.conftest import Files, shown

MOMENT = datetime.datetime(2020, 1, 1, 12)


def store(path: Path, **columns: pa.Array) -> str:
    pq.write_table(pa.table(columns), path)
    return str(path)


# What Apache Spark 4.2.1 says of a column that Arrow writes.
@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (pa.array([1], pa.int8()), "tinyint"),
        (pa.array([1], pa.int16()), "smallint"),
        (pa.array([1], pa.uint8()), "smallint"),
        (pa.array([1], pa.uint16()), "int"),
        (pa.array([1], pa.uint32()), "bigint"),
        (pa.array([1], pa.uint64()), "decimal(20,0)"),
        (pa.array([1.5], pa.float32()), "float"),
        (pa.array(["x"]), "string"),
        (pa.array([b"x"]), "binary"),
        (pa.array([b"abcd"], pa.binary(4)), "binary"),
        (pa.array([MOMENT], pa.timestamp("us")), "timestamp_ntz"),
        (pa.array([MOMENT], pa.timestamp("ms", "UTC")), "timestamp"),
        (pa.array([Decimal("1.25")], pa.decimal128(38, 2)), "decimal(38,2)"),
        (pa.array([[1]], pa.list_(pa.int32())), "array<int>"),
        (pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int32())), "map<string,int>"),
        (pa.array([{"x": 1, "y": ["z"]}]), "struct<x:bigint,y:array<string>>"),
        (pa.nulls(1), "int"),
    ],
)
def test_inferred_types(files: Files, tmp_path: Path, array: pa.Array, expected: str) -> None:
    source = files.source("parquet", store(tmp_path / "f.parquet", c=array))
    assert shown(source.schema) == f"c:{expected}"
    assert len(files.rows(source)) == 1


@pytest.mark.parametrize(
    "array", [pa.array([1.5], pa.float16()), pa.array([MOMENT], pa.timestamp("ns")), pa.array([1], pa.time64("ns"))]
)
def test_types_without_counterpart(files: Files, tmp_path: Path, array: pa.Array) -> None:
    with pytest.raises(SparkError, match="PARQUET_TYPE_ILLEGAL"):
        files.source("parquet", store(tmp_path / "f.parquet", c=array))


# Which types a column may be read as, with the value that Apache Spark 4.2.1 gives.
@pytest.mark.parametrize(
    ("array", "schema", "expected"),
    [
        (pa.array([7], pa.int32()), "c BIGINT", 7),
        (pa.array([7], pa.int32()), "c DOUBLE", 7.0),
        (pa.array([7], pa.int32()), "c DECIMAL(12,2)", Decimal("7.00")),
        (pa.array([7], pa.int32()), "C INT", 7),
        (pa.array([7]), "c DECIMAL(20,0)", Decimal(7)),
        (pa.array([1.5], pa.float32()), "c DOUBLE", 1.5),
        (pa.array([Decimal("1.25")], pa.decimal128(4, 2)), "c DECIMAL(12,4)", Decimal("1.2500")),
        (pa.array([datetime.date(2020, 1, 2)]), "c INT", 18263),
        (pa.array([datetime.date(2020, 1, 2)]), "c TIMESTAMP_NTZ", datetime.datetime(2020, 1, 2)),
        (pa.array([MOMENT], pa.timestamp("us")), "c BIGINT", 1577880000000000),
        (pa.array([MOMENT], pa.timestamp("us", "UTC")), "c TIMESTAMP_NTZ", MOMENT),
        (pa.array([b"y"]), "c STRING", "y"),
        (pa.array(["y"]), "c BINARY", b"y"),
        (pa.array([[1, 2]], pa.list_(pa.int32())), "c ARRAY<BIGINT>", [1, 2]),
        (pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int32())), "c MAP<STRING, BIGINT>", {"a": 1}),
        (pa.array([{"x": 1, "y": "z"}]), "c STRUCT<y: STRING, q: INT>", {"y": "z", "q": None}),
        (pa.array([{"x": {"y": 1}}]), "c STRUCT<x: STRUCT<y: DECIMAL(20,0)>>", {"x": {"y": Decimal(1)}}),
        (pa.array([1]), "d INT", None),
    ],
)
def test_read_as(files: Files, tmp_path: Path, array: pa.Array, schema: str, expected: Any) -> None:
    source = files.source("parquet", store(tmp_path / "f.parquet", c=array), schema=schema)
    assert files.rows(source) == [(expected,)]


@pytest.mark.parametrize(
    ("array", "schema"),
    [
        (pa.array(["x"]), "c INT"),
        (pa.array([7]), "c INT"),
        (pa.array([7]), "c DOUBLE"),
        (pa.array([1.5]), "c FLOAT"),
        (pa.array([Decimal("1.25")], pa.decimal128(4, 2)), "c DECIMAL(4,1)"),
        (pa.array([7], pa.int32()), "c DECIMAL(4,2)"),
        (pa.array([[1]]), "c ARRAY<INT>"),
        (pa.array([True]), "c STRING"),
    ],
)
def test_not_read_as(files: Files, tmp_path: Path, array: pa.Array, schema: str) -> None:
    source = files.source("parquet", store(tmp_path / "f.parquet", c=array), schema=schema)
    with pytest.raises(SparkError, match="PARQUET_COLUMN_DATA_TYPE_MISMATCH"):
        files.rows(source)


def test_int96_is_an_instant(files: Files, tmp_path: Path) -> None:
    path = tmp_path / "f.parquet"
    pq.write_table(pa.table({"t": pa.array([MOMENT], pa.timestamp("us"))}), path, use_deprecated_int96_timestamps=True)
    source = files.source("parquet", path)
    assert shown(source.schema) == "t:timestamp"
    sql = source.sql(["t"], files.kernel)
    assert files.kernel.rows(f"SELECT epoch_us(t) FROM ({sql})") == [(1577880000000000,)]


def test_files_of_other_types_and_columns_in_one_table(files: Files, tmp_path: Path) -> None:
    store(tmp_path / "1.parquet", a=pa.array([1]), b=pa.array(["x"]))
    store(tmp_path / "2.parquet", b=pa.array(["y"]), a=pa.array([2], pa.int32()))
    store(tmp_path / "3.parquet", A=pa.array([3]))
    source = files.source("parquet", tmp_path)
    query = f"SELECT a, b, _metadata.file_name FROM ({source.sql(['a', 'b', '_metadata'], files.kernel)}) ORDER BY a"
    assert files.kernel.rows(query) == [(1, "x", "1.parquet"), (2, "y", "2.parquet"), (3, None, "3.parquet")]


def test_merged_schemas(files: Files, tmp_path: Path) -> None:
    store(tmp_path / "1.parquet", a=pa.array([1]), s=pa.array([{"x": 1}]))
    store(tmp_path / "2.parquet", c=pa.array(["x"]), s=pa.array([{"y": 2}]))
    assert shown(files.source("parquet", tmp_path).schema) == "a:bigint,s:struct<x:bigint>"
    merged = files.source("parquet", tmp_path, mergeSchema=True)
    assert shown(merged.schema) == "a:bigint,s:struct<x:bigint,y:bigint>,c:string"
    assert sorted(files.rows(merged), key=repr) == [(1, {"x": 1, "y": None}, None), (None, {"x": None, "y": 2}, "x")]
    store(tmp_path / "3.parquet", a=pa.array(["text"]))
    with pytest.raises(SparkError, match="CANNOT_MERGE_SCHEMAS"):
        files.source("parquet", tmp_path, mergeSchema=True)


def test_spark_schema_in_the_footer(files: Files, tmp_path: Path) -> None:
    schema = "v STRING, y INTERVAL YEAR TO MONTH, d INTERVAL DAY TO SECOND, t TIMESTAMP_NTZ, n INT COMMENT 'why'"
    query = "SELECT 'x', 14::INTEGER, 5::BIGINT, TIMESTAMP '2020-01-01', 1::INTEGER"
    files.write("parquet", tmp_path / "t", query, schema)
    source = files.source("parquet", tmp_path / "t")
    assert shown(source.schema) == ("v:string,y:interval year to month,d:interval day to second,t:timestamp_ntz,n:int")
    assert source.schema.fields[4].metadata == '{"comment":"why"}'
    footer = pq.read_metadata(next((tmp_path / "t").glob("*.parquet"))).metadata
    assert b'"type":"interval year to month"' in footer[b"org.apache.spark.sql.parquet.row.metadata"]


def test_projections_and_filters_reach_the_reader(files: Files, tmp_path: Path) -> None:
    query = "SELECT range a, range b, {'x': range, 'y': 1::BIGINT} s, range % 2 p FROM range(1000)"
    files.write("parquet", tmp_path / "t", query, "a BIGINT, b BIGINT, s STRUCT<x: BIGINT, y: BIGINT>, p INT",
                partition_by=("p",))  # fmt: skip
    sql = files.source("parquet", tmp_path / "t").sql(["a", "b", "s", "p", "_metadata"], files.kernel)
    plan = files.kernel.rows(f"EXPLAIN SELECT b, p FROM ({sql}) WHERE a > 990")[0][1]
    reader = plan[plan.index("READ_PARQUET") :]
    assert "a > 990" in reader or "a>990" in reader
    assert "Projections: " in reader and " s" not in reader.split("Filters")[0].split("Projections:")[1]
    nested = files.kernel.rows(f"EXPLAIN SELECT s.x FROM ({sql})")[0][1]
    assert "s.x" in nested


@pytest.mark.parametrize("content", [b"hello world, no Parquet", b"PAR1", b"x"])
def test_foreign_and_cut_files(files: Files, tmp_path: Path, content: bytes) -> None:
    good = Path(store(tmp_path / "a.parquet", c=pa.array(range(1000))))
    for broken in (content, good.read_bytes()[:-100]):
        (tmp_path / "b.parquet").write_bytes(broken)
        with pytest.raises(SparkError, match="CANNOT_READ_FILE_FOOTER.*b.parquet"):
            files.source("parquet", tmp_path / "b.parquet")
        with pytest.raises(SparkError, match="FAILED_READ_FILE.*b.parquet"):
            files.rows(files.source("parquet", tmp_path))
        skipped = files.source("parquet", tmp_path, ignoreCorruptFiles=True)
        assert len(files.rows(skipped)) == 1000


def test_read_option_that_is_no_boolean(files: Files, tmp_path: Path) -> None:
    with pytest.raises(SparkError, match="INVALID_DATA_SOURCE_OPTION.*mergeSchema"):
        files.source("parquet", store(tmp_path / "f.parquet", c=pa.array([1])), mergeSchema="maybe")


def test_names_that_differ_in_case(files: Files, tmp_path: Path) -> None:
    path = store(tmp_path / "f.parquet", a=pa.array([1]), A=pa.array([2]), b=pa.array([3]))
    files.conf.set("spark.sql.caseSensitive", "true")
    assert files.rows(files.source("parquet", path)) == [(1, 2, 3)]
    assert files.rows(files.source("parquet", path, schema="A BIGINT, B BIGINT")) == [(2, None)]
    files.conf.set("spark.sql.caseSensitive", "false")
    with pytest.raises(SparkError, match="COLUMN_ALREADY_EXISTS"):
        files.source("parquet", path)
    assert files.rows(files.source("parquet", path, schema="B BIGINT")) == [(3,)]
    with pytest.raises(SparkError, match="FAILED_READ_FILE.NO_HINT"):
        files.rows(files.source("parquet", path, schema="a BIGINT"))


def test_merged_decimals_and_void(files: Files, tmp_path: Path) -> None:
    store(tmp_path / "1.parquet", c=pa.array([Decimal("1.25")], pa.decimal128(5, 2)))
    store(tmp_path / "2.parquet", c=pa.array([Decimal("2.25")], pa.decimal128(18, 2)))
    merged = files.source("parquet", str(tmp_path), mergeSchema="true")
    assert (shown(merged.schema), sorted(files.rows(merged))) == (
        "c:decimal(18,2)",
        [(Decimal("1.25"),), (Decimal("2.25"),)],
    )
    assert files.rows(files.source("parquet", str(tmp_path), schema="c VOID")) == [(None,), (None,)]


# What Apache Spark 4.2.1 reads of the days of the proleptic calendar, as of those that Spark 2 wrote.
@pytest.mark.parametrize(
    ("stored", "meant"), [("0001-01-01", "0001-01-03"), ("1582-10-10", "1582-09-30"), ("1582-10-15", "1582-10-15")]
)
def test_ancient_dates(files: Files, tmp_path: Path, stored: str, meant: str) -> None:
    days = [pa.scalar(datetime.date.fromisoformat(d)) for d in (stored, meant)]
    path = store(tmp_path / "f.parquet", d=pa.array([days[0].as_py()]), l=pa.array([[days[0].as_py()]]))
    expected = days[1].as_py()
    assert files.rows(files.source("parquet", path, datetimeRebaseMode="LEGACY")) == [(expected, [expected])]
    files.conf.set("spark.sql.parquet.datetimeRebaseModeInRead", "EXCEPTION")
    if stored == "1582-10-15":
        assert files.rows(files.source("parquet", path)) == [(expected, [expected])]
    else:
        with pytest.raises(SparkError, match="READ_ANCIENT_DATETIME"):
            files.rows(files.source("parquet", path))


def test_files_of_spark_2_say_so(files: Files, tmp_path: Path) -> None:
    """Whatever the option, and beside files that others wrote."""
    day, moment = datetime.date(1, 1, 1), datetime.datetime(1800, 1, 1)
    table = pa.table({"d": [day], "t": pa.array([moment], pa.timestamp("us", "UTC"))})
    store(tmp_path / "1.parquet", d=table["d"], t=table["t"])
    for name, version in (("2", "2.4.8"), ("3", "3.5.0")):
        written = table.replace_schema_metadata({"org.apache.spark.version": version})
        pq.write_table(written, tmp_path / f"{name}.parquet")
    days = [d for (d,) in files.rows(files.source("parquet", str(tmp_path)), "d")]
    assert sorted(days) == [day, day, datetime.date(1, 1, 3)]
    with pytest.raises(SparkError, match="UNSUPPORTED_FEATURE"):
        files.rows(files.source("parquet", str(tmp_path)), "t")
