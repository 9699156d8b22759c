"""What is true of every wheel, whether built for the tests or for PyPI."""

import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import lief

from helpers.processes import ROOT, run


@dataclass(frozen=True)
class Platform:
    """What the module of a wheel is called there, what it exports, and the libraries that it may need."""

    module: str
    export: str
    libraries: set[str]


LINUX = Platform("backproj/_native.abi3.so", "PyInit__native", {"libc.so.6", "libpthread.so.0", "libdl.so.2"})
WINDOWS = Platform(
    "backproj/_native.pyd",
    "PyInit__native",
    {
        "python3.dll",
        "KERNEL32.dll",
        *(f"api-ms-win-crt-{part}-l1-1-0.dll" for part in ("heap", "runtime", "stdio")),
    },
)
MACOS = Platform("backproj/_native.abi3.so", "_PyInit__native", {"/usr/lib/libSystem.B.dylib"})
# By the start of a wheel's platform tag.
PLATFORMS = {"linux": LINUX, "manylinux": LINUX, "win": WINDOWS, "macosx": MACOS}


def platform_of(wheel):
    """Return the platform of a wheel, by its name."""
    tag = wheel.stem.rpartition("-")[2]
    (platform,) = (platform for start, platform in PLATFORMS.items() if tag.startswith(start))
    return platform


def extract_module(wheel, folder):
    """Return the path of a wheel's extension module, unpacked into a folder."""
    with zipfile.ZipFile(wheel) as archive:
        return Path(archive.extract(platform_of(wheel).module, folder))


def assert_holds_the_package_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name and name[-1] != "/"}
    tracked = run("git", "ls-files", "--cached", "--others", "--exclude-standard", ".", cwd=ROOT / "python")
    assert names == {*tracked.split(), platform_of(wheel).module}


def exports(module):
    """Return the names of what a module exports."""
    parsed = lief.parse(module)
    if isinstance(parsed, lief.PE.Binary):
        return [entry.name for entry in parsed.get_export().entries]
    return [symbol.name for symbol in parsed.exported_symbols]


def libraries(module):
    """Return the names of the libraries that a module needs."""
    parsed = lief.parse(module)
    if isinstance(parsed, lief.MachO.Binary):
        own = lief.MachO.LoadCommand.TYPE.ID_DYLIB
        return {library.name for library in parsed.libraries if library.command != own}
    return set(parsed.libraries)


def run_paths(module):
    """Return the folders in which a module would look for libraries."""
    parsed = lief.parse(module)
    if not isinstance(parsed, lief.ELF.Binary):
        return []
    tags = (lief.ELF.DynamicEntry.TAG.RPATH, lief.ELF.DynamicEntry.TAG.RUNPATH)
    return [str(entry) for entry in parsed.dynamic_entries if entry.tag in tags]


def assert_exports_its_init_alone(wheel, module):
    assert exports(module) == [platform_of(wheel).export]


def assert_needs_the_c_library_and_python_alone(wheel, module):
    assert libraries(module) <= platform_of(wheel).libraries
    assert run_paths(module) == []


def assert_is_stripped_and_names_no_path_of_this_machine(module):
    content = module.read_bytes()
    assert b".debug_info" not in content
    assert b".symtab" not in content
    for path in (ROOT, Path.home(), Path(sys.prefix)):
        assert str(path).encode() not in content


def assert_is_valid_cyclonedx(text):
    # Not above: tests of a wheel on other CPythons have no validator.
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    assert error is None, error
