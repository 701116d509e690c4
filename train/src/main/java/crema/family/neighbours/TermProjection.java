package crema.family.neighbours;

import crema.base.ByteSource;
import crema.base.Fingerprint;
import crema.base.LargeArrays;
import crema.base.PieceJournal;
import crema.base.Rng;
import crema.base.WorkerPool;
import crema.linear.SparseMatrix;
import crema.nn.InvalidWeightsException;
import crema.nn.io.SafetensorsReader;
import crema.nn.io.SafetensorsWriter;
import crema.nn.io.StoredType;
import crema.nn.io.StoredWeights;
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
  /** Terms that are projected, those of the most texts: a rare one says little in few directions. */
  private static final int MOST_TERMS = 50_000;

  private static final ValueLayout.OfShort LITTLE_ENDIAN =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final String VERSION_KEY = "projection_version";
  private static final String VERSION = "1";
  private static final String TERMS_KEY = "terms";
  private static final String DIRECTIONS = "directions";
  private static final String PROJECTED = "projected";

  private final int size;
  /** The row of directions of each term, -1 of one that is left out. */
  private final int[] rows;
  /** {@code [projected terms, size]}, numbers of BF16. */
  private final short[] directions;

  private TermProjection(int size, int[] rows, short[] directions) {
    this.size = size;
    this.rows = rows;
    this.directions = directions;
  }

  /** The number of terms. */
  int terms() {
    return rows.length;
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
    int[] projected = projected(texts);
    SparseMatrix some = texts.rows() <= MOST_TEXTS ? texts : texts.rows(sample(texts.rows(), seed));
    SparseMatrix rows = only(some, projected);
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
    return new TermProjection(size, projected, rounded(basis));
  }

  /** The row of directions of each term: where there are many, the terms of the most texts have one, and the others none. */
  private static int[] projected(SparseMatrix texts) {
    var keys = new long[texts.sparseColumns()];
    Arrays.setAll(keys, term -> term);
    for (int element = 0; element < texts.elements(); element++) {
      keys[texts.column(element)] -= 1L << Integer.SIZE;
    }
    Arrays.sort(keys);
    var isProjected = new boolean[keys.length];
    for (int i = 0; i < Math.min(keys.length, MOST_TERMS); i++) {
      isProjected[(int) keys[i]] = true;
    }
    var rows = new int[keys.length];
    int row = 0;
    for (int term = 0; term < rows.length; term++) {
      rows[term] = isProjected[term] ? row++ : -1;
    }
    return rows;
  }

  /** The columns of projected terms. */
  private static SparseMatrix only(SparseMatrix texts, int[] projected) {
    if (projected.length <= MOST_TERMS) {
      return texts;
    }
    var starts = new int[texts.rows() + 1];
    var columns = new int[texts.elements()];
    var values = new float[texts.elements()];
    int count = 0;
    for (int text = 0; text < texts.rows(); text++) {
      for (int element = texts.start(text); element < texts.end(text); element++) {
        if (projected[texts.column(element)] >= 0) {
          columns[count] = projected[texts.column(element)];
          values[count++] = texts.value(element);
        }
      }
      starts[text + 1] = count;
    }
    return new SparseMatrix(MOST_TERMS, starts, Arrays.copyOf(columns, count), Arrays.copyOf(values, count));
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
      int row = rows[texts.column(element)];
      if (row >= 0) {
        addScaled(row * size, texts.value(element), into, place);
      }
    }
  }

  private void addScaled(int begin, float scale, float[] to, int place) {
    for (int i = 0; i < size; i++) {
      to[place + i] += scale * BFloat16.toFloat(directions[begin + i]);
    }
  }

  /** Writes it, atomically. */
  void save(Path file) throws IOException {
    int[] terms = IntStream.range(0, rows.length).filter(term -> rows[term] >= 0).toArray();
    try (var backend = Backend.open(Device.REFERENCE); var scope = new Scope(backend)) {
      var tensors = new TreeMap<String, Tensor>();
      Tensor numbers = scope.empty(DType.BF16, Shape.of(terms.length, size));
      numbers.storage().write(numbers.offset(), MemorySegment.ofArray(directions));
      tensors.put(DIRECTIONS, numbers);
      var metadata = new TreeMap<>(Map.of(VERSION_KEY, VERSION));
      if (terms.length < rows.length) {
        tensors.put(PROJECTED, scope.ints(terms, terms.length));
        metadata.put(TERMS_KEY, Integer.toString(rows.length));
      }
      SafetensorsWriter.write(file, tensors, metadata);
    }
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
      return new TermProjection((int) shape.extent(1), rows(file, reader, (int) shape.extent(0)), directions);
    }
  }

  /** The row of directions of each term. */
  private static int[] rows(ByteSource file, StoredWeights reader, int projected) {
    Shape shape = reader.shapes().get(PROJECTED);
    if (shape == null) {
      return IntStream.range(0, projected).toArray();
    }
    String count = reader.metadata().getOrDefault(TERMS_KEY, "");
    if (!count.matches("\\d{1,9}") || !shape.equals(Shape.of(projected))) {
      throw new InvalidWeightsException(file + " does not say which terms it projects");
    }
    var rows = new int[Integer.parseInt(count)];
    Arrays.fill(rows, -1);
    try (var backend = Backend.open(Device.REFERENCE); var scope = new Scope(backend)) {
      Tensor terms = scope.empty(DType.I32, shape);
      reader.read(PROJECTED, terms);
      int row = 0;
      for (int term : terms.toInts()) {
        if (term < 0 || term >= rows.length || rows[term] >= 0) {
          throw new InvalidWeightsException(file + " projects a term that there is not, or one twice");
        }
        rows[term] = row++;
      }
    }
    return rows;
  }
}
