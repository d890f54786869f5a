"""Runs a streaming program, on Spark or here, and says what each batch did."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]
Step = Mapping[str, Sequence[Sequence[Row]]]  # for each input the files that appear, each with its rows
RESTART: Step = {}  # the query is stopped and started again from its checkpoint

EVENTS = "k STRING, v INT, t TIMESTAMP"
STATE = (
    "numRowsTotal",
    "numRowsUpdated",
    "numRowsRemoved",
    "numRowsDroppedByWatermark",
)


@dataclass(frozen=True)
class Program:
    """`build` makes the query of the session and the inputs by name.

    With the trigger "default" one query runs, and has done all there is before the next step; with another, or with
    several inputs, which do not get their files at the same moment, each step is a run of its own.
    """

    name: str
    build: Callable[[Any, dict[str, Any]], Any]
    steps: Sequence[Step] = ()
    mode: str = "append"
    trigger: str = "default"
    inputs: Mapping[str, str] = field(default_factory=lambda: {"a": EVENTS})  # name → schema
    options: Mapping[str, str] = field(default_factory=dict)  # of the sources
    conf: Mapping[str, str] = field(default_factory=dict)
    format: str = "json"


class Inputs:
    """Directories of files that appear in order."""

    def __init__(self, root: Path, program: Program) -> None:
        self.root, self.program, self.count = root, program, 0
        for name in program.inputs:
            (root / name).mkdir(parents=True)

    def add(self, step: Step) -> None:
        """The files of each input at once, in a directory of their own."""
        for name, files in step.items():
            draft = self.root / "draft"
            draft.mkdir()
            for rows in files:
                path = draft / f"{self.count:03}.{self.program.format}"
                path.write_text("".join(self._line(row) + "\n" for row in rows))
                os.utime(path, (1_760_000_000 + self.count,) * 2)
                self.count += 1
            draft.rename(self.root / name / f"step{self.count:03}")

    def _line(self, row: Row) -> str:
        match self.program.format:
            case "json":
                return json.dumps(row)
            case "csv":
                return ",".join("" if v is None else str(v) for v in row.values())
        return str(row["value"])

    def frames(self, spark: Any) -> dict[str, Any]:
        found = {}
        for name, schema in self.program.inputs.items():
            reader = spark.readStream.format(self.program.format).options(**self.program.options)
            found[name] = reader.schema(schema).load(str(self.root / name / "*"))
        return found


def answer(spark: Any, program: Program, root: Path) -> dict[str, Any]:
    """What each batch put out and reported; or the condition under which the query was refused, or failed."""
    from pyspark.errors import PySparkException

    for key, value in program.conf.items():
        spark.conf.set(key, value)
    rows = root / "rows"
    rows.mkdir(parents=True)
    try:
        inputs = Inputs(root, program)
        reports: list[dict[str, Any]] = []
        query = None
        for step in program.steps or [RESTART]:
            if query is not None and (step is RESTART or program.trigger != "default" or len(program.inputs) > 1):
                query.stop()
                query = None
            inputs.add(step)
            if query is None:
                query = _start(spark, program, inputs, root / "checkpoint", rows)
            if program.trigger == "default":
                query.processAllAvailable()
            else:
                query.awaitTermination()
            known = {r["batchId"] for r in reports}  # a query that waits reports too
            latest = {p["batchId"]: p for p in map(_plain, query.recentProgress)}
            reports += [p for n, p in latest.items() if (rows / str(n)).exists() and n not in known]
        assert query is not None
        query.stop()
    except PySparkException as error:
        return {"error": type(error).__name__, "condition": error.getCondition()}
    finally:
        for key in program.conf:
            spark.conf.unset(key)
    return {"batches": [{**_report(r), "rows": json.loads((rows / str(r["batchId"])).read_text())} for r in reports]}


def _start(spark: Any, program: Program, inputs: Inputs, checkpoint: Path, rows: Path) -> Any:
    def note(batch_rows: Any, batch: int) -> None:
        texts = batch_rows.selectExpr("to_json(struct(*), map('ignoreNullFields', 'false')) AS row").collect()
        (rows / str(batch)).write_text(json.dumps(sorted(r.row for r in texts)))

    writer = program.build(spark, inputs.frames(spark)).writeStream.outputMode(program.mode).foreachBatch(note)
    match program.trigger:
        case "availableNow":
            writer = writer.trigger(availableNow=True)
        case "once":
            writer = writer.trigger(once=True)
    return writer.option("checkpointLocation", str(checkpoint)).start()


def _plain(progress: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(progress.json)
    return found


def _report(p: dict[str, Any]) -> dict[str, Any]:
    """What of a report is to be the same everywhere."""
    report = {
        "batch": p["batchId"],
        "input": [s["numInputRows"] for s in p["sources"]],
        "state": [{"operator": s["operatorName"], **{k: s[k] for k in STATE}} for s in p["stateOperators"]],
    }
    if p.get("eventTime"):
        report["eventTime"] = p["eventTime"]
    if p.get("observedMetrics"):
        report["observed"] = p["observedMetrics"]
    return report
