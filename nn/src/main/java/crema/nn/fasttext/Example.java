package crema.nn.fasttext;

import crema.tensor.CounterRandom;
import crema.tensor.IntList;
import crema.tensor.cpu.RowKernels;
import java.util.Arrays;

/** One example of a batch: what goes in, what should come out, and what training makes of it. */
final class Example {
  /** Rows of the input matrix. */
  final IntList rows = new IntList();

  /** The right outputs. */
  final IntList targets = new IntList();

  /** For the choices that this example's loss makes. */
  final CounterRandom random = new CounterRandom();

  /** The mean of the input rows, {@code [dim]}. */
  final float[] hidden;

  /** What is to be added to each input row, {@code [dim]}. */
  final float[] gradient;

  /** The loss, summed over the targets. */
  double loss;

  /** The output rows to change, and by which multiple of {@link #hidden}; all rows in order if {@link #dense}. */
  final IntList outputs = new IntList();

  float[] factors = new float[16];
  boolean dense;

  /** {@link #rows} sorted by the thread that owns them: thread {@code t} has {@code ownedRows[ownedStarts[t] ..]}. */
  int[] ownedRows = new int[0];

  final int[] ownedStarts;

  Example(int dim, int threads) {
    hidden = new float[dim];
    gradient = new float[dim];
    ownedStarts = new int[threads + 1];
  }

  void clear() {
    rows.clear();
    targets.clear();
    outputs.clear();
    dense = false;
    loss = 0;
    Arrays.fill(gradient, 0f);
  }

  /** Room for a factor for each of {@code count} outputs. */
  float[] denseFactors(int count) {
    dense = true;
    if (factors.length < count) {
      factors = new float[count];
    }
    return factors;
  }

  /** One logistic regression's part in the loss, which it returns, the gradient and the factors. */
  float logistic(DenseMatrix weights, int output, boolean positive, float lr, RowKernels kernels) {
    float[] page = weights.page(output);
    int base = weights.offset(output);
    float score = kernels.dot(hidden, 0, page, base, hidden.length);
    float factor = lr * ((positive ? 1f : 0f) - Logistic.sigmoid(score));
    if (factor != 0f) {
      kernels.axpy(factor, page, base, gradient, 0, hidden.length);
      if (outputs.size() == factors.length) {
        factors = Arrays.copyOf(factors, 2 * factors.length);
      }
      factors[outputs.size()] = factor;
      outputs.add(output);
    }
    return Logistic.softplus(positive ? -score : score);
  }

  /** Rows are handed out to threads in blocks of 16, so that two threads seldom write to the same cache line. */
  static int owner(int row, int threads) {
    long hash = (row >>> 4) * 0x9E3779B9 & 0xFFFFFFFFL;
    return (int) (hash * threads >>> 32);
  }

  /** Sorts the rows by owner, keeping their order otherwise. */
  void shareOut(int threads) {
    int count = rows.size();
    if (ownedRows.length <= count) {
      ownedRows = new int[2 * count + 1];
    }
    int filled = 0;
    int[] all = rows.array();
    for (int thread = 0; thread < threads; thread++) {
      ownedStarts[thread] = filled;
      for (int i = 0; i < count; i++) {
        // Written even if it is another's, and then overwritten: a branch would be mispredicted half of the time.
        ownedRows[filled] = all[i];
        filled += owner(all[i], threads) == thread ? 1 : 0;
      }
    }
    ownedStarts[threads] = filled;
  }
}
