"""In a worker: the reader of a user's streaming data source, asked again and again as long as its query runs.

What each question and answer look like is decided by PySpark's own runner for them.
"""

from __future__ import annotations

import io
from typing import Any

from pyspark.serializers import read_int
from pyspark.sql.datasource_internal import _streamReader
from pyspark.sql.streaming import python_streaming_source_runner as runner
from pyspark.sql.types import StructType, _parse_datatype_json_string
from pyspark.worker_util import pickleSer, read_command, utf8_deserializer

from glowplug.execute.python.channel import Channel, Message


def converse(command: bytes, channel: Channel) -> None:
    """Answer until the engine says "end"; the first answer says that the reader is there."""
    given = io.BytesIO(command)
    source, schema = read_command(pickleSer, given), _parse_datatype_json_string(utf8_deserializer.loads(given))
    assert isinstance(schema, StructType)
    most = read_int(given)
    reader = _streamReader(source, schema)
    try:
        answer = b""
        while True:
            channel.put(Message("done", data={"answer": answer}))
            message = channel.get()
            if message.kind == "end":
                return
            out = io.BytesIO()
            _answer(message.data["ask"], io.BytesIO(message.data["request"]), out, reader, source, schema, most)
            answer = out.getvalue()
    finally:
        reader.stop()


def _answer(asked: str, given: Any, out: Any, reader: Any, source: Any, schema: StructType, most: int) -> None:
    match asked:
        case "initial":
            runner.initial_offset_func(reader, out)
        case "latest":
            runner.latest_offset_func(reader, out)
        case "latest_limited":
            runner.latest_offset_admission_control_func(reader, given, out)
        case "limit":
            runner.get_default_read_limit_func(reader, out)
        case "newest":
            runner.report_latest_offset_func(reader, out)
        case "supports":
            runner.check_support_func(reader, out)
        case "prepare":
            runner.prepare_for_trigger_available_now_func(reader, out)
        case "partitions":
            runner.partitions_func(reader, source, schema, most, given, out)
        case "commit":
            runner.commit_func(reader, given, out)
        case _:
            raise AssertionError(asked)
