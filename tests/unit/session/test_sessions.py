"""The sessions of a process, asked for by several clients at once."""

from __future__ import annotations

import shutil
import threading
import uuid
from pathlib import Path

import pytest

from glowplug.errors import HandleError
from glowplug.session.engine import Engine
from glowplug.session.sessions import Sessions


def _id() -> str:
    return str(uuid.uuid4())


def test_others_get_sessions_while_files_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sessions, new = Sessions(Engine()), _id()
    source = sessions.get_or_create("u", _id())
    source.files = tmp_path
    (tmp_path / "module.py").write_text("x = 1")
    copy, threads = shutil.copytree, []

    def slow(*args: Path, **options: bool) -> None:
        other = threading.Thread(target=sessions.get_or_create, args=("other", _id()), daemon=True)
        other.start()
        other.join(10)
        threads.append(other.is_alive())
        copy(*args, **options)

    monkeypatch.setattr(shutil, "copytree", slow)
    clone = sessions.clone(source, new)
    assert threads == [False]
    assert clone.files is not None and clone.files != tmp_path and (clone.files / "module.py").exists()
    with pytest.raises(HandleError) as refused:
        sessions.clone(source, new)
    assert refused.value.condition == "INVALID_CLONE_SESSION_REQUEST.TARGET_SESSION_ID_ALREADY_EXISTS"
