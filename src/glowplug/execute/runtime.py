"""What running a plan needs of the session it is run for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from glowplug.config import Conf
from glowplug.execute.cache import Cache
from glowplug.kernel.database import Database


class Runtime(Protocol):
    """Implemented by `session.Session`; safe to use from several threads."""

    @property
    def conf(self) -> Conf: ...

    @property
    def database(self) -> Database: ...

    @property
    def cache(self) -> Cache: ...


@dataclass(frozen=True, slots=True)
class AsKept:
    """What the rows of a kept plan are computed with: the settings of when it was kept, whoever reads it first."""

    conf: Conf
    database: Database
    cache: Cache
