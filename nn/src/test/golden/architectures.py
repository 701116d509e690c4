#!/usr/bin/python3
"""Golden values of the pretrained architectures: small random weights, outputs and gradients, by plain PyTorch.

  architectures.py [NAME...]   writes NAME.safetensors for the configs of architectures.json, beside that file

Written from the papers and the public model code, one sequence at a time, without padding, in double precision.
A file holds ids, types, offsets (cumulative lengths), labels, masked (tokens that the language model is asked for) and
masked_labels; weight.*, the outputs tokens, logits and masked_logits, the loss (the sum of the cross-entropies), grad.*.
Needs PyTorch 1.13 or later (Debian: apt-get install python3-torch) and nothing else.
"""
import json, math, pathlib, struct, sys, zlib

import torch
import torch.nn.functional as F

RESOURCES = pathlib.Path(__file__).resolve().parent.parent / "resources" / "crema" / "nn" / "model"
LENGTHS = [7, 1, 11, 4]
LABELS = 3


class Parameters(dict):
    """Makes a random parameter when it is first asked for."""

    def of(self, name, *shape, around=0):
        if name not in self:
            values = around + 0.2 * torch.randn(*shape, dtype=torch.float64)
            self[name] = values.float().double().requires_grad_()
        assert list(self[name].shape) == list(shape), name
        return self[name]

    def linear(self, name, x, out, bias=True):
        y = x @ self.of(name + ".weight", out, x.shape[-1]).T
        return y + self.of(name + ".bias", out) if bias else y

    def norm(self, name, x, eps, bias=True):
        y = (x - x.mean(-1, keepdim=True)) / torch.sqrt(x.var(-1, unbiased=False, keepdim=True) + eps)
        y = y * self.of(name + ".weight", x.shape[-1], around=1)
        return y + self.of(name + ".bias", x.shape[-1]) if bias else y

    def rms_norm(self, name, x, eps):
        y = x * torch.rsqrt((x * x).mean(-1, keepdim=True) + eps)
        return y * self.of(name + ".weight", x.shape[-1], around=1)


ACTIVATIONS = {
    "gelu": lambda x: x * 0.5 * (1 + torch.erf(x / math.sqrt(2))),
    "gelu_new": lambda x: 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3))),
    "relu": torch.relu,
    "silu": lambda x: x * torch.sigmoid(x),
}


def heads(x, count):
    return x.reshape(x.shape[0], count, -1).transpose(0, 1)


def attend(q, k, v, scale, bias=0):
    """[heads, tokens, features] each; bias is added to the scaled scores."""
    y = torch.softmax(q @ k.transpose(-1, -2) * scale + bias, -1) @ v
    return y.transpose(0, 1).reshape(y.shape[1], -1)


def bert_layers(p, c, prefix, x):
    for i in range(c["num_hidden_layers"]):
        name, hidden, n = f"{prefix}encoder.layer.{i}.", c["hidden_size"], c["num_attention_heads"]
        q, k, v = (heads(p.linear(f"{name}attention.self.{part}", x, hidden), n) for part in ("query", "key", "value"))
        attended = p.linear(name + "attention.output.dense", attend(q, k, v, (hidden // n) ** -0.5), hidden)
        x = p.norm(name + "attention.output.LayerNorm", x + attended, c["layer_norm_eps"])
        inner = ACTIVATIONS[c["hidden_act"]](p.linear(name + "intermediate.dense", x, c["intermediate_size"]))
        x = p.norm(name + "output.LayerNorm", x + p.linear(name + "output.dense", inner, hidden), c["layer_norm_eps"])
    return x


class Bert:
    def encode(self, p, c, ids, types):
        x = p.of("bert.embeddings.word_embeddings.weight", c["vocab_size"], c["hidden_size"])[ids]
        x = x + p.of("bert.embeddings.position_embeddings.weight", c["max_position_embeddings"], c["hidden_size"])[:len(ids)]
        x = x + p.of("bert.embeddings.token_type_embeddings.weight", c["type_vocab_size"], c["hidden_size"])[types]
        return bert_layers(p, c, "bert.", p.norm("bert.embeddings.LayerNorm", x, c["layer_norm_eps"]))

    def classify(self, p, c, tokens):
        return p.linear("classifier", torch.tanh(p.linear("bert.pooler.dense", tokens[0], c["hidden_size"])), LABELS)

    def fill(self, p, c, x):
        x = ACTIVATIONS[c["hidden_act"]](p.linear("cls.predictions.transform.dense", x, c["hidden_size"]))
        x = p.norm("cls.predictions.transform.LayerNorm", x, c["layer_norm_eps"])
        return x @ p["bert.embeddings.word_embeddings.weight"].T + p.of("cls.predictions.bias", c["vocab_size"])


ARCHITECTURES = {"bert": Bert()}


def golden(name, c):
    torch.manual_seed(zlib.crc32(name.encode()))
    architecture, p = ARCHITECTURES[c["model_type"]], Parameters()
    ids = [torch.randint(5, c["vocab_size"], (n,)) for n in LENGTHS]
    types = [(torch.arange(n) > n // 2).long() for n in LENGTHS]
    labels = torch.randint(0, LABELS, (len(LENGTHS),))
    tokens = [architecture.encode(p, c, i, t) for i, t in zip(ids, types)]
    logits = torch.stack([architecture.classify(p, c, t) for t in tokens])
    loss = F.cross_entropy(logits, labels)
    offsets = [sum(LENGTHS[:i]) for i in range(len(LENGTHS) + 1)]
    out = dict(ids=torch.cat(ids), types=torch.cat(types), offsets=torch.tensor(offsets), labels=labels,
               tokens=torch.cat(tokens), logits=logits)
    if hasattr(architecture, "fill"):
        masked = torch.tensor([1, 5, 6, 12])
        masked_labels = torch.randint(0, c["vocab_size"], (len(masked),))
        masked_logits = architecture.fill(p, c, torch.cat(tokens)[masked])
        loss = loss + F.cross_entropy(masked_logits, masked_labels)
        out.update(masked=masked, masked_labels=masked_labels, masked_logits=masked_logits)
    loss.backward()
    out["loss"] = loss.reshape(1)
    for key, value in p.items():
        out["weight." + key] = value
        out["grad." + key] = value.grad if value.grad is not None else torch.zeros_like(value)
    save(RESOURCES / f"{name}.safetensors", out)
    print(f"{name}: {sum(v.numel() for v in p.values())} parameters, loss {loss.item():.6f}")


def save(path, tensors):
    header, blobs, at = {}, [], 0
    for name, tensor in tensors.items():
        tensor = tensor.detach().contiguous()
        kind, tensor = ("F32", tensor.float()) if tensor.is_floating_point() else ("I32", tensor.int())
        raw = tensor.numpy().tobytes()
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [at, at + len(raw)]}
        blobs.append(raw)
        at += len(raw)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))


if __name__ == "__main__":
    torch.set_num_threads(1)
    for name, config in json.loads((RESOURCES / "architectures.json").read_text()).items():
        if not sys.argv[1:] or name in sys.argv[1:]:
            golden(name, config)
