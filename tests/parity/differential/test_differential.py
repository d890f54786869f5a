"""Glowplug answers generated expressions and queries as Apache Spark does, but for the differences that are listed.

A part of the cases, another one each day, runs with all tests (what differs is asked again); `GLOWPLUG_DIFFERENTIAL=all` runs all of them, and a
number the part of that number.
"""

from __future__ import annotations

import datetime
import os

from tests.parity.differential import known
from tests.parity.differential.answers import session
from tests.parity.differential.compare import cases, differences, key

PARTS = 16
AGAIN = 4  # the order in which threads give an aggregate its DISTINCT values is another each time, and so some overflow


def chosen() -> list[dict[str, object]]:
    wish = os.environ.get("GLOWPLUG_DIFFERENTIAL", "")
    if wish == "all":
        return cases()
    part = int(wish) if wish else datetime.date.today().toordinal()
    return [c for c in cases() if int(key(c), 16) % PARTS == part % PARTS]


def test_answers() -> None:
    """Neither does an answer differ that is not listed, nor does one agree that is."""
    some = chosen()
    assert some
    listed = known.listed()
    asked = session()
    found = {key(c): f"{c['sql']}\n    ansi {c['ansi']}, {c['zone']}: {d}" for c, d in differences(asked, some)}
    new = {k for k in found if k not in listed}
    for _ in range(AGAIN):
        new &= {key(c) for c, _ in differences(asked, [c for c in some if key(c) in new])}
    asked.close()
    asked.engine.close()
    closed = [c["sql"] for c in some if listed.get(key(c), "race") not in known.MAY_AGREE and key(c) not in found]
    assert not new, f"{len(new)} answers differ:\n" + "\n".join([found[k] for k in new][:50])
    assert not closed, "these agree now; take them from known.tsv:\n" + "\n".join(map(str, closed))


def test_there_are_many() -> None:
    keys = [key(c) for c in cases()]
    assert len(set(keys)) == len(keys) >= 20_000
    assert set(known.listed()) <= set(keys)
    assert set(known.listed().values()) <= set(known.CLASSES)


def test_the_page_shows_the_list() -> None:
    assert known.PAGE.read_text("utf-8") == known.page()
