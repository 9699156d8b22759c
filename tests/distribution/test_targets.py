"""What setup.py does for each system, as far as it can be seen on another one."""

import platform

import pytest

import targets

CROSS = {
    "linux-x86_64": (targets.Target, "linux", "amd64", ".abi3.so"),
    "linux-aarch64": (targets.Target, "linux", "arm64", ".abi3.so"),
    "win-amd64": (targets.Windows, "windows", "amd64", ".pyd"),
    "macosx-11.0-arm64": (targets.MacOS, "darwin", "arm64", ".abi3.so"),
    "macosx-11.0-x86_64": (targets.MacOS, "darwin", "amd64", ".abi3.so"),
}


@pytest.mark.parametrize("name", CROSS)
def test_a_cross_build_is_for_the_platform_that_the_wheel_names(name):
    kind, goos, goarch, suffix = CROSS[name]
    chosen, variables = targets.target({"BACKPROJ_TARGET_CC": "some cc", "_PYTHON_HOST_PLATFORM": name})
    assert type(chosen) is kind
    assert chosen.suffix == suffix
    assert variables == {"CC": "some cc", "GOOS": goos, "GOARCH": goarch}


NATIVE = {
    ("Linux", "x86_64"): (targets.Target, "amd64"),
    ("Darwin", "arm64"): (targets.MacOS, "arm64"),
    ("Windows", "AMD64"): (targets.Windows, "amd64"),
    ("FreeBSD", "riscv64"): (targets.Target, "riscv64"),
}


@pytest.mark.parametrize("machine", NATIVE, ids=" ".join)
def test_without_a_compiler_for_another_machine_a_build_is_for_this_one(machine, monkeypatch):
    monkeypatch.setattr(platform, "system", lambda: machine[0])
    monkeypatch.setattr(platform, "machine", lambda: machine[1])
    # The latter alone does not make a cross build.
    chosen, variables = targets.target({"_PYTHON_HOST_PLATFORM": "win-amd64"})
    assert (type(chosen), chosen.goarch) == NATIVE[machine]
    assert variables == {}


FLAGS = {
    targets.Target: ["exports.map", "{ global: PyInit__native; local: *; };\n"],
    targets.MacOS: ["exports.txt", "_PyInit__native\n"],
    targets.Windows: ["exports.def", "EXPORTS\nPyInit__native\n"],
}

PREPROCESSED = """
extern __attribute__((dllimport)) PyObject _Py_NoneStruct;
__declspec(dllimport) PyObject * PyExc_ValueError;
__attribute__((dllimport)) int _PyArg_ParseTupleAndKeywords_SizeT(PyObject *, PyObject *,
    const char *, char **, ...);
__attribute__((dllimport)) extern char *getenv(const char *);
static inline void Py_INCREF(PyObject *op) { }
"""


def answer(*command):
    """Answer as the tools of a build for Windows do."""
    answers = {("go", "env", "CC"): "gcc\n", ("go", "env", "CGO_CFLAGS"): "'-Ia b'\n"}
    if "-E" in command:
        assert "-Ia b" in command
        return PREPROCESSED
    return answers.get(command, "")


@pytest.mark.parametrize("kind", FLAGS)
def test_the_linker_is_told_to_export_one_symbol(kind, tmp_path):
    file, content = FLAGS[kind]
    folder = tmp_path / "with a space"
    folder.mkdir()
    flags = kind("amd64").link_flags("PyInit__native", folder / "native.c", answer)
    # Go takes quotes around a whole flag only.
    assert any(flag.endswith(str(folder / file)) for flag in flags.strip('"').split('" "'))
    assert (folder / file).read_text() == content


def test_the_import_library_has_all_that_python_declares_and_nothing_else(tmp_path):
    targets.Windows("AMD64").link_flags("PyInit__native", tmp_path / "native.c", answer)
    assert (tmp_path / "python3.def").read_text().splitlines() == [
        "LIBRARY python3.dll",
        "EXPORTS",
        "_Py_NoneStruct DATA",
        "PyExc_ValueError DATA",
        "_PyArg_ParseTupleAndKeywords_SizeT",
    ]


@pytest.mark.parametrize(
    ("compiler", "expected"),
    [
        ("gcc", "dlltool"),
        ("/opt/bin/x86_64-w64-mingw32-gcc -m64", "/opt/bin/x86_64-w64-mingw32-dlltool"),
        ("zig cc -target x86_64-windows-gnu", "zig dlltool"),
        ("python -m ziglang cc", "python -m ziglang dlltool"),
    ],
)
def test_dlltool_is_that_of_the_compiler(compiler, expected):
    assert " ".join(targets.dlltool(targets.words(compiler))) == expected


def test_windows_without_a_compiler_is_told_of_both_that_work():
    assert "MinGW-w64" in targets.Windows.compilers
    assert "pip install ziglang" in targets.Windows.compilers
