"""The notebooks run from top to bottom, and show pictures."""

import base64

import cv2
import nbclient
import nbformat
import numpy as np
import pytest
from process import ROOT

NOTEBOOKS = sorted((ROOT / "examples").glob("*.ipynb"), key=lambda path: path.name)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def pictures(cell):
    """Return the PNG images that a cell shows."""
    shown = [output["data"]["image/png"] for output in cell.outputs if "image/png" in output.get("data", {})]
    return [cv2.imdecode(np.frombuffer(base64.b64decode(png), np.uint8), cv2.IMREAD_COLOR) for png in shown]


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.name)
def notebook(request):
    notebook = nbformat.read(request.param, as_version=4)
    nbformat.validate(notebook)
    return notebook


def test_there_is_a_notebook():
    assert "find_it.ipynb" in {path.name for path in NOTEBOOKS}


def test_it_is_committed_without_outputs(notebook):
    assert not any(cell.outputs or cell.execution_count for cell in code_cells(notebook))


def test_it_runs_and_every_cell_of_code_shows_a_picture(notebook, tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))  # its history is nobody's business
    folder = {"metadata": {"path": str(ROOT / "examples")}}
    nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3", resources=folder).execute()
    for cell in code_cells(notebook):
        assert not [output for output in cell.outputs if output.output_type in ("error", "stream")]
        shown = pictures(cell)
        assert shown, cell.source
        for picture in shown:
            assert min(picture.shape[:2]) > 200
            assert picture.std() > 20, "the picture is blank"
