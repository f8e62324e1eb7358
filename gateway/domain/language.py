"""The language a text is written in, from the scripts of its letters and the small words of Latin languages.

A Chinese mail with product names or an English log in it is Chinese: what counts is prose.
"""

from __future__ import annotations

import re
from typing import Final

from gateway.domain.folding import SIMPLIFIED_ONLY, TRADITIONAL_ONLY

_LIMIT: Final = 8_000
_HAN_SHARE: Final = 0.08
_PROSE_WORDS: Final = 4
_PROSE_HAN: Final = 6

_SCRIPTS: Final = {
    "kana": re.compile(r"[\u3041-\u30fa\u30fd-\u30ff]"),
    "han": re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]"),
    "ko": re.compile(r"[\u1100-\u11ff\uac00-\ud7af]"),
    "ru": re.compile(r"[\u0400-\u04ff]"),
    "el": re.compile(r"[\u0370-\u03ff]"),
    "ar": re.compile(r"[\u0600-\u06ff]"),
    "he": re.compile(r"[\u0590-\u05ff]"),
    "th": re.compile(r"[\u0e00-\u0e7f]"),
    "hi": re.compile(r"[\u0900-\u097f]"),
    "latin": re.compile(r"[A-Za-z\u00c0-\u024f]"),
}
_SMALL_WORDS: Final = {
    "en": "the and is are to of in for we you our it that this with not have be on from please can has was but all",
    "de": "der die das und ist nicht wir sie bitte ein eine mit für auf den dem von zu im seit kann können haben",
    "fr": "le la les et est nous vous pas une des pour dans sur avec que qui notre depuis bonjour merci du au je",
    "es": "el los las y es no nosotros por para con que una del se en está desde hola gracias nuestro su pero al",
    "pt": "o os as e é não nós por para com que uma do da se em está desde olá obrigado nosso sua mas ao",
    "it": "il lo gli e è non noi per con che una del della si in sono da ciao grazie nostro ma come più",
    "nl": "de het en is niet wij u voor met dat een van op te in sinds kan hebben ik ook zijn aan",
    "pl": "i w nie na się jest do z że to od proszę nasz dla przez jak ale są po nam",
    "tr": "ve bir bu için ile değil lütfen var yok daha çok bizim olarak ama gibi",
    "vi": "và của là không cho chúng tôi được với các một này vui lòng đã có",
    "id": "dan yang tidak di ke dari untuk kami ini itu dengan mohon ada sudah bisa",
}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_STOPS: Final = {code: _words(words) for code, words in _SMALL_WORDS.items()}
_LATIN_WORD: Final = re.compile(r"[a-z\u00e0-\u024f\u1ea0-\u1ef9]+(?:'[a-z]+)?")

# Words that people write to people; logs, error texts and product names hardly hold them.
_ENGLISH_PROSE: Final = _words(
    "we you your our us i my me please pls kindly thanks thank hi hello dear hope would could should can will "
    "but and because since still after before now today tomorrow yesterday already maybe also just very so "
    "is are was were has have had do does did need want know help check let ask asap regards morning "
    "the this that there these it its they them their he she who what when where which how why if "
    "from with for all not no only normal fine ok urgent any some more than about of to in on at by"
)
_PERSONAL: Final = _words(
    "we you your our us i my me please pls kindly thanks thank hi hello dear would could should help let asap team "
    "but because since still also already only very now today yesterday can is are was they need"
)
_LOG_LINE: Final = re.compile(
    r"^\s*(?:\d{2,4}[-/:]\d|\[?\d{4}|at \w+\.|caused by|error|warn|info|fatal|traceback|exception|\$"
    r"|#|select |curl |>|\{|<)|exception|\berror ?(?:\d|:)|stack ?trace|\w+=\w+",
    re.I,
)
_QUOTED: Final = re.compile(
    r"[\"“「『'‘][^\"”」』'’\n]{3,200}[\"”」』'’]|`[^`\n]{1,200}`|https?://\S{1,300}|\S{1,64}@\S{1,200}"
)


def detect(text: str) -> str:
    """The language tag of the text: zh-Hans, zh-Hant, en, ja, ko, de, fr …; "en" where nothing tells.

    >>> detect("生产环境 RDS 无法连接"), detect("正式環境無法連線"), detect("本番環境が停止しています")
    ('zh-Hans', 'zh-Hant', 'ja')
    >>> detect("Wir können die Seite nicht öffnen"), detect("The site is down")
    ('de', 'en')
    """
    head = text[:_LIMIT]
    counts = {name: len(pattern.findall(head)) for name, pattern in _SCRIPTS.items()}
    letters = sum(counts.values())
    if not letters:
        return "en"
    ideographs = counts["han"] + counts["kana"]
    # An ideograph says as much as a word, hence the small share.
    if ideographs >= 2 and ideographs / letters >= _HAN_SHARE:
        return "ja" if counts["kana"] / ideographs >= 0.12 else _chinese(head)
    others = {name: counts[name] for name in ("ko", "ru", "el", "ar", "he", "th", "hi")}
    name = max(others, key=lambda code: others[code])
    if others[name] / letters >= 0.2:
        return name
    return _latin(head)


def is_mixed(text: str) -> bool:
    """Whether the text holds real prose in both Chinese and English.

    >>> is_mixed("Hi team, 我们的网站打不开了, could you please check asap?")
    True
    >>> is_mixed("请看下 RDS 的 error log: connection refused")
    False
    """
    head = text[:_LIMIT]
    if len(_SCRIPTS["han"].findall(head)) < _PROSE_HAN or len(_SCRIPTS["kana"].findall(head)) > 5:
        return False
    prose = "\n".join(line for line in _QUOTED.sub(" ", head).split("\n") if not _LOG_LINE.search(line[:400]))
    words = _LATIN_WORD.findall(prose.lower())
    small = [word for word in words if word in _ENGLISH_PROSE]
    return len(small) >= _PROSE_WORDS and sum(word in _PERSONAL for word in small) >= 2


def _chinese(text: str) -> str:
    traditional = sum(character in TRADITIONAL_ONLY for character in text)
    simplified = sum(character in SIMPLIFIED_ONLY for character in text)
    return "zh-Hant" if traditional > simplified else "zh-Hans"


def _latin(text: str) -> str:
    words = _LATIN_WORD.findall(text.lower())
    scores = {code: sum(word in stops for word in words) for code, stops in _STOPS.items()}
    best = max(scores, key=lambda code: scores[code])
    return best if scores[best] else "en"
