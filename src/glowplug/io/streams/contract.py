"""The contract between a source of a stream and the engine.

A `Stream` is a value: what a plan knows of a source (its schema and options). A query that starts opens it once and
gets a `Reader`, which one thread uses. The laws:

- An offset is JSON text, and says all that is needed to read up to it. The engine writes it down *before* it reads.
- `source(start, end)` gives the same rows whenever it is called with the same offsets, after a restart too: a batch
  that was not finished is read again.
- `commit(end)` says that everything up to `end` is in the sink for good; what comes before may be forgotten.
- Anything else a source must remember it writes to `Opening.log` before it gives an offset that depends on it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TypeVar

from glowplug.errors import ExecutionError
from glowplug.interval_texts import parse_duration
from glowplug.io.place import Place
from glowplug.io.source import Context, Pairs, Source
from glowplug.source_options import invalid_option
from glowplug.types import StructField, StructType

T = TypeVar("T")


def offset_of(text: str, parse: Callable[[str], T]) -> T:
    """What an offset says. Raises ExecutionError for one of another source, as a query may have that was changed."""
    try:
        return parse(text)
    except (ValueError, KeyError, TypeError, AttributeError):
        message = f"the checkpoint has the offset {text}, which is of another kind of source than the query reads now"
        raise ExecutionError("_LEGACY_ERROR_TEMP_3102", msg=message) from None


@dataclass(frozen=True, slots=True)
class Opening:
    """What a starting query gives its source: a directory of its own, and the kernel and settings to ask.

    `stopped` says whether the query is to end: who waits for something outside asks it now and then.
    """

    log: Place
    context: Callable[[], AbstractContextManager[Context]]
    stopped: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Stream:
    """Subclasses are frozen dataclasses; two equal ones in a query are still two sources."""

    schema: StructType
    options: Pairs

    @property
    def name(self) -> str:
        """The format's name."""
        raise NotImplementedError

    @property
    def hidden(self) -> tuple[StructField, ...]:
        """Columns that are read only when they are named (`_metadata`); `Reader.source` has them, too."""
        return ()

    def open(self, opening: Opening) -> Reader:
        raise NotImplementedError

    @property
    def idle_timeout(self) -> float | None:
        """Seconds without new data after which this input holds no watermark back: `idleTimeout`, not in Spark."""
        text = {k.lower(): v for k, v in self.options}.get("idletimeout")
        try:
            return None if text is None else parse_duration(text) / 1_000_000
        except ValueError:
            raise invalid_option("idleTimeout", str(text), "a duration") from None


class Reader:
    """A source at work. One thread at a time calls it."""

    description: str  # what progress reports show

    def latest(self, start: str | None, limited: bool) -> str | None:
        """The offset to read up to next, from `start` on (None: from the beginning); None while there is nothing.

        `limited`: not further than the source's rate limits allow for one batch.
        """
        raise NotImplementedError

    def took(self, seconds: float) -> None:
        """The batch up to the last offset that `latest` gave has been done, in this time."""

    def freeze(self) -> None:
        """What is there now is all there will be: `latest` goes no further from here on (availableNow)."""

    def source(self, start: str | None, end: str) -> Source:
        """The rows behind `start`, up to and with `end`; columns of the stream's schema."""
        raise NotImplementedError

    def commit(self, end: str) -> None:
        """Everything up to `end` is done with."""

    def report(self, end: str | None) -> tuple[str | None, dict[str, str]]:
        """Of a batch that ended at `end`: the newest offset that was seen, and metrics, for its progress."""
        return end, {}

    def close(self) -> None:
        """Give everything back; called once, from the thread of the query."""
