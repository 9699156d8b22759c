"""Draw the pictures of docs/gallery.md again, by its own code: python docs/site/draw_gallery.py."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Run the page in an empty folder, and keep the pictures that it writes there."""
    page = ROOT / "docs" / "gallery.md"
    code = "\n".join(re.findall(r"^```python\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "examples").symlink_to(ROOT / "examples")
        os.chdir(folder)
        exec(compile(code, str(page), "exec"), {"__name__": "__main__"})
        os.chdir(ROOT)
        for picture in sorted(Path(folder).glob("*.jpg")):
            shutil.move(picture, page.with_suffix("") / picture.name)
            print("wrote", (page.with_suffix("") / picture.name).relative_to(ROOT), file=sys.stderr)


if __name__ == "__main__":
    main()
