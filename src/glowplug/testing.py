"""Helpers for tests of programs that run on Glowplug: rows for a stream, and crashes where they hurt.

    stream = MemoryStream(spark, "user STRING, at TIMESTAMP")
    query = stream.to_df().groupBy("user").count().writeStream.format("memory").queryName("counts")...start()
    stream.add([("ann", datetime(2026, 1, 1))])
    query.processAllAvailable()

For embedded sessions only: the rows stay in this process.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from glowplug.io.streams.memory import PIECES, Pieces
from glowplug.streaming.steps import CRASH, STEPS

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["CRASH", "STEPS", "MemoryStream", "crash_at"]


class MemoryStream:
    """A stream of the rows that a test adds; each `add` is a step that batches begin and end at."""

    def __init__(self, spark: SparkSession, schema: str) -> None:
        """`schema` as DDL: `user STRING, at TIMESTAMP`."""
        from glowplug.sql import parse_schema

        self._spark, self._schema, self._id = spark, schema, str(uuid.uuid4())
        PIECES[self._id] = Pieces(parse_schema(schema))

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        """Rows as `createDataFrame` takes them."""
        PIECES[self._id].add(self._spark.createDataFrame(list(rows), self._schema).toArrow())

    def to_df(self) -> DataFrame:
        return self._spark.readStream.format("memory").option("id", self._id).load()


def crash_at(step: str, batch: int) -> dict[str, str]:
    """Environment variables with which a process dies, as if by `kill -9`, at a step of a micro-batch.

    `STEPS` are their names, in order.
    """
    if step not in STEPS:
        raise ValueError(f"no such step: {step}; there are {', '.join(STEPS)}")
    return {CRASH: f"{step}:{batch}"}
