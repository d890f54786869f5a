"""In a worker: the function of `foreach` or `foreachBatch`, with a client of the query's own session."""

from __future__ import annotations

import json
import pickle
from typing import Any

import grpc
from pyspark import TaskContext, cloudpickle
from pyspark.sql.connect.client import ChannelBuilder
from pyspark.sql.connect.session import SparkSession

from glowplug.execute.python.channel import Channel, Message


def converse(command: bytes, channel: Channel) -> None:
    """Call the function for each batch until the engine says "end"; the first answer says that it is there."""
    way, kind, pickled = pickle.loads(command)
    spark = client(Way(*way))
    function = cloudpickle.loads(pickled)
    while True:
        channel.put(Message("done", data={"answer": b""}))
        message = channel.get()
        if message.kind == "end":
            return
        id, batch = json.loads(message.data["request"])
        call(function, kind, spark._create_remote_dataframe(id), batch)


def call(function: Any, kind: str, frame: Any, batch: int) -> None:
    """`foreachBatch`'s function with the batch, or `foreach`'s with its rows."""
    if kind == "foreach_batch":
        function(frame, batch)
        return
    context = TaskContext._getOrCreate()
    context._partitionId, context._localProperties = 0, {"streaming.sql.batchId": str(batch)}
    for _ in function[0](0, frame.toLocalIterator()):
        pass


def client(builder: ChannelBuilder) -> Any:
    """A client of a session that does not end it."""
    spark = SparkSession(builder)
    spark.release_session_on_close = False
    spark.client.disable_reattachable_execute()
    return spark


class Way(ChannelBuilder):  # type: ignore[misc]
    """How a worker reaches the server: at `address`, with a header that says for which operation it calls."""

    def __init__(self, address: str, header: tuple[str, str], user: str, session_id: str) -> None:
        super().__init__(params={self.PARAM_USER_ID: user, self.PARAM_SESSION_ID: session_id})
        self.address, self.header = address, header

    def toChannel(self) -> grpc.Channel:
        return grpc.insecure_channel(self.address, options=self._channel_options)

    def metadata(self) -> list[tuple[str, str]]:
        return [self.header]

    @property
    def host(self) -> str:
        return "server"
