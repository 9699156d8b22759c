"""The tests that do not run on Windows, and why."""

import pytest

# Whole files, most of which cannot even be imported there.
FILES = {
    "reliability/test_forks.py": "Windows does not fork",
    "reliability/test_limits.py": "Windows has no limits of address space and threads that Go would meet",
    "reliability/test_signal_mask.py": "Windows has no signal masks",
    "reliability/test_signals.py": "POSIX signals; test_on_windows.py has Ctrl-C and Ctrl-Break",
    "reliability/test_float_environment.py": "calls glibc",
    "reliability/test_faults.py": "a file that is mapped cannot be cut short on Windows",
    "reliability/test_atomic_write.py": "modes, owners, links; test_on_windows.py has what Windows does",
    "reliability/test_memory.py": "reads /proc",
    "reliability/test_go_variables.py": "calls glibc; test_on_windows.py has the same for Windows",
    "reliability/test_blocks.py": "timers that raise signals; test_on_windows.py has interrupts",
    "command/test_video_process.py": "signals, pipes and limits of POSIX",
    "command/test_completion.py": "completion is for bash, zsh and fish",
    "distribution": "builds and releases are made on Linux",
    "documents": "pages are built on Linux",
    "benchmarks": "benchmarks are for Linux",
    "release": "has a target of its own",
    "browser": "has a target of its own",
}

_FOLDERS = "to open a folder is a PermissionError"
_SLASHES = "the expected text has slashes in paths, not backslashes"

_MISTAKES = "test_mistakes_are_one_line_and_exit_code_2_and_nothing_is_written"

# Parts of test ids.
TESTS = {
    "test_files.py::test_a_missing_file_is_an_os_error": _FOLDERS,
    "test_files.py::test_a_directory_of_the_archive_that_lies": "zipfile of CPython 3.13 warns first",
    "test_files.py::test_a_file_larger_than_any_histogram": "limits memory, by the module resource",
    "test_files.py::test_a_good_file_without_memory": "limits memory, by the module resource",
    "test_files.py::test_an_error_while_a_file_is_read": "reads /proc/self/mem",
    "test_batches.py::test_an_interrupt_ends_a_long_batch": "a timer that raises a signal",
    "test_loading.py::test_an_import_loads_no_go": "reads /proc/self/maps",
    "test_loading.py::test_a_call_in_the_midst": "forks",
    "test_sample.py::test_a_forked_child_works": "forks",
    f"test_video.py::{_MISTAKES}[a folder]": _FOLDERS,
    f"test_video.py::{_MISTAKES}[no such folder]": _SLASHES,
    "test_video.py::test_a_name_is_a_file_even_if_it_looks_like_a_protocol": "names have no colons",
    "test_image.py::test_several_files_become_a_folder_by_one_histogram": _SLASHES,
    f"test_image.py::{_MISTAKES}[one name twice]": _SLASHES,
    "test_shift_formulas.py::test_random_planes": "cv2's widths of lines, 0 but for 1e-7, have other digits",
}


def ignored(path):
    """Return why a file or a folder is not collected, or None."""
    return next((why for part, why in FILES.items() if path.as_posix().endswith(f"/tests/{part}")), None)


def pytest_ignore_collect(collection_path):
    return True if ignored(collection_path) else None


def pytest_collection_modifyitems(items):
    for item in items:
        for part, why in TESTS.items():
            if part in item.nodeid:
                item.add_marker(pytest.mark.skip(reason=why))


def pytest_terminal_summary(terminalreporter):
    terminalreporter.section("not on Windows")
    for path, why in FILES.items():
        terminalreporter.line(f"tests/{path}: {why}")
