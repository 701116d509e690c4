package crema.data.image;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Resizes pictures to the same bytes as Pillow 9 to 12 ({@code Image.resize} of an RGB image, without
 * {@code reducing_gap}): a pass along rows, rounded to 8 bits, then one along columns.
 *
 * <p>Only the part that is asked for is computed, and a row lives only until the last new row that it takes part in. Two
 * rows share each multiplication: a 64-bit product holds one sum in its upper half and one in its lower, and integer
 * sums come apart again without loss. The pass along columns adds whole rows, which the compiler makes vectors of.
 */
public final class Resize {
  private static final VarHandle PIXEL = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  /** One channel of two pixels. */
  private static final long CHANNEL = 0x000000FF_000000FFL;

  private final ResizeWeights columns;
  private final ResizeWeights rows;
  private final Picture source;
  private final Box part;
  /** The last rows of the first pass, each at its number modulo their count: {@code [rows, new width · 3]}. */
  private final int[][] lines;
  private final long[] pair;
  private int ready;

  private Resize(Picture source, Box part, ResizeWeights columns, ResizeWeights rows) {
    this.source = source;
    this.part = part;
    this.columns = columns;
    this.rows = rows;
    // Rows are made in pairs.
    lines = new int[rows.taps() + 1][columns.length() * Picture.CHANNELS];
    pair = new long[part.width() * Picture.CHANNELS];
  }

  /** A picture of another size. */
  public static Picture resize(Picture picture, int width, int height, ResizeFilter filter) {
    return resize(picture, Box.all(picture.width(), picture.height()), width, height, Box.all(width, height), filter);
  }

  /**
   * A part of a resized part of a picture: the bytes of cropping, resizing and cropping again.
   *
   * @param part what is resized: pixels beside it play no role
   * @param width what the part would become as a whole
   * @param height what the part would become as a whole
   * @param wanted what is wanted of that
   */
  static Picture resize(Picture picture, Box part, int width, int height, Box wanted, ResizeFilter filter) {
    part.requireIn(picture.width(), picture.height());
    wanted.requireIn(width, height);
    if (part.width() == width && part.height() == height) {
      return picture.crop(new Box(part.left() + wanted.left(), part.top() + wanted.top(), wanted.width(),
          wanted.height()));
    }
    var columns = new ResizeWeights(part.width(), width, wanted.left(), wanted.width(), filter);
    var rows = new ResizeWeights(part.height(), height, wanted.top(), wanted.height(), filter);
    return new Picture(wanted.width(), wanted.height(), new Resize(picture, part, columns, rows).run());
  }

  private byte[] run() {
    int width = columns.length() * Picture.CHANNELS;
    var rgb = new byte[Math.multiplyExact(width, rows.length())];
    var sums = new int[width];
    ready = rows.first(0);
    for (int row = 0; row < rows.length(); row++) {
      int first = rows.first(row);
      int end = first + rows.count(row);
      for (; ready < end; ready += 2) {
        makeLines(ready, ready + 1 < part.height() ? ready + 1 : ready);
      }
      Arrays.fill(sums, ResizeWeights.HALF);
      addLines(sums, first, end, row * rows.taps());
      round(sums, rgb, row * width);
    }
    return rgb;
  }

  /** Makes two rows of the first pass, or one that is given twice. */
  private void makeLines(int lower, int upper) {
    pack(source.rgb(), offset(lower), offset(upper), pair);
    alongRows(pair, columns, line(lower), line(upper));
  }

  private int offset(int row) {
    return ((part.top() + row) * source.width() + part.left()) * Picture.CHANNELS;
  }

  private int[] line(int row) {
    return lines[row % lines.length];
  }

  /** A pixel is read with a byte of the next one, which falls away; so the last one is read alone. */
  private static void pack(byte[] rgb, int lower, int upper, long[] pair) {
    int last = pair.length - Picture.CHANNELS;
    for (int i = 0; i < last; i += Picture.CHANNELS) {
      long pixels =
          (int) PIXEL.get(rgb, lower + i) & 0xFFFFFFFFL | (long) (int) PIXEL.get(rgb, upper + i) << Integer.SIZE;
      pair[i] = pixels & CHANNEL;
      pair[i + 1] = pixels >>> Byte.SIZE & CHANNEL;
      pair[i + 2] = pixels >>> 2 * Byte.SIZE & CHANNEL;
    }
    for (int i = last; i < pair.length; i++) {
      pair[i] = rgb[lower + i] & 0xFFL | (rgb[upper + i] & 0xFFL) << Integer.SIZE;
    }
  }

  private static void alongRows(long[] pair, ResizeWeights columns, int[] lower, int[] upper) {
    final long half = (long) ResizeWeights.HALF << Integer.SIZE | ResizeWeights.HALF;
    int[] weights = columns.weights();
    for (int pixel = 0, to = 0; pixel < columns.length(); pixel++, to += Picture.CHANNELS) {
      long red = half;
      long green = half;
      long blue = half;
      int at = columns.first(pixel) * Picture.CHANNELS;
      int tap = pixel * columns.taps();
      for (int end = tap + columns.count(pixel); tap < end; tap++, at += Picture.CHANNELS) {
        long weight = weights[tap];
        red += pair[at] * weight;
        green += pair[at + 1] * weight;
        blue += pair[at + 2] * weight;
      }
      lower[to] = toByte((int) red);
      lower[to + 1] = toByte((int) green);
      lower[to + 2] = toByte((int) blue);
      upper[to] = toByte(upperSum(red));
      upper[to + 1] = toByte(upperSum(green));
      upper[to + 2] = toByte(upperSum(blue));
    }
  }

  /** The sum in the upper half, from which a negative one in the lower has borrowed. */
  private static int upperSum(long sums) {
    return (int) (sums - (int) sums >> Integer.SIZE);
  }

  private static int toByte(int sum) {
    return Math.clamp(sum >> ResizeWeights.PRECISION, 0, 255);
  }

  private void addLines(int[] sums, int first, int end, int tap) {
    int[] weights = rows.weights();
    int row = first;
    for (; row + 3 < end; row += 4, tap += 4) {
      add4(sums, line(row), line(row + 1), line(row + 2), line(row + 3), weights[tap], weights[tap + 1],
          weights[tap + 2], weights[tap + 3]);
    }
    for (; row < end; row++, tap++) {
      add(sums, line(row), weights[tap]);
    }
  }

  private static void add4(int[] sums, int[] a, int[] b, int[] c, int[] d, int wa, int wb, int wc, int wd) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += a[i] * wa + b[i] * wb + c[i] * wc + d[i] * wd;
    }
  }

  private static void add(int[] sums, int[] line, int weight) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += line[i] * weight;
    }
  }

  private static void round(int[] sums, byte[] rgb, int at) {
    for (int i = 0; i < sums.length; i++) {
      rgb[at + i] = (byte) Math.max(0, Math.min(255, sums[i] >> ResizeWeights.PRECISION));
    }
  }
}
