"""Queries without state whose checkpoints move between Spark and Glowplug, in both directions.

    .venv/bin/python -m tests.parity.streams.exchange glowplug     # writes fixtures/glowplug
    PYTHON -m tests.parity.streams.exchange spark                  # writes fixtures/spark, goes on with fixtures/glowplug

PYTHON is an interpreter with a full pyspark 4.2.1, and Java. What Spark made of our checkpoints is in exchange.json.
A fixture holds a query's checkpoint, the files it read and those it wrote, with ROOT in the place of their directory.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FIXTURES, RESUMED = HERE / "fixtures", HERE / "exchange.json"
ROOT = "/ROOT"
QUERIES = ("files", "watermark", "rate-micro-batch")
FILES = 12  # one a batch: the log of the source is compacted once, and so is that of the sink


def add(root: Path, numbers: range) -> None:
    (root / "in").mkdir(parents=True, exist_ok=True)
    for n in numbers:
        path = root / "in" / f"{n:02}.json"
        path.write_text(json.dumps({"n": n, "t": f"2026-01-01T00:00:{n:02}Z"}) + "\n")
        os.utime(path, (1_760_000_000 + n,) * 2)


def run(spark: Any, root: Path, name: str) -> dict[str, Any]:
    """All that is there, as one run of the query; what it says of itself, and all rows so far."""
    if name == "rate-micro-batch":
        source = spark.readStream.format(name).option("rowsPerBatch", 3).option("startTimestamp", 5000).load()
    else:
        source = spark.readStream.schema("n INT, t TIMESTAMP").option("maxFilesPerTrigger", 1).json(str(root / "in"))
    if name == "watermark":
        source = source.withWatermark("t", "2 seconds")
    writer = source.writeStream.format("json").option("checkpointLocation", str(root / "checkpoint"))
    query = writer.trigger(availableNow=True).start(str(root / "out"))
    query.awaitTermination()
    reports = [json.loads(p.json) for p in query.recentProgress]
    batches = [[p["batchId"], p["numInputRows"], p.get("eventTime", {}).get("watermark")] for p in reports]
    rows = spark.read.schema(source.schema).json(str(root / "out")).collect()
    return {"id": str(query.id), "batches": batches, "rows": sorted(json.dumps(list(map(str, r))) for r in rows)}


def save(root: Path, to: Path) -> None:
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(root, to, ignore=shutil.ignore_patterns("_temporary", ".*json.crc"))
    _replace(to, str(root), ROOT)


def load(fixture: Path, root: Path) -> None:
    shutil.copytree(fixture, root, dirs_exist_ok=True)
    _replace(root, ROOT, str(root))


def _replace(directory: Path, old: str, new: str) -> None:
    """Files that change lose their checksums; those of the others are kept, for the other engine to check."""
    for path in directory.rglob("*"):
        if path.is_file() and path.suffix != ".crc" and old in (text := path.read_text()):
            path.write_text(text.replace(old, new))
            path.with_name(f".{path.name}.crc").unlink(missing_ok=True)


def unfinished(root: Path) -> None:
    """As if the process had died between the sink and the commit of the last batch."""
    commits = root / "checkpoint" / "commits"
    last = commits / str(max(int(p.name) for p in commits.iterdir() if p.name.isdigit()))
    last.unlink()
    last.with_name(f".{last.name}.crc").unlink(missing_ok=True)


def write(spark: Any, root: Path, name: str) -> None:
    if name != "rate-micro-batch":
        add(root, range(FILES))
    for _ in range(FILES if name == "rate-micro-batch" else 1):  # it has a batch a run
        run(spark, root, name)


def go_on(spark: Any, fixture: Path, root: Path, name: str, died: bool) -> dict[str, Any]:
    load(fixture, root)
    if died:
        unfinished(root)
    if name != "rate-micro-batch":
        add(root, range(FILES, FILES + 2))
    return run(spark, root, name)


def main(engine: str) -> None:
    if engine == "spark":
        from pyspark.sql import SparkSession

        builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
        spark = builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()
    else:
        import glowplug

        spark = glowplug.session(**{"spark.sql.session.timeZone": "UTC"})
    resumed = {}
    with tempfile.TemporaryDirectory() as scratch:
        for name in QUERIES:
            write(spark, Path(scratch) / name, name)
            save(Path(scratch) / name, FIXTURES / engine / name)
            for died in (False, True) if engine == "spark" else ():
                root = Path(scratch) / f"{name}-{died}"
                resumed[f"{name}{', died' if died else ''}"] = go_on(
                    spark, FIXTURES / "glowplug" / name, root, name, died
                )
    spark.stop()
    if resumed:
        RESUMED.write_text(json.dumps(resumed, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
