package crema.embed;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.UserError;
import crema.nn.Embedding;
import crema.nn.InvalidWeightsException;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.nn.io.StoredWeights;
import crema.tensor.Backend;
import crema.tensor.Sequences;
import crema.tensor.Shape;
import crema.tensor.Tensor;
import crema.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Arrays;
import java.util.Set;

/**
 * The vectors of tokens that a table has, of sentence-transformers' StaticEmbedding: without special tokens, without
 * context. State-dict key: {@code embedding.weight}.
 */
final class StaticVectors extends Module implements TokenVectors {
  private static final String TABLE = "embedding.weight";

  private final Embedding table;
  private final Tokenizer tokenizer;
  private final int size;
  private final int maxLength;
  private final int before;
  private final int after;

  private StaticVectors(ParameterSource source, Shape shape, Tokenizer tokenizer, int maxLength) {
    size = Math.toIntExact(shape.columns());
    table = module("embedding", new Embedding(source, Math.toIntExact(shape.rows()), size, 0.02));
    this.tokenizer = tokenizer;
    this.maxLength = maxLength;
    int[] nothing = tokenizer.encode("");
    int[] something = tokenizer.encode("a");
    int shared = 0;
    while (shared < Math.min(nothing.length, something.length) && nothing[shared] == something[shared]) {
      shared++;
    }
    before = shared;
    after = nothing.length - shared;
  }

  static StaticVectors load(SentenceModel model, EmbedOptions options, Backend backend) throws IOException {
    try (var weights = StoredWeights.open(model.base())) {
      Shape shape = weights.shapes().get(TABLE);
      if (shape == null || shape.rank() != 2) {
        throw new InvalidWeightsException("it has no table " + TABLE + " of vectors");
      }
      Tokenizer tokenizer = Tokenizer.load(model.base().resolve("tokenizer.json")).withTruncation(null);
      if (tokenizer.vocabularySize() > shape.rows()) {
        throw new UserError(
            model.base() + ": its tokenizer has " + tokenizer.vocabularySize() + " tokens, and its table "
                + shape.rows() + " rows: the files are of different models");
      }
      var vectors = new StaticVectors(ParameterSource.loadedFrom(weights, backend), shape, tokenizer,
          options.maxLength().orElse(Integer.MAX_VALUE));
      vectors.load(weights.intersecting(Set.of(TABLE)).common());
      return vectors;
    } catch (InvalidWeightsException e) {
      throw new UserError(model.base() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public PoolingKind pooling() {
    return PoolingKind.MEAN;
  }

  @Override
  public List<String> notes() {
    return tokenizer.notes();
  }

  @Override
  public TokenVectors adapted(Path folder) {
    throw new UserError("the model is a table of vectors, without layers that " + folder + " could adapt");
  }

  @Override
  public Tokens encode(String text) {
    int[] ids = tokenizer.encode(text);
    int end = ids.length - after;
    boolean isCut = end - before > maxLength;
    return new Tokens(Arrays.copyOfRange(ids, before, isCut ? before + maxLength : end), isCut);
  }

  @Override
  public Variable forward(Tape tape, Tensor ids, Sequences sequences) {
    return table.forward(tape, ids);
  }
}
