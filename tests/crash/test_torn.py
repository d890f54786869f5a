"""Every file of a checkpoint, torn in every way: the query goes on as if nothing were, or says which file it is.

What is torn is the last file of its kind; sidecars with checksums lie beside, as they were, or are gone as well.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pyspark.errors import PySparkException
from pyspark.sql import functions as F

import glowplug

FILES = 22
DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "half": lambda data: data[: len(data) // 2],
    "without its last line": lambda data: data[: data.rstrip(b"\n").rfind(b"\n") + 1],
    "without its last byte": lambda data: data[:-1],
    "garbage": lambda data: os.urandom(len(data)),
    "text": lambda data: b"not what was written",
    "one byte changed": lambda data: (
        data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :]
    ),
}
SUBTLE = ("without its last line", "without its last byte", "one byte changed")  # only a checksum can tell
LAYOUT = "state/0/_metadata/layout"
KINDS = (
    "metadata",
    LAYOUT,
    "offsets",
    "commits",
    "sources/0",
    "sources/0 compact",
    "state delta",
    "state snapshot",
    "sink",
    "sink compact",
)


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    session = glowplug.session(**{"spark.sql.session.timeZone": "UTC"})
    yield session
    session.stop()


def add(root: Path, numbers: range) -> None:
    (root / "in").mkdir(parents=True, exist_ok=True)
    for n in numbers:
        path = root / "in" / f"{n:02}.json"
        rows = ({"k": f"k{n * i % 7}", "v": i, "t": f"2026-01-01T00:{n:02}:{i:02}Z"} for i in range(20))
        path.write_text("\n".join(map(json.dumps, rows)))
        os.utime(path, (1_760_000_000 + n,) * 2)


def run(spark: Any, root: Path) -> None:
    rows = (
        spark.readStream.schema("k STRING, v INT, t TIMESTAMP").option("maxFilesPerTrigger", 2).json(str(root / "in"))
    )
    windows = rows.withWatermark("t", "90 seconds").groupBy(F.window("t", "3 minutes"), "k").agg(F.sum("v").alias("s"))
    writer = windows.selectExpr("cast(window.start AS STRING) AS w", "k", "s").writeStream.format("parquet")
    query = writer.option("checkpointLocation", str(root / "checkpoint")).trigger(availableNow=True)
    query.start(str(root / "out")).awaitTermination()


def answer(spark: Any, root: Path) -> list[Any]:
    return sorted(map(tuple, spark.read.parquet(str(root / "out")).collect()))


@pytest.fixture(scope="module")
def intact(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Any]]:
    """A query that has run, kept as it was then, and what it has in the end with the files that are still to come."""
    root = tmp_path_factory.mktemp("torn") / "query"
    from glowplug.streaming.state import store

    kept, store.SNAPSHOT_AT_LEAST = store.SNAPSHOT_AT_LEAST, 10
    add(root, range(FILES))
    run(spark, root)
    add(root, range(FILES, FILES + 4))
    shutil.copytree(root, root.with_name("kept"))
    run(spark, root)
    found = answer(spark, root)
    store.SNAPSHOT_AT_LEAST = kept
    assert len(found) > 20
    return root, found


def last(root: Path, kind: str) -> Path:
    where, _, form = kind.partition(" ")
    directory = {"state": root / "checkpoint/state/0/0", "sink": root / "out/_spark_metadata"}.get(
        where, root / "checkpoint" / where
    )
    if kind in ("metadata", LAYOUT):
        return directory
    pattern = {"": r"\d+", "compact": r"\d+\.compact"}.get(form, rf"\d+\.{form}\.parquet")
    found = [p for p in directory.iterdir() if re.fullmatch(pattern, p.name)]
    return max(found, key=lambda p: int(p.name.partition(".")[0]))


def cases() -> Iterator[Any]:
    for kind in KINDS:
        for damage in DAMAGE:
            yield pytest.param(kind, damage, True, id=f"{kind}, {damage}")
            if damage not in SUBTLE:
                yield pytest.param(kind, damage, False, id=f"{kind}, {damage}, no checksum")


@pytest.mark.parametrize(("kind", "damage", "sidecar"), list(cases()))
def test_torn(spark: Any, intact: tuple[Path, list[Any]], kind: str, damage: str, sidecar: bool) -> None:
    root, expected = intact
    shutil.rmtree(root)
    shutil.copytree(root.with_name("kept"), root)
    path = last(root, kind)
    checksum = path.with_name(f".{path.name}.crc")
    assert checksum.exists()
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    if not sidecar:
        checksum.unlink()
    try:
        run(spark, root)
        found = answer(spark, root)
    except PySparkException as error:
        assert str(path) in str(error)
        return
    assert found == expected
