"""ORC files beyond what Spark's answers cover: stripes, times out of the library's range, and damage."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.orc as pyorc
import pytest


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    import glowplug

    session = glowplug.session()
    yield session
    session.stop()


def test_all_stripes_are_read(spark: Any, tmp_path: Path) -> None:
    path = str(tmp_path / "f.orc")
    table = pa.table({"i": range(200_000), "s": ["x" * 50] * 200_000})
    pyorc.write_table(table, path, stripe_size=64 << 10)
    assert pyorc.ORCFile(path).nstripes > 3
    frame = spark.read.orc(path)
    assert frame.selectExpr("count(*)", "sum(i)").first() == (200_000, sum(range(200_000)))
    assert frame.count() == 200_000
    assert frame.where("i = 199999").select("s").first()[0] == "x" * 50


def test_a_time_that_the_library_cannot_read_is_an_error(spark: Any, tmp_path: Path) -> None:
    from pyspark.errors import PySparkException

    path = str(tmp_path / "f.orc")
    pyorc.write_table(pa.table({"t": pa.array([datetime(9999, 12, 31)], pa.timestamp("us")), "i": [1]}), path)
    assert spark.read.orc(path).select("i").first()[0] == 1
    with pytest.raises(PySparkException) as raised:
        spark.read.orc(path).collect()
    assert raised.value.getCondition() == "FAILED_READ_FILE.NO_HINT"


def test_cut_off_anywhere_is_an_error_of_spark(spark: Any, tmp_path: Path) -> None:
    from pyspark.errors import PySparkException

    source = str(tmp_path / "f.orc")
    pyorc.write_table(pa.table({"i": range(500), "s": [str(i) for i in range(500)]}), source, compression="zlib")
    whole = Path(source).read_bytes()
    for at in random.Random(3).sample(range(1, len(whole)), 25):
        path = tmp_path / f"{at}.orc"
        path.write_bytes(whole[:at])
        with pytest.raises(PySparkException) as raised:
            spark.read.schema("i BIGINT, s STRING").orc(str(path)).collect()
        assert raised.value.getCondition() == "FAILED_READ_FILE.NO_HINT"
