"""Loading Go into the process: once, within its limits, beside its signals, and again in forked children.

``system`` is what differs between systems. Each of its modules has the same names.
"""

import sys

if sys.platform == "linux":
    from backproj._runtime import linux as system
elif sys.platform == "win32":
    from backproj._runtime import windows as system
else:
    from backproj._runtime import posix as system

__all__ = ["system"]
