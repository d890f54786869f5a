"""AES by the examples of NIST SP 800-38A (F.1.1, F.2.1) and of the GCM specification (test case 4)."""

from __future__ import annotations

import pytest

from glowplug.errors import SparkError
from glowplug.functions.aes import decrypt, encrypt, try_decrypt

KEY = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
DATA = bytes.fromhex("6bc1bee22e409f96e93d7e117393172a")
COUNTING = bytes(range(16))
GCM = tuple(
    map(
        bytes.fromhex,
        (
            "feffe9928665731c6d6a8f9467308308",
            "cafebabefacedbaddecaf888",
            "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
            "5bc94fbc3221a5db94fae95ae7121a47",
        ),
    )
)


def test_blocks() -> None:
    assert encrypt(DATA, KEY, "ecb", "pkcs", b"", b"")[:16].hex() == "3ad77bb40d7a3660a89ecaf32466ef97"
    sealed = encrypt(DATA, KEY, "CBC", "DEFAULT", COUNTING, b"")
    assert sealed[:32].hex() == COUNTING.hex() + "7649abac8119b246cee98e9b12e9197d"
    assert decrypt(sealed, KEY, "CBC", "DEFAULT", b"") == DATA


def test_gcm() -> None:
    key, nonce, aad, data, sealed = GCM
    assert encrypt(data, key, "GCM", "DEFAULT", nonce, aad) == nonce + sealed
    assert decrypt(nonce + sealed, key, "GCM", "DEFAULT", aad) == data
    assert encrypt(data, key, "GCM", "NONE", b"", b"") != encrypt(data, key, "GCM", "NONE", b"", b"")


@pytest.mark.parametrize("mode", ["GCM", "CBC", "ECB"])
def test_what_was_changed_is_refused(mode: str) -> None:
    sealed = encrypt(DATA, KEY, mode, "DEFAULT", b"", b"")
    with pytest.raises(SparkError, match="AES_CRYPTO_ERROR"):
        decrypt(sealed[:-1] + bytes([sealed[-1] ^ 255]), KEY, mode, "DEFAULT", b"")
    assert try_decrypt(sealed[:-1], KEY, mode, "DEFAULT", b"") is None
