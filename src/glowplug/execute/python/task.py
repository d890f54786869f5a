"""What a worker is asked to do: the command in the form in which `pyspark.worker` reads it, and its surroundings."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Task:
    """`kind` is `pyspark.util.PythonEvalType`'s number, or the name of a worker module for what is no evaluation: one
    of PySpark's, or with all its packages one of ours (see `conversation.py`).

    `conf` are session settings, `extra` what belongs to this evaluation only; `paths` come first in `sys.path`.
    `rows` is the most rows a batch handed to the function has.
    """

    kind: int | str
    command: bytes
    conf: dict[str, str]
    extra: dict[str, str] = field(default_factory=dict)
    paths: tuple[str, ...] = ()
    files: str = ""  # the directory of the session's files, the current one of the worker
    partition: int = 0
    partitions: int = 1
    meeting: tuple[int, str] | None = None  # of a task that can wait for others: the port where, and its own word there
    rows: int = 10_000
    called: str = ""  # the names of its functions

    def pack(self) -> dict[str, Any]:
        return asdict(self)


# What of a traceback is shown: nothing, or not what calls the user's code.
HIDE_TRACEBACK = "spark.sql.execution.pyspark.udf.hideTraceback.enabled"
SIMPLIFY_TRACEBACK = "spark.sql.execution.pyspark.udf.simplifiedTraceback.enabled"
TIMERS, GROUP = "$timers", "$group"  # among the state of a group, what is no user's: its timers; all of it


@dataclass(frozen=True, slots=True)
class Code:
    """A function with the offsets of its arguments among the columns; a name makes one a keyword argument.

    `commands` are pickled (function, return type) pairs: each gets the result of the one before it.
    """

    arguments: tuple[tuple[int, str | None], ...]
    commands: tuple[bytes, ...]
    result_id: int = 0


def functions(codes: Sequence[Code]) -> bytes:
    """The command of an evaluation of functions (all but table functions)."""
    return struct.pack(">i", len(codes)) + b"".join(map(_function, codes))


def _function(code: Code) -> bytes:
    commands = b"".join(_sized(c) for c in code.commands)
    count = struct.pack(">i", len(code.commands))
    return arguments(code.arguments) + count + commands + struct.pack(">q", code.result_id)


def arguments(places: Sequence[tuple[int, str | None]]) -> bytes:
    parts = [struct.pack(">i", len(places))]
    for offset, name in places:
        parts.append(struct.pack(">i?", offset, name is not None))
        if name is not None:
            parts.append(_sized(name.encode()))
    return b"".join(parts)


def grouped(keys: Sequence[Sequence[int]], values: Sequence[Sequence[int]]) -> tuple[tuple[int, None], ...]:
    """The arguments of a function over groups: for each side where its keys and its values are."""
    offsets: list[int] = []
    for key, value in zip(keys, values, strict=True):
        offsets += [1 + len(key) + len(value), len(key), *key, *value]
    return tuple((o, None) for o in offsets)


def table_function(
    places: Sequence[tuple[int, str | None]],
    partition_by: Sequence[int],
    analyzed: bytes | None,
    command: bytes,
    schema: str,
    name: str,
) -> bytes:
    """The command of a table function. `analyzed` is what its `analyze` returned, pickled; `schema` is JSON."""
    indexes = struct.pack(f">{1 + len(partition_by)}i", len(partition_by), *partition_by)
    result = struct.pack(">?", analyzed is not None) + (_sized(analyzed) if analyzed is not None else b"")
    return arguments(places) + indexes + result + _sized(command) + _sized(schema.encode()) + _sized(name.encode())


def _sized(data: bytes) -> bytes:
    return struct.pack(">i", len(data)) + data
