"""The names of collations: a base, and what is ignored. Spark's SQL reference, "Collation".

`UTF8_BINARY` compares bytes and `UTF8_LCASE` lower case; `UNICODE` and the languages of `collations.tsv` are orders of
Unicode's collation algorithm, in which `_CI` ignores case and `_AI` accents. `_RTRIM` ignores spaces at the end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

from glowplug.errors import ExecutionError

BINARY, LOWER_CASE, UNICODE = "UTF8_BINARY", "UTF8_LCASE", "UNICODE"
INDETERMINATE = "null"  # the name of what texts of several collations have in common
_MODIFIERS = ("CI", "CS", "AI", "AS", "RTRIM")
_CLOSE = 3  # edits from which on a name is no proposal beside another


@dataclass(frozen=True, slots=True)
class Collation:
    """A collation's parts; `base` is a name without modifiers."""

    base: str
    ignores_case: bool = False
    ignores_accents: bool = False
    ignores_spaces: bool = False

    @property
    def name(self) -> str:
        parts = (("CI", self.ignores_case), ("AI", self.ignores_accents), ("RTRIM", self.ignores_spaces))
        return "_".join([self.base, *(n for n, given in parts if given)])

    @property
    def unicode(self) -> bool:
        """Whether it is an order of Unicode's algorithm."""
        return self.base not in (BINARY, LOWER_CASE)


@cache
def languages() -> dict[str, tuple[str | None, str | None]]:
    """The languages' names, with language and country in English."""
    lines = (line.split("\t") for line in Path(__file__).with_suffix(".tsv").read_text().splitlines())
    return {name: (language or None, country or None) for name, language, country in lines}


@cache
def _bases() -> dict[str, str]:
    return {name.upper(): name for name in (BINARY, LOWER_CASE, UNICODE, *languages())}


@cache
def parse(name: str) -> Collation:
    """The collation of a name in any case, its modifiers in any order. Raises COLLATION_INVALID_NAME."""
    base = max((b for b in _bases() if f"{name.upper()}_".startswith(f"{b}_")), key=len, default="")
    given = [m for m in name.upper()[len(base) :].split("_") if m]
    known = _MODIFIERS if base not in (BINARY, LOWER_CASE) else ("RTRIM",)
    kinds = {m[0] for m in given}  # case, accents, spaces: once each
    if not base or not set(given) <= set(known) or len(kinds) < len(given):
        raise ExecutionError("COLLATION_INVALID_NAME", collationName=name, proposals=", ".join(_proposals(name)))
    return Collation(_bases()[base], "CI" in given, "AI" in given, "RTRIM" in given)


def named(name: str) -> str:
    """A collation's name as Spark writes it."""
    return parse(name).name


def every() -> list[Collation]:
    """All collations: those by bytes, then Unicode's by name."""
    own = [Collation(base, ignores_spaces=spaces) for spaces in (False, True) for base in (BINARY, LOWER_CASE)]
    flags = list(product((False, True), repeat=3))
    return own + sorted((Collation(base, *f) for base in (UNICODE, *languages()) for f in flags), key=lambda c: c.name)


def _proposals(name: str) -> list[str]:
    """The names nearest to one that is none, with its modifiers, at most three."""
    own = name.startswith("UTF8_")
    bases = [BINARY, LOWER_CASE] if own else sorted((UNICODE, *languages()))
    modifiers: list[str] = []
    rest = name.upper()
    while found := re.search("_(RTRIM)$" if own else "_(CI|AI|CS|AS|RTRIM)$", rest):
        modifiers.insert(0, found[1])
        rest = rest[: found.start()]
    modifiers = list(dict.fromkeys(modifiers))
    for ignoring, sensitive in (("CI", "CS"), ("AI", "AS")):
        if {ignoring, sensitive} <= set(modifiers):
            modifiers.remove(ignoring)
    nearest = sorted(bases, key=lambda base: _edits(base.upper(), rest))
    names = ["_".join((base, *modifiers)) for base in nearest[:3]]
    close = [n for n in names[1:] if _edits(n.upper(), name.upper()) < _CLOSE]
    return [names[0], *close]


def _edits(a: str, b: str) -> int:
    """Levenshtein's distance."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a):
        above, row = row, [i + 1]
        for j, y in enumerate(b):
            row.append(min(above[j + 1] + 1, row[j] + 1, above[j] + (x != y)))
    return row[-1]
