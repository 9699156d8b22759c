"""Give numpy and scipy for Windows the complex functions of C99, which Wine 8's C library lacks.

usage: complex_functions.py SITE_PACKAGES

They import them from api-ms-win-crt-math-l1-1-0.dll. Wine takes such names for its own ucrtbase.dll, whatever
files there are. So the import is renamed, and a library of the new name, beside each module, has mingw's
complex functions and forwards all others to ucrtbase.dll.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

OLD, NEW = "api-ms-win-crt-math-l1-1-0.dll", "bpx-ms-win-crt-math-l1-1-0.dll"

PARTS = {"carg", "cabs", "cimag", "creal"}  # they return a real number
FUNCTIONS = PARTS | {
    *("cacos", "cacosh", "casin", "casinh", "catan", "catanh", "ccos", "ccosh", "cexp", "clog", "conj"),
    *("cpow", "cproj", "csin", "csinh", "csqrt", "ctan", "ctanh"),
}

# To Microsoft's compiler complex numbers are structs, which functions take and return in other registers
# than mingw's do. long double is double there, and no package uses it.
HEADER = """
#include <complex.h>
typedef struct { float re, im; } complex_f;
typedef struct { double re, im; } complex_d;
static float _Complex from_f(complex_f a) { float _Complex z;
    __real__ z = a.re; __imag__ z = a.im; return z; }
static double _Complex from_d(complex_d a) { double _Complex z;
    __real__ z = a.re; __imag__ z = a.im; return z; }
static complex_f to_f(float _Complex z) { complex_f a = {__real__ z, __imag__ z}; return a; }
static complex_d to_d(double _Complex z) { complex_d a = {__real__ z, __imag__ z}; return a; }
"""


def imported(module: Path) -> set[str]:
    """Return what a module imports from the library."""
    listing = subprocess.run(
        ["llvm-readobj", "--coff-imports", module], capture_output=True, text=True, check=True
    ).stdout
    return {
        name
        for library in listing.split("Import {")
        if f"Name: {OLD}" in library or f"Name: {NEW}" in library
        for name in re.findall(r"Symbol: (\w+)", library)
    }


def function(name: str) -> str:
    """Return C code of a function, whose name in C99 ends with f if it is of floats."""
    kind, real = ("f", "float") if name not in FUNCTIONS else ("d", "double")
    parameters = ["a", "b"] if name.startswith("cpow") else ["a"]
    call = f"{name}({', '.join(f'from_{kind}({each})' for each in parameters)})"
    is_part = name in PARTS or name.removesuffix("f") in PARTS
    result, value = (real, call) if is_part else (f"complex_{kind}", f"to_{kind}({call})")
    declared = ", ".join(f"complex_{kind} {each}" for each in parameters)
    return f"{result} bpx_{name}({declared}) {{ return {value}; }}\n"


def main(site: Path) -> None:
    """Make the libraries for all modules below a folder."""
    modules = {
        path: imported(path) for package in ("numpy", "scipy") for path in site.glob(f"{package}/**/*.pyd")
    }
    names = set().union(*modules.values())
    missing = {name for name in names if name in FUNCTIONS or name.removesuffix("f") in FUNCTIONS}
    code, exports, library = (site / f"bpx.{ending}" for ending in ("c", "def", "dll"))
    code.write_text(HEADER + "".join(map(function, sorted(missing))))
    rows = [f"{name}=bpx_{name}" for name in missing] + [
        f"{name}=ucrtbase.{name}" for name in names - missing
    ]
    exports.write_text("\n".join([f"LIBRARY {NEW}", "EXPORTS", *sorted(rows), ""]))
    subprocess.run(
        ["x86_64-w64-mingw32-gcc", "-O2", "-s", "-shared", "-static-libgcc", "-o", library, code, exports],
        check=True,
    )
    for module, found in modules.items():
        if found:
            module.write_bytes(module.read_bytes().replace(OLD.encode(), NEW.encode()))
            shutil.copy(library, module.parent / NEW)
    for path in (code, exports, library):
        path.unlink()


main(Path(sys.argv[1]))
