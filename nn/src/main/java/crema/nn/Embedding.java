package crema.nn;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.Tensor;

/** A table with one row a token id. Its gradient is row-sparse. State-dict key: {@code weight}. */
public final class Embedding extends Module {
  private final Variable weight;

  /**
   * A table of normal numbers.
   *
   * @param standardDeviation of the initial values
   */
  public Embedding(ParameterSource source, int vocabularySize, int features, double standardDeviation) {
    weight =
        parameter("weight", source.createTable(new Initializer.Normal(standardDeviation), vocabularySize, features));
  }

  /** The table, {@code [vocabularySize, features]}. */
  public Variable weight() {
    return weight;
  }

  /** The rows of the given ids, {@code [tokens, features]}. */
  public Variable forward(Tape tape, Tensor ids) {
    return forward(tape, ids, 1);
  }

  /**
   * The rows of the given ids, scaled: {@code [tokens, features]}.
   *
   * @param ids {@code I32 [tokens]}, each in [0, vocabularySize)
   * @param factor multiplies each element
   */
  public Variable forward(Tape tape, Tensor ids, float factor) {
    return crema.autograd.op.Embedding.apply(tape, weight, ids, factor);
  }
}
