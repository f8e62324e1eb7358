"""Lines of a text in the form in which mail programs' marks are looked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

RULE: Final = "-_=—–―─━~*+# \t"
"""Of what rules are drawn."""
_WIDE: Final = str.maketrans(
    {"：": ":", "\u00a0": " ", "\u3000": " ", "＜": "<", "＞": ">", "\u202f": " ", "\u2009": " "}
    | dict.fromkeys(
        "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
    )
)
_ODD: Final = re.compile(f"[{''.join(map(chr, _WIDE))}]")


def plain(line: str) -> str:
    """A line in the form the finders compare: half-width colons and brackets, no invisible characters, stripped.

    >>> plain(" 发件人：\u00a0张三 ")
    '发件人: 张三'
    """
    return _narrowed(line).replace("&nbsp;", " ").strip()


def plain_lines(lines: Sequence[str]) -> list[str]:
    """Many lines, each as `plain` gives it, in one go."""
    text = _narrowed("\n".join(lines)).replace("&nbsp;", " ")
    return [line.strip() for line in text.split("\n")] if lines else []


def is_rule(line: str, shortest: int = 5) -> bool:
    """Whether a line only draws a rule.

    >>> is_rule("________________________________"), is_rule("-- ")
    (True, False)
    """
    return len(line) >= shortest and not line.strip(RULE)


def _narrowed(text: str) -> str:
    return text if text.isascii() else _ODD.sub(lambda found: _WIDE[ord(found[0])] or "", text)
