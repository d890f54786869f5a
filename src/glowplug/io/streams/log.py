"""What sources write down: numbered files that appear whole or not at all (the form of Spark's `HDFSMetadataLog`).

Beside a file lies its checksum, as Hadoop's local file system has it, which Spark checks as well: what is torn later is
seen, and never taken for less than was written.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from typing import Any

from glowplug.errors import ExecutionError
from glowplug.io.place import Place, names_in

VERSION = "v1"
MAGIC = b"crc\0"  # before the size of a chunk and the CRC-32 of each, numbers of four bytes
CHUNK = 512
COMPACT_EVERY = 10


def write_once(path: Place, text: str) -> None:
    """The file, durable, whole or not at all. FileExistsError if it is there."""
    path.create(text.encode())
    write_checksum(path)


def checksum_of(path: Place) -> Place:
    """Where Hadoop's local file systems keep the checksum of a file."""
    return path.parent / f".{path.name}.crc"


def write_checksum(path: Place, chunk: int = CHUNK) -> None:
    """Of the file as it is now, in chunks of so many bytes. Stores check themselves what they keep, as in Hadoop."""
    if not path.fs.flat:
        with checksum_of(path).open("wb") as file:
            file.write(_checksum(path, chunk))


def _checksum(path: Place, chunk: int) -> bytes:
    found = bytearray(MAGIC + chunk.to_bytes(4, "big"))
    with path.open() as file:
        while data := file.read(chunk):
            found += zlib.crc32(data).to_bytes(4, "big")
    return bytes(found)


def is_whole(path: Place) -> bool | None:
    """Whether the file is as it was written; None where no checksum says."""
    if path.fs.flat:
        return None
    try:
        found = checksum_of(path).read()
    except FileNotFoundError:
        return None
    chunk = int.from_bytes(found[4:8], "big")
    return None if found[:4] != MAGIC or chunk == 0 else found == _checksum(path, chunk)


def remove(path: Place) -> None:
    """The file and its checksum, if they are there."""
    path.remove()
    forget_checksum(path)


def forget_checksum(path: Place) -> None:
    """To be called before a file is written anew: the checksum would be that of what was there."""
    if not path.fs.flat:
        checksum_of(path).remove()


def text_of(path: Place) -> str:
    """What is in a file of a log. Raises MALFORMED_LOG_FILE."""
    if is_whole(path) is False:
        raise malformed(path, "which is not as it was written")
    try:
        return path.read().decode()
    except UnicodeDecodeError:
        raise malformed(path, "which is no text") from None


def lines_of(path: Place) -> list[str]:
    """The lines of a log's file behind its version. Raises MALFORMED_LOG_FILE."""
    version, *lines = text_of(path).split("\n")
    if version != VERSION:
        raise malformed(path, f"which begins with {version[:100]!r}")
    return lines


def object_of(line: str, path: Place) -> dict[str, Any]:
    """A line of JSON. Raises MALFORMED_LOG_FILE."""
    try:
        value = json.loads(line)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise malformed(path, f"in which is {line[:100]!r}")
    return value


def malformed(path: Place, what: str) -> ExecutionError:
    return ExecutionError("MALFORMED_LOG_FILE", text=f"{path}, {what}")


class MetadataLog:
    """Numbered files in a directory, one for each batch that has something to say."""

    def __init__(self, root: Place) -> None:
        self.root = root

    def path(self, batch: int) -> Place:
        return self.root / str(batch)

    def batches(self) -> list[int]:
        """In order."""
        return sorted(int(name) for name in names_in(self.root) if name.isdigit())

    def latest(self) -> int | None:
        return max(self.batches(), default=None)

    def read(self, batch: int) -> list[str]:
        """The lines of a batch's file. Raises MALFORMED_LOG_FILE, also where it is not there."""
        try:
            return lines_of(self.path(batch))
        except FileNotFoundError:
            raise malformed(self.path(batch), "which is not there") from None

    def add(self, batch: int, lines: list[str]) -> None:
        """Write the file of a batch; another query that runs from the same checkpoint may have been first."""
        try:
            write_once(self.path(batch), "\n".join([VERSION, *lines]))
        except FileExistsError:
            raise ExecutionError("CONCURRENT_STREAM_LOG_UPDATE", batchId=batch) from None

    def purge(self, keep_from: int) -> None:
        for batch in self.batches():
            if batch < keep_from:
                remove(self.path(batch))


class CompactingLog:
    """Numbered files of entries, JSON objects, a line each. Every tenth, `N.compact`, has all entries up to N, so that
    a reader opens at most ten. The form of Spark's `CompactibleFileStreamLog`."""

    def __init__(self, root: Place) -> None:
        self.root = root

    def files(self) -> dict[int, Place]:
        names = names_in(self.root)
        found = {n.removesuffix(".compact"): n for n in sorted(names) if n.removesuffix(".compact").isdigit()}
        return {int(number): self.root / name for number, name in found.items()}

    def latest(self) -> int | None:
        return max(self.files(), default=None)

    def entries(self, after: int = -1, last: int | None = None) -> list[dict[str, Any]]:
        """Those of the files behind `after` up to `last`, in order; from the newest compact file on, if that is later
        than `after`, with all that it has. Raises MALFORMED_LOG_FILE."""
        files = {n: path for n, path in self.files().items() if last is None or n <= last}
        whole = max((n for n, path in files.items() if path.name.endswith(".compact")), default=-1)
        return [
            object_of(line, files[n])
            for n in sorted(files)
            if n > after and n >= whole
            for line in lines_of(files[n])
            if line
        ]

    def compacted(self) -> list[dict[str, Any]]:
        """The entries that a compact file takes over."""
        return self.entries()

    def add(self, number: int, entries: list[dict[str, Any]]) -> None:
        """Raises CONCURRENT_STREAM_LOG_UPDATE if another query was first."""
        compact = (number + 1) % COMPACT_EVERY == 0
        every = [*self.compacted(), *entries] if compact else entries
        lines = [json.dumps(e, separators=(",", ":"), ensure_ascii=False) for e in every]
        try:
            write_once(self.root / f"{number}{'.compact' if compact else ''}", "\n".join([VERSION, *lines]))
        except FileExistsError:
            raise ExecutionError("CONCURRENT_STREAM_LOG_UPDATE", batchId=number) from None


def first_or(root: Place, make: Callable[[], str]) -> str:
    """What a source remembered when its query first started; made, and remembered, then."""
    log = MetadataLog(root)
    if not log.path(0).exists():
        log.add(0, [make()])
    return "\n".join(log.read(0))
