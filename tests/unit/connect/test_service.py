"""The calls besides ExecutePlan: handles, settings, artifacts, plans as they arrive, errors. Conditions are Spark's,
as Apache Spark 4.2.1 answered for the same requests."""

import json
import mmap
import uuid
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress

import pyspark.sql.connect.proto as pb
import pytest
import zstandard
from google.rpc import error_details_pb2

from glowplug import query
from glowplug.connect.service import Service
from glowplug.errors import AnalysisError, ArithmeticFailure, RuntimeFailure, SparkError
from glowplug.plan.expressions import Origin
from glowplug.plan.relations import LocalData, SQLText

USER = pb.UserContext(user_id="u")
Version = pb.AnalyzePlanRequest.SparkVersion
Set, Get = pb.ConfigRequest.Set, pb.ConfigRequest.Get


def failing(call: Callable[..., object], *args: object) -> SparkError:
    with pytest.raises(SparkError) as info:
        call(*args)
    return info.value


def version(session_id: str, **kwargs: str) -> pb.AnalyzePlanRequest:
    return pb.AnalyzePlanRequest(session_id=session_id, user_context=USER, spark_version=Version(), **kwargs)


# --- handles


def test_spark_version(service: Service, session_id: str) -> None:
    response = service.analyze_plan(version(session_id))
    assert response.spark_version.version == "4.2.0" and response.session_id == session_id
    again = service.analyze_plan(
        version(session_id, client_observed_server_side_session_id=response.server_side_session_id)
    )
    assert again.server_side_session_id == response.server_side_session_id


@pytest.mark.parametrize("handle", ["abc", "", "0" * 36])
def test_a_session_id_is_a_uuid(service: Service, handle: str) -> None:
    assert failing(service.analyze_plan, version(handle)).condition == "INVALID_HANDLE.FORMAT"


def test_a_session_of_another_server_life(service: Service, session_id: str) -> None:
    request = version(session_id, client_observed_server_side_session_id=str(uuid.uuid4()))
    assert failing(service.analyze_plan, request).condition == "INVALID_HANDLE.SESSION_CHANGED"


def test_users_do_not_share_sessions(service: Service, session_id: str) -> None:
    one = service.analyze_plan(version(session_id))
    request = version(session_id)
    request.user_context.user_id = "v"
    assert service.analyze_plan(request).server_side_session_id != one.server_side_session_id


def test_a_released_session_stays_closed(service: Service, session_id: str) -> None:
    release = pb.ReleaseSessionRequest(session_id=session_id, user_context=USER)
    assert service.release_session(release).server_side_session_id == ""  # there was none; the id stays usable
    service.analyze_plan(version(session_id))
    reconnect = pb.ReleaseSessionRequest(session_id=session_id, user_context=USER, allow_reconnect=True)
    assert service.release_session(reconnect).server_side_session_id
    service.analyze_plan(version(session_id))
    assert service.release_session(release).server_side_session_id
    assert failing(service.analyze_plan, version(session_id)).condition == "INVALID_HANDLE.SESSION_CLOSED"
    assert service.release_session(release).server_side_session_id == ""


@pytest.mark.parametrize(
    ("method", "request_type"),
    [
        ("reattach_execute", pb.ReattachExecuteRequest),
        ("release_execute", pb.ReleaseExecuteRequest),
        ("get_status", pb.GetStatusRequest),
        ("clone_session", pb.CloneSessionRequest),
    ],
)
def test_calls_that_need_a_session(service: Service, session_id: str, method: str, request_type: type) -> None:
    request = request_type(session_id=session_id, user_context=USER)
    assert failing(getattr(service, method), request).condition == "INVALID_HANDLE.SESSION_NOT_FOUND"


def test_idle_sessions_expire(service: Service, session_id: str) -> None:
    service.analyze_plan(version(session_id))
    service.maintain(detached_timeout=60, session_timeout=60)
    service.analyze_plan(version(session_id))
    service.maintain(detached_timeout=60, session_timeout=0)
    assert failing(service.analyze_plan, version(session_id)).condition == "INVALID_HANDLE.SESSION_CLOSED"


def test_clone(service: Service, session_id: str) -> None:
    session = service.sessions.get_or_create("u", session_id)
    session.conf.set("a.b", "1")
    list(upload(service, session_id, "files/a.txt", b"x"))
    response = service.clone_session(pb.CloneSessionRequest(session_id=session_id, user_context=USER))
    clone = service.sessions.get("u", response.new_session_id, response.new_server_side_session_id)
    clone.conf.set("a.b", "2")
    assert session.conf.get("a.b") == "1"
    assert clone.files and session.files and clone.files != session.files
    assert (clone.files / "files/a.txt").read_bytes() == b"x"
    for target, why in [("x", "FORMAT"), (session_id, "ALREADY_EXISTS")]:
        request = pb.CloneSessionRequest(session_id=session_id, user_context=USER, new_session_id=target)
        condition = f"INVALID_CLONE_SESSION_REQUEST.TARGET_SESSION_ID_{why}"
        assert failing(service.clone_session, request).condition == condition
    files = clone.files
    service.release_session(pb.ReleaseSessionRequest(session_id=clone.id, user_context=USER))
    assert not files.exists() and session.files.exists()


def test_interrupts_that_say_nothing(service: Service, session_id: str) -> None:
    def condition(**fields: object) -> str:
        return failing(
            service.interrupt, pb.InterruptRequest(session_id=session_id, user_context=USER, **fields)
        ).condition

    kinds = pb.InterruptRequest
    assert condition() == "UNSUPPORTED_FEATURE.INTERRUPT_TYPE"
    assert condition(interrupt_type=kinds.INTERRUPT_TYPE_TAG).endswith("INTERRUPT_TYPE_TAG_REQUIRES_TAG")
    assert condition(interrupt_type=kinds.INTERRUPT_TYPE_OPERATION_ID).endswith("OPERATION_ID_REQUIRES_ID")


@pytest.mark.parametrize("tag", ["", "a,b"])
def test_bad_tags(service: Service, request_of: Callable, tag: str) -> None:
    assert failing(service.execute_plan, request_of(tags=[tag])).condition.startswith("INVALID_PARAMETER_VALUE")


def test_an_operation_id_is_a_uuid(service: Service, request_of: Callable) -> None:
    request = request_of()
    request.operation_id = "x"
    assert failing(service.execute_plan, request).condition == "INVALID_HANDLE.FORMAT"


# --- settings


def configure(service: Service, session_id: str, **operation: object) -> pb.ConfigResponse:
    operation = pb.ConfigRequest.Operation(**operation)
    return service.config(pb.ConfigRequest(session_id=session_id, user_context=USER, operation=operation))


def pairs(response: pb.ConfigResponse) -> dict[str, str | None]:
    return {p.key: p.value if p.HasField("value") else None for p in response.pairs}


def test_config(service: Service, session_id: str) -> None:
    def call(**operation: object) -> pb.ConfigResponse:
        return configure(service, session_id, **operation)

    key, value = "spark.sql.shuffle.partitions", "7"
    call(set=Set(pairs=[pb.KeyValue(key=key, value=value), pb.KeyValue(key="my.key", value="")]))
    assert pairs(call(get=Get(keys=[key, "my.key"]))) == {key: value, "my.key": ""}
    assert pairs(call(get_all=pb.ConfigRequest.GetAll(prefix="my"))) == {".key": ""}
    assert {key: value, "my.key": ""}.items() <= pairs(call(get_all=pb.ConfigRequest.GetAll())).items()
    assert pairs(call(get_option=pb.ConfigRequest.GetOption(keys=[key, "a.b"]))) == {key: value, "a.b": None}
    defaults = [pb.KeyValue(key=key, value="9"), pb.KeyValue(key="a.b", value="x"), pb.KeyValue(key="a.c")]
    assert pairs(call(get_with_default=pb.ConfigRequest.GetWithDefault(pairs=defaults))) == {
        key: value, "a.b": "x", "a.c": None,
    }  # fmt: skip
    assert pairs(call(is_modifiable=pb.ConfigRequest.IsModifiable(keys=[key, "a.b"]))) == {key: "true", "a.b": "false"}
    call(unset=pb.ConfigRequest.Unset(keys=[key]))
    assert pairs(call(get=Get(keys=[key]))) == {key: "200"}
    assert failing(lambda: call(get=Get(keys=["a.b"]))).condition == "SQL_CONF_NOT_FOUND"
    assert failing(lambda: call()).condition == "CONNECT_INVALID_PLAN.INVALID_ONE_OF_FIELD_NOT_SET"
    assert failing(lambda: call(set=Set(pairs=[pb.KeyValue(key=key)]))).condition == "INVALID_CONF_VALUE.REQUIREMENT"


def test_silent_settings_warn(service: Service, session_id: str) -> None:
    given = {"spark.executor.memory": "2g", "spark.sql.shuffle.partitions": "x", "spark.sql.ansi.enabled": "false"}
    wanted = [pb.KeyValue(key=k, value=v) for k, v in given.items()]
    warnings = configure(service, session_id, set=Set(pairs=wanted, silent=True)).warnings
    assert len(warnings) == 2 and "CANNOT_MODIFY_CONFIG" in warnings[0] and "TYPE_MISMATCH" in warnings[1]
    assert (
        pairs(configure(service, session_id, get=Get(keys=["spark.sql.ansi.enabled"])))["spark.sql.ansi.enabled"]
        == "false"
    )


def test_deprecated_settings_warn(service: Service, session_id: str) -> None:
    assert configure(service, session_id, get=Get(keys=["spark.sql.execution.arrow.enabled"])).warnings
    assert not configure(service, session_id, get=Get(keys=["spark.sql.ansi.enabled"])).warnings


# --- artifacts

Add = pb.AddArtifactsRequest


def chunk(data: bytes, crc: int | None = None) -> pb.AddArtifactsRequest.ArtifactChunk:
    return Add.ArtifactChunk(data=data, crc=zlib.crc32(data) if crc is None else crc)


def upload(service: Service, session_id: str, name: str, data: bytes, crc: int | None = None) -> list[bool]:
    one = Add.SingleChunkArtifact(name=name, data=chunk(data, crc))
    request = Add(session_id=session_id, user_context=USER, batch=Add.Batch(artifacts=[one]))
    return [a.is_crc_successful for a in service.add_artifacts(iter([request])).artifacts]


def begin(session_id: str, name: str, total: int, chunks: int, data: bytes) -> pb.AddArtifactsRequest:
    start = Add.BeginChunkedArtifact(name=name, total_bytes=total, num_chunks=chunks, initial_chunk=chunk(data))
    return Add(session_id=session_id, user_context=USER, begin_chunk=start)


def more(session_id: str, data: bytes, crc: int | None = None) -> pb.AddArtifactsRequest:
    return Add(session_id=session_id, user_context=USER, chunk=chunk(data, crc))


def known(service: Service, session_id: str, *names: str) -> list[bool]:
    request = pb.ArtifactStatusesRequest(session_id=session_id, user_context=USER, names=names)
    statuses = service.artifact_status(request).statuses
    return [statuses[name].exists for name in names]


def test_artifacts(service: Service, session_id: str) -> None:
    assert upload(service, session_id, "files/a.txt", b"hello") == [True]
    assert upload(service, session_id, "files/a.txt", b"hello") == [True]
    other = failing(upload, service, session_id, "files/a.txt", b"other")
    assert other.condition == "ARTIFACT_ALREADY_EXISTS"
    assert upload(service, session_id, "cache/abc", b"hello") == [True]
    assert upload(service, session_id, "cache/bad", b"hello", 5) == [False]
    assert known(service, session_id, "cache/abc", "cache/bad", "files/a.txt") == [True, False, False]
    session = service.sessions.get("u", session_id)
    assert (
        session.files
        and (session.files / "files/a.txt").read_bytes() == b"hello"
        and session.blobs == {"abc": b"hello"}
    )


@pytest.mark.parametrize("name", ["files/../../b.txt", "/etc/b.txt", ""])
def test_artifacts_stay_in_their_directory(service: Service, session_id: str, name: str) -> None:
    assert failing(upload, service, session_id, name, b"x").condition == "INVALID_ARTIFACT_PATH"


def test_the_servers_own_files_are_out_of_reach(service: Service, session_id: str, tmp_path) -> None:
    target = tmp_path / "a.txt"
    forbidden = failing(upload, service, session_id, f"forward_to_fs{target}", b"x")
    assert forbidden.condition == "UNSUPPORTED_FEATURE.FORWARD_TO_LOCAL_FS" and not target.exists()
    session = service.sessions.get("u", session_id)
    session.conf.set("spark.sql.artifact.copyFromLocalToFs.allowDestLocal", "true")
    upload(service, session_id, f"forward_to_fs{target}", b"x")
    assert target.read_bytes() == b"x"


def test_chunked_artifacts(service: Service, session_id: str) -> None:
    def send(*requests: pb.AddArtifactsRequest) -> list[tuple[str, bool]]:
        return [(a.name, a.is_crc_successful) for a in service.add_artifacts(iter(requests)).artifacts]

    assert send(begin(session_id, "cache/1", 6, 2, b"abc"), more(session_id, b"def")) == [("cache/1", True)]
    assert send(begin(session_id, "cache/2", 6, 2, b"abc"), more(session_id, b"def", 9)) == [("cache/2", False)]
    assert failing(send, more(session_id, b"x")).condition == "INVALID_PARAMETER_VALUE.ARTIFACT_CHUNK"
    for broken in (
        [begin(session_id, "cache/3", 6, 2, b"abc")],
        [begin(session_id, "cache/4", 7, 2, b"abc"), more(session_id, b"def")],
    ):
        assert failing(send, *broken).condition == "INVALID_PARAMETER_VALUE.ARTIFACT_INCOMPLETE"
    assert known(service, session_id, *(f"cache/{i}" for i in range(1, 5))) == [True, False, False, False]
    assert send() == []


def test_uploads_are_in_files(service: Service, session_id: str) -> None:
    """What arrives goes to the session's directory, chunk by chunk; what was not kept is gone from it."""
    upload(service, session_id, "cache/empty", b"")
    session = service.sessions.get("u", session_id)
    sizes = []

    def requests() -> Iterator[pb.AddArtifactsRequest]:
        yield begin(session_id, "cache/big", 4 << 20, 4, bytes(1 << 20))
        for _ in range(3):
            assert session.files is not None
            sizes.append([p.stat().st_size >> 18 for p in session.files.iterdir()])
            yield more(session_id, bytes(1 << 20))

    service.add_artifacts(requests())
    assert [len(s) for s in sizes] == [1, 1, 1] and sizes == sorted(sizes) and sizes[-1][0] >= 8
    blob = session.blobs["big"]
    assert isinstance(blob, memoryview) and isinstance(blob.obj, mmap.mmap) and blob == bytes(4 << 20)
    assert session.blobs["empty"] == b""
    for broken in (
        [begin(session_id, "files/x", 6, 2, b"abc")],
        [begin(session_id, "files/x", 2, 2, b"abc"), more(session_id, b"x")],
        [begin(session_id, "files/x", 9, 2, b"abc"), begin(session_id, "files/y", 9, 2, b"abc")],
        [begin(session_id, "files/x", 6, 2, b"abc"), more(session_id, b"def", 9)],
    ):
        with suppress(SparkError):
            service.add_artifacts(iter(broken))
    assert session.files is not None and list(session.files.iterdir()) == []


# --- plans as they arrive


def compressed(data: bytes, op_type: int = 1, codec: int = 1) -> pb.Plan:
    operation = pb.Plan.CompressedOperation(data=data, op_type=op_type, compression_codec=codec)
    return pb.Plan(compressed_operation=operation)


def schema_of(service: Service, session_id: str, plan: pb.Plan) -> pb.AnalyzePlanResponse:
    kind = pb.AnalyzePlanRequest.Schema(plan=plan)
    return service.analyze_plan(pb.AnalyzePlanRequest(session_id=session_id, user_context=USER, schema=kind))


RANGE = pb.Relation(range=pb.Range(end=2, step=1))


def test_compressed_plans(service: Service, session_id: str) -> None:
    plain = schema_of(service, session_id, pb.Plan(root=RANGE))
    packed = compressed(zstandard.compress(RANGE.SerializeToString()))
    assert schema_of(service, session_id, packed).schema == plain.schema


@pytest.mark.parametrize(
    ("plan", "condition"),
    [
        (pb.Plan(), "CONNECT_INVALID_PLAN.INVALID_ONE_OF_FIELD_NOT_SET"),
        (pb.Plan(root=pb.Relation()), "CONNECT_INVALID_PLAN.INVALID_ONE_OF_FIELD_NOT_SET"),
        (pb.Plan(command=pb.Command()), "CONNECT_INVALID_PLAN.INVALID_ONE_OF_FIELD_NOT_SET"),
        (compressed(b"garbage"), "CONNECT_INVALID_PLAN.CANNOT_PARSE"),
        (compressed(zstandard.compress(b"\xff\xff\xff")), "CONNECT_INVALID_PLAN.CANNOT_PARSE"),
        (compressed(zstandard.compress(b""), op_type=0), "CONNECT_INVALID_PLAN.CANNOT_PARSE"),
        (compressed(zstandard.compress(b""), codec=0), "CONNECT_INVALID_PLAN.INVALID_ENUM"),
        (compressed(zstandard.compress(b"\0" * (513 << 20))), "CONNECT_INVALID_PLAN.PLAN_SIZE_LARGER_THAN_MAX"),
    ],
)
def test_plans_that_make_no_sense(service: Service, session_id: str, plan: pb.Plan, condition: str) -> None:
    assert failing(schema_of, service, session_id, plan).condition == condition


def test_a_bomb_without_its_size_is_not_unpacked(service: Service, session_id: str) -> None:
    packer = zstandard.ZstdCompressor(write_content_size=False)
    session = service.sessions.get_or_create("u", session_id)
    session.conf.record("spark.connect.maxPlanSize", "1m")
    plan = compressed(packer.compress(b"\0" * (64 << 20)))
    assert failing(schema_of, service, session_id, plan).condition == "CONNECT_INVALID_PLAN.CANNOT_PARSE"


def test_unknown_extensions(service: Service, session_id: str) -> None:
    relation = pb.Relation()
    relation.extension.type_url = "type.googleapis.com/foo.Bar"
    error = failing(schema_of, service, session_id, pb.Plan(root=relation))
    assert error.condition == "CONNECT_INVALID_PLAN.NO_HANDLER_FOR_EXTENSION"
    assert error.parameters == {"extensionTypeUrl": "type.googleapis.com/foo.Bar"}


def test_unknown_analysis(service: Service, session_id: str) -> None:
    request = pb.AnalyzePlanRequest(session_id=session_id, user_context=USER)
    assert failing(service.analyze_plan, request).condition == "CONNECT_INVALID_PLAN.UNKNOWN_ANALYZE_METHOD"


# --- SQL commands


def sql_command(text: str) -> pb.Plan:
    plan = pb.Plan()
    plan.command.sql_command.input.sql.query = text
    return plan


def test_a_query_comes_back_as_it_was(service: Service, request_of: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query, "run", lambda command, session, operation: SQLText("select 1"))
    plan = sql_command("select 1")
    (response,) = service.execute_plan(request_of(plan=plan))
    assert response.sql_command_result.relation == plan.command.sql_command.input


def test_a_commands_rows_come_back(service: Service, request_of: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    import pyarrow as pa

    from glowplug.plan.expressions import Attribute
    from glowplug.types import LONG

    data = LocalData((Attribute("n", LONG, False, 1),), pa.table({"x": pa.array([5], pa.int64())}))
    monkeypatch.setattr(query, "run", lambda command, session, operation: data)
    (response,) = service.execute_plan(request_of(plan=sql_command("show things")))
    local = response.sql_command_result.relation.local_relation
    assert pa.ipc.open_stream(local.data).read_all().to_pydict() == {"n": [5]}
    assert json.loads(local.schema)["fields"][0]["nullable"] is False


def test_the_end_of_a_client_needs_no_models(service: Service, request_of: Callable) -> None:
    plan = pb.Plan()
    plan.command.ml_command.clean_cache.SetInParent()
    assert list(service.execute_plan(request_of(plan=plan))) == []


# --- errors


def details(service: Service, session_id: str, error: Exception) -> tuple[object, dict[str, str], object]:
    """The status, ErrorInfo's metadata and FetchErrorDetails' answer for an error."""
    request = version(session_id)
    service.analyze_plan(request)
    status = service.status(error, request)
    info = error_details_pb2.ErrorInfo()
    assert status.details[0].Unpack(info) and info.domain == "org.apache.spark"
    fetch = pb.FetchErrorDetailsRequest(session_id=session_id, user_context=USER, error_id=info.metadata["errorId"])
    return status, dict(info.metadata), service.fetch_error_details(fetch)


def test_an_error_with_its_place(service: Service, session_id: str) -> None:
    text = "select\n  foo from range(1)"
    origin = Origin(text=text, start=9, stop=11)
    error = AnalysisError("UNRESOLVED_COLUMN.WITH_SUGGESTION", origin, objectName="`foo`", proposal="`id`")
    status, metadata, fetched = details(service, session_id, error)
    assert status.code == 13 and status.message == str(error)
    assert metadata["errorClass"] == "UNRESOLVED_COLUMN.WITH_SUGGESTION" and metadata["sqlState"] == "42703"
    assert json.loads(metadata["messageParameters"]) == {"objectName": "`foo`", "proposal": "`id`"}
    assert json.loads(metadata["classes"]) == ["org.apache.spark.sql.AnalysisException"]
    context = fetched.errors[0].spark_throwable.query_contexts[0]
    assert (context.start_index, context.stop_index, context.fragment) == (9, 11, "foo")
    assert context.summary.startswith("== SQL (line 2, position 3) ==\n  foo from range(1)\n  ^^^")


def test_details_are_fetched_once(service: Service, session_id: str) -> None:
    _, metadata, fetched = details(service, session_id, ArithmeticFailure("DIVIDE_BY_ZERO", config="c"))
    assert len(fetched.errors) == 1 and fetched.session_id == session_id
    fetch = pb.FetchErrorDetailsRequest(session_id=session_id, user_context=USER, error_id=metadata["errorId"])
    assert len(service.fetch_error_details(fetch).errors) == 0


def test_causes_are_chained(service: Service, session_id: str) -> None:
    error = RuntimeFailure("INTERNAL_ERROR", message="outer")
    error.__cause__ = ArithmeticFailure("DIVIDE_BY_ZERO", config="c")
    _, _, fetched = details(service, session_id, error)
    assert [e.spark_throwable.error_class for e in fetched.errors] == ["INTERNAL_ERROR", "DIVIDE_BY_ZERO"]
    assert fetched.errors[0].cause_idx == 1 and not fetched.errors[1].HasField("cause_idx")


@pytest.mark.parametrize("letter", ["x", "é", "語"])
def test_long_messages_fit_in_headers(service: Service, session_id: str, letter: str) -> None:
    error = RuntimeFailure("INTERNAL_ERROR", message=letter * 10_000)
    status, metadata, fetched = details(service, session_id, error)
    from urllib.parse import quote

    assert len(quote(status.message)) + 4 / 3 * len(status.SerializeToString()) < 14_000
    assert "messageParameters" not in metadata
    assert fetched.errors[0].spark_throwable.message_parameters["message"] == letter * 10_000


def test_what_nobody_foresaw_is_told_without_its_text(
    service: Service, session_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    status, metadata, _ = details(service, session_id, ValueError("secret path"))
    assert metadata["errorClass"] == "INTERNAL_ERROR" and "secret" not in status.message
    assert "secret path" in caplog.text


def test_too_deep_is_a_condition(service: Service, session_id: str) -> None:
    _, metadata, _ = details(service, session_id, RecursionError())
    assert metadata["errorClass"] == "FAILED_TO_PARSE_TOO_COMPLEX"
