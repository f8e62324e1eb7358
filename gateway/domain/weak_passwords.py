"""Passwords that everybody tries first: known stems, alone or joined, with digits, signs and look-alike letters.

A list of common passwords holds few of twelve characters; what people do when twelve are asked for is to join or pad
the short ones. So a password is reduced (lower case, look-alike letters undone) and refused where nothing is left of
it but two known stems at most, with digits, signs, runs of neighbours and repetitions around them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_WORDS: Final = """
password passwort passwd pass passw0rd p4ssword passphrase mypassword mypass newpassword newpass secret secrets
topsecret letmein login logon welcome hello admin administrator adminadmin root superuser sysadmin operator
guest test testing tester temp temporary default changeme change user username master system server network
security secure access private public support helpdesk service desk ticket office company business customer
client cloud amazon aws azure google microsoft windows linux ubuntu debian oracle cisco juniper docker
kubernetes postgres mysql database computer internet website laptop desktop iphone android samsung nokia apple
macbook facebook twitter instagram linkedin youtube github gitlab jenkins ansible terraform production staging
development deploy qwerty qwertz azerty qwertyuiop asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx qazwsxedc wsxedc
edcrfv qweasd qweasdzxc asdzxc qwe asd zxc poiuytrewq lkjhgfdsa mnbvcxz abc abcd abcde abcdef abcdefg abcdefgh
xyz iloveyou iloveu loveyou love lovely lover loveme forever always together happy happiness smile sunshine
sunny sunflower flower flowers rose princess prince queen king angel angels heaven baby babygirl babyboy sweet
sweety sweetie honey darling dear beautiful beauty pretty cute cutie kitty kitten puppy dog doggy cat cats tiger
lion eagle hawk falcon wolf bear panda dragon dragons unicorn phoenix monkey horse dolphin shark turtle rabbit
bunny butterfly chicken spider snake bird fish football soccer baseball basketball hockey tennis golf cricket
rugby liverpool chelsea arsenal manchester united barcelona realmadrid juventus bayern milan lakers yankees
cowboys superman batman spiderman ironman starwars startrek pokemon naruto matrix gandalf frodo harrypotter
hogwarts minecraft fortnite warcraft playstation xbox nintendo gamer player game games music guitar piano
drummer metallica nirvana beatles rockstar freedom liberty justice peace power energy strong winner champion
number one lucky money dollar rich gold golden silver diamond crystal pearl orange banana cherry strawberry
chocolate cookie cookies cheese pizza coffee pepper ginger sugar candy blue red green yellow purple black white
pink summer winter spring autumn january february march april may june july august september october november
december monday tuesday wednesday thursday friday saturday sunday weekend holiday christmas birthday america
canada england london paris berlin germany france italy spain mexico brazil india china beijing shanghai
shenzhen hongkong taiwan singapore malaysia japan tokyo korea seoul australia sydney world earth moon star stars
galaxy universe ocean river mountain forest island thunder lightning storm shadow ghost killer hunter ranger
soldier sniper warrior ninja samurai pirate knight wizard magic merlin mustang ferrari porsche mercedes bmw
toyota honda nissan yamaha harley corvette camaro michael jennifer jessica ashley amanda daniel david james john
robert william richard thomas charles joseph matthew anthony andrew joshua christopher nicholas alexander
benjamin samuel jordan justin brandon tyler austin hannah emily sarah elizabeth maria anna laura nicole michelle
stephanie melissa patricia jonathan george patrick martin peter alex max charlie jack harry oliver woaini
woaiwojia wobuzhidao aini zhongguo woshishui wodemima mima mimamima nihao nimade laopo laogong baobao tianshi
tiantian xiaoxiao xingfu kuaile jiayou gongsi guanliyuan ceshi ceshimima huanying zhang wang chen liu yang huang
zhao zhou xu sun ma zhu guo lin trustno whatever nothing anything something everything nobody fuckyou fuck shit
asshole bitch sexy sex jesus jesuschrist christ god godisgood blessed faith grace hope believe family mother
father mommy daddy sister brother friend friends school college university student teacher doctor nurse engineer
manager director boss please thankyou thanks enter open sesame the my your our is for you me this that in it
"""
_STEMS: Final = frozenset(_WORDS.split())
_LIKE: Final = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "@": "a",
                              "$": "s", "!": "i", "|": "l", "+": "t", "€": "e", "£": "l"})  # fmt: skip
_LONGEST_STEM: Final = max(map(len, _STEMS))
_MOST_STEMS: Final = 2
_ROWS: Final = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm",
                 "qazwsxedcrfvtgbyhnujmik", "1q2w3e4r5t6y7u8i9o0p", "1qaz2wsx3edc4rfv5tgb")  # fmt: skip
_LONGEST_READ: Final = 256


def common(password: str) -> bool:
    """Whether the password is one that is tried first.

    >>> common("Password2026!"), common("P@ssw0rd-P@ssw0rd"), common("qwertyuiop123"), common("Welcome.Shanghai88")
    (True, True, True, True)
    >>> common("correct horse battery"), common("aaaaaaaaaaaaaa"), common("tern ladle obtuse")
    (False, True, False)
    """
    plain = password[:_LONGEST_READ].lower()
    if len(set(plain)) < 5:
        return True
    return any(_worn(text) for text in (plain, plain.translate(_LIKE)))


def personal(password: str, names: Iterable[str]) -> bool:
    """Whether the password is about a name (somebody's, or the provider's) with little besides it.

    >>> personal("northquay-cloud-1", ["Northquay Cloud"]), personal("chen.wei.2026", ["chen.wei@northquay.example"])
    (True, True)
    >>> personal("tern ladle obtuse", ["Chen Wei"])
    False
    """
    rest = password[:_LONGEST_READ].lower()
    for part in sorted(
        {each for name in names for each in re.findall(r"\w{3,}", name.lower())}, key=len, reverse=True
    ):
        rest = rest.replace(part, "")
    return len(re.sub(r"[\W\d_]", "", rest)) < 5 and rest != password.lower()


def _worn(text: str) -> bool:
    """Whether at most two stems, and runs and repetitions, account for every letter."""
    letters = re.sub(r"[\W_]", "", text)
    best: list[int | None] = [0] + [None] * len(letters)
    for start in range(len(letters)):
        stems = best[start]
        if stems is None:
            continue
        for end in range(start + 1, min(len(letters), start + _LONGEST_STEM) + 1):
            cost = _cost(letters[start:end])
            if cost is not None and stems + cost <= _MOST_STEMS:
                known = best[end]
                best[end] = stems + cost if known is None else min(known, stems + cost)
    return best[-1] is not None


def _cost(part: str) -> int | None:
    """0 for a digit or a run, 1 for a stem, None for anything else."""
    if part.isdigit() or (len(part) >= 3 and (len(set(part)) == 1 or _run(part))):
        return 0
    return 1 if part in _STEMS else None


def _run(part: str) -> bool:
    return any(part in row or part in row[::-1] for row in _ROWS)
