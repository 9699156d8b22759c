"""Name the extension modules, which are imported at the first call, where PyInstaller does not see it."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]

hiddenimports = [f"backproj.{path.name.partition('.')[0]}" for path in sorted(_PACKAGE.glob("*.so"))]
