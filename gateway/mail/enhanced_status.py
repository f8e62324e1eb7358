"""Enhanced status codes read from what servers say, in digits or in words.

Source: RFC 3463; RFC 5321 §4.2 for the three-digit replies.
"""

from __future__ import annotations

import re
from typing import Final

_LONGEST: Final = 20_000  # characters of a diagnostic that are looked at

_AFTER_REPLY: Final = re.compile(r"(?<![\d.])[245]\d\d[ -]{1,3}\(?#?([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_MARKED: Final = re.compile(
    r"(?:#|\bstatus[:=]? ?|\bDSN[:=]? ?|\()([245]\.\d{1,3}\.\d{1,3})(?![\d.])", re.IGNORECASE
)
_BARE: Final = re.compile(r"(?<![\d./\w-])([45]\.\d{1,2}\.\d{1,3})(?![\d.]|-\w)")
_REPLY: Final = re.compile(
    r"(?:^|[\s:<(\"'>=#-])([45]\d\d)(?=[ \-:;,)>\"']|$)(?![ -]?(?:bytes|seconds|kb|mb|\d{2}:))", re.IGNORECASE
)

#: What is wrong, by detail of the code (class left out); the first that is found counts.
_WORDS: Final = (
    (
        "1.1",
        """
user unknown|unknown user|no such user|unknown recipient|unknown local|unknown address|user not found
does not exist|doesn't exist|not exist|no mailbox here|no such mailbox|no such recipient|no such address
mailbox not found|mailbox unavailable|invalid recipient|recipient unknown|recipient not found|not listed in
is not a valid|address rejected|not our customer|unrouteable address|unknown or illegal alias|couldn't be found
could not be found|wasn't found|user doesn't|no account|account not found|not a known user
bad destination mailbox|isn't a valid|incorrect address|user invalid|invalid mailbox|not known at this|不存在
用户不存在|帐号不存在|账号不存在|查無此|查无此|無此|无此用户|拒收的地址|存在しません|见つかりません
見つかりません|宛先不明|없는 사용자|존재하지 않
""",
    ),
    (
        "2.2",
        """
mailbox full|mailbox is full|over quota|quota exceeded|exceeded storage|out of storage|over its quota|quota full
exceeded the storage|insufficient storage|mailbox has exceeded|disk quota|exceeds quota|out of space|not enough
容量已满|空间已满|邮箱已满|郵箱已滿|信箱已滿|容量不足|一杯|空間不足|超过配额
""",
    ),
    (
        "2.1",
        """
account disabled|account is disabled|mailbox disabled|account has been disabled|inactive|suspended|deactivated
is blocked|locked|被禁用|已停用|冻结|已锁定|停用
""",
    ),
    (
        "3.4",
        """
too large|too big|size limit|exceeds size|exceeds the maximum|maximum message size|message size|size exceeds
邮件过大|超出大小|信件過大|超过大小|大きすぎ
""",
    ),
    (
        "1.2",
        """
host unknown|unknown host|host not found|domain not found|name service error|no such domain
domain name not found|couldn't find any host|unable to resolve|no mx|does not resolve|nxdomain|域名不存在
找不到域名|域名解析
""",
    ),
    (
        "4.6",
        """
too many hops|mail loop|loop detected|loops back|routing loop|hop count
""",
    ),
    (
        "4.7",
        """
timed out|timeout|expired|could not be delivered for|retry time|queue too long|delivery time|超时|逾時|期限切れ
タイムアウト
""",
    ),
    (
        "4.1",
        """
connection refused|could not connect|couldn't connect|unable to connect|no route|network is unreachable
connection failed|not responding|no answer|连接失败|無法連線|无法连接
""",
    ),
    (
        "7.1",
        """
spam|relay|policy|denied|blocked|blacklist|block list|rejected|prohibited|not permitted|not allowed|unsolicited
spf|dkim|dmarc|junk|垃圾|拒绝|拒收|拒絕|被拒|屏蔽|黑名单|迷惑メール|拒否
""",
    ),
)
_DETAILS: Final = tuple(
    (detail, tuple(words.strip().replace("\n", "|").split("|"))) for detail, words in _WORDS
)


def status_in(text: str) -> str:
    """The enhanced status code a diagnostic speaks of; empty where it tells none.

    >>> status_in("550 5.7.1 Relaying denied"), status_in("552 mailbox is full"), status_in("hello")
    ('5.7.1', '5.2.2', '')
    """
    text = text[:_LONGEST]
    return coded(text) or _worded(text)


def coded(text: str) -> str:
    """The code that stands in a text in digits, the surest form first; a 2.x.x is no failure and is passed over."""
    for pattern in (_AFTER_REPLY, _MARKED, _BARE):
        for found in pattern.finditer(text[:_LONGEST]):
            if found[1][0] in "45":
                return found[1]
    return ""


def _worded(text: str) -> str:
    reply = _REPLY.search(text)
    folded = text.casefold()
    detail = next((detail for detail, words in _DETAILS if any(word in folded for word in words)), "")
    if reply is not None:
        return f"{reply[1][0]}.{detail or '0.0'}"
    if not detail:
        return ""
    return f"{'4' if detail in ('4.7', '4.1') else '5'}.{detail}"
