"""`${name}` in a text: the value of a setting, the environment or the system is put in its place, then it is read."""

from __future__ import annotations

import getpass
import os
import re
import tempfile
from pathlib import Path

from glowplug.config import Conf, check, declared
from glowplug.errors import IllegalArgument

_REFERENCE = re.compile(r"\$\{(?:(\w+?):)?(\S+?)\}", re.ASCII)
_OF_SETTINGS = (None, "spark", "sparkconf", "hivevar", "hiveconf")


def substitute(text: str, conf: Conf) -> str:
    """The text with what its references stand for. A setting that is not there is no text; what the environment or
    the system has not stays as it is written. Source of the semantics: spark.sql.variable.substitute.

    Raises INVALID_CONF_VALUE: of a setting without a value whose type has no empty text, or that refers to itself.
    """
    return _filled(text, conf, frozenset()) if "${" in text and conf.bool("spark.sql.variable.substitute") else text


def _filled(text: str, conf: Conf, within: frozenset[str]) -> str:
    def instead(m: re.Match[str]) -> str:
        reference, prefix, name = m[0], m[1], m[2]
        if reference in within:
            refused = "It must not refer to itself."
            raise IllegalArgument(
                "INVALID_CONF_VALUE.REQUIREMENT", confName=name, confValue=text, confRequirement=refused
            )
        value = _setting(name, conf) if prefix in _OF_SETTINGS else _outside(prefix, name)
        return reference if value is None else _filled(value, conf, within | {reference})

    return _REFERENCE.sub(instead, text)


def _setting(name: str, conf: Conf) -> str:
    value = conf.all().get(name)
    if value is None:
        if name in declared():
            check(name, "")
        return ""
    return value


def _outside(prefix: str, name: str) -> str | None:
    if prefix == "env":
        return os.environ.get(name)
    return _system(name) if prefix == "system" else None


def _system(name: str) -> str | None:
    """What Java calls properties of the system, as far as there are such without Java."""
    match name:
        case "user.dir":
            return os.getcwd()
        case "user.home":
            return str(Path.home())
        case "user.name":
            return getpass.getuser()
        case "java.io.tmpdir":
            return tempfile.gettempdir()
        case "file.separator":
            return os.sep
        case "path.separator":
            return os.pathsep
        case "line.separator":
            return os.linesep
    return None
