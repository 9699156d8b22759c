"""Loading an extension module once more, as a library that shares nothing with the one loaded before.

The dynamic loader takes two files for one library if their paths are equal, by letter, or their inodes
are; CPython goes by the path. What it knows of, a forked child inherits. So the module's file is copied,
and the copy's path has 64 random bits: no process that this one descends from has used it, whatever
became of their ids and of their file descriptors since. Nor can the inode be one of theirs, for what they
loaded is mapped here too, and an inode that is mapped is not free.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
from collections.abc import Iterator
from importlib.machinery import ExtensionFileLoader, ModuleSpec
from types import ModuleType


def load(name: str, origin: str) -> ModuleType:
    """Return a new module of that name, loaded from a copy of the file ``origin``.

    The copy has no name in any folder when this returns. The kernel keeps it as long as the process
    has it mapped.

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
                return _module(name, path, origin)
        except (OSError, ImportError) as error:
            failed.append(f"{place} ({error})")
    raise RuntimeError(
        f"a process forked after a call of backproj loads a copy of {name}, and none could be loaded from "
        f"{'; '.join(failed)}; let it use one of these, or start workers by multiprocessing's 'spawn'"
    )


def _folders(origin: str) -> list[str]:
    """Return where files may be executed if memory may not: first of all where this one was."""
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
        # A path may have any number of slashes and of dots between them. Here they are the random bits.
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


def _module(name: str, path: str, origin: str) -> ModuleType:
    loader = ExtensionFileLoader(name, path)
    spec = ModuleSpec(name, loader, origin=path)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    # For whoever asks where it is from: the path is about to be nobody's.
    module.__file__ = spec.origin = origin
    return module
