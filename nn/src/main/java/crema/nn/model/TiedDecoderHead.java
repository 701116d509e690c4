package crema.nn.model;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.Embedding;
import crema.nn.LayerNorm;
import crema.nn.Linear;
import crema.tensor.Activation;
import crema.tensor.DType;
import crema.tensor.MatrixSource;
import crema.tensor.PackedMatrix;
import crema.tensor.Scope;
import crema.tensor.Shape;
import crema.tensor.Tensor;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Linear, activation, norm, and a decoder tied with the token embeddings. The state-dict keys differ. */
public final class TiedDecoderHead extends MaskedLanguageHead {
  private final Linear dense;
  private final Activation activation;
  private final LayerNorm norm;
  private final Embedding decoder;
  private final @Nullable Variable bias;
  private @Nullable PackedMatrix packed;

  /**
   * The state-dict keys.
   *
   * @param dense of the linear layer
   * @param norm of the norm
   * @param bias of the decoder's bias
   */
  public record Names(String dense, String norm, String bias) {}

  /**
   * A head of the given parts.
   *
   * @param dense from hiddenSize to as many features as the embeddings have
   * @param embeddings whose table is the decoder's weight, {@code [vocabSize, features]}
   * @param bias the decoder's, {@code [vocabSize]}; null for none
   */
  public TiedDecoderHead(Names names, Linear dense, Activation activation, LayerNorm norm, Embedding embeddings,
      @Nullable Variable bias) {
    this.dense = module(names.dense(), dense);
    this.activation = activation;
    this.norm = module(names.norm(), norm);
    decoder = embeddings;
    this.bias = bias == null ? null : parameter(names.bias(), bias);
  }

  @Override
  public Variable forward(Tape tape, Variable x) {
    Variable transformed = norm.forward(tape, dense.forward(tape, x, activation));
    PackedMatrix prepared = packed;
    if (prepared == null || tape.records(transformed, decoder.weight())) {
      return crema.autograd.op.Linear.apply(tape, transformed, decoder.weight(), bias, Activation.IDENTITY);
    }
    return crema.autograd.op.Linear.apply(tape, transformed, prepared, bias, Activation.IDENTITY);
  }

  /** Packs the table, which stays as it is for the encoder: one of 16 bits is widened in the product. */
  @Override
  protected void prepare() {
    closeOwn();
    Tensor table = decoder.weight().value();
    packed = table.backend().pack(new MatrixSource() {
      @Override
      public Shape shape() {
        return table.shape();
      }

      @Override
      public DType type() {
        return table.dtype();
      }

      @Override
      public void read(long firstRow, Tensor rows) {
        try (var scope = new Scope(table.backend())) {
          int first = (int) firstRow;
          int count = (int) rows.shape().rows();
          Tensor ids = scope.ints(IntStream.range(first, first + count).toArray(), count);
          table.backend().ops().embedding().gather(table, ids, 1, rows);
        }
      }
    });
  }

  @Override
  protected void closeOwn() {
    if (packed != null) {
      packed.close();
      packed = null;
    }
  }
}
