"""What a linear model makes of a text: one score per answer, from features that hold and words that stand there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Model:
    """Weights per answer of features and of words.

    Shape: a word's first number is its inverse document frequency, its weights follow.
    """

    bias: tuple[float, ...]
    features: Mapping[str, Sequence[float]]
    words: Mapping[str, Sequence[float]]

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> Model:
        """The model that a decoded model file describes."""
        return cls(tuple(value["bias"]), value["features"], value["words"])

    def weigh(self, features: Iterable[str], words: Mapping[str, int]) -> tuple[list[float], list[str]]:
        """The score of each answer, and the features known, which are the ones that counted.

        >>> Model((0.0, 0.5), {"loud": (0.0, 1.0)}, {"down": (1.0, 2.0, 0.0)}).weigh(["loud"], {"down": 1})
        ([2.0, 1.5], ['loud'])
        """
        scores = list(self.bias)
        known = [name for name in features if name in self.features]
        for name in known:
            for answer, weight in enumerate(self.features[name]):
                scores[answer] += weight
        counted = {
            word: (1 + math.log(count)) * self.words[word][0]
            for word, count in words.items()
            if word in self.words
        }
        length = math.sqrt(sum(value * value for value in counted.values())) or 1.0
        for word, value in counted.items():
            for answer, weight in enumerate(self.words[word][1:]):
                scores[answer] += weight * value / length
        return scores, known
