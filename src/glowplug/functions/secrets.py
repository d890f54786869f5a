"""Encryption."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from glowplug.functions import aes
from glowplug.functions.lowering import per_row
from glowplug.functions.vocabulary import BIN, STR, sig
from glowplug.plan.function import Function, Lower
from glowplug.types import BINARY

_misc = partial(Function, group="misc_funcs")


def _aes(body: Callable[..., Any]) -> Lower:
    return lambda call, low: per_row(low, f"aes_{body.__name__}", body, call.args, BINARY)


def _decrypting(name: str, body: Callable[..., Any], usage: str) -> Function:
    return _misc(
        (name,),
        sig(BIN, BIN, STR, STR, BIN, optional=3, defaults=("GCM", "DEFAULT", "")),
        BINARY,
        _aes(body),
        nullable="always",
        usage=usage,
        example=f"SELECT {name}(unbase64('3lmwu+Mw0H3fi5NDvcu9lg=='), '1234567890abcdef', 'ECB', 'PKCS')",
    )


FUNCTIONS = (
    _misc(
        ("aes_encrypt",),
        sig(BIN, BIN, STR, STR, BIN, BIN, optional=4, defaults=("GCM", "DEFAULT", "", "")),
        BINARY,
        _aes(aes.encrypt),
        nullable="always",
        deterministic=False,
        usage="Encrypts bytes by AES with a key of 16, 24 or 32 bytes, in the mode GCM, CBC or ECB.",
        example="SELECT base64(aes_encrypt('Spark SQL', '1234567890abcdef', 'ECB', 'PKCS'))",
    ),
    _decrypting("aes_decrypt", aes.decrypt, "Decrypts bytes by AES."),
    _decrypting("try_aes_decrypt", aes.try_decrypt, "Decrypts bytes by AES; NULL where that fails."),
)
