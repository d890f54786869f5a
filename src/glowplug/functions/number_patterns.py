"""Numbers as texts by a format: Java's `DecimalFormat` (`format_number`) and SQL's (`to_number`, `to_char`).

Sources: the documentation of `java.text.DecimalFormat`; Spark's SQL reference, "Number Pattern".
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache
from typing import Any

from glowplug.errors import AnalysisError, row_failure

EXACT = Context(prec=800)
_MOST_PLACES = 340  # that Java writes of what is no BigDecimal; a decimal has fewer
GROUPED = "#,###,###,###,###,###,##0"

# --- Java's DecimalFormat -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class JavaFormat:
    """Text around the number, for positive and negative ones; digits before and after the point; grouping; exponent."""

    positive: tuple[str, str]
    negative: tuple[str, str]
    least_whole: int
    most_whole: int
    least_fraction: int
    most_fraction: int
    group: int
    multiplier: int
    exponent: int
    point: bool  # also where no digits follow it


def _affix(text: str) -> tuple[str, int]:
    """Literal text before or after the number, and what it multiplies the number by."""
    out, multiplier = "", 1
    for part in re.findall(r"'[^']*'|''|.", text):
        if part == "''":
            out += "'"
        elif part[0] == "'":
            out += part[1:-1]
        else:
            multiplier *= {"%": 100, "\u2030": 1000}.get(part, 1)
            out += part
    return out, multiplier


@lru_cache(256)
def java_format(pattern: str) -> JavaFormat:
    positive, _, negative = pattern.partition(";")
    m = re.fullmatch(r"((?:'[^']*'|[^#0,.'])*)([#0,]*)(?:(\.)([0#]*))?(?:E(0+))?((?:'[^']*'|[^#0,.])*)", positive)
    if m is None:
        raise row_failure(
            "INVALID_PARAMETER_VALUE.FORMAT_STRING", parameter="`d`", functionName="`format_number`", reason=pattern
        )
    (before, a), (after, b) = _affix(m[1]), _affix(m[6])
    whole, fraction = m[2], m[4] or ""
    digits = whole.replace(",", "")
    least = digits.count("0")
    least_fraction = fraction.count("0")
    if m[3] and not least and not least_fraction:  # a pattern without zeros shows one digit: `#.#` before the point
        least, least_fraction = (1, 0) if digits else (0, 1)
    group = len(whole) - whole.rindex(",") - 1 if "," in whole else 0
    minus = (
        tuple(_affix(x)[0] for x in re.split(r"[#0,.]+", negative, maxsplit=1)) if negative else ("-" + before, after)
    )
    exponent = len(m[5] or "")
    most = len(digits) if exponent else 10**9
    return JavaFormat(
        (before, after),
        (minus[0], minus[-1]),
        least,
        most,
        least_fraction,
        len(fraction),
        group,
        a * b,
        exponent,
        bool(m[3]) and not (digits and fraction),
    )


def java_number(value: Any, f: JavaFormat) -> str:
    """A number as text, rounded half to even."""
    if f.most_fraction > _MOST_PLACES and not isinstance(value, Decimal):
        f = replace(f, least_fraction=min(f.least_fraction, _MOST_PLACES), most_fraction=_MOST_PLACES)
    if isinstance(value, float):
        value *= f.multiplier  # may become infinite
        if math.isnan(value):
            return "NaN"
        negative = math.copysign(1, value) < 0
    else:
        value = EXACT.multiply(Decimal(value), Decimal(f.multiplier))
        negative = value < 0
    before, after = f.negative if negative else f.positive
    if isinstance(value, float) and math.isinf(value):
        return f"{before}\u221e{after}"
    shown = _with_exponent(value, f) if f.exponent else _fixed(value, f)
    return f"{before}{shown}{after}"


def _fixed(value: Any, f: JavaFormat) -> str:
    most = min(f.most_fraction, _MOST_PLACES)
    rounded = EXACT.abs(_digits(value, most)).quantize(Decimal(1).scaleb(-most), ROUND_HALF_EVEN, EXACT)
    whole, _, fraction = f"{rounded:f}".partition(".")
    fraction = fraction.rstrip("0").ljust(f.least_fraction, "0")
    whole = whole.lstrip("0").rjust(f.least_whole, "0")
    if not whole and not fraction:
        whole = "0"
    if f.group:
        first = len(whole) % f.group
        whole = ",".join(
            ([whole[:first]] if first else []) + [whole[i : i + f.group] for i in range(first, len(whole), f.group)]
        )
    return f"{whole}{'.' if fraction or f.point else ''}{fraction}"


def _digits(value: Any, places: int, most: int = 20) -> Decimal:
    """The number; of floating point the digits that Java shows, or where fewer are asked for the exact value."""
    if not isinstance(value, float):
        return Decimal(value)
    shown = Decimal(repr(value).replace("5e-324", "4.9e-324"))
    found = shown.as_tuple()
    return shown if -int(found.exponent) <= places and len(found.digits) <= most else Decimal(value)


def _with_exponent(value: Any, f: JavaFormat) -> str:
    """The exponent is a multiple of the most whole digits where there may be fewer; digits are counted in all."""
    context = Context(f.most_whole + f.most_fraction or 1, ROUND_HALF_EVEN)
    number = context.create_decimal(_digits(value, 400, context.prec))
    point = number.adjusted() + 1 if number else 0  # the place of the point among the digits
    digits = "".join(map(str, number.as_tuple().digits)).rstrip("0")
    if repeats := f.most_whole > 1 and f.most_whole > f.least_whole:
        exponent = (point - 1) // f.most_whole * f.most_whole if number else 0
    else:
        exponent = point - f.least_whole if number else 0
    whole = point - exponent if number else 1 if repeats else f.least_whole
    digits = digits.ljust(max(f.least_whole + f.least_fraction, whole), "0")
    fraction = digits[whole:]
    sign = "-" if exponent < 0 else ""
    point_ = "." if fraction or f.point else ""
    return f"{digits[:whole]}{point_}{fraction}E{sign}{abs(exponent):0{f.exponent}d}"


def grouped(format: int | str) -> str:
    """The pattern that a number of places stands for, or the default one."""
    if isinstance(format, int):
        return f"{GROUPED}.{'0' * format}" if format else GROUPED
    return format or GROUPED


def format_number(value: Any, format: int | str) -> str | None:
    if isinstance(format, int) and format < 0:
        return None
    return java_number(value, java_format(grouped(format)))


# --- SQL's number patterns ------------------------------------------------------------------------------

_PATTERN = re.compile(r"(MI|S)?(\$)?([09,G]*)(?:([.D])([09]*))?(PR|MI|S)?")


@dataclass(frozen=True, slots=True)
class SQLFormat:
    """`sign` is where and how the sign stands: `S`, `MI` before or after (`_`), `PR`, or nothing."""

    text: str
    sign: str
    currency: bool
    whole: str  # the digits and separators before the point
    point: bool
    fraction: str

    @property
    def precision(self) -> int:
        return sum(c in "09" for c in self.whole + self.fraction)


@lru_cache(256)
def sql_format(text: str) -> SQLFormat:
    """Raises INVALID_FORMAT and what is wrong."""
    upper = text.upper()
    if not upper:
        raise AnalysisError("INVALID_FORMAT.EMPTY", format="''")
    quoted = f"'{upper}'"
    if not re.search("[09]", upper):
        raise AnalysisError("INVALID_FORMAT.WRONG_NUM_DIGIT", format=quoted)
    m = _PATTERN.fullmatch(upper)
    if m is None or (m[1] and m[6]):
        raise _broken(upper, quoted)
    before, currency, whole, point, fraction, after = m.groups()
    if re.search("^[,G]|[,G]{2}|[,G]$", whole):
        raise AnalysisError("INVALID_FORMAT.CONT_THOUSANDS_SEPS", format=quoted)
    sign = before or (f"_{after}" if after else "")
    return SQLFormat(upper, sign, bool(currency), whole.replace("G", ","), bool(point), fraction or "")


def _broken(upper: str, quoted: str) -> AnalysisError:
    for token, alternatives in (("'.' or 'D'", "[.D]"), ("'S'", "S"), ("'$'", r"\$"), ("'MI'", "MI"), ("'PR'", "PR")):
        if len(re.findall(alternatives, upper)) > 1:
            return AnalysisError("INVALID_FORMAT.WRONG_NUM_TOKEN", format=quoted, token=token)
    if "$" in upper and re.search(r"[09].*\$", upper):
        return AnalysisError("INVALID_FORMAT.CUR_MUST_BEFORE_DIGIT", format=quoted)
    if re.search(r"[.D].*\$.*[09]", upper):
        return AnalysisError("INVALID_FORMAT.CUR_MUST_BEFORE_DEC", format=quoted)
    if re.search("[.D].*[,G]", upper):
        return AnalysisError("INVALID_FORMAT.THOUSANDS_SEPS_MUST_BEFORE_DEC", format=quoted)
    structure = "[MI|S] [$] [0|9|G|,]* [.|D] [0|9]* [$] [PR|MI|S]"
    unknown = re.sub(r"MI|PR|[S$09,G.D]", "", upper)
    if unknown:
        return AnalysisError(
            "INVALID_FORMAT.UNEXPECTED_TOKEN", format=quoted, token=f"character '{unknown[0]}'", structure=structure
        )
    return AnalysisError("INVALID_FORMAT.UNEXPECTED_TOKEN", format=quoted, token=upper, structure=structure)


def parse_number(text: str, f: SQLFormat) -> Decimal | None:
    """The number of a text that has the format; None if it does not."""
    s = text.strip()
    negative = False
    match f.sign:
        case "S" | "MI" if s[:1] in ("+", "-") and (f.sign == "S" or s[0] == "-"):
            negative, s = s[0] == "-", s[1:]
        case "_S" | "_MI" if s[-1:] in ("+", "-") and (f.sign == "_S" or s[-1] == "-"):
            negative, s = s[-1] == "-", s[:-1]
        case "_PR" if s.startswith("<") and s.endswith(">"):
            negative, s = True, s[1:-1]
    if f.currency:
        if not s.startswith("$"):
            return None
        s = s[1:]
    m = re.fullmatch(r"([0-9,]*)(?:\.([0-9]*))?", s)
    if m is None or not re.search("[0-9]", s) or (m[2] == "" and not f.fraction):
        return None
    if len(m[2] or "") > len(f.fraction) or not _fits(m[1], f.whole):
        return None
    value = Decimal(f"{m[1].replace(',', '') or '0'}.{m[2] or '0'}")
    return (-value if negative else value).quantize(Decimal(1).scaleb(-len(f.fraction)), context=EXACT)


def _fits(digits: str, whole: str) -> bool:
    """Group by group from the right; a group that begins with 0 wants as many digits, one with 9 at most as many."""
    groups, patterns = digits.split(","), whole.split(",")
    if len(groups) > len(patterns):
        return False
    patterns_ = patterns[len(patterns) - len(groups) :]
    if len(groups) < len(patterns) and any("0" in p for p in patterns[: len(patterns) - len(groups)]):
        return False
    for i, (g, p) in enumerate(zip(groups, patterns_, strict=True)):
        if len(g) > len(p) or ((p.startswith("0") or i) and len(g) < len(p)):
            return False
    return True


def number_text(value: Decimal, f: SQLFormat) -> str:
    """A number by a format; its digits are `#` where it has more of them than the format, before or after the point.

    Of a group of digits, the first says whether zeros lead (`0`) or spaces (`9`). A sign goes after leading spaces, but
    not beyond a currency symbol. Without a sign in the format, none is shown.
    """
    whole, _, fraction = f"{EXACT.abs(value):f}".partition(".")
    whole, fraction = whole.lstrip("0"), fraction.rstrip("0")
    groups = f.whole.split(",") if f.whole else []
    room, places = sum(map(len, groups)), len(f.fraction)
    if len(whole) > room or len(fraction) > places:
        whole, fraction = "#" * room, "#" * places
    sign = _sign(f, value < 0)
    out, digits = sign[0], f"{whole:>{room}}"
    if f.currency:
        out += "$"
    for i, group in enumerate(groups):
        if i:
            out = _with(out, "," if out[-1:].isdigit() else " ")
        part, digits = digits[: len(group)], digits[len(group) :]
        for digit in part.replace(" ", "0") if group.startswith("0") else part:
            out = _with(out, digit)
    if f.point:
        out = (out[:-1] + "0" if out.endswith(" ") else out) + ("." if places else "")
    return _signed_end(out + fraction.ljust(places, "0"), sign[1], f.point and not places)


def _sign(f: SQLFormat, negative: bool) -> tuple[str, str]:
    """What stands before the number, and after it."""
    match f.sign:
        case "S":
            return "-" if negative else "+", ""
        case "MI":
            return "-" if negative else " ", ""
        case "_S":
            return "", "-" if negative else "+"
        case "_MI":
            return "", "-" if negative else " "
        case "_PR":
            return ("<", ">") if negative else ("", "  ")
    return "", ""


def _with(out: str, letter: str) -> str:
    """`letter` after `out`: a space goes before a sign that nothing follows yet."""
    return f"{out[:-1]} {out[-1]}" if letter == " " and out[-1:] in ("+", "-", "<") else out + letter


def _signed_end(out: str, sign: str, lone_point: bool) -> str:
    """A sign at the end goes before spaces; a point that no digits follow is one."""
    out += " " if lone_point else ""
    kept = len(out.rstrip(" ")) if sign.strip() else len(out)
    return out[:kept] + sign + out[kept:]
