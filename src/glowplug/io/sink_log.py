"""The log of a streaming sink's directory: which of its files count. The form is Spark's `FileStreamSinkLog`.

_spark_metadata/7           v1, then a line of JSON for each file of batch 7
_spark_metadata/9.compact   the same, for every file up to batch 9
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from glowplug.io.place import Place
from glowplug.io.streams.log import CompactingLog

DIRECTORY = "_spark_metadata"


def has_log(root: Place) -> bool:
    """Whether a streaming query writes to this directory."""
    try:
        return bool((root / DIRECTORY).names())
    except (FileNotFoundError, NotADirectoryError):
        return False


class SinkLog(CompactingLog):
    """Which files of a stream count, by batch: Spark's `_spark_metadata`, below the directory that it writes."""

    def __init__(self, root: Place) -> None:
        super().__init__(root / DIRECTORY)

    def has(self, batch: int) -> bool:
        return any(n >= batch for n in self.files())

    def uris(self) -> list[str]:
        """The files that count, in the order they came."""
        return [str(entry["path"]) for entry in self.compacted()]

    def compacted(self) -> list[dict[str, Any]]:
        added: dict[object, dict[str, Any]] = {}
        for entry in self.entries():
            if entry["action"] == "delete":
                added.pop(entry["path"], None)
            else:
                added[entry["path"]] = entry
        return list(added.values())

    def add_files(self, batch: int, files: Iterable[tuple[str, int, int]]) -> None:
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
        self.add(batch, new)
