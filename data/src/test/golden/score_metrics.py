"""Writes score_metrics.json: ranking, thresholds, calibration and temperature by scikit-learn, SciPy and plain loops.

    /usr/bin/python3 data/src/test/golden/score_metrics.py > data/src/test/resources/golden/score_metrics.json
"""
import json
import math
import sys
import warnings

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from sklearn import metrics as sk

warnings.filterwarnings("ignore")


def rows(indicator):
    return [np.flatnonzero(row).tolist() for row in indicator]


def number(value):
    return None if math.isnan(value) else float(value)


def auc(truth, scores):
    return sk.roc_auc_score(truth, scores) if 0 < truth.sum() < truth.size else math.nan


def ap(truth, scores):
    return sk.average_precision_score(truth, scores) if truth.any() else math.nan


def mean(values):
    defined = [value for value in values if not math.isnan(value)]
    return number(np.mean(defined) if defined else math.nan)


def ranking(name, truth, scores):
    """Labels without both true and false documents have no area, and labels without true ones no average precision:
    scikit-learn warns of them and has 0 in place of the latter. They are in no macro value."""
    per_label = [auc(t, s) for t, s in zip(truth.T, scores.T)]
    precisions = [ap(t, s) for t, s in zip(truth.T, scores.T)]
    return {
        "name": name, "truth": rows(truth), "scores": scores.tolist(),
        "micro_auc": number(auc(truth.ravel(), scores.ravel())),
        "macro_auc": mean(per_label),
        "label_auc": [number(area) for area in per_label],
        "micro_ap": number(ap(truth.ravel(), scores.ravel())),
        "macro_ap": mean(precisions),
        "label_ap": [number(precision) for precision in precisions],
    }


def decode(scores, thresholds, at_least_one):
    predicted = (scores >= np.asarray(thresholds, dtype=np.float32)).astype(int)
    if at_least_one:
        for row in np.flatnonzero(predicted.sum(axis=1) == 0):
            predicted[row, np.argmax(scores[row].astype(float) - np.asarray(thresholds, dtype=np.float32))] = 1
    return predicted


def sweep(name, truth, scores, at_least_one):
    grid = [round(0.40 + 0.01 * i, 2) for i in range(21)]
    points = []
    for threshold in grid:
        predicted = decode(scores, [threshold] * scores.shape[1], at_least_one)
        occurring = np.flatnonzero(truth.any(axis=0) | predicted.any(axis=0)).tolist()
        points.append([list(sk.precision_recall_fscore_support(
            truth, predicted, average=a, labels=occurring, zero_division=0)[:3])
                       for a in ("micro", "macro", "weighted")])
    return {"name": name, "truth": rows(truth), "scores": scores.tolist(), "at_least_one": at_least_one,
            "thresholds": grid, "points": points,
            "best_micro": grid[int(np.argmax([p[0][2] for p in points]))],
            "best_macro": grid[int(np.argmax([p[1][2] for p in points]))]}


def per_label(truth, scores):
    """The best F1 that any threshold among the scores gives each label."""
    best = [max(sk.f1_score(t, s >= threshold, zero_division=0) for threshold in s) for t, s in zip(truth.T, scores.T)]
    return {"truth": rows(truth), "scores": scores.tolist(), "best_f1": best}


def calibration(confidence, right, bins):
    error, worst = 0.0, 0.0
    for b in range(bins):
        inside = (confidence > b / bins) & (confidence <= (b + 1) / bins) | ((b == 0) & (confidence == 0))
        if inside.any():
            gap = abs(right[inside].mean() - confidence[inside].mean())
            error += gap * inside.sum() / len(confidence)
            worst = max(worst, gap)
    return [error, worst]


def temperature(logits, truth):
    logits = logits.astype(np.float32).astype(float)

    def loss(t):
        return -log_softmax(logits / t, axis=1)[np.arange(len(truth)), truth].mean()

    t = minimize_scalar(loss, bounds=(0.05, 20), method="bounded", options={"xatol": 1e-10}).x
    probabilities = softmax(logits, axis=1).astype(np.float32)
    confidence = probabilities.max(axis=1).astype(float)
    right = (probabilities.argmax(axis=1) == truth).astype(float)
    answered = [confidence >= np.float32(c) for c in (0.5, 0.8, 0.95)]
    return {"logits": logits.tolist(), "truth": truth.tolist(), "value": t, "before": loss(1), "after": loss(t),
            "calibration": calibration(confidence, right, 10),
            "abstention": [[float(a.mean()), number(right[a].mean()) if a.any() else None] for a in answered]}


def decisions(logits, truth):
    logits = logits.astype(np.float32).astype(float)
    probabilities = (1 / (1 + np.exp(-logits))).astype(np.float32).astype(float)
    return {"logits": logits.tolist(), "truth": rows(truth),
            "calibration": calibration(probabilities.ravel(), truth.ravel().astype(float), 15)}


def hierarchy(random):
    """Three levels, of which some leaves are shallower; hierarchical scores are those of the sets of ancestors."""
    parents = [-1, -1, -1, 0, 0, 1, 1, 2, 3, 3, 4, 5, 5, 6]
    leaves = [7, 8, 9, 10, 11, 12, 13]
    truth = random.choice(leaves, 120)
    predicted = np.where(random.random(120) < 0.6, truth, random.integers(0, len(parents), 120))

    def path(label):
        return [label] + (path(parents[label]) if parents[label] >= 0 else [])

    def level(label):
        return len(path(label))

    def closure(labels):
        indicator = np.zeros((len(labels), len(parents)), dtype=int)
        for row, label in enumerate(labels):
            indicator[row, path(label)] = 1
        return indicator

    def scores(t, p, **arguments):
        return list(sk.precision_recall_fscore_support(t, p, zero_division=0, **arguments)[:3])

    levels = []
    for depth in (1, 2, 3):
        kept = [i for i in range(120) if level(truth[i]) >= depth]
        at = [[path(label)[level(label) - depth] if level(label) >= depth else -1 for label in labels[kept]]
              for labels in (truth, predicted)]
        labels = sorted((set(at[0]) | set(at[1])) - {-1})
        levels.append({"documents": len(kept), "accuracy": sk.accuracy_score(*at),
                       "macro": scores(*at, average="macro", labels=labels),
                       "weighted": scores(*at, average="weighted", labels=labels)})
    return {"parents": parents, "truth": truth.tolist(), "predicted": predicted.tolist(),
            "hierarchical": scores(closure(truth), closure(predicted), average="micro"), "levels": levels}


def main():
    random = np.random.default_rng(21)
    truth = (random.random((60, 6)) < 0.3).astype(int)
    truth[:, 4] = 0
    truth[::7] = 0
    smooth = np.clip(0.35 * truth + 0.65 * random.random(truth.shape), 0, 1).astype(np.float32)
    tied = np.round(smooth, 1).astype(np.float32)
    signed = np.round(8 * (smooth - 0.5)).astype(np.float32)
    all_true = truth.copy()
    all_true[:, 2] = 1
    labels = random.integers(0, 4, 150)
    logits = 3.0 * random.normal(size=(150, 4)) + 4.0 * np.eye(4)[labels]
    result = {
        "ranking": [
            ranking("distinct", truth, smooth), ranking("tied", truth, tied), ranking("negative_and_zero", truth, signed),
            ranking("label_always_true", all_true, tied), ranking("all_equal", truth, np.zeros_like(tied)),
            ranking("nothing_true", np.zeros_like(truth), tied), ranking("one_document", truth[1:2], tied[1:2]),
        ],
        "sweep": [sweep("plain", truth, smooth, False), sweep("at_least_one", truth, smooth, True),
                  sweep("tied", truth, tied, False), sweep("tied_at_least_one", truth, tied, True)],
        "per_label": [per_label(truth, smooth), per_label(truth, tied), per_label(truth, signed)],
        "temperature": [temperature(logits, labels), temperature(0.1 * logits, labels)],
        "decisions": [decisions(4 * random.normal(size=truth.shape) + 5 * (truth - 0.5), truth)],
        "hierarchy": hierarchy(random),
    }
    json.dump(result, sys.stdout)


main()
