package crema.data;

/** A distribution over {@code 0 .. n-1} by weights, drawn from by inverting its cumulative distribution. */
final class Categorical {
  private final double[] cumulative;

  Categorical(double[] weights) {
    cumulative = new double[weights.length];
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      if (!(weights[i] >= 0) || Double.isInfinite(weights[i])) {
        throw new DataException("weights must be finite and not negative, but number " + i + " is " + weights[i]);
      }
      sum += weights[i];
      cumulative[i] = sum;
    }
    if (sum == 0) {
      throw new DataException("there is nothing to draw from: all weights are 0");
    }
  }

  /** The first element whose cumulative weight is above a share of the whole, from 0 up to, without, 1. */
  int at(double share) {
    double wanted = share * cumulative[cumulative.length - 1];
    int low = 0;
    int high = cumulative.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (cumulative[middle] > wanted) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
