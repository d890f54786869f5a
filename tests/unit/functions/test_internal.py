"""Functions that others are defined with are not for users; a client may mean one, and say so."""

from __future__ import annotations

import pytest

from glowplug import query
from glowplug.errors import AnalysisError
from glowplug.functions.registry import all_functions, lookup
from glowplug.plan.expressions import Literal, UnresolvedFunction
from glowplug.plan.relations import OneRow, Select, SQLText
from glowplug.session.engine import Engine
from glowplug.session.session import Session
from glowplug.types import LONG

INTERNAL = ["get_array_item", "get_map_value", "get_array_struct_field", "distributed_sequence_id", "subtract_dates"]


@pytest.mark.parametrize("name", INTERNAL)
def test_users_do_not_find_them(name: str) -> None:
    assert lookup(name) is not None and name not in all_functions()
    with pytest.raises(AnalysisError) as error:
        query.analyze(SQLText(f"SELECT {name}(array(1), 0)", (), ()), Session(Engine(), "s"))
    assert error.value.condition == "UNRESOLVED_ROUTINE"


def test_a_client_that_says_so_does() -> None:
    call = UnresolvedFunction(("distributed_sequence_id",), (Literal(1, LONG),), internal=True)
    plan = query.analyze(Select(OneRow(), (call,)), Session(Engine(), "s"))
    assert plan.output[0].type == LONG


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT DATE'2024-01-02' - DATE'2024-01-01', INTERVAL 1 DAY * 2, -i FROM VALUES (1) t(i)",
        "SELECT make_timestamp(2024, 1, 1, 1, 2, 3), extract(YEAROFWEEK FROM DATE'2024-01-01')",
        "SELECT window(ts, '1 hour'), count(*) FROM VALUES (TIMESTAMP'2024-01-01') t(ts) GROUP BY 1",
        "SELECT array(1)[0], map(1, 2)[1], array(named_struct('a', 1)).a, extract(HOUR FROM INTERVAL 1 DAY)",
    ],
)
def test_what_is_defined_with_them_works(sql: str) -> None:
    query.analyze(SQLText(sql, (), ()), Session(Engine(), "s"))
