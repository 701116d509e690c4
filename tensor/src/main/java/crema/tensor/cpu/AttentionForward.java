package crema.tensor.cpu;

import static crema.tensor.cpu.CpuStorage.floats;
import static crema.tensor.cpu.CpuStorage.start;

import crema.tensor.AttentionSpec;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The forward pass of attention: for each tile of queries the scores, their softmax, and its product with the values.
 */
final class AttentionForward extends AttentionPass {
  private static final int CHUNK = 256;

  private final @Nullable RelativeTerms relative;
  private final float[] q;
  private final float[] k;
  private final float[] v;
  private final float[] y;
  private final float @Nullable [] logSumExp;
  private final int qo;
  private final int ko;
  private final int vo;
  private final int yo;
  private final int lo;

  AttentionForward(CpuContext context, Sequences sequences, AttentionSpec spec, @Nullable RelativeTerms relative,
      Tensor q, Tensor k, Tensor v, Tensor y, @Nullable Tensor logSumExp) {
    super(context, sequences, spec, CHUNK);
    this.relative = relative;
    this.q = floats(q);
    this.k = floats(k);
    this.v = floats(v);
    this.y = floats(y);
    this.logSumExp = logSumExp == null ? null : floats(logSumExp);
    qo = start(q);
    ko = start(k);
    vo = start(v);
    yo = start(y);
    lo = logSumExp == null ? 0 : start(logSumExp);
  }

  @Override
  void chunk(int sequence, int index, int from, int to, int keyValueHead) {
    int length = sequences.length(sequence);
    int firstToken = sequences.start(sequence);
    int rows = tileRows(length);
    int stride = tileStride(length);

    int values = TileKernels.padded(length) * headDim;
    int weights = values + headWidth * length;
    int sums = weights + rows * stride;
    int results = sums + rows;
    int terms = results + rows * headWidth;
    RelativeTerms.Run run = relative == null ? null : relative.run(length);
    float[] scratch = context.floats.take(terms + termsSize(run, rows, length));
    int[] words = context.ints.take(words(length));

    int source = firstToken * keyStride + keyValueHead * headDim;
    packTransposed(k, ko + source, length, scratch, 0);
    TileKernels.pack(v, vo + source, keyStride, length, headDim, scratch, values);

    for (int head = keyValueHead * group; head < (keyValueHead + 1) * group; head++) {
      if (relative != null && run != null) {
        prepareTerms(relative, run, head, source, length, rows, scratch, terms);
      }
      for (int query = from; query < to; query += rows) {
        int height = Math.min(rows, to - query);
        int first = firstKey(query);
        int keys = spec.endKey(query + height - 1, length) - first;
        int token = firstToken + query;
        int at = token * queryStride + head * headDim;
        scores(q, qo + at, height, keys, scratch, first * headDim, scratch, weights, stride);
        if (relative != null && run != null) {
          addTerms(relative, run, head, query, height, first, keys, at, scratch, weights, stride, rows, terms);
        }
        for (int i = 0; i < height; i++) {
          scratch[sums + i] = softmax(token + i, head, query + i, length, first, keys, scratch, weights + i * stride,
              words);
        }
        Arrays.fill(scratch, results, results + height * headWidth, 0);
        multiplyByKeys(height, keys, scratch, weights, stride, scratch, values + first * TileKernels.PANEL,
            length * TileKernels.PANEL, scratch, results);
        for (int i = 0; i < height; i++) {
          Kernels.ARITHMETIC.scale(1 / scratch[sums + i], scratch, results + i * headWidth, y,
              yo + at + i * queryStride, headDim);
        }
      }
    }
    context.ints.give(words);
    context.floats.give(scratch);
  }

  /** The floats of the products with the tables of distances: what they are made of, then they. */
  private int termsSize(RelativeTerms.@Nullable Run run, int rows, int length) {
    return run == null ? 0 : run.width() * (headDim + rows + length);
  }

  /** Multiplies all keys of a head with the queries' table, and lays out the keys' table. */
  private void prepareTerms(RelativeTerms relative, RelativeTerms.Run run, int head, int source, int length, int rows,
      float[] scratch, int terms) {
    if (relative.queries != null) {
      packTransposed(relative.queries, run, head, scratch, terms);
      RelativeTerms.multiply(k, ko + source, keyStride, length, headDim, scratch, terms, run,
          terms + run.width() * (headDim + rows));
    }
    if (relative.keys != null) {
      packTransposed(relative.keys, run, head, scratch, terms);
    }
  }

  private void addTerms(RelativeTerms relative, RelativeTerms.Run run, int head, int query, int height, int first,
      int keys, int at, float[] scratch, int weights, int stride, int rows, int terms) {
    int products = terms + run.width() * headDim;
    if (relative.keys != null) {
      RelativeTerms.multiply(q, qo + at, queryStride, height, headDim, scratch, terms, run, products);
    }
    for (int i = 0; i < height; i++) {
      relative.add(run, query + i, first, keys, head, spec.scale(), scratch, weights + i * stride,
          relative.keys == null ? -1 : products + i * run.width(),
          relative.queries == null ? -1 : products + run.width() * rows);
    }
  }

  /**
   * Turns a row of scores into weights that are not yet divided by their sum, which is returned. What the query does
   * not see, and what fills up the row's last panel, gets no weight.
   *
   * @param first the key of the row's first score
   */
  private float softmax(int token, int head, int query, int length, int first, int keys, float[] row, int offset,
      int[] words) {
    int width = TileKernels.padded(keys);
    int end = spec.endKey(query, length) - first;
    Arrays.fill(row, offset, offset + spec.firstKey(query) - first, Float.NEGATIVE_INFINITY);
    Arrays.fill(row, offset + end, offset + width, Float.NEGATIVE_INFINITY);
    float max = spec.scale() * Kernels.REDUCTION.max(row, offset, width);
    Kernels.ACTIVATION.exponential(spec.scale(), row, offset, max, row, offset, width);
    float sum = Kernels.REDUCTION.sum(row, offset, width);
    if (logSumExp != null) {
      logSumExp[lo + token * spec.numHeads() + head] = max + ScalarMath.log(sum);
    }
    if (spec.dropout() > 0) {
      draw(token, head, first, end, words);
      drop(words, row, offset, width);
    }
    return sum;
  }
}
