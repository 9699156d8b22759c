"""Collect the pages of the site for Sphinx: python docs/site/assemble.py FOLDER.

The pages are plain Markdown that can be read on GitHub, in several folders of the repository. This copies
them into one folder, and rewrites their links: to other pages, or, for other files, to GitHub.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from importlib.metadata import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# The menu: for each part, the names of its pages on the site, and their files.
MENU = {
    "User guide": {
        "gallery": "docs/gallery.md",
        "guide": "docs/guide.md",
        "from_cv2": "docs/from_cv2.md",
        "inputs": "docs/inputs.md",
        "command_line": "docs/command_line.md",
        "jupyter": "docs/jupyter.md",
        "dask": "docs/dask.md",
        "examples": "examples/README.md",
    },
    "In depth": {
        "how_it_works": "docs/how_it_works.md",
        "exactness": "docs/exactness.md",
        "performance": "docs/performance.md",
        "reliability": "docs/reliability.md",
    },
    "Reference": {
        "python": "docs/site/python_api.md",
        "go": "build/go_api.md",
        "changelog": "CHANGELOG.md",
    },
    "Development": {
        "contributing": "CONTRIBUTING.md",
        "releasing": "docs/releasing.md",
        "gocv": "docs/gocv.md",
        "licences": "LICENSES/README.md",
    },
}
START = {"index": "README.md"}
NAMES = {path: name for part in (START, *MENU.values()) for name, path in part.items()}

PICTURES = (".jpg", ".png", ".svg", ".webp")

# A fenced block of code, or the target of a link or a picture.
_FENCE_OR_TARGET = re.compile(
    r"^(?P<fence>```+).*?^(?P=fence)$|(?<=\]\()(?P<target>[^)\s]+)(?=\))", re.M | re.S
)


def main(folder: Path) -> None:
    """Write all pages and their pictures into a new folder."""
    missing = {str(path.relative_to(ROOT)) for path in (ROOT / "docs").glob("*.md")} - NAMES.keys()
    if missing:
        raise SystemExit(f"assemble.py: add {', '.join(sorted(missing))} to MENU")
    write_go_api()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path, name in NAMES.items():
        text = rewrite_links((ROOT / path).read_text(encoding="utf-8"), path, folder)
        (folder / f"{name}.md").write_text(
            text + (toctrees() if path in START.values() else ""), encoding="utf-8"
        )


def write_go_api() -> None:
    """Generate the page of the Go API."""
    command = ["go", "run", "./docs/site/goapi", "./backproj"]
    page = ROOT / "build" / "go_api.md"
    page.parent.mkdir(exist_ok=True)
    page.write_bytes(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)


def toctrees() -> str:
    """Return the menu as toctree directives, one for each part."""
    return "".join(
        f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n" + "\n".join(part) + "\n```\n"
        for caption, part in MENU.items()
    )


def rewrite_links(text: str, page: str, folder: Path) -> str:
    """Return the text of a page with its links rewritten, and copy its pictures into the folder."""

    def replace(match: re.Match[str]) -> str:
        target = match["target"]
        if target is None or re.match(r"[a-z]+:|#", target):
            return match[0]
        path, mark, fragment = target.partition("#")
        file = ((ROOT / page).parent / path).resolve()
        if not file.exists():
            raise SystemExit(f"assemble.py: {page} links to {target}, which does not exist")
        path = file.relative_to(ROOT).as_posix()
        if path in NAMES:
            return f"{NAMES[path]}.md{mark}{fragment}"
        if file.suffix in PICTURES:
            shutil.copy(file, folder)
            return file.name
        return f"{source_url()}/{'tree' if file.is_dir() else 'blob'}/main/{path}{mark}{fragment}"

    return _FENCE_OR_TARGET.sub(replace, text)


def source_url() -> str:
    """Return the URL of the repository, from the metadata of the package."""
    urls = dict(url.split(", ") for url in metadata("backproj").get_all("Project-URL"))
    return urls["Source"]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
