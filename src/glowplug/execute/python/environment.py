"""What user code of a session finds: the modules, files and archives that its client sent."""

from __future__ import annotations

from pathlib import Path

from glowplug.plan.python import Environment

_IMPORTABLE = (".zip", ".egg", ".jar", ".whl")


def importable(environment: Environment) -> tuple[str, ...]:
    """The places that come before all others when modules are looked for."""
    modules = Path(environment.files) / "pyfiles"
    if not modules.is_dir():
        return ()
    return (str(modules), *(str(p) for p in sorted(modules.iterdir()) if p.suffix in _IMPORTABLE))


def working_directory(environment: Environment) -> str:
    """Where a worker is: files are there by their names, archives as directories."""
    directory = Path(environment.files) / "work"
    directory.mkdir(exist_ok=True)
    return str(directory)
