package crema.family.neighbours;

import crema.base.ByteSource;
import crema.base.Fingerprint;
import crema.base.LargeArrays;
import crema.base.PieceJournal;
import crema.base.Rng;
import crema.base.WorkerPool;
import crema.linear.SparseMatrix;
import crema.nn.InvalidWeightsException;
import crema.nn.Weights;
import crema.nn.io.SafetensorsReader;
import crema.nn.io.SafetensorsWriter;
import crema.nn.io.StoredType;
import crema.tensor.BFloat16;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import crema.tensor.Shape;
import crema.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A projection of sparse vectors of terms onto the few directions in which the training texts differ most: latent
 * semantic analysis, the span of a truncated singular value decomposition by randomized subspace iteration (Halko,
 * Martinsson and Tropp, SIAM Review 2011, algorithm 4.4). Directions are orthonormal, so the product of two projected
 * texts is, but for what is cut off, that of their vectors; they are no singular vectors, which products do not need.
 *
 * <p>The same bits for any number of threads: work is cut by the size of the matrix, and sums have one order.
 */
final class TermProjection {
  static final String FILE = "projection.safetensors";

  /** Steps of the subspace iteration: more keep hardly more of the texts. */
  private static final int ITERATIONS = 3;
  /** Texts that the directions are found from: more tell hardly anything new. */
  private static final int MOST_TEXTS = 40_000;

  private static final ValueLayout.OfShort LITTLE_ENDIAN =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final String VERSION_KEY = "projection_version";
  private static final String VERSION = "1";
  private static final String DIRECTIONS = "directions";

  private final int terms;
  private final int size;
  /** {@code [terms, size]}, numbers of BF16. */
  private final short[] directions;

  private TermProjection(int terms, int size, short[] directions) {
    this.terms = terms;
    this.size = size;
    this.directions = directions;
  }

  /** The number of terms. */
  int terms() {
    return terms;
  }

  /** The number of features of a projected text. */
  int size() {
    return size;
  }

  /**
   * Finds the directions.
   *
   * @param texts {@code [texts, terms]}, the sparse columns of which are projected
   * @param wanted how many directions; fewer where there are fewer terms or texts
   * @param seed of the first guess, and of the texts that are taken where there are many
   * @param checkpoints keep what each iteration comes to
   */
  static TermProjection fit(SparseMatrix texts, int wanted, long seed, NeighboursCheckpoints checkpoints,
      WorkerPool pool) {
    SparseMatrix rows = texts.rows() <= MOST_TEXTS ? texts : texts.rows(sample(texts.rows(), seed));
    int terms = rows.sparseColumns();
    int size = Math.min(wanted, Math.min(terms, rows.rows()));
    Transposed columns = Transposed.of(rows);
    var identity = new Fingerprint("projection").add(size).add(seed);
    rows.addTo(identity);
    float[] basis = guess(terms, size, seed, pool);
    try (PieceJournal kept = checkpoints.pieces("projection", identity)) {
      for (int iteration = 0; iteration < ITERATIONS; iteration++) {
        float[] before = basis;
        basis = kept.nextRows(() -> {
          checkpoints.stop().check();
          float[] next = columns.times(times(rows, before, size, pool), size, pool);
          Gram.orthonormalize(next, terms, size, pool);
          return new float[][] {next};
        })[0];
      }
    }
    return new TermProjection(terms, size, rounded(basis));
  }

  private static int[] sample(int rows, long seed) {
    var stream = new Rng(seed, 1).stream(0);
    var keys = new long[rows];
    for (int row = 0; row < rows; row++) {
      keys[row] = (long) stream.bits(row) << 32 | row;
    }
    return IntStream.of(Arrays.stream(keys).sorted().limit(MOST_TEXTS).mapToInt(key -> (int) key).toArray())
        .sorted().toArray();
  }

  /** Signs: as good a first guess as normal numbers. */
  private static float[] guess(int terms, int width, long seed, WorkerPool pool) {
    float[] guess = LargeArrays.floats((long) terms * width);
    var stream = new Rng(seed, 0).stream(0);
    Gram.forBlocks(terms, pool, (from, to) -> {
      for (int at = from * width; at < to * width; at++) {
        guess[at] = stream.bits(at) < 0 ? -1 : 1;
      }
    });
    return guess;
  }

  /** A sparse matrix by its columns. */
  private record Transposed(int[] starts, int[] rows, float[] values) {
    static Transposed of(SparseMatrix matrix) {
      var starts = new int[matrix.sparseColumns() + 1];
      for (int element = 0; element < matrix.elements(); element++) {
        starts[matrix.column(element) + 1]++;
      }
      for (int column = 0; column + 1 < starts.length; column++) {
        starts[column + 1] += starts[column];
      }
      int[] next = starts.clone();
      var rows = new int[matrix.elements()];
      var values = new float[matrix.elements()];
      for (int row = 0; row < matrix.rows(); row++) {
        for (int element = matrix.start(row); element < matrix.end(row); element++) {
          int place = next[matrix.column(element)]++;
          rows[place] = row;
          values[place] = matrix.value(element);
        }
      }
      return new Transposed(starts, rows, values);
    }

    /** The product of the transposed matrix with {@code [rows, width]}: {@code [columns, width]}. */
    float[] times(float[] right, int width, WorkerPool pool) {
      int columns = starts.length - 1;
      float[] product = LargeArrays.floats((long) columns * width);
      Gram.forBlocks(columns, pool, (from, to) -> {
        for (int column = from; column < to; column++) {
          for (int element = starts[column]; element < starts[column + 1]; element++) {
            addScaled(right, rows[element] * width, values[element], product, column * width, width);
          }
        }
      });
      return product;
    }
  }

  /** The product of sparse columns with {@code [terms, width]}: {@code [rows, width]}. */
  private static float[] times(SparseMatrix left, float[] right, int width, WorkerPool pool) {
    float[] product = LargeArrays.floats((long) left.rows() * width);
    Gram.forBlocks(left.rows(), pool, (from, to) -> {
      for (int row = from; row < to; row++) {
        for (int element = left.start(row); element < left.end(row); element++) {
          addScaled(right, left.column(element) * width, left.value(element), product, row * width, width);
        }
      }
    });
    return product;
  }

  private static void addScaled(float[] from, int begin, float scale, float[] to, int place, int width) {
    for (int i = 0; i < width; i++) {
      to[place + i] += scale * from[begin + i];
    }
  }

  /** Half the room, and as they are in the file. */
  private static short[] rounded(float[] values) {
    LargeArrays.makeRoom((long) values.length * Short.BYTES);
    var rounded = new short[values.length];
    for (int i = 0; i < values.length; i++) {
      rounded[i] = BFloat16.of(values[i]);
    }
    return rounded;
  }

  /**
   * Projects the sparse columns of a text.
   *
   * @param texts {@code [texts, terms]}
   * @param into receives {@code [size]} numbers from {@code place} on
   */
  void apply(SparseMatrix texts, int text, float[] into, int place) {
    for (int element = texts.start(text); element < texts.end(text); element++) {
      addScaled(texts.column(element) * size, texts.value(element), into, place);
    }
  }

  private void addScaled(int begin, float scale, float[] to, int place) {
    for (int i = 0; i < size; i++) {
      to[place + i] += scale * BFloat16.toFloat(directions[begin + i]);
    }
  }

  /** Writes it, atomically. */
  void save(Path file) throws IOException {
    try (var backend = Backend.open(Device.REFERENCE); var scope = new Scope(backend)) {
      var tensors = new TreeMap<String, Tensor>();
      tensors.put(DIRECTIONS, scope.floats(floats(), terms, size));
      SafetensorsWriter.write(file, Weights.of(tensors), _ -> DType.BF16, Map.of(VERSION_KEY, VERSION),
          backend, _ -> {});
    }
  }

  private float[] floats() {
    var floats = new float[directions.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = BFloat16.toFloat(directions[i]);
    }
    return floats;
  }

  /**
   * Reads what {@link #save} wrote.
   *
   * @throws InvalidWeightsException when it is malformed; the message names the file
   */
  static TermProjection load(ByteSource file) throws IOException {
    try (var reader = SafetensorsReader.open(file)) {
      Shape shape = reader.shapes().get(DIRECTIONS);
      if (!VERSION.equals(reader.metadata().get(VERSION_KEY)) || shape == null || shape.rank() != 2
          || shape.elements() == 0 || shape.elements() > Integer.MAX_VALUE - 8
          || reader.storedType(DIRECTIONS) != StoredType.BF16) {
        throw new InvalidWeightsException(file + " is not a projection of terms of this version");
      }
      var directions = new short[(int) shape.elements()];
      MemorySegment.copy(reader.bytes(DIRECTIONS), LITTLE_ENDIAN, 0, directions, 0, directions.length);
      return new TermProjection((int) shape.extent(0), (int) shape.extent(1), directions);
    }
  }
}
