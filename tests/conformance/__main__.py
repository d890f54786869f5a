"""Runs the suites against a server of our own, and says which doctests Apache Spark passes and we do not.

    python -m tests.conformance [MODULE ...]

The modules are those of `pyspark_doctests.py` (all of them where none is named), or `function_examples` for the other
suite. Reports, with what was expected and what came, are written to `conformance-report/`.
"""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
REPORTS = HERE.parents[1] / "conformance-report"
EXAMPLES = "function_examples"


def listening(port: int) -> bool:
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def server() -> Iterator[str]:
    """The URL of a Glowplug server that runs for the length of the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    glowplug = Path(sys.executable).with_name("glowplug")
    with (REPORTS / "server.log").open("w") as log:
        process = subprocess.Popen(
            [glowplug, "server", "--host", "127.0.0.1", "--port", str(port)], cwd=REPORTS, stdout=log, stderr=log
        )
        try:
            while not listening(port):
                if process.poll() is not None:
                    sys.exit(f"The server has ended, see {log.name}")
                time.sleep(0.1)
            yield f"sc://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


def suite(name: str, remote: str, *arguments: str) -> Path:
    """Run a suite to its end; the file of its report."""
    report = REPORTS / f"{name}.json"
    script = str(HERE / f"{name}.py")
    subprocess.run([sys.executable, script, "--remote", remote, "--out", str(report), *arguments], check=True)
    return report


def behind_spark(report: Path) -> dict[str, list[str]]:
    """By module, the doctests that fail here and pass on Apache Spark in the same environment."""
    spark = json.loads((HERE / "pyspark_doctests_spark.json").read_text())
    found = {}
    for module, ours in json.loads(report.read_text()).items():
        excused = set(spark.get(module, {}).get("failing", ()))
        failing = [test["name"] for test in ours["tests"] if test["failed"] and test["name"] not in excused]
        found[module] = failing or ([ours["note"]] if ours["note"] else [])
    return found


def unanswered_by_spark(report: Path) -> int:
    """Examples of Avro that were recorded where Spark had not its package, whose refusal is nothing to match."""
    cases = json.loads(report.read_text())
    return sum(str(case.get("error")).startswith("AVRO_NOT_LOADED") for case in cases)


def main(modules: list[str]) -> None:
    REPORTS.mkdir(exist_ok=True)
    with server() as remote:
        doctests = [module for module in modules if module != EXAMPLES]
        if doctests or not modules:
            behind = behind_spark(suite("pyspark_doctests", remote, *doctests))
            (REPORTS / "behind_spark.json").write_text(json.dumps(behind, indent=1))
            print("\nDoctests that Apache Spark passes and Glowplug does not:")
            for module, tests in behind.items():
                print(f"{module:22} {len(tests):5}  {', '.join(name.rpartition('.')[2] for name in tests[:8])}")
        if EXAMPLES in modules or not modules:
            print("\nExamples of the built-in functions:")
            unasked = unanswered_by_spark(suite(EXAMPLES, remote))
            print(
                f"{unasked} of them have no answer to compare with: the Spark that was asked had no package for Avro."
            )


if __name__ == "__main__":
    main(sys.argv[1:])
