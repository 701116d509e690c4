#!/usr/bin/env python3
"""What PyTorch does on the same GPU: copies, matrix products, attention, and training steps of the default encoder.

  bench_torch.py --out FOLDER --seconds N [--parts copies,matrices,attention,steps] [--sizes 64x32,512x1..48]
                 [--vocabularies 32000,152000] [--ways eager,compile,reduce-overhead] [--tiny] [--cpu] [--compile]

Appends a line of JSON a result to FOLDER/torch.jsonl and a line of text to FOLDER/table.txt, the most wanted first, and stops when
the seconds are over. --parts, --sizes, --vocabularies and --ways choose what is measured, all of it by default: compiling a
size takes half a minute, so a call can measure just what is missing. --compile fills the compiler's cache on the disk and
measures nothing: for while others use the GPU. --cpu times training steps and matrix products in F32 by numbers of threads
instead. --tiny makes sizes small, for a dry run on a CPU. Written for PyTorch 2.11; runs on 1.13 without compilers and flash
attention.

Memory is the most that tensors took (allocated) and that the allocator held (reserved) at a time, from the model's making on,
with nothing of other rows in it.

Times are medians of at least 20, from events on the device; kernels shorter than the host are timed in a graph of many.
"""
import argparse, contextlib, gc, json, math, os, statistics, time

import torch
import torch.nn.functional as F
from torch import nn

CUDA = torch.cuda.is_available()
DEVICE = "cuda" if CUDA else "cpu"
MODERN = hasattr(torch, "compile")
LABELS = 100


class Report:
    def __init__(self, folder, seconds):
        self.folder, self.stop = folder, time.monotonic() + seconds
        os.makedirs(folder, exist_ok=True)

    def over(self, need=0):
        return time.monotonic() + need > self.stop

    def row(self, name, **values):
        with open(os.path.join(self.folder, "torch.jsonl"), "a") as f:
            f.write(json.dumps(dict(name=name, **values)) + "\n")
        short = lambda v: f"{v:.3g}" if isinstance(v, float) and abs(v) < 100 else f"{v:.0f}" if isinstance(v, float) else str(v)
        line = f"{'torch':<11} {name:<44} " + " ".join(f"{k} {short(v)}" for k, v in values.items())
        with open(os.path.join(self.folder, "table.txt"), "a") as f:
            f.write(line + "\n")
        print(line, flush=True)


def sync():
    if CUDA:
        torch.cuda.synchronize()


def median_ms(step, runs, warm_ups=3):
    """The median time of a step among steps that follow each other without a pause."""
    for _ in range(warm_ups):
        step()
    sync()
    if not CUDA:
        times = []
        for _ in range(runs):
            start = time.perf_counter()
            step()
            times.append((time.perf_counter() - start) * 1e3)
        return statistics.median(times)
    events = [torch.cuda.Event(enable_timing=True) for _ in range(runs + 1)]
    events[0].record()
    for i in range(runs):
        step()
        events[i + 1].record()
    sync()
    return statistics.median(a.elapsed_time(b) for a, b in zip(events, events[1:]))


def kernel_us(calls, runs=20):
    """The median time of one of several calls, launched together as a graph."""
    if not CUDA:
        return median_ms(lambda: [call() for call in calls], 2, 1) * 1e3 / len(calls)
    side = torch.cuda.Stream()
    with torch.cuda.stream(side):
        for call in calls:
            call()
    sync()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        for call in calls:
            call()
    return median_ms(graph.replay, runs) * 1e3 / len(calls)


# The default encoder: embeddings scaled and normalized, pre-norm blocks with LayerScale and stochastic depth, mean pooling, an MLP head.


def norm(x, weight):
    if hasattr(F, "rms_norm"):
        return F.rms_norm(x, (x.shape[-1],), weight, 1e-6)
    return weight * (x * torch.rsqrt((x * x).mean(-1, keepdim=True) + 1e-6))


class Norm(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))

    def forward(self, x):
        return norm(x, self.weight)


def rotate(x, cos, sin):
    half = x.shape[-1] // 2
    return x * cos + torch.cat((-x[..., half:], x[..., :half]), -1) * sin


def attend(q, k, v, mask):
    if not hasattr(F, "scaled_dot_product_attention"):
        k, v = (t.repeat_interleave(q.shape[1] // k.shape[1], 1) for t in (k, v))
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
        return torch.softmax(scores if mask is None else scores.masked_fill(~mask, -math.inf), -1) @ v
    if mask is None:
        return F.scaled_dot_product_attention(q, k, v, enable_gqa=True)
    k, v = (t.repeat_interleave(q.shape[1] // k.shape[1], 1) for t in (k, v))
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)


class Block(nn.Module):
    def __init__(self, c, drop):
        super().__init__()
        h, self.heads, self.kv, self.dim, self.drop = c["hidden"], c["heads"], c["kv"], c["hidden"] // c["heads"], drop
        self.q, self.k, self.v = nn.Linear(h, h, bias=False), nn.Linear(h, self.kv * self.dim, bias=False), nn.Linear(h, self.kv * self.dim, bias=False)
        self.o = nn.Linear(h, h, bias=False)
        self.gate, self.up, self.down = nn.Linear(h, c["ffn"], bias=False), nn.Linear(h, c["ffn"], bias=False), nn.Linear(c["ffn"], h, bias=False)
        self.norm1, self.norm2 = Norm(h), Norm(h)
        self.gamma1, self.gamma2 = nn.Parameter(torch.full((h,), 1e-2)), nn.Parameter(torch.full((h,), 1e-2))

    def kept(self, x):
        if self.drop == 0:
            return x
        return x * ((torch.rand(x.shape[0], 1, 1, device=x.device) >= self.drop).to(x.dtype) / (1 - self.drop))

    def forward(self, x, mask, cos, sin):
        b, t, _ = x.shape
        y = self.norm1(x)
        split = lambda z, n: z.view(b, t, n, self.dim).transpose(1, 2)
        q, k, v = split(self.q(y), self.heads), split(self.k(y), self.kv), split(self.v(y), self.kv)
        q, k = rotate(q, cos, sin).to(v.dtype), rotate(k, cos, sin).to(v.dtype)
        y = self.o(attend(q, k, v, mask).transpose(1, 2).reshape(b, t, -1))
        x = x + self.gamma1 * self.kept(y)
        y = self.norm2(x)
        return x + self.gamma2 * self.kept(self.down(F.silu(self.gate(y)) * self.up(y)))


class Encoder(nn.Module):
    def __init__(self, c):
        super().__init__()
        h, layers = c["hidden"], c["layers"]
        self.scale = math.sqrt(h)
        self.embedding, self.norm, self.last = nn.Embedding(c["vocabulary"], h), Norm(h), Norm(h)
        self.blocks = nn.ModuleList(Block(c, 0.1 * i / max(1, layers - 1)) for i in range(layers))
        self.head = nn.Sequential(nn.Dropout(0.1), nn.Linear(h, h), nn.GELU(), nn.Dropout(0.1), nn.Linear(h, LABELS))
        for m in self.modules():
            if isinstance(m, (nn.Linear, nn.Embedding)):
                nn.init.normal_(m.weight, std=0.02)
        dim = h // c["heads"]
        angle = torch.outer(torch.arange(512).float(), 1e6 ** (-torch.arange(0, dim, 2).float() / dim))
        self.register_buffer("cos", torch.cat((angle.cos(), angle.cos()), -1))
        self.register_buffer("sin", torch.cat((angle.sin(), angle.sin()), -1))

    def forward(self, ids, labels, mask):
        t = ids.shape[1]
        x = self.norm(self.embedding(ids) * self.scale)
        wide = None if mask is None else mask[:, None, None, :]
        for block in self.blocks:
            x = block(x, wide, self.cos[:t], self.sin[:t])
        x = self.last(x).float()
        pooled = x.mean(1) if mask is None else (x * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return F.cross_entropy(self.head(pooled).float(), labels)


DEFAULT = dict(hidden=384, heads=6, kv=2, ffn=1536, layers=10, vocabulary=32000)
TINY = dict(hidden=64, heads=2, kv=1, ffn=128, layers=2, vocabulary=500)


def batch(c, texts, length, uneven, seed):
    g = torch.Generator().manual_seed(seed)
    ids = torch.randint(0, c["vocabulary"], (texts, length), generator=g).to(DEVICE)
    labels = torch.randint(0, LABELS, (texts,), generator=g).to(DEVICE)
    if not uneven:
        return ids, labels, None
    lengths = torch.tensor([1 + i * 37 % length for i in range(texts)])
    return ids, labels, (torch.arange(length)[None] < lengths[:, None]).to(DEVICE)


class Trainer:
    """Steps of one model on rotating batches of one size."""

    def __init__(self, c, texts, length, uneven=False, amp=True):
        torch.manual_seed(1)
        with torch.device(DEVICE) if MODERN else contextlib.nullcontext():
            self.model = Encoder(c).to(DEVICE).train()
        self.texts, self.tokens = texts, sum(1 + i * 37 % length for i in range(texts)) if uneven else texts * length
        self.batches = [batch(c, texts, length, uneven, seed) for seed in range(4)]
        self.forward, self.amp, self.n = self.model, amp, 0
        self.parameters = list(self.model.parameters())
        self.optimizer = self.make_optimizer(False)

    def make_optimizer(self, capturable):
        options = dict(fused=True, capturable=capturable) if CUDA else {}
        rate = torch.tensor(2e-4, device=DEVICE) if capturable else 2e-4
        return torch.optim.AdamW(self.parameters, lr=rate, weight_decay=0.01, **options)

    def autocast(self):
        return torch.autocast(DEVICE, torch.bfloat16, cache_enabled=True) if self.amp else contextlib.nullcontext()

    def on(self, one):
        with self.autocast():
            loss = self.forward(*one)
        loss.backward()
        nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)

    def step(self):
        self.n += 1
        self.on(self.batches[self.n % len(self.batches)])

    def whole_graph(self):
        """The step as one CUDA graph: forward, backward, clipping and update; batches are copied in."""
        self.optimizer = self.make_optimizer(True)
        static = tuple(None if t is None else t.clone() for t in self.batches[0])
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(4):
                self.on(static)
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self.on(static)

        def replay():
            self.n += 1
            for to, source in zip(static, self.batches[self.n % len(self.batches)]):
                if to is not None:
                    to.copy_(source)
            graph.replay()
        return replay


class Size:
    """Texts of one length, or of uneven ones which are padded: "64x32", "512x1..48"."""

    def __init__(self, text):
        texts, length = text.split("x")
        self.texts, self.uneven, self.length = int(texts), ".." in length, int(length.split("..")[-1])

    def __str__(self):
        return f"{self.texts} x {'1..' if self.uneven else ''}{self.length}"

    def trainer(self, c):
        return Trainer(c, self.texts, self.length, self.uneven)


def chosen(args):
    """Sizes and vocabularies to measure, and the model without the latter."""
    if args.tiny:
        return [Size("4x8"), Size("5x1..8")], [500], TINY
    return [Size(size) for size in args.sizes.split(",")], [int(v) for v in args.vocabularies.split(",")], DEFAULT


def compile_only(report, args):
    sizes, vocabularies, base = chosen(args)
    for vocabulary in vocabularies:
        for size in sizes:
            if not report.over(10):
                torch._dynamo.reset()
                trainer = size.trainer(dict(base, vocabulary=vocabulary))
                trainer.forward = torch.compile(trainer.model, dynamic=False)
                trainer.step()
                sync()


def steps(report, args):
    sizes, vocabularies, base = chosen(args)
    runs = 2 if args.tiny else 24

    def measure(name, trainer, step):
        ms = median_ms(step, runs, 4)
        values = dict(ms=ms, ktok_s=trainer.tokens / ms, texts_s=trainer.texts / ms * 1e3)
        if CUDA:
            values.update(allocated_MiB=torch.cuda.max_memory_allocated() / 2**20,
                          reserved_MiB=torch.cuda.max_memory_reserved() / 2**20)
        report.row(name, **values)

    def eager(name, c, size):
        trainer = size.trainer(c)
        measure("eager " + name, trainer, trainer.step)

    def compiled(name, c, size):
        trainer = size.trainer(c)
        trainer.forward = torch.compile(trainer.model, dynamic=False)
        start = time.monotonic()
        trainer.step()
        sync()
        report.row("compile took " + name, seconds=time.monotonic() - start)
        # What compiling took is not what a step takes.
        fresh_memory()
        measure("compile " + name, trainer, trainer.step)
        fresh_memory()
        measure("compile + graph of the whole step " + name, trainer, trainer.whole_graph())

    def reduced(name, c, size):
        trainer = size.trainer(c)
        model = torch.compile(trainer.model, dynamic=False, mode="reduce-overhead")

        def forward(*one):
            torch.compiler.cudagraph_mark_step_begin()
            return model(*one)
        trainer.forward = forward
        measure("reduce-overhead " + name, trainer, trainer.step)

    # Seconds below which a way is not begun.
    ways = {"eager": (eager, 2), "compile": (compiled, 15), "reduce-overhead": (reduced, 15)}
    for way in args.ways.split(","):
        work, need = ways[way]
        if way != "eager" and not (MODERN and CUDA):
            continue
        for vocabulary in vocabularies:
            for size in sizes:
                # The whole step as a graph says more of the others.
                if report.over(need) or way == "reduce-overhead" and size is not sizes[0]:
                    continue
                name = f"bf16 {size}{', padded' if size.uneven else ''} vocab {vocabulary}"
                if way != "eager":
                    torch._dynamo.reset()
                fresh_memory()
                try:
                    work(name, dict(base, vocabulary=vocabulary), size)
                except Exception as e:  # one failing way must not cost the others
                    report.row(f"{way} {name}", exception=f"{type(e).__name__}: {str(e).splitlines()[0][:150] if str(e) else ''}")


def fresh_memory():
    """Gives back what nobody uses, and counts the most in use from here on."""
    gc.collect()
    if CUDA:
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()


def matrices(report, args):
    products = [(64, 64, 64)] if args.tiny else [(8192, 8192, 8192), (4096, 4096, 4096)] + [
        (t, n, k) for t in (2048, 4096, 16384) for n, k in ((640, 384), (384, 384), (3072, 384), (384, 1536), (1536, 384), (384, 640), (384, 3072))]
    for m, n, k in products:
        if report.over(1):
            return
        sets = 1 if m * n > 10**7 * 4 else 4
        a = [torch.randn(m, k, device=DEVICE, dtype=torch.bfloat16) for _ in range(sets)]
        b = [torch.randn(n, k, device=DEVICE, dtype=torch.bfloat16) for _ in range(sets)]
        c = [torch.empty(m, n, device=DEVICE, dtype=torch.bfloat16) for _ in range(sets)]
        calls = [lambda i=i: torch.matmul(a[i], b[i].t(), out=c[i]) for i in range(sets)] * (1 if sets == 1 else 5)
        us = kernel_us(calls)
        report.row(f"matmul {m} x {n} x {k}", us=us, TFLOPs=2 * m * n * k / us * 1e-6)
        if k <= 4096 and m in (2048, 4096, 16384) and n != m:
            w = [torch.empty(n, k, device=DEVICE, dtype=torch.bfloat16) for _ in range(sets)]
            us = kernel_us([lambda i=i: torch.matmul(c[i].t(), a[i], out=w[i]) for i in range(sets)] * 5)
            report.row(f"wgrad {n} x {k} x {m}", us=us, TFLOPs=2 * m * n * k / us * 1e-6)


def gated(report, args):
    """SwiGLU as a user writes it: one product with the weights of both, or two, then what PyTorch makes of the rest, eager and compiled."""
    for m, n, k in [(64, 64, 64)] if args.tiny else [(t, 1536, 384) for t in (2048, 4096, 16384)]:
        if report.over(4):
            return
        x = torch.randn(m, k, device=DEVICE, dtype=torch.bfloat16)
        gate, up = (torch.randn(n, k, device=DEVICE, dtype=torch.bfloat16) for _ in range(2))
        both = torch.cat((gate, up))
        y = torch.empty(m, 2 * n, device=DEVICE, dtype=torch.bfloat16)
        together = lambda: F.silu(torch.matmul(x, both.t(), out=y)[:, :n]) * y[:, n:]
        apart = lambda: F.silu(x @ gate.t()) * (x @ up.t())
        with torch.no_grad():
            times = dict(one_product_us=kernel_us([together] * 10), two_products_us=kernel_us([apart] * 10))
            if MODERN and CUDA:
                rest = torch.compile(lambda z: F.silu(z[:, :n]) * z[:, n:], dynamic=False)
                times["compiled_us"] = kernel_us([lambda: rest(torch.matmul(x, both.t(), out=y))] * 10)
        report.row(f"SwiGLU of {m} x 2 x {n} x {k}", **times)


def attention(report, args):
    if not hasattr(F, "scaled_dot_product_attention"):
        return
    from torch.nn.attention import SDPBackend, sdpa_kernel
    total, dim = (64, 64) if args.tiny else (16384, 64)
    for heads, kv in ((6, 2), (12, 12)):
        for length in (32,) if args.tiny else (32, 64, 256, 512):
            if report.over(1):
                return
            make = lambda n: torch.randn(total // length, length, n, dim, device=DEVICE, dtype=torch.bfloat16).transpose(1, 2).requires_grad_()
            q, k, v = make(heads), make(kv), make(kv)
            gqa = {"enable_gqa": True} if heads != kv else {}
            with sdpa_kernel([SDPBackend.FLASH_ATTENTION] if CUDA else [SDPBackend.MATH]):
                with torch.no_grad():
                    forward = kernel_us([lambda: F.scaled_dot_product_attention(q, k, v, **gqa)] * 10)
                both = kernel_us([lambda: torch.autograd.grad(F.scaled_dot_product_attention(q, k, v, **gqa).sum(), (q, k, v))] * 5)
            report.row(f"flash {heads}/{kv} heads, {total} tokens of {length}", forward_us=forward, with_backward_and_sum_us=both)


def copies(report, args):
    for mib in (16, 256, 1024):
        elements = mib * 2**20 // 4 // (1024 if args.tiny else 1)
        x, y = torch.randn(elements, device=DEVICE), torch.empty(elements, device=DEVICE)
        us = kernel_us([lambda: y.copy_(x)] * 4)
        report.row(f"copy {mib} MiB", us=us, GB_s=8 * elements / us * 1e-3)


def processors(report, args):
    """Training steps and matrix products in F32 on the CPU, by numbers of threads."""
    global DEVICE
    DEVICE = "cpu"
    most = os.cpu_count()
    a, b = torch.randn(2048, 384), torch.randn(3072, 384)
    for threads in (n for n in (1, 2, 4, 8, 16) if n <= most):
        if report.over(2):
            return
        torch.set_num_threads(threads)
        trainer = Trainer(TINY if args.tiny else DEFAULT, *((4, 8) if args.tiny else (16, 32)), amp=False)
        ms = median_ms(trainer.step, 3, 1)
        report.row(f"cpu, {threads} threads, 16 x 32 vocab 32000", ms=ms, ktok_s=trainer.tokens / ms)
        ms = median_ms(lambda: torch.matmul(a, b.t()), 5, 2)
        report.row(f"cpu, {threads} threads, matmul 2048 x 3072 x 384", ms=ms, GFLOP_s=2 * 2048 * 3072 * 384 / ms * 1e-6)


def main():
    global CUDA
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", required=True)
    parser.add_argument("--seconds", type=float, default=100)
    parser.add_argument("--parts", default="copies,matrices,gated,attention,steps")
    parser.add_argument("--sizes", default="64x32,64x256,64x64,16x256,512x1..48")
    parser.add_argument("--vocabularies", default="32000,152000")
    parser.add_argument("--ways", default="eager,compile,reduce-overhead")
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--cpu", action="store_true")
    parser.add_argument("--compile", action="store_true")
    args = parser.parse_args()
    report = Report(args.out, args.seconds)
    if args.cpu:
        CUDA = False
        return processors(report, args)
    if args.compile:
        return compile_only(report, args) if MODERN and CUDA else None
    torch.backends.cuda.matmul.allow_tf32 = True
    name = torch.cuda.get_device_name() if CUDA else "CPU"
    report.row(f"PyTorch {torch.__version__} on {name}")
    parts = dict(copies=copies, matrices=matrices, gated=gated, attention=attention, steps=steps)
    for part in args.parts.split(","):
        try:
            parts[part](report, args)
        except Exception as e:  # the other parts are wanted all the same
            report.row(part, exception=f"{type(e).__name__}: {e}")


if __name__ == "__main__":
    main()
