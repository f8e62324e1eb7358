"""Where a text announces a quote: attribution lines, rules with words, and copied header blocks.

Shape: every finder takes lines already through `lines.plain`; each looks at a bounded number of lines, so that a
whole text is read in linear time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gateway.mail.lines import RULE, is_rule
from gateway.mail.phrases import BEGINNINGS, EARLIER, HEADER_LABELS, OPENERS, ORIGINAL, REPLY_ABOVE, WROTE

_LONGEST: Final = 400  # characters of an attribution, over all its lines
_LOOK_BACK: Final = 4  # lines over which clients wrap one
_BLOCK_LINES: Final = 24  # lines of a copied header block, long address lists included

_LEADING: Final = frozenset(RULE + "<>|")
_VERB: Final = max(map(len, WROTE))
_YEAR: Final = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)\d{1,2}[./-]\d{1,2}[./-]\d{2}(?!\d)")
_TIME: Final = re.compile(r"(?<!\d)\d{1,2}\s?[:.h时時点點시]\s?\d{2}(?!\d)")
_ADDRESS: Final = re.compile(r"[^\s<>()@:,;\"]{1,64}@[^\s<>()@:,;\"]{1,255}")
_OPENER_INSIDE: Final = re.compile(
    r"\S\s(?=(?:On|Am|Le|El|Il|Op|Den|Em)\s\w{0,9}[.,]?\s?\w{1,9}[.,/ -])|\S\s?(?=在\s?\d{4})"
)
_WROTE_ON: Final = re.compile(r"(?i)\s(?:wrote|said)\son\s.{0,20}\d")
_NAME_FIRST: Final = re.compile(r"\S\s?[在于於]\s?(?:19|20)\d\d\s?[年/.-].{4,40}[写寫]道\s?:")
_DATE_FIRST: Final = re.compile(r"\d{1,4}[-./年년:]\s?\d{1,2}|\d{1,2}\.? \w{3,12}\.?,? \d{4}")


@dataclass(frozen=True, slots=True)
class Announcement:
    """Lines `start` to `end` (inclusive) that say a quote follows.

    Shape: `sure` is false for one that counts only where lines marked as quoted follow it.
    """

    start: int
    end: int
    sure: bool = True


def may_announce(line: str) -> bool:
    """Whether a line has a mark of any announcement but a help desk's own marker: a look before the finders.

    >>> may_announce("The disk is full."), may_announce("Subject: disk"), may_announce("2026-03-03 Desk wrote")
    (False, True, True)
    """
    return ":" in line or line[-1:] == ">" or line[:1] in _LEADING or _says_wrote(line)


def may_be_marked(lines: Sequence[str]) -> bool:
    """Whether a help desk's own marker may stand in any of the lines."""
    text = "\n".join(lines).casefold()
    return any(marker in text for marker in REPLY_ABOVE)


def attribution(lines: Sequence[str], at: int) -> Announcement | None:
    """The attribution that ends on line `at`, however many lines it was wrapped over.

    >>> attribution(["On Tue, 3 Mar 2026 at 15:00, A <a@a.example>", "wrote:"], 1)
    Announcement(start=0, end=1, sure=True)
    """
    last = lines[at].removeprefix("> ") if lines[at].startswith("> ") else lines[at]
    if not last or len(last) > _LONGEST or not _may_end(last):
        return None
    joined = ""
    for start in range(at, max(-1, at - _LOOK_BACK - 1), -1):
        piece = last if start == at else lines[start]
        if start < at and (piece.startswith(">") or _ends_sentence(piece)):
            break
        joined = f"{piece} {joined}".strip()
        if len(joined) > _LONGEST:
            break
        if piece and _announces(joined):
            first = _first_line(lines, start, joined)
            # "The log says:" right above a dated line with an address: shown, unless quoted lines follow.
            shown = first > 0 and lines[first - 1].endswith(":") and not _says_wrote(joined)
            return Announcement(first, at, sure=not shown)
    weak = (last.endswith(":") and (_says_wrote(last) or _WROTE_ON.search(last))) or (
        last.endswith(">") and _DATE_FIRST.match(last)
    )
    return Announcement(at, at, sure=False) if weak else None


def shared_line(line: str) -> int:
    """Where in a line, after newly written words, an attribution begins; 0 where none does.

    >>> shared_line("Yes, please. On Wed, Apr 4, 2012 at 3:59 PM, a@a.example wrote:")
    13
    """
    if len(line) > _LONGEST or not line.endswith(":") or not _says_wrote(line):
        return 0
    found = _OPENER_INSIDE.search(line)
    return found.end() if found and _announces(line[found.end() :]) else 0


def separator(line: str) -> bool:
    """Whether a line is a rule with words such as "-----Original Message-----", or a help desk's own marker.

    >>> separator("------------------ 原始邮件 ------------------")
    True
    """
    if len(line) > _LONGEST:
        return False
    core = line.strip(RULE + "<>|")
    ruled = len(line) - len(core) >= 4 and line[:2].strip(RULE) == ""
    words = core.casefold().rstrip(": ")
    if words in ORIGINAL:
        return ruled or (core.endswith(":") and words.startswith(BEGINNINGS))
    told = (_says_wrote(words) and len(words) > 6) or EARLIER.fullmatch("".join(words.split()))
    if ruled and told and line.endswith(("--", "__")):
        return True
    return any(marker in words for marker in REPLY_ABOVE) if len(words) < 120 else False


def header_block(lines: Sequence[str], at: int) -> Announcement | None:
    """The copied header block (From, Sent, To, Subject in any language) that begins on line `at`.

    >>> header_block(["发件人: 张三", "发送时间: 2026年3月1日", "收件人: 李四", "主题: 续费"], 0)
    Announcement(start=0, end=3, sure=True)
    """
    first = _role(lines[at])
    if first in (None, "other", "when", "cc", "raw"):
        return None
    roles: set[str] = set()
    end, loose, blank = at, 0, 0
    for index in range(at, min(len(lines), at + _BLOCK_LINES)):
        role = _role(lines[index])
        if role == "when":
            asked = first != "from" or (at > 0 and lines[at - 1].endswith(":"))
            role = "other" if asked or not _YEAR.search(lines[index]) else "date"
        if role is not None:
            if role in roles and role not in ("other", "raw"):
                break
            roles.add(role)
            end, loose, blank = index, 0, 0
        elif not lines[index]:
            blank += 1
        else:
            loose += 1
        if blank > 1 or loose > 3 or (blank and loose):
            break
    block = lines[at : end + 2]
    return Announcement(at, end) if _convinces(roles, block) and _leads(lines, at) else None


def above(lines: Sequence[str], start: int) -> int:
    """The first line of an announcement with the rule or heading that stands right above it."""
    index = start
    for back in range(start - 1, max(-1, start - 4), -1):
        line = lines[back]
        if line and not (is_rule(line) or separator(line) or line.casefold().strip(": ") in ORIGINAL):
            break
        index = back if line else index
    return index


def _may_end(line: str) -> bool:
    return line.endswith((":", ">")) or _says_wrote(line)


def _says_wrote(text: str) -> bool:
    return text.rstrip(" :")[-_VERB:].casefold().endswith(WROTE)


def _ends_sentence(line: str) -> bool:
    return line.endswith((".", "!", "?", "。", "！", "？", ":")) and not line.endswith(("m.", "г.", "р."))


def _announces(text: str) -> bool:
    """Whether joined lines are an attribution: who and when, or who with a verb of writing."""
    dated, timed = _YEAR.search(text) is not None, _TIME.search(text) is not None
    addressed = _ADDRESS.search(text) is not None
    if not _says_wrote(text):
        return text.endswith(":") and dated and timed and addressed
    if not text.endswith(":"):
        return dated and timed and addressed and _opens(text)
    named = timed and _NAME_FIRST.search(text)
    return addressed or bool(named) or ((dated or timed) and _opens(text))


def _opens(text: str) -> bool:
    word = text.lstrip("\"'([ ").split(" ", 1)[0].rstrip(",").casefold()
    return word in OPENERS or word[:1] in ("在", "於", "于") or _DATE_FIRST.match(text) is not None


def _first_line(lines: Sequence[str], start: int, joined: str) -> int:
    """Where an attribution really begins, when its last lines alone already looked complete."""
    before = lines[start - 1] if start else ""
    if _dated_before(before, joined):
        return start - 1
    if _opens(joined):
        named = before.endswith(">") and len(before) < 200 and not _ADDRESS.search(joined)
        return start - 1 if named and _ADDRESS.search(before) else start
    for back in range(start - 1, max(-1, start - 3), -1):
        line = lines[back]
        if not line or line.startswith(">") or _ends_sentence(line) or len(line) > 200:
            break
        if _opens(line) and (_YEAR.search(line) or _TIME.search(line)):
            return back
    return start


def _dated_before(before: str, joined: str) -> bool:
    """Whether the line before a time alone ("15:00 写道:") names the day and the author."""
    if not before or before.startswith(">") or len(before) > 200 or _YEAR.search(joined):
        return False
    return bool(_YEAR.search(before) and _ADDRESS.search(before)) and not _ends_sentence(before)


def _role(line: str) -> str | None:
    """What a line would be as a copied header field: from, date, to, cc, subject, other or raw."""
    head = line[:40].lstrip("*_|> \t")
    label, mark, _ = head.partition("|" if line.startswith("|") else ":")
    return HEADER_LABELS.get("".join(label.split()).strip("*_").casefold()) if mark else None


def _convinces(roles: set[str], block: Sequence[str]) -> bool:
    """Whether the fields found are the ones that clients copy; forms and shown headers have others."""
    if "raw" in roles or "date" not in roles:
        return False
    addressed = any("@" in line for line in block)
    others = roles & {"from", "to", "subject"}
    return others != {"subject"} and (bool(others) if addressed else len(others) > 1 and "subject" in others)


def _leads(lines: Sequence[str], at: int) -> bool:
    """Whether a block begins as clients begin it: with the author, under a rule, or with a full date after a gap."""
    if _role(lines[at]) == "from" or above(lines, at) < at:
        return True
    dated = _role(lines[at]) == "date" and _YEAR.search(lines[at]) and _TIME.search(lines[at])
    return bool(dated) and (at == 0 or not lines[at - 1])
