package crema.fasttext;

import crema.base.CounterRandom;
import crema.base.IntList;
import crema.tensor.cpu.RowKernels;
import java.util.Arrays;

/** One example of a batch: what goes in, what should come out, and what training makes of it. */
final class Example {
  /**
   * Into so many parts the rows of a matrix are shared out. Sums over rows are sums of the shards' sums for any number
   * of threads; more shards would make them slower on few threads.
   */
  static final int SHARDS = 2;

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

  /** What the steps that it asks for are multiplied by. */
  float weight = 1;

  /** The loss, summed over the targets. */
  double loss;

  /** The output rows to change, and by which multiple of {@link #hidden}; all rows in order if {@link #dense}. */
  final IntList outputs = new IntList();

  float[] factors = new float[16];
  boolean dense;

  /** {@link #rows} sorted by shard. */
  private int[] shardRows = new int[0];

  /** Where the rows of the second shard start. */
  private int secondShard;

  /** The sums of the rows of each shard, {@code [SHARDS, dim]}. */
  private final float[] shardSums;

  Example(int dim) {
    hidden = new float[dim];
    gradient = new float[dim];
    shardSums = new float[SHARDS * dim];
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
      kernels.addScaled(factor, page, base, gradient, 0, hidden.length);
      if (outputs.size() == factors.length) {
        factors = Arrays.copyOf(factors, 2 * factors.length);
      }
      factors[outputs.size()] = factor;
      outputs.add(output);
    }
    return Logistic.softplus(positive ? -score : score);
  }

  /**
   * Who owns a row: {@code owner % SHARDS} is its shard. Rows are handed out in blocks of 16, so that two threads
   * seldom write to the same cache line.
   *
   * @param owners their number, 1 or a multiple of {@link #SHARDS}
   */
  static int owner(int row, int owners) {
    if (owners == 1) {
      return 0;
    }
    int hash = (row >>> 4) * 0x9E3779B9;
    int shard = hash >>> 31;
    return shard + SHARDS * (int) ((hash << 1 & 0xFFFFFFFFL) * (owners / SHARDS) >>> 32);
  }

  /** Sorts the rows by shard, keeping their order otherwise. */
  void shareOut() {
    int count = rows.size();
    int[] all = rows.array();
    if (shardRows.length <= count) {
      shardRows = new int[2 * count + 1];
    }
    int filled = 0;
    for (int shard = 0; shard < SHARDS; shard++) {
      secondShard = filled;
      for (int i = 0; i < count; i++) {
        // Written even if it is another's, and then overwritten: a branch would be mispredicted half of the time.
        shardRows[filled] = all[i];
        filled += owner(all[i], SHARDS) == shard ? 1 : 0;
      }
    }
  }

  private int shardStart(int shard) {
    return shard == 0 ? 0 : secondShard;
  }

  private int shardEnd(int shard) {
    return shard == 0 ? secondShard : rows.size();
  }

  /** Sums the rows of a shard. */
  void sumShard(DenseMatrix matrix, int shard, RowKernels kernels) {
    int dim = hidden.length;
    kernels.sumRows(
        matrix.pages(), matrix.pageShift(), dim, shardRows, shardStart(shard), shardEnd(shard), shardSums, shard * dim);
  }

  /** Makes the hidden vector from the sums of all shards. */
  void meanOfShards(RowKernels kernels) {
    int dim = hidden.length;
    System.arraycopy(shardSums, 0, hidden, 0, dim);
    kernels.addScaled(1f, shardSums, dim, hidden, 0, dim);
    kernels.scale(1f / rows.size(), hidden, 0, dim);
  }

  /** Makes the hidden vector from the rows as they come. */
  void meanOfRows(DenseMatrix matrix, RowKernels kernels) {
    int dim = hidden.length;
    kernels.sumRows(matrix.pages(), matrix.pageShift(), dim, rows.array(), 0, rows.size(), hidden, 0);
    kernels.scale(1f / rows.size(), hidden, 0, dim);
  }

  /**
   * Adds the gradient to the rows of one of several owners.
   *
   * @param owners their number, 1 or a multiple of {@link #SHARDS}
   * @param owned room for the numbers of those rows
   */
  void addGradient(DenseMatrix matrix, int owner, int owners, IntList owned, RowKernels kernels) {
    if (owners == 1) {
      add(matrix, rows.array(), 0, rows.size(), kernels);
      return;
    }
    int from = shardStart(owner % SHARDS);
    int to = shardEnd(owner % SHARDS);
    if (owners == SHARDS) {
      add(matrix, shardRows, from, to, kernels);
      return;
    }
    owned.clear();
    for (int i = from; i < to; i++) {
      if (owner(shardRows[i], owners) == owner) {
        owned.add(shardRows[i]);
      }
    }
    add(matrix, owned.array(), 0, owned.size(), kernels);
  }

  private void add(DenseMatrix matrix, int[] numbers, int from, int to, RowKernels kernels) {
    kernels.addToRows(matrix.pages(), matrix.pageShift(), hidden.length, numbers, from, to, gradient, 0);
  }

  /** Whether there is nothing to learn from it. */
  boolean isVoid() {
    return rows.isEmpty() || targets.isEmpty();
  }
}
