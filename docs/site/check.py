"""Check a built site: python docs/site/check.py FOLDER.

Every link within it leads somewhere, and a browser loads nothing from elsewhere.
"""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# What a browser fetches on its own, by the element that names it. A <link> may be a mere mention.
_FETCHED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src"}
_FETCHED_LINKS = {"stylesheet", "icon", "preload", "preconnect", "dns-prefetch"}


class Page(HTMLParser):
    """The anchors and the links of a page, and what it fetches."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: set[str] = set()
        self.fetched: set[str] = set()
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element says."""
        given = {name: value or "" for name, value in attrs}
        self.anchors.add(given.get("id", ""))
        if tag == "a" and "href" in given:
            self.links.add(given["href"])
        elif tag == "link" and _FETCHED_LINKS & set(given.get("rel", "").split()):
            self.fetched.add(given["href"])
        elif _FETCHED.get(tag) in given:
            self.fetched.add(given[_FETCHED[tag]])


def faults(site: Path) -> list[str]:
    """Return what is wrong with a site, a line each."""
    pages = {file.resolve(): Page(file) for file in site.rglob("*.html")}
    found = [f"{sheet.name} fetches from elsewhere" for sheet in site.rglob("*.css") if _imports(sheet)]
    if len(pages) < 2:
        found.append(f"{site} is no site")
    for file, page in pages.items():
        for url in page.fetched | page.links:
            parts = urlsplit(url)
            if parts.scheme or parts.netloc:
                if url in page.fetched and parts.scheme != "data":
                    found.append(f"{file.name} fetches {url}")
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            if not target.exists():
                found.append(f"{file.name} leads to {url}, which is not there")
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors:
                found.append(f"{file.name} leads to {url}, and there is no such anchor")
    return found


def _imports(sheet: Path) -> bool:
    text = sheet.read_text(encoding="utf-8")
    return any(mark in text for mark in ("@import", "url(http", "url(//", 'url("http', "url('http"))


if __name__ == "__main__":
    found = faults(Path(sys.argv[1]))
    print("\n".join(found), file=sys.stderr)
    sys.exit(bool(found))
