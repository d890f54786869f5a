"""What ExecutePlan answers with, in order: schema, Arrow batches, metrics, observations; or a command's result.

Nothing here knows of buffers, threads or transports: a function takes what to execute and yields messages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyspark.sql.connect.proto as pb
from pyspark.sql.connect.proto import ExecutePlanResponse as Response

from glowplug import query
from glowplug.arrow import arrow_schema, sent_schema
from glowplug.connect import encode, plans
from glowplug.execute.operation import Operation, Progress
from glowplug.plan.commands import GetResources, SQLStatement
from glowplug.plan.relations import CachedRemote, LocalData, Relation
from glowplug.session.session import Session
from glowplug.types import StructType

BATCH_BYTES = 8 << 20  # a batch larger than this is cut into several by rows
MIN_CHUNK_BYTES = 1 << 10
MAX_CHUNK_BYTES = "spark.connect.session.resultChunking.maxChunkSize"
COMPRESSION = "spark.sql.execution.arrow.compression.codec"


STREAMING = {
    "write_stream_operation_start",
    "streaming_query_command",
    "streaming_query_manager_command",
    "streaming_query_listener_bus_command",
}


@dataclass(frozen=True, slots=True)
class Chunking:
    """Whether a batch may be cut by bytes too, which rows longer than a message need; `preferred` bytes a chunk."""

    allowed: bool = False
    preferred: int | None = None

    def size(self, session: Session) -> int | None:
        """Bytes of a chunk; None = batches stay whole. A preference out of range does not count."""
        if not self.allowed:
            return None
        limit = session.conf.bytes(MAX_CHUNK_BYTES) or BATCH_BYTES
        return self.preferred if self.preferred and MIN_CHUNK_BYTES <= self.preferred <= limit else limit


def respond(plan: pb.Plan, chunking: Chunking, session: Session, operation: Operation) -> Iterator[Response]:
    """Execute a request's plan, once."""
    if operation.foreseen is not None and operation.foreseen.serves(plan, session.server_side_id):
        yield from rows(operation.foreseen.relation, chunking, session, operation)
        return
    part, message = plans.unpack(plan, session)
    if part == "root":
        yield from rows(plans.decode_relation(message, session), chunking, session, operation)
        return
    if message.WhichOneof("command_type") == "ml_command" and message.ml_command.HasField("clean_cache"):
        return  # every client asks for this when it ends; there are no models to drop
    kind = message.WhichOneof("command_type") or ""
    if kind in STREAMING:
        from glowplug.connect import streams  # most programs have no streams, and start sooner without

        yield from streams.COMMANDS[kind](getattr(message, kind), session, operation)
        return
    response = command(message, session, operation)
    if response is not None:
        yield response
    yield from observations(operation)


def command(message: pb.Command, session: Session, operation: Operation) -> Response | None:
    """Run a command; what it answers, if anything."""
    response = Response()
    node = plans.decode_command(message, session)
    if isinstance(node, GetResources):
        response.get_resources_command_result.SetInParent()  # no accelerators are scheduled here
        return response
    result = query.run(node, session, operation)
    if isinstance(node, SQLStatement):
        # A query's text comes back, to be executed when its rows are asked for; a command's rows are there already.
        answer = encode.local_relation(result) if isinstance(result, LocalData) else sql_relation(message.sql_command)
        response.sql_command_result.relation.CopyFrom(answer)
        return response
    if isinstance(result, CachedRemote):
        response.checkpoint_command_result.relation.relation_id = result.id
        return response
    return None


def rows(relation: Relation, chunking: Chunking, session: Session, operation: Operation) -> Iterator[Response]:
    """The rows of a relation. Each batch is asked for when the one before it was taken."""
    result = query.execute(relation, session, operation)
    try:
        yield Response(schema=encode.data_type(result.schema))
        size = chunking.size(session)
        codec = (session.conf.get_option(COMPRESSION) or "none").lower()
        options = None if codec == "none" else pa.ipc.IpcWriteOptions(compression=codec)
        schema: pa.Schema | None = None
        offset = 0
        for batch in result.batches:
            operation.check()
            if schema is None:
                schema = named(batch.schema, result.schema)
                header = sent_schema(schema, result.schema).serialize()
            for piece in cut(batch):
                if schema.names:  # a batch without columns has nothing but its number of rows
                    piece = pa.RecordBatch.from_arrays(piece.columns, schema=schema)
                yield from batch_responses(encode.arrow_ipc(piece, header, options), piece.num_rows, offset, size)
                offset += piece.num_rows
        if schema is None:  # clients need a batch even of no rows, for its columns
            schema = arrow_schema(result.schema, session.conf.time_zone)
            empty = pa.RecordBatch.from_pylist([], schema=schema)
            header = sent_schema(schema, result.schema).serialize()
            yield from batch_responses(encode.arrow_ipc(empty, header), 0, 0, size)
        response = Response()
        metric = response.metrics.metrics.add(name="Result").execution_metrics["numOutputRows"]
        metric.name, metric.value, metric.metric_type = "number of output rows", offset, "sum"
        yield response
        yield from observations(operation)
    finally:
        result.close()


def observations(operation: Operation) -> Iterator[Response]:
    if operation.observed:
        response = Response()
        for name, values in operation.observed.items():
            observed = response.observed_metrics.add(name=name, keys=[key for key, _ in values])
            observed.values.extend(encode.literal(value) for _, value in values)
        yield response


def named(schema: pa.Schema, columns: StructType) -> pa.Schema:
    """The kernel's schema with the names and nullability that the client asked for."""
    fields = zip(schema.types, columns.fields, strict=True)
    return pa.schema([pa.field(f.name, type, f.nullable) for type, f in fields])


def cut(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """The batch in slices of about BATCH_BYTES, at least a row each."""
    pieces = -(-batch.nbytes // BATCH_BYTES)
    if pieces <= 1 or batch.num_rows <= 1:
        yield batch
        return
    step = max(1, batch.num_rows // pieces)
    for start in range(0, batch.num_rows, step):
        yield batch.slice(start, step)


def batch_responses(data: bytes, rows: int, offset: int, size: int | None) -> Iterator[Response]:
    """A serialized batch of `rows` rows that begins at row `offset`, in chunks of `size` bytes if given."""
    if size is None:
        response = Response()
        batch = response.arrow_batch
        batch.row_count, batch.start_offset, batch.data = rows, offset, data
        yield response
        return
    count = max(1, -(-len(data) // size))
    for i in range(count):
        response = Response()
        batch = response.arrow_batch
        batch.row_count, batch.start_offset, batch.chunk_index, batch.num_chunks_in_batch = rows, offset, i, count
        batch.data = data if count == 1 else data[i * size : (i + 1) * size]
        yield response


def sql_relation(command: pb.SqlCommand) -> pb.Relation:
    """The query of a SQL command; clients of Spark 3.4 and 3.5 give its parts in the command itself."""
    if command.HasField("input"):
        return command.input
    relation = pb.Relation()
    sql = relation.sql
    sql.query = command.sql
    for key, value in command.args.items():
        sql.args[key].CopyFrom(value)
    for key, expression in command.named_arguments.items():
        sql.named_arguments[key].CopyFrom(expression)
    sql.pos_args.extend(command.pos_args)
    sql.pos_arguments.extend(command.pos_arguments)
    return relation


def progress(state: Progress) -> Response:
    """How far an operation is, as one stage of a hundred parts; an unknown fraction counts as none."""
    response = Response()
    out = response.execution_progress
    completed = max(0, min(99, int(state.fraction * 100)))
    out.stages.add(stage_id=0, num_tasks=100, num_completed_tasks=completed)
    out.num_inflight_tasks = 1
    return response
