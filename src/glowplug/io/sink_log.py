"""The log of a streaming sink's directory: which of its files count. The form is Spark's `FileStreamSinkLog`.

_spark_metadata/7           v1, then a line of JSON for each file of batch 7
_spark_metadata/9.compact   the same, for every file up to batch 9
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

from glowplug.errors import ExecutionError
from glowplug.io.filesystem import local_path
from glowplug.io.streams.log import VERSION, lines_of, object_of, write_once

DIRECTORY = "_spark_metadata"
COMPACT_EVERY = 10


def has_log(location: str | None) -> bool:
    """Whether a streaming query writes to this local directory, given as a path or URI."""
    return location is not None and (Path(local_path(location)) / DIRECTORY).is_dir()


class SinkLog:
    def __init__(self, root: Path) -> None:
        self.directory = root / DIRECTORY

    def _logs(self) -> dict[int, Path]:
        try:
            names = os.listdir(self.directory)
        except FileNotFoundError:
            return {}
        found = {n.removesuffix(".compact"): n for n in sorted(names) if n.removesuffix(".compact").isdigit()}
        return {int(number): self.directory / name for number, name in found.items()}

    def has(self, batch: int) -> bool:
        return any(n >= batch for n in self._logs())

    def uris(self) -> list[str]:
        """The files that count, in the order they came."""
        return [str(entry["path"]) for entry in self._entries()]

    def _entries(self) -> list[dict[str, object]]:
        logs = self._logs()
        whole = max((n for n, path in logs.items() if path.suffix == ".compact"), default=-1)
        added: dict[object, dict[str, object]] = {}
        for number in sorted(n for n in logs if n >= whole):
            for line in lines_of(logs[number]):
                entry = object_of(line, logs[number])
                if entry["action"] == "delete":
                    added.pop(entry["path"], None)
                else:
                    added[entry["path"]] = entry
        return list(added.values())

    def add(self, batch: int, files: Iterable[tuple[str, int, int]]) -> None:
        """The batch's files: URI, size in bytes, time of change in milliseconds."""
        new = [
            {
                "path": uri,
                "size": size,
                "isDir": False,
                "modificationTime": modified,
                "blockReplication": 1,
                "blockSize": size,
                "action": "add",
            }
            for uri, size, modified in files
        ]
        compact = (batch + 1) % COMPACT_EVERY == 0
        lines = [json.dumps(e, separators=(",", ":")) for e in (*(self._entries() if compact else ()), *new)]
        try:
            write_once(self.directory / f"{batch}{'.compact' if compact else ''}", "\n".join([VERSION, *lines]))
        except FileExistsError:
            raise ExecutionError("CONCURRENT_STREAM_LOG_UPDATE", batchId=batch) from None
