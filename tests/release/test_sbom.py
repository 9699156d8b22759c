"""What wheels in dist/ say is linked into them."""

import zipfile

import pytest

import backproj
from helpers import wheels
from helpers.processes import ROOT
from sbom import sbom

WHEELS = sorted((ROOT / "dist").glob("backproj-*.whl"))


@pytest.mark.parametrize("wheel", WHEELS, ids=lambda wheel: wheel.stem.rpartition("-")[2])
def test_a_wheel_lists_what_is_linked_into_its_module(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        listed = archive.read(f"backproj-{backproj.__version__}.dist-info/sboms/go.cdx.json").decode()
    wheels.assert_is_valid_cyclonedx(listed)
    assert listed == sbom("backproj", backproj.__version__, [wheels.extract_module(wheel, tmp_path)])
