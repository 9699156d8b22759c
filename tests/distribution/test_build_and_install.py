"""What is installed: the sdist, the wheel made of it, and the extension module inside."""

import email
import os
import re
import shutil
import subprocess
import sys
import zipfile

import pytest

import backproj
from helpers import wheels
from helpers.processes import ROOT, pythons, run, venv

pytestmark = pytest.mark.slow  # each builds or installs a package

SMOKE = """
import sys, numpy as np, backproj
frame = np.zeros((48, 64, 3), np.uint8)
frame[10:20, 30:40] = 30, 60, 220
assert "site-packages" in backproj.__file__, backproj.__file__
prob = backproj.back_project(frame, frame[12:18, 32:38])
assert prob.shape == (48, 64) and prob.sum() == 100 * 255
print(sys.version.split()[0], np.__version__, backproj.info()["kernel"])
"""


@pytest.fixture(scope="module")
def module(wheel, tmp_path_factory):
    return wheels.extract_module(wheel, tmp_path_factory.mktemp("module"))


def test_one_wheel_serves_every_cpython_from_3_10(wheel):
    assert re.fullmatch(r"backproj-[\d.]+-cp310-abi3-linux_\w+\.whl", wheel.name)


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    wheels.assert_holds_the_package_and_nothing_else(wheel)


def test_the_module_exports_its_init_alone(wheel, module):
    wheels.assert_exports_its_init_alone(wheel, module)


def test_the_module_needs_the_c_library_alone(wheel, module):
    wheels.assert_needs_the_c_library_and_python_alone(wheel, module)


def test_the_module_is_stripped_and_names_no_path_of_the_machine_that_built_it(module):
    wheels.assert_is_stripped_and_names_no_path_of_this_machine(module)


@pytest.mark.parametrize("version", pythons())
def test_the_wheel_works_on_this_cpython(version, installed, tmp_path):
    assert run(installed(version), "-W", "error", "-c", SMOKE, cwd=tmp_path).startswith(version)


@pytest.mark.parametrize("source", ["folder", "sdist"])
def test_pip_installs_from_source(source, dist, tmp_path):
    path = ROOT if source == "folder" else next(dist.glob("*.tar.gz"))
    python = venv(tmp_path / "venv", sys.executable, path)
    run(python, "-W", "error", "-c", SMOKE, cwd=tmp_path)


def test_two_wheels_can_be_built_at_once_in_one_folder_and_list_the_same_parts(tmp_path):
    builds = [
        subprocess.Popen(
            [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, ROOT],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for folder in (tmp_path / "one", tmp_path / "other")
    ]
    assert [(build.communicate(timeout=600)[0], build.returncode) for build in builds] == [("", 0)] * 2
    both = [zipfile.ZipFile(wheel) for wheel in tmp_path.glob("*/*.whl")]
    contents = [archive.namelist() for archive in both]
    assert len(contents) == 2
    assert contents[0] == contents[1]
    (listed,) = (name for name in contents[0] if name.endswith("/sboms/go.cdx.json"))
    assert both[0].read(listed) == both[1].read(listed)


FROZEN = """
import sys, numpy as np, backproj
frame = np.full((4, 4, 3), (30, 60, 220), np.uint8)
assert backproj.back_project(frame, frame).min() == 255
assert "<img" in backproj.Histogram(frame)._repr_html_()
print(sys.frozen, backproj.__version__)
"""


def test_pyinstaller_makes_a_program_of_a_script(wheel, tmp_path):
    python = venv(tmp_path / "venv", sys.executable, "--only-binary=numpy", wheel, "pyinstaller>=6.10")
    (tmp_path / "program.py").write_text(FROZEN)
    run(python, "-m", "PyInstaller", "--log-level=ERROR", "program.py", cwd=tmp_path)
    assert run(tmp_path / "dist" / "program" / "program") == f"True {backproj.__version__}\n"


@pytest.mark.parametrize(
    ("there", "opencv", "says"),
    [
        ([], "0", "building backproj needs Go 1.26 or later, and there is no 'go' on PATH"),
        (["go"], "0", "building backproj needs a C compiler"),
        (["go", "gcc"], "1", "BACKPROJ_OPENCV=1 needs a C++ compiler"),
        (
            ["go", "gcc", "g++"],
            "1",
            "BACKPROJ_OPENCV=1 needs OpenCV 4.6 or later, and there is no pkg-config",
        ),
    ],
    ids=["no Go", "no C compiler", "no C++ compiler", "no OpenCV"],
)
def test_a_build_without_its_tools_says_in_one_line_what_it_needs(there, opencv, says, tmp_path):
    for tool in there:
        (tmp_path / tool).symlink_to(shutil.which(tool))
    environment = {name: value for name, value in os.environ.items() if name not in ("CC", "CXX")}
    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--no-deps", "-w", tmp_path, ROOT],
        capture_output=True,
        text=True,
        env=environment | {"PATH": str(tmp_path), "BACKPROJ_OPENCV": opencv},
        timeout=600,
    )
    assert done.returncode != 0
    (line,) = {line.strip() for line in (done.stdout + done.stderr).splitlines() if says in line}
    assert line.startswith("error: ")


FREE_THREADED = """
import runpy, sys, sysconfig
sysconfig.get_config_vars()["Py_GIL_DISABLED"] = 1
sys.argv = ["setup.py", *sys.argv[1:]]
runpy.run_path("setup.py", run_name="__main__")
"""


# What pip asks for first of an sdist; a build in place; and an editable installation.
@pytest.mark.parametrize("command", [["dist_info"], ["build_ext", "--inplace"], ["editable_wheel"]])
def test_a_free_threaded_cpython_is_told_in_one_line_that_there_is_nothing_for_it(command, tmp_path):
    python = venv(tmp_path / "venv", sys.executable, "setuptools==84.2.1")
    (tmp_path / "code.py").write_text(FREE_THREADED)
    done = subprocess.run(
        [python, tmp_path / "code.py", *command], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode != 0
    *_, line = done.stderr.splitlines()
    assert line.startswith("error: backproj is not for free-threaded CPython, such as this 3.")


def test_an_old_go_is_named(tmp_path):
    go = tmp_path / "go"
    go.write_text("#!/bin/sh\nprintf 'go1.19.8\\ngcc\\n'\n")
    go.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--no-deps", "-w", tmp_path, ROOT],
        capture_output=True,
        text=True,
        timeout=600,
        env=os.environ | {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
    )
    assert done.returncode != 0
    assert (
        "building backproj needs Go 1.26 or later, and 'go' on PATH is go1.19.8" in done.stdout + done.stderr
    )


def test_links_of_the_description_lead_somewhere_on_pypi_too(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = email.message_from_bytes(archive.read(name))
    assert metadata["Description-Content-Type"] == "text/markdown"
    repository = "https://github.com/backproj/backproj"
    links = re.findall(r"\]\(([^)]+)\)", metadata.get_payload())
    assert f"{repository}/raw/main/docs/prob.png" in links
    assert f"{repository}/blob/main/docs/from_cv2.md" in links
    assert [link for link in links if not link.startswith(repository)] == []
