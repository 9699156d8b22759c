"""A forked child that calls backproj works, whatever its parent did before."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from backproj._runtime import fork_copy, loader
from helpers.processes import ROOT, pythons, run_python
from programs import forked_children

pytestmark = pytest.mark.exhaustive  # dozens of processes

PROGRAM = ROOT / "tests" / "programs" / "forked_children.py"
ORIGIN = str(Path(loader.__file__).parents[1] / "_native.abi3.so")


def run(code):
    """Run code in a new interpreter and return what it prints."""
    setup = (
        "import os, sys, warnings; warnings.simplefilter('ignore', DeprecationWarning)\n"
        "import numpy as np, backproj\n"
        "frame = np.zeros((1000, 1000, 3), np.uint8)\n"
        "def call(): return backproj.Histogram(frame[:9, :9] + 7).back_project(frame, threads=2).max()\n"
    )
    done = run_python(setup + code)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


FORK = """
child = os.fork()
if child == 0:
    print(call(), flush=True)
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
"""


@pytest.mark.parametrize("mode", forked_children.MODES)
def test_children_work(mode):
    if mode == "opencv" and not loader.built("_opencv"):
        pytest.skip("needs a build with OpenCV")
    check(sys.executable, mode, few=4 if mode in ("forkserver", "spawn") else 10)


@pytest.mark.slow
@pytest.mark.parametrize("version", [v for v, path in pythons().items() if path != sys.executable])
@pytest.mark.parametrize("mode", ["parent_that_calls", "generations", "fork_in_c", "pool"])
def test_children_work_on_this_cpython(version, mode, installed):
    check(installed(version), mode, few=5)


def check(python, mode, few):
    command = [python, PROGRAM, mode, str(few)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert {name: figures[name] for name in ("children", "wrong", "hung")} == {
        "children": few,
        "wrong": 0,
        "hung": 0,
    }, done.stderr


def test_a_child_that_does_not_call_loads_nothing():
    code = """
call()
def copies(): return sum("memfd:backproj" in line for line in open("/proc/self/maps"))
child = os.fork()
if child == 0:
    print(copies(), flush=True)
    call()
    print(copies() > 0, flush=True)
    os._exit(0)
os.waitpid(child, 0)
"""
    assert run(code) == ["0", "True"]


def test_a_child_works_after_the_package_was_imported_anew():
    forget = (
        "for name in [name for name in sys.modules if name.startswith('backproj')]: del sys.modules[name]\n"
    )
    assert run("call()\n" + forget + "import backproj\n" + FORK) == ["255"]
    assert run(FORK.replace("print", forget + "    import backproj; print")) == ["255"]


def test_a_child_works_where_the_extension_module_was_imported_by_its_name():
    assert run("import backproj._native\n" + FORK) == ["255"]


def test_a_hook_that_runs_before_ours_may_call():
    # In the child, the hooks run in the order in which they were registered.
    code = (
        "import os\nhook = []\n"
        "os.register_at_fork(after_in_child=lambda: [call() for call in hook])\n"
        "import sys, warnings, numpy as np, backproj; warnings.simplefilter('ignore')\n"
        "frame = np.zeros((1000, 1000, 3), np.uint8)\n"
        "hook.append(lambda: print(backproj.Histogram(frame + 7).back_project(frame).max(), flush=True))\n"
        "hook[0]()\n"
        "child = os.fork()\n"
        "if child == 0: os._exit(0)\n"
        "assert os.waitpid(child, 0)[1] == 0\n"
    )
    done = run_python(code)
    assert (done.returncode, done.stdout.split()) == (0, ["255", "255"]), done.stderr


def test_a_child_that_a_signals_handler_forks_during_a_batch_goes_on_with_it():
    code = """
import signal
frames = np.full((30, 2000, 2000, 3), 7, np.uint8)[:, ::-1]  # a call of Go a frame, by two threads
hist = backproj.Histogram(frames[0, :9, :9])
children = []
def fork(*_):
    children.append(os.fork())
signal.signal(signal.SIGALRM, fork)
while not children:
    signal.setitimer(signal.ITIMER_REAL, 0.005)  # once, or the handler is interrupted by itself
    {}
    signal.setitimer(signal.ITIMER_REAL, 0)
if children[0] == 0: os._exit(0)
assert os.waitpid(children[0], 0)[1] == 0
"""
    run(code.format("assert hist.back_project(frames, threads=2).min() == 255"))
    run(code.format("assert backproj.locate(frames[0, ..., 0], (9, 9))[1] == 567"))


def test_a_copy_is_of_the_file_that_the_parent_loaded(tmp_path):
    # Else the new module could meet Python code of an older version that the process still has.
    code = f"""
import pathlib, shutil
sys.path.insert(0, {str(tmp_path)!r})
package = pathlib.Path({str(tmp_path)!r}, "backproj")
shutil.copytree(pathlib.Path(backproj.__file__).parent, package)
for name in [name for name in sys.modules if name.startswith("backproj")]: del sys.modules[name]
import backproj
call()
fresh = package / "fresh"
fresh.write_bytes((package / "_native.abi3.so").read_bytes())
fresh.replace(package / "_native.abi3.so")
child = os.fork()
if child == 0:
    try:
        call()
    except RuntimeError as error:
        print("was reinstalled" in str(error), flush=True)
    os._exit(0)
os.waitpid(child, 0)
print(call())
"""
    assert run(code) == ["True", "255"]


UNUSABLE = """
import resource
call()
child = os.fork()
if child == 0:
    # No file, not even one in memory, can be as large as the module.
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
    os.environ.update(XDG_RUNTIME_DIR={0!r}, TMPDIR={0!r} + "/absent")
    try:
        call()
    except RuntimeError as error:
        print(error, flush=True)
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
"""


def test_without_a_place_for_a_copy_there_is_an_error_that_names_them_all_and_nothing_is_left(tmp_path):
    said = " ".join(run(UNUSABLE.format(str(tmp_path))))
    places = ["memory", os.path.dirname(ORIGIN), str(tmp_path), f"{tmp_path}/absent", "/tmp", "/dev/shm"]
    at = [said.index(f"{place} ([Errno") for place in places]
    assert at == sorted(at)
    assert "'spawn'" in said
    assert not list(tmp_path.iterdir())
    assert not list(Path(ORIGIN).parent.glob(".backproj-*"))


@pytest.mark.parametrize("refused", range(5))
def test_where_a_copy_cannot_be_executed_the_next_place_is_tried(refused, monkeypatch, tmp_path):
    package, runtime, temporary = (tmp_path / name for name in ("package", "runtime", "temporary"))
    for folder in (package, runtime, temporary):
        folder.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    monkeypatch.setenv("TMPDIR", str(temporary))
    (package / "module.so").write_bytes(b"what it holds")
    tried = []

    def module(path):
        assert Path(path).read_bytes() == b"what it holds"
        tried.append(Path(path).parent)
        if len(tried) <= refused:
            raise ImportError("failed to map segment from shared object")
        return "the module"

    assert fork_copy.load_copy(str(package / "module.so"), module) == "the module"
    assert tried == [Path("/proc/self/fd"), package, runtime, temporary, Path("/tmp")][: refused + 1]
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["module.so"]


def test_no_two_copies_have_one_path(tmp_path):
    (tmp_path / "module.so").write_bytes(b"")
    paths = []

    def module(path):
        paths.append(path)
        if len(paths) % 2:
            raise ImportError("not from memory")

    for _ in range(100):
        fork_copy.load_copy(str(tmp_path / "module.so"), module)
    assert len(set(paths)) == 200


GENERATIONS = """
import os, warnings, numpy as np, backproj
warnings.simplefilter("ignore", DeprecationWarning)
frame = np.zeros((100, 100, 3), np.uint8)
for generation in range(1000):
    try:
        backproj.Histogram(frame).back_project(frame)
    except RuntimeError as error:
        print(generation, error, flush=True)
        os._exit(0)
    if child := os.fork():
        os._exit(os.waitpid(child, 0)[1] != 0)
"""


def test_the_generation_that_is_one_too_many_gets_an_error():
    # Each copy takes of the room that the C library reserves for thread-local storage. Of its usual room 214
    # fit in; here is less.
    room = {"GLIBC_TUNABLES": "glibc.rtld.nns=1:glibc.rtld.optional_static_tls=0"}
    done = subprocess.run(
        [sys.executable, "-c", GENERATIONS],
        capture_output=True,
        text=True,
        timeout=300,
        env=os.environ | room,
    )
    assert done.returncode == 0, done.stderr
    generation, _, said = done.stdout.partition(" ")
    assert int(generation) > 5
    assert "static TLS block" in said


INTERPRETERS = """
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
print(call(), flush=True)
interpreters.run_string(interpreters.create(), '''
try:
    import numpy, backproj
    image = numpy.zeros((9, 9, 3), numpy.uint8)
    backproj.back_project(image, image)
except Exception as error:
    print(type(error).__name__)
''')
"""


@pytest.mark.skipif(sys.version_info < (3, 11), reason="CPython 3.10's numpy fails later, or not at all")
def test_another_interpreter_of_the_process_gets_numpys_import_error():
    assert run(INTERPRETERS) == ["255", "ImportError"]
