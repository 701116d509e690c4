#!/usr/bin/python3
"""Golden adapters: PEFT's files beside the small models of architectures.py, made by plain PyTorch.

  lora.py   writes crema/nn/adapter/NAME/{adapter_config.json, adapter_model.safetensors, golden.safetensors}

y = W x + b + s B A x with s = alpha / r, or alpha / sqrt(r) with use_rslora; the head is trained as a whole. golden.safetensors
holds the logits of the model with the adapter for the ids of the model's own golden file, the loss, and grad.*.
"""
import json, math, pathlib, struct

import torch
import torch.nn.functional as F

import architectures
from architectures import ARCHITECTURES, LABELS, LENGTHS, Parameters

MODELS = architectures.RESOURCES
TARGET = MODELS.parent / "adapter"

CASES = {
    "bert-rslora": ("bert", dict(r=3, lora_alpha=6, use_rslora=True, target_modules=["query", "output.dense"],
                                 rank_pattern={"layer.1.attention.self.query": 2}, alpha_pattern={"1.output.dense": 9},
                                 modules_to_save=["classifier"], task_type="SEQ_CLS")),
    "qwen3-all-linear": ("qwen3", dict(r=2, lora_alpha=4, use_rslora=False, target_modules="all-linear",
                                       rank_pattern={}, alpha_pattern={}, modules_to_save=None, task_type="SEQ_CLS")),
}


def load(path):
    data = path.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    kinds = {"F32": torch.float32, "I32": torch.int32}
    return {name: torch.frombuffer(bytearray(data[8 + size + e["data_offsets"][0]:8 + size + e["data_offsets"][1]]),
                                   dtype=kinds[e["dtype"]]).reshape(e["shape"])
            for name, e in header.items() if name != "__metadata__" and e["data_offsets"][0] < e["data_offsets"][1]}


def settings(case, name):
    """The rank and the scale of a layer."""
    def pattern(patterns, default):
        return next((v for k, v in patterns.items() if name == k or name.endswith("." + k)), default)
    r, alpha = pattern(case["rank_pattern"], case["r"]), pattern(case["alpha_pattern"], case["lora_alpha"])
    return r, alpha / (math.sqrt(r) if case["use_rslora"] else r)


class Adapted(Parameters):
    def __init__(self, weights, case):
        super().__init__(weights)
        self.case, self.lora = case, {}

    def linear(self, name, x, out, bias=True):
        y = super().linear(name, x, out, bias)
        targets, head = self.case["target_modules"], name.split(".")[0] in ("classifier", "score")
        if head or not (targets == "all-linear" or any(name.endswith("." + t) for t in targets)):
            return y
        r, scale = settings(self.case, name)
        if name not in self.lora:
            self.lora[name] = tuple((0.3 * torch.randn(*shape, dtype=torch.float64)).float().double().requires_grad_()
                                    for shape in ((r, x.shape[-1]), (out, r)))
        a, b = self.lora[name]
        return y + (x @ a.T) @ b.T * scale


def golden(name, model, case):
    torch.manual_seed(len(name))
    config = json.loads((MODELS / "architectures.json").read_text())[model]
    stored = load(MODELS / f"{model}.safetensors")
    weights = {k[7:]: v.double() for k, v in stored.items() if k.startswith("weight.")}
    head = {k: (v + 0.3 * torch.randn_like(v)).float().double().requires_grad_() for k, v in weights.items()
            if k.split(".")[0] in ("classifier", "score")}
    p = Adapted({**weights, **head}, case)
    ids, types = (torch.split(stored[key].long(), LENGTHS) for key in ("ids", "types"))
    architecture = ARCHITECTURES[config["model_type"]]
    logits = torch.stack([architecture.classify(p, config, architecture.encode(p, config, i, t))
                          for i, t in zip(ids, types)])
    loss = F.cross_entropy(logits, stored["labels"].long())
    loss.backward()
    files = {**{f"base_model.model.{k}.lora_{part}.weight": v for k, ab in p.lora.items() for part, v in zip("AB", ab)},
             **{f"base_model.model.{k}": v for k, v in head.items()}}
    folder = TARGET / name
    folder.mkdir(parents=True, exist_ok=True)
    architectures.save(folder / "adapter_model.safetensors", files)
    architectures.save(folder / "golden.safetensors", {"logits": logits, "loss": loss.reshape(1),
                                                       **{f"grad.{k}": v.grad for k, v in files.items()}})
    json.dump(dict(peft_type="LORA", bias="none", lora_dropout=0.0, fan_in_fan_out=False, init_lora_weights=True,
                   inference_mode=True, layers_to_transform=None, use_dora=False, loftq_config={}, **case),
              (folder / "adapter_config.json").open("w"), indent=2)
    print(f"{name}: {len(p.lora)} layers, loss {loss.item():.6f}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    for name, (model, case) in CASES.items():
        golden(name, model, case)
