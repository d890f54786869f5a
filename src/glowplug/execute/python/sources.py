"""Data sources that users write in Python: a worker makes their schema, plans a read, writes and commits."""

from __future__ import annotations

import json
import struct
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import pyarrow as pa

from glowplug.errors import AnalysisError, ExecutionError, PythonFailure
from glowplug.execute.operation import Operation
from glowplug.execute.python.flow import Flow, Piece
from glowplug.execute.python.planning import ask
from glowplug.execute.python.results import Conform
from glowplug.execute.python.settings import settings
from glowplug.execute.python.stages import Rows, as_struct, make_task, stage_of
from glowplug.execute.python.task import Code, Task, functions
from glowplug.execute.runtime import Runtime
from glowplug.plan.expressions import Attribute, Call, Expression, GetField, Literal
from glowplug.plan.python import DataSourceClass, Environment, EvalType, PythonCode, PythonScan
from glowplug.plan.relations import Relation
from glowplug.types import BINARY, StructField, StructType
from glowplug.types_json import to_json

PUSHDOWN = "spark.sql.python.filterPushdown.enabled"
MESSAGE = StructType((StructField("message", BINARY, True),))
Options = Sequence[tuple[str, str]]


def create(
    source: DataSourceClass, provider: str, schema: StructType | None, options: Options, runtime: Runtime
) -> tuple[bytes, str, bool]:
    """The pickled instance for a read, its schema, and whether that is DDL and not JSON."""
    given = struct.pack(">?", schema is not None) + (b"" if schema is None else framed_json(schema))
    request = sized(source.command) + text(provider) + given + _options(options)
    answer = _answer("create_data_source", ("create", "instance"), request, source.environment, runtime)
    instance, is_ddl = answer.data(), bool(answer.number())
    return instance, answer.data().decode(), is_ddl


_READER = ("initialize", "reader")


def _answer(module: str, doing: tuple[str, str], request: bytes, environment: Environment, runtime: Runtime) -> Answer:
    """What a worker answers. What the user's code raises is, as in Spark, PYTHON_DATA_SOURCE_ERROR and says in what."""
    try:
        return Answer(ask(module, request, environment, runtime))
    except PythonFailure as failure:
        said = failure.parameters["traceback"]
        if doing == _READER and "partitions" in said:  # one question for both
            doing = ("generate", "read partitions")
        raise AnalysisError("PYTHON_DATA_SOURCE_ERROR", action=doing[0], type=doing[1], msg=said) from None


# --- reading ---------------------------------------------------------------------------------------


def read(node: PythonScan, runtime: Runtime, operation: Operation, held: ExitStack) -> Relation:
    """Each partition is a task of its own."""
    conform = Conform(node.columns, runtime.conf, f"the data source {node.name}")
    command, partitions = _planned(node, runtime)

    def make(rows: Rows, start: Callable[..., Flow]) -> Iterator[pa.RecordBatch]:
        task = _reading(command, node.environment, runtime)
        for _, batches in start(task, _pieces(partitions), always=False).chunks():
            yield from map(conform.unwrapped, batches)

    return stage_of(
        node, PythonCode(EvalType.MAP_ARROW_ITER, b"", "", node.environment), runtime, operation, held, make
    )


def read_partitions(
    instance: bytes, schema: StructType, environment: Environment, runtime: Runtime, operation: Operation,
    held: ExitStack, partitions: Sequence[bytes],
) -> Iterator[pa.RecordBatch]:  # fmt: skip
    """What a stream reader's partitions hold, each batch as a struct of its columns."""
    most = struct.pack(">i", int(runtime.conf.get_option("spark.sql.execution.arrow.maxRecordsPerBatch") or 10_000))
    flags = struct.pack(">???", False, True, runtime.conf.bool("spark.sql.execution.pyspark.binaryAsBytes"))
    request = sized(instance) + framed_json(MESSAGE) + framed_json(schema) + most + flags
    command = Answer(ask("plan_data_source_read", request, environment, runtime)).data()
    flow = Flow(
        _reading(command, environment, runtime), _pieces(partitions), settings(runtime, environment), always=False
    )
    held.callback(operation.on_cancel(flow.close))
    held.callback(flow.close)
    for _, batches in flow.chunks():
        yield from batches


def _reading(command: bytes, environment: Environment, runtime: Runtime) -> Task:
    return make_task(EvalType.MAP_ARROW_ITER, functions([Code(((0, None),), (command,))]), runtime, environment)


def _pieces(partitions: Sequence[bytes]) -> Iterator[Piece]:
    for i, p in enumerate(partitions):
        rows = pa.RecordBatch.from_arrays([pa.array([p], pa.binary())], ["partition"])
        yield Piece(as_struct(rows, ["partition"]), partition=i)


def _planned(node: PythonScan, runtime: Runtime) -> tuple[bytes, list[bytes]]:
    """The function that reads a partition, and the partitions; both pickled."""
    schema = StructType(tuple(StructField(a.name, a.type, a.nullable) for a in node.columns))
    most = struct.pack(">i", int(runtime.conf.get_option("spark.sql.execution.arrow.maxRecordsPerBatch") or 10_000))
    as_bytes = struct.pack(">?", runtime.conf.bool("spark.sql.execution.pyspark.binaryAsBytes"))
    pushes = runtime.conf.bool(PUSHDOWN)
    filters = [f for f in map(_filter, node.filters) if f is not None] if pushes else []
    if filters:
        request = sized(node.instance) + framed_json(schema) + text(json.dumps(filters)) + most + as_bytes
        answer = _answer("data_source_pushdown_filters", _READER, request, node.environment, runtime)
    else:
        flags = struct.pack(">??", pushes, False) + as_bytes
        request = sized(node.instance) + framed_json(MESSAGE) + framed_json(schema) + most + flags
        answer = _answer("plan_data_source_read", _READER, request, node.environment, runtime)
    command = answer.data()
    return command, [answer.data() for _ in range(answer.number())]


_BINARY = {
    "=": "EqualTo", "<=>": "EqualNullSafe", ">": "GreaterThan", ">=": "GreaterThanOrEqual", "<": "LessThan",
    "<=": "LessThanOrEqual", "in": "In", "startswith": "StringStartsWith", "endswith": "StringEndsWith",
    "contains": "StringContains",
}  # fmt: skip
_UNARY = {"isnull": "IsNull", "isnotnull": "IsNotNull"}


def _filter(e: Expression, negated: bool = False) -> dict[str, Any] | None:
    """A condition as PySpark's filter classes have it; None where none fits. The kernel tests all of them again."""
    match e:
        case Call(args=(inner,)) if e.function.names[0] == "not":
            return _filter(inner, not negated)
        case Call(args=(column,)) if (name := _UNARY.get(e.function.names[0])) and (path := _path(column)):
            return {"name": name, "columnPath": path, "isNegated": negated}
        case Call(args=(column, *values)) if (name := _BINARY.get(e.function.names[0])) and (path := _path(column)):
            if not values or not all(isinstance(v, Literal) for v in values):
                return None
            constants = [v for v in values if isinstance(v, Literal)]
            value = _variant(constants if name == "In" else constants[0])
            return {"name": name, "columnPath": path, "value": value, "isNegated": negated}
    return None


def _path(e: Expression) -> list[str]:
    match e:
        case Attribute(name):
            return [name]
        case GetField(child, name=name) if path := _path(child):
            return [*path, name]
    return []


def _variant(value: Literal | list[Literal]) -> dict[str, str]:
    from glowplug.functions.variant_format import encode
    from glowplug.functions.variant_values import plain

    whole = [plain(v.value, v.type) for v in value] if isinstance(value, list) else plain(value.value, value.type)
    data, metadata = encode(whole)
    return {"value": b64encode(data).decode(), "metadata": b64encode(metadata).decode()}


# --- writing ---------------------------------------------------------------------------------------


def write(
    plan: Relation, source: DataSourceClass, provider: str, options: Options, overwrite: bool, runtime: Runtime,
    operation: Operation,
) -> None:  # fmt: skip
    """Write an optimised plan's rows; committed when all of them are written, aborted otherwise."""
    from glowplug.execute.local import run, schema_of

    schema = schema_of(plan)
    task, writer = write_task(source, provider, options, overwrite, False, schema, runtime)
    messages: list[bytes] = []
    result = run(plan, runtime, operation)
    try:
        write_rows(
            task, result.batches, [f.name for f in schema.fields], messages, source.environment, runtime, operation
        )
    except BaseException:
        _finish(writer, messages, True, source.environment, runtime)
        raise
    finally:
        result.close()
    _finish(writer, messages, False, source.environment, runtime)


def write_task(
    source: DataSourceClass, provider: str, options: Options, overwrite: bool, streaming: bool, schema: StructType,
    runtime: Runtime,
) -> tuple[Task, bytes]:  # fmt: skip
    """The task that writes rows of a schema, and the pickled writer."""
    as_bytes = runtime.conf.bool("spark.sql.execution.pyspark.binaryAsBytes")
    flags = struct.pack(">???", overwrite, streaming, as_bytes)
    request = sized(source.command) + text(provider) + framed_json(schema) + framed_json(MESSAGE) + _options(options)
    doing = ("initialize", "writer")
    answer = _answer("write_into_data_source", doing, request + flags, source.environment, runtime)
    command = functions([Code(((0, None),), (answer.data(),))])
    return make_task(EvalType.MAP_ARROW_ITER, command, runtime, source.environment), answer.data()


def write_rows(
    task: Task, batches: Iterator[pa.RecordBatch], names: list[str], messages: list[bytes], environment: Environment,
    runtime: Runtime, operation: Operation,
) -> None:  # fmt: skip
    """Have workers write the rows; what they say of it is added to `messages`, also where others fail."""
    flow = Flow(task, (Piece(as_struct(b, names)) for b in batches), settings(runtime, environment))
    forget = operation.on_cancel(flow.close)
    try:
        for _, made in flow.chunks():
            messages += [m for b in made for m in pa.RecordBatch.from_struct_array(b.column(0)).column(0).to_pylist()]
    finally:
        forget()
        flow.close()


def _finish(writer: bytes, messages: list[bytes], abort: bool, environment: Environment, runtime: Runtime) -> None:
    said = struct.pack(">i", len(messages)) + b"".join(map(sized, messages))
    request = sized(writer) + said + struct.pack(">?", abort)
    answer = _answer("commit_data_source_write", ("commit or abort", "write"), request, environment, runtime)
    if answer.number() != 0:
        raise ExecutionError("INTERNAL_ERROR", message="a data source did not commit")


# --- PySpark's framing -----------------------------------------------------------------------------


class Answer:
    """Numbers and sized data, one after another."""

    def __init__(self, answer: bytes) -> None:
        self._answer, self._place = answer, 0

    def number(self) -> int:
        self._place += 4
        return int(struct.unpack_from(">i", self._answer, self._place - 4)[0])

    def data(self) -> bytes:
        size = self.number()
        self._place += size
        return self._answer[self._place - size : self._place]

    def rest(self) -> bytes:
        return self._answer[self._place :]


def sized(data: bytes) -> bytes:
    return struct.pack(">i", len(data)) + data


def text(text: str) -> bytes:
    return sized(text.encode())


def framed_json(schema: StructType) -> bytes:
    return text(json.dumps(to_json(schema)))


def _options(options: Options) -> bytes:
    return struct.pack(">i", len(options)) + b"".join(text(k) + text(v) for k, v in options)
