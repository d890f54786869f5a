"""Compares recorded answers with Glowplug's: many expressions in one query, those that differ once more alone."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from glowplug.errors import SparkError
from glowplug.session.session import Session
from tests.parity.differential.answers import Case, attempt, columns, same, set_conf

HERE = Path(__file__).parent
TOGETHER = 40


def cases() -> list[Case]:
    """All that are recorded, in the order of the files; what two seeds made counts once."""
    found = (c for path in sorted((HERE / "answers").glob("*.jsonl.gz")) for c in read(path))
    return list({key(c): c for c in found}.values())


def read(path: Path) -> list[Case]:
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).decode().splitlines()]


def key(case: Case) -> str:
    """What tells a case from all others, and stays when others come."""
    text = f"{case['kind']} {case['sql']} {case['ansi']} {case['zone']}" + "".join(settings(case))
    return hashlib.sha1(text.encode()).hexdigest()[:10]


def settings(case: Case) -> tuple[str, ...]:
    """What is set besides, as ` name=value`."""
    return tuple(f" {name}={value}" for name, value in sorted(case.get("conf", {}).items()))


# The last digits of these belong to the C library, where Java has its own, or to the order of a sum.
INEXACT = re.compile(
    r"\b(a?sinh?|a?cosh?|a?tanh?|atan2|cot|sec|csc|exp|expm1|ln|log\w*|cbrt|pow|power|hypot|avg|mean|try_avg|sum|try_sum"
    r"|corr|covar\w*|regr\w*|std\w*|var\w*|skewness|kurtosis|percentile\w*|median|histogram_numeric|degrees|radians"
    r"|months_between|vector_sum|vector_avg)\("
)


def tolerance(case: Case) -> float:
    return 1e-12 if INEXACT.search(case["sql"]) else 0.0


def agreed(expected: str, found: str) -> bool:
    """Whether both errors are one. What Spark raises as a bare Java exception is any error here."""
    return expected == found or (not expected.isupper() and "." not in expected and ":" not in found)


def statement(case: Case) -> str:
    return str(case["sql"]) if case["kind"] == "query" else f"SELECT {case['sql']} FROM t"


def differences(session: Session, chosen: list[Case]) -> Iterator[tuple[Case, str]]:
    """The cases that Glowplug answers differently, each with what differs."""
    groups: dict[tuple[object, ...], list[Case]] = {}
    for case in chosen:
        groups.setdefault((case["ansi"], case["zone"], *settings(case)), []).append(case)
    for group in groups.values():
        set_conf(session, group[0])
        analysed = [(c, analysis(session, c)) for c in group]
        yield from ((c, d) for c, d in analysed if d)
        rest = [c for c, d in analysed if d == ""]
        rows = [c for c in rest if "values" in c]
        for i in range(0, len(rows), TOGETHER):
            yield from together(session, rows[i : i + TOGETHER])
        for case in rest:
            if "values" in case:
                continue
            difference = alone(session, case)
            if difference:
                yield case, difference


def analysis(session: Session, case: Case) -> str | None:
    """How the types and names differ; None for a case that is refused by both."""
    try:
        found = columns(session, statement(case))
    except SparkError as error:
        expected = case.get("error")
        return (
            None
            if expected and agreed(expected, error.condition)
            else f"refused: {error.condition}, not {expected or 'at all'}"
        )
    except Exception as error:
        return f"fault: {type(error).__name__}: {str(error)[:200]}"
    if "columns" not in case:
        return ""
    if found != case["columns"]:
        return f"columns: {found}, not {case['columns']}"
    return ""


def together(session: Session, group: list[Case]) -> Iterator[tuple[Case, str]]:
    """Row by row, in one query: what errs in some rows is asked for the others, and its errors alone."""
    if len(group) == 1:
        difference = by_row(session, group[0])
        if difference:
            yield group[0], difference
        return
    texts = [f"{_guarded(c)} AS c{i}" for i, c in enumerate(group)]
    answer = attempt(session, f"SELECT id, {', '.join(texts)} FROM t")
    if isinstance(answer, dict):
        half = len(group) // 2
        yield from together(session, group[:half])
        yield from together(session, group[half:])
        return
    ordered = sorted(answer, key=lambda row: row[0])
    for i, case in enumerate(group):
        difference = _values(case, [row[i + 1] for row in ordered]) or errors(session, case)
        if difference:
            yield case, difference


def _failing(case: Case) -> dict[int, str]:
    return {i: v["!"] for i, v in enumerate(case["values"]) if isinstance(v, dict) and "!" in v}


def _guarded(case: Case) -> str:
    """The expression where Spark has a value."""
    failing = _failing(case)
    return (
        f"CASE WHEN id NOT IN ({', '.join(map(str, failing))}) THEN {case['sql']} END" if failing else str(case["sql"])
    )


def _values(case: Case, found: list[Any]) -> str:
    for i, (a, b) in enumerate(zip(found, case["values"], strict=True)):
        if not (isinstance(b, dict) and "!" in b) and not same(a, b, tolerance(case)):
            return f"row {i}: {a!r}, not {b!r}"
    return ""


def by_row(session: Session, case: Case) -> str:
    answer = attempt(session, f"SELECT id, {_guarded(case)} FROM t")
    if isinstance(answer, dict):
        return f"fails where Spark does not: {answer['!']}"
    return _values(case, [row[1] for row in sorted(answer, key=lambda r: r[0])]) or errors(session, case)


def errors(session: Session, case: Case) -> str:
    """A row of each condition errs by itself."""
    for condition, i in {c: i for i, c in _failing(case).items()}.items():
        answer = attempt(session, f"SELECT {case['sql']} FROM t WHERE id = {i}")
        if not isinstance(answer, dict) or not agreed(condition, answer["!"]):
            return f"row {i}: {answer!r}, not {condition}"
    return ""


def alone(session: Session, case: Case) -> str:
    answer = attempt(session, statement(case))
    if "error" in case or isinstance(answer, dict):
        expected = case.get("error", case.get("rows"))
        found = answer["!"] if isinstance(answer, dict) else answer
        if isinstance(found, str) and isinstance(expected, str) and agreed(expected, found):
            return ""
        return f"{str(found)[:300]}, not {str(expected)[:300]}"
    expected = case["rows"]
    if "ORDER BY" not in case["sql"].rpartition(")")[2]:
        answer, expected = sorted(answer, key=repr), sorted(expected, key=repr)
    if same(answer, expected, tolerance(case)):
        return ""
    if len(answer) != len(expected):
        return f"{len(answer)} rows, not {len(expected)}: {str(answer)[:200]}, not {str(expected)[:200]}"
    for a, b in zip(answer, expected, strict=True):
        if not same(a, b, tolerance(case)):
            return f"{a!r}, not {b!r}"
    return "?"
