package crema.autograd.op;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.DType;
import crema.tensor.EmbeddingOps;
import crema.tensor.SparseRows;
import crema.tensor.Tensor;
import crema.tensor.Write;
import java.util.List;

/**
 * The rows of a table for the tokens of a batch, times a constant.
 *
 * @param table {@code [vocabulary, features]}; its gradient is row-sparse if it is a leaf
 * @param ids {@code I32 [tokens]}
 * @param factor multiplies each row
 */
public record Embedding(Variable table, Tensor ids, float factor) implements Op {
  /** factor · table[ids[t]] for each token t: {@code [tokens, features]}. */
  public static Variable apply(Tape tape, Variable table, Tensor ids, float factor) {
    if (table.shape().rank() != 2 || ids.dtype() != DType.I32 || ids.shape().rank() != 1) {
      throw new IllegalArgumentException("embedding: a table " + table.shape() + " and ids " + ids.dtype() + " "
          + ids.shape() + " must be [vocabulary, features] and I32 [tokens]");
    }
    Tensor y = tape.scope().empty(type(table.value().dtype()), ids.elements(), table.shape().columns());
    tape.ops().embedding().gather(table.value(), ids, factor, y);
    return tape.record(new Embedding(table, ids, factor), y);
  }

  /** Rows of a table of 16 bits are widened. */
  private static DType type(DType table) {
    return table == DType.BF16 || table == DType.F16 ? DType.F32 : table;
  }

  @Override
  public List<Variable> inputs() {
    return List.of(table);
  }

  @Override
  public void backward(Tensor upstream, BackwardPass pass) {
    EmbeddingOps kernels = pass.ops().embedding();
    SparseRows gradient = kernels.gatherBackward(ids, upstream, factor, pass.scope());
    if (table.isLeaf()) {
      pass.add(table, gradient);
      return;
    }
    pass.add(table, (dtable, write) -> {
      if (write == Write.SET) {
        pass.ops().pointwise().fill(0, dtable);
      }
      kernels.scatterAdd(gradient, dtable);
    });
    gradient.close();
  }
}
