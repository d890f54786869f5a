"""The table of conditions is complete: whatever the package raises is in it, with the parameters of its sentence."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import glowplug
from glowplug import errors
from glowplug.conditions import CONDITIONS

ROOT = Path(glowplug.__file__).parent
# What raises, and what it puts before the name it is given.
PREFIXES = {
    **{name: "" for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, Exception)},
    "row_failure": "",
    "error": "",
    "failure": "",
    "raise_sql": "",
    "Mismatch": "DATATYPE_MISMATCH.",
    "invalid": "CONNECT_INVALID_PLAN.",
}
NAME = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+(\.[A-Z0-9_]+)*")


def raised() -> Iterator[tuple[str, str]]:
    """Where, and the condition, of every place in the source that names one."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name not in PREFIXES:
                continue
            texts = [argument for argument in node.args[:2] if not isinstance(argument, ast.JoinedStr)]
            for part in (part for text in texts for part in ast.walk(text)):
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and NAME.fullmatch(part.value):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", PREFIXES[name] + part.value


def test_every_condition_that_is_raised_is_defined() -> None:
    places = list(raised())
    assert len(places) > 200
    assert [place for place in places if place[1] not in CONDITIONS] == []


def test_the_table_is_sorted() -> None:
    assert list(CONDITIONS) == sorted(CONDITIONS)


def test_entries_have_a_state_and_a_sentence() -> None:
    assert all(re.fullmatch(r"[0-9A-Z]{5}|", state or "") and sentence for state, sentence in CONDITIONS.values())


def test_every_condition_can_be_raised() -> None:
    """Each is named by the source, as a whole, in two parts, or by a text with gaps."""
    named, gapped = set[str](), set[str]()
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())) if path.name != "conditions.py" else ():
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                named.update(re.findall(r"[A-Z_][A-Z0-9_.]*[A-Z0-9]", node.value))
            elif isinstance(node, ast.JoinedStr):
                parts = [v.value if isinstance(v, ast.Constant) else None for v in node.values]
                if (
                    all(p is None or re.fullmatch(r"[A-Z0-9_.]+", p) for p in parts)
                    and len("".join(filter(None, parts))) > 3
                ):
                    gapped.add("".join("[A-Z0-9_]+" if p is None else re.escape(p) for p in parts))
    anywhere = re.compile("|".join(gapped))

    def known(condition: str) -> bool:
        base, _, rest = condition.rpartition(".")
        alone = [condition.removeprefix(prefix) for prefix in PREFIXES.values()]
        return any(c in named or anywhere.fullmatch(c) for c in alone) or {base, rest} <= named

    assert [condition for condition in CONDITIONS if not known(condition)] == []
