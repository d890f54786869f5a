"""Whatever is thrown at a server, it answers with rows or a condition of Spark's, and goes on.

GLOWPLUG_FUZZ_SECONDS says for how long, for each of the three kinds of input; GLOWPLUG_FUZZ_SEED which input.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from random import Random
from typing import Any

import grpc
import pyarrow as pa
import pyspark.sql.connect.proto as pb
import pytest
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from pyspark.errors import PySparkException
from pyspark.sql.connect.session import SparkSession

from tests.integration.fuzzing import Frames, Messages, mutated, table_sql

SECONDS = float(os.environ.get("GLOWPLUG_FUZZ_SECONDS", "15"))
# Without a time given, so many requests at the most: the same ones on any machine.
MOST = 10**9 if "GLOWPLUG_FUZZ_SECONDS" in os.environ else 800
SEED = os.environ.get("GLOWPLUG_FUZZ_SEED", "1")
ROWS = 100_000  # of an answer that are read
Make = Callable[[], bytes]


class Maker:
    """Requests of the three kinds, each from the random numbers of its own."""

    def __init__(self, session: SparkSession) -> None:
        session.sql(table_sql()).createOrReplaceTempView("base")
        self.session, self.random = session, Random(SEED)
        self.frames, self.messages = Frames(self.random, session.table("base")), Messages(self.random)

    def request(self, plan: pb.Plan) -> bytes:
        request = self.session.client._execute_plan_request_with_metadata()
        request.plan.CopyFrom(plan)
        return bytes(request.SerializeToString())

    def plans(self) -> bytes:
        return self.request(self.frames.frame()._plan.to_proto(self.session.client))

    def anything(self) -> bytes:
        return self.request(self.messages.plan())

    def changed(self) -> bytes:
        """A request with other bytes, which is still one, mostly."""
        data = self.plans()
        for _ in range(20):
            changed = mutated(data, self.random)
            try:
                pb.ExecutePlanRequest.FromString(changed)
                return changed
            except DecodeError:
                continue
        return changed


def answer(call: Any, data: bytes) -> str:
    """ "rows", or the condition of the error; with its message where that is nobody's fault but the engine's."""
    rows = 0
    try:
        stream = call(data, timeout=30)
        for response in map(pb.ExecutePlanResponse.FromString, stream):
            if response.HasField("arrow_batch"):
                table = pa.ipc.open_stream(response.arrow_batch.data).read_all()
                table.validate(full=True)
                rows += table.num_rows
            if rows > ROWS:
                stream.cancel()
                break
        return "rows"
    except grpc.RpcError as error:
        status = rpc_status.from_call(error)
        if status is None:  # not a message at all
            return "" if "deserializing" in error.details() else f"{error.code()}: {error.details()}"
        info = error_details_pb2.ErrorInfo()
        status.details[0].Unpack(info)
        condition = info.metadata["errorClass"]
        return condition if condition and condition != "INTERNAL_ERROR" else f"{condition}: {status.message}"


@pytest.mark.parametrize("kind", ["plans", "anything", "changed"])
def test_everything_is_answered(kind: str, server: Any, session: SparkSession) -> None:
    maker = Maker(session)
    faults: list[str] = []
    answers: set[str] = set()
    asked = 0
    with grpc.insecure_channel(server.url.removeprefix("sc://")) as channel:
        call = channel.unary_stream("/spark.connect.SparkConnectService/ExecutePlan")
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline and asked < MOST:
            asked += 1
            maker.random.seed(f"{SEED}-{asked}")
            try:
                data = getattr(maker, kind)()
            except PySparkException as error:  # some calls ask the server while the plan is built
                found = error.getCondition() or "refused by the client"
                found = str(error) if found == "INTERNAL_ERROR" else found
            else:
                found = answer(call, data)
            answers.add(found)
            if ": " in found:
                faults.append(f"{kind} {SEED}-{asked}: {found}")
    assert server.popen.poll() is None, f"the server died at {kind} {SEED}-{asked}"
    assert session.range(3).count() == 3
    assert asked > 50 and "rows" in answers
    assert not faults, "\n".join(faults)
