"""The real client over a channel without a server: it builds plans, and what it would send is decoded here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pyspark.sql.connect.proto as proto
import pytest
from pyspark.sql.connect.client import ChannelBuilder
from pyspark.sql.connect.session import SparkSession
from pyspark.sql.connect.types import pyspark_types_to_proto_types
from pyspark.sql.types import ArrayType, IntegerType, StructType

from glowplug.connect import decode
from glowplug.connect.decode import Context
from glowplug.plan.commands import Command
from glowplug.plan.expressions import UnresolvedAttribute, UnresolvedStar
from glowplug.plan.relations import DataFrameNode, Relation
from glowplug.plan.tree import map_expressions, map_relations
from glowplug.session.engine import Engine
from glowplug.session.session import Session

SETTINGS = {
    "spark.sql.session.localRelationSizeLimit": "1000000000",
    "spark.sql.session.localRelationChunkSizeRows": "100",
    "spark.sql.session.localRelationChunkSizeBytes": "20000",
    "spark.sql.session.localRelationBatchOfChunksSizeBytes": "10000000",
    "spark.sql.session.localRelationCacheThreshold": "5000",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_LTZ",
    "spark.connect.session.planCompression.threshold": "-1",
    "spark.connect.session.planCompression.algorithm": "NONE",
}
SCHEMA = StructType().add("a", "integer").add("b", "string").add("c", "double").add("l", ArrayType(IntegerType()))


class Channel:
    """Answers what the client asks while it builds plans; keeps the commands and artifacts it sends."""

    def __init__(self) -> None:
        self.commands: list[proto.Command] = []
        self.blobs: dict[str, bytes] = {}

    def unary_unary(self, path: str, **_: Any) -> Callable[..., Any]:
        return getattr(self, path.rsplit("/", 1)[1].lower(), lambda request, **_: None)

    unary_stream = stream_unary = unary_unary

    def close(self) -> None:
        pass

    def config(self, request: proto.ConfigRequest, **_: Any) -> proto.ConfigResponse:
        operation = request.operation
        asked = [*operation.get.keys, *operation.get_option.keys]
        values = {
            **{p.key: p.value for p in operation.get_with_default.pairs},
            **{k: SETTINGS.get(k, "false") for k in asked},
        }
        pairs = [proto.KeyValue(key=k, value=v) for k, v in values.items()]
        return proto.ConfigResponse(session_id=request.session_id, pairs=pairs)

    def analyzeplan(self, request: proto.AnalyzePlanRequest, **_: Any) -> proto.AnalyzePlanResponse:
        response = proto.AnalyzePlanResponse(session_id=request.session_id)
        response.schema.schema.CopyFrom(pyspark_types_to_proto_types(SCHEMA))
        return response

    def artifactstatus(self, request: proto.ArtifactStatusesRequest, **_: Any) -> proto.ArtifactStatusesResponse:
        return proto.ArtifactStatusesResponse(session_id=request.session_id)

    def addartifacts(self, requests: Iterator[proto.AddArtifactsRequest], **_: Any) -> proto.AddArtifactsResponse:
        for request in requests:
            session = request.session_id
            for artifact in request.batch.artifacts:
                self.blobs[artifact.name.removeprefix("cache/")] = artifact.data.data
        return proto.AddArtifactsResponse(session_id=session)

    def executeplan(self, request: proto.ExecutePlanRequest, **_: Any) -> Iterator[proto.ExecutePlanResponse]:
        command = request.plan.command
        self.commands.append(command)
        response = proto.ExecutePlanResponse(session_id=request.session_id, operation_id=request.operation_id)
        if command.HasField("sql_command"):
            response.sql_command_result.relation.CopyFrom(command.sql_command.input)
            yield response
        if command.HasField("checkpoint_command"):
            response.checkpoint_command_result.relation.relation_id = "kept"
            yield response
        yield proto.ExecutePlanResponse(
            session_id=request.session_id,
            operation_id=request.operation_id,
            result_complete=proto.ExecutePlanResponse.ResultComplete(),
        )


class Builder(ChannelBuilder):
    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self.channel = channel

    def toChannel(self) -> Any:
        return self.channel


@pytest.fixture(scope="module")
def channel() -> Channel:
    return Channel()


@pytest.fixture(scope="module")
def spark(channel: Channel) -> Iterator[SparkSession]:
    session = SparkSession(connection=Builder(channel))
    SparkSession._default_session = session  # functions such as `col` look it up
    yield session
    SparkSession._default_session = None


@pytest.fixture
def context(channel: Channel) -> Context:
    return Context(Session(Engine(), "session", blobs=channel.blobs))


def without_numbers(node: Any) -> Any:
    """A plan without the DataFrames' numbers, which grow from test to test."""
    if isinstance(node, DataFrameNode):
        return without_numbers(node.child)
    if isinstance(node, (UnresolvedAttribute, UnresolvedStar)):
        return replace(node, plan_id=None)
    return map_expressions(map_relations(node, without_numbers), without_numbers)


@pytest.fixture
def plan(spark: SparkSession, context: Context) -> Callable[[Any], Relation]:
    """The plan of a DataFrame."""
    return lambda df: without_numbers(decode.relation(df._plan.to_proto(spark.client).root, context))


@pytest.fixture
def last_command(channel: Channel, context: Context) -> Callable[[], Command]:
    """The command that the client sent last."""
    return lambda: without_numbers(decode.command(channel.commands[-1], context))
