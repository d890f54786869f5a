"""What user code of a session finds: the modules, files and archives that its client sent."""

from __future__ import annotations

import shutil
import tarfile
import tempfile
import threading
import zipfile
from pathlib import Path

from glowplug.errors import ExecutionError
from glowplug.plan.python import Environment

_IMPORTABLE = (".zip", ".egg", ".jar", ".whl")
_preparing = threading.Lock()


def importable(environment: Environment) -> tuple[str, ...]:
    """The places that come before all others when modules are looked for."""
    modules = Path(environment.files) / "pyfiles"
    if not modules.is_dir():
        return ()
    return (str(modules), *(str(p) for p in sorted(modules.iterdir()) if p.suffix in _IMPORTABLE))


def working_directory(environment: Environment) -> str:
    """Where a worker is: files are there by their names, archives as directories (`name.zip#directory`)."""
    root = Path(environment.files)
    directory = root / "work"
    with _preparing:
        directory.mkdir(exist_ok=True)
        for file in sorted((root / "files").glob("*")):
            if not (place := directory / file.name).exists():
                place.symlink_to(file)
        for archive in _inside(root / "archives"):
            source, _, name = archive.name.partition("#")
            if not (place := directory / (name or source)).exists():
                _unpack(archive, source, place)
    return str(directory)


def _inside(directory: Path) -> list[Path]:
    return sorted(p for p in directory.iterdir() if p.is_file()) if directory.is_dir() else []


def _unpack(archive: Path, name: str, place: Path) -> None:
    """All of it or nothing: a worker may look at any time."""
    unpacked = Path(tempfile.mkdtemp(dir=place.parent, prefix="."))
    try:
        if name.endswith((".zip", ".jar")):
            with zipfile.ZipFile(archive) as pack:
                pack.extractall(unpacked)
        elif name.endswith((".tar", ".tar.gz", ".tgz")):
            with tarfile.open(archive) as pack:
                pack.extractall(unpacked, filter="data")
        else:  # what Spark does not take for an archive either
            unpacked.rmdir()
            shutil.copyfile(archive, unpacked)
    except (OSError, zipfile.BadZipFile, tarfile.TarError) as error:
        shutil.rmtree(unpacked, ignore_errors=True)
        raise ExecutionError("FAILED_READ_FILE.NO_HINT", path=name, reason=str(error)) from None
    unpacked.rename(place)
