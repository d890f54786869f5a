"""What sources write down: numbered files that appear whole or not at all (the form of Spark's `HDFSMetadataLog`)."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from pathlib import Path

from glowplug.errors import ExecutionError

VERSION = "v1"


def write_once(path: Path, text: str) -> None:
    """The file, durable, whole or not at all. FileExistsError if it is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.parent / f".{path.name}.{uuid.uuid4()}.tmp"
    try:
        with draft.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)  # fails where a rename would replace
        sync(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def sync(directory: Path) -> None:
    """Make the names in a directory durable."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def lines_of(path: Path) -> list[str]:
    """The lines of a log's file behind its version. Raises MALFORMED_LOG_FILE."""
    version, *lines = path.read_text(encoding="utf-8").split("\n")
    if version != VERSION:
        raise ExecutionError("MALFORMED_LOG_FILE", text=f"{path}: {version[:100]!r}")
    return lines


class MetadataLog:
    """Numbered files in a directory, one for each batch that has something to say."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, batch: int) -> Path:
        return self.root / str(batch)

    def batches(self) -> list[int]:
        """In order."""
        try:
            return sorted(int(name) for name in os.listdir(self.root) if name.isdigit())
        except FileNotFoundError:
            return []

    def latest(self) -> int | None:
        return max(self.batches(), default=None)

    def read(self, batch: int) -> list[str]:
        return lines_of(self.path(batch))

    def add(self, batch: int, lines: list[str]) -> None:
        """Write the file of a batch; another query that runs from the same checkpoint may have been first."""
        try:
            write_once(self.path(batch), "\n".join([VERSION, *lines]))
        except FileExistsError:
            raise ExecutionError("CONCURRENT_STREAM_LOG_UPDATE", batchId=batch) from None

    def purge(self, keep_from: int) -> None:
        for batch in self.batches():
            if batch < keep_from:
                self.path(batch).unlink(missing_ok=True)


def first_or(root: Path, make: Callable[[], str]) -> str:
    """What a source remembered when its query first started; made, and remembered, then."""
    log = MetadataLog(root)
    if not log.path(0).exists():
        log.add(0, [make()])
    return "\n".join(log.read(0))
