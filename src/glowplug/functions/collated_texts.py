"""Searching texts by a collation. A text is a list of its characters, each with its key; marks belong to a character.

A part of a text equals a pattern if its characters' keys, one after the other, are those of the pattern's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, zip_longest

Levels = tuple[str, ...]  # of a key: letters, accents, case; a level of several characters is one behind the other


@dataclass(frozen=True, slots=True)
class Text:
    """Characters and their keys, alike many."""

    characters: Sequence[str]
    keys: Sequence[Levels]

    def part(self, start: int, end: int | None = None) -> str:
        return "".join(self.characters[start:end])

    def position(self, at: int) -> int:
        """The number, from 1, of the code point at which a character starts."""
        return len(self.part(0, at)) + 1


def text(characters: list[str], keys: list[str], unicode: bool) -> Text:
    """A text of what the kernel gives. Keys of Unicode's orders are in hex digits, with levels."""
    pairs = [(c, levels(k) if unicode else (k,)) for c, k in zip(characters, keys, strict=True) if c]
    return Text([c for c, _ in pairs], [k for _, k in pairs])


@lru_cache(10_000)
def levels(key: str) -> Levels:
    """The levels of a sort key of a character. What is common is counted there, and written out here."""
    found = bytes.fromhex(key).split(b"\1")
    return tuple(x.hex() if i == 0 or len(x) != 1 or x[0] > 0x44 else "05" * (x[0] - 4) for i, x in enumerate(found))


def joined(keys: Sequence[Levels]) -> Levels:
    return tuple(map("".join, zip_longest(*keys, fillvalue="")))


def starts_at(x: Text, pattern: Levels, at: int) -> int | None:
    """Where the pattern ends that starts at a character."""
    found: Levels = ()
    if not pattern:
        return at
    for end in range(at, len(x.keys)):
        found = joined((found, x.keys[end]))
        if found == pattern:
            return end + 1
        if not all(p.startswith(f) for f, p in zip_longest(found, pattern, fillvalue="")):
            return None
    return None


def find(x: Text, pattern: Text, at: int = 0) -> tuple[int, int] | None:
    """The first place from a character on, as characters from and to."""
    wanted = joined(pattern.keys)
    for start in range(at, len(x.keys) + (not wanted)):
        if (end := starts_at(x, wanted, start)) is not None:
            return start, end
    return None


def places(x: Text, pattern: Text) -> list[tuple[int, int]]:
    """All places, one behind the other; none of an empty pattern."""
    found, at = [], 0
    while pattern.keys and (place := find(x, pattern, at)):
        found.append(place)
        at = place[1]
    return found


def contains(x: Text, pattern: Text) -> bool:
    return find(x, pattern) is not None


def startswith(x: Text, pattern: Text) -> bool:
    return starts_at(x, joined(pattern.keys), 0) is not None


def endswith(x: Text, pattern: Text) -> bool:
    wanted, end = joined(pattern.keys), len(x.keys)
    return any(starts_at(x, wanted, i) == end for i in range(end + 1))


def instr(x: Text, pattern: Text) -> int:
    return locate(pattern, x, 1)


def locate(pattern: Text, x: Text, start: int) -> int:
    """The code point, from 1, at which the pattern is found, from the one given on; 0 if it is not."""
    if start < 1:
        return 0
    if not pattern.keys:
        return 1
    at = next((i for i in range(len(x.keys)) if x.position(i) >= start), len(x.keys))
    place = find(x, pattern, at)
    return x.position(place[0]) if place else 0


def replace(x: Text, pattern: Text, by: str) -> str:
    return by.join(split(x, pattern))


def split(x: Text, pattern: Text) -> list[str]:
    """What stands between the places of the pattern."""
    ends = [(0, 0), *places(x, pattern), (len(x.keys), 0)]
    return [x.part(a[1], b[0]) for a, b in pairwise(ends)]


def cut_at(x: Text, delimiter: Text, count: int) -> str:
    """As `substring_index`: before the count-th delimiter, or behind the count-th from the end."""
    if not delimiter.keys or not count:
        return ""
    found = [p for i in range(len(x.keys)) if (p := find(x, delimiter, i)) and p[0] == i]
    if abs(count) > len(found):
        return x.part(0)
    return x.part(0, found[count - 1][0]) if count > 0 else x.part(found[count][1])


def translate(x: Text, old: Text, new: str) -> str:
    """Each character that equals one of `old` becomes the one at its place in `new`, or nothing."""
    out, at = [], 0
    while at < len(x.keys):
        for i, wanted in enumerate(old.keys):
            if (end := starts_at(x, wanted, at)) is not None and end > at:
                out.append(new[i : i + 1].replace("\0", ""))
                at = end
                break
        else:
            out.append(x.characters[at])
            at += 1
    return "".join(out)


def trim(x: Text, characters: Text, left: bool, right: bool) -> str:
    """Without what equals one of the characters, at one end or at both."""
    start, end = 0, len(x.keys)
    wanted = set(characters.keys)
    while left and (ends := [e for w in wanted if (e := starts_at(x, w, start)) is not None and e > start]):
        start = min(ends)
    while right and end > start:
        starts = [i for i in range(start, end) if any(starts_at(x, w, i) == end for w in wanted)]
        if not starts:
            break
        end = max(starts)
    return x.part(start, end)


_WORD = re.compile(r"\w+(?:['’.:·]\w+)*")  # as Unicode's rules find them, nearly


def title(text: str) -> str:
    """Each word with its first letter in title case and the rest in lower case."""
    return _WORD.sub(lambda word: word[0][0].title() + word[0][1:].lower(), text.lower() if text.isascii() else text)


def pairs(x: Text, between: Text, within: Text) -> list[tuple[str, str | None]]:
    """As `str_to_map`: the pairs, in order; a part without a delimiter has no value."""
    out: list[tuple[str, str | None]] = []
    ends = [(0, 0), *places(x, between), (len(x.keys), 0)]
    for a, b in pairwise(ends):
        part = Text(x.characters[a[1] : b[0]], x.keys[a[1] : b[0]])
        place = find(part, within) if within.keys else None
        out.append((part.part(0, place[0]), part.part(place[1])) if place else (part.part(0), None))
    return out
