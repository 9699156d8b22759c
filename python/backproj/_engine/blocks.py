"""How much one call of Go does: Ctrl-C and other signals are seen between the calls."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

# A pixel takes from 0.2 ns to 40 ns: by the kernel, by the layout, and by how far apart the pixels lie in
# memory. So the time of one block says how large the next may be.
_SECONDS = 0.04

# Of the first block, and of a call that is not paced: 80 ms at worst. A frame of 1920×1080 is one.
PIXELS_A_CALL = 1 << 21

# Of any other. Larger ones would be no faster.
_MOST = 1 << 24


def blocks(height: int, width: int, planes: int = 1) -> Iterator[tuple[int, int, int, int]]:
    """Yield blocks that together are all pixels: the first row, the number of rows, and so the columns.

    What is done with a block, for so many planes, takes about 40 ms if it is done before the next
    block is asked for.
    """
    if height * width * planes <= PIXELS_A_CALL:
        yield 0, height, 0, width
        return
    widest = max(1, PIXELS_A_CALL // planes)
    for x in range(0, width, widest):
        columns = min(widest, width - x)
        rows = max(1, PIXELS_A_CALL // (columns * planes))
        most = max(1, _MOST // (columns * planes))
        y = 0
        while y < height:
            rows = min(rows, height - y)
            start = time.perf_counter()
            yield y, rows, x, columns
            seconds = max(time.perf_counter() - start, 1e-6)
            y += rows
            rows = max(1, min(most, int(rows * _SECONDS / seconds)))


def undivided(call: Callable[[], object], pixels: int) -> None:
    """Make a call of Go that cannot be divided into blocks.

    Python runs signal handlers in the main thread, between calls. So a long call of the main thread is made
    in another thread, if one can be started. If a handler raises meanwhile, the call finishes in the
    background and its result is discarded: it must keep its arrays alive, and write to none of the caller's.
    """
    if pixels <= PIXELS_A_CALL or threading.current_thread() is not threading.main_thread():
        call()
        return
    outcome: list[BaseException | None] = []

    def work() -> None:
        try:
            call()
            outcome.append(None)
        except BaseException as error:
            outcome.append(error)

    thread = threading.Thread(target=work, name="backproj", daemon=True)
    try:
        thread.start()
    except RuntimeError:  # at a limit of threads, or while the interpreter shuts down
        call()
        return
    while thread.is_alive():
        thread.join(0.1)
    if not outcome:  # a signal handler forked, and the child does not have the thread
        call()
    elif outcome[0] is not None:
        raise outcome[0]
