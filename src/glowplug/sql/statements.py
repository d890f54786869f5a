"""Statements by their first words."""

from __future__ import annotations

from glowplug.plan.commands import Command
from glowplug.plan.relations import Relation
from glowplug.sql import queries
from glowplug.sql.cursor import Cursor


def statement(c: Cursor) -> Relation | Command:
    return queries.query(c)
