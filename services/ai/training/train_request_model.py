"""Train the request classifier and write its weights and model card numbers.

    python services/ai/training/train_request_model.py PATH/TO/train.tsv [--write]

Reads ``Yes|No<TAB>sentence`` rows (latin-1). Prints F1 and average precision by grouped five-fold cross-validation
(near-duplicate sentences stay in one fold); with ``--write`` trains on everything and replaces the packaged weights.
The sentences themselves never leave the file they are in.
"""

import argparse
import hashlib
import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from smartstack_ai.engines.offline.classifier import BITS, FORMAT, HEADER, MAGIC, features
from smartstack_ai.engines.offline.requests import find_asks
from smartstack_ai.engines.offline.commitments import find_promises

Floats = NDArray[np.float64]
TARGET = Path(__file__).parents[1] / "src/smartstack_ai/engines/offline/request_model.bin"
FOLDS = 5
PENALTY = 2.0
STEPS = 300


def read_rows(path: Path) -> tuple[list[str], Floats]:
    """The sentences and their labels (1 asks, 0 does not)."""
    rows = [line.split("\t", 1) for line in path.read_text("latin-1").splitlines() if "\t" in line]
    return [text for _, text in rows], np.array([float(label == "Yes") for label, _ in rows])


class Sparse:
    """Rows of binary features, each row scaled to length one."""

    def __init__(self, rows: list[list[int]]) -> None:
        self.row = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
        self.column = np.array([index for row in rows for index in row])
        lengths = np.array([len(row) for row in rows])
        self.value = np.repeat(1 / np.sqrt(lengths), lengths)
        self.count = len(rows)

    def dot(self, weights: Floats) -> Floats:
        return np.bincount(self.row, self.value * weights[self.column], self.count)

    def back(self, residual: Floats) -> Floats:
        return np.bincount(self.column, self.value * residual[self.row], 1 << BITS)


def fit(rows: list[list[int]], labels: Floats) -> tuple[Floats, float]:
    """Weights and bias of an L2-penalised logistic regression, by full-batch accelerated gradient descent."""
    data, weights, bias = Sparse(rows), np.zeros(1 << BITS), 0.0
    ahead, ahead_bias, rate = weights, bias, 4.0 / (len(rows) * 0.5)
    for step in range(STEPS):
        residual = 1 / (1 + np.exp(-(data.dot(ahead) + ahead_bias))) - labels
        following = ahead - rate * (data.back(residual) + PENALTY / 100 * ahead)
        following_bias = ahead_bias - rate * float(residual.sum())
        momentum = step / (step + 3)
        ahead = following + momentum * (following - weights)
        ahead_bias = following_bias + momentum * (following_bias - bias)
        weights, bias = following, following_bias
    return weights, bias


def predict(rows: list[list[int]], weights: Floats, bias: float) -> Floats:
    return 1 / (1 + np.exp(-(Sparse(rows).dot(weights) + bias)))


def average_precision(scores: Floats, labels: Floats) -> float:
    order = np.argsort(-scores, kind="stable")
    hits = labels[order]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float((precision * hits).sum() / hits.sum())


def f1(scores: Floats, labels: Floats, threshold: float) -> float:
    chosen = scores >= threshold
    hits = float((chosen * labels).sum())
    return 2 * hits / (chosen.sum() + labels.sum())


def fold_of(text: str) -> int:
    """Sentences that differ only in numbers, case and punctuation share a fold."""
    key = re.sub(r"[^a-z]+", " ", text.lower()).strip()[:60]
    return hashlib.sha256(key.encode()).digest()[0] % FOLDS


def rule_score(text: str) -> float:
    """What the rules alone say; the labels count promises as well as requests."""
    asks = find_asks(text, 0, len(text), listed=False, bullet=False)
    promises = find_promises(text, 0, len(text), dated=False)
    return max([ask.score for ask in [*asks, *promises]], default=0.0)


def cross_validate(texts: list[str], rows: list[list[int]], labels: Floats) -> Floats:
    """The probability of each sentence by a model that has not seen its fold."""
    folds = np.array([fold_of(text) for text in texts])
    scores = np.zeros(len(texts))
    for fold in range(FOLDS):
        train, test = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        weights, bias = fit([rows[i] for i in train], labels[train])
        scores[test] = predict([rows[i] for i in test], weights, bias)
    return scores


def write(weights: Floats, bias: float, target: Path) -> None:
    """Quantise to int8 and write the file that ``classifier.load`` reads."""
    scale = float(np.abs(weights).max()) / 127
    quantised = np.round(weights / scale).astype(np.int8)
    target.write_bytes(HEADER.pack(MAGIC, FORMAT, BITS, bias, scale) + quantised.tobytes())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    texts, labels = read_rows(arguments.data)
    rows = [features(text) for text in texts]
    scores, rules = cross_validate(texts, rows, labels), np.array([rule_score(text) for text in texts])
    print(f"data sha256 {hashlib.sha256(arguments.data.read_bytes()).hexdigest()}")
    print(f"rows {len(texts)}, asking {int(labels.sum())}")
    print(f"model  F1 {f1(scores, labels, 0.5):.3f}  AP {average_precision(scores, labels):.3f}")
    print(f"rules  F1 {f1(rules, labels, 0.5):.3f}  AP {average_precision(rules, labels):.3f}")
    both = np.maximum(scores, rules)
    print(f"either F1 {f1(both, labels, 0.5):.3f}  AP {average_precision(both, labels):.3f}")
    if arguments.write:
        write(*fit(rows, labels), TARGET)
        print(f"wrote {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
