package crema.tensor.reference;

/**
 * log Σ exp xᵢ as max + log Σ exp (xᵢ − max), so that nothing overflows. The two are kept apart: their sum would lose
 * the second beside a large first.
 */
record LogSumExp(double max, double logOfSum) {
  /** Of {@code count} elements. */
  static LogSumExp of(Elements x, long from, long count) {
    double max = Double.NEGATIVE_INFINITY;
    for (long i = from; i < from + count; i++) {
      max = Math.max(max, x.get(i));
    }
    double sum = 0;
    for (long i = from; i < from + count; i++) {
      sum += Math.exp(x.get(i) - max);
    }
    return new LogSumExp(max, Math.log(sum));
  }

  /** x − log Σ exp xᵢ. */
  double subtractFrom(double x) {
    return x - max - logOfSum;
  }
}
