"""Plans as Apache Spark runs them: names, types, nullability, metadata, rows and errors as recorded in `relations/`."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.parity.relations.cases import TIME_ZONE, Case, all_cases, answer, answers, prepare
from tests.parity.relations.gaps import GAPS


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    before = os.environ.get("TZ")
    os.environ["TZ"], verify = TIME_ZONE, os.environ.get("GLOWPLUG_VERIFY_PLANS")
    os.environ["GLOWPLUG_VERIFY_PLANS"] = "true"
    time.tzset()
    import pyspark.errors.utils

    import glowplug

    # The client asks once a process whether to send call sites.
    asked, pyspark.errors.utils._enable_debugging_cache = pyspark.errors.utils._enable_debugging_cache, True

    session = glowplug.session()
    prepare(session)
    yield session
    session.stop()
    pyspark.errors.utils._enable_debugging_cache = asked
    for name, value in (("TZ", before), ("GLOWPLUG_VERIFY_PLANS", verify)):
        os.environ.pop(name, None) if value is None else os.environ.update({name: value})
    time.tzset()


def _parameters() -> Iterator[Any]:
    reasons = {(m, case): why for m, gaps in GAPS.items() for why, listed in gaps.items() for case in listed}
    for module, case in all_cases():
        marks = [pytest.mark.xfail(reason=reason)] if (reason := reasons.get((module, case.id))) else []
        yield pytest.param(module, case, id=f"{module}: {case.id}", marks=marks)


@pytest.mark.parametrize(("module", "case"), list(_parameters()))
def test_as_spark(spark: Any, module: str, case: Case) -> None:
    expected, found = answers(module)[case.id], answer(spark, case)
    assert list(found) == list(expected), f"Spark: {expected}\nGlowplug: {found}"
    assert found == expected
