#!/usr/bin/python3
"""A tiny BERT of random numbers that guesses hidden tokens, by plain PyTorch in double precision.

  masked_lm.py   writes ../resources/crema/pretrain/bert: a folder of Hugging Face's layout, and beside it
                 golden.safetensors (a masked batch, its loss and all gradients) and golden.json (texts with the sum of
                 the logarithms of each token's probability where it alone is hidden)

The network is that of nn/src/test/golden/architectures.py. Needs PyTorch 1.13 or later and nothing else.
"""
import json, pathlib, sys

import torch
import torch.nn.functional as F

HERE = pathlib.Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[4] / "nn" / "src" / "test" / "golden"))
import architectures

FOLDER = HERE.parents[1] / "resources" / "crema" / "pretrain" / "bert"
VOCABULARY = ("[PAD] [UNK] [CLS] [SEP] [MASK] paris is the capital of france . berlin germany a city river ##s in ##ine "
              "rh runs through london , and").split()
TEXTS = ["Paris is the capital of France.", "The capital of Germany is Berlin.", "Paris", "rhine runs through cities",
         "A city, a river, and the Rhines of Germany in France."]
CONFIG = {"model_type": "bert", "architectures": ["BertForMaskedLM"], "vocab_size": len(VOCABULARY), "hidden_size": 24,
          "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 40, "hidden_act": "gelu",
          "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0, "max_position_embeddings": 24,
          "type_vocab_size": 2, "layer_norm_eps": 1e-12, "pad_token_id": 0}


def tokenizer():
    frame = lambda token: {"SpecialToken": {"id": token, "type_id": 0}}
    return {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [{"id": i, "content": token, "single_word": False, "lstrip": False, "rstrip": False,
                          "normalized": False, "special": True} for i, token in enumerate(VOCABULARY[:5])],
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
                       "strip_accents": None, "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [frame("[CLS]"), {"Sequence": {"id": "A", "type_id": 0}}, frame("[SEP]")],
            "pair": [frame("[CLS]"), {"Sequence": {"id": "A", "type_id": 0}}, frame("[SEP]"),
                     {"Sequence": {"id": "B", "type_id": 1}}, frame("[SEP]")],
            "special_tokens": {t: {"id": t, "ids": [VOCABULARY.index(t)], "tokens": [t]} for t in ("[CLS]", "[SEP]")}},
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100, "vocab": {t: i for i, t in enumerate(VOCABULARY)}}}


def encode(text):
    """The longest prefix first, by definition."""
    for mark in ".,":
        text = text.replace(mark, f" {mark} ")
    ids = [VOCABULARY.index("[CLS]")]
    for word in text.lower().split():
        pieces, at = [], 0
        while at < len(word):
            ends = [e for e in range(len(word), at, -1) if ("##" if at else "") + word[at:e] in VOCABULARY]
            if not ends:
                pieces = ["[UNK]"]
                break
            pieces.append(("##" if at else "") + word[at:ends[0]])
            at = ends[0]
        ids += [VOCABULARY.index(piece) for piece in pieces]
    return ids + [VOCABULARY.index("[SEP]")]


def main():
    torch.manual_seed(12)
    bert, p, mask = architectures.Bert(), architectures.Parameters(), VOCABULARY.index("[MASK]")

    def logits(ids, positions):
        ids = torch.tensor(ids)
        return bert.fill(p, CONFIG, bert.encode(p, CONFIG, ids, torch.zeros_like(ids))[positions])

    # Two texts, of which one has three hidden tokens: the mask, another token, and itself.
    rows = [encode(TEXTS[0]), encode(TEXTS[3])]
    hidden = [[1, 4, 6], [2]]
    targets = [rows[r][i] for r in (0, 1) for i in hidden[r]]
    rows[0][1], rows[0][4], rows[1][2] = mask, VOCABULARY.index("river"), mask
    guesses = torch.cat([logits(row, positions) for row, positions in zip(rows, hidden)])
    loss = F.cross_entropy(guesses, torch.tensor(targets))
    loss.backward()
    out = dict(ids=torch.tensor(rows[0] + rows[1]), offsets=torch.tensor([0, len(rows[0]), len(rows[0] + rows[1])]),
               positions=torch.tensor(hidden[0] + [len(rows[0]) + i for i in hidden[1]]), targets=torch.tensor(targets),
               loss=loss.reshape(1))
    out.update({"grad." + name: value.grad for name, value in p.items()})
    architectures.save(FOLDER.parent / "golden.safetensors", out)
    architectures.save(FOLDER / "model.safetensors", dict(p))

    texts = []
    with torch.no_grad():
        for text in TEXTS:
            ids, total = encode(text), 0.0
            for i in range(1, len(ids) - 1):
                alone = ids[:i] + [mask] + ids[i + 1:]
                total += F.log_softmax(logits(alone, [i])[0], -1)[ids[i]].item()
            texts.append({"text": text, "ids": ids, "log_likelihood": total})
    (FOLDER.parent / "golden.json").write_text(json.dumps(texts, indent=1) + "\n")
    (FOLDER / "config.json").write_text(json.dumps(CONFIG, indent=1) + "\n")
    (FOLDER / "tokenizer.json").write_text(json.dumps(tokenizer(), indent=1) + "\n")
    print(f"loss {loss.item():.6f}", [round(t["log_likelihood"], 3) for t in texts])


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
