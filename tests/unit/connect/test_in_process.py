"""The channel within the process, as the client sees it."""

import copy
import gc
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import grpc
import pyarrow as pa
import pyspark.sql.connect.proto as pb
import pyspark.sql.connect.proto.base_pb2_grpc as stubs
import pytest
from grpc_status import rpc_status
from pyspark.errors import PySparkException
from pyspark.sql.connect.session import SparkSession

import glowplug
from glowplug.connect.in_process import InProcess
from glowplug.connect.service import Service
from glowplug.errors import RuntimeFailure


@pytest.fixture
def builder(service: Service) -> InProcess:
    return InProcess(service)


@pytest.fixture
def stub(builder: InProcess) -> stubs.SparkConnectServiceStub:
    return stubs.SparkConnectServiceStub(builder.toChannel())


def rows(count: int) -> Callable[[object], object]:
    return lambda op: iter([pa.record_batch([pa.array(range(count), pa.int64())], names=["x"])])


def test_errors_are_grpcs(stub: stubs.SparkConnectServiceStub, builder: InProcess) -> None:
    request = pb.AnalyzePlanRequest(session_id=builder.session_id)
    request.user_context.user_id = builder.userId
    with pytest.raises(grpc.RpcError) as info:
        stub.AnalyzePlan(request, metadata=[("a", "b")], timeout=3)
    error = info.value
    status = rpc_status.from_call(error)
    assert error.code() == grpc.StatusCode.INTERNAL and status.message == error.details()
    assert "UNKNOWN_ANALYZE_METHOD" in str(error)


def test_a_stream_fails_when_it_is_read(
    stub: stubs.SparkConnectServiceStub, builder: InProcess, answer: Callable
) -> None:
    def fails(operation: object) -> object:
        raise RuntimeFailure("DIVIDE_BY_ZERO", config="c")
        yield

    answer(fails)
    call = stub.ExecutePlan(execute(builder))
    assert next(call).HasField("schema") and call.is_active()
    with pytest.raises(grpc.RpcError) as info:
        next(call)
    assert "DIVIDE_BY_ZERO" in rpc_status.from_call(info.value).message
    assert call.code() == grpc.StatusCode.INTERNAL and not call.is_active()


def execute(builder: InProcess) -> pb.ExecutePlanRequest:
    request = pb.ExecutePlanRequest(session_id=builder.session_id)
    request.user_context.user_id = builder.userId
    request.plan.root.range.end = request.plan.root.range.step = 1
    return request


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("how", ["cancel", "forget"])
def test_leaving_a_stream_ends_the_query(
    service: Service, stub: stubs.SparkConnectServiceStub, builder: InProcess, answer: Callable, how: str
) -> None:
    result = answer(lambda op: (pa.record_batch([pa.array([i])], names=["x"]) for i in range(10_000_000)))
    call = stub.ExecutePlan(execute(builder))
    next(call)
    if how == "cancel":
        assert call.cancel() and not call.cancel()
    else:
        del call
        gc.collect()
    assert result.closed.wait(10)
    until(lambda: service.executions.all() == [])  # a forgotten one's end is another thread's


def test_interceptors(service: Service, builder: InProcess, answer: Callable) -> None:
    seen = []

    class Spy(grpc.UnaryStreamClientInterceptor):
        def intercept_unary_stream(self, continuation, details, request):
            seen.append(details.method)
            return continuation(details, request)

    answer(rows(1))
    builder.add_interceptor(Spy())
    stub = stubs.SparkConnectServiceStub(builder.toChannel())
    assert len(list(stub.ExecutePlan(execute(builder)))) == 3
    assert seen == ["/spark.connect.SparkConnectService/ExecutePlan"]


def test_the_client_works_on_it(service: Service, builder: InProcess, answer: Callable) -> None:
    answer(rows(3))
    spark = SparkSession(connection=builder)
    spark.client.disable_reattachable_execute()
    assert [r.id for r in spark.range(3).collect()] == [0, 1, 2]
    assert [r.id for r in spark.range(3).toLocalIterator()] == [0, 1, 2]
    assert spark.conf.get("spark.sql.ansi.enabled") == "true"
    with pytest.raises(PySparkException) as info:
        spark.conf.get("a.b")
    assert (
        info.value.getCondition() == "SQL_CONF_NOT_FOUND" and type(info.value).__name__ == "SparkNoSuchElementException"
    )
    spark.stop()
    assert service.sessions.all() == []


def test_with_reattachable_execution_too(service: Service, builder: InProcess, answer: Callable) -> None:
    answer(rows(3))
    spark = SparkSession(connection=builder)
    assert [r.id for r in spark.range(3).collect()] == [0, 1, 2]
    spark.stop()
    assert service.executions.all() == []


def test_progress_handlers_are_called(service: Service, builder: InProcess, answer: Callable) -> None:
    import time

    def slow(operation: object) -> object:
        operation.progress.probe = lambda: 50
        time.sleep(0.3)
        yield next(rows(1)(operation))

    answer(slow)
    spark = SparkSession(connection=builder)
    spark.client.disable_reattachable_execute()
    spark.conf.set("spark.connect.progress.reportInterval", "50ms")
    calls = []
    spark.registerProgressHandler(lambda **kwargs: calls.append(kwargs))
    spark.range(1).collect()
    assert [s.num_completed_tasks for c in calls[:-1] for s in c["stages"]] == [50] * (len(calls) - 1) and len(
        calls
    ) > 2
    assert calls[-1]["done"] and calls[0]["operation_id"]
    spark.stop()


def test_closing_the_channel_ends_the_session(service: Service, builder: InProcess) -> None:
    spark = SparkSession(connection=builder)
    spark.conf.set("a.b", "c")
    assert len(service.sessions.all()) == 1
    spark.client.close()
    assert service.sessions.all() == []


def test_a_cloned_client(service: Service, builder: InProcess) -> None:
    spark = SparkSession(connection=builder)
    spark.conf.set("a.b", "1")
    other = spark.cloneSession()
    other.conf.set("a.b", "2")
    assert spark.conf.get("a.b") == "1" and len(service.sessions.all()) == 2
    assert copy.deepcopy(builder).service is service


def test_without_a_client_the_error_says_what_to_install() -> None:
    code = "import sys; sys.modules['pyspark'] = None\nimport glowplug\nglowplug.session()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1 and "pip install 'glowplug[client]'" in done.stderr


def test_importing_the_package_imports_no_client() -> None:
    code = "import glowplug, sys; print(sorted({'pyspark', 'duckdb', 'grpc', 'pandas'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_collector_may_end_a_stream_in_a_thread_that_holds_its_lock() -> None:
    spark = glowplug.session()
    rows = spark.range(100_000_000).toLocalIterator()
    next(rows)
    executions = spark.client._builder.service.executions
    (execution,) = executions.all()
    cycle = [rows]
    cycle.append(cycle)
    del rows, cycle

    def collect() -> None:
        with execution._changed:
            gc.collect()

    thread = threading.Thread(target=collect, daemon=True)
    thread.start()
    thread.join(30)
    assert not thread.is_alive()
    until(lambda: not executions.all())
    spark.stop()
