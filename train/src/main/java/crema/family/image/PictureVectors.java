package crema.family.image;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.Sha256;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.data.PackedBatch;
import crema.data.TokenDataset;
import crema.embed.CachedEmbedder;
import crema.embed.CachedVectors;
import crema.embed.Embedder;
import crema.embed.Vectors;
import crema.family.encoder.Logits;
import crema.family.linear.FrozenSettings;
import crema.settings.Settings;
import crema.tensor.Backend;
import crema.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Vectors of pictures, which a tower that stays as it is makes once: they are kept on disk by the prepared bytes of a
 * picture and by all that the tower computes them from, and the head reads them in place of running the tower.
 */
final class PictureVectors {
  /** Pictures that run together. */
  private static final int BATCH = 32;

  private final Backend backend;
  private final ImageNetwork model;
  private final RunContext context;
  private final Path root;
  private final String identity;

  /**
   * Vectors of a tower.
   *
   * @param towerHash of the pretrained tower's files
   */
  PictureVectors(Settings settings, Backend backend, ImageNetwork model, String towerHash, RunContext context) {
    this.backend = backend;
    this.model = model;
    this.context = context;
    root = settings.find(FrozenSettings.VECTOR_CACHE).map(Path::of).orElseGet(CachedEmbedder::defaultCache);
    identity = towerHash;
  }

  /** Logits of examples from the vectors of their pictures. */
  Logits of(TokenDataset examples, PictureBatches pictures) throws IOException {
    TrainingListener listener = context.listener();
    try (var cached = CachedVectors.<Integer>of(root, "pictures", identity, context.compute().resolved(),
        number -> new Sha256().add(pictures.bytes(number)).bytes(), (numbers, progress) -> make(numbers, pictures,
            progress))) {
      var numbers = new ArrayList<Integer>(examples.size());
      var number = new int[1];
      for (int example = 0; example < examples.size(); example++) {
        examples.copyIds(example, number, 0);
        numbers.add(number[0]);
      }
      Vectors vectors = cached.of(numbers, listener::progress);
      return (tape, batch) -> logits(tape, batch, vectors);
    }
  }

  private Variable logits(Tape tape, PackedBatch batch, Vectors vectors) {
    return model.forwardVectors(tape, Variable.constant(
        tape.scope().floats(vectors.rows(batch.examples()), batch.sequences(), vectors.size())));
  }

  private Embedder.Embeddings make(List<Integer> numbers, PictureBatches pictures, IntConsumer progress) {
    var rows = new ArrayList<float[]>(numbers.size());
    int features = model.tower().features();
    for (int from = 0; from < numbers.size(); from += BATCH) {
      context.stop().check();
      int[] some = numbers.subList(from, Math.min(numbers.size(), from + BATCH)).stream().mapToInt(i -> i).toArray();
      try (var scope = new Scope(backend)) {
        Variable made = model.vectors(Tape.inference(scope), pictures.pixels(scope, some));
        var vectors = new Vectors(features, made.value().toFloats());
        IntStream.range(0, some.length).forEach(row -> rows.add(vectors.row(row)));
      }
      progress.accept(rows.size());
    }
    return new Embedder.Embeddings(Vectors.of(features, rows), new boolean[rows.size()]);
  }
}
