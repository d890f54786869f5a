"""A real Apache Spark with Delta Lake, in a JVM of its own that all tests of a run share."""

from __future__ import annotations

import json
import shutil
import subprocess
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent / "spark"
JARS = HERE / "jars"
# Those that Spark's own start scripts give, without which it cannot run on Java 17.
_OPENED = ("java.lang", "java.lang.invoke", "java.net", "java.nio", "java.util", "java.util.concurrent", "sun.nio.ch",
           "sun.nio.cs", "sun.security.action", "sun.util.calendar")  # fmt: skip
JVM = ["-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dfile.encoding=UTF-8", "-Duser.timezone=UTC",
       *(f"--add-opens=java.base/{p}=ALL-UNNAMED" for p in _OPENED)]  # fmt: skip
SETTINGS = {
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.jsonGenerator.ignoreNullFields": "false",
    "spark.sql.shuffle.partitions": "1",
    "spark.databricks.delta.snapshotPartitions": "1",
    "spark.databricks.delta.retentionDurationCheck.enabled": "false",
    "spark.ui.enabled": "false",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",  # compiling takes longer than running such small queries
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}


def missing() -> str | None:
    """Why there can be no Apache Spark here: it takes a JDK, for the driver is a source file."""
    gone = [p for p in ("java", "javac", "mvn") if shutil.which(p) is None and not (p == "mvn" and JARS.exists())]
    return f"no {' and no '.join(gone)} to run Apache Spark with" if gone else None


def fetch() -> None:
    """Spark's and Delta's jars, from Maven's repository, once."""
    if JARS.exists():
        return
    draft = HERE / f"jars.{uuid.uuid4()}"
    copy = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={draft}"]
    subprocess.run(["mvn", "-B", "-q", *copy], cwd=HERE, check=True, timeout=280)
    draft.rename(JARS)


class ApacheError(Exception):
    """An error of Apache Spark. `condition` may be empty."""

    def __init__(self, condition: str, message: str) -> None:
        super().__init__(message)
        self.condition = condition


@dataclass
class Apache:
    directory: Path
    process: subprocess.Popen[str] = field(init=False)

    def __post_init__(self) -> None:
        settings = {**SETTINGS, "spark.sql.warehouse.dir": str(self.directory / "warehouse")}
        command = [
            "java",
            *JVM,
            "-cp",
            f"{JARS}/*",
            str(HERE / "Driver.java"),
            *(f"{k}={v}" for k, v in settings.items()),
        ]
        with (self.directory / "log").open("wb") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, encoding="utf-8",
                cwd=self.directory,
            )  # fmt: skip

    def answer(self, statement: str) -> dict[str, Any]:
        assert self.process.stdin is not None and self.process.stdout is not None
        print(json.dumps(statement), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        assert line, (self.directory / "log").read_text()[-3000:]
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise ApacheError(answer["error"], answer["message"])
        return answer

    def sql(self, statement: str) -> list[dict[str, Any]]:
        """The rows of a statement, as Spark writes them in JSON."""
        return [json.loads(row, parse_float=str) for row in self.answer(statement)["rows"]]

    def stop(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(60)
