#!/usr/bin/python3
"""What reading and preparing a picture costs in Pillow and NumPy on one thread, in processor time: the same work as
crema.bench.PictureSpeed, by the steps of Hugging Face's CLIPImageProcessor.

  bench/pictures.py FILE...

Needs Pillow and NumPy (Debian: apt-get install python3-pil python3-numpy). With --make DIR it writes the pictures first.
"""
import io
import pathlib
import statistics
import sys
import time

import numpy
from PIL import Image

SIZE = 224
MEAN = numpy.array([0.48145466, 0.4578275, 0.40821073], dtype=numpy.float32)
DEVIATION = numpy.array([0.26862954, 0.26130258, 0.27577711], dtype=numpy.float32)


def make(folder):
    """Pictures of the sizes that shops have: smooth shapes with some noise, as JPEG of quality 90."""
    folder.mkdir(parents=True, exist_ok=True)
    random = numpy.random.default_rng(1)
    for width, height in [(500, 375), (640, 480), (800, 600), (1200, 1600), (2400, 1600), (4000, 3000)]:
        y, x = numpy.mgrid[0:height, 0:width]
        waves = [128 + 90 * numpy.sin(x / (31 + 9 * c)) * numpy.cos(y / (47 - 5 * c)) for c in range(3)]
        pixels = numpy.stack(waves, -1) + random.normal(0, 6, (height, width, 3))
        Image.fromarray(pixels.clip(0, 255).astype(numpy.uint8)).save(folder / f"{width}x{height}.jpg", quality=90)


def resize(image):
    width, height = image.size
    short, long = min(width, height), max(width, height)
    longer = int(SIZE * long / short)
    image = image.resize((SIZE, longer) if width <= height else (longer, SIZE), Image.BICUBIC)
    left, top = (image.size[0] - SIZE) // 2, (image.size[1] - SIZE) // 2
    return image.crop((left, top, left + SIZE, top + SIZE))


def numbers(image):
    pixels = (numpy.asarray(resize(image)) * (1 / 255)).astype(numpy.float32)
    return ((pixels - MEAN) / DEVIATION).transpose(2, 0, 1).copy()


def measure(work):
    """The median of rounds, in milliseconds of processor time."""
    times = []
    for round in range(12):
        begin, runs = time.process_time(), 0
        while time.process_time() - begin < 0.2:
            work()
            runs += 1
        times.append((time.process_time() - begin) / runs * 1000)
    return statistics.median(times[3:])


if len(sys.argv) < 2:
    sys.exit(__doc__)
if sys.argv[1] == "--make":
    make(pathlib.Path(sys.argv[2]))
    sys.exit()
for name in sys.argv[1:]:
    data = pathlib.Path(name).read_bytes()
    image = Image.open(io.BytesIO(data)).convert("RGB")
    print("pillow %s: decode %.3f ms; resize and crop %.3f ms, with numbers %.3f ms" % (
        pathlib.Path(name).name, measure(lambda: Image.open(io.BytesIO(data)).convert("RGB")),
        measure(lambda: resize(image)), measure(lambda: numbers(image))), flush=True)
