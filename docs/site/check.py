"""Check a built site: python docs/site/check.py FOLDER.

Every internal link must lead to a page and an anchor that exist, and no page may load anything from other
hosts.
"""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# What a browser loads by itself: elements and their attributes, and values of rel for <link>.
_LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src"}
_LOADED_RELS = {"stylesheet", "icon", "preload", "preconnect", "dns-prefetch"}


class Page(HTMLParser):
    """The anchors and links of a page, and the files that it loads."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: set[str] = set()
        self.loaded: set[str] = set()
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect the anchors, links and files of an element."""
        given = {name: value or "" for name, value in attrs}
        self.anchors.add(given.get("id", ""))
        if tag == "a" and "href" in given:
            self.links.add(given["href"])
        elif tag == "link" and _LOADED_RELS & set(given.get("rel", "").split()):
            self.loaded.add(given["href"])
        elif _LOADED.get(tag) in given:
            self.loaded.add(given[_LOADED[tag]])


def faults(site: Path) -> list[str]:
    """Return the faults of a site, one line for each."""
    pages = {file.resolve(): Page(file) for file in site.rglob("*.html")}
    found = [f"{sheet.name} loads files from other hosts" for sheet in site.rglob("*.css") if _imports(sheet)]
    if len(pages) < 2:
        found.append(f"{site} has fewer than two pages")
    for file, page in pages.items():
        for url in page.loaded | page.links:
            parts = urlsplit(url)
            if parts.scheme or parts.netloc:
                if url in page.loaded and parts.scheme != "data":
                    found.append(f"{file.name} loads {url}")
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            if not target.exists():
                found.append(f"{file.name} links to {url}, which does not exist")
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors:
                found.append(f"{file.name} links to {url}, but there is no such anchor")
    return found


def _imports(sheet: Path) -> bool:
    text = sheet.read_text(encoding="utf-8")
    return any(mark in text for mark in ("@import", "url(http", "url(//", 'url("http', "url('http"))


if __name__ == "__main__":
    found = faults(Path(sys.argv[1]))
    print("\n".join(found), file=sys.stderr)
    sys.exit(bool(found))
