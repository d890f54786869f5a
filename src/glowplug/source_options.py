"""Options of data sources, declared once: a frozen dataclass whose fields say name, meaning and default.

    header: bool = option("header", "The first line holds the names.", False)

`read_options(CsvOptions, pairs, settings)` makes the value. As in Spark, names are case-insensitive, the last of equal
names wins, unknown names are ignored, and a value that does not fit is an IllegalArgumentException.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol, TypeVar

from glowplug.errors import IllegalArgument, SparkError, unsupported
from glowplug.time_zones import resolve_zone

T = TypeVar("T")

CHARSETS = ("US-ASCII", "ISO-8859-1", "UTF-8", "UTF-16BE", "UTF-16LE", "UTF-16", "UTF-32")


class Settings(Protocol):
    """The session's settings (`config.Conf`)."""

    def get_option(self, key: str) -> str | None:
        """A setting's value or default; None where it has neither."""


def option(
    names: str, meaning: str, default: Any, *, parse: Callable[[str], Any] | None = None, setting: str | None = None
) -> Any:
    """A field of an options class. `names` are one or more, by `|`; `setting` is the session setting it defaults to.

    Without `parse`, the default's type decides; it raises ValueError with what was expected.
    """
    chosen = parse or _PARSERS.get(type(default), str)
    meta = {"names": tuple(names.split("|")), "meaning": meaning, "parse": chosen, "setting": setting}
    return dataclasses.field(default=default, metadata=meta)


def of_session(setting: str, default: Any, parse: Callable[[str], Any]) -> Any:
    """A field of an options class that the session alone decides."""
    return dataclasses.field(default=default, metadata={"names": (), "meaning": "", "parse": parse, "setting": setting})


def read_options(cls: type[T], pairs: Iterable[tuple[str, str]], settings: Settings) -> T:
    """The options that `pairs` give, with defaults from the session and the declaration."""
    given = {name.lower(): value for name, value in pairs}
    found: dict[str, Any] = {}
    for field in dataclasses.fields(cls):  # type: ignore[arg-type]
        if "names" not in field.metadata:
            continue
        for name in field.metadata["names"]:
            if (text := given.get(name.lower())) is not None:
                found[field.name] = parse_option(name, text, field.metadata["parse"])
                break
        else:
            key = field.metadata["setting"]
            if key is not None and (text := settings.get_option(key)) is not None:
                found[field.name] = parse_option(key, text, field.metadata["parse"])
    return cls(**found)


def parse_option(name: str, text: str, parse: Callable[[str], Any]) -> Any:
    try:
        return parse(text)
    except Unfit as error:
        raise IllegalArgument(error.condition, option=name, paramName=name, value=text) from None
    except ValueError as error:
        raise invalid_option(name, text, str(error)) from None


class Unfit(ValueError):
    """A value that does not fit, where Spark has a condition of its own for that."""

    def __init__(self, condition: str) -> None:
        super().__init__(condition)
        self.condition = condition


def enabled(settings: Settings, key: str) -> bool:
    """Whether a yes-or-no setting of the session is on."""
    return (settings.get_option(key) or "").strip().lower() == "true"


def wall_clock(settings: Settings) -> bool:
    """Whether times that name no zone are TIMESTAMP_NTZ (`spark.sql.timestampType`)."""
    return (settings.get_option("spark.sql.timestampType") or "").upper() == "TIMESTAMP_NTZ"


def invalid_option(name: str, value: str, expected: str) -> SparkError:
    return IllegalArgument("INVALID_DATA_SOURCE_OPTION", name=name, value=value, expected=expected)


def boolean(text: str) -> bool:
    match text.strip().lower():
        case "true":
            return True
        case "false":
            return False
    raise ValueError("true or false")


def integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise Unfit("_LEGACY_ERROR_TEMP_2146") from None


def number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError("a number") from None


def character(text: str) -> str:
    """One character, or none: empty, or the character of the code 0."""
    if len(text) > 1:
        raise Unfit("OPTION_VALUE_EXCEEDS_ONE_CHARACTER")
    return "" if text == "\0" else text


def one_of(*choices: str) -> Callable[[str], str]:
    """A choice, in any case; the value is the choice as written here."""
    by_name = {c.lower(): c for c in choices}

    def parse(text: str) -> str:
        if text.lower() not in by_name:
            raise ValueError("one of " + ", ".join(choices))
        return by_name[text.lower()]

    return parse


_PARSERS: dict[type, Callable[[str], Any]] = {bool: boolean, int: integer, float: number}

_MODES = ("PERMISSIVE", "DROPMALFORMED", "FAILFAST")


def mode(text: str) -> str:
    """A mode; one that is none of them is PERMISSIVE, as in Spark."""
    return text.upper() if text.upper() in _MODES else "PERMISSIVE"


def locale(text: str) -> str:
    """A language tag; other languages write decimals and months in ways that are not supported."""
    if re.match(r"[a-zA-Z]{2,3}([-_].*)?$", text) and not text.lower().startswith("en"):
        raise unsupported(f"the locale {text} for text files")
    return text


def time_zone(text: str) -> str:
    zone = resolve_zone(text)
    if zone is None:
        raise IllegalArgument("INVALID_TIMEZONE", timeZone=text)
    return zone


def tag(text: str) -> str:
    """What XML has between angle brackets."""
    if text.startswith("<") or text.endswith(">"):
        raise ValueError("a text without angle brackets")
    return text


def filled(text: str) -> str:
    if not text.strip():
        raise ValueError("a text that is not empty")
    return text


def charset(name: str) -> str:
    """A supported encoding's name, from any case. INVALID_PARAMETER_VALUE.CHARSET otherwise."""
    if name.upper() not in CHARSETS:
        names = {"functionName": "`CSVOptions`", "parameter": "`charset`"}
        raise IllegalArgument(
            "INVALID_PARAMETER_VALUE.CHARSET", None, charset=name, charsets=", ".join(CHARSETS), **names
        )
    return name.upper()


def codec(codecs: Mapping[str, object]) -> Callable[[str], str]:
    """A parser of the compression option: one of the names in any case."""

    def parse(text: str) -> str:
        if text.lower() not in codecs:
            available = ", ".join(sorted(codecs))
            raise IllegalArgument(
                "CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION", codecName=text, availableCodecs=available
            )
        return text.lower()

    return parse


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ListingOptions:
    """Options of every file format. https://spark.apache.org/docs/latest/sql-data-sources-generic-options.html"""

    recursive: bool = option("recursiveFileLookup", "Read all files below the path; no partition columns.", False)
    glob: str | None = option("pathGlobFilter", "Only files whose name matches this glob.", None)
    before: str | None = option("modifiedBefore", "Only files changed before this time (yyyy-MM-ddTHH:mm:ss).", None)
    after: str | None = option("modifiedAfter", "Only files changed after this time (yyyy-MM-ddTHH:mm:ss).", None)
    zone: str | None = option("timeZone", "The zone of times without one.", None)
    base_path: str | None = option("basePath", "Where partition directories begin.", None)
    ignore_missing: bool | None = option(
        "ignoreMissingFiles", "Skip files that are gone when they are read.", None, parse=boolean,
        setting="spark.sql.files.ignoreMissingFiles",
    )  # fmt: skip
    ignore_corrupt: bool | None = option(
        "ignoreCorruptFiles", "Skip files that cannot be read.", None, parse=boolean,
        setting="spark.sql.files.ignoreCorruptFiles",
    )  # fmt: skip
