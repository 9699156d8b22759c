"""The systems that setup.py builds modules for, and what differs between them.

A module is for the machine that builds it, unless BACKPROJ_TARGET_CC names a compiler for another one. Then
_PYTHON_HOST_PLATFORM, of which the wheel's tag is made too, says for which: scripts/build-wheels sets both.
"""

from __future__ import annotations

import os
import platform
import re
import shlex
import shutil
import sysconfig
from collections.abc import Callable, Mapping
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parent

# What Python calls architectures, as Go calls them, and as dlltool does.
GOARCH = {"amd64": "amd64", "x86_64": "amd64", "arm64": "arm64", "aarch64": "arm64"}
DLLTOOL_MACHINE = {"amd64": "i386:x86-64", "arm64": "arm64"}

# Runs a command in the folder of the sources, and returns its output.
Run = Callable[..., str]


class Target:
    """What is common to systems with ELF, of which Linux is the only one that was tried."""

    goos = "linux"
    suffix = ".abi3.so"
    # What to install where there is no C compiler.
    compilers = "such as gcc 8 or clang 7 or later"

    def __init__(self, machine: str) -> None:
        self.goarch = GOARCH.get(machine.lower(), machine)

    def headers(self, folder: Path) -> Path:
        """Return the folder of Python.h. If it has to be made, it is made in ``folder``."""
        return Path(sysconfig.get_paths()["include"])

    def link_flags(self, symbol: str, source: Path, run: Run) -> str:
        """Return the linker's flags for a module that exports one symbol.

        ``source`` is the module's C source. Files that the flags name are put beside it; ``run`` runs there
        what it is given, with the environment that the module is compiled in.
        """
        exports = written(source.with_name("exports.map"), f"{{ global: {symbol}; local: *; }};")
        # -s again: Go passes its own -s, and then a -g, with which zig keeps the symbols.
        return quoted("-s", f"-Wl,--version-script={exports}")


class MacOS(Target):
    """macOS, where the dynamic linker finds Python's symbols in the process."""

    goos = "darwin"
    compilers = "such as clang of Xcode's command line tools (xcode-select --install)"

    def link_flags(self, symbol: str, source: Path, run: Run) -> str:
        exports = written(source.with_name("exports.txt"), f"_{symbol}")
        # The install name would be the path that the module is linked at.
        name = f"-Wl,-install_name,@rpath/{symbol.removeprefix('PyInit_')}{self.suffix}"
        return quoted("-Wl,-undefined,dynamic_lookup", f"-Wl,-exported_symbols_list,{exports}", name)


class Windows(Target):
    """Windows, with the tools of GNU, LLVM or zig. Python's symbols are those of python3.dll."""

    goos = "windows"
    suffix = ".pyd"
    compilers = "gcc of MinGW-w64, or zig (pip install ziglang, and set CC to 'python -m ziglang cc')"

    def headers(self, folder: Path) -> Path:
        # CPython's headers are the same on all systems, but for pyconfig.h, which must be beside Python.h.
        include = folder / "include"
        shutil.copytree(sysconfig.get_paths()["include"], include, dirs_exist_ok=True)
        shutil.copy(SCRIPTS / "windows" / "pyconfig.h", include)
        return include

    def link_flags(self, symbol: str, source: Path, run: Run) -> str:
        exports = written(source.with_name("exports.def"), "EXPORTS", symbol)
        compiler = words(run("go", "env", "CC"))
        # Go splits these flags at spaces, except in quotes, as a shell does.
        flags = words(run("go", "env", "CGO_CFLAGS"))
        names = declared_by_python(run(*compiler, *flags, "-E", "-P", source.name))
        written(source.with_name("python3.def"), "LIBRARY python3.dll", "EXPORTS", *names)
        machine = DLLTOOL_MACHINE[self.goarch]
        run(*dlltool(compiler), "-m", machine, "-d", "python3.def", "-l", "libpython3.a")
        return quoted("-s", exports, source.with_name("libpython3.a"))


def written(path: Path, *lines: str) -> Path:
    """Write lines to a file, and return its path."""
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def quoted(*flags: str | Path) -> str:
    """Join flags as Go splits them: it knows quotes around a whole flag alone. Paths may have spaces."""
    return " ".join(f'"{flag}"' for flag in flags)


def declared_by_python(source: str) -> list[str]:
    """Return what preprocessed C source declares of Python's, as lines of a module-definition file.

    All of it can be in an import library: what the module does not use is not imported.
    """
    declared = re.findall(r"\bdllimport\b[^;{}]*?\b(_?Py\w*)\s*([(;\[])", source)
    return [f"{name} DATA" if after != "(" else name for name, after in declared]


def dlltool(compiler: list[str]) -> list[str]:
    """Return the command dlltool of the tools that a compiler belongs to."""
    if "cc" in compiler:  # zig cc, python -m ziglang cc
        return [*compiler[: compiler.index("cc")], "dlltool"]
    folder, name = os.path.split(compiler[0])
    prefix = re.match(r"(.*-)?", name)[0]  # of x86_64-w64-mingw32-gcc
    return [os.path.join(folder, f"{prefix}dlltool")]


def words(command: str) -> list[str]:
    """Return the words of a command. On Windows its paths may have backslashes."""
    return shlex.split(command.replace("\\", "/") if os.name == "nt" else command)


def host() -> Target:
    """Return the system of the machine that builds."""
    kind = {"Darwin": MacOS, "Windows": Windows}.get(platform.system(), Target)
    return kind(platform.machine())


def target(environment: Mapping[str, str]) -> tuple[Target, dict[str, str]]:
    """Return what the modules are built for, and the environment variables that tell Go."""
    if "BACKPROJ_TARGET_CC" not in environment:
        return host(), {}
    system, _, machine = environment["_PYTHON_HOST_PLATFORM"].partition("-")
    kind = {"macosx": MacOS, "win": Windows}.get(system, Target)
    chosen = kind(machine.rpartition("-")[2])
    return chosen, {"CC": environment["BACKPROJ_TARGET_CC"], "GOOS": chosen.goos, "GOARCH": chosen.goarch}
