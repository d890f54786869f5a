"""A worker process: runs the tasks that come through its socket, one after another."""

from __future__ import annotations

import os
import socket

from glowplug.execute.python.channel import ChannelClosed, SocketChannel
from glowplug.execute.python.shared import Shared


def work(sock: socket.socket, batches: int) -> None:
    """Until the engine hangs up, or a task leaves the process in an unknown state."""
    from glowplug.execute.python.evaluate import serve

    channel = SocketChannel(sock, Shared(batches, 1))
    os.close(batches)
    try:
        while serve(channel, channel.get()):
            pass
    except ChannelClosed:
        pass
