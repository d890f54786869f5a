"""What a query reports: Spark's `StreamingQueryProgress` as JSON, its status, and events for listeners.

https://spark.apache.org/docs/latest/streaming/apis-on-dataframes-and-datasets.html#monitoring-streaming-queries
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


def instant(milliseconds: float) -> str:
    """As Spark prints times: `2026-01-31T12:00:00.000Z`."""
    at = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"


@dataclass(slots=True)
class Durations:
    """Milliseconds that each part of a trigger took."""

    millis: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self.millis[name] = self.millis.get(name, 0) + round(1000 * (time.perf_counter() - started))


@dataclass(frozen=True, slots=True)
class SourceProgress:
    """One source in a progress report. Offsets are JSON as the source writes it; `rows` are those of the batch."""

    description: str
    start: str | None
    end: str | None
    latest: str | None
    rows: int
    metrics: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StateProgress:
    """Of one stateful operator; times in milliseconds."""

    name: str
    rows: int = 0
    updated: int = 0
    removed: int = 0
    dropped: int = 0
    update_ms: int = 0
    removal_ms: int = 0
    commit_ms: int = 0
    memory: int = 0
    custom: dict[str, int] = field(default_factory=dict)  # what only some operators count, by Spark's names


@dataclass(frozen=True, slots=True)
class Progress:
    """One trigger's report. Rates are rows a second."""

    id: str
    run_id: str
    name: str | None
    timestamp_ms: int
    batch: int
    seconds_since_last: float
    durations: dict[str, int]
    event_time: dict[str, str]
    state: tuple[StateProgress, ...]
    sources: tuple[SourceProgress, ...]
    sink: str
    output_rows: int
    observed: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return sum(s.rows for s in self.sources)

    def json(self) -> str:
        took = max(self.durations.get("triggerExecution", 0), 1) / 1000
        report: dict[str, Any] = {
            "id": self.id,
            "runId": self.run_id,
            "name": self.name,
            "timestamp": instant(self.timestamp_ms),
            "batchId": self.batch,
            "batchDuration": self.durations.get("triggerExecution", 0),
            "numInputRows": self.rows,
            **self._rates(self.rows, took),
            "durationMs": dict(sorted(self.durations.items())),
        }
        if self.event_time:
            report["eventTime"] = self.event_time
        report["stateOperators"] = [_state(s) for s in self.state]
        report["sources"] = [self._source(s, took) for s in self.sources]
        report["sink"] = {"description": self.sink, "numOutputRows": self.output_rows}
        if self.observed:
            report["observedMetrics"] = self.observed
        return json.dumps(report, ensure_ascii=False)

    def _rates(self, rows: int, took: float) -> dict[str, float]:
        """The first is 0 when there was no trigger before to count from, as Spark has it."""
        arrived = rows / self.seconds_since_last if self.seconds_since_last > 0 else 0.0
        return {"inputRowsPerSecond": arrived, "processedRowsPerSecond": rows / took}

    def _source(self, s: SourceProgress, took: float) -> dict[str, Any]:
        offsets = {"startOffset": s.start, "endOffset": s.end, "latestOffset": s.latest}
        parsed = {k: None if v is None else json.loads(v) for k, v in offsets.items()}
        report = {"description": s.description, **parsed, "numInputRows": s.rows, **self._rates(s.rows, took)}
        return {**report, "metrics": s.metrics} if s.metrics else report


def _state(s: StateProgress) -> dict[str, Any]:
    return {
        "operatorName": s.name,
        "numRowsTotal": s.rows,
        "numRowsUpdated": s.updated,
        "allUpdatesTimeMs": s.update_ms,
        "numRowsRemoved": s.removed,
        "allRemovalsTimeMs": s.removal_ms,
        "commitTimeMs": s.commit_ms,
        "memoryUsedBytes": s.memory,
        "numRowsDroppedByWatermark": s.dropped,
        "numShufflePartitions": 1,
        "numStateStoreInstances": 1,
        "customMetrics": dict(sorted(s.custom.items())),
    }
