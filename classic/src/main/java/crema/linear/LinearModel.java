package crema.linear;

import crema.base.ByteSource;
import crema.base.LargeArrays;
import crema.nn.InvalidWeightsException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * One hyperplane a label: the label's decision on a text x is w · x + b. A text gets all labels with a positive
 * decision, or, where labels exclude each other, the one with the greatest. Immutable and safe to use from many
 * threads.
 */
public final class LinearModel {
  private final LinearLoss loss;
  private final boolean exclusive;
  private final int features;
  private final float[] weights;
  private final float[] intercepts;

  /**
   * @param weights [features, labels]
   * @param intercepts [labels]
   */
  LinearModel(LinearLoss loss, boolean exclusive, int features, float[] weights, float[] intercepts) {
    this.loss = loss;
    this.exclusive = exclusive;
    this.features = features;
    this.weights = weights;
    this.intercepts = intercepts;
  }

  /**
   * Zeros for the weights of a model.
   *
   * @throws IllegalArgumentException when there are more than an array holds
   */
  static float[] newWeights(long features, long labels) {
    if (features * labels > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(features + " features times " + labels
          + " labels are more weights than a linear model holds (2147483639); limit the features");
    }
    return LargeArrays.floats(features * labels);
  }

  /**
   * What {@link #save} wrote.
   *
   * @throws IOException when the file cannot be read
   * @throws InvalidWeightsException when it is malformed; the message names the file and what is wrong
   */
  public static LinearModel load(Path file) throws IOException {
    return load(ByteSource.of(file));
  }

  /**
   * What {@link #save} wrote.
   *
   * @throws IOException when the file cannot be read
   * @throws InvalidWeightsException when it is malformed; the message names the file and what is wrong
   */
  public static LinearModel load(ByteSource file) throws IOException {
    return LinearModelFile.read(file);
  }

  /** Writes a safetensors file, atomically. The same model gives the same bytes. */
  public void save(Path file) throws IOException {
    LinearModelFile.write(file, this);
  }

  /** What it was trained with. */
  public LinearLoss loss() {
    return loss;
  }

  /** Whether each text has exactly one label. */
  public boolean exclusive() {
    return exclusive;
  }

  /** How many features a text has. */
  public int features() {
    return features;
  }

  /** How many labels there are. */
  public int labels() {
    return intercepts.length;
  }

  /** What a feature adds to a label's decision. */
  public float weight(int feature, int label) {
    return weights[feature * labels() + label];
  }

  /** What a label's decision starts from. */
  public float intercept(int label) {
    return intercepts[label];
  }

  /** [features, labels], not copied. */
  float[] weights() {
    return weights;
  }

  /** [labels], not copied. */
  float[] intercepts() {
    return intercepts;
  }

  /**
   * The same with all hyperplanes shifted.
   *
   * @param shifts [labels], what is added to each label's decisions
   */
  public LinearModel shifted(float[] shifts) {
    if (shifts.length != labels()) {
      throw new IllegalArgumentException(shifts.length + " shifts for " + labels() + " labels");
    }
    float[] shifted = intercepts.clone();
    for (int label = 0; label < shifted.length; label++) {
      shifted[label] += shifts[label];
    }
    return new LinearModel(loss, exclusive, features, weights, shifted);
  }

  /**
   * A model of other labels over the same features.
   *
   * @param sources for each label the numbers of those whose hyperplanes it is the mean of; of none it is zero
   */
  public LinearModel withLabels(List<int[]> sources) {
    float[] mapped = newWeights(features, sources.size());
    var starts = new float[sources.size()];
    for (int label = 0; label < starts.length; label++) {
      int[] from = sources.get(label);
      for (int source : from) {
        starts[label] += intercepts[source] / from.length;
        for (int feature = 0; feature < features; feature++) {
          mapped[feature * starts.length + label] += weight(feature, source) / from.length;
        }
      }
    }
    return new LinearModel(loss, exclusive, features, mapped, starts);
  }

  /** The decisions on each text: {@code [texts][labels]}. */
  public float[][] decisions(SparseMatrix texts) {
    var decisions = new float[texts.rows()][];
    Arrays.setAll(decisions, row -> decisions(texts, row));
    return decisions;
  }

  /**
   * The decisions on one text: {@code [labels]}.
   *
   * @throws IllegalArgumentException when the texts have other features than the model
   */
  public float[] decisions(SparseMatrix texts, int row) {
    if (texts.columns() != features) {
      throw new IllegalArgumentException("the texts have " + texts.columns() + " features, the model has " + features);
    }
    float[] decisions = intercepts.clone();
    for (int at = texts.start(row); at < texts.end(row); at++) {
      addScaled(texts.column(at) * decisions.length, texts.value(at), decisions);
    }
    for (int column = 0; column < texts.denseColumns(); column++) {
      addScaled((texts.sparseColumns() + column) * decisions.length, texts.dense(row, column), decisions);
    }
    return decisions;
  }

  private void addScaled(int first, float value, float[] decisions) {
    for (int label = 0; label < decisions.length; label++) {
      decisions[label] += value * weights[first + label];
    }
  }

  /**
   * The decisions as numbers between 0 and 1, by the logistic function; where labels exclude each other, scaled to a
   * sum of 1. With {@link LinearLoss#LOGISTIC} these are the model's probabilities (and scikit-learn's); with the other
   * losses they rank as the decisions do but are not calibrated.
   *
   * @param decisions of one text, [labels]
   */
  public float[] scores(float[] decisions) {
    var scores = new double[decisions.length];
    double sum = 0;
    for (int label = 0; label < scores.length; label++) {
      scores[label] = 1 / (1 + StrictMath.exp(-decisions[label]));
      sum += scores[label];
    }
    var result = new float[scores.length];
    for (int label = 0; label < result.length; label++) {
      result[label] = (float) (exclusive ? scores[label] / sum : scores[label]);
    }
    return result;
  }

  /**
   * The labels that decisions stand for, ascending: all with a positive one, maybe none; where labels exclude each
   * other, the one with the greatest, the first of several.
   *
   * @param decisions of one text, [labels]
   */
  public int[] predict(float[] decisions) {
    if (exclusive) {
      return new int[] {greatest(decisions)};
    }
    var predicted = new int[decisions.length];
    int count = 0;
    for (int label = 0; label < decisions.length; label++) {
      if (decisions[label] > 0) {
        predicted[count++] = label;
      }
    }
    return Arrays.copyOf(predicted, count);
  }

  private static int greatest(float[] decisions) {
    int greatest = 0;
    for (int label = 1; label < decisions.length; label++) {
      if (decisions[label] > decisions[greatest]) {
        greatest = label;
      }
    }
    return greatest;
  }
}
