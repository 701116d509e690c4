package crema.pretrain;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.OpenLock;
import crema.base.UserError;
import crema.classify.ComputeOptions;
import crema.nn.InvalidWeightsException;
import crema.nn.ParameterSource;
import crema.nn.ParameterSource.Precision;
import crema.nn.Weights;
import crema.nn.model.MaskedLanguageModel;
import crema.pretrained.PretrainedModel;
import crema.tensor.Backend;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import crema.tokenizer.Encoding;
import crema.tokenizer.Tokenizer;
import crema.tokenizer.Truncation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.Semaphore;
import java.util.function.IntConsumer;

/**
 * Says how likely texts are by a model with a head for masked-language modelling: each token is hidden by itself, and the
 * probabilities that the model then gives it are multiplied (the pseudo-likelihood of Salazar, Liang, Nguyen and
 * Kirchhoff, "Masked Language Model Scoring", ACL 2020, section 2.1).
 *
 * <p>A text has the same likelihood, to the bit, alone and in any company, with any number of threads. Safe for use by many
 * threads, which take turns. A blank text has no tokens, and one that is null is a {@link NullPointerException}. Once it is
 * closed, which waits for running calls, every call is an {@link IllegalStateException}.
 */
public final class TextScorer implements AutoCloseable {
  /** Tokens that run together: enough to fill the machine, few enough to stay in its caches. */
  private static final int BATCH_TOKENS = 2048;

  /** Logits that are held at once. */
  private static final int BATCH_LOGITS = 1 << 24;

  private final Backend backend;
  private final MaskedLanguageModel model;
  private final Tokenizer tokenizer;
  private final int mask;
  private final OpenLock lock = new OpenLock("the scorer");
  /** One call's batches, and so their memory, at a time. */
  private final Semaphore running = new Semaphore(1);

  private TextScorer(Backend backend, MaskedLanguageModel model, Tokenizer tokenizer, int mask) {
    this.backend = backend;
    this.model = model;
    this.tokenizer = tokenizer;
    this.mask = mask;
  }

  /**
   * Loads a model.
   *
   * @param path a folder of Hugging Face's layout, or a file of weights with the other files beside it
   * @param maxLength the most tokens of a text, special tokens included; empty for as many as the model takes
   * @throws UserError when it is no model, is damaged, or has no head for masked-language modelling
   */
  public static TextScorer load(Path path, OptionalInt maxLength, ComputeOptions compute) throws IOException {
    Backend backend = compute.resolved().openBackend();
    try (PretrainedModel pretrained = PretrainedModel.open(path)) {
      int mask = pretrained.maskToken();
      int longest = maxLength(pretrained, maxLength);
      return new TextScorer(backend, model(pretrained, backend),
          pretrained.tokenizer().withTruncation(Truncation.to(longest)), mask);
    } catch (InvalidWeightsException e) {
      backend.close();
      throw new UserError(path + ": " + e.getMessage(), e);
    } catch (IOException | RuntimeException e) {
      backend.close();
      throw e;
    }
  }

  private static int maxLength(PretrainedModel pretrained, OptionalInt asked) throws IOException {
    int most = pretrained.config().maxTokens();
    int special = pretrained.tokenizer().specialTokens();
    int length = asked.isPresent() ? asked.getAsInt() : pretrained.maxLength();
    if (length > most || length <= special) {
      throw new UserError(
          "max-length must be from " + (special + 1) + " to " + most + " for this model, not " + length);
    }
    return length;
  }

  private static MaskedLanguageModel model(PretrainedModel pretrained, Backend backend) {
    Weights weights = pretrained.weights();
    MaskedLanguageModel model;
    try {
      model = new MaskedLanguageModel(ParameterSource.forPrediction(weights, Precision.STORED, backend),
          pretrained.config());
    } catch (IllegalArgumentException e) {
      throw new UserError(pretrained.path() + ": " + e.getMessage(), e);
    }
    try {
      // Tensors of other heads are not needed.
      Weights.Intersection needed = weights.intersecting(model.stateDict().keySet());
      if (!needed.missing().isEmpty()) {
        String prefix = pretrained.config().architecture().prefix();
        throw new UserError(needed.missing().stream().anyMatch(name -> name.startsWith(prefix))
            ? pretrained.path() + " lacks weights of the encoder, such as " + needed.missing().getFirst()
            : pretrained.path() + " has no head for masked-language modelling (" + needed.missing().getFirst()
                + "), so it cannot say how likely a text is: train one with: crema pretrain --encoder "
                + pretrained.path());
      }
      model.loadForPrediction(needed.common());
      return model;
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /** How likely a text is. */
  public TextLikelihood score(String text) {
    return score(Collections.singletonList(text), _ -> {}).getFirst();
  }

  /**
   * How likely several texts are, in their order.
   *
   * @param progress is told how many texts are done, after each batch
   */
  public List<TextLikelihood> score(List<String> texts, IntConsumer progress) {
    texts.forEach(text -> Objects.requireNonNull(text, "a text is null"));
    return lock.whileOpen(() -> {
      running.acquireUninterruptibly();
      try {
        return scoreInTurn(texts, progress);
      } finally {
        running.release();
      }
    });
  }

  private List<TextLikelihood> scoreInTurn(List<String> texts, IntConsumer progress) {
    var sums = new double[texts.size()];
    var counts = new int[texts.size()];
    var isCut = new boolean[texts.size()];
    var batch = new Batch();
    for (int text = 0; text < texts.size(); text++) {
      Encoding encoding = tokenizer.encodeWithOffsets(texts.get(text));
      isCut[text] = encoding.isCut();
      int[] ids = encoding.ids();
      for (int i = 0; i < ids.length; i++) {
        if (!encoding.isSpecial(i)) {
          counts[text]++;
          if (!batch.hasRoom(ids.length)) {
            run(batch, sums);
          }
          batch.add(ids, i, text);
        }
      }
      progress.accept(text);
    }
    run(batch, sums);
    progress.accept(texts.size());
    var likelihoods = new ArrayList<TextLikelihood>();
    for (int text = 0; text < texts.size(); text++) {
      likelihoods.add(new TextLikelihood(counts[text], sums[text], isCut[text]));
    }
    return likelihoods;
  }

  /** Texts with one token hidden each, and which text they are. */
  private final class Batch {
    private final int mostRows = Math.max(1, BATCH_LOGITS / model.encoder().config().vocabSize());
    private final List<int[]> rows = new ArrayList<>();
    private final List<Integer> hidden = new ArrayList<>();
    private final List<Integer> targets = new ArrayList<>();
    private final List<Integer> texts = new ArrayList<>();
    private int tokens;

    boolean hasRoom(int more) {
      return rows.isEmpty() || (rows.size() < mostRows && tokens + more <= BATCH_TOKENS);
    }

    void add(int[] ids, int position, int text) {
      int[] row = ids.clone();
      row[position] = mask;
      rows.add(row);
      hidden.add(tokens + position);
      targets.add(ids[position]);
      texts.add(text);
      tokens += row.length;
    }

    MaskedBatch packed() {
      var ends = new int[rows.size() + 1];
      for (int row = 0; row < rows.size(); row++) {
        ends[row + 1] = ends[row] + rows.get(row).length;
      }
      return new MaskedBatch(rows.stream().flatMapToInt(Arrays::stream).toArray(), ends, ints(hidden), ints(targets));
    }

    private static int[] ints(List<Integer> values) {
      return values.stream().mapToInt(Integer::intValue).toArray();
    }

    void clear() {
      rows.clear();
      hidden.clear();
      targets.clear();
      texts.clear();
      tokens = 0;
    }
  }

  /** Adds the logarithm of each hidden token's probability to that of its text, and empties the batch. */
  private void run(Batch batch, double[] sums) {
    if (batch.rows.isEmpty()) {
      return;
    }
    MaskedBatch packed = batch.packed();
    try (var scope = new Scope(backend)) {
      Tape tape = Tape.inference(scope);
      Variable logits = model.forward(tape, scope.ints(packed.ids(), packed.ids().length),
          Sequences.of(scope, packed.cuSeqlens()), scope.ints(packed.positions(), packed.hidden()));
      Tensor logProbabilities = scope.emptyLike(logits.value());
      backend.ops().reduction().logSoftmax(logits.value(), logProbabilities);
      float[] values = logProbabilities.toFloats();
      int vocabulary = values.length / packed.hidden();
      for (int row = 0; row < packed.hidden(); row++) {
        sums[batch.texts.get(row)] += values[row * vocabulary + packed.targets()[row]];
      }
    }
    batch.clear();
  }

  /** Waits for running calls, and gives back the memory of the model. Closing again does nothing. */
  @Override
  public void close() {
    lock.close(() -> {
      model.close();
      backend.close();
    });
  }
}
