"""What a session tells analysis of itself."""

from __future__ import annotations

import getpass
from collections.abc import Iterator

import pytest

from glowplug.session import world
from glowplug.session.engine import Engine
from glowplug.session.session import Session


@pytest.fixture(autouse=True)
def asked_anew() -> Iterator[None]:
    world._process_user.cache_clear()
    yield
    world._process_user.cache_clear()


def user(session: Session) -> str:
    return world.context(session).world.facts["current_user"]


def test_a_user_id_without_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert user(Session(Engine(), "s", user_id="ada")) == "ada"
    assert user(Session(Engine(), "s")).isdecimal()


def test_spark_user_counts_and_the_system_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(getpass, "getuser", lambda: asked.append(1) or "os")
    session = Session(Engine(), "s")
    assert [user(session) for _ in range(3)] == ["os"] * 3 and len(asked) == 1
    world._process_user.cache_clear()
    monkeypatch.setenv("SPARK_USER", "grace")
    assert user(session) == "grace"
