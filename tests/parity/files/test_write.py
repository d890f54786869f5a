"""Files as Apache Spark 4.2.1 writes them: `write_cases.py` says what is asked, `answers/write.json` what Spark wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.parity.files import write_cases
from tests.parity.files.test_files import ANSWERS, expect, spark

__all__ = ["spark"]


@pytest.mark.parametrize("case", [pytest.param(c, id=c.id) for c in write_cases.cases()])
def test_writes_as_spark(
    spark: Any, case: write_cases.WriteCase, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    expect(case.id, write_cases.run(spark, case, tmp_path), ANSWERS[case.id], request)
