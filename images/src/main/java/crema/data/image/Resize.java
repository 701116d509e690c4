package crema.data.image;

import java.util.Arrays;

/**
 * Resizes pictures to the same bytes as Pillow 9 to 12 ({@code Image.resize} of an RGB image, without
 * {@code reducing_gap}): a pass along rows, rounded to 8 bits, then one along columns.
 *
 * <p>Only the part that is asked for is computed. Both passes add lines of numbers, each times one weight, which the
 * compiler makes vectors of. Along columns a line is a row. Along rows it is a column of a block of rows, which is
 * turned for that, so that what shares a weight lies side by side. A line lives only until the last new one that it
 * takes part in, so that those in use stay in the processor's nearest caches.
 */
public final class Resize {
  /** How many rows are turned at a time: long enough for loops, and short enough for the caches. */
  private static final int BLOCK = 64;
  /** How many columns are turned at a time, so that a row's bytes are near when the next column needs them. */
  private static final int AHEAD = 8;

  private final ResizeWeights columns;
  private final ResizeWeights rows;
  private final Picture source;
  private final Box part;
  private final int block;
  /** The last columns of a block of rows: each {@code [block, 3]}. */
  private final int[][] turned;
  /** A new column of a block of rows. */
  private final int[] column;
  /** The last rows of the first pass: each {@code [new width, 3]}. */
  private final int[][] lines;

  private Resize(Picture source, Box part, ResizeWeights columns, ResizeWeights rows) {
    this.source = source;
    this.part = part;
    this.columns = columns;
    this.rows = rows;
    block = Math.min(BLOCK, rows.end() - rows.first(0));
    turned = ring(columns.taps() + AHEAD, block * Picture.CHANNELS);
    column = new int[block * Picture.CHANNELS];
    lines = ring(rows.taps() + block, columns.length() * Picture.CHANNELS);
  }

  /** Lines that replace each other in turn. Each stands there twice, so that any in a row are found in a row. */
  private static int[][] ring(int count, int length) {
    var ring = new int[2 * count][];
    for (int i = 0; i < count; i++) {
      ring[i] = new int[length];
      ring[count + i] = ring[i];
    }
    return ring;
  }

  /** Where a line stands, and behind it those that follow. */
  private static int slot(int[][] ring, int line) {
    return line % (ring.length / 2);
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
    int ready = rows.first(0);
    for (int row = 0; row < rows.length(); row++) {
      int first = rows.first(row);
      for (int end = first + rows.count(row); ready < end; ready += block) {
        makeLines(ready, Math.min(block, rows.end() - ready));
      }
      add(sums, lines, slot(lines, first), rows, row);
      round(sums, rgb, row * width);
    }
    return rgb;
  }

  /** Makes rows of the first pass, at most a block of them. */
  private void makeLines(int row, int count) {
    int ready = columns.first(0);
    for (int pixel = 0; pixel < columns.length(); pixel++) {
      int first = columns.first(pixel);
      for (int end = first + columns.count(pixel); ready < end; ready += AHEAD) {
        turn(row, count, ready, Math.min(ready + AHEAD, columns.end()));
      }
      add(column, turned, slot(turned, first), columns, pixel);
      round(column);
      turnBack(column, lines, slot(lines, row), count, pixel * Picture.CHANNELS);
    }
  }

  private void turn(int row, int count, int begin, int end) {
    int stride = source.width() * Picture.CHANNELS;
    int at = (part.top() + row) * stride + (part.left() + begin) * Picture.CHANNELS;
    for (int i = begin; i < end; i++, at += Picture.CHANNELS) {
      turn(source.rgb(), at, stride, turned[slot(turned, i)], count * Picture.CHANNELS);
    }
  }

  private static void turn(byte[] rgb, int at, int stride, int[] line, int length) {
    for (int i = 0, from = at; i < length; i += Picture.CHANNELS, from += stride) {
      line[i] = rgb[from] & 0xFF;
      line[i + 1] = rgb[from + 1] & 0xFF;
      line[i + 2] = rgb[from + 2] & 0xFF;
    }
  }

  private static void turnBack(int[] column, int[][] lines, int slot, int count, int to) {
    for (int i = slot, from = 0; i < slot + count; i++, from += Picture.CHANNELS) {
      int[] line = lines[i];
      line[to] = column[from];
      line[to + 1] = column[from + 1];
      line[to + 2] = column[from + 2];
    }
  }

  /** Adds the lines that make up a new one. Some past them may be read, whose weights are 0. */
  private static void add(int[] sums, int[][] ring, int slot, ResizeWeights weights, int pixel) {
    int[] all = weights.weights();
    int tap = pixel * weights.taps();
    int end = tap + weights.count(pixel);
    Arrays.fill(sums, ResizeWeights.HALF);
    for (int i = slot; tap < end; i += ResizeWeights.GROUP, tap += ResizeWeights.GROUP) {
      add(sums, ring[i], ring[i + 1], ring[i + 2], ring[i + 3], all[tap], all[tap + 1], all[tap + 2], all[tap + 3]);
    }
  }

  private static void add(int[] sums, int[] a, int[] b, int[] c, int[] d, int wa, int wb, int wc, int wd) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += a[i] * wa + b[i] * wb + c[i] * wc + d[i] * wd;
    }
  }

  private static void round(int[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] = Math.max(0, Math.min(255, sums[i] >> ResizeWeights.PRECISION));
    }
  }

  private static void round(int[] sums, byte[] rgb, int at) {
    for (int i = 0; i < sums.length; i++) {
      rgb[at + i] = (byte) Math.max(0, Math.min(255, sums[i] >> ResizeWeights.PRECISION));
    }
  }
}
