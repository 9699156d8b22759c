"""Which kernel runs: the fastest of this machine, or the one that the environment forces."""

from __future__ import annotations

import functools
import os

from backproj._runtime import loader
from backproj._validate.arrays import shown


@functools.cache
def kernels() -> tuple[str, ...]:
    """Return the names of the kernels that run on this machine, fastest first."""
    return tuple(loader.load("_native").binding_Kernels().split(","))


@functools.cache
def _forced() -> str:
    """Return what BACKPROJ_KERNEL was at the first call, or "": all calls of a process run one kernel."""
    return os.environ.get("BACKPROJ_KERNEL", "")


@functools.cache
def default_kernel() -> str:
    """Return the kernel of calls that name none, or raise ValueError if this machine has no such."""
    if _forced() and _forced() not in kernels():
        raise ValueError(
            f"the environment's BACKPROJ_KERNEL must be one of {', '.join(kernels())}, which run on this "
            f"machine, not {shown(_forced())}; unset it for the fastest"
        )
    return _forced() or kernels()[0]


@functools.cache
def kernel_number(kernel: str) -> int:
    """Return the binding's number of a kernel, or raise ValueError if this machine has no such."""
    if kernel not in kernels():
        raise ValueError(f"kernel must be one of {', '.join(kernels())}, not {shown(kernel)}")
    return kernels().index(kernel)


def kernel_and_reason() -> tuple[str | None, str]:
    """Return the default kernel and why it is that one, or None and why there is none."""
    try:
        kernel = default_kernel()
    except ValueError as error:
        return None, str(error)
    return kernel, "forced by BACKPROJ_KERNEL" if _forced() else "the fastest this CPU runs"
