"""Dates and instants of Parquet files that Spark 2 and Hive wrote by the Julian calendar, before 15 October 1582.

Semantics of Spark's `DataSourceUtils` and `RebaseDateTime`: a file of Spark's says itself how it was written; of others
the options `datetimeRebaseMode` and `int96RebaseMode` say it.
"""

from __future__ import annotations

from dataclasses import dataclass

from glowplug.io.parquet_footer import Footer, Node
from glowplug.io.source import Reading
from glowplug.sqltext import literal
from glowplug.types import DataType, DateType, TimestampType

_GREGORIAN = "DATE '1582-10-15'"
_ZONES = "TIMESTAMPTZ '1900-01-01 00:00:00+00'"  # from then on zones are those of today
_ANCIENT = "INCONSISTENT_BEHAVIOR_CROSS_VERSION.READ_ANCIENT_DATETIME"


@dataclass(frozen=True, slots=True)
class Rebase:
    """How a file's dates and times are taken: CORRECTED (as they are), LEGACY or EXCEPTION; `int96` likewise."""

    times: str = "CORRECTED"
    int96: str = "CORRECTED"

    def of(self, footer: Footer) -> Rebase:
        """The same for a file, which may say itself."""
        if footer.spark is None:
            return self
        version = tuple(int(n) if n.isdigit() else 0 for n in footer.spark.split(".")[:2])
        old = version < (3, 0) or "org.apache.spark.legacyDateTime" in footer.legacy
        old96 = version < (3, 1) or "org.apache.spark.legacyINT96" in footer.legacy
        return Rebase("LEGACY" if old else "CORRECTED", "LEGACY" if old96 else "CORRECTED")

    def value(self, sql: str, node: Node, target: DataType, reading: Reading) -> str:
        """Kernel SQL for the leaf `sql`, read as `target`."""
        mode = self.int96 if node.physical == "INT96" else self.times
        if mode == "CORRECTED":
            return sql
        kind = "Parquet INT96" if node.physical == "INT96" else "Parquet"
        name = "int96RebaseMode" if node.physical == "INT96" else "datetimeRebaseMode"
        names = {"format": kind, "config": f'"spark.sql.parquet.{name}InRead"', "option": f'"{name}"'}
        ancient = reading.failure(_ANCIENT, **{k: literal(v) for k, v in names.items()})
        match node.annotation, target:
            case "DATE", DateType():
                changed = ancient if mode == "EXCEPTION" else f"{sql} + {_days(f'({sql} - DATE {literal(_EPOCH)})')}"
                return f"CASE WHEN {sql} < {_GREGORIAN} THEN {changed} ELSE {sql} END"
            case _, TimestampType():
                if mode == "LEGACY":
                    reason = literal("timestamps before 1900 that Spark 2 wrote, but in the time zone UTC")
                    ancient = reading.failure("UNSUPPORTED_FEATURE.GLOWPLUG", feature=reason)
                    if reading.time_zone in ("UTC", "Etc/UTC", "Z"):
                        ancient = f"{sql} + to_days({_days(f'CAST(floor(epoch({sql}) / 86400) AS BIGINT)')})"
                return f"CASE WHEN {sql} < {_ZONES} THEN {ancient} ELSE {sql} END"
        return sql


AS_THEY_ARE = Rebase()
_EPOCH = "1970-01-01"


def _julian(year: int, month: int, day: int) -> int:
    """Days since the epoch of a date of the Julian calendar."""
    y, m = (year, month) if month > 2 else (year - 1, month + 12)
    return 1461 * y // 4 + (153 * (m - 3) + 2) // 5 + day - 1 - 719_470


def _days(number: str) -> str:
    """Kernel SQL for how many days later the proleptic Gregorian calendar has the Julian date of a day's number."""
    centuries = [y for y in range(100, 1600, 100) if y % 400]
    cases = " ".join(f"WHEN {number} < {_julian(y, 3, 1)} THEN {2 - i}" for i, y in enumerate(centuries))
    return f"CASE {cases} WHEN {number} < -141427 THEN {2 - len(centuries)} ELSE 0 END"
