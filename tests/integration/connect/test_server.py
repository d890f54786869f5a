"""The server with real clients, queries and networks."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable

import grpc
import pyspark.sql.connect.proto as pb
import pytest
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql.connect.functions import builtin as F
from pyspark.sql.connect.session import SparkSession
from pyspark.sql.types import LongType, StructField, StructType

from glowplug.config import SPARK_VERSION
from glowplug.connect.plans import allow_deep_messages

ENDLESS = "SELECT count(*) FROM range(3000000) a JOIN range(3000000) b ON a.id + b.id < 0"


def wait_for(condition: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def running(spark: SparkSession) -> int:
    """Operations of the session that run."""
    status = pb.GetStatusResponse.OperationStatus
    return [s.state for s in statuses(spark)].count(status.OPERATION_STATE_RUNNING)


def statuses(spark: SparkSession) -> list[pb.GetStatusResponse.OperationStatus]:
    try:
        return list(spark.client._get_operation_statuses().operation_statuses)
    except PySparkException as error:
        assert error.getCondition() == "INVALID_HANDLE.SESSION_NOT_FOUND"  # no request has come yet
        return []


def endless(spark: SparkSession, tag: str | None = None) -> tuple[threading.Thread, list[Exception]]:
    """Start a query that does not end by itself, in a thread; its error ends up in the list."""
    errors: list[Exception] = []
    query = spark.sql(ENDLESS)  # an operation too, a short one: over before the other is waited for

    def run() -> None:
        if tag:
            spark.addTag(tag)
        try:
            query.collect()
        except Exception as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    wait_for(lambda: running(spark))
    return thread, errors


def test_queries(spark: SparkSession) -> None:
    assert spark.version == SPARK_VERSION
    df = spark.range(5)
    assert df.schema == StructType([StructField("id", LongType(), False)])
    assert [r.id for r in df.collect()] == [0, 1, 2, 3, 4]
    assert spark.range(0).toPandas().columns.tolist() == ["id"]
    assert spark.sql("select 1 a, 'x' b").collect()[0].asDict() == {"a": 1, "b": "x"}


def test_errors_have_classes_and_places(spark: SparkSession) -> None:
    with pytest.raises(AnalysisException) as info:
        spark.sql("select 1,\n nope from range(1)").collect()
    error = info.value
    assert error.getCondition() == "UNRESOLVED_COLUMN.WITH_SUGGESTION" and error.getSqlState() == "42703"
    assert error.getMessageParameters() == {"objectName": "`nope`", "proposal": "`id`"}
    (context,) = error.getQueryContext()
    assert context.fragment() == "nope" and "line 2, position 2" in context.summary()
    assert "JVM" not in str(error)
    assert spark.range(1).count() == 1  # the session goes on


def test_sessions_are_apart(shared_server, connect) -> None:
    one, two = connect(shared_server.url), connect(shared_server.url)
    one.conf.set("spark.sql.shuffle.partitions", "3")
    one.range(1).createOrReplaceTempView("v")
    assert two.conf.get("spark.sql.shuffle.partitions") == "200"
    with pytest.raises(AnalysisException):
        two.table("v").collect()


def test_large_local_data(spark: SparkSession) -> None:
    """More than the cache threshold and the chunk size: uploaded in chunks, once."""
    import pandas as pd

    frame = pd.DataFrame({"n": range(300_000), "s": [f"{i:060}" for i in range(300_000)]})
    df = spark.createDataFrame(frame)
    assert df.count() == 300_000
    pd.testing.assert_frame_equal(spark.createDataFrame(frame).toPandas(), frame)


def test_compressed_plans(spark: SparkSession) -> None:
    spark.conf.set("spark.connect.session.planCompression.threshold", "10")
    spark.client._plan_compression_threshold = None  # it asks once
    df = spark.range(10).selectExpr(*[f"id + {i} as c{i}" for i in range(100)])
    assert df.collect()[9][99] == 9 + 99
    assert spark.client._plan_compression_threshold == 10


def test_plans_nest_a_thousand_deep(spark: SparkSession) -> None:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)  # for the client's own building of the plan
    allow_deep_messages()
    try:
        df = spark.range(3)
        for _ in range(1000):
            df = df.select("id")
        assert df.count() == 3 and df.columns == ["id"]
        column = F.col("id")
        for _ in range(500):
            column = column + 1
        assert [r[0] for r in spark.range(2).select(column).collect()] == [500, 501]
    finally:
        sys.setrecursionlimit(limit)


@pytest.mark.parametrize("by", ["all", "tag", "operation"])
def test_interrupts_stop_the_kernel(spark: SparkSession, by: str) -> None:
    thread, errors = endless(spark, tag="t")
    if by == "all":
        ids = spark.interruptAll()
    elif by == "tag":
        assert spark.interruptTag("other") == []
        ids = spark.interruptTag("t")
    else:
        (status,) = [s for s in statuses(spark) if s.state == 2]
        ids = spark.interruptOperation(status.operation_id)
    thread.join(20)
    assert len(ids) == 1 and not thread.is_alive()
    assert errors[0].getCondition() == "OPERATION_CANCELED"
    assert running(spark) == 0 and spark.range(1).count() == 1


def test_results_stream_in_bounded_memory(start_server, connect) -> None:
    """4 GB of rows, of which the client takes its time: the server holds a few buffers of them."""
    server = start_server("--conf", "spark.glowplug.memory.limit=300m")
    spark = connect(server.url)
    spark.range(1).count()
    before = server.resident()
    for taken, row in enumerate(spark.range(500_000_000).toLocalIterator()):
        assert row.id == taken
        if taken % 200_000 == 0:
            assert server.resident() - before < 400 << 20
        if taken == 2_000_000:
            break
    wait_for(lambda: running(spark) == 0)


def test_a_killed_clients_query_is_cancelled(start_server, tmp_path) -> None:
    server = start_server()
    session_id = "00112233-4455-6677-8899-aabbccddeeff"
    code = f"""
        from pyspark.sql.connect.session import SparkSession
        from pyspark.sql.connect.client import DefaultChannelBuilder
        builder = DefaultChannelBuilder("{server.url}")
        builder.set("session_id", "{session_id}")
        spark = SparkSession(connection=builder, userId="u")
        spark.client.disable_reattachable_execute()
        rows = spark.range(1 << 40).toLocalIterator()
        print(next(rows), flush=True)
        import time; time.sleep(600)
    """
    script = tmp_path / "client.py"
    script.write_text(textwrap.dedent(code))
    client = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    assert "Row" in client.stdout.readline()
    client.kill()
    client.wait()
    stub = stub_of(server.url)
    request = pb.GetStatusRequest(session_id=session_id)
    request.user_context.user_id = "u"
    request.operation_status.SetInParent()
    cancelled = pb.GetStatusResponse.OperationStatus.OPERATION_STATE_CANCELLED
    wait_for(lambda: [s.state for s in stub.GetStatus(request).operation_statuses] == [cancelled])


def stub_of(url: str):
    from pyspark.sql.connect.proto.base_pb2_grpc import SparkConnectServiceStub

    return SparkConnectServiceStub(grpc.insecure_channel(url.removeprefix("sc://")))


class Proxy:
    """Passes bytes on between clients and a port, and breaks every connection after so many bytes of answers."""

    def __init__(self, port: int, limit: int) -> None:
        self.target, self.limit, self.broken = port, limit, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"sc://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.target))
            threading.Thread(target=self._pump, args=(client, server, None), daemon=True).start()
            threading.Thread(target=self._pump, args=(server, client, self.limit), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, limit: int | None) -> None:
        passed = 0
        try:
            while data := source.recv(65536):
                passed += len(data)
                if limit is not None and passed > limit:
                    self.broken += 1
                    break
                sink.sendall(data)
        except OSError:
            pass
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


def test_a_broken_connection_loses_nothing(shared_server, connect) -> None:
    proxy = Proxy(shared_server.port, 6 << 20)
    spark = connect(proxy.url)
    spark.client.set_retry_policies([*spark.client.get_retry_policies()])
    table = spark.range(5_000_000).toArrow()
    assert proxy.broken >= 3
    assert table.column("id").to_pylist() == list(range(5_000_000))
    proxy.listener.close()


def test_a_port_is_free_or_refused(shared_server) -> None:
    for port, why in ((shared_server.port, "in use"), (65536, "65536 is no port")):
        command = [sys.executable, "-m", "glowplug.cli", "server", "--port", str(port)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode == 1 and why in done.stderr
        assert done.stderr.startswith("glowplug: ") and "Traceback" not in done.stderr


def test_a_token(start_server, connect) -> None:
    url = start_server("--conf", "spark.connect.authenticate.token=secret").url
    spark = connect(f"{url}/;token=secret")
    assert spark.range(3).count() == 3 and "secret" not in str(spark.conf.getAll)
    for wrong in (url, f"{url}/;token=other"):
        with pytest.raises(PySparkException) as info:
            SparkSession(connection=wrong).range(3).count()
        assert info.value.getGrpcStatusCode() == grpc.StatusCode.UNAUTHENTICATED


def test_shutdown_lets_operations_finish(start_server, connect) -> None:
    server = start_server("--grace", "60")
    spark = connect(server.url)
    results: list[object] = []
    spark.client.disable_reattachable_execute()
    query = spark.sql("SELECT count(*) FROM range(20000) a JOIN range(20000) b ON a.id + b.id < 0")
    thread = threading.Thread(target=lambda: results.append(query.collect()), daemon=True)
    thread.start()
    wait_for(lambda: running(spark))
    server.process.send_signal(signal.SIGTERM)
    thread.join(60)
    assert [r[0][0] for r in results] == [0]
    assert server.process.wait(30) == 0


def test_shutdown_cancels_what_takes_too_long(start_server, connect) -> None:
    server = start_server("--grace", "0.5")
    spark = connect(server.url)
    spark.client.disable_reattachable_execute()
    spark.client.set_retry_policies([])
    thread, errors = endless(spark)
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(30) == 0
    thread.join(30)
    assert len(errors) == 1


def test_mutated_requests_are_answered(shared_server, spark: SparkSession) -> None:
    """Requests with bytes flipped, cut or repeated: each gets some answer, and the server goes on."""
    rng = random.Random(17)
    df = spark.range(10).selectExpr("id", "array(id) a").filter("id > 3").groupBy("id").count()
    request = spark.client._execute_plan_request_with_metadata()
    request.plan.CopyFrom(df._plan.to_proto(spark.client))
    original = request.SerializeToString()
    channel = grpc.insecure_channel(shared_server.url.removeprefix("sc://"))
    raw = channel.unary_stream("/spark.connect.SparkConnectService/ExecutePlan")
    answered = 0
    deadline = time.monotonic() + 8
    while time.monotonic() < deadline:
        data = bytearray(original)
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(len(data))
            match rng.randrange(3):
                case 0:
                    data[at] = rng.randrange(256)
                case 1:
                    del data[at : at + rng.randint(1, 8)]
                case 2:
                    data[at:at] = data[at : at + rng.randint(1, 16)]
            if not data:
                data = bytearray(b"\0")
        try:
            for _ in zip(range(50), raw(bytes(data), timeout=20), strict=False):
                pass
        except grpc.RpcError as error:
            assert error.code() in (grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN), error
        answered += 1
    assert answered > 100
    assert shared_server.process.poll() is None and spark.range(3).count() == 3


def test_deeply_nested_bytes_do_not_kill(shared_server, spark: SparkSession) -> None:
    """Two million levels of nesting: refused while parsing, on a stack that is deep enough to notice."""

    def varint(n: int) -> bytes:
        out = b""
        while n > 127:
            out, n = out + bytes([n & 127 | 128]), n >> 7
        return out + bytes([n])

    limit = pb.Relation.DESCRIPTOR.fields_by_name["limit"].number << 3 | 2
    child = pb.Limit.DESCRIPTOR.fields_by_name["input"].number << 3 | 2
    levels: list[bytes] = []
    size = 0
    for i in range(80_000):
        head = varint(limit if i % 2 else child) + varint(size)
        levels.append(head)
        size += len(head)
    body = b"".join(reversed(levels))
    plan = b"\x0a" + varint(len(body)) + body  # Plan.root
    request = spark.client._execute_plan_request_with_metadata().SerializeToString()
    data = request + b"\x1a" + varint(len(plan)) + plan  # ExecutePlanRequest.plan
    raw = grpc.insecure_channel(shared_server.url.removeprefix("sc://")).unary_stream(
        "/spark.connect.SparkConnectService/ExecutePlan"
    )
    with pytest.raises(grpc.RpcError):
        list(raw(data, timeout=60))
    assert spark.range(3).count() == 3


def test_artifacts(spark: SparkSession, tmp_path) -> None:
    path = tmp_path / "data.txt"
    path.write_bytes(os.urandom(200_000))  # in chunks
    spark.addArtifact(str(path), file=True)
    spark.addArtifact(str(path), file=True)
    path.write_bytes(b"other")
    with pytest.raises(PySparkException) as info:
        spark.addArtifact(str(path), file=True)
    assert info.value.getCondition() == "ARTIFACT_ALREADY_EXISTS"


def test_a_cloned_session(spark: SparkSession) -> None:
    spark.range(3).createOrReplaceTempView("v")
    spark.conf.set("a.b", "1")
    clone = spark.cloneSession()
    assert clone.table("v").count() == 3 and clone.conf.get("a.b") == "1"
    clone.range(4).createOrReplaceTempView("v")
    clone.conf.set("a.b", "2")
    assert spark.table("v").count() == 3 and spark.conf.get("a.b") == "1"
    clone.client.release_session()


def test_a_released_session_says_so(shared_server, connect) -> None:
    spark = connect(shared_server.url)
    spark.range(1).count()
    spark.client.release_session()
    with pytest.raises(PySparkException) as info:
        spark.range(1).count()
    assert info.value.getCondition() == "INVALID_HANDLE.SESSION_CLOSED"


def test_progress(spark: SparkSession) -> None:
    calls: list[dict] = []
    spark.conf.set("spark.connect.progress.reportInterval", "100ms")
    spark.registerProgressHandler(lambda **kwargs: calls.append(kwargs))
    thread, _ = endless(spark)
    wait_for(lambda: len(calls) > 3)
    spark.interruptAll()
    thread.join(20)
    assert all(s.num_tasks == 100 for c in calls if not c["done"] for s in c["stages"])
