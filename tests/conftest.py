"""What many tests use: pictures, all of them BGR, and what is to be installed."""

import functools
import importlib.util
import signal
import subprocess
import sys

import numpy as np
import pytest

from helpers import go_calls
from helpers.processes import ROOT, pythons, run, venv

# Doctests are looked for in every module, which is imported for it. There are none here.
collect_ignore = ["helpers", "programs"]


def pytest_configure(config):
    """Have cv2 judge by OpenCV's reference arithmetic, whatever its build does; skip what Windows lacks."""
    if sys.platform == "win32":
        from helpers import windows_skips

        config.pluginmanager.register(windows_skips)
    # Tests of numpy alone run where there is no cv2.
    if importlib.util.find_spec("cv2") is not None:
        from helpers import reference_cv2

        reference_cv2.install()


def pytest_collection_modifyitems(items):
    """Mark the tests of every colour."""
    for item in items:
        if "all_colours" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.exhaustive)


@pytest.fixture(scope="session", autouse=True)
def interruptible():
    """Interrupts raise KeyboardInterrupt, even if a shell runs pytest in the background, deaf to SIGINT."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def all_colours():
    """Every one of the 2^24 colours, once."""
    pixels = np.arange(1 << 24, dtype="<u4").view(np.uint8).reshape(4096, 4096, 4)
    return np.ascontiguousarray(pixels[..., :3])


@pytest.fixture(scope="session")
def photograph():
    # Not above: tests of numpy alone run where there is no scikit-image.
    import skimage.data

    return np.ascontiguousarray(skimage.data.astronaut()[..., ::-1])


@pytest.fixture
def watch_go(monkeypatch):
    """Watch calls of Go until the test ends: see `helpers.go_calls.watch`."""

    def watch(*functions, before=None, after=None):
        return go_calls.watch(functions, before=before, after=after, setattr=monkeypatch.setattr)

    return watch


@pytest.fixture
def opencvs_own_code():
    """Have cv2 run its own code alone: the moments of Intel's IPP, where it has that, end in other bits."""
    # Not above: tests of numpy alone run where there is no cv2.
    import cv2

    before = cv2.ipp.useIPP()
    cv2.ipp.setUseIPP(False)
    yield
    cv2.ipp.setUseIPP(before)


@pytest.fixture
def noise():
    return np.random.default_rng(20).integers(0, 256, (37, 53, 3), np.uint8)


@pytest.fixture(scope="session")
def dist(tmp_path_factory):
    """A folder with the sdist and the wheel that pip, in isolation, builds of it."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", folder, ROOT)
    return folder


@pytest.fixture(scope="session")
def wheel(dist):
    (path,) = dist.glob("*.whl")
    return path


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder to work in, with a photograph."""
    (tmp_path / "photograph.jpg").write_bytes((ROOT / "examples" / "astronaut.jpg").read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def command(capsys, monkeypatch):
    """Return the command, run in this process, which is far faster than in one of its own."""
    # Not above: tests of numpy alone run where there is no click.
    from backproj.__main__ import main

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["backproj", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        return subprocess.CompletedProcess(sys.argv, ended.value.code, *capsys.readouterr())

    return call


@pytest.fixture
def pictures(monkeypatch):
    """The pictures that the command adds to a film, as they are before H.264 changes them."""
    # Not above: tests of numpy alone run where there is no PyAV.
    from backproj._cli.film_writer import FilmWriter

    taken = []
    write = FilmWriter.write

    def take(writer, picture, pts):
        taken.append(picture.copy())
        write(writer, picture, pts)

    monkeypatch.setattr(FilmWriter, "write", take)
    return taken


@pytest.fixture(scope="session")
def installed(request, tmp_path_factory):
    """A function that returns an interpreter that has the wheel, by CPython's version."""

    @functools.cache
    def interpreter(version):
        wheel = request.getfixturevalue("wheel")  # not a parameter: some callers may never need it
        folder = tmp_path_factory.mktemp(f"python-{version}-")
        return venv(folder / "venv", pythons()[version], "--only-binary=numpy", wheel)

    return interpreter
