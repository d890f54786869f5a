"""The sessions of a server or process, by user and id: found, made, cloned, closed, expired."""

from __future__ import annotations

import shutil
import threading
import time
import uuid
from collections import OrderedDict
from dataclasses import dataclass, field

from glowplug.config import Conf
from glowplug.errors import HandleError
from glowplug.session.engine import Engine
from glowplug.session.session import Session

Key = tuple[str, str]  # user id, session id


def check_uuid(handle: str) -> None:
    """INVALID_HANDLE.FORMAT unless the text is a UUID in its canonical length."""
    if not is_uuid(handle):
        raise HandleError("INVALID_HANDLE.FORMAT", handle=handle)


def is_uuid(text: str) -> bool:
    try:
        return len(text) == 36 and bool(uuid.UUID(text))
    except ValueError:
        return False


@dataclass(slots=True)
class Sessions:
    """Ids of closed sessions are remembered (the last `tombstones`), for a closed session never comes back."""

    engine: Engine
    tombstones: int = 1000
    _open: dict[Key, Session] = field(default_factory=dict)
    _closed: OrderedDict[Key, None] = field(default_factory=OrderedDict)
    _used: dict[Key, float] = field(default_factory=dict)  # monotonic seconds of the last request
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def get_or_create(self, user_id: str, session_id: str, observed: str = "") -> Session:
        """The session, made if need be. `observed` is the server-side id that the client saw before, if any."""
        session = self._open.get((user_id, session_id))
        if session is None:
            check_uuid(session_id)
            with self._lock:
                session = self._open.get((user_id, session_id))
                if session is None:
                    self._refuse_closed(user_id, session_id)
                    session = Session(self.engine, session_id, user_id, conf=Conf(self.engine.start))
                    self._open[user_id, session_id] = session
        return self._touch(session, observed)

    def get(self, user_id: str, session_id: str, observed: str = "") -> Session:
        """The session; INVALID_HANDLE.SESSION_NOT_FOUND or SESSION_CLOSED if it is not open."""
        session = self._open.get((user_id, session_id))
        if session is None:
            self._refuse_closed(user_id, session_id)
            raise HandleError("INVALID_HANDLE.SESSION_NOT_FOUND", handle=session_id)
        return self._touch(session, observed)

    def find(self, user_id: str, session_id: str) -> Session | None:
        return self._open.get((user_id, session_id))

    def clone(self, source: Session, new_id: str) -> Session:
        """A copy under a new id, or one made up here if `new_id` is empty."""
        new_id = new_id or str(uuid.uuid4())
        if not is_uuid(new_id):
            raise HandleError("INVALID_CLONE_SESSION_REQUEST.TARGET_SESSION_ID_FORMAT", targetSessionId=new_id)
        key = (source.user_id, new_id)
        self._refuse_taken(key)
        session = source.clone(new_id)
        if source.files is not None:  # outside the lock, for there may be many
            session.files = self.engine.temporary("files")
            shutil.copytree(source.files, session.files, dirs_exist_ok=True)
        with self._lock:
            try:
                self._refuse_taken(key)
            except HandleError:
                if session.files is not None:
                    shutil.rmtree(session.files, ignore_errors=True)
                raise
            self._open[key] = session
        return self._touch(session, "")

    def _refuse_taken(self, key: Key) -> None:
        for known, why in ((self._closed, "ALREADY_CLOSED"), (self._open, "ALREADY_EXISTS")):
            if key in known:
                condition = f"INVALID_CLONE_SESSION_REQUEST.TARGET_SESSION_ID_{why}"
                raise HandleError(condition, targetSessionId=key[1])

    def release(self, user_id: str, session_id: str, allow_reconnect: bool = False) -> Session | None:
        """Close the session and free what it holds; its id stays closed unless `allow_reconnect`."""
        key = (user_id, session_id)
        with self._lock:
            session = self._open.pop(key, None)
            self._used.pop(key, None)
            if session is None:
                return None
            if not allow_reconnect:
                self._closed[key] = None
                while len(self._closed) > self.tombstones:
                    self._closed.popitem(last=False)
        session.close()
        if session.files is not None:
            shutil.rmtree(session.files, ignore_errors=True)
        return session

    def idle(self, seconds: float) -> list[Session]:
        """Sessions that nobody used for so long and that run nothing, no streaming query either."""
        limit = time.monotonic() - seconds
        return [s for k, s in list(self._open.items()) if self._used.get(k, limit) < limit and not s.busy]

    def all(self) -> list[Session]:
        return list(self._open.values())

    def _touch(self, session: Session, observed: str) -> Session:
        if observed and observed != session.server_side_id:
            raise HandleError("INVALID_HANDLE.SESSION_CHANGED", handle=session.id)
        self._used[session.user_id, session.id] = time.monotonic()
        return session

    def _refuse_closed(self, user_id: str, session_id: str) -> None:
        if (user_id, session_id) in self._closed:
            raise HandleError("INVALID_HANDLE.SESSION_CLOSED", handle=session_id)
