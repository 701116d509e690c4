#!/usr/bin/python3
"""Writes what Pillow makes of pictures: of resized ones digests of their bytes, and files in all formats.

  images/src/test/golden/pillow.py images/src/test/resources/crema/data/image

Needs Pillow and NumPy (Debian: apt-get install python3-pil python3-numpy). The pictures that are resized are computed, by
the same formula in PillowTest.
"""
import hashlib
import io
import json
import pathlib
import sys

import numpy
from PIL import Image, ImageEnhance, ImageOps

if len(sys.argv) != 2:
    sys.exit(__doc__)
out = pathlib.Path(sys.argv[1])
FILTERS = {"box": Image.BOX, "bilinear": Image.BILINEAR, "hamming": Image.HAMMING, "bicubic": Image.BICUBIC,
           "lanczos": Image.LANCZOS}


def picture(width, height):
    """Waves, edges and noise: values that overshoot, with a byte i from three terms, modulo 256."""
    i = numpy.arange(width * height * 3, dtype=numpy.uint64)
    x, y, c = i // 3 % width, i // 3 // width, i % 3
    noise = (i * numpy.uint64(2654435761) % numpy.uint64(1 << 32)) >> numpy.uint64(24)
    blocks = (x // 7 + y // 5 + c) % 2 * 255
    value = numpy.where((x // 16 + y // 16) % 3 == 0, noise, numpy.where((x + y) // 40 % 2 == 0, blocks, (x * 3 + y * 2 + c * 50) % 256))
    return Image.fromarray(value.astype(numpy.uint8).reshape(height, width, 3))


def digest(image):
    return hashlib.sha256(image.tobytes()).hexdigest()


SIZES = [
    (640, 480, 298, 224), (480, 640, 224, 298), (1, 1, 224, 224), (1, 1, 1, 1), (2, 2, 3, 5), (3, 2, 224, 149), (224, 224, 224, 224),
    (225, 223, 224, 224), (223, 225, 224, 224), (1000, 1, 224, 1), (1, 1000, 1, 224), (1023, 7, 224, 224), (7, 1023, 224, 224),
    (333, 500, 224, 336), (500, 333, 336, 224), (97, 101, 96, 96), (31, 17, 408, 224), (17, 31, 224, 408), (1920, 1080, 398, 224),
    (1280, 853, 336, 224), (224, 1, 224, 224), (1, 224, 224, 224), (65, 64, 32, 32), (64, 65, 32, 32), (63, 63, 64, 64),
    (5, 4000, 224, 17), (4000, 5, 17, 224), (100, 100, 99, 101), (100, 100, 101, 99), (448, 448, 224, 224), (450, 449, 224, 224),
    (672, 672, 224, 224), (13, 13, 1, 1), (1500, 1500, 1, 1), (801, 601, 32, 24), (2, 300, 64, 64), (300, 2, 64, 64),
    (199, 211, 223, 227), (1024, 768, 97, 73), (257, 129, 128, 64), (640, 427, 335, 224), (11, 9, 320, 240), (3, 3, 2, 2),
    (3, 3, 4, 4), (512, 17, 511, 18), (17, 512, 18, 511), (128, 96, 300, 224), (700, 394, 397, 224), (999, 998, 225, 224),
    (1200, 1600, 224, 298), (768, 1024, 32, 32), (41, 43, 47, 53), (333, 333, 331, 337), (90, 60, 45, 60)]
resized = []
for width, height, new_width, new_height in SIZES:
    source = picture(width, height)
    result = source.resize((new_width, new_height), Image.BICUBIC, reducing_gap=None)
    resized.append({"filter": "bicubic", "width": width, "height": height, "newWidth": new_width, "newHeight": new_height,
                    "sha256": digest(result)})
for name, which in FILTERS.items():
    for width, height, new_width, new_height in [(640, 480, 298, 224), (31, 17, 64, 35), (101, 97, 50, 120)]:
        resized.append({"filter": name, "width": width, "height": height, "newWidth": new_width, "newHeight": new_height,
                        "sha256": digest(picture(width, height).resize((new_width, new_height), which))})
assert digest(picture(640, 480)) != digest(picture(480, 640))

# The colours of augmentation, on one picture.
source = picture(61, 47)
jittered = [{"change": name, "factor": factor, "sha256": digest(enhancer(source).enhance(factor))}
            for name, enhancer in [("brightness", ImageEnhance.Brightness), ("contrast", ImageEnhance.Contrast),
                                   ("saturation", ImageEnhance.Color)]
            for factor in [0.0, 0.25, 0.6, 0.875, 1.0, 1.125, 1.4, 1.75]]

folder = out / "pictures"
folder.mkdir(parents=True, exist_ok=True)
y, x = numpy.mgrid[0:41, 0:57]
rgb = numpy.stack([(x * 4 + y) % 256, (y * 6) % 256, 128 + 100 * numpy.sin(x / 7) * numpy.cos(y / 9)], -1).astype(numpy.uint8)
image = Image.fromarray(rgb)
alpha = ((x * 5 + y * 3) % 256).astype(numpy.uint8)
files = {}


def keep(name, data, expected):
    (folder / name).write_bytes(data)
    files[name] = {"width": expected.size[0], "height": expected.size[1], "sha256": digest(expected)}


def save(name, picture, expected=None, **options):
    buffer = io.BytesIO()
    picture.save(buffer, **options)
    data = buffer.getvalue()
    keep(name, data, expected or Image.open(io.BytesIO(data)).convert("RGB"))
    return data


def on_white(values, opacity):
    """The rule of PictureReader, in integers."""
    opacity = opacity.astype(int)[..., None]
    return Image.fromarray(((values.astype(int) * opacity + 255 * (255 - opacity) + 127) // 255).astype(numpy.uint8))


for name, subsampling in [("jpeg-444", 0), ("jpeg-422", 1), ("jpeg-420", 2)]:
    save(name + ".jpg", image, format="JPEG", quality=88, subsampling=subsampling)
save("jpeg-progressive.jpg", image, format="JPEG", progressive=True)
save("jpeg-gray.jpg", image.convert("L"), format="JPEG")
cmyk = save("jpeg-cmyk.jpg", image.convert("CMYK"), format="JPEG", quality=90)
marker = cmyk.find(b"Adobe")
ycck = bytearray(cmyk)
ycck[marker + 11] = 2
keep("jpeg-ycck.jpg", bytes(ycck), Image.open(io.BytesIO(bytes(ycck))).convert("RGB"))
plain = bytearray(cmyk)
segment = plain.find(b"\xff\xee")
del plain[segment:segment + 2 + plain[segment + 2] * 256 + plain[segment + 3]]
keep("jpeg-cmyk-without-marker.jpg", bytes(plain), Image.open(io.BytesIO(bytes(plain))).convert("RGB"))
# What nothing says the colours of is luma and chromas, whatever the numbers of its components are.
buffer = io.BytesIO()
image.save(buffer, format="JPEG", quality=90, subsampling=0)
plain = bytearray(buffer.getvalue())
segment = plain.find(b"\xff\xe0")
del plain[segment:segment + 2 + plain[segment + 2] * 256 + plain[segment + 3]]
frame, scan = plain.find(b"\xff\xc0"), plain.find(b"\xff\xda")
for number in range(3):
    plain[frame + 10 + 3 * number] = plain[scan + 5 + 2 * number] = number
keep("jpeg-component-numbers.jpg", bytes(plain), Image.open(io.BytesIO(bytes(plain))).convert("RGB"))
small = image.resize((24, 17))
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    buffer = io.BytesIO()
    small.save(buffer, format="JPEG", exif=exif.tobytes())
    keep(f"orientation-{orientation}.jpg", buffer.getvalue(), ImageOps.exif_transpose(Image.open(io.BytesIO(buffer.getvalue()))))
exif = Image.Exif()
exif[0x0112] = 6
save("orientation-6.png", small, small.transpose(Image.ROTATE_270), format="PNG", exif=exif.tobytes())
save("orientation-6.webp", small, small.transpose(Image.ROTATE_270), format="WEBP", lossless=True, exif=exif.tobytes())
save("png.png", image, format="PNG")
save("png-gray.png", image.convert("L"), format="PNG")
save("png-one-bit.png", image.convert("1"), format="PNG")
save("png-palette.png", image.convert("P", palette=Image.ADAPTIVE, colors=64), format="PNG")
save("png-palette-16.png", image.convert("P", palette=Image.ADAPTIVE, colors=16), format="PNG")
save("png-alpha.png", Image.fromarray(numpy.dstack([rgb, alpha])), on_white(rgb, alpha), format="PNG")
gray = numpy.asarray(image.convert("L"))
save("png-gray-alpha.png", Image.fromarray(numpy.dstack([gray, alpha]), mode="LA"), on_white(numpy.dstack([gray] * 3), alpha),
     format="PNG")
palette = image.convert("P", palette=Image.ADAPTIVE, colors=32)
see_through = (numpy.asarray(palette) != 3).astype(int) * 255
save("png-palette-transparent.png", palette, on_white(numpy.asarray(palette.convert("RGB")), see_through), format="PNG", transparency=3)
deep = (x * 1000 + y * 17).astype(numpy.uint16)
save("png-gray-16-bit.png", Image.fromarray(deep), Image.fromarray((deep >> 8).astype(numpy.uint8)).convert("RGB"), format="PNG")


def png(color_type, depth, samples, width=57, transparent=None):
    """A PNG from samples, which Pillow does not write of every kind."""
    import struct
    import zlib
    height = samples.shape[0]
    rows = b"".join(b"\0" + samples[row].tobytes() for row in range(height))
    key = b"" if transparent is None else struct.pack(">H", transparent)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, 0))
            + (chunk(b"tRNS", key) if key else b"") + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


deep_rgb = (rgb.astype(numpy.uint16) * 256 + numpy.arange(57, dtype=numpy.uint16)[None, :, None]).astype(">u2")
keep("png-16-bit.png", png(2, 16, deep_rgb), image)
deep_alpha = numpy.dstack([deep_rgb, alpha.astype(numpy.uint16) * 256]).astype(">u2")
keep("png-alpha-16-bit.png", png(6, 16, deep_alpha), on_white(rgb, alpha))
for depth in [2, 4]:
    levels = gray.astype(int) >> (8 - depth)
    padded = numpy.pad(levels, ((0, 0), (0, 7)))[:, :57 + -57 % (8 // depth)]
    packed = sum(padded[:, i::8 // depth] << (8 - depth - i * depth) for i in range(8 // depth)).astype(numpy.uint8)
    shown = levels * 255 // ((1 << depth) - 1)
    keep(f"png-gray-{depth}-bit-transparent.png", png(0, depth, packed, transparent=2),
         on_white(numpy.dstack([shown] * 3), (levels != 2).astype(int) * 255))
save("bmp.bmp", image, format="BMP")


def bmp(bits, masks):
    """A bitmap of 16 bits a pixel, which Pillow reads and does not write."""
    import struct
    packed = sum((rgb[..., 2 - i].astype(int) >> (8 - bits[i])) << sum(bits[:i]) for i in range(3))
    rows = b"".join(numpy.pad(packed[row], (0, 1)).astype("<u2").tobytes() for row in range(40, -1, -1))
    colors = b"".join(struct.pack("<I", mask) for mask in masks)
    start = 54 + len(colors)
    return (b"BM" + struct.pack("<IHHI", start + len(rows), 0, 0, start)
            + struct.pack("<IiiHHIIiiII", 40, 57, 41, 1, 16, 3 if masks else 0, len(rows), 2835, 2835, 0, 0) + colors + rows)


for name, data in [("bmp-555.bmp", bmp([5, 5, 5], [])), ("bmp-565.bmp", bmp([5, 6, 5], [0xF800, 0x7E0, 0x1F]))]:
    keep(name, data, Image.open(io.BytesIO(data)).convert("RGB"))
save("bmp-palette.bmp", palette, format="BMP")
save("bmp-gray.bmp", image.convert("L"), format="BMP")
save("gif.gif", image, format="GIF")
frames = [Image.new("RGB", (30, 20), color) for color in ["red", "green", "blue"]]
save("gif-animated.gif", frames[0], format="GIF", save_all=True, append_images=frames[1:])
# The first frame is a part of the screen: at column 5, row 3.
part = bytearray(save("gif.gif", image.resize((20, 10)).convert("P", palette=Image.ADAPTIVE, colors=16), format="GIF"))
part[6:10] = bytes([32, 0, 24, 0])
descriptor = part.find(b"\x2c\0\0\0\0\x14\0\x0a\0")
part[descriptor + 1] = 5
part[descriptor + 3] = 3
screen = Image.new("RGB", (32, 24), "white")
screen.paste(Image.open(folder / "gif.gif").convert("RGB"), (5, 3))
keep("gif-part-of-screen.gif", bytes(part), screen)
save("gif.gif", image, format="GIF")
save("webp-lossless.webp", image, format="WEBP", lossless=True)
save("webp-lossless-alpha.webp", Image.fromarray(numpy.dstack([rgb, alpha])), on_white(rgb, alpha), format="WEBP", lossless=True,
     exact=True)
# Lossy WebP leaves it to the decoder how chromas are interpolated: nearly the same bytes are all that can be asked for.
image.save(folder / "lossy.webp", quality=90)
save("webp-animated.webp", frames[0], format="WEBP", save_all=True, append_images=frames[1:], lossless=True)
(out / "pillow.json").write_text(json.dumps({"pillow": Image.__version__, "resized": resized, "jittered": jittered, "files": files},
                                            indent=1) + "\n")
