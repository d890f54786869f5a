"""SET and RESET."""

from __future__ import annotations

from glowplug.execute.operation import Operation
from glowplug.plan import commands as c
from glowplug.plan.relations import Relation
from glowplug.session.rows import rows
from glowplug.session.session import Session
from glowplug.types import STRING, DataType

Columns = tuple[tuple[str, DataType], ...]

UNDEFINED = "<undefined>"


def set_conf(command: c.SetConf, session: Session, operation: Operation) -> Relation:
    """`SET`: all settings made; `SET -v`: all there are; `SET k`: one; `SET k = v`: make one."""
    conf = session.conf
    if command.key is None and command.verbose:
        columns: Columns = (("key", STRING), ("value", STRING), ("meaning", STRING), ("Since version", STRING))
        listed = [(s.name, UNDEFINED if v is None else v, s.meaning, s.since) for s, v in conf.settings()]
        return rows(columns, listed)
    columns = (("key", STRING), ("value", STRING))
    if command.key is None:
        return rows(columns, sorted(conf.all().items()))
    if command.value is not None:
        conf.set(command.key.removeprefix("hivevar:"), command.value)
        return rows(columns, [(command.key, command.value)])
    value = conf.get_option(command.key)
    return rows(columns, [(command.key, UNDEFINED if value is None else value)])


def reset_conf(command: c.ResetConf, session: Session, operation: Operation) -> None:
    if command.key is None:
        session.conf.reset()
    else:
        session.conf.unset(command.key)
