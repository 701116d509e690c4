#!/usr/bin/python3
"""Writes the reference encoder with its default shape as an ONNX file, for crema.bench.OnnxInfer.

  bench/export_onnx.py OUT.onnx

Needs PyTorch 1.13 or later (Debian: apt-get install python3-torch).
"""
import importlib.util
import pathlib
import sys

import torch

if len(sys.argv) != 2:
    sys.exit(__doc__)
path = pathlib.Path(__file__).resolve().parent.parent / "nn/src/test/golden/encoder_torch.py"
spec = importlib.util.spec_from_file_location("encoder_torch", path)
reference = importlib.util.module_from_spec(spec)
spec.loader.exec_module(reference)


def repeat_heads(x, repeats, dim):
    """The same as repeat_interleave, whose export by PyTorch 1.13 ONNX Runtime cannot run."""
    batch, heads, length, size = x.shape
    return x.unsqueeze(2).expand(batch, heads, repeats, length, size).reshape(batch, heads * repeats, length, size)


torch.Tensor.repeat_interleave = repeat_heads
torch.manual_seed(1)
config = reference.Config()
model = reference.EmbeddingClassifier(config).eval()
ids, mask, _ = reference.random_batch(config, 4, 32)
torch.onnx.export(
    model, (ids, mask), sys.argv[1], input_names=["ids", "mask"], output_names=["logits"], opset_version=16,
    dynamic_axes={"ids": {0: "batch", 1: "length"}, "mask": {0: "batch", 1: "length"}, "logits": {0: "batch"}})
