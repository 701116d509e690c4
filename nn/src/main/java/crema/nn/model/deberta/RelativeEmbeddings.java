package crema.nn.model.deberta;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.Embedding;
import crema.nn.LayerNorm;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The vectors of distances, which all layers share. State-dict keys: {@code rel_embeddings} and, where they are
 * normalized, {@code LayerNorm}.
 */
final class RelativeEmbeddings extends Module {
  private final DebertaV2Config config;
  private final Embedding table;
  private final @Nullable LayerNorm norm;

  /**
   * The distances that occur in a batch.
   *
   * @param vectors {@code [rows, hiddenSize]}
   * @param rows {@code I32 [2 · longest − 1]}: the row of distance i − j at element longest − 1 + i − j
   */
  record Distances(Variable vectors, Tensor rows) {}

  RelativeEmbeddings(ParameterSource source, DebertaV2Config config) {
    this.config = config;
    table = module("rel_embeddings",
        new Embedding(source, 2 * config.span(), config.hiddenSize(), config.initializerRange()));
    norm = config.normalizedPositions() ? module("LayerNorm", config.norm(source)) : null;
  }

  /** The vectors of the distances of a batch: only those, since each layer multiplies them with its weights. */
  Distances forward(Tape tape, Sequences sequences) {
    int longest = sequences.longest();
    var rows = new int[2 * longest - 1];
    Arrays.setAll(rows, i -> config.row(i - longest + 1));
    int first = rows[0];
    var used = new int[rows[rows.length - 1] - first + 1];
    Arrays.setAll(used, i -> first + i);
    Arrays.setAll(rows, i -> rows[i] - first);
    Variable vectors = table.forward(tape, tape.scope().ints(used, used.length));
    return new Distances(norm == null ? vectors : norm.forward(tape, vectors), tape.scope().ints(rows, rows.length));
  }
}
