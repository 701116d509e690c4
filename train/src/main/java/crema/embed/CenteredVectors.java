package crema.embed;

/**
 * What makes features of vectors: their mean is subtracted, which they have in common and which tells no text from
 * another, and they are scaled to a length on average.
 *
 * @param mean {@code [size]}: of the vectors that it was fitted to
 * @param scale what differences from the mean are multiplied by
 */
@SuppressWarnings("ArrayRecordComponent") // carries numbers to features; never compared
public record CenteredVectors(float[] mean, float scale) {
  /**
   * The mean and the scale of training vectors.
   *
   * @param length how long the differences from the mean are to be, in the root of the mean square
   */
  public static CenteredVectors fit(Vectors training, double length) {
    int size = training.size();
    var sums = new double[size];
    for (int row = 0; row < training.count(); row++) {
      for (int i = 0; i < size; i++) {
        sums[i] += training.value(row, i);
      }
    }
    var mean = new float[size];
    for (int i = 0; i < size; i++) {
      mean[i] = (float) (sums[i] / Math.max(1, training.count()));
    }
    double squares = 0;
    for (int row = 0; row < training.count(); row++) {
      for (int i = 0; i < size; i++) {
        double difference = (double) training.value(row, i) - mean[i];
        squares += difference * difference;
      }
    }
    double now = Math.sqrt(squares / Math.max(1, training.count()));
    return new CenteredVectors(mean, (float) (now > 0 ? length / now : length));
  }

  /** The features of vectors, {@code [count, size]}. */
  public float[] apply(Vectors vectors) {
    int size = mean.length;
    var features = new float[Math.multiplyExact(vectors.count(), size)];
    for (int row = 0; row < vectors.count(); row++) {
      for (int i = 0; i < size; i++) {
        features[row * size + i] = (vectors.value(row, i) - mean[i]) * scale;
      }
    }
    return features;
  }
}
