"""Temporary files: one locked directory for each process, and nothing left of dead ones."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from glowplug.scratch import UNLOCKED_SECONDS, Scratch

CHILD = """
import sys, time
from glowplug.scratch import Scratch
scratch = Scratch(sys.argv[1])
(scratch.directory("spill") / "rows").write_text("much")
print("ready", flush=True)
time.sleep(60)
"""


def test_a_killed_process_is_cleaned_up_after_and_a_living_one_left_alone(tmp_path: Path) -> None:
    children = [
        subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    try:
        for child in children:
            assert child.stdout is not None and child.stdout.readline()
        assert len(list(tmp_path.glob("*/*/rows"))) == 2
        children[0].send_signal(signal.SIGKILL)
        children[0].wait()
        Scratch(str(tmp_path)).directory("spill")
        assert len(list(tmp_path.glob("*/*/rows"))) == 1
    finally:
        for child in children:
            child.kill()
            child.wait()
            child.stdout.close()  # type: ignore[union-attr]


def test_closing_removes_everything(tmp_path: Path) -> None:
    scratch = Scratch(str(tmp_path / "made"))
    scratch.directory("a")
    scratch.close()
    scratch.close()
    assert list((tmp_path / "made").iterdir()) == []
    assert scratch.directory("b").is_dir()
    scratch.close()


def test_what_was_left_half_made_goes_when_it_is_old(tmp_path: Path) -> None:
    old, new = tmp_path / "glowplug-process-old", tmp_path / "glowplug-process-new"
    for directory in (old, new):
        directory.mkdir()
    then = new.stat().st_mtime - 2 * UNLOCKED_SECONDS
    os.utime(old, (then, then))
    scratch = Scratch(str(tmp_path))
    scratch.directory("a")
    assert new.exists() and not old.exists()
    scratch.close()


def test_a_forked_process_leaves_its_parents_files(tmp_path: Path) -> None:
    scratch = Scratch(str(tmp_path))
    kept = scratch.directory("a")
    child = os.fork()
    if child == 0:
        scratch.close()
        os._exit(0)
    os.waitpid(child, 0)
    assert kept.exists()
    scratch.close()
