"""The results of a run, which a JSON file stores, and access to them."""

import json
from typing import Literal, NamedTuple, get_args

from backproj._atomic_write import atomic_write

# The image, the size and the case that the summaries show, if they were measured.
SUMMARY = "astronaut", (1920, 1080)
SUMMARY_CASE = "prepared"


# What a peer is: a copy of the frame; cv2 as scripts usually call it, or with preallocated arrays for its
# results; backproj; or something else.
Kind = Literal["floor", "cv2", "preallocated cv2", "backproj", "other"]
KINDS = get_args(Kind)
CV2_KINDS = "cv2", "preallocated cv2"


class Cell(NamedTuple):
    """The conditions under which peers are compared."""

    threads: int
    case: str
    image: str
    size: tuple[int, int]


class Report:
    """The results by cell and peer, in the order in which they were measured.

    ``data`` is the content of the JSON file: machine, versions, settings, skipped and results. A result, or
    row, has the fields of its cell, the peer, its kind, whether its result has to be exact, the share of the
    result that equals the reference's, and the fields of measure.summary, with the speed relative to the
    fastest cv2 of the cell.
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

    def fastest(self, cell, kinds=CV2_KINDS):
        """Return the row of the fastest peer of these kinds, or None if there is none."""
        rows = (self.get(cell, peer) for peer in self.peers(kinds, **cell._asdict()))
        return min(rows, key=lambda row: row["ms"], default=None)

    @property
    def reference(self):
        """The peer whose results the others must have."""
        return self.data["settings"]["reference"]

    def peers(self, kinds=KINDS, **fields):
        """Return the peers of these kinds in the cells with these fields."""
        return self.distinct("peer", kinds=kinds, **fields)

    def distinct(self, field, kinds=KINDS, **fields):
        """Return the values of a field in the rows of these kinds, in cells with these other fields."""
        values = {}
        for (cell, _), row in self._rows.items():
            known = row | cell._asdict()
            if row["kind"] in kinds and all(known[name] == value for name, value in fields.items()):
                values[known[field]] = None
        return list(values)

    def summary_view(self):
        """Return the image and the size that the summaries show."""
        images, sizes = self.distinct("image"), self.distinct("size")
        return (
            SUMMARY[0] if SUMMARY[0] in images else images[0],
            SUMMARY[1] if SUMMARY[1] in sizes else sizes[-1],
        )

    def summary_case(self):
        """Return the case that the summaries of sizes and peers show."""
        cases = self.distinct("case")
        return SUMMARY_CASE if SUMMARY_CASE in cases else cases[0]

    def summary_cells(self, threads):
        """Return the cell of each case that the summaries show: in their size, or in the case's largest."""
        image, size = self.summary_view()
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
