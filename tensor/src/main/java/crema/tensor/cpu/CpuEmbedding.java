package crema.tensor.cpu;

import static crema.tensor.cpu.CpuStorage.floats;
import static crema.tensor.cpu.CpuStorage.ints;
import static crema.tensor.cpu.CpuStorage.start;

import crema.tensor.BinaryOperator;
import crema.tensor.DType;
import crema.tensor.EmbeddingOps;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tensor.SparseRows;
import crema.tensor.Tensor;
import crema.tensor.cpu.gemm.Halves;
import java.util.Arrays;

/** {@link EmbeddingOps} with SIMD kernels. */
final class CpuEmbedding implements EmbeddingOps {
  private final CpuContext context;

  CpuEmbedding(CpuContext context) {
    this.context = context;
  }

  @Override
  public void gather(Tensor table, Tensor ids, float factor, Tensor y) {
    if (table.dtype() == DType.BF16 || table.dtype() == DType.F16) {
      gatherHalves(table, ids, factor, y);
      return;
    }
    float[] rows = floats(table);
    int[] which = ints(ids);
    float[] out = floats(y);
    int to0 = start(table);
    int io = start(ids);
    int yo = start(y);
    int vocabulary = (int) table.shape().rows();
    int features = (int) table.shape().columns();
    context.overRows((int) ids.elements(), features, (from, to) -> {
      for (int token = from; token < to; token++) {
        int id = requireId(which[io + token], token, vocabulary);
        Kernels.ARITHMETIC.scale(factor, rows, to0 + id * features, out, yo + token * features, features);
      }
    });
  }

  /** Gathers from a table of 16 bits: the bits of the table as floats. */
  private void gatherHalves(Tensor table, Tensor ids, float factor, Tensor y) {
    Halves type = Halves.of(table.dtype());
    short[] rows = CpuStorage.shorts(table);
    int[] which = ints(ids);
    float[] out = floats(y);
    int to0 = start(table);
    int io = start(ids);
    int yo = start(y);
    int vocabulary = (int) table.shape().rows();
    int features = (int) table.shape().columns();
    context.overRows((int) ids.elements(), features, (from, to) -> {
      for (int token = from; token < to; token++) {
        int id = requireId(which[io + token], token, vocabulary);
        int at = yo + token * features;
        type.widen(rows, to0 + id * features, out, at, features);
        Kernels.ARITHMETIC.scale(factor, out, at, out, at, features);
      }
    });
  }

  private static int requireId(int id, int token, int vocabulary) {
    if (id < 0 || id >= vocabulary) {
      throw new IllegalArgumentException("id " + id + " of token " + token + " is not in a table of " + vocabulary
          + " rows");
    }
    return id;
  }

  @Override
  public void positions(Tensor ids, Sequences sequences, int padding, Tensor positions) {
    int[] which = ints(ids);
    int[] out = ints(positions);
    int io = start(ids);
    int po = start(positions);
    for (int sequence = 0; sequence < sequences.count(); sequence++) {
      int next = padding + 1;
      for (int token = sequences.start(sequence); token < sequences.start(sequence + 1); token++) {
        out[po + token] = which[io + token] == padding ? padding : next++;
      }
    }
  }

  @Override
  public SparseRows gatherBackward(Tensor ids, Tensor dy, float factor, Scope scope) {
    int[] which = ints(ids);
    float[] gradient = floats(dy);
    int dyo = start(dy);
    int tokens = (int) ids.elements();
    int features = (int) dy.shape().columns();

    // Ids with their tokens behind them: sorted, the tokens of an id follow each other in ascending order.
    long[] occurrences = context.longs.take(Math.max(1, tokens));
    for (int token = 0; token < tokens; token++) {
      occurrences[token] = (long) which[start(ids) + token] << Integer.SIZE | token;
    }
    Arrays.sort(occurrences, 0, tokens);
    int[] firsts = context.ints.take(tokens + 1);
    int unique = 0;
    for (int i = 0; i < tokens; i++) {
      if (i == 0 || id(occurrences[i]) != id(occurrences[i - 1])) {
        firsts[unique++] = i;
      }
    }
    firsts[unique] = tokens;

    Tensor rows = scope.empty(DType.I32, unique);
    Tensor values = scope.empty(DType.F32, unique, features);
    int[] rowIds = ints(rows);
    float[] sums = floats(values);
    int ro = start(rows);
    int vo = start(values);
    context.overRows(unique, features, (from, to) -> {
      for (int i = from; i < to; i++) {
        rowIds[ro + i] = id(occurrences[firsts[i]]);
        int at = vo + i * features;
        System.arraycopy(gradient, dyo + token(occurrences[firsts[i]]) * features, sums, at, features);
        for (int j = firsts[i] + 1; j < firsts[i + 1]; j++) {
          Kernels.ARITHMETIC.binary(BinaryOperator.ADD, sums, at, gradient, dyo + token(occurrences[j]) * features,
              sums, at, features);
        }
        Kernels.ARITHMETIC.scale(factor, sums, at, sums, at, features);
      }
    });
    context.ints.give(firsts);
    context.longs.give(occurrences);
    return new SparseRows(rows, values);
  }

  private static int id(long occurrence) {
    return (int) (occurrence >>> Integer.SIZE);
  }

  private static int token(long occurrence) {
    return (int) occurrence;
  }

  @Override
  public SparseRows add(SparseRows a, SparseRows b, Scope scope) {
    int[] left = ints(a.rows());
    int[] right = ints(b.rows());
    int lo = start(a.rows());
    int ro = start(b.rows());
    int leftCount = (int) a.rows().elements();
    int rightCount = (int) b.rows().elements();
    // For each row of the sum, where it is in a and in b, or -1.
    int[] sources = context.ints.take(2 * (leftCount + rightCount) + 1);
    int count = 0;
    for (int i = 0, j = 0; i < leftCount || j < rightCount; count++) {
      int inLeft = i < leftCount ? left[lo + i] : Integer.MAX_VALUE;
      int inRight = j < rightCount ? right[ro + j] : Integer.MAX_VALUE;
      sources[2 * count] = inLeft <= inRight ? i++ : -1;
      sources[2 * count + 1] = inRight <= inLeft ? j++ : -1;
    }

    int columns = (int) a.values().shape().columns();
    Tensor rows = scope.empty(DType.I32, count);
    Tensor values = scope.empty(DType.F32, count, columns);
    int[] rowIds = ints(rows);
    int to0 = start(rows);
    float[] sums = floats(values);
    float[] leftValues = floats(a.values());
    float[] rightValues = floats(b.values());
    int lvo = start(a.values());
    int rvo = start(b.values());
    int vo = start(values);
    context.overRows(count, columns, (from, to) -> {
      for (int i = from; i < to; i++) {
        int inLeft = sources[2 * i];
        int inRight = sources[2 * i + 1];
        int at = vo + i * columns;
        rowIds[to0 + i] = inLeft >= 0 ? left[lo + inLeft] : right[ro + inRight];
        if (inLeft < 0) {
          System.arraycopy(rightValues, rvo + inRight * columns, sums, at, columns);
        } else if (inRight < 0) {
          System.arraycopy(leftValues, lvo + inLeft * columns, sums, at, columns);
        } else {
          Kernels.ARITHMETIC.binary(BinaryOperator.ADD, leftValues, lvo + inLeft * columns, rightValues,
              rvo + inRight * columns, sums, at, columns);
        }
      }
    });
    context.ints.give(sources);
    return new SparseRows(rows, values);
  }

  @Override
  public void scatterAdd(SparseRows x, Tensor y) {
    int[] rows = ints(x.rows());
    float[] values = floats(x.values());
    float[] out = floats(y);
    int ro = start(x.rows());
    int vo = start(x.values());
    int yo = start(y);
    int columns = (int) y.shape().columns();
    context.overRows((int) x.rows().elements(), columns, (from, to) -> {
      for (int i = from; i < to; i++) {
        Kernels.ARITHMETIC.addScaled(1, values, vo + i * columns, out, yo + rows[ro + i] * columns, columns);
      }
    });
  }
}
