"""In JupyterLab, in a browser: a box is dragged with the mouse, and the back projection follows."""

import io
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import time

import numpy as np
import PIL.Image
import pytest
from playwright.sync_api import sync_playwright

import backproj
from helpers.processes import ROOT

NAME = "drag_a_box.ipynb"
WIDTH = HEIGHT = 512  # of the photograph
PATIENCE = 60  # seconds


def until(condition):
    """Return what the condition gives as soon as that is something."""
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < end, f"waited {PATIENCE} s in vain"
        time.sleep(0.05)
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("examples")
    for name in (NAME, "astronaut.jpg"):
        shutil.copy(ROOT / "examples" / name, folder)
    return folder


@pytest.fixture(scope="module")
def lab(folder, tmp_path_factory):
    """The address of a JupyterLab that knows no settings, and asks nothing of the network."""
    home = tmp_path_factory.mktemp("jupyter")
    settings = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    options = {
        "ServerApp.root_dir": folder,
        "ServerApp.port": 0,
        "ServerApp.allow_root": True,
        "IdentityProvider.token": "token",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "LabApp.extension_manager": "readonly",
    }
    asks = home / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    asks.parent.mkdir(parents=True)
    asks.write_text('{"fetchNews": "false"}')
    with open(home / "log", "wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--no-browser"]
            + [f"--{name}={value}" for name, value in options.items()],
            env=os.environ | {name: str(home / value) for name, value in settings.items()},
            stdout=log,
            stderr=log,
        )
    said = home / "runtime" / f"jpserver-{server.pid}.json"
    try:
        until(lambda: server.poll() is not None or (said.exists() and said.stat().st_size))
        assert server.poll() is None, (home / "log").read_text()
        yield f"{json.loads(said.read_text())['url']}lab/tree/{NAME}?token=token"
    finally:
        server.terminate()
        server.wait(PATIENCE)


@pytest.fixture(scope="module")
def page(lab):
    """The notebook in a browser, wide enough for a pixel to be a pixel, after all its cells have run."""
    browsers = filter(None, map(shutil.which, ("chromium", "google-chrome")))
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=next(browsers, None)) as browser,
    ):
        page = browser.new_page(viewport={"width": 1560, "height": 830})
        page.set_default_timeout(1000 * PATIENCE)
        page.goto(lab)
        page.get_by_text("| Idle").wait_for()  # the kernel; before, there is nothing to run
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_text("Run All Cells", exact=True).click()
        page.locator("canvas").wait_for()
        page.locator("canvas").scroll_into_view_if_needed()
        yield page


def text(page):
    """Return the line below the pictures."""
    return page.locator(".widget-label").inner_text()


def corner(page):
    """Return the pixel of the screen where the canvas begins."""
    box = page.locator("canvas").bounding_box()
    assert (box["width"], box["height"]) == (2 * WIDTH, HEIGHT)
    return np.rint([box["x"], box["y"]])


def seen(page):
    """Return the photograph and the back projection as they are on the screen."""
    x, y = corner(page)
    screen = page.screenshot(clip={"x": x, "y": y, "width": 2 * WIDTH, "height": HEIGHT})
    both = np.asarray(PIL.Image.open(io.BytesIO(screen)).convert("RGB"))
    return both[:, :WIDTH], both[:, WIDTH:]


def alike(one, other):
    """Report whether two pictures look the same; ipycanvas sends them as WebP, which loses a little."""
    return np.abs(one.astype(int) - other).mean() < 4


def projection(folder, box):
    """Return the back projection that is to be seen for a box."""
    x, y, w, h = box
    frame = np.asarray(PIL.Image.open(folder / "astronaut.jpg"))
    prob = backproj.back_project(frame, frame[y : y + h, x : x + w], order="rgb")
    return np.stack([prob] * 3, axis=-1)


def drag(page, start, *others):
    """Press the button at a place of the photograph and move the mouse to others, as a hand does."""
    origin = corner(page)
    page.mouse.move(*(origin + start))
    page.mouse.down()
    for begin, end in zip((start, *others), others, strict=False):
        for part in np.linspace(0, 1, 12)[1:]:
            page.mouse.move(*(origin + begin + part * np.subtract(end, begin)))
            page.wait_for_timeout(25)


def box_of(line):
    return tuple(map(int, re.match(r"box (\d+), (\d+), (\d+), (\d+):", line).groups()))


def test_at_first_the_suit_is_in_the_box(page, folder):
    assert box_of(text(page)) == (120, 300, 60, 60)
    expected = projection(folder, (120, 300, 60, 60))
    until(lambda: alike(seen(page)[1], expected))


def test_the_projection_follows_while_the_button_is_down(page, folder):
    before = seen(page)[1]
    try:
        drag(page, (400, 40), (478, 100))  # the rocket's wall
        until(lambda: box_of(text(page)) != (120, 300, 60, 60))
        until(lambda: not alike(seen(page)[1], before))
    finally:
        page.mouse.up()


# Where the button goes down, and where the pointer then goes.
DRAGS = {
    "down and to the right": ((60, 20), (100, 90)),
    "up and to the left": ((320, 180), (250, 120)),
    "beyond the edge": ((40, 200), (20, 260), (-30, 260)),
}


@pytest.mark.parametrize("name", DRAGS)
def test_what_is_seen_is_the_projection_of_the_box(page, folder, name):
    start, *_, end = DRAGS[name]
    drag(page, *DRAGS[name])
    page.mouse.up()
    (left, right), (top, bottom) = (np.clip(sorted(pair), 0, WIDTH) for pair in zip(start, end, strict=True))
    until(lambda: np.allclose(box_of(text(page)), (left, top, right - left, bottom - top), atol=2))
    expected = projection(folder, box_of(text(page)))
    until(lambda: alike(seen(page)[1], expected))


def test_the_box_is_drawn_on_the_photograph(page):
    x, y, w, h = box_of(text(page))
    rows, columns = np.nonzero((seen(page)[0] == (255, 0, 255)).all(axis=2))
    # The line is two pixels thick, one within and one without.
    assert np.abs(np.subtract((columns.min(), rows.min()), (x, y))).max() <= 1
    assert np.abs(np.subtract((columns.max(), rows.max()), (x + w, y + h))).max() <= 1


def test_one_box_does_not_look_like_another(folder):
    boxes = (120, 300, 60, 60), (60, 20, 40, 70), (250, 120, 70, 60), (0, 200, 40, 60)
    shown = [projection(folder, box) for box in boxes]
    assert not any(alike(one, other) for one, other in itertools.combinations(shown, 2))


def test_after_the_button_is_up_the_box_stays(page):
    line = text(page)
    page.mouse.move(900, 600)
    page.wait_for_timeout(300)
    assert text(page) == line


def test_the_picture_for_the_page_about_notebooks_is_small(page):
    drag(page, (120, 300), (180, 360))
    page.mouse.up()
    until(lambda: abs(np.subtract(box_of(text(page)), (120, 300, 60, 60))).max() <= 1)
    page.wait_for_timeout(500)
    picture = ROOT / "out" / "drag_a_box.jpg"
    page.locator(".jp-NotebookPanel").screenshot(path=picture, type="jpeg", quality=70)
    assert picture.stat().st_size < 200_000
