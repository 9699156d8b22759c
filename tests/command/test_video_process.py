"""The command ``backproj video`` as a process: how it ends, what a terminal shows, what it takes."""

import contextlib
import importlib
import os
import re
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from backproj._cli import prefetch
from backproj._cli.errors import FilmError
from helpers.film_files import START, cut_off, make_film, moving
from helpers.processes import names, run_python

pytestmark = pytest.mark.exhaustive  # dozens of processes


@pytest.fixture
def long_film(folder):
    """A film that takes seconds to write: of noise, 512×512 pixels."""
    noise = np.random.default_rng(0).integers(0, 256, (512, 1024, 3), np.uint8)
    frames = (noise[:, n : n + 512] for n in range(0, 512, 4))
    make_film("long.mkv", frames, codec="mjpeg")
    return (
        "video",
        "long.mkv",
        "--box",
        "0,0,99,99",
        "--overlay",
        "--track",
        "camshift",
        "--boxes",
        "b.csv",
        "-o",
        "out.mp4",
    )


def start(arguments):
    """Start the command, and return when it is about to write frames."""
    process = subprocess.Popen(
        [sys.executable, "-m", "backproj", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while len(parts()) < 2:
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    time.sleep(0.2)
    assert process.poll() is None, "it was faster than that"
    return process


def parts():
    return [name for name in os.listdir() if name.startswith(".backproj-") and name.endswith(".part")]


def test_ctrl_c_is_exit_code_130_and_leaves_nothing(folder, long_film):
    process = start(long_film)
    process.send_signal(signal.SIGINT)
    printed, complained = process.communicate(timeout=60)
    assert (process.returncode, printed, complained.strip()) == (130, "", "")
    assert names(folder) == ["long.mkv", "photograph.jpg"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signals_that_end_a_process_leave_nothing_and_show_in_the_exit_code(folder, long_film, number):
    process = start(long_film)
    process.send_signal(number)
    time.sleep(0.001)
    process.send_signal(number)  # as impatient programs do
    printed, complained = process.communicate(timeout=60)
    assert (process.returncode, printed, complained.strip()) == (128 + number, "", "")
    assert names(folder) == ["long.mkv", "photograph.jpg"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_while_the_encoder_writes_leaves_nothing_either(folder, number):
    make_film("film.mp4", moving(3))
    # PyAV catches each Exception in what FFmpeg calls, and raises it later. Of other exceptions it prints the
    # traceback, or ends the process at once if it is SystemExit.
    code = (
        "import contextlib, os; from backproj.__main__ import main\n"
        "import sys, backproj._cli; video = sys.modules['backproj._cli.video']\n"
        "atomic_write = video.atomic_write\n"
        "class Killing:\n"
        "    def __init__(self, file): self.file = file\n"
        "    def __getattr__(self, name): return getattr(self.file, name)\n"
        f"    def write(self, data): os.kill(os.getpid(), {int(number)}); return self.file.write(data)\n"
        "@contextlib.contextmanager\n"
        "def killing(paths):\n"
        "    with atomic_write(paths) as files: yield [Killing(file) for file in files]\n"
        "video.atomic_write = killing\n"
        f"sys.argv = ['backproj', 'video', 'film.mp4', *{START!r}, '-o', 'prob.mp4']\n"
        "main()"
    )
    done = run_python(code)
    assert (done.returncode, done.stdout, done.stderr.strip()) == (128 + number, "", "")
    assert names(folder) == ["film.mp4", "photograph.jpg"]


def test_an_ignored_sighup_stays_ignored(folder):
    make_film("film.mp4", moving(3))
    code = (
        "import os, signal, sys; from backproj.__main__ import main\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "import backproj._cli; video = sys.modules['backproj._cli.video']\n"
        "write = video.atomic_write\n"
        "video.atomic_write = lambda paths: os.kill(os.getpid(), signal.SIGHUP) or write(paths)\n"
        f"sys.argv = ['backproj', 'video', 'film.mp4', *{START!r}, '-o', 'prob.mp4']\n"
        "main()"
    )
    done = run_python(code)
    assert (done.returncode, done.stderr) == (0, "")
    assert names(folder) == ["film.mp4", "photograph.jpg", "prob.mp4"]


def closed(*descriptors):
    def close():
        for descriptor in descriptors:
            os.close(descriptor)

    return close


@pytest.mark.parametrize("descriptors", [(2,), (1,), (0, 1, 2)])
@pytest.mark.parametrize(
    ("arguments", "written"),
    [
        (("video", "film.mp4", *START, "-o", "prob.mp4"), "prob.mp4"),
        (("image", "pictures", *START, "-o", "out"), "out/picture-prob.png"),
        (("image", "photograph.jpg", *START, "-o", "prob.png"), "prob.png"),
    ],
)
def test_closed_standard_streams_change_nothing_about_the_files(folder, descriptors, arguments, written):
    make_film("film.mp4", moving(3))
    (folder / "pictures").mkdir()
    (folder / "photograph.jpg").rename("pictures/picture.jpg")
    (folder / "photograph.jpg").write_bytes((folder / "pictures" / "picture.jpg").read_bytes())
    command = [sys.executable, "-m", "backproj", *arguments]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    expected = (folder / written).read_bytes()
    (folder / written).unlink()
    done = subprocess.run(command, preexec_fn=closed(*descriptors), timeout=60)
    assert done.returncode == 0
    assert (folder / written).read_bytes() == expected


def test_an_error_is_still_exit_code_2_if_stderr_is_closed(folder):
    command = [sys.executable, "-m", "backproj", "video", "nowhere.mp4", *START, "-o", "prob.mp4"]
    done = subprocess.run(command, stdout=subprocess.PIPE, preexec_fn=closed(2), timeout=60)
    assert (done.returncode, done.stdout) == (2, b"")
    assert names(folder) == ["photograph.jpg"]


def test_a_kill_leaves_only_files_that_are_named_as_temporary(folder, long_film):
    process = start(long_film)
    process.kill()
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert set(names(folder)) == {"long.mkv", "photograph.jpg", *parts()}


def test_a_full_disk_is_one_line_and_leaves_nothing(folder, long_film):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    done = subprocess.run(
        [sys.executable, "-m", "backproj", *long_film],
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=limit,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "backproj: cannot write out.mp4: File too large\n"
    assert names(folder) == ["long.mkv", "photograph.jpg"]


def test_a_full_disk_under_the_table_of_boxes_names_the_table():
    module = importlib.import_module("backproj._cli.video")
    with (
        open("/dev/full", "wb", buffering=0) as full,
        pytest.raises(FilmError, match=r"cannot write boxes\.csv: No space left on device"),
    ):
        module.write_row(full, Path("boxes.csv"), module.COLUMNS)


def in_terminal(arguments):
    """Return the exit code of the command and what it writes to stderr, if that is a terminal."""
    ours, its = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "backproj", *arguments], stdout=subprocess.DEVNULL, stderr=its
    )
    os.close(its)
    written = b""
    with contextlib.suppress(OSError):  # at its end
        while part := os.read(ours, 4096):
            written += part
    os.close(ours)
    return process.wait(timeout=60), written.decode()


def test_a_terminal_shows_how_many_frames_and_how_fast(folder):
    make_film("film.mp4", moving(30))
    code, shown = in_terminal(["video", "film.mp4", *START, "-o", "prob.mp4"])
    assert code == 0
    assert re.search(r"frames .* \d+/30 .*\d frames/s", shown)
    assert shown.endswith("\x1b[?25h\r\n"), "the cursor is back"


def test_an_error_has_a_line_of_its_own_below_the_bar(folder):
    make_film("film.mkv", moving(30))
    cut_off(folder / "film.mkv")
    code, shown = in_terminal(["video", "film.mkv", *START, "-o", "prob.mp4"])
    assert code == 2
    assert re.search(r"\x1b\[\?25h\r\nbackproj: cannot read film.mkv beyond .*\r\n$", shown)


def test_memory_does_not_grow_with_the_length_of_the_film(folder):
    frames = list(moving(80, (240, 320)))
    peaks = []
    for times in (1, 8):
        make_film("film.mkv", frames * times, codec="mjpeg")
        code = (
            "import resource, sys\n"
            "from backproj.__main__ import main\n"
            "sys.argv = 'backproj video film.mkv --box 0,0,9,9 -o prob.mp4'.split()\n"
            "try: main()\n"
            "finally: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        )
        done = run_python(code, timeout=120)
        assert done.returncode == 0, done.stderr
        peaks.append(int(done.stdout.split()[-1]))
    assert peaks[1] - peaks[0] < 30_000, "KiB; 560 more frames are 126,000"


def test_decoding_is_a_few_frames_ahead_and_no_more():
    taken = []

    def endless():
        while True:
            taken.append(len(taken))
            yield taken[-1]

    with prefetch.prefetch(endless()) as frames:
        for n in range(10):
            assert next(frames) == n
            assert len(taken) <= n + 1 + prefetch._PREFETCHED
            time.sleep(0.01)
        assert len(taken) > 10
    stopped = len(taken)
    time.sleep(0.05)
    assert len(taken) == stopped


def test_an_error_of_the_decoder_comes_after_the_frames_before_it():
    def broken():
        yield 1
        raise OSError("damaged")

    with prefetch.prefetch(broken()) as frames:
        assert next(frames) == 1
        with pytest.raises(OSError, match="damaged"):
            next(frames)
