"""One user's world: settings, temporary views, current schema, checkpointed frames, artifacts."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from glowplug.config import Conf
from glowplug.plan.python import DataSourceClass, Environment, PythonFunction, TableFunction
from glowplug.plan.relations import Relation

if TYPE_CHECKING:
    from glowplug.catalog.table import PersistentFunction
    from glowplug.execute.cache import Cache
    from glowplug.execute.operation import Operation
    from glowplug.kernel.database import Database
    from glowplug.session.engine import Engine
    from glowplug.session.plan_cache import Kept
    from glowplug.session.variables import Variable


@dataclass(slots=True)
class Session:
    """Safe to use from several threads: each dict is only replaced or updated key by key."""

    engine: Engine
    id: str
    user_id: str = ""
    server_side_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    conf: Conf = field(default_factory=Conf)
    temp_views: dict[str, Relation] = field(default_factory=dict)  # lower-case name → analysed plan
    temp_functions: dict[str, PersistentFunction] = field(default_factory=dict)  # in SQL, by lower-case name
    variables: dict[str, Variable] = field(default_factory=dict)  # by name, lower-case unless case matters
    plans: dict[str, Kept] = field(default_factory=dict)  # by text, see plan_cache
    cached_remotes: dict[str, Relation] = field(default_factory=dict)
    operations: dict[str, Operation] = field(default_factory=dict)
    blobs: dict[str, memoryview] = field(default_factory=dict)  # cached local relations by hash, mapped from files
    files: Path | None = None  # where artifacts of files, modules and archives are kept
    resources: list[tuple[str, str]] = field(default_factory=list)  # kind and URI of what ADD FILE, ADD ARCHIVE added
    functions: dict[str, PythonFunction] = field(default_factory=dict)  # lower-case name → what a client registered
    table_functions: dict[str, TableFunction] = field(default_factory=dict)  # the same
    data_sources: dict[str, DataSourceClass] = field(default_factory=dict)  # the same
    created: set[int] = field(default_factory=set)  # frames of `spark.catalog.createTable` whose table was made
    current_catalog: str = "spark_catalog"
    current_schema: str = "default"
    closing: list[Callable[[], None]] = field(default_factory=list)  # what else ends with the session, such as streams
    working: list[Callable[[], bool]] = field(default_factory=list)  # whether there is work besides operations
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def python(self) -> Environment:
        """What user code of this session can import and open."""
        with self.lock:
            if self.files is None:
                self.files = self.engine.temporary("files")
            return Environment(self.server_side_id, str(self.files))

    @property
    def busy(self) -> bool:
        return bool(self.operations) or any(works() for works in self.working)

    @property
    def database(self) -> Database:
        return self.engine.database

    @property
    def cache(self) -> Cache:
        return self.engine.cache

    def clone(self, new_id: str) -> Session:
        """A new session with copies of the settings, views and artifacts; neither sees the other's changes."""
        return Session(
            self.engine,
            new_id,
            self.user_id,
            conf=self.conf.copy(),
            temp_views=dict(self.temp_views),
            temp_functions=dict(self.temp_functions),
            variables={name: replace(v) for name, v in self.variables.items()},
            cached_remotes=dict(self.cached_remotes),
            blobs=dict(self.blobs),
            files=self.files,
            resources=list(self.resources),
            functions=dict(self.functions),
            table_functions=dict(self.table_functions),
            data_sources=dict(self.data_sources),
            current_catalog=self.current_catalog,
            current_schema=self.current_schema,
        )

    def forget_plans(self) -> None:
        """A view has changed: what was kept of queries may hold its rows."""
        with self.lock:
            self.plans.clear()

    def close(self) -> None:
        """Stop what runs, forget everything and give back what only this session kept. Idempotent."""
        while self.closing:
            self.closing.pop()()
        for operation in list(self.operations.values()):
            operation.cancel()
        for kept in (self.temp_views, self.plans, self.cached_remotes, self.blobs):
            kept.clear()
        if self.files is not None:
            from glowplug.execute.python.pool import POOL

            mine = self.python
            POOL.forget(lambda environment: environment == mine)
        self.cache.disown(self.server_side_id)
        self.engine.sweep()
