"""Texts of a whole column at once: the characters of all rows one after the other, and where each row begins."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from glowplug.native import native

Array = np.ndarray[Any, np.dtype[Any]]


def flat(values: Any) -> tuple[Array, Array]:
    """The bytes of an Arrow array of texts or binaries, and where each row begins, and the last ends, in them."""
    values = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    ends = np.frombuffer(values.buffers()[1], np.int32)[values.offset : values.offset + len(values) + 1]
    data = np.frombuffer(values.buffers()[2] or b"", np.uint8)[ends[0] : ends[-1]]
    return data, ends - ends[0]


def decoded(values: Any) -> tuple[Array, Array]:
    """The code points of all texts, and where each text begins, and the last ends, among them."""
    data, ends = flat(values)
    if data.max(initial=0) < 128:
        return data, ends
    before = np.concatenate(([0], np.cumsum((data & 0xC0) != 0x80)))
    return np.frombuffer(data.tobytes().decode().encode("utf-32-le"), np.uint32), before[ends]


def encoded(codes: Array, ends: Array, like: Any) -> pa.Array:
    """The texts of code points; NULL where `like` is."""
    if codes.max(initial=0) < 128:
        data = codes.astype(np.uint8).tobytes()
    else:
        widths = 1 + (codes >= 0x80) + (codes >= 0x800) + (codes >= 0x10000)
        ends = np.concatenate(([0], np.cumsum(widths)))[ends]
        data = codes.astype("<u4").tobytes().decode("utf-32-le").encode()
    return _texts(ends.astype(np.int32), data, like)


def _texts(ends: Array, data: bytes, like: Any) -> pa.Array:
    texts = pa.Array.from_buffers(pa.string(), len(ends) - 1, [None, pa.py_buffer(ends.tobytes()), pa.py_buffer(data)])
    return pc.if_else(like.is_valid(), texts, None) if like.null_count else texts


class Mapping:
    """A function from characters to characters, asked once for each."""

    def __init__(self, of: Callable[[str], str]) -> None:
        self.of = of
        self.codes = np.zeros(0x110000, np.uint32)  # one more than the character's code; memory only where it is asked

    def __call__(self, codes: Array) -> Array | None:
        """What the characters become; None if one of them does not become just one."""
        found = self.codes.take(codes)
        unknown = np.unique(codes[found == 0]).tolist()
        for code in unknown:
            new = self.of(chr(code))
            if len(new) != 1:
                return None
            self.codes[code] = ord(new) + 1
        return (self.codes.take(codes) if unknown else found) - np.uint32(1)


FINAL = ord("Σ")  # its small letter depends on the word
LOWER, TITLE = Mapping(str.lower), Mapping(str.title)


def titles(values: Any) -> pa.Array | None:
    """Words, as spaces separate them, in title case; None where letters depend on others, or become two."""
    if hasattr(native, "titles"):
        data, ends = flat(values)
        if (found := native.titles(data, ends)) is not None:
            return _texts(ends, found, values)
    codes, ends = decoded(values)
    first = np.zeros(len(codes) + 1, bool)
    first[ends[:-1]] = True
    first[1:] |= codes == 32
    first = first[:-1]
    if (codes == FINAL).any():
        return None
    out, capitals = LOWER(codes), TITLE(codes[first])
    if out is None or capitals is None:
        return None
    out[first] = capitals
    return encoded(out, ends, values)


@lru_cache(64)
def masking(upper: str | None, lower: str | None, digit: str | None, other: str | None) -> Mapping:
    """The first character given for each kind; None keeps it."""

    def of(c: str) -> str:
        new = upper if c.isupper() else lower if c.islower() else digit if c.isdigit() else other
        return c if new is None else new[:1]

    return Mapping(of)


# --- Soundex --------------------------------------------------------------------------------------------

VOWEL, SILENT = 0, 7  # the sounds of vowels, which part others, and of H and W, which do not
SOUNDS = np.zeros(256, np.uint8)
for _i, _sound in enumerate(b"01230127022455012623017202"):
    SOUNDS[[65 + _i, 97 + _i]] = _sound - 48


def soundex(values: Any) -> pa.Array:
    """The codes of texts that begin with an English letter."""
    data, ends = flat(values)
    rows = np.repeat(np.arange(len(ends) - 1), np.diff(ends))
    first = np.zeros(len(data), bool)
    first[ends[:-1][np.diff(ends) > 0]] = True
    sounds = SOUNDS.take(data)
    heard = first | (sounds != SILENT)
    rows, first, sounds = rows[heard], first[heard], sounds[heard]
    told = ~first & (sounds != VOWEL)
    told[1:] &= sounds[1:] != sounds[:-1]
    rows, sounds = rows[told], sounds[told]
    place = np.arange(len(rows)) - np.searchsorted(rows, rows)  # among those of its row
    codes = np.full((len(ends) - 1, 4), ord("0"), np.uint8)
    filled = np.diff(ends) > 0
    codes[filled, 0] = data[ends[:-1][filled]] & 0xDF  # in upper case
    codes[rows[place < 3], 1 + place[place < 3]] = sounds[place < 3] + 48
    buffers = [
        None,
        pa.py_buffer(np.arange(0, 4 * len(ends), 4, dtype=np.int32).tobytes()),
        pa.py_buffer(codes.tobytes()),
    ]
    texts = pa.Array.from_buffers(pa.string(), len(ends) - 1, buffers)
    return pc.if_else(values.is_valid(), texts, None) if values.null_count else texts


# --- digits ---------------------------------------------------------------------------------------------

DIGITS = np.zeros(256, np.int64)
for _i, _digit in enumerate("0123456789abcdefghijklmnopqrstuvwxyz"):
    DIGITS[[ord(_digit), ord(_digit.upper())]] = _i


def whole_numbers(values: Any, base: int) -> pa.Array:
    """The numbers of texts that are all digits of a base, and less than 2^63."""
    data, ends = flat(values)
    left = np.repeat(ends[1:], np.diff(ends)) - np.arange(len(data)) - 1  # digits to the right of each
    sums = np.concatenate(
        ([0], np.cumsum(DIGITS.take(data) * np.int64(base) ** left))
    )  # the differences bear its overflow
    return pa.array(sums[ends[1:]] - sums[ends[:-1]], mask=values.is_null().to_numpy(zero_copy_only=False))
