"""The analysis of commands: a rule for each class that has tables, queries or expressions to resolve.

A rule is `(command, context) -> command`. Commands without a rule go to their runner as they were written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from glowplug.analyze.commands.create_table import create_like, create_table
from glowplug.analyze.commands.functions import create_class_function, create_function
from glowplug.analyze.commands.insert import insert, insert_each
from glowplug.analyze.commands.row_changes import delete, merge, update, with_command
from glowplug.analyze.commands.views import alter_view, create_view
from glowplug.analyze.commands.write_table import write_table
from glowplug.analyze.context import Context
from glowplug.plan import commands as c
from glowplug.plan import statements as s

Rule = Callable[[Any, Context], c.Command]

RULES: dict[type[c.Command], Rule] = {
    c.CreateTable: create_table,
    c.CreateView: create_view,
    c.Insert: insert,
    c.MergeInto: merge,
    c.WriteTable: write_table,
    s.CreateClassFunction: create_class_function,
    s.CreateFunction: create_function,
    s.CreateTableLike: create_like,
    s.Delete: delete,
    s.MultiInsert: insert_each,
    s.Update: update,
    s.WithCommand: with_command,
}


def analyze_command(command: c.Command, cx: Context) -> c.Command:
    """The command with its names resolved. Raises AnalysisError where it is wrong; changes nothing."""
    if isinstance(command, s.Alter) and isinstance(command.change, s.SetQuery):
        return alter_view(command, cx)
    rule = RULES.get(command.__class__)
    return command if rule is None else rule(command, cx)
