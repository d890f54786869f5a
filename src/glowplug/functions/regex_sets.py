"""Sets of characters, as ranges of code points: what Java's patterns call classes and properties.

Source: the documentation of `java.util.regex.Pattern`.
"""

from __future__ import annotations

import unicodedata
from functools import cache

Ranges = tuple[tuple[int, int], ...]
LAST = 0x10FFFF
TERMINATORS: Ranges = ((0x0A, 0x0A), (0x0D, 0x0D), (0x85, 0x85), (0x2028, 0x2029))


class PatternError(ValueError):
    """The text is not a pattern, or uses what Python's engine cannot express."""


def union(*sets: Ranges) -> Ranges:
    out: list[tuple[int, int]] = []
    for low, high in sorted(r for s in sets for r in s):
        if out and low <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(out[-1][1], high))
        else:
            out.append((low, high))
    return tuple(out)


def complement(s: Ranges) -> Ranges:
    out, at = [], 0
    for low, high in union(s):
        if low > at:
            out.append((at, low - 1))
        at = high + 1
    if at <= LAST:
        out.append((at, LAST))
    return tuple(out)


def intersection(a: Ranges, b: Ranges) -> Ranges:
    return complement(union(complement(a), complement(b)))


def of(text: str) -> Ranges:
    return union(tuple((ord(c), ord(c)) for c in text))


_DIGIT: Ranges = ((48, 57),)
_LOWER: Ranges = ((97, 122),)
_UPPER: Ranges = ((65, 90),)
_WORD = union(_DIGIT, _LOWER, _UPPER, of("_"))
_SPACE = union(of(" \t\n\x0b\f\r"))
_HORIZONTAL = union(of(" \t\xa0\u1680\u180e\u202f\u205f\u3000"), ((0x2000, 0x200A),))
VERTICAL = union(((0x0A, 0x0D),), TERMINATORS)
CLASSES = {"d": _DIGIT, "w": _WORD, "s": _SPACE, "h": _HORIZONTAL, "v": VERTICAL}
_PUNCTUATION: Ranges = ((33, 47), (58, 64), (91, 96), (123, 126))
_POSIX = {
    "Lower": _LOWER,
    "Upper": _UPPER,
    "ASCII": ((0, 127),),
    "Alpha": union(_LOWER, _UPPER),
    "Digit": _DIGIT,
    "Alnum": union(_LOWER, _UPPER, _DIGIT),
    "Punct": _PUNCTUATION,
    "Graph": ((33, 126),),
    "Print": ((32, 126),),
    "Blank": of(" \t"),
    "Cntrl": ((0, 31), (127, 127)),
    "XDigit": union(_DIGIT, ((65, 70), (97, 102))),
    "Space": _SPACE,
}
_BINARY = {
    "ALPHABETIC": ("L", "Nl"),
    "LETTER": ("L",),
    "LOWERCASE": ("Ll",),
    "UPPERCASE": ("Lu",),
    "TITLECASE": ("Lt",),
    "PUNCTUATION": ("P",),
    "CONTROL": ("Cc",),
    "DIGIT": ("Nd",),
    "JAVALOWERCASE": ("Ll",),
    "JAVAUPPERCASE": ("Lu",),
    "JAVALETTER": ("L",),
    "JAVADIGIT": ("Nd",),
    "JAVALETTERORDIGIT": ("L", "Nd"),
    "JAVAALPHABETIC": ("L", "Nl"),
}


@cache
def _category(prefix: str) -> Ranges:
    """The characters of a general category (`Lu`) or of a group of them (`L`)."""
    out: list[tuple[int, int]] = []
    for code in range(LAST + 1):
        if unicodedata.category(chr(code)).startswith(prefix):
            if out and out[-1][1] == code - 1:
                out[-1] = (out[-1][0], code)
            else:
                out.append((code, code))
    return tuple(out)


def named(name: str) -> Ranges:
    """`\\p{name}`: a POSIX class, a general category, or a binary property."""
    if name in _POSIX:
        return _POSIX[name]
    bare = name.partition("=")[2] or name.removeprefix("Is")
    if bare in ("L1",):
        return ((0, 255),)
    if bare == "LC":
        return union(_category("Lu"), _category("Ll"), _category("Lt"))
    if bare.upper() in ("WHITE_SPACE", "WHITESPACE"):
        return union(_SPACE, of("\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000"), ((0x2000, 0x200A),))
    if (found := _BINARY.get(bare.upper())) is not None:
        return union(*map(_category, found))
    if len(bare) in (1, 2) and (ranges := _category(bare)):
        return ranges
    raise PatternError(f"the character class {name} is not known")


def folded(s: Ranges, unicode: bool) -> Ranges:
    """The set with both cases of its letters."""
    extra: list[tuple[int, int]] = []
    for low, high in s:
        for code in range(low, min(high, 127 if not unicode else min(high, low + 5000)) + 1):
            c = chr(code)
            if unicode or c.isascii():
                extra += [(ord(x), ord(x)) for x in (c.lower(), c.upper(), c.title()) if len(x) == 1]
    return union(s, tuple(extra))
