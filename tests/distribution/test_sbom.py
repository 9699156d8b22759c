"""The list of what is linked into the extension modules, which wheels have in their metadata."""

import importlib.util
import json
import os
import re
import zipfile
from pathlib import Path

import pytest

import backproj
from helpers import wheels
from helpers.processes import ROOT, run
from sbom import linked_in, sbom

MODULE = Path(importlib.util.find_spec("backproj._native").origin)


def test_it_is_valid_cyclonedx():
    wheels.assert_is_valid_cyclonedx(sbom("backproj", "1.2.3", [MODULE]))


def test_it_names_gos_library_and_every_module_that_is_linked():
    # All but this package's own library, which is in a folder.
    linked = re.findall(r"\tdep\t(\S+)\t(\S+)\th1:", run("go", "version", "-m", MODULE))
    assert "github.com/go-python/gopy" in dict(linked)
    go = run("go", "env", "GOVERSION", cwd=ROOT).strip().removeprefix("go")
    found = json.loads(sbom("backproj", "1.2.3", [MODULE]))["components"]
    assert {(part["name"], part["version"]) for part in found} == {*linked, ("stdlib", go)}


def test_what_several_modules_have_in_common_is_named_once():
    assert sbom("backproj", "1.2.3", [MODULE, MODULE]) == sbom("backproj", "1.2.3", [MODULE])


HERE = {"Path": "../../..", "Version": "(devel)"}
OWN = {"Path": "example.org/Own", "Version": "v1.0.0+incompatible", "Sum": "h1:AAAA"}
BUILDS = {
    "a replaced module": (
        {"GoVersion": "go1.26.8", "Deps": [{"Path": "example.org/x", "Version": "v1.0.0", "Replace": OWN}]},
        ["pkg:golang/stdlib@1.26.8", "pkg:golang/example.org/own@v1.0.0%2Bincompatible"],
    ),
    "this package's library": (
        {
            "GoVersion": "go1.26.8",
            "Deps": [{"Path": "example.org/here", "Version": "v0.0.0", "Replace": HERE}],
        },
        ["pkg:golang/stdlib@1.26.8"],
    ),
    "an experiment of Go": ({"GoVersion": "go1.27rc1 X:jsonv2"}, ["pkg:golang/stdlib@1.27rc1"]),
}


@pytest.mark.parametrize("build", BUILDS)
def test_package_urls_are_those_that_scanners_look_up(build, tmp_path, monkeypatch):
    written, urls = BUILDS[build]
    (tmp_path / "go").write_text(f"#!/bin/sh\necho '{json.dumps(written)}'\n")
    (tmp_path / "go").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert [part["purl"] for part in linked_in(MODULE)] == urls


@pytest.mark.slow
def test_a_wheel_has_it_in_its_metadata(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        found = archive.read(f"backproj-{backproj.__version__}.dist-info/sboms/go.cdx.json").decode()
    assert found == sbom("backproj", backproj.__version__, [wheels.extract_module(wheel, tmp_path)])
