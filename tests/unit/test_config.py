"""Settings: Spark's defaults, and Spark's answers for values that do not fit (recorded from Apache Spark 4.2.1)."""

import re
from collections.abc import Callable
from pathlib import Path

import pyspark
import pytest

from glowplug import config
from glowplug.config import Conf, parse_bytes, parse_millis
from glowplug.errors import AnalysisError, IllegalArgument, NoSuchElement, SparkError
from glowplug.session.engine import kernel_bytes, memory_bytes
from glowplug.time_zones import local_zone, resolve_zone


def test_defaults_are_sparks() -> None:
    conf = Conf()
    assert conf.get("spark.sql.shuffle.partitions") == "200"
    assert conf.get("spark.sql.autoBroadcastJoinThreshold") == "10485760b"
    assert conf.get("spark.sql.optimizer.excludedRules") is None  # declared, no default
    assert conf.get("spark.sql.adaptive.advisoryPartitionSizeInBytes") == "67108864b"  # another setting's
    assert conf.ansi and not conf.case_sensitive


def test_undeclared_settings_exist_once_they_are_set() -> None:
    conf = Conf()
    with pytest.raises(NoSuchElement) as info:
        conf.get("a.b")
    assert info.value.condition == "SQL_CONF_NOT_FOUND" and info.value.parameters == {"sqlConf": '"a.b"'}
    assert conf.get_option("a.b") is None
    conf.set("a.b", "c")
    assert conf.get("a.b") == "c"
    conf.unset("a.b")
    assert conf.get_option("a.b") is None


@pytest.mark.parametrize(
    ("key", "value", "condition"),
    [
        ("spark.sql.shuffle.partitions", "x", "INVALID_CONF_VALUE.TYPE_MISMATCH"),
        ("spark.sql.shuffle.partitions", "99999999999", "INVALID_CONF_VALUE.TYPE_MISMATCH"),
        ("spark.sql.shuffle.partitions", "0", "INVALID_CONF_VALUE.REQUIREMENT"),
        ("spark.sql.ansi.enabled", "1", "INVALID_CONF_VALUE.TYPE_MISMATCH"),
        ("spark.sql.autoBroadcastJoinThreshold", "10xb", "INVALID_CONF_VALUE.TYPE_MISMATCH"),
        ("spark.sql.broadcastTimeout", "10xb", "INVALID_CONF_VALUE.TYPE_MISMATCH"),
        ("spark.sql.cbo.joinReorder.card.weight", "1.1", "INVALID_CONF_VALUE.REQUIREMENT"),
        ("spark.sql.parquet.compression.codec", "rot13", "INVALID_CONF_VALUE.OUT_OF_RANGE_OF_OPTIONS"),
        ("spark.sql.orc.impl", "NATIVE", "INVALID_CONF_VALUE.OUT_OF_RANGE_OF_OPTIONS"),
        ("spark.sql.session.timeZone", "foo", "INVALID_CONF_VALUE.TIME_ZONE"),
        ("spark.sql.warehouse.dir", "/x", "CANNOT_MODIFY_STATIC_CONFIG"),
        ("spark.executor.memory", "2g", "CANNOT_MODIFY_CONFIG"),
        ("spark.glowplug.memory.limit", "2g", "CANNOT_MODIFY_STATIC_CONFIG"),
        ("spark.sql.fromJsonForceNullableSchema", "false", "_LEGACY_ERROR_TEMP_1226"),
    ],
)
def test_bad_values_are_refused(key: str, value: str, condition: str) -> None:
    conf = Conf()
    with pytest.raises(SparkError) as info:
        conf.set(key, value)
    assert info.value.condition == condition
    assert key not in conf.all()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("spark.sql.ansi.enabled", " TRUE "),
        ("spark.sql.shuffle.partitions", " 5 "),
        ("spark.sql.autoBroadcastJoinThreshold", "10mb"),
        ("spark.sql.autoBroadcastJoinThreshold", "-1"),
        ("spark.sql.broadcastTimeout", "10min"),
        ("spark.sql.parquet.compression.codec", "ZSTD"),
        ("spark.sql.timestampType", "timestamp_ntz"),
        ("spark.sql.fromJsonForceNullableSchema", "true"),  # removed, at its old default
        ("spark.foo.bar", "2g"),
    ],
)
def test_values_are_kept_as_given(key: str, value: str) -> None:
    conf = Conf()
    conf.set(key, value)
    assert conf.get_option(key) == value


def test_what_a_session_can_change() -> None:
    conf = Conf()
    assert conf.is_modifiable("spark.sql.shuffle.partitions")
    for key in ("a.b", "spark.sql.warehouse.dir", "spark.executor.memory", "spark.sql.nope"):
        assert not conf.is_modifiable(key)
    with pytest.raises(AnalysisError):
        conf.unset("spark.sql.warehouse.dir")


def test_a_default_given_by_the_caller() -> None:
    conf = Conf()
    assert conf.get_with_default("spark.sql.shuffle.partitions", "17") == "17"
    assert conf.get_with_default("spark.sql.shuffle.partitions", None) is None
    with pytest.raises(IllegalArgument):
        conf.get_with_default("spark.sql.shuffle.partitions", "x")


def test_sessions_see_the_start_settings_beneath_their_own() -> None:
    start = {"spark.sql.shuffle.partitions": "3", "spark.executor.memory": "1g"}
    conf = Conf(start)
    conf.record("spark.driver.memory", "2g")
    assert conf.get("spark.sql.shuffle.partitions") == "3"
    other = conf.copy()
    other.set("spark.sql.shuffle.partitions", "4")
    assert conf.get("spark.sql.shuffle.partitions") == "3"
    assert other.all("spark.sql.") == {"spark.sql.shuffle.partitions": "4"}
    other.reset()
    assert other.get("spark.sql.shuffle.partitions") == "3" and other.get("spark.driver.memory") == "2g"


# What Apache Spark does with each, by the time it shows.
@pytest.mark.parametrize(
    ("zone", "canonical"),
    [
        ("UTC", "UTC"), ("Z", "UTC"), ("GMT0", "GMT0"), ("utc", None), ("z", None),
        ("GMT+8", "+08:00"), ("UTC+08:00", "+08:00"), ("UT+3", "+03:00"), ("GMT-08:30", "-08:30"),
        ("+8", "+08:00"), ("+8:30", "+08:30"), ("+0830", "+08:30"), ("-08:30:15", "-08:30:15"),
        ("+18:00", "+18:00"), ("+18:01", None), ("+19:00", None), ("UTC+25:00", None), ("+", None), ("8", None),
        ("America/Los_Angeles", "America/Los_Angeles"), ("america/los_angeles", None), ("US/Pacific", "US/Pacific"),
        ("America/Los_Angeles ", None), ("posix/UTC", None), ("", None),
        ("PST", "America/Los_Angeles"), ("EST", "-05:00"), ("ACT", "Australia/Darwin"), ("EST5EDT", "EST5EDT"),
    ],
)  # fmt: skip
def test_time_zones(zone: str, canonical: str | None) -> None:
    assert resolve_zone(zone) == canonical


def test_local_zone_is_the_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    assert local_zone() == "Asia/Kolkata"
    monkeypatch.setenv("TZ", "no such zone")
    assert resolve_zone(local_zone()) is not None


def test_units() -> None:
    assert [parse_bytes(t) for t in ("1", "2k", "3MB", "1g")] == [1, 2048, 3 << 20, 1 << 30]
    assert [parse_millis(t, "s") for t in ("2", "5ms", "1min")] == [2000, 5, 60_000]
    with pytest.raises(ValueError, match=r"1\.5g"):
        parse_bytes("1.5g")


# --- effects: nothing that has a meaning is ignored

SOURCES = Path(config.__file__).parent
QUOTED = re.compile(r"[\"'](spark\.[A-Za-z0-9_.]+)[\"']")


def read_in(directory: Path) -> set[str]:
    return {name for path in directory.rglob("*.py") for name in QUOTED.findall(path.read_text("utf-8"))}


def marked(effect: str) -> set[str]:
    return {s.name for s in config.declared().values() if s.effect == effect and s.kind not in ("core", "removed")}


def test_used_means_read_in_the_code() -> None:
    read = read_in(SOURCES)
    assert sorted(marked("used") - read) == []
    unmarked = (marked("client") | marked("harmless") | marked("refused")) & read
    assert sorted(unmarked) == [], "mark them `used` in settings.tsv"


def test_the_clients_are_read_by_the_client() -> None:
    assert sorted(marked("client") - read_in(Path(pyspark.__file__).parent)) == []


def test_every_setting_has_an_effect() -> None:
    effects = {s.effect for s in config.declared().values()}
    assert effects == {"used", "client", "harmless", "refused"}
    legacy = {s.name for s in config.declared().values() if s.name.startswith("spark.sql.legacy.")}
    assert legacy & marked("refused")


@pytest.mark.parametrize("set", [Conf.set, Conf.record])
def test_what_would_mean_something_else_is_refused(set: Callable[[Conf, str, str], None]) -> None:
    conf = Conf()
    for name in sorted(marked("refused")):
        setting = config.declared()[name]
        if setting.static and set is Conf.set:
            continue
        if setting.default is not None:
            set(conf, name, setting.default)  # saying what is so anyway is allowed
        if setting.kind == "bool":
            with pytest.raises(IllegalArgument) as info:
                set(conf, name, "false" if setting.default == "true" else "true")
            assert info.value.condition == "INVALID_CONF_VALUE.REQUIREMENT"


@pytest.mark.parametrize("set", [Conf.set, Conf.record])
def test_tables_of_a_metastore_are_not_looked_for_elsewhere(set: Callable[[Conf, str, str], None]) -> None:
    for name in ("hive.metastore.uris", "spark.hadoop.hive.metastore.uris"):
        set(Conf(), name, "")
        with pytest.raises(AnalysisError, match="does not support a Hive metastore"):
            set(Conf(), name, "thrift://host:9083")


def test_asking_with_a_default_is_not_setting() -> None:
    assert Conf().get_with_default("spark.sql.legacy.doLooseUpcast", "true") == "true"


def test_what_of_a_limit_is_the_kernels() -> None:
    """The process is to stay below what its user says; so little that nothing would be left is the kernel's alone."""
    gigabyte = memory_bytes("1g")
    assert kernel_bytes(gigabyte) == gigabyte // 2
    assert kernel_bytes(memory_bytes("8g")) == memory_bytes("8g") - gigabyte // 2
    assert [kernel_bytes(memory_bytes(t)) for t in ("64m", "512m", "700m")] == [64 << 20, 512 << 20, 512 << 20]
