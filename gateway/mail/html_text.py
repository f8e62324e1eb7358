"""The walk over an HTML tree that writes plain text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SPACE: Final = re.compile(r"[ \t\n\r\f]+")
_HIDDEN: Final = re.compile(
    r"(?i)display\s{0,5}:\s{0,5}none|visibility\s{0,5}:\s{0,5}hidden|mso-hide\s{0,5}:\s{0,5}all"
)
_SKIPPED: Final = _names("head script style title template noscript svg math object iframe select textarea")
_BLANK_LINE: Final = _names("p h1 h2 h3 h4 h5 h6 pre blockquote dl figure")
_NEW_LINE: Final = _names(
    "div tr table tbody thead tfoot caption ul ol li dt dd address article aside section header footer main form"
    " center fieldset nav hr"
)
_STYLED_LONG: Final = 4_000
_DEEPEST: Final = 20  # shown nesting of quotes and lists


@dataclass(slots=True)
class _Page:
    """Text being written: lines so far, the line in hand, and what must come before the next word."""

    check_hidden: bool
    lines: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    quotes: int = 0
    pre: int = 0
    lists: list[int] = field(default_factory=list)
    space: bool = False
    blank: int = -1  # the quote depth of the empty line that is due

    def word(self, data: str) -> None:
        """Text outside `pre`, its white space collapsed."""
        data = _SPACE.sub(" ", data)
        if data == " ":
            self.space = True
            return
        if data[0] == " ":
            self.space = True
            data = data[1:]
        self.put(data.rstrip(" "))
        self.space = data[-1] == " "

    def put(self, data: str) -> None:
        """Text as it is, after the space that is due."""
        if not self.line:
            if self.blank >= 0 and self.lines and self.lines[-1].strip("> "):
                self.lines.append(("> " * min(self.blank, _DEEPEST)).rstrip())
            self.blank = -1
        elif self.space:
            self.line.append(" ")
        self.space = False
        self.line.append(data)

    def end_line(self, *, forced: bool = False) -> None:
        """A line break; a forced one may leave an empty line."""
        if self.line or forced:
            indent = "" if self.pre or not self.lists else "  " * (min(len(self.lists), _DEEPEST) - 1)
            text = "> " * min(self.quotes, _DEEPEST) + indent + "".join(self.line).rstrip()
            self.lines.append(text if self.line else text.rstrip())
            self.line.clear()
        self.space = False

    def block(self, tag: str) -> None:
        """The break that a block element makes before and after itself."""
        self.end_line()
        if tag in _BLANK_LINE:
            self.separate()

    def separate(self) -> None:
        """Ask for an empty line before the next text, as deeply quoted as its less quoted side."""
        self.blank = self.quotes if self.blank < 0 else min(self.blank, self.quotes)

    def preformatted(self, data: str) -> None:
        """Text inside `pre`, its lines kept."""
        first, *rest = data.replace("\r\n", "\n").split("\n")
        if first:
            self.put(first)
        for line in rest:
            self.end_line(forced=True)
            if line:
                self.put(line)


def walk(html: str) -> str:
    """The text of HTML that is known to be small and shallow enough."""
    tree = LexborHTMLParser(html)
    root = tree.body or tree.root
    if root is None:
        return ""
    lowered = html.lower()
    page = _Page(check_hidden="none" in lowered or "hidden" in lowered or "mso-hide" in lowered)
    node: LexborNode | None = root.child
    while node is not None:
        below = _enter(page, node)
        if below is not None:
            node = below
            continue
        node = _following(page, node, root)
    page.end_line()
    return "\n".join(page.lines).strip("\n").rstrip()


def _following(page: _Page, node: LexborNode, root: LexborNode) -> LexborNode | None:
    """The next node in document order after everything below this one, leaving elements on the way."""
    current, end = node, root.mem_id  # comparing nodes themselves would compare their HTML
    while current.mem_id != end:
        after = current.next
        if after is not None:
            return after
        parent = current.parent
        if parent is None or parent.mem_id == end:
            return None
        _leave(page, parent)
        current = parent
    return None


def _enter(page: _Page, node: LexborNode) -> LexborNode | None:
    """Write what a node begins with, and say where its content starts."""
    tag = node.tag or ""
    if tag == "-text":
        data = node.text_content or ""
        if data:
            page.preformatted(data) if page.pre else page.word(data)
        return None
    if tag in _SKIPPED or tag.startswith(("-", "!")) or (page.check_hidden and _hidden(node)):
        return None
    if tag == "br":
        page.end_line(forced=True)
        return None
    if tag == "img":
        alternative = _SPACE.sub(" ", node.attributes.get("alt") or "").strip()
        if alternative:
            page.put(f"[{alternative}]")
        return None
    _open(page, node, tag)
    below = node.child
    if below is None:
        _leave(page, node)
    return below


def _open(page: _Page, node: LexborNode, tag: str) -> None:
    if tag in ("td", "th"):
        if page.line and node.prev is not None:
            page.line.append("\t")
            page.space = False
    elif tag in _BLANK_LINE or tag in _NEW_LINE:
        page.block(tag)
    if tag == "li":
        _bullet(page)
    elif tag == "blockquote":
        page.quotes += 1
    elif tag == "pre":
        page.pre += 1
    elif tag in ("ul", "ol"):
        if not page.lists:
            page.separate()
        page.lists.append(1 if tag == "ol" else 0)
    elif tag == "hr":
        page.put("-" * 20)


def _bullet(page: _Page) -> None:
    if page.lists and page.lists[-1]:
        page.put(f"{page.lists[-1]}. ")
        page.lists[-1] += 1
    else:
        page.put("- ")


def _leave(page: _Page, node: LexborNode) -> None:
    tag = node.tag or ""
    if tag == "a":
        _link(page, node)
    elif tag in _BLANK_LINE or tag in _NEW_LINE:
        page.block(tag)
    if tag == "blockquote":
        page.quotes -= 1
        page.separate()
    elif tag == "pre":
        page.pre -= 1
    elif tag in ("ul", "ol") and page.lists:
        page.lists.pop()
        if not page.lists:
            page.separate()


def _link(page: _Page, node: LexborNode) -> None:
    """The address of a link after its text, where the text does not say it already."""
    url = (node.attributes.get("href") or "").strip()
    if not url.lower().startswith(("http:", "https:", "mailto:", "tel:", "ftp:")):
        return
    shown = "".join(page.line[-40:])
    bare = url.split(":", 1)[1].removeprefix("//").split("?", 1)[0].rstrip("/")
    if bare and bare.lower() in shown.lower():
        return
    page.space = bool(page.line)
    page.put(f"<{_SPACE.sub('', url)}>")


def _hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    style = attributes.get("style")
    return "hidden" in attributes or (style is not None and bool(_HIDDEN.search(style[:_STYLED_LONG])))
