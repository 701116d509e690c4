#!/usr/bin/python3
"""Networks of pictures in PyTorch, for bench/vision.sh.

  vision.py make DIR                ViT-B/32 with random weights: model.safetensors and, as TorchScript, model.pt
  vision.py step BATCH SIZE STEPS   training steps of Crema's small ResNet; prints a line of JSON for each layout of memory

Needs PyTorch (Debian: apt-get install python3-torch) and nothing else.
"""
import json, os, pathlib, statistics, sys, time

import torch
import torch.nn as nn
import torch.nn.functional as F

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "nn" / "src" / "test" / "golden"))
from architectures import save  # noqa: E402

CONFIG = {"image_size": 224, "patch_size": 32, "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12,
          "intermediate_size": 3072, "layer_norm_eps": 1e-12}


class Layer(nn.Module):
    def __init__(self, c):
        super().__init__()
        width, eps = c["hidden_size"], c["layer_norm_eps"]
        self.heads = c["num_attention_heads"]
        self.layernorm_before, self.layernorm_after = nn.LayerNorm(width, eps), nn.LayerNorm(width, eps)
        self.attention = nn.ModuleDict({
            "attention": nn.ModuleDict({part: nn.Linear(width, width) for part in ("query", "key", "value")}),
            "output": nn.ModuleDict({"dense": nn.Linear(width, width)})})
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(width, c["intermediate_size"])})
        self.output = nn.ModuleDict({"dense": nn.Linear(c["intermediate_size"], width)})

    def forward(self, x):
        pictures, tokens, width = x.shape
        y = self.layernorm_before(x)
        q, k, v = (layer(y).view(pictures, tokens, self.heads, -1).transpose(1, 2)
                   for layer in self.attention["attention"].values())
        y = torch.softmax(q @ k.transpose(-1, -2) * (width // self.heads) ** -0.5, -1) @ v
        x = x + self.attention["output"]["dense"](y.transpose(1, 2).reshape(pictures, tokens, width))
        return x + self.output["dense"](F.gelu(self.intermediate["dense"](self.layernorm_after(x))))


class Vit(nn.Module):
    def __init__(self, c):
        super().__init__()
        width, size = c["hidden_size"], c["patch_size"]
        self.embeddings = nn.Module()
        self.embeddings.cls_token = nn.Parameter(torch.randn(1, 1, width))
        self.embeddings.position_embeddings = nn.Parameter(
            torch.randn(1, 1 + (c["image_size"] // size) ** 2, width))
        self.embeddings.patch_embeddings = nn.ModuleDict({"projection": nn.Conv2d(3, width, size, size)})
        self.encoder = nn.Module()
        self.encoder.layer = nn.ModuleList(Layer(c) for _ in range(c["num_hidden_layers"]))
        self.layernorm = nn.LayerNorm(width, c["layer_norm_eps"])

    def forward(self, x):
        x = self.embeddings.patch_embeddings["projection"](x).flatten(2).transpose(1, 2)
        first = self.embeddings.cls_token.expand(x.shape[0], -1, -1)
        x = torch.cat([first, x], 1) + self.embeddings.position_embeddings
        for layer in self.encoder.layer:
            x = layer(x)
        return self.layernorm(x[:, 0])


def make(folder):
    torch.manual_seed(1)
    model = Vit(CONFIG).eval()
    folder.mkdir(parents=True, exist_ok=True)
    save(folder / "model.safetensors", dict(model.state_dict()))
    with torch.no_grad():
        size = CONFIG["image_size"]
        torch.jit.trace(model, torch.randn(2, 3, size, size), check_trace=False).save(str(folder / "model.pt"))


def convolution(into, out, size, stride):
    return nn.Sequential(nn.Conv2d(into, out, size, stride, size // 2, bias=False), nn.BatchNorm2d(out))


class ResidualLayer(nn.Module):
    def __init__(self, into, out, stride):
        super().__init__()
        self.first, self.second = convolution(into, out, 3, stride), convolution(out, out, 3, 1)
        self.shortcut = nn.Identity() if into == out and stride == 1 else convolution(into, out, 1, stride)

    def forward(self, x):
        return torch.relu(self.second(torch.relu(self.first(x))) + self.shortcut(x))


def step(batch, size, steps):
    torch.manual_seed(1)
    torch.set_num_threads(int(os.environ.get("THREADS", 2)))
    layers = [ResidualLayer(16, 16, 1), ResidualLayer(16, 16, 1)]
    for into, out in (16, 32), (32, 64), (64, 128):
        layers += [ResidualLayer(into, out, 2), ResidualLayer(out, out, 1)]
    model = nn.Sequential(convolution(3, 16, 3, 2), nn.ReLU(), *layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())
    x = torch.randn(batch, 3, size, size)
    for name, layout in ("nchw", torch.contiguous_format), ("channels last", torch.channels_last):
        model, x = model.to(memory_format=layout), x.to(memory_format=layout)
        times = []
        for _ in range(5 + steps):
            begin = time.perf_counter()
            model(x).sum().backward()
            times.append(time.perf_counter() - begin)
        print(json.dumps({"batch": batch, "size": size, "threads": torch.get_num_threads(), "layout": name,
                          "step_ms": round(statistics.median(times[5:]) * 1e3, 1)}))


if __name__ == "__main__":
    if sys.argv[1:2] == ["make"] and len(sys.argv) == 3:
        make(pathlib.Path(sys.argv[2]))
    elif sys.argv[1:2] == ["step"] and len(sys.argv) == 5:
        step(*map(int, sys.argv[2:]))
    else:
        sys.exit(__doc__)
