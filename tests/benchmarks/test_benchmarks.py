"""The benchmark: that what it reports is complete and consistent. What it measured is not judged."""

import functools
import os
import random
import sys
import time
from itertools import product

import bench
import measure
import numpy as np
import peers
import pytest
import worker
from cases import CASES, OF_PHOTOGRAPHS
from images import IMAGES, scene
from PIL import Image
from report import Cell, Report, cell_of
from table import digits, markdown, times

import backproj
from backproj._engine import kernels
from helpers.processes import ROOT, run

pytestmark = pytest.mark.slow  # the benchmark times

SIZE, TIMED = (64, 64), ["astronaut", "noise"]
THREADS = sorted({1, len(os.sched_getaffinity(0))})
CELLS = [
    Cell(threads, case, image, SIZE)
    for threads, case, image in product(THREADS, CASES, TIMED)
    if image != "noise" or case not in OF_PHOTOGRAPHS
]
BENCH = sys.executable, ROOT / "benchmarks" / "bench.py"


@pytest.fixture(scope="module")
def reported(tmp_path_factory):
    """What the program printed, and the files that it wrote, for the smallest frames."""
    folder = tmp_path_factory.mktemp("bench")
    files = folder / "bench.json", folder / "bench.png"
    options = "--images", *TIMED, "--sizes", "64x64", "--seconds", "0.01"
    return run(*BENCH, *options, "--json", files[0], "--chart", files[1]), *files


@pytest.fixture(scope="module")
def report(reported):
    return Report.read(reported[1])


def test_every_case_is_timed_on_its_images_with_every_number_of_threads(report):
    assert {cell_of(row) for row in report.data["results"]} == set(CELLS)


def test_every_kernel_and_every_cv2_and_a_copy_are_timed_in_every_case(report):
    kernels = [f"backproj, {kernel}" for kernel in backproj.info()["kernels"]]
    for cell in CELLS:
        timed = report.peers(**cell._asdict())
        cv2s = [f"{name}{called}" for name in peers.cv2_modules() for called in ("", ", dst=")]
        assert {"copying", *cv2s, *kernels} <= set(timed)


def test_a_peer_is_timed_or_it_is_said_why_not(report):
    others = {"Pillow", "scikit-image", "numpy", "ctypes, np.fromiter", "opencv engine"}
    assert others <= {*report.peers(), *report.data["skipped"]}


def test_figures_are_of_several_samples_and_in_order(report):
    for row in report.data["results"]:
        assert row["samples"] >= row["rounds"] >= measure.MIN_VISITS
        assert 0 < row["ms_min"] <= row["ms_q1"] <= row["ms"] <= row["ms_q3"]
        assert 0 < row["speed_q1"] <= row["speed"] <= row["speed_q3"]


def test_speeds_are_relative_to_the_fastest_cv2_of_each_cell(report):
    for cell in CELLS:
        cv2s = [row for row in report.data["results"] if cell_of(row) == cell and "cv2" in row["peer"]]
        fastest = min(cv2s, key=lambda row: row["ms"])
        assert (fastest["speed_q1"], fastest["speed"], fastest["speed_q3"]) == (1, 1, 1)


def test_only_copies_and_other_conversions_to_hsv_are_not_held_to_the_same_bytes(report):
    inexact = {row["peer"]: row["equal"] for row in report.data["results"] if row["equal"] != 1}
    assert set(inexact) == {"copying", "Pillow", "scikit-image"}
    assert inexact["copying"] is None
    assert 0.5 < inexact["Pillow"] < 1


def test_machine_and_versions_are_said(report):
    assert report.data["machine"]["cpus"] == THREADS[-1]
    assert 0 <= report.data["machine"]["used by others"] <= 1
    assert report.data["versions"]["backproj"].startswith(backproj.__version__)
    assert report.data["versions"]["numpy"] == np.__version__


def test_the_table_has_each_case_peer_and_image(reported, report):
    for name in [*CASES, *TIMED, *report.peers(), *report.data["skipped"].values()]:
        assert name in reported[0]
    for row in report.data["results"]:
        assert digits(row["ms"]) in reported[0]


def test_the_chart_is_a_picture_in_colour(reported):
    with Image.open(reported[2]) as chart:
        assert chart.format == "PNG"
        assert min(chart.size) > 1000
        assert len(chart.convert("RGB").getcolors(maxcolors=1 << 24)) > 50


def test_a_json_file_is_reported_on_again_and_in_markdown(reported, report, tmp_path):
    chart = tmp_path / "again.png"
    printed = run(*BENCH, "--read", reported[1], "--chart", chart, "--markdown")
    assert printed == markdown(report) + "\n"
    assert chart.read_bytes() == reported[2].read_bytes()


def test_markdown_quotes_the_figures(report):
    lines = markdown(report).splitlines()
    for threads, (case, (_, title)) in product(THREADS, CASES.items()):
        cell = Cell(threads, case, "astronaut", SIZE)
        rows = [report.get(cell, kernel) for kernel in report.peers(["backproj"])]
        kernels = [f"{digits(row['ms'])} ({times(row['speed'])})" for row in rows]
        begin, end = f"| {case}: {title} | ", f" | {' | '.join(kernels)} |"
        assert any(line.startswith(begin) and line.endswith(end) for line in lines)


def test_no_parts_of_files_are_left(reported):
    assert sorted(path.name for path in reported[1].parent.iterdir()) == ["bench.json", "bench.png"]


def test_a_part_can_be_timed(tmp_path):
    part = ["--cases", "fit", "--images", "noise", "--sizes", "64x64", "--threads", "1", "--seconds", "0.01"]
    files = tmp_path / "new" / "bench.json", tmp_path / "new" / "bench.png"
    run(*BENCH, *part, "--json", files[0], "--chart", files[1])
    (cell,) = {cell_of(row) for row in Report.read(files[0]).data["results"]}
    assert cell == Cell(1, "fit", "noise", SIZE)


# How it measures


@pytest.fixture
def searched():
    return scene("astronaut", *SIZE)


def test_peers_take_turns_in_an_order_that_changes():
    calls = []

    def peer(name):
        def work():
            calls.append(name)
            time.sleep(2 * measure.MIN_SAMPLE)  # one call a sample

        return work

    names = "abc"
    visits = measure.measure({name: peer(name) for name in names}, 0.05)
    a_visit = 1 + measure.SAMPLES  # the first is not timed
    turns = calls[len(names) * 2 :: a_visit]
    rounds = [tuple(turns[i : i + 3]) for i in range(0, len(turns) - 2, 3)]
    assert all(calls[i : i + a_visit] == [calls[i]] * a_visit for i in range(6, len(calls), a_visit))
    assert len(set(rounds)) > 1
    assert {len(samples) for name in names for samples in visits[name].values()} == {measure.SAMPLES}


def nap(seconds):
    return lambda: time.sleep(seconds)


def test_a_slow_peer_gets_its_least_visits_and_not_many_more():
    fast = dict.fromkeys("abc", nap(2 * measure.MIN_SAMPLE))
    visits = measure.measure({**fast, "slow": nap(0.01)}, 0.4)
    assert measure.MIN_VISITS <= len(visits["slow"]) < len(visits["a"])


def test_there_are_rounds_that_all_take_part_in():
    slow = {name: nap(0.01) for name in ("slow", "slow too")}
    visits = measure.measure(slow | dict.fromkeys("abcdefgh", nap(2 * measure.MIN_SAMPLE)), 0.4)
    assert len(set.intersection(*map(set, visits.values()))) >= measure.MIN_VISITS


def test_a_frame_is_written_before_each_call_that_is_timed():
    happened = []

    def turn():
        happened.append("turn")
        time.sleep(2 * measure.MIN_SAMPLE)

    measure.measure({"a": turn}, 0.02, before={"a": lambda: happened.append("frame")}, calls=1)
    assert len(happened) > 2
    assert happened == ["frame", "turn"] * (len(happened) // 2)


def test_the_speed_is_of_the_same_rounds():
    visits = {n: [seconds] for n, seconds in enumerate((1, 2, 4, 8, 16))}
    reference = {n: [3 * seconds[0]] for n, seconds in visits.items() if n != 3}
    figures = measure.summary(visits, reference)
    assert (figures["speed_q1"], figures["speed"], figures["speed_q3"]) == (3, 3, 3)
    assert (figures["rounds"], figures["samples"]) == (4, 5)
    assert (figures["ms_min"], figures["ms"]) == (1000, 4000)


def test_other_bytes_than_cv2s_are_not_timed(searched):
    compared = worker.peers_of(CASES["prepared"].make(searched))
    right = compared["numpy"].run()
    wrong = right.copy()
    wrong.flat[random.Random(1).randrange(wrong.size)] ^= 1
    with pytest.raises(ValueError, match=r"here: numpy: 0\.02% of the result differs"):
        worker.compare(compared | {"numpy": compared["numpy"]._replace(run=lambda: wrong)}, "here")


def test_a_case_where_nothing_fits_is_not_timed(searched):
    blank = np.zeros(SIZE, np.uint8)
    compared = {worker.REFERENCE: peers.Peer(lambda: blank), "other": peers.Peer(lambda: blank)}
    with pytest.raises(ValueError, match="here: the back projection is all 0"):
        worker.compare(compared, "here")


def test_each_kernel_is_in_use_while_it_is_timed():
    names = backproj.info()["kernels"]
    seen = {name: set() for name in names}
    before = {name: functools.partial(kernels.force, name) for name in names}
    try:
        look = {name: lambda name=name: seen[name].add(kernels.kernel_number()) for name in names}
        measure.measure(look, 0.01, before=before)
    finally:
        kernels.force(None)
    assert seen == {name: {number} for number, name in enumerate(names)}
    assert kernels.kernel_number() == names.index(backproj.info()["kernel"])


def test_a_process_that_fails_says_how_and_why(capfd):
    with pytest.raises(SystemExit, match="the process with 1 thread ended with exit code 1"):
        bench.in_process(worker.Work(1, 0.01, [("nonesuch", "noise", SIZE)]))
    assert "KeyError: 'nonesuch'" in capfd.readouterr().err


def test_the_benchmark_of_films_prints_a_time_for_each_work_and_who_did_it():
    printed = run(sys.executable, ROOT / "benchmarks" / "dask_film.py", "--frames", 2, "--runs", 1)
    tables = [block.splitlines() for block in printed.split("\n\n") if block.startswith("|")]
    assert [len(lines) for lines in tables] == [2 + 4, 2 + 4]
    for head, _, *lines in tables:
        assert "1 worker | 2 workers" in head
        for line in lines:
            _, _, *times, _ = line.split("|")
            assert len(times) == head.count("|") - 2
            assert min(map(float, times)) > 0


def test_several_versions_of_cv2_are_loaded_at_once_and_the_first_is_left_what_it_is():
    modules = peers.cv2_modules()
    assert modules[peers.REFERENCE] is sys.modules["cv2"]
    assert [f"cv2 {module.getVersionString()}" for module in modules.values()] == list(modules)
    assert {"cv2 4.14.0", "cv2 5.0.0"} <= set(modules)


def test_a_single_cv2_is_not_enough_to_compare_with(monkeypatch, tmp_path):
    monkeypatch.setattr(peers, "OTHER_CV2", tmp_path)
    with pytest.raises(FileNotFoundError, match=r"no cv2 but [\d.]+ to compare with: `make bench` installs"):
        peers.cv2_modules.__wrapped__()


def test_models_are_within_their_frames_and_photographs_are_not_stretched():
    for image, (width, height) in product(IMAGES, ((64, 64), (640, 480), (200, 900))):
        found = scene(image, width, height)
        assert found.frame.shape == (height, width, 3)
        assert len({model.tobytes() for model in found.models}) == len(found.models)
        assert {model.shape for model in found.models} == {(32, 32, 3) if width == 64 else (100, 100, 3)}
