"""What can be seen of the modules for macOS without a Mac."""

import lief
import pytest

from helpers import wheels
from helpers.code_signature import ADHOC, code_directory, page_hashes
from helpers.processes import ROOT

Command = lief.MachO.LoadCommand.TYPE
CPU = {"arm64": lief.MachO.Header.CPU_TYPE.ARM64, "x86_64": lief.MachO.Header.CPU_TYPE.X86_64}
# BIND_SPECIAL_DYLIB_FLAT_LOOKUP of Apple's mach-o/loader.h.
FLAT_LOOKUP = -2


@pytest.fixture(params=CPU)
def architecture(request):
    return request.param


@pytest.fixture
def path(architecture, tmp_path):
    (wheel,) = (ROOT / "dist").glob(f"backproj-*-macosx_11_0_{architecture}.whl")
    return wheels.extract_module(wheel, tmp_path)


@pytest.fixture
def module(path):
    return lief.parse(path)


def commands(module):
    return [command.command for command in module.commands]


def test_the_module_is_a_library_of_its_architecture_alone(path, architecture):
    (module,) = lief.MachO.parse(path)
    assert module.header.cpu_type == CPU[architecture]
    assert module.header.file_type == lief.MachO.Header.FILE_TYPE.DYLIB


def test_its_layout_is_one_that_macos_loads(module):
    assert lief.MachO.check_layout(module) == (True, "")


def test_it_runs_on_the_oldest_macos_that_the_tag_promises(module):
    assert module.build_version.platform == lief.MachO.BuildVersion.PLATFORMS.MACOS
    assert module.build_version.minos[:2] == [11, 0]


def test_its_install_name_has_no_path_of_the_build(module):
    (name,) = (library.name for library in module.libraries if library.command == Command.ID_DYLIB)
    assert name == "@rpath/_native.abi3.so"


@pytest.mark.parametrize("command", [Command.LOAD_DYLINKER, Command.RPATH, Command.MAIN])
def test_it_has_no_command_that_is_for_programs(command, module):
    assert command not in commands(module)


def test_it_looks_up_python_alone_in_all_that_is_loaded(module):
    flat = {
        binding.symbol.name
        for binding in module.bindings
        if binding.has_symbol and binding.library_ordinal == FLAT_LOOKUP
    }
    assert "_PyModule_Create2" in flat
    assert {name for name in flat if not name.startswith(("_Py", "__Py"))} == set()


def test_arm64_has_an_ad_hoc_signature_of_what_is_in_the_file(tmp_path):
    (wheel,) = (ROOT / "dist").glob("backproj-*-macosx_11_0_arm64.whl")
    path = wheels.extract_module(wheel, tmp_path)
    signature = lief.parse(path).code_signature
    directory = code_directory(bytes(signature.content))
    assert directory.flags & ADHOC
    assert directory.limit == signature.data_offset
    assert directory.hashes == page_hashes(path.read_bytes(), directory)


def test_x86_64_is_not_signed_for_go_changes_the_file_after_linking(tmp_path):
    (wheel,) = (ROOT / "dist").glob("backproj-*-macosx_11_0_x86_64.whl")
    assert Command.CODE_SIGNATURE not in commands(lief.parse(wheels.extract_module(wheel, tmp_path)))
