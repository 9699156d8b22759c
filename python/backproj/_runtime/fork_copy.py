"""Loading a second copy of an extension module, which shares nothing with the first.

The dynamic loader returns a library that is loaded already if the path or the inode is the same, and CPython
if the path is. A forked child inherits what they have loaded. So the child copies the module's file and loads
the copy. The copy's path contains 64 random bits, so no ancestor of the process has used it. Its inode is
free: an ancestor's libraries are mapped in this process too, and the inode of a mapped file is not reused.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from types import ModuleType

assert sys.platform != "win32"


def load_copy(origin: str, load: Callable[[str], ModuleType]) -> ModuleType:
    """Return what ``load`` makes of the path of a copy of the file ``origin``.

    The copy is deleted before this returns. The kernel keeps its content for as long as it is mapped.

    Raises
    ------
    RuntimeError
        If neither memory nor any folder holds a copy that can be executed.
    """
    with open(origin, "rb") as file:
        content = file.read()
    failed = []
    for place in ("memory", *_folders(origin)):
        try:
            with _in_memory(content) if place == "memory" else _in_folder(place, content) as path:
                return load(path)
        except (OSError, ImportError) as error:
            failed.append(f"{place} ({error})")
    raise RuntimeError(
        f"a process forked after a call of backproj loads a copy of {origin}, and none could be loaded from "
        f"{'; '.join(failed)}; allow one of these, or start workers by multiprocessing's 'spawn'"
    )


def _folders(origin: str) -> list[str]:
    """Return folders to try if no file in memory may be executed: first the package's own."""
    asked = (os.environ.get(name) for name in ("XDG_RUNTIME_DIR", "TMPDIR"))
    return list(filter(None, (os.path.dirname(origin), *asked, "/tmp", "/dev/shm")))


@contextlib.contextmanager
def _in_memory(content: bytes) -> Iterator[str]:
    if not hasattr(os, "memfd_create"):
        raise OSError("Python was built without memfd_create")
    number = os.memfd_create("backproj")
    try:
        with open(number, "wb", closefd=False) as file:
            file.write(content)
        # "/" and "/./" mean the same in a path, so a sequence of them can hold the random bits.
        dots = "".join("./" if bit == "1" else "/" for bit in f"{_random():b}")
        yield f"/proc/self/fd/{dots}{number}"
    finally:
        os.close(number)


@contextlib.contextmanager
def _in_folder(folder: str, content: bytes) -> Iterator[str]:
    path = os.path.join(folder, f".backproj-{_random():x}.so")
    number = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with open(number, "wb") as file:
            file.write(content)
        yield path
    finally:
        os.unlink(path)


def _random() -> int:
    return int.from_bytes(os.urandom(8), "big")
