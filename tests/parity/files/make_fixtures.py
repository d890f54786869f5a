"""Writes the files in `fixtures/` that Apache Spark makes: `python -m tests.parity.files.make_fixtures` with pyspark."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

from tests.parity.files import cases

HERE = Path(__file__).parent / "fixtures"

VALUES = """
    select * from values
      (1, true, 1Y, 2S, 3L, 1.5F, 2.5D, 12.30BD, date'2020-01-02', timestamp'2020-01-02 03:04:05',
       timestamp_ntz'2020-01-02 03:04:05', x'00ff', 'a', cast('c' as char(3)), interval '1-2' year to month,
       interval '1 02:03:04.5' day to second),
      (2, false, -1Y, -2S, -3L, cast('NaN' as float), cast('Infinity' as double), -0.50BD, date'1905-01-02',
       timestamp'2020-07-02 03:04:05.123456', timestamp_ntz'1950-01-02 03:04:05.123456', x'', '', cast('' as char(3)),
       interval '-1-2' year to month, interval '-1 02:03:04.5' day to second),
      (3, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null)
      t(i, bool, byte, short, long, flt, dbl, dec, d, ts, ntz, bin, s, c, ym, dt)
"""
NESTED = """
    select 1 i, array(1, null, 3) a, map('x', 1, 'y', null) m,
      named_struct('p', 1, 'q', 'x', 'r', named_struct('z', 'é')) s, array(named_struct('x', date'2020-01-02')) l
    union all select 2, array(), map(), null, null
    union all select 3, null, null, named_struct('p', null, 'q', null, 'r', null), array(null)
"""
QUERIES = {
    "values": VALUES,
    "nested": NESTED,
    "more": "select 7L i, 'x' s, 1.25D dbl, true extra",
    "case": "select 1 A, 2 b, 3 C_d",
    "numbers": "select id i, cast(id as string) s, id * 0.5D d from range(5)",
    "zero": "select 1 i, 'x' s where false",
}
CODECS = {
    "orc": ("none", "snappy", "zlib", "lz4", "zstd", "lzo"),
    "avro": ("uncompressed", "snappy", "deflate", "bzip2", "xz", "zstandard"),
}


def main() -> None:
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.master("local[1]").config("spark.sql.session.timeZone", cases.TIME_ZONE).getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    cases.SPARK_NAMES["avro"] = "org.apache.spark.sql.avro.AvroFileFormat"
    with tempfile.TemporaryDirectory() as scratch:
        for name, query in QUERIES.items():
            _write(spark.sql(query).coalesce(1).write, "orc", name, scratch, {})
            _write(spark.sql(query).coalesce(1).write, "avro", name, scratch, {})
        for format, codecs in CODECS.items():
            for codec in codecs:
                _write(spark.range(3).coalesce(1).write, format, f"codec_{codec}", scratch, {"compression": codec})
    spark.stop()


def _write(writer: object, format: str, name: str, scratch: str, options: dict[str, str]) -> None:
    target = os.path.join(scratch, f"{name}.{format}")
    writer.format(cases.SPARK_NAMES.get(format, format)).options(**options).save(target)  # type: ignore[attr-defined]
    (part,) = Path(target).glob("part-*")
    shutil.copy(part, HERE / f"spark_{name}.{format}")


if __name__ == "__main__":
    os.environ["TZ"] = cases.TIME_ZONE
    time.tzset()
    HERE.mkdir(exist_ok=True)
    main()
