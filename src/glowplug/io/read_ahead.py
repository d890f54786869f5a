"""Work on batches that does not hold the interpreter, done on other threads before it is asked for."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

In = TypeVar("In")
Out = TypeVar("Out")


def ahead(work: Callable[[In], Out], items: Iterable[In]) -> Generator[Out, None, None]:
    """`map(work, items)`, with a few of the items in work or done while one is used. They stay in order: what getting
    one raises is raised behind those before it."""
    threads = max(2, min(8, os.cpu_count() or 2))
    pool, waiting = ThreadPoolExecutor(threads, "read-ahead"), deque[Future[Out]]()
    source, failure = iter(items), None
    try:
        while True:
            try:
                item = next(source)
            except StopIteration:
                break
            except Exception as error:
                failure = error
                break
            waiting.append(pool.submit(work, item))
            while waiting and (len(waiting) > threads or waiting[0].done()):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
        if failure is not None:
            raise failure
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
