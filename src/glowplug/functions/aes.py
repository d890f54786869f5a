"""AES (FIPS 197) in the modes ECB, CBC (with PKCS #7 padding) and GCM (NIST SP 800-38D), for `aes_encrypt`.

Plain Python: for the occasional column of secrets, not for bulk data. Sources: the two standards.
"""

from __future__ import annotations

import hmac
import os
from functools import lru_cache

from glowplug.errors import SparkError, row_failure

BOTH = "`aes_encrypt`/`aes_decrypt`"
TAG, NONCE, BLOCK = 16, 12, 16


def _tables() -> tuple[bytes, bytes, tuple[tuple[int, ...], ...], tuple[tuple[int, ...], ...]]:
    """The S-box, its inverse, and for each byte its products in the columns that encrypt and decrypt."""
    exp, log = [0] * 510, [0] * 256
    x = 1
    for i in range(255):
        exp[i] = exp[i + 255] = x
        log[x] = i
        x ^= (x << 1) ^ (0x11B if x & 0x80 else 0)

    def times(a: int, b: int) -> int:
        return exp[log[a] + log[b]] if a and b else 0

    box, inverse = bytearray(256), bytearray(256)
    for i in range(256):
        b = exp[255 - log[i]] if i else 0
        s = b
        for _ in range(4):
            b = (b << 1 | b >> 7) & 255
            s ^= b
        box[i], inverse[s ^ 0x63] = s ^ 0x63, i
    forward = tuple(int.from_bytes(bytes((times(2, s), s, s, times(3, s))), "big") for s in box)
    backward = tuple(
        int.from_bytes(bytes((times(14, s), times(9, s), times(13, s), times(11, s))), "big") for s in inverse
    )

    def turned(t: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
        return tuple(tuple((v >> 8 * n | v << 32 - 8 * n) & 0xFFFFFFFF for v in t) for n in range(4))

    return bytes(box), bytes(inverse), turned(forward), turned(backward)


BOX, INVERSE, FORWARD, BACKWARD = _tables()


@lru_cache(64)
def _round_keys(key: bytes) -> tuple[tuple[int, ...], ...]:
    words = [int.from_bytes(key[i : i + 4], "big") for i in range(0, len(key), 4)]
    n, constant = len(words), 1
    for i in range(n, 4 * (n + 7)):
        w = words[-1]
        if i % n == 0:
            w = (w << 8 | w >> 24) & 0xFFFFFFFF
        if i % n == 0 or (n > 6 and i % n == 4):
            w = int.from_bytes(bytes(BOX[b] for b in w.to_bytes(4, "big")), "big")
        if i % n == 0:
            w ^= constant << 24
            constant = constant << 1 ^ (0x11B if constant & 0x80 else 0)
        words.append(words[i - n] ^ w)
    return tuple(tuple(words[i : i + 4]) for i in range(0, len(words), 4))


@lru_cache(64)
def _inverse_keys(key: bytes) -> tuple[tuple[int, ...], ...]:
    def mixed(w: int) -> int:
        out = 0
        for n, b in enumerate(w.to_bytes(4, "big")):
            out ^= BACKWARD[n][BOX[b]]
        return out

    first, *middle, last = reversed(_round_keys(key))
    return (first, *(tuple(map(mixed, k)) for k in middle), last)


def _block(
    data: bytes, keys: tuple[tuple[int, ...], ...], tables: tuple[tuple[int, ...], ...], box: bytes, shift: int
) -> bytes:
    s = [int.from_bytes(data[4 * i : 4 * i + 4], "big") ^ keys[0][i] for i in range(4)]
    a, b, c, d = tables
    for k in keys[1:-1]:
        s = [
            a[s[i] >> 24]
            ^ b[s[(i + shift) % 4] >> 16 & 255]
            ^ c[s[(i + 2) % 4] >> 8 & 255]
            ^ d[s[(i - shift) % 4] & 255]
            ^ k[i]
            for i in range(4)
        ]
    out = bytearray()
    for i in range(4):
        places = (s[i] >> 24, s[(i + shift) % 4] >> 16 & 255, s[(i + 2) % 4] >> 8 & 255, s[(i - shift) % 4] & 255)
        out += (int.from_bytes(bytes(box[p] for p in places), "big") ^ keys[-1][i]).to_bytes(4, "big")
    return bytes(out)


def encrypt_block(key: bytes, data: bytes) -> bytes:
    return _block(data, _round_keys(key), FORWARD, BOX, 1)


def decrypt_block(key: bytes, data: bytes) -> bytes:
    return _block(data, _inverse_keys(key), BACKWARD, INVERSE, -1)


def _xor(a: bytes, b: bytes) -> bytes:
    return bytes(x ^ y for x, y in zip(a, b, strict=False))


def _blocks(data: bytes) -> list[bytes]:
    return [data[i : i + BLOCK] for i in range(0, len(data), BLOCK)]


# --- GCM ------------------------------------------------------------------------------------------------


def _ghash(h: int, data: bytes) -> int:
    y = 0
    for block in _blocks(data):
        y ^= int.from_bytes(block.ljust(BLOCK, b"\0"), "big")
        z, v = 0, h
        for bit in range(127, -1, -1):
            if y >> bit & 1:
                z ^= v
            v = v >> 1 ^ (0xE1 << 120 if v & 1 else 0)
        y = z
    return y


def _counter(key: bytes, nonce: bytes, data: bytes) -> bytes:
    stream = b"".join(encrypt_block(key, nonce + (2 + i).to_bytes(4, "big")) for i in range(-(-len(data) // BLOCK)))
    return _xor(data, stream)


def _tag(key: bytes, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
    h = int.from_bytes(encrypt_block(key, bytes(BLOCK)), "big")
    padded = b"".join(d + bytes(-len(d) % BLOCK) for d in (aad, sealed))
    lengths = (8 * len(aad)).to_bytes(8, "big") + (8 * len(sealed)).to_bytes(8, "big")
    return _xor(_ghash(h, padded + lengths).to_bytes(BLOCK, "big"), encrypt_block(key, nonce + b"\0\0\0\1"))


# --- what the functions do ------------------------------------------------------------------------------


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
        sealed = _counter(key, iv, data)
        return iv + sealed + _tag(key, iv, sealed, aad)
    missing = BLOCK - len(data) % BLOCK
    out, last = [], iv
    for block in _blocks(data + bytes([missing]) * missing):
        last = encrypt_block(key, _xor(block, last) if m == "CBC" else block)
        out.append(last)
    return (iv if m == "CBC" else b"") + b"".join(out)


def decrypt(data: bytes, key: bytes, mode: str, padding: str, aad: bytes) -> bytes:
    """What was encrypted. Raises AES_CRYPTO_ERROR if the key, the bytes or the tag are not right."""
    m = _mode(key, mode, padding)
    if aad and m != "GCM":
        raise row_failure("UNSUPPORTED_FEATURE.AES_MODE_AAD", mode=m, functionName="`aes_decrypt`")
    if m == "GCM":
        if len(data) < NONCE + TAG:
            raise _crypto("Input data too short to contain an expected tag length of 16bytes")
        nonce, sealed, tag = data[:NONCE], data[NONCE:-TAG], data[-TAG:]
        if not hmac.compare_digest(tag, _tag(key, nonce, sealed, aad)):
            raise _crypto("Tag mismatch!")
        return _counter(key, nonce, sealed)
    last, body = (data[:BLOCK], data[BLOCK:]) if m == "CBC" else (b"", data)
    if not body or len(body) % BLOCK:
        raise _crypto("Input length must be multiple of 16 when decrypting with padded cipher")
    out = b""
    for block in _blocks(body):
        plain = decrypt_block(key, block)
        out += _xor(plain, last) if m == "CBC" else plain
        last = block
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
