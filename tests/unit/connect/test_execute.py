"""ExecutePlan: what is sent, that nothing is lost or repeated, that memory is bounded, and how executions end."""

import itertools
import threading
import time
import uuid
from collections.abc import Callable, Iterator

import pyarrow as pa
import pyspark.sql.connect.proto as pb
import pytest
from pyspark.sql.connect.proto import ExecutePlanResponse as Response

from glowplug.connect import executions
from glowplug.connect.service import Service, Stream
from glowplug.errors import HandleError, RuntimeFailure, SparkError
from glowplug.execute.operation import Operation
from glowplug.plan.expressions import Literal
from glowplug.types import LONG

MIB = 1 << 20
Make = Callable[..., pb.ExecutePlanRequest]


def batch(start: int, count: int) -> pa.RecordBatch:
    return pa.record_batch([pa.array(range(start, start + count), pa.int64())], names=["x"])


def kinds(responses: list[Response]) -> list[str]:
    """What each response holds, progress left out."""
    names = []
    for r in responses:
        kind = r.WhichOneof("response_type")
        if kind is None:
            kind = "schema" if r.HasField("schema") else "metrics" if r.HasField("metrics") else "observed"
        if kind != "execution_progress":
            names.append(kind)
    return names


def rows(responses: list[Response]) -> list[int]:
    """The ids in all batches, chunks put together."""
    out: list[int] = []
    data = b""
    for r in responses:
        if r.HasField("arrow_batch"):
            data += r.arrow_batch.data
            if r.arrow_batch.chunk_index + 1 >= r.arrow_batch.num_chunks_in_batch:
                table = pa.ipc.open_stream(data).read_all()
                assert table.num_rows == r.arrow_batch.row_count and table.column_names == ["id"]
                out += table.column(0).to_pylist()
                data = b""
    return out


def wait_for(condition: Callable[[], object], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


def drain(stream: Stream, into: list[Response]) -> None:
    into.extend(stream)


# --- what is sent


def test_a_query_answers_schema_batches_metrics(service: Service, answer: Callable, request_of: Make) -> None:
    result = answer(lambda op: iter([batch(0, 3), batch(3, 2)]))
    responses = list(service.execute_plan(request_of()))
    assert kinds(responses) == ["schema", "arrow_batch", "arrow_batch", "metrics"]
    assert rows(responses) == [0, 1, 2, 3, 4]
    assert [r.arrow_batch.start_offset for r in responses if r.HasField("arrow_batch")] == [0, 3]
    assert len({r.response_id for r in responses}) == 4
    assert result.closed.is_set()


def test_reattachable_ends_with_result_complete(service: Service, answer: Callable, request_of: Make) -> None:
    answer(lambda op: iter([batch(0, 1)]))
    responses = list(service.execute_plan(request_of(reattachable=True)))
    assert kinds(responses)[-1] == "result_complete"


def test_no_rows_still_have_columns(service: Service, answer: Callable, request_of: Make) -> None:
    answer(lambda op: iter([]))
    responses = list(service.execute_plan(request_of()))
    assert kinds(responses) == ["schema", "arrow_batch", "metrics"] and rows(responses) == []


def test_observed_metrics(service: Service, answer: Callable, request_of: Make) -> None:
    answer(lambda op: iter([batch(0, 1)]), observed={"m": (("s", Literal(10, LONG)), ("c", Literal(None, LONG)))})
    observed = [o for r in service.execute_plan(request_of()) for o in r.observed_metrics]
    assert [(o.name, list(o.keys)) for o in observed] == [("m", ["s", "c"])]
    assert observed[0].values[0].long == 10 and observed[0].values[1].HasField("null")


@pytest.mark.parametrize(("preferred", "size"), [(1024, 1024), (10, None), (None, None)])
def test_chunks(service: Service, answer: Callable, request_of: Make, preferred: int | None, size: int | None) -> None:
    answer(lambda op: iter([batch(0, 300)]))
    request = request_of()
    option = request.request_options.add().result_chunking_options
    option.allow_arrow_batch_chunking = True
    if preferred:
        option.preferred_arrow_chunk_size = preferred
    responses = list(service.execute_plan(request))
    chunks = [r.arrow_batch for r in responses if r.HasField("arrow_batch")]
    assert [c.chunk_index for c in chunks] == list(range(len(chunks)))
    assert {c.num_chunks_in_batch for c in chunks} == {len(chunks)} and {c.row_count for c in chunks} == {300}
    assert len(chunks) == (1 if size is None else -(-sum(len(c.data) for c in chunks) // size))
    assert rows(responses) == list(range(300))


def test_large_batches_are_cut_by_rows(service: Service, answer: Callable, request_of: Make) -> None:
    count = 3 * MIB  # 24 MiB of longs
    answer(lambda op: iter([batch(0, count)]))
    responses = list(service.execute_plan(request_of()))
    sizes = [len(r.arrow_batch.data) for r in responses if r.HasField("arrow_batch")]
    assert len(sizes) >= 3 and max(sizes) < 9 * MIB
    assert sum(r.arrow_batch.row_count for r in responses) == count


def test_progress_while_nothing_comes(service: Service, answer: Callable, request_of: Make) -> None:
    def slow(operation: Operation) -> Iterator[pa.RecordBatch]:
        operation.progress.probe = lambda: 42
        time.sleep(0.35)
        yield batch(0, 1)

    answer(slow)
    request = request_of()
    session = service.sessions.get_or_create("u", request.session_id)
    session.conf.set("spark.connect.progress.reportInterval", "100ms")
    stages = [
        r.execution_progress.stages[0]
        for r in service.execute_plan(request)
        if r.WhichOneof("response_type") == "execution_progress"
    ]
    assert len(stages) >= 2
    assert {(s.num_tasks, s.num_completed_tasks, s.done) for s in stages} == {(100, 42, False)}


# --- reattaching


@pytest.mark.parametrize("after", range(7))
def test_reattach_misses_and_repeats_nothing(service: Service, answer: Callable, request_of: Make, after: int) -> None:
    answer(lambda op: (batch(i * 10, 10) for i in range(4)))
    request = request_of(reattachable=True)
    stream = service.execute_plan(request)
    seen = list(itertools.islice(stream, after))
    stream.abandon()  # the connection broke
    again = pb.ReattachExecuteRequest(
        session_id=request.session_id, user_context=request.user_context, operation_id=request.operation_id
    )
    if seen:
        again.last_response_id = seen[-1].response_id
    seen += service.reattach_execute(again)
    assert kinds(seen) == ["schema", *["arrow_batch"] * 4, "metrics", "result_complete"]
    assert rows(seen) == list(range(40))
    assert len({r.response_id for r in seen}) == len(seen)


def test_reattaching_repeats_what_the_client_did_not_get(service: Service, answer: Callable, request_of: Make) -> None:
    """Responses were sent, but the client has only the first of them."""
    answer(lambda op: (batch(i, 1) for i in range(5)))
    request = request_of(reattachable=True)
    first = list(service.execute_plan(request))
    again = reattach(request, first[1].response_id)
    assert list(service.reattach_execute(again)) == first[2:]


def reattach(request: pb.ExecutePlanRequest, last: str = "") -> pb.ReattachExecuteRequest:
    out = pb.ReattachExecuteRequest(
        session_id=request.session_id, user_context=request.user_context, operation_id=request.operation_id
    )
    if last:
        out.last_response_id = last
    return out


def release(request: pb.ExecutePlanRequest, until: str = "") -> pb.ReleaseExecuteRequest:
    out = pb.ReleaseExecuteRequest(
        session_id=request.session_id, user_context=request.user_context, operation_id=request.operation_id
    )
    if until:
        out.release_until.response_id = until
    else:
        out.release_all.SetInParent()
    return out


def test_a_new_stream_displaces_the_old(service: Service, answer: Callable, request_of: Make) -> None:
    go = threading.Event()

    def waits(operation: Operation) -> Iterator[pa.RecordBatch]:
        go.wait(10)
        yield batch(0, 1)

    answer(waits)
    request = request_of(reattachable=True)
    old = service.execute_plan(request)
    schema = next(old)
    new = service.reattach_execute(reattach(request, schema.response_id))
    with pytest.raises(HandleError) as info:
        next(old)
    assert info.value.condition == "INVALID_CURSOR.DISCONNECTED"
    go.set()
    assert kinds(list(new)) == ["arrow_batch", "metrics", "result_complete"]


def test_positions_that_are_gone_or_never_were(service: Service, answer: Callable, request_of: Make) -> None:
    answer(lambda op: (batch(i, 1) for i in range(5)))
    request = request_of(reattachable=True)
    seen = list(service.execute_plan(request))
    service.release_execute(release(request, until=seen[2].response_id))
    assert list(service.reattach_execute(reattach(request, seen[2].response_id))) == seen[3:]
    for last, condition in [
        (seen[0].response_id, "INVALID_CURSOR.POSITION_NOT_AVAILABLE"),
        ("", "INVALID_CURSOR.POSITION_NOT_AVAILABLE"),
        (str(uuid.uuid4()), "INVALID_CURSOR.POSITION_NOT_FOUND"),
        ("nonsense", "INVALID_CURSOR.POSITION_NOT_FOUND"),
    ]:
        with pytest.raises(HandleError) as info:
            list(service.reattach_execute(reattach(request, last)))
        assert info.value.condition == condition


def test_release_all_ends_it(service: Service, answer: Callable, request_of: Make) -> None:
    answer(lambda op: iter([batch(0, 1)]))
    request = request_of(reattachable=True)
    list(service.execute_plan(request))
    assert service.release_execute(release(request)).operation_id == request.operation_id
    assert service.release_execute(release(request)).operation_id == ""
    with pytest.raises(HandleError) as info:
        service.reattach_execute(reattach(request))
    assert info.value.condition == "INVALID_HANDLE.OPERATION_NOT_FOUND"


def test_an_operations_id_is_used_once(service: Service, answer: Callable, request_of: Make) -> None:
    result = answer(lambda op: iter([batch(0, 1)]))
    request = request_of(reattachable=True)
    list(service.execute_plan(request))
    for _ in range(2):
        with pytest.raises(HandleError) as info:
            service.execute_plan(request)
        assert info.value.condition == "INVALID_HANDLE.OPERATION_ALREADY_EXISTS"
    service.release_execute(release(request))
    with pytest.raises(HandleError) as info:
        service.execute_plan(request)
    assert info.value.condition == "INVALID_HANDLE.OPERATION_ABANDONED"
    assert result.started == 1


def test_what_is_not_reattachable(service: Service, answer: Callable, request_of: Make) -> None:
    answer(lambda op: iter([batch(0, 1)]))
    request = request_of()
    stream = service.execute_plan(request)
    next(stream)
    with pytest.raises(HandleError) as info:
        service.reattach_execute(reattach(request))
    assert info.value.condition == "INVALID_CURSOR.NOT_REATTACHABLE"
    list(stream)
    with pytest.raises(HandleError) as info:
        service.reattach_execute(reattach(request))
    assert info.value.condition == "INVALID_HANDLE.OPERATION_NOT_FOUND"


# --- memory


def endless(made: list[int]) -> Callable[[Operation], Iterator[pa.RecordBatch]]:
    """One MiB a batch, until cancelled; `made` counts."""

    def batches(operation: Operation) -> Iterator[pa.RecordBatch]:
        for i in itertools.count():
            made.append(i)
            yield batch(i, MIB // 8)

    return batches


@pytest.mark.parametrize("reattachable", [False, True])
def test_the_producer_waits_for_a_slow_client(
    service: Service, answer: Callable, request_of: Make, reattachable: bool
) -> None:
    made: list[int] = []
    answer(endless(made))
    request = request_of(reattachable)
    stream = service.execute_plan(request)
    next(stream)
    execution = service.executions.all()[0]
    wait_for(lambda: execution.buffered_bytes >= executions.UNSENT_BYTES)
    time.sleep(0.2)
    ahead = executions.UNSENT_BYTES // MIB
    assert ahead <= len(made) <= ahead + 2
    for _ in range(200):
        next(stream)
        assert execution.buffered_bytes < executions.UNSENT_BYTES + executions.KEPT_BYTES + 3 * MIB
    if not reattachable:
        assert execution.buffered_bytes <= executions.UNSENT_BYTES + 2 * MIB  # nothing sent is kept
    stream.close()
    service.executions.remove(execution)
    wait_for(lambda: not execution.running)
    assert execution.buffered_bytes == 0


def test_released_responses_are_dropped(service: Service, answer: Callable, request_of: Make) -> None:
    answer(lambda op: (batch(i, MIB // 8) for i in range(10)))
    request = request_of(reattachable=True)
    stream = service.execute_plan(request)
    execution = service.executions.all()[0]
    wait_for(lambda: not execution.running)
    full = execution.buffered_bytes
    assert full > 10 * MIB
    seen = list(itertools.islice(stream, 6))
    service.release_execute(release(request, until=seen[-1].response_id))
    assert execution.buffered_bytes < full - 4 * MIB


# --- endings


def test_a_vanished_client_ends_its_query(service: Service, answer: Callable, request_of: Make) -> None:
    result = answer(endless([]))
    stream = service.execute_plan(request_of())
    next(stream)
    execution = service.executions.all()[0]
    stream.abandon()
    wait_for(result.closed.is_set)
    wait_for(lambda: not execution.running)
    assert execution.buffered_bytes == 0 and service.executions.all() == [] and execution.session.operations == {}


def test_an_abandoned_reattachable_execution_is_swept(service: Service, answer: Callable, request_of: Make) -> None:
    result = answer(endless([]))
    request = request_of(reattachable=True)
    stream = service.execute_plan(request)
    next(stream)
    service.maintain(detached_timeout=0, session_timeout=3600)
    assert len(service.executions.all()) == 1  # a client is attached
    stream.abandon()
    service.maintain(detached_timeout=60, session_timeout=3600)
    assert len(service.executions.all()) == 1  # it may come back
    time.sleep(0.01)
    service.maintain(detached_timeout=0, session_timeout=3600)
    wait_for(result.closed.is_set)
    with pytest.raises(HandleError) as info:
        service.reattach_execute(reattach(request))
    assert info.value.condition == "INVALID_HANDLE.OPERATION_ABANDONED"


@pytest.mark.parametrize("by", ["all", "tag", "operation"])
def test_interrupt(service: Service, answer: Callable, request_of: Make, by: str) -> None:
    stopped = threading.Event()

    def waits(operation: Operation) -> Iterator[pa.RecordBatch]:
        forget = operation.on_cancel(stopped.set)  # as a kernel statement is interrupted
        assert stopped.wait(10)
        forget()
        raise RuntimeFailure("INTERNAL_ERROR", message="interrupted")
        yield

    answer(waits)
    request = request_of(tags=["t"])
    seen: list[Response] = []
    stream = service.execute_plan(request)
    next(stream)
    interrupt = pb.InterruptRequest(session_id=request.session_id, user_context=request.user_context)
    interrupt.interrupt_type = pb.InterruptRequest.INTERRUPT_TYPE_TAG
    interrupt.operation_tag = "other"
    assert list(service.interrupt(interrupt).interrupted_ids) == []
    if by == "all":
        interrupt.interrupt_type = pb.InterruptRequest.INTERRUPT_TYPE_ALL
    elif by == "tag":
        interrupt.operation_tag = "t"
    else:
        interrupt.interrupt_type = pb.InterruptRequest.INTERRUPT_TYPE_OPERATION_ID
        interrupt.operation_id = request.operation_id
    assert list(service.interrupt(interrupt).interrupted_ids) == [request.operation_id]
    with pytest.raises(HandleError) as info:
        drain(stream, seen)
    assert info.value.condition == "OPERATION_CANCELED"
    assert list(service.interrupt(interrupt).interrupted_ids) == []
    assert state(service, request) == pb.GetStatusResponse.OperationStatus.OPERATION_STATE_CANCELLED


def state(service: Service, request: pb.ExecutePlanRequest) -> int:
    status = pb.GetStatusRequest(session_id=request.session_id, user_context=request.user_context)
    status.operation_status.operation_ids.append(request.operation_id)
    return service.get_status(status).operation_statuses[0].state


def test_states(service: Service, answer: Callable, request_of: Make) -> None:
    go = threading.Event()

    def waits(operation: Operation) -> Iterator[pa.RecordBatch]:
        go.wait(10)
        yield batch(0, 1)

    answer(waits)
    states = pb.GetStatusResponse.OperationStatus
    request = request_of(reattachable=True)
    stream = service.execute_plan(request)
    next(stream)
    assert state(service, request) == states.OPERATION_STATE_RUNNING
    go.set()
    list(stream)
    assert state(service, request) == states.OPERATION_STATE_TERMINATING
    service.release_execute(release(request))
    assert state(service, request) == states.OPERATION_STATE_SUCCEEDED
    request.operation_id = str(uuid.uuid4())
    assert state(service, request) == states.OPERATION_STATE_UNKNOWN


@pytest.mark.parametrize("reattachable", [False, True])
def test_an_error_comes_after_the_rows_before_it(
    service: Service, answer: Callable, request_of: Make, reattachable: bool
) -> None:
    def fails(operation: Operation) -> Iterator[pa.RecordBatch]:
        yield batch(0, 1)
        raise RuntimeFailure("DIVIDE_BY_ZERO", config="x")

    result = answer(fails)
    request = request_of(reattachable)
    seen: list[Response] = []
    with pytest.raises(SparkError) as info:
        drain(service.execute_plan(request), seen)
    assert info.value.condition == "DIVIDE_BY_ZERO" and kinds(seen) == ["schema", "arrow_batch"]
    assert result.closed.is_set()
    if reattachable:  # it is told again to a client that did not hear it
        with pytest.raises(SparkError) as info:
            list(service.reattach_execute(reattach(request, seen[-1].response_id)))
        assert info.value.condition == "DIVIDE_BY_ZERO"


def test_releasing_the_session_ends_its_executions(service: Service, answer: Callable, request_of: Make) -> None:
    result = answer(endless([]))
    request = request_of(reattachable=True)
    stream = service.execute_plan(request)
    next(stream)
    service.release_session(pb.ReleaseSessionRequest(session_id=request.session_id, user_context=request.user_context))
    wait_for(result.closed.is_set)
    assert service.executions.all() == []
    with pytest.raises(HandleError) as info:
        service.execute_plan(request_of())
    assert info.value.condition == "INVALID_HANDLE.SESSION_CLOSED"


def test_many_at_once(service: Service, answer: Callable, request_of: Make) -> None:
    answer(lambda op: (batch(i * 100, 100) for i in range(20)))
    results: list[list[Response]] = [[] for _ in range(20)]
    threads = [
        threading.Thread(target=lambda out=out: drain(service.execute_plan(request_of()), out)) for out in results
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert all(rows(r) == list(range(2000)) for r in results)
