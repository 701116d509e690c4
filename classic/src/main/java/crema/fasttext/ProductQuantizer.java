package crema.fasttext;

import java.util.Arrays;

/**
 * Product quantization (Jégou et al., 2011): a vector is cut into parts of {@code dsub} columns, and each part is
 * replaced by the nearest of 256 centroids that k-means found for it.
 *
 * <p>Training draws from the same generator in the same order as the original, and adds in the same order, so that the
 * same matrix gives the same codes.
 */
final class ProductQuantizer {
  static final int CENTROIDS = 256;
  private static final int MOST_POINTS = 256 * CENTROIDS;
  private static final int SEED = 1234;
  private static final int ITERATIONS = 25;
  private static final float SPLIT = 1e-7f;

  private final int dim;
  private final int dsub;
  private final int parts;
  private final int lastDsub;
  private final float[] centroids;

  /** A quantizer yet to be trained. */
  ProductQuantizer(int dim, int dsub) {
    this(dim, dsub, new float[Math.multiplyExact(dim, CENTROIDS)]);
  }

  /** A quantizer of given centroids, {@code [parts, 256, dsub]}, the last part narrower if need be. */
  ProductQuantizer(int dim, int dsub, float[] centroids) {
    this.dim = dim;
    this.dsub = dsub;
    this.parts = parts(dim, dsub);
    this.lastDsub = dim - (parts - 1) * dsub;
    this.centroids = centroids;
  }

  static int parts(int dim, int dsub) {
    return (int) (((long) dim + dsub - 1) / dsub);
  }

  int dim() {
    return dim;
  }

  int dsub() {
    return dsub;
  }

  /** The bytes of a code. */
  int parts() {
    return parts;
  }

  int lastDsub() {
    return lastDsub;
  }

  float[] centroids() {
    return centroids;
  }

  private int width(int part) {
    return part == parts - 1 ? lastDsub : dsub;
  }

  /** Where the centroids of a part start. */
  private int base(int part) {
    return part * CENTROIDS * dsub;
  }

  /** The value of a quantizer of one column. */
  float scalar(byte code) {
    return centroids[code & 0xFF];
  }

  /** {@code x += alpha * decoded}. */
  void addCode(float[] x, byte[] codes, int at, float alpha) {
    for (int part = 0; part < parts; part++) {
      int width = width(part);
      int c = base(part) + (codes[at + part] & 0xFF) * width;
      int j = part * dsub;
      for (int n = 0; n < width; n++) {
        x[j + n] += alpha * centroids[c + n];
      }
    }
  }

  /** {@code alpha * (x . decoded)}. */
  float dotCode(float[] x, byte[] codes, int at, float alpha) {
    float sum = 0f;
    for (int part = 0; part < parts; part++) {
      int width = width(part);
      int c = base(part) + (codes[at + part] & 0xFF) * width;
      int j = part * dsub;
      for (int n = 0; n < width; n++) {
        sum += x[j + n] * centroids[c + n];
      }
    }
    return sum * alpha;
  }

  /** The vectors to quantize, {@code [size, dim]}. */
  interface Points {
    int size();

    /** Copies columns {@code from .. from + width} of a vector. */
    void copy(int point, int from, int width, float[] target, int targetOffset);
  }

  /**
   * Finds the centroids.
   *
   * @throws IllegalArgumentException if there are fewer points than centroids
   */
  void train(Points points) {
    int n = points.size();
    if (n < CENTROIDS) {
      throw new IllegalArgumentException(
          "the matrix has " + n + " rows; quantization needs at least " + CENTROIDS);
    }
    var random = new MinimalStandardRandom(SEED);
    int sample = Math.min(n, MOST_POINTS);
    int[] order = identity(n);
    var slice = new float[Math.multiplyExact(sample, dsub)];
    for (int part = 0; part < parts; part++) {
      int width = width(part);
      if (sample < n) {
        random.shuffle(order);
      }
      for (int i = 0; i < sample; i++) {
        points.copy(order[i], part * dsub, width, slice, i * width);
      }
      kMeans(slice, sample, width, base(part), random);
    }
  }

  private static int[] identity(int n) {
    var order = new int[n];
    for (int i = 0; i < n; i++) {
      order[i] = i;
    }
    return order;
  }

  private void kMeans(float[] x, int n, int width, int base, MinimalStandardRandom random) {
    int[] order = identity(n);
    random.shuffle(order);
    for (int k = 0; k < CENTROIDS; k++) {
      System.arraycopy(x, order[k] * width, centroids, base + k * width, width);
    }
    var codes = new byte[n];
    var squares = new NearestCentroid();
    for (int i = 0; i < ITERATIONS; i++) {
      squares.load(base, width);
      for (int point = 0; point < n; point++) {
        codes[point] = squares.find(x, point * width);
      }
      moveCentroids(x, codes, n, width, base, random);
    }
  }

  private void moveCentroids(
      float[] x, byte[] codes, int n, int width, int base, MinimalStandardRandom random) {
    var sizes = new int[CENTROIDS];
    Arrays.fill(centroids, base, base + CENTROIDS * width, 0f);
    for (int i = 0; i < n; i++) {
      int k = codes[i] & 0xFF;
      for (int j = 0; j < width; j++) {
        centroids[base + k * width + j] += x[i * width + j];
      }
      sizes[k]++;
    }
    for (int k = 0; k < CENTROIDS; k++) {
      for (int j = 0; sizes[k] != 0 && j < width; j++) {
        centroids[base + k * width + j] /= sizes[k];
      }
    }
    for (int k = 0; k < CENTROIDS; k++) {
      if (sizes[k] == 0) {
        splitInto(k, sizes, n, width, base, random);
      }
    }
  }

  /** Gives an empty cluster half of another one, large ones being likelier. */
  private void splitInto(int k, int[] sizes, int n, int width, int base, MinimalStandardRandom random) {
    int m = 0;
    while (random.nextDouble() * (n - CENTROIDS) >= sizes[m] - 1) {
      m = (m + 1) % CENTROIDS;
    }
    System.arraycopy(centroids, base + m * width, centroids, base + k * width, width);
    for (int j = 0; j < width; j++) {
      float sign = j % 2 == 0 ? -1f : 1f;
      centroids[base + k * width + j] += sign * SPLIT;
      centroids[base + m * width + j] -= sign * SPLIT;
    }
    sizes[k] = sizes[m] / 2;
    sizes[m] -= sizes[k];
  }

  /** Writes the codes of all points, {@link #parts} bytes each. */
  void encode(Points points, byte[] codes) {
    var nearest = new NearestCentroid();
    var x = new float[dsub];
    for (int part = 0; part < parts; part++) {
      int width = width(part);
      nearest.load(base(part), width);
      for (int i = 0; i < points.size(); i++) {
        points.copy(i, part * dsub, width, x, 0);
        codes[i * parts + part] = nearest.find(x, 0);
      }
    }
  }

  /**
   * Finds the centroid at the least squared distance, the first of equals.
   *
   * <p>The centroids are held column by column, so that the distances to all of them are computed side by side, each
   * still summed in the order of the columns.
   */
  private final class NearestCentroid {
    private float[] columns = new float[0];
    private final float[] distances = new float[CENTROIDS];
    private int width;

    void load(int base, int newWidth) {
      width = newWidth;
      columns = new float[width * CENTROIDS];
      for (int k = 0; k < CENTROIDS; k++) {
        for (int j = 0; j < width; j++) {
          columns[j * CENTROIDS + k] = centroids[base + k * width + j];
        }
      }
    }

    byte find(float[] x, int at) {
      Arrays.fill(distances, 0f);
      for (int j = 0; j < width; j++) {
        addSquares(x[at + j], columns, j * CENTROIDS, distances);
      }
      int best = 0;
      for (int k = 1; k < CENTROIDS; k++) {
        if (distances[k] < distances[best]) {
          best = k;
        }
      }
      return (byte) best;
    }

    private static void addSquares(float x, float[] columns, int from, float[] distances) {
      for (int k = 0; k < CENTROIDS; k++) {
        float difference = x - columns[from + k];
        distances[k] += difference * difference;
      }
    }
  }
}
