"""Writes classification_metrics.json: what scikit-learn says of random and degenerate predictions.

    /usr/bin/python3 data/src/test/golden/classification_metrics.py > \
        data/src/test/resources/golden/classification_metrics.json
"""
import json
import sys
import warnings

import numpy as np
from sklearn import metrics as sk

warnings.filterwarnings("ignore")


def prf(truth, predicted, average, labels):
    p, r, f, _ = sk.precision_recall_fscore_support(
        truth, predicted, average=average, labels=labels, zero_division=0)
    return [p, r, f]


def per_label(truth, predicted, labels):
    p, r, f, s = sk.precision_recall_fscore_support(truth, predicted, labels=labels, zero_division=0)
    return {"scores": np.stack([p, r, f], axis=1).tolist(), "support": s.tolist()}


def single(name, truth, predicted, label_count):
    truth, predicted = np.asarray(truth), np.asarray(predicted)
    occurring = sorted((set(truth) | set(predicted)) - {-1})
    half = [label for label in occurring if label % 2 == 0]
    return {
        "name": name, "labels": label_count, "truth": truth.tolist(), "predicted": predicted.tolist(),
        "accuracy": sk.accuracy_score(truth, predicted),
        "hamming": sk.hamming_loss(truth, predicted),
        "micro": prf(truth, predicted, "micro", occurring),
        "macro": prf(truth, predicted, "macro", occurring),
        "weighted": prf(truth, predicted, "weighted", occurring),
        "even_labels_macro": prf(truth, predicted, "macro", half) if half else [0, 0, 0],
        "even_labels_micro": prf(truth, predicted, "micro", half) if half else [0, 0, 0],
        "per_label": per_label(truth, predicted, list(range(label_count))),
        "confusion": sk.confusion_matrix(truth, predicted, labels=list(range(label_count))).tolist(),
    }


def rows(indicator):
    return [np.flatnonzero(row).tolist() for row in indicator]


def multi(name, truth, predicted):
    truth, predicted = np.asarray(truth, dtype=int), np.asarray(predicted, dtype=int)
    # A label that is neither true nor predicted anywhere is in no average, as where a document has one label.
    occurring = np.flatnonzero(truth.any(axis=0) | predicted.any(axis=0)).tolist()

    def averaged(average):
        return prf(truth, predicted, average, occurring) if occurring else [0, 0, 0]

    return {
        "name": name, "labels": truth.shape[1], "truth": rows(truth), "predicted": rows(predicted),
        "accuracy": sk.accuracy_score(truth, predicted),
        "hamming": sk.hamming_loss(truth, predicted),
        "micro": averaged("micro"),
        "macro": averaged("macro"),
        "weighted": averaged("weighted"),
        "samples": prf(truth, predicted, "samples", None),
        "per_label": per_label(truth, predicted, list(range(truth.shape[1]))),
    }


def noisy(random, truth, label_count, error):
    wrong = random.random(len(truth)) < error
    return np.where(wrong, random.integers(0, label_count, len(truth)), truth)


def weighted_single(name, truth, predicted, weights, label_count):
    """Each document counts as its weight says; labels that no document has are in no average."""
    truth, predicted = np.asarray(truth), np.asarray(predicted)
    occurring = sorted((set(truth) | set(predicted)) - {-1})

    def averaged(average):
        return list(sk.precision_recall_fscore_support(truth, predicted, average=average, labels=occurring,
                                                       sample_weight=weights, zero_division=0)[:3])

    return {
        "name": name, "labels": label_count, "truth": truth.tolist(), "predicted": predicted.tolist(),
        "weights": weights.tolist(),
        "accuracy": sk.accuracy_score(truth, predicted, sample_weight=weights),
        "hamming": sk.hamming_loss(truth, predicted, sample_weight=weights),
        "micro": averaged("micro"), "macro": averaged("macro"), "weighted": averaged("weighted"),
    }


def weighted_multi(name, truth, predicted, weights):
    truth, predicted = np.asarray(truth, dtype=int), np.asarray(predicted, dtype=int)
    occurring = np.flatnonzero(truth.any(axis=0) | predicted.any(axis=0)).tolist()

    def averaged(average, labels):
        return list(sk.precision_recall_fscore_support(truth, predicted, average=average, labels=labels,
                                                       sample_weight=weights, zero_division=0)[:3])

    return {
        "name": name, "labels": truth.shape[1], "truth": rows(truth), "predicted": rows(predicted),
        "weights": weights.tolist(),
        "accuracy": sk.accuracy_score(truth, predicted, sample_weight=weights),
        "hamming": sk.hamming_loss(truth, predicted, sample_weight=weights),
        "micro": averaged("micro", occurring), "macro": averaged("macro", occurring),
        "weighted": averaged("weighted", occurring), "samples": averaged("samples", None),
    }


def main():
    random = np.random.default_rng(20)
    zipf = np.minimum(random.zipf(1.6, 400) - 1, 29)
    balanced = random.integers(0, 7, 300)
    sparse = (random.random((250, 12)) < 0.15).astype(int)
    flipped = np.abs(sparse - (random.random(sparse.shape) < 0.08))
    lonely = sparse.copy()
    lonely[:, 3] = 0
    lonely[::5] = 0
    silent = flipped.copy()
    silent[:, 3] = 0
    silent[:, 4] = 1
    silent[1::5] = 0
    singles = [
        single("balanced", balanced, noisy(random, balanced, 7, 0.4), 7),
        single("long_tail_with_absent_labels", zipf, noisy(random, zipf, 25, 0.3), 40),
        single("declined", balanced, np.where(random.random(300) < 0.2, -1, noisy(random, balanced, 7, 0.2)), 7),
        single("all_right", [0, 1, 2, 2], [0, 1, 2, 2], 3),
        single("all_wrong", [0, 0, 1, 1], [1, 1, 0, 0], 2),
        single("one_class", [1, 1, 1], [1, 1, 1], 2),
        single("one_class_predicted", [0, 1, 2, 1], [1, 1, 1, 1], 5),
        single("predicted_but_never_true", [0, 0, 0], [0, 3, 0], 4),
        single("one_document", [2], [0], 3),
    ]
    multis = [
        multi("sparse", sparse, flipped),
        multi("absent_labels_and_empty_rows", lonely, silent),
        multi("nothing_predicted", sparse[:20], np.zeros((20, 12))),
        multi("nothing_true", np.zeros((20, 12)), flipped[:20]),
        multi("nothing_at_all", np.zeros((4, 3)), np.zeros((4, 3))),
        multi("everything", np.ones((4, 3)), np.ones((4, 3))),
    ]
    weights = np.round(0.05 + 4 * random.random(400), 3)
    weighted_singles = [
        weighted_single("weighted_balanced", balanced, noisy(random, balanced, 7, 0.4), weights[:300], 7),
        weighted_single("weighted_with_absent_labels", zipf, noisy(random, zipf, 25, 0.3), weights, 40),
        weighted_single("weighted_and_declined", balanced,
                        np.where(random.random(300) < 0.2, -1, noisy(random, balanced, 7, 0.2)), weights[:300], 7),
        weighted_single("weighted_predicted_but_never_true", [0, 0, 0], [0, 3, 0], weights[:3], 4),
    ]
    weighted_multis = [
        weighted_multi("weighted_sparse", sparse, flipped, weights[:250]),
        weighted_multi("weighted_absent_labels_and_empty_rows", lonely, silent, weights[:250]),
        weighted_multi("weighted_nothing_predicted", sparse[:20], np.zeros((20, 12)), weights[:20]),
    ]
    json.dump({"single": singles, "multi": multis, "weighted_single": weighted_singles,
               "weighted_multi": weighted_multis}, sys.stdout)


main()
