"""Encryption, and the collations of strings."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from glowplug.errors import AnalysisError, unsupported
from glowplug.functions import aes
from glowplug.functions.lowering import constant, per_row
from glowplug.functions.vocabulary import BIN, STR, sig
from glowplug.plan.expressions import Call, Expression, Literal
from glowplug.plan.function import Function, Lower, Lowering
from glowplug.types import BINARY, STRING, DataType, StringType

_misc = partial(Function, group="misc_funcs")
NOTHING = Literal(b"", BINARY)


def _aes(body: Callable[..., Any]) -> Lower:
    return lambda call, low: per_row(low, f"aes_{body.__name__}", body, call.args, BINARY)


def _decrypting(name: str, body: Callable[..., Any], usage: str) -> Function:
    return _misc(
        (name,),
        sig(BIN, BIN, STR, STR, BIN, optional=3, defaults=("GCM", "DEFAULT", NOTHING)),
        BINARY,
        _aes(body),
        nullable="always",
        shown=_shown,
        usage=usage,
        example=f"SELECT {name}(unbase64('3lmwu+Mw0H3fi5NDvcu9lg=='), '1234567890abcdef', 'ECB', 'PKCS')",
    )


def _shown(args: tuple[str, ...], call: Call) -> str:
    """Empty defaults show as nothing."""
    texts = ["" if a == NOTHING else t for a, t in zip(call.args, args, strict=True)]
    return f"{call.name}({', '.join(texts)})"


# --- collations -----------------------------------------------------------------------------------------

BINARY_COLLATION = "UTF8_BINARY"


def _collated(args: tuple[Expression, ...]) -> DataType:
    name = constant(args[1])
    if not isinstance(name, str):
        raise AnalysisError("COLLATION_INVALID_NAME", collationName=str(name), proposals=BINARY_COLLATION)
    return StringType(collation_name(name))


def collation_name(name: str) -> str:
    """A collation's name in Spark's own form: base, then case, accents, trimming. Raises COLLATION_INVALID_NAME."""
    upper = name.upper()
    base, *rest = upper.removeprefix("SYSTEM.BUILTIN.").split("_")
    if base == "UTF8" and rest and rest[0] in ("BINARY", "LCASE"):
        base, rest = f"UTF8_{rest[0]}", rest[1:]
        known = {"RTRIM"}
    elif base == "UNICODE":
        known = {"CI", "CS", "AI", "AS", "RTRIM"}
    else:
        raise unsupported(f"the collation {name}")
    if not set(rest) <= known or len(set(rest)) < len(rest):
        raise AnalysisError("COLLATION_INVALID_NAME", collationName=name, proposals="UTF8_BINARY, UTF8_LCASE, UNICODE")
    order = [x for x in ("CI", "AI", "RTRIM") if x in rest]
    return "_".join((base, *order))


def _lower_collate(call: Call, low: Lowering) -> str:
    """A value of another collation has no kernel form, so that nothing compares it by bytes unnoticed."""
    assert isinstance(call.type, StringType)
    if call.type.collation != BINARY_COLLATION:
        raise unsupported(f"the collation {call.type.collation}", call.origin)
    return low.sql(call.args[0])


def _lower_collation(call: Call, low: Lowering) -> str:
    t = call.args[0].type
    return low.literal(f"SYSTEM.BUILTIN.{t.collation if isinstance(t, StringType) else BINARY_COLLATION}")


FUNCTIONS = (
    _misc(
        ("aes_encrypt",),
        sig(BIN, BIN, STR, STR, BIN, BIN, optional=4, defaults=("GCM", "DEFAULT", NOTHING, NOTHING)),
        BINARY,
        _aes(aes.encrypt),
        nullable="always",
        shown=_shown,
        deterministic=False,
        usage="Encrypts bytes by AES with a key of 16, 24 or 32 bytes, in the mode GCM, CBC or ECB.",
        example="SELECT base64(aes_encrypt('Spark SQL', '1234567890abcdef', 'ECB', 'PKCS'))",
    ),
    _decrypting("aes_decrypt", aes.decrypt, "Decrypts bytes by AES."),
    _decrypting("try_aes_decrypt", aes.try_decrypt, "Decrypts bytes by AES; NULL where that fails."),
    _misc(
        ("collate",),
        sig(STR, STR),
        _collated,
        _lower_collate,
        nullable=lambda args: args[0].nullable,
        usage="Gives a text a collation.",
        example="SELECT collation(collate('Spark SQL', 'UTF8_LCASE'))",
    ),
    _misc(
        ("collation",),
        sig(STR),
        STRING,
        _lower_collation,
        nullable="never",
        usage="Returns the name of a text's collation.",
        example="SELECT collation('Spark SQL')",
    ),
)
