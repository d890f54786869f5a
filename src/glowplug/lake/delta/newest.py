"""The newest snapshot of a table, replayed once for each version: queries ask for it again and again.

Who writes takes `snapshot.load`, which looks into the log each time.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

from glowplug.io.place import Place
from glowplug.lake.delta.snapshot import Snapshot, load, numbers, version_file

KEPT = 16  # tables
LARGEST = 32 << 20  # bytes of what a log says of files that are kept; of more, it is read each time

_State = tuple[int, int, int]  # the last version, and its file's size and time: another table may come to be there
_kept: OrderedDict[Place, tuple[_State, Snapshot]] = OrderedDict()
_lock = threading.Lock()


def newest(path: Place) -> Snapshot:
    """As `load(path)`."""
    state = _state(path)
    with _lock:
        found = _kept.pop(path, None)
        if found is not None and found[0] == state:
            _kept[path] = found
            return found[1]
    snapshot = load(path)
    if state is not None and snapshot.version == state[0] and snapshot.files.nbytes < LARGEST:
        with _lock:
            _kept[path] = state, snapshot
            if len(_kept) > KEPT:
                _kept.popitem(last=False)
    return snapshot


def _state(path: Place) -> _State | None:
    """None where the log does not say, and `load` does why."""
    try:
        version = numbers(path)[-1]
        status = path.fs.status(version_file(path, version).path)
    except (OSError, IndexError):
        return None
    return version, status.size, status.modified
