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
    """Do a call of Go that cannot be divided.

    Python runs the handlers of signals in its main thread. A long call there is done by another one,
    so that they run at once. If one raises, the call goes on for nobody: it must hold the arrays that it
    uses, and write to none that anybody else has.
    """
    if pixels <= PIXELS_A_CALL or threading.current_thread() is not threading.main_thread():
        call()
        return
    failed: list[BaseException] = []
    done = threading.Event()

    def work() -> None:
        try:
            call()
        except BaseException as error:
            failed.append(error)
        done.set()

    thread = threading.Thread(target=work, name="backproj", daemon=True)
    thread.start()
    while not done.wait(0.1):
        if not thread.is_alive():  # but in the process that a handler forked this one from
            call()
            return
    if failed:
        raise failed[0]
