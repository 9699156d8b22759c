"""Lay out the pages of the site: python docs/site/assemble.py FOLDER.

The pages are plain Markdown, to be read on GitHub, and lie where they belong in the repository. Here they
go side by side into a folder for Sphinx. Links between them stay links; those to other files lead to GitHub.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from importlib.metadata import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# The menu: parts, and for each name in the site the file that it is of.
MENU = {
    "Use": {
        "guide": "docs/guide.md",
        "from_cv2": "docs/from_cv2.md",
        "inputs": "docs/inputs.md",
        "command_line": "docs/command_line.md",
        "jupyter": "docs/jupyter.md",
        "dask": "docs/dask.md",
        "examples": "examples/README.md",
    },
    "What it keeps": {
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

PICTURES = (".jpg", ".png", ".svg")

# A fence and what it holds, or what a link or a picture leads to.
_FENCE_OR_TARGET = re.compile(
    r"^(?P<fence>```+).*?^(?P=fence)$|(?<=\]\()(?P<target>[^)\s]+)(?=\))", re.M | re.S
)


def main(folder: Path) -> None:
    """Write all pages, and the pictures in them, into a new folder."""
    missing = {str(path.relative_to(ROOT)) for path in (ROOT / "docs").glob("*.md")} - NAMES.keys()
    if missing:
        raise SystemExit(f"assemble.py: MENU has no place for {', '.join(sorted(missing))}")
    write_go_api()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path, name in NAMES.items():
        text = with_links_of_the_site((ROOT / path).read_text(encoding="utf-8"), path, folder)
        (folder / f"{name}.md").write_text(
            text + (menus() if path in START.values() else ""), encoding="utf-8"
        )


def write_go_api() -> None:
    """Write what `go doc` knows as a page."""
    command = ["go", "run", "./docs/site/goapi", "./backproj"]
    page = ROOT / "build" / "go_api.md"
    page.parent.mkdir(exist_ok=True)
    page.write_bytes(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)


def menus() -> str:
    """Return the parts of the menu, as Sphinx takes them."""
    return "".join(
        f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n" + "\n".join(part) + "\n```\n"
        for caption, part in MENU.items()
    )


def with_links_of_the_site(text: str, page: str, folder: Path) -> str:
    """Return a page with its links as they are in the folder, into which its pictures are copied."""

    def replaced(match: re.Match[str]) -> str:
        target = match["target"]
        if target is None or re.match(r"[a-z]+:|#", target):
            return match[0]
        path, mark, fragment = target.partition("#")
        file = ((ROOT / page).parent / path).resolve()
        if not file.exists():
            raise SystemExit(f"assemble.py: {page} has a link to {target}, which is not there")
        path = file.relative_to(ROOT).as_posix()
        if path in NAMES:
            return f"{NAMES[path]}.md{mark}{fragment}"
        if file.suffix in PICTURES:
            shutil.copy(file, folder)
            return file.name
        return f"{repository()}/{'tree' if file.is_dir() else 'blob'}/main/{path}{mark}{fragment}"

    return _FENCE_OR_TARGET.sub(replaced, text)


def repository() -> str:
    """Return where the package says that its sources are."""
    urls = dict(url.split(", ") for url in metadata("backproj").get_all("Project-URL"))
    return urls["Source"]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
