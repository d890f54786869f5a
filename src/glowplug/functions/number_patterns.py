"""Numbers as texts by a format: Java's `DecimalFormat` (`format_number`) and SQL's (`to_number`, `to_char`).

Sources: the documentation of `java.text.DecimalFormat`; Spark's SQL reference, "Number Pattern".
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Any

from glowplug.errors import AnalysisError, row_failure

EXACT = Context(prec=800)
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
    if not least and digits and m[3]:
        least = 1  # `#.##` shows one digit before the point
    group = len(whole) - whole.rindex(",") - 1 if "," in whole else 0
    minus = (
        tuple(_affix(x)[0] for x in re.split(r"[#0,.]+", negative, maxsplit=1)) if negative else ("-" + before, after)
    )
    exponent = len(m[5] or "")
    most = len(digits) if exponent else 10**9
    return JavaFormat(
        (before, after), (minus[0], minus[-1]), least, most, fraction.count("0"), len(fraction), group, a * b, exponent
    )


def java_number(value: Any, f: JavaFormat) -> str:
    """A number as text, rounded half to even."""
    if isinstance(value, float) and not math.isfinite(value):
        if math.isnan(value):
            return "NaN"
        before, after = f.positive if value > 0 else f.negative
        return f"{before}\u221e{after}"
    negative = math.copysign(1, value) < 0 if isinstance(value, float) else value < 0
    number = abs(Decimal(value)) * f.multiplier
    power = ""
    if f.exponent:
        number, shift = _scientific(number, f)
        power = f"E{'-' if shift < 0 else ''}{abs(shift):0{f.exponent}d}"
    rounded = number.quantize(Decimal(1).scaleb(-f.most_fraction), ROUND_HALF_EVEN, EXACT)
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
    before, after = f.negative if negative else f.positive
    return f"{before}{whole}{'.' if fraction else ''}{fraction}{power}{after}"


def _scientific(number: Decimal, f: JavaFormat) -> tuple[Decimal, int]:
    """The mantissa and the exponent, which is a multiple of the whole digits where there may be several."""
    adjusted = number.adjusted() if number else 0
    if f.most_whole > 1 and f.most_whole > f.least_whole:
        shift = adjusted // f.most_whole * f.most_whole
    else:
        shift = adjusted - (f.least_whole or 1) + 1
    return number.scaleb(-shift, EXACT), shift


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
    before, currency, whole, _, fraction, after = m.groups()
    if re.search("^[,G]|[,G]{2}|[,G]$", whole):
        raise AnalysisError("INVALID_FORMAT.CONT_THOUSANDS_SEPS", format=quoted)
    sign = before or (f"_{after}" if after else "")
    return SQLFormat(upper, sign, bool(currency), whole.replace("G", ","), fraction or "")


def _broken(upper: str, quoted: str) -> AnalysisError:
    for token, alternatives in (("'.' or 'D'", "[.D]"), ("'S'", "S"), ("'$'", r"\$"), ("'MI'", "MI"), ("'PR'", "PR")):
        if len(re.findall(alternatives, upper)) > 1:
            return AnalysisError("INVALID_FORMAT.WRONG_NUM_TOKEN", format=quoted, token=token)
    if "$" in upper and re.search(r"[09].*\$", upper):
        return AnalysisError("INVALID_FORMAT.CUR_MUST_BEFORE_DIGIT", format=quoted)
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
    """A number by a format: `9` gives way to spaces before the number, `0` is always a digit; `#` if too long."""
    places = len(f.fraction)
    rounded = abs(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, EXACT)
    whole, _, fraction = f"{rounded:f}".partition(".")
    whole = whole.lstrip("0")
    room = sum(c in "09" for c in f.whole)
    if len(whole) > room:
        hashes = re.sub("[09]", "#", f.whole) + (f".{'#' * places}" if places else "")
        return _signed(hashes, False, f)
    out, left, started = "", whole.rjust(room), False
    at = 0
    for c in f.whole:
        if c == ",":
            out += "," if started else " "
            continue
        digit = left[at]
        at += 1
        if digit == " " and (c == "0" or started):
            digit = "0"
        started = started or digit != " "
        out += digit
    if room and not started:
        out = out[:-1] + "0"
    if f.currency:
        blank = len(out) - len(out.lstrip(" "))
        out = " " * blank + "$" + out[blank:]
    return _signed(out + (f".{fraction}" if places else ""), value < 0, f)


def _signed(text: str, negative: bool, f: SQLFormat) -> str:
    blank = len(text) - len(text.lstrip(" "))
    match f.sign:
        case "S" | "MI":
            mark = "-" if negative else "+" if f.sign == "S" else " "
            return text[:blank] + mark + text[blank:]
        case "_S" | "_MI":
            return text + ("-" if negative else "+" if f.sign == "_S" else " ")
        case "_PR":
            return text[:blank] + "<" + text[blank:] + ">" if negative else text + "  "
    return text[:blank] + "-" + text[blank:] if negative else text
