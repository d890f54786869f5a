"""What a streaming query writes down so that it goes on where it stopped, in the layout of Spark's checkpoints.

    metadata          {"id": …}: the query's id, for ever
    offsets/N         before batch N: up to where each source is read, the watermark and the time of the batch
    sources/<i>/…     what a source itself has to remember (files seen, first offsets)
    state/<operator>  what stateful operators keep, one version a batch
    commits/N         after batch N: its rows are in the sink

A file appears whole or not at all, and never changes. The JSON is Spark's, so that a query without state can move
between Spark and this engine in both directions.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

from glowplug.errors import ExecutionError
from glowplug.io.place import Place
from glowplug.io.streams.log import MetadataLog, malformed, object_of, text_of, write_once


@dataclass(frozen=True, slots=True)
class BatchOffsets:
    """A file of `offsets/`. `ends` are the sources' offsets as JSON text, None where one has nothing yet."""

    watermark_ms: int
    timestamp_ms: int
    conf: dict[str, str]
    ends: tuple[str | None, ...]

    def lines(self) -> list[str]:
        head = {"batchWatermarkMs": self.watermark_ms, "batchTimestampMs": self.timestamp_ms, "conf": self.conf}
        return [_compact(head), *(end or "-" for end in self.ends)]


class Checkpoint:
    """A query's checkpoint directory; made if it is not there. A `temporary` one goes when the query stops well."""

    def __init__(self, root: Place, temporary: bool = False) -> None:
        self.root, self.temporary = root, temporary
        root.fs.make_dirs(root.path)
        self.offsets = MetadataLog(root / "offsets")
        self.commits = MetadataLog(root / "commits")
        self.id = self._identity()

    def _identity(self) -> str:
        """The id of the query that this checkpoint belongs to. A lost one is never made up anew: sinks know it."""
        path = self.root / "metadata"
        if path.exists():
            return str(_field(object_of(text_of(path), path), "id", path))
        if self.offsets.latest() is not None or self.commits.latest() is not None:
            raise ExecutionError("STREAMING_CHECKPOINT_MISSING_METADATA_FILE", checkpointLocation=str(self.root))
        identity = str(uuid.uuid4())
        write_once(path, _compact({"id": identity}))
        return identity

    def read_offsets(self, batch: int) -> BatchOffsets:
        path = self.offsets.path(batch)
        head, *ends = self.offsets.read(batch) or [""]
        values = object_of(head, path)
        watermark, timestamp = (int(_field(values, key, path)) for key in ("batchWatermarkMs", "batchTimestampMs"))
        for end in ends:
            if end != "-" and not _is_json(end):
                raise malformed(path, f"in which is the offset {end[:100]!r}")
        return BatchOffsets(
            watermark, timestamp, values.get("conf", {}), tuple(None if end == "-" else end for end in ends)
        )

    def read_commit(self, batch: int) -> int:
        """The watermark in milliseconds that batch `batch + 1` begins with."""
        path = self.commits.path(batch)
        lines = self.commits.read(batch)
        return int(object_of("\n".join(lines[:1]), path).get("nextBatchWatermarkMs", 0))  # Spark 2.3 wrote none

    def write_commit(self, batch: int, watermark_ms: int) -> None:
        self.commits.add(batch, [_compact({"nextBatchWatermarkMs": watermark_ms})])

    def source(self, number: int) -> Place:
        return self.root / "sources" / str(number)

    def state(self, operator: int) -> Place:
        return self.root / "state" / str(operator) / "0"

    def purge(self, keep_from: int) -> None:
        """Forget the logs of batches before `keep_from`."""
        for log in (self.offsets, self.commits):
            log.purge(keep_from)

    def close(self) -> None:
        if self.temporary:
            self.root.remove()


def _compact(value: dict[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"))


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _field(values: dict[str, Any], key: str, path: Place) -> Any:
    if key not in values:
        raise malformed(path, f"which has no {key}")
    return values[key]
