"""Measures priority, escalation and language on labelled mails: `python bench/priority.py FILE.jsonl`.

The model is trained anew for each fold, on `training/mails.jsonl` and the other folds: no mail is judged by a
model that saw it. `--shipped` judges with the model of the tree instead, for a file it was not trained on.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "training")]

import train  # noqa: E402

from gateway.domain import intent, language, priority  # noqa: E402
from gateway.domain.terms import Priority  # noqa: E402
from gateway.mail.body import excerpt  # noqa: E402

Mail = Mapping[str, Any]
OWN = ROOT / "training/mails.jsonl"
SHIPPED = ROOT / "gateway/domain/priority_model.json"


def fold_of(mail: Mail, folds: int) -> int:
    return hashlib.sha256(mail["id"].encode()).digest()[1] % folds


def judged(data: Sequence[Mail], folds: int, shipped: bool) -> list[tuple[Mail, str]]:
    """Each mail with the priority that a model which never saw it gives."""
    if shipped:
        model = priority.Model.of(json.loads(SHIPPED.read_text("utf-8")))
        return [(mail, _priority(mail, model)) for mail in data]
    own = train.mails([str(OWN)]) if OWN.exists() else []
    answers: list[tuple[Mail, str]] = []
    for fold in range(folds):
        rest = [mail for mail in data if fold_of(mail, folds) != fold]
        model = priority.Model.of(train.train(own + rest))
        answers += [(mail, _priority(mail, model)) for mail in data if fold_of(mail, folds) == fold]
    return answers


def _priority(mail: Mail, model: priority.Model) -> str:
    return priority.assess(mail["subject"], excerpt(mail["body"], "").new, model=model).priority.value


def share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def f1(hits: int, false: int, missed: int) -> float:
    return share(2 * hits, 2 * hits + false + missed)


def show_priority(answers: Sequence[tuple[Mail, str]]) -> None:
    scores = []
    for level in Priority:
        hits = sum(answer == level == mail["priority"] for mail, answer in answers)
        false = sum(answer == level != mail["priority"] for mail, answer in answers)
        missed = sum(answer != level == mail["priority"] for mail, answer in answers)
        scores.append(f1(hits, false, missed))
        if level is Priority.CRITICAL:
            defended = sum(answer == level and level in mail["acceptable"] for mail, answer in answers)
            print(f"critical recall      {share(hits, hits + missed):.3f}")
            print(
                f"critical precision   {share(hits, hits + false):.3f}  "
                f"({share(defended, hits + false):.3f} counting acceptable)"
            )
    right = sum(answer in mail["acceptable"] for mail, answer in answers)
    print(
        f"accuracy             {share(right, len(answers)):.3f}  ({right} of {len(answers)}, counting acceptable)"
    )
    print(f"macro-F1             {sum(scores) / len(scores):.3f}")


def show_escalation(data: Sequence[Mail]) -> None:
    pairs = [
        (mail["asks_escalation"], intent.read(mail["subject"], excerpt(mail["body"], "").new).asks_escalation)
        for mail in data
    ]
    hits, false = sum(a and b for a, b in pairs), sum(b and not a for a, b in pairs)
    missed = sum(a and not b for a, b in pairs)
    print(
        f"escalation           precision {share(hits, hits + false):.3f}  "
        f"recall {share(hits, hits + missed):.3f}  F1 {f1(hits, false, missed):.3f}"
    )


def show_language(data: Sequence[Mail]) -> None:
    right = 0
    for mail in data:
        text = excerpt(mail["body"], "").new
        found = (
            "mixed"
            if language.is_mixed(text)
            else language.detect(f"{mail['subject']}\n{text}").split("-")[0]
        )
        right += found == mail["lang"]
    print(f"language accuracy    {share(right, len(data)):.3f}")


def show_speed(data: Sequence[Mail]) -> None:
    started = time.perf_counter()
    model = priority.Model.of(json.loads(SHIPPED.read_text("utf-8")))
    print(f"model load           {(time.perf_counter() - started) * 1000:.0f} ms")
    texts = [(mail["subject"], excerpt(mail["body"], "").new) for mail in data]
    started = time.perf_counter()
    for subject, text in texts:
        priority.assess(subject, text, model=model)
        intent.read(subject, text)
        language.detect(text)
    print(
        f"time                 {(time.perf_counter() - started) * 1000 / len(texts):.2f} ms per mail (all three)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--shipped", action="store_true")
    parser.add_argument("--misses", action="store_true", help="list the mails judged wrongly")
    chosen = parser.parse_args()
    data = train.mails([chosen.file])
    answers = judged(data, chosen.folds, chosen.shipped)
    show_priority(answers)
    show_escalation(data)
    show_language(data)
    if SHIPPED.exists():
        show_speed(data)
    for mail, answer in answers if chosen.misses else ():
        if answer not in mail["acceptable"]:
            print(f"{mail['id']}  {mail['priority']} judged {answer}: {mail['subject']}")


if __name__ == "__main__":
    main()
