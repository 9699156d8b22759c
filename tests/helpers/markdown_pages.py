"""The pages of the documentation, and the blocks of code in them.

A comment right above a block, which readers of the page do not see, says what else is to be known of it:

    <!-- illustration: WHY -->      it is not run
    <!-- needs MODULE -->           it runs where that can be imported, after all that need nothing
    <!-- first:                     it runs after these lines of Python
    …
    -->
"""

import doctest
import re
from typing import NamedTuple

from helpers.processes import ROOT

_FENCE = re.compile(
    r"(?:^<!-- (?P<word>illustration|needs|first)\b:?(?P<note>(?:(?!-->).)*?)-->\n)?"
    r"^```(?P<language>[^\n`]*)\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_HEADING = re.compile(r"^## (.*)$", re.MULTILINE)


class Block(NamedTuple):
    """A block, the heading of the second level above it, and the line that its code begins in."""

    page: str
    heading: str
    line: int
    language: str
    code: str
    illustration: bool = False
    needs: str | None = None
    first: str = ""

    def run(self, names):
        """Run Python as it stands; of a session also compare what it shows."""
        exec(compile(self.first, f"{self.page}, before line {self.line}", "exec"), names)
        if self.language == "pycon":
            self._run_session(names)
        else:
            exec(compile("\n" * (self.line - 1) + self.code, self.page, "exec"), names)

    def _run_session(self, names):
        flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
        session = doctest.DocTestParser().get_doctest(self.code, {}, self.page, self.page, self.line - 1)
        assert session.examples, f"{self.page}, line {self.line}: a session without >>>"
        session.globs = names
        doctest.DebugRunner(optionflags=flags).run(session, clear_globs=False)


def names_of_pages():
    """Return every page, as a path from the root of the repository."""
    folders = ROOT, ROOT / "docs", ROOT / "examples", ROOT / "benchmarks"
    return sorted(str(path.relative_to(ROOT)) for folder in folders for path in folder.glob("*.md"))


def blocks_of(page):
    """Return the blocks of a page, in their order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    headings = [(match.start(), match[1]) for match in _HEADING.finditer(text)]
    blocks = []
    for match in _FENCE.finditer(text):
        above = [heading for start, heading in headings if start < match.start()]
        word, note = match["word"], (match["note"] or "").strip()
        blocks.append(
            Block(
                page,
                above[-1] if above else "",
                text.count("\n", 0, match.start("code")) + 1,
                match["language"],
                match["code"],
                illustration=word == "illustration",
                needs=note if word == "needs" else None,
                first=note if word == "first" else "",
            )
        )
    return blocks


def python_of(page):
    """Return the page's blocks of Python that are to be run."""
    return [
        block for block in blocks_of(page) if block.language in ("python", "pycon") and not block.illustration
    ]
