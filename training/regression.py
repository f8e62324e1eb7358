"""Multinomial logistic regression over sparse rows, in plain Python: small data, no dependency."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence


def fit(
    rows: Sequence[Mapping[str, float]],
    targets: Sequence[Sequence[float]],
    *,
    penalty: float,
    epochs: int = 40,
    rate: float = 0.5,
    seed: int = 7,
) -> tuple[list[float], dict[str, list[float]]]:
    """Bias and weights per class, by stochastic gradient descent with AdaGrad steps.

    Shape: each target is a distribution over the classes. Units: `penalty` is the L2 weight of the whole set.
    """
    classes = len(targets[0])
    bias, weights = [0.0] * classes, {name: [0.0] * classes for row in rows for name in row}
    bias_steps = [1e-6] * classes
    steps = {name: [1e-6] * classes for name in weights}
    seen = {name: 0 for name in weights}
    for row in rows:
        for name in row:
            seen[name] += 1
    order, dice = list(range(len(rows))), random.Random(seed)  # noqa: S311 (an order, not a secret)
    for _ in range(epochs):
        dice.shuffle(order)
        for number in order:
            row = rows[number]
            gaps = [p - t for p, t in zip(probabilities(row, bias, weights), targets[number], strict=True)]
            for level, gap in enumerate(gaps):
                bias_steps[level] += gap * gap
                bias[level] -= rate * gap / math.sqrt(bias_steps[level])
            for name, value in row.items():
                mine, my_steps, decay = weights[name], steps[name], penalty / seen[name]
                for level, gap in enumerate(gaps):
                    slope = gap * value + decay * mine[level]
                    my_steps[level] += slope * slope
                    mine[level] -= rate * slope / math.sqrt(my_steps[level])
    return bias, weights


def probabilities(
    row: Mapping[str, float], bias: Sequence[float], weights: Mapping[str, Sequence[float]]
) -> list[float]:
    """The chance of each class for one row."""
    scores = list(bias)
    for name, value in row.items():
        found = weights.get(name)
        if found:
            for level, weight in enumerate(found):
                scores[level] += weight * value
    top = max(scores)
    powers = [math.exp(score - top) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]
