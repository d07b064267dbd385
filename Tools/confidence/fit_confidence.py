"""Fits what makes a probability of a decoding's evidence: WhisperConfidence+Coefficients.swift.

    riposte bench stt FOLDER --labels --noise FILE --snr 24 --snr 18 --snr 12 --snr 6 --evidence plain.jsonl
    riposte bench stt FOLDER … --phrases FILE --evidence phrases.jsonl
    python fit_confidence.py plain.jsonl phrases.jsonl

A logistic regression for each model, with and without phrases, over all conditions. Then the bias is lowered until of the
transcripts at 0.8 and above at least TARGET are right, since that is what 0.8 promises. Figures are of recordings left out
of the fit, one sixth at a time; all conditions of a recording are left out together. Needs NumPy.
"""

import json
import sys

import numpy as np

NAMES = ["mean", "least", "plainMean", "plainLeast", "tokens"]
ACCEPTED = 0.8
# A little above the 95 % wanted, for what is left out of the fit.
TARGET = 0.975
FOLDS = 6


def features(evidence):
    """As WhisperConfidence has them."""
    return [
        max(evidence["mean"], -2), max(evidence["least"], -8), max(evidence["plainMean"], -3),
        max(evidence["plainLeast"], -12), min(evidence["tokens"], 30) / 10]


def fit(x, y, ridge=1.0):
    mean, deviation = x.mean(0), x.std(0) + 1e-6
    z = np.c_[np.ones(len(x)), (x - mean) / deviation]
    weights, penalty = np.zeros(z.shape[1]), np.eye(z.shape[1]) * ridge
    penalty[0, 0] = 0
    for _ in range(50):
        p = 1 / (1 + np.exp(-z @ weights))
        weights += np.linalg.solve((z.T * (p * (1 - p))) @ z + penalty, z.T @ (y - p) - penalty @ weights)
    slopes = weights[1:] / deviation
    return np.r_[weights[0] - slopes @ mean, slopes]


def logits(weights, x):
    return weights[0] + x @ weights[1:]


def lowered(weights, x, y):
    """With the bias lowered as far as TARGET asks for."""
    scores = logits(weights, x)
    order = np.argsort(-scores)
    right = np.cumsum(y[order]) / np.arange(1, len(y) + 1)
    enough = np.nonzero(right >= TARGET)[0]
    least = scores[order[enough[-1]]] if len(enough) else scores.max()
    limit = np.log(ACCEPTED / (1 - ACCEPTED))
    return np.r_[weights[0] - max(0, least - limit), weights[1:]]


def main():
    rows = [json.loads(line) for path in sys.argv[1:] for line in open(path)]
    rows = [row for row in rows if row["evidence"] and row["isRight"] is not None]
    for model, phrases in sorted({(row["model"], row["evidence"]["phrases"]) for row in rows}):
        part = [row for row in rows if (row["model"], row["evidence"]["phrases"]) == (model, phrases)]
        x = np.array([features(row["evidence"]) for row in part])
        y = np.array([row["isRight"] for row in part], float)
        files = sorted({row["file"] for row in part})
        fold = np.array([files.index(row["file"]) % FOLDS for row in part])
        condition = np.array([row["condition"] for row in part])
        confidence = np.zeros(len(y))
        for k in range(FOLDS):
            rest = fold != k
            confidence[~rest] = 1 / (1 + np.exp(-logits(lowered(fit(x[rest], y[rest]), x[rest], y[rest]), x[~rest])))
        print(model, "with phrases" if phrases else "without phrases", f"n = {len(y)}, right {y.mean():.3f}")
        for name in ["", *sorted(set(condition))]:
            chosen = (condition == name) | (name == "")
            accepted = chosen & (confidence >= ACCEPTED)
            share = y[accepted].mean() if accepted.any() else float("nan")
            print(f"  {name or 'all'}: accepted {accepted.sum() / chosen.sum():.3f}, of those right {share:.3f}")
        for low, high in [(0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 0.9), (0.9, 1.01)]:
            inside = (confidence >= low) & (confidence < high)
            if inside.any():
                print(f"  confidence {low}–{min(high, 1)}: right {y[inside].mean():.3f} of {inside.sum()}")
        weights = lowered(fit(x, y), x, y)
        print("  coefficients:", ", ".join(f"{n} {w:.3f}" for n, w in zip(["bias", *NAMES], weights)))


if __name__ == "__main__":
    main()
