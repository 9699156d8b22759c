"""The contents of dist/: the files for PyPI."""

import re
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

import backproj
from helpers import wheels
from helpers.processes import ROOT, run

DIST = ROOT / "dist"
WHEELS = sorted(DIST.glob("backproj-*.whl"))
TAGS = [
    "manylinux2014_x86_64.manylinux_2_17_x86_64",
    "manylinux2014_aarch64.manylinux_2_17_aarch64",
    "win_amd64",
    "macosx_11_0_arm64",
    "macosx_11_0_x86_64",
]


@pytest.fixture(params=WHEELS, ids=lambda wheel: wheel.stem.rpartition("-")[2])
def wheel(request):
    return request.param


@pytest.fixture
def module(wheel, tmp_path):
    return wheels.extract_module(wheel, tmp_path)


def test_there_is_an_sdist_and_a_wheel_for_each_platform():
    names = {f"backproj-{backproj.__version__}-cp310-abi3-{tag}.whl" for tag in TAGS}
    assert {path.name for path in DIST.iterdir() if path.name[0] != "."} == {
        f"backproj-{backproj.__version__}.tar.gz",
        *names,
    }


def test_a_tagged_commit_has_the_version_of_its_tag():
    tags = subprocess.run(
        ["git", "tag", "--points-at", "HEAD", "v*"], cwd=ROOT, capture_output=True, text=True
    ).stdout.split()
    assert set(tags) <= {f"v{backproj.__version__}"}


def test_a_wheel_holds_the_package_and_nothing_else(wheel):
    wheels.assert_holds_the_package_and_nothing_else(wheel)


def test_the_module_exports_its_init_alone(wheel, module):
    wheels.assert_exports_its_init_alone(wheel, module)


def test_the_module_needs_the_c_library_and_python_alone(wheel, module):
    wheels.assert_needs_the_c_library_and_python_alone(wheel, module)


def test_the_module_is_stripped_and_names_no_path_of_the_machine_that_built_it(module):
    wheels.assert_is_stripped_and_names_no_path_of_this_machine(module)


def test_a_download_is_small(wheel):
    assert wheel.stat().st_size <= 1_300_000


def test_the_module_is_for_the_oldest_cpu_of_its_kind(module):
    assert re.findall(r"GO(?:AMD64|ARM64)=(.*)", run("go", "version", "-m", module))[0] in ("v1", "v8.0")


def test_the_licence_of_everything_inside_comes_along(wheel, module):
    with zipfile.ZipFile(wheel) as archive:
        shipped = [archive.read(name).decode() for name in archive.namelist() if "/licenses/" in name]
    modules = re.findall(r"\tdep\t(\S+)", run("go", "version", "-m", module))
    assert modules
    folders = [run("go", "list", "-m", "-f", "{{.Dir}}", name, cwd=ROOT).strip() for name in modules]
    for folder in [ROOT, run("go", "env", "GOROOT").strip(), *folders]:
        assert Path(folder, "LICENSE").read_text() in shipped, folder


def test_the_sdist_has_what_a_build_reads_and_nothing_that_it_makes():
    (sdist,) = DIST.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {"go.mod", "go.sum", "setup.py", "LICENSE", "LICENSES/go", "backproj/kernel_avx2_amd64.s"}
    assert wanted <= names
    assert not [
        name for name in names if name.endswith((".so", ".pyd")) or name.startswith(("build/", "dist/"))
    ]
