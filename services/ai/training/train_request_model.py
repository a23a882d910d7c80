"""Train the request classifier, measure it, and write its weights.

    python services/ai/training/train_request_model.py PATH/TO/train.tsv [--write]

Reads ``Yes|No<TAB>sentence`` rows (latin-1). Prints F1 and average precision by five-fold cross-validation, in which
sentences that differ only in numbers and punctuation stay in one fold; with ``--write`` trains on everything and
replaces the packaged weights. The sentences themselves never leave the file they are in.
"""

import argparse
import hashlib
import math
import random
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

from smartstack_ai.language.classifier import BITS, FORMAT, HEADER, MAGIC, features
from smartstack_ai.language.promises import find_promises
from smartstack_ai.language.requests import find_asks

TARGET = Path(__file__).parents[1] / "src/smartstack_ai/language/request_model.bin"
FOLDS = 5
EPOCHS = 12
RATE = 0.3
PENALTY = 1e-5

Row = tuple[list[int], float]


@dataclass(slots=True)
class Trainer:
    """Logistic regression by AdaGrad on rows of binary features, each row scaled to length one."""

    weights: list[float] = field(default_factory=lambda: [0.0] * (1 << BITS))
    squares: list[float] = field(default_factory=lambda: [1e-6] * (1 << BITS))
    bias: float = 0.0

    def probability(self, row: list[int]) -> float:
        total = self.bias + sum(self.weights[index] for index in row) / math.sqrt(len(row))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))

    def step(self, row: list[int], label: float) -> None:
        error = self.probability(row) - label
        value = 1 / math.sqrt(len(row))
        self.bias -= 0.02 * error
        for index in row:
            gradient = error * value + PENALTY * self.weights[index]
            self.squares[index] += gradient * gradient
            self.weights[index] -= RATE * gradient / math.sqrt(self.squares[index])

    def fit(self, rows: list[Row]) -> "Trainer":
        order, shuffle = list(rows), random.Random(7)  # noqa: S311 - the order of training, not a secret
        for _ in range(EPOCHS):
            shuffle.shuffle(order)
            for row, label in order:
                self.step(row, label)
        return self


def read_rows(path: Path) -> list[tuple[str, float]]:
    """The sentences and their labels (1 asks, 0 does not)."""
    lines = (line.split("\t", 1) for line in path.read_text("latin-1").splitlines() if "\t" in line)
    return [(text, float(label == "Yes")) for label, text in lines]


def average_precision(scored: list[tuple[float, float]]) -> float:
    """The mean precision at each asking sentence, sentences ordered by score."""
    hits, total = 0.0, 0.0
    for rank, (_, label) in enumerate(sorted(scored, key=lambda pair: -pair[0]), start=1):
        hits += label
        total += label * hits / rank
    return total / hits


def f1(scored: list[tuple[float, float]], threshold: float = 0.5) -> float:
    hits = sum(label for score, label in scored if score >= threshold)
    chosen = sum(score >= threshold for score, _ in scored)
    return 2 * hits / (chosen + sum(label for _, label in scored))


def fold_of(text: str) -> int:
    """Sentences that differ only in numbers, case and punctuation share a fold."""
    key = re.sub(r"[^a-z]+", " ", text.lower()).strip()[:60]
    return hashlib.sha256(key.encode()).digest()[0] % FOLDS


def rule_score(text: str) -> float:
    """What the rules alone say; the labels count promises as well as requests."""
    asks = find_asks(text, 0, len(text), listed=False, bullet=False)
    promises = find_promises(text, 0, len(text), dated=False)
    return max([ask.score for ask in [*asks, *promises]], default=0.0)


def cross_validate(data: list[tuple[str, float]], rows: list[Row]) -> list[float]:
    """The probability of each sentence by a model that has not seen its fold."""
    folds = [fold_of(text) for text, _ in data]
    scores = [0.0] * len(rows)
    for fold in range(FOLDS):
        trained = Trainer().fit([row for row, held in zip(rows, folds, strict=True) if held != fold])
        for index, (row, _) in enumerate(rows):
            if folds[index] == fold:
                scores[index] = trained.probability(row)
    return scores


def write(model: Trainer, target: Path) -> None:
    """Quantise to int8 and write the file that ``classifier.load`` reads."""
    scale = max(map(abs, model.weights)) / 127
    quantised = bytes(round(weight / scale) & 0xFF for weight in model.weights)
    target.write_bytes(HEADER.pack(MAGIC, FORMAT, BITS, model.bias, scale) + quantised)


def report(name: str, scores: list[float], labels: list[float]) -> str:
    scored = list(zip(scores, labels, strict=True))
    return f"{name:7} F1 {f1(scored):.3f}  AP {average_precision(scored):.3f}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    data = read_rows(arguments.data)
    rows = [(features(text), label) for text, label in data]
    labels = [label for _, label in data]
    model, rules = cross_validate(data, rows), [rule_score(text) for text, _ in data]
    digest = hashlib.sha256(arguments.data.read_bytes()).hexdigest()
    sys.stdout.write(f"data sha256 {digest}\nrows {len(data)}, asking {int(sum(labels))}\n")
    sys.stdout.write(report("model", model, labels) + report("rules", rules, labels))
    sys.stdout.write(report("either", list(map(max, model, rules)), labels))
    if arguments.write:
        write(Trainer().fit(rows), TARGET)
        sys.stdout.write(f"wrote {TARGET.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
