#!/usr/bin/python3
"""Golden values of TextClassifier, both ways between PyTorch and Crema.

  golden.py make            writes golden-<name>.safetensors for each config of golden.json, beside that file
  golden.py check FILE...   checks files that the Java test TextClassifierGoldenTest left in target/golden:
                            weights saved by Crema, loaded by PyTorch, give the logits, loss and gradients in the file
"""
import json, pathlib, struct, sys

import torch
import torch.nn.functional as F

import encoder_torch

RESOURCES = pathlib.Path(__file__).resolve().parent.parent / "resources" / "crema" / "nn" / "model"


def make():
    for name, config in json.loads((RESOURCES / "golden.json").read_text()).items():
        encoder_torch.golden(RESOURCES / f"golden-{name}.safetensors", [f"{k}={v:g}" for k, v in config.items()])


def read_safetensors(path):
    raw = pathlib.Path(path).read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    kinds = {"F32": torch.float32, "I32": torch.int32}
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + length + at for at in entry["data_offsets"])
        tensors[name] = torch.frombuffer(bytearray(raw[begin:end]), dtype=kinds[entry["dtype"]]).reshape(entry["shape"])
    return tensors, metadata


def check(path):
    tensors, metadata = read_safetensors(path)
    config, _ = encoder_torch.parse([f"{k}={v:g}" for k, v in json.loads(metadata["config"]).items()])
    model = encoder_torch.EmbeddingClassifier(config).eval()
    part = lambda prefix: {k[len(prefix):]: v for k, v in tensors.items() if k.startswith(prefix)}
    model.load_state_dict(part("weight."), strict=True)
    logits = model(tensors["ids"].long(), tensors["mask"].long())
    loss = F.cross_entropy(logits, tensors["labels"].long())
    loss.backward()
    found = {"logits": logits, "loss": loss.reshape(1)} | {"grad." + k: p.grad for k, p in model.named_parameters()}
    worst = max(((found[k] - tensors[k]).abs().max() / found[k].abs().max().clamp(min=1e-6)).item() for k in found)
    print(f"{path}: {len(found)} tensors, largest difference relative to each tensor's maximum {worst:.2g}")
    return worst < 1e-4


if __name__ == "__main__":
    if sys.argv[1:] == ["make"]:
        make()
    elif sys.argv[1:2] == ["check"] and len(sys.argv) > 2:
        sys.exit(0 if all([check(path) for path in sys.argv[2:]]) else 1)
    else:
        sys.exit(__doc__)
