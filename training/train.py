"""Trains the two models of a mail: `python training/train.py training/mails*.jsonl [MORE.jsonl…]`.

Each line holds subject, body, priority, acceptable and asks_escalation. The same data gives the same models.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "training")]

import regression  # noqa: E402

from gateway.domain import intent, situation, wording  # noqa: E402
from gateway.domain.folding import fold  # noqa: E402
from gateway.domain.passage import own_words  # noqa: E402
from gateway.domain.terms import Priority  # noqa: E402
from gateway.mail.body import excerpt  # noqa: E402

Mail = Mapping[str, Any]
LEVELS: Final = tuple(Priority)
PENALTY: Final = 5.0
WORDS_SHARE: Final = 12.0  # how far words weigh against features, which are 1 or absent
CRITICAL_LIFT: Final = 0.05  # a missed stop costs more than a false alarm
ASKING_PENALTY: Final = 1.0
ASKING_SHARE: Final = 16.0
ASKING_LIFT: Final = 0.3
RULES: Final = frozenset(("asked", "asked-more", "escalate"))  # written with these mails in view


def mails(paths: Sequence[str]) -> list[dict[str, Any]]:
    """Every labelled mail of some JSON Lines files, in order."""
    return [
        json.loads(line)
        for path in paths
        for line in Path(path).read_text("utf-8").splitlines()
        if line.strip()
    ]


def train(data: Sequence[Mail]) -> dict[str, Any]:
    """The priority model of some labelled mails, as `Model.of` takes it."""
    read = [situation.read(mail["subject"], excerpt(mail["body"], "").new) for mail in data]
    texts = [(seen.features, wording.terms(seen.folded)) for seen in read]
    model = _fitted(texts, [_target(mail) for mail in data], penalty=PENALTY, share=WORDS_SHARE)
    model["bias"][0] = round(model["bias"][0] + CRITICAL_LIFT, 4)
    return model


def train_asking(data: Sequence[Mail]) -> dict[str, Any]:
    """The model of whether a mail asks for somebody higher.

    Our phrases know these mails better than they will know any other: mails in which they
    are found count once more without them, so that the words around learn to do without.
    """
    texts, targets = [], []
    for mail in data:
        seen = intent.asking_of(fold(own_words(mail["subject"], excerpt(mail["body"], "").new)))
        target = [float(not mail["asks_escalation"]), float(mail["asks_escalation"])]
        versions = [seen.features, seen.features]
        if seen.features & RULES:
            versions.append(seen.features - RULES)
        texts += [(features, seen.words) for features in versions]
        targets += [target] * len(versions)
    model = _fitted(texts, targets, penalty=ASKING_PENALTY, share=ASKING_SHARE)
    model["bias"][1] = round(model["bias"][1] + ASKING_LIFT, 4)
    return model


def _fitted(
    texts: Sequence[tuple[Set[str], Mapping[str, int]]],
    targets: Sequence[Sequence[float]],
    *,
    penalty: float,
    share: float,
) -> dict[str, Any]:
    spread = Counter(word for _, words in texts for word in words)
    rare = {
        word: math.log((1 + len(texts)) / (1 + count)) + 1 for word, count in spread.items() if count >= 2
    }
    held = Counter(name for features, _ in texts for name in features)
    common = {name for name, count in held.items() if count >= 2}
    rows = [
        _row(words, rare, share) | {f"feature {name}": 1.0 for name in sorted(features & common)}
        for features, words in texts
    ]
    bias, weights = regression.fit(rows, targets, penalty=penalty, epochs=30, rate=0.1)
    return {
        "bias": [round(value, 4) for value in bias],
        "features": {name: _rounded(weights[f"feature {name}"]) for name in sorted(common)},
        "words": {
            word: [round(rare[word], 3), *_rounded([w * share for w in weights[f"word {word}"]])]
            for word in sorted(rare)
        },
    }


def _row(words: Mapping[str, int], rare: Mapping[str, float], share: float) -> dict[str, float]:
    values = {word: (1 + math.log(count)) * rare[word] for word, count in words.items() if word in rare}
    length = math.sqrt(sum(value * value for value in values.values())) or 1.0
    return {f"word {word}": share * value / length for word, value in values.items()}


def _target(mail: Mail) -> list[float]:
    """All of the level given, or most of it where an expert could defend another."""
    others = [level for level in mail.get("acceptable", ()) if level != mail["priority"]]
    share = 0.3 / len(others) if others else 0.0
    own = 1.0 - share * len(others)
    return [own if level == mail["priority"] else share if level in others else 0.0 for level in LEVELS]


def _rounded(values: Sequence[float]) -> list[float]:
    return [round(value, 3) for value in values]


def main() -> None:
    """Read, train, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mails", nargs="+")
    parser.add_argument("--out", type=Path, default=ROOT / "gateway/domain")
    chosen = parser.parse_args()
    data = mails(chosen.mails)
    for name, model in (("priority", train(data)), ("escalation", train_asking(data))):
        text = json.dumps(model, ensure_ascii=False, separators=(",", ":"))
        (chosen.out / f"{name}_model.json").write_text(f"{text}\n", "utf-8")


if __name__ == "__main__":
    main()
