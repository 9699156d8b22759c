"""Which kernel runs: the fastest of this machine, or one that the environment or a block of code asks for."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Iterator

from backproj._runtime import loader
from backproj._validate.messages import short_repr

_forced: int | None = None  # the number of the kernel that `force` asks for


@functools.cache
def kernels() -> tuple[str, ...]:
    """Return the names of the kernels that run on this machine, fastest first."""
    return tuple(loader.load("_native").binding_Kernels().split(","))


@functools.cache
def _from_environment() -> str:
    """Return BACKPROJ_KERNEL as it was at the first call, or "": a change later has no effect."""
    return os.environ.get("BACKPROJ_KERNEL", "")


@functools.cache
def default_kernel() -> str:
    """Return the kernel that calls use, or raise ValueError if the environment names one that cannot run."""
    kernel = _from_environment() or kernels()[0]
    if kernel not in kernels():
        raise ValueError(
            f"the environment's BACKPROJ_KERNEL must be one of {', '.join(kernels())}, which run on this "
            f"machine, not {short_repr(kernel)}; unset it for the fastest"
        )
    return kernel


def kernel_and_reason() -> tuple[str | None, str]:
    """Return the default kernel and why it is the default; or None and why there is none."""
    try:
        kernel = default_kernel()
    except ValueError as error:
        return None, str(error)
    return kernel, "forced by BACKPROJ_KERNEL" if _from_environment() else "the fastest this CPU runs"


def kernel_number() -> int:
    """Return the binding's number of the kernel to run."""
    return _default_number() if _forced is None else _forced


@functools.cache
def _default_number() -> int:
    return kernels().index(default_kernel())


def force(kernel: str | None) -> None:
    """Have all calls of this process run a kernel from now on, or the default one for None.

    It is for comparing kernels: results do not depend on the kernel.
    """
    global _forced
    if kernel is not None and kernel not in kernels():
        raise ValueError(f"kernel must be one of {', '.join(kernels())}, not {short_repr(kernel)}")
    _forced = None if kernel is None else kernels().index(kernel)


@contextlib.contextmanager
def forced(kernel: str) -> Iterator[None]:
    """Have all calls run a kernel while the block runs, those of other threads too."""
    global _forced
    before = _forced
    force(kernel)
    try:
        yield
    finally:
        _forced = before
