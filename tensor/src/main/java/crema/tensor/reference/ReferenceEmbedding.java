package crema.tensor.reference;

import crema.tensor.DType;
import crema.tensor.EmbeddingOps;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tensor.SparseRows;
import crema.tensor.Tensor;
import java.util.TreeMap;

/** The specification of {@link EmbeddingOps}. */
final class ReferenceEmbedding implements EmbeddingOps {
  @Override
  public void gather(Tensor table, Tensor ids, float factor, Tensor y) {
    Elements rows = Elements.of(table);
    Elements indices = Elements.of(ids);
    Elements output = Elements.of(y);
    long features = table.shape().columns();
    for (long token = 0; token < indices.count(); token++) {
      int id = indices.getInt(token);
      if (id < 0 || id >= table.shape().rows()) {
        throw new IndexOutOfBoundsException("id " + id + " of token " + token + " is not a row of the table "
            + table.shape());
      }
      for (long j = 0; j < features; j++) {
        output.set(token * features + j, factor * rows.get(id * features + j));
      }
    }
  }

  @Override
  public void positions(Tensor ids, Sequences sequences, int padding, Tensor positions) {
    Elements indices = Elements.of(ids);
    Elements output = Elements.of(positions);
    for (int s = 0; s < sequences.count(); s++) {
      int tokensBefore = 0;
      for (int token = sequences.start(s); token < sequences.start(s + 1); token++) {
        boolean isPadding = indices.getInt(token) == padding;
        output.set(token, isPadding ? padding : padding + 1 + tokensBefore);
        tokensBefore += isPadding ? 0 : 1;
      }
    }
  }

  @Override
  public SparseRows gatherBackward(Tensor ids, Tensor dy, float factor, Scope scope) {
    Elements indices = Elements.of(ids);
    var sums = new TreeMap<Integer, double[]>();
    for (long token = 0; token < indices.count(); token++) {
      addRow(sums, indices.getInt(token), factor, dy, token);
    }
    return toSparseRows(sums, dy, scope);
  }

  @Override
  public SparseRows add(SparseRows a, SparseRows b, Scope scope) {
    var sums = new TreeMap<Integer, double[]>();
    for (SparseRows x : new SparseRows[] {a, b}) {
      Elements indices = Elements.of(x.rows());
      for (long i = 0; i < indices.count(); i++) {
        addRow(sums, indices.getInt(i), 1, x.values(), i);
      }
    }
    return toSparseRows(sums, a.values(), scope);
  }

  /** sums[id] += factor · x[row]. */
  private static void addRow(TreeMap<Integer, double[]> sums, int id, float factor, Tensor x, long row) {
    Elements values = Elements.of(x);
    int columns = Math.toIntExact(x.shape().columns());
    double[] sum = sums.computeIfAbsent(id, unused -> new double[columns]);
    for (int j = 0; j < columns; j++) {
      sum[j] += factor * values.get(row * columns + j);
    }
  }

  private static SparseRows toSparseRows(TreeMap<Integer, double[]> sums, Tensor like, Scope scope) {
    long columns = like.shape().columns();
    Tensor rows = scope.empty(DType.I32, sums.size());
    Tensor values = scope.empty(like.dtype(), sums.size(), columns);
    Elements indices = Elements.of(rows);
    Elements elements = Elements.of(values);
    long i = 0;
    for (var row : sums.entrySet()) {
      indices.set(i, row.getKey());
      for (int j = 0; j < columns; j++) {
        elements.set(i * columns + j, row.getValue()[j]);
      }
      i++;
    }
    return new SparseRows(rows, values);
  }

  @Override
  public void scatterAdd(SparseRows x, Tensor y) {
    Elements indices = Elements.of(x.rows());
    Elements values = Elements.of(x.values());
    Elements target = Elements.of(y);
    long columns = y.shape().columns();
    for (long i = 0; i < indices.count(); i++) {
      for (long j = 0; j < columns; j++) {
        target.add(indices.getInt(i) * columns + j, values.get(i * columns + j));
      }
    }
  }
}
