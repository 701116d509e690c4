package crema.family.neighbours;

import crema.base.ByteSource;
import crema.base.LargeArrays;
import crema.base.WorkerPool;
import crema.embed.Vectors;
import crema.nn.InvalidWeightsException;
import crema.nn.io.SafetensorsReader;
import crema.nn.io.SafetensorsWriter;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import crema.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A metric that is learned of categories: vectors are multiplied by the inverse of a factor of the covariance of texts
 * within their categories, so that directions in which the texts of one category differ count less (within-class
 * covariance normalization, Hatch, Kajarekar and Stolcke, Interspeech 2006). Then they are scaled to length 1 again.
 */
final class Whitening {
  static final String FILE = "whitening.safetensors";

  /** Of the mean variance, which is added to all of them. */
  private static final double SHRINKAGE = 0.1;
  /** The same for each feature that there is for a text: of few texts the covariance is hardly known. */
  private static final double SHRINKAGE_OF_FEW = 2;

  private static final String VERSION_KEY = "whitening_version";
  private static final String VERSION = "1";
  private static final String MATRIX = "matrix";

  private final int size;
  /** {@code [size, size]}: row i is what feature i adds to the features from i on. */
  private final float[] matrix;

  private Whitening(int size, float[] matrix) {
    this.size = size;
    this.matrix = matrix;
  }

  /** The number of features of a vector. */
  int size() {
    return size;
  }

  /** Learns the covariance of items within their categories. */
  static Whitening fit(Items items, int categories, WorkerPool pool) {
    int size = items.vectors().size();
    float[] rows = rows(items);
    int count = rows.length / size;
    double[] covariance = Gram.of(rows, count, size, pool);
    double[] between = Gram.of(means(items, categories), categories, size, pool);
    double variance = 0;
    for (int i = 0; i < covariance.length; i++) {
      covariance[i] -= between[i];
    }
    for (int i = 0; i < size; i++) {
      variance += Math.max(0, covariance[i * size + i]) / size;
    }
    double shrinkage = SHRINKAGE + SHRINKAGE_OF_FEW * size / Math.max(1, count);
    for (int i = 0; i < size; i++) {
      // Where no category has two different texts, nothing is known and nothing changes.
      covariance[i * size + i] += variance > 0 ? shrinkage * variance : 1;
    }
    Gram.cholesky(covariance, size);
    double scale = Math.sqrt(variance > 0 ? variance : 1);
    return new Whitening(size, inverse(covariance, size, scale));
  }

  /** The vectors, each once for each of its categories. */
  private static float[] rows(Items items) {
    ItemLabels labels = items.labels();
    return items.vectors().rows(IntStream.range(0, items.count())
        .flatMap(item -> IntStream.generate(() -> item).limit(labels.of(item).length)).toArray());
  }

  /** The mean of each category times the root of the number of its items. */
  private static float[] means(Items items, int categories) {
    int size = items.vectors().size();
    var sums = new double[categories * size];
    var counts = new int[categories];
    for (int item = 0; item < items.count(); item++) {
      for (int category : items.labels().of(item)) {
        counts[category]++;
        for (int i = 0; i < size; i++) {
          sums[category * size + i] += items.vectors().value(item, i);
        }
      }
    }
    var means = new float[sums.length];
    for (int i = 0; i < means.length; i++) {
      means[i] = (float) (sums[i] / Math.sqrt(Math.max(1, counts[i / size])));
    }
    return means;
  }

  /** The inverse of an upper triangular matrix, times a number. */
  private static float[] inverse(double[] upper, int size, double scale) {
    var inverse = new double[size * size];
    for (int row = size - 1; row >= 0; row--) {
      inverse[row * size + row] = 1 / upper[row * size + row];
      for (int k = row + 1; k < size; k++) {
        double factor = -upper[row * size + k] / upper[row * size + row];
        for (int column = k; column < size; column++) {
          inverse[row * size + column] += factor * inverse[k * size + column];
        }
      }
    }
    var rounded = new float[inverse.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = (float) (scale * inverse[i]);
    }
    return rounded;
  }

  /** The vectors as this sees them, of length 1 or 0. */
  Vectors apply(Vectors vectors, WorkerPool pool) {
    float[] values = LargeArrays.floats((long) vectors.count() * size);
    Gram.forBlocks(vectors.count(), pool, (from, to) -> {
      for (int row = from; row < to; row++) {
        apply(vectors.row(row), values, row * size);
      }
    });
    return new Vectors(size, values);
  }

  /**
   * A vector as this sees it.
   *
   * @param into receives it from {@code place} on
   */
  void apply(float[] vector, float[] into, int place) {
    for (int i = 0; i < size; i++) {
      float factor = vector[i];
      if (factor != 0) {
        for (int j = i; j < size; j++) {
          into[place + j] += factor * matrix[i * size + j];
        }
      }
    }
    UnitLength.scale(into, place, size);
  }

  /** Writes it, atomically. */
  void save(Path file) throws IOException {
    try (var backend = Backend.open(Device.REFERENCE); var scope = new Scope(backend)) {
      SafetensorsWriter.write(file, Map.of(MATRIX, scope.floats(matrix, size, size)), Map.of(VERSION_KEY, VERSION));
    }
  }

  /**
   * Reads what {@link #save} wrote.
   *
   * @throws InvalidWeightsException when it is malformed; the message names the file
   */
  static Whitening load(ByteSource file) throws IOException {
    try (var reader = SafetensorsReader.open(file); var backend = Backend.open(Device.REFERENCE);
        var scope = new Scope(backend)) {
      Shape shape = reader.shapes().get(MATRIX);
      if (!VERSION.equals(reader.metadata().get(VERSION_KEY)) || shape == null || shape.rank() != 2
          || shape.elements() == 0 || shape.elements() > Integer.MAX_VALUE - 8 || shape.extent(0) != shape.extent(1)) {
        throw new InvalidWeightsException(file + " is not a whitening of this version");
      }
      var tensor = scope.empty(DType.F32, shape);
      reader.read(MATRIX, tensor);
      return new Whitening((int) shape.extent(0), tensor.toFloats());
    }
  }
}
