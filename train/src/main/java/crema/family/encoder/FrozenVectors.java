package crema.family.encoder;

import crema.autograd.Variable;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.data.TokenDataset;
import crema.embed.CachedEmbedder;
import crema.embed.CachedVectors;
import crema.embed.Embedder;
import crema.embed.Vectors;
import crema.family.linear.FrozenSettings;
import crema.nn.model.TextClassifier;
import crema.run.TrainingSettings;
import crema.settings.Settings;
import crema.tensor.Backend;
import crema.tensor.Sequences;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * The pooled vectors of a data set, which a frozen encoder makes once: they are kept on disk by the tokens of a text and
 * by all that the encoder computes them from, and what is trained reads them in place of running the encoder. They are
 * the vectors, to the bit, that the finished model makes of these texts.
 *
 * @param model whose head reads them
 * @param vectors one an example, in their order
 */
record FrozenVectors(TextClassifier model, Vectors vectors) {
  /** Makes the vectors of one data set after the other. */
  static final class Maker implements AutoCloseable {
    private final Backend backend;
    private final TextClassifier model;
    private final TrainingListener listener;
    private final CachedVectors<int[]> cached;

    /**
     * Opens the vectors that were made before.
     *
     * @param encoderHash of the pretrained encoder's files
     */
    Maker(Settings settings, Backend backend, TextClassifier model, String encoderHash, RunContext context)
        throws IOException {
      this.backend = backend;
      this.model = model;
      listener = context.listener();
      Path root = settings.find(FrozenSettings.VECTOR_CACHE).map(Path::of).orElseGet(CachedEmbedder::defaultCache);
      cached = CachedVectors.ofTokens(root, identity(settings, model, encoderHash), context.compute().resolved(),
          this::make);
    }

    /** All that a vector depends on besides its tokens. */
    private static String identity(Settings settings, TextClassifier model, String encoderHash) {
      int random = settings.get(FineTuningSettings.REINITIALIZE_LAYERS);
      return String.join(" ", encoderHash, model.config().pooling().key(),
          random == 0 ? "" : random + " " + settings.get(TrainingSettings.SEED));
    }

    /** The vectors of a data set. */
    FrozenVectors of(TokenDataset data) throws IOException {
      var texts = new ArrayList<int[]>(data.size());
      for (int example = 0; example < data.size(); example++) {
        var ids = new int[data.length(example)];
        data.copyIds(example, ids, 0);
        texts.add(ids);
      }
      return new FrozenVectors(model, cached.of(texts, listener::progress));
    }

    private Embedder.Embeddings make(List<int[]> texts, IntConsumer progress) {
      int longest = texts.stream().mapToInt(ids -> ids.length).max().orElseThrow();
      var rows = new ArrayList<float[]>(texts.size());
      int size = model.encoder().features();
      try (TokenDataset examples = TokenDataset.inMemory(texts, longest)) {
        for (var batches = Evaluator.batches(examples).epoch(0); batches.hasNext();) {
          var made = new Vectors(size, Evaluator.vectors(backend, model, batches.next()));
          for (int row = 0; row < made.count(); row++) {
            rows.add(made.row(row));
          }
          progress.accept(rows.size());
        }
      }
      return new Embedder.Embeddings(Vectors.of(size, rows), new boolean[rows.size()]);
    }

    @Override
    public void close() {
      cached.close();
    }
  }

  /** Makes logits of the vectors. */
  Logits logits() {
    return (tape, batch) -> {
      var scope = tape.scope();
      Variable pooled = Variable.constant(
          scope.floats(vectors.rows(batch.examples()), batch.sequences(), vectors.size()));
      return model.forwardPooled(tape, pooled, scope.ints(batch.ids(), batch.tokens()),
          Sequences.of(scope, batch.cuSeqlens()));
    };
  }
}
