"""`get_json_object`'s paths: `$.a['b'][0][*]`, and what they find. Semantics: Hive's, as Spark keeps them.

Of several matches the result is an array; of a single one below one wildcard it is the match itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from glowplug.functions.json_texts import HALF, Fraction, Malformed, Object, Whole, read, write

RAW, QUOTED, FLATTEN = "raw", "quoted", "flatten"


@dataclass(frozen=True, slots=True)
class Named:
    name: str


@dataclass(frozen=True, slots=True)
class Index:
    at: int


@dataclass(frozen=True, slots=True)
class Every:
    """`[*]`: each element of an array."""


@dataclass(frozen=True, slots=True)
class Members:
    """`.*`, which the grammar knows and which finds nothing."""


Step = Named | Index | Every | Members
_STEP = re.compile(r"(\.\*|\['\*'\])|\.([^.\[]+)|\['([^'?]+)'\]|\[(\*)\]|\[([0-9]+)\]")


@lru_cache(1000)
def parse_path(path: str) -> tuple[Step, ...] | None:
    """A path's steps; None for what is no path."""
    if not path.startswith("$"):
        return None
    at, steps = 1, []
    while at < len(path):
        m = _STEP.match(path, at)
        if m is None:
            return None
        at = m.end()
        steps.append(_step(m))
    return tuple(steps)


def _step(m: re.Match[str]) -> Step:
    if m[1]:
        return Members()
    if m[4]:
        return Every()
    return Index(int(m[5])) if m[5] else Named(m[2] or m[3])


def get_json_object(text: str, path: str) -> str | None:
    """What a path finds in a JSON text; None for nothing, or if the text is malformed."""
    steps = parse_path(path)
    if steps is None:
        return None
    try:
        found, any = _find(read(text), RAW, steps)
    except Malformed:
        return None
    text = ",".join(found)
    return text if any and not HALF.search(text) else None  # Spark fails to write it, and takes it for malformed


Found = tuple[list[str], bool]


def _find(value: Any, style: str, path: tuple[Step, ...]) -> Found:
    """The JSON texts written for a value, and whether anything was found."""
    if not path:
        if style == RAW and isinstance(value, str) and not isinstance(value, (Whole, Fraction)):
            return [value], True
        if style == FLATTEN and isinstance(value, list) and not isinstance(value, Object):
            return _each(value, FLATTEN, ())
        return [write(value)], True
    step, rest = path[0], path[1:]
    if isinstance(value, Object):
        return _member(value, style, path) if isinstance(step, Named) else ([], False)
    if not isinstance(value, list):
        return [], False
    match step:
        case Every() if rest and isinstance(rest[0], Every):
            return _in_array(_each(value, FLATTEN, rest[1:]))
        case Every() if style == QUOTED:
            return _in_array(_each(value, QUOTED, rest))
        case Every():
            results = [_find(v, FLATTEN if style == FLATTEN else QUOTED, rest) for v in value]
            texts, count = [t for found, _ in results for t in found], sum(any for _, any in results)
            if count > 1:
                return _in_array((texts, True))
            return ([",".join(texts)], True) if count else ([], False)
        case Index(at) if at < len(value):
            return _find(value[at], QUOTED if rest and isinstance(rest[0], Every) else style, rest)
    return [], False


def _each(values: list[Any], style: str, path: tuple[Step, ...]) -> Found:
    results = [_find(v, style, path) for v in values]
    return [t for found, _ in results for t in found], any(found for _, found in results)


def _in_array(found: Found) -> Found:
    return [f"[{','.join(found[0])}]"], found[1]


def _member(value: Object, style: str, path: tuple[Step, ...]) -> Found:
    """The first member of the name that is not null and in which the rest of the path finds something."""
    step = path[0]
    assert isinstance(step, Named)
    texts: list[str] = []
    for name, v in value:
        if name == step.name and v is not None:
            found, any = _find(v, style, path[1:])
            texts += found
            if any:
                return texts, True
    return texts, False
