"""What a run found: its JSON file, and finding figures in it."""

import json
from typing import NamedTuple

from backproj._atomic_write import atomic_write

# What the summaries are about, where it was measured.
USUAL = "astronaut", (1920, 1080)


class Cell(NamedTuple):
    """What peers are compared within."""

    threads: int
    case: str
    image: str
    size: tuple[int, int]


class Report:
    """The measured rows, by cell and peer, in the order they were measured in.

    ``data`` is what the JSON file holds: machine, versions, settings, skipped and results. Of those, each
    has the fields of its cell, a peer, its kind, what is claimed of its result, the share of it that
    equals the reference's, and what measure.summary says.
    """

    def __init__(self, data):
        self.data = data
        self._rows = {(cell_of(row), row["peer"]): row for row in data["results"]}
        if not self._rows:
            raise ValueError("no results: nothing was measured")

    @classmethod
    def read(cls, path):
        with open(path, encoding="utf-8") as file:
            return cls(json.load(file))

    def write(self, path):
        with atomic_write([path]) as (file,):
            file.write(json.dumps(self.data, indent=1, ensure_ascii=False).encode() + b"\n")

    def get(self, cell, peer):
        """Return the row, or None if it was not measured."""
        return self._rows.get((cell, peer))

    @property
    def reference(self):
        """The peer whose speed is 1."""
        return self.data["settings"]["reference"]

    def peers(self, kinds=("floor", "cv2", "backproj", "other"), **fields):
        """Return the peers of those kinds, in cells of those fields."""
        return self.distinct("peer", kinds=kinds, **fields)

    def distinct(self, field, kinds=("floor", "cv2", "backproj", "other"), **fields):
        """Return the values that a field has in the rows of those kinds and other fields."""
        values = {}
        for (cell, _), row in self._rows.items():
            known = row | cell._asdict()
            if row["kind"] in kinds and all(known[name] == value for name, value in fields.items()):
                values[known[field]] = None
        return list(values)

    def usual(self):
        """Return the image and the size that the summaries are about."""
        images, sizes = self.distinct("image"), self.distinct("size")
        return (
            USUAL[0] if USUAL[0] in images else images[0],
            USUAL[1] if USUAL[1] in sizes else sizes[-1],
        )

    def usual_cells(self, threads):
        """Return the cell of each case that the summaries are about: in the usual size, or its largest."""
        image, size = self.usual()
        cells = []
        for case in self.distinct("case", threads=threads, image=image):
            sizes = self.distinct("size", threads=threads, image=image, case=case)
            cells.append(Cell(threads, case, image, size if size in sizes else sizes[-1]))
        return cells


def cell_of(row):
    return Cell(row["threads"], row["case"], row["image"], tuple(row["size"]))


def shown_size(size):
    return "×".join(map(str, size))


def shown_threads(threads):
    return "1 thread" if threads == 1 else f"{threads} threads"
