"""What is Windows' own: its interrupts, files that are open, names of files, variables, and pools."""

import os
import signal
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import backproj
from backproj._atomic_write import atomic_write
from helpers.film_files import START, make_film, moving
from helpers.processes import ROOT, names, run_python

pytestmark = pytest.mark.skipif(sys.platform != "win32", reason="of Windows")

PHOTOGRAPH = ROOT / "examples" / "astronaut.jpg"
NAMES = ["with space", "Äpfel über Öl", "写真 фото"]


def start(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "backproj", *map(str, arguments)], capture_output=True, text=True, **options
    )


def image(*arguments, **options):
    return start("image", *arguments, "--box", "120,300,60,60", **options)


@pytest.mark.parametrize("name", NAMES)
def test_the_command_takes_and_writes_files_of_any_name(tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    source = folder / f"{name}.jpg"
    source.write_bytes(PHOTOGRAPH.read_bytes())
    done = image(source, "-o", folder / f"{name}.png")
    assert (done.returncode, done.stderr) == (0, "")
    assert names(folder) == sorted([f"{name}.jpg", f"{name}.png"])


@pytest.mark.parametrize("name", NAMES)
def test_histograms_are_kept_in_files_of_any_name(tmp_path, name):
    hist = backproj.Histogram(np.full((4, 4, 3), 9, np.uint8))
    path = tmp_path / f"{name}.npz"
    hist.save(path)
    assert backproj.Histogram.load(path) == hist


def test_a_file_of_that_name_which_is_missing_is_one_line(tmp_path):
    done = image(tmp_path / "写真.jpg", "-o", tmp_path / "out.png")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


def test_what_another_program_has_open_is_an_error_that_says_so_and_stays(tmp_path):
    path = tmp_path / "prob.png"
    path.write_bytes(b"old")
    with open(path, "rb"):
        done = image(PHOTOGRAPH, "-o", path)
    assert done.returncode != 0
    assert "close it if another program has it open" in done.stderr
    assert "Traceback" not in done.stderr
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["prob.png"]


def test_of_two_files_none_is_replaced_if_the_second_is_open(tmp_path):
    paths = [tmp_path / "one", tmp_path / "two"]
    for path in paths:
        path.write_bytes(b"old")
    with open(paths[1], "rb"), pytest.raises(PermissionError, match="close it"):
        write_all(paths, b"new")
    assert [path.read_bytes() for path in paths] == [b"old", b"old"]
    assert names(tmp_path) == ["one", "two"]


def write_all(paths, content):
    with atomic_write(paths) as files:
        for file in files:
            file.write(content)


def test_ends_of_lines_are_kept_as_they_are_written(tmp_path):
    with atomic_write([tmp_path / "file"]) as (file,):
        file.write(b"a\nb\r\n\x1a")
    assert (tmp_path / "file").read_bytes() == b"a\nb\r\n\x1a"


def test_a_table_of_boxes_has_no_empty_lines(folder, command):
    make_film("film.mp4", moving(10))
    table = folder / "boxes.csv"
    done = command("video", "film.mp4", *START, "--track", "camshift", "--boxes", table, "-o", "out.mp4")
    assert done.returncode == 0, done.stderr
    assert len(table.read_bytes().splitlines()) == 11
    assert b"\n\n" not in table.read_bytes().replace(b"\r", b"")


SETUP = """
import os, sys, time, signal, threading
import numpy as np, backproj
frame = np.random.default_rng(1).integers(0, 256, (1080, 1920, 3), np.uint8)
hist = backproj.Histogram(frame[:100, :100])
expected = hist.back_project(frame)
"""


def run(code):
    done = run_python(SETUP + textwrap.dedent(code))
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_an_interrupt_is_seen_between_calls_after_go_is_loaded():
    code = """
    threading.Timer(0.5, lambda: signal.raise_signal(signal.SIGINT)).start()
    try:
        end = time.monotonic() + 60
        while time.monotonic() < end: hist.back_project(frame)
    except KeyboardInterrupt: print("KeyboardInterrupt")
    print((hist.back_project(frame) == expected).all())
    """
    assert run(code) == ["KeyboardInterrupt", "True"]


def test_many_threads_may_call():
    code = """
    found = []
    def work():
        for _ in range(5): found.append(bool((hist.back_project(frame) == expected).all()))
    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    print(len(found), all(found))
    """
    assert run(code) == ["40", "True"]


def test_workers_of_a_pool_may_call(tmp_path):
    program = tmp_path / "pool.py"
    program.write_text(
        "import multiprocessing, numpy as np, backproj\n"
        "frame = np.full((9, 9, 3), 7, np.uint8)\n"
        "def work(hist): return int(hist.back_project(frame).min())\n"
        "if __name__ == '__main__':\n"
        "    hist = backproj.Histogram(frame)\n"
        "    hist.back_project(frame)\n"
        "    with multiprocessing.Pool(2) as pool: print(pool.map(work, [hist] * 4))\n"
    )
    done = subprocess.run([sys.executable, program], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "[255, 255, 255, 255]"), done.stderr


def test_memory_that_is_taken_away_is_a_runtime_error():
    code = """
    import ctypes
    kernel = ctypes.WinDLL("kernel32")
    kernel.VirtualAlloc.restype = ctypes.c_void_p
    kernel.VirtualAlloc.argtypes = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_uint
    kernel.VirtualProtect.argtypes = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_void_p
    at, old = kernel.VirtualAlloc(None, frame.nbytes, 0x3000, 4), ctypes.c_uint()
    array = np.ctypeslib.as_array((ctypes.c_uint8 * frame.nbytes).from_address(at)).reshape(frame.shape)
    array[:] = frame
    kernel.VirtualProtect(at, frame.nbytes, 1, ctypes.byref(old))
    for threads in (1, 2):
        try: hist.back_project(array, threads=threads)
        except RuntimeError as error: print("gone" if "went away" in str(error) else error)
    kernel.VirtualProtect(at, frame.nbytes, 4, ctypes.byref(old))
    print((hist.back_project(array) == expected).all())
    """
    assert run(code) == ["gone", "gone", "True"]


@pytest.mark.parametrize("variables", [{"GOMEMLIMIT": "2GB"}, {"GOMAXPROCS": "77", "GOGC": "off"}])
def test_go_does_not_see_variables_that_tune_it_and_they_stay(variables):
    code = "print(backproj.info()['threads']); import subprocess; subprocess.run('set GO', shell=True)"
    done = run_python(SETUP + code, env=os.environ | variables)
    assert done.returncode == 0, done.stderr
    threads, *left = done.stdout.split()
    assert int(threads) == os.cpu_count()
    assert left == sorted(f"{name}={value}" for name, value in variables.items())


@pytest.mark.parametrize("number", [signal.SIGINT, getattr(signal, "SIGBREAK", signal.SIGINT)])
def test_an_interrupt_leaves_no_part_of_a_file(tmp_path, number):
    program = (
        "import signal, sys, backproj.__main__ as main\n"
        "from backproj._atomic_write import atomic_write\n"
        "def run():\n"
        "    with atomic_write([sys.argv[1]]) as (file,):\n"
        "        file.write(b'part')\n"
        f"        signal.raise_signal({int(number)})\n"
        "main._run = run\n"
        "main.main()\n"
    )
    done = subprocess.run([sys.executable, "-c", program, tmp_path / "film"], capture_output=True)
    assert done.returncode == 128 + number, done.stderr
    assert names(tmp_path) == []
