"""Files that are there whole or not at all, and still after the power has failed."""

from __future__ import annotations

import errno
import os
import uuid
from pathlib import Path


def sync(path: str | Path) -> None:
    """Make a file, or the names in a directory, durable, where the file system can."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(descriptor)


def create(path: Path, data: bytes) -> None:
    """A new file. FileExistsError if there is one."""
    draft = _draft(path, data)
    try:
        os.link(draft, path)  # fails where a rename would replace
        sync(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def replace(path: Path, data: bytes) -> None:
    """A file in the place of what is there."""
    os.replace(_draft(path, data), path)
    sync(path.parent)


def _draft(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{uuid.uuid4()}.tmp")
    try:
        with draft.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return draft
