"""The hook with which PyInstaller puts backproj into a frozen program. Only PyInstaller imports this."""

from __future__ import annotations

import os


def get_hook_dirs() -> list[str]:
    """Return the folder of the hook, which PyInstaller finds by the entry point ``pyinstaller40``."""
    return [os.path.dirname(__file__)]
