"""Iterators that run ahead in another thread."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

# How many decoded frames wait for their turn: enough to keep both sides busy, and 25 MB at most in 1080p.
_PREFETCHED = 4


@contextlib.contextmanager
def prefetch(items: Iterator[T]) -> Iterator[Iterator[T]]:
    """Run an iterator a few items ahead in another thread, which has stopped when the block ends."""
    with ThreadPoolExecutor(1, "prefetch") as thread:
        pending = deque(thread.submit(next, items, None) for _ in range(_PREFETCHED))

        def results() -> Iterator[T]:
            while (item := pending.popleft().result()) is not None:
                pending.append(thread.submit(next, items, None))
                yield item

        try:
            yield results()
        finally:
            thread.shutdown(cancel_futures=True)
