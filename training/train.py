"""Trains the priority model: `python training/train.py MAILS.jsonl… --out gateway/domain/priority_model.json`.

Each line holds subject, body, priority and acceptable. The same data gives the same model.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "training")]

import regression  # noqa: E402

from gateway.domain import situation, wording  # noqa: E402
from gateway.domain.terms import Priority  # noqa: E402
from gateway.mail.body import excerpt  # noqa: E402

Mail = Mapping[str, Any]
LEVELS: Final = tuple(Priority)
PENALTY: Final = 5.0
WORDS_SHARE: Final = 12.0  # how far words weigh against features, which are 1 or absent
CRITICAL_LIFT: Final = 0.4  # a missed stop costs more than a false alarm


def mails(paths: Sequence[str]) -> list[dict[str, Any]]:
    """Every labelled mail of some JSON Lines files, in order."""
    return [
        json.loads(line)
        for path in paths
        for line in Path(path).read_text("utf-8").splitlines()
        if line.strip()
    ]


def train(data: Sequence[Mail]) -> dict[str, Any]:
    """The model of some labelled mails, as `priority.Model.of` takes it."""
    read = [situation.read(mail["subject"], excerpt(mail["body"], "").new) for mail in data]
    counted = [wording.terms(seen.folded) for seen in read]
    spread = Counter(word for words in counted for word in words)
    rare = {word: math.log((1 + len(data)) / (1 + count)) + 1 for word, count in spread.items() if count >= 2}
    common = {
        name for name, count in Counter(n for seen in read for n in seen.features).items() if count >= 2
    }
    rows = [
        _row(words, rare) | {f"feature {name}": 1.0 for name in sorted(seen.features & common)}
        for seen, words in zip(read, counted, strict=True)
    ]
    bias, weights = regression.fit(
        rows, [_target(mail) for mail in data], penalty=PENALTY, epochs=30, rate=0.1
    )
    bias[0] += CRITICAL_LIFT
    return {
        "bias": [round(value, 4) for value in bias],
        "features": {name: _rounded(weights[f"feature {name}"]) for name in sorted(common)},
        "words": {
            word: [round(rare[word], 3), *_rounded([w * WORDS_SHARE for w in weights[f"word {word}"]])]
            for word in sorted(rare)
        },
    }


def _row(words: Mapping[str, int], rare: Mapping[str, float]) -> dict[str, float]:
    values = {word: (1 + math.log(count)) * rare[word] for word, count in words.items() if word in rare}
    length = math.sqrt(sum(value * value for value in values.values())) or 1.0
    return {f"word {word}": WORDS_SHARE * value / length for word, value in values.items()}


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
    parser.add_argument("--out", default=str(ROOT / "gateway/domain/priority_model.json"))
    chosen = parser.parse_args()
    model = train(mails(chosen.mails))
    Path(chosen.out).write_text(json.dumps(model, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main()
