"""Compiles C for macOS by zig, and links modules by LLVM's ld64.lld: a CC for Go, where there is no Mac.

usage: python cc.py arm64|x86_64 ARGUMENTS OF CLANG...

zig's own linker ignores -exported_symbols_list, and adds LC_LOAD_DYLINKER, which is for programs.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import ziglang

ZIG_TARGETS = {"arm64": "aarch64-macos.11.0", "x86_64": "x86_64-macos.11.0"}
MINIMUM = "11.0"

# Where Debian's and Ubuntu's package lld-19 has it. Another version would make other bytes.
LINKER = "/usr/lib/llvm-19/bin/ld64.lld"

# What Go passes when it links, and ld64.lld needs not: options of compilations; frameworks and
# libraries of Go's os package, of which the modules use nothing.
IGNORED = {"-dynamiclib", "-m64", "-g", "-O2", "-w", "-fPIC", "-pthread", "-lpthread", "-lresolv"}
IGNORED_WITH_VALUE = {"-arch", "-framework"}


def linker_arguments(arguments: list[str]) -> list[str]:
    """Return the arguments of ld64.lld for arguments of clang."""
    found = []
    rest = iter(arguments)
    for argument in rest:
        if argument in IGNORED_WITH_VALUE:
            next(rest)
        elif argument == "-o":
            found += [argument, next(rest)]
        elif argument.startswith("-Wl,"):
            found += argument.removeprefix("-Wl,").split(",")
        elif not argument.startswith("-"):
            found.append(argument)
        elif argument not in IGNORED:
            sys.exit(f"{sys.argv[0]}: what {argument} means for ld64.lld is not known")
    return found


def link(architecture: str, arguments: list[str]) -> int:
    """Link a module, and return the exit status."""
    # zig's list of libSystem's symbols has a variant of arm64 in its place, and one that LLVM does not know.
    system = Path(ziglang.__file__).with_name("lib") / "libc" / "darwin" / "libSystem.tbd"
    with tempfile.TemporaryDirectory() as folder:
        stub = Path(folder, "libSystem.tbd")
        text = re.sub(r",\s*arm64e\.x1-\w+", "", system.read_text())
        stub.write_text(text.replace("arm64e-", "arm64-"))
        target = ["-arch", architecture, "-platform_version", "macos", MINIMUM, MINIMUM]
        command = [LINKER, "-dylib", "-dead_strip", *target, *linker_arguments(arguments), str(stub)]
        return subprocess.call(command)


if __name__ == "__main__":
    architecture, *arguments = sys.argv[1:]
    if "-dynamiclib" in arguments:
        sys.exit(link(architecture, arguments))
    zig = [sys.executable, "-m", "ziglang", "cc", "-target", ZIG_TARGETS[architecture]]
    sys.exit(subprocess.call([*zig, *arguments]))
