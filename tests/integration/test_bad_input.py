"""Bad input gets Spark's condition, SQLSTATE, exception class and place, and the session goes on."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import grpc
import pyspark.sql.connect.proto as pb
import pytest
from google.protobuf import any_pb2
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from pyspark.errors import AnalysisException, ParseException, PySparkException
from pyspark.errors.exceptions import connect as classes
from pyspark.sql.connect.proto.base_pb2_grpc import SparkConnectServiceStub
from pyspark.sql.connect.session import SparkSession

from glowplug.errors import SparkError
from glowplug.kernel.database import Database

P, A = ParseException, AnalysisException
NUMBER, DATE, MATH = classes.NumberFormatException, classes.DateTimeException, classes.ArithmeticException
SPARK, RUNTIME = classes.SparkException, classes.SparkRuntimeException

# A statement, the exception, its condition and SQLSTATE, and the part of the text it points to (None: not checked).
STATEMENTS: list[tuple[str, type[Exception], str, str, str | None]] = [
    ("SELECT a FORM t", P, "PARSE_SYNTAX_ERROR", "42601", "t"),
    ("SELEC 1", P, "PARSE_SYNTAX_ERROR", "42601", "SELEC"),
    ("SELECT 1 +", P, "PARSE_SYNTAX_ERROR", "42601", ""),
    ("", P, "PARSE_EMPTY_STATEMENT", "42617", None),
    ("SELECT id,\n nme FROM VALUES (1, 'a') t(id, name)", A, "UNRESOLVED_COLUMN.WITH_SUGGESTION", "42703", "nme"),
    ("SELECT * FROM nope", A, "TABLE_OR_VIEW_NOT_FOUND", "42P01", "nope"),
    ("SELECT lenght(id) FROM range(1)", A, "UNRESOLVED_ROUTINE", "42883", "lenght(id)"),
    ("SELECT id FROM range(1) a JOIN range(2) b", A, "AMBIGUOUS_REFERENCE", "42704", "id"),
    ("SELECT upper('a', 'b')", A, "WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "42605", "upper('a', 'b')"),
    ("SELECT sum(array(1))", A, "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "42K09", "sum(array(1))"),
    ("SELECT id FROM range(3) WHERE sum(id) > 1", A, "INVALID_WHERE_CONDITION", "42903", None),
    ("SELECT id, sum(id) FROM range(3)", A, "MISSING_GROUP_BY", "42803", None),
    ("SELECT CAST('abc' AS INT)", NUMBER, "CAST_INVALID_INPUT", "22018", "CAST('abc' AS INT)"),
    ("SELECT CAST(x AS INT) FROM VALUES ('1'), ('z') t(x)", NUMBER, "CAST_INVALID_INPUT", "22018", "CAST(x AS INT)"),
    ("SELECT CAST(3000000000 AS INT)", MATH, "CAST_OVERFLOW", "22003", None),
    ("SELECT 2147483647 + 1", MATH, "ARITHMETIC_OVERFLOW", "22003", None),
    ("SELECT sum(x) FROM VALUES (9223372036854775807), (1) t(x)", MATH, "ARITHMETIC_OVERFLOW", "22003", None),
    ("SELECT 10 / id FROM range(2)", MATH, "DIVIDE_BY_ZERO", "22012", "10 / id"),
    ("SELECT 5 % 0", MATH, "REMAINDER_BY_ZERO", "22012", "5 % 0"),
    ("SELECT CAST('2024-13-01' AS DATE)", DATE, "CAST_INVALID_INPUT", "22018", "CAST('2024-13-01' AS DATE)"),
    ("SELECT make_date(2023, 2, 30)", DATE, "DATETIME_FIELD_OUT_OF_BOUNDS.WITH_SUGGESTION", "22023", None),
    ("SELECT DATE '2023-02-30'", P, "INVALID_TYPED_LITERAL", "42604", "DATE '2023-02-30'"),
    ("SELECT * FROM parquet.`/nope/missing`", A, "PATH_NOT_FOUND", "42K03", None),
    ("SELECT 'a\0b' || CAST('\0' AS INT)", NUMBER, "CAST_INVALID_INPUT", "22018", None),
]


@pytest.mark.parametrize(("text", "kind", "condition", "state", "fragment"), STATEMENTS)
def test_statements(
    text: str, kind: type[Exception], condition: str, state: str, fragment: str | None, session: SparkSession
) -> None:
    with pytest.raises(kind) as info:
        session.sql(text).collect()
    error: Any = info.value
    assert (error.getCondition(), error.getSqlState()) == (condition, state)
    if condition == "PARSE_SYNTAX_ERROR":  # as in Spark, a text that cannot be parsed has its place in the message only
        assert "position" in str(error) and not error.getQueryContext()
    elif fragment is not None:
        (place,) = error.getQueryContext()
        assert (place.fragment(), text[place.startIndex() : place.stopIndex() + 1]) == (fragment, fragment)
    assert session.range(3).count() == 3


def test_candidates_are_named(session: SparkSession) -> None:
    with pytest.raises(AnalysisException) as info:
        session.sql("SELECT nme FROM VALUES (1, 'a') t(id, name)").collect()
    assert info.value.getMessageParameters()["proposal"].startswith("`name`")


def read(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    return str(path)


# What reads or writes; the condition.
FILES: dict[str, tuple[Callable[[SparkSession, Path], Any], str]] = {
    "missing": (lambda s, p: s.read.parquet(str(p / "nope")), "PATH_NOT_FOUND"),
    "unknown format": (lambda s, p: s.read.format("nope").load(str(p)), "DATA_SOURCE_NOT_FOUND"),
    "foreign": (lambda s, p: s.read.parquet(read(p / "f", b"not parquet" * 9)), "FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER"),
    "empty": (lambda s, p: s.read.parquet(read(p / "f", b"")), "FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER"),
    "truncated": (
        lambda s, p: s.read.parquet(read(p / "f", part(s, p).read_bytes()[:300])), "FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER"
    ),
    "another schema": (
        lambda s, p: s.read.schema("id date").parquet(str(part(s, p))), "FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH"
    ),
    "exists": (lambda s, p: s.range(1).write.parquet(str(part(s, p).parent)), "PATH_ALREADY_EXISTS"),
    "clustered and partitioned": (
        lambda s, p: s.range(1).write.clusterBy("id").partitionBy("id").parquet(str(p / "w")),
        "SPECIFY_CLUSTER_BY_WITH_PARTITIONED_BY_IS_NOT_ALLOWED",
    ),
    "clustered and in buckets": (
        lambda s, p: s.range(1).write.clusterBy("id").bucketBy(2, "id").parquet(str(p / "w")),
        "SPECIFY_CLUSTER_BY_WITH_BUCKETING_IS_NOT_ALLOWED",
    ),
    "appended to a file": (lambda s, p: s.range(1).write.mode("append").parquet(read(p / "f", b"x")), "TASK_WRITE_FAILED"),
    "failing rows": (lambda s, p: s.sql("SELECT 1/(id-5) x FROM range(9)").write.parquet(str(p / "w")), "DIVIDE_BY_ZERO"),
    "bad CSV, FAILFAST": (
        lambda s, p: s.read.schema("a int").csv(read(p / "f", b"1\nx\n"), mode="FAILFAST"), "FAILED_READ_FILE.NO_HINT"
    ),
}  # fmt: skip


def part(session: SparkSession, path: Path) -> Path:
    """A sound Parquet file."""
    session.range(100).write.mode("overwrite").parquet(str(path / "good"))
    return next((path / "good").glob("*.parquet"))


@pytest.mark.parametrize("case", list(FILES))
def test_files(case: str, session: SparkSession, tmp_path: Path) -> None:
    work, condition = FILES[case]
    with pytest.raises(PySparkException) as info:
        if (df := work(session, tmp_path)) is not None:
            df.collect()
    assert info.value.getCondition() == condition
    assert session.range(3).count() == 3


def test_corrupt_pages(session: SparkSession, tmp_path: Path) -> None:
    """Whatever the bytes of a Parquet file are: rows, or a condition of files."""
    columns = ["id", "id % 7 AS k", "CAST(id AS STRING) AS s", "CAST(id AS DECIMAL(20, 3)) AS m", "array(id) AS a"]
    session.range(500).selectExpr(*columns).write.parquet(str(tmp_path / "good"))
    good = next((tmp_path / "good").glob("*.parquet")).read_bytes()
    random, found = Random(5), set()
    for i in range(60):
        data = bytearray(good)
        for _ in range(random.randint(1, 4)):
            data[random.randrange(4, len(good) - 8)] = random.randrange(256)
        try:
            session.read.parquet(read(tmp_path / f"{i}.parquet", bytes(data))).toArrow()
        except PySparkException as error:
            found.add(error.getCondition())
    assert "FAILED_READ_FILE.NO_HINT" in found and "INTERNAL_ERROR" not in found


@pytest.mark.parametrize(("mode", "rows"), [("PERMISSIVE", [1, None]), ("DROPMALFORMED", [1])])
def test_malformed_csv(mode: str, rows: list[int | None], session: SparkSession, tmp_path: Path) -> None:
    path = read(tmp_path / "f.csv", b"1\nx\n")
    assert [row.a for row in session.read.schema("a int").csv(path, mode=mode).collect()] == rows


def test_more_than_memory_spills(serve: Any) -> None:
    query = (
        "SELECT count(DISTINCT h) FROM (SELECT id, hash(id) h, repeat('x', 50) || id s FROM range(6000000) ORDER BY s)"
    )
    with serve("--conf", "spark.glowplug.memory.limit=200m") as server:
        client = SparkSession(connection=server.url)
        rows = client.sql("SELECT id FROM range(20000000) ORDER BY hash(id), id LIMIT 15000000").agg({"id": "count"})
        assert rows.collect()[0][0] == 15_000_000
        assert client.sql(query).collect()[0][0] > 5_900_000
        client.stop()


def test_a_full_disk_while_spilling(tmp_path: Path) -> None:
    """The kernel may write 1 MB of the 100 it has to."""
    database = Database(memory_limit=40 << 20, threads=1, temp_directory=str(tmp_path))
    with database.connection("UTC") as connection, pytest.raises(SparkError) as info:
        connection.execute("SET GLOBAL max_temp_directory_size = '1MB'")
        connection.rows(
            "SELECT max(s) FROM (SELECT repeat('x', 50) || range s FROM range(2000000) ORDER BY hash(range))"
            " WHERE s > 'a' LIMIT 1"
        )
        connection.rows("SELECT count(*) FROM (SELECT DISTINCT repeat('x', 50) || range FROM range(2000000))")
    assert info.value.condition == "UNABLE_TO_ACQUIRE_MEMORY"
    database.close()


def stub(server: Any) -> SparkConnectServiceStub:
    return SparkConnectServiceStub(grpc.insecure_channel(server.url.removeprefix("sc://")))


def refused(server: Any, session: SparkSession, root: pb.Relation) -> str:
    request = session.client._execute_plan_request_with_metadata()
    request.plan.root.CopyFrom(root)
    with pytest.raises(grpc.RpcError) as error:
        list(stub(server).ExecutePlan(request))
    info = error_details_pb2.ErrorInfo()
    rpc_status.from_call(error.value).details[0].Unpack(info)
    return str(info.metadata["errorClass"])


def test_unknown_relations_and_plugins(server: Any, session: SparkSession) -> None:
    plugin = pb.Relation(extension=any_pb2.Any(type_url="type.googleapis.com/nope", value=b"x"))
    assert refused(server, session, plugin) == "CONNECT_INVALID_PLAN.NO_HANDLER_FOR_EXTENSION"
    assert refused(server, session, pb.Relation()).startswith("CONNECT_INVALID_PLAN.")
    assert session.range(3).count() == 3


def test_bytes_that_are_no_message(server: Any, session: SparkSession) -> None:
    with grpc.insecure_channel(server.url.removeprefix("sc://")) as channel:
        call = channel.unary_stream("/spark.connect.SparkConnectService/ExecutePlan")
        for data in (b"\xff" * 100, b"\x1a\x02\xff\xff", b"\x0a\x01\xc3"):
            with pytest.raises(grpc.RpcError):
                list(call(data, timeout=20))
    assert session.range(3).count() == 3


@pytest.mark.parametrize("name", ["a.b", "a`b", "'", '"', "🔥", "", " ", "x" * 5000, "a\0b"])
def test_weird_names(name: str, session: SparkSession) -> None:
    df = session.range(2).toDF(name)
    quoted = "`" + name.replace("`", "``") + "`"
    assert df.columns == [name] and [row[0] for row in df.collect()] == [0, 1]
    if name:
        assert [row[0] for row in df.select(quoted).collect()] == [0, 1]


def test_size(session: SparkSession) -> None:
    values = ", ".join(map(str, range(20_000)))
    assert session.sql(f"SELECT count(*) FROM range(30000) WHERE id IN ({values})").collect()[0][0] == 20_000
    assert session.sql("SELECT " + " + ".join(["1"] * 3000)).collect()[0][0] == 3000
    wide = session.range(1).selectExpr(*[f"id + {i} AS c{i}" for i in range(2000)])
    assert len(wide.collect()[0]) == 2000


@pytest.mark.parametrize("depth", [1000, 10_000])
def test_depth(depth: int, server: Any, session: SparkSession) -> None:
    """A plan so deep works or is refused."""
    request = session.client._execute_plan_request_with_metadata()
    inner = request.plan.root
    for _ in range(depth):
        inner.limit.limit = 5
        inner = inner.limit.input
    inner.range.end, inner.range.step = 3, 1
    limit = sys.getrecursionlimit()
    try:
        rows = sum(r.arrow_batch.row_count for r in stub(server).ExecutePlan(request, timeout=120))
        assert rows == 3
    except grpc.RpcError as error:
        info = error_details_pb2.ErrorInfo()
        rpc_status.from_call(error).details[0].Unpack(info)
        assert depth > 1000 and info.metadata["errorClass"] not in ("", "INTERNAL_ERROR")
    finally:
        sys.setrecursionlimit(limit)
    assert session.range(3).count() == 3
