"""The part of a mail that its writer typed, as one text to be judged.

Mail is trimmed before it comes here; what trimming left behind (quoted lines, header blocks, disclaimers) is
taken out again, except under a comment that forwards an alarm: the two then speak together.
"""

from __future__ import annotations

import re
from typing import Final

LIMIT: Final = 16_000
_HEAD: Final = 12_000
_WRAPPED: Final = 55
_COMMENT: Final = 60  # Latin letters of a comment that speaks for itself

_FORWARDED: Final = re.compile(
    r"^\s*(?:fwd?|fw|转发|轉發|轉寄|转寄|wg|転送)\s*[:：]|forwarded|转发邮件|轉寄郵件|转发的邮件", re.I
)
_QUOTE_HEAD: Final = re.compile(
    r"^\s*(?:-{3,} ?(?:original message|原始邮件|原始郵件|元のメッセージ)|on .{6,120} wrote:\s*$"
    r"|在.{4,80}写道[:：]|.{4,80}寫道[:：]\s*$"
    r"|(?:from|发件人|寄件者|寄件人|差出人)\s*[:：]\s*\S.*(?:@|<))",
    re.I,
)
_FIELD: Final = (
    r"(?:from|sent|date|to|subject|发件人|发送时间|发件时间|时间|收件人|主题|日期|寄件者|寄件人|寄件日期"
    r"|收件者|主旨|差出人|送信日時|宛先|件名)"
)
_HEADER_BLOCK: Final = re.compile(rf"^\s*{_FIELD}\s*[:：].{{0,200}}\n\s*{_FIELD}\s*[:：]", re.I)
_HISTORY: Final = re.compile(r"^\W{0,8}(?:以下[为為是]?(?:历史|歷史|原始|原)|以下は|历史邮件|歷史郵件)")
_NOTICE: Final = re.compile(
    r"confidential|privileged|intended (?:only|solely)|received (?:this|it) in error|"
    r"unsubscribe from this list|this footer|"
    r"保密内容|保密信息|如误收|仅供指定收件人|本邮件及(?:其)?附件|系统追加签名|機密|誤收|免責|機密情報",
    re.I,
)
_SIGNATURE: Final = re.compile(r"^(?:-- ?|—{2,}|_{5,}|-{5,})\s*$")


def own_words(subject: str, text: str) -> str:
    """The subject, a line feed, and what was typed in the body, wrapped lines joined, capped in length.

    >>> own_words("Re: x", "still down\\n> was it down?")
    'Re: x\\nstill down'
    """
    forwards = bool(_FORWARDED.search(subject)) or bool(_FORWARDED.search(text[:2000]))
    kept: list[str] = []
    lines = _capped(text).split("\n")
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if line.lstrip().startswith(">"):
            continue
        if _begins_history(line, after) and _says_enough(kept, forwards):
            break
        kept.append(line.strip())
    return f"{subject.strip()[:400]}\n{_joined(_without_notices(kept))}"


def _begins_history(line: str, after: str) -> bool:
    return bool(
        _QUOTE_HEAD.search(line[:200])
        or _HISTORY.search(line[:60])
        or _HEADER_BLOCK.search(f"{line[:200]}\n{after[:40]}")
    )


def _says_enough(kept: list[str], forwards: bool) -> bool:
    """Whether what was typed above stands without the rest: a few words over an alarm need it."""
    typed = sum(2 if character > "\u2e80" else 1 for line in kept for character in line)
    return typed > (_COMMENT if forwards else 0)


def _capped(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if len(text) <= LIMIT else f"{text[:_HEAD]}\n{text[_HEAD - LIMIT :]}"


def _without_notices(lines: list[str]) -> list[str]:
    """Lines up to a signature that carries a legal notice, without notices elsewhere."""
    for number, line in enumerate(lines):
        if (
            number
            and _SIGNATURE.match(line)
            and any(_NOTICE.search(later[:1000]) for later in lines[number:])
        ):
            return lines[:number]
    kept = [line for line in lines if not _NOTICE.search(line[:1000])]
    return kept if any(kept) else lines


def _joined(lines: list[str]) -> str:
    """Hard-wrapped lines of a paragraph made one, so that a sentence is found whole."""
    out: list[str] = []
    for line in lines:
        if (
            out
            and line
            and len(out[-1]) > _WRAPPED
            and out[-1][-1:] not in ".!?:;。！？：；"
            and line[:1].islower()
        ):
            out[-1] = f"{out[-1]} {line}"
        else:
            out.append(" ".join(line.split()))
    return "\n".join(out).strip()
