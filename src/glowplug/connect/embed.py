"""Sessions of the official client on the engine in this process."""

from __future__ import annotations

import os
from functools import partial
from threading import Thread
from typing import Any

from pyspark import find_spark_home
from pyspark.errors import IllegalArgumentException, PySparkRuntimeError
from pyspark.sql import utils
from pyspark.sql.connect.session import SparkSession as RemoteSession
from pyspark.sql.connect.streaming import query as streams
from pyspark.sql.session import SparkSession as BaseSession

from glowplug.connect.in_process import InProcess
from glowplug.errors import SparkError
from glowplug.session.session import Session

CATALOG = "spark.sql.catalogImplementation"
CREATE = RemoteSession.Builder.create  # the client's own, which `embed_builders` replaces
# The thread in which listeners hear of queries would keep a program from ending that has not stopped its session.
streams.Thread = partial(Thread, daemon=True)
# `assertDataFrameEqual` of `pyspark.testing` looks for Spark's files, which it has no use for, and ends the process
# where there are none, as beside the client alone.
HOME = os.path.dirname(find_spark_home.__file__)
if not os.path.exists(os.path.join(HOME, "bin", "spark-submit")):
    for module in (find_spark_home, utils):
        module._find_spark_home = lambda: os.environ.get("SPARK_HOME", HOME)


def new_session(options: dict[str, Any]) -> RemoteSession:
    """A client session of its own. `options` may be any settings, static ones too."""
    builder = InProcess()
    session = builder.service.sessions.get_or_create(builder.userId, builder.session_id)
    for key, value in options.items():
        try:
            session.conf.record(key, text(value))
        except SparkError as error:
            raise IllegalArgumentException(str(error)) from None
    # `pyspark.sql.functions` and others of a full PySpark ask this whether they are used through Spark Connect.
    os.environ["SPARK_CONNECT_MODE_ENABLED"] = "1"
    client: RemoteSession = CREATE(RemoteSession.builder.channelBuilder(builder))
    client.client.disable_reattachable_execute()  # there is no connection to lose
    _be_active_at_work(client)
    return client


def _be_active_at_work(session: RemoteSession) -> None:
    """A session is the active one while it runs a command, as in Spark.

    The client gives a frame that was checkpointed to the active session, and never asks which one made it.
    """
    execute, active = session.client.execute_command, RemoteSession._active_session

    def execute_command(*args: Any, **kwargs: Any) -> Any:
        before, active.session = getattr(active, "session", None), session
        try:
            return execute(*args, **kwargs)
        finally:
            active.session = before

    session.client.execute_command = execute_command


def text(value: Any) -> str:
    """A setting's value as text: Python's True is Spark's `true`."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def embed_builders() -> None:
    """Make every `SparkSession.builder` of this process build embedded sessions, whatever master or remote it names.

    For programs that are run unmodified. All settings are accepted for the first session; an existing one takes
    those that can still be changed, as in Spark.
    """
    os.environ.pop("SPARK_REMOTE", None)  # a builder with a master would refuse to work next to it

    def create(self: Any) -> RemoteSession:
        return new_session(self._options)

    def get_or_create(self: Any) -> RemoteSession:
        try:
            client = RemoteSession.active()
        except PySparkRuntimeError:  # there is none
            return create(self)
        builder = client.client._builder
        if isinstance(builder, InProcess):
            update(builder.service.sessions.get(builder.userId, builder.session_id), self._options)
        return client

    for cls in (BaseSession.Builder, RemoteSession.Builder):
        cls.create, cls.getOrCreate = create, get_or_create
    # The client's own builder drops the first and refuses the second.
    RemoteSession.Builder.master = lambda self, master: self.config("spark.master", master)
    RemoteSession.Builder.enableHiveSupport = lambda self: self.config(CATALOG, "hive")


def update(session: Session, options: dict[str, Any]) -> None:
    """Change the settings of a session that can be changed, and leave the others."""
    for key, value in options.items():
        try:
            session.conf.set(key, text(value))
        except SparkError as error:
            if not error.condition.startswith("CANNOT_MODIFY"):
                raise IllegalArgumentException(str(error)) from None
