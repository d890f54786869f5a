"""A file or directory, wherever it is: what logs (Delta's, those of streams) are kept in."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from typing import IO
from urllib.parse import unquote

from glowplug.io.filesystem import LOCAL, FileSystem, locate
from glowplug.source_options import Settings


@dataclass(frozen=True, slots=True)
class Place:
    """`path` is absolute, in its file system."""

    fs: FileSystem
    path: str

    def __str__(self) -> str:
        """As messages show it: local paths without a scheme."""
        return self.path if self.fs is LOCAL else self.uri

    def __truediv__(self, name: str) -> Place:
        return Place(self.fs, posixpath.join(self.path, name))

    @property
    def uri(self) -> str:
        return self.fs.uri(self.path)

    @property
    def as_given(self) -> str:
        """As users write it: a URI that is taken literally."""
        return unquote(self.uri)

    @property
    def name(self) -> str:
        return posixpath.basename(self.path)

    @property
    def parent(self) -> Place:
        return Place(self.fs, posixpath.dirname(self.path))

    def names(self) -> list[str]:
        """What is in a directory. Raises FileNotFoundError, NotADirectoryError."""
        return self.fs.names(self.path)

    def exists(self) -> bool:
        try:
            self.fs.status(self.path)
        except (FileNotFoundError, NotADirectoryError):
            return False
        return True

    def open(self, mode: str = "rb") -> IO[bytes]:
        return self.fs.open(self.path, mode)

    def read(self) -> bytes:
        with self.open() as stream:
            return stream.read()

    def create(self, data: bytes) -> None:
        """A new file, durable, whole or not at all. FileExistsError if there is one."""
        self.fs.create(self.path, data)

    def replace(self, data: bytes) -> None:
        """A file in the place of what is there, durable, whole or not at all."""
        self.fs.replace(self.path, data)

    def remove(self) -> None:
        """A file, or a tree; nothing there is no error."""
        self.fs.remove(self.path)

    @contextmanager
    def drafted(self) -> Iterator[str]:
        """A path on this machine for a file that is then here, in the place of what there is, durable and whole."""
        draft = self.fs.draft(self.path)
        try:
            yield draft
            self.fs.put(draft, self.path)
        except BaseException:
            with suppress(FileNotFoundError):
                os.remove(draft)
            raise
        self.fs.sync(self.parent.path)

    def fetched(self) -> AbstractContextManager[str]:
        """A path on this machine of what is in a file."""
        return self.fs.fetched(self.path)


def names_in(directory: Place) -> list[str]:
    """What is in a directory, or nothing where there is none."""
    try:
        return directory.names()
    except FileNotFoundError:
        return []


def place_of(path: str, settings: Settings) -> Place:
    """Of a path as users write it."""
    return Place(*locate(path, settings))
