"""Senders that look like somebody else: names and domains compared as the eye sees them.

Source: Unicode Technical Standard 39, §4 (skeletons); of its confusables this holds the Cyrillic, Greek and extended
Latin letters that pass for Latin ones, and for domains the digits and pairs that do.
"""

from __future__ import annotations

import unicodedata
from typing import Final

# Each pair: what is written, and what it is read as.
_PAIRS: Final = """
аa вb сc ԁd еe ғf ԍg нh һh іi їi јj кk ӏl ӀI мm оo рp ԛq гr ѕs тt ѵv ԝw хx уy үy ьb
αa βb εe ηn ιi κk μu νv οo ρp σo τt υu χx ωw ϲc ϳj γy
ɑa ɡg ıi ȷj ɩi ſs ɪi ʟl ꞁl ǀl łl øo đd ħh ŧt ɛe ʋv ꜱs ᴏo ᴄc ᴠv ᴡw ᴢz ɴn ʀr ʙb
"""
_READ_AS: Final = str.maketrans({pair[0]: pair[1].lower() for pair in _PAIRS.split()})
_DIGITS: Final = str.maketrans("01", "ol")
_TOO_SHORT: Final = 7
_LONGEST: Final = 320


def as_seen(name: str) -> str:
    """A name as a reader sees it: without marks, hidden characters and doubled spaces, its letters as Latin ones.

    >>> as_seen("Сhеn\\u200b  Wеі"), as_seen("陈伟")
    ('chen wei', '陈伟')
    """
    plain = unicodedata.normalize("NFKD", name[:_LONGEST]).casefold()
    shown = (char for char in plain if unicodedata.category(char) not in ("Mn", "Me", "Cf", "Cc"))
    return " ".join("".join(shown).translate(_READ_AS).split())


def hides(name: str) -> bool:
    """Whether a name holds characters that turn or hide its letters.

    >>> hides("Li\\u202e Na"), hides("Li Na")
    (True, False)
    """
    return any(unicodedata.category(char) == "Cf" and char not in "\u200c\u200d" for char in name[:_LONGEST])


def claims_address(name: str, address: str) -> bool:
    """Whether a display name shows another mail address than the one behind it.

    >>> claims_address("ceo@harbour.example", "eve@else.example"), claims_address("Li Na", "li@harbour.example")
    (True, False)
    """
    shown = [word.strip("<>()[]\"',;:").lower() for word in name[:_LONGEST].split() if "@" in word]
    return any(each.rpartition("@")[2].count(".") and each != address.lower() for each in shown)


def resembles(domain: str, known: str) -> bool:
    """Whether a domain passes for another one: the same to the eye, or one letter away.

    Shape: both in comparable form. Short domains differ by one letter too often to say so.

    >>> resembles("harb0ur.example", "harbour.example"), resembles("xn--hrbour-3nf.example", "harbour.example")
    (True, True)
    >>> resembles("harbor.example", "harbour.example"), resembles("else.example", "harbour.example")
    (True, False)
    """
    if domain == known:
        return False
    mine, theirs = _domain_as_seen(domain), _domain_as_seen(known)
    return mine == theirs or (min(len(mine), len(theirs)) >= _TOO_SHORT and _one_apart(mine, theirs))


def seen_length(domain: str) -> int:
    """How long a domain looks, by which those that could resemble it are found."""
    return len(_domain_as_seen(domain))


def _domain_as_seen(domain: str) -> str:
    shown = as_seen(".".join(_unicode(label) for label in domain[:255].split(".")))
    return shown.translate(_DIGITS).replace("rn", "m").replace("vv", "w")


def _unicode(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _one_apart(one: str, other: str) -> bool:
    """Whether one edit leads from one text to the other: a letter more, less or changed, or two exchanged."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, others = one[start:], other[start:]
    swapped = rest[:2] == others[1::-1] and len(rest) > 1 and rest[2:] == others[2:]
    return rest[1:] == others[1:] or rest[1:] == others or rest == others[1:] or swapped
