package crema.embed;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.IntList;
import crema.base.OpenLock;
import crema.base.UserError;
import crema.classify.ComputeOptions;
import crema.nn.InvalidWeightsException;
import crema.nn.ParameterSource;
import crema.nn.io.StoredWeights;
import crema.tensor.Backend;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.IntConsumer;

/**
 * Makes vectors of texts with a pretrained encoder. A folder of sentence-transformers is used as it says: its pooling,
 * layers, normalization, prompts and longest text. A plain folder of Hugging Face's, or an ONNX file with a tokenizer
 * beside it, is pooled as its architecture is, most by the mean, unless asked otherwise.
 *
 * <p>A text has the same vector, to the bit, alone and in any company, with any number of threads. Safe for use by many
 * threads at once. A blank text has the vector of the model's special tokens, if it reads any, as in
 * sentence-transformers; one that is null is a {@link NullPointerException}. Once it is closed, which waits for running
 * calls, every call is an {@link IllegalStateException}.
 *
 * <pre>{@code
 * try (Embedder embedder = Embedder.load(Path.of("all-MiniLM-L6-v2"))) {
 *   float[] vector = embedder.embed("bosch serie 6 washing machine 9kg");
 * }
 * }</pre>
 */
public final class Embedder implements AutoCloseable {
  /** Tokens that run together, at most: enough to fill the machine, few enough to stay in its caches. */
  private static final int MOST_BATCH_TOKENS = 2048;

  /** Tokens that run together, at least, unless there are no more. */
  private static final int LEAST_BATCH_TOKENS = 128;

  /** Multiplications of a batch with one square matrix of the model that fill the machine. */
  private static final long BATCH_WORK = 1L << 29;

  /** While one batch waits for its turn at an operation, another prepares its own. */
  private static final int LEAST_RUNNING = 2;

  /** A vector is not scaled up from less than this, as in sentence-transformers. */
  private static final double LEAST_LENGTH = 1e-12;

  private final Backend backend;
  private final TokenVectors tokens;
  private final boolean lowercase;
  private final String prompt;
  /** The tokens of the prompt that do not count when tokens are pooled. */
  private final int skipped;
  private final List<PoolingKind> pooling;
  private final List<Step> steps;
  private final List<Dense> layers;
  private final int size;
  /** Tokens that run together: fewer of a wider model, whose tokens have more work, and whose batches more memory. */
  private final int batchTokens;
  /** Whether the model is that of another embedder, which closes it. */
  private final boolean isView;
  /** That of the embedder whose model it is. */
  private final OpenLock lock;
  /** Bounds the batches, and so the memory, that are in work at once however many threads call. */
  private final Semaphore running;

  /** What is done with pooled vectors: {@code [texts, features]} in and out. */
  @FunctionalInterface
  private interface Step {
    float[] apply(Scope scope, float[] vectors, int texts);
  }

  /**
   * Vectors of texts.
   *
   * @param vectors one a text, in their order
   * @param isCut whether each text was longer than the model takes and was cut
   */
  @SuppressWarnings("ArrayRecordComponent") // results are not compared
  public record Embeddings(Vectors vectors, boolean[] isCut) {
    /** How many texts were cut. */
    public int cut() {
      int cut = 0;
      for (boolean each : isCut) {
        cut += each ? 1 : 0;
      }
      return cut;
    }
  }

  private Embedder(Backend backend, TokenVectors tokens, SentenceModel model, EmbedOptions options, int threads)
      throws IOException {
    this.backend = backend;
    this.tokens = tokens;
    lowercase = model.lowercase();
    prompt = model.prompt(options);
    SentenceModel.TokenPooling stated = pooling(model, options, tokens);
    pooling = stated.kinds();
    skipped = stated.includesPrompt() || prompt.isEmpty() ? 0 : promptTokens();
    layers = new ArrayList<>();
    steps = new ArrayList<>();
    int features = pooling.size() * tokens.size();
    boolean normalizes = false;
    for (SentenceModel.Stage stage : model.stages()) {
      switch (stage) {
        case SentenceModel.TokenPooling _ -> {}
        case SentenceModel.DenseShape shape -> {
          if (shape.in() != features) {
            throw new UserError(
                shape.folder() + " takes vectors of " + shape.in() + " features, but those before it have "
                    + features);
          }
          addLayer(shape);
          features = shape.out();
          normalizes = false;
        }
        case SentenceModel.Normalize _ -> {
          if (options.normalize().orElse(true)) {
            steps.add(normalize(features));
            normalizes = true;
          }
        }
      }
    }
    size = options.dimensions().orElse(features);
    if (size > features) {
      throw new UserError("the model's vectors have " + features + " dimensions, not " + size);
    }
    if (size < features) {
      int all = features;
      steps.add((_, vectors, texts) -> firstFeatures(vectors, texts, all));
    }
    if (options.normalize().orElse(normalizes && size < features)) {
      steps.add(normalize(size));
    }
    batchTokens = batchTokens(tokens.size());
    running = new Semaphore(backend.servesManyThreads() ? Math.max(LEAST_RUNNING, threads) : 1);
    lock = new OpenLock("the embedder");
    isView = false;
  }

  /** The same with other vectors of tokens. */
  private Embedder(Embedder base, TokenVectors tokens) {
    backend = base.backend;
    this.tokens = tokens;
    lowercase = base.lowercase;
    prompt = base.prompt;
    skipped = base.skipped;
    pooling = base.pooling;
    steps = base.steps;
    layers = base.layers;
    size = base.size;
    batchTokens = base.batchTokens;
    running = base.running;
    lock = base.lock;
    isView = true;
  }

  private static int batchTokens(int features) {
    return (int) Math.clamp(BATCH_WORK / ((long) features * features), LEAST_BATCH_TOKENS, MOST_BATCH_TOKENS);
  }

  private static SentenceModel.TokenPooling pooling(SentenceModel model, EmbedOptions options, TokenVectors tokens) {
    List<SentenceModel.TokenPooling> stated = model.stages().stream()
        .flatMap(stage -> stage instanceof SentenceModel.TokenPooling one ? List.of(one).stream() : null).toList();
    if (stated.size() > 1) {
      throw new UserError(model.base() + " pools more than once");
    }
    List<PoolingKind> kinds = !options.pooling().isEmpty() ? options.pooling()
        : stated.isEmpty() ? List.of(tokens.pooling()) : stated.getFirst().kinds();
    return new SentenceModel.TokenPooling(kinds, stated.isEmpty() || stated.getFirst().includesPrompt());
  }

  private void addLayer(SentenceModel.DenseShape shape) throws IOException {
    try (var weights = StoredWeights.open(shape.folder())) {
      var layer = new Dense(ParameterSource.loadedFrom(weights, backend), shape);
      layers.add(layer);
      layer.load(weights);
      layer.freeze();
      layer.releaseWeights();
      steps.add((scope, vectors, texts) -> {
        Variable x = Variable.constant(scope.floats(vectors, texts, shape.in()));
        return layer.forward(Tape.inference(scope), x).value().toFloats();
      });
    } catch (InvalidWeightsException e) {
      throw new UserError(shape.folder() + ": " + e.getMessage(), e);
    }
  }

  /**
   * Loads a model; it computes on the CPU with as many threads as there are processors.
   *
   * @param model a folder, or an ONNX file with its tokenizer beside it
   * @throws UserError when it is not a model, is damaged, or needs what is not known here; the message names it
   */
  public static Embedder load(Path model) {
    return load(model, EmbedOptions.DEFAULT, ComputeOptions.DEFAULT);
  }

  /**
   * Loads a model.
   *
   * @param model a folder, or an ONNX file with its tokenizer beside it
   * @param options what differs from what the folder says
   * @param compute where it computes, and with how many threads
   * @throws UserError when it is not a model, is damaged, or needs what is not known here; the message names it
   */
  public static Embedder load(Path model, EmbedOptions options, ComputeOptions compute) {
    try {
      return load(SentenceModel.read(model), options, compute, Optional.empty());
    } catch (IOException e) {
      throw new UserError("the model in " + model + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Loads a model with an adapter that becomes part of its weights as they are read; see {@link #adapted} for adapters
   * that stay beside it.
   *
   * @param model a folder, or an ONNX file with its tokenizer beside it
   * @param adapter a folder of PEFT's
   * @param options what differs from what the folder says
   * @param compute where it computes, and with how many threads
   * @throws UserError when one of them is damaged, needs what is not known here, or they do not fit; the message names it
   */
  public static Embedder loadMerged(Path model, Path adapter, EmbedOptions options, ComputeOptions compute) {
    try {
      SentenceModel base = SentenceModel.read(model);
      if (base.isStatic()) {
        throw new UserError(model + " is a table of vectors, without layers that " + adapter + " could adapt");
      }
      return load(base, options, compute, Optional.of(adapter));
    } catch (IOException e) {
      throw new UserError("the model in " + model + " with the adapter in " + adapter + " cannot be read: "
          + e.getMessage(), e);
    }
  }

  static Embedder load(SentenceModel model, EmbedOptions options, ComputeOptions compute, Optional<Path> adapter)
      throws IOException {
    Backend backend = compute.openBackend();
    try {
      TokenVectors tokens = model.isStatic() ? StaticVectors.load(model, options, backend)
          : EncoderVectors.load(model, options, compute.weights(), backend, adapter);
      try {
        return new Embedder(backend, tokens, model, options, compute.threads());
      } catch (IOException | RuntimeException e) {
        tokens.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      backend.close();
      throw e;
    }
  }

  /**
   * The same model with an adapter beside it, which shares its weights: several adapters are in memory beside one model,
   * and all may be used at once. It is made while no other thread embeds, and closed with this one.
   *
   * <pre>{@code
   * Embedder titles = embedder.adapted(Path.of("adapters/titles"));
   * Embedder reviews = embedder.adapted(Path.of("adapters/reviews"));
   * }</pre>
   *
   * @param adapter a folder of PEFT's
   * @throws UserError when it does not fit the model or asks for what is not supported
   */
  public Embedder adapted(Path adapter) {
    return lock.whileOpen(() -> {
      try {
        return new Embedder(this, tokens.adapted(adapter));
      } catch (IOException e) {
        throw new UserError("the adapter in " + adapter + " cannot be read: " + e.getMessage(), e);
      }
    });
  }

  /** The number of tokens that the model reads of a text, special tokens and prompt included. */
  public int tokens(String text) {
    return lock.whileOpen(() -> encode(prompt + text.strip()).ids().length);
  }

  /** What of the tokenizer was read otherwise than its file has it, a line each, for a user to see. */
  public List<String> notes() {
    return tokens.notes();
  }

  /** The number of features of a vector. */
  public int size() {
    return size;
  }

  /** The vector of a text: {@code [size]}. */
  public float[] embed(String text) {
    return embed(Collections.singletonList(text))[0];
  }

  /** The vectors of several texts: {@code [texts][size]}. */
  public float[][] embed(List<String> texts) {
    Vectors vectors = embedAll(texts, _ -> {}).vectors();
    var rows = new float[texts.size()][];
    Arrays.setAll(rows, vectors::row);
    return rows;
  }

  /**
   * The vectors of many texts, and which of the texts were cut.
   *
   * @param progress is told how many texts are done, after each batch
   */
  public Embeddings embedAll(List<String> texts, IntConsumer progress) {
    texts.forEach(text -> Objects.requireNonNull(text, "a text is null"));
    return lock.whileOpen(() -> embedWhileOpen(texts, progress));
  }

  private Embeddings embedWhileOpen(List<String> texts, IntConsumer progress) {
    float[] values = Vectors.newArray(texts.size(), size);
    var isCut = new boolean[texts.size()];
    var ids = new IntList();
    var ends = new IntList();
    var numbers = new IntList();
    for (int i = 0; i < texts.size(); i++) {
      TokenVectors.Tokens text = encode(prompt + texts.get(i).strip());
      isCut[i] = text.isCut();
      if (!numbers.isEmpty() && ids.size() + text.ids().length > batchTokens) {
        run(ids, ends, numbers, values);
        progress.accept(i);
      }
      // A text without tokens keeps a vector of zeros.
      if (text.ids().length > 0) {
        for (int id : text.ids()) {
          ids.add(id);
        }
        ends.add(ids.size());
        numbers.add(i);
      }
    }
    if (!numbers.isEmpty()) {
      run(ids, ends, numbers, values);
    }
    progress.accept(texts.size());
    return new Embeddings(new Vectors(size, values), isCut);
  }

  private TokenVectors.Tokens encode(String text) {
    return tokens.encode(lowercase ? text.toLowerCase(Locale.ROOT) : text);
  }

  /** How many of a text's tokens are the prompt's: all of it but what ends every text. */
  private int promptTokens() {
    int[] alone = encode(prompt).ids();
    int[] nothing = encode("").ids();
    int shared = 0;
    while (shared < Math.min(alone.length, nothing.length)
        && alone[alone.length - 1 - shared] == nothing[nothing.length - 1 - shared]) {
      shared++;
    }
    return alone.length - shared;
  }

  /** Computes a batch and empties it. */
  private void run(IntList ids, IntList ends, IntList numbers, float[] values) {
    var cumulative = new int[ends.size() + 1];
    for (int text = 0; text < ends.size(); text++) {
      cumulative[text + 1] = ends.get(text);
    }
    running.acquireUninterruptibly();
    try (var scope = new Scope(backend)) {
      float[] vectors = pool(tokens.forward(Tape.inference(scope), scope.ints(ids.toArray(), ids.size()),
          Sequences.of(scope, cumulative)).value().toFloats(), cumulative);
      for (Step step : steps) {
        vectors = step.apply(scope, vectors, ends.size());
      }
      for (int text = 0; text < ends.size(); text++) {
        System.arraycopy(vectors, text * size, values, numbers.get(text) * size, size);
      }
    } finally {
      running.release();
    }
    ids.clear();
    ends.clear();
    numbers.clear();
  }

  private float[] pool(float[] tokenVectors, int[] cumulative) {
    int features = tokens.size();
    int texts = cumulative.length - 1;
    var pooled = new float[texts * pooling.size() * features];
    for (int text = 0; text < texts; text++) {
      int begin = cumulative[text];
      int end = cumulative[text + 1];
      // A text that was cut within its prompt has nothing else: then the prompt counts.
      int first = begin + skipped < end ? begin + skipped : begin;
      for (int kind = 0; kind < pooling.size(); kind++) {
        pooling.get(kind).pool(tokenVectors, begin, first, end, features, pooled,
            (text * pooling.size() + kind) * features);
      }
    }
    return pooled;
  }

  private float[] firstFeatures(float[] vectors, int texts, int features) {
    var first = new float[texts * size];
    for (int text = 0; text < texts; text++) {
      System.arraycopy(vectors, text * features, first, text * size, size);
    }
    return first;
  }

  private static Step normalize(int features) {
    return (_, vectors, texts) -> {
      for (int text = 0; text < texts; text++) {
        double squares = 0;
        for (int i = text * features; i < (text + 1) * features; i++) {
          squares += (double) vectors[i] * vectors[i];
        }
        double scale = 1 / Math.max(Math.sqrt(squares), LEAST_LENGTH);
        for (int i = text * features; i < (text + 1) * features; i++) {
          vectors[i] = (float) (vectors[i] * scale);
        }
      }
      return vectors;
    };
  }

  /** Releases the model's memory and ends its threads; nothing if another embedder has the model. */
  @Override
  public void close() {
    if (isView) {
      return;
    }
    lock.close(() -> {
      layers.forEach(Dense::close);
      tokens.close();
      backend.close();
    });
  }
}
