"""Java's `Formatter`, for `format_string`: `%[index$][flags][width][.precision]conversion`.

Source: the documentation of `java.util.Formatter`. Values are as Spark hands them over: dates are days, timestamps
microseconds, decimals have no numeric conversions.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Any

from glowplug.errors import row_failure
from glowplug.plan.names import double_text
from glowplug.types import DOUBLE, FLOAT

_SPECIFIER = re.compile(r"%(?:(\d+)\$)?([-#+ 0,(<]*)(\d+)?(?:\.(\d+))?([tT]?[a-zA-Z%])")
BITS = {"tinyint": 8, "smallint": 16, "int": 32, "bigint": 64}


def failure(reason: str) -> Exception:
    return row_failure(
        "INVALID_PARAMETER_VALUE.FORMAT_STRING", parameter="`strfmt`", functionName="`format_string`", reason=reason
    )


@lru_cache(256)
def parsed(text: str) -> tuple[tuple[str, str, str, str, str, str], ...]:
    """The pieces: (text before, index, flags, width, precision, conversion); the last has no conversion."""
    out, at = [], 0
    for m in _SPECIFIER.finditer(text):
        before = text[at : m.start()]
        if "%" in before:
            raise failure(f"Conversion = '{before[before.index('%') + 1 :][:1] or '%'}'")
        out.append((before, m[1] or "", m[2], m[3] or "", m[4] or "", m[5]))
        at = m.end()
    rest = text[at:]
    if "%" in rest:
        raise failure(f"Conversion = '{rest[rest.index('%') + 1 :][:1] or '%'}'")
    return (*out, (rest, "", "", "", "", ""))


def format_java(pattern: str, values: list[Any], types: list[str]) -> str:
    """`values` with the simple names of their types."""
    out: list[str] = []
    ordinary = last = -1
    for before, index, flags, width, precision, conversion in parsed(pattern):
        out.append(before)
        if not conversion:
            break
        if conversion in ("n", "%"):
            out.append("\n" if conversion == "n" else _padded("%", flags, width))
            continue
        if "<" in flags:
            at = last
        elif index:
            at = int(index) - 1
        else:
            ordinary += 1
            at = ordinary
        if not 0 <= at < len(values):
            raise failure(f"Format specifier '%{conversion}'")
        last = at
        out.append(_one(values[at], types[at], flags, width, precision, conversion))
    return "".join(out)


def _padded(text: str, flags: str, width: str) -> str:
    return text.ljust(int(width)) if "-" in flags and width else text.rjust(int(width or 0))


def _one(value: Any, type: str, flags: str, width: str, precision: str, conversion: str) -> str:
    kind = conversion.lower()
    if kind == "b":
        text = "false" if value is None else str(value).lower() if isinstance(value, bool) else "true"
        text = text[: int(precision)] if precision else text
    elif value is None:
        text = "null"[: int(precision)] if precision else "null"
    elif kind == "s":
        text = shown(value, type)
        text = text[: int(precision)] if precision else text
    elif kind == "c":
        if type not in ("int", "smallint", "tinyint"):
            raise failure(f"c != {type}")
        text = chr(value)
    elif kind in "dox":
        if type not in BITS:
            raise failure(f"{conversion} != {type}")
        text = _integer(value, BITS[type], flags, width, kind)
    elif kind in "feg":
        if type not in ("float", "double"):
            raise failure(f"{conversion} != {type}")
        text = _float(value, flags, width, int(precision) if precision else 6, kind, type)
    elif kind == "h":
        raise failure("Conversion = 'h'")
    else:
        raise failure(f"Conversion = '{conversion}'")
    return _padded(text.upper() if conversion.isupper() else text, flags, width)


def shown(value: Any, type: str) -> str:
    """`%s`: what Java's toString gives."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return double_text(value, FLOAT if type == "float" else DOUBLE)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if type.startswith("map<"):
        keys, values = ([entry[i] for entry in value] for i in range(2))
        return f"keys: {shown(keys, '')}, values: {shown(values, '')}"
    if isinstance(value, list):
        return f"[{','.join('null' if v is None else shown(v, '') for v in value)}]"
    if isinstance(value, dict):
        return f"[{','.join('null' if v is None else shown(v, '') for v in value.values())}]"
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, datetime):
        return str((value - datetime(1970, 1, 1, tzinfo=value.tzinfo and UTC)) // timedelta(microseconds=1))
    return str((value - date(1970, 1, 1)).days if isinstance(value, date) else value)


def _signed(negative: bool, digits: str, flags: str, width: str) -> str:
    if "(" in flags and negative:
        head, tail = "(", ")"
    else:
        head, tail = ("-" if negative else "+" if "+" in flags else " " if " " in flags else ""), ""
    if "0" in flags and width:
        digits = digits.rjust(int(width) - len(head) - len(tail), "0")
    return head + digits + tail


def _integer(value: int, bits: int, flags: str, width: str, kind: str) -> str:
    if kind == "d":
        digits = f"{abs(value):,}" if "," in flags else str(abs(value))
        return _signed(value < 0, digits, flags, width)
    digits = f"{value & (1 << bits) - 1:{kind}}"
    prefix = {"o": "0", "x": "0x"}[kind] if "#" in flags else ""
    if "0" in flags and width:
        digits = digits.rjust(int(width) - len(prefix), "0")
    return prefix + digits


def _float(value: float, flags: str, width: str, precision: int, kind: str, type: str) -> str:
    if not math.isfinite(value):
        text = "NaN" if math.isnan(value) else _signed(value < 0, "Infinity", flags.replace("0", ""), "")
        return text
    exact = Decimal(double_text(abs(value), FLOAT if type == "float" else DOUBLE))
    if kind == "g":
        precision = precision or 1
        rounded = Decimal(f"{exact:.{precision - 1}e}") if exact else exact
        kind = "f" if not exact or Decimal("0.0001") <= rounded < Decimal(10) ** precision else "e"
        precision = precision - 1 if kind == "e" or not exact else precision - 1 - rounded.adjusted()
    if kind == "e":
        power = exact.adjusted() if exact else 0
        mantissa = exact.scaleb(-power).quantize(Decimal(1).scaleb(-precision), ROUND_HALF_UP)
        if mantissa >= 10:
            mantissa, power = (mantissa / 10).quantize(Decimal(1).scaleb(-precision), ROUND_HALF_UP), power + 1
        digits = f"{mantissa:f}e{'-' if power < 0 else '+'}{abs(power):02d}"
    else:
        number = exact.quantize(Decimal(1).scaleb(-max(precision, 0)), ROUND_HALF_UP, Context(prec=400 + precision))
        digits = f"{number:,f}" if "," in flags else f"{number:f}"
    return _signed(value < 0 or (value == 0 and math.copysign(1, value) < 0), digits, flags, width)
