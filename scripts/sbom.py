"""What of Go is linked into the extension modules, as an SBOM: a list in CycloneDX's format, for scanners.

setup.py puts it into wheels, in the folder sboms of the metadata (PEP 770). It is made of what Go writes into
every module that it links, has no time and no path, and so is the same for the same module.
"""

from __future__ import annotations

import base64
import json
import subprocess
import urllib.parse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

FORMAT = "1.6"


def sbom(name: str, version: str, modules: Iterable[Path]) -> str:
    """Return the SBOM of the wheel of a version, which has these extension modules."""
    package = component(name, version, f"pkg:pypi/{name}@{version}")
    linked = {part["bom-ref"]: part for module in modules for part in linked_in(module)}
    document = {
        "$schema": f"http://cyclonedx.org/schema/bom-{FORMAT}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": FORMAT,
        "version": 1,
        "metadata": {"component": package},
        "components": [linked[ref] for ref in sorted(linked)],
        "dependencies": [
            {"ref": package["bom-ref"], "dependsOn": sorted(linked)},
            *({"ref": ref} for ref in sorted(linked)),
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def linked_in(module: Path) -> list[dict[str, Any]]:
    """Return the Go modules that are linked into an extension module, and Go's standard library."""
    asked = subprocess.run(
        ["go", "version", "-m", "-json", module],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    built = json.loads(asked.stdout)
    # Databases of vulnerabilities have Go's own packages by this name, and versions without "go".
    go = built["GoVersion"].split()[0].removeprefix("go")
    dependencies = [dependency.get("Replace") or dependency for dependency in built.get("Deps", [])]
    return [
        component("stdlib", go, f"pkg:golang/stdlib@{go}"),
        # A folder has no version of its own: it has this package's library.
        *(go_module(dependency) for dependency in dependencies if dependency["Version"] != "(devel)"),
    ]


def go_module(built_in: dict[str, Any]) -> dict[str, Any]:
    """Return the component of a Go module, as Go's linker describes it."""
    path, version = built_in["Path"], built_in["Version"]
    # Of "v1.0.0+incompatible", the plus has another meaning in a URL.
    found = component(path, version, f"pkg:golang/{path.lower()}@{urllib.parse.quote(version)}")
    if checksum := built_in.get("Sum"):
        # That of go.sum, over the module's files.
        found["hashes"] = [
            {"alg": "SHA-256", "content": base64.b64decode(checksum.removeprefix("h1:")).hex()}
        ]
    return found


def component(name: str, version: str, purl: str) -> dict[str, Any]:
    """Return a component that other parts of the document name by its package URL."""
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}
