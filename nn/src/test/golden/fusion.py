#!/usr/bin/python3
"""Golden values of the fusion of texts and pictures, made by plain PyTorch with real concatenations.

  fusion.py   writes crema/nn/model/fusion/{concat,gate,attention}.safetensors

Each file has weight.* under the names of Crema's state dict, where a layer of a concatenation is held as its two halves; the
vectors, presence (1 where a row has a text, a picture), labels; logits and loss on a training step, grad.*, and
running.* statistics after it; and the logits of prediction with those.
"""
import pathlib

import torch
import torch.nn.functional as F

from architectures import save

TARGET = pathlib.Path(__file__).resolve().parent.parent / "resources/crema/nn/model/fusion"
ROWS, TEXT, PICTURE, WIDTH, LABELS, LEAST = 7, 10, 6, 8, 5, 0.15


def fusion(kind, seed):
    torch.manual_seed(seed)
    weights = {}

    def make(name, *shape, scale=0.4, shift=0.0):
        weights[name] = (shift + scale * torch.randn(*shape, dtype=torch.float64)).float().double().requires_grad_()

    def linear(name, out, into, bias=True):
        make(f"{name}.weight", out, into)
        if bias:
            make(f"{name}.bias", out)

    for side, features in (("text", TEXT), ("picture", PICTURE)):
        make(f"{side}.norm.weight", features, shift=1.0)
        make(f"{side}.norm.bias", features)
        linear(f"{side}.projection", WIDTH, features)
        make(f"{side}.absent", WIDTH, 1)
    make("shares.logit", 1)
    linear("classifier", LABELS, WIDTH)
    if kind == "concat":
        linear("fusion.text", WIDTH, WIDTH)
        linear("fusion.picture", WIDTH, WIDTH, bias=False)
    elif kind == "gate":
        for name, bias in (("text", True), ("picture", True), ("gate_text", True), ("gate_picture", False)):
            linear(f"fusion.{name}", WIDTH, WIDTH, bias)
    else:
        for name in ("text_query", "picture_value", "picture_query", "text_value"):
            linear(f"fusion.{name}", WIDTH, WIDTH)
        for name in ("text_norm", "picture_norm"):
            make(f"fusion.{name}.weight", WIDTH, shift=1.0)
            make(f"fusion.{name}.bias", WIDTH)
        linear("fusion.text_output", WIDTH, WIDTH)
        linear("fusion.picture_output", WIDTH, WIDTH, bias=False)

    texts = torch.randn(ROWS, TEXT, dtype=torch.float64).float().double()
    pictures = torch.randn(ROWS, PICTURE, dtype=torch.float64).float().double()
    presence = torch.tensor([[1, 1], [1, 0], [0, 1], [1, 1], [1, 1], [0, 1], [1, 1]], dtype=torch.int32)
    labels = torch.randint(LABELS, (ROWS,))
    running = {"mean": torch.zeros(2 * WIDTH, dtype=torch.float64), "var": torch.ones(2 * WIDTH, dtype=torch.float64)}

    def forward(training):
        w = weights

        def layer(name, x):
            return F.linear(x, w[f"{name}.weight"], w.get(f"{name}.bias"))

        def modality(side, x, there):
            projected = layer(f"{side}.projection",
                              F.layer_norm(x, x.shape[1:], w[f"{side}.norm.weight"], w[f"{side}.norm.bias"], 1e-5))
            return torch.where(there.bool().unsqueeze(1), projected, w[f"{side}.absent"].reshape(1, WIDTH))

        def share(logit):
            return LEAST + (1 - 2 * LEAST) * torch.sigmoid(logit)

        t = 2 * share(w["shares.logit"]) * modality("text", texts, presence[:, 0])
        p = 2 * share(-w["shares.logit"]) * modality("picture", pictures, presence[:, 1])
        if kind == "concat":
            both = torch.cat((w["fusion.text.weight"], w["fusion.picture.weight"]), dim=1)
            joined = F.gelu(F.linear(torch.cat((t, p), dim=1), both, w["fusion.text.bias"]))
        elif kind == "gate":
            both = torch.cat((w["fusion.gate_text.weight"], w["fusion.gate_picture.weight"]), dim=1)
            gate = share(F.linear(torch.cat((t, p), dim=1), both, w["fusion.gate_text.bias"]))
            joined = gate * torch.tanh(layer("fusion.text", t)) + (1 - gate) * torch.tanh(layer("fusion.picture", p))
        else:
            first = WIDTH * torch.softmax(layer("fusion.text_query", t), dim=1) * layer("fusion.picture_value", p)
            second = WIDTH * torch.softmax(layer("fusion.picture_query", p), dim=1) * layer("fusion.text_value", t)
            gain, shift = (torch.cat([w[f"fusion.{side}_norm.{part}"] for side in ("text", "picture")])
                           for part in ("weight", "bias"))
            normed = F.batch_norm(torch.cat((first, second), dim=1), running["mean"], running["var"], gain, shift,
                                  training=training, momentum=0.1, eps=1e-5)
            both = torch.cat((w["fusion.text_output.weight"], w["fusion.picture_output.weight"]), dim=1)
            joined = F.gelu(F.linear(normed, both, w["fusion.text_output.bias"]))
        return layer("classifier", joined)

    logits = forward(True)
    loss = F.cross_entropy(logits, labels)
    loss.backward()
    out = {f"weight.{name}": value.detach() for name, value in weights.items()}
    out |= {f"grad.{name}": value.grad for name, value in weights.items()}
    out |= {"texts": texts, "pictures": pictures, "presence": presence, "labels": labels.int(), "logits": logits.detach(),
            "loss": loss.detach().reshape(1), "prediction": forward(False).detach()}
    if kind == "attention":
        for i, side in enumerate(("text", "picture")):
            for part in ("mean", "var"):
                out[f"running.fusion.{side}_norm.running_{part}"] = running[part][i * WIDTH:(i + 1) * WIDTH].clone()
    save(TARGET / f"{kind}.safetensors", out)


if __name__ == "__main__":
    TARGET.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(("concat", "gate", "attention")):
        fusion(name, number + 1)
