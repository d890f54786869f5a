"""A stream into a Delta table is killed at each step while others keep the table: OPTIMIZE and VACUUM, all the time.

Before each new start, a VACUUM without retention takes away what the killed process has left behind.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.crash import kinds, matrix
from tests.crash.forge import Forge

KINDS = tuple(kinds.KINDS) if matrix.EVERY else ("rows",)


@contextmanager
def kept(spark: Any, table: str) -> Iterator[None]:
    """OPTIMIZE and VACUUM run until the end, one after the other; none of them may fail."""
    over, failures = threading.Event(), list[Exception]()

    def keep() -> None:
        log = Path(table, "_delta_log", f"{0:020}.json")
        while not over.wait(0.02):
            try:
                if log.exists():
                    spark.sql(f"OPTIMIZE delta.`{table}`").collect()
                    spark.sql(f"VACUUM delta.`{table}`").collect()
            except Exception as error:
                failures.append(error)
                return

    thread = threading.Thread(target=keep)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
    assert not failures, failures[0]


class Cleaning:
    """A forge that clears the table of what dead processes have left, when nobody writes it."""

    def __init__(self, forge: Forge, spark: Any, table: str) -> None:
        self.forge, self.spark, self.table = forge, spark, table

    def run(self, *args: str, **environment: str) -> int:
        with kept(self.spark, self.table):
            code = self.forge.run(*args, **environment)
        if Path(self.table, "_delta_log", f"{0:020}.json").exists():
            self.spark.sql(f"VACUUM delta.`{self.table}` RETAIN 0 HOURS").collect()
        return code


@pytest.mark.parametrize("kind", KINDS)
def test_killed_while_the_table_is_kept(
    spark: Any, forge: Forge, places: dict[str, Path], tmp_path: Path, kind: str
) -> None:  # fmt: skip
    place, out = str(places["delta"]), str(tmp_path / "out")
    spark.conf.set("spark.databricks.delta.retentionDurationCheck.enabled", "false")
    cleaning: Any = Cleaning(forge, spark, out)
    matrix.kill_at_every_step(cleaning, tmp_path / "checkpoint", kind, "delta", place, "delta", out)
    assert matrix.found(spark, "delta", out) == matrix.answer(spark, kind, places["file"]) != []
    versions = [json.loads(p.read_text().splitlines()[0]) for p in Path(out, "_delta_log").glob("*.json")]
    optimized = sum(v.get("commitInfo", {}).get("operation") == "OPTIMIZE" for v in versions)
    assert optimized >= 3, "the table was not kept while the stream ran"
    files = {p.name for p in Path(out).rglob("*.parquet") if "_delta_log" not in p.parts}
    there = spark.read.format("delta").load(out).inputFiles()
    assert files == {uri.rpartition("/")[2] for uri in there}, "files of killed processes are still there"
