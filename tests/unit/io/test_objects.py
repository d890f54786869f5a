"""Who is first in an object store."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from botocore.exceptions import ClientError
from s3fs.errors import translate_boto_error

from glowplug.io import objects
from glowplug.io.place import Place
from glowplug.io.s3_access import KEYS, Access
from glowplug.lake.delta.commit import _put

FILE = "b/t/_delta_log/00000000000000000001.json"
CONFLICT, EXISTS = "ConditionalRequestConflict", "PreconditionFailed"


class Store:
    """Answers a put with these errors, one after the other, and then takes it; `there` is there from the last one on."""

    def __init__(self, answers: list[str], there: dict[str, bytes]) -> None:
        self.answers, self.there, self.held = answers, there, dict[str, bytes]()

    def pipe_file(self, path: str, data: bytes, mode: str) -> None:
        assert mode == "create"
        if self.answers:
            code = self.answers.pop(0)
            self.held = dict(self.there)
            raise translate_boto_error(ClientError({"Error": {"Code": code, "Message": code}}, "PutObject"))
        self.held[path] = data

    def info(self, path: str) -> dict[str, Any]:
        if path not in self.held:
            raise FileNotFoundError(path)
        return {"name": path, "type": "file", "size": len(self.held[path])}

    def open(self, path: str, mode: str) -> Any:
        return BytesIO(self.held[path])


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "_WAITS", (0, 0, 0))


def put(answers: list[str], there: dict[str, bytes]) -> tuple[bool, bytes]:
    files = objects.ObjectFiles((Access("s3a", (None,) * len(KEYS)), None))
    files.__dict__["_s3"] = store = Store(answers, there)
    table = Place(files, "b/t")
    return _put(table, 1, b"mine"), store.held[FILE]


@pytest.mark.parametrize("answers", [[EXISTS], [CONFLICT, EXISTS], [CONFLICT, CONFLICT, CONFLICT, EXISTS]])
def test_who_is_second_goes_on_to_the_next_version(answers: list[str]) -> None:
    assert put(answers, {FILE: b"theirs"}) == (False, b"theirs")


def test_a_conflict_that_nobody_wins_is_put_again() -> None:
    assert put([CONFLICT, CONFLICT], {}) == (True, b"mine")


@pytest.mark.parametrize("answers", [[CONFLICT] * 4, ["AccessDenied"]])
def test_other_errors_are_told(answers: list[str]) -> None:
    with pytest.raises(OSError):
        put(answers, {FILE: b"theirs"})
