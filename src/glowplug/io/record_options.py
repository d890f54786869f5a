"""The options that CSV, JSON and XML files have in common."""

from __future__ import annotations

from dataclasses import dataclass

from glowplug.io.lines import charset
from glowplug.io.listing import ListingOptions
from glowplug.io.options import locale, mode, number, option, time_zone


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOptions(ListingOptions):
    """When they are read."""

    mode: str = option("mode", "What malformed records become: NULLs, nothing, or an error.", "PERMISSIVE", parse=mode)
    corrupt_column: str = option("columnNameOfCorruptRecord", "The column for malformed records.", "_corrupt_record",
                                 parse=str, setting="spark.sql.columnNameOfCorruptRecord")  # fmt: skip
    date_format: str | None = option("dateFormat", "The datetime pattern of dates.", None)
    timestamp_format: str | None = option("timestampFormat", "The datetime pattern of timestamps.", None)
    timestamp_ntz_format: str | None = option("timestampNTZFormat", "That of timestamps without zone.", None)
    sampling: float = option("samplingRatio", "The share of records that inference looks at.", 1.0, parse=number)
    locale: str = option("locale", "Only English is known.", "en-US", parse=locale)
    time_zone: str | None = option("timeZone", "The zone of times that name none.", None, parse=time_zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordWriteOptions:
    """When they are written."""

    encoding: str = option("encoding|charset", "The files' encoding.", "UTF-8", parse=charset)
    date_format: str | None = option("dateFormat", "The datetime pattern of dates.", None)
    timestamp_format: str | None = option("timestampFormat", "The datetime pattern of timestamps.", None)
    timestamp_ntz_format: str | None = option("timestampNTZFormat", "That of timestamps without zone.", None)
    time_zone: str | None = option("timeZone", "The zone timestamps are shown in.", None, parse=time_zone)
