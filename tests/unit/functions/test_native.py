"""What `glowplug-native` computes for functions is what is computed without it, to the last bit."""

from __future__ import annotations

import math
import shutil
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from glowplug.functions import characters, hashes, hashing, hyperloglog, samples
from glowplug.functions.hashing import MURMUR3, XXHASH64, Hash
from glowplug.functions.histograms import Bins
from glowplug.native import native

pytestmark = pytest.mark.skipif(native is None and shutil.which("cargo") is None, reason="there is no Rust")
RANDOM = np.random.default_rng(7)
# all lengths up to more than a stripe of 32 bytes, and far more
LENGTHS = np.array([*range(100), 1000, 0], np.int64)
ENDS = np.concatenate(([0], np.cumsum(LENGTHS)))
DATA = RANDOM.integers(0, 256, ENDS[-1], np.uint8)


def slow(algorithm: Hash) -> Hash:
    """Without the module."""
    kinds: dict[Hash, Any] = {
        MURMUR3: (hashing._murmur_ints, hashing._murmur_longs, hashing._murmur_texts),
        XXHASH64: (hashing._xx_ints, hashing._xx_longs, hashing._xx_texts),
    }
    return Hash(algorithm.word, algorithm.result, *kinds[algorithm])


def test_it_is_in_use() -> None:
    assert MURMUR3.texts is not hashing._murmur_texts
    assert XXHASH64.longs is not hashing._xx_longs


@pytest.mark.parametrize("algorithm", [MURMUR3, XXHASH64])
def test_hashes_of_rows(algorithm: Hash) -> None:
    seeds = RANDOM.integers(0, np.iinfo(algorithm.word).max, len(LENGTHS), algorithm.word, True)
    numbers = RANDOM.integers(-(2**63), 2**63 - 1, len(LENGTHS), np.int64, True)
    other = slow(algorithm)
    with np.errstate(over="ignore"):
        assert (algorithm.longs(numbers, seeds) == other.longs(numbers, seeds)).all()
        assert (algorithm.longs(numbers[::2], seeds[::2]) == other.longs(numbers[::2], seeds[::2])).all()
        for width in (np.int8, np.int16, np.int32):
            assert (algorithm.ints(numbers.astype(width), seeds) == other.ints(numbers.astype(width), seeds)).all()
        assert (algorithm.texts(DATA, ENDS[:-1], LENGTHS, seeds) == other.texts(DATA, ENDS[:-1], LENGTHS, seeds)).all()


def test_hashes_of_sketches() -> None:
    for found, expected in zip(
        samples._hash_bytes(DATA, ENDS[:-1], LENGTHS), samples.hash_bytes(DATA, ENDS[:-1], LENGTHS), strict=True
    ):
        assert (found == expected).all()
    words = RANDOM.integers(0, 2**64 - 1, 50, np.uint64, True)
    expected, _ = samples._murmur(np.column_stack((words, np.zeros_like(words))), 8)
    assert (samples._hash_words(words) == expected).all()


@pytest.mark.parametrize("bits", [4, 9, 18])
def test_registers(bits: int) -> None:
    hashes_ = np.concatenate(
        (RANDOM.integers(0, 2**64 - 1, 99, np.uint64, True), np.uint64(1) << np.arange(64, dtype="u8"))
    )
    found = np.frombuffer(native.register_codes(hashes_, bits), np.int32)
    assert (found == hyperloglog.register_codes(hashes_, bits)).all()


def test_checksums() -> None:
    ends = ENDS.astype(np.int32)
    for last in (60, len(ends)):  # short values, and one that is not
        assert (hashes._checksums(DATA, ends[:last]) == hashes.checksums(DATA, ends[:last])).all()


def test_titles() -> None:
    texts = pa.array(["ab cD", None, "", " x", "é a", "A.b 7c  d", "z"])
    plain = pa.array([t for t in texts.to_pylist() if t != "é a"])
    expected = ["Ab Cd", None, "", " X", "A.b 7c  D", "Z"]
    data, ends = characters.flat(plain)
    assert native.titles(data, ends) == "".join(t for t in expected if t).encode()
    assert native.titles(*characters.flat(texts)) is None
    assert pa.array(characters.titles(plain)).to_pylist() == expected
    assert pa.array(characters.titles(plain.slice(3, 2))).to_pylist() == [" X", "A.b 7c  D"]


@pytest.mark.parametrize("most", [2, 5, 40])
def test_bins(most: int) -> None:
    values = [*RANDOM.normal(size=300), *range(50), 3.0, math.nan, 1.0, math.inf, 7.5, -0.0, 0.0, math.nan]
    one, two = Bins(most), Bins(most)
    for part in (values[:100], values[100:]):
        one.add(pa.array(part, pa.float64()))
        two.add_each(part)
    assert np.array_equal(one.centres, two.centres, equal_nan=True)
    assert one.counts == two.counts
