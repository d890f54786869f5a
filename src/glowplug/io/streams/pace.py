"""An adaptive rate limit (not in Spark): how much a batch may have so that it takes about as long as wished."""

from __future__ import annotations

from dataclasses import dataclass

MOST, LEAST = 2.0, 0.25  # a batch has at most so many times as much as the one before, and at least


@dataclass(slots=True)
class Pace:
    """`limit` is in units of the source's own, such as records or bytes; `wanted` in milliseconds, if any."""

    wanted: int | None
    limit: int
    given: int = 0  # what the batch at work has
    more: bool = False  # there was more

    def gave(self, units: int, more: bool) -> None:
        self.given, self.more = units, more

    def took(self, seconds: float) -> None:
        """The batch has been done in this time. One that had all there was says nothing of a larger one."""
        if self.wanted is None or self.given <= 0:
            return
        better = self.wanted / 1000 / max(seconds, 0.001)
        if better < 1 or self.more:
            self.limit = max(1, int(self.given * min(MOST, max(LEAST, better))))
        self.given = 0
