"""Large results, slow and vanished clients, stopped queries: what a server may use, and gives back."""

from __future__ import annotations

import signal
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

import grpc
import pyspark.sql.connect.proto as pb
import pytest
from pyspark.errors import PySparkException
from pyspark.sql.connect.proto.base_pb2_grpc import SparkConnectServiceStub
from pyspark.sql.connect.session import SparkSession

ENDLESS = "SELECT count(*) FROM range(3000000) a JOIN range(3000000) b ON a.id + b.id < 0"
MB = 1 << 20


def wait_for(condition: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def request(query: str) -> pb.ExecutePlanRequest:
    message = pb.ExecutePlanRequest(session_id=str(uuid.uuid4()), operation_id=str(uuid.uuid4()))
    message.user_context.user_id = "u"
    message.plan.root.sql.query = query
    return message


def idle(server: Any) -> bool:
    before = server.cpu()
    time.sleep(0.3)
    return bool(server.cpu() - before < 0.1)


def test_gigabytes_pass_through_little_memory(serve: Any) -> None:
    """160 million rows of 16 bytes, 2.5 GB, read as they come."""
    with serve("--conf", "spark.glowplug.memory.limit=300m") as server:
        with grpc.insecure_channel(server.url.removeprefix("sc://"), [("grpc.max_receive_message_length", -1)]) as link:
            stub = SparkConnectServiceStub(link)
            list(stub.ExecutePlan(request("SELECT 1")))
            size = rows = peak = 0
            for response in stub.ExecutePlan(request("SELECT id, -id AS n FROM range(160000000)")):
                size += len(response.arrow_batch.data)
                rows += response.arrow_batch.row_count
                peak = max(peak, server.resident())
        assert rows == 160_000_000 and size > 2_400 * MB
        assert peak < 700 * MB


def test_a_slow_client_holds_the_query_back(serve: Any) -> None:
    with serve("--conf", "spark.glowplug.memory.limit=300m") as server:
        with grpc.insecure_channel(server.url.removeprefix("sc://"), [("grpc.max_receive_message_length", -1)]) as link:
            stream = SparkConnectServiceStub(link).ExecutePlan(request("SELECT id FROM range(2000000000)"))
            while not next(stream).arrow_batch.row_count:
                pass
            wait_for(lambda: idle(server))  # it has filled its buffers, and waits
            assert server.resident() < 700 * MB
            stream.cancel()
        wait_for(lambda: idle(server))


def test_vanished_clients_queries_end_and_free_their_memory(serve: Any) -> None:
    """Each sort holds 190 MB while its rows are read. The allocator keeps pages, but for the next query to use."""
    peaks = []
    with serve("--conf", "spark.glowplug.memory.limit=1g") as server:
        for _ in range(5):
            link = grpc.insecure_channel(server.url.removeprefix("sc://"), [("grpc.max_receive_message_length", -1)])
            stream = SparkConnectServiceStub(link).ExecutePlan(
                request("SELECT id, hash(id) h FROM range(12000000) ORDER BY h")
            )
            while not next(stream).arrow_batch.row_count:
                pass
            peaks.append(server.resident())
            link.close()
            wait_for(lambda: idle(server))
    assert max(peaks) - peaks[0] < 400 * MB  # kept, they would be 760 MB more


@pytest.mark.parametrize("by", ["all", "tag", "operation"])
def test_an_interrupted_query_uses_no_more_processor_time(server: Any, session: SparkSession, by: str) -> None:
    errors: list[PySparkException] = []

    def run() -> None:
        session.addTag("t")  # tags belong to the thread
        try:
            session.sql(ENDLESS).collect()
        except PySparkException as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    wait_for(lambda: not idle(server))
    match by:
        case "all":
            stopped = session.interruptAll()
        case "tag":
            stopped = session.interruptTag("t")
        case _:
            statuses = session.client._get_operation_statuses().operation_statuses
            running = pb.GetStatusResponse.OperationStatus.OPERATION_STATE_RUNNING
            (operation,) = [s.operation_id for s in statuses if s.state == running]
            stopped = session.interruptOperation(operation)
    thread.join(30)
    assert len(stopped) == 1 and [e.getCondition() for e in errors] == ["OPERATION_CANCELED"]
    wait_for(lambda: idle(server))
    assert session.range(3).count() == 3


def test_sessions_work_at_the_same_time(server: Any) -> None:
    """Each sees its own view of the same name, and a query of one does not wait for another's."""
    results: dict[int, list[int]] = {}

    def work(n: int) -> None:
        client = SparkSession(connection=server.url)
        client.range(n).createOrReplaceTempView("v")
        results[n] = [client.sql("SELECT count(*) FROM v").collect()[0][0] for _ in range(5)]
        client.stop()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert results == {n: [n] * 5 for n in range(1, 9)}


def test_a_stopping_server_refuses_new_queries_and_finishes_running_ones(serve: Any) -> None:
    query = "SELECT count(*) FROM range(30000) a JOIN range(30000) b ON a.id * b.id < 0"
    with serve("--grace", "60") as server:
        with grpc.insecure_channel(server.url.removeprefix("sc://")) as link:
            responses: list[Any] = []
            stream = SparkConnectServiceStub(link).ExecutePlan(request(query))
            thread = threading.Thread(target=lambda: responses.extend(stream))
            thread.start()
            wait_for(lambda: not idle(server))
            server.popen.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            with grpc.insecure_channel(server.url.removeprefix("sc://")) as other, pytest.raises(grpc.RpcError) as info:
                list(SparkConnectServiceStub(other).ExecutePlan(request("SELECT 1"), timeout=10))
            assert info.value.code() == grpc.StatusCode.UNAVAILABLE
            thread.join(60)
        assert sum(r.arrow_batch.row_count for r in responses) == 1
        assert server.popen.wait(30) == 0
