r"""What people who run systems write, by signal, in English, Chinese and Japanese.

Shape: each signal's text holds patterns parted by white space, which counts for nothing inside a group; `_` stands
for a blank; the rest is regular expression syntax in which every repeat is bounded, against text that is folded
(`folding.fold`). English patterns match whole words, and their `~` is a gap of at most 30 characters within a
sentence; Chinese ones match anywhere and keep within a clause.
"""

from __future__ import annotations

from typing import Final

from gateway.domain.vocabulary import effects_en, effects_zh, matters_en, matters_zh, scopes_en, scopes_zh

ENGLISH: Final[dict[str, str]] = effects_en.ENGLISH | scopes_en.ENGLISH | matters_en.ENGLISH
CHINESE: Final[dict[str, str]] = effects_zh.CHINESE | scopes_zh.CHINESE | matters_zh.CHINESE
