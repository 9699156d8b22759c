"""JupyterLab with the notebook of examples in which one drags a box, in a browser."""

import json
import os
import shutil
import subprocess
import sys
import time

import pytest
from playwright.sync_api import sync_playwright

from helpers.processes import ROOT

NAME = "drag_a_box.ipynb"
PATIENCE = 60  # seconds


def wait_until(condition):
    """Return what the condition gives as soon as that is something."""
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < end, f"waited {PATIENCE} s in vain"
        time.sleep(0.05)
    return found


@pytest.fixture(scope="session")
def until():
    return wait_until


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """The address of the notebook in a JupyterLab that knows no settings, and asks nothing of the network."""
    folder, home = tmp_path_factory.mktemp("examples"), tmp_path_factory.mktemp("jupyter")
    for name in (NAME, "astronaut.jpg"):
        shutil.copy(ROOT / "examples" / name, folder)
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
        wait_until(lambda: server.poll() is not None or (said.exists() and said.stat().st_size))
        assert server.poll() is None, (home / "log").read_text()
        yield f"{json.loads(said.read_text())['url']}lab/tree/{NAME}?token=token"
    finally:
        server.terminate()
        server.wait(PATIENCE)


@pytest.fixture(scope="session")
def page(lab):
    """The notebook in a browser after all its cells have run."""
    browsers = filter(None, map(shutil.which, ("chromium", "google-chrome")))
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=next(browsers, None)) as browser,
    ):
        page = browser.new_page(viewport={"width": 1500, "height": 1250})
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.set_default_timeout(1000 * PATIENCE)
        page.goto(lab)
        page.get_by_text("| Idle").wait_for()  # the kernel; before, there is nothing to run
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_text("Run All Cells", exact=True).click()
        page.locator(".backproj-frame").wait_for()
        page.locator(".backproj-frame").scroll_into_view_if_needed()
        yield page
