"""The notebooks run from top to bottom and show the outputs that are committed with them."""

import base64
import re

import cv2
import nbclient
import nbformat
import numpy as np
import pytest

from helpers.processes import ROOT

pytestmark = pytest.mark.slow  # each notebook starts a kernel of Jupyter and draws

FOLDER = ROOT / "examples"
NOTEBOOKS = ["find_it", "from_cv2", "track_it"]
INTERACTIVE = "drag_a_box"  # tests/browser runs it


def read(name):
    notebook = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    return notebook


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def pictures(cell):
    """Return the images in a cell's outputs, including those in HTML."""
    found = []
    for output in cell.outputs:
        data = output.get("data", {})
        found += [data[kind] for kind in ("image/png", "image/jpeg") if kind in data]
        found += re.findall(r'src="data:image/png;base64,([^"]+)"', data.get("text/html", ""))
    return [
        cv2.imdecode(np.frombuffer(base64.b64decode(image), np.uint8), cv2.IMREAD_COLOR) for image in found
    ]


def words(cell):
    """Return a cell's outputs without pictures and addresses."""
    html = [output.get("data", {}).get("text/html", "") for output in cell.outputs]
    plain = [output.get("data", {}).get("text/plain", "") for output in cell.outputs]
    return [re.sub(r'src="[^"]*"', "", text) for text in html], [re.sub("0x[0-9a-f]+", "", t) for t in plain]


def small(picture):
    """Return a picture reduced so far that fonts and JPEG encoders make no difference."""
    return cv2.resize(picture, (32, 16), interpolation=cv2.INTER_AREA).astype(int)


@pytest.fixture(scope="module", params=NOTEBOOKS)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def executed(name, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(
            "IPYTHONDIR", str(tmp_path_factory.mktemp("ipython"))
        )  # its history is nobody's business
        notebook = read(name)
        place = {"metadata": {"path": str(FOLDER)}}
        nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3", resources=place).execute()
    return notebook


def test_every_notebook_is_tested():
    assert {path.stem for path in FOLDER.glob("*.ipynb")} == {*NOTEBOOKS, INTERACTIVE}


def test_a_notebook_is_small(name):
    assert (FOLDER / f"{name}.ipynb").stat().st_size < 400_000


def test_every_code_cell_shows_a_picture_and_no_error(executed):
    for cell in code_cells(executed):
        assert not [output for output in cell.outputs if output.output_type in ("error", "stream")]
        shown = pictures(cell)
        assert shown, cell.source
        for picture in shown:
            assert min(picture.shape[:2]) > 150
            assert picture.std() > 20, "the picture is blank"


def test_the_committed_outputs_are_those_of_a_run(name, executed):
    committed = read(name)
    for old, new in zip(code_cells(committed), code_cells(executed), strict=True):
        assert old.execution_count == new.execution_count, "run `make notebooks`"
        assert words(old) == words(new), "run `make notebooks`"
        for one, other in zip(pictures(old), pictures(new), strict=True):
            # Bars of milliseconds are of other lengths each time.
            alike = 60 if "perf_counter" in new.source else 8
            assert np.abs(small(one) - small(other)).mean() < alike, "run `make notebooks`"


def test_the_interactive_notebook_is_committed_without_outputs():
    assert not any(cell.outputs or cell.execution_count for cell in code_cells(read(INTERACTIVE)))
