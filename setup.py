"""Build the extension modules: gopy generates the sources of each from a Go package, then Go compiles them.

backproj._native is always built. backproj._opencv needs OpenCV and a C++ compiler, and is built if
the environment variable BACKPROJ_OPENCV is 1. What differs between systems is in scripts/targets.py. All
other settings of the build are in pyproject.toml.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_ext import build_ext
from setuptools.command.egg_info import egg_info
from setuptools.errors import CompileError, PlatformError

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "scripts"))

from sbom import sbom  # noqa: E402
from targets import Target, host, target, words  # noqa: E402

REPOSITORY = "https://github.com/backproj/backproj"
GO_MODULE = "github.com/backproj/backproj"
GO_PACKAGE = f"{GO_MODULE}/backproj"
GO_NEEDED = (1, 26)
ABI = "cp310"  # the oldest CPython that the stable-ABI module runs on
LIMITED_API = "0x030A0000"

# Each build has a folder of its own, so that several can run at once and none picks up old files. The
# underscore hides it from the pattern "./...".
(ROOT / "build").mkdir(exist_ok=True)
SCRATCH = tempfile.TemporaryDirectory(prefix="_", dir=ROOT / "build")

# Code of gopy 0.5.0 that does not suit the stable ABI, or all systems: a pattern, its replacement, and the
# number of matches. Any other number means that gopy has changed and this table must be revised.
PATCHES = [
    # Absolute paths of this machine (include, library, rpath). CGO_CFLAGS has the include path, and
    # an extension module is not linked with libpython.
    (r"^#cgo (CFLAGS|LDFLAGS):.*\n", "", 2),
    # A comment with paths of this machine: names in the compiled module are a hash of the source.
    (r"^gopy gen .*\n", "", 1),
    # A size that is a long on Linux and macOS, and not on Windows.
    (r"C\.long\(size\)", "C.Py_ssize_t(size)", 1),
    # A macro that accesses PyTypeObject. It is for callbacks, and we bind none.
    (r"return PyMethod_Check\(obj\);", "return 0;", 1),
    # Py_complex is outside the stable ABI, and we bind no complex numbers.
    (r"^func complex(64|128)(GoToPy|PyToGo)\(.*\{\n(.*\n)*?\}\n", "", 4),
]


class EggInfo(egg_info):
    """Writes the metadata into the build's folder, unless an sdist is made, which takes it along."""

    def finalize_options(self) -> None:
        if self.egg_base is None and "sdist" not in self.distribution.commands:
            self.egg_base = SCRATCH.name
        super().finalize_options()


class BdistWheel(bdist_wheel):
    """Adds to the wheel what is linked into its modules."""

    def finalize_options(self) -> None:
        check_interpreter()
        super().finalize_options()

    def write_wheelfile(self, folder: str, *args, **kwargs) -> None:
        super().write_wheelfile(folder, *args, **kwargs)
        # An editable installation has no modules yet.
        if "bdist_wheel" in self.distribution.commands:
            modules = map(Path, self.get_finalized_command("build_ext").get_outputs())
            sboms = Path(folder, "sboms")
            sboms.mkdir()
            text = sbom(self.distribution.get_name(), self.distribution.get_version(), modules)
            (sboms / "go.cdx.json").write_text(text, encoding="utf-8", newline="\n")


class GopyExtension(Extension):
    """An extension module that gopy generates from the Go package ``go_package``."""

    def __init__(self, name: str, go_package: str, *, opencv: bool = False) -> None:
        super().__init__(name, sources=[], py_limited_api=True)
        self.go_package = go_package
        self.opencv = opencv


class BuildGopy(build_ext):
    """Builds GopyExtensions."""

    def run(self) -> None:
        # Before the build, which takes a minute.
        check_interpreter()
        check_tools()
        self.opencv = opencv_environment() if any(ext.opencv for ext in self.extensions) else {}
        super().run()

    def get_ext_filename(self, fullname: str) -> str:
        return os.path.join(*fullname.split(".")) + target(os.environ)[0].suffix

    def build_extension(self, ext: GopyExtension) -> None:
        module = Path(self.get_ext_fullpath(ext.name)).resolve()
        module.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(SCRATCH.name, ext.name)
        folder.mkdir()
        go = Go(folder)
        if ext.opencv:
            go.env |= {name: f"{go.env.get(name, '')} {value}".strip() for name, value in self.opencv.items()}
        generate(go, ext)
        compile_module(go, ext, module, self.distribution.get_version())


class Go:
    """Runs commands in a folder, with the environment that gopy and cgo need."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        tools = Path(SCRATCH.name, "tools")
        # gopy finds goimports and go on PATH only.
        self.env = os.environ | {"CGO_ENABLED": "1", "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
        self.compile_for(host(), {})
        self.run(
            "go",
            "build",
            "-o",
            f"{tools}{os.sep}",
            "github.com/go-python/gopy",
            "golang.org/x/tools/cmd/goimports",
            folder=ROOT,
        )

    def compile_for(self, system: Target, variables: dict[str, str], *flags: str) -> None:
        """Compile for a system from now on, with flags for C that are put before the user's."""
        include = shlex.quote(str(system.headers(self.folder)))
        # -w: pybindgen's C converts between pointer types without a cast.
        all_flags = ["-O2", "-w", f"-I{include}", *flags, os.environ.get("CGO_CFLAGS", "")]
        self.env |= variables | {"CGO_CFLAGS": " ".join(all_flags)}

    def run(self, *command: str, folder: Path | None = None) -> str:
        """Run a command, and return its output."""
        done = subprocess.run(
            command,
            cwd=folder or self.folder,
            env=self.env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if done.returncode != 0:
            raise CompileError(f"{shlex.join(command)} failed:\n{done.stdout}")
        return done.stdout


def check_interpreter() -> None:
    """Raise PlatformError, with a message of one line, for a Python that has no stable ABI to build for."""
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        raise PlatformError(
            "backproj is not for free-threaded CPython, "
            f"such as this {sys.version_info[0]}.{sys.version_info[1]}t: use the CPython with the GIL"
        )


def check_tools() -> None:
    """Raise PlatformError, with a message of one line, if Go or a C compiler is missing or too old."""
    needed = ".".join(map(str, GO_NEEDED))
    if not shutil.which("go"):
        raise PlatformError(f"building backproj needs Go {needed} or later, and there is no 'go' on PATH")
    asked = subprocess.run(["go", "env", "GOVERSION", "CC"], cwd=ROOT, capture_output=True, text=True)
    version, _, compiler = asked.stdout.strip().partition("\n")
    found = re.match(r"go(\d+)\.(\d+)", version)
    if asked.returncode != 0 or not found or tuple(map(int, found.groups())) < GO_NEEDED:
        raise PlatformError(
            f"building backproj needs Go {needed} or later, and 'go' on PATH is "
            f"{version or asked.stderr.strip()}"
        )
    if not compiler or not shutil.which(words(compiler)[0]):
        raise PlatformError(
            f"building backproj needs a C compiler, {host().compilers}, "
            f"and there is no {compiler or 'cc'!r} on PATH (CC names another)"
        )
    if not importlib.util.find_spec("pybindgen"):
        raise PlatformError(
            "building backproj needs pybindgen 0.22.1: build with isolation, "
            "or install what [build-system] in pyproject.toml requires"
        )


def opencv_environment() -> dict[str, str]:
    """Return environment variables to compile gocv with, and to link only the libraries that are used.

    Raise PlatformError, with a message of one line, if OpenCV or a C++ compiler is missing.
    """
    compiler = subprocess.run(["go", "env", "CXX"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    if not compiler or not shutil.which(words(compiler)[0]):
        raise PlatformError(
            "BACKPROJ_OPENCV=1 needs a C++ compiler, such as Debian's g++, "
            f"and there is no {compiler or 'c++'!r} on PATH (CXX names another)"
        )
    flags = {}
    for asked in ("--cflags", "--libs-only-L"):
        try:
            found = subprocess.run(["pkg-config", asked, "opencv4"], capture_output=True, text=True)
        except FileNotFoundError:
            raise PlatformError(
                "BACKPROJ_OPENCV=1 needs OpenCV 4.6 or later, and there is no pkg-config to "
                "find it; Debian's packages are libopencv-dev and pkg-config"
            ) from None
        if found.returncode != 0:
            raise PlatformError(
                "BACKPROJ_OPENCV=1 needs OpenCV 4.6 or later, and pkg-config knows no "
                "opencv4; Debian's package is libopencv-dev"
            )
        flags[asked] = found.stdout.strip()
    # All of gocv is compiled, and it calls a dozen libraries. The linker drops the functions that the
    # module's only export cannot reach, so that two of the libraries are enough.
    drop = "-Wl,-dead_strip" if sys.platform == "darwin" else "-Wl,--gc-sections"
    return {
        # gopy does not pass its option -build-tags to every command that it runs. With the tag customenv
        # gocv takes its flags from the environment; those of pkg-config would link every library.
        "GOFLAGS": "-tags=opencv,gocv_specific_modules,customenv",
        "CGO_CPPFLAGS": flags["--cflags"],
        "CGO_CXXFLAGS": "-O2 -w -std=c++11 -DNDEBUG -ffunction-sections -fdata-sections",
        "CGO_LDFLAGS": f"{flags['--libs-only-L']} -lopencv_imgproc -lopencv_core {drop}",
    }


def generate(go: Go, ext: GopyExtension) -> None:
    """Generate the Go and C sources of a module with gopy and pybindgen."""
    name = module_name(ext)
    # gopy puts an underscore before the name of the module: "native" becomes _native.
    go.run(
        "gopy",
        "gen",
        f"-vm={sys.executable}",
        f"-name={name}",
        f"-output={go.folder}",
        "-no-make",
        ext.go_package,
        folder=ROOT,
    )
    source = go.folder / f"{name}.go"
    text = source.read_text()
    for pattern, replacement, expected in PATCHES:
        text, number = re.subn(pattern, replacement, text, flags=re.MULTILINE)
        if number != expected:
            raise CompileError(f"gopy's output has {number} matches of {pattern!r}, not {expected}")
    source.write_text(in_order(r"^//export binding_(?:.*\n)+?}\n", text))
    script = go.folder / "build.py"
    script.write_text(in_order(r"^add_checked.*'binding_.*\n", script.read_text()))
    # In this project's module. In one of its own, goimports would look through all folders of this tree.
    go.run("goimports", "-w", source.name)
    make_module(go, name)
    # This build is for the header that Go writes: the C that build.py generates includes it.
    go.run("go", "build", "-buildmode=c-archive", "-o", f"{name}_go.a", ".")
    (go.folder / f"{name}_go.a").unlink()
    go.run(sys.executable, script.name)


def in_order(pattern: str, text: str) -> str:
    """Sort the functions that gopy generates, which it does in another order each time, in place."""
    functions = iter(sorted(re.findall(pattern, text, flags=re.MULTILINE)))
    return re.sub(pattern, lambda match: next(functions), text, flags=re.MULTILINE)


def make_module(go: Go, name: str) -> None:
    """Make a Go module of the generated package, with an import path that no folder's name is part of.

    Names in the compiled module are made of that path. The library is required by a relative path, because Go
    puts it into the compiled module too.
    """
    for file in ("go.mod", "go.sum"):
        shutil.copy(ROOT / file, go.folder)
    library = os.path.relpath(ROOT, go.folder).replace(os.sep, "/")
    go.run(
        "go",
        "mod",
        "edit",
        f"-module={name}",
        f"-require={GO_MODULE}@v0.0.0",
        f"-replace={GO_MODULE}={library}",
    )


def compile_module(go: Go, ext: GopyExtension, module: Path, version: str) -> None:
    """Compile the sources into a stripped module that exports only its PyInit_ function."""
    # Only now, because all before ran on this machine. pybindgen names the type PyAsyncMethods, which is
    # outside the stable ABI, to set a slot to NULL.
    system, variables = target(os.environ)
    go.compile_for(system, variables, f"-DPy_LIMITED_API={LIMITED_API}", "-DPyAsyncMethods=void")
    out = go.folder / "out"
    out.mkdir()
    name = module_name(ext)
    link = system.link_flags(f"PyInit__{name}", go.folder / f"{name}.c", go.run)
    go.run(
        "go",
        "build",
        "-trimpath",
        "-buildvcs=false",
        "-buildmode=c-shared",
        # Go's own build ID depends on paths. On macOS the UUID is made of it.
        f"-ldflags=-s -w -buildid=backproj-{version} '-extldflags={link}'",
        "-o",
        str(out / module.name),
        ".",
    )
    # Renamed over the old module, because a running process may have that mapped.
    fresh = module.with_name(f".{module.name}.{os.getpid()}")
    shutil.copy(out / module.name, fresh)
    fresh.replace(module)


def module_name(ext: GopyExtension) -> str:
    return ext.name.rpartition(".")[2].removeprefix("_")


extensions = [GopyExtension("backproj._native", f"{GO_PACKAGE}/binding")]
if os.environ.get("BACKPROJ_OPENCV") == "1":
    extensions.append(GopyExtension("backproj._opencv", f"{GO_PACKAGE}/opencv/binding", opencv=True))


def description() -> str:
    """Return the README with absolute links, as PyPI needs them."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    pictures = re.sub(r"(!\[[^]]*\]\()(?!https?:)", rf"\1{REPOSITORY}/raw/main/", readme)
    return re.sub(r"((?<!!)\[[^]]*\]\()(?!https?:|#)", rf"\1{REPOSITORY}/blob/main/", pictures)


setup(
    long_description=description(),
    long_description_content_type="text/markdown",
    ext_modules=extensions,
    cmdclass={"bdist_wheel": BdistWheel, "build_ext": BuildGopy, "egg_info": EggInfo},
    options={"bdist_wheel": {"py_limited_api": ABI}, "build": {"build_base": SCRATCH.name}},
)
