"""Settings: Spark's own, with Spark's names, defaults and conditions, and Glowplug's under `spark.glowplug.`.

Spark's are data, in `settings.tsv`: what Apache Spark 4.2.1 answers for each. A `Conf` is one session's view
of them: what it set itself, over what the process was started with, over those defaults. Values are text as the
user gave it; the typed readers interpret it.
"""

from __future__ import annotations

import builtins
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path

from glowplug.errors import DOCROOT, AnalysisError, IllegalArgument, NoSuchElement
from glowplug.time_zones import local_zone, resolve_zone

SPARK_VERSION = "4.2.0"

TIME_ZONE = "spark.sql.session.timeZone"
WAREHOUSE = "spark.sql.warehouse.dir"

# Glowplug's own settings: name -> (kind, default, static, meaning).
OWN: dict[str, tuple[str, str | None, bool, str]] = {
    "spark.glowplug.memory.limit": (
        "text", None, True,
        "Memory that the engine's process may take before it spills to disk: bytes with a unit (4g) or a share of the "
        "machine's memory (40%); below 1g, what its tables may take. Not set: 60%.",
    ),
    "spark.glowplug.threads": (
        "int[1,]", None, True, "Threads the engine computes with. Not set: the processors this process may use.",
    ),
    "spark.glowplug.tempDirectory": (
        "text", None, True,
        "Directory for spilled data and the artifacts of sessions. Not set: the system's temporary directory.",
    ),
    "spark.glowplug.python.workers": (
        "text", None, False,
        "Processes that run the Python functions of a stage of a query; 'in-process' runs them in the engine's own, "
        "where a crash ends everything. Not set: as many as there are processors.",
    ),
    "spark.glowplug.python.workerMemory": (
        "bytes", None, False,
        "Memory a Python worker may use before its query fails: bytes with a unit (2g). Not set: no limit.",
    ),
    "spark.glowplug.eventTime.epochMillis": (
        "bool", "false", False,
        "Take a BIGINT column of milliseconds since the epoch as a time in withWatermark, window and session_window, "
        "which Spark refuses.",
    ),
    "spark.glowplug.verifyPlans": (
        "bool", os.environ.get("GLOWPLUG_VERIFY_PLANS", "false"), False,
        "Check plans between stages, and fail on a fault of the engine. For its developers.",
    ),
}  # fmt: skip

# What user code is run with, which changes what it answers.
OF_WORKERS = (
    "spark.sql.execution.arrow.maxBytesPerBatch",
    "spark.sql.execution.arrow.maxRecordsPerBatch",
    "spark.sql.execution.arrow.useLargeVarTypes",
    "spark.sql.execution.pandas.convertToArrowArraySafely",
    "spark.sql.execution.pyspark.binaryAsBytes",
    "spark.sql.execution.pythonUDF.arrow.concurrency.level",
    "spark.sql.execution.pythonUDF.pandas.intToDecimalCoercionEnabled",
    "spark.sql.execution.pythonUDF.pandas.preferIntExtensionDtype",
    "spark.sql.legacy.execution.pandas.groupedMap.assignColumnsByName",
    "spark.sql.legacy.execution.pythonUDF.pandas.conversion.enabled",
    "spark.sql.legacy.execution.pythonUDTF.pandas.conversion.enabled",
)
# What a plan's rows depend on that the plan itself does not say: lowering may read these and no others, for kept rows
# are found by them.
OF_ROWS = (
    TIME_ZONE,
    "spark.sql.ansi.enabled",
    "spark.sql.binaryOutputStyle",
    "spark.sql.columnNameOfCorruptRecord",
    "spark.sql.files.ignoreCorruptFiles",
    "spark.sql.files.ignoreMissingFiles",
    "spark.sql.jsonGenerator.ignoreNullFields",
    "spark.sql.legacy.timeParserPolicy",
    "spark.sql.mapKeyDedupPolicy",
    *OF_WORKERS,
)

# What a text means depends on: that of a view or function is read as these were when it was made.
OF_TEXTS = (
    "spark.sql.ansi.doubleQuotedIdentifiers",
    "spark.sql.caseSensitive",
    "spark.sql.chunkBase64String.enabled",
    "spark.sql.decimalOperations.allowPrecisionLoss",
    "spark.sql.groupByAliases",
    "spark.sql.groupByOrdinal",
    "spark.sql.legacy.allowNegativeScaleOfDecimal",
    "spark.sql.legacy.followThreeValuedLogicInArrayExists",
    "spark.sql.legacy.negativeIndexInArrayInsert",
    "spark.sql.legacy.setopsPrecedence.enabled",
    "spark.sql.legacy.sizeOfNull",
    "spark.sql.orderByOrdinal",
    "spark.sql.parser.escapedStringLiterals",
    "spark.sql.timestampType",
)

# Where Glowplug's default is not Spark's: there is no JVM whose stack could be shown.
OTHER_DEFAULTS = {"spark.sql.connect.serverStacktrace.enabled": "false"}

BYTE_UNITS = {
    "": 1, "b": 1, "k": 1 << 10, "kb": 1 << 10, "m": 1 << 20, "mb": 1 << 20, "g": 1 << 30, "gb": 1 << 30,
    "t": 1 << 40, "tb": 1 << 40, "p": 1 << 50, "pb": 1 << 50,
}  # fmt: skip
MILLIS = {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
# What Spark calls each kind in INVALID_CONF_VALUE.TYPE_MISMATCH.
KIND_NAMES = {
    "bool": "boolean", "int": "int", "long": "long", "double": "double", "bytes": "bytes in BYTE",
    "mib": "bytes in MiB", "ms": "time in MILLISECONDS", "s": "time in SECONDS", "min": "time in MINUTES",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setting:
    """A declared setting. `kind` is a word of KIND_NAMES with an optional range, `enum:A|B` (any case),
    `enum=a|b` (that case), `zone`, `text`, `core` (Spark's, but no session's) or `removed`."""

    name: str
    kind: str
    default: str | None = None
    static: bool = False
    documented: bool = False
    deprecated: bool = False
    since: str = ""
    meaning: str = ""
    effect: str = "used"  # used | client | harmless | refused: see settings.tsv


@cache
def declared() -> Mapping[str, Setting]:
    """All declared settings by name."""
    table: dict[str, Setting] = {}
    text = resources.files("glowplug").joinpath("settings.tsv").read_text("utf-8")
    aliases: dict[str, str] = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        name, kind, *rest = line.split("\t")
        if kind == "core":
            table[name] = Setting(name, kind, static=True)
            continue
        default, flags, since, effect = (*rest, "used")[:4]
        if default.startswith("="):
            aliases[name] = default[1:]
        value = None if default == "\\N" else default
        table[name] = Setting(name, kind, value, "s" in flags, "p" in flags, "d" in flags, since, "", effect)
    for name, other in aliases.items():
        table[name] = _with_default(table[name], table[other].default)
    for name, value in OTHER_DEFAULTS.items():
        table[name] = _with_default(table[name], value)
    table[TIME_ZONE] = _with_default(table[TIME_ZONE], local_zone())
    table[WAREHOUSE] = _with_default(table[WAREHOUSE], f"file:{Path.cwd()}/spark-warehouse")
    for name, (kind, own, static, meaning) in OWN.items():
        table[name] = Setting(name, kind, own, static, documented=True, since=SPARK_VERSION, meaning=meaning)
    return table


def _with_default(s: Setting, default: str | None) -> Setting:
    return replace(s, default=default)


class Typed:
    """Settings read by type, and those that the engine asks for at every query. A declared setting's value was checked
    when it was set; None if it has no value."""

    __slots__ = ()

    def get_option(self, key: str) -> str | None:
        """The value or default, else None."""
        raise NotImplementedError

    def bool(self, key: str) -> builtins.bool:
        return (self.get_option(key) or "").strip().lower() == "true"

    def int(self, key: str) -> builtins.int | None:
        value = self.get_option(key)
        return None if value is None else int(value)

    def bytes(self, key: str) -> builtins.int | None:
        value = self.get_option(key)
        return None if value is None else parse_bytes(value)

    def seconds(self, key: str) -> float | None:
        value = self.get_option(key)
        if value is None:
            return None
        unit = kind_word(declared()[key].kind) if key in declared() else "s"
        return parse_millis(value, unit) / 1000

    @property
    def ansi(self) -> builtins.bool:
        return self.bool("spark.sql.ansi.enabled")

    @property
    def case_sensitive(self) -> builtins.bool:
        return self.bool("spark.sql.caseSensitive")

    @property
    def time_zone(self) -> str:
        """The session's time zone in canonical form: a region's name or an offset `+08:00`."""
        return resolve_zone(self.get_option(TIME_ZONE) or "UTC") or "UTC"

    @property
    def verify(self) -> builtins.bool:
        """Whether plans are checked between stages."""
        return self.bool("spark.glowplug.verifyPlans")

    @property
    def epoch_millis(self) -> builtins.bool:
        """Whether a BIGINT may be an event time, in milliseconds since the epoch."""
        return self.bool("spark.glowplug.eventTime.epochMillis")

    @property
    def plain_texts(self) -> builtins.bool:
        """Whether CHAR and VARCHAR, but for what tables are described as, mean STRING."""
        return self.bool("spark.sql.legacy.charVarcharAsString")

    @property
    def timestamp_ntz(self) -> builtins.bool:
        """Whether the type TIMESTAMP, unqualified, means TIMESTAMP_NTZ."""
        return (self.get_option("spark.sql.timestampType") or "").upper() == "TIMESTAMP_NTZ"

    @property
    def warehouse(self) -> Path:
        """The directory of managed tables."""
        return Path(re.sub(r"^file:(//)?(?=/)", "", self.get_option(WAREHOUSE) or "spark-warehouse"))


class Conf(Typed):
    """One session's settings. Safe to read and write from several threads.

    `start` holds what the process was started with (static and core settings too), shared by its sessions.
    """

    __slots__ = ("__weakref__", "_own", "_start", "changes")

    def __init__(self, start: Mapping[str, str] | None = None) -> None:
        self._start: Mapping[str, str] = start if start is not None else {}
        self._own: dict[str, str] = {}
        self.changes = 0  # how often something was set: who finds the same number finds what was there all the time

    def get(self, key: str) -> str | None:
        """The value or default; None for a declared setting that has neither. SQL_CONF_NOT_FOUND if undeclared."""
        value = self.get_option(key)
        if value is None:
            setting = declared().get(key)
            if setting is None or setting.kind in ("core", "removed"):
                raise NoSuchElement("SQL_CONF_NOT_FOUND", sqlConf=f'"{key}"')
        return value

    def get_option(self, key: str) -> str | None:
        """The value or default, else None."""
        value = self._own.get(key)
        if value is None:
            value = self._start.get(key)
        if value is None and (setting := declared().get(key)) is not None and setting.kind != "removed":
            value = setting.default
        return value

    def get_with_default(self, key: str, default: str | None) -> str | None:
        """The value if it was set, else `default`, which must be valid for the setting."""
        if default is not None:
            check(key, default)
        value = self._own.get(key)
        return value if value is not None else self._start.get(key, default)

    def set(self, key: str, value: str) -> None:
        """Set for this session. Refuses static and core settings and invalid values with Spark's conditions, and
        values that would have another meaning which Glowplug does not have."""
        self._refuse_static(key)
        accept(key, value)
        self._own[key] = value
        self.changes += 1

    def record(self, key: str, value: str) -> None:
        """Set whatever it is, static and core settings too: for what a program says before its session starts."""
        accept(key, value)
        self._own[key] = value
        self.changes += 1

    def unset(self, key: str) -> None:
        """Back to the default. No error if it was not set."""
        self._refuse_static(key)
        self._own.pop(key, None)
        self.changes += 1

    def reset(self) -> None:
        """Forget all that can be changed."""
        for key in list(self._own):
            setting = declared().get(key)
            if setting is None or not setting.static:
                self._own.pop(key, None)
        self.changes += 1

    def is_modifiable(self, key: str) -> builtins.bool:
        setting = declared().get(key)
        return setting is not None and not setting.static and setting.kind != "removed"

    def all(self, prefix: str = "") -> dict[str, str]:
        """What was set, not the defaults: names that begin with `prefix`."""
        return {k: v for k, v in {**self._start, **self._own}.items() if k.startswith(prefix)}

    def copy(self) -> Conf:
        other = Conf(self._start)
        other._own.update(self._own)
        return other

    def settings(self) -> Iterator[tuple[Setting, str | None]]:
        """Every documented setting with its value, by name: what `SET -v` shows."""
        for name in sorted(declared()):
            if (setting := declared()[name]).documented:
                yield setting, self.get_option(name)

    def _refuse_static(self, key: str) -> None:
        setting = declared().get(key)
        if setting is not None and setting.static:
            if setting.kind == "core":
                raise AnalysisError("CANNOT_MODIFY_CONFIG", key=f'"{key}"', docroot=DOCROOT)
            raise AnalysisError("CANNOT_MODIFY_STATIC_CONFIG", key=f'"{key}"')

    def __repr__(self) -> str:
        return f"Conf({self._own!r})"


# --- checking --------------------------------------------------------------------------------------------------


_METASTORE = tuple(f"{prefix}hive.metastore.uris" for prefix in ("", "spark.", "spark.hadoop."))


def accept(key: str, value: str) -> None:
    """Raise INVALID_CONF_VALUE unless the setting can have the value, and have it mean what it means in Spark."""
    check(key, value)
    if key in _METASTORE and value.strip():  # its tables would be looked for, and written, somewhere else
        raise AnalysisError("UNSUPPORTED_FEATURE.GLOWPLUG", feature=f"a Hive metastore ({key})")
    setting = declared().get(key)
    if setting is None or setting.effect != "refused" or value.strip().lower() == (setting.default or "").lower():
        return
    raise IllegalArgument(
        "INVALID_CONF_VALUE.REQUIREMENT",
        confName=key, confValue=value, confRequirement=f"Glowplug has only Spark's default, {setting.default}.",
    )  # fmt: skip


def check(key: str, value: str) -> None:
    """Raise Spark's INVALID_CONF_VALUE unless `value` is one the setting can have. Undeclared keys take any."""
    setting = declared().get(key)
    if setting is None or setting.kind in ("text", "core"):
        return
    kind = setting.kind
    if kind == "removed":
        if value != setting.default:
            raise AnalysisError("_LEGACY_ERROR_TEMP_1226", configName=key, version=setting.since, comment="")
        return
    if kind == "zone":
        if resolve_zone(value) is None:
            raise IllegalArgument("INVALID_CONF_VALUE.TIME_ZONE", confValue=value, confName=key)
        return
    if kind.startswith("enum"):
        options = kind[5:].split("|")
        if value not in options and (kind[4] == "=" or value.upper() not in map(str.upper, options)):
            raise IllegalArgument(
                "INVALID_CONF_VALUE.OUT_OF_RANGE_OF_OPTIONS",
                confName=key, confValue=value, confOptions=", ".join(options),
            )  # fmt: skip
        return
    word = kind_word(kind)
    try:
        number = _parse(value, word)
    except ValueError:
        raise IllegalArgument(
            "INVALID_CONF_VALUE.TYPE_MISMATCH", confName=key, confValue=value, confType=KIND_NAMES[word]
        ) from None
    if not _in_range(number, kind[len(word) :]):
        raise IllegalArgument(
            "INVALID_CONF_VALUE.REQUIREMENT",
            confName=key, confValue=value, confRequirement=f"It must be in the range {kind[len(word) :]}.",
        )  # fmt: skip


def kind_word(kind: str) -> str:
    """`int` of `int[1,]`."""
    return re.match(r"[a-z]*", kind)[0]  # type: ignore[index]


def _parse(value: str, word: str) -> float:
    match word:
        case "bool":
            if value.strip().lower() not in ("true", "false"):
                raise ValueError(value)
            return 0
        case "int" | "long":
            number = int(value)
            bits = 31 if word == "int" else 63
            if not -(1 << bits) <= number < 1 << bits:
                raise ValueError(value)
            return number
        case "double":
            return float(value)
        case "bytes":
            return parse_bytes(value)
        case "mib":
            return parse_bytes(value, 1 << 20)
        case _:
            return parse_millis(value, word) / MILLIS[word]


def _in_range(number: float, range: str) -> bool:
    """Whether a number is in `[low,high]`; a round bracket excludes the bound, an empty bound is none."""
    if not range:
        return True
    low, high = range[1:-1].split(",")
    above = not low or (number > float(low) if range[0] == "(" else number >= float(low))
    return above and (not high or (number < float(high) if range[-1] == ")" else number <= float(high)))


def parse_bytes(value: str, unit: int = 1) -> int:
    """A size in bytes of text such as `10MB`; `unit` is that of a bare number. ValueError if it is none."""
    match = re.fullmatch(r"(-?\d+)([a-z]*)", value.strip().lower())
    if match is None or match[2] not in BYTE_UNITS:
        raise ValueError(value)
    return int(match[1]) * (BYTE_UNITS[match[2]] if match[2] else unit)


def parse_millis(value: str, unit: str) -> float:
    """A duration in milliseconds of text such as `2min`; `unit` is that of a bare number. ValueError if none."""
    match = re.fullmatch(r"(-?\d+)([a-z]*)", value.strip().lower())
    if match is None or (match[2] or unit) not in MILLIS:
        raise ValueError(value)
    return int(match[1]) * MILLIS[match[2] or unit]
