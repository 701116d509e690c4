#!/usr/bin/python3
"""Golden values and gradients of crema.nn.loss: each formula written down once more, for PyTorch, in double precision.

  losses_torch.py     writes losses.safetensors where the tests look for it

For each set of inputs S the file has S.logits [rows, classes] (also taken as embeddings), S.multi [rows, classes] of 0
and 1, S.labels [rows]; for all of them pairs.rows [2, pairs] and pairs.similarities [pairs]; for each loss L, S/L holds the value and then the gradient by the logits.
"""
import json, pathlib, struct

import torch
import torch.nn.functional as F

OUT = pathlib.Path(__file__).resolve().parent.parent / "resources/crema/nn/loss/losses.safetensors"
ROWS, CLASSES = 8, 10
PARENTS = [-1, 0, 0, 5, 1, -1, 3, 3, 1, 6]
COUNTS, N = [120, 60, 1, 35, 8, 200, 3, 0, 200, 17], 200
WEIGHTS = torch.tensor([0.5 + j % 3 for j in range(CLASSES)], dtype=torch.float64)


def inputs():
    torch.manual_seed(7)
    normal = lambda scale: scale * torch.randn(ROWS, CLASSES, dtype=torch.float64)
    multi = (torch.rand(ROWS, CLASSES) < 0.3).double()
    degenerate = multi.clone()
    degenerate[1] = 0
    degenerate[4] = 1
    degenerate[:, 3] = 0
    degenerate[6, 3] = 1
    labels = torch.tensor([4, 9, 2, 4, 7, 9, 4, 0])
    some = torch.tensor([4, -1, 5, 4, 8, -1, 5, 9])
    # Distinct, so that no minimum is a tie.
    far = 80 * torch.sign(normal(1)) + normal(0.01)
    return {
        "random": (normal(1.5), multi, labels),
        "degenerate": (normal(3), degenerate, some),
        "far": (far, degenerate, some),
    }


# The tree, as matrices.


def path(v):
    return [v] if PARENTS[v] < 0 else [v] + path(PARENTS[v])


PATHS = torch.tensor([[u in path(v) for u in range(CLASSES)] for v in range(CLASSES)])
LEVELS = [len(path(v)) for v in range(CLASSES)]
DEPTH = max(LEVELS)
IS_LEAF = torch.tensor([v not in PARENTS for v in range(CLASSES)])


def edges(u, v):
    return len(path(u)) + len(path(v)) - 2 * len(set(path(u)) & set(path(v)))


# Single-label losses: of logits and class indices.


def kept(z, labels):
    return z[labels >= 0], labels[labels >= 0]


def softmax_focal(z, labels, gamma, smoothing=0.0, weights=None):
    z, labels = kept(z, labels)
    weights = torch.ones(CLASSES, dtype=z.dtype) if weights is None else weights
    logs = F.log_softmax(z, 1)
    q = (1 - smoothing) * F.one_hot(labels, CLASSES).double() + smoothing / CLASSES
    return -(q * weights * (1 - logs.exp()) ** gamma * logs).sum() / weights[labels].sum()


def cross_entropy(z, labels, smoothing=0.0, weights=None):
    return F.cross_entropy(z, labels, weights, ignore_index=-1, label_smoothing=smoothing)


def log_prior():
    n = torch.tensor(COUNTS, dtype=torch.float64).clamp(min=1)
    return torch.log(n / n.sum())


def macro_f1(p, y):
    y = y.double()
    f1 = 2 * (p * y).sum(0) / (p.sum(0) + y.sum(0))
    return 1 - f1[y.sum(0) > 0].mean()


def softmax_macro_f1(z, labels):
    z, labels = kept(z, labels)
    return macro_f1(F.softmax(z, 1), F.one_hot(labels, CLASSES))


# Multi-label losses: of logits and 0 or 1 for each.


def focal(z, y, gamma, positive=1.0, negative=1.0):
    bce = F.binary_cross_entropy_with_logits(z, y, reduction="none")
    return (torch.where(y == 1, positive, negative) * (1 - torch.exp(-bce)) ** gamma * bce).mean()


def class_balanced(y, beta, mode):
    n = torch.tensor(COUNTS, dtype=torch.float64).clamp(min=1)
    r = lambda count: (1 - beta) / (1 - beta**count)
    if mode == "class":
        return r(n).expand_as(y)
    rows = []
    for row in y:
        mine = n[row == 1]
        if len(mine) == 0:
            rows.append(torch.tensor(1 - beta, dtype=torch.float64))
        else:
            rows.append({"count": r(mine.mean()), "weight": r(mine).mean(), "minimum": r(mine.min())}[mode])
    return torch.stack(rows)[:, None].expand_as(y)


def rebalanced(y, alpha=0.1, beta=10.0, mu=0.9):
    inverse = 1 / torch.tensor(COUNTS, dtype=torch.float64).clamp(min=1)
    r = inverse / (y * inverse).sum(1, keepdim=True)
    return alpha + torch.sigmoid(beta * (r - mu))


def huang(z, y, gamma=2.0, r=None, ntr=False, alpha=1.0, negative_weight=None, scale=1.0, lam=2.0, kappa=0.05):
    q_positive, q_negative = F.logsigmoid(z), F.logsigmoid(-z)
    light = 1.0
    if ntr:
        n = torch.tensor(COUNTS, dtype=torch.float64).clamp(1, N - 0.5)
        v = kappa * torch.log(N / n - 1)
        q_positive, q_negative = F.logsigmoid(z - v), F.logsigmoid(-lam * (z - v))
        light = 1 / lam if negative_weight is None else negative_weight
    positive = -((1 - q_positive.exp()) ** gamma) * q_positive
    negative = -light * (1 - q_negative.exp()) ** gamma * q_negative
    r = 1 if r is None else r
    return (scale * alpha * r * (y * positive + (1 - y) * negative)).mean()


def asymmetric(z, y, positive, negative, margin):
    p = torch.sigmoid(z)
    shifted = (p - margin).clamp(min=0)
    log_not = torch.log(1 - shifted) if margin > 0 else F.logsigmoid(-z)
    miss = torch.sigmoid(-z)
    return -(y * miss**positive * F.logsigmoid(z) + (1 - y) * shifted**negative * log_not).mean()


# Losses on the tree.


def closed(labels):
    return PATHS[labels].double()


def closed_multi(y):
    return ((y @ PATHS.double()) > 0).double()


def over_ancestors(z, y, weights, gamma=0.0):
    bce = F.binary_cross_entropy_with_logits(z, y, reduction="none")
    return (((1 - torch.exp(-bce)) ** gamma * bce * weights).sum(1) / weights.sum()).mean()


def ancestor_weights(w):
    return torch.where(IS_LEAF, 1.0, w).double()


def level_weights(*factors):
    return torch.tensor([factors[level - 1] for level in LEVELS], dtype=torch.float64)


def tree_min(z, y, gamma=0.0, positive=1.0, negative=1.0):
    big = torch.tensor(float("inf"), dtype=z.dtype)
    lowest = torch.where(PATHS, z[:, None, :], big).min(2).values
    highest = torch.where(PATHS.T, z[:, None, :], -big).max(2).values
    u = torch.where(y == 1, lowest, -highest)
    log = F.logsigmoid(u)
    return -(torch.where(y == 1, positive, negative) * torch.sigmoid(-u) ** gamma * log).mean()


def conditional(z, labels):
    z, labels = kept(z, labels)
    losses = []
    for row, label in zip(z, labels.tolist()):
        loss = 0
        for v in path(label):
            family = [u for u in range(CLASSES) if PARENTS[u] == PARENTS[v]]
            loss = loss - F.log_softmax(row[family], 0)[family.index(v)]
        losses.append(loss)
    return torch.stack(losses).mean()


def per_level(z, labels, *weights):
    total = 0
    for level, weight in enumerate(weights, 1):
        nodes = [v for v in range(CLASSES) if LEVELS[v] == level]
        target = torch.tensor([-1 if l < 0 or LEVELS[l] < level else nodes.index(path(l)[LEVELS[l] - level])
                               for l in labels.tolist()])
        if (target >= 0).any():
            total = total + weight * F.cross_entropy(z[:, nodes], target, ignore_index=-1)
    return total


# Losses of embeddings.


def contrastive(x, labels, temperature):
    x, labels = kept(x, labels)
    u = F.normalize(x, dim=1)
    logits = u @ u.T / temperature
    logs = logits - torch.logsumexp(logits.masked_fill(torch.eye(len(u)).bool(), -float("inf")), 1, keepdim=True)
    same = ((labels[:, None] == labels) & ~torch.eye(len(u)).bool()).double()
    anchors = same.sum(1) > 0
    return (-(same * logs).sum(1)[anchors] / same.sum(1)[anchors]).mean()


def tree_triplet(x, labels, margin):
    x, labels = kept(x, labels)
    u = F.normalize(x, dim=1)
    distance = 1 - u @ u.T
    terms = []
    for a in range(len(u)):
        for p in range(len(u)):
            for n in range(len(u)):
                near, far = (edges(labels[a].item(), labels[i].item()) for i in (p, n))
                if a != p and a != n and near < far:
                    m = margin + 0.5 * (far - near) / (2 * DEPTH)
                    terms.append((distance[a, p] - distance[a, n] + m).clamp(min=0))
    return torch.stack(terms).mean()


def multiple_negatives(x, labels, temperature):
    x, labels = kept(x, labels)
    u = F.normalize(x, dim=1)
    logits = u @ u.T / temperature
    terms = []
    for i in range(len(u)):
        for p in range(len(u)):
            if p != i and labels[p] == labels[i]:
                candidates = torch.cat([logits[i, p].reshape(1), logits[i][labels != labels[i]]])
                terms.append(-F.log_softmax(candidates, 0)[0])
    return torch.stack(terms).mean()


def triplets(x, labels, margin):
    """Of each anchor the losses of all its triplets: one list an anchor, [similar, others]."""
    x, labels = kept(x, labels)
    u = F.normalize(x, dim=1)
    distance = 1 - u @ u.T
    everyone = torch.arange(len(u))
    for a in range(len(u)):
        near = distance[a][(labels == labels[a]) & (everyone != a)]
        yield (near[:, None] - distance[a][labels != labels[a]] + margin).clamp(min=0)


def all_triplets(x, labels, margin):
    losses = torch.cat([each.flatten() for each in triplets(x, labels, margin)])
    return losses[losses > 0].mean()


def hardest_triplets(x, labels, margin):
    return torch.stack([each.max() for each in triplets(x, labels, margin) if each.numel() > 0]).mean()


def arcface(z, labels, margin, scale=30.0):
    """As the authors' code has it: logits are scaled cosines."""
    z, labels = kept(z, labels)
    own = F.one_hot(labels, z.shape[1]).bool()
    cosine = (z[own] / scale).clamp(-1 + 1e-7, 1 - 1e-7)
    sine = (1 - cosine**2).sqrt()
    margin = torch.tensor(margin, dtype=z.dtype)
    larger = torch.where(cosine > torch.cos(torch.pi - margin), cosine * torch.cos(margin) - sine * torch.sin(margin),
                         cosine - margin * torch.sin(margin))
    return F.cross_entropy(z.masked_scatter(own, scale * larger), labels)


def multi_similarity(x, labels, alpha, beta, threshold, margin):
    """As the authors' code has it, but for the mean over all rows that have a label."""
    x, labels = kept(x, labels)
    u = F.normalize(x, dim=1)
    cosines = u @ u.T
    everyone = torch.arange(len(u))
    total = x.sum() * 0
    for i in range(len(u)):
        near = cosines[i][(labels == labels[i]) & (everyone != i)]
        far = cosines[i][labels != labels[i]]
        if len(near) == 0 or len(far) == 0:
            continue
        hard_near, hard_far = near[near < far.max() + margin], far[far > near.min() - margin]
        if len(hard_near) == 0 or len(hard_far) == 0:
            continue
        zero = torch.zeros(1, dtype=x.dtype)
        total = total + torch.logsumexp(torch.cat([zero, -alpha * (hard_near - threshold)]), 0) / alpha
        total = total + torch.logsumexp(torch.cat([zero, beta * (hard_far - threshold)]), 0) / beta
    return total / len(u)


PAIRS = torch.tensor([[0, 3, 6, 1, 2, 7, 4, 4, 5], [3, 6, 0, 5, 7, 1, 2, 4, 6]])
SIMILARITIES = torch.tensor([1, 1, 1, 0, 0, 0, 0, 1, 0.5], dtype=torch.float64)


def cosine_error(x, pairs):
    return F.mse_loss(F.cosine_similarity(x[pairs[0]], x[pairs[1]]), SIMILARITIES)


def contrastive_pairs(x, pairs, margin):
    distance = 1 - F.cosine_similarity(x[pairs[0]], x[pairs[1]])
    return (0.5 * (SIMILARITIES * distance**2 + (1 - SIMILARITIES) * F.relu(margin - distance) ** 2)).mean()


SINGLE = {
    "softmax": lambda z, l: cross_entropy(z, l),
    "softmax smoothed weighted": lambda z, l: cross_entropy(z, l, 0.1, WEIGHTS),
    "softmax focal": lambda z, l: softmax_focal(z, l, 2.0),
    "softmax focal smoothed weighted": lambda z, l: softmax_focal(z, l, 1.5, 0.1, WEIGHTS),
    "balanced softmax": lambda z, l: cross_entropy(z + log_prior(), l),
    "logit-adjusted focal": lambda z, l: softmax_focal(z + 0.5 * log_prior(), l, 1.0),
    "softmax macro-F1": softmax_macro_f1,
    "softmax and macro-F1": lambda z, l: 0.7 * cross_entropy(z, l) + 0.3 * softmax_macro_f1(z, l),
    "ancestors less": lambda z, l: over_ancestors(z[l >= 0], closed(l[l >= 0]), ancestor_weights(0.5)),
    "ancestors same focal": lambda z, l: over_ancestors(z[l >= 0], closed(l[l >= 0]), ancestor_weights(1.0), 2.0),
    "ancestors more": lambda z, l: over_ancestors(z[l >= 0], closed(l[l >= 0]), ancestor_weights(2.0)),
    "tree-min": lambda z, l: tree_min(z[l >= 0], closed(l[l >= 0])),
    "tree-min focal": lambda z, l: tree_min(z[l >= 0], closed(l[l >= 0]), 2.0),
    "conditional softmax": conditional,
    "softmax per level": lambda z, l: per_level(z, l, 1.0, 0.5, 2.0, 0.25),
    "contrastive": lambda z, l: contrastive(z, l, 0.1),
    "tree triplet": lambda z, l: tree_triplet(z, l, 0.1),
    "multiple negatives": lambda z, l: multiple_negatives(z, l, 0.2),
    "all triplets": lambda z, l: all_triplets(z, l, 0.25),
    "hardest triplets": lambda z, l: hardest_triplets(z, l, 0.5),
    "arcface": lambda z, l: arcface(z, l, 0.5),
    "multi-similarity": lambda z, l: multi_similarity(z, l, 2.0, 50.0, 0.5, 0.1),
    "multi-similarity of all pairs": lambda z, l: multi_similarity(z, l, 3.0, 10.0, 0.2, 2.0),
}
PAIRWISE = {
    "cosine error": cosine_error,
    "contrastive pairs": lambda x, p: contrastive_pairs(x, p, 0.8),
}
MULTI = {
    "bce": lambda z, y: F.binary_cross_entropy_with_logits(z, y),
    "bce smoothed weighted": lambda z, y: F.binary_cross_entropy_with_logits(z, y * 0.9 + 0.05, pos_weight=WEIGHTS),
    "focal": lambda z, y: focal(z, y, 2.0),
    "focal balanced": lambda z, y: focal(z, y, 1.5, 0.25, 0.75),
    "asymmetric": lambda z, y: asymmetric(z, y, 1.0, 4.0, 0.05),
    "asymmetric unshifted": lambda z, y: asymmetric(z, y, 0.0, 2.0, 0.0),
    "macro-F1": lambda z, y: macro_f1(torch.sigmoid(z), y),
    "ancestors per level": lambda z, y: over_ancestors(z, closed_multi(y), level_weights(1.0, 2.0, 3.0, 0.5), 1.5),
    "tree-min many balanced": lambda z, y: tree_min(z, closed_multi(y), 1.5, 0.25, 0.75),
    "class-balanced average count": lambda z, y: huang(z, y, r=class_balanced(y, 0.9, "count")),
    "class-balanced average weight": lambda z, y: huang(z, y, r=class_balanced(y, 0.9, "weight")),
    "class-balanced minimum count": lambda z, y: huang(z, y, r=class_balanced(y, 0.9, "minimum")),
    "PAPER BCE": lambda z, y: huang(z, y, gamma=0.0),
    "PAPER FL": lambda z, y: huang(z, y),
    "PAPER CB_FL": lambda z, y: huang(z, y, r=class_balanced(y, 0.9, "class")),
    "PAPER R_FL": lambda z, y: huang(z, y, r=rebalanced(y)),
    "PAPER NTR_FL": lambda z, y: huang(z, y, ntr=True),
    "PAPER DB_0FL": lambda z, y: huang(z, y, gamma=0.0, r=rebalanced(y), ntr=True),
    "PAPER CB_NTR": lambda z, y: huang(z, y, r=class_balanced(y, 0.9, "class"), ntr=True),
    "PAPER DB": lambda z, y: huang(z, y, r=rebalanced(y), ntr=True),
    "AUTHORS_CODE BCE": lambda z, y: huang(z, y, gamma=0.0),
    "AUTHORS_CODE FL": lambda z, y: huang(z, y, alpha=0.5),
    "AUTHORS_CODE CB_FL": lambda z, y: huang(z, y, alpha=0.5, r=class_balanced(y, 0.9, "class"), scale=10),
    "AUTHORS_CODE R_FL": lambda z, y: huang(z, y, alpha=0.5, r=rebalanced(y)),
    "AUTHORS_CODE NTR_FL": lambda z, y: huang(z, y, alpha=0.5, ntr=True, negative_weight=1.0),
    "AUTHORS_CODE DB_0FL": lambda z, y: huang(z, y, gamma=0.0, r=rebalanced(y), ntr=True, scale=0.5),
    "AUTHORS_CODE CB_NTR": lambda z, y: huang(z, y, alpha=0.5, r=class_balanced(y, 0.9, "class"), ntr=True, scale=10),
    "AUTHORS_CODE DB": lambda z, y: huang(z, y, alpha=0.5, r=rebalanced(y), ntr=True),
}


def evaluate(loss, z, targets):
    z = z.clone().requires_grad_()
    value = loss(z, targets)
    value.backward()
    result = torch.cat([value.detach().reshape(1), z.grad.reshape(-1)])
    assert torch.isfinite(result).all()
    return result


def write(tensors):
    kinds = {torch.float64: "F64", torch.int32: "I32"}
    header, data = {}, b""
    for name, tensor in tensors.items():
        raw = tensor.contiguous().numpy().tobytes()
        header[name] = {"dtype": kinds[tensor.dtype], "shape": list(tensor.shape),
                        "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_bytes(struct.pack("<Q", len(text)) + text + data)


if __name__ == "__main__":
    tensors = {"pairs.rows": PAIRS.int(), "pairs.similarities": SIMILARITIES}
    for name, (logits, multi, labels) in inputs().items():
        tensors |= {f"{name}.logits": logits, f"{name}.multi": multi, f"{name}.labels": labels.int()}
        for loss, formula in SINGLE.items():
            tensors[f"{name}/{loss}"] = evaluate(formula, logits, labels)
        for loss, formula in MULTI.items():
            tensors[f"{name}/{loss}"] = evaluate(formula, logits, multi)
        for loss, formula in PAIRWISE.items():
            tensors[f"{name}/{loss}"] = evaluate(formula, logits, PAIRS)
    write(tensors)
