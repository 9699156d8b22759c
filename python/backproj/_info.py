"""What this build is and does on this machine."""

from __future__ import annotations

from typing import TypedDict

from backproj import _extension
from backproj._engines import Engine, engines
from backproj._threads import check_threads


class Info(TypedDict):
    """What `info` returns."""

    version: str
    kernel: str
    kernels: list[str]
    threads: int
    engines: list[Engine]


def info() -> Info:
    """Return what this build is and does on this machine.

    Returns
    -------
    dict
        ``version``; ``kernel``, the code in use for this CPU, of ``kernels``, those that run on it,
        fastest first; ``threads``, the greatest number of threads of a call; ``engines``.

    Examples
    --------
    >>> import backproj
    >>> "generic" in backproj.info()["kernels"]
    True
    """
    from backproj import __version__

    native = _extension.load("_native")
    kernels = native.binding_Kernels().split(",")
    return Info(
        version=__version__,
        kernel=kernels[0],
        kernels=kernels,
        threads=check_threads(None) or native.binding_Threads(),
        engines=engines(),
    )
