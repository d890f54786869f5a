"""The example prints on Glowplug what it printed on Apache Spark."""

import json
import subprocess
import sys
from pathlib import Path

from .flights import EXAMPLE, RECORDED, tables


def test_the_example_prints_what_spark_prints(tmp_path: Path) -> None:
    glowplug = Path(sys.executable).with_name("glowplug")
    done = subprocess.run([glowplug, "run", EXAMPLE, tmp_path], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert tables(done.stdout) == json.loads(RECORDED.read_text())
    written = {directory.name for directory in (tmp_path / "flights").iterdir() if directory.is_dir()}
    assert written == {"origin=EWR", "origin=JFK", "origin=LGA"}
