"""Statements that Delta adds to Spark's: OPTIMIZE, REORG, VACUUM, RESTORE, CONVERT, GENERATE, DESCRIBE HISTORY."""

from __future__ import annotations

from collections.abc import Callable

from glowplug.plan.commands import Command
from glowplug.plan.delta import (
    ConvertToDelta,
    DescribeDetail,
    DescribeHistory,
    DropFeature,
    GenerateManifest,
    Optimize,
    Restore,
    Vacuum,
)
from glowplug.sql import expressions, literals, types
from glowplug.sql.cursor import Cursor
from glowplug.sql.names import multipart
from glowplug.sql.tokens import END, NUMBER, STRING
from glowplug.sql.travel import time_travel
from glowplug.types import sql_name


def table(c: Cursor) -> tuple[str, ...]:
    """A table by name or, as a string, by path."""
    return ("delta", literals.string(c)) if c.kind == STRING else multipart(c)


def describe(c: Cursor) -> Command | None:
    """After DESCRIBE: `HISTORY t [LIMIT n]`, `DETAIL t`; None where the word is a table's name."""
    if c.kind not in ("HISTORY", "DETAIL") or c.peek() in (END, ";", "."):
        return None
    history = c.kind == "HISTORY"
    c.i += 1
    parts = table(c)
    if not history:
        return DescribeDetail(parts)
    return DescribeHistory(parts, literals.integer(c) if c.take("LIMIT") else None)


def drop_feature(c: Cursor) -> DropFeature:
    """After DROP: `FEATURE f [TRUNCATE HISTORY]`."""
    c.i += 1
    name = literals.string(c) if c.kind == STRING else c.name()
    return DropFeature(name, c.take("TRUNCATE", "HISTORY"))


def _optimize(c: Cursor) -> Command:
    c.i += 1
    parts = table(c)
    full = c.take("FULL")
    condition = expressions.expression(c) if c.take("WHERE") else None
    order: tuple[tuple[str, ...], ...] = ()
    if c.take("ZORDER", "BY"):
        order = tuple(c.paren_list(multipart) if c.kind == "(" else c.comma_list(multipart))
    return Optimize(parts, condition, order, full)


def _reorg(c: Cursor) -> Command:
    c.i += 1
    c.expect("TABLE")
    parts = table(c)
    condition = expressions.expression(c) if c.take("WHERE") else None
    c.expect("APPLY", "(", "PURGE", ")")
    return Optimize(parts, condition, purge=True)


def _vacuum(c: Cursor) -> Command:
    c.i += 1
    parts = table(c)
    hours = None
    lite = not c.take("FULL") and c.take("LITE")
    if c.take("RETAIN"):
        if c.kind != NUMBER:
            c.fail()
        hours = float(c.raw())
        c.i += 1
        c.expect("HOURS")
    return Vacuum(parts, hours, c.take("DRY", "RUN"), lite)


def _restore(c: Cursor) -> Command:
    c.i += 1
    if c.kind == "TABLE" and c.peek() not in ("TO", END):
        c.i += 1
    parts = table(c)
    c.expect("TO")
    travel = time_travel(c)
    if travel is None:
        c.fail()
    return Restore(parts, *travel)


def _convert(c: Cursor) -> Command:
    c.i += 1
    c.expect("TO", "DELTA")
    parts = table(c)
    c.take("NO", "STATISTICS")
    partition: tuple[tuple[str, str], ...] = ()
    if c.take("PARTITIONED", "BY"):
        partition = c.paren_list(lambda c: (c.name(), sql_name(types.data_type(c))))
    return ConvertToDelta(parts, partition)


def _generate(c: Cursor) -> Command:
    c.i += 1
    mode = c.name()
    c.expect("FOR", "TABLE")
    return GenerateManifest(mode, table(c))


RULES: dict[str, Callable[[Cursor], Command]] = {
    "OPTIMIZE": _optimize,
    "REORG": _reorg,
    "VACUUM": _vacuum,
    "RESTORE": _restore,
    "CONVERT": _convert,
    "GENERATE": _generate,
}
