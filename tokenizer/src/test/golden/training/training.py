#!/usr/bin/python3
"""A corpus of an invented language and what other trainers make of it.

  training.py   writes corpus.txt, wordpiece.json and unigram.json into ../../resources/crema/tokenizer/training

Words are stems with prefixes and endings, drawn by Zipf's law, so that there is something to learn. wordpiece.json holds
the vocabulary by the definition of the algorithm, written without regard to speed; unigram.json what SentencePiece's
trainer makes: its pieces with their scores. Needs SentencePiece 0.1.97 (Debian: apt-get install sentencepiece).
"""
import collections, json, pathlib, random, subprocess, tempfile

RESOURCES = pathlib.Path(__file__).resolve().parents[2] / "resources" / "crema" / "tokenizer" / "training"
WORDPIECE_SIZE = 300
UNIGRAM_SIZE = 300


def corpus():
    random.seed(7)
    syllables = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"] + ["an", "el", "ir", "on", "us", "é", "ø", "ж"]
    stems = ["".join(random.choices(syllables, k=random.randint(1, 3))) for _ in range(220)]
    prefixes = ["", "", "", "un", "re", "over"]
    endings = ["", "", "s", "ed", "ing", "ness", "er"]
    weights = [1 / (i + 1) for i in range(len(stems))]
    lines = []
    for _ in range(800):
        words = [random.choice(prefixes) + stem + random.choice(endings)
                 for stem in random.choices(stems, weights, k=random.randint(3, 9))]
        words.insert(random.randint(0, len(words)), str(random.randint(1, 40)))
        lines.append(" ".join(words) + random.choice(["", ".", "!"]))
    return lines


def wordpiece(lines):
    """Of pairs that are equally frequent, the one with the lower left id, then the lower right id."""
    words = collections.Counter()
    for line in lines:
        for word in line.lower().replace(".", " . ").replace("!", " ! ").split():
            # BERT's normalizer removes accents where case is lowered.
            words[word.replace("é", "e")] += 1
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    characters = sorted({c for word in words for c in word})
    inner = sorted({c for word in words for c in word[1:]})
    tokens = special + characters + ["##" + c for c in inner]
    ids = {token: i for i, token in enumerate(tokens)}
    spelled = {word: [ids[c if i == 0 else "##" + c] for i, c in enumerate(word)] for word in words}
    while len(tokens) < WORDPIECE_SIZE:
        pairs = collections.Counter()
        for word, symbols in spelled.items():
            for pair in zip(symbols, symbols[1:]):
                pairs[pair] += words[word]
        pair, count = min(pairs.items(), key=lambda item: (-item[1], item[0]))
        if count < 2:
            break
        token = tokens[pair[0]] + tokens[pair[1]][2:]
        if token not in ids:
            ids[token] = len(tokens)
            tokens.append(token)
        for word, symbols in spelled.items():
            merged, i = [], 0
            while i < len(symbols):
                if tuple(symbols[i:i + 2]) == pair:
                    merged.append(ids[token])
                    i += 2
                else:
                    merged.append(symbols[i])
                    i += 1
            spelled[word] = merged
    return tokens


def unigram(path):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["spm_train", f"--input={path}", f"--model_prefix={folder}/m", f"--vocab_size={UNIGRAM_SIZE}",
                        "--model_type=unigram", "--num_threads=1", "--bos_id=-1", "--eos_id=-1",
                        "--normalization_rule_name=nfkc"], check=True, capture_output=True)
        rows = [line.split("\t") for line in pathlib.Path(folder, "m.vocab").read_text().splitlines()]
    return [[piece, float(score)] for piece, score in rows if piece != "<unk>"]


if __name__ == "__main__":
    lines = corpus()
    path = RESOURCES / "corpus.txt"
    path.write_text("\n".join(lines) + "\n")
    dump = lambda name, value: (RESOURCES / name).write_text(json.dumps(value, ensure_ascii=False, indent=0) + "\n")
    dump("wordpiece.json", wordpiece(lines))
    dump("unigram.json", unigram(path))
