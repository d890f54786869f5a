"""Writes Apache Spark's answers to generated cases.

    /path/to/spark/bin/python tests/parity/differential/record.py cases.jsonl answers.jsonl.gz

Needs a full `pyspark==4.2.1` for its jars, and a Java 17 that compiles: `Recorder.java` asks Catalyst itself, row by row,
so that one row's error hides no other row's answer, and 20,000 cases take minutes.
"""

from __future__ import annotations

import gzip
import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
# What Spark's own scripts open of the JDK to it.
OPENED = [
    "lang",
    "lang.invoke",
    "lang.reflect",
    "io",
    "net",
    "nio",
    "util",
    "util.concurrent",
    "util.concurrent.atomic",
    "../sun.nio.ch",
    "../sun.nio.cs",
    "../sun.security.action",
    "../sun.util.calendar",
]


def record(cases: Path, answers: Path) -> None:
    spec = importlib.util.find_spec("pyspark")
    assert spec and spec.submodule_search_locations, "pyspark is missing here"
    jars = Path(spec.submodule_search_locations[0]) / "jars"
    packages = [p[3:] if p.startswith("../") else f"java.{p}" for p in OPENED]
    options = [f"--add-opens=java.base/{p}=ALL-UNNAMED" for p in packages]
    # Each case is compiled for a few rows only: what warms up slowly never pays.
    quiet = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dlog4j2.level=OFF"]
    java = ["java", "-Xmx3g", "-Duser.timezone=UTC", *quiet, *options, "-cp", f"{jars}/*", str(HERE / "Recorder.java")]
    waiting, done = cases.read_text("utf-8").splitlines(), []
    with tempfile.TemporaryDirectory() as folder:
        asked, out = Path(folder) / "cases.jsonl", Path(folder) / "answers.jsonl"
        while waiting:
            asked.write_text("\n".join(waiting) + "\n", "utf-8")
            subprocess.run([*java, str(HERE / "tables.sql"), str(asked), str(out)], cwd=folder)
            found = out.read_text("utf-8").splitlines()
            if not found:
                raise RuntimeError("Spark did not start")
            done += found
            waiting = waiting[len(found) + 1 :]  # a case that ends the virtual machine has no answer
    text = "\n".join(line for line in done if line != "{}") + "\n"
    answers.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    record(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
