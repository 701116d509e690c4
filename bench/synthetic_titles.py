#!/usr/bin/python3
"""Writes synthetic product titles for bench/fasttext.sh: OUT.train and OUT.test, a tenth as long.

synthetic_titles.py OUT [LINES] [LABELS]

Words come from a vocabulary of 60,000 made of syllables, by Zipf's law; a title has 6 to 14 of them, of which 30 % are
topic words of its label, so that there is something to learn. The same arguments give the same files.
"""
import sys

import numpy as np

WORDS = 60_000
TOPIC_WORDS = 60
CONSONANTS = list("bcdfghklmnprstvz") + ["sh", "ch", "st", "tr", "pr"]
VOWELS = list("aeiou")

rng = np.random.default_rng(7)


def word():
    syllables = "".join(CONSONANTS[rng.integers(len(CONSONANTS))] + VOWELS[rng.integers(5)]
                        for _ in range(rng.integers(1, 5)))
    return syllables + (CONSONANTS[rng.integers(16)] if rng.random() < 0.5 else "")


def zipf(count, exponent):
    weights = 1 / np.arange(1, count + 1) ** exponent
    return weights / weights.sum()


def write(path, lines, words, cumulated, topics, shares):
    with open(path, "w") as file:
        labels = rng.choice(len(topics), lines, p=shares)
        lengths = rng.integers(6, 15, lines)
        for label, length in zip(labels, lengths):
            ids = np.searchsorted(cumulated, rng.random(length))
            of_topic = rng.random(length) < 0.3
            ids[of_topic] = topics[label][rng.integers(0, TOPIC_WORDS, of_topic.sum())]
            title = [words[min(i, WORDS - 1)] for i in ids]
            if rng.random() < 0.4:
                title.insert(rng.integers(len(title)), str(rng.integers(1, 2000)))
            file.write(f"__label__c{label} {' '.join(title)}\n")


def main(out, lines=200_000, labels=100):
    words = {}
    while len(words) < WORDS:
        words.setdefault(word())
    cumulated = zipf(WORDS, 1.05).cumsum()
    topics = [rng.choice(np.arange(200, WORDS), TOPIC_WORDS, replace=False) for _ in range(labels)]
    shares = zipf(labels, 0.7)
    for name, count in (("train", lines), ("test", lines // 10)):
        write(f"{out}.{name}", count, list(words), cumulated, topics, shares)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
