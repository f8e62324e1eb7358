"""Which of Python's codecs a declared charset means.

Source: WHATWG Encoding Standard §4.2 (labels), widened by what mail programs write.
"""

from __future__ import annotations

import codecs
import re
from encodings import normalize_encoding
from encodings.aliases import aliases
from functools import lru_cache
from typing import Final

# What people write, and the superset that senders mean by it.
_LABELS: Final = {
    **dict.fromkeys(
        ("gb2312", "gbk", "gb_2312-80", "gb2312-80", "chinese", "cn-gb", "x-gbk", "cp936"), "gb18030"
    ),
    **dict.fromkeys(("windows-936", "ms936", "euc-cn", "gb2312_charset", "gb", "gb18030-2005"), "gb18030"),
    **dict.fromkeys(("big5", "big5-eten", "cn-big5", "x-x-big5", "x-big5", "csbig5", "ms950"), "cp950"),
    **dict.fromkeys(("windows-950", "big5-2003"), "cp950"),
    **dict.fromkeys(("ks_c_5601-1987", "ks_c_5601", "ksc5601", "ks_c_5601-1989", "ksc_5601"), "cp949"),
    **dict.fromkeys(("euc-kr", "korean", "windows-949", "euckr", "ks_c-5601-1987"), "cp949"),
    **dict.fromkeys(
        ("iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "l1", "ansi", "x-ansi"), "cp1252"
    ),
    **dict.fromkeys(("us-ascii", "ascii", "ansi_x3.4-1968", "windows-1252", "x-cp1252"), "cp1252"),
    **dict.fromkeys(
        ("shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "windows-31j", "ms932"), "cp932"
    ),
    **dict.fromkeys(("iso-8859-9", "latin5"), "cp1254"),
    **dict.fromkeys(("iso-8859-11", "tis-620", "windows-874"), "cp874"),
    **dict.fromkeys(("iso-8859-8-i", "iso-8859-8-e", "visual"), "iso8859-8"),
    **dict.fromkeys(("iso-2022-jp-ms", "cp50220", "cp50221", "csiso2022jp"), "iso2022_jp"),
    **dict.fromkeys(("utf8", "utf-8", "unicode-1-1-utf-8", "x-utf8", "utf8mb4", "utf-8-sig"), "utf-8"),
    **dict.fromkeys(("unicode-1-1-utf-7", "utf-7", "x-unicode-2-0-utf-7"), "utf-7"),
    **dict.fromkeys(("unicode", "ucs-2", "iso-10646-ucs-2", "utf-16"), "utf-16"),
    **dict.fromkeys(("koi8", "koi"), "koi8-r"),
    **dict.fromkeys(("x-mac-roman", "macintosh", "x-macroman", "mac"), "mac-roman"),
    **dict.fromkeys(("x-mac-cyrillic", "x-mac-ukrainian"), "mac-cyrillic"),
    **dict.fromkeys(("hz-gb-2312", "hz"), "hz"),
}
# Codecs that are character sets of mail: Python knows others (rot13, idna, unicode_escape) that are not.
_CHARACTER_SET: Final = re.compile(
    r"utf-(?:8|7|16(?:-[bl]e)?|32(?:-[bl]e)?)|ascii|cp\d{3,4}|iso8859-\d{1,2}|koi8-[rut]|mac-[a-z]{4,12}"
    r"|big5(?:hkscs)?|gb2312|gbk|gb18030|hz|euc_[a-z0-9_]{2,12}|johab|shift_jis\w{0,8}|iso2022_\w{2,9}|tis-620"
    r"|kz1048|ptcp154|hp-roman8"
)
_KNOWN: Final = frozenset(aliases) | frozenset(aliases.values())


@lru_cache(maxsize=512)
def codec_of(label: str | None) -> str:
    """Python's codec for a declared label, or an empty text where the label names no character set.

    >>> codec_of(" 'GB2312' "), codec_of("ISO-8859-1"), codec_of("rot13")
    ('gb18030', 'cp1252', '')
    """
    name = (label or "").strip().strip("\"'").strip().lower()[:64]
    if not name or not name.isascii() or "\x00" in name:
        return ""
    if name in _LABELS:
        return _LABELS[name]
    dashed = name.replace("_", "-").removeprefix("charset=").strip(";\"' ")
    if dashed in _LABELS:
        return _LABELS[dashed]
    bare = dashed.removeprefix("x-").replace("windows-", "cp").replace("dos-", "cp").replace("cp-", "cp")
    for candidate in (name, dashed, bare):
        normal = normalize_encoding(candidate)
        if normal not in _KNOWN and normal.replace("_", "") not in _KNOWN:
            continue  # looking up unknown names would import by the sender's wish and grow Python's cache
        codec = codecs.lookup(normal if normal in _KNOWN else normal.replace("_", "")).name
        if _CHARACTER_SET.fullmatch(codec):
            return _LABELS.get(codec.replace("_", "-"), codec)
    return ""
