#!/usr/bin/python3
"""Golden values of the vision architectures: small random weights, vectors and gradients, by plain PyTorch.

  vision.py [NAME...]   writes NAME.safetensors for the configs of towers.json, beside that file

Written from the papers and the public model code, in double precision. A file holds pixels, upstream (the gradient of the
vectors) and weight.*; vectors in evaluation; vectors.trained, grad.* and, of networks with batch norm, after.* (the running
statistics after one batch) in training. CLIP's has ids, offsets (cumulative lengths), and the same for texts.
Needs PyTorch 1.13 or later (Debian: apt-get install python3-torch) and nothing else.
"""
import json, pathlib, sys, zlib

import torch
import torch.nn.functional as F

from architectures import ACTIVATIONS, Parameters, attend, heads, save

RESOURCES = pathlib.Path(__file__).resolve().parent.parent / "resources" / "crema" / "nn" / "model" / "vision"
PICTURES = 3
TEXTS = [5, 2, 9]
ACTIVATIONS = dict(ACTIVATIONS, quick_gelu=lambda x: x * torch.sigmoid(1.702 * x))


class Network(Parameters):
    """Parameters, and the running statistics of batch norms."""

    def __init__(self):
        super().__init__()
        self.buffers = {}
        self.training = False

    def convolution(self, name, x, out, size, stride=1, padding=0, groups=1):
        weight = self.of(name + ".convolution.weight", out, x.shape[1] // groups, size, size)
        return F.conv2d(x, weight, stride=stride, padding=padding, groups=groups)

    def batch_norm(self, name, x, eps):
        mean, var = name + ".running_mean", name + ".running_var"
        if mean not in self.buffers:
            self.buffers[mean] = (0.3 * torch.randn(x.shape[1])).double()
            self.buffers[var] = (0.5 + torch.rand(x.shape[1])).double()
        return F.batch_norm(x, self.buffers[mean], self.buffers[var], self.of(name + ".weight", x.shape[1], around=1),
                            self.of(name + ".bias", x.shape[1]), self.training, 0.1, eps)


def resnet(p, c, x):
    def step(name, x, out, size, stride=1):
        x = p.convolution(name, x, out, size, stride, size // 2)
        return p.batch_norm(name + ".normalization", x, 1e-5)

    stem = c.get("stem", "large")
    x = torch.relu(step("embedder.embedder", x, c["embedding_size"], 7 if stem == "large" else 3,
                        1 if stem == "small" else 2))
    if stem == "large":
        x = F.max_pool2d(x, 3, 2, 1)
    for s, (width, depth) in enumerate(zip(c["hidden_sizes"], c["depths"])):
        for i in range(depth):
            name = f"encoder.stages.{s}.layers.{i}."
            stride = 2 if i == 0 and (s > 0 or c.get("downsample_in_first_stage")) else 1
            y = x
            if c["layer_type"] == "basic":
                y = torch.relu(step(name + "layer.0", y, width, 3, stride))
                y = step(name + "layer.1", y, width, 3)
            else:
                early = c.get("downsample_in_bottleneck", False)
                y = torch.relu(step(name + "layer.0", y, width // 4, 1, stride if early else 1))
                y = torch.relu(step(name + "layer.1", y, width // 4, 3, 1 if early else stride))
                y = step(name + "layer.2", y, width, 1)
            if x.shape != y.shape:
                x = step(name + "shortcut", x, width, 1, stride)
            x = torch.relu(x + y)
    return x.mean((2, 3))


def mobilenet_v2(p, c, x):
    def channels(n):
        n = int(round(n))
        by = c["depth_divisible_by"]
        near = max(c["min_depth"], int(n + by / 2) // by * by)
        return near + by if near < 0.9 * n else near

    def scaled(n):
        return channels(n * c["depth_multiplier"])

    act = F.relu6 if c.get("hidden_act", "relu6") == "relu6" else torch.relu

    def step(name, x, out, size=1, stride=1, groups=1, f=None):
        if c["tf_padding"]:
            total = [max(size - (n % stride or stride), 0) for n in x.shape[2:]]
            x = F.pad(x, (total[1] // 2, total[1] - total[1] // 2, total[0] // 2, total[0] - total[0] // 2))
        x = p.convolution(name, x, out, size, stride, 0 if c["tf_padding"] else size // 2, groups)
        return (f or act)(p.batch_norm(name + ".normalization", x, c["layer_norm_eps"]))

    def same(x):
        return x

    stem = scaled(32)
    x = step("conv_stem.first_conv", x, stem, 3, 2)
    if not c.get("first_layer_is_expansion", True):
        x = step("conv_stem.expand_1x1", x, stem)
    x = step("conv_stem.conv_3x3", x, stem, 3, 1, stem)
    x = step("conv_stem.reduce_1x1", x, scaled(16), f=same)
    widths = [24, 24, 32, 32, 32, 64, 64, 64, 64, 96, 96, 96, 160, 160, 160, 320]
    for i, (width, stride) in enumerate(zip(widths, [2, 1, 2, 1, 1, 2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1])):
        inner = channels(x.shape[1] * c["expand_ratio"])
        y = step(f"layer.{i}.expand_1x1", x, inner)
        y = step(f"layer.{i}.conv_3x3", y, inner, 3, stride, inner)
        y = step(f"layer.{i}.reduce_1x1", y, scaled(width), f=same)
        x = x + y if stride == 1 and x.shape[1] == y.shape[1] else y
    last = 1280 if c.get("finegrained_output", True) and c["depth_multiplier"] < 1 else scaled(1280)
    return step("conv_1x1", x, last).mean((2, 3))


def transformer(p, c, x, names, causal=False):
    """Layers on [tokens, features]."""
    norm1, q, k, v, out, norm2, inner, outer = names
    eps = c.get("layer_norm_eps")
    count = c["num_attention_heads"]
    n, width = x.shape
    mask = torch.full((n, n), float("-inf"), dtype=x.dtype).triu(1) if causal else 0
    for i in range(c["num_hidden_layers"]):
        def name(part):
            return p.layer + f"{i}." + part
        y = p.norm(name(norm1), x, eps)
        y = attend(*(heads(p.linear(name(part), y, width), count) for part in (q, k, v)), (width // count) ** -0.5, mask)
        x = x + p.linear(name(out), y, width)
        y = p.norm(name(norm2), x, eps)
        y = ACTIVATIONS[c["hidden_act"]](p.linear(name(inner), y, c["intermediate_size"]))
        x = x + p.linear(name(outer), y, width)
    return x


VIT = ("layernorm_before", "attention.attention.query", "attention.attention.key", "attention.attention.value",
       "attention.output.dense", "layernorm_after", "intermediate.dense", "output.dense")
CLIP = ("layer_norm1", "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.out_proj", "layer_norm2",
        "mlp.fc1", "mlp.fc2")


def vit(p, c, x):
    size, width = c["patch_size"], c["hidden_size"]
    name = "embeddings.patch_embeddings.projection"
    x = F.conv2d(x, p.of(name + ".weight", width, 3, size, size), p.of(name + ".bias", width), stride=size)
    x = x.flatten(2).transpose(1, 2)
    first = p.of("embeddings.cls_token", 1, 1, width).expand(len(x), -1, -1)
    x = torch.cat([first, x], 1) + p.of("embeddings.position_embeddings", 1, x.shape[1] + 1, width)
    p.layer = "encoder.layer."
    x = torch.stack([transformer(p, c, picture, VIT) for picture in x])
    return p.norm("layernorm", x, c["layer_norm_eps"])[:, 0]


def clip(p, config, x):
    c = dict(layer_norm_eps=1e-5, hidden_act="quick_gelu", **config["vision_config"])
    size, width = c["patch_size"], c["hidden_size"]
    x = F.conv2d(x, p.of("vision_model.embeddings.patch_embedding.weight", width, 3, size, size), stride=size)
    x = x.flatten(2).transpose(1, 2)
    first = p.of("vision_model.embeddings.class_embedding", width).expand(len(x), 1, -1)
    x = torch.cat([first, x], 1)
    x = x + p.of("vision_model.embeddings.position_embedding.weight", x.shape[1], width)
    x = p.norm("vision_model.pre_layrnorm", x, 1e-5)
    p.layer = "vision_model.encoder.layers."
    x = torch.stack([transformer(p, c, picture, CLIP) for picture in x])
    x = p.norm("vision_model.post_layernorm", x[:, 0], 1e-5)
    return p.linear("visual_projection", x, config["projection_dim"], bias=False)


def clip_text(p, config, texts):
    c = dict(layer_norm_eps=1e-5, hidden_act="quick_gelu", **config["text_config"])
    width = c["hidden_size"]
    table = p.of("text_model.embeddings.token_embedding.weight", c["vocab_size"], width)
    positions = p.of("text_model.embeddings.position_embedding.weight", c["max_position_embeddings"], width)
    p.layer = "text_model.encoder.layers."
    last = torch.stack([transformer(p, c, table[ids] + positions[:len(ids)], CLIP, causal=True)[-1] for ids in texts])
    last = p.norm("text_model.final_layer_norm", last, 1e-5)
    return p.linear("text_projection", last, config["projection_dim"], bias=False)


TOWERS = {"resnet": resnet, "mobilenet_v2": mobilenet_v2, "vit": vit, "clip": clip}


def golden(name, c):
    torch.manual_seed(zlib.crc32(name.encode()))
    p = Network()
    size = c.get("vision_config", c)["image_size"]
    pixels = torch.randn(PICTURES, 3, size, size).double()
    tower = TOWERS[c["model_type"]]
    vectors = tower(p, c, pixels)
    upstream = torch.randn(vectors.shape).double()
    out = {"pixels": pixels, "upstream": upstream, "vectors": vectors}
    weights = {key: value.clone() for key, value in p.buffers.items()}
    p.training = True
    trained = tower(p, c, pixels)
    loss = (trained * upstream).sum()
    out["vectors.trained"] = trained
    if c["model_type"] == "clip":
        ids = torch.randint(0, c["text_config"]["vocab_size"], (sum(TEXTS),))
        texts = clip_text(p, c, torch.split(ids, TEXTS))
        loss = loss + (texts * upstream).sum()
        p["logit_scale"] = torch.tensor(1.3, dtype=torch.float64).requires_grad_()
        out.update(ids=ids, offsets=torch.cumsum(torch.tensor([0] + TEXTS), 0), texts=texts)
    loss.backward()
    for key, value in p.items():
        out["weight." + key] = value
        if value.grad is not None:
            out["grad." + key] = value.grad
    for key, value in weights.items():
        out["weight." + key] = value
        out["after." + key] = p.buffers[key]
    save(RESOURCES / f"{name}.safetensors", out)
    print(f"{name}: {sum(v.numel() for v in p.values())} parameters, loss {loss.item():.6f}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    for name, config in json.loads((RESOURCES / "towers.json").read_text()).items():
        if not sys.argv[1:] or name in sys.argv[1:]:
            golden(name, config)
