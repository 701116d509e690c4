#!/usr/bin/python3
"""The tokens of CLIP for some texts, by plain Python: clip.py MERGES.gz > ../resources/crema/tokenizer/clip.json

Written from the published description: byte pair encoding of lower-case words whose last letter has an end mark.
"""
import gzip, json, sys, unicodedata

TEXTS = ["", "a photo of a cat", "Bosch GSR 12V-15 Akkuschrauber, 2x 2,0 Ah", "It's the dogs' ball; they'll've won, I'd say we're",
         "  tabs\tand\n\nlines  ", "кроссовки женские белые 38 размер", "Größe Éclair e\u0301clair \u00bd m\u00b2", "\u732b\u306e\u5199\u771f 100%",
         "smile \U0001F600\U0001F44D\U0001F3FD ok", "<|startoftext|> in a text", "x\u00a0y\u2003z", "__init__ == 3.14!!! ...", "ISTANBUL I\u0307stanbul"]


def alphabet():
    own = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [b for b in range(256) if b not in own]
    return {**{b: chr(b) for b in own}, **{b: chr(256 + i) for i, b in enumerate(rest)}}


def words(text):
    i = 0
    while i < len(text):
        for special in ("<|startoftext|>", "<|endoftext|>", "'s", "'t", "'re", "'ve", "'m", "'ll", "'d"):
            if text.startswith(special, i):
                yield special
                i += len(special)
                break
        else:
            def kind(c):
                return "space" if c.isspace() else unicodedata.category(c)[0] if unicodedata.category(c)[0] in "LN" else "other"
            of, j = kind(text[i]), i + 1
            while of in ("L", "other") and j < len(text) and kind(text[j]) == of:
                j += 1
            if of != "space":
                yield text[i:j]
            i = j


def main():
    letters = alphabet()
    rules = [tuple(line.split()) for line in gzip.open(sys.argv[1]).read().decode().split("\n")[1:49152 - 256 - 2 + 1]]
    tokens = list(letters.values())
    tokens += [t + "</w>" for t in tokens] + ["".join(rule) for rule in rules] + ["<|startoftext|>", "<|endoftext|>"]
    ids = {token: i for i, token in enumerate(tokens)}
    ranks = {rule: i for i, rule in enumerate(rules)}

    def merge(word):
        parts = [*word[:-1], word[-1] + "</w>"]
        while len(parts) > 1:
            best = min(zip(parts, parts[1:]), key=lambda pair: ranks.get(pair, 1e9))
            if best not in ranks:
                break
            out, i = [], 0
            while i < len(parts):
                if tuple(parts[i:i + 2]) == best:
                    out.append(parts[i] + parts[i + 1])
                    i += 2
                else:
                    out.append(parts[i])
                    i += 1
            parts = out
        return parts

    cases = []
    for text in TEXTS:
        out = []
        for word in words(unicodedata.normalize("NFC", text).lower()):
            out += [ids[word]] if word in ("<|startoftext|>", "<|endoftext|>") else \
                [ids[t] for t in merge("".join(letters[b] for b in word.encode()))]
        cases.append({"text": text, "ids": [49406, *out, 49407]})
    print(json.dumps(cases, indent=1))


main()
