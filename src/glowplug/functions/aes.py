"""AES in the modes ECB, CBC (with PKCS #7 padding) and GCM, for `aes_encrypt`: the library's, with Spark's arguments.

Source: Spark SQL reference, "Misc Functions".
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any

from glowplug.errors import SparkError, row_failure

BOTH = "`aes_encrypt`/`aes_decrypt`"
TAG, NONCE, BLOCK = 16, 12, 16


@lru_cache(64)
def _sealing(key: bytes) -> Any:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)


def _cipher(key: bytes, mode: str, iv: bytes) -> Any:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    return Cipher(algorithms.AES(key), modes.CBC(iv) if mode == "CBC" else modes.ECB())


def _mode(key: bytes, mode: str, padding: str) -> str:
    """The mode in capitals, once the key's length and the padding fit."""
    if len(key) not in (16, 24, 32):
        raise row_failure(
            "INVALID_PARAMETER_VALUE.AES_KEY_LENGTH", parameter="`key`", functionName=BOTH, actualLength=len(key)
        )
    found, pad = mode.upper(), padding.upper()
    fits = {"GCM": ("DEFAULT", "NONE"), "ECB": ("DEFAULT", "PKCS"), "CBC": ("DEFAULT", "PKCS")}
    if pad not in fits.get(found, ()):
        raise row_failure("UNSUPPORTED_FEATURE.AES_MODE", mode=found, padding=pad, functionName=BOTH)
    return found


def _crypto(detail: str) -> SparkError:
    return row_failure(
        "INVALID_PARAMETER_VALUE.AES_CRYPTO_ERROR", parameter="`expr`, `key`", functionName=BOTH, detailMessage=detail
    )


def encrypt(data: bytes, key: bytes, mode: str, padding: str, iv: bytes, aad: bytes) -> bytes:
    """The encrypted bytes, behind their initialization vector but for ECB; GCM's tag comes last."""
    m = _mode(key, mode, padding)
    if iv and m == "ECB":
        raise row_failure("UNSUPPORTED_FEATURE.AES_MODE_IV", mode=m, functionName="`aes_encrypt`")
    if aad and m != "GCM":
        raise row_failure("UNSUPPORTED_FEATURE.AES_MODE_AAD", mode=m, functionName="`aes_encrypt`")
    size = NONCE if m == "GCM" else BLOCK
    if iv and len(iv) != size:
        raise row_failure(
            "INVALID_PARAMETER_VALUE.AES_IV_LENGTH", mode=m, parameter="`iv`", functionName=BOTH, actualLength=len(iv)
        )
    iv = iv or os.urandom(size)
    if m == "GCM":
        sealed: bytes = _sealing(key).encrypt(iv, data, aad)
        return iv + sealed
    missing = BLOCK - len(data) % BLOCK
    run = _cipher(key, m, iv).encryptor()
    return (iv if m == "CBC" else b"") + run.update(data + bytes([missing]) * missing) + run.finalize()  # type: ignore[no-any-return]


def decrypt(data: bytes, key: bytes, mode: str, padding: str, aad: bytes) -> bytes:
    """What was encrypted. Raises AES_CRYPTO_ERROR if the key, the bytes or the tag are not right."""
    m = _mode(key, mode, padding)
    if aad and m != "GCM":
        raise row_failure("UNSUPPORTED_FEATURE.AES_MODE_AAD", mode=m, functionName="`aes_decrypt`")
    if m == "GCM":
        if len(data) < NONCE + TAG:
            raise _crypto("Input data too short to contain an expected tag length of 16bytes")
        from cryptography.exceptions import InvalidTag

        try:
            return _sealing(key).decrypt(data[:NONCE], data[NONCE:], aad)  # type: ignore[no-any-return]
        except InvalidTag:
            raise _crypto("Tag mismatch!") from None
    iv, body = (data[:BLOCK], data[BLOCK:]) if m == "CBC" else (b"", data)
    if not body or len(body) % BLOCK:
        raise _crypto("Input length must be multiple of 16 when decrypting with padded cipher")
    run = _cipher(key, m, iv).decryptor()
    out: bytes = run.update(body) + run.finalize()
    pad = out[-1]
    if not 1 <= pad <= BLOCK or out[-pad:] != bytes([pad]) * pad:
        raise _crypto(
            "Given final block not properly padded. Such issues can arise if a bad key is used during decryption."
        )
    return out[:-pad]


def try_decrypt(data: bytes, key: bytes, mode: str, padding: str, aad: bytes) -> bytes | None:
    try:
        return decrypt(data, key, mode, padding, aad)
    except SparkError:
        return None
