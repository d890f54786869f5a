"""Nouns of streams: where rows come from, what marks their time, what is kept between batches, what starts a query."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from typing import Literal as OneOf

from glowplug.plan.commands import Command
from glowplug.plan.expressions import Attribute
from glowplug.plan.relations import Relation, Unary

OutputMode = OneOf["append", "update", "complete"]
DELAY = "spark.watermarkDelayMs"  # the key in a column's metadata that says it is an event time, as Spark has it
SESSION = "spark.sessionWindow"  # the key that says it is a session


@dataclass(frozen=True, slots=True)
class StreamingRelation(Relation):
    """A stream: `source` implements `glowplug.io.streams.contract.Stream`. Each batch puts its rows in this place.

    `metadata_columns` are hidden ones that resolve by name only (`_metadata`).
    """

    source: Any
    columns: tuple[Attribute, ...]
    metadata_columns: tuple[Attribute, ...] = ()

    @property
    def output(self) -> tuple[Attribute, ...]:
        return self.columns


@dataclass(frozen=True, slots=True)
class EventTimeWatermark(Unary):
    """Rows of which `column` says when they happened; those later than `delay` microseconds may be left out."""

    column: Attribute
    delay: int
    columns: tuple[Attribute, ...]  # the child's, one of them marked as the event time

    @property
    def output(self) -> tuple[Attribute, ...]:
        return self.columns


@dataclass(frozen=True, slots=True)
class GlobalLimit(Unary):
    """The first `count` rows of a stream, of all its batches together."""

    count: int


@dataclass(frozen=True, slots=True)
class Watched(Unary):
    """Kernel: passes rows on and shows `observer` how many there are, and the values of `column`, chunk by chunk.

    `observer` is called with an Arrow array of the column (if any) and one to count, from any thread of the kernel;
    `name` names it there. With `every` it sees all rows: no condition from above is computed before.
    """

    name: str
    column: Attribute | None
    observer: Any = field(compare=False)
    every: bool = True


@dataclass(frozen=True, slots=True)
class KernelTable(Relation):
    """Kernel: a table of the kernel's own, its columns named k0, k1, … in order, and how many rows it has if known."""

    table: str
    columns: tuple[Attribute, ...]
    rows: int = field(default=-1, compare=False)
    owner: object = None  # where the table is to live as long as a plan refers to it: what drops it then

    @property
    def output(self) -> tuple[Attribute, ...]:
        return self.columns


@dataclass(frozen=True, slots=True)
class Trigger:
    """When batches run. `interval` is in microseconds, of "processing_time", "continuous" and "real_time".

    The last two are how Spark answers sooner than its batches can. Here batches follow one another as with the default
    trigger, and each is written down: `interval`, after which Spark does so, is only checked.
    """

    kind: OneOf["default", "processing_time", "available_now", "once", "continuous", "real_time"] = "default"
    interval: int = 0


@dataclass(frozen=True, slots=True)
class PythonSink:
    """`foreach` or `foreachBatch`: the pickled function, and the version of Python that pickled it."""

    kind: OneOf["foreach", "foreach_batch"]
    command: bytes
    version: str


@dataclass(frozen=True, slots=True)
class StartStream(Command):
    """`df.writeStream…start()` or `toTable()`."""

    query: Relation
    format: str | None
    mode: str | None
    trigger: Trigger
    name: str | None = None
    path: str | None = None
    table: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    partition_by: tuple[str, ...] = ()
    cluster_by: tuple[str, ...] = ()
    function: PythonSink | None = None
