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


class Roberta:
    def encode(self, p, c, ids, types):
        pad = c["pad_token_id"]
        real = (ids != pad).long()
        positions = torch.cumsum(real, 0) * real + pad
        x = p.of("roberta.embeddings.word_embeddings.weight", c["vocab_size"], c["hidden_size"])[ids]
        x = x + p.of("roberta.embeddings.token_type_embeddings.weight", 1, c["hidden_size"])[0]
        table = p.of("roberta.embeddings.position_embeddings.weight", c["max_position_embeddings"], c["hidden_size"])
        x = p.norm("roberta.embeddings.LayerNorm", x + table[positions], c["layer_norm_eps"])
        return bert_layers(p, c, "roberta.", x)

    def classify(self, p, c, tokens):
        return p.linear("classifier.out_proj", torch.tanh(p.linear("classifier.dense", tokens[0], c["hidden_size"])), LABELS)

    def fill(self, p, c, x):
        x = ACTIVATIONS["gelu"](p.linear("lm_head.dense", x, c["hidden_size"]))
        x = p.norm("lm_head.layer_norm", x, c["layer_norm_eps"])
        return x @ p["roberta.embeddings.word_embeddings.weight"].T + p.of("lm_head.bias", c["vocab_size"])


class Electra:
    def encode(self, p, c, ids, types):
        size, name = c["embedding_size"], "electra.embeddings."
        x = p.of(name + "word_embeddings.weight", c["vocab_size"], size)[ids]
        x = x + p.of(name + "position_embeddings.weight", c["max_position_embeddings"], size)[:len(ids)]
        x = x + p.of(name + "token_type_embeddings.weight", c["type_vocab_size"], size)[types]
        x = p.norm(name + "LayerNorm", x, c["layer_norm_eps"])
        return bert_layers(p, c, "electra.", p.linear("electra.embeddings_project", x, c["hidden_size"]))

    def classify(self, p, c, tokens):
        x = ACTIVATIONS["gelu"](p.linear("classifier.dense", tokens[0], c["hidden_size"]))
        return p.linear("classifier.out_proj", x, LABELS)

    def fill(self, p, c, x):
        x = ACTIVATIONS["gelu"](p.linear("generator_predictions.dense", x, c["embedding_size"]))
        x = p.norm("generator_predictions.LayerNorm", x, c["layer_norm_eps"])
        return x @ p["electra.embeddings.word_embeddings.weight"].T + p.of("generator_lm_head.bias", c["vocab_size"])


class DistilBert:
    def encode(self, p, c, ids, types):
        dim, n = c["dim"], c["n_heads"]
        x = p.of("distilbert.embeddings.word_embeddings.weight", c["vocab_size"], dim)[ids]
        x = x + p.of("distilbert.embeddings.position_embeddings.weight", c["max_position_embeddings"], dim)[:len(ids)]
        x = p.norm("distilbert.embeddings.LayerNorm", x, 1e-12)
        for i in range(c["n_layers"]):
            name = f"distilbert.transformer.layer.{i}."
            q, k, v = (heads(p.linear(f"{name}attention.{part}_lin", x, dim), n) for part in "qkv")
            attended = p.linear(name + "attention.out_lin", attend(q, k, v, (dim // n) ** -0.5), dim)
            x = p.norm(name + "sa_layer_norm", attended + x, 1e-12)
            inner = ACTIVATIONS[c["activation"]](p.linear(name + "ffn.lin1", x, c["hidden_dim"]))
            x = p.norm(name + "output_layer_norm", p.linear(name + "ffn.lin2", inner, dim) + x, 1e-12)
        return x

    def classify(self, p, c, tokens):
        return p.linear("classifier", torch.relu(p.linear("pre_classifier", tokens[0], c["dim"])), LABELS)

    def fill(self, p, c, x):
        x = p.norm("vocab_layer_norm", ACTIVATIONS[c["activation"]](p.linear("vocab_transform", x, c["dim"])), 1e-12)
        return x @ p["distilbert.embeddings.word_embeddings.weight"].T + p.of("vocab_projector.bias", c["vocab_size"])


def rotate(x, theta):
    """Rotary positions in the half-rotation layout, x [heads, tokens, features]."""
    half = x.shape[-1] // 2
    frequencies = theta ** (-torch.arange(half, dtype=torch.float64) / half)
    angles = torch.outer(torch.arange(x.shape[1], dtype=torch.float64), frequencies)
    first, second = x[..., :half], x[..., half:]
    return torch.cat((first * angles.cos() - second * angles.sin(), second * angles.cos() + first * angles.sin()), -1)


class NomicBert:
    def encode(self, p, c, ids, types):
        hidden, n, theta = c["n_embd"], c["n_head"], c["rotary_emb_base"]
        x = p.of("bert.embeddings.word_embeddings.weight", c["vocab_size"], hidden)[ids]
        x = x + p.of("bert.embeddings.token_type_embeddings.weight", c["type_vocab_size"], hidden)[types]
        x = p.norm("bert.emb_ln", x, c["layer_norm_epsilon"])
        for i in range(c["n_layer"]):
            name = f"bert.encoder.layers.{i}."
            q, k, v = (heads(part, n) for part in p.linear(name + "attn.Wqkv", x, 3 * hidden, False).split(hidden, -1))
            attended = attend(rotate(q, theta), rotate(k, theta), v, (hidden // n) ** -0.5)
            x = p.norm(name + "norm1", p.linear(name + "attn.out_proj", attended, hidden, False) + x, c["layer_norm_epsilon"])
            inner = p.linear(name + "mlp.fc11", x, c["n_inner"], False)
            inner = inner * ACTIVATIONS["silu"](p.linear(name + "mlp.fc12", x, c["n_inner"], False))
            x = p.norm(name + "norm2", p.linear(name + "mlp.fc2", inner, hidden, False) + x, c["layer_norm_epsilon"])
        return x

    def classify(self, p, c, tokens):
        return p.linear("classifier", torch.tanh(p.linear("bert.pooler.dense", tokens[0], c["n_embd"])), LABELS)

    def fill(self, p, c, x):
        x = ACTIVATIONS["silu"](p.linear("cls.predictions.transform.dense", x, c["n_embd"], False))
        x = p.norm("cls.predictions.transform.layer_norm", x, c["layer_norm_epsilon"])
        return x @ p["bert.embeddings.word_embeddings.weight"].T


class Qwen3:
    def encode(self, p, c, ids, types):
        n, groups, size = c["num_attention_heads"], c["num_key_value_heads"], c["head_dim"]
        eps, theta = c["rms_norm_eps"], c.get("rope_theta") or c["rope_parameters"]["rope_theta"]
        x = p.of("model.embed_tokens.weight", c["vocab_size"], c["hidden_size"])[ids]
        future = torch.full((len(ids), len(ids)), -math.inf, dtype=torch.float64).triu(1)
        for i in range(c["num_hidden_layers"]):
            name = f"model.layers.{i}."
            y = p.rms_norm(name + "input_layernorm", x, eps)
            q = heads(p.linear(name + "self_attn.q_proj", y, n * size, False), n)
            k, v = (heads(p.linear(f"{name}self_attn.{part}_proj", y, groups * size, False), groups) for part in "kv")
            q, k = p.rms_norm(name + "self_attn.q_norm", q, eps), p.rms_norm(name + "self_attn.k_norm", k, eps)
            k, v = (part.repeat_interleave(n // groups, 0) for part in (rotate(k, theta), v))
            attended = attend(rotate(q, theta), k, v, size ** -0.5, future)
            x = x + p.linear(name + "self_attn.o_proj", attended, c["hidden_size"], False)
            y = p.rms_norm(name + "post_attention_layernorm", x, eps)
            inner = ACTIVATIONS["silu"](p.linear(name + "mlp.gate_proj", y, c["intermediate_size"], False))
            inner = inner * p.linear(name + "mlp.up_proj", y, c["intermediate_size"], False)
            x = x + p.linear(name + "mlp.down_proj", inner, c["hidden_size"], False)
        return p.rms_norm("model.norm", x, eps)

    def classify(self, p, c, tokens):
        return p.linear("score", tokens[-1], LABELS, False)


class EuroBert:
    def encode(self, p, c, ids, types):
        n, groups, hidden = c["num_attention_heads"], c["num_key_value_heads"], c["hidden_size"]
        eps, theta = c["rms_norm_eps"], c.get("rope_theta") or c["rope_parameters"]["rope_theta"]
        x = p.of("model.embed_tokens.weight", c["vocab_size"], hidden)[ids]
        for i in range(c["num_hidden_layers"]):
            name = f"model.layers.{i}."
            y = p.rms_norm(name + "input_layernorm", x, eps)
            q = heads(p.linear(name + "self_attn.q_proj", y, hidden, False), n)
            k, v = (heads(p.linear(f"{name}self_attn.{part}_proj", y, groups * hidden // n, False), groups) for part in "kv")
            k, v = (part.repeat_interleave(n // groups, 0) for part in (rotate(k, theta), v))
            attended = attend(rotate(q, theta), k, v, (hidden // n) ** -0.5)
            x = x + p.linear(name + "self_attn.o_proj", attended, hidden, False)
            y = p.rms_norm(name + "post_attention_layernorm", x, eps)
            inner = ACTIVATIONS["silu"](p.linear(name + "mlp.gate_proj", y, c["intermediate_size"], False))
            inner = inner * p.linear(name + "mlp.up_proj", y, c["intermediate_size"], False)
            x = x + p.linear(name + "mlp.down_proj", inner, hidden, False)
        return p.rms_norm("model.norm", x, eps)

    def classify(self, p, c, tokens):
        pooling = c.get("classifier_pooling", "late")
        x = tokens[0] if pooling == "bos" else tokens.mean(0) if pooling == "mean" else tokens
        y = p.linear("classifier", ACTIVATIONS["gelu"](p.linear("dense", x, c["hidden_size"])), LABELS)
        return y.mean(0) if pooling == "late" else y


class ModernBert:
    """golden_head is the head that a file has: both have the same names."""

    def encode(self, p, c, ids, types):
        hidden, n, eps, bias = c["hidden_size"], c["num_attention_heads"], c["norm_eps"], c["norm_bias"]
        x = p.of("model.embeddings.tok_embeddings.weight", c["vocab_size"], hidden)[ids]
        x = p.norm("model.embeddings.norm", x, eps, bias)
        distance = (torch.arange(len(ids))[:, None] - torch.arange(len(ids))[None]).abs()
        unseen = torch.zeros(distance.shape, dtype=torch.float64)
        unseen[distance > c["local_attention"] // 2] = -math.inf
        for i in range(c["num_hidden_layers"]):
            name, everything = f"model.layers.{i}.", i % c["global_attn_every_n_layers"] == 0
            theta = c["global_rope_theta"] if everything else c["local_rope_theta"]
            y = x if i == 0 else p.norm(name + "attn_norm", x, eps, bias)
            qkv = p.linear(name + "attn.Wqkv", y, 3 * hidden, c["attention_bias"])
            q, k, v = (heads(part, n) for part in qkv.split(hidden, -1))
            y = attend(rotate(q, theta), rotate(k, theta), v, (hidden // n) ** -0.5, 0 if everything else unseen)
            x = x + p.linear(name + "attn.Wo", y, hidden, c["attention_bias"])
            y = p.linear(name + "mlp.Wi", p.norm(name + "mlp_norm", x, eps, bias), 2 * c["intermediate_size"], c["mlp_bias"])
            activated, gate = y.chunk(2, -1)
            y = ACTIVATIONS[c["hidden_activation"]](activated) * gate
            x = x + p.linear(name + "mlp.Wo", y, hidden, c["mlp_bias"])
        return p.norm("model.final_norm", x, eps, bias)

    def head(self, p, c, x):
        x = p.linear("head.dense", x, c["hidden_size"], c["classifier_bias"])
        return p.norm("head.norm", ACTIVATIONS[c["classifier_activation"]](x), c["norm_eps"], c["norm_bias"])

    def classify(self, p, c, tokens):
        pooled = tokens[0] if c["classifier_pooling"] == "cls" else tokens.mean(0)
        return p.linear("classifier", self.head(p, c, pooled), LABELS)

    def fill(self, p, c, x):
        y = self.head(p, c, x) @ p["model.embeddings.tok_embeddings.weight"].T
        return y + p.of("decoder.bias", c["vocab_size"]) if c["decoder_bias"] else y


class Mpnet:
    def encode(self, p, c, ids, types):
        hidden, n, eps = c["hidden_size"], c["num_attention_heads"], c["layer_norm_eps"]
        real = (ids != 1).long()
        positions = torch.cumsum(real, 0) * real + 1
        x = p.of("mpnet.embeddings.word_embeddings.weight", c["vocab_size"], hidden)[ids]
        x = x + p.of("mpnet.embeddings.position_embeddings.weight", c["max_position_embeddings"], hidden)[positions]
        x = p.norm("mpnet.embeddings.LayerNorm", x, eps)
        buckets = self.buckets(torch.arange(len(ids))[:, None] - torch.arange(len(ids))[None])
        bias = p.of("mpnet.encoder.relative_attention_bias.weight", 32, n)[buckets].permute(2, 0, 1)
        for i in range(c["num_hidden_layers"]):
            name = f"mpnet.encoder.layer.{i}."
            q, k, v = (heads(p.linear(f"{name}attention.attn.{part}", x, hidden), n) for part in "qkv")
            attended = p.linear(name + "attention.attn.o", attend(q, k, v, (hidden // n) ** -0.5, bias), hidden)
            x = p.norm(name + "attention.LayerNorm", attended + x, eps)
            inner = ACTIVATIONS[c["hidden_act"]](p.linear(name + "intermediate.dense", x, c["intermediate_size"]))
            x = p.norm(name + "output.LayerNorm", p.linear(name + "output.dense", inner, hidden) + x, eps)
        return x

    def buckets(self, distances):
        """Of query minus key, in single precision as the model's code has it."""
        far = distances.abs()
        log = 8 + (torch.log(far.float().clamp(min=1) / 8) / math.log(16) * 8).long()
        return torch.where(distances < 0, 16, 0) + torch.where(far < 8, far, log.clamp(max=15))

    def classify(self, p, c, tokens):
        x = torch.tanh(p.linear("classifier.dense", tokens[0], c["hidden_size"]))
        return p.linear("classifier.out_proj", x, LABELS)

    def fill(self, p, c, x):
        x = p.norm("lm_head.layer_norm", ACTIVATIONS["gelu"](p.linear("lm_head.dense", x, c["hidden_size"])), c["layer_norm_eps"])
        return x @ p["mpnet.embeddings.word_embeddings.weight"].T + p.of("lm_head.bias", c["vocab_size"])


class DebertaV2:
    """Each pair of tokens by itself, as the paper's equation 4 has it."""

    def encode(self, p, c, ids, types):
        self.c = c
        hidden, n, eps = c["hidden_size"], c["num_attention_heads"], c["layer_norm_eps"]
        x = p.of("deberta.embeddings.word_embeddings.weight", c["vocab_size"], hidden)[ids]
        if c["type_vocab_size"]:
            x = x + p.of("deberta.embeddings.token_type_embeddings.weight", c["type_vocab_size"], hidden)[types]
        x = p.norm("deberta.embeddings.LayerNorm", x, eps)
        table = p.of("deberta.encoder.rel_embeddings.weight", 2 * self.span(), hidden)
        if c["norm_rel_ebd"] == "layer_norm":
            table = p.norm("deberta.encoder.LayerNorm", table, eps)
        rows = self.buckets(torch.arange(len(ids))[:, None] - torch.arange(len(ids))[None])
        scale = ((1 + len(c["pos_att_type"])) * hidden // n) ** -0.5
        for i in range(c["num_hidden_layers"]):
            name = f"deberta.encoder.layer.{i}.attention.self."
            q, k, v = (heads(p.linear(name + part, x, hidden), n) for part in ("query_proj", "key_proj", "value_proj"))
            bias = 0
            if "c2p" in c["pos_att_type"]:
                keys = heads(p.linear(name + "key_proj", table, hidden), n)
                bias = bias + torch.einsum("hid,hijd->hij", q, keys[:, rows])
            if "p2c" in c["pos_att_type"]:
                queries = heads(p.linear(name + "query_proj", table, hidden), n)
                bias = bias + torch.einsum("hijd,hjd->hij", queries[:, rows], k)
            name = f"deberta.encoder.layer.{i}."
            attended = p.linear(name + "attention.output.dense", attend(q, k, v, scale, bias * scale), hidden)
            x = p.norm(name + "attention.output.LayerNorm", attended + x, eps)
            inner = ACTIVATIONS[c["hidden_act"]](p.linear(name + "intermediate.dense", x, c["intermediate_size"]))
            x = p.norm(name + "output.LayerNorm", p.linear(name + "output.dense", inner, hidden) + x, eps)
        return x

    def farthest(self):
        return self.c["max_relative_positions"] if self.c["max_relative_positions"] > 0 else self.c["max_position_embeddings"]

    def span(self):
        return self.c["position_buckets"] if self.c["position_buckets"] > 0 else self.farthest()

    def buckets(self, distances):
        if self.c["position_buckets"] > 0:
            middle, far = self.span() // 2, distances.abs().double()
            log = torch.ceil(torch.log(far.clamp(min=1) / middle) / math.log((self.farthest() - 1) / middle) * (middle - 1))
            distances = torch.where(far <= middle, distances, (log.long() + middle) * distances.sign())
        return (distances + self.span()).clamp(0, 2 * self.span() - 1)

    def classify(self, p, c, tokens):
        x = ACTIVATIONS[c["pooler_hidden_act"]](p.linear("pooler.dense", tokens[0], c["hidden_size"]))
        return p.linear("classifier", x, LABELS)

    def fill(self, p, c, x):
        x = ACTIVATIONS[c["hidden_act"]](p.linear("cls.predictions.transform.dense", x, c["hidden_size"]))
        x = p.norm("cls.predictions.transform.LayerNorm", x, c["layer_norm_eps"])
        return x @ p["deberta.embeddings.word_embeddings.weight"].T + p.of("cls.predictions.bias", c["vocab_size"])


ARCHITECTURES = {"bert": Bert(), "roberta": Roberta(), "xlm-roberta": Roberta(), "camembert": Roberta(),
                 "electra": Electra(), "distilbert": DistilBert(), "deberta-v2": DebertaV2(), "modernbert": ModernBert(),
                 "mpnet": Mpnet(), "nomic_bert": NomicBert(), "qwen3": Qwen3(),
                 "eurobert": EuroBert()}


def golden(name, c):
    torch.manual_seed(zlib.crc32(name.encode()))
    architecture, p = ARCHITECTURES[c["model_type"]], Parameters()
    ids = [torch.randint(0, c["vocab_size"], (n,)) for n in LENGTHS]
    types = [(torch.arange(n) > n // 2).long() for n in LENGTHS]
    labels = torch.randint(0, LABELS, (len(LENGTHS),))
    tokens = [architecture.encode(p, c, i, t) for i, t in zip(ids, types)]
    head = c.get("golden_head")
    loss = torch.zeros((), dtype=torch.float64)
    offsets = [sum(LENGTHS[:i]) for i in range(len(LENGTHS) + 1)]
    out = dict(ids=torch.cat(ids), types=torch.cat(types), offsets=torch.tensor(offsets),
               tokens=torch.cat(tokens))
    if head != "fill":
        logits = torch.stack([architecture.classify(p, c, t) for t in tokens])
        loss = loss + F.cross_entropy(logits, labels)
        out.update(labels=labels, logits=logits)
    if head != "classify" and hasattr(architecture, "fill"):
        masked = torch.tensor([1, 5, 6, 12])
        masked_labels = torch.randint(0, c["vocab_size"], (len(masked),))
        masked_logits = architecture.fill(p, c, torch.cat(tokens)[masked])
        loss = loss + F.cross_entropy(masked_logits, masked_labels)
        out.update(masked=masked, masked_labels=masked_labels, masked_logits=masked_logits)
    if hasattr(architecture, "buckets"):
        out["buckets"] = architecture.buckets(torch.arange(-600, 601))
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
