"""What the HTML part of a mail tells of its quotes and signatures, laid over the lines of the plain text.

Shape: one scan over the tags without building a tree, since nesting is the sender's to choose; linear.
"""

from __future__ import annotations

import html as entities
import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

_LONGEST_HTML: Final = 4_000_000  # characters; beyond it the text alone is read
_WINDOW: Final = 6_000  # compact characters searched ahead for a line of the text
_MISSES: Final = 400  # lines not found before the two parts count as different texts
_KEY: Final = 80
_ATTRIBUTION: Final = 400  # compact characters that Gmail puts before the first block quote
_MARKS: Final = str.maketrans("", "", ">*_\u200b\ufeff")

_NEXT: Final = re.compile(r"<(?:!--|/?[a-zA-Z])")
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,20})([^<>]*+)>")
_ATTRIBUTE: Final = re.compile(
    r"\b(class|id|type|name|data-marker)\s{0,4}=\s{0,4}(?:\"([^\"]{0,300})\"|'([^']{0,300})'|([^\s\"'>]{1,300}))",
    re.IGNORECASE,
)
_SKIPPED: Final = re.compile(r"<(style|script|head|title)(?=[\s>/])", re.IGNORECASE)
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


class _Scan:
    """The visible text without white space, and where its state changes."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self.length = 0
        self.starts: list[int] = [0]
        self.states: list[str] = [""]
        self._element = ""  # the element whose end ends the present state
        self._depth = 0
        self._inner = 0  # depth of block quotes within a Gmail container
        self._entered = 0

    def say(self, text: str) -> None:
        if not text or text.isspace():
            return
        text = entities.unescape(text) if "&" in text else text
        compact = "".join(text.translate(_MARKS).split())
        self._pieces.append(compact)
        self.length += len(compact)

    def compact(self) -> str:
        return "".join(self._pieces)

    def become(self, state: str) -> None:
        self.starts.append(self.length)
        self.states.append(state)

    def open(self, name: str, attributes: str) -> None:
        if self._element:
            self._depth += name == self._element
            self._open_within(name)
            return
        state = _state(name, attributes)
        if not state:
            return
        self.become("quote" if state in ("rest", "container") else state)
        self._element = "" if state == "rest" else name
        self._depth, self._entered = 1, self.length
        self._inner = 0 if state == "container" else -1
        if state == "rest":
            self._element = "\0"

    def close(self, name: str) -> None:
        if name == "blockquote" and self._inner > 0:
            self._inner -= 1
            if not self._inner:
                self.become("")
        if self._element and name == self._element:
            self._depth -= 1
            if not self._depth:
                self._element = ""
                self.become("")

    def _open_within(self, name: str) -> None:
        """Gmail keeps answers between quotes in its container: there only the block quotes are quotes."""
        if name != "blockquote" or self._inner < 0:
            return
        if not self._inner and self.states[-1] == "quote" and self.length - self._entered > _ATTRIBUTION:
            self._inner = -1
            return
        self._inner += 1
        if self._inner == 1:
            self.become("quote")


def states_of(lines: Sequence[str], html: str) -> list[str]:
    """For every line "quote", "block" (a bare blockquote), "signature" or "", as the HTML part marks it.

    Shape: an empty list where there is no HTML or it marks nothing.

    >>> states_of(["Yes.", "Will you?"], 'Yes.<div class="gmail_quote">Will you?</div>')
    ['', 'quote']
    """
    if not html or len(html) > _LONGEST_HTML or len(lines) < 2:
        return []
    scan = _scan(html)
    return _laid_over(lines, scan) if len(scan.states) > 1 else []


def _scan(html: str) -> _Scan:
    scan, at = _Scan(), 0
    while (start := _NEXT.search(html, at)) is not None:
        scan.say(html[at : start.start()])
        at = _after_hidden(html, start.start())
        if at > start.start():
            continue
        tag = _TAG.match(html, at)
        if tag is None:
            at = start.end()
            continue
        at, name = tag.end(), tag[2].lower()
        if tag[1]:
            scan.close(name)
        elif name not in _VOID or "id" in tag[3]:
            scan.open(name, tag[3])
    scan.say(html[at:])
    return scan


def _after_hidden(html: str, start: int) -> int:
    """Where the text goes on after a comment or an element that shows none; `start` itself for other tags."""
    if html.startswith("<!--", start):
        end = html.find("-->", start)
        return end + 3 if end >= 0 else len(html)
    hidden = _SKIPPED.match(html, start)
    if hidden is None:
        return start
    name, end = hidden[1].lower(), html.find("</", start)
    while end >= 0 and html[end + 2 : end + 2 + len(name)].lower() != name:
        end = html.find("</", end + 2)
    return end if end >= 0 else len(html)


def _state(name: str, attributes: str) -> str:
    """What an opening tag says of its content: rest, quote, container, block, signature or nothing."""
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
    for line in lines:
        key = "".join(line.translate(_MARKS).split())[:_KEY]
        reach = _WINDOW if len(key) >= 12 else 300
        found = text.find(key, at, at + reach + len(key)) if key and misses < _MISSES else -1
        misses += found < 0 and bool(key)
        if found < 0:
            states.append(states[-1] if states and not key else "")
            continue
        states.append(scan.states[bisect_right(scan.starts, found) - 1])
        at = found + len(key)
    return states
