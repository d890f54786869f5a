"""The options that CSV, JSON and XML files have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from glowplug.source_options import ListingOptions, charset, locale, mode, number, option, time_zone

# Spark's name of a codec, or Hadoop's class → the end of the file's name.
EXTENSIONS = {
    "none": "", "uncompressed": "", "gzip": ".gz", "bzip2": ".bz2", "deflate": ".deflate", "snappy": ".snappy",
    "lz4": ".lz4",
    "zstd": ".zst",
}  # fmt: skip
CLASSES = {
    f"org.apache.hadoop.io.compress.{name}codec": codec
    for name, codec in {
        "gzip": "gzip", "bzip2": "bzip2", "deflate": "deflate", "default": "deflate", "snappy": "snappy", "lz4": "lz4",
        "zstandard": "zstd",
    }.items()
}  # fmt: skip
CODECS = EXTENSIONS | {name: EXTENSIONS[codec] for name, codec in CLASSES.items()}


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
    variant: str | None = option("singleVariantColumn", "A column for whole records, as variants.", None)
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

    @property
    def formats(self) -> dict[str, Any]:
        """Those that are given, by their names in writers, which have defaults."""
        names = ("date_format", "timestamp_format", "timestamp_ntz_format")
        return {name: text for name in names if (text := getattr(self, name)) is not None}
