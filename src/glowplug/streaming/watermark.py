"""Event time: what a watermark is, when it moves, and what lies behind it.

A column of event time is marked in its metadata, which operators pass on. The watermark of a node is the greatest time
it has seen less its delay; that of the query the least of its nodes (or the greatest, by setting), and it never goes
back. It is computed at the end of a batch and holds from the next one on.
https://spark.apache.org/docs/latest/streaming/apis-on-dataframes-and-datasets.html#handling-late-data-and-watermarking
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from glowplug.plan.expressions import Attribute, Expression, GetField, Literal
from glowplug.plan.streams import DELAY, EventTimeWatermark
from glowplug.streaming.batch import Batch
from glowplug.types import LONG, DataType, DayTimeIntervalType, StructType

POLICY = "spark.sql.streaming.multipleWatermarkPolicy"


def event_times(columns: tuple[Attribute, ...]) -> list[Attribute]:
    """The columns that say when rows happened."""
    return [a for a in columns if DELAY in a.metadata and DELAY in json.loads(a.metadata)]


def delay_of(column: Attribute) -> int:
    """The delay of an event time, in microseconds."""
    return int(json.loads(column.metadata)[DELAY]) * 1000


def time_of(column: Attribute) -> Expression:
    """An event time: of a window its end. In milliseconds since the epoch if it is a BIGINT, else a timestamp."""
    if not isinstance(column.type, StructType):
        return column
    end = column.type.fields[1]
    return GetField(column, 1, end.name, end.type, end.nullable)


def behind(column: Attribute, watermark_ms: int, batch: Batch) -> Expression | None:
    """Whether a row, or the window it belongs to, lies behind the watermark; None while there is none."""
    if watermark_ms <= 0:
        return None
    time = time_of(column)
    return batch.build("<=", time, instant(watermark_ms, time.type))


def instant(milliseconds: int, type: DataType) -> Literal:
    """A time as event times of a type are compared with it."""
    return Literal(milliseconds if type == LONG else milliseconds * 1000, type)


def later(time: Expression, microseconds: int, batch: Batch) -> Expression:
    """An event time so much later."""
    if time.type == LONG:
        return batch.build("+", time, Literal(microseconds // 1000, LONG))
    return batch.build("+", time, Literal(microseconds, DayTimeIntervalType(0, 3)))


_SEEN = pa.repeat(pa.scalar(True), 2048)  # as many as the kernel asks for at once


@dataclass(slots=True)
class Observer:
    """How many rows passed, and the least, greatest and mean of their times in microseconds; from any thread.

    Times that come as whole numbers are in milliseconds.
    """

    rows: int = 0
    least: int | None = None
    greatest: int | None = None
    total: int = 0
    timed: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, column: Any, _: Any) -> Any:
        values = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        times, unit = None, 1
        if pa.types.is_timestamp(values.type):
            micros = values if values.type.unit == "us" else values.cast(pa.timestamp("us", values.type.tz))
            times = micros.view(pa.int64())
        elif pa.types.is_int64(values.type):
            times, unit = values, 1000
        if times is not None and times.null_count:
            times = times.fill_null(0)  # as in Spark
        if times is None or not len(times):
            with self._lock:
                self.rows += len(values)
        else:
            numbers = times.to_numpy()  # for so few at a time faster than Arrow's functions
            low, high = unit * int(numbers.min()), unit * int(numbers.max())
            if max(high, -low) * len(numbers) < 1 << 63:
                total = unit * int(numbers.sum())
            else:  # in halves: the sum may be more than 64 bits hold
                total = unit * ((int((numbers >> 32).sum()) << 32) + int((numbers & 0xFFFFFFFF).sum()))
            with self._lock:
                self.rows += len(values)
                self.least = low if self.least is None else min(self.least, low)
                self.greatest = high if self.greatest is None else max(self.greatest, high)
                self.total += total
                self.timed += len(times)
        return _SEEN[: len(values)] if len(values) <= len(_SEEN) else pa.repeat(pa.scalar(True), len(values))


@dataclass(slots=True)
class Watermarks:
    """Of a query: `nodes` are its `withWatermark`s by column id, each with the watermark in ms it has come to."""

    policy: str
    current_ms: int = 0
    nodes: dict[int, int] = field(default_factory=dict)
    observers: dict[int, Observer] = field(default_factory=dict)
    delays: dict[int, int] = field(default_factory=dict)

    def begin(self, nodes: Sequence[EventTimeWatermark]) -> None:
        """A batch begins; what each node sees goes to an observer of its own."""
        self.observers = {n.column.id: Observer() for n in nodes}
        self.delays = {n.column.id: n.delay for n in nodes}
        for n in nodes:
            self.nodes.setdefault(n.column.id, 0)

    def advance(self, speaking: list[EventTimeWatermark]) -> int:
        """The watermark in milliseconds from the next batch on, of the nodes that have a say in it."""
        for id, delay in self.delays.items():
            if (seen := self.observers[id].greatest) is not None:
                self.nodes[id] = max(self.nodes[id], seen // 1000 - delay // 1000)
        if speaking:
            choose = max if self.policy.lower() == "max" else min
            self.current_ms = max(self.current_ms, choose(self.nodes.get(n.column.id, 0) for n in speaking))
        return self.current_ms

    def seen(self) -> tuple[int, int, int] | None:
        """Least, greatest and mean event time of the batch in milliseconds, of the first node that saw any."""
        o = next((o for o in self.observers.values() if o.timed), None)
        if o is None or o.least is None or o.greatest is None:
            return None
        return o.least // 1000, o.greatest // 1000, o.total // o.timed // 1000
