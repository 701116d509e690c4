"""Writes the PyTorch files that PyTorchReaderTest reads, and the values that it must find: pytorch_files.json.

Run with PyTorch 1.13 or later, in src/test/resources/crema/nn/io: python3 ../../../../golden/pytorch_files.py
"""
import collections
import json

import torch

torch.manual_seed(7)
base = torch.arange(24, dtype=torch.float32).reshape(4, 6) / 8
module = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.LayerNorm(2))

tensors = collections.OrderedDict()
tensors["contiguous"] = base
tensors["transposed"] = base.t()
tensors["column"] = base[:, 2]
tensors["corner"] = base[1:3, 2:5]
tensors["scalar"] = torch.tensor(0.25)
tensors["empty"] = torch.zeros(0, 4)
tensors["half"] = torch.tensor([1.5, -0.0625, 65504.0]).half()
tensors["bfloat16"] = torch.tensor([1.5, -0.0625, 3.0e38]).bfloat16()
tensors["double"] = torch.tensor([1e-300, 3.5], dtype=torch.float64)
tensors["long"] = torch.tensor([[1, -2], [1 << 30, 4]])
tensors["bytes"] = torch.tensor([0, 200], dtype=torch.uint8)
tensors["flags"] = torch.tensor([True, False])
tensors["parameter"] = torch.nn.Parameter(torch.tensor([0.5, 0.75]))

torch.save(tensors, "views.bin")
torch.save(module.state_dict(), "module.bin")
torch.save({"epoch": 3, "state_dict": dict(module.state_dict()), "best": 0.5, "history": [1, 2]}, "nested.bin")
torch.save(tensors, "protocol4.bin", pickle_protocol=4)
torch.save(module.state_dict(), "old.bin", _use_new_zipfile_serialization=False)
torch.save(module, "whole_module.bin")

with open("pytorch_files.json", "w") as out:
    json.dump({
        "views": {name: {"shape": list(t.shape), "values": [float(v) for v in t.double().reshape(-1)]}
                  for name, t in tensors.items()},
        "module": {name: {"shape": list(t.shape), "values": [float(v) for v in t.double().reshape(-1)]}
                   for name, t in module.state_dict().items()},
    }, out, indent=1)
    out.write("\n")
