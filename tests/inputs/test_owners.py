"""An array that reaches beyond its owner's memory is an error; others are read and written in place."""

import array
import ctypes
import mmap
import pickle
from multiprocessing import shared_memory

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided, sliding_window_view

import backproj
from backproj._validate.views import view_frames
from helpers.image_views import Subclass

SHAPE = (6, 8, 3)
SIZE = 6 * 8 * 3


class Interface:
    """An object with ``__array_interface__``, by which some libraries describe their images."""

    def __init__(self, of):
        self.of = of
        self.__array_interface__ = of.__array_interface__


class Liar(np.ndarray):
    """A subclass that claims to own all memory."""

    base = property(lambda self: None)
    nbytes = property(lambda self: 2**60)
    flags = property(lambda self: type("Flags", (), {"owndata": True, "writeable": True}))


def noise(shape=SHAPE):
    return np.random.default_rng(20).integers(0, 256, shape, np.uint8)


def mapped(size=SIZE):
    memory = mmap.mmap(-1, size)
    memory.write(noise(size).tobytes())
    return memory


def file(tmp_path):
    noise().tofile(tmp_path / "frame")
    return tmp_path / "frame"


# Flat arrays of the same bytes, by the owner of their memory.
OWNERS = {
    "ndarray": lambda _: noise(SIZE),
    "a view of one": lambda _: noise(2 * SIZE)[:SIZE],
    "bytes": lambda _: np.frombuffer(noise().tobytes(), np.uint8),
    "bytearray": lambda _: np.frombuffer(bytearray(noise().tobytes()), np.uint8),
    "bytearray, not held": lambda _: np.ndarray(SIZE, np.uint8, bytearray(noise().tobytes())),
    "memoryview": lambda _: np.asarray(memoryview(noise().tobytes())),
    "strided memoryview": lambda _: np.asarray(memoryview(noise((2 * SIZE,)))[::-2][::-1]),
    "array.array": lambda _: np.asarray(array.array("B", noise().tobytes())),
    "array.array, not held": lambda _: np.ndarray(SIZE, np.uint8, array.array("B", noise().tobytes())),
    "ctypes array": lambda _: np.ctypeslib.as_array((ctypes.c_uint8 * SIZE)(*noise().tobytes())),
    "mmap": lambda _: np.frombuffer(mapped(), np.uint8),
    "mmap, not held": lambda _: np.ndarray(SIZE, np.uint8, mapped()),
    "memmap": lambda tmp_path: np.memmap(file(tmp_path), np.uint8, "r+"),
    "subclass": lambda _: noise(SIZE).view(Subclass),
    "liar": lambda _: noise(SIZE).view(Liar),
    "pickle": lambda _: pickle.loads(pickle.dumps(noise(SIZE))),
}
# The same, where numpy does not say how much memory the owner has.
UNKNOWN = {
    "void": lambda _: np.ndarray(SIZE, np.uint8, np.void(noise().tobytes())),
    "interface": lambda _: np.asarray(Interface(noise(SIZE))),
    "dlpack": lambda _: np.from_dlpack(noise(SIZE)),
}


@pytest.mark.parametrize("make", [*OWNERS.values(), *UNKNOWN.values()], ids=[*OWNERS, *UNKNOWN])
def test_memory_of_any_owner_is_read_in_place(tmp_path, make):
    flat = make(tmp_path)
    expected = np.array(flat).reshape(SHAPE)
    hist = backproj.Histogram(expected)
    image = flat.reshape(SHAPE)
    for view in (image, image[::-1, ::2], image[2:, 3:], as_strided(image[1:], (5, 8, 3), image.strides)):
        copy = np.array(view)
        np.testing.assert_array_equal(hist.back_project(view), hist.back_project(copy))
        assert (backproj.Histogram(view).counts == backproj.Histogram(copy).counts).all()
        assert backproj.locate(view[..., 0], (2, 2)) == backproj.locate(copy[..., 0], (2, 2))
        np.testing.assert_array_equal(hist.cut_out(view), hist.cut_out(copy))
        sums = backproj.disc_sum(view[..., 1], view[:, :3, 2] > 99)
        np.testing.assert_array_equal(sums, backproj.disc_sum(copy[..., 1], copy[:, :3, 2] > 99))


# Views that begin in an image of 6×8 pixels and reach beyond it.
BEYOND = {
    "a row too many": lambda a: as_strided(a, (7, 8, 3), (24, 3, 1)),
    "a pixel too many": lambda a: as_strided(a[5:, 7:], (1, 2, 3), (24, 3, 1)),
    "a component too many": lambda a: as_strided(a[5:, 7:, 1:], (1, 1, 3), (24, 3, 1)),
    "rows too far apart": lambda a: as_strided(a, (6, 8, 3), (25, 3, 1)),
    "a row before the first": lambda a: as_strided(a, (2, 8, 3), (-24, 3, 1)),
    "a pixel before the first": lambda a: as_strided(a, (6, 2, 3), (24, -3, 1)),
    "a component before the first": lambda a: as_strided(a, (6, 8, 3), (24, 3, -1)),
    "gigabytes": lambda a: as_strided(a, (2**20, 2**20, 3), (3 * 2**20, 3, 1)),
    "a slice of an array with a row too many": lambda a: as_strided(a, (12, 8, 3), (24, 3, 1))[5:7],
    "a row too many, of a slice": lambda a: as_strided(a[4:], (3, 8, 3), (24, 3, 1)),
    "a row too many, of a strided view": lambda a: as_strided(
        as_strided(a, (3, 8, 3), (48, 3, 1)), (7, 8, 3), (24, 3, 1)
    ),
    "windows of an array with a row too many": lambda a: sliding_window_view(
        as_strided(a, (7, 8, 3), (24, 3, 1)), 3, 2
    )[..., 0, :],
    "a row too many, of a subclass": lambda a: as_strided(
        a.view(Subclass), (7, 8, 3), (24, 3, 1), subok=True
    ),
    "a row too many, of a liar": lambda a: as_strided(a.view(Liar), (7, 8, 3), (24, 3, 1), subok=True),
    "four channels": lambda a: as_strided(a, (6, 8, 4), (24, 3, 1)),
}


@pytest.mark.parametrize("beyond", BEYOND.values(), ids=BEYOND)
@pytest.mark.parametrize("owner", sorted(OWNERS.keys() - {"a view of one", "strided memoryview"}))
def test_an_image_that_reaches_beyond_its_owner_is_an_error(tmp_path, owner, beyond):
    image = beyond(OWNERS[owner](tmp_path).reshape(SHAPE))
    hist = backproj.Histogram(noise())
    for name, call in {
        "frame": hist.back_project,
        "model": backproj.Histogram,
        "image": lambda image: backproj.in_range(image, (0, 0, 0), (9, 9, 9)),
    }.items():
        with pytest.raises(ValueError, match=rf"^{name} of shape .* reach beyond .* as_strided .*\?$"):
            call(image)


def test_masks_outs_planes_and_values_that_reach_beyond_are_errors():
    hist, frame = backproj.Histogram(noise()), noise()
    beyond = as_strided(np.zeros((5, 8), np.uint8), (6, 8), (8, 1))
    floats = as_strided(np.zeros(31, np.float32), (32,), (4,))
    for name, call in {
        "mask": lambda: backproj.Histogram(frame, mask=beyond),
        "mask ": lambda: backproj.Histogram(frame, mask=beyond.view(bool)),
        "out": lambda: hist.back_project(frame, out=beyond),
        "prob": lambda: backproj.locate(beyond, (2, 2)),
        "values": lambda: backproj.Histogram.from_values(floats, channels="h"),
    }.items():
        with pytest.raises(ValueError, match=f"^{name.strip()} of shape .* reach beyond"):
            call()


def test_memory_is_read_as_array_interface_describes_it():
    # The object describes less memory than there is, so reading all of it is safe here.
    all_of_it = noise()
    part = np.asarray(Interface(all_of_it[:1]))
    view = as_strided(part, SHAPE, all_of_it.strides)
    hist = backproj.Histogram(all_of_it)
    np.testing.assert_array_equal(hist.back_project(view), hist.back_project(all_of_it))


@pytest.mark.parametrize("address", [1, 4095])
def test_an_address_in_the_first_page_is_an_error(address):
    described = Interface(noise())
    described.__array_interface__["data"] = address, False
    with pytest.raises(RuntimeError, match=f"no array begins at address {address:#x}"):
        backproj.back_project(np.asarray(described), noise())


def test_a_circular_chain_of_bases_does_not_loop_forever():
    view = as_strided(noise(), SHAPE, (24, 3, 1))
    view.base.base = view
    hist = backproj.Histogram(noise())
    np.testing.assert_array_equal(hist.back_project(view), hist.back_project(noise()))
    view.base.base = None


def resized_array():
    owner = noise((500, 500, 3))
    view = owner[100:]
    owner.resize((1, 1, 3), refcheck=False)
    return view


def emptied_bytearray():
    memory = bytearray(noise().tobytes())
    view = np.ndarray(SHAPE, np.uint8, memory)
    memory.clear()
    return view


def closed_mmap():
    memory = mapped()
    view = np.ndarray(SHAPE, np.uint8, memory)
    memory.close()
    return view


def closed_shared_memory():
    memory = shared_memory.SharedMemory(create=True, size=SIZE)
    view = np.ndarray(SHAPE, np.uint8, memory.buf)
    memory.close()
    memory.unlink()
    return view


def released_memoryview():
    view = np.frombuffer(bytearray(noise().tobytes()), np.uint8).reshape(SHAPE)
    view.base.base.release()
    return view


@pytest.mark.parametrize(
    "make",
    [resized_array, emptied_bytearray, closed_mmap, closed_shared_memory, released_memoryview],
    ids=lambda make: make.__name__,
)
def test_released_memory_is_an_error(make):
    with pytest.raises(ValueError, match=r"frame .*(closed|resized)"):
        backproj.back_project(make(), noise())
    for name, call in {
        "frame": backproj.Histogram(noise()).segment,
        "prob": lambda released: backproj.disc_sum(released[..., 0]),
        "mask": lambda released: backproj.cut_out(
            np.zeros((*released.shape[:2], 3), np.uint8), released[..., 0]
        ),
        "disc": lambda released: backproj.disc_sum(noise((9, 9)), released[:5, :5, 0]),
    }.items():
        with pytest.raises(ValueError, match=rf"{name} .*(closed|resized)"):
            call(make())


@pytest.mark.parametrize(
    ("owner", "release"),
    [
        (mapped(), lambda memory: memory.close()),
        (bytearray(noise().tobytes()), lambda memory: memory.clear()),
        (array.array("B", noise().tobytes()), lambda memory: memory.pop()),
    ],
    ids=["mmap", "bytearray", "array.array"],
)
def test_memory_cannot_be_released_during_a_call(owner, release):
    view = np.ndarray(SHAPE, np.uint8, owner)[::-1, 2:]
    view.flags.writeable = False
    held = view_frames(view, 0).array
    np.testing.assert_array_equal(held, view)
    assert held.__array_interface__["data"] == view.__array_interface__["data"]
    with pytest.raises(BufferError):
        release(owner)
    del held
    release(owner)


def test_an_array_cannot_be_resized_during_a_call():
    owner = noise()
    view = view_frames(owner[1:], 0).array
    with pytest.raises(ValueError, match="cannot resize"):
        owner.resize((1, 1, 3))
    assert view.base is owner


def test_out_in_a_memory_map_is_written_in_place(tmp_path):
    out = np.memmap(tmp_path / "prob", np.uint8, "w+", shape=(6, 16))
    hist = backproj.Histogram(noise())
    hist.back_project(noise(), out=out[:, ::2])
    out.flush()
    written = np.fromfile(tmp_path / "prob", np.uint8).reshape(6, 16)
    np.testing.assert_array_equal(written[:, ::2], hist.back_project(noise()))
    assert not written[:, 1::2].any()


def test_a_read_only_map_as_out_is_an_error(tmp_path):
    (tmp_path / "prob").write_bytes(bytes(48))
    for out in (
        np.memmap(tmp_path / "prob", np.uint8, "r", shape=(6, 8)),
        np.frombuffer(bytes(48), np.uint8).reshape(6, 8),
    ):
        with pytest.raises(ValueError, match=r"out of shape .* is read-only"):
            backproj.back_project(noise(), noise(), out=out)
