"""`rate`: so many numbered rows a second; `rate-micro-batch`: so many a batch. Both for tests and measurements.

https://spark.apache.org/docs/latest/streaming/apis-on-dataframes-and-datasets.html#input-sources
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

from glowplug.interval_texts import parse_duration
from glowplug.io.source import Context, Pairs, Reading, Source
from glowplug.io.streams.contract import Opening, Reader, Stream, offset_of
from glowplug.io.streams.log import first_or, malformed
from glowplug.source_options import invalid_option, option, read_options
from glowplug.types import LONG, TIMESTAMP, StructField, StructType

SCHEMA = StructType((StructField("timestamp", TIMESTAMP), StructField("value", LONG)))


@dataclass(frozen=True, slots=True)
class Rows(Source):
    """The values from `start` below `end`; `origin` + value * `step` (both in microseconds) is a row's time."""

    start: int
    end: int
    origin: int
    step: float

    @property
    def name(self) -> str:
        return "rate"

    def sql(self, columns: Sequence[str], reading: Reading) -> str:
        items = {
            "timestamp": f"make_timestamptz({self.origin} + CAST((range - {self.start}) * {self.step!r} AS BIGINT))",
            "value": "range",
        }
        chosen = ", ".join(f"{items[c]} AS {c}" for c in columns) or "1 AS _"
        return f"SELECT {chosen} FROM range({self.start}, {self.end})"


# --- rows a second -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RateOptions:
    rows: int = option("rowsPerSecond", "How many rows each second has.", 1)
    ramp_up: int = option("rampUpTime", "Seconds until there are as many.", 0, parse=lambda t: _seconds(t))
    partitions: int = option("numPartitions", "Accepted; the kernel spreads rows by itself.", 0)


def _seconds(text: str) -> int:
    return parse_duration(text if not text.strip().isdigit() else f"{text} seconds") // 1_000_000


@dataclass(frozen=True, slots=True)
class RateStream(Stream):
    """`format("rate")`: rows by the clock, `rowsPerSecond`; what a batch missed comes in the next."""

    rate: RateOptions

    @property
    def name(self) -> str:
        return "rate"

    def open(self, opening: Opening) -> Reader:
        return RateReader(self, opening)


class RateReader(Reader):
    """Offsets are whole seconds since the query first started, which is remembered in milliseconds."""

    def __init__(self, stream: RateStream, opening: Opening) -> None:
        rate = self.rate = stream.rate
        started = first_or(opening.log, lambda: str(time.time_ns() // 1_000_000))
        if not started.isdigit():
            raise malformed(opening.log / "0", f"in which is {started[:100]!r}")
        self.started = int(started)
        self.frozen: int | None = None
        self.description = (
            f"RateStreamV2[rowsPerSecond={rate.rows}, rampUpTimeSeconds={rate.ramp_up}, numPartitions=default]"
        )

    def latest(self, start: str | None, limited: bool) -> str | None:
        second = self.frozen if self.frozen is not None else self._second()
        return str(max(offset_of(start or "0", int), second))

    def freeze(self) -> None:
        self.frozen = self._second()

    def _second(self) -> int:
        return (time.time_ns() // 1_000_000 - self.started) // 1000

    def source(self, start: str | None, end: str) -> Source:
        first, last = offset_of(start or "0", int), offset_of(end, int)
        low, high = self._until(first), self._until(last)
        step = (last - first) * 1_000_000 / (high - low) if high > low else 0.0
        return Rows(SCHEMA, low, high, (self.started + first * 1000) * 1000, step)

    def _until(self, second: int) -> int:
        """How many rows there are before this second."""
        rows, ramp = self.rate.rows, self.rate.ramp_up
        faster = rows // (ramp + 1)  # what each second of ramping up adds
        if second <= ramp:
            return faster * second * (second + 1) // 2
        return faster * ramp * (ramp + 1) // 2 + (second - ramp) * rows


def rate(schema: StructType | None, options: Pairs, paths: Sequence[str], context: Context) -> Stream:
    parsed = read_options(RateOptions, options, context.settings)
    if parsed.rows <= 0:
        raise invalid_option("rowsPerSecond", str(parsed.rows), "greater than 0")
    return RateStream(SCHEMA, options, parsed)


# --- rows a batch ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BatchRateOptions:
    rows: int = option("rowsPerBatch", "How many rows each batch has.", 0)
    start: int = option("startTimestamp", "The time of the first batch, in milliseconds.", 0)
    advance: int = option("advanceMillisPerBatch", "How much later each next batch is.", 1000)
    partitions: int = option("numPartitions", "Accepted; the kernel spreads rows by itself.", 0)


@dataclass(frozen=True, slots=True)
class BatchRateStream(Stream):
    """`format("rate-micro-batch")`: so many rows in each batch, with times of their own: the same rows in every run."""

    rate: BatchRateOptions

    @property
    def name(self) -> str:
        return "rate-micro-batch"

    def open(self, opening: Opening) -> Reader:
        return BatchRateReader(self)


class BatchRateReader(Reader):
    """An offset holds how many rows there were and the time of the next batch; every trigger has one batch more."""

    def __init__(self, stream: BatchRateStream) -> None:
        rate = self.rate = stream.rate
        self.frozen = self.given = False
        self.description = (
            f"RatePerMicroBatchStream[rowsPerBatch={rate.rows}, numPartitions=default, "
            f"startTimestamp={rate.start}, advanceMsPerBatch={rate.advance}]"
        )

    def latest(self, start: str | None, limited: bool) -> str | None:
        if self.frozen and self.given:
            return start
        self.given = True
        count, at = self._parse(start)
        return json.dumps(
            {"offset": count + self.rate.rows, "timestamp": at + self.rate.advance}, separators=(",", ":")
        )

    def source(self, start: str | None, end: str) -> Source:
        (first, at), (last, _) = self._parse(start), self._parse(end)
        return Rows(SCHEMA, first, last, at * 1000, 0.0)

    def freeze(self) -> None:
        """One batch more."""
        self.frozen, self.given = True, False

    def _parse(self, offset: str | None) -> tuple[int, int]:
        if offset is None:
            return 0, self.rate.start
        return offset_of(offset, _counted)


def _counted(offset: str) -> tuple[int, int]:
    found = json.loads(offset)
    return int(found["offset"]), int(found["timestamp"])


def rate_micro_batch(schema: StructType | None, options: Pairs, paths: Sequence[str], context: Context) -> Stream:
    parsed = read_options(BatchRateOptions, options, context.settings)
    if parsed.rows <= 0:
        raise invalid_option("rowsPerBatch", str(parsed.rows), "greater than 0")
    return BatchRateStream(SCHEMA, options, parsed)
