"""What this build is and does on this machine."""

from __future__ import annotations

from typing import TypedDict

from backproj._engine.engines import engines
from backproj._engine.kernels import kernel_and_reason, kernels
from backproj._runtime import loader
from backproj._validate.threads import check_threads
from backproj.typing import Engine


class Info(TypedDict):
    """What `info` returns."""

    version: str
    kernel: str | None
    kernel_reason: str
    kernels: list[str]
    threads: int
    engines: list[Engine]


def info() -> Info:
    """Return what this build is and does on this machine.

    Returns
    -------
    dict
        ``version``; ``kernel``, the code in use, and ``kernel_reason``, why that; ``kernels``, those
        that run on this CPU, fastest first; ``threads``, the greatest number of threads of a call;
        ``engines``.

    Notes
    -----
    The kernel is the fastest, unless ``BACKPROJ_KERNEL`` in the environment names another, for all calls
    of the native engine. The first call reads that, and a change later has no effect. If it names none of
    ``kernels``, calls raise a ValueError, ``kernel`` is None, and ``kernel_reason`` says what is wrong.

    Examples
    --------
    >>> import backproj
    >>> "generic" in backproj.info()["kernels"]
    True
    """
    from backproj import __version__

    native = loader.load("_native")
    kernel, reason = kernel_and_reason()
    return Info(
        version=__version__,
        kernel=kernel,
        kernel_reason=reason,
        kernels=list(kernels()),
        threads=check_threads(None) or native.binding_Threads(),
        engines=engines(),
    )
