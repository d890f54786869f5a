"""Variants as texts: as JSON, and their scalars as a cast to STRING shows them."""

from __future__ import annotations

import base64
import decimal
import math
from typing import Any
from uuid import UUID

from glowplug.functions.json_texts import quoted
from glowplug.functions.variant_format import Days, Instant, Members, Single, WallClock, decode
from glowplug.plan.names import double_text
from glowplug.types import DOUBLE, FLOAT

_CONTEXT = decimal.Context(prec=80)


def to_json(variant: dict[str, bytes], zone: str) -> str:
    """A variant as JSON; timestamps are shown in `zone`."""
    return json_text(decode(variant), zone)


def json_text(value: Any, zone: str) -> str:
    if value.__class__ is int:
        return str(value)
    match value:
        case None:
            return "null"
        case str():
            return quoted(value)
        case bool():
            return "true" if value else "false"
        case Members():
            return "{" + ",".join(f"{quoted(k)}:{json_text(v, zone)}" for k, v in value) + "}"
        case list():
            return "[" + ",".join(json_text(v, zone) for v in value) + "]"
        case Days() | Instant() | WallClock() | bytes() | UUID():
            return quoted(scalar_text(value, zone, True))
        case float() if not math.isfinite(value):
            return quoted(scalar_text(value, zone, True))
    return scalar_text(value, zone, True)


def scalar_text(value: Any, zone: str, in_json: bool = False) -> str:
    """A scalar as text: as a cast to STRING shows it, or as JSON does (timestamps with offset, binary as Base64)."""
    match value:
        case bool():
            return "true" if value else "false"
        case Days() | Instant() | WallClock():
            return _time_text(value, zone, in_json)
        case Single():
            return double_text(value, FLOAT)
        case float():
            return double_text(value, DOUBLE)
        case decimal.Decimal():
            return f"{plain_decimal(value):f}"
        case bytes():
            return base64.b64encode(value).decode() if in_json else value.decode("utf-8", "replace")
    return str(value)


def _time_text(value: Days | Instant | WallClock, zone: str, in_json: bool) -> str:
    from glowplug.datetime_patterns import compile_pattern
    from glowplug.datetime_writing import write

    if isinstance(value, Days):
        return write(compile_pattern("yyyy-MM-dd", False), int(value) * 86_400_000_000, "+00:00")
    where = zone if isinstance(value, Instant) else "+00:00"
    fraction = f"{value % 1_000_000:06d}".rstrip("0")
    text = write(compile_pattern("yyyy-MM-dd HH:mm:ss", False), int(value), where)
    text += f".{fraction}" if fraction else ""
    if isinstance(value, Instant) and in_json:
        text += write(compile_pattern("xxx", False), int(value), where)
    return text


def plain_decimal(value: decimal.Decimal) -> decimal.Decimal:
    """Without zeros at the end."""
    found = value.normalize(_CONTEXT)
    return found.quantize(decimal.Decimal(1), context=_CONTEXT) if found.as_tuple().exponent > 0 else found  # type: ignore[operator]
