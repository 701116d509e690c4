package crema.nn.model;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Binary;
import crema.nn.Embedding;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.tensor.DType;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The sum of the vectors of a token, its type and its position, as far as an architecture has them. State-dict keys:
 * {@code word_embeddings}, {@code position_embeddings}, {@code token_type_embeddings}.
 */
public final class InputEmbeddings extends Module {
  private final Tables tables;
  private final Embedding words;
  private final @Nullable Embedding positions;
  private final @Nullable Embedding types;

  /**
   * The tables that there are.
   *
   * @param words rows of the table of tokens
   * @param positions rows of the table of positions, 0 for none
   * @param padding the id of the padding token if positions count from the row after it, otherwise −1
   * @param types rows of the table of token types, 0 for none
   */
  public record Tables(int words, int positions, int padding, int types) {
    /** Tokens and positions, which count from the row after that of a padding token, or from 0 if that is −1. */
    public static Tables withPositions(int words, int positions, int padding) {
      return new Tables(words, positions, padding, 0);
    }

    /** Tokens and their types, if there are any. */
    public static Tables withTypes(int words, int types) {
      return new Tables(words, 0, -1, types);
    }
  }

  /**
   * Tables of normal numbers.
   *
   * @param features of a vector
   * @param standardDeviation of the initial values
   */
  public InputEmbeddings(ParameterSource source, Tables tables, int features, double standardDeviation) {
    this.tables = tables;
    words = module("word_embeddings", new Embedding(source, tables.words, features, standardDeviation));
    positions = tables.positions == 0 ? null
        : module("position_embeddings", new Embedding(source, tables.positions, features, standardDeviation));
    types = tables.types == 0 ? null
        : module("token_type_embeddings", new Embedding(source, tables.types, features, standardDeviation));
  }

  /** The table of tokens. */
  public Embedding words() {
    return words;
  }

  /**
   * {@code [tokens, features]}.
   *
   * @param ids {@code I32 [tokens]}
   * @param typeIds {@code I32 [tokens]}; null for type 0
   * @param sequences how the tokens are cut
   */
  public Variable forward(Tape tape, Tensor ids, @Nullable Tensor typeIds, Sequences sequences) {
    Variable sum = words.forward(tape, ids);
    if (types != null) {
      Tensor given = typeIds == null ? tape.scope().zeros(DType.I32, sequences.tokens()) : typeIds;
      sum = Binary.add(tape, sum, types.forward(tape, given));
    }
    if (positions != null) {
      Tensor places = tape.scope().empty(DType.I32, sequences.tokens());
      tape.ops().embedding().positions(ids, sequences, tables.padding, places);
      sum = Binary.add(tape, sum, positions.forward(tape, places));
    }
    return sum;
  }
}
