package crema.family.neighbours;

import crema.base.LargeArrays;
import crema.base.UserError;
import crema.base.WorkerPool;
import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.ModelSource;
import crema.embed.Vectors;
import crema.family.linear.FeatureFit;
import crema.family.linear.FeatureSpaces;
import crema.linear.SparseMatrix;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Texts as vectors of length 1: their terms, projected onto few directions, and beside them the vectors of pretrained
 * encoders. A text of which nothing is known, such as one of new words alone where there is no encoder, has zeros.
 */
final class TextVectors implements AutoCloseable {
  private final FeatureSpaces spaces;
  /** Null where there are no terms. */
  private final @Nullable TermProjection projection;
  /** Null where directions count alike. */
  private final @Nullable Whitening whitening;

  private TextVectors(FeatureSpaces spaces, @Nullable TermProjection projection, @Nullable Whitening whitening) {
    this.spaces = spaces;
    this.projection = projection;
    this.whitening = whitening;
  }

  /**
   * Finds what is needed for vectors of features.
   *
   * @param features of the training texts in these spaces
   * @param dimensions of what is left of terms
   */
  static TextVectors fit(FeatureSpaces spaces, SparseMatrix features, int dimensions, long seed,
      NeighboursCheckpoints checkpoints, WorkerPool pool) {
    return new TextVectors(spaces,
        features.sparseColumns() == 0 ? null : TermProjection.fit(features, dimensions, seed, checkpoints, pool),
        null);
  }

  /** The same with directions that count differently; without such to begin with. */
  TextVectors with(Whitening other) {
    return new TextVectors(spaces, projection, other);
  }

  /** The spaces of the features that vectors are made of. */
  FeatureSpaces spaces() {
    return spaces;
  }

  /** The number of features of a vector. */
  int size() {
    return projection == null ? spaces.size() : projection.size() + spaces.size() - projection.terms();
  }

  /** The vectors of texts. */
  Vectors of(List<String> texts) {
    return of(spaces.of(texts));
  }

  /** The vectors of texts of which the features are there. */
  Vectors of(SparseMatrix features) {
    int size = size();
    if ((long) features.rows() * size > Integer.MAX_VALUE - 8) {
      throw new UserError(String.format(Locale.ROOT,
          "%,d vectors of %,d numbers are more than are held at once: use fewer rows, or a smaller ", features.rows(),
          size) + "--dimensions");
    }
    float[] values = LargeArrays.floats((long) features.rows() * size);
    int first = projection == null ? 0 : projection.size();
    for (int row = 0; row < features.rows(); row++) {
      if (projection != null) {
        projection.apply(features, row, values, row * size);
      }
      for (int i = 0; i < features.denseColumns(); i++) {
        values[row * size + first + i] = features.dense(row, i);
      }
      UnitLength.scale(values, row * size, size);
      if (whitening != null) {
        float[] vector = Arrays.copyOfRange(values, row * size, (row + 1) * size);
        Arrays.fill(values, row * size, (row + 1) * size, 0);
        whitening.apply(vector, values, row * size);
      }
    }
    return new Vectors(size, values);
  }

  /** Writes it to the directory of a model. */
  void save(FeatureFit fit, ModelDirectory directory) throws IOException {
    fit.save(spaces, directory);
    if (projection != null) {
      projection.save(directory.file(TermProjection.FILE));
    }
    if (whitening != null) {
      whitening.save(directory.file(Whitening.FILE));
    }
  }

  /**
   * Opens what {@link #save} wrote.
   *
   * @throws UserError when a file is missing, damaged or of another model
   */
  static TextVectors load(ModelSource source, ComputeOptions compute) throws IOException {
    TermProjection projection =
        source.holds(TermProjection.FILE) ? TermProjection.load(source.bytes(TermProjection.FILE)) : null;
    Whitening whitening = source.holds(Whitening.FILE) ? Whitening.load(source.bytes(Whitening.FILE)) : null;
    FeatureSpaces spaces = FeatureSpaces.load(source, compute);
    int terms = projection == null ? 0 : projection.terms();
    if (spaces.termCount() != terms) {
      spaces.close();
      throw new UserError(source.name() + ": its texts have " + spaces.termCount() + " terms, but "
          + TermProjection.FILE + " is of " + terms + ": the files are of different models");
    }
    var vectors = new TextVectors(spaces, projection, whitening);
    if (whitening != null && whitening.size() != vectors.size()) {
      spaces.close();
      throw new UserError(source.name() + ": texts have vectors of " + vectors.size() + " features, but "
          + Whitening.FILE + " is of " + whitening.size() + ": the files are of different models");
    }
    return vectors;
  }

  /** How many additions and multiplications a vector takes, about. */
  double operations(String text) {
    return spaces.operations(text)
        + (projection == null ? 0 : 2.0 * spaces.of(List.of(text)).elements() * projection.size())
        + (whitening == null ? 0 : (double) size() * size());
  }

  /** Releases the encoders. */
  @Override
  public void close() {
    spaces.close();
  }
}
