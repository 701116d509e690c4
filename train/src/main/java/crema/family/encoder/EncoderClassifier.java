package crema.family.encoder;

import crema.autograd.Tape;
import crema.base.IntList;
import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelSource;
import crema.data.LabelSet;
import crema.data.PackedBatch;
import crema.data.TokenDataset;
import crema.data.TokenEncoder;
import crema.nn.InvalidWeightsException;
import crema.nn.ParameterSource;
import crema.nn.Weights;
import crema.nn.adapter.LoraAdapter;
import crema.nn.adapter.MergedWeights;
import crema.nn.io.SafetensorsReader;
import crema.nn.model.TextClassifier;
import crema.task.Target;
import crema.tensor.Backend;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import crema.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** A {@link Classifier} with a transformer encoder. */
public final class EncoderClassifier implements Classifier {
  /** While one batch waits for its turn at an operation, another prepares its own. */
  private static final int LEAST_RUNNING = 2;

  private final Backend backend;
  private final TextClassifier model;
  private final TokenEncoder encoder;
  private final Target target;
  private final int maxLength;
  /** Bounds the batches, and so the memory, that are in work at once however many threads call. */
  private final Semaphore running;
  private final @Nullable LoraAdapter adapter;

  private EncoderClassifier(Backend backend, TextClassifier model, @Nullable LoraAdapter adapter, Tokenizer tokenizer,
      Target target, TextLimit limit, int threads) {
    this.adapter = adapter;
    this.backend = backend;
    this.model = model;
    this.target = target;
    this.maxLength = limit.maxTokens();
    encoder = limit.encoder(tokenizer);
    running = new Semaphore(backend.servesManyThreads() ? Math.max(LEAST_RUNNING, threads) : 1);
  }

  static EncoderClassifier load(ModelSource source, ComputeOptions options) throws IOException {
    return load(source, source, options, null);
  }

  /** Loads a task of a model with several heads. */
  static EncoderClassifier loadTask(ModelSource task, ComputeOptions options) throws IOException {
    return load(task, task.outer().outer(), options, null);
  }

  /** Loads a model that has an adapter in its weights, to have it beside them instead. */
  static EncoderClassifier loadUnmerged(ModelSource source, ComputeOptions options, Path adapter) throws IOException {
    return load(source, source, options, adapter);
  }

  /** A model that a run has trained: the run closes it, and its backend. */
  static EncoderClassifier ofRun(Backend backend, TextClassifier model, Tokenizer tokenizer, Target target,
      TextLimit limit, int threads) {
    return new EncoderClassifier(backend, model, null, tokenizer, target, limit, threads);
  }

  /**
   * Loads a model.
   *
   * @param source of the head, the labels and the description
   * @param shared where tokenizer and encoder are; source itself unless other heads share them
   * @param beside the folder of an adapter that is part of the model's weights, to have it beside them instead
   */
  private static EncoderClassifier load(ModelSource source, ModelSource shared, ComputeOptions options,
      @Nullable Path beside) throws IOException {
    try {
      EncoderDescription description = EncoderDescription.read(source);
      Target target = source.readTarget();
      Tokenizer tokenizer = Tokenizer.load(shared.bytes(EncoderFamily.TOKENIZER));
      requireFit(source, description, target.labels(), tokenizer);
      Backend backend = options.openBackend();
      try (var stored = SafetensorsReader.open(shared.bytes(EncoderFamily.WEIGHTS));
          var head = shared == source ? null : SafetensorsReader.open(source.bytes(EncoderFamily.WEIGHTS))) {
        Weights weights = head == null ? stored : Weights.joined(stored, head);
        if (beside == null) {
          return new EncoderClassifier(backend, model(weights, description, options, backend), null, tokenizer, target,
              description.limit(), options.threads());
        }
        try (var base = MergedWeights.undo(weights, TextClassifier.ENCODER, beside)) {
          TextClassifier model = model(base, description, options, backend);
          LoraAdapter adapter = LoraAdapter.load(model.encoder(), beside);
          adapter.attach();
          return new EncoderClassifier(backend, model, adapter, tokenizer, target, description.limit(),
              options.threads());
        }
      } catch (IOException | RuntimeException e) {
        backend.close();
        throw e;
      }
    } catch (InvalidWeightsException e) {
      throw source.damaged(e);
    }
  }

  private static TextClassifier model(Weights weights, EncoderDescription description, ComputeOptions options,
      Backend backend) {
    var model = new TextClassifier(ParameterSource.forPrediction(weights, options.weights(), backend),
        description.network());
    model.loadForPrediction(weights);
    return model;
  }

  private static void requireFit(ModelSource source, EncoderDescription description, LabelSet labels,
      Tokenizer tokenizer) {
    if (labels.size() != description.network().numLabels()) {
      throw new UserError(source.name() + ": labels.json has " + labels.size() + " labels but config.json "
          + description.network().numLabels() + ": the files are of different models");
    }
    if (tokenizer.vocabularySize() > description.network().encoder().vocabSize()) {
      throw new UserError(source.name() + ": tokenizer.json has " + tokenizer.vocabularySize()
          + " tokens but config.json " + description.network().encoder().vocabSize()
          + ": the files are of different models");
    }
  }

  @Override
  public Target target() {
    return target;
  }

  @Override
  public int length(String text) {
    return encoder.encode(text).length;
  }

  /** Two for each parameter and token, but for the embeddings, of which a token takes one row. */
  @Override
  public double operations(String text) {
    long vocabulary = model.config().encoder().vocabSize();
    long embeddings = vocabulary * (model.config().encoder().hiddenSize() + model.config().bagSize());
    return 2.0 * Math.max(0, model.parameterCount() - embeddings) * Math.min(length(text), maxLength);
  }

  @Override
  public float[][] logits(List<String> texts) {
    return run(texts, 0, (tape, batch) -> model.forward(tape, batch.ids, batch.sequences).value().toFloats());
  }

  @Override
  public float[][] embed(List<String> texts) {
    return run(texts, model.config().encoder().hiddenSize(),
        (tape, batch) -> model.embed(tape, batch.ids, batch.sequences).pooled().value().toFloats());
  }

  private record Batch(Tensor ids, Sequences sequences) {}

  /** Runs texts through the model in packed batches, in order; texts without tokens keep a row of so many zeros. */
  private float[][] run(List<String> texts, int zeros, BiFunction<Tape, Batch, float[]> forward) {
    var rows = new float[texts.size()][zeros];
    var tokens = new ArrayList<int[]>();
    var numbers = new IntList();
    for (int i = 0; i < texts.size(); i++) {
      int[] ids = encoder.encode(texts.get(i));
      if (ids.length > 0) {
        tokens.add(ids);
        numbers.add(i);
      }
    }
    try (TokenDataset examples = TokenDataset.inMemory(tokens, maxLength)) {
      for (var batches = Evaluator.batches(examples).epoch(0); batches.hasNext();) {
        PackedBatch packed = batches.next();
        float[] values = run(packed, forward);
        int columns = values.length / packed.sequences();
        for (int i = 0; i < packed.sequences(); i++) {
          rows[numbers.get(packed.examples()[i])] = Arrays.copyOfRange(values, i * columns, (i + 1) * columns);
        }
      }
    }
    return rows;
  }

  private float[] run(PackedBatch packed, BiFunction<Tape, Batch, float[]> forward) {
    running.acquireUninterruptibly();
    try (var scope = new Scope(backend)) {
      var batch = new Batch(scope.ints(packed.ids(), packed.tokens()), Sequences.of(scope, packed.cuSeqlens()));
      return forward.apply(Tape.inference(scope), batch);
    } finally {
      running.release();
    }
  }

  @Override
  public void close() {
    if (adapter != null) {
      adapter.close();
    }
    model.close();
    backend.close();
  }
}
