"""What the HTML part of a mail tells of its quotes and signatures, laid over the lines of the plain text.

Shape: one scan over the tags without building a tree, since nesting is the sender's to choose; linear.
"""

from __future__ import annotations

import html as entities
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Final

from gateway.mail import quote_marks

_LONGEST_HTML: Final = 4_000_000  # characters; beyond it the text alone is read
_WINDOW: Final = 6_000  # compact characters searched ahead for a line of the text
_MISSES: Final = 400  # lines not found before the two parts count as different texts
_KEY: Final = 80
_MARKS: Final = (">", "*", "_", "\u200b", "\ufeff")
_ATTRIBUTION: Final = 400  # compact characters that Gmail puts before the first block quote

_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,20})([^<>]*+)>")
_MARKUP: Final = re.compile(r"<(?:/?[a-zA-Z][a-zA-Z0-9:]{0,20}[^<>]*+>|/?[a-zA-Z])")  # unfinished tags too
_HIDDEN: Final = re.compile(r"<(?:!--|(?=[a-zA-Z])(style|script|head|title)(?=[\s>/]))", re.IGNORECASE)
_SURE: Final = ("quote", "container", "rest")


class _Scan:
    """The visible text without white space, and where its state changes."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._said = 0  # how far into the HTML the pieces reach
        self._pieces: list[str] = []
        self.length = 0
        self.starts: list[int] = [0]
        self.states: list[str] = [""]
        self.element = ""  # the element whose end ends the present state
        self._depth = 0
        self._inner = 0  # depth of block quotes within a Gmail container
        self._entered = 0

    def say(self, stop: int) -> None:
        """Add the visible text of the HTML before an offset."""
        text = _MARKUP.sub(" ", self._html[self._said : stop])
        self._said = stop
        piece = _compact(entities.unescape(text) if "&" in text else text)
        self._pieces.append(piece)
        self.length += len(piece)

    def skip(self, stop: int) -> None:
        """Leave the HTML before an offset out."""
        self._said = stop

    def compact(self) -> str:
        return "".join(self._pieces)

    def enter(self, name: str, state: str, at: int) -> None:
        """Begin the state that an opening tag at an offset gives."""
        self._become("quote" if state in ("rest", "container") else state, at)
        self.element = "\0" if state == "rest" else name
        self._depth, self._entered = 1, self.length
        self._inner = 0 if state == "container" else -1

    def open(self, name: str, at: int) -> None:
        """An opening tag within the element of the present state.

        Gmail keeps answers between quotes in its container: there only the block quotes are quotes.
        """
        self._depth += name == self.element
        if name != "blockquote" or self._inner < 0:
            return
        if not self._inner and self.states[-1] == "quote":
            self.say(at)
            if self.length - self._entered > _ATTRIBUTION:
                self._inner = -1
                return
        self._inner += 1
        if self._inner == 1:
            self._become("quote", at)

    def close(self, name: str, at: int) -> None:
        """A closing tag within the element of the present state."""
        if name == "blockquote" and self._inner > 0:
            self._inner -= 1
            if not self._inner:
                self._become("", at)
        if name == self.element:
            self._depth -= 1
            if not self._depth:
                self.element = ""
                self._become("", at)

    def deepen(self, at: int) -> None:
        """What a client marks as a quote within a bare blockquote makes the rest of that one a quote."""
        self._become("quote", at)

    def _become(self, state: str, at: int) -> None:
        self.say(at)
        self.starts.append(self.length)
        self.states.append(state)


def states_of(lines: Sequence[str], html: str) -> list[str]:
    """For every line "quote", "block" (a bare blockquote), "signature" or "", as the HTML part marks it.

    Shape: an empty list where there is no HTML or it marks nothing.

    >>> states_of(["Yes.", "Will you?"], 'Yes.<div class="gmail_quote">Will you?</div>')
    ['', 'quote']
    """
    if not html or len(html) > _LONGEST_HTML or len(lines) < 2 or not quote_marks.hinted(html):
        return []
    scan = _scan(html)
    return _laid_over(lines, scan) if len(scan.states) > 1 else []


def _scan(html: str) -> _Scan:
    scan, at = _Scan(html), 0
    seen: dict[str, str] = {}
    while at < len(html):
        hidden = _HIDDEN.search(html, at)
        stop = hidden.start() if hidden else len(html)
        _follow(scan, _TAG.finditer(html, at, stop), seen)
        scan.say(stop)
        at = _after_hidden(html, hidden) if hidden else stop
        scan.skip(at)
    return scan


def _follow(scan: _Scan, tags: Iterator[re.Match[str]], seen: dict[str, str]) -> None:
    """Take the tags of a visible stretch; `seen` holds what each opening tag met so far says."""
    for tag in tags:
        if scan.element:
            name = tag[2].lower()
            if name == scan.element or name == "blockquote":
                (scan.close if tag[1] else scan.open)(name, tag.start())
            elif scan.states[-1] == "block" and not tag[1] and _judged(tag, seen) in _SURE:
                scan.deepen(tag.start())
        elif not tag[1] and (state := _judged(tag, seen)):
            scan.enter(tag[2].lower(), state, tag.start())


def _judged(tag: re.Match[str], seen: dict[str, str]) -> str:
    """What an opening tag says, found out once for each wording."""
    whole = tag[0]
    state = seen.get(whole)
    if state is None:
        state = seen[whole] = quote_marks.judged(tag[2].lower(), tag[3])
    return state


def _after_hidden(html: str, hidden: re.Match[str]) -> int:
    """Where the text goes on after a comment or an element that shows none."""
    start = hidden.start()
    if hidden[1] is None:
        end = html.find("-->", start)
        return end + 3 if end >= 0 else len(html)
    name, end = hidden[1].lower(), html.find("</", start)
    while end >= 0 and html[end + 2 : end + 2 + len(name)].lower() != name:
        end = html.find("</", end + 2)
    return end if end >= 0 else len(html)


def _compact(text: str) -> str:
    """Text without white space and the marks that plain text alone has."""
    return "".join(_unmarked(text).split())


def _unmarked(text: str) -> str:
    for mark in _MARKS:
        text = text.replace(mark, "")
    return text


def _key(line: str) -> str:
    """By what a line without marks is looked for: the beginning of its compact form."""
    key = "".join(line[: 3 * _KEY].split())[:_KEY]
    return key if len(key) == _KEY or len(line) <= 3 * _KEY else "".join(line.split())[:_KEY]


def _laid_over(lines: Sequence[str], scan: _Scan) -> list[str]:
    """The state of each line, found by following the lines through the text of the HTML part."""
    text, at, misses = scan.compact(), 0, 0
    states: list[str] = []
    for line in _unmarked("\n".join(lines)).split("\n"):
        key = _key(line) if line else ""
        reach = _WINDOW if len(key) >= 12 else 300
        found = text.find(key, at, at + reach + len(key)) if key and misses < _MISSES else -1
        misses += found < 0 and bool(key)
        if found < 0:
            states.append(states[-1] if states and not key else "")
            continue
        states.append(scan.states[bisect_right(scan.starts, found) - 1])
        at = found + len(key)
    return states
