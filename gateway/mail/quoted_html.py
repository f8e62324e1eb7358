"""What the HTML part of a mail tells of its quotes and signatures, laid over the lines of the plain text.

Shape: one scan over the tags without building a tree, since nesting is the sender's to choose; linear.
"""

from __future__ import annotations

import html as entities
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Final

_LONGEST_HTML: Final = 4_000_000  # characters; beyond it the text alone is read
_WINDOW: Final = 6_000  # compact characters searched ahead for a line of the text
_MISSES: Final = 400  # lines not found before the two parts count as different texts
_KEY: Final = 80
_MARKS: Final = (">", "*", "_", "\u200b", "\ufeff")
_ATTRIBUTION: Final = 400  # compact characters that Gmail puts before the first block quote

_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,20})([^<>]*+)>")
_MARKUP: Final = re.compile(r"<(?:/?[a-zA-Z][a-zA-Z0-9:]{0,20}[^<>]*+>|/?[a-zA-Z])")  # unfinished tags too
_ATTRIBUTE: Final = re.compile(
    r"\b(class|id|type|name|data-marker)\s{0,4}=\s{0,4}(?:\"([^\"]{0,300})\"|'([^']{0,300})'|([^\s\"'>]{1,300}))",
    re.IGNORECASE,
)
_HIDDEN: Final = re.compile(r"<(?:!--|(?=[a-zA-Z])(style|script|head|title)(?=[\s>/]))", re.IGNORECASE)
_VOID: Final = frozenset(("br", "hr", "img", "meta", "link", "input", "base", "col", "area", "wbr", "o:p"))


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Class or id of an element that holds a quote and nothing else.
_QUOTES: Final = _names(
    "gmail_quote gmail_quote_container gmail_attr yahoo_quoted moz-cite-prefix protonmail_quote tutanota_quote "
    "zmail_extra isreplycontent referencequote ntes-mailmaster-quote __aliyun_previous_quote outlookmessageheader "
    "olk_src_body_section messagereplysection mail-editor-reference-message-container history-quote-wrapper "
    "lark-mail-quote front-blockquote ms-outlook-ios-reference-expand-id "
    "reply139content moz-forward-container"
)
#: Class or id of an element from which on everything is a quote.
_OPENS_REST: Final = _names(
    "divrplyfwdmsg x_divrplyfwdmsg appendonsend x_appendonsend stopspelling zwchr orimsghtmlseperator "
    "ms-outlook-mobile-body-separator-line __quoted_text__ hmoriginal replysplit"
)
_SIGNATURES: Final = _names(
    "gmail_signature gmail_signature_prefix moz-signature signature x_signature ms-outlook-mobile-signature "
    "applemailsignature spneditorsign ntes-mailmaster-sign __aliyun_signature_wrap foxmail_sign signcontainer "
    "protonmail_signature_block tutanota_signature mail-sign lark-mail-signature"
)
#: Every name above holds one of these; HTML without any of them marks nothing.
_HINTS: Final = (
    "quote", "sign", "reply", "rply", "reference", "outlook", "gmail_attr", "moz-", "zmail_extra", "olk_src",
    "appendonsend", "stopspelling", "zwchr", "orimsg", "hmoriginal",
)  # fmt: skip


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
    if not html or len(html) > _LONGEST_HTML or len(lines) < 2:
        return []
    lowered = html.lower()
    if not any(hint in lowered for hint in _HINTS):
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
        elif not tag[1]:
            whole = tag[0]
            state = seen.get(whole)
            if state is None:
                state = seen[whole] = _state(tag[2].lower(), tag[3])
            if state:
                scan.enter(tag[2].lower(), state, tag.start())


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


def _state(name: str, attributes: str) -> str:
    """What an opening tag says of its content: rest, quote, container, block, signature or nothing."""
    if name in _VOID and "id" not in attributes:
        return ""
    values: set[str] = set()
    cited = False
    for found in _ATTRIBUTE.finditer(attributes[:2_000]):
        value = (found[2] or found[3] or found[4] or "").lower()
        cited |= found[1].lower() == "type" and value == "cite"
        values.update(value.split())
    if values & _OPENS_REST:
        return "rest"
    if name in _VOID:
        return ""
    if name == "blockquote":
        # Editors indent with a styled one, and Gmail's own button for citing words gives it a class.
        sure = cited or not attributes.strip() or values & (_QUOTES - {"gmail_quote"})
        return "quote" if sure else "block"
    if values & {"gmail_quote", "gmail_quote_container"}:
        return "container"
    if values & _QUOTES or any("yahoo_quoted" in value for value in values):
        return "quote"
    return "signature" if name == "sign" or values & _SIGNATURES else ""


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
