"""Which catalog and schema a name of several parts means."""

from __future__ import annotations

from pathlib import Path

import pytest

from glowplug.catalog.manager import Catalogs
from glowplug.catalog.table import Identifier
from glowplug.config import WAREHOUSE, Conf
from glowplug.errors import SparkError


class Place:
    current_catalog, current_schema = "spark_catalog", "here"


@pytest.fixture
def known(tmp_path: Path) -> Catalogs:
    return Catalogs(Conf({WAREHOUSE: str(tmp_path)}), Place())


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        (("t",), ("here", "t")),
        (("T",), ("here", "t")),
        (("s", "t"), ("s", "t")),
        (("spark_catalog", "t"), ("here", "t")),
        (("Spark_Catalog", "S", "T"), ("s", "t")),
        (("spark_catalog", "spark_catalog", "t"), ("spark_catalog", "t")),
    ],
)
def test_names(known: Catalogs, parts: tuple[str, ...], found: tuple[str, str]) -> None:
    assert known.identifier(parts) == Identifier("spark_catalog", (found[0],), found[1])


@pytest.mark.parametrize("parts", [("a", "b", "c"), ("spark_catalog", "a", "b", "c")])
def test_schemas_of_the_session_catalog_have_one_part(known: Catalogs, parts: tuple[str, ...]) -> None:
    with pytest.raises(SparkError, match="REQUIRES_SINGLE_PART_NAMESPACE"):
        known.identifier(parts)


def test_case_is_kept_where_it_matters(known: Catalogs) -> None:
    known.conf.set("spark.sql.caseSensitive", "true")
    assert known.identifier(("S", "T")) == Identifier("spark_catalog", ("S",), "T")


def test_catalogs_are_found_by_name_or_setting(known: Catalogs) -> None:
    assert known.catalog("SPARK_CATALOG").name == "spark_catalog"
    with pytest.raises(SparkError, match="CATALOG_NOT_FOUND"):
        known.catalog("other")
    known.conf.set("spark.sql.catalog.other", "org.example.Catalog")
    with pytest.raises(SparkError, match="UNSUPPORTED_FEATURE"):
        known.catalog("other")


def test_only_schemas_that_are_there_become_current(known: Catalogs) -> None:
    with pytest.raises(SparkError, match="SCHEMA_NOT_FOUND"):
        known.use(None, ("nosuch",))
    known.use(None, ("default",))
    assert known.namespace == ("default",)
