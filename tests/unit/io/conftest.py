"""A kernel, and shortcuts for reading and writing files with it."""

from collections.abc import Iterator
from typing import Any

import pytest

from glowplug.config import Conf
from glowplug.io import formats
from glowplug.io.produce import Layout
from glowplug.io.source import Context, Source
from glowplug.io.write import WriteJob
from glowplug.kernel.database import Database
from glowplug.kernel.workbench import Workbench
from glowplug.sql import parse_schema
from glowplug.types import StructType, simple_string


class Files:
    """Reads and writes as `spark.read` and `df.write` do."""

    def __init__(self, kernel: Workbench, conf: Conf) -> None:
        self.kernel, self.conf = kernel, conf
        self.context = Context(conf, kernel)

    def source(self, format: str, *paths: Any, schema: str | None = None, **options: Any) -> Source:
        parsed = parse_schema(schema) if schema else None
        pairs = tuple((k, str(v).lower() if isinstance(v, bool) else str(v)) for k, v in options.items())
        return formats.resolve(format, [str(p) for p in paths], parsed, pairs, self.context)

    def rows(self, source: Source, *columns: str) -> list[tuple[Any, ...]]:
        wanted = columns or tuple(f.name for f in source.schema.fields)
        return self.kernel.rows(source.sql(wanted, self.kernel))

    def read(self, format: str, *paths: Any, schema: str | None = None, **options: Any) -> tuple[str, list[Any]]:
        source = self.source(format, *paths, schema=schema, **options)
        return shown(source.schema), sorted(self.rows(source), key=repr)

    def write(self, format: str, path: Any, query: str, schema: str, **given: Any) -> None:
        options = given.pop("options", {})
        pairs = tuple((k, str(v).lower() if isinstance(v, bool) else str(v)) for k, v in options.items())
        layout = Layout(schema=parse_schema(schema), partition_by=given.pop("partition_by", ()))
        formats.write(format, WriteJob(rows=query, layout=layout, path=str(path), options=pairs, **given), self.context)


def shown(schema: StructType) -> str:
    return simple_string(schema)[len("struct<") : -1]


@pytest.fixture(scope="session")
def database() -> Iterator[Database]:
    database = Database(memory_limit=1 << 30, threads=2)
    yield database
    database.close()


@pytest.fixture
def files(database: Database) -> Iterator[Files]:
    conf = Conf()
    conf.set("spark.sql.session.timeZone", "America/New_York")
    with database.connection(conf.time_zone) as connection:
        yield Files(Workbench(conf, connection), conf)
