"""What is true of every wheel, whether built for the tests or for PyPI."""

import re
import shutil
import sys
import zipfile
from pathlib import Path

import pytest

from helpers.processes import ROOT, run

needs_readelf = pytest.mark.skipif(not shutil.which("readelf"), reason="needs binutils")


def extract_module(wheel, folder):
    """Return the path of a wheel's extension module, unpacked into a folder."""
    with zipfile.ZipFile(wheel) as archive:
        return Path(archive.extract("backproj/_native.abi3.so", folder))


def assert_holds_the_package_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name and name[-1] != "/"}
    tracked = run("git", "ls-files", "--cached", "--others", "--exclude-standard", ".", cwd=ROOT / "python")
    assert names == {*tracked.split(), "backproj/_native.abi3.so"}


def assert_exports_its_init_alone_and_needs_the_c_library_alone(module):
    symbols = [line.split() for line in run("readelf", "--dyn-syms", "--wide", module).splitlines()]
    assert [s[7] for s in symbols if len(s) > 7 and s[4] == "GLOBAL" and s[6] != "UND"] == ["PyInit__native"]
    dynamic = run("readelf", "--dynamic", module)
    assert set(re.findall(r"NEEDED.*\[(.*)\]", dynamic)) <= {"libc.so.6", "libpthread.so.0", "libdl.so.2"}
    assert "RPATH" not in dynamic
    assert "RUNPATH" not in dynamic


def assert_is_stripped_and_names_no_path_of_this_machine(module):
    content = module.read_bytes()
    assert b".debug_info" not in content
    assert b".symtab" not in content
    for path in (ROOT, Path.home(), Path(sys.prefix)):
        assert str(path).encode() not in content
