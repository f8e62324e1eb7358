"""Measures priority, escalation and language on labelled mails: `python bench/priority.py FILE.jsonl…`.

The models are trained anew for each fold, on the mails of `training/` and the other folds: no mail is judged by
models that saw it. `--shipped` judges with the models of the tree instead, for a file it was not trained on.
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
from gateway.domain.weighing import Model  # noqa: E402
from gateway.mail.body import excerpt  # noqa: E402

Mail = Mapping[str, Any]
OWN = sorted((ROOT / "training").glob("mails*.jsonl"))
SHIPPED = ROOT / "gateway/domain"
FILES = ("priority_model.json", "escalation_model.json")


def fold_of(mail: Mail, folds: int) -> int:
    return hashlib.sha256(mail["id"].encode()).digest()[1] % folds


def judged(data: Sequence[Mail], folds: int, shipped: bool) -> list[tuple[Mail, str, bool]]:
    """Each mail with the priority and the wish for escalation that models which never saw it read."""
    if shipped:
        models = tuple(Model.of(json.loads((SHIPPED / name).read_text("utf-8"))) for name in FILES)
        return [(mail, *_judge(mail, *models)) for mail in data]
    inside = {mail["id"] for mail in data}
    own = [mail for mail in train.mails(list(map(str, OWN))) if mail["id"] not in inside]
    answers: list[tuple[Mail, str, bool]] = []
    for fold in range(folds):
        rest = own + [mail for mail in data if fold_of(mail, folds) != fold]
        models = (Model.of(train.train(rest)), Model.of(train.train_asking(rest)))
        answers += [(mail, *_judge(mail, *models)) for mail in data if fold_of(mail, folds) == fold]
    return answers


def _judge(mail: Mail, levels: Model, asking: Model) -> tuple[str, bool]:
    text = excerpt(mail["body"], "").new
    wish = intent.read(mail["subject"], text, model=asking).asks_escalation
    return priority.assess(mail["subject"], text, model=levels).priority.value, wish


def share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def f1(hits: int, false: int, missed: int) -> float:
    return share(2 * hits, 2 * hits + false + missed)


def show_priority(answers: Sequence[tuple[Mail, str, bool]]) -> None:
    scores = []
    for level in Priority:
        hits = sum(answer == level == mail["priority"] for mail, answer, _ in answers)
        false = sum(answer == level != mail["priority"] for mail, answer, _ in answers)
        missed = sum(answer != level == mail["priority"] for mail, answer, _ in answers)
        scores.append(f1(hits, false, missed))
        if level is Priority.CRITICAL:
            defended = sum(answer == level and level in mail["acceptable"] for mail, answer, _ in answers)
            print(f"critical recall      {share(hits, hits + missed):.3f}")
            print(
                f"critical precision   {share(hits, hits + false):.3f}  "
                f"({share(defended, hits + false):.3f} counting acceptable)"
            )
    right = sum(answer in mail["acceptable"] for mail, answer, _ in answers)
    print(
        f"accuracy             {share(right, len(answers)):.3f}  ({right} of {len(answers)}, counting acceptable)"
    )
    print(f"macro-F1             {sum(scores) / len(scores):.3f}")


def show_escalation(answers: Sequence[tuple[Mail, str, bool]]) -> None:
    pairs = [(mail["asks_escalation"], wish) for mail, _, wish in answers]
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
    levels, asking = (Model.of(json.loads((SHIPPED / name).read_text("utf-8"))) for name in FILES)
    print(f"model load           {(time.perf_counter() - started) * 1000:.0f} ms")
    texts = [(mail["subject"], excerpt(mail["body"], "").new) for mail in data]
    started = time.perf_counter()
    for subject, text in texts:
        priority.assess(subject, text, model=levels)
        intent.read(subject, text, model=asking)
        language.detect(text)
    print(
        f"time                 {(time.perf_counter() - started) * 1000 / len(texts):.2f} ms per mail (all three)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--shipped", action="store_true")
    parser.add_argument("--misses", action="store_true", help="list the mails judged wrongly")
    chosen = parser.parse_args()
    data = train.mails(chosen.files)
    answers = judged(data, chosen.folds, chosen.shipped)
    show_priority(answers)
    show_escalation(answers)
    show_language(data)
    show_speed(data)
    for mail, answer, _ in answers if chosen.misses else ():
        if answer not in mail["acceptable"]:
            print(f"{mail['id']}  {mail['priority']} judged {answer}: {mail['subject']}")


if __name__ == "__main__":
    main()
